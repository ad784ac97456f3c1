//! `rbac/cluster-admin-binding`.

use crate::{
    analysis::rbac::{BoundRole, Rbac, everything, is_sensitive_namespace},
    diagnostic::Severity,
    inventory::{Grant, Inventory},
    model::{Binding, Subject},
    object::{Kind, Object, Text},
    rule::{Check, Reporter, declare_rule},
};

use super::words;

declare_rule! {
    /// ## What it does
    ///
    /// Finds bindings to `cluster-admin`, and ClusterRoleBindings to roles that grant as much, also where
    /// aggregation gives it to them.
    ///
    /// It is a warning where only people are bound, as users and groups, and where a RoleBinding limits
    /// `cluster-admin` to a namespace. The API server's own binding for `system:masters` is left out.
    ///
    /// ## Why is this bad?
    ///
    /// A program bound to `cluster-admin` makes every fault in it a way to take over the cluster.
    ///
    /// ## What to do
    ///
    /// Bind a role that lists what the program does.
    "rbac/cluster-admin-binding" {
        summary: "binding makes its subjects cluster admin",
        severity: Error,
        since: "0.1.0",
        check: Check::Object(&[Kind::RoleBinding, Kind::ClusterRoleBinding], check),
    }
}

fn check(object: &Object<'_>, inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    let binding = Binding::new(object);
    let Some(name) = binding.role_name() else {
        return;
    };
    let rbac = Rbac::new(inventory);
    let (programs, people): (Vec<_>, Vec<_>) = binding
        .subjects()
        .filter(|it| it.name().is_none_or(|it| it.value != "system:masters"))
        .partition(is_program);
    if programs.is_empty() && people.is_empty() || rbac.is_built_in(object) {
        return;
    }
    let is_admin = match object.kind() {
        Kind::ClusterRoleBinding => grants_everything(rbac, object, inventory),
        _ => is_cluster_admin(&binding),
    };
    if is_admin {
        report(object, name, &programs, &people, inventory, reporter);
    }
}

fn is_cluster_admin(binding: &Binding<'_>) -> bool {
    let is = |text: Option<Text<'_>>, value| text.is_some_and(|it| it.value == value);
    is(binding.role_kind(), "ClusterRole") && is(binding.role_name(), "cluster-admin")
}

/// Whether the role that `object` binds grants everything, in one unit at least.
fn grants_everything<'a>(
    rbac: Rbac<'_, 'a>,
    object: &Object<'a>,
    inventory: &Inventory<'a>,
) -> bool {
    let grants = inventory.bindings().of_binding(object.id());
    if grants.is_empty() {
        return is_cluster_admin(&Binding::new(object));
    }
    grants.iter().any(|grant| is_total(rbac, grant))
}

fn is_total<'a>(rbac: Rbac<'_, 'a>, grant: &Grant<'a>) -> bool {
    match rbac.role(grant) {
        Some(BoundRole::BuiltIn(role)) => role.name == "cluster-admin",
        Some(role) => rbac.rules(role).iter().any(|it| everything(it).is_some()),
        None => false,
    }
}

/// Whether programs act as the subject: a ServiceAccount, a group of them, or just anybody.
fn is_program(subject: &Subject<'_>) -> bool {
    let name = subject.name().map_or("", |it| it.value);
    match subject.kind().map_or("", |it| it.value) {
        "User" => name.starts_with("system:"),
        "Group" => name.starts_with("system:") && name != "system:masters",
        _ => true,
    }
}

fn report<'a>(
    object: &Object<'a>,
    role: Text<'a>,
    programs: &[Subject<'a>],
    people: &[Subject<'a>],
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let shown = if programs.is_empty() { people } else { programs };
    let names = shown
        .iter()
        .filter_map(|it| words::subject(inventory, object, it));
    let who = words::join(names.collect());
    let binding = words::named(inventory, object);
    let mut level = Severity::Error;
    let mut message = format!("{binding} makes {who} cluster admin");
    if object.kind() == Kind::RoleBinding {
        let namespace = inventory.namespace(object).name();
        let place = namespace.map_or("its namespace".to_owned(), |it| format!("`{it}`"));
        message = format!("{binding} gives {who} all power in {place}");
        if !namespace.is_some_and(is_sensitive_namespace) {
            level = Severity::Warning;
        }
    } else if programs.is_empty() {
        level = Severity::Warning;
        message.push_str(", people only");
    } else if role.value != "cluster-admin" {
        message.push_str(&format!(": `{}` grants everything", role.value));
    }
    let finding = reporter.report(role.node, message);
    finding
        .help("bind a role that lists what is needed")
        .severity(level);
    for it in shown {
        let at = it.name().map_or(it.node(), |it| it.node);
        finding.label(at, "bound here");
    }
}
