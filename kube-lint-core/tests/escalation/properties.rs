//! What holds of any graph: made at random, the same way in every run.

use std::collections::BTreeSet;

use crate::input::{account, bind, each_way, namespace, role, workload};

const CLUSTERS: u64 = 60;

/// A generator of numbers (Knuth's MMIX).
struct Random(u64);

impl Random {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % count
    }

    fn one_of(&mut self, words: &[&'static str]) -> &'static str {
        words[self.below(words.len())]
    }
}

const RULES: [&str; 16] = [
    "create :pods",
    "update apps:deployments",
    "create :pods/exec",
    "create :serviceaccounts/token",
    "impersonate :serviceaccounts",
    "impersonate :users",
    "impersonate :groups",
    "get :secrets",
    "create :secrets",
    "get :nodes/proxy",
    "bind rbac.authorization.k8s.io:clusterroles",
    "create rbac.authorization.k8s.io:rolebindings",
    "create rbac.authorization.k8s.io:clusterrolebindings",
    "escalate,update rbac.authorization.k8s.io:clusterroles",
    "patch :namespaces",
    "* *:*",
];
const SUBJECTS: [&str; 6] = [
    "a/one",
    "a/two",
    "b/one",
    "b/two",
    "User:jane",
    "Group:team",
];
const SCOPES: [&str; 4] = ["a", "b", "a", "*"];

/// Documents at random; `names` limits the rules to certain names.
fn documents(random: &mut Random, names: &str) -> Vec<String> {
    let mut documents: Vec<_> = ["a/one", "a/two", "b/one", "b/two"].map(account).to_vec();
    documents.push(namespace("a", "privileged"));
    documents.push(namespace("b", ["", "baseline"][random.below(2)]));
    let privileged = ", securityContext: {privileged: true}";
    for name in ["a/web", "b/web"] {
        let field = ["", privileged][random.below(2)];
        let kind = random.one_of(&["Deployment", "DaemonSet"]);
        documents.push(workload(
            (kind, name),
            random.one_of(&["one", "two"]),
            "",
            field,
        ));
    }
    for number in 0..2 + random.below(4) {
        let rules: Vec<_> = (0..=random.below(2))
            .map(|_| format!("{}{names}", random.one_of(&RULES)))
            .collect();
        let rules: Vec<_> = rules.iter().map(String::as_str).collect();
        let name = format!("role-{number}");
        documents.push(role(&name, &rules));
        documents.push(bind(
            &name,
            random.one_of(&SCOPES),
            random.one_of(&SUBJECTS),
        ));
    }
    documents
}

/// From whom to what there are ways, and in how many steps.
fn found(documents: &[String]) -> BTreeSet<(String, String, usize)> {
    each_way(&[("all.yaml", &documents.concat())], false, |it, _| {
        let all = it.all().iter();
        all.map(|it| (it.from.to_string(), it.to.to_string(), it.steps.len()))
            .collect()
    })
}

fn ends(documents: &[String]) -> BTreeSet<(String, String)> {
    found(documents)
        .into_iter()
        .map(|(from, to, _)| (from, to))
        .collect()
}

#[test]
fn the_order_of_documents_does_not_matter() {
    for seed in 0..CLUSTERS {
        let mut documents = documents(&mut Random(seed), "");
        let before = found(&documents);
        documents.reverse();
        assert_eq!(found(&documents), before, "seed {seed}");
    }
}

#[test]
fn a_binding_more_takes_no_way_away() {
    let mut gained = 0;
    for seed in 0..CLUSTERS {
        let mut random = Random(seed);
        let mut documents = documents(&mut random, "");
        let before = ends(&documents);
        documents.push(bind(
            "role-0",
            random.one_of(&SCOPES),
            random.one_of(&SUBJECTS),
        ));
        let after = ends(&documents);
        let lost: Vec<_> = before.difference(&after).collect();
        assert!(lost.is_empty(), "seed {seed}: {lost:?}");
        gained += usize::from(after.len() > before.len());
    }
    assert!(gained > 0);
}

#[test]
fn names_only_take_ways_away() {
    let mut lost = 0;
    for seed in 0..CLUSTERS {
        let all = ends(&documents(&mut Random(seed), ""));
        let some = ends(&documents(&mut Random(seed), " one,web,view"));
        // Of who is bound to everything, nothing more is told.
        let is_whole = |from: &str| all.contains(&(from.to_owned(), "`cluster-admin`".to_owned()));
        let gained: Vec<_> = some
            .difference(&all)
            .filter(|it| !is_whole(&it.0))
            .collect();
        assert!(gained.is_empty(), "seed {seed}: {gained:?}");
        lost += usize::from(some.len() < all.len());
    }
    assert!(lost > 0);
}

#[test]
fn steps_follow_each_other_and_none_is_of_use_to_leave_out() {
    for seed in 0..CLUSTERS {
        let text = documents(&mut Random(seed), "").concat();
        each_way(&[("all.yaml", &text)], false, |escalations, _| {
            for it in escalations.all() {
                let firsts: Vec<_> = it.steps.iter().map(|it| &it.from).collect();
                let lasts: Vec<_> = it.steps.iter().map(|it| &it.to).collect();
                assert_eq!(firsts.first(), Some(&&it.from));
                assert_eq!(lasts.last(), Some(&&it.to));
                assert_eq!(firsts[1..], lasts[..lasts.len() - 1]);
                assert!(
                    it.steps
                        .iter()
                        .all(|step| !step.evidence.is_empty() || step.opening.is_none())
                );
            }
        });
    }
}
