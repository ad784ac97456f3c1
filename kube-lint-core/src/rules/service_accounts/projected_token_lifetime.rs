//! `service-accounts/projected-token-lifetime`.

use crate::{
    diagnostic::Severity,
    inventory::Inventory,
    model::{Container, PodSpec},
    object::{Kind, Object, Text, text},
    rule::{Check, Reporter, declare_rule},
    target::KubeVersion,
    yaml::Node,
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds tokens in projected volumes that live for more than a day, that live shorter or longer than the
    /// API server allows (600 to 2³² seconds), that overwrite one another at one path, and those without an
    /// audience that are made for a system outside of the cluster: their path, or the variable that holds
    /// it, speaks of AWS, GCP, Azure, OIDC or Vault. The tokens that a `CSIDriver` asks for in
    /// `tokenRequests` are held to the same; from Kubernetes 1.35 on, drivers that are not handed them as
    /// Secrets (`serviceAccountTokenInSecrets`) are information.
    ///
    /// ## Why is this bad?
    ///
    /// Whoever steals the token can use it until it ends; the kubelet renews it anyhow, so that a long life
    /// serves nobody else. A token without an audience is one for the API server: the system that it is
    /// shown to can call the API in the name of the Pod.
    ///
    /// ## What to do
    ///
    /// Leave `expirationSeconds` out, which means an hour, or write at most 86400. Name the system that the
    /// token is for in `audience`, and have that system check it.
    "service-accounts/projected-token-lifetime" {
        summary: "projected token lives too long or is for too many",
        severity: Error,
        since: "0.1.0",
        check: Check::Object(&[], check),
    }
}

/// `validateProjectionSources` in `pkg/apis/core/validation/validation.go`.
const SHORTEST: i64 = 600;
const LONGEST: i64 = 1 << 32;

const DAY: i64 = 86_400;

/// Words of paths and variables that tell of a system outside of the cluster.
const OUTSIDE: [&str; 6] = ["aws", "azure", "gcp", "oidc", "sts", "vault"];

fn check<'a>(object: &Object<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    // A patch changes an object that is judged where it stands.
    if inventory.units_of(object.id()).next().is_none() {
        return;
    }
    let name = inventory.display(object);
    for pod in inventory.pod_specs_of(object.id()) {
        for volume in pod.volumes() {
            let tokens: Vec<_> = tokens(volume).collect();
            for token in &tokens {
                check_lifetime(object, *token, &name, inventory, reporter);
                check_audience(pod, volume, *token, &name, inventory, reporter);
            }
            check_paths(&tokens, &name, reporter);
        }
    }
    if object.kind() == Kind::CSIDriver {
        check_driver(object, &name, inventory, reporter);
    }
}

/// The mappings `serviceAccountToken` of a volume.
fn tokens(volume: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let sources = volume.at(&["projected", "sources"]).into_iter();
    let sources = sources.flat_map(Node::items);
    let tokens = sources.filter_map(|it| it.get("serviceAccountToken"));
    tokens.filter(|it| it.is_mapping())
}

/// Judges `expirationSeconds` of a projected token, or of one that a driver is handed.
fn check_lifetime<'a>(
    object: &Object<'a>,
    token: Node<'a>,
    name: &str,
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let field = token.get("expirationSeconds");
    let field = field.filter(|it| !inventory.may_change(object, *it));
    let Some((field, seconds)) = field.and_then(|it| Some((it, it.integer()?))) else {
        return;
    };
    if !(SHORTEST..=LONGEST).contains(&seconds) {
        let limit = if seconds < SHORTEST {
            "less than the 600 seconds that the API server demands"
        } else {
            "more than the API server allows"
        };
        reporter
            .report(
                field,
                format!("a token of `{name}` is to live for {seconds} seconds, {limit}"),
            )
            .help("leave the field out, which means an hour, or write 600 to 86400");
    } else if seconds > DAY {
        reporter
            .report(
                field,
                format!("a token of `{name}` lives for {}", days(seconds)),
            )
            .help("leave the field out, which means an hour, or write at most 86400: the kubelet renews it")
            .severity(Severity::Warning);
    }
}

fn days(seconds: i64) -> String {
    match (seconds / DAY, seconds % DAY) {
        (1, _) => "more than a day".to_owned(),
        (days, 0) => format!("{days} days"),
        (days, _) => format!("more than {days} days"),
    }
}

