//! Which subjects hold which roles where, and what that lets them do.

use std::borrow::Cow;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    inventory::{Grant, Inventory},
    model::{Binding, PolicyRule, Subject},
    object::{Kind, Namespace, Object, ObjectId, Relation, Text, text},
    units::UnitId,
    yaml::Node,
};

use super::{
    Allowance, BoundRole, BuiltInBinding, BuiltInRole, Deed, Place, Power, Principal, Rbac,
    Request, WAYS, aggregation, built_in, everything, power::Carrier, served_as,
};

/// What everybody who is named in a binding holds, in a root or in one cluster; the bindings of the
/// input come first, in order of path and place, once for each unit that they are applied in, then those
/// that the API server makes itself.
#[derive(Debug)]
pub struct Holdings<'a> {
    all: Vec<Holding<'a>>,
    /// What each role that is bound grants, aggregation considered.
    rules: Vec<Vec<PolicyRule<'a>>>,
    by_principal: FxHashMap<Principal<'a>, Vec<usize>>,
    by_rule: FxHashMap<Node<'a>, Vec<usize>>,
    gaps: Vec<Gap<'a>>,
    custom_cluster_scoped: FxHashSet<(&'a str, &'a str)>,
}

/// A role that a binding gives to one of its subjects.
#[derive(Clone, Debug)]
pub struct Holding<'a> {
    /// Who is named.
    pub principal: Principal<'a>,
    /// Where the role's rules hold: [`Namespace::Cluster`] for everywhere.
    pub scope: Namespace<'a>,
    /// The binding.
    pub binding: HoldingBinding<'a>,
    /// Name of the binding, as applied; its `generateName` where it has none.
    pub binding_name: Cow<'a, str>,
    /// The role.
    pub role: BoundRole<'a>,
    /// Name of the role, as applied.
    pub role_name: Cow<'a, str>,
    rules: usize,
}

/// The binding by which somebody holds a role.
#[derive(Clone, Copy, Debug)]
pub enum HoldingBinding<'a> {
    /// One of the input.
    Defined {
        /// The binding.
        object: Object<'a>,
        /// The unit that it is applied in.
        unit: UnitId,
        /// The item of `subjects`.
        subject: Subject<'a>,
    },
    /// One that the API server makes itself.
    BuiltIn(&'static BuiltInBinding),
}

impl HoldingBinding<'_> {
    /// [`Kind::RoleBinding`] or [`Kind::ClusterRoleBinding`].
    pub fn kind(&self) -> Kind {
        match self {
            Self::Defined { object, .. } => object.kind(),
            Self::BuiltIn(known) => known.kind,
        }
    }
}

/// What a binding gives that the input does not tell.
#[derive(Clone, Copy, Debug)]
pub struct Gap<'a> {
    /// The binding.
    pub binding: Object<'a>,
    /// What is not known of it.
    pub kind: GapKind,
}

/// What is not known of a binding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GapKind {
    /// Its role: no manifest of the input defines it, and it is not built in.
    Role,
    /// The kind or name of a subject.
    Subject,
}

/// A rule by which somebody may do something.
#[derive(Clone, Copy, Debug)]
pub struct Held<'h, 'a> {
    /// Who, and through what.
    pub holding: &'h Holding<'a>,
    /// The rule, which is that of another role where the one bound aggregates.
    pub rule: PolicyRule<'a>,
    /// Whether for objects of certain names only.
    pub allowance: Allowance,
}

impl<'a> Holdings<'a> {
    /// What everybody holds in `inventory`.
    pub fn new(inventory: &Inventory<'a>) -> Self {
        let mut holdings = Self {
            all: Vec::new(),
            rules: Vec::new(),
            by_principal: FxHashMap::default(),
            by_rule: FxHashMap::default(),
            gaps: Vec::new(),
            custom_cluster_scoped: custom_cluster_scoped(inventory),
        };
        let mut known = KnownRoles::new(inventory);
        for grant in inventory.bindings().grants() {
            holdings.add(&mut known, grant);
        }
        for binding in built_in().bindings() {
            holdings.add_built_in(&mut known, binding);
        }
        holdings.rules = known.rules;
        for (number, holding) in holdings.all.iter().enumerate() {
            for rule in &holdings.rules[holding.rules] {
                let of_rule = holdings.by_rule.entry(rule.node());
                of_rule.or_default().push(number);
            }
        }
        holdings
    }

