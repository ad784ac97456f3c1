//! `manifest/boolean-word`.

use crate::{
    analysis::schema::{Fault, Misfit, field_path},
    diagnostic::Applicability,
    object::Kind,
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
        fix: Safe,
        check: Check::Misfits(check),
    }
}

fn check(_: &Document, misfits: &[Misfit<'_>], reporter: &mut Reporter<'_>) {
    for misfit in misfits {
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
        let finding = reporter.report(misfit.node, message);
        finding.help("quote it");
        if is_all_there_is_to_it(misfit) {
            finding.fix(Applicability::Safe, "quote it", misfit.node.quoted());
        }
    }
}

/// Whether the object is right as soon as the node is quoted: in the `data` of a Secret there must be base64,
/// and a key may be there already.
fn is_all_there_is_to_it(misfit: &Misfit<'_>) -> bool {
    const MANY: usize = 1000;
    let (object, node) = (&misfit.object, misfit.node);
    let Some(parent) = node.parent() else {
        return false;
    };
    match misfit.fault {
        Fault::KeyChanged => {
            let keys = parent.entries().map(|it| it.0);
            let same = keys.clone().filter(|it| it.text() == node.text());
            keys.take(MANY).count() < MANY && same.count() == 1
        }
        _ => object.kind() != Kind::Secret || object.root().get("data") != Some(parent),
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
