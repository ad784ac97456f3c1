//! `audit/policy-invalid`.

use crate::{
    analysis::{
        names,
        schema::{Fault, Meant, misfits},
    },
    diagnostic::Applicability,
    inventory::Inventory,
    model::{AuditLevel, AuditPolicy, AuditRule, GroupResources},
    object::{Kind, Object, Text, is_template, text, texts},
    rule::{Check, Reporter, declare_rule},
    target::KubeVersion,
    yaml::{NewValue, Node},
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds what the API server refuses in an audit policy (a version that it no longer reads, no rules, a
    /// missing or unknown level, unknown stages, a rule for resources and for paths at once, paths
    /// without a leading `/` or with `*` inside, groups with a version, `resourceNames` without `resources`),
    /// and what it ignores (fields that it does not know, kinds or groups in the place of resources).
    ///
    /// ## Why is this bad?
    ///
    /// With a policy that is refused the API server does not start, or goes on without the log; what is
    /// ignored makes a rule match more, or nothing.
    ///
    /// ## What to do
    ///
    /// Write the policy as `audit.k8s.io/v1` has it.
    "audit/policy-invalid" {
        summary: "audit policy that is refused or half ignored",
        severity: Error,
        since: "0.1.0",
        fix: Safe,
        supersedes: [
            "manifest/removed-api-version",
            "manifest/unknown-field",
        ],
        check: Check::Object(&[Kind::AuditPolicy], check),
    }
}

/// `validOmitStages` in `k8s.io/apiserver/pkg/apis/audit/validation/validation.go`.
const STAGES: [&str; 4] = [
    "RequestReceived",
    "ResponseStarted",
    "ResponseComplete",
    "Panic",
];

/// From this release on `*` is a group, before it is refused.
const ANY_GROUP: KubeVersion = KubeVersion::minor(36);

/// From this release on only `v1` is read.
const ONLY_V1: KubeVersion = KubeVersion::minor(24);

fn check(object: &Object<'_>, inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    let version = inventory.target().kube_version;
    let policy = AuditPolicy::new(object);
    check_version(object, version, reporter);
    check_fields(object, reporter);
    check_stages(object.root(), reporter);
    if policy.rules().next().is_none() {
        check_emptiness(object, inventory, reporter);
    }
    for rule in policy.rules() {
        check_level(object, &rule, reporter);
        check_paths(&rule, reporter);
        check_stages(rule.node(), reporter);
        for entry in rule.resources() {
            check_group(&entry, version, reporter);
            check_resources(object, &entry, reporter);
        }
    }
}

fn check_version(object: &Object<'_>, version: KubeVersion, reporter: &mut Reporter<'_>) {
    let Some(written) = text(object.root(), "apiVersion") else {
        return;
    };
    let is_old = matches!(
        written.value,
        "audit.k8s.io/v1beta1" | "audit.k8s.io/v1alpha1"
    );
    if written.value == "audit.k8s.io/v1" || is_old && version < ONLY_V1 {
        return;
    }
    let since = if is_old { " since 1.24" } else { "" };
    let message = format!(
        "the API server refuses the policy: it reads no `{}`{since}",
        written.value
    );
    let (finding, help) = (
        reporter.report(written.node, message),
        "write `audit.k8s.io/v1`",
    );
    finding.help(help);
    if is_old {
        let edits = written.node.rewritten(NewValue::Text("audit.k8s.io/v1"));
        finding.fix(Applicability::Safe, help, edits);
    }
}

fn check_fields(object: &Object<'_>, reporter: &mut Reporter<'_>) {
    let document = object.root().document();
    if document.error().is_some() {
        return;
    }
    let own = misfits(document);
    for misfit in own.iter().filter(|it| it.object.root() == object.root()) {
        let Fault::Unknown(_, meant) = misfit.fault else {
            continue;
        };
        let name = misfit.node.text().unwrap_or_default();
        let finding = reporter.report(
            misfit.node,
            format!("the API server ignores `{name}`: audit policies have no such field here"),
        );
        match meant {
            Meant::Case(field) | Meant::Near(field) => {
                finding.help(format!("write `{field}`, if that is what is meant"))
            }
            Meant::Inside(field) => finding.help(format!("move it into `{field}`")),
            Meant::Outside(_) => finding.help("move it out"),
            Meant::Unclear => finding.help("remove it"),
        };
    }
}

fn check_emptiness(object: &Object<'_>, inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    let rules = object.root().get("rules");
    let is_empty = match rules {
        Some(rules) => rules.is_sequence() || rules.is_null(),
        None => inventory.lacks(object, object.root(), "rules"),
    };
    if is_empty {
        let node = rules.and_then(Node::key).unwrap_or(object.head());
        reporter
            .report(node, "the API server refuses the policy: it has no rules")
            .help("add at least `- level: Metadata`");
    }
}

fn check_level(object: &Object<'_>, rule: &AuditRule<'_>, reporter: &mut Reporter<'_>) {
    let Some(level) = rule.node().get("level").filter(|it| !it.is_null()) else {
        if !object.is_partial() && rule.node().is_mapping() {
            reporter
                .report(
                    first_key(rule.node()),
                    "the API server refuses the policy: this rule has no `level`",
                )
                .help(
                    "add `level: Metadata`, or another of `None`, `Request` and `RequestResponse`",
                );
        }
        return;
    };
    let unknown = Text::of(level).filter(|it| AuditLevel::named(it.value).is_none());
    if let Some(unknown) = unknown {
        let levels = ["None", "Metadata", "Request", "RequestResponse"];
        let meant = levels
            .iter()
            .find(|it| it.eq_ignore_ascii_case(unknown.value));
        let message = format!(
            "the API server refuses the policy: there is no level `{}`",
            unknown.value
        );
        let finding = reporter.report(unknown.node, message);
        if let Some(level) = meant {
            finding.help(format!(
                "write `{level}`: upper and lower case make a difference"
            ));
            // Of the others it depends what is logged, and what not.
            let applicability = if *level == "Metadata" {
                Applicability::Safe
            } else {
                Applicability::Unsafe
            };
            let edits = unknown.node.rewritten(NewValue::Text(level));
            finding.fix(applicability, format!("write `{level}`"), edits);
        } else {
            finding.help("write `None`, `Metadata`, `Request` or `RequestResponse`");
        }
    }
}

fn first_key(rule: Node<'_>) -> Node<'_> {
    rule.fields().next().map_or(rule, |it| it.0)
}

fn check_stages(node: Node<'_>, reporter: &mut Reporter<'_>) {
    for stage in texts(node, "omitStages").filter(|it| !STAGES.contains(&it.value)) {
        reporter
            .report(
                stage.node,
                format!(
                    "the API server refuses the policy: there is no stage `{}`",
                    stage.value
                ),
            )
            .help("write `RequestReceived`, `ResponseStarted`, `ResponseComplete` or `Panic`");
    }
}

fn check_paths(rule: &AuditRule<'_>, reporter: &mut Reporter<'_>) {
    if !rule.is_limited_by("nonResourceURLs") {
        return;
    }
    let key_of = |field: &str| {
        let list = rule.node().get(field)?;
        rule.is_limited_by(field)
            .then_some(list.key().unwrap_or(list))
    };
    let other = key_of("resources").or_else(|| key_of("namespaces"));
    if let (Some(paths), Some(other)) = (key_of("nonResourceURLs"), other) {
        reporter
            .report(
                paths,
                "the API server refuses the policy: one rule is for resources and for paths",
            )
            .label(other, "resources here")
            .help("make two rules of it");
    }
    for path in rule.texts("nonResourceURLs").filter(|it| it.value != "*") {
        let inner = path.value.strip_suffix('*').unwrap_or(path.value);
        let (fault, help) = if !path.value.starts_with('/') {
            ("does not begin with `/`", "begin it with `/`")
        } else if inner.contains('*') {
            ("has a `*` before its end", "put `*` last, or name the path")
        } else {
            continue;
        };
        reporter
            .report(
                path.node,
                format!(
                    "the API server refuses the policy: the path `{}` {fault}",
                    path.value
                ),
            )
            .help(help);
    }
}

fn check_group(entry: &GroupResources<'_>, version: KubeVersion, reporter: &mut Reporter<'_>) {
    let Some(group) = text(entry.node(), "group") else {
        return;
    };
    let is_any = group.value == "*";
    if is_any && version >= ANY_GROUP || group.value.is_empty() || names::is_subdomain(group.value)
    {
        return;
    }
    let help = match group.value.split_once('/') {
        _ if is_any => "name each group, or leave out `resources` to match all".to_owned(),
        Some((name, _)) if names::is_subdomain(name) => {
            format!("write `{name}`, without a version")
        }
        _ => "write the API group in small letters, `\"\"` for the core group".to_owned(),
    };
    let since = if is_any { " before 1.36" } else { "" };
    reporter
        .report(
            group.node,
            format!(
                "the API server refuses the policy: `{}` is no API group{since}",
                group.value
            ),
        )
        .help(help);
}

fn check_resources(object: &Object<'_>, entry: &GroupResources<'_>, reporter: &mut Reporter<'_>) {
    let names = entry.node().get("resourceNames");
    let resources = entry.node().get("resources");
    let has_items = |it: Option<Node<'_>>| it.is_some_and(|it| it.items().next().is_some());
    if let Some(names) = names
        && has_items(Some(names))
        && !has_items(resources)
        && !object.is_partial()
    {
        reporter
            .report(
                names.key().unwrap_or(names),
                "the API server refuses the policy: `resourceNames` stand without `resources`",
            )
            .help("add `resources`");
    }
    for resource in entry.resources().filter(|it| !is_template(it.value)) {
        let help = if resource.value.contains(char::is_uppercase) {
            "write the plural in small letters, as in URLs: `secrets`"
        } else if resource.value.contains('.') {
            "write the name alone, and its group in `group`"
        } else {
            continue;
        };
        reporter
            .report(
                resource.node,
                format!("nothing matches `{}`: it is no resource", resource.value),
            )
            .help(help);
    }
}
