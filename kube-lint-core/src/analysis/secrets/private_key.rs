//! Private keys in text: as their tools write them, with escaped line breaks, in base64.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::model::decode_base64;

use super::any_of;

/// What a private key is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyKind {
    /// PKCS #8, PKCS #1 or SEC 1 in PEM.
    Pem,
    /// OpenSSH's own form.
    OpenSsh,
    /// PuTTY's own form.
    Putty,
    /// An OpenPGP key in armor.
    Pgp,
    /// An identity of age.
    Age,
}

impl KeyKind {
    /// What it is, with its article.
    pub const fn description(self) -> &'static str {
        match self {
            Self::Pem => "a private key",
            Self::OpenSsh => "an OpenSSH private key",
            Self::Putty => "a PuTTY private key",
            Self::Pgp => "an OpenPGP private key",
            Self::Age => "an age identity",
        }
    }
}

/// A private key found in a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PrivateKey {
    /// What it is for.
    pub kind: KeyKind,
    /// Whether it takes a passphrase to use it.
    pub is_encrypted: bool,
    /// Whether it is all there; documentation often shows the first lines of one.
    pub is_whole: bool,
}

/// How deep base64 within base64 is followed.
const DEPTH: u32 = 2;

/// The marks of private keys, and how base64 of a text that begins with one begins: of `-----BEGIN`,
/// of that in base64 again, of `AGE-SECRET-KEY-`, of `PuTTY-User-Key`.
const MARKS: [&[u8]; 7] = [
    b"PRIVATE KEY",
    b"AGE-SECRET-KEY-1",
    b"PuTTY-User-Key-File-",
    b"LS0tLS1CRUdJTi",
    b"TFMwdExTMUNSVWRKVG",
    b"QUdFLVNFQ1JFVC1LRVkt",
    b"UHVUVFktVXNlci1LZXkt",
];

/// Whether it is worth looking for a private key in `text`: cheap, and never wrongly `false` for a
/// text that is not itself in base64 without beginning with the key.
pub fn may_hold_private_key(text: &str) -> bool {
    static ANY: LazyLock<AhoCorasick> = LazyLock::new(|| any_of(MARKS));
    ANY.is_match(text)
}

/// The worst private key in `text`: one that is whole and not encrypted before all others.
///
/// A header without a key behind it, as in a program that looks for keys or a template, is none.
///
/// ```
/// use kube_lint_core::analysis::secrets::private_key;
///
/// assert_eq!(private_key("-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----"), None);
/// let age = "AGE-SECRET-KEY-1QQPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQQPZRY9X8GF2TVDW0S3JN54KH";
/// assert!(private_key(age).is_some_and(|it| it.is_whole));
/// ```
pub fn private_key(text: &str) -> Option<PrivateKey> {
    find(text, DEPTH)
}

fn find(text: &str, depth: u32) -> Option<PrivateKey> {
    if !may_hold_private_key(text) {
        return None;
    }
    let mut found = Vec::new();
    in_pem(text, &mut found);
    found.extend(age(text));
    found.extend(putty(text));
    if depth > 0 {
        found.extend(in_base64(text, depth));
    }
    let rank = |it: &PrivateKey| (it.is_whole, !it.is_encrypted);
    found.into_iter().max_by_key(rank)
}

/// Keys in runs of base64 within `text`.
fn in_base64(text: &str, depth: u32) -> impl Iterator<Item = PrivateKey> {
    let marks = MARKS.iter().skip(3);
    let starts = marks.flat_map(|mark| memchr::memmem::find_iter(text.as_bytes(), mark));
    starts.filter_map(move |start| {
        let bytes = decode_base64(&base64_run(text.get(start..)?))?;
        find(&String::from_utf8_lossy(&bytes), depth - 1)
    })
}

