//! `rbac/unused-role`.

mod covered;
mod idle;
mod repeated;

use rustc_hash::FxHashSet;

use crate::{
    analysis::{
        mentions::Mentions,
        rbac::{Holdings, Rbac},
    },
    inventory::{ClosedWorld, Inventory},
    model::Role,
    object::{Kind, Namespace, Object},
    rule::{Check, Reporter, declare_rule},
    yaml::Node,
};

use super::words;

declare_rule! {
    /// ## What it does
    ///
    /// Finds what a role or binding has that nobody uses:
    ///
    /// * rules that another rule of the same role covers;
    ///
    /// and where the manifests are the whole cluster (`world: closed`):
    ///
    /// * roles that nothing binds;
    /// * bindings of ServiceAccounts that no workload runs as;
    /// * bindings that give a subject a role which it has by another binding anyway.
    ///
    /// It is silent on roles that are part of another by aggregation, on those that some program or object
    /// speaks of by name, and on the `-viewer-role`, `-editor-role` and `-admin-role` that kubebuilder makes for
    /// people. Users and groups are never called unused. An account counts as used where an object names it,
    /// where a Secret holds its token, or where a program of the input may run Pods, make tokens or act as
    /// others in its namespace.
    ///
    /// The rule is off by default: switch it on by `rbac/unused-role: info`.
    ///
    /// ## Why is this bad?
    ///
    /// What nobody uses nobody misses when it is misused. An account that no workload runs as keeps its rights
    /// for whoever may start a Pod with it, and of two bindings only one is removed when the right should go.
    ///
    /// ## What to do
    ///
    /// Remove it.
    "rbac/unused-role" {
        summary: "role, binding or rule that nobody uses",
        severity: Info,
        is_on_by_default: false,
        since: "0.1.0",
        check: Check::Holdings(check),
    }
}

fn check<'a>(holdings: &Holdings<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let mentions = Mentions::new(inventory);
    let known = names_in_rules(inventory);
    let whole = Whole::new(inventory);
    for kind in [Kind::ClusterRole, Kind::Role] {
        for role in inventory.of_kind(kind) {
            let is_unbound = whole.world_of(role).is_some_and(|world| {
                let names = inventory.names(role);
                !names
                    .iter()
                    .any(|it| mentions.has(world, it) || known.contains(&**it))
                    && is_unbound(role, world, inventory)
            });
            if is_unbound {
                report(role, inventory, reporter);
            } else {
                covered::check(role, inventory, reporter);
            }
        }
    }
    let idle = idle::check(holdings, &mentions, &whole, reporter);
    repeated::check(holdings, &idle, &whole, reporter);
}

/// Where the input shows all that there is.
struct Whole<'i, 'a> {
    inventory: &'i Inventory<'a>,
    /// Folders with files that could not be read in full, templates say.
    unread: FxHashSet<&'a str>,
}

impl<'i, 'a> Whole<'i, 'a> {
    fn new(inventory: &'i Inventory<'a>) -> Self {
        let unread = inventory.incomplete_files().into_iter();
        let folder = |path: &'a str| path.rsplit_once('/').map_or("", |it| it.0);
        Self {
            inventory,
            unread: unread.map(folder).collect(),
        }
    }

    /// The closed world in which nothing is hidden that is applied with `object`.
    fn world_of(&self, object: &Object<'a>) -> Option<ClosedWorld> {
        let world = self.inventory.closed_world_of(object.file())?;
        let folder = self.inventory.folder(object.file());
        let is_known = !object.is_partial()
            && !self.inventory.may_have_more(object)
            && !self.unread.contains(folder);
        is_known.then_some(world)
    }
}

/// Names in `resourceNames` of rules about roles: who may bind it by name does so.
fn names_in_rules<'a>(inventory: &Inventory<'a>) -> FxHashSet<&'a str> {
    let roles = [Kind::ClusterRole, Kind::Role].into_iter();
    let roles = roles.flat_map(|it| inventory.of_kind(it));
    let all = roles.flat_map(|it| Role::new(it).rules());
    let about_roles = all.filter(|rule| {
        let mut resources = rule.resources();
        resources.any(|it| words::RBAC_RESOURCES.contains(&it.value))
    });
    let names = about_roles.flat_map(|rule| rule.resource_names());
    names.map(|it| it.value).collect()
}

fn is_unbound<'a>(role: &Object<'a>, world: ClosedWorld, inventory: &Inventory<'a>) -> bool {
    let rbac = Rbac::new(inventory);
    let names = inventory.names(role);
    !names.is_empty()
        && !names.iter().any(|it| is_for_people(it))
        && !is_labelled_for_aggregation(role)
        && inventory.bindings().of_role(role.id()).next().is_none()
        && !names.iter().any(|it| is_named(role, it, world, inventory))
        && !rbac.is_built_in(role)
        && !rbac.is_aggregated(role)
}

/// What kubebuilder makes for the users of custom resources
/// (`pkg/plugins/common/kustomize/v2/scaffolds/internal/templates/config/rbac`).
fn is_for_people(name: &str) -> bool {
    let endings = ["-admin-role", "-editor-role", "-viewer-role"];
    endings.iter().any(|it| name.ends_with(it))
}

fn is_labelled_for_aggregation(role: &Object<'_>) -> bool {
    let labels = role.at(&["metadata", "labels"]);
    let mut keys = labels.into_iter().flat_map(Node::fields);
    keys.any(|(key, _)| key.text().is_some_and(|it| it.contains("/aggregate-to-")))
}

/// Whether a binding of the world refers to a role of that kind and name which may be this one.
fn is_named<'a>(
    role: &Object<'a>,
    name: &str,
    world: ClosedWorld,
    inventory: &Inventory<'a>,
) -> bool {
    let mut grants = inventory.bindings().of_reference(role.kind(), name);
    let own = inventory.namespace(role);
    grants.any(|it| {
        let may_mean = own == Namespace::Cluster || it.namespace.may_equal(own);
        may_mean && inventory.closed_world_of(it.binding.file()) == Some(world)
    })
}

fn report<'a>(role: &Object<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let name = words::named(inventory, role);
    reporter
        .report(role.head(), format!("{name} is never bound"))
        .help("remove it");
}
