//! What the name of a field, a variable or a key says of its value.

/// The words of a name in lower case: split at whatever is no letter or digit and where a capital
/// begins a word, numbers at the end left out.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut current = String::new();
    let mut before = ' ';
    let mut characters = name.chars().peekable();
    while let Some(character) = characters.next() {
        if character.is_alphanumeric() {
            let begins = character.is_uppercase()
                && (before.is_lowercase()
                    || before.is_uppercase()
                        && characters.peek().is_some_and(|it| it.is_lowercase()));
            if begins {
                words.push(std::mem::take(&mut current));
            }
            current.extend(character.to_lowercase());
        } else {
            words.push(std::mem::take(&mut current));
        }
        before = character;
    }
    words.push(current);
    words.retain(|it| !it.is_empty());
    while words
        .last()
        .is_some_and(|it| it.bytes().all(|byte| byte.is_ascii_digit()))
    {
        words.pop();
    }
    words
}

/// Words that say that the value is a credential.
const SENSITIVE: &[&str] = &[
    "accesskey",
    "accesstoken",
    "apikey",
    "apitoken",
    "authtoken",
    "clientsecret",
    "cred",
    "creds",
    "credential",
    "credentials",
    "htpasswd",
    "pass",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "passwords",
    "pgpass",
    "privatekey",
    "pw",
    "pwd",
    "secret",
    "secretkey",
    "token",
];

/// Endings of words written together: `rootpasswd`, `dbpassword`.
const ENDINGS: &[&str] = &[
    "accesskey",
    "apikey",
    "credential",
    "credentials",
    "encryptionkey",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "secret",
    "secretkey",
    "signingkey",
    "token",
];

/// Words that make a `key` behind them one that must be kept secret.
const KEYS: &[&str] = &[
    "access",
    "account",
    "admin",
    "api",
    "app",
    "auth",
    "cookie",
    "crypto",
    "deploy",
    "encryption",
    "hmac",
    "jwt",
    "license",
    "master",
    "private",
    "secret",
    "session",
    "shared",
    "signing",
    "ssh",
    "storage",
];

/// Last words that say that the value is about a credential but none.
const ABOUT: &[&str] = &[
    "address",
    "age",
    "alg",
    "algorithm",
    "alias",
    "annotation",
    "attribute",
    "audience",
    "backend",
    "bits",
    "claim",
    "class",
    "config",
    "count",
    "cost",
    "dir",
    "directory",
    "disabled",
    "domain",
    "duration",
    "enabled",
    "endpoint",
    "engine",
    "env",
    "expiration",
    "expires",
    "expiry",
    "field",
    "file",
    "filename",
    "folder",
    "format",
    "generator",
    "group",
    "header",
    "host",
    "id",
    "ids",
    "interval",
    "issuer",
    "kind",
    "label",
    "length",
    "lifetime",
    "limit",
    "location",
    "manager",
    "method",
    "mode",
    "mount",
    "mtime",
    "name",
    "namespace",
    "path",
    "pattern",
    "policy",
    "port",
    "prefix",
    "provider",
    "ref",
    "reference",
    "refresh",
    "regex",
    "required",
    "role",
    "rotation",
    "scope",
    "seconds",
    "selector",
    "server",
    "service",
    "size",
    "store",
    "suffix",
    "template",
    "timeout",
    "ttl",
    "type",
];

/// More of them, which are sensitive nowhere else.
const ABOUT_TOO: &[&str] = &[
    "uri",
    "url",
    "user",
    "username",
    "version",
    "review",
    "request",
    "requests",
    "reviews",
    "minutes",
    "hours",
    "days",
    "strategy",
    "source",
    "controller",
    "metadata",
];

