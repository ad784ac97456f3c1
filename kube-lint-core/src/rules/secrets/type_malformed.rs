//! `secrets/type-malformed`.

use crate::{
    analysis::secrets::is_stand_in,
    diagnostic::Severity,
    inventory::Inventory,
    model::{Secret, SecretEntry, decode_base64, timestamp},
    object::{Kind, Namespace, Object, Text, is_template},
    rule::{Check, Reporter, declare_rule},
    yaml::{Document, Limits, Node},
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds Secrets whose contents are not what their `type` promises: the API server's own checks
    /// (`ValidateSecret` in `pkg/apis/core/validation/validation.go`), what the kubelet reads from a
    /// `dockerconfigjson`, and what the token authenticator demands of a bootstrap token.
    ///
    /// ## Why is this bad?
    ///
    /// The API server refuses the Secret, or nobody can use it: images are not pulled, the token does
    /// not log in.
    ///
    /// ## What to do
    ///
    /// Add what is missing, or use the type `Opaque`.
    "secrets/type-malformed" {
        summary: "contents of a Secret do not fit its type",
        severity: Error,
        since: "0.1.0",
        check: Check::Object(&[Kind::Secret], check),
    }
}

/// A type, and the keys of which one group must be there.
const DEMANDS: &[(&str, &[&[&str]])] = &[
    ("kubernetes.io/tls", &[&["tls.crt"], &["tls.key"]]),
    ("kubernetes.io/dockerconfigjson", &[&[".dockerconfigjson"]]),
    ("kubernetes.io/dockercfg", &[&[".dockercfg"]]),
    ("kubernetes.io/basic-auth", &[&["username", "password"]]),
    ("kubernetes.io/ssh-auth", &[&["ssh-privatekey"]]),
    (
        "bootstrap.kubernetes.io/token",
        &[&["token-id"], &["token-secret"]],
    ),
];

/// What is wrong, where, and how bad it is.
struct Fault<'a> {
    at: Node<'a>,
    what: String,
    severity: Severity,
}

impl<'a> Fault<'a> {
    fn new(at: Node<'a>, what: impl Into<String>) -> Self {
        Self {
            at,
            what: what.into(),
            severity: Severity::Error,
        }
    }
}

fn check<'a>(object: &Object<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let secret = Secret::new(object);
    let Some(kind) = secret.kind() else { return };
    let mut faults = missing_keys(&secret, kind, inventory);
    match kind.value {
        "kubernetes.io/service-account-token" if lacks_account(object, inventory) => {
            let what = "has no annotation `kubernetes.io/service-account.name`";
            faults.push(Fault::new(kind.node, what));
        }
        "kubernetes.io/dockerconfigjson" => {
            let entry = secret.entry(".dockerconfigjson");
            faults.extend(entry.and_then(|it| docker_config(&it, true)));
        }
        "kubernetes.io/dockercfg" => {
            let entry = secret.entry(".dockercfg");
            faults.extend(entry.and_then(|it| docker_config(&it, false)));
        }
        "kubernetes.io/ssh-auth" => {
            let entry = secret.entry("ssh-privatekey");
            faults.extend(
                entry
                    .filter(|it| known(it).is_some_and(|it| it.is_empty()))
                    .map(|it| Fault::new(it.key(), "has an empty `ssh-privatekey`")),
            );
        }
        "bootstrap.kubernetes.io/token" => bootstrap(&secret, inventory, &mut faults),
        _ => {}
    }
    for fault in faults {
        let name = inventory.display(object);
        let message = format!("secret `{name}` of type `{}` {}", kind.value, fault.what);
        reporter
            .report(fault.at, message)
            .severity(fault.severity)
            .help("add what the type demands, or use the type `Opaque`");
    }
}

/// Faults for keys that the type demands, where all keys of the Secret are known.
fn missing_keys<'a>(
    secret: &Secret<'a>,
    kind: Text<'a>,
    inventory: &Inventory<'a>,
) -> Vec<Fault<'a>> {
    let object = secret.object();
    let is_open = object.is_partial()
        || ["data", "stringData"]
            .iter()
            .any(|field| inventory.is_patched(&object, &[field]))
        || secret
            .entries()
            .any(|it| it.key().text().is_none_or(is_template))
        || ["data", "stringData"]
            .iter()
            .filter_map(|field| object.root().get(field))
            .any(|it| !it.is_mapping() && !it.is_null());
    let demands = DEMANDS.iter().find(|it| it.0 == kind.value);
    let Some((_, groups)) = demands.filter(|_| !is_open) else {
        return Vec::new();
    };
    let missing = groups
        .iter()
        .filter(|group| group.iter().all(|key| secret.entry(key).is_none()));
    let missing: Vec<_> = missing
        .map(|group| format!("`{}`", group.join("` nor `")))
        .collect();
    if missing.is_empty() {
        return Vec::new();
    }
    let what = format!("has no {}", missing.join(" and no "));
    vec![Fault::new(kind.node, what)]
}

