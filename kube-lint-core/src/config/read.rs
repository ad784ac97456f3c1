//! Reads `.kube-lint.yaml`.
//!
//! An error that serde meets while it visits a scalar gets the place of that scalar, so every key and
//! value is judged as it is visited: what is known only afterwards has no place.

use std::{cell::RefCell, fmt};

use globset::Glob;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::{Config, ConfigError, Exclude, Level, RulePattern, Settings};
use crate::{
    nearest::nearest,
    rule::Rule,
    target::{Known, Names, Target},
};

/// Reads `text`, where rules are named out of `rules`.
pub(super) fn config(
    path: &str,
    text: &str,
    rules: &[&'static Rule],
) -> Result<Config, ConfigError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if says_nothing(text) {
        return Ok(Config::default());
    }
    let deserializer = serde_yaml::Deserializer::from_str(text);
    let config = TopSeed { rules }.deserialize(deserializer);
    config.map_err(|error| ConfigError::of_yaml(path, text, &error))
}

/// Whether the text is blank but for comments, which `serde_yaml` calls an unexpected end.
fn says_nothing(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    lines.all(|line| line.is_empty() || line.starts_with('#'))
}

/// The whole file.
struct TopSeed<'a> {
    rules: &'a [&'static Rule],
}

const KEYS: &[&str] = &[
    "exclude",
    "rules",
    "world",
    "kube-version",
    "namespace",
    "known",
    "fail-on",
];

impl<'de> DeserializeSeed<'de> for TopSeed<'_> {
    type Value = Config;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Config, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for TopSeed<'_> {
    type Value = Config;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("keys such as `exclude` and `rules`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Config, A::Error> {
        let mut settings = Settings::default();
        let Settings {
            target,
            levels,
            exclude,
            ..
        } = &mut settings;
        let mut config = Config::default();
        let keys = Keys::new(KEYS);
        while let Some(key) = map.next_key_seed(keys.seed())? {
            match key {
                "exclude" => {
                    let globs = map.next_value_seed(List(&exclude_glob))?;
                    let globs = globs.iter().map(String::as_str);
                    *exclude = Exclude::new(globs).map_err(A::Error::custom)?;
                }
                "rules" => levels.configure(map.next_value_seed(RulesSeed { rules: self.rules })?),
                "fail-on" => config.fail_on = map.next_value_seed(Word(&parsed))?,
                _ => target_key(&mut map, key, target)?,
            }
        }
        config.settings = settings;
        Ok(config)
    }
}

fn target_key<'de, A: MapAccess<'de>>(
    map: &mut A,
    key: &str,
    target: &mut Target,
) -> Result<(), A::Error> {
    match key {
        "world" => target.world = map.next_value_seed(Word(&parsed))?,
        // The source text, not the number: `1.30` must not become `1.3`.
        "kube-version" => target.kube_version = map.next_value_seed(Word(&parsed))?,
        "namespace" => target.namespace = Some(map.next_value_seed(Word(&name))?),
        "known" => target.known = map.next_value_seed(KnownSeed)?,
        _ => {
            map.next_value::<IgnoredAny>()?;
        }
    }
    Ok(())
}

pub(crate) fn parsed<T: std::str::FromStr<Err: fmt::Display>>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|error: T::Err| format!("{error}, found `{text}`"))
}

fn name(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("expected a name".to_owned());
    }
    Ok(text.to_owned())
}

fn exclude_glob(text: &str) -> Result<String, String> {
    Exclude::new([text]).map_err(|error| error.to_string())?;
    Ok(text.to_owned())
}

fn name_glob(text: &str) -> Result<String, String> {
    Glob::new(text).map_err(|error| format!("not a glob: {}", error.kind()))?;
    Ok(text.to_owned())
}

/// The value of `rules`.
struct RulesSeed<'a> {
    rules: &'a [&'static Rule],
}

