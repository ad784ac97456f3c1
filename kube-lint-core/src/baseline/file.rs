//! A baseline as YAML: one file of manifests after the other, the findings of each in order.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeSeed, Error as _, MapAccess, Visitor},
    ser::SerializeMap,
};

use super::Entry;
use crate::{
    config::{ConfigError, Scalar, word},
    diagnostic::{Fingerprint, Severity},
};

const VERSION: u32 = 1;

const HEADER: &str = "\
# Findings that are accepted for now, written by `kube-lint check --write-baseline`.
# A check with `--baseline` fails for what is not here.
";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Top {
    #[serde(deserialize_with = "version")]
    version: u32,
    findings: Files,
}

/// The findings of each file; a file may stand here twice, after a merge.
struct Files(Vec<(String, Vec<Finding>)>);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Finding {
    rule: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    object: Option<String>,
    #[serde(serialize_with = "write_level", deserialize_with = "level")]
    level: Severity,
    #[serde(serialize_with = "write_key", deserialize_with = "key")]
    fingerprint: u64,
    #[serde(
        default = "one",
        skip_serializing_if = "is_one",
        deserialize_with = "count"
    )]
    instances: usize,
    #[serde(
        default = "one",
        skip_serializing_if = "is_one",
        deserialize_with = "count"
    )]
    count: usize,
}

pub(super) fn read(path: &str, text: &str) -> Result<Vec<Entry>, ConfigError> {
    let top: Top =
        serde_yaml::from_str(text).map_err(|error| ConfigError::of_yaml(path, text, &error))?;
    let files = top.findings.0.into_iter();
    let entries = files.flat_map(|(path, findings)| {
        findings.into_iter().map(move |it| Entry {
            path: path.clone(),
            rule: it.rule,
            object: it.object,
            level: it.level,
            key: it.fingerprint,
            instances: it.instances,
            count: it.count,
        })
    });
    Ok(entries.collect())
}

/// `entries` are sorted.
pub(super) fn write(entries: &[Entry]) -> String {
    let files = entries.chunk_by(|one, other| one.path == other.path);
    let files = files.filter_map(|entries| {
        let path = entries.first()?.path.clone();
        Some((path, entries.iter().map(Finding::of).collect()))
    });
    let top = Top {
        version: VERSION,
        findings: Files(files.collect()),
    };
    // Strings and numbers can always be written.
    let text = serde_yaml::to_string(&top).unwrap_or_default();
    format!("{HEADER}{text}")
}

impl Finding {
    fn of(entry: &Entry) -> Self {
        Self {
            rule: entry.rule.clone(),
            object: entry.object.clone(),
            level: entry.level,
            fingerprint: entry.key,
            instances: entry.instances,
            count: entry.count,
        }
    }
}

impl Serialize for Files {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (path, findings) in &self.0 {
            map.serialize_entry(path, findings)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Files {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FilesVisitor)
    }
}

struct FilesVisitor;

impl<'de> Visitor<'de> for FilesVisitor {
    type Value = Files;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("files and the findings of each")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Files, A::Error> {
        let mut files = Vec::new();
        while let Some(file) = map.next_entry()? {
            files.push(file);
        }
        Ok(Files(files))
    }
}

fn version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let read = |text: &str| match text.parse() {
        Ok(VERSION) => Ok(VERSION),
        _ => Err(format!("expected `{VERSION}`, found `{text}`")),
    };
    Scalar(&read).deserialize(deserializer)
}

fn level<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Severity, D::Error> {
    Scalar(&word).deserialize(deserializer)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn write_level<S: Serializer>(level: &Severity, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(level.as_str())
}

fn key<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let read = |text: &str| {
        let digits = Some(text).filter(|it| it.len() == 16);
        let key = digits.and_then(|it| u64::from_str_radix(it, 16).ok());
        key.ok_or_else(|| format!("expected 16 hexadecimal digits, found `{text}`"))
    };
    Scalar(&read).deserialize(deserializer)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn write_key<S: Serializer>(key: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Fingerprint {
        key: *key,
        ordinal: 1,
    })
}

fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    match usize::deserialize(deserializer)? {
        0 => Err(D::Error::custom("expected a number above 0")),
        count => Ok(count),
    }
}

fn one() -> usize {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_one(count: &usize) -> bool {
    *count == 1
}
