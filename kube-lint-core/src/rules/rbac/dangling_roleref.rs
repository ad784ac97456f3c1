//! `rbac/dangling-roleref`.

use crate::{
    analysis::rbac::built_in,
    diagnostic::{Confidence, Severity},
    inventory::{Definition, Inventory, Missing, Resolution},
    model::Binding,
    nearest,
    object::{Kind, Object, Text, text},
    rule::{Check, Reporter, declare_rule},
};

use super::words;

declare_rule! {
    /// ## What it does
    ///
    /// Finds bindings whose role does not exist: its name is a letter or two off one that does, its kind is
    /// the wrong one, or, as a warning, it exists in another namespace only. What else is not defined is a
    /// warning where the manifests are the whole cluster (`world: closed`). The roles that every cluster has
    /// are known, and those that the configuration lists.
    ///
    /// ## Why is this bad?
    ///
    /// The binding grants nothing. And whoever makes a role of that name later gives it to these subjects.
    ///
    /// ## What to do
    ///
    /// Write the name and kind of the role that is meant. A `RoleBinding` finds a Role in its own namespace
    /// only, a `ClusterRoleBinding` finds none.
    "rbac/dangling-roleref" {
        summary: "binding refers to a role that does not exist",
        severity: Error,
        since: "0.1.0",
        check: Check::Object(&[Kind::RoleBinding, Kind::ClusterRoleBinding], check),
    }
}

/// What a binding is found to refer to.
struct Reference<'a> {
    object: Object<'a>,
    /// Kind of the role.
    kind: Kind,
    name: Text<'a>,
    /// `roleRef.kind`.
    kind_word: Text<'a>,
}

fn check(object: &Object<'_>, inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    if inventory.is_patched(object, &["roleRef"]) {
        return;
    }
    let binding = Binding::new(object);
    let (Some(kind_word), Some(name)) = (binding.role_kind(), binding.role_name()) else {
        return;
    };
    if let Some(group) = wrong_group(&binding) {
        let binding = words::named(inventory, object);
        let message = format!(
            "{binding} refers to a role of the API group `{}`, which has none",
            group.value
        );
        reporter
            .report(group.node, message)
            .help("write `rbac.authorization.k8s.io`");
        return;
    }
    let kind = match (kind_word.value, object.kind()) {
        ("ClusterRole", _) => Kind::ClusterRole,
        ("Role", Kind::RoleBinding) => Kind::Role,
        ("Role", _) => return report_namespaced(object, kind_word, inventory, reporter),
        _ => return report_kind(object, kind_word, inventory, reporter),
    };
    let reference = Reference {
        object: *object,
        kind,
        name,
        kind_word,
    };
    let namespace = inventory.namespace(object);
    let namespace = namespace.name().filter(|_| kind == Kind::Role);
    if built_in().role(kind, namespace, name.value).is_some() {
        return;
    }
    if let Resolution::Missing(missing) = inventory.find(object, kind, None, name.value) {
        report_missing(&reference, &missing, inventory, reporter);
    }
}

/// `roleRef.apiGroup`, if it is not the only one there is; left out, it is filled in.
fn wrong_group<'a>(binding: &Binding<'a>) -> Option<Text<'a>> {
    let group = text(binding.role_ref()?, "apiGroup")?;
    let is_right = matches!(group.value, "" | "rbac.authorization.k8s.io");
    (!is_right).then_some(group)
}

fn report_namespaced<'a>(
    object: &Object<'a>,
    kind: Text<'a>,
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let binding = words::named(inventory, object);
    reporter
        .report(
            kind.node,
            format!("{binding} refers to a Role, which the API server refuses"),
        )
        .help("refer to a ClusterRole, or make it a RoleBinding in the namespace of the Role");
}

fn report_kind<'a>(
    object: &Object<'a>,
    kind: Text<'a>,
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let binding = words::named(inventory, object);
    let message = format!(
        "{binding} refers to the kind `{}`, which is no role",
        kind.value
    );
    let help = match object.kind() {
        Kind::ClusterRoleBinding => "write `ClusterRole`",
        _ => "write `Role` or `ClusterRole`",
    };
    reporter.report(kind.node, message).help(help);
}

