//! How parts of `.kube-lint.yaml` are read: words, lists, and maps with known keys.
//!
//! An error that serde meets while it visits a scalar gets the place of that scalar, so every key and
//! value is judged as it is visited: what is known only afterwards has the place of its map.

use std::{cell::RefCell, fmt};

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use crate::{
    nearest::nearest,
    target::{self, one_of},
};

use super::Key;

/// A value that is one of a few words.
pub(crate) fn word<T: target::Word>(text: &str) -> Result<T, String> {
    T::of_text(text).map_err(|error| match error.nearest() {
        Some(nearest) => format!("unknown value `{text}`, did you mean `{nearest}`?"),
        None => format!("{error}, found `{text}`"),
    })
}

/// A scalar as it is written, whatever its YAML type, judged by a function.
pub(crate) struct Scalar<F>(pub(crate) F);

impl<'de, T, F: Fn(&str) -> Result<T, String>> DeserializeSeed<'de> for Scalar<&F> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<T, F: Fn(&str) -> Result<T, String>> Visitor<'_> for Scalar<&F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a word")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).map_err(E::custom)
    }
}

/// A list of such scalars.
pub(super) struct List<F>(pub(super) F);

impl<'de, T, F: Fn(&str) -> Result<T, String>> DeserializeSeed<'de> for List<&F> {
    type Value = Vec<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<T>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, T, F: Fn(&str) -> Result<T, String>> Visitor<'de> for List<&F> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut read = Vec::new();
        while let Some(item) = list.next_element_seed(Scalar(self.0))? {
            read.push(item);
        }
        Ok(read)
    }
}

/// What is read from a map with the keys of a table.
pub(super) trait Keyed {
    /// The table.
    const KEYS: &'static [Key];
    /// What it is, in an error about something else.
    const EXPECTED: &'static str;

    /// Reads the value of `key`, which is one of the table.
    fn read<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error>;
}

/// A map, each key of which is known and there once.
pub(super) struct Map<T>(pub(super) T);

impl<'de, T: Keyed> DeserializeSeed<'de> for Map<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: Keyed> Visitor<'de> for Map<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<T, A::Error> {
        let seen = Once::default();
        let known = |text: &str| seen.add(known_key(T::KEYS, text)?);
        while let Some(key) = map.next_key_seed(Scalar(&known))? {
            self.0.read(&key, &mut map)?;
        }
        let mut required = T::KEYS.iter().filter(|it| it.is_required);
        match required.find(|it| !seen.has(it.name)) {
            Some(missing) => Err(A::Error::custom(format!("no key `{}` here", missing.name))),
            None => Ok(self.0),
        }
    }
}

/// A list of maps, each read into what the function makes.
pub(super) struct Maps<F>(pub(super) F);

impl<'de, T: Keyed, F: Fn() -> T> DeserializeSeed<'de> for Maps<F> {
    type Value = Vec<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<T>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, T: Keyed, F: Fn() -> T> Visitor<'de> for Maps<F> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut read = Vec::new();
        while let Some(item) = list.next_element_seed(Map((self.0)()))? {
            read.push(item);
        }
        Ok(read)
    }
}

/// Keys that may be there once.
#[derive(Default)]
pub(super) struct Once(RefCell<Vec<String>>);

impl Once {
    pub(super) fn add(&self, key: &str) -> Result<String, String> {
        if self.has(key) {
            return Err(format!("key `{key}` is here for the second time"));
        }
        self.0.borrow_mut().push(key.to_owned());
        Ok(key.to_owned())
    }

    fn has(&self, key: &str) -> bool {
        self.0.borrow().iter().any(|it| it == key)
    }
}

fn known_key(keys: &[Key], text: &str) -> Result<&'static str, String> {
    let names = || keys.iter().map(|it| it.name);
    let known = names().find(|it| *it == text);
    known.ok_or_else(|| match nearest(text, names()) {
        Some(nearest) => format!("unknown key `{text}`, did you mean `{nearest}`?"),
        None => format!("unknown key `{text}`, expected {}", one_of(names())),
    })
}

/// Reads the value of a key that no reader takes, so that the tables cannot get ahead of the readers
/// without a test that fails.
pub(super) fn unread<'de, A: MapAccess<'de>>(key: &str, map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>()?;
    Err(A::Error::custom(format!("key `{key}` has no reader")))
}
