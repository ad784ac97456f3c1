//! Compares who may do what below folders with what Kubernetes' own authorizer says of the same files.
//!
//! `rbac_oracle ORACLE FOLDER…` runs `ORACLE -bootstrap -risky PLACE`, which prints a line of JSON for each
//! of its questions that is answered with yes, for every place in the folders that can be one cluster: a
//! folder, or where objects in it are defined twice and differently, the folders and files in it.
//! Kustomizations are left out, since the oracle knows none. Where the two differ for a reason, the
//! question is not asked; each reason stands beside the code.

use std::{
    collections::BTreeSet,
    env,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use kube_lint_core::{
    Settings, Workspace,
    analysis::{
        contradictions::contradictions,
        rbac::{
            Allowance, Holding, HoldingBinding, Holdings, Place, Power, Principal, Request,
            UrlRequest, built_in,
        },
    },
    inventory::Inventory,
    manifest::is_kustomization_name,
    object::Kind,
};
use serde_json::Value;

const RBAC: [Kind; 4] = [
    Kind::ClusterRole,
    Kind::ClusterRoleBinding,
    Kind::Role,
    Kind::RoleBinding,
];

/// Subject, namespace and request, each as text.
type Answer = [String; 3];

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut arguments = env::args().skip(1);
    let oracle = arguments.next().ok_or("expected a path to the oracle")?;
    let mut out = io::stdout().lock();
    let (mut places, mut compared, mut different) = (0, 0, 0);
    for root in arguments {
        let mut settings = Settings::default();
        settings.target.set_namespace("default".to_owned());
        let mut workspace = Workspace::open(Path::new(&root), settings);
        let kustomizations = workspace.paths().filter(|it| is_kustomization_name(it));
        let kustomizations: Vec<_> = kustomizations.map(str::to_owned).collect();
        for path in kustomizations {
            workspace.remove(&path);
        }
        let mut clusters = Vec::new();
        divide(&workspace, "", &mut clusters, &mut out)?;
        for cluster in clusters {
            let theirs = ask(&oracle, &path(&root, &cluster))?;
            let inventory = workspace.cluster(&cluster);
            let ours = answers(&inventory);
            places += 1;
            compared += theirs.len();
            writeln!(out, "{root}/{cluster}: {} answers", theirs.len())?;
            different += ours.symmetric_difference(&theirs).count();
            for (side, answers) in [
                ("only kube-lint", ours.difference(&theirs)),
                ("only the oracle", theirs.difference(&ours)),
            ] {
                for [subject, namespace, request] in answers {
                    writeln!(
                        out,
                        "{root}/{cluster}: {side}: {subject} in `{namespace}`: {request}"
                    )?;
                }
            }
        }
    }
    writeln!(
        out,
        "{places} places, {compared} answers, {different} different"
    )?;
    Ok(ExitCode::from(u8::from(different > 0)))
}

/// Adds to `clusters` the places at or below `folder` that can be one cluster and bind something.
fn divide(
    workspace: &Workspace,
    folder: &str,
    clusters: &mut Vec<String>,
    out: &mut impl io::Write,
) -> io::Result<()> {
    let inventory = workspace.cluster(folder);
    if inventory.bindings().grants().is_empty() {
        return Ok(());
    }
    if contradictions(&inventory, &RBAC).is_empty() {
        clusters.push(folder.to_owned());
        return Ok(());
    }
    let below = workspace.paths().filter_map(|path| match folder {
        "" => Some(path),
        _ => path.strip_prefix(folder)?.strip_prefix('/'),
    });
    let children = below.map(|path| path.split_once('/').map_or(path, |(first, _)| first));
    let children: BTreeSet<_> = children.map(str::to_owned).collect();
    if children.is_empty() {
        writeln!(out, "{folder}: left out, it contradicts itself")?;
    }
    for child in children {
        let child = match folder {
            "" => child,
            _ => format!("{folder}/{child}"),
        };
        divide(workspace, &child, clusters, out)?;
    }
    Ok(())
}