fn report_missing<'a>(
    reference: &Reference<'a>,
    missing: &Missing<'_, 'a>,
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let Reference { object, name, .. } = reference;
    let binding = words::named(inventory, object);
    let role = match reference.kind {
        Kind::Role => format!("role `{}`", name.value),
        _ => format!("cluster role `{}`", name.value),
    };
    let refers = format!("{binding} refers to {role}");
    if let Some(other) = other_kind(reference, inventory) {
        return report_other_kind(reference, &refers, &other, reporter);
    }
    let near = inventory.near_miss(object, reference.kind, missing.namespace, name.value);
    if let Some(near) = near {
        let message = format!("{refers}, which is not defined; `{}` is", near.name);
        let finding = reporter.report(name.node, message);
        finding.help(format!("write `{}` if that is meant", near.name));
        finding.label(near.node, "defined here");
    } else if let Some(near) = near_built_in(reference) {
        let message = format!("{refers}, which is not defined; every cluster has `{near}`");
        reporter
            .report(name.node, message)
            .help(format!("write `{near}` if that is meant"))
            .severity(Severity::Warning)
            .confidence(Confidence::Medium);
    } else if let Some(elsewhere) = missing.elsewhere {
        let message = format!("{refers}, which is defined in another namespace only");
        let finding = reporter.report(name.node, message);
        finding
            .help("define the role in the namespace of the binding")
            .severity(Severity::Warning)
            .confidence(Confidence::Medium);
        finding.label(elsewhere.node, "defined here");
    } else if missing.is_certain {
        reporter
            .report(name.node, format!("{refers}, which no manifest defines"))
            .help("define the role, or list it in `known.roles` of the configuration")
            .severity(Severity::Warning);
    }
}

/// A role of the very name, but of the other kind.
enum OtherKind<'i, 'a> {
    /// Applied together with the binding.
    Here(&'i Definition<'a>),
    /// Of the same root.
    There(&'i Definition<'a>),
    /// Of every cluster.
    BuiltIn,
}

fn other_kind<'i, 'a>(
    reference: &Reference<'a>,
    inventory: &'i Inventory<'a>,
) -> Option<OtherKind<'i, 'a>> {
    let Reference { object, name, .. } = reference;
    let kind = match reference.kind {
        Kind::Role => Kind::ClusterRole,
        _ if object.kind() == Kind::RoleBinding => Kind::Role,
        _ => return None,
    };
    let Resolution::Found(found) = inventory.find(object, kind, None, name.value) else {
        let is_built_in = built_in().role(kind, None, name.value).is_some();
        return is_built_in.then_some(OtherKind::BuiltIn);
    };
    let is_here = |it: &&Definition<'a>| {
        let role = inventory.defining_object(it).map(Object::id);
        let mut units = inventory.units_of(object.id());
        role.is_some_and(|role| units.any(|unit| inventory.member(unit.id, role).is_some()))
    };
    let found = found.as_slice();
    let here = found.iter().copied().find(is_here).map(OtherKind::Here);
    here.or_else(|| found.first().copied().map(OtherKind::There))
}

fn report_other_kind<'a>(
    reference: &Reference<'a>,
    refers: &str,
    other: &OtherKind<'_, 'a>,
    reporter: &mut Reporter<'_>,
) {
    let kind = match reference.kind {
        Kind::Role => "ClusterRole",
        _ => "Role",
    };
    let message = match other {
        OtherKind::BuiltIn => {
            format!("{refers}, which is not defined; every cluster has the {kind}")
        }
        _ => format!("{refers}, which is not defined; a {kind} of that name is"),
    };
    let finding = reporter.report(reference.kind_word.node, message);
    finding.help(format!("write `kind: {kind}` if that is meant"));
    match other {
        OtherKind::Here(definition) => {
            finding.label(definition.node, "defined here");
        }
        OtherKind::There(definition) => {
            finding
                .severity(Severity::Warning)
                .confidence(Confidence::Medium)
                .label(definition.node, "defined here");
        }
        OtherKind::BuiltIn => {
            finding
                .severity(Severity::Warning)
                .confidence(Confidence::Medium);
        }
    }
}

/// The role of every cluster whose name is a letter or two off.
fn near_built_in(reference: &Reference<'_>) -> Option<&'static str> {
    let name = reference.name.value;
    let limit = if name.chars().count() < 8 { 1 } else { 2 };
    let roles = built_in().roles().iter();
    roles
        .filter(|it| it.kind == Kind::ClusterRole && reference.kind == Kind::ClusterRole)
        .filter_map(|it| Some((nearest::distance(it.name, name, limit)?, it.name)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, it)| it)
}
