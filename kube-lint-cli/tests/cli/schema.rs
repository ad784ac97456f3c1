//! The schema of `.kube-lint.yaml` is made of the tables of its reader, and says what the reader says.

use std::{collections::BTreeSet, path::Path};

use kube_lint_core::{
    config::{Config, KEYS, Key, Level, Value},
    rules::RULES,
    target::Word,
};
use serde_json::{Map, Value as Json, json};

/// The schema for editors.
fn schema() -> Json {
    let mut schema = object(KEYS);
    let parts = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "https://raw.githubusercontent.com/kube-lint/kube-lint/main/docs/kube-lint.schema.json",
        "title": "kube-lint",
        "description": "Configuration of kube-lint, `.kube-lint.yaml`.",
        "definitions": {"rule": rule(), "level": level()},
    });
    let parts = parts.as_object().unwrap().clone();
    schema.as_object_mut().unwrap().extend(parts);
    schema
}

fn object(keys: &[Key]) -> Json {
    let properties: Map<_, _> = keys
        .iter()
        .map(|key| (key.name.to_owned(), property(key)))
        .collect();
    let required: Vec<_> = keys.iter().filter(|it| it.is_required).collect();
    let required: Vec<_> = required.iter().map(|it| it.name).collect();
    let mut object = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

fn property(key: &Key) -> Json {
    let mut property = value(key.value);
    property["description"] = json!(key.about);
    let example: Json = serde_yaml::from_str(key.example).unwrap();
    property["examples"] = json!([example]);
    property
}

/// An empty list or map may be written as nothing at all.
fn value(value: Value) -> Json {
    match value {
        Value::Words(words) => json!({"enum": words()}),
        Value::Flag => json!({"type": "boolean"}),
        Value::Number => json!({"type": "integer", "minimum": 0, "maximum": u32::MAX}),
        // Without quotes it is a number.
        Value::KubeVersion => json!({
            "type": ["string", "number"],
            "pattern": r"^v?1\.[0-9]+(\.[0-9]+)?$",
            "minimum": 1,
            "exclusiveMaximum": 2,
        }),
        Value::Text => json!({"type": "string", "minLength": 1}),
        Value::Name => json!({"type": "string", "pattern": "^[^/ ]+$"}),
        Value::FieldPath => json!({
            "type": "string",
            "pattern": r"^[^.\[\] ]+(\[\])?(\.[^.\[\] ]+(\[\])?)*$",
        }),
        Value::PathGlobs => list(&json!({"type": "string", "pattern": "^(?!!)(?:\\./)?/*[^/]"})),
        Value::NameGlobs => list(&json!({"type": "string"})),
        Value::Cidrs => list(&json!({"type": "string", "pattern": "^[0-9A-Fa-f.:]+/[0-9]{1,3}$"})),
        Value::Levels => json!({
            "type": ["object", "null"],
            "propertyNames": {"$ref": "#/definitions/rule"},
            "additionalProperties": {"$ref": "#/definitions/level"},
        }),
        Value::Map(keys) => {
            let mut map = object(keys);
            map["type"] = json!(["object", "null"]);
            map
        }
        Value::Maps(keys) => list(&object(keys)),
    }
}

fn list(items: &Json) -> Json {
    json!({"type": ["array", "null"], "items": items})
}

/// Ids and families one by one, so that editors offer them; globs by what makes them globs.
fn rule() -> Json {
    let families: BTreeSet<_> = RULES.iter().map(|it| it.family()).collect();
    let ids = RULES.iter().map(|it| it.id);
    let names: Vec<_> = families.into_iter().chain(ids).collect();
    json!({
        "description": "The id of a rule, a family of rules, or a glob over ids.",
        "anyOf": [{"enum": names}, {"type": "string", "pattern": r"[*?\[{]"}],
    })
}

fn level() -> Json {
    let words: Vec<_> = Level::WORDS.iter().map(|(word, _)| word).collect();
    json!({"description": "The level of the worst findings; `off` switches a rule off, any other switches on one that is off by default, if its whole id is named.", "enum": words})
}

#[test]
fn the_schema_is_that_of_the_tables() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/kube-lint.schema.json");
    let expected = snapbox::Data::read_from(&path, Some(snapbox::data::DataFormat::Text));
    let text = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    snapbox::assert_data_eq!(text, expected.raw());
}

