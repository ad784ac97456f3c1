//! Values and documents that hold ciphertext (§G10 of the evaluation model).

use crate::yaml::Document;

/// How ciphertext begins, by the tool that writes it.
const PREFIXES: [&str; 11] = [
    // SOPS, and KMS plugins that borrow its form.
    "ENC[",
    // Jasypt and eyaml.
    "ENC(",
    // Spring Cloud Config.
    "{cipher}",
    "$ANSIBLE_VAULT;",
    "-----BEGIN AGE ENCRYPTED FILE-----",
    "age-encryption.org/v1",
    "-----BEGIN PGP MESSAGE-----",
    // The transit engine of Vault.
    "vault:v",
    "\0GITCRYPT\0",
    "-----BEGIN PKCS7-----",
    "-----BEGIN CMS-----",
];

/// Whether a value is ciphertext, so that it may stand in a repository.
///
/// ```
/// use kube_lint_core::analysis::secrets::is_encrypted;
///
/// assert!(is_encrypted("ENC[AES256_GCM,data:8sW2,iv:aa,tag:bb,type:str]"));
/// assert!(!is_encrypted("8sW2"));
/// ```
pub fn is_encrypted(value: &str) -> bool {
    let value = value.trim_start_matches([' ', '\t', '\r', '\n']);
    PREFIXES.iter().any(|it| value.starts_with(it))
}

/// Whether SOPS has written the document: it then has the member `sops.mac`, and single values of it
/// may still be plain.
pub fn is_encrypted_file(document: &Document) -> bool {
    let mac = document.root().and_then(|it| it.at(&["sops", "mac"]));
    mac.is_some()
}
