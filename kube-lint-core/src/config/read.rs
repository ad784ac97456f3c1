//! Reads `.kube-lint.yaml`.

use globset::Glob;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};

use super::{
    Config, ConfigError, Key, Level, RulePattern,
    keys::{KEYS, KNOWN, OVERRIDE, POD_SPEC_PATH},
    seeds::{Keyed, List, Map, Maps, Once, Scalar, unread, word},
};
use crate::{
    model::{Cidr, PodSpecPath},
    path_globs::PathGlobs,
    rule::Rule,
    target::{Known, KubeVersion, Names, Target, TargetOverride, World},
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
    let config = Config::default();
    let deserializer = serde_yaml::Deserializer::from_str(text);
    let top = Map(Top { config, rules }).deserialize(deserializer);
    top.map(|it| it.config)
        .map_err(|error| ConfigError::of_yaml(path, text, &error))
}

/// Whether the text is blank but for comments, which `serde_yaml` calls an unexpected end.
fn says_nothing(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    lines.all(|line| line.is_empty() || line.starts_with('#'))
}

/// The whole file.
struct Top<'a> {
    config: Config,
    rules: &'a [&'static Rule],
}

impl Keyed for Top<'_> {
    const KEYS: &'static [Key] = KEYS;
    const EXPECTED: &'static str = "keys such as `exclude` and `rules`";

    fn read<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        let rules = self.rules;
        let Config {
            settings,
            fail_on,
            baseline,
        } = &mut self.config;
        match key {
            "include" => settings.include = Some(path_globs(map)?),
            "exclude" => settings.exclude = path_globs(map)?,
            "rules" => settings
                .levels
                .configure(map.next_value_seed(RulesSeed { rules })?),
            "overrides" => {
                let overrides = map.next_value_seed(Maps(|| Override::new(rules)))?;
                for (index, it) in overrides.into_iter().enumerate() {
                    let Override { target, levels, .. } = it;
                    let paths = target.paths.clone();
                    settings.levels.configure_for(index, paths, levels);
                    settings.target.overrides.push(target);
                }
            }
            "fail-on" => *fail_on = map.next_value_seed(Scalar(&word))?,
            "require-reason" => settings.require_reason = map.next_value_seed(Scalar(&word))?,
            "baseline" => *baseline = Some(map.next_value_seed(Scalar(&some))?),
            _ => target_key(map, key, &mut settings.target)?,
        }
        Ok(())
    }
}

fn target_key<'de, A: MapAccess<'de>>(
    map: &mut A,
    key: &str,
    target: &mut Target,
) -> Result<(), A::Error> {
    match key {
        "world" => target.world = map.next_value_seed(Scalar(&word))?,
        // The source text, not the number: `1.30` must not become `1.3`.
        "kube-version" => target.kube_version = map.next_value_seed(Scalar(&version))?,
        "namespace" => target.namespace = Some(map.next_value_seed(Scalar(&some))?),
        "known" => target.known = map.next_value_seed(Map(Known::default()))?,
        "sensitive-namespaces" => target.sensitive_namespaces = Some(names(map)?),
        "pod-spec-paths" => {
            let paths = map.next_value_seed(Maps(CustomPath::default))?;
            for it in paths {
                let path = PodSpecPath::new(&it.group, &it.kind, &it.path);
                target.pod_spec_paths.push(path.map_err(A::Error::custom)?);
            }
        }
        "cluster-cidrs" => target.cluster_cidrs = map.next_value_seed(List(&cidr))?,
        "cloud" => target.cloud = Some(map.next_value_seed(Scalar(&word))?),
        "max-secret-readers" => {
            target.max_secret_readers = Some(map.next_value_seed(Scalar(&number))?);
        }
        _ => unread(key, map)?,
    }
    Ok(())
}

/// An item of `overrides`.
struct Override<'a> {
    target: TargetOverride,
    levels: Vec<(RulePattern, Level)>,
    rules: &'a [&'static Rule],
}

impl<'a> Override<'a> {
    fn new(rules: &'a [&'static Rule]) -> Self {
        Self {
            target: TargetOverride::default(),
            levels: Vec::new(),
            rules,
        }
    }
}

