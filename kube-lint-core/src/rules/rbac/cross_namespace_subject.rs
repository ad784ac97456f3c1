//! `rbac/cross-namespace-subject`.

use crate::{
    analysis::rbac::{BoundRole, Hazard, Impact, Rbac, hazard},
    diagnostic::Severity,
    inventory::{Grant, Inventory},
    model::{Binding, PolicyRule, Subject},
    object::{Kind, Namespace, Object},
    rule::{Check, Reporter, declare_rule},
};

use super::words;

declare_rule! {
    /// ## What it does
    ///
    /// Finds `RoleBindings` that give a role to a ServiceAccount of another namespace, where both namespaces
    /// are known.
    ///
    /// It is an error where the account changes things in a namespace such as `kube-system`; a warning where
    /// it comes by the credentials and rights of others in any other; info for the rest, leader election and
    /// what is limited to objects of certain names among it. The role that every API extension needs in
    /// `kube-system`, `extension-apiserver-authentication-reader`, is left out.
    ///
    /// ## Why is this bad?
    ///
    /// Whoever may run Pods in the namespace of the account has what it has in this one: the namespaces no
    /// longer keep their teams apart.
    ///
    /// ## What to do
    ///
    /// Run the program in the namespace that it works on, or list in the role what it needs there by name.
    "rbac/cross-namespace-subject" {
        summary: "role binding gives power to another namespace's account",
        severity: Error,
        since: "0.1.0",
        check: Check::Object(&[Kind::RoleBinding], check),
    }
}

fn check<'a>(object: &Object<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let grants = inventory.bindings().of_binding(object.id()).iter();
    let gifts = grants.filter_map(|it| gift(it, inventory));
    let worst = gifts.reduce(|one, other| if other.level > one.level { other } else { one });
    let Some(gift) = worst else {
        return;
    };
    let Some(first) = gift.subjects.first() else {
        return;
    };
    let named = words::named(inventory, object);
    let who = words::subjects(inventory, object, &gift.subjects);
    let message = format!(
        "{named} lets {who}, of another namespace, {} in `{}`",
        gift.deed, gift.namespace
    );
    let at = first.namespace().or(first.name());
    let finding = reporter.report(at.map_or(first.node(), |it| it.node), message);
    finding
        .help("run the program in the namespace that it works on, or list in the role what it needs by name")
        .severity(gift.level);
    if let Some(role) = Binding::new(object).role_name() {
        finding.label(role.node, "what it gets");
    }
    if let Some(hazard) = gift.hazard {
        finding.label(hazard.at.node, "granted here");
    }
    words::label_subjects(
        finding,
        gift.subjects.get(1..).unwrap_or_default(),
        "and here",
    );
}

/// What a binding gives to accounts of other namespaces, at worst.
struct Gift<'a> {
    subjects: Vec<Subject<'a>>,
    namespace: &'a str,
    level: Severity,
    /// Behind `lets somebody`.
    deed: String,
    /// None where the role is not known.
    hazard: Option<Hazard<'a>>,
}

fn gift<'a>(grant: &Grant<'a>, inventory: &Inventory<'a>) -> Option<Gift<'a>> {
    let namespace = grant.namespace.name()?;
    let is_foreign = |it: &Subject<'a>| {
        let is_account = it.kind().is_some_and(|it| it.value == "ServiceAccount");
        let own = inventory.subject_namespace(grant.unit, &grant.binding, it);
        is_account && matches!(own, Some(Namespace::Named(own)) if own != namespace)
    };
    let subjects = Binding::new(&grant.binding).subjects();
    let subjects: Vec<_> = subjects.filter(is_foreign).collect();
    if subjects.is_empty() {
        return None;
    }
    let rbac = Rbac::new(inventory);
    let Some(bound) = rbac.role(grant) else {
        let role = Binding::new(&grant.binding).role_name()?;
        return Some(Gift {
            subjects,
            namespace,
            level: Severity::Info,
            deed: format!("do what `{}` grants", role.value),
            hazard: None,
        });
    };
    if is_for_extensions(bound) {
        return None;
    }
    let is_sensitive = inventory.target().is_sensitive_namespace(namespace);
    let rules = rbac.rules(bound);
    let hazards = rules.iter().filter_map(|it| Some((it, hazard(it, false)?)));
    let levels = hazards.map(|(rule, hazard)| (level(rule, &hazard, is_sensitive), rule, hazard));
    let (level, rule, hazard) = levels.reduce(|one, other| {
        let is_worse = (other.0, other.2.impact) > (one.0, one.2.impact);
        if is_worse { other } else { one }
    })?;
    Some(Gift {
        subjects,
        namespace,
        level,
        deed: words::deed(rule, &hazard),
        hazard: Some(hazard),
    })
}

fn is_for_extensions(role: BoundRole<'_>) -> bool {
    match role {
        BoundRole::BuiltIn(known) => known.name == "extension-apiserver-authentication-reader",
        BoundRole::Defined(_) => false,
    }
}

fn level(rule: &PolicyRule<'_>, hazard: &Hazard<'_>, is_sensitive: bool) -> Severity {
    let is_light = rule.is_limited_by_name() || elects_leaders(rule);
    match hazard.impact {
        Impact::TakesOver | Impact::Changes if is_light => Severity::Info,
        Impact::TakesOver | Impact::Changes if is_sensitive => Severity::Error,
        Impact::TakesOver => Severity::Warning,
        Impact::Changes | Impact::Reads => Severity::Info,
    }
}

/// Whether the rule is what a program needs to elect the leader of its replicas: leases and events, or the
/// making of the ConfigMap that it then writes by name.
fn elects_leaders(rule: &PolicyRule<'_>) -> bool {
    let only_creates = rule.verbs().all(|it| it.value == "create");
    rule.resources().all(|it| match it.value {
        "leases" | "events" => true,
        "configmaps" | "endpoints" => only_creates,
        _ => false,
    })
}