/// The base64 at the start of `text`, which may be broken into lines, without an incomplete group at
/// its end: words behind it may have been taken for a part of it.
fn base64_run(text: &str) -> String {
    let run = text
        .bytes()
        .take_while(|it| is_base64(*it) || it.is_ascii_whitespace());
    let mut run: String = run
        .filter(|it| !it.is_ascii_whitespace())
        .map(char::from)
        .collect();
    run.truncate(run.len() / 4 * 4);
    run
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

/// Keys between `-----BEGIN … PRIVATE KEY-----` and the end of that block (RFC 7468, RFC 4880).
fn in_pem(text: &str, found: &mut Vec<PrivateKey>) {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let Some((label, body)) = after.split_once("-----") else {
            return;
        };
        rest = body;
        let words = label.strip_suffix(" BLOCK").unwrap_or(label);
        if !words.ends_with("PRIVATE KEY") || label.len() > 40 {
            continue;
        }
        let end = body.find("-----END").or_else(|| body.find("-----BEGIN"));
        let is_closed = body.contains("-----END");
        let body = end.map_or(body, |end| body.get(..end).unwrap_or(body));
        found.extend(block(label, body, is_closed));
    }
}

/// The key of a block with this label and body.
fn block(label: &str, body: &str, is_closed: bool) -> Option<PrivateKey> {
    let body = body.replace("\\n", "\n").replace("\\r", "");
    let is_legacy_encrypted = body.contains("4,ENCRYPTED");
    let material: String = body
        .lines()
        .map(|it| it.trim().trim_end_matches('\\'))
        .filter(|it| !it.contains(':') && !it.starts_with('='))
        .collect::<Vec<_>>()
        .concat();
    let material = material.replace(' ', "");
    let length = material.bytes().take_while(|it| is_base64(*it)).count();
    let is_key_material = material
        .get(..length)
        .is_some_and(|it| length >= 32 && !super::value::is_placeholder(it));
    if !is_key_material {
        return None;
    }
    let bytes = decode_base64(&material);
    let kind = match label {
        _ if label.contains("PGP") => KeyKind::Pgp,
        _ if label.starts_with("OPENSSH") => KeyKind::OpenSsh,
        _ => KeyKind::Pem,
    };
    let is_encrypted = label.contains("ENCRYPTED")
        || is_legacy_encrypted
        || kind == KeyKind::OpenSsh && bytes.as_deref().is_some_and(is_open_ssh_encrypted);
    let is_whole = is_closed
        && bytes.is_some_and(|bytes| match kind {
            KeyKind::OpenSsh => bytes.starts_with(b"openssh-key-v1\0") && bytes.len() >= 100,
            KeyKind::Pgp => bytes.len() >= 64 && bytes.first().is_some_and(|it| it & 0x80 != 0),
            // The cipher hides the structure.
            _ if is_legacy_encrypted => bytes.len() >= 64,
            _ => is_der(&bytes),
        });
    Some(PrivateKey {
        kind,
        is_encrypted,
        is_whole,
    })
}

/// Whether the bytes are one ASN.1 SEQUENCE of the length that it states.
fn is_der(bytes: &[u8]) -> bool {
    let Some((&[tag, first], rest)) = bytes.split_first_chunk::<2>() else {
        return false;
    };
    let long = usize::from(first & 0x7f);
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else if (1..=4).contains(&long) && rest.len() >= long {
        let (length, rest) = rest.split_at(long);
        let length = length
            .iter()
            .fold(0, |length, byte| length << 8 | usize::from(*byte));
        (length, rest)
    } else {
        return false;
    };
    tag == 0x30 && rest.len() == length
}

/// Whether the cipher named behind the magic of an OpenSSH key is any (`PROTOCOL.key`).
fn is_open_ssh_encrypted(bytes: &[u8]) -> bool {
    bytes
        .strip_prefix(b"openssh-key-v1\0")
        .and_then(|rest| rest.get(4..8))
        .is_some_and(|cipher| cipher != b"none")
}

/// An identity: the prefix and 58 characters of bech32.
fn age(text: &str) -> Option<PrivateKey> {
    let (_, rest) = text.split_once("AGE-SECRET-KEY-1")?;
    let length = rest
        .bytes()
        .take_while(|it| b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".contains(it))
        .count();
    (length >= 20).then_some(PrivateKey {
        kind: KeyKind::Age,
        is_encrypted: false,
        is_whole: length == 58,
    })
}

/// A `.ppk` file.
fn putty(text: &str) -> Option<PrivateKey> {
    let (_, rest) = text.split_once("PuTTY-User-Key-File-")?;
    let rest = rest.replace("\\n", "\n");
    let has = |field: &str| rest.lines().any(|it| it.trim_start().starts_with(field));
    has("Private-Lines:").then(|| PrivateKey {
        kind: KeyKind::Putty,
        is_encrypted: !has("Encryption: none"),
        is_whole: has("Private-MAC:"),
    })
}
