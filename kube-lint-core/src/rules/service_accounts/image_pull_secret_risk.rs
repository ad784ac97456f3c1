//! `service-accounts/image-pull-secret-risk`.

use crate::{
    analysis::{
        secrets::{RegistryUser, registry_users},
        tokens::DEFAULT_ACCOUNT,
    },
    diagnostic::Severity,
    inventory::Inventory,
    model::{Secret, ServiceAccount},
    object::{Kind, Object},
    rule::{Check, Reporter, declare_rule},
    yaml::Node,
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds Secrets for pulling images that log in with the key of a Google service account (users
    /// `_json_key` and `_json_key_base64`), and those that log in with a token that ends after hours (users
    /// `AWS` and `oauth2accesstoken`). Accounts called `default` with `imagePullSecrets` are information.
    ///
    /// ## Why is this bad?
    ///
    /// The key of a service account opens all that the account may do, in and outside of the registry, until
    /// somebody revokes it; whoever may read Secrets, or create Pods in the namespace, has it. A token for
    /// twelve hours pulls nothing tomorrow: Pods fail when they move to a node without the image. What
    /// `default` pulls with, every Pod that names no account pulls with.
    ///
    /// ## What to do
    ///
    /// Let the nodes log in by their own identity in the cloud, through the credential provider of the
    /// kubelet. Where that cannot be, use a robot that may only pull, and name its Secret in the accounts of
    /// the programs that need it.
    "service-accounts/image-pull-secret-risk" {
        summary: "images are pulled with too much, or not for long",
        severity: Warning,
        since: "0.1.0",
        check: Check::Object(&[Kind::Secret, Kind::ServiceAccount], check),
    }
}

fn check<'a>(object: &Object<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    // A patch changes an object that is judged where it stands.
    if inventory.units_of(object.id()).next().is_none() {
        return;
    }
    if object.kind() == Kind::Secret {
        check_secret(object, inventory, reporter);
    } else if object.name().is_some_and(|it| it.value == DEFAULT_ACCOUNT) {
        check_default(object, inventory, reporter);
    }
}

fn check_secret<'a>(object: &Object<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let secret = Secret::new(object);
    let users = registry_users(&secret);
    let name = inventory.display(object);
    let Some(kind) = secret.kind() else { return };
    if users.contains(&RegistryUser::GoogleKey) {
        reporter
            .report(
                kind.node,
                format!("secret `{name}` pulls images with the key of a Google service account"),
            )
            .help("let the nodes log in by their own identity, or use a robot that may only pull");
    } else if users.contains(&RegistryUser::ShortLived) {
        reporter
            .report(
                kind.node,
                format!("secret `{name}` pulls images with a token that ends after hours"),
            )
            .help("let the nodes log in by their own identity, or have something renew the Secret");
    }
}

fn check_default<'a>(object: &Object<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let secrets: Vec<_> = ServiceAccount::new(object).image_pull_secrets().collect();
    let list = object.root().get("imagePullSecrets");
    let (Some(first), Some(at)) = (secrets.first(), list.and_then(Node::key)) else {
        return;
    };
    let others = match secrets.len() {
        1 => String::new(),
        number => format!(" and {} more", number - 1),
    };
    reporter
        .report(
            at,
            format!(
                "every Pod that runs as `{}` pulls images with `{}`{others}",
                inventory.display(object),
                first.value
            ),
        )
        .help("name the Secret in the accounts of the programs that need it")
        .severity(Severity::Info);
}
