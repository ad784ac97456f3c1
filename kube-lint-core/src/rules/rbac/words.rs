//! How the rules of this family name roles, bindings, subjects and how far power goes.

use std::cmp::Reverse;

use rustc_hash::FxHashSet;

use crate::{
    analysis::rbac::{
        Extent, Hazard, Impact, Match, PodMaker, Principal, Rbac, RoleGrant, Trade, known_operator,
        pod_makers, pod_making_resources,
    },
    diagnostic::Severity,
    inventory::{Grant, Inventory},
    model::{Binding, PolicyRule, Subject},
    object::{Kind, Namespace, Object, Text},
    rule::Finding,
};

/// `cluster role` say, and the name.
pub(super) fn named<'a>(inventory: &Inventory<'a>, object: &Object<'a>) -> String {
    let kind = match object.kind() {
        Kind::ClusterRole => "cluster role",
        Kind::ClusterRoleBinding => "cluster role binding",
        Kind::Role => "role",
        Kind::RoleBinding => "role binding",
        _ => object.kind_name(),
    };
    match object.name() {
        Some(_) => format!("{kind} `{}`", inventory.display(object)),
        None => format!("unnamed {kind}"),
    }
}

/// A subject of `binding` in words; `None` where its name is not known.
pub(super) fn subject<'a>(
    inventory: &Inventory<'a>,
    binding: &Object<'a>,
    subject: &Subject<'a>,
) -> Option<String> {
    let name = subject.name()?.value;
    Some(match subject.kind()?.value {
        "User" => format!("user `{name}`"),
        "Group" => format!("group `{name}`"),
        _ => {
            let mut units = inventory.units_of(binding.id());
            let unit = units.next();
            let namespace = unit
                .and_then(|it| inventory.subject_namespace(it.id, binding, subject))
                .and_then(Namespace::name)
                .or_else(|| Some(subject.namespace()?.value));
            match namespace {
                Some(namespace) => format!("ServiceAccount `{namespace}/{name}`"),
                None => format!("ServiceAccount `{name}`"),
            }
        }
    })
}

/// `principal` in words.
pub(super) fn principal(principal: &Principal<'_>) -> String {
    match principal {
        Principal::User(name) => format!("user `{name}`"),
        Principal::Group(name) => format!("group `{name}`"),
        Principal::ServiceAccount { namespace, name } => match namespace.name() {
            Some(namespace) => format!("ServiceAccount `{namespace}/{name}`"),
            None => format!("ServiceAccount `{name}`"),
        },
    }
}

/// The `subjects` of `binding` in words.
pub(super) fn subjects<'a>(
    inventory: &Inventory<'a>,
    binding: &Object<'a>,
    subjects: &[Subject<'a>],
) -> String {
    let names = subjects
        .iter()
        .filter_map(|it| subject(inventory, binding, it));
    let names: Vec<_> = names.collect();
    if names.is_empty() {
        "its subjects".to_owned()
    } else {
        join(&names)
    }
}

/// Points at the names of `subjects`.
pub(super) fn label_subjects(finding: &mut Finding, subjects: &[Subject<'_>], words: &str) {
    for it in subjects {
        finding.label(it.name().map_or(it.node(), |it| it.node), words);
    }
}

/// The level of a power that goes that far: over the cluster, over a namespace, over nothing yet.
pub(super) fn level(extent: Extent<'_>) -> Severity {
    match extent {
        Extent::Cluster(_) | Extent::Sensitive(..) => Severity::Error,
        Extent::Namespace(..) | Extent::Namespaces(_) => Severity::Warning,
        Extent::Nowhere => Severity::Info,
    }
}

/// The program of `trade` after which the role or somebody bound to it is called.
fn operator<'a>(role: &Object<'a>, extent: Extent<'a>, trade: Trade) -> Option<&'static str> {
    let known = |it: Text<'_>| known_operator(it.value, trade);
    role.name().and_then(known).or_else(|| {
        let binding = Binding::new(&extent.grant()?.binding);
        binding
            .subjects()
            .filter_map(|it| it.name())
            .find_map(known)
    })
}

/// Points at the first entry of each of the rules in `found` that is not `first`.
pub(super) fn label_other_rules<'r, 'a: 'r>(
    finding: &mut Finding,
    first: &PolicyRule<'a>,
    found: impl IntoIterator<Item = (&'r PolicyRule<'a>, Match<'a>)>,
) {
    let mut last = None;
    for (rule, entries) in found {
        let node = rule.node();
        if node != first.node() && last.replace(node) != Some(node) {
            finding.label(entries.resource.node, "here too");
        }
    }
}

/// The names that `rule` is limited to, to be put behind what bears them.
pub(super) fn called(rule: &PolicyRule<'_>) -> String {
    if !rule.is_limited_by_name() {
        return String::new();
    }
    let names: Vec<_> = rule.resource_names().map(|it| it.value).collect();
    match names[..] {
        [] => " of certain names".to_owned(),
        _ => format!(" called {}", list(names)),
    }
}

/// The level of a power over Pods that `rule` gives: people debug with it, programs seldom need it.
pub(super) fn debug_level(
    extent: Extent<'_>,
    rule: &PolicyRule<'_>,
    is_for_people: bool,
) -> Severity {
    let mut level = level(extent);
    if rule.is_limited_by_name() {
        level = lowered(level);
    }
    if is_for_people {
        level = level.min(Severity::Warning);
    }
    level
}

/// Makes a finding weaker that is about a well-known program of `trade`, and says so.
pub(super) fn allow_for_trade<'a>(
    (level, message): (Severity, String),
    role: &Object<'a>,
    extent: Extent<'a>,
    trade: Trade,
) -> (Severity, String) {
    match operator(role, extent, trade) {
        Some(operator) if level > Severity::Info => (
            lowered(level),
            format!("{message}, as {operator} does by trade"),
        ),
        _ => (level, message),
    }
}