fn passes_schema(text: &str) -> bool {
    let instance: Json = serde_yaml::from_str(text).unwrap();
    let validator = jsonschema::draft7::new(&schema()).unwrap();
    validator.is_valid(&instance)
}

fn passes_reader(text: &str) -> bool {
    Config::from_yaml("a.yaml", text).is_ok()
}

#[test]
fn good_configurations_pass_both() {
    let mut good: Vec<_> = KEYS
        .iter()
        .map(|key| format!("{}: {}\n", key.name, key.example))
        .collect();
    let others = [
        "{}",
        "exclude:\nrules:\nknown:\noverrides:\n",
        "exclude: []\n",
        "kube-version: 1.3\n",
        "kube-version: '1.30'\n",
        "kube-version: v1.33.2\n",
        "world: open\n",
        "rules: {'*': off, rbac: info, 'rbac/wildcard-*': warning, rbac/wildcard-verb: error}\n",
        "overrides:\n- paths: [a]\n- paths: ['./b/', /c]\n  world: closed\n  namespace: d\n  rules:\n",
        "fail-on: never\n",
        "require-reason: false\n",
        "max-secret-readers: 0\n",
        "pod-spec-paths: [{group: a.b, kind: C, path: spec}]\n",
    ];
    good.extend(others.map(str::to_owned));
    for text in &good {
        assert!(passes_schema(text), "schema: {text}");
        assert!(passes_reader(text), "reader: {text}");
    }
}

#[test]
fn bad_configurations_fail_both() {
    for text in [
        "[]\n",
        "exlude: []\n",
        "exclude: vendor\n",
        "exclude: ['!vendor']\n",
        "exclude: [/]\n",
        "exclude: ['']\n",
        "include: [{}]\n",
        "rules: [rbac]\n",
        "rules: {rback: off}\n",
        "rules: {rbac: of}\n",
        "rules: {rbac: {}}\n",
        "world: half\n",
        "world: [open]\n",
        "kube-version: 2.0\n",
        "kube-version: '1'\n",
        "kube-version: newest\n",
        "namespace: ''\n",
        "namespace: []\n",
        "known: {pods: []}\n",
        "known: [a]\n",
        "known: {roles: a}\n",
        "fail-on: off\n",
        "require-reason: yes please\n",
        "baseline: ''\n",
        "overrides: {paths: [a]}\n",
        "overrides: [{rules: {rbac: off}}]\n",
        "overrides: [{paths: [a], exclude: [b]}]\n",
        "overrides: [{paths: [a], world: half}]\n",
        "pod-spec-paths: [{group: a.b/v1, kind: C, path: spec}]\n",
        "pod-spec-paths: [{group: a.b, kind: C, path: spec..a}]\n",
        "pod-spec-paths: [{group: a.b, kind: C, path: 'spec[0]'}]\n",
        "pod-spec-paths: [{group: a.b, kind: C}]\n",
        "cluster-cidrs: [10.0.0.0]\n",
        "cluster-cidrs: [example.com/8]\n",
        "cloud: azur\n",
        "max-secret-readers: -1\n",
        "max-secret-readers: many\n",
        "max-secret-readers: 1.5\n",
    ] {
        assert!(!passes_schema(text), "schema: {text}");
        assert!(!passes_reader(text), "reader: {text}");
    }
}

#[test]
fn every_key_is_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/configuration.md");
    let page = std::fs::read_to_string(path).unwrap();
    let headings: Vec<_> = page.lines().filter(|it| it.starts_with("### ")).collect();
    for key in KEYS {
        let name = format!("`{}`", key.name);
        assert!(headings.iter().any(|it| it.contains(&name)), "{name}");
    }
    // What a page shows must be right.
    let blocks = page.split("```yaml\n").skip(1);
    for block in blocks.map(|it| it.split("```").next().unwrap()) {
        assert!(passes_reader(block), "{block}");
        assert!(passes_schema(block), "{block}");
    }
}
