//! `service-accounts/token-secret-mounted`.

use crate::{
    analysis::tokens::{TokenSource, Tokens, mount_at_token_path},
    diagnostic::{Confidence, Severity},
    inventory::{Inventory, Resolution},
    model::{ACCOUNT_ANNOTATION, PodSpec},
    object::{Kind, Object, Text, text},
    rule::{Check, Reporter, declare_rule},
    yaml::Node,
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds PodSpecs that read a token of an account from a Secret, in a volume or a variable: a Secret of
    /// the type `kubernetes.io/service-account-token`, or any other that holds such a token. A Secret that
    /// is mounted where the token of a Pod belongs counts as well; where the input does not show what is in
    /// it, that is information.
    ///
    /// ## Why is this bad?
    ///
    /// The token in a Secret never ends and is bound to no Pod: a copy of it works until somebody deletes
    /// the Secret. The token that the kubelet mounts ends after an hour or with the Pod, and is renewed
    /// without any doing. What stands in a variable is read by every child process, and by who reads a crash
    /// report.
    ///
    /// ## What to do
    ///
    /// Name the account in `serviceAccountName` and use the mounted token, or write a projected volume with
    /// a `serviceAccountToken`; then delete the Secret.
    "service-accounts/token-secret-mounted" {
        summary: "workload reads a token that never expires from a Secret",
        severity: Warning,
        since: "0.1.0",
        check: Check::PodSpec(check),
    }
}

const HELP: &str =
    "use the token that the kubelet mounts, or a projected volume: such tokens expire";

fn check<'a>(pod: &PodSpec<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let object = pod.object();
    // A patch changes a PodSpec that is judged where it stands.
    if inventory.units_of(object.id()).next().is_none() || pod.is_scaled_to_zero() {
        return;
    }
    let name = inventory.display(&object);
    let mut secrets: Vec<(Object<'a>, Vec<Node<'a>>)> = Vec::new();
    for mount in Tokens::of(pod, inventory).mounts() {
        if let TokenSource::Secret { object, named } = mount.source {
            match secrets.iter_mut().find(|it| it.0.id() == object.id()) {
                Some((_, places)) => places.push(named),
                None => secrets.push((object, vec![named])),
            }
        }
    }
    for (secret, places) in secrets {
        report(&secret, &places, &name, inventory, reporter);
    }
    for secret in hidden(pod, inventory) {
        reporter
            .report(
                secret.node,
                format!(
                    "`{name}` mounts Secret `{}` in place of its own token",
                    secret.value
                ),
            )
            .help(HELP)
            .severity(Severity::Info)
            .confidence(Confidence::Medium);
    }
}

fn report<'a>(
    secret: &Object<'a>,
    places: &[Node<'a>],
    name: &str,
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let Some((first, others)) = places.split_first() else {
        return;
    };
    let account = secret.annotation(ACCOUNT_ANNOTATION);
    let whose = account.map_or_else(String::new, |it| {
        format!(" of ServiceAccount `{}`", it.value)
    });
    let from = inventory.display(secret);
    let finding = reporter.report(
        *first,
        format!("`{name}` reads a token{whose} that never expires from Secret `{from}`"),
    );
    finding.help(HELP).label(secret.head(), "the Secret");
    for other in others.iter().filter(|it| *it != first) {
        finding.label(*other, "read here too");
    }
}

/// Secrets at the path of the token that the input does not define.
fn hidden<'a>(pod: &PodSpec<'a>, inventory: &Inventory<'a>) -> Vec<Text<'a>> {
    let containers = pod.containers();
    let mounts = containers.iter().filter_map(mount_at_token_path);
    let names: Vec<_> = mounts.filter_map(|it| it.get("name")?.str()).collect();
    let is_there = |it: &Node<'a>| {
        let name = it.get("name").and_then(Node::str);
        name.is_some_and(|it| names.contains(&it))
    };
    let volumes = pod.volumes().filter(is_there);
    let secrets = volumes.filter_map(|it| text(it.get("secret")?, "secretName"));
    let is_hidden = |it: &Text<'a>| {
        let found = inventory.find(&pod.object(), Kind::Secret, None, it.value);
        !matches!(found, Resolution::Found(_))
    };
    secrets.filter(is_hidden).collect()
}
