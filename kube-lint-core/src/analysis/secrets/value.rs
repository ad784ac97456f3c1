//! The gate that every value passes before it is called a credential (§G9 of the evaluation model).

use crate::{object::is_template, span::narrow};

use super::{
    encrypted::is_encrypted,
    formats::{self, Format},
    key_names, known_values,
    private_key::{self, PrivateKey},
};

pub(super) use known_values::is_placeholder;

/// What a credential is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Credential {
    /// A private key.
    PrivateKey(PrivateKey),
    /// A token of a known issuer.
    Token(&'static Format),
    /// The hash of a password, which can be guessed at leisure.
    PasswordHash,
    /// The password in a URL.
    Url,
    /// A file, one of whose fields is a credential.
    File,
    /// Bytes that are no text.
    Binary,
    /// Anything else that only a credential would be.
    Other,
}

impl Credential {
    /// What it is, with its article and no character of it.
    pub fn description(self) -> &'static str {
        match self {
            Self::PrivateKey(key) => key.kind.description(),
            Self::Token(format) => format.name,
            Self::PasswordHash => "a password hash",
            Self::Url => "a URL with a password",
            Self::File => "a file with a credential in it",
            Self::Binary => "binary data",
            Self::Other => "a literal value",
        }
    }

    /// Whether the value tells by itself what it is, whatever its name.
    pub fn is_recognised(self) -> bool {
        match self {
            Self::PrivateKey(_) | Self::Token(_) => true,
            Self::PasswordHash | Self::Url | Self::File | Self::Binary | Self::Other => false,
        }
    }
}

/// The credential that `value` is where it stands under the name `key`; `None` where it certainly is
/// none.
///
/// ```
/// use kube_lint_core::analysis::secrets::credential;
///
/// assert!(credential("DB_PASSWORD", "hunter2hunter2").is_some());
/// assert!(credential("DB_PASSWORD", "$(DB_PASSWORD_FROM_SECRET)").is_none());
/// assert!(credential("DB_PASSWORD", "/run/secrets/db").is_none());
/// assert!(credential("API_TOKEN", "changeme").is_none());
/// assert!(credential("API_TOKEN", "memberlist").is_none());
/// ```
pub fn credential(key: &str, value: &str) -> Option<Credential> {
    let value = value.trim();
    if is_encrypted(value) {
        return None;
    }
    if let Some(key) = private_key::private_key(value) {
        return Some(Credential::PrivateKey(key));
    }
    if let Some(format) = formats::format_of(value) {
        return Some(Credential::Token(format));
    }
    let value = bearer(value);
    if let Some(userinfo) = password_of_url(value) {
        let is_documentation = matches!(userinfo, "pass" | "password" | "passwd" | "pwd");
        return (!is_documentation && !is_harmless("password", userinfo))
            .then_some(Credential::Url);
    }
    if is_password_hash(value) {
        return Some(Credential::PasswordHash);
    }
    (!is_harmless(key, value)).then_some(Credential::Other)
}

/// Whether the value of the name `key` is certainly, or as good as, no secret.
pub fn is_harmless(key: &str, value: &str) -> bool {
    let value = value.trim();
    value.chars().count() < 6
        || is_encrypted(value)
        || is_reference(value)
        || is_placeholder(value)
        || known_values::is_published(value)
        || is_plain_data(value)
        || is_address(value)
        || known_values::is_sequence(value)
        || is_words(value) && !key_names::is_password(key)
        || entropy(value) < 2.5
}

/// What follows the scheme of an `Authorization` header.
fn bearer(value: &str) -> &str {
    let schemes = ["Bearer ", "bearer ", "Basic ", "basic ", "Token ", "token "];
    schemes
        .iter()
        .find_map(|it| value.strip_prefix(it))
        .map_or(value, str::trim_start)
}

/// The password of a URL with one.
pub(super) fn password_of_url(value: &str) -> Option<&str> {
    let (scheme, rest) = value.split_once("://")?;
    let is_scheme = !scheme.is_empty()
        && scheme
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || matches!(it, b'+' | b'-' | b'.'));
    let authority = rest.split(['/', '?', '#']).next()?;
    let (userinfo, _) = authority.rsplit_once('@')?;
    let (_, password) = userinfo.split_once(':')?;
    (is_scheme && !password.is_empty()).then_some(password)
}

