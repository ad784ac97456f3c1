//! `rbac/secret-readers-report`.

use crate::{
    analysis::{
        rbac::Holdings,
        secret_readers::{Readers, ReadingWay, SecretReaders},
    },
    diagnostic::Severity,
    inventory::Inventory,
    object::{Kind, Object},
    rule::{Check, Reporter, declare_rule},
};

declare_rule! {
    /// ## What it does
    ///
    /// Says of each Secret who can read it, by the roles, bindings and workloads of the input:
    ///
    /// * subjects that may `get`, `list`, `watch`, `patch` it or delete all (the answers hold the contents);
    /// * workloads that have it as a file or a variable;
    /// * subjects that may make Pods in its namespace, or change workloads there: these can mount it;
    /// * subjects that may run commands in the Pods that have it, attach to them, add containers or change
    ///   their images;
    /// * subjects that may act as one of the former, or make its token.
    ///
    /// Each subject and workload counts once, in the first way of these; a group is one subject. Who could
    /// give themselves more rights first is not asked, and what every cluster has is left out, such as the
    /// controllers in `kube-system`. Where the manifests are the whole cluster (`world: closed`), all bindings
    /// count; elsewhere those that are applied with the Secret, lie in its folder, or in its namespace.
    ///
    /// It is information; a warning where there are more readers than `max-secret-readers` of the
    /// configuration. The rule is off by default: switch it on by `rbac/secret-readers-report: warning`, or
    /// by `info` to have no warnings.
    ///
    /// ## Why is this bad?
    ///
    /// A secret is kept by those who know it: any of them can be broken into, and each is asked when it leaks.
    /// Most have more readers than anybody meant to give it, for who runs Pods reads Secrets.
    ///
    /// ## What to do
    ///
    /// List in `resourceNames` the Secrets that are read, give Secrets that matter a namespace in which few
    /// may run Pods, and remove the readers that need not be.
    "rbac/secret-readers-report" {
        summary: "who can read a Secret",
        severity: Warning,
        is_on_by_default: false,
        since: "0.1.0",
        check: Check::Holdings(check),
    }
}

/// More readers are not pointed at.
const MOST_LABELS: usize = 10;

fn check<'a>(holdings: &Holdings<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let mut all = SecretReaders::new(holdings, inventory);
    for secret in inventory.of_kind(Kind::Secret) {
        let is_applied = inventory.units_of(secret.id()).next().is_some();
        if secret.is_partial() || !is_applied || secret.name().is_none() {
            continue;
        }
        let readers = all.of(secret, MOST_LABELS);
        if readers.number() > 0 {
            report(secret, &readers, inventory, reporter);
        }
    }
}

fn report<'a>(
    secret: &Object<'a>,
    readers: &Readers<'a>,
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let number = readers.number();
    let noun = if number == 1 { "reader" } else { "readers" };
    let most = inventory.target().max_secret_readers;
    let most = most.map(|it| it as usize).filter(|it| number > *it);
    let more = most.map_or_else(String::new, |it| format!(", more than {it}"));
    let name = inventory.display(secret);
    let message = format!(
        "the Secret `{name}` has {number} {noun}{more}: {}",
        ways(readers)
    );
    let finding = reporter.report(secret.head(), message);
    finding
        .help("list in `resourceNames` the Secrets that are read, and let few run Pods beside them")
        .instances(number);
    if most.is_none() {
        finding.severity(Severity::Info);
    }
    if let Some(hidden) = number.checked_sub(MOST_LABELS).filter(|it| *it > 0) {
        finding.here(format!("{hidden} more are not shown"));
    }
    for reader in &readers.nearest {
        finding.label(reader.at, label(reader.way));
    }
}

/// How many read in which way.
fn ways(readers: &Readers<'_>) -> String {
    let ways = ReadingWay::ALL.into_iter().filter_map(|way| {
        let number = Some(readers.number_by(way)).filter(|it| *it > 0)?;
        Some(format!("{number} {}", how(way)))
    });
    ways.collect::<Vec<_>>().join(", ")
}

fn how(way: ReadingWay) -> &'static str {
    match way {
        ReadingWay::Request => "directly",
        ReadingWay::Mount => "as a file or variable",
        ReadingWay::Pods => "by running Pods",
        ReadingWay::Commands => "by commands in its Pods",
        ReadingWay::Identity => "in another's name",
    }
}

fn label(way: ReadingWay) -> &'static str {
    match way {
        ReadingWay::Request => "may read it",
        ReadingWay::Mount => "has it",
        ReadingWay::Pods => "may run Pods that have it",
        ReadingWay::Commands => "may run commands in Pods that have it",
        ReadingWay::Identity => "may act as one that reads it",
    }
}
