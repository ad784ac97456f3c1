//! Which roles grant a power, who holds it by them, and what else the same subject may do.

use rustc_hash::FxHashMap;

use crate::{
    analysis::rbac::{
        Allowance, Extent, Held, Holding, HoldingBinding, Holdings, Match, Place, Power, Rbac,
        Request, granting,
    },
    inventory::Inventory,
    model::{PolicyRule, Role},
    object::{Kind, Namespace, Object, Text},
    rule::{Finding, NodeKey},
};

use super::words;

/// What everybody holds, and where to look up the rest.
#[derive(Clone, Copy)]
pub(super) struct Powers<'h, 'a> {
    pub(super) holdings: &'h Holdings<'a>,
    pub(super) inventory: &'h Inventory<'a>,
}

/// A role that grants a power by rules of its own.
pub(super) struct Granted<'h, 'a> {
    pub(super) role: Object<'a>,
    pub(super) extent: Extent<'a>,
    pub(super) entries: Vec<Entry<'h, 'a>>,
}

/// A rule that grants one of the requests asked about.
pub(super) struct Entry<'h, 'a> {
    pub(super) request: Request<'static>,
    pub(super) rule: PolicyRule<'a>,
    pub(super) found: Match<'a>,
    pub(super) holders: Vec<Holder<'h, 'a>>,
}

/// Somebody who holds a power by a rule.
#[derive(Clone, Copy)]
pub(super) enum Holder<'h, 'a> {
    /// One who is named in a binding.
    Named(Held<'h, 'a>),
    /// Whomever the role may be bound to: nothing else is known of them.
    Anybody(Object<'a>, Extent<'a>),
}

/// A rule by which a holder may do something else too.
#[derive(Clone, Copy)]
pub(super) struct Other<'h, 'a> {
    pub(super) rule: PolicyRule<'a>,
    pub(super) found: Match<'a>,
    pub(super) verb: &'static str,
    /// By what, where it is known.
    pub(super) holding: Option<&'h Holding<'a>>,
}

impl<'h, 'a> Powers<'h, 'a> {
    /// The roles that grant one of `requests` where they are bound, with the rules that do.
    pub(super) fn granted(self, requests: &[Request<'static>]) -> Vec<Granted<'h, 'a>> {
        let asked = requests.iter().map(|it| (*it, self.by_rule(it)));
        let asked: Vec<_> = asked.collect();
        let kinds = [Kind::ClusterRole, Kind::Role].into_iter();
        let roles = kinds.flat_map(|it| self.inventory.of_kind(it));
        let grants = |role: &&Object<'a>| {
            let mut own = Role::new(role).rules();
            own.any(|rule| requests.iter().any(|it| granting(&rule, it).is_some()))
        };
        let granted = roles
            .filter(grants)
            .map(|role| self.granted_by(role, &asked));
        granted.filter(|it| !it.entries.is_empty()).collect()
    }

    /// Who may do `request`, by the rule that lets them.
    fn by_rule(self, request: &Request<'_>) -> FxHashMap<NodeKey, Vec<Held<'h, 'a>>> {
        let mut by_rule: FxHashMap<_, Vec<_>> = FxHashMap::default();
        let power = Power::Resource(*request);
        for held in self.holdings.who(&power, Place::Anywhere) {
            let rule = NodeKey::of(held.rule.node());
            by_rule.entry(rule).or_default().push(held);
        }
        by_rule
    }

