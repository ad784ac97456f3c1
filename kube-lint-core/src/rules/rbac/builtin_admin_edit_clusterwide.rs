//! `rbac/builtin-admin-edit-clusterwide`.

use crate::{
    inventory::Inventory,
    model::Binding,
    object::{Kind, Object},
    rule::{Check, Reporter, declare_rule},
};

use super::words;

declare_rule! {
    /// ## What it does
    ///
    /// Finds `ClusterRoleBindings` to the roles `admin` and `edit` that every cluster has, and to the roles
    /// that they are made of.
    ///
    /// ## Why is this bad?
    ///
    /// `edit` is meant for one namespace. It reads and writes Secrets, runs commands in Pods, makes tokens of
    /// ServiceAccounts and acts as them. Bound everywhere, that holds in `kube-system` too, and some account
    /// there can do anything. `admin` grants roles on top.
    ///
    /// ## What to do
    ///
    /// Bind it by a `RoleBinding` in each namespace where it is needed.
    "rbac/builtin-admin-edit-clusterwide" {
        summary: "role `admin` or `edit` is bound in every namespace",
        severity: Warning,
        since: "0.1.0",
        check: Check::Object(&[Kind::ClusterRoleBinding], check),
    }
}

const EDITS: &str = "read Secrets, run commands in Pods and act as any ServiceAccount";

/// What the built-in roles that are meant for one namespace give
/// (`plugin/pkg/auth/authorizer/rbac/bootstrappolicy`).
fn powers(role: &str) -> Option<&'static str> {
    match role {
        "admin" => {
            Some("read Secrets, run commands in Pods, act as any ServiceAccount and grant roles")
        }
        "edit" | "system:aggregate-to-edit" => Some(EDITS),
        "system:aggregate-to-admin" => Some("write roles and role bindings"),
        _ => None,
    }
}

fn check(object: &Object<'_>, inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    let binding = Binding::new(object);
    let (Some(kind), Some(role)) = (binding.role_kind(), binding.role_name()) else {
        return;
    };
    let Some(powers) = powers(role.value).filter(|_| kind.value == "ClusterRole") else {
        return;
    };
    let subjects: Vec<_> = binding.subjects().collect();
    if subjects.is_empty() {
        return;
    }
    let who = words::subjects(inventory, object, &subjects);
    let name = words::named(inventory, object);
    let message = format!("{name} lets {who} {powers} in every namespace");
    let finding = reporter.report(role.node, message);
    finding
        .here("meant for one namespace")
        .help("bind it by a RoleBinding in each namespace where it is needed");
    words::label_subjects(finding, &subjects, "bound here");
}