/// Whether the value is filled in from elsewhere, or says where it is found.
fn is_reference(value: &str) -> bool {
    const SCHEMES: [&str; 16] = [
        "vault:",
        "ref+",
        "sm://",
        "op://",
        "awssm",
        "arn:aws",
        "gcpsm",
        "akv://",
        "keyvault:",
        "azurekeyvault:",
        "secretref:",
        "secret://",
        "secretmanager:",
        "file:",
        "env:",
        "ssm:",
    ];
    let is_variable = value.strip_prefix('$').is_some_and(|name| {
        let first = name.bytes().next();
        first.is_some_and(|it| it.is_ascii_uppercase() || it == b'_')
            && name
                .bytes()
                .all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == b'_')
    });
    let lower = value.to_ascii_lowercase();
    is_template(value)
        || is_variable
        || value.starts_with("%(") && value.ends_with(")s")
        || value.starts_with('%') && value.ends_with('%')
        || value.starts_with("@@") && value.ends_with("@@")
        || SCHEMES.iter().any(|it| lower.starts_with(it))
        || value.starts_with("$__")
        || value.starts_with("projects/") && value.contains("/secrets/")
}

/// Booleans, numbers, durations, sizes, dates, digests and UUIDs.
fn is_plain_data(value: &str) -> bool {
    let is_number = value
        .bytes()
        .all(|it| it.is_ascii_digit() || matches!(it, b'.' | b',' | b'-' | b'+' | b':' | b'_'));
    is_number || is_quantity(value) || is_time(value) || is_uuid(value) || is_digest(value)
}

/// `30s`, `1h30m`, `512Mi`, `100GB`.
fn is_quantity(value: &str) -> bool {
    const UNITS: [&str; 27] = [
        "ns", "us", "ms", "s", "m", "h", "d", "w", "y", "min", "sec", "k", "Ki", "KiB", "KB", "M",
        "Mi", "MiB", "MB", "G", "Gi", "GiB", "GB", "T", "Ti", "TB", "B",
    ];
    let mut rest = value;
    while !rest.is_empty() {
        let unit = rest.trim_start_matches(|it: char| it.is_ascii_digit() || it == '.');
        let next = unit.trim_start_matches(|it: char| it.is_ascii_alphabetic());
        let name = unit.strip_suffix(next).unwrap_or_default();
        if unit.len() == rest.len() || !UNITS.contains(&name) {
            return false;
        }
        rest = next;
    }
    true
}

/// `2019-03-20T17:54:53Z` and dates.
fn is_time(value: &str) -> bool {
    let shape: String = value
        .chars()
        .map(|it| if it.is_ascii_digit() { '0' } else { it })
        .collect();
    shape.starts_with("0000-00-00")
        && shape.chars().all(|it| {
            matches!(
                it,
                '0' | '-' | 'T' | 't' | ':' | '.' | 'Z' | 'z' | '+' | ' '
            )
        })
}

fn is_uuid(value: &str) -> bool {
    let parts: Vec<_> = value.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12] && value.bytes().all(|it| it == b'-' || it.is_ascii_hexdigit())
}

fn is_digest(value: &str) -> bool {
    ["sha256:", "sha512:", "sha1:", "SHA256:"]
        .iter()
        .any(|it| value.starts_with(it))
}

/// Paths, URLs without userinfo, host names, networks, e-mail addresses, images.
fn is_address(value: &str) -> bool {
    is_url(value)
        || is_path(value)
        || is_host(value)
        || is_email(value)
        || is_network(value)
        || is_image(value)
}

fn is_url(value: &str) -> bool {
    value
        .split_once("://")
        .is_some_and(|(scheme, rest)| is_word(scheme) && !rest.is_empty() && !value.contains(' '))
        && password_of_url(value).is_none()
        && !value
            .split(['?', '&', '/'])
            .skip(3)
            .any(|it| looks_random(it.rsplit_once('=').map_or(it, |(_, it)| it)))
        || value.starts_with("git@") && value.contains(':')
}