    fn granted_by(
        self,
        role: &Object<'a>,
        asked: &[(Request<'static>, FxHashMap<NodeKey, Vec<Held<'h, 'a>>>)],
    ) -> Granted<'h, 'a> {
        let rbac = Rbac::new(self.inventory);
        let extent = rbac.extent(role);
        let rules = rbac.own_rules(role);
        let mut entries = Vec::new();
        for (request, by_rule) in asked {
            for rule in &rules {
                let Some(found) = allowed(rule, request) else {
                    continue;
                };
                let held = by_rule.get(&NodeKey::of(rule.node()));
                let holders: Vec<_> = match held {
                    Some(held) => held.iter().copied().map(Holder::Named).collect(),
                    None if self.may_carry(role, extent, request) => {
                        vec![Holder::Anybody(*role, extent)]
                    }
                    None => continue,
                };
                entries.push(Entry {
                    request: *request,
                    rule: *rule,
                    found,
                    holders,
                });
            }
        }
        Granted {
            role: *role,
            extent,
            entries,
        }
    }

    /// Whether a role that goes as far as `extent` can give `request` there.
    fn may_carry(self, role: &Object<'a>, extent: Extent<'a>, request: &Request<'_>) -> bool {
        let is_everywhere = matches!(extent, Extent::Cluster(_) | Extent::Nowhere);
        let power = Power::Resource(*request);
        is_everywhere && role.kind() == Kind::ClusterRole
            || !self.holdings.needs_cluster_role_binding(&power)
    }

    /// The rules by which `holder` may do `request` as well.
    pub(super) fn also(
        self,
        holder: &Holder<'h, 'a>,
        request: Request<'static>,
    ) -> Vec<Other<'h, 'a>> {
        let other = |rule: PolicyRule<'a>, holding| {
            Some(Other {
                rule,
                found: allowed(&rule, &request)?,
                verb: request.verb,
                holding,
            })
        };
        match holder {
            Holder::Named(held) => {
                let power = Power::Resource(request);
                let found = self.holdings.also(self.inventory, held, &power);
                let found = found.into_iter();
                found
                    .filter_map(|it| other(it.rule, Some(it.holding)))
                    .collect()
            }
            Holder::Anybody(role, extent) if self.may_carry(role, *extent, &request) => {
                let rules = Rbac::new(self.inventory).own_rules(role).into_iter();
                rules.filter_map(|it| other(it, None)).collect()
            }
            Holder::Anybody(..) => Vec::new(),
        }
    }

    /// Names of the roles of `kind` that `holder` holds.
    pub(super) fn roles_of(self, holder: &Holder<'h, 'a>, kind: Kind) -> Vec<&'h str>
    where
        'a: 'h,
    {
        match holder {
            Holder::Named(held) => {
                let held_too = self.holdings.of(&held.holding.principal);
                let all = held_too.into_iter().chain([held.holding]);
                all.filter(|it| it.role.kind() == kind)
                    .map(|it| &*it.role_name)
                    .collect()
            }
            Holder::Anybody(role, _) if role.kind() == kind => {
                role.name().into_iter().map(|it| it.value).collect()
            }
            Holder::Anybody(..) => Vec::new(),
        }
    }

    /// `holder` in words.
    pub(super) fn name(self, holder: &Holder<'h, 'a>) -> String {
        let named = match holder {
            Holder::Named(Held {
                holding:
                    Holding {
                        binding:
                            HoldingBinding::Defined {
                                object, subject, ..
                            },
                        ..
                    },
                ..
            }) => words::subject(self.inventory, object, subject),
            _ => None,
        };
        named.unwrap_or_else(|| "whoever holds it".to_owned())
    }
}

impl Holder<'_, '_> {
    /// Whether what they hold holds in the whole cluster.
    pub(super) fn is_everywhere(&self) -> bool {
        match self {
            Self::Named(held) => held.holding.scope == Namespace::Cluster,
            Self::Anybody(_, extent) => matches!(extent, Extent::Cluster(_) | Extent::Nowhere),
        }
    }
}

impl<'a> Granted<'_, 'a> {
    /// Points at the other rules that grant it, where the first does so at `first`, and at the bindings
    /// of the role; `resources` are those whose rules have a place of their own for every verb.
    pub(super) fn label(
        &self,
        finding: &mut Finding,
        inventory: &Inventory<'a>,
        (first, resources): (Text<'a>, &[&str]),
    ) {
        for entry in &self.entries {
            let at = entry.place(resources);
            if at.node.id() != first.node.id() {
                finding.label(at.node, "here too");
            }
        }
        words::label_bindings(finding, Rbac::new(inventory), &self.role);
    }
}

impl<'a> Entry<'_, 'a> {
    /// The verb, where it is named or the rule is about nothing but `resources`; else the resource.
    pub(super) fn place(&self, resources: &[&str]) -> Text<'a> {
        match self.found.verb.value {
            "*" => self.resource_place(resources),
            _ => self.found.verb,
        }
    }

    /// The resource; or the verb `*`, where the rule is about nothing but `resources`.
    pub(super) fn resource_place(&self, resources: &[&str]) -> Text<'a> {
        words::resource_place(&self.rule, self.found, |it| resources.contains(&it))
    }
}

impl<'a> Other<'_, 'a> {
    /// Points at the rule, and at the binding of its role where that is not `role`.
    pub(super) fn label(&self, finding: &mut Finding, role: &Object<'a>) {
        let place = match self.found.verb.value {
            "*" => self.found.resource,
            _ => self.found.verb,
        };
        finding.label(place.node, format!("grants `{}`", self.verb));
        let Some(HoldingBinding::Defined { object, .. }) = self.holding.map(|it| it.binding) else {
            return;
        };
        let is_own = self.rule.node().document().file() == role.file()
            && self.rule.node().document().offset() == role.root().document().offset();
        if !is_own {
            let name = object.at(&["roleRef", "name"]);
            finding.label(
                name.unwrap_or(object.head()),
                "bound to the same subject here",
            );
        }
    }
}

/// The entries by which `rule` allows `request`, for objects of certain names at least.
pub(super) fn allowed<'a>(rule: &PolicyRule<'a>, request: &Request<'_>) -> Option<Match<'a>> {
    let allowance: Option<Allowance> = Power::Resource(*request).allowance(rule);
    allowance.and_then(|_| granting(rule, request))
}

/// The names of objects that a rule is limited to; `None` where it is not.
pub(super) fn names<'a>(rule: &PolicyRule<'a>) -> Option<Vec<&'a str>> {
    rule.is_limited_by_name()
        .then(|| rule.resource_names().map(|it| it.value).collect())
}
