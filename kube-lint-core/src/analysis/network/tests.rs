//! The engine against answers on which two independent simulators agree: `fixtures/oracles/network-edge`.
//!
//! Ports and addresses are not asked about yet; every other question is.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{
    inventory::Inventory,
    manifest::{Manifest, ManifestFile},
    model::{Direction, Match, NetworkPolicyRule},
    object::Content,
    span::FileId,
    target::Target,
    yaml::{Document, Limits, Piece, split},
};

use super::{Network, Policy, Workload};

fn file(number: u32, path: &str, text: &str) -> ManifestFile {
    let mut file = ManifestFile::new(FileId(number), path);
    for piece in split(text) {
        let Piece::Chunk(chunk) = piece else { continue };
        let document = Document::parse(file.id, chunk, &Limits::default());
        if let Content::Objects(objects) = Content::of(&document) {
            file.manifests.push(Manifest { document, objects });
        }
    }
    file
}

/// Whether `one` may connect with `other` as far as the policies for a direction of `one` say;
/// `None` where that depends on ports or addresses. `other` is `None` for what is no Pod.
fn allows(
    network: &Network<'_, '_>,
    one: &Workload<'_>,
    direction: Direction,
    other: Option<&Workload<'_>>,
) -> Option<bool> {
    let isolation = network.isolation(one, direction);
    assert_ne!(isolation, Match::Unknown, "these manifests hide nothing");
    if isolation == Match::No {
        return Some(true);
    }
    let selecting = network.policies().iter();
    let selecting = selecting.filter(|it| network.selects(it, one) == Match::Yes);
    let isolating = selecting.filter(|it| it.isolates(direction) == Match::Yes);
    let mut is_allowed = false;
    for policy in isolating {
        for rule in policy.network_policy()?.rules(direction) {
            is_allowed |= rule_allows(network, policy, &rule, other)?;
        }
    }
    Some(is_allowed)
}

fn rule_allows(
    network: &Network<'_, '_>,
    policy: &Policy<'_>,
    rule: &NetworkPolicyRule<'_>,
    other: Option<&Workload<'_>>,
) -> Option<bool> {
    if rule.ports_node().is_some() || rule.peers().any(|it| it.ip_block().is_some()) {
        return None;
    }
    let is_open = rule.peers_node().is_none();
    let admits = |other| {
        let mut peers = rule.peers();
        peers.any(|it| network.admits(&policy.home, &it, other) == Match::Yes)
    };
    Some(is_open || other.is_some_and(admits))
}

fn workload<'n, 'a>(network: &'n Network<'_, 'a>, name: &str) -> Option<&'n Workload<'a>> {
    let (namespace, rest) = name.split_once('/')?;
    let name = rest.split('[').next();
    let mut workloads = network.workloads().iter();
    workloads.find(|it| {
        it.home.namespace.name() == Some(namespace)
            && it.pod.object().name().map(|it| it.value) == name
    })
}

fn oracle() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/oracles/network-edge")
}

#[expect(clippy::disallowed_methods, reason = "the test reads its fixtures")]
fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn two_simulators_agree_with_the_engine() {
    let cases: Value = serde_json::from_str(&read(&oracle().join("answers.json"))).unwrap();
    let (mut answered, mut cases_answered) = (0, 0);
    for case in cases.as_array().unwrap() {
        let name = case["policy"].as_str().unwrap();
        let file = file(0, "m.yaml", &read(&oracle().join(name).join("m.yaml")));
        let target = Target::default();
        let inventory = Inventory::new(vec![&file], &target);
        let network = Network::new(&inventory);
        let server = workload(&network, case["to"].as_str().unwrap()).unwrap();
        let before = answered;
        for question in case["questions"].as_array().unwrap() {
            let from = question["from_port"].as_str().unwrap();
            let client = workload(&network, from.split(' ').next().unwrap());
            let sent = client.map_or(Some(true), |it| {
                allows(&network, it, Direction::Egress, Some(server))
            });
            let received = allows(&network, server, Direction::Ingress, client);
            let (Some(sent), Some(received)) = (sent, received) else {
                continue;
            };
            let expected = question["allowed"].as_bool().unwrap();
            assert_eq!(sent && received, expected, "{name}: {from}");
            answered += 1;
        }
        cases_answered += usize::from(answered > before);
    }
    assert_eq!((cases_answered, answered), (17, 136));
}

#[test]
fn labels_of_kustomizations_reach_pods_and_selectors() {
    let base = file(
        0,
        "base/web.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {}}}\n",
    );
    let policy = file(
        1,
        "policy.yaml",
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web}\n\
         spec: {podSelector: {matchLabels: {tier: front}}}\n",
    );
    let kustomization = |number, path: &str, text: &'static str| {
        let mut file = ManifestFile::new(FileId(number), path);
        let Some(Piece::Chunk(chunk)) = split(text).next() else {
            return file;
        };
        file.kustomization = Some(Document::parse(FileId(number), chunk, &Limits::default()));
        file
    };
    let isolation = |inner: &'static str| {
        let inner = kustomization(2, "base/kustomization.yaml", inner);
        let outer = kustomization(
            3,
            "kustomization.yaml",
            "resources: [base, policy.yaml]\ncommonLabels: {env: test}\n",
        );
        let target = Target::default();
        let inventory = Inventory::new(vec![&base, &inner, &outer, &policy], &target);
        let network = Network::new(&inventory);
        network.isolation(&network.workloads()[0], Direction::Ingress)
    };
    let labels = |field: &str| {
        format!("resources: [web.yaml]\nlabels: [{{pairs: {{tier: front}}{field}}}]\n")
    };
    assert_eq!(
        isolation(labels(", includeTemplates: true").leak()),
        Match::Yes
    );
    assert_eq!(
        isolation(labels(", includeSelectors: true").leak()),
        Match::Yes
    );
    assert_eq!(isolation(labels("").leak()), Match::No);
}

#[test]
fn nothing_certain_follows_from_another_namespace_or_kind() {
    let isolation = |policy: &str| {
        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: a, labels: {app: a}}\nspec: {}\n---\n";
        let file = file(0, "m.yaml", &format!("{pod}{policy}"));
        let target = Target::default();
        let inventory = Inventory::new(vec![&file], &target);
        let network = Network::new(&inventory);
        network.isolation(&network.workloads()[0], Direction::Ingress)
    };
    let native = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n";
    let here = format!("{native}metadata: {{name: p, namespace: a}}\nspec: {{}}\n");
    assert_eq!(isolation(&here), Match::Yes);
    let unset = format!("{native}metadata: {{name: p}}\nspec: {{}}\n");
    assert_eq!(isolation(&unset), Match::Unknown);
    let elsewhere = format!("{native}metadata: {{name: p, namespace: b}}\nspec: {{}}\n");
    assert_eq!(isolation(&elsewhere), Match::No);
    let cilium = "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\n";
    let cilium = format!("{cilium}metadata: {{name: p, namespace: a}}\nspec: {{}}\n");
    assert_eq!(isolation(&cilium), Match::Unknown);
    let subject = |label: &str| {
        format!(
            "apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata: {{name: p}}\n\
             spec: {{subject: {{namespaces: {{matchLabels: {{kubernetes.io/metadata.name: {label}}}}}}}}}\n"
        )
    };
    assert_eq!(isolation(&subject("a")), Match::Unknown);
    assert_eq!(isolation(&subject("b")), Match::No);
}
