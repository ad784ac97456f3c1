//! `manifest/boolean-word`.

use crate::{
    analysis::schema::{Fault, field_path, misfits},
    rule::{Check, Reporter, declare_rule},
    yaml::{Document, Node, Scalar},
};

use super::naming::named;

declare_rule! {
    /// ## What it does
    ///
    /// Finds words and numbers without quotes where the API has a string, such as `yes`, `off`, `n`,
    /// `1.10` or `0755`: in names, labels, annotations and `env` of any object, in `stringData` and
    /// `data`, and in the other fields of the kinds that kube-lint knows. Keys of `data` and of labels
    /// too: `on:` becomes `true:`.
    ///
    /// ## Why is this bad?
    ///
    /// kubectl reads YAML 1.1, to which these are booleans and numbers. The object is refused, or a key
    /// gets another name, in the middle of a rollout.
    ///
    /// ## What to do
    ///
    /// Quote it.
    "manifest/boolean-word" {
        summary: "boolean or number where the API has a string",
        severity: Error,
        since: "0.1.0",
        check: Check::Document(check),
    }
}

fn check(document: &Document, reporter: &mut Reporter<'_>) {
    for misfit in misfits(document) {
        let path = field_path(misfit.object.root(), misfit.node);
        let sort = sort(misfit.node);
        let message = match misfit.fault {
            Fault::NotText => {
                let object = named(&misfit.object);
                format!("`{path}` of {object} is read as {sort}, not as a string")
            }
            Fault::KeyChanged => {
                format!(
                    "the key `{path}` of {} is read as {sort}, and so gets another name",
                    named(&misfit.object)
                )
            }
            Fault::Unknown(..) | Fault::Mistyped(_) => continue,
        };
        reporter.report(misfit.node, message).help("quote it");
    }
}

/// What kubectl takes the node for; never its value, which may be a secret.
fn sort(node: Node<'_>) -> &'static str {
    match node.scalar() {
        Some(Scalar::Bool(_)) => "a boolean",
        Some(Scalar::Null) => "null",
        _ => "a number",
    }
}