/// The level below `level`.
pub(super) fn lowered(level: Severity) -> Severity {
    match level {
        Severity::Error => Severity::Warning,
        Severity::Warning | Severity::Info => Severity::Info,
    }
}

/// Where a power holds, to be put behind what it is.
pub(super) fn place(extent: Extent<'_>) -> String {
    match extent {
        Extent::Cluster(_) => "in the whole cluster".to_owned(),
        Extent::Sensitive(namespace, _) | Extent::Namespace(Some(namespace), _) => {
            format!("in `{namespace}`")
        }
        Extent::Namespace(None, None) => "in its namespace".to_owned(),
        Extent::Namespace(None, Some(_)) => "in the namespace it is bound in".to_owned(),
        Extent::Namespaces(_) => "in the namespaces it is bound in".to_owned(),
        Extent::Nowhere => "wherever it is bound; no binding was found".to_owned(),
    }
}

/// Points at all bindings of `role`, so that who adds one is told what it gives.
pub(super) fn label_bindings<'a>(finding: &mut Finding, rbac: Rbac<'_, 'a>, role: &Object<'a>) {
    let reach = rbac.reach(role);
    label(finding, &reach.cluster_wide, &reach.namespaced);
}

/// Points at the bindings of `role` that give what belongs to no namespace.
pub(super) fn label_cluster_bindings<'a>(
    finding: &mut Finding,
    rbac: Rbac<'_, 'a>,
    role: &Object<'a>,
) {
    label(finding, &rbac.reach(role).cluster_wide, &[]);
}

fn label(finding: &mut Finding, cluster_wide: &[RoleGrant<'_>], namespaced: &[RoleGrant<'_>]) {
    for grant in cluster_wide {
        label_binding(finding, grant, "bound everywhere here");
    }
    for grant in namespaced {
        label_binding(finding, grant, "bound here");
    }
    // One that several kustomizations include is still one, and so are its copies.
    let bindings = cluster_wide.iter().chain(namespaced).map(|it| {
        let name = |it: Text<'_>| it.value.to_owned();
        let binding = &it.binding;
        (
            binding.kind(),
            binding.namespace().map(name),
            binding.name().map(name),
        )
    });
    let bindings: FxHashSet<_> = bindings.collect();
    finding.instances(1 + bindings.len());
}

fn label_binding(finding: &mut Finding, grant: &RoleGrant<'_>, place: &str) {
    let role = grant.binding.at(&["roleRef", "name"]);
    let words = match grant.through {
        Some(through) => format!(
            "{place} as part of `{}`",
            through.name().unwrap_or_default()
        ),
        None => place.to_owned(),
    };
    finding.label(role.unwrap_or(grant.binding.head()), words);
}

/// `a`, `b` and `c`; no more than three names, then their number.
pub(super) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.into_iter().map(|it| format!("`{it}`")).collect();
    join(&names)
}

/// The resource in `entries` of `rule`; or the verb `*`, where the rule is about nothing but resources that
/// are `meant`.
pub(super) fn resource_place<'a>(
    rule: &PolicyRule<'a>,
    entries: Match<'a>,
    meant: impl Fn(&str) -> bool,
) -> Text<'a> {
    let is_alone = rule.resources().all(|it| meant(it.value));
    if is_alone && entries.verb.value == "*" {
        entries.verb
    } else {
        entries.resource
    }
}

