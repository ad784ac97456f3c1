//! How findings name an object of a document that is looked at alone.

use crate::object::Object;

/// Kind and name: "Role `ci/deployer`", or the kind alone.
pub(super) fn named(object: &Object<'_>) -> String {
    let kind = object.kind_name();
    let Some(name) = object.name() else {
        return kind.to_owned();
    };
    match object.namespace() {
        Some(namespace) => format!("{kind} `{}/{}`", namespace.value, name.value),
        None => format!("{kind} `{}`", name.value),
    }
}
