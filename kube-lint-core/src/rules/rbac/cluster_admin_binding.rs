//! `rbac/cluster-admin-binding`.

use crate::{
    analysis::rbac::{BoundRole, Rbac, everything},
    diagnostic::Severity,
    inventory::Inventory,
    model::{Binding, Subject},
    object::{Kind, Object, Text},
    rule::{Check, Reporter, declare_rule},
};

use super::words;

declare_rule! {
    /// ## What it does
    ///
    /// Finds bindings to `cluster-admin`, and `ClusterRoleBindings` to roles that grant as much, also where
    /// aggregation gives it to them.
    ///
    /// It is a warning where only people are bound, as users and groups, and where a `RoleBinding` limits
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
        supersedes: ["rbac/builtin-admin-edit-clusterwide"],
        check: Check::Object(&[Kind::RoleBinding, Kind::ClusterRoleBinding], check),
    }
}

fn check(object: &Object<'_>, inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    let rbac = Rbac::new(inventory);
    let Some(admin) = admin_role(rbac, object, inventory) else {
        return;
    };
    let (programs, people): (Vec<_>, Vec<_>) = Binding::new(object)
        .subjects()
        .filter(|it| it.name().is_none_or(|it| it.value != "system:masters"))
        .partition(is_program);
    if programs.is_empty() && people.is_empty() || rbac.is_built_in(object) {
        return;
    }
    if object.kind() == Kind::ClusterRoleBinding {
        report_cluster(object, &admin, &programs, &people, inventory, reporter);
    } else {
        report_namespace(
            object,
            &admin,
            &[programs, people].concat(),
            inventory,
            reporter,
        );
    }
}

/// A role that makes cluster admin.
struct AdminRole<'a> {
    /// `roleRef.name`.
    name: Text<'a>,
    /// The entry by which a role of the input does; none for `cluster-admin` itself.
    proof: Option<Text<'a>>,
}

/// The role that `object` binds, if it grants everything in one unit at least.
fn admin_role<'a>(
    rbac: Rbac<'_, 'a>,
    object: &Object<'a>,
    inventory: &Inventory<'a>,
) -> Option<AdminRole<'a>> {
    let binding = Binding::new(object);
    let name = binding.role_name()?;
    if binding.role_kind()?.value != "ClusterRole" {
        return None;
    }
    // The API server gives it back what a manifest of that name leaves out.
    if name.value == "cluster-admin" {
        return Some(AdminRole { name, proof: None });
    }
    if object.kind() == Kind::RoleBinding {
        return None;
    }
    let grants = inventory.bindings().of_binding(object.id()).iter();
    let defined = grants.filter_map(|it| match rbac.role(it)? {
        BoundRole::Defined(role) => Some(BoundRole::Defined(role)),
        BoundRole::BuiltIn(_) => None,
    });
    let mut rules = defined.flat_map(|it| rbac.rules(it));
    let proof = rules.find_map(|it| everything(&it))?.resource;
    Some(AdminRole {
        name,
        proof: Some(proof),
    })
}

/// Whether programs act as the subject: a ServiceAccount, a group of them, or just anybody.
fn is_program(subject: &Subject<'_>) -> bool {
    let name = subject.name().map_or("", |it| it.value);
    match subject.kind().map_or("", |it| it.value) {
        "User" | "Group" => name.starts_with("system:"),
        _ => true,
    }
}

fn report_cluster<'a>(
    object: &Object<'a>,
    admin: &AdminRole<'a>,
    programs: &[Subject<'a>],
    people: &[Subject<'a>],
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let are_programs = !programs.is_empty();
    let shown = if are_programs { programs } else { people };
    let who = words::subjects(inventory, object, shown);
    let binding = words::named(inventory, object);
    let role = match admin.proof {
        Some(_) => format!(": cluster role `{}` grants everything", admin.name.value),
        None => String::new(),
    };
    let finding = if are_programs {
        let message = format!("{binding} makes {who} cluster admin{role}");
        reporter.report(admin.name.node, message)
    } else {
        let message = format!("{binding} makes people cluster admin, {who}{role}");
        let finding = reporter.report(admin.name.node, message);
        finding.severity(Severity::Warning)
    };
    finding.help("bind a role that lists what is needed");
    words::label_subjects(finding, shown, "bound here");
    if let Some(proof) = admin.proof {
        finding.label(proof.node, "grants everything");
    }
}

fn report_namespace<'a>(
    object: &Object<'a>,
    admin: &AdminRole<'a>,
    subjects: &[Subject<'a>],
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let namespace = inventory.namespace(object).name();
    let place = namespace.map_or("its namespace".to_owned(), |it| format!("`{it}`"));
    let binding = words::named(inventory, object);
    let who = words::subjects(inventory, object, subjects);
    let message = format!("{binding} gives {who} all power in {place}");
    let finding = reporter.report(admin.name.node, message);
    finding.help("bind a role that lists what is needed");
    if !namespace.is_some_and(|it| inventory.target().is_sensitive_namespace(it)) {
        finding.severity(Severity::Warning);
    }
    words::label_subjects(finding, subjects, "bound here");
}
