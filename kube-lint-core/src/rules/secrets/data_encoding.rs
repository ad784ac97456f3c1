//! `secrets/data-encoding`.

use rustc_hash::FxHashMap;

use crate::{
    analysis::secrets::{is_sensitive, is_stand_in},
    diagnostic::Severity,
    inventory::Inventory,
    model::{Secret, SecretEntry, decode_base64},
    object::{Kind, Object},
    rule::{Check, Reporter, declare_rule},
    yaml::Node,
};

use super::wording::name_or;

declare_rule! {
    /// ## What it does
    ///
    /// Finds values of Secrets that are not encoded as they must be:
    ///
    /// * a value of `data` that is not base64 as Go's `StdEncoding` reads it, that of URLs among them;
    /// * a value of `data` that is encoded twice;
    /// * a password or token that ends in a line break, as `echo` writes it and `echo -n` does not;
    /// * one key in `data` and `stringData`, of which only the latter counts;
    /// * more than 1 MiB in all.
    ///
    /// ## Why is this bad?
    ///
    /// The API server refuses the Secret, or the program reads another value than was meant and cannot
    /// log in.
    ///
    /// ## What to do
    ///
    /// Put plain text into `stringData`. Encode with `printf %s "$value" | base64 -w0`.
    "secrets/data-encoding" {
        summary: "value of a Secret is not encoded as it must be",
        severity: Error,
        since: "0.1.0",
        check: Check::Object(&[Kind::Secret], check),
    }
}

/// `MaxSecretSize` in `k8s.io/api/core/v1/types.go`.
const MAX_BYTES: usize = 1024 * 1024;

fn check<'a>(object: &Object<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let secret = Secret::new(object);
    let name = inventory.display(object);
    let last = last_values(&secret);
    for entry in secret.entries() {
        let Some(key) = entry.key().text() else {
            continue;
        };
        if let Some((what, help, severity)) = fault(&secret, &last, &entry, key) {
            let field = name_or(entry.key(), "a value");
            let message = format!("{field} of secret `{name}` {what}");
            reporter
                .report(entry.key(), message)
                .severity(severity)
                .help(help);
        }
    }
    let size: usize = secret
        .entries()
        .filter(|it| counts(&last, it))
        .filter_map(|it| Some(it.bytes()?.len()))
        .sum();
    if size > MAX_BYTES {
        let message =
            format!("secret `{name}` holds {size} bytes, more than the {MAX_BYTES} allowed");
        reporter
            .report(object.head(), message)
            .help("divide it, or keep the files elsewhere");
    }
}

type Values<'a> = FxHashMap<&'a str, Node<'a>>;

/// For each key the value that counts, see [`Secret::entry`].
fn last_values<'a>(secret: &Secret<'a>) -> Values<'a> {
    let entries = secret.entries();
    entries
        .filter_map(|it| Some((it.key().text()?, it.value())))
        .collect()
}

/// Whether the entry is not overwritten by one of `stringData`.
fn counts(last: &Values<'_>, entry: &SecretEntry<'_>) -> bool {
    let last = entry.key().text().and_then(|key| last.get(key));
    last.is_none_or(|it| *it == entry.value())
}

type Fault = (&'static str, &'static str, Severity);

fn fault(
    secret: &Secret<'_>,
    last: &Values<'_>,
    entry: &SecretEntry<'_>,
    key: &str,
) -> Option<Fault> {
    let written = entry.value().str()?;
    if is_stand_in(written) {
        return None;
    }
    if !entry.is_encoded() {
        return trailing_break(key, written, "write it without the line break");
    }
    let Some(bytes) = decode_base64(written) else {
        return Some(broken(written));
    };
    if !counts(last, entry) {
        return Some((
            "is overwritten by `stringData`, which has the key too",
            "keep one of the two",
            Severity::Warning,
        ));
    }
    let text = std::str::from_utf8(&bytes).ok()?;
    if is_encoded_again(text) && !says_base64(key) && !secret.is("helm.sh/release.v1") {
        return Some((
            "is base64 of base64",
            "encode it once, or put the plain text into `stringData`",
            Severity::Warning,
        ));
    }
    trailing_break(key, text, "encode with `printf %s \"$value\" | base64 -w0`")
}

/// What is wrong with text that Go does not decode.
fn broken(written: &str) -> Fault {
    let text: String = written
        .chars()
        .filter(|it| !matches!(it, '\n' | '\r'))
        .collect();
    let is_url = text.contains(['-', '_']);
    let standard = text.replace('-', "+").replace('_', "/");
    let bare = standard.trim_end_matches('=');
    let padded = format!("{bare}{}", ["", "", "==", "="][bare.len() % 4]);
    let is_base64 = decode_base64(&padded).is_some();
    let help = "encode it with `printf %s \"$value\" | base64 -w0`, or move it to `stringData`";
    let what = if is_base64 && is_url && text.len() >= 12 && text.len().is_multiple_of(4) {
        "is base64 for URLs, which the API server refuses: `+` and `/` belong where `-` and `_` are"
    } else if is_base64 && !is_url {
        "is base64 without its padding, which the API server refuses"
    } else if text.contains([' ', '\t']) {
        "is not base64: it has blanks in it"
    } else {
        "is not base64, which `data` must be"
    };
    (what, help, Severity::Error)
}

/// Whether text is base64 of printable text.
fn is_encoded_again(text: &str) -> bool {
    let text = text.trim_end_matches(['\n', '\r']);
    let is_printable =
        |byte: &u8| byte.is_ascii_graphic() || matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
    text.len() >= 12
        && text.len().is_multiple_of(4)
        && decode_base64(text).is_some_and(|it| it.iter().all(is_printable))
}

fn says_base64(key: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    lower.contains("b64") || lower.contains("base64") || lower.contains("encoded")
}

fn trailing_break(key: &str, text: &str, help: &'static str) -> Option<Fault> {
    let line = text.strip_suffix('\n')?;
    let line = line.strip_suffix('\r').unwrap_or(line);
    // Programs read keys as files, which end in a line break.
    let is_file = key.to_ascii_lowercase().ends_with("privatekey") || key.contains(".key");
    let is_login = is_sensitive(key) && !is_file || matches!(key, "username" | "user");
    let is_one_line = !line.is_empty() && !line.contains('\n');
    let is_value = !line.starts_with(['{', '[', '-']) && !is_stand_in(line);
    (is_login && is_one_line && is_value).then_some((
        "ends in a line break, which becomes a part of the credential",
        help,
        Severity::Warning,
    ))
}
