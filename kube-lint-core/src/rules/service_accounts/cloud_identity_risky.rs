//! `service-accounts/cloud-identity-risky`.

use crate::{
    analysis::tokens::DEFAULT_ACCOUNT,
    diagnostic::{Confidence, Severity},
    inventory::Inventory,
    model::{CloudIdentity, CloudIdentityKind, ServiceAccount},
    object::{Kind, Object},
    rule::{Check, Reporter, declare_rule},
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds accounts called `default` that stand for an identity of a cloud (an AWS role, a Google service
    /// account, an Azure client), and accounts that stand for one whose name speaks of an administrator:
    /// `admin`, `poweruser`, `root`. A name is a hint, so that is a warning.
    ///
    /// ## Why is this bad?
    ///
    /// Every Pod that names no account runs as `default`, those that somebody will add next year among
    /// them; all of them can act in the cloud. Who breaks into a program with the rights of an
    /// administrator of the cloud has left the cluster behind.
    ///
    /// ## What to do
    ///
    /// Define an account for the program that needs the cloud, and give it a role that allows what the
    /// program does and no more.
    "service-accounts/cloud-identity-risky" {
        summary: "account stands for too much of a cloud",
        severity: Error,
        since: "0.1.0",
        check: Check::Object(&[Kind::ServiceAccount], check),
    }
}

fn check<'a>(object: &Object<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    // A patch changes an account that is judged where it stands.
    if inventory.units_of(object.id()).next().is_none() {
        return;
    }
    let is_default = object.name().is_some_and(|it| it.value == DEFAULT_ACCOUNT);
    for identity in ServiceAccount::new(object).cloud_identities() {
        if inventory.may_change(object, identity.name.node) {
            continue;
        }
        let name = inventory.display(object);
        let cloud = words(&identity);
        if is_default {
            reporter
                .report(
                    identity.name.node,
                    format!(
                        "every Pod that names no account may act as {cloud}, by account `{name}`"
                    ),
                )
                .help("define an account for the program that needs the cloud, and annotate that");
        } else if is_administrator(&identity) {
            reporter
                .report(
                    identity.name.node,
                    format!("account `{name}` acts as {cloud}, by its name an administrator"),
                )
                .help("use one that allows what the program does and no more")
                .severity(Severity::Warning)
                .confidence(Confidence::Medium);
        }
    }
}

fn words(identity: &CloudIdentity<'_>) -> String {
    let name = identity.short_name();
    match identity.kind {
        CloudIdentityKind::AwsRole => format!("the AWS role `{name}`"),
        CloudIdentityKind::GoogleAccount => format!("the Google service account `{name}`"),
        CloudIdentityKind::AzureClient => format!("the Azure client `{name}`"),
    }
}

/// Judges by the name; that of an Azure client is a number.
fn is_administrator(identity: &CloudIdentity<'_>) -> bool {
    let name = identity.short_name().to_ascii_lowercase();
    let name = name.split('@').next().unwrap_or_default();
    let mut words = name.split(|it: char| !it.is_ascii_alphanumeric());
    identity.kind != CloudIdentityKind::AzureClient
        && (name.contains("admin") || name.contains("poweruser") || words.any(|it| it == "root"))
}
