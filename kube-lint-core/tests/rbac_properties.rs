//! What holds of any roles and bindings: made at random, the same way in every run.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails the test")]

use std::collections::BTreeSet;

use kube_lint_core::{
    Settings, Source, Workspace,
    analysis::rbac::{
        Allowance, Held, HoldingBinding, Holdings, Place, Power, Request, UrlRequest,
    },
    object::Kind,
};
use serde_json::{Value, json};

const CLUSTERS: u64 = 24;

const VERBS: [&str; 6] = ["get", "list", "create", "bind", "deletecollection", "*"];
const GROUPS: [&str; 4] = ["", "apps", "rbac.authorization.k8s.io", "*"];
const RESOURCES: [&str; 9] = [
    "secrets",
    "pods",
    "pods/exec",
    "pods/*",
    "*/exec",
    "nodes",
    "namespaces",
    "clusterroles",
    "*",
];
const NAMES: [&str; 3] = ["one", "two", "a"];
const URLS: [&str; 4] = ["/shop", "/shop/*", "/shop*", "*"];
const NAMESPACES: [&str; 2] = ["one", "two"];
const RBAC: &str = "rbac.authorization.k8s.io";

/// A generator of numbers (Knuth's MMIX).
struct Random(u64);

impl Random {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % count.max(1)
    }

    fn one_of<'t>(&mut self, words: &[&'t str]) -> &'t str {
        words[self.below(words.len())]
    }

    /// One or two of `words`.
    fn some_of<'t>(&mut self, words: &[&'t str]) -> Vec<&'t str> {
        let count = 1 + self.below(2);
        (0..count).map(|_| self.one_of(words)).collect()
    }
}

fn rule(random: &mut Random, is_cluster_role: bool) -> Value {
    if is_cluster_role && random.below(4) == 0 {
        return json!({"nonResourceURLs": random.some_of(&URLS), "verbs": random.some_of(&VERBS)});
    }
    let mut rule = json!({
        "apiGroups": random.some_of(&GROUPS),
        "resources": random.some_of(&RESOURCES),
        "verbs": random.some_of(&VERBS),
    });
    if random.below(3) == 0 {
        rule["resourceNames"] = json!(random.some_of(&NAMES));
    }
    rule
}

/// Roles `a` to `f`, cluster roles `a` to `f`, the last two of which aggregate, and bindings of them.
fn cluster(random: &mut Random) -> Vec<Value> {
    let mut objects = Vec::new();
    for name in ["a", "b", "c", "d", "e", "f"] {
        for kind in ["Role", "ClusterRole"] {
            objects.push(role(random, kind, name));
        }
        for kind in ["RoleBinding", "ClusterRoleBinding"] {
            objects.push(binding(random, kind, name));
        }
    }
    objects
}

fn role(random: &mut Random, kind: &str, name: &str) -> Value {
    let is_cluster_role = kind == "ClusterRole";
    // Without any rule, the first one would take an aggregating role's own rules away.
    let rules = (0..=random.below(2)).map(|_| rule(random, is_cluster_role));
    let rules: Vec<_> = rules.collect();
    let mut role = json!({
        "apiVersion": format!("{RBAC}/v1"),
        "kind": kind,
        "metadata": {"name": name},
        "rules": rules,
    });
    if !is_cluster_role {
        role["metadata"]["namespace"] = json!(random.one_of(&NAMESPACES));
    } else if name > "d" {
        let label = random.one_of(&["of-a", "of-b"]);
        role["aggregationRule"] =
            json!({"clusterRoleSelectors": [{"matchLabels": {label: "true"}}]});
    } else {
        role["metadata"]["labels"] = json!({random.one_of(&["of-a", "of-b"]): "true"});
    }
    role
}

fn binding(random: &mut Random, kind: &str, name: &str) -> Value {
    let is_cluster_wide = kind == "ClusterRoleBinding";
    let role_kinds: &[&str] = if is_cluster_wide {
        &["ClusterRole"]
    } else {
        &["Role", "ClusterRole"]
    };
    let role_kind = random.one_of(role_kinds);
    let subject = match random.below(4) {
        0 => {
            json!({"kind": "User", "name": random.one_of(&["jane", "system:serviceaccount:one:web"])})
        }
        1 => {
            json!({"kind": "Group", "name": random.one_of(&["team", "system:serviceaccounts:two"])})
        }
        2 => json!({"kind": "ServiceAccount", "name": "web"}),
        _ => {
            json!({"kind": "ServiceAccount", "name": "web", "namespace": random.one_of(&NAMESPACES)})
        }
    };
    let mut binding = json!({
        "apiVersion": format!("{RBAC}/v1"),
        "kind": kind,
        "metadata": {"name": name},
        "roleRef": {"apiGroup": RBAC, "kind": role_kind, "name": random.one_of(&["a", "b", "c", "e", "f"])},
        "subjects": [subject],
    });
    if !is_cluster_wide {
        binding["metadata"]["namespace"] = json!(random.one_of(&NAMESPACES));
    }
    binding
}

fn request<'q>(verb: &'q str, group: &'q str, resource: &'q str, name: &'q str) -> Power<'q> {
    let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
    Power::Resource(Request {
        verb,
        group,
        resource,
        subresource,
        name,
    })
}

