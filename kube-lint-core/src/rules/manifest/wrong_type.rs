//! `manifest/wrong-type`.

use crate::{
    analysis::schema::{Fault, Misfit, field_path},
    model::schema::Type,
    rule::{Check, Reporter, declare_rule},
    yaml::{Document, Node, Scalar},
};

use super::naming::named;

declare_rule! {
    /// ## What it does
    ///
    /// Finds values of another sort than their field holds: one string where a list belongs, a list where a
    /// mapping belongs, the word `"true"` in quotes where a boolean belongs; in Secrets, ConfigMaps,
    /// ServiceAccounts, roles and bindings, NetworkPolicies, audit policies, encryption configurations, and
    /// PodSpecs.
    ///
    /// ## Why is this bad?
    ///
    /// The API server refuses the object, so that it is never applied. Rules read such a field as absent.
    ///
    /// ## What to do
    ///
    /// Write the value as the API has it.
    "manifest/wrong-type" {
        summary: "value of another type than its field",
        severity: Error,
        since: "0.1.0",
        check: Check::Misfits(check),
    }
}

fn check(document: &Document, misfits: &[Misfit<'_>], reporter: &mut Reporter<'_>) {
    if document.error().is_some() {
        return;
    }
    for misfit in misfits {
        let Fault::Mistyped(expected) = misfit.fault else {
            continue;
        };
        let path = field_path(misfit.object.root(), misfit.node);
        let (is, needed) = (sort(misfit.node), wanted(expected));
        reporter
            .report(
                misfit.node,
                format!(
                    "`{path}` of {} is {is}, but the API has {needed} there",
                    named(&misfit.object)
                ),
            )
            .here(format!("{needed} belongs here"))
            .help(help(misfit.node, expected));
    }
}

fn sort(node: Node<'_>) -> &'static str {
    if node.is_mapping() {
        return "a mapping";
    }
    match node.scalar() {
        None => "a list",
        Some(Scalar::Null) => "null",
        Some(Scalar::Bool(_)) => "a boolean",
        Some(Scalar::Str(_)) => "a string",
        Some(_) => "a number",
    }
}

fn wanted(expected: &Type) -> &'static str {
    match expected {
        Type::Any => "anything",
        Type::Scalar => "a string or a number",
        Type::Boolean => "a boolean",
        Type::Integer => "a whole number",
        Type::Text => "a string",
        Type::Object(_) | Type::Map(_) => "a mapping",
        Type::List(_) => "a list",
    }
}

fn help(node: Node<'_>, expected: &Type) -> &'static str {
    match expected {
        Type::List(_) if node.is_mapping() => "put `-` before the mapping",
        Type::List(_) => "write a list, in brackets or with `-` before each item",
        Type::Boolean if matches!(node.str(), Some("true" | "false")) => "remove the quotes",
        Type::Boolean => "write `true` or `false`",
        Type::Integer if node.str().is_some_and(|it| it.parse::<i64>().is_ok()) => {
            "remove the quotes"
        }
        Type::Object(schema) if node.is_scalar() && schema.field("name").is_some() => {
            "write `name:` before it"
        }
        Type::Object(_) | Type::Map(_) if node.is_sequence() => {
            "write `key: value` without the `-`"
        }
        _ => "write the value as the API has it",
    }
}
