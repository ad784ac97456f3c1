//! Which names and labels Kubernetes accepts.
//!
//! Sources: `k8s.io/apimachinery/pkg/api/validate/content` and `pkg/api/validation/objectmeta.go`; which
//! kind takes which: `pkg/apis/*/validation` of `k8s.io/kubernetes`.

use crate::{
    object::{Kind, Scope},
    target::KubeVersion,
};

/// What a name must be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// At most 63 lower-case letters, digits and `-`, the first and last no `-`.
    Label,
    /// A label that begins with a letter.
    LetterLabel,
    /// Labels joined by dots, at most so many characters in all.
    Subdomain(usize),
    /// Anything that can stand between two slashes of a URL.
    PathSegment,
}

impl Form {
    /// What names of `kind` must be in a cluster of that version; `None` where objects of the kind are not stored under a name, or
    /// their rules are not known.
    pub fn of(kind: Kind, version: KubeVersion) -> Option<Self> {
        if kind == Kind::Other || kind.scope() == Some(Scope::Outside) {
            return None;
        }
        Some(match kind {
            Kind::Role | Kind::ClusterRole | Kind::RoleBinding | Kind::ClusterRoleBinding => {
                Self::PathSegment
            }
            // `RelaxedServiceNameValidation`, on from 1.36.
            Kind::Service if version < KubeVersion::minor(36) => Self::LetterLabel,
            Kind::Namespace | Kind::StatefulSet | Kind::Service => Self::Label,
            // The controller appends eleven characters and needs a label.
            Kind::CronJob => Self::Subdomain(52),
            _ => Self::Subdomain(253),
        })
    }

    /// Whether `name` has this form.
    pub fn fits(self, name: &str) -> bool {
        match self {
            Self::Label => is_label(name),
            Self::LetterLabel => {
                is_label(name) && !name.starts_with(|it: char| it.is_ascii_digit())
            }
            Self::Subdomain(length) => is_subdomain(name) && name.len() <= length,
            Self::PathSegment => !matches!(name, "." | "..") && !name.contains(['/', '%']),
        }
    }
}

/// A DNS label of RFC 1123 (`IsDNS1123Label`).
pub fn is_label(name: &str) -> bool {
    let is_inner = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
    name.len() <= 63
        && !name.is_empty()
        && name.bytes().all(is_inner)
        && !name.starts_with('-')
        && !name.ends_with('-')
}

/// A DNS subdomain of RFC 1123 (`IsDNS1123Subdomain`): its labels may be longer than 63 characters.
pub fn is_subdomain(name: &str) -> bool {
    let is_part = |part: &str| {
        let is_inner = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
        !part.is_empty()
            && part.bytes().all(is_inner)
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    name.len() <= 253 && name.split('.').all(is_part)
}

/// The key of a label (`IsQualifiedName`): a name of at most 63 characters, a subdomain and a slash
/// before it maybe.
pub fn is_label_key(key: &str) -> bool {
    match key.split_once('/') {
        Some((prefix, name)) => is_subdomain(prefix) && is_word(name),
        None => is_word(key),
    }
}

/// The key of an annotation: that of a label in any case.
pub fn is_annotation_key(key: &str) -> bool {
    is_label_key(&key.to_lowercase())
}

/// The value of a label (`IsValidLabelValue`): empty, or like the name of a key.
pub fn is_label_value(value: &str) -> bool {
    value.is_empty() || is_word(value)
}

/// Letters, digits, `-`, `_` and `.`, the first and last a letter or digit; 63 characters at most.
fn is_word(text: &str) -> bool {
    let is_inner = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b'.');
    let bytes = text.as_bytes();
    bytes.len() <= 63
        && bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.iter().all(|it| is_inner(*it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_subdomains_are_lower_case() {
        for good in ["a", "0", "a-b", "a0", &"a".repeat(63)] {
            assert!(is_label(good) && is_subdomain(good), "{good}");
        }
        for bad in ["", "-a", "a-", "A", "a_b", "a b", "ä"] {
            assert!(!is_label(bad) && !is_subdomain(bad), "{bad}");
        }
        assert!(is_subdomain("a.b-c.d") && !is_label("a.b"));
        assert!(is_subdomain(&"a".repeat(64)) && !is_label(&"a".repeat(64)));
        assert!(!is_subdomain("a..b") && !is_subdomain(".a") && !is_subdomain(&"a".repeat(254)));
    }

    #[test]
    fn roles_take_nearly_any_name() {
        let form = Form::of(Kind::Role, KubeVersion::default()).unwrap();
        assert!(form.fits("system:controller:Foo Bar"));
        assert!(!form.fits("a/b") && !form.fits("..") && !form.fits("50%"));
    }

    #[test]
    fn keys_of_labels_have_one_slash_at_most() {
        for good in ["app", "app.kubernetes.io/name", "A_b.c", "x/y"] {
            assert!(is_label_key(good), "{good}");
        }
        for bad in ["", "/a", "a/", "a/b/c", "Example.com/a", "a b", "-a"] {
            assert!(!is_label_key(bad), "{bad}");
        }
        assert!(is_annotation_key("Example.com/a"));
    }

    #[test]
    fn values_of_labels_may_be_empty_but_no_sentence() {
        assert!(is_label_value("") && is_label_value("v1.2_3"));
        assert!(!is_label_value("a b") && !is_label_value("a/b") && !is_label_value("-"));
        assert!(!is_label_value(&"a".repeat(64)));
    }
}
