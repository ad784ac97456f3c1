//! `service-accounts/legacy-token-secret`.

use crate::{
    analysis::{accounts::takeover, jwt},
    diagnostic::Severity,
    inventory::Inventory,
    model::{ACCOUNT_ANNOTATION, Secret, TOKEN_SECRET},
    object::{Kind, Object},
    rule::{Check, Reporter, declare_rule},
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds Secrets of the type `kubernetes.io/service-account-token`, into which the control plane
    /// writes a token of an account, and those that already hold such a token. Since Kubernetes 1.24 none
    /// is made unasked; one that was made unasked and is not used for a year is removed since 1.30.
    ///
    /// ## Why is this bad?
    ///
    /// The token has no end, is bound to no Pod and is never renewed: who reads it once, in a backup, a
    /// log or through `get secrets`, has the account's rights until the Secret is deleted. A token in a
    /// repository has been read by everybody who can read the repository.
    ///
    /// ## What to do
    ///
    /// Let Pods use the token that is mounted, or a projected volume with an audience and an end. For
    /// people and pipelines, `kubectl create token` makes one that ends. Delete a Secret whose token was
    /// committed: that is the only way to revoke it. The finding is an error where the token is written
    /// in the manifest, or where the account can take over the cluster.
    "service-accounts/legacy-token-secret" {
        summary: "Secret holds a token that never expires",
        severity: Error,
        since: "0.1.0",
        check: Check::Object(&[Kind::Secret], check),
    }
}

fn check(object: &Object<'_>, inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    let secret = Secret::new(object);
    let Some(kind) = secret.kind().filter(|it| it.value == TOKEN_SECRET) else {
        return;
    };
    // A patch changes a Secret that is reported where it stands.
    if inventory.units_of(object.id()).next().is_none() {
        return;
    }
    let name = inventory.display(object);
    let account = object.annotation(ACCOUNT_ANNOTATION);
    let of = account.map_or_else(String::new, |it| {
        format!(", of ServiceAccount `{}`,", it.value)
    });
    let power = account.and_then(|it| takeover(inventory.namespace(object), it.value, inventory));
    let whose = if power.is_some() {
        format!("{of} which can take over the cluster,")
    } else {
        of
    };
    let token = secret.entry("token");
    let committed = token.filter(|it| it.bytes().is_some_and(|it| jwt::is_without_end(&it)));
    let finding = if let Some(token) = committed {
        reporter
            .report(
                token.key(),
                format!("a token that never expires{whose} is written in Secret `{name}`"),
            )
            .help("delete the Secret in the cluster, which revokes the token, and do not commit another")
            .label(kind.node, "a token of this type has no end")
    } else {
        reporter
            .report(
                kind.node,
                format!("a token that never expires{whose} is put into Secret `{name}`"),
            )
            .help("use `kubectl create token`, or a projected volume: such tokens expire")
    };
    if committed.is_none() && power.is_none() {
        finding.severity(Severity::Warning);
    }
    if let Some(account) = account {
        finding.label(account.node, "the account");
    }
    if let Some(power) = power {
        let subject = power
            .subject
            .name()
            .map_or(power.subject.node(), |it| it.node);
        finding.label(subject, "bound here");
    }
}