fn check_audience<'a>(
    pod: &PodSpec<'a>,
    volume: Node<'a>,
    token: Node<'a>,
    name: &str,
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let audience = token.get("audience");
    let is_empty = audience.is_none_or(|it| it.is_null() || it.str() == Some(""));
    let is_certain = inventory.lacks(&pod.object(), token, "audience") || audience.is_some();
    let (Some(key), true, true) = (token.key(), is_empty, is_certain) else {
        return;
    };
    let Some((evidence, system)) = outside(pod, volume, token) else {
        return;
    };
    let finding = reporter
        .report(
            key,
            format!("a token of `{name}` for `{system}` has no audience, so that it is one for the API server"),
        )
        .help("name the system that the token is for in `audience`");
    finding
        .severity(Severity::Warning)
        .label(evidence, "meant for another system");
}

/// What says that the token is for a system outside of the cluster, and its word for that system.
fn outside<'a>(
    pod: &PodSpec<'a>,
    volume: Node<'a>,
    token: Node<'a>,
) -> Option<(Node<'a>, &'static str)> {
    let path = token.get("path")?;
    let name = volume.get("name").and_then(Node::str)?;
    let containers = pod.containers();
    let told = containers.iter().find_map(|container| {
        let mut mounts = container.volume_mounts();
        let mount = mounts.find(|it| it.get("name").and_then(Node::str) == Some(name))?;
        let folder = mount.get("mountPath")?;
        let variable = || variable(container, folder.str()?, path.str()?);
        told(folder).or_else(variable)
    });
    told.or_else(|| self::told(path))
}

/// The variable that holds the path of the token, if its name speaks of another system.
fn variable<'a>(
    container: &Container<'a>,
    folder: &str,
    path: &str,
) -> Option<(Node<'a>, &'static str)> {
    let file = format!("{}/{path}", folder.trim_end_matches('/'));
    let is_meant = |it: &Node<'a>| it.get("value").and_then(Node::str) == Some(&*file);
    let mut variables = container.env().filter(is_meant);
    variables.find_map(|it| told(it.get("name")?))
}

fn told(node: Node<'_>) -> Option<(Node<'_>, &'static str)> {
    let mut words = Text::of(node)?
        .value
        .split(|it: char| !it.is_ascii_alphanumeric());
    let system = words.find_map(|word| {
        let word = word.to_ascii_lowercase();
        OUTSIDE.into_iter().find(|it| *it == word)
    });
    Some((node, system?))
}

/// The kubelet writes the tokens of a volume in their order; the last at a path stays.
fn check_paths(tokens: &[Node<'_>], name: &str, reporter: &mut Reporter<'_>) {
    let paths = tokens.iter().filter_map(|it| text(*it, "path"));
    let mut seen: Vec<Text<'_>> = Vec::new();
    for path in paths.filter(|it| !it.value.is_empty()) {
        if let Some(earlier) = seen.iter().rfind(|it| it.value == path.value) {
            let file = path.value;
            reporter
                .report(
                    path.node,
                    format!(
                        "two tokens of `{name}` are written to `{file}`, and only the last stays there"
                    ),
                )
                .help("give each token a path of its own")
                .label(earlier.node, "overwritten");
        }
        seen.push(path);
    }
}

/// Judges the tokens of Pods that the kubelet hands to a driver of volumes.
fn check_driver<'a>(
    driver: &Object<'a>,
    name: &str,
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let requests = driver.at(&["spec", "tokenRequests"]);
    let Some(requests) = requests.filter(|it| it.items().next().is_some()) else {
        return;
    };
    for request in requests
        .items()
        .filter(|it| !it.is_scalar() || it.is_null())
    {
        check_lifetime(driver, request, name, inventory, reporter);
        let audience = request.get("audience");
        if audience.is_none_or(|it| it.is_null() || it.str() == Some(""))
            && !inventory.may_change(driver, request)
        {
            reporter
                .report(
                    audience.unwrap_or(request),
                    format!("the driver `{name}` is handed tokens of Pods for the API server"),
                )
                .help("name the system that the driver logs in to in `audience`")
                .severity(Severity::Warning);
        }
    }
    let is_unset = driver
        .spec()
        .is_some_and(|it| inventory.lacks(driver, it, "serviceAccountTokenInSecrets"));
    let is_known = inventory.target().kube_version >= KubeVersion::minor(35);
    if let Some(at) = requests.key().filter(|_| is_unset && is_known) {
        reporter
            .report(
                at,
                format!("the driver `{name}` is handed tokens of Pods among attributes, which get logged"),
            )
            .help("set `serviceAccountTokenInSecrets: true`, if the driver reads them there")
            .severity(Severity::Info);
    }
}