impl<'de> DeserializeSeed<'de> for RulesSeed<'_> {
    type Value = Vec<(RulePattern, Level)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RulesSeed<'_> {
    type Value = Vec<(RulePattern, Level)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rules and their levels")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let pattern =
            |text: &str| RulePattern::among(self.rules, text).map_err(|error| error.to_string());
        let mut levels = Vec::new();
        while let Some(entry) = map.next_key_seed(Word(&pattern))? {
            levels.push((entry, map.next_value_seed(Word(&parsed))?));
        }
        Ok(levels)
    }
}

/// The value of `known`.
struct KnownSeed;

impl<'de> DeserializeSeed<'de> for KnownSeed {
    type Value = Known;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Known, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for KnownSeed {
    type Value = Known;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("kinds and the names that are known of each")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Known, A::Error> {
        let mut known = Known::default();
        let keys = Keys::new(&["secrets", "config-maps", "service-accounts", "roles"]);
        while let Some(key) = map.next_key_seed(keys.seed())? {
            let globs = map.next_value_seed(List(&name_glob))?;
            let globs = globs.iter().map(String::as_str);
            let names = Names::new(globs).map_err(A::Error::custom)?;
            match key {
                "secrets" => known.secrets = names,
                "config-maps" => known.config_maps = names,
                "service-accounts" => known.service_accounts = names,
                _ => known.roles = names,
            }
        }
        Ok(known)
    }
}

/// The keys of one map: each known, each at most once.
struct Keys {
    known: &'static [&'static str],
    seen: RefCell<Vec<&'static str>>,
}

impl Keys {
    fn new(known: &'static [&'static str]) -> Self {
        let seen = RefCell::default();
        Self { known, seen }
    }

    fn seed(&self) -> KeySeed<'_> {
        KeySeed(self)
    }

    fn read(&self, text: &str) -> Result<&'static str, String> {
        let Some(&key) = self.known.iter().find(|&&it| it == text) else {
            return Err(match nearest(text, self.known.iter().copied()) {
                Some(nearest) => format!("unknown key `{text}`, did you mean `{nearest}`?"),
                None => format!("unknown key `{text}`, expected {}", self.list()),
            });
        };
        let mut seen = self.seen.borrow_mut();
        if seen.contains(&key) {
            return Err(format!("key `{key}` is here for the second time"));
        }
        seen.push(key);
        Ok(key)
    }

    fn list(&self) -> String {
        let (last, others) = self.known.split_last().unwrap_or((&"", &[]));
        format!("`{}` or `{last}`", others.join("`, `"))
    }
}

struct KeySeed<'a>(&'a Keys);

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = &'static str;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        Word(&|text: &str| self.0.read(text)).deserialize(deserializer)
    }
}

/// A scalar as it is written, whatever its YAML type, judged by a function.
pub(crate) struct Word<F>(pub(crate) F);

impl<'de, T, F: Fn(&str) -> Result<T, String>> DeserializeSeed<'de> for Word<&F> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<T, F: Fn(&str) -> Result<T, String>> Visitor<'_> for Word<&F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a word")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).map_err(E::custom)
    }
}

