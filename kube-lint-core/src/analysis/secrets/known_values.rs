//! Values that everybody knows: documentation, test vectors, words that stand for a value.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::any_of;

/// Values printed in documentation, which protect nothing.
const PUBLISHED: &[&str] = &[
    // Kubernetes: tasks "Managing Secrets" and "Encrypting Confidential Data at Rest".
    "1f2d1e2e67df",
    "39528$vdg7Jb",
    "c2VjcmV0IGlzIHNlY3VyZQ==",
    "dGhpcyBpcyBwYXNzd29yZA==",
    "t0p-Secret",
    "t0p-secret",
    // AWS.
    "AKIAIOSFODNN7EXAMPLE",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    // jwt.io.
    "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
    // RFC 7617 and RFC 6750.
    "QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
    "mF_9.B5f-4.1JqM",
    // Payment card test numbers.
    "4242424242424242",
    "4111111111111111",
];

/// Whether a published value stands in `value`.
pub(super) fn is_published(value: &str) -> bool {
    PUBLISHED.iter().any(|it| value.contains(it))
}

/// Pieces of text that stand for a value still to be filled in.
const PLACEHOLDERS: &[&str] = &[
    "changeme",
    "change-me",
    "change_me",
    "change me",
    "changeit",
    "change-it",
    "change_it",
    "changethis",
    "change-this",
    "change_this",
    "replace",
    "placeholder",
    "redacted",
    "example",
    "dummy",
    "todo",
    "fixme",
    "xxxx",
    "your-",
    "your_",
    "yourpass",
    "yoursecret",
    "yourtoken",
    "insert_",
    "insert-",
    "**",
    "...",
    "\u{2026}",
    "fill-me",
    "fill_me",
    "fillme",
    "not-a-real",
    "notreal",
    "not-real",
    "not_real",
    "fake-",
    "fake_",
    "invalid-",
    "to-be-",
    "tobereplaced",
];

static ANY_PLACEHOLDER: LazyLock<AhoCorasick> = LazyLock::new(|| any_of(PLACEHOLDERS));

/// Words that say that there is no value.
const NOTHING: &[&str] = &[
    "none",
    "null",
    "nil",
    "undefined",
    "unset",
    "empty",
    "n/a",
    "tbd",
    "hidden",
    "masked",
    "secret",
    "xxx",
];

/// Whether text stands for a value that is filled in elsewhere.
pub(super) fn is_placeholder(value: &str) -> bool {
    let lower = value.trim().to_lowercase();
    NOTHING.contains(&lower.as_str())
        || ANY_PLACEHOLDER.is_match(&lower)
        || ["my-", "my_", "some-", "some_", "your ", "my "]
            .iter()
            .filter_map(|it| lower.strip_prefix(it))
            .any(|rest| {
                rest.bytes()
                    .all(|it| it.is_ascii_alphabetic() || matches!(it, b'-' | b'_' | b' '))
            })
        || lower
            .strip_prefix('[')
            .and_then(|it| it.strip_suffix(']'))
            .is_some_and(|it| it.bytes().all(|it| it.is_ascii_alphabetic() || it == b' '))
        || is_constant(value.trim())
}

/// `PASSWORD_HERE`
fn is_constant(value: &str) -> bool {
    value.contains('_')
        && value
            .bytes()
            .all(|it| it.is_ascii_uppercase() || it == b'_')
}

/// Rows of characters that people type when they want any value at all.
const ROWS: &[&str] = &[
    "0123456789012345678901234567890",
    "9876543210987654321098765432109",
    "abcdefghijklmnopqrstuvwxyzabcdef",
    "qwertyuiopasdfghjklzxcvbnm",
    "abcd1234abcd1234abcd1234abcd1234",
    "0123456789abcdef0123456789abcdef",
    "deadbeefdeadbeefdeadbeefdeadbeef",
    "cafebabecafebabecafebabecafebabe",
];

/// Whether text is a row of the alphabet, of numbers or of the keyboard.
pub(super) fn is_sequence(value: &str) -> bool {
    let lower = value.to_lowercase();
    ROWS.iter().any(|it| it.contains(&lower))
}
