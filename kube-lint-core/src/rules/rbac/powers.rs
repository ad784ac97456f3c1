//! Which roles grant a power, who holds it by them, and what else the same subject may do.

use crate::{
    analysis::rbac::{
        Allowance, Extent, Hazard, Held, Holding, HoldingBinding, Holdings, Match, Power,
        Principal, Rbac, Request, granting, is_far_reaching, is_near, taking_over,
    },
    diagnostic::Severity,
    inventory::Inventory,
    model::{PolicyRule, Role},
    object::{Kind, Namespace, Object, Relation, Text},
    rule::{Finding, Reporter},
    yaml::Node,
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

/// A rule that a holder has where it holds a power.
#[derive(Clone, Copy)]
pub(super) struct Right<'a> {
    pub(super) rule: PolicyRule<'a>,
    pub(super) is_everywhere: bool,
}

/// Somebody who comes by the rights of others in the whole cluster, and the rule by which they do.
pub(super) struct Takeover<'h, 'a> {
    pub(super) holding: &'h Holding<'a>,
    pub(super) rule: PolicyRule<'a>,
    pub(super) hazard: Hazard<'a>,
}

/// What a rule says of an entry.
pub(super) struct Verdict<'h, 'a> {
    pub(super) severity: Severity,
    pub(super) message: String,
    /// What lets a holder make use of it.
    pub(super) others: Vec<Other<'h, 'a>>,
    /// What makes it worse, and why.
    pub(super) evidence: Vec<(Node<'a>, String)>,
    /// A few words at the entry itself.
    pub(super) here: &'static str,
}

/// Where a rule points in entries, and what it says of all.
pub(super) struct Words<'w> {
    pub(super) spot: Spot,
    /// Resources whose rules have a place of their own for every verb.
    pub(super) resources: &'w [&'w str],
    pub(super) help: &'w str,
}

/// What of an entry a rule is about.
#[derive(Clone, Copy)]
pub(super) enum Spot {
    Verb,
    Resource,
}

impl Words<'_> {
    fn place<'a>(&self, entry: &Entry<'_, 'a>) -> Text<'a> {
        match self.spot {
            Spot::Verb => entry.place(self.resources),
            Spot::Resource => entry.resource_place(self.resources),
        }
    }
}

impl<'h, 'a> Powers<'h, 'a> {
    /// The roles that grant one of `requests` where they are bound, with the rules that do.
    pub(super) fn granted(self, requests: &[Request<'static>]) -> Vec<Granted<'h, 'a>> {
        let kinds = [Kind::ClusterRole, Kind::Role].into_iter();
        let roles = kinds.flat_map(|it| self.inventory.of_kind(it));
        // Most roles are about nothing of the kind.
        let grants = |rule: PolicyRule<'a>| {
            let mut requests = requests.iter();
            requests.any(|it| granting(&rule, it).is_some())
        };
        let roles = roles.filter(|role| {
            let mut own = Role::new(role).rules();
            own.any(|rule| is_about(&rule, requests) && grants(rule))
        });
        let granted = roles.map(|it| self.granted_by(it, requests));
        granted.filter(|it| !it.entries.is_empty()).collect()
    }

