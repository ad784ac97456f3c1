//! `rbac/system-masters`.

use crate::{
    analysis::rbac::{Rbac, asks_for_organization},
    diagnostic::Severity,
    inventory::Inventory,
    model::Binding,
    object::{Kind, Namespace, Object, Text, texts},
    rule::{Anchor, Check, Reporter, declare_rule},
    span::Span,
    yaml::{Document, Limits, Node},
};

use super::words;

declare_rule! {
    /// ## What it does
    ///
    /// Finds what puts somebody into the group `system:masters`: the ConfigMap `aws-auth` of EKS, and certificate
    /// signing requests of that organization. Bindings that name the group are a warning: it needs none. The API
    /// server's own binding is left out. Roles that may impersonate the group are found by `rbac/impersonate`.
    ///
    /// ## Why is this bad?
    ///
    /// The API server lets the group do everything without asking RBAC. A certificate or token with it
    /// cannot be limited, nor revoked by deleting a binding.
    ///
    /// ## What to do
    ///
    /// Use a group of your own, bind it to the role that is needed, and leave `system:masters` to break-glass
    /// access.
    "rbac/system-masters" {
        summary: "group system:masters is used",
        severity: Error,
        since: "0.1.0",
        check: Check::Object(
            &[
                Kind::RoleBinding,
                Kind::ClusterRoleBinding,
                Kind::ConfigMap,
                Kind::CertificateSigningRequest,
            ],
            check,
        ),
    }
}

const MASTERS: &str = "system:masters";
const HELP: &str = "use a group of your own and bind it to the role that is needed";

fn check(object: &Object<'_>, inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    match object.kind() {
        Kind::ConfigMap => check_aws_auth(object, inventory, reporter),
        Kind::CertificateSigningRequest => check_request(object, inventory, reporter),
        _ => check_binding(object, inventory, reporter),
    }
}

fn check_binding<'a>(object: &Object<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let mut subjects = Binding::new(object).subjects();
    let masters = subjects.find(|it| {
        let is = |text: Option<Text<'_>>, value| text.is_some_and(|it| it.value == value);
        is(it.kind(), "Group") && is(it.name(), MASTERS)
    });
    let Some(name) = masters.and_then(|it| it.name()) else {
        return;
    };
    if Rbac::new(inventory).is_built_in(object) {
        return;
    }
    let binding = words::named(inventory, object);
    let message = format!("{binding} names group `{MASTERS}`, which may do everything anyway");
    reporter
        .report(name.node, message)
        .help(HELP)
        .severity(Severity::Warning);
}

/// `mapRoles` and `mapUsers` are YAML in text
/// (`aws-iam-authenticator`, `pkg/mapper/configmap`).
fn check_aws_auth<'a>(object: &Object<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let may_be_system = inventory
        .namespace(object)
        .may_equal(Namespace::Named("kube-system"));
    if object.name().is_none_or(|it| it.value != "aws-auth") || !may_be_system {
        return;
    }
    for (field, what) in [("mapRoles", "roles"), ("mapUsers", "users")] {
        let Some(value) = object.at(&["data", field]) else {
            continue;
        };
        let Some(text) = value.str().filter(|it| gives_masters(it)) else {
            continue;
        };
        let count = text.matches(MASTERS).count();
        let name = inventory.display(object);
        let message = format!("`{name}` puts AWS {what} into group `{MASTERS}`");
        let finding = reporter.report(value.key().unwrap_or(value), message);
        finding.help(HELP);
        for span in spans(value).into_iter().take(count) {
            finding.label(Anchor::Span(value.document(), span), "here");
        }
    }
}

/// Whether an entry of the list in `text` has the group.
fn gives_masters(text: &str) -> bool {
    let document = Document::parse_text(text, &Limits::default());
    let entries = document.root().into_iter().flat_map(Node::items);
    entries
        .flat_map(|it| texts(it, "groups"))
        .any(|it| it.value == MASTERS)
}

/// Where the text of `value` has the name of the group.
fn spans(value: Node<'_>) -> Vec<Span> {
    let start = value.span().start();
    let found = value.source().match_indices(MASTERS);
    found
        .map(|(at, _)| Span::between(at, at + MASTERS.len()).shifted(start))
        .collect()
}

fn check_request<'a>(object: &Object<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let Some(request) = object.at(&["spec", "request"]) else {
        return;
    };
    if request
        .str()
        .is_some_and(|it| asks_for_organization(it, MASTERS))
    {
        let name = inventory.display(object);
        let message = format!(
            "certificate signing request `{name}` asks to be in group `{MASTERS}`, which the API server refuses unless told otherwise"
        );
        reporter
            .report(request.key().unwrap_or(request), message)
            .help(HELP)
            .severity(Severity::Warning);
    }
}