/// Questions about what lies in namespaces.
fn namespaced() -> Vec<Power<'static>> {
    let mut powers = Vec::new();
    for verb in ["get", "list", "create", "deletecollection", "watch"] {
        for resource in ["secrets", "pods", "pods/exec", "pods/log"] {
            for name in ["", "one"] {
                powers.push(request(verb, "", resource, name));
            }
        }
        powers.push(request(verb, "apps", "deployments", ""));
    }
    powers
}

/// Questions about what a `RoleBinding` never gives.
fn cluster_scoped() -> Vec<Power<'static>> {
    let mut powers = Vec::new();
    for verb in ["get", "list", "create", "deletecollection"] {
        powers.push(request(verb, "", "nodes", ""));
        powers.push(request(verb, "", "nodes", "one"));
        powers.push(request(verb, RBAC, "clusterroles", "a"));
        let path = "/shop/cart";
        powers.push(Power::Url(UrlRequest { verb, path }));
    }
    powers.push(request("list", "", "namespaces", "one"));
    powers.push(request("get", "", "namespaces", "three"));
    powers
}

const PLACES: [Place<'static>; 2] = [Place::Anywhere, Place::Namespace("one")];

/// Whether a binding of the input gives it.
fn is_defined(held: &Held<'_, '_>) -> bool {
    matches!(held.holding.binding, HoldingBinding::Defined { .. })
}

fn with_holdings<T>(objects: &[Value], ask: impl FnOnce(&Holdings<'_>) -> T) -> T {
    let texts: Vec<_> = objects.iter().map(Value::to_string).collect();
    let mut workspace = Workspace::new(Settings::default());
    workspace.set(Source::new("a.yaml", texts.join("\n---\n")));
    ask(&Holdings::new(&workspace.cluster("")))
}

/// Who may do what through which binding of the input, in words.
fn answers(objects: &[Value]) -> BTreeSet<String> {
    with_holdings(objects, |holdings| {
        let mut powers = namespaced();
        powers.extend(cluster_scoped());
        let mut answers = BTreeSet::new();
        for power in &powers {
            for place in PLACES {
                let held = holdings.who(power, place);
                let held = held.iter().filter(|it| is_defined(it));
                let held = held.filter(|it| it.allowance == Allowance::Whole);
                answers.extend(held.map(|it| {
                    let (who, scope) = (&it.holding.principal, it.holding.scope);
                    let binding = &it.holding.binding_name;
                    format!("{power:?} {place:?}: {who:?} {scope:?} {binding}")
                }));
            }
        }
        answers
    })
}

#[test]
fn a_rule_more_takes_no_power_away() {
    let (mut before, mut more) = (0, 0);
    for seed in 0..CLUSTERS {
        let mut random = Random(seed);
        let mut objects = cluster(&mut random);
        let powers = answers(&objects);
        let at = 4 * random.below(6) + random.below(2);
        let is_cluster_role = objects[at]["kind"] == "ClusterRole";
        let added = rule(&mut random, is_cluster_role);
        objects[at]["rules"].as_array_mut().unwrap().push(added);
        let with_more = answers(&objects);
        let lost: Vec<_> = powers.difference(&with_more).collect();
        assert!(lost.is_empty(), "seed {seed}: {lost:#?}");
        before += powers.len();
        more += with_more.len();
    }
    assert!(before > 1_000 && more > before, "{before}, {more}");
}

#[test]
fn a_role_binding_gives_nothing_that_lies_in_no_namespace_and_no_url() {
    let (mut namespaced_powers, mut by_cluster_role_bindings) = (0, 0);
    for seed in 0..CLUSTERS {
        let objects = cluster(&mut Random(seed));
        with_holdings(&objects, |holdings| {
            for power in &cluster_scoped() {
                for held in holdings.who(power, Place::Anywhere) {
                    let kind = held.holding.binding.kind();
                    assert_eq!(kind, Kind::ClusterRoleBinding, "seed {seed}: {power:?}");
                    by_cluster_role_bindings += usize::from(is_defined(&held));
                }
            }
            for power in &namespaced() {
                let held = holdings.who(power, Place::Anywhere);
                let held = held
                    .iter()
                    .filter(|it| it.holding.binding.kind() == Kind::RoleBinding);
                namespaced_powers += held.count();
            }
        });
    }
    assert!(namespaced_powers > 150, "{namespaced_powers}");
    assert!(by_cluster_role_bindings > 50, "{by_cluster_role_bindings}");
}

#[test]
fn the_order_of_documents_does_not_matter() {
    for seed in 0..CLUSTERS {
        let mut random = Random(seed);
        let mut objects = cluster(&mut random);
        let powers = answers(&objects);
        for last in (1..objects.len()).rev() {
            objects.swap(last, random.below(last + 1));
        }
        assert_eq!(powers, answers(&objects), "seed {seed}");
    }
}

#[test]
fn without_bindings_the_input_gives_nothing() {
    for seed in 0..CLUSTERS {
        let mut objects = cluster(&mut Random(seed));
        objects.retain(|it| !it["kind"].as_str().unwrap().ends_with("Binding"));
        with_holdings(&objects, |holdings| {
            let holdings = holdings.all().iter();
            let mut bindings = holdings.map(|it| it.binding);
            assert!(bindings.all(|it| matches!(it, HoldingBinding::BuiltIn(_))));
        });
    }
}
