//! What `.kube-lint.yaml` may and may not say.

use super::*;
use crate::{
    config::{FailOn, Settings, levels::tests::RULES},
    diagnostic::Severity,
    target::{Cloud, KubeVersion, World},
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
    assert_eq!(levels.level_of(RULES[0], "a.yaml"), Some(Severity::Warning));
    assert_eq!(levels.level_of(RULES[1], "a.yaml"), None);
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
        "a.yaml:2:9: rules.rbac: unknown value `of`, did you mean `off`?"
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
fn an_unknown_value_has_the_nearest() {
    assert_eq!(
        error("world: opne\n"),
        "a.yaml:1:8: world: unknown value `opne`, did you mean `open`?"
    );
    assert_eq!(
        error("require-reason: yes\n"),
        "a.yaml:1:17: require-reason: expected `true` or `false`, found `yes`"
    );
    assert_eq!(
        error("overrides:\n- paths: [a]\n  world: close\n"),
        "a.yaml:3:10: overrides[0].world: unknown value `close`, did you mean `closed`?"
    );
    assert_eq!(
        error("cloud: azur\n"),
        "a.yaml:1:8: cloud: unknown value `azur`, did you mean `azure`?"
    );
    assert_eq!(
        error("max-secret-readers: -1\n"),
        "a.yaml:1:21: max-secret-readers: expected a whole number, found `-1`"
    );
}

#[test]
fn an_item_lacks_nothing() {
    assert_eq!(
        error("overrides:\n- rules: {rbac: off}\n"),
        "a.yaml:2:3: overrides[0]: no key `paths` here"
    );
    assert_eq!(
        error("pod-spec-paths:\n- {group: example.com, path: spec}\n"),
        "a.yaml:2:3: pod-spec-paths[0]: no key `kind` here"
    );
}

#[test]
fn parts_of_a_pod_spec_path_have_their_place() {
    assert_eq!(
        error("pod-spec-paths:\n- {group: example.com/v1, kind: Fleet, path: spec}\n"),
        "a.yaml:2:11: pod-spec-paths[0].group: expected an API group without a version, \
         `example.com` say, found `example.com/v1`"
    );
    assert_eq!(
        error("pod-spec-paths:\n- {group: example.com, kind: Fleet, path: spec..a}\n"),
        "a.yaml:2:43: pod-spec-paths[0].path: expected fields with dots between them, \
         `spec.pools[].template.spec` say, found `spec..a`"
    );
}

#[test]
fn a_block_of_addresses_has_no_host_bits() {
    assert_eq!(
        error("cluster-cidrs: [10.0.0.1/8]\n"),
        "a.yaml:1:17: cluster-cidrs[0]: `10.0.0.1/8` is no block, did you mean `10.0.0.0/8`?"
    );
    assert_eq!(
        error("cluster-cidrs: [10.0.0.0]\n"),
        "a.yaml:1:17: cluster-cidrs[0]: expected a block of addresses such as `10.0.0.0/8`, \
         found `10.0.0.0`"
    );
}

#[test]
fn the_last_override_of_a_file_holds() {
    let config = read(
        "world: closed\nnamespace: shop\noverrides:\n\
         - {paths: [test/], world: open, namespace: test, rules: {rbac: off}}\n\
         - {paths: [test/deep/], rules: {rbac/wildcard-verb: info}}\n",
    );
    let Settings { target, levels, .. } = config.settings;
    assert_eq!(target.world_of("a.yaml"), World::Closed);
    assert_eq!(target.world_of("test/deep/a.yaml"), World::Open);
    assert_eq!(target.namespace_of("a.yaml"), Some("shop"));
    assert_eq!(target.namespace_of("test/a.yaml"), Some("test"));
    let level = |path| levels.level_of(RULES[1], path);
    assert_eq!(level("a.yaml"), Some(Severity::Warning));
    assert_eq!(level("test/a.yaml"), None);
    assert_eq!(level("test/deep/a.yaml"), Some(Severity::Info));
    let change = levels.change_of(RULES[1], "test/deep/a.yaml").unwrap();
    assert_eq!(change.override_index(), Some(1));
}

#[test]
fn every_option_of_rules_is_read() {
    let config = read(
        "include: [deploy/]\nrequire-reason: true\nbaseline: old.yaml\n\
         sensitive-namespaces: ['vault-*']\ncluster-cidrs: [10.0.0.0/8]\ncloud: none\n\
         max-secret-readers: 3\n\
         pod-spec-paths: [{group: example.com, kind: Fleet, path: 'spec.pools[].spec'}]\n",
    );
    assert_eq!(config.baseline.as_deref(), Some("old.yaml"));
    let Settings { target, .. } = &config.settings;
    assert!(config.settings.require_reason);
    assert!(config.settings.leaves_out("a.yaml", false));
    assert!(!config.settings.leaves_out("deploy/a.yaml", false));
    assert!(target.is_sensitive_namespace("vault-eu"));
    assert!(!target.is_sensitive_namespace("kube-system"));
    assert_eq!(target.cluster_cidrs.len(), 1);
    assert_eq!(target.cloud, Some(Cloud::None));
    assert_eq!(target.max_secret_readers, Some(3));
    let paths: Vec<_> = target
        .pod_spec_paths
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(paths, ["example.com/Fleet: spec.pools[].spec"]);
}

#[test]
fn every_key_of_the_tables_is_read() {
    for key in KEYS {
        let text = format!("{}: {}\n", key.name, key.example);
        Config::from_yaml("a.yaml", &text).unwrap();
    }
}

#[test]
fn json_is_read() {
    let config = read("{\n\t\"exclude\": [\"vendor/\"],\n\t\"world\": \"closed\"\n}\n");
    assert!(config.settings.exclude.has_file("vendor/a.yaml"));
    assert_eq!(
        error("{\n  \"exclude\": [],\n  \"world\": \"opne\"\n}\n"),
        "a.yaml:3:12: world: unknown value `opne`, did you mean `open`?"
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
    assert_eq!(
        error("rules:\n  rbac: off\n  rbac: info\n"),
        "a.yaml:3:3: rules: key `rbac` is here for the second time"
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
