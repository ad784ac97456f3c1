//! The keys of `.kube-lint.yaml`: the tables that its reader, its schema and its page share.

use crate::target::{Cloud, Word, World};

use super::FailOn;

/// A key of `.kube-lint.yaml`.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The key as it is written.
    pub name: &'static str,
    /// What it is for: one sentence, Markdown.
    pub about: &'static str,
    /// What it takes.
    pub value: Value,
    /// What it may be, as YAML in one line; empty where `about` tells.
    pub example: &'static str,
    /// Whether it must be there.
    pub is_required: bool,
}

/// What a key takes.
#[derive(Clone, Copy, Debug)]
pub enum Value {
    /// One of a few words.
    Words(fn() -> Vec<&'static str>),
    /// `true` or `false`.
    Flag,
    /// A whole number that is not negative.
    Number,
    /// A release of Kubernetes.
    KubeVersion,
    /// A text that is not empty.
    Text,
    /// An API group, or a kind.
    Name,
    /// Fields with dots between them.
    FieldPath,
    /// A list of globs over paths.
    PathGlobs,
    /// A list of globs over names.
    NameGlobs,
    /// A list of blocks of addresses.
    Cidrs,
    /// A map of [`Level`](super::Level)s by rule, family or glob.
    Levels,
    /// A map with these keys.
    Map(&'static [Key]),
    /// A list of maps with these keys.
    Maps(&'static [Key]),
}

const fn key(name: &'static str, value: Value, example: &'static str, about: &'static str) -> Key {
    Key {
        name,
        about,
        value,
        example,
        is_required: false,
    }
}

const fn required(key: Key) -> Key {
    Key {
        is_required: true,
        ..key
    }
}

fn words<T: Word>() -> Vec<&'static str> {
    T::WORDS.iter().map(|(word, _)| *word).collect()
}

/// The keys of the whole file.
pub const KEYS: &[Key] = &[
    key(
        "include",
        Value::PathGlobs,
        "[deploy/, 'charts/*/rendered']",
        "The only files that are read, by globs as in `exclude`.",
    ),
    key(
        "exclude",
        Value::PathGlobs,
        "[vendor/, '*.generated.yaml']",
        "Files and folders that are left out, by globs that read like lines of a `.gitignore`.",
    ),
    key(
        "rules",
        Value::Levels,
        "{rbac/wildcard-verb: error, network: off, 'secrets/*': warning}",
        "Levels in place of the declared ones, by rule, family or glob; `off` switches a rule off.",
    ),
    key(
        "overrides",
        Value::Maps(OVERRIDE),
        "[{paths: [test/], rules: {secrets: off}}]",
        "What differs for some files; of several that match a file, the last holds.",
    ),
    key(
        "world",
        Value::Words(words::<World>),
        "closed",
        "Whether the manifests are the whole cluster (`closed`), so that what they do not define is missing, or a part of it (`open`).",
    ),
    key(
        "kube-version",
        Value::KubeVersion,
        "1.33",
        "The version of Kubernetes that the manifests are for.",
    ),
    key(
        "namespace",
        Value::Text,
        "shop",
        "The namespace of objects that set none.",
    ),
    key(
        "known",
        Value::Map(KNOWN),
        "{secrets: [shop/tls-*], roles: [viewer]}",
        "Objects that exist although no manifest defines them, by globs over `name` or `namespace/name`.",
    ),
    key(
        "fail-on",
        Value::Words(words::<FailOn>),
        "error",
        "The least level of a finding that makes the exit status 1.",
    ),
    key(
        "require-reason",
        Value::Flag,
        "true",
        "Whether a comment or annotation that allows a finding must say why.",
    ),
    key(
        "baseline",
        Value::Text,
        ".kube-lint-baseline.yaml",
        "The file with findings that are not new, relative to the folder of the configuration.",
    ),
    key(
        "sensitive-namespaces",
        Value::NameGlobs,
        "[kube-system, 'vault-*']",
        "Namespaces in which power is power over more than the namespace, by globs; they replace the built-in list.",
    ),
    key(
        "pod-spec-paths",
        Value::Maps(POD_SPEC_PATH),
        "[{group: example.com, kind: Fleet, path: 'spec.pools[].template.spec'}]",
        "Where custom resources keep PodSpecs that kube-lint does not know of.",
    ),
    key(
        "cluster-cidrs",
        Value::Cidrs,
        "[10.0.0.0/16, 'fd00:10::/32']",
        "Addresses of Pods, Services and nodes.",
    ),
    key(
        "cloud",
        Value::Words(words::<Cloud>),
        "aws",
        "Whose machines the cluster runs on.",
    ),
    key(
        "max-secret-readers",
        Value::Number,
        "5",
        "How many may read one Secret before that is too many.",
    ),
];

/// The keys of an item of `overrides`.
pub(super) const OVERRIDE: &[Key] = &[
    required(key(
        "paths",
        Value::PathGlobs,
        "[test/]",
        "The files, by globs as in `exclude`.",
    )),
    key(
        "rules",
        Value::Levels,
        "{secrets: off}",
        "Levels of findings whose primary place is in these files.",
    ),
    key(
        "world",
        Value::Words(words::<World>),
        "closed",
        "Whether what the objects in these files refer to is missing where no manifest defines it.",
    ),
    key(
        "namespace",
        Value::Text,
        "shop",
        "The namespace of objects in these files that set none.",
    ),
];

/// The keys of `known`.
pub(super) const KNOWN: &[Key] = &[
    key("secrets", Value::NameGlobs, "[shop/tls-*]", "Secrets."),
    key(
        "config-maps",
        Value::NameGlobs,
        "[ca-bundle]",
        "ConfigMaps.",
    ),
    key(
        "service-accounts",
        Value::NameGlobs,
        "[ci/deployer]",
        "ServiceAccounts.",
    ),
    key(
        "roles",
        Value::NameGlobs,
        "[viewer]",
        "Roles and ClusterRoles.",
    ),
];

/// The keys of an item of `pod-spec-paths`.
pub(super) const POD_SPEC_PATH: &[Key] = &[
    required(key(
        "group",
        Value::Name,
        "example.com",
        "The API group, without a version.",
    )),
    required(key("kind", Value::Name, "Fleet", "The kind.")),
    required(key(
        "path",
        Value::FieldPath,
        "spec.pools[].template.spec",
        "Fields from the object to the PodSpec, with dots between them and `[]` behind those that are lists.",
    )),
];