    fn add(&mut self, known: &mut KnownRoles<'_, 'a>, grant: &Grant<'a>) {
        let inventory = known.inventory;
        let gap = |kind| Gap {
            binding: grant.binding,
            kind,
        };
        let Some(role) = Rbac::new(inventory).role(grant) else {
            self.gaps.push(gap(GapKind::Role));
            return;
        };
        let rules = known.number(role);
        let role_name = match role {
            BoundRole::Defined(object) => inventory.applied_name(grant.unit, &object),
            BoundRole::BuiltIn(known) => Some(known.name.into()),
        };
        let binding_name = binding_name(inventory, grant);
        for subject in Binding::new(&grant.binding).subjects() {
            let principal = match named(inventory, grant, &subject) {
                Named::Somebody(principal) => principal,
                Named::Nobody => continue,
                Named::Unknown => {
                    self.gaps.push(gap(GapKind::Subject));
                    continue;
                }
            };
            self.hold(Holding {
                principal,
                scope: grant.namespace,
                binding: HoldingBinding::Defined {
                    object: grant.binding,
                    unit: grant.unit,
                    subject,
                },
                binding_name: binding_name.clone(),
                role,
                role_name: role_name.clone().unwrap_or_default(),
                rules,
            });
        }
    }

    fn add_built_in(&mut self, known: &mut KnownRoles<'_, 'a>, binding: &'static BuiltInBinding) {
        let (kind, name) = (binding.kind, binding.name);
        let inventory = known.inventory;
        let scope = binding
            .namespace
            .map_or(Namespace::Cluster, Namespace::Named);
        let stands_for = |it: &Object<'a>| inventory.namespace(it) == scope;
        let defined = inventory.definitions_of(kind, name).into_iter();
        let mut defined = defined.filter_map(|it| inventory.defining_object(it));
        let (Some(role), false) = (binding.role(), defined.any(stands_for)) else {
            return;
        };
        let role = known.in_place_of(role);
        let rules = known.number(role);
        for subject in binding.subjects() {
            let word = |it: Option<Text<'static>>| it.map_or("", |it| it.value);
            let name = word(subject.name());
            self.hold(Holding {
                principal: match word(subject.kind()) {
                    "ServiceAccount" => Principal::account(word(subject.namespace()), name),
                    "Group" => Principal::Group(name.into()),
                    _ => Principal::user(name),
                },
                scope,
                binding: HoldingBinding::BuiltIn(binding),
                binding_name: binding.name.into(),
                role,
                role_name: role.name().unwrap_or_default().into(),
                rules,
            });
        }
    }

    fn hold(&mut self, holding: Holding<'a>) {
        let of_principal = self.by_principal.entry(holding.principal.clone());
        of_principal.or_default().push(self.all.len());
        self.all.push(holding);
    }

    /// Every holding.
    pub fn all(&self) -> &[Holding<'a>] {
        &self.all
    }

    /// What is not known.
    pub fn gaps(&self) -> &[Gap<'a>] {
        &self.gaps
    }

    /// The rules that `holding` gives, aggregation considered.
    pub fn rules(&self, holding: &Holding<'a>) -> &[PolicyRule<'a>] {
        &self.rules[holding.rules]
    }

