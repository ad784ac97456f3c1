//! `secrets/key-missing`.

use rustc_hash::FxHashSet;

use crate::{
    analysis::references,
    diagnostic::Confidence,
    inventory::{Definition, Inventory, Keys, Resolution},
    model::Reference,
    nearest::nearest,
    object::{Kind, Object, Text},
    rule::{Check, Reporter, declare_rule},
};

use super::wording::noun;

declare_rule! {
    /// ## What it does
    ///
    /// Finds references to keys that the named Secret or ConfigMap does not have: in environments and in
    /// the `items` of volumes. It is said only where all keys are known: of one manifest, SealedSecret,
    /// ExternalSecret without `dataFrom`, Certificate, SecretProviderClass or generator without
    /// `behavior: merge`, which no kustomization patches.
    ///
    /// ## Why is this bad?
    ///
    /// The container never starts: `CreateContainerConfigError`, or a volume that cannot be mounted.
    ///
    /// ## What to do
    ///
    /// Correct the key, add it to the object, or mark the reference `optional`.
    "secrets/key-missing" {
        summary: "reference to a key that a Secret or ConfigMap lacks",
        severity: Error,
        since: "0.1.0",
        check: Check::Inventory(check),
    }
}

fn check(inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    let mut seen = FxHashSet::default();
    for (object, reference) in references::all(inventory) {
        if reference.is_optional || reference.keys.is_empty() {
            continue;
        }
        let name = reference.name.value;
        let found = inventory.find(&object, reference.kind, reference.namespace, name);
        let Resolution::Found(found) = found else {
            continue;
        };
        let [definition] = found[..] else { continue };
        let Some(keys) = complete_keys(&object, definition, inventory) else {
            continue;
        };
        for key in reference.keys.iter().filter(|it| !keys.contains(&it.value)) {
            if seen.insert((object.id(), reference.kind, name, key.value)) {
                report(
                    &object, &reference, *key, definition, keys, inventory, reporter,
                );
            }
        }
    }
}

/// The keys of what is defined, if nothing adds to them: no patch, no controller that fills an empty
/// object, no other object of that name that may be the one meant.
fn complete_keys<'i, 'a>(
    from: &Object<'a>,
    definition: &'i Definition<'a>,
    inventory: &Inventory<'a>,
) -> Option<&'i [&'a str]> {
    let Keys::Known(keys) = &definition.keys else {
        return None;
    };
    let defining = inventory.defining_object(definition);
    let is_patched = defining.is_some_and(|it| {
        let fields = ["data", "stringData", "binaryData", "spec"];
        fields
            .iter()
            .any(|field| inventory.is_patched(it, &[field]))
    });
    let is_beside = defining.is_none_or(|it| {
        let mut units = inventory.units_of(it.id());
        units.any(|unit| inventory.member(unit.id, from.id()).is_some())
    });
    let is_only = || {
        inventory
            .definitions_of(definition.kind, definition.name)
            .len()
            == 1
    };
    (!keys.is_empty() && !is_patched && (is_beside || is_only())).then_some(keys)
}

fn report<'a>(
    object: &Object<'a>,
    reference: &Reference<'a>,
    key: Text<'a>,
    definition: &Definition<'a>,
    keys: &[&str],
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let kind = match reference.kind {
        Kind::ConfigMap => "config map",
        _ => "secret",
    };
    let message = format!(
        "{} `{}` reads key `{}` of {kind} `{}`, which does not have it",
        noun(object.kind_name()),
        inventory.display(object),
        key.value,
        reference.name.value,
    );
    let help = match nearest(key.value, keys.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it has `{}`", keys.join("`, `")),
    };
    reporter
        .report(key.node, message)
        .confidence(Confidence::High)
        .label(definition.node, format!("{kind} defined here"))
        .help(help);
}
