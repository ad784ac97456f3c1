//! Prints what is applied together below a folder, one unit a line, as JSON: `units FOLDER`.

use std::{env, io::Write, path::Path};

use kube_lint_core::{
    Settings, Workspace,
    inventory::Inventory,
    object::Namespace,
    units::{Generator, Member, Unit},
};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let workspace = Workspace::open(Path::new(&root), Settings::default());
    let inventory = workspace.inventory();
    let mut out = std::io::stdout().lock();
    for unit in inventory.units() {
        writeln!(out, "{}", describe(&inventory, unit))?;
    }
    Ok(())
}

fn describe<'a>(inventory: &Inventory<'a>, unit: &Unit<'a>) -> Value {
    let members = unit.members.iter().flat_map(Member::placements);
    let members = members.map(|it| member(inventory, it));
    json!({
        "path": unit.path,
        "kind": format!("{:?}", unit.kind),
        "incomplete": unit.incomplete,
        "members": members.collect::<Vec<_>>(),
        "generated": unit.generators.iter().map(generated).collect::<Vec<_>>(),
    })
}

fn member<'a>(inventory: &Inventory<'a>, member: &Member<'a>) -> Value {
    let object = inventory.object(member.object);
    let identity = inventory.placement(member);
    let name = identity
        .name
        .map(|it| format!("{}{it}{}", member.prefix, member.suffix));
    json!({
        "apiVersion": object.api_version(),
        "kind": object.kind_name(),
        "namespace": namespace(identity.namespace),
        "name": name,
        "path": inventory.path(object.file()),
    })
}

fn generated(generator: &Generator<'_>) -> Value {
    json!({
        "kind": format!("{:?}", generator.kind),
        "namespace": generator.namespace,
        "name": format!("{}{}{}", generator.prefix, generator.name, generator.suffix),
    })
}

fn namespace(namespace: Namespace<'_>) -> Value {
    match namespace {
        Namespace::Named(name) => json!(name),
        Namespace::Unset => Value::Null,
        Namespace::Cluster => json!({"scope": "cluster"}),
        Namespace::Unknown => json!({"unknown": true}),
    }
}
