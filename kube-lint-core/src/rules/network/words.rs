//! How the rules of this family name places and lists.

use rustc_hash::FxHashSet;

use crate::{
    analysis::network::{Group, Home, Uncovered, Workload},
    diagnostic::ObjectReference,
    inventory::Inventory,
    object::Namespace,
    source::printable,
};

/// How many names a list shows.
const SHOWN: usize = 3;

/// `` `a` ``, `` `a` and `b` ``, `` `a`, `b`, `c` and 4 more ``.
pub(super) fn list(names: &[String]) -> String {
    let shown: Vec<_> = names.iter().take(SHOWN).cloned().collect();
    list_of(&shown, names.len())
}

/// The same where only the names to show are known, and how many there are.
fn list_of(shown: &[String], count: usize) -> String {
    let quoted: Vec<_> = shown.iter().map(|it| format!("`{it}`")).collect();
    let hidden = count.saturating_sub(shown.len());
    match (quoted.split_last(), hidden) {
        (None, _) => String::new(),
        (Some((last, [])), 0) => last.clone(),
        (Some((last, others)), 0) => format!("{} and {last}", others.join(", ")),
        _ => format!("{} and {hidden} more", quoted.join(", ")),
    }
}

/// `namespace/name` of a workload where it lives.
pub(super) fn workload(workload: &Workload<'_>) -> String {
    match workload.home.namespace.name() {
        Some(namespace) => format!("{namespace}/{}", name(workload)),
        None => name(workload).to_owned(),
    }
}

fn name<'a>(workload: &Workload<'a>) -> &'a str {
    let object = workload.pod.object();
    object.name().map_or(object.kind_name(), |it| it.value)
}

/// Names of workloads whose namespace is told elsewhere.
pub(super) fn names(workloads: &[&Workload<'_>]) -> String {
    let mut names: Vec<_> = workloads.iter().map(|it| name(it).to_owned()).collect();
    names.sort_unstable();
    names.dedup();
    list(&names)
}

/// Workloads as `namespace/name`, each once.
pub(super) fn workloads(workloads: &[&Workload<'_>]) -> String {
    let mut seen = FxHashSet::default();
    let distinct = workloads
        .iter()
        .filter(|it| seen.insert((it.home.namespace, it.pod.object().id())));
    let distinct: Vec<_> = distinct.copied().collect();
    let shown: Vec<_> = distinct.iter().take(SHOWN).map(|it| workload(it)).collect();
    list_of(&shown, distinct.len())
}

/// ``namespace `a` ``, ``namespaces `a` and `b` ``, or what is applied where no namespace is set.
pub(super) fn namespaces(
    inventory: &Inventory<'_>,
    namespaces: &[Namespace<'_>],
    home: &Home<'_>,
) -> String {
    let names: Vec<_> = namespaces
        .iter()
        .filter_map(|it| it.name())
        .map(str::to_owned)
        .collect();
    match names.len() {
        0 => unnamed(inventory, home),
        1 => format!("namespace {}", list(&names)),
        _ => format!("namespaces {}", list(&names)),
    }
}

/// The namespace in which workloads are uncovered, the first of several.
pub(super) fn namespace(found: &Uncovered<'_, '_>) -> ObjectReference {
    let mut names = found.namespaces.iter().filter_map(|it| it.name());
    ObjectReference {
        group: String::new(),
        kind: "Namespace".to_owned(),
        namespace: None,
        name: names.next().map(printable),
    }
}

fn unnamed(inventory: &Inventory<'_>, home: &Home<'_>) -> String {
    let path = match home.group {
        Group::Unit(unit) => inventory.unit(unit).path,
        Group::Folder(folder) => folder,
    };
    if path.is_empty() {
        "the namespace that they are applied to".to_owned()
    } else {
        format!("the namespace of `{path}`")
    }
}