fn path(root: &str, cluster: &str) -> PathBuf {
    match cluster {
        // A slash behind the name of a file is an error.
        "" => PathBuf::from(root),
        _ => Path::new(root).join(cluster),
    }
}

/// What the oracle answers with yes, as far as it is compared.
fn ask(oracle: &str, place: &Path) -> Result<BTreeSet<Answer>, Box<dyn std::error::Error>> {
    let mut command = Command::new(oracle);
    let command = command.args(["-bootstrap", "-risky"]).arg(place);
    let output = command.stderr(Stdio::null()).output()?;
    if !output.status.success() {
        return Err(format!("the oracle fails for {}", place.display()).into());
    }
    let lines = std::str::from_utf8(&output.stdout)?.lines();
    let answers = lines.map(serde_json::from_str::<Value>);
    let mut allowed = BTreeSet::new();
    for answer in answers {
        allowed.extend(key(&answer?));
    }
    Ok(allowed)
}

fn word<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

/// What is compared of an answer of the oracle; `None` where the two differ for a reason.
fn key(answer: &Value) -> Option<Answer> {
    let subject = &answer["subject"];
    let name = word(subject, "name");
    let namespace = word(answer, "namespace");
    let principal = match word(subject, "kind") {
        // An account of no namespace is nobody; the oracle asks all the same what the groups of all
        // accounts may do.
        "ServiceAccount" if word(subject, "namespace").is_empty() => return None,
        "ServiceAccount" => Principal::account(word(subject, "namespace"), name),
        "Group" => Principal::Group(name.into()),
        // The oracle does not put a user of that name into the groups of the account.
        "User" if name.starts_with("system:serviceaccount:") => return None,
        "User" => Principal::user(name),
        _ => return None,
    };
    let id = word(answer, "id");
    let request = RISKY.iter().find(|it| it.0 == id)?;
    is_asked(&principal, &request.1, namespace).then(|| {
        [
            format!("{principal:?}"),
            namespace.to_owned(),
            id.to_owned(),
        ]
    })
}

/// Whether the two should agree.
fn is_asked(principal: &Principal<'_>, power: &Power<'_>, namespace: &str) -> bool {
    // Who is in the group of a namespace's accounts is in that of all accounts, which the oracle does
    // not consider.
    let is_account_group =
        matches!(principal, Principal::Group(it) if it.starts_with("system:serviceaccounts:"));
    // Of what lies in no namespace the API server never asks in one, the authorizer is told so by the
    // request alone.
    let is_possible = namespace.is_empty() || !is_in_no_namespace(power);
    !is_account_group && is_possible
}

fn is_in_no_namespace(power: &Power<'_>) -> bool {
    let Power::Resource(it) = power else {
        return true;
    };
    let resource = [it.verb, it.resource];
    let names = [
        "users",
        "groups",
        "nodes",
        "persistentvolumes",
        "certificatesigningrequests",
        "signers",
        "validatingwebhookconfigurations",
        "mutatingwebhookconfigurations",
        "clusterrolebindings",
    ];
    names.contains(&it.resource) || resource == ["escalate", "clusterroles"]
}

/// What kube-lint answers with yes.
fn answers(inventory: &Inventory<'_>) -> BTreeSet<Answer> {
    let holdings = Holdings::new(inventory);
    let grants = inventory.bindings().grants().iter();
    let scopes = grants.filter_map(|it| it.namespace.name());
    let built_in = built_in().bindings().iter().filter_map(|it| it.namespace);
    let namespaces: BTreeSet<_> = scopes.chain(built_in).chain([""]).collect();
    let principals: BTreeSet<_> = holdings
        .all()
        .iter()
        .filter(|it| !is_account_by_user_name(it))
        .map(|it| &it.principal)
        .collect();
    let mut found = BTreeSet::new();
    for principal in principals {
        let shown = format!("{principal:?}");
        for namespace in &namespaces {
            for (id, power) in &RISKY {
                let place = match *namespace {
                    "" => Place::Cluster,
                    name => Place::Namespace(name),
                };
                if !is_asked(principal, power, namespace) {
                    continue;
                }
                let held = holdings.can(principal, power, place);
                if held.iter().any(|it| it.allowance == Allowance::Whole) {
                    found.insert([shown.clone(), (*namespace).to_owned(), (*id).to_owned()]);
                }
            }
        }
    }
    found
}