    /// What `principal` holds: as itself, and through the groups that it is in for what it is.
    pub fn of<'h>(&'h self, principal: &Principal<'a>) -> Vec<&'h Holding<'a>> {
        let names = std::iter::once(principal.clone()).chain(principal.groups());
        let mut numbers: Vec<usize> = names
            .filter(|it| it.is(it))
            .filter_map(|it| self.by_principal.get(&it))
            .flatten()
            .copied()
            .collect();
        numbers.sort_unstable();
        numbers.into_iter().map(|it| &self.all[it]).collect()
    }

    /// Whether the resource lies in no namespace, as far as the input and the API server's own
    /// resources tell.
    pub fn is_cluster_scoped(&self, group: &str, resource: &str) -> bool {
        let built_in = served_as(group, resource).map(|it| !it.is_namespaced);
        built_in.unwrap_or_else(|| self.custom_cluster_scoped.contains(&(group, resource)))
    }

    /// Whether no `RoleBinding` ever gives `power`.
    pub fn needs_cluster_role_binding(&self, power: &Power<'_>) -> bool {
        let is_cluster_scoped =
            |group: &str, resource: &str| self.is_cluster_scoped(group, resource);
        power.carrier(is_cluster_scoped) == Carrier::ClusterRoleBinding
    }

    /// Every rule by which somebody who is named in a binding may do `power` at `place`.
    pub fn who<'h>(&'h self, power: &Power<'_>, place: Place<'_>) -> Vec<Held<'h, 'a>> {
        self.held(self.all.iter(), power, place)
    }

    /// Every rule by which `principal` may do `power` at `place`, through its groups too.
    pub fn can<'h>(
        &'h self,
        principal: &Principal<'a>,
        power: &Power<'_>,
        place: Place<'_>,
    ) -> Vec<Held<'h, 'a>> {
        self.held(self.of(principal).into_iter(), power, place)
    }

    /// Every rule by which the one who holds `held` may do `power` too, in a place where that holds, and
    /// through a binding that is applied with that of `held`.
    pub fn also<'h>(
        &'h self,
        inventory: &Inventory<'a>,
        held: &Held<'h, 'a>,
        power: &Power<'_>,
    ) -> Vec<Held<'h, 'a>> {
        let beside = self.beside(inventory, held.holding);
        self.held(beside.into_iter(), power, Place::Anywhere)
    }

    /// What the one who holds `first` holds in a place where that holds, itself among it, through bindings
    /// that are applied with that of `first`.
    pub fn beside<'h>(
        &'h self,
        inventory: &Inventory<'a>,
        first: &'h Holding<'a>,
    ) -> Vec<&'h Holding<'a>> {
        let overlaps = |it: &Holding<'a>| {
            let scopes = [first.scope, it.scope];
            scopes.contains(&Namespace::Cluster) || first.scope.compare(it.scope) == Relation::Same
        };
        let is_near = |it: &Holding<'a>| match (first.binding, it.binding) {
            (
                HoldingBinding::Defined { object, .. },
                HoldingBinding::Defined { object: other, .. },
            ) => aggregation::is_near(inventory, &object, &other),
            _ => true,
        };
        let mut holdings = self.of(&first.principal);
        // Who is not certain to be one with anybody else holds this at least.
        if !holdings.iter().any(|it| std::ptr::eq(*it, first)) {
            holdings.push(first);
        }
        holdings.retain(|it| overlaps(it) && is_near(it));
        holdings
    }

    fn held<'h>(
        &'h self,
        holdings: impl Iterator<Item = &'h Holding<'a>>,
        power: &Power<'_>,
        place: Place<'_>,
    ) -> Vec<Held<'h, 'a>> {
        let carrier = power.carrier(|group, resource| self.is_cluster_scoped(group, resource));
        // Many bindings bind few roles.
        let mut allowed: FxHashMap<usize, Vec<(PolicyRule<'a>, Allowance)>> = FxHashMap::default();
        let mut found = Vec::new();
        for holding in holdings.filter(|it| holds_at(it, carrier, place)) {
            let mut add = |rules: &[(PolicyRule<'a>, Allowance)]| {
                found.extend(rules.iter().map(|(rule, allowance)| Held {
                    holding,
                    rule: *rule,
                    allowance: *allowance,
                }));
            };
            if carrier == Carrier::OwnNamespace && holding.scope != Namespace::Cluster {
                let power = on_itself(holding, power);
                let rules = &self.rules[holding.rules];
                add(&power.map(|it| allowing(rules, &it)).unwrap_or_default());
            } else {
                let rules = allowed.entry(holding.rules);
                add(rules.or_insert_with(|| allowing(&self.rules[holding.rules], power)));
            }
        }
        found
    }

    /// Everybody whom `rule` itself lets do `power` in some place.
    pub fn by_rule<'h>(&'h self, rule: &PolicyRule<'a>, power: &Power<'_>) -> Vec<Held<'h, 'a>> {
        let carrier = power.carrier(|group, resource| self.is_cluster_scoped(group, resource));
        let numbers = self.by_rule.get(&rule.node()).into_iter().flatten();
        let held = numbers.filter_map(|number| {
            let holding = &self.all[*number];
            Some(Held {
                holding,
                rule: *rule,
                allowance: allowance(holding, rule, power, carrier)?,
            })
        });
        held.collect()
    }

    /// How `rule`, one of those that `holding` gives, lets its holder do `power` in some place.
    pub fn allowance(
        &self,
        holding: &Holding<'a>,
        rule: &PolicyRule<'a>,
        power: &Power<'_>,
    ) -> Option<Allowance> {
        let carrier = power.carrier(|group, resource| self.is_cluster_scoped(group, resource));
        allowance(holding, rule, power, carrier)
    }

    /// What `rule`, one of those that `holding` gives, lets its holder do in some place, the worst first.
    pub fn deeds(&self, holding: &Holding<'a>, rule: &PolicyRule<'a>) -> Vec<(Deed, Allowance)> {
        // Whoever can do everything can do the rest.
        if everything(rule).is_some() {
            return vec![(Deed::Everything, Allowance::Whole)];
        }
        let mut deeds: Vec<(Deed, Allowance)> = Vec::new();
        for way in &WAYS {
            let mut allowances = way
                .requests()
                .filter_map(|request| self.allowance(holding, rule, &Power::Resource(request)));
            let Some(first) = allowances.next() else {
                continue;
            };
            let is_whole = first == Allowance::Whole || allowances.any(|it| it == Allowance::Whole);
            match deeds.last_mut() {
                Some(last) if last.0 == way.deed && is_whole => last.1 = Allowance::Whole,
                Some(last) if last.0 == way.deed => {}
                _ if is_whole => deeds.push((way.deed, Allowance::Whole)),
                _ => deeds.push((way.deed, Allowance::Named)),
            }
        }
        deeds
    }
}