/// A list of such scalars.
struct List<F>(F);

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
        while let Some(item) = list.next_element_seed(Word(self.0))? {
            read.push(item);
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::{FailOn, levels::tests::RULES},
        diagnostic::Severity,
        target::{KubeVersion, World},
    };

    fn read(text: &str) -> Config {
        config("a.yaml", text, RULES).unwrap()
    }

    fn error(text: &str) -> String {
        config("a.yaml", text, RULES).unwrap_err().to_string()
    }

    #[test]
    fn every_key_is_read() {
        let config = read(
            "exclude: [vendor/]\nrules:\n  rbac: warning\n  rbac/wildcard-verb: off\nworld: closed\n\
             kube-version: 1.30\nnamespace: shop\nknown:\n  secrets: ['shop/db-*']\n  config-maps: [a]\n  \
             service-accounts: [b]\n  roles: [c]\nfail-on: error\n",
        );
        assert_eq!(config.fail_on, FailOn::Error);
        let Settings {
            target,
            levels,
            exclude,
            ..
        } = config.settings;
        assert!(exclude.has_file("vendor/a.yaml"));
        assert_eq!(levels.level_of(RULES[0]), Some(Severity::Warning));
        assert_eq!(levels.level_of(RULES[1]), None);
        assert_eq!(target.world, World::Closed);
        assert_eq!(target.kube_version, KubeVersion::minor(30));
        assert_eq!(target.namespace.as_deref(), Some("shop"));
        assert!(target.known.secrets.contain(Some("shop"), "db-main"));
        assert!(target.known.config_maps.contain(None, "a"));
        assert!(target.known.service_accounts.contain(None, "b"));
        assert!(target.known.roles.contain(None, "c"));
    }

    #[test]
    fn a_file_may_say_nothing() {
        for text in [
            "",
            "\n",
            "# nothing\n",
            "\u{feff}# nothing",
            "---\n",
            "{}\n",
            "exclude:\nrules:\n",
        ] {
            assert_eq!(read(text).fail_on, FailOn::Warning, "{text:?}");
        }
    }

    #[test]
    fn an_unknown_key_has_its_place_and_the_nearest_name() {
        assert_eq!(
            error("world: open\nexlude: []\n"),
            "a.yaml:2:1: unknown key `exlude`, did you mean `exclude`?"
        );
        assert_eq!(
            error("known:\n  secret: []\n"),
            "a.yaml:2:3: known: unknown key `secret`, did you mean `secrets`?"
        );
        assert_eq!(
            error("known: {pods: []}\n"),
            "a.yaml:1:9: known: unknown key `pods`, expected `secrets`, `config-maps`, \
             `service-accounts` or `roles`"
        );
    }

    #[test]
    fn an_unknown_rule_or_value_has_its_place() {
        assert_eq!(
            error("rules:\n  rbac/wildcrd-verb: off\n"),
            "a.yaml:2:3: rules: unknown rule `rbac/wildcrd-verb`, did you mean `rbac/wildcard-verb`?"
        );
        assert_eq!(
            error("rules:\n  rbac: of\n"),
            "a.yaml:2:9: rules.rbac: expected `off`, `info`, `warning` or `error`, found `of`"
        );
        assert_eq!(
            error("# ü\nworld: half\n"),
            "a.yaml:2:8: world: expected `open` or `closed`, found `half`"
        );
        assert_eq!(
            error("kube-version: 2.0\n"),
            "a.yaml:1:15: kube-version: expected a Kubernetes version such as `1.33`, found `2.0`"
        );
    }

    #[test]
    fn a_broken_glob_has_its_place() {
        assert!(error("exclude:\n- a\n- b{\n").starts_with("a.yaml:3:3: exclude[1]: "));
        assert!(error("known: {roles: ['[']}\n").starts_with("a.yaml:1:17: known.roles[0]: "));
    }

    #[test]
    fn a_key_stands_once() {
        assert_eq!(
            error("world: open\nworld: closed\n"),
            "a.yaml:2:1: key `world` is here for the second time"
        );
    }

    #[test]
    fn what_is_no_map_or_no_yaml_has_a_place() {
        assert_eq!(
            error("- a\n"),
            "a.yaml:1:1: invalid type: sequence, expected keys such as `exclude` and `rules`"
        );
        assert_eq!(
            error("exclude: vendor\n"),
            "a.yaml:1:10: exclude: invalid type: string \"vendor\", expected a list"
        );
        assert!(error("exclude: [a\nworld: open\n").starts_with("a.yaml:2:"));
        assert!(error("world: open\n---\nworld: open\n").starts_with("a.yaml:1:1: "));
    }

    #[test]
    fn escapes_of_a_terminal_are_written_out() {
        assert_eq!(
            error("\"\\e[31m\": 1\n").split_once(", ").unwrap().0,
            "a.yaml:1:1: unknown key `\\u{1b}[31m`"
        );
    }
}
