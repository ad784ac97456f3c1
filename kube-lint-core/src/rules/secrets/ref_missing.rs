//! `secrets/ref-missing`.

use rustc_hash::FxHashSet;

use crate::{
    analysis::references,
    diagnostic::{Confidence, Severity},
    inventory::{Definition, Inventory, Missing, Resolution},
    model::{PodSpec, Reference},
    object::{Kind, Object},
    rule::{Check, Reporter, declare_rule},
    yaml::Node,
};

use super::wording::noun;

declare_rule! {
    /// ## What it does
    ///
    /// Finds references to Secrets that nothing defines: in environments, volumes, `imagePullSecrets`,
    /// ServiceAccounts, Ingresses, Gateways and PersistentVolumes. A Secret is defined by its manifest,
    /// by a generator of a kustomization, and by what a controller makes it from: a SealedSecret,
    /// ExternalSecret, Certificate, SecretProviderClass and others.
    ///
    /// A name that differs by a letter or two from one defined beside it is an error, and one that is
    /// defined in another namespace a warning. Anything else is reported only where the manifests are
    /// the whole cluster (`world: closed`), as a warning.
    ///
    /// ## Why is this bad?
    ///
    /// The Pod never starts, or the Ingress answers with another certificate than its own.
    ///
    /// ## What to do
    ///
    /// Correct the name, define the Secret in that namespace, list it under `known.secrets` if
    /// something outside the manifests makes it, or mark the reference `optional`.
    "secrets/ref-missing" {
        summary: "reference to a Secret that nothing defines",
        severity: Error,
        since: "0.1.0",
        check: Check::Inventory(check),
    }
}

fn check(inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    let mut seen = FxHashSet::default();
    let mut arguments = None;
    for (object, reference) in references::all(inventory) {
        if reference.kind != Kind::Secret || reference.is_optional {
            continue;
        }
        let name = reference.name.value;
        if !seen.insert((object.id(), name)) {
            continue;
        }
        let found = inventory.find(&object, Kind::Secret, reference.namespace, name);
        let Resolution::Missing(missing) = found else {
            continue;
        };
        let near = inventory.near_miss(&object, Kind::Secret, missing.namespace, name);
        if near.is_none() && missing.is_certain {
            let arguments = arguments.get_or_insert_with(|| arguments_of(inventory));
            if arguments.contains(name) {
                continue;
            }
        }
        report(&object, &reference, &missing, near, inventory, reporter);
    }
}

fn report<'a>(
    object: &Object<'a>,
    reference: &Reference<'a>,
    missing: &Missing<'_, 'a>,
    near: Option<&Definition<'a>>,
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let name = reference.name;
    let subject = format!(
        "{} `{}` refers to secret `{}`",
        noun(object.kind_name()),
        inventory.display(object),
        name.value
    );
    if let Some(near) = near {
        let message = format!("{subject}, which is not defined, but `{}` is", near.name);
        reporter
            .report(name.node, message)
            .confidence(Confidence::Medium)
            .label(near.node, "is this meant?")
            .help(format!("write `{}`, or define `{}`", near.name, name.value));
    } else if let Some(elsewhere) = missing.elsewhere {
        let message = format!("{subject}, which is only defined in another namespace");
        reporter
            .report(name.node, message)
            .severity(Severity::Warning)
            .confidence(Confidence::Medium)
            .label(elsewhere.node, "defined here")
            .help("a Secret is found in its own namespace only: define it there as well");
    } else if missing.is_certain {
        let message = format!("{subject}, which nothing defines");
        reporter
            .report(name.node, message)
            .severity(Severity::Warning)
            .help("define it, or list it under `known.secrets` if something else makes it");
    }
}

/// Words in commands, arguments and environments: a program that is told the name of a Secret may make
/// it.
fn arguments_of<'a>(inventory: &Inventory<'a>) -> FxHashSet<&'a str> {
    let containers = inventory.pod_specs().iter().flat_map(PodSpec::containers);
    let texts = containers.flat_map(|container| {
        let lists = ["command", "args"];
        let lists = lists
            .into_iter()
            .filter_map(move |it| container.node().get(it));
        let values = container.env().filter_map(|it| it.get("value"));
        lists.flat_map(Node::items).chain(values)
    });
    let is_separator = |it: char| it.is_whitespace() || matches!(it, '=' | ',' | '"' | '\'' | '/');
    texts
        .filter_map(Node::text)
        .flat_map(|it| it.split(is_separator))
        .filter(|it| !it.is_empty())
        .collect()
}