fn is_path(value: &str) -> bool {
    let is_rooted = ["/", "./", "../", "~/", "C:\\", "c:\\"]
        .iter()
        .any(|it| value.starts_with(it));
    let is_made_of_names = value.bytes().all(|it| {
        it.is_ascii_alphanumeric()
            || matches!(it, b'/' | b'\\' | b'.' | b'_' | b'-' | b'~' | b':' | b'@')
    });
    let parts = || value.split(['/', '\\']);
    is_made_of_names
        && (is_rooted || value.contains('/'))
        && !parts().any(looks_random)
        && (is_rooted || parts().all(|it| is_words(it) || it.contains('.') || it.is_empty()))
}

/// Endings of host names that cannot be the end of a password with a dot in it.
const DOMAINS: &[&str] = &[
    "svc",
    "local",
    "internal",
    "cluster",
    "localhost",
    "com",
    "org",
    "net",
    "io",
    "dev",
    "gov",
    "edu",
    "cloud",
    "app",
    "ai",
    "co",
    "uk",
    "de",
    "eu",
    "fr",
    "us",
    "ch",
    "nl",
    "jp",
    "cn",
    "test",
    "lan",
    "corp",
    "intranet",
    "sh",
    "tech",
    "info",
    "me",
];

fn is_host(value: &str) -> bool {
    let host = value.split_once(':').map_or(value, |(host, _)| host);
    let host = host.split_once('/').map_or(host, |(host, _)| host);
    let Some((before, last)) = host.rsplit_once('.') else {
        return false;
    };
    let is_name = |it: &str| {
        !it.is_empty()
            && it
                .bytes()
                .all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b'*'))
    };
    (DOMAINS.contains(&last.to_ascii_lowercase().as_str())
        || before.split('.').any(|it| it == "svc"))
        && before.split('.').all(is_name)
}

fn is_email(value: &str) -> bool {
    value
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !name.contains(':') && is_host(host))
}

fn is_network(value: &str) -> bool {
    let address = value.split_once('/').map_or(value, |(address, _)| address);
    address.parse::<core::net::IpAddr>().is_ok() || value.parse::<core::net::SocketAddr>().is_ok()
}

/// `registry/name:tag`.
fn is_image(value: &str) -> bool {
    let Some((repository, tag)) = value.rsplit_once(':') else {
        return false;
    };
    repository.contains('/')
        && !repository.bytes().any(|it| it.is_ascii_uppercase())
        && repository.bytes().all(|it| {
            it.is_ascii_alphanumeric() || matches!(it, b'/' | b'.' | b'-' | b'_' | b':' | b'@')
        })
        && tag.len() <= 128
        && !looks_random(tag)
}

/// Words joined by blanks and punctuation, short numbers among them: names, sentences, enumerations.
pub(super) fn is_words(value: &str) -> bool {
    let separators = ['-', '_', '.', '/', ' ', ',', ':', '\'', '\t'];
    let mut words = value.split(separators).filter(|it| !it.is_empty());
    words.all(|it| {
        it.bytes().all(|it| it.is_ascii_alphabetic())
            || it.len() <= 2 && it.bytes().all(|it| it.is_ascii_digit())
    })
}

fn is_word(value: &str) -> bool {
    !value.is_empty()
        && value
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || matches!(it, b'+' | b'-' | b'.'))
}

/// Whether a word has capitals, small letters and digits mixed as no name has.
pub(super) fn looks_random(word: &str) -> bool {
    let has = |kind: fn(&u8) -> bool| word.bytes().any(|it| kind(&it));
    word.len() >= 16
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && entropy(word) >= 3.0
}

/// Formats of `crypt(3)`, LDAP and argon2.
fn is_password_hash(value: &str) -> bool {
    const PREFIXES: [&str; 12] = [
        "$2a$", "$2b$", "$2y$", "$1$", "$5$", "$6$", "$y$", "$apr1$", "$argon2", "{SHA}", "{SSHA}",
        "$pbkdf2",
    ];
    let hash = match value.split_once(':') {
        // `user:hash`, a line of `htpasswd`.
        Some((user, hash)) if !user.contains('$') => hash,
        _ => value,
    };
    hash.len() >= 20
        && !is_placeholder(hash)
        && !hash.contains(' ')
        && PREFIXES.iter().any(|it| hash.starts_with(it))
}

/// Bits of information per character.
pub(super) fn entropy(value: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in value.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let length = f64::from(narrow(value.len()));
    let present = counts.iter().filter(|it| **it > 0);
    present
        .map(|&count| {
            let share = f64::from(count) / length;
            -share * share.log2()
        })
        .sum()
}
