//! The frame of rules about roles that may write objects which others rely on.

use rustc_hash::FxHashSet;

use crate::{
    analysis::rbac::{Deed, Extent, Holdings, Rbac, Request, Trade, WAYS, Way},
    diagnostic::Severity,
    inventory::Inventory,
    object::{Kind, Object},
    rule::Reporter,
};

use super::{
    powers::{Entry, Granted, Holder, Other, Powers, Spot, Verdict, Words},
    words,
};

/// A resource, and the verbs by which somebody tampers with its objects.
pub(super) struct Target {
    /// API group.
    pub(super) group: &'static str,
    /// As in roles: a plural, with a subresource behind a slash.
    pub(super) resource: &'static str,
    pub(super) verbs: &'static [&'static str],
}

/// What such a rule is about.
pub(super) struct Tampering {
    pub(super) targets: &'static [Target],
    /// What those who need it do.
    pub(super) trade: Trade,
    pub(super) help: &'static str,
}

impl Target {
    fn requests(&self) -> impl Iterator<Item = Request<'static>> {
        let (resource, subresource) = self.resource.split_once('/').unwrap_or((self.resource, ""));
        self.verbs.iter().map(move |verb| Request {
            verb,
            group: self.group,
            resource,
            subresource,
            name: "",
        })
    }
}

impl Tampering {
    /// Reports of each role the worst that `judge` says of what it grants.
    pub(super) fn check<'h, 'a>(
        &self,
        (holdings, inventory): (&'h Holdings<'a>, &'h Inventory<'a>),
        judge: impl Fn(Powers<'h, 'a>, &Granted<'h, 'a>, &Entry<'h, 'a>) -> Option<Verdict<'h, 'a>>,
        reporter: &mut Reporter<'_>,
    ) {
        let powers = Powers {
            holdings,
            inventory,
        };
        let requests: Vec<_> = self.targets.iter().flat_map(Target::requests).collect();
        let resources: Vec<_> = self.targets.iter().map(|it| it.resource).collect();
        let words = Words {
            spot: Spot::Resource,
            resources: &resources,
            help: self.help,
        };
        for mut granted in powers.granted(&requests) {
            granted.entries.retain(|it| !is_of_core(it));
            // Several verbs of a rule are one way to do it.
            let mut places = FxHashSet::default();
            let is_first = |it: &Entry<'_, '_>| places.insert(it.found.resource.node.id());
            granted.entries.retain(is_first);
            let judge = |entry: &Entry<'h, 'a>| {
                let verdict = judge(powers, &granted, entry)?;
                let said = (verdict.severity, verdict.message);
                let (role, extent) = granted.reach();
                let (severity, message) = words::allow_for_trade(said, role, extent, self.trade);
                Some(Verdict {
                    severity,
                    message,
                    ..verdict
                })
            };
            granted.report(powers, &words, judge, reporter);
        }
    }
}

/// Whether the entry covers every resource of the core group, or of every group: that says worse.
fn is_of_core(entry: &Entry<'_, '_>) -> bool {
    let mut groups = entry.rule.api_groups();
    entry.found.resource.value == "*" && groups.any(|it| matches!(it.value, "" | "*"))
}

impl<'h, 'a> Verdict<'h, 'a> {
    /// That `role` can do `deed`, as far as `extent` goes.
    pub(super) fn on(
        inventory: &Inventory<'a>,
        (role, extent): (&Object<'a>, Extent<'a>),
        deed: &str,
        severity: Severity,
    ) -> Self {
        let is_bound = !matches!(extent, Extent::Nowhere);
        Self {
            severity: if is_bound { severity } else { Severity::Info },
            message: format!("{} can {deed}", words::named(inventory, role)),
            here: "",
            others: Vec::new(),
            evidence: Vec::new(),
        }
    }

    /// Says where it is so; more of it, in `rest`, where anything binds the role.
    pub(super) fn at(mut self, extent: Extent<'a>, rest: &str) -> Self {
        self.message = format!("{} {}", self.message, words::place(extent));
        if !matches!(extent, Extent::Nowhere) {
            self.message.push_str(rest);
        }
        self
    }

    /// Says where the role is bound only if it is nowhere: what it is about lies in one place.
    pub(super) fn unless_unbound(mut self, extent: Extent<'a>) -> Self {
        if matches!(extent, Extent::Nowhere) {
            self.message.push_str("; no binding of it was found");
        }
        self
    }

    /// Makes it an error, because of what more is told in `why`; what nothing binds is none.
    pub(super) fn worsen(&mut self, extent: Extent<'a>, why: &str, others: &[Other<'h, 'a>]) {
        if !matches!(extent, Extent::Nowhere) {
            self.severity = Severity::Error;
            self.message = format!("{}, and {why}", self.message);
            self.others.extend(others);
        }
    }
}

/// Whether what the role grants holds in `namespace`, as far as bindings tell.
pub(super) fn holds_in<'a>(
    inventory: &Inventory<'a>,
    granted: &Granted<'_, 'a>,
    namespace: &str,
) -> bool {
    match granted.extent {
        Extent::Cluster(_) | Extent::Nowhere => true,
        _ if granted.role.kind() == Kind::Role => {
            inventory.namespace(&granted.role).name() == Some(namespace)
        }
        _ => {
            let reach = Rbac::new(inventory).reach(&granted.role);
            let mut bound = reach.namespaced.iter();
            bound.any(|it| it.namespace.name() == Some(namespace))
        }
    }
}

/// The rules by which `holder` may make Pods, itself or through a controller.
pub(super) fn makes_pods<'h, 'a>(
    powers: Powers<'h, 'a>,
    holder: &Holder<'h, 'a>,
) -> Vec<Other<'h, 'a>> {
    let ways = WAYS.iter().filter(|it| it.deed == Deed::RunPods);
    let found = ways.flat_map(Way::requests);
    found.flat_map(|it| powers.also(holder, it)).collect()
}

/// The request to create an object.
pub(super) const fn create(group: &'static str, resource: &'static str) -> Request<'static> {
    Request {
        verb: "create",
        group,
        resource,
        subresource: "",
        name: "",
    }
}