/// Whether a value of this name is a credential by the name: its last or last but one word says so.
///
/// ```
/// use kube_lint_core::analysis::secrets::is_sensitive;
///
/// assert!(is_sensitive("DB_PASSWORD"));
/// assert!(is_sensitive("rootpasswd"));
/// assert!(is_sensitive("clientSecret"));
/// assert!(is_sensitive("SECRET_KEY_BASE"));
/// assert!(!is_sensitive("SECRET_NAME"));
/// assert!(!is_sensitive("TOKEN_TTL"));
/// assert!(!is_sensitive("server-tokens"));
/// assert!(!is_sensitive("KEYBOARD"));
/// ```
pub fn is_sensitive(name: &str) -> bool {
    let words = words(name);
    let Some(last) = words.last() else {
        return false;
    };
    if ABOUT.contains(&last.as_str()) || ABOUT_TOO.contains(&last.as_str()) {
        return false;
    }
    if last == "auth" {
        return true;
    }
    let from = words.len().saturating_sub(2);
    let says = words.iter().skip(from).any(|it| says_secret(it));
    says || ends_in_secret_key(&words)
}

fn says_secret(word: &str) -> bool {
    let word = word.trim_end_matches(|it: char| it.is_ascii_digit());
    SENSITIVE.contains(&word) || ENDINGS.iter().any(|it| word.ends_with(it))
}

/// `API_KEY` and `SECRET_KEY_BASE`, where `key` alone says nothing.
fn ends_in_secret_key(words: &[String]) -> bool {
    let from = words.len().saturating_sub(3);
    let tail = words.get(from..).unwrap_or_default();
    tail.windows(2)
        .any(|pair| matches!(pair, [of, key] if key == "key" && KEYS.contains(&of.as_str())))
}

/// Whether the name ends in a word for something that people choose and type, so that a word of the
/// dictionary may be the credential itself.
pub fn is_password(name: &str) -> bool {
    let words = words(name);
    words.last().is_some_and(|last| {
        ["password", "passwd", "pwd", "passphrase"]
            .iter()
            .any(|it| last == it || last.ends_with(it) && *it != "pwd")
    })
}

/// Keys of Secrets with values that are public by construction, or names of things.
///
/// ```
/// use kube_lint_core::analysis::secrets::is_public;
///
/// assert!(is_public("tls.crt"));
/// assert!(is_public("POSTGRES_USER"));
/// assert!(!is_public("tls.key"));
/// assert!(!is_public("user-password"));
/// ```
pub fn is_public(key: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    let endings = [".crt", ".pub", ".cer", ".csr", ".crl", ".pem.pub"];
    if endings.iter().any(|it| lower.ends_with(it))
        || matches!(
            lower.as_str(),
            "dhparam.pem" | "dhparams.pem" | "known_hosts" | "ca.pem" | "ca-cert.pem" | "cert.pem"
        )
    {
        return true;
    }
    let words = words(key);
    // `username_in`, as the CHAP keys of iSCSI are called.
    let said = words
        .iter()
        .rev()
        .find(|it| !matches!(it.as_str(), "in" | "out"));
    said.is_some_and(|last| {
        matches!(
            last.as_str(),
            "url"
                | "uri"
                | "type"
                | "project"
                | "username"
                | "user"
                | "host"
                | "hostname"
                | "port"
                | "dbname"
                | "db"
                | "database"
                | "email"
                | "region"
                | "endpoint"
                | "bucket"
                | "issuer"
                | "namespace"
                | "mtime"
                | "algorithm"
                | "name"
        )
    })
}

/// Whether a field of this name holds the name of a Secret or of a key of one, never a value.
pub(super) fn is_reference(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.contains("secretref")
        || lower.contains("secretkeyref")
        || lower.starts_with("existingsecret")
        || lower.ends_with("secretname")
        || lower.ends_with("secret_name")
        || lower.contains("remoteref")
        || lower.starts_with("nginx.ingress.kubernetes.io/")
        || lower.starts_with("haproxy")
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn names_fall_into_words() {
        assert_eq!(words("DB_PASSWORD"), ["db", "password"]);
        assert_eq!(words("clientSecret"), ["client", "secret"]);
        assert_eq!(words("dbURLPassword2"), ["db", "url", "password2"]);
        assert_eq!(words("API_TOKEN_2"), ["api", "token"]);
        assert_eq!(words("AWSSecretKey"), ["aws", "secret", "key"]);
        assert!(words("__").is_empty());
    }
}