fn allowance(
    holding: &Holding<'_>,
    rule: &PolicyRule<'_>,
    power: &Power<'_>,
    carrier: Carrier,
) -> Option<Allowance> {
    if !holds_at(holding, carrier, Place::Anywhere) {
        return None;
    }
    match carrier {
        Carrier::OwnNamespace => on_itself(holding, power)?.allowance(rule),
        Carrier::AnyBinding | Carrier::ClusterRoleBinding => power.allowance(rule),
    }
}

/// `power`, which is one over namespaces, where `holding` gives it: everywhere, or only over the one that
/// the binding lies in.
fn on_itself<'q>(holding: &Holding<'q>, power: &Power<'q>) -> Option<Power<'q>> {
    match (*power, holding.scope.name()) {
        (Power::Resource(request), Some(own)) => {
            let is_meant = request.name.is_empty() || request.name == own;
            is_meant.then_some(Power::Resource(Request {
                name: own,
                ..request
            }))
        }
        _ => Some(*power),
    }
}

/// Group and plural of the custom resources that lie in no namespace.
fn custom_cluster_scoped<'a>(inventory: &Inventory<'a>) -> FxHashSet<(&'a str, &'a str)> {
    let custom = inventory.custom_resources();
    let custom = custom.filter(|it| !it.is_namespaced);
    custom.map(|it| (&*it.group, &*it.plural)).collect()
}

