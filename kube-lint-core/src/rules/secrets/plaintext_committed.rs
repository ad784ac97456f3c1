//! `secrets/plaintext-committed`.

use crate::{
    analysis::secrets::{
        Credential, Purpose, entry_credential, is_object_name, is_only_private_key, purpose,
    },
    diagnostic::Severity,
    inventory::Inventory,
    model::{Secret, SecretEntry, timestamp},
    object::{Kind, Object},
    rule::{Check, Reporter, declare_rule},
};

use super::wording::name_or;

declare_rule! {
    /// ## What it does
    ///
    /// Finds Secrets whose manifests hold real values in `data` or `stringData`: base64 hides nothing.
    /// One finding lists the keys of a Secret, never a value.
    ///
    /// Ciphertext (SOPS, SealedSecret, ansible-vault), templates, placeholders, host names, paths, user
    /// names and certificates are no secrets. A file within a value is judged by its fields. In the data
    /// of tests, and in a stream without a file name, a finding is information.
    ///
    /// ## Why is this bad?
    ///
    /// Whoever can read the repository, a backup of it or a copy on a laptop has the credential, and
    /// deleting it later leaves it in the history.
    ///
    /// ## What to do
    ///
    /// Issue a new credential, and commit it encrypted (SOPS, SealedSecret), or only where it is found
    /// (ExternalSecret, Secrets Store CSI driver).
    "secrets/plaintext-committed" {
        summary: "Secret is committed with its values in plain sight",
        severity: Warning,
        since: "0.1.0",
        check: Check::Object(&[Kind::Secret], check),
    }
}

fn check<'a>(object: &Object<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let secret = Secret::new(object);
    if secret.is("helm.sh/release.v1") || is_expired(&secret, inventory) {
        return;
    }
    let mut found: Vec<_> = secret
        .entries()
        .filter_map(|entry| Some((entry, entry_credential(&entry)?)))
        .filter(|(entry, _)| !is_name(inventory, entry))
        .collect();
    // What is only a private key is the matter of another rule: it comes last, so that the finding
    // stands at its key where there is nothing else, and does not mention it where there is.
    found.sort_by_key(|(_, credential)| is_only_private_key(*credential));
    if found.iter().any(|(_, it)| !is_only_private_key(*it)) {
        found.retain(|(_, it)| !is_only_private_key(*it));
    }
    let Some((first, credential)) = found.first() else {
        return;
    };
    let keys: Vec<_> = found
        .iter()
        .map(|(it, _)| name_or(it.key(), "a value"))
        .collect();
    let weaker = weaker(object, inventory);
    let message = format!(
        "secret `{}` is committed with its values in plain sight: {}{}",
        inventory.display(object),
        keys.join(", "),
        weaker.unwrap_or_default()
    );
    let finding = reporter.report(first.key(), message);
    finding.here(description(first, *credential)).help(
        "issue new credentials and commit them encrypted (SOPS, SealedSecret) or by reference (ExternalSecret)",
    );
    for (entry, credential) in found.iter().skip(1) {
        finding.label(entry.key(), description(entry, *credential));
    }
    if weaker.is_some() {
        finding.severity(Severity::Info);
    }
}

/// Why the finding is only information.
fn weaker<'a>(object: &Object<'a>, inventory: &Inventory<'a>) -> Option<&'static str> {
    if inventory.is_from_stream(object) {
        return Some(", if this stream is ever committed");
    }
    let path = inventory.path(object.file());
    (purpose(path) == Purpose::Test).then_some(", in the data of a test")
}

fn is_name(inventory: &Inventory<'_>, entry: &SecretEntry<'_>) -> bool {
    let (Some(key), Some(bytes)) = (entry.key().text(), entry.bytes()) else {
        return false;
    };
    std::str::from_utf8(&bytes).is_ok_and(|it| is_object_name(inventory, key, it.trim()))
}

fn description(entry: &SecretEntry<'_>, credential: Credential) -> String {
    let length = entry.bytes().map_or(0, |it| it.len());
    format!("{}, {length} bytes", credential.description())
}

/// A bootstrap token that nobody can use any more.
fn is_expired(secret: &Secret<'_>, inventory: &Inventory<'_>) -> bool {
    let expiration = || {
        let bytes = secret.entry("expiration")?.bytes()?;
        timestamp(std::str::from_utf8(&bytes).ok()?)
    };
    let is_past = |at: u64| inventory.target().now.is_some_and(|now| at < now);
    secret.is("bootstrap.kubernetes.io/token") && expiration().is_some_and(is_past)
}