/// Whether a ServiceAccount is named as a user, which the oracle takes for a user in no group.
fn is_account_by_user_name(holding: &Holding<'_>) -> bool {
    let is_account = matches!(holding.principal, Principal::ServiceAccount { .. });
    match holding.binding {
        HoldingBinding::Defined { subject, .. } => {
            is_account && subject.kind().is_some_and(|it| it.value == "User")
        }
        HoldingBinding::BuiltIn(_) => false,
    }
}

const fn on(
    verb: &'static str,
    group: &'static str,
    resource: &'static str,
    subresource: &'static str,
) -> Power<'static> {
    Power::Resource(Request {
        verb,
        group,
        resource,
        subresource,
        name: "",
    })
}

const ADMISSION: &str = "admissionregistration.k8s.io";
const CERTIFICATES: &str = "certificates.k8s.io";
const RBAC_GROUP: &str = "rbac.authorization.k8s.io";

/// The questions of the oracle.
const RISKY: [(&str, Power<'static>); 33] = [
    ("secrets-get", on("get", "", "secrets", "")),
    ("secrets-list", on("list", "", "secrets", "")),
    ("secrets-watch", on("watch", "", "secrets", "")),
    ("pods-create", on("create", "", "pods", "")),
    (
        "deployments-create",
        on("create", "apps", "deployments", ""),
    ),
    ("pods-exec", on("create", "", "pods", "exec")),
    ("pods-exec-get", on("get", "", "pods", "exec")),
    ("pods-attach", on("create", "", "pods", "attach")),
    ("pods-portforward", on("create", "", "pods", "portforward")),
    (
        "pods-ephemeral",
        on("patch", "", "pods", "ephemeralcontainers"),
    ),
    ("sa-token", on("create", "", "serviceaccounts", "token")),
    ("impersonate-users", on("impersonate", "", "users", "")),
    ("impersonate-groups", on("impersonate", "", "groups", "")),
    (
        "impersonate-sa",
        on("impersonate", "", "serviceaccounts", ""),
    ),
    (
        "escalate-clusterroles",
        on("escalate", RBAC_GROUP, "clusterroles", ""),
    ),
    ("escalate-roles", on("escalate", RBAC_GROUP, "roles", "")),
    (
        "bind-clusterroles",
        on("bind", RBAC_GROUP, "clusterroles", ""),
    ),
    ("bind-roles", on("bind", RBAC_GROUP, "roles", "")),
    (
        "crb-create",
        on("create", RBAC_GROUP, "clusterrolebindings", ""),
    ),
    ("rb-create", on("create", RBAC_GROUP, "rolebindings", "")),
    ("nodes-proxy-get", on("get", "", "nodes", "proxy")),
    ("nodes-proxy-create", on("create", "", "nodes", "proxy")),
    ("pv-create", on("create", "", "persistentvolumes", "")),
    (
        "csr-approve",
        on(
            "update",
            CERTIFICATES,
            "certificatesigningrequests",
            "approval",
        ),
    ),
    ("signer-approve", on("approve", CERTIFICATES, "signers", "")),
    (
        "webhooks-validating",
        on("update", ADMISSION, "validatingwebhookconfigurations", ""),
    ),
    (
        "webhooks-mutating",
        on("update", ADMISSION, "mutatingwebhookconfigurations", ""),
    ),
    ("ns-patch", on("patch", "", "namespaces", "")),
    (
        "netpol-delete",
        on("delete", "networking.k8s.io", "networkpolicies", ""),
    ),
    ("events-delete", on("delete", "", "events", "")),
    ("configmaps-update", on("update", "", "configmaps", "")),
    ("any", on("x", "x.example", "xs", "")),
    (
        "any-url",
        Power::Url(UrlRequest {
            verb: "get",
            path: "/x",
        }),
    ),
];
