//! `manifest/invalid-name`.

use crate::{
    analysis::names::{self, Form},
    diagnostic::Severity,
    inventory::Inventory,
    model::pod_specs,
    object::{Kind, Object, Scope, Text, is_template},
    rule::{Check, Reporter, declare_rule},
    yaml::Node,
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds names, namespaces, and keys and values of labels that Kubernetes does not accept, also in Pod
    /// templates; and, as a warning, a namespace on an object that lives in none. Text of templates is not
    /// judged.
    ///
    /// ## Why is this bad?
    ///
    /// The API server refuses the object. A namespace on a ClusterRole is ignored, and the role holds
    /// wherever it is bound.
    ///
    /// ## What to do
    ///
    /// Most names are lower-case letters, digits, `-` and `.`, at most 253 characters; those of Namespaces,
    /// services and stateful sets have no dot and at most 63. Roles and bindings take all but `/` and `%`.
    "manifest/invalid-name" {
        summary: "name or label that Kubernetes does not accept",
        severity: Error,
        since: "0.1.0",
        check: Check::Object(&[], check),
    }
}

fn check(object: &Object<'_>, inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    if object.is_partial() || object.kind() == Kind::Other {
        return;
    }
    check_name(object, inventory, reporter);
    check_namespace(object, inventory, reporter);
    let own = object.metadata();
    let templates = pod_specs(object).into_iter().filter_map(|it| it.template());
    let templates = templates.filter_map(|it| it.get("metadata"));
    for metadata in own
        .into_iter()
        .chain(templates.filter(|it| Some(*it) != own))
    {
        check_keys(metadata, reporter);
    }
}

fn check_name(object: &Object<'_>, inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    let Some(form) = Form::of(object.kind(), inventory.target().kube_version) else {
        return;
    };
    let Some(name) = object.name().filter(|it| !form.fits(it.value)) else {
        return;
    };
    reporter
        .report(
            name.node,
            format!(
                "`{}` cannot be the name of a {}",
                name.value,
                object.kind_name()
            ),
        )
        .help(demand(form));
}

fn demand(form: Form) -> String {
    let characters = "lower-case letters, digits and `-`";
    match form {
        Form::Label => format!("use at most 63 {characters}, with a letter or digit at both ends"),
        Form::LetterLabel => {
            format!("use at most 63 {characters}, with a letter first and a letter or digit last")
        }
        Form::Subdomain(length) => format!(
            "use at most {length} {characters}, in parts joined by `.`, with a letter or digit at the ends of each"
        ),
        Form::PathSegment => "use no `/` and no `%`, and not `.` or `..` alone".to_owned(),
    }
}

fn check_namespace(object: &Object<'_>, inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    let Some(namespace) = object.namespace() else {
        return;
    };
    if !names::is_label(namespace.value) {
        reporter
            .report(
                namespace.node,
                format!("`{}` cannot be the name of a namespace", namespace.value),
            )
            .help(demand(Form::Label));
    } else if object.kind().scope() == Some(Scope::Cluster) {
        reporter
            .report(
                namespace.node,
                format!(
                    "the namespace of {} `{}` is ignored: objects of this kind live in none",
                    object.kind_name(),
                    inventory.display(object)
                ),
            )
            .severity(Severity::Warning)
            .help("remove it");
    }
}

fn check_keys(metadata: Node<'_>, reporter: &mut Reporter<'_>) {
    let labels = metadata.get("labels").into_iter().flat_map(Node::fields);
    for (key, value) in labels {
        if let Some(word) = Text::of(key).filter(|it| !names::is_label_key(it.value)) {
            reporter
                .report(
                    key,
                    format!("`{}` cannot be the key of a label", word.value),
                )
                .help(KEY);
        }
        if let Some(text) = Text::of(value).filter(|it| !names::is_label_value(it.value)) {
            let name = key.text().unwrap_or_default();
            reporter
                .report(text.node, format!("the label `{name}` cannot have this value"))
                .help("use at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends");
        }
    }
    let annotations = metadata
        .get("annotations")
        .into_iter()
        .flat_map(Node::fields);
    for (key, _) in annotations {
        let text = key.text().filter(|it| !is_template(it));
        if let Some(text) = text.filter(|it| !names::is_annotation_key(it)) {
            reporter
                .report(key, format!("`{text}` cannot be the key of an annotation"))
                .help(KEY);
        }
    }
}

const KEY: &str =
    "use at most 63 letters, digits, `-`, `_` and `.`, after a domain and `/` if need be";
