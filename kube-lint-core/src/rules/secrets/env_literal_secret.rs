//! `secrets/env-literal-secret`.

use crate::{
    analysis::secrets::{Credential, Purpose, credential, is_object_name, is_sensitive, purpose},
    diagnostic::{Confidence, Severity},
    inventory::Inventory,
    model::Container,
    object::{Text, text},
    rule::{Check, Reporter, declare_rule},
};

use super::wording::{name_or, noun};

declare_rule! {
    /// ## What it does
    ///
    /// Finds environment variables of containers whose value is a credential: a token that tells by its
    /// form what it is, or a value under a name such as `DB_PASSWORD` or `API_TOKEN` (then a warning).
    ///
    /// References to other variables, paths, host names, placeholders and names that only speak about a
    /// credential (`TOKEN_TTL`, `SECRET_NAME`, `PASSWORD_FILE`) are left alone.
    ///
    /// ## Why is this bad?
    ///
    /// The value is in the repository, in every copy of the Pod's manifest, and in the output of
    /// `kubectl describe`, for everybody who may read Pods; it takes a roll-out to change it.
    ///
    /// ## What to do
    ///
    /// Put the value into a Secret, and refer to it with `valueFrom.secretKeyRef`. Change the
    /// credential: it has been published.
    "secrets/env-literal-secret" {
        summary: "environment variable holds a credential",
        severity: Error,
        since: "0.1.0",
        check: Check::Container(check),
    }
}

fn check<'a>(container: &Container<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    for variable in container.env() {
        let Some(name) = text(variable, "name") else {
            continue;
        };
        let value = variable.get("value").and_then(Text::of);
        let Some(value) = value.filter(|_| variable.get("valueFrom").is_none()) else {
            continue;
        };
        let Some(found) = credential(name.value, value.value) else {
            continue;
        };
        let is_named =
            is_sensitive(name.value) && !is_object_name(inventory, name.value, value.value);
        if found.is_recognised() || is_named {
            report(container, name, value, found, inventory, reporter);
        }
    }
}

fn report<'a>(
    container: &Container<'a>,
    name: Text<'a>,
    value: Text<'a>,
    found: Credential,
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let object = container.pod().object();
    let path = inventory.path(object.file());
    let is_test = purpose(path) == Purpose::Test;
    let why = match (found.is_recognised(), is_test) {
        (_, true) => ", in the data of a test",
        (false, _) => ", by its name",
        (true, _) => "",
    };
    let message = format!(
        "{} of {} `{}` is a credential in plain sight{why}",
        name_or(name.node, "a variable"),
        noun(object.kind_name()),
        inventory.display(&object),
    );
    let finding = reporter.report(value.node, message);
    finding
        .here(format!("{}, {} bytes", found.description(), value.value.len()))
        .help("move it to a Secret, refer to it with `valueFrom.secretKeyRef`, and change the credential");
    if !found.is_recognised() {
        finding
            .severity(Severity::Warning)
            .confidence(Confidence::Medium);
    }
    if is_test {
        finding.severity(Severity::Info);
    }
}
