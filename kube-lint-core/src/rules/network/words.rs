//! How the rules of this family name places and lists.

use crate::{
    analysis::network::{Group, Home, Workload},
    inventory::Inventory,
    object::Namespace,
};

/// How many names a list shows.
const SHOWN: usize = 3;

/// `` `a` ``, `` `a` and `b` ``, `` `a`, `b`, `c` and 4 more ``.
pub(super) fn list(names: &[String]) -> String {
    let quoted: Vec<_> = names
        .iter()
        .take(SHOWN)
        .map(|it| format!("`{it}`"))
        .collect();
    let hidden = names.len().saturating_sub(SHOWN);
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
    let names = workloads.iter().map(|it| name(it).to_owned());
    list(&names.collect::<Vec<_>>())
}

/// Names of workloads, each once.
pub(super) fn workloads<'n, 'a: 'n>(
    workloads: impl IntoIterator<Item = &'n Workload<'a>>,
) -> Vec<String> {
    let mut names: Vec<_> = workloads.into_iter().map(workload).collect();
    names.sort_unstable();
    names.dedup();
    names
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
        0 => format!("the namespace of {}", group(inventory, home)),
        1 => format!("namespace {}", list(&names)),
        _ => format!("namespaces {}", list(&names)),
    }
}

fn group(inventory: &Inventory<'_>, home: &Home<'_>) -> String {
    let path = match home.group {
        Group::Unit(unit) => inventory.unit(unit).path,
        Group::Folder(folder) => folder,
    };
    if path.is_empty() {
        "these manifests".to_owned()
    } else {
        format!("`{path}`")
    }
}
