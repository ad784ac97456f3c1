//! Bindings of ServiceAccounts that no workload runs as.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use crate::{
    analysis::{
        mentions::Mentions,
        rbac::{Deed, Held, Holding, HoldingBinding, Holdings, Place, Power, Principal, WAYS, Way},
        tokens::DEFAULT_ACCOUNT,
    },
    inventory::{ClosedWorld, Inventory, Resolution},
    model::{ACCOUNT_ANNOTATION, Subject},
    object::{Kind, Namespace, Object, ObjectId},
    rule::Reporter,
};

use super::{Whole, words};

/// What lets a program use the accounts of others.
const USES: [Deed; 3] = [Deed::RunPods, Deed::MakeTokens, Deed::ActAsAccounts];

/// Reports them, and tells which bindings they are.
pub(super) fn check<'a>(
    holdings: &Holdings<'a>,
    mentions: &Mentions<'a>,
    whole: &Whole<'_, 'a>,
    reporter: &mut Reporter<'_>,
) -> FxHashSet<ObjectId> {
    let accounts = Accounts::new(holdings, mentions, whole);
    let mut idle: BTreeMap<ObjectId, (Object<'a>, Vec<Subject<'a>>)> = BTreeMap::new();
    for holding in holdings.all() {
        if let HoldingBinding::Defined {
            object, subject, ..
        } = holding.binding
            && accounts.is_idle(holding, &object)
        {
            let of_binding = idle.entry(object.id());
            let (_, subjects) = of_binding.or_insert_with(|| (object, Vec::new()));
            if subjects.iter().all(|it| it.node() != subject.node()) {
                subjects.push(subject);
            }
        }
    }
    for (binding, subjects) in idle.values() {
        report(binding, subjects, whole.inventory, reporter);
    }
    idle.into_keys().collect()
}

/// Which accounts somebody uses.
struct Accounts<'i, 'a> {
    whole: &'i Whole<'i, 'a>,
    mentions: &'i Mentions<'a>,
    /// Where programs may use any account.
    open: Vec<(ClosedWorld, Namespace<'a>)>,
    /// Names of accounts whose tokens lie in Secrets.
    with_tokens: FxHashSet<&'a str>,
}

impl<'i, 'a> Accounts<'i, 'a> {
    fn new(holdings: &Holdings<'a>, mentions: &'i Mentions<'a>, whole: &'i Whole<'i, 'a>) -> Self {
        let secrets = whole.inventory.of_kind(Kind::Secret);
        let with_tokens = secrets.filter_map(|it| it.annotation(ACCOUNT_ANNOTATION));
        let mut accounts = Self {
            whole,
            mentions,
            open: Vec::new(),
            with_tokens: with_tokens.map(|it| it.value).collect(),
        };
        let mut open = FxHashSet::default();
        let ways = WAYS.iter().filter(|it| USES.contains(&it.deed));
        for request in ways.flat_map(Way::requests) {
            let held = holdings.who(&Power::Resource(request), Place::Anywhere);
            open.extend(held.iter().filter_map(|it| accounts.opened_by(it)));
        }
        accounts.open = open.into_iter().collect();
        accounts
    }

    /// Where the holder, if it is a program that runs, may use any account.
    fn opened_by(&self, held: &Held<'_, 'a>) -> Option<(ClosedWorld, Namespace<'a>)> {
        let (name, object) = account(held.holding)?;
        let world = self.whole.inventory.closed_world_of(object.file())?;
        let is_run = self.mentions.has(world, name) || name == DEFAULT_ACCOUNT;
        is_run.then_some((world, held.holding.scope))
    }

    /// Whether `binding` gives something to an account that is there and nobody uses.
    fn is_idle(&self, holding: &Holding<'a>, binding: &Object<'a>) -> bool {
        let Principal::ServiceAccount { namespace, name } = &holding.principal else {
            return false;
        };
        let Some(world) = self.whole.world_of(binding) else {
            return false;
        };
        let is_open = |(of, scope): &(ClosedWorld, Namespace<'a>)| {
            *of == world && (*scope == Namespace::Cluster || scope.may_equal(*namespace))
        };
        name != DEFAULT_ACCOUNT
            && !self.open.iter().any(is_open)
            && self.is_unnamed(holding, binding, world)
            && *namespace != Namespace::Unknown
    }

    /// Whether the account is defined, and nothing speaks of it.
    fn is_unnamed(&self, holding: &Holding<'a>, binding: &Object<'a>, world: ClosedWorld) -> bool {
        let (Some((written, _)), Principal::ServiceAccount { namespace, name }) =
            (account(holding), &holding.principal)
        else {
            return false;
        };
        let kind = Kind::ServiceAccount;
        let found = self
            .whole
            .inventory
            .find(binding, kind, Some(*namespace), written);
        let Resolution::Found(definitions) = found else {
            return false;
        };
        let names = definitions.iter().map(|it| it.name);
        let mut names = names.chain([written, name]);
        !names.any(|it| self.mentions.has(world, it) || self.with_tokens.contains(it))
    }
}

/// Name of the account that holds it, as written, and the binding; `None` for anybody else.
fn account<'a>(holding: &Holding<'a>) -> Option<(&'a str, Object<'a>)> {
    let HoldingBinding::Defined {
        object, subject, ..
    } = holding.binding
    else {
        return None;
    };
    let is_account = matches!(holding.principal, Principal::ServiceAccount { .. });
    let kind = subject.kind().filter(|_| is_account)?;
    let name = subject.name().filter(|_| kind.value == "ServiceAccount")?;
    Some((name.value, object))
}

fn report<'a>(
    binding: &Object<'a>,
    subjects: &[Subject<'a>],
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let Some((first, others)) = subjects.split_first() else {
        return;
    };
    let name = words::named(inventory, binding);
    let who = words::subjects(inventory, binding, subjects);
    let at = first.name().map_or(first.node(), |it| it.node);
    let finding = reporter.report(
        at,
        format!("{name} is for {who}, which no workload runs as"),
    );
    finding.help("remove the binding if nobody else uses the account");
    words::label_subjects(finding, others, "nor as this one");
}
