//! `manifest/duplicate-object`.

use rustc_hash::FxHashMap;

use crate::{
    analysis::content,
    diagnostic::Severity,
    inventory::{ClosedWorld, Inventory},
    object::{Namespace, Object, Scope},
    rule::{Check, Reporter, declare_rule},
    span::FileId,
    units::{Member, Unit, UnitId, UnitKind},
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds objects of the same kind, namespace and name that are defined more than once in one file, one
    /// kustomization or one stream, or anywhere in a root that is declared to be the whole cluster
    /// (`world: closed`). Copies with the same content are an info.
    ///
    /// ## Why is this bad?
    ///
    /// The one applied last wins, in silence, and an order of files decides which that is; kustomize refuses
    /// to build. A change to the other one, to take away a permission say, has no effect.
    ///
    /// ## What to do
    ///
    /// Keep one, or give the other its own name.
    "manifest/duplicate-object" {
        summary: "object that is defined more than once",
        severity: Warning,
        since: "0.1.0",
        check: Check::Inventory(check),
    }
}

/// Where names must be unique: in a unit, in a file of it, or in a whole cluster.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Whole {
    World(ClosedWorld),
    Unit(UnitId),
    File(UnitId, FileId),
}

type Key<'a> = (Whole, &'a str, &'a str, Namespace<'a>, String);

fn check<'a>(inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let mut first: FxHashMap<Key<'a>, usize> = FxHashMap::default();
    let mut groups: Vec<(&Unit<'a>, Vec<Object<'a>>)> = Vec::new();
    for unit in inventory.units() {
        let is_alone = unit.members.len() < 2;
        for member in &unit.members {
            let object = inventory.object(member.object);
            if is_alone && inventory.closed_world_of(object.file()).is_none() {
                continue;
            }
            let Some(key) = key(object, unit, member, inventory) else {
                continue;
            };
            let at = *first.entry(key).or_insert(groups.len());
            match groups.get_mut(at) {
                Some((_, objects)) => objects.push(*object),
                None => groups.push((unit, vec![*object])),
            }
        }
    }
    for (unit, mut objects) in groups {
        objects.sort_by_key(Object::id);
        objects.dedup_by_key(|it| it.id());
        if let Some((last, earlier)) = objects.split_last()
            && !earlier.is_empty()
        {
            report(unit, last, earlier, inventory, reporter);
        }
    }
}

fn key<'a>(
    object: &Object<'a>,
    unit: &Unit<'a>,
    member: &Member<'a>,
    inventory: &Inventory<'a>,
) -> Option<Key<'a>> {
    let is_applied = object.kind().scope() != Some(Scope::Outside);
    // Deleted by a patch, maybe to make room for the other.
    let is_removed = inventory.is_patched(object, &["$patch"]);
    if !is_applied || object.is_partial() || is_removed {
        return None;
    }
    let name = object.name()?.value;
    let namespace = inventory.identity(unit.id, object.id()).namespace;
    if namespace == Namespace::Unknown {
        return None;
    }
    let whole = match (inventory.closed_world_of(object.file()), unit.kind) {
        (Some(world), _) => Whole::World(world),
        (None, UnitKind::Path) => Whole::File(unit.id, object.file()),
        (None, UnitKind::Kustomization | UnitKind::File | UnitKind::Stream) => Whole::Unit(unit.id),
    };
    let name = format!("{}{name}{}", member.prefix, member.suffix);
    Some((whole, object.group(), object.kind_name(), namespace, name))
}

/// More places are not told one by one.
const MOST_LABELS: usize = 10;

fn times(count: usize) -> String {
    match count {
        2 => "twice".to_owned(),
        _ => format!("{count} times"),
    }
}

fn report<'a>(
    unit: &Unit<'a>,
    last: &Object<'a>,
    earlier: &[Object<'a>],
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let is_copy = |it: &Object<'a>| content::is_same(it.root(), last.root());
    let are_copies = earlier.iter().all(is_copy);
    let what = if are_copies {
        ", each time with the same content"
    } else if unit.kind == UnitKind::Kustomization {
        ": kustomize refuses to build them together"
    } else {
        ": the one applied last wins"
    };
    let finding = reporter.report(
        last.head(),
        format!(
            "the {} `{}` is defined {}{what}",
            last.kind_name(),
            inventory.display(last),
            times(earlier.len() + 1)
        ),
    );
    finding.help(if are_copies {
        "remove the copies"
    } else {
        "keep one of them, or give them names of their own"
    });
    if are_copies {
        finding.severity(Severity::Info);
    }
    for it in earlier.iter().take(MOST_LABELS) {
        let label = if is_copy(it) {
            "a copy is here"
        } else {
            "defined here with other content"
        };
        finding.label(it.head(), label);
    }
}
