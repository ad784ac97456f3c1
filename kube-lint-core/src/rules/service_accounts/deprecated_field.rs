//! `service-accounts/deprecated-field`.

use crate::{
    diagnostic::{Applicability, Severity},
    inventory::Inventory,
    model::PodSpec,
    object::text,
    rule::{Check, Reporter, declare_rule},
    yaml::NewValue,
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds PodSpecs with the field `serviceAccount`, alone or with another name than
    /// `serviceAccountName`.
    ///
    /// ## Why is this bad?
    ///
    /// `serviceAccount` is the old name of `serviceAccountName`, kept for old manifests. Where both are
    /// set, `serviceAccountName` wins without a word: Pods run as another account than one of the lines
    /// says.
    ///
    /// ## What to do
    ///
    /// Write `serviceAccountName` alone.
    "service-accounts/deprecated-field" {
        summary: "account is named by the deprecated `serviceAccount`",
        severity: Error,
        since: "0.1.0",
        fix: Safe,
        check: Check::PodSpec(check),
    }
}

fn check(pod: &PodSpec<'_>, inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    let node = pod.node();
    let Some(old) = text(node, "serviceAccount").filter(|it| !it.value.is_empty()) else {
        return;
    };
    let object = pod.object();
    if !pod.is_whole() || object.is_partial() {
        return;
    }
    let name = inventory.display(&object);
    let new = text(node, "serviceAccountName").filter(|it| !it.value.is_empty());
    if let Some(new) = new {
        let may_change = [old.node, new.node]
            .iter()
            .any(|it| inventory.may_change(&object, *it));
        if new.value != old.value && !may_change {
            reporter
                .report(
                    old.node,
                    format!(
                        "`{name}` runs as ServiceAccount `{}`, not `{}`: `serviceAccount` is ignored",
                        new.value, old.value
                    ),
                )
                .help("remove `serviceAccount`, and write the account that is meant in `serviceAccountName`")
                .label(new.node, "this one counts");
        }
    } else if inventory.lacks(&object, node, "serviceAccountName")
        && let Some(key) = old.node.key()
    {
        let message =
            format!("`{name}` names its ServiceAccount by the deprecated `serviceAccount`");
        let finding = reporter.report(key, message);
        finding
            .help("write `serviceAccountName` in its place: the meaning is the same")
            .severity(Severity::Info);
        let renamed = key.rewritten(NewValue::Text("serviceAccountName"));
        finding.fix(Applicability::Safe, "write `serviceAccountName`", renamed);
    }
}