fn allowing<'a>(rules: &[PolicyRule<'a>], power: &Power<'_>) -> Vec<(PolicyRule<'a>, Allowance)> {
    let rules = rules.iter();
    let allowed = rules.filter_map(|rule| Some((*rule, power.allowance(rule)?)));
    allowed.collect()
}

/// Whether what `holding` gives is asked about at `place`.
fn holds_at(holding: &Holding<'_>, carrier: Carrier, place: Place<'_>) -> bool {
    if holding.scope == Namespace::Cluster {
        return true;
    }
    carrier != Carrier::ClusterRoleBinding
        && match place {
            Place::Anywhere => true,
            Place::Cluster => false,
            Place::Namespace(name) => holding.scope.name() == Some(name),
        }
}

/// Name of the binding, as applied; what it begins with where the API server makes up the rest.
fn binding_name<'a>(inventory: &Inventory<'a>, grant: &Grant<'a>) -> Cow<'a, str> {
    let binding = &grant.binding;
    let generated = || Some(text(binding.metadata()?, "generateName")?.value.into());
    let name = inventory.applied_name(grant.unit, binding);
    name.or_else(generated).unwrap_or_default()
}

/// Whom a subject names.
enum Named<'a> {
    Somebody(Principal<'a>),
    /// A ServiceAccount of no namespace, in a `ClusterRoleBinding`; a kind that there is not.
    Nobody,
    Unknown,
}

fn named<'a>(inventory: &Inventory<'a>, grant: &Grant<'a>, subject: &Subject<'a>) -> Named<'a> {
    let (Some(kind), Some(name)) = (subject.kind(), subject.name()) else {
        return Named::Unknown;
    };
    Named::Somebody(match kind.value {
        "ServiceAccount" => {
            let namespace = inventory.subject_namespace(grant.unit, &grant.binding, subject);
            let Some(namespace) = namespace else {
                return Named::Nobody;
            };
            let name = inventory.subject_name(grant.unit, subject, name.value);
            Principal::ServiceAccount { namespace, name }
        }
        "User" => Principal::user(name.value),
        "Group" => Principal::Group(name.value.into()),
        _ => return Named::Nobody,
    })
}

/// The roles that are bound, each with its rules once.
struct KnownRoles<'i, 'a> {
    inventory: &'i Inventory<'a>,
    rules: Vec<Vec<PolicyRule<'a>>>,
    numbers: FxHashMap<RoleKey<'a>, usize>,
}

#[derive(PartialEq, Eq, Hash)]
enum RoleKey<'a> {
    Defined(ObjectId),
    BuiltIn(Kind, Option<&'a str>, &'a str),
}

impl<'i, 'a> KnownRoles<'i, 'a> {
    fn new(inventory: &'i Inventory<'a>) -> Self {
        Self {
            inventory,
            rules: Vec::new(),
            numbers: FxHashMap::default(),
        }
    }

    /// The index of the rules of `role`.
    fn number(&mut self, role: BoundRole<'a>) -> usize {
        let key = match role {
            BoundRole::Defined(object) => RoleKey::Defined(object.id()),
            BoundRole::BuiltIn(known) => RoleKey::BuiltIn(known.kind, known.namespace, known.name),
        };
        *self.numbers.entry(key).or_insert_with(|| {
            self.rules.push(Rbac::new(self.inventory).rules(role));
            self.rules.len() - 1
        })
    }

    /// The role of one cluster that stands for a built-in one.
    fn in_place_of(&self, built_in: &'static BuiltInRole) -> BoundRole<'a> {
        let inventory = self.inventory;
        let scope = built_in
            .namespace
            .map_or(Namespace::Cluster, Namespace::Named);
        let definitions = inventory
            .definitions_of(built_in.kind, built_in.name)
            .into_iter();
        let mut objects = definitions.filter_map(|it| inventory.defining_object(it));
        let own = objects.find(|it| inventory.is_one_cluster() && inventory.namespace(it) == scope);
        own.map_or(BoundRole::BuiltIn(built_in), |it| {
            Rbac::new(inventory).defined(*it)
        })
    }
}
