//! `secrets/private-key-committed`.

use crate::{
    analysis::secrets::{PrivateKey, Purpose, may_hold_private_key, private_key, purpose},
    diagnostic::Severity,
    model::decode_base64,
    object::is_template,
    rule::{Anchor, Check, Finding, Reporter, declare_rule},
    span::Span,
    yaml::{Document, Node},
};

use super::wording::{name_or, noun};

declare_rule! {
    /// ## What it does
    ///
    /// Finds private keys anywhere in a manifest: PEM, OpenSSH, OpenPGP, PuTTY and age, as text, with
    /// escaped line breaks, in base64, in base64 of base64, and in comments.
    ///
    /// A key that takes a passphrase, or that lies in the data of tests, is information; one of which a
    /// part is missing, as in documentation, a warning.
    ///
    /// ## Why is this bad?
    ///
    /// The key is in everybody's clone and stays in the history. Who has it is the server, the signer
    /// or the user that it belongs to.
    ///
    /// ## What to do
    ///
    /// Make a new key pair, revoke the old one, and let a controller put the key into the cluster
    /// (cert-manager, ExternalSecret), or commit it encrypted (SOPS, SealedSecret).
    "secrets/private-key-committed" {
        summary: "private key is committed",
        severity: Error,
        since: "0.1.0",
        supersedes: ["secrets/plaintext-committed", "secrets/env-literal-secret"],
        check: Check::Document(check),
    }
}

fn check(document: &Document, reporter: &mut Reporter<'_>) {
    let Some(root) = document.root() else { return };
    let path = reporter.path();
    // Base64 of a text in which the key is not the first hides all marks, and only Secrets hold that.
    let is_suspicious = may_hold_private_key(document.text());
    if !is_suspicious && memchr::memmem::find(document.text().as_bytes(), b"Secret").is_none() {
        return;
    }
    for node in root.descendants() {
        let Some(key) = node.text().and_then(|text| key_in(node, text)) else {
            continue;
        };
        let object = object_of(node);
        let message = format!("{} {}", place(node, object), verdict(key));
        let finding = match node.key().filter(|it| it.text() != Some("value")) {
            Some(name) => reporter.report(name, message),
            None => reporter.report(node, message),
        };
        weaken(finding, key, path);
    }
    if is_suspicious {
        comments(document, reporter);
    }
}

/// The private key that a scalar holds, in its text or in what it is base64 of.
fn key_in(node: Node<'_>, text: &str) -> Option<PrivateKey> {
    if text.len() < 64 || is_template(text) && text.len() < 256 {
        return None;
    }
    if may_hold_private_key(text) {
        return private_key(text);
    }
    let is_data = node.parent()?.key()?.text() == Some("data");
    let object = object_of(node).filter(|_| is_data)?;
    if object.get("kind").and_then(Node::text) != Some("Secret") {
        return None;
    }
    let decoded = decode_base64(text)?;
    private_key(&String::from_utf8_lossy(&decoded))
}

/// The nearest mapping around `node` that is an object.
fn object_of(node: Node<'_>) -> Option<Node<'_>> {
    std::iter::successors(Some(node), |it| it.parent())
        .find(|it| it.get("kind").is_some() && it.get("apiVersion").is_some())
}

/// `tls.key` of Secret `web/tls`
fn place(node: Node<'_>, object: Option<Node<'_>>) -> String {
    let field = match node.key() {
        Some(key) if key.text() == Some("value") => node.parent().and_then(|it| it.get("name")),
        Some(key) => Some(key),
        None => node.parent().and_then(Node::key),
    };
    let field = field.map_or("a value".to_owned(), |it| name_or(it, "a value"));
    let word = |path: &[&str]| object?.at(path)?.text();
    let name = match (
        word(&["metadata", "namespace"]),
        word(&["metadata", "name"]),
    ) {
        (Some(namespace), Some(name)) => format!(" `{namespace}/{name}`"),
        (None, Some(name)) => format!(" `{name}`"),
        (_, None) => String::new(),
    };
    let kind = noun(word(&["kind"]).unwrap_or("the document"));
    format!("{field} of {kind}{name}")
}

fn verdict(key: PrivateKey) -> String {
    let what = key.kind.description();
    if !key.is_whole {
        format!("is {what}, if not all of it")
    } else if key.is_encrypted {
        format!("is {what}, behind a passphrase")
    } else {
        format!("is {what}")
    }
}

fn weaken(finding: &mut Finding, key: PrivateKey, path: &str) {
    finding.help(
        "make a new key pair, revoke this one, and commit the new key encrypted or not at all",
    );
    if !key.is_whole {
        finding.severity(Severity::Warning);
    }
    if key.is_encrypted || purpose(path) == Purpose::Test {
        finding.severity(Severity::Info);
    }
}

/// Keys in comments that follow each other.
fn comments(document: &Document, reporter: &mut Reporter<'_>) {
    let mut block = String::new();
    let mut first: Option<Span> = None;
    let mut end = 0;
    let mut blocks = Vec::new();
    for comment in document.comments() {
        let text = document.text();
        let between = text.get(end as usize..comment.start() as usize);
        if between.is_none_or(|it| !it.trim().is_empty() || it.matches('\n').count() > 1) {
            blocks.extend(first.take().map(|span| (span, std::mem::take(&mut block))));
        }
        first.get_or_insert(comment);
        let line = text.get(comment.range()).unwrap_or_default();
        block.push_str(line.trim_start_matches('#').trim());
        block.push('\n');
        end = comment.end();
    }
    blocks.extend(first.map(|span| (span, block)));
    let path = reporter.path();
    for (span, text) in blocks {
        if let Some(key) = private_key(&text) {
            let message = format!("a comment {}", verdict(key).replacen("is", "holds", 1));
            let finding = reporter.report(Anchor::Span(document, span), message);
            weaken(finding, key, path);
        }
    }
}