/// The entries of `rules` that let their holders decide what Pods run.
pub(super) fn pod_makers_of<'r, 'a>(
    rules: &'r [PolicyRule<'a>],
) -> Vec<(&'r PolicyRule<'a>, PodMaker<'a>)> {
    let found = rules.iter().flat_map(|rule| {
        let makers = pod_makers(rule).into_iter();
        makers.map(move |maker| (rule, maker))
    });
    found.collect()
}

/// The one of `found` that says most plainly what it gives.
pub(super) fn plainest<'f, 'r, 'a>(
    found: &'f [(&'r PolicyRule<'a>, PodMaker<'a>)],
) -> Option<&'f (&'r PolicyRule<'a>, PodMaker<'a>)> {
    let all = found.iter();
    all.min_by_key(|(_, it)| (Reverse(it.power), it.found.resource.value == "*"))
}

/// Where to speak of `maker`, an entry of `rule`.
pub(super) fn pod_maker_place<'a>(rule: &PolicyRule<'a>, maker: &PodMaker<'a>) -> Text<'a> {
    let is_meant = |it: &str| pod_making_resources().any(|resource| resource == it);
    resource_place(rule, maker.found, is_meant)
}

/// The resources of `rule` in words.
pub(super) fn resources(rule: &PolicyRule<'_>) -> String {
    let resources: Vec<_> = rule.resources().map(|it| it.value).collect();
    if resources.contains(&"*") {
        "every resource".to_owned()
    } else {
        list(resources)
    }
}

/// Whether all that `rule` gives is connections through the API server.
pub(super) fn all_proxies(rule: &PolicyRule<'_>) -> bool {
    let mut resources = rule.resources().peekable();
    resources.peek().is_some() && resources.all(|it| it.value.ends_with("/proxy"))
}

/// What `rule` allows at worst, behind `may`.
pub(super) fn deed(rule: &PolicyRule<'_>, hazard: &Hazard<'_>) -> String {
    let some = if rule.is_limited_by_name() {
        " of certain names"
    } else {
        ""
    };
    if let Some(deed) = hazard.deed {
        return format!("{}{some}", deed.words());
    }
    let verb = match hazard.impact {
        Impact::Reads if rule.verbs().all(|it| it.value == "use") => "use",
        Impact::Reads => "read",
        Impact::Changes if all_proxies(rule) => "use",
        Impact::Changes | Impact::TakesOver => "change",
    };
    if rule.resources().next().is_none() {
        return format!(
            "{verb} {}",
            list(rule.non_resource_urls().map(|it| it.value))
        );
    }
    format!("{verb} {}{some}", resources(rule))
}

/// Where what `grant` gives holds.
pub(super) fn grant_place(grant: &Grant<'_>) -> String {
    match grant.namespace {
        Namespace::Cluster => "in the whole cluster".to_owned(),
        Namespace::Named(namespace) => format!("in `{namespace}`"),
        Namespace::Unset | Namespace::Unknown => "in its namespace".to_owned(),
    }
}

/// The resources of the API group of roles.
pub(super) const RBAC_RESOURCES: [&str; 4] = [
    "clusterrolebindings",
    "clusterroles",
    "rolebindings",
    "roles",
];

/// The roles that `rule` is about, of the plural `resource`.
pub(super) fn what_roles(resource: &str, rule: &PolicyRule<'_>) -> String {
    let what = match resource {
        "roles" => "roles",
        _ => "cluster roles",
    };
    if !rule.is_limited_by_name() {
        return what.to_owned();
    }
    let names: Vec<_> = rule.resource_names().map(|it| it.value).collect();
    match names[..] {
        [] => format!("certain {what}"),
        _ => format!("{what} called {}", list(names)),
    }
}

/// API groups, the core group by that word.
pub(super) fn groups(groups: &[&str]) -> String {
    match groups {
        [""] => "the core API group".to_owned(),
        [one] => format!("the API group `{one}`"),
        several => {
            let names = several
                .iter()
                .map(|it| if it.is_empty() { "core" } else { it });
            format!("the API groups {}", list(names))
        }
    }
}

/// Phrases, the last behind `and`; no more than three, then their number.
pub(super) fn join(phrases: &[String]) -> String {
    match phrases {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] if first.len() < 3 => format!("{} and {last}", first.join(", ")),
        [one, two, rest @ ..] => format!("{one}, {two} and {} more", rest.len()),
    }
}