    fn granted_by(self, role: &Object<'a>, requests: &[Request<'static>]) -> Granted<'h, 'a> {
        let rbac = Rbac::new(self.inventory);
        let extent = rbac.extent(role);
        let rules = rbac.own_rules(role);
        let mut entries = Vec::new();
        for request in requests {
            for rule in &rules {
                let Some(found) = allowed(rule, request) else {
                    continue;
                };
                let held = self.holdings.by_rule(rule, &Power::Resource(*request));
                let mut holders: Vec<_> = held.into_iter().map(Holder::Named).collect();
                if holders.is_empty() {
                    if !self.may_carry(role, extent, request) {
                        continue;
                    }
                    holders.push(Holder::Anybody(*role, extent));
                }
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

    /// All rules that `holder` has where it holds this.
    pub(super) fn beside(self, holder: &Holder<'h, 'a>) -> Vec<Right<'a>> {
        let right = |rule, is_everywhere| Right {
            rule,
            is_everywhere,
        };
        match holder {
            Holder::Named(held) => {
                let beside = self.holdings.beside(self.inventory, held.holding);
                let rules = beside.into_iter().flat_map(|it| {
                    let is_everywhere = it.scope == Namespace::Cluster;
                    let rules = self.holdings.rules(it).iter();
                    rules.map(move |rule| right(*rule, is_everywhere))
                });
                rules.collect()
            }
            Holder::Anybody(role, _) => {
                let rules = Rbac::new(self.inventory).own_rules(role).into_iter();
                let is_everywhere = holder.is_everywhere();
                rules.map(|it| right(it, is_everywhere)).collect()
            }
        }
    }

    /// One of those whom `is_meant` that takes over the cluster, through a binding applied with `role`.
    pub(super) fn takeover(
        self,
        role: &Object<'a>,
        is_meant: impl Fn(&Principal<'a>) -> bool,
    ) -> Option<Takeover<'h, 'a>> {
        let target = self.inventory.target();
        let is_near = |it: &HoldingBinding<'a>| match it {
            HoldingBinding::Defined { object, .. } => is_near(self.inventory, role, object),
            HoldingBinding::BuiltIn(_) => true,
        };
        let all = self.holdings.all().iter();
        let mut meant = all.filter(|it| {
            is_far_reaching(it.scope, target) && is_meant(&it.principal) && is_near(&it.binding)
        });
        meant.find_map(|holding| {
            let mut rules = self.holdings.rules(holding).iter();
            rules.find_map(|rule| {
                Some(Takeover {
                    holding,
                    rule: *rule,
                    hazard: taking_over(rule, holding.scope)?,
                })
            })
        })
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

impl<'a> Holder<'_, 'a> {
    /// Where what they hold holds.
    pub(super) fn scope(&self) -> Namespace<'a> {
        match self {
            Self::Named(held) => held.holding.scope,
            Self::Anybody(_, Extent::Cluster(_) | Extent::Nowhere) => Namespace::Cluster,
            Self::Anybody(_, Extent::Sensitive(name, _) | Extent::Namespace(Some(name), _)) => {
                Namespace::Named(name)
            }
            Self::Anybody(_, Extent::Namespace(None, _) | Extent::Namespaces(_)) => {
                Namespace::Unset
            }
        }
    }

    /// Whether that is in the whole cluster.
    pub(super) fn is_everywhere(&self) -> bool {
        self.scope() == Namespace::Cluster
    }
}

impl Takeover<'_, '_> {
    /// Who takes over what, as a clause.
    pub(super) fn clause(&self) -> String {
        let who = words::principal(&self.holding.principal);
        let deed = words::deed(&self.rule, &self.hazard);
        let place = match self.holding.scope.name() {
            Some(namespace) => format!("in `{namespace}`"),
            None => "in the whole cluster".to_owned(),
        };
        format!("{who} may {deed} {place}")
    }

    /// Points at the rule and the binding.
    pub(super) fn label(&self, finding: &mut Finding) {
        let deed = words::deed(&self.rule, &self.hazard);
        finding.label(self.hazard.at.node, format!("lets it {deed}"));
        if let HoldingBinding::Defined { object, .. } = self.holding.binding {
            let name = object.at(&["roleRef", "name"]);
            finding.label(name.unwrap_or(object.head()), "bound to it here");
        }
    }
}

impl<'h, 'a> Granted<'h, 'a> {
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

    /// The role, and how far it goes.
    pub(super) fn reach(&self) -> (&Object<'a>, Extent<'a>) {
        (&self.role, self.extent)
    }

    /// Reports the worst that `judge` says of the entries, and points at the others of which it says
    /// something.
    pub(super) fn report(
        &self,
        powers: Powers<'h, 'a>,
        words: &Words<'_>,
        judge: impl Fn(&Entry<'h, 'a>) -> Option<Verdict<'h, 'a>>,
        reporter: &mut Reporter<'_>,
    ) {
        let entries = self.entries.iter();
        let judged = entries.filter_map(|it| Some((it, judge(it)?)));
        let judged: Vec<_> = judged.collect();
        // The first of the worst.
        let worst = judged.iter().rev().max_by_key(|it| it.1.severity);
        let Some((entry, worst)) = worst else { return };
        let at = words.place(entry);
        let finding = reporter.report(at.node, &worst.message);
        finding
            .here(worst.here)
            .help(words.help)
            .severity(worst.severity);
        for other in &worst.others {
            other.label(finding, &self.role);
        }
        for (place, why) in &worst.evidence {
            finding.label(*place, why);
        }
        for (other, verdict) in &judged {
            let other = words.place(other);
            if other.node.id() != at.node.id() {
                finding.label(other.node, verdict.here);
            }
        }
        let rbac = Rbac::new(powers.inventory);
        let power = Power::Resource(entry.request);
        if powers.holdings.needs_cluster_role_binding(&power) {
            words::label_cluster_bindings(finding, rbac, &self.role);
        } else {
            words::label_bindings(finding, rbac, &self.role);
        }
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
    /// Whether there is a place where both hold.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        let (Some(one), Some(other)) = (self.holding, other.holding) else {
            return true;
        };
        [one.scope, other.scope].contains(&Namespace::Cluster)
            || one.scope.compare(other.scope) == Relation::Same
    }

    /// Points at the rule, and at the binding of its role where that is not `role`.
    pub(super) fn label(&self, finding: &mut Finding, role: &Object<'a>) {
        let place = match self.found.verb.value {
            "*" => self.found.resource,
            _ => self.found.verb,
        };
        // By `*`, one entry grants it all.
        if place.node.place() != finding.place {
            finding.label(place.node, format!("grants `{}`", self.verb));
        }
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

/// Whether an entry of `resources` may mean one of `requests`.
fn is_about(rule: &PolicyRule<'_>, requests: &[Request<'_>]) -> bool {
    rule.resources().any(|entry| {
        let mut asked = requests.iter();
        entry.value.starts_with('*') || asked.any(|it| entry.value.starts_with(it.resource))
    })
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
