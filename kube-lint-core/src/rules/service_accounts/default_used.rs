//! `service-accounts/default-used`.

use crate::{
    analysis::{
        accounts::power_of_its_own,
        tokens::{Automount, DEFAULT_ACCOUNT, TokenSource, Tokens, makes_pods},
    },
    diagnostic::Severity,
    inventory::Inventory,
    model::{Binding, PodSpec},
    rule::{Check, Reporter, declare_rule},
    target::World,
};

use super::words;

declare_rule! {
    /// ## What it does
    ///
    /// Finds workloads that run as the account `default` of their namespace and get its token mounted. A
    /// workload that refuses the token, or whose account does, is left alone: the account alone opens
    /// nothing. It is information unless a binding beside it grants the account something, or the input is
    /// the whole cluster (`world: closed`).
    ///
    /// ## Why is this bad?
    ///
    /// The account belongs to nobody. What is bound to it for one program, all programs get that name no
    /// account, and the audit log cannot tell which of them made a request.
    ///
    /// ## What to do
    ///
    /// If the program does not call the Kubernetes API, set `automountServiceAccountToken: false` in the
    /// PodSpec. If it does, define an account for it and name that in `serviceAccountName`.
    "service-accounts/default-used" {
        summary: "workload gets the token of the account `default`",
        severity: Warning,
        since: "0.1.0",
        supersedes: ["service-accounts/token-automounted-unneeded"],
        check: Check::PodSpec(check),
    }
}

fn check<'a>(pod: &PodSpec<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    if !makes_pods(pod, inventory) {
        return;
    }
    let tokens = Tokens::of(pod, inventory);
    let is_default = tokens
        .account()
        .is_some_and(|it| it.name == DEFAULT_ACCOUNT);
    let is_own = |it: &TokenSource<'_>| !matches!(it, TokenSource::Secret { .. });
    if is_default && tokens.mounts().iter().any(|it| is_own(&it.source)) {
        report(pod, &tokens, inventory, reporter);
    }
}

fn report<'a>(
    pod: &PodSpec<'a>,
    tokens: &Tokens<'_, 'a>,
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let Some(at) = tokens.account_place() else {
        return;
    };
    let object = pod.object();
    let grant = power_of_its_own(&object, DEFAULT_ACCOUNT, inventory);
    let role = grant.and_then(|it| Binding::new(&it.grant.binding).role_name());
    let bound = role.map_or_else(String::new, |it| {
        format!(", to which `{}` is bound", it.value)
    });
    let name = inventory.display(&object);
    let finding = reporter
        .report(
            at,
            format!("`{name}` gets the token of ServiceAccount `{DEFAULT_ACCOUNT}`{bound}"),
        )
        .help("set `automountServiceAccountToken: false` in the PodSpec, or name an account of its own");
    if grant.is_none() && inventory.world_of(object.file()) == World::Open {
        finding.severity(Severity::Info);
    }
    finding.confidence(words::confidence_in_token(
        pod,
        tokens,
        grant.is_some(),
        inventory,
    ));
    if let Some(grant) = grant {
        let subject = grant.subject.name().map(|it| it.node);
        finding.label(subject.unwrap_or(grant.subject.node()), "bound here");
    }
    if let Automount::Yes(Some(field)) = tokens.automount() {
        finding.label(field, "mounted by this field");
    }
}
