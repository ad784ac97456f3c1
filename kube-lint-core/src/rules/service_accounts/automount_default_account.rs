//! `service-accounts/automount-default-account`.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    analysis::tokens::{DEFAULT_ACCOUNT, Tokens},
    diagnostic::Applicability,
    inventory::Inventory,
    model::{AUTOMOUNT, PodSpec, ServiceAccount},
    object::{Kind, Object, ObjectId},
    rule::{Check, Finding, Reporter, declare_rule},
    yaml::{NewValue, Node},
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds accounts called `default` that leave the mounting of their token on, and accounts that turn
    /// it on in so many words. Accounts whose Pods all refuse the token are left alone: what a PodSpec
    /// says counts more than what the account says.
    ///
    /// ## Why is this bad?
    ///
    /// Every Pod that names no account runs as `default`, most of them without need for the API: whoever
    /// breaks into one finds a token there. `automountServiceAccountToken: true` in an account says what
    /// is so without it, and gives the token to every program that will ever run as the account.
    ///
    /// ## What to do
    ///
    /// Set `automountServiceAccountToken: false` in the account, and `true` in the PodSpecs of the
    /// programs that call the API.
    "service-accounts/automount-default-account" {
        summary: "account mounts its token wherever it is not refused",
        severity: Info,
        since: "0.1.0",
        fix: Safe,
        check: Check::Inventory(check),
    }
}

/// How many workloads are pointed at.
const SHOWN: usize = 5;

/// An account that leaves mounting on.
#[derive(Clone, Copy)]
struct Candidate<'a> {
    account: Object<'a>,
    /// The field that says so; `None` for a `default` account without the field.
    field: Option<Node<'a>>,
}

impl Candidate<'_> {
    fn is_default(&self) -> bool {
        let name = self.account.name();
        name.is_some_and(|it| it.value == DEFAULT_ACCOUNT)
    }
}

fn check(inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    let accounts = inventory.of_kind(Kind::ServiceAccount);
    let candidates: Vec<_> = accounts
        .filter_map(|account| candidate(account, inventory))
        .collect();
    let users = users(&candidates, inventory);
    for candidate in candidates {
        let users = users
            .get(&candidate.account.id())
            .map_or(&[][..], Vec::as_slice);
        let getting: Vec<_> = users.iter().filter(|it| it.1).map(|it| it.0).collect();
        let is_harmless = candidate.field.is_some() && getting.is_empty() && !users.is_empty();
        if !is_harmless {
            report(candidate, &getting, inventory, reporter);
        }
    }
}

fn candidate<'a>(account: &Object<'a>, inventory: &Inventory<'a>) -> Option<Candidate<'a>> {
    // A patch changes an account that is judged where it stands.
    inventory.units_of(account.id()).next()?;
    if inventory.is_patched(account, &[AUTOMOUNT]) {
        return None;
    }
    let candidate = Candidate {
        account: *account,
        field: ServiceAccount::new(account).automount(),
    };
    let leaves_it_on = match candidate.field {
        Some(field) => field.bool() == Some(true),
        None => candidate.is_default() && !account.is_partial(),
    };
    leaves_it_on.then_some(candidate)
}

/// The PodSpecs of the accounts, and whether each gets the token.
fn users<'a>(
    candidates: &[Candidate<'a>],
    inventory: &Inventory<'a>,
) -> FxHashMap<ObjectId, Vec<(PodSpec<'a>, bool)>> {
    let ids = candidates.iter().map(|it| it.account.id());
    let mut users: FxHashMap<_, Vec<_>> = ids.map(|id| (id, Vec::new())).collect();
    let names = candidates.iter().filter_map(|it| it.account.name());
    let names: FxHashSet<_> = names.map(|it| it.value).collect();
    for pod in inventory.pod_specs() {
        let name = pod
            .service_account_name()
            .map_or(DEFAULT_ACCOUNT, |it| it.value);
        if !names.contains(name) || pod.object().is_partial() {
            continue;
        }
        let tokens = Tokens::of(pod, inventory);
        for account in tokens.account().into_iter().flat_map(|it| &it.objects) {
            if let Some(users) = users.get_mut(&account.id()) {
                users.push((*pod, tokens.is_automounted()));
            }
        }
    }
    users
}

fn report<'a>(
    candidate: Candidate<'a>,
    getting: &[PodSpec<'a>],
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let (name, count) = (inventory.display(&candidate.account), count(getting));
    let finding = match candidate.field {
        Some(field) => reporter
            .report(
                field,
                format!(
                    "the token of ServiceAccount `{name}` is mounted wherever it is not refused{count}"
                ),
            )
            .help("remove the line, which says the default, or write `false` and turn it on in PodSpecs"),
        None => reporter
            .report(
                candidate.account.head(),
                format!("the token of ServiceAccount `{name}` is mounted in Pods that name no account{count}"),
            )
            .help("set `automountServiceAccountToken: false` here, and `true` in Pods that call the API"),
    };
    label(finding, getting);
    fix(finding, candidate, getting);
}

/// Turns mounting off in a `default` account; one that others were made for is for their authors to judge.
fn fix(finding: &mut Finding, candidate: Candidate<'_>, getting: &[PodSpec<'_>]) {
    let off = NewValue::Bool(false);
    let edits = match candidate.field {
        None => candidate.account.root().with_field(None, AUTOMOUNT, off),
        Some(field) if candidate.is_default() => field.rewritten(off),
        Some(_) => None,
    };
    let applicability = if getting.is_empty() {
        Applicability::Safe
    } else {
        Applicability::Unsafe
    };
    finding.fix(
        applicability,
        "set `automountServiceAccountToken: false`",
        edits,
    );
}

fn count(getting: &[PodSpec<'_>]) -> String {
    match getting.len() {
        0 => String::new(),
        1 => ": 1 workload here gets it".to_owned(),
        many => format!(": {many} workloads here get it"),
    }
}

fn label(finding: &mut Finding, getting: &[PodSpec<'_>]) {
    for pod in getting.iter().take(SHOWN) {
        finding.label(pod.object().head(), "gets the token");
    }
}
