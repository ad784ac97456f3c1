//! Secrets and their entries (`k8s.io/api/core/v1/types.go`, `Secret`).

mod encoding;

use std::borrow::Cow;

use crate::{
    object::{Object, Text, text},
    yaml::Node,
};

pub use encoding::{decode_base64, encode_base64};

/// A `Secret` of the core group.
#[derive(Clone, Copy, Debug)]
pub struct Secret<'a> {
    object: Object<'a>,
}

impl<'a> Secret<'a> {
    /// The view of a `Secret`.
    pub fn new(object: &Object<'a>) -> Self {
        Self { object: *object }
    }

    /// The object.
    pub fn object(&self) -> Object<'a> {
        self.object
    }

    /// `type`, where known; the API server takes a Secret without one for `Opaque`.
    pub fn kind(&self) -> Option<Text<'a>> {
        text(self.object.root(), "type").filter(|it| !it.value.is_empty())
    }

    /// Whether its `type` is `kind`.
    pub fn is(&self, kind: &str) -> bool {
        self.kind().is_some_and(|it| it.value == kind)
    }

    /// The entries of `data`, then those of `stringData`.
    pub fn entries(&self) -> impl Iterator<Item = SecretEntry<'a>> + use<'a> {
        let root = self.object.root();
        let of = move |field, is_encoded| {
            let map = root.get(field).into_iter();
            map.flat_map(Node::fields)
                .map(move |(key, value)| SecretEntry {
                    key,
                    value,
                    is_encoded,
                })
        };
        of("data", true).chain(of("stringData", false))
    }

    /// The entry of that key which counts: `stringData` overwrites `data` (`pkg/apis/core/v1/conversion.go`,
    /// `Convert_v1_Secret_To_core_Secret`).
    pub fn entry(&self, key: &str) -> Option<SecretEntry<'a>> {
        let entries = self.entries();
        entries.filter(|it| it.key.text() == Some(key)).last()
    }
}

/// One key of a Secret and its value.
#[derive(Clone, Copy, Debug)]
pub struct SecretEntry<'a> {
    key: Node<'a>,
    value: Node<'a>,
    is_encoded: bool,
}

impl<'a> SecretEntry<'a> {
    /// The key.
    pub fn key(&self) -> Node<'a> {
        self.key
    }

    /// The value as written.
    pub fn value(&self) -> Node<'a> {
        self.value
    }

    /// Whether it stands in `data`, in base64.
    pub fn is_encoded(&self) -> bool {
        self.is_encoded
    }

    /// The bytes that a Pod will read; `None` where the API server would refuse the entry.
    pub fn bytes(&self) -> Option<Cow<'a, [u8]>> {
        if self.value.is_null() {
            return Some(Cow::Borrowed(&[]));
        }
        let text = self.value.str()?;
        if self.is_encoded {
            decode_base64(text).map(Cow::Owned)
        } else {
            Some(Cow::Borrowed(text.as_bytes()))
        }
    }
}