impl Keyed for Override<'_> {
    const KEYS: &'static [Key] = OVERRIDE;
    const EXPECTED: &'static str = "keys such as `paths` and `rules`";

    fn read<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        let rules = self.rules;
        match key {
            "paths" => self.target.paths = path_globs(map)?,
            "rules" => self.levels = map.next_value_seed(RulesSeed { rules })?,
            "world" => self.target.world = Some(map.next_value_seed(Scalar(&word::<World>))?),
            "namespace" => self.target.namespace = Some(map.next_value_seed(Scalar(&some))?),
            _ => unread(key, map)?,
        }
        Ok(())
    }
}

impl Keyed for Known {
    const KEYS: &'static [Key] = KNOWN;
    const EXPECTED: &'static str = "kinds and the names that are known of each";

    fn read<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "secrets" => self.secrets = names(map)?,
            "config-maps" => self.config_maps = names(map)?,
            "service-accounts" => self.service_accounts = names(map)?,
            "roles" => self.roles = names(map)?,
            _ => unread(key, map)?,
        }
        Ok(())
    }
}

/// An item of `pod-spec-paths`, its parts as they are written and sound each.
#[derive(Default)]
struct CustomPath {
    group: String,
    kind: String,
    path: String,
}

impl Keyed for CustomPath {
    const KEYS: &'static [Key] = POD_SPEC_PATH;
    const EXPECTED: &'static str = "the keys `group`, `kind` and `path`";

    fn read<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        let part = match key {
            "group" => &mut self.group,
            "kind" => &mut self.kind,
            "path" => &mut self.path,
            _ => return unread(key, map),
        };
        let sound = |text: &str| {
            let judged = match key {
                "group" => PodSpecPath::new(text, "Kind", "spec"),
                "kind" => PodSpecPath::new("group", text, "spec"),
                _ => PodSpecPath::new("group", "Kind", text),
            };
            let judged = judged.map_err(|error| format!("{error}, found `{text}`"));
            judged.map(|_| text.to_owned())
        };
        *part = map.next_value_seed(Scalar(&sound))?;
        Ok(())
    }
}

fn path_globs<'de, A: MapAccess<'de>>(map: &mut A) -> Result<PathGlobs, A::Error> {
    let sound = |text: &str| {
        PathGlobs::new([text]).map_err(|error| error.to_string())?;
        Ok(text.to_owned())
    };
    let globs = map.next_value_seed(List(&sound))?;
    let globs = globs.iter().map(String::as_str);
    PathGlobs::new(globs).map_err(A::Error::custom)
}

fn names<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Names, A::Error> {
    let sound = |text: &str| {
        Glob::new(text).map_err(|error| format!("not a glob: {}", error.kind()))?;
        Ok(text.to_owned())
    };
    let globs = map.next_value_seed(List(&sound))?;
    let globs = globs.iter().map(String::as_str);
    Names::new(globs).map_err(A::Error::custom)
}

fn version(text: &str) -> Result<KubeVersion, String> {
    let version = text.parse::<KubeVersion>();
    version.map_err(|error| format!("{error}, found `{text}`"))
}

fn some(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("expected a name".to_owned());
    }
    Ok(text.to_owned())
}

fn number(text: &str) -> Result<u32, String> {
    let number = text.parse();
    number.map_err(|_| format!("expected a whole number, found `{text}`"))
}

fn cidr(text: &str) -> Result<Cidr, String> {
    let expected = || format!("expected a block of addresses such as `10.0.0.0/8`, found `{text}`");
    let cidr = Cidr::parse(text).ok_or_else(expected)?;
    if cidr.has_host_bits() || cidr.has_leading_zeros() {
        let network = cidr.network();
        return Err(format!("`{text}` is no block, did you mean `{network}`?"));
    }
    Ok(cidr)
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

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("rules and their levels")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let seen = Once::default();
        let pattern = |text: &str| {
            let pattern =
                RulePattern::among(self.rules, text).map_err(|error| error.to_string())?;
            seen.add(text)?;
            Ok(pattern)
        };
        let mut levels = Vec::new();
        while let Some(entry) = map.next_key_seed(Scalar(&pattern))? {
            levels.push((entry, map.next_value_seed(Scalar(&word))?));
        }
        Ok(levels)
    }
}

#[cfg(test)]
mod tests;