fn lacks_account<'a>(object: &Object<'a>, inventory: &Inventory<'a>) -> bool {
    const ACCOUNT: &str = "kubernetes.io/service-account.name";
    let path = ["metadata", "annotations", ACCOUNT];
    !object.is_partial()
        && !inventory.is_patched(object, &path)
        && object
            .at(&path)
            .is_none_or(|it| it.text().is_none_or(str::is_empty))
}

/// The text of an entry, where it is known and not a stand-in for what is filled in later.
fn known(entry: &SecretEntry<'_>) -> Option<String> {
    let written = entry.value().text().unwrap_or_default();
    if is_stand_in(written) {
        return None;
    }
    let text = String::from_utf8(entry.bytes()?.into_owned()).ok()?;
    (!is_stand_in(&text)).then_some(text)
}

/// What is wrong with the configuration of a Docker client, with its registries below `auths` or not.
fn docker_config<'a>(entry: &SecretEntry<'a>, is_nested: bool) -> Option<Fault<'a>> {
    let text = known(entry)?;
    let document = Document::parse_text(&text, &Limits::default());
    let root = document
        .root()
        .filter(|it| document.is_json() && document.error().is_none() && it.is_mapping());
    let Some(root) = root else {
        return Some(Fault::new(entry.key(), "does not hold a JSON object"));
    };
    let registries = if is_nested {
        root.get("auths")
    } else {
        Some(root)
    };
    let Some(registries) = registries.filter(|it| it.is_mapping()) else {
        let mut fault = Fault::new(entry.key(), "has no `auths`, so that it logs in nowhere");
        fault.severity = Severity::Warning;
        return Some(fault);
    };
    let is_broken = registries.fields().any(|(_, login)| {
        let auth = login.get("auth").and_then(Node::text);
        auth.is_some_and(|it| !it.is_empty() && !is_stand_in(it) && !is_login(it))
    });
    is_broken.then(|| {
        let what = "has a registry whose `auth` is not `user:password` in base64";
        Fault::new(entry.key(), what)
    })
}

fn is_login(auth: &str) -> bool {
    decode_base64(auth).is_some_and(|it| it.contains(&b':'))
}

/// What the token authenticator ignores a token for
/// (`plugin/pkg/auth/authenticator/token/bootstrap/bootstrap.go`).
fn bootstrap<'a>(secret: &Secret<'a>, inventory: &Inventory<'a>, faults: &mut Vec<Fault<'a>>) {
    let object = secret.object();
    if let Namespace::Named(namespace) = inventory.namespace(&object)
        && namespace != "kube-system"
    {
        let at = object.namespace().map_or(object.head(), |it| it.node);
        faults.push(Fault::new(at, "is only read in `kube-system`"));
    }
    let id = secret
        .entry("token-id")
        .and_then(|it| Some((it, known(&it)?)));
    if let (Some((_, id)), Some(name)) = (&id, object.name())
        && name.value != format!("bootstrap-token-{id}")
    {
        let what = "is not called `bootstrap-token-` and its `token-id`";
        faults.push(Fault::new(name.node, what));
    }
    let is_word = |text: &str, length: usize| {
        text.len() == length
            && text
                .bytes()
                .all(|it| it.is_ascii_digit() || it.is_ascii_lowercase())
    };
    for (key, length) in [("token-id", 6), ("token-secret", 16)] {
        let Some(entry) = secret.entry(key) else {
            continue;
        };
        if known(&entry).is_some_and(|it| !is_word(&it, length)) {
            let what = format!("has a `{key}` that is not {length} small letters and digits");
            faults.push(Fault::new(entry.key(), what));
        }
    }
    if let Some(entry) = secret.entry("expiration")
        && known(&entry).is_some_and(|it| timestamp(it.trim()).is_none())
    {
        let what = "has an `expiration` that is not a time such as `2027-03-10T03:22:11Z`";
        faults.push(Fault::new(entry.key(), what));
    }
}
