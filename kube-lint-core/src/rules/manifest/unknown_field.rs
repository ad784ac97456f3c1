//! `manifest/unknown-field`.

use crate::{
    analysis::schema::{Fault, Meant, Misfit, field_path},
    rule::{Check, Reporter, declare_rule},
    yaml::Document,
};

use super::naming::named;

declare_rule! {
    /// ## What it does
    ///
    /// Finds fields that the API does not have in Secrets, ConfigMaps, ServiceAccounts, roles and bindings,
    /// NetworkPolicies, audit policies and encryption configurations, and in PodSpecs where they name Secrets,
    /// ConfigMaps and variables. In the rest of a PodSpec and of what bears it: fields that differ from
    /// a known one by a letter or two, or stand one level too high or too low.
    ///
    /// ## Why is this bad?
    ///
    /// Names of fields are case-sensitive. What is misspelt is refused or dropped, by the version of kubectl
    /// and by what applies it. A dropped `egress`, `verbs` or `automountServiceAccountToken` leaves a door
    /// open that the manifest says is shut.
    ///
    /// ## What to do
    ///
    /// Spell the field as the API does.
    "manifest/unknown-field" {
        summary: "field that the API does not have",
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
        let Fault::Unknown(schema, meant) = misfit.fault else {
            continue;
        };
        let path = field_path(misfit.object.root(), misfit.node);
        let message = format!(
            "the {} has no field `{path}`: it is dropped, or the object is refused",
            named(&misfit.object)
        );
        let finding = reporter.report(misfit.node, message);
        match meant {
            Meant::Case(field) => {
                finding.here(format!("spelt `{field}`"));
                finding.help(format!(
                    "write `{field}`: upper and lower case make a difference"
                ))
            }
            Meant::Near(field) => {
                finding.here(format!("`{field}`?"));
                finding.help(format!("write `{field}`, if that is what is meant"))
            }
            Meant::Inside(field) => finding.help(format!("move it into `{field}`")),
            Meant::Outside(outer) => finding.help(format!("move it out, into the {outer}")),
            Meant::Unclear => finding.help(format!(
                "remove it: the type {} has no such field",
                schema.name
            )),
        };
    }
}
