//! `service-accounts/token-automounted-unneeded`.

use crate::{
    analysis::{
        accounts::may_have_power,
        api_clients,
        tokens::{Account, Automount, TokenSource, Tokens, makes_pods},
    },
    diagnostic::{Applicability, Confidence, Severity},
    inventory::Inventory,
    model::{AUTOMOUNT, PodSpec},
    rule::{Check, Finding, Reporter, declare_rule},
    target::World,
    yaml::NewValue,
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds workloads that get a token of their account mounted although no binding grants the account
    /// anything and nothing about the program looks like a client of the Kubernetes API: no variable, no
    /// argument, no known image, no sidecar that logs in with the token. Bindings may stand in another
    /// repository, so it is a warning only where the input is the whole cluster (`world: closed`).
    ///
    /// ## Why is this bad?
    ///
    /// The token is a password of the API server that lies in every container. Whoever breaks into one can
    /// ask the API server questions, try its weaknesses from within, and gets all that anybody will ever
    /// bind to the account.
    ///
    /// ## What to do
    ///
    /// Set `automountServiceAccountToken: false` in the PodSpec, or in the account if none of its programs
    /// calls the API.
    "service-accounts/token-automounted-unneeded" {
        summary: "token is mounted in a workload that does not use it",
        severity: Warning,
        since: "0.1.0",
        fix: Safe,
        check: Check::PodSpec(check),
    }
}

fn check<'a>(pod: &PodSpec<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    if !may_be_judged(pod, inventory) {
        return;
    }
    let tokens = Tokens::of(pod, inventory);
    let Some(account) = tokens.account() else {
        return;
    };
    if tokens.is_automounted()
        && api_clients::sign(pod).is_none()
        && !may_have_power(&pod.object(), account.name, inventory)
        && is_only_automounted(&tokens)
    {
        report(pod, &tokens, account, inventory, reporter);
    }
}

/// Whether nothing about the Pods, or about what is bound to them, is hidden.
fn may_be_judged<'a>(pod: &PodSpec<'a>, inventory: &Inventory<'a>) -> bool {
    let mut units = inventory.units_of(pod.object().id());
    makes_pods(pod, inventory) && units.all(|it| it.incomplete.is_none())
}

/// Whether a container gets the token, and no volume brings one too: who writes that knows what the
/// program does.
fn is_only_automounted(tokens: &Tokens<'_, '_>) -> bool {
    let mounts = tokens.mounts();
    let is_automount = |it: &TokenSource<'_>| matches!(it, TokenSource::Automount);
    !mounts.is_empty() && mounts.iter().all(|it| is_automount(&it.source))
}

fn report<'a>(
    pod: &PodSpec<'a>,
    tokens: &Tokens<'_, 'a>,
    account: &Account<'a>,
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let Some(at) = tokens.account_place() else {
        return;
    };
    let object = pod.object();
    let is_closed = inventory.world_of(object.file()) == World::Closed;
    let what = if is_closed {
        "which no binding grants anything"
    } else {
        "which no binding here grants anything"
    };
    let finding = reporter.report(
        at,
        format!(
            "`{}` gets a token of ServiceAccount `{}`, {what}",
            inventory.display(&object),
            account.name
        ),
    );
    finding.help("set `automountServiceAccountToken: false` in the PodSpec");
    if !is_closed {
        finding.severity(Severity::Info);
    }
    let confidence = confidence(tokens, is_closed);
    finding.confidence(confidence);
    label(finding, tokens, account);
    fix(finding, pod, inventory, confidence);
}

/// Turns mounting off in the PodSpec. One that turns it on in so many words may have a reason to.
fn fix<'a>(
    finding: &mut Finding,
    pod: &PodSpec<'a>,
    inventory: &Inventory<'a>,
    confidence: Confidence,
) {
    let (object, node) = (pod.object(), pod.node());
    let (edits, is_asked_for) = match node.get(AUTOMOUNT) {
        Some(field) if !inventory.may_change(&object, field) => {
            (field.rewritten(NewValue::Bool(false)), true)
        }
        None if inventory.lacks(&object, node, AUTOMOUNT) => {
            let account = node.get("serviceAccountName");
            let off = NewValue::Bool(false);
            (node.with_field(account, AUTOMOUNT, off), false)
        }
        _ => return,
    };
    let is_sure = confidence == Confidence::High && !is_asked_for;
    let applicability = if is_sure {
        Applicability::Safe
    } else {
        Applicability::Unsafe
    };
    let message = "set `automountServiceAccountToken: false` in the PodSpec";
    finding.fix(applicability, message, edits);
}

fn confidence(tokens: &Tokens<'_, '_>, is_closed: bool) -> Confidence {
    match tokens.automount() {
        Automount::Assumed => Confidence::Low,
        _ if is_closed => Confidence::High,
        _ => Confidence::Medium,
    }
}

fn label<'a>(finding: &mut Finding, tokens: &Tokens<'_, 'a>, account: &Account<'a>) {
    if let Automount::Yes(Some(field)) = tokens.automount() {
        finding.label(field, "mounted by this field");
    } else if let Some(object) = account.objects.first() {
        finding.label(object.head(), "does not turn it off");
    }
}
