//! `service-accounts/shared-by-workloads`.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    analysis::{
        accounts::{power_of_its_own, takeover},
        network::{Network, Workload},
        tokens::{DEFAULT_ACCOUNT, Tokens},
    },
    diagnostic::Severity,
    inventory::{Inventory, NamedGrant},
    model::{Label, ServiceAccount},
    object::{Kind, Object},
    rule::{Check, Finding, Reporter, declare_rule},
    yaml::Node,
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds accounts that several programs run as, where a binding grants the account something or a cloud
    /// knows it. Programs are told apart by the label `app.kubernetes.io/name`, or else `app` or `k8s-app`;
    /// those that are parts of one whole, by `app.kubernetes.io/part-of` or `app.kubernetes.io/instance`, may
    /// share. It is a warning where the account can take over the cluster, and so is such an account of a
    /// `DaemonSet`.
    ///
    /// ## Why is this bad?
    ///
    /// Each program has what any of them needs: whoever breaks into the least of them has it all, and the
    /// audit log cannot tell who asked. The token of a `DaemonSet` lies on every node: who breaks out of any
    /// container finds it there.
    ///
    /// ## What to do
    ///
    /// Define an account for each program, and bind each to what it needs. In a `DaemonSet`, move what needs
    /// the power into a Deployment.
    "service-accounts/shared-by-workloads" {
        summary: "account with rights is shared, or on every node",
        severity: Warning,
        since: "0.1.0",
        check: Check::Network(check),
    }
}

/// A program that runs as an account.
struct User<'n, 'a> {
    workload: &'n Workload<'a>,
    gets_token: bool,
}

fn check<'a>(network: &Network<'_, 'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let mut accounts: FxHashMap<_, Vec<User<'_, 'a>>> = FxHashMap::default();
    for workload in network.workloads() {
        let pod = &workload.pod;
        let name = pod.service_account_name();
        if name.is_none_or(|it| it.value == DEFAULT_ACCOUNT) || pod.is_scaled_to_zero() {
            continue;
        }
        let tokens = Tokens::of(pod, inventory);
        let account = tokens.account().and_then(|it| it.objects.first());
        if let Some(account) = account {
            // Who is not applied together does not share.
            let place = (account.id(), workload.home.group);
            accounts.entry(place).or_default().push(User {
                workload,
                gets_token: !tokens.mounts().is_empty(),
            });
        }
    }
    let mut accounts: Vec<_> = accounts.into_iter().collect();
    accounts.sort_by_key(|it| it.0);
    for ((account, _), users) in accounts {
        let account = inventory.object(account);
        check_sharing(account, &users, inventory, reporter);
        check_daemons(account, &users, inventory, reporter);
    }
}

fn check_sharing<'a>(
    account: &Object<'a>,
    users: &[User<'_, 'a>],
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let Some(name) = account.name() else { return };
    let cloud = ServiceAccount::new(account).cloud_identities().next();
    // The clouds bring tokens of their own.
    let users = users
        .iter()
        .filter(|it| it.gets_token || cloud.is_some())
        .map(|it| it.workload);
    let programs = programs(users);
    let [first, _, ..] = programs.as_slice() else {
        return;
    };
    let grant = power_of_its_own(&first.pod.object(), name.value, inventory);
    let whole = takeover(inventory.namespace(account), name.value, inventory);
    if grant.is_none() && whole.is_none() && cloud.is_none() {
        return;
    }
    let shown = inventory.display(account);
    let power = if whole.is_some() {
        ", which can take over the cluster,"
    } else {
        ""
    };
    let sharing = names(&programs, inventory);
    let finding = reporter
        .report(
            account.head(),
            format!("account `{shown}`{power} is shared by {sharing}"),
        )
        .help("define an account for each program, and bind each to what it needs");
    if whole.is_none() {
        finding.severity(Severity::Info);
    }
    for workload in &programs {
        finding.label(place(workload), "runs as it");
    }
    if let Some(grant) = whole.or(grant) {
        label(finding, grant, inventory);
    }
    if let Some(cloud) = cloud {
        finding.label(cloud.name.node, "known to the cloud");
    }
}

/// The first two by name, the others by number.
fn names<'a>(programs: &[&Workload<'a>], inventory: &Inventory<'a>) -> String {
    let shown = programs.iter().take(2);
    let shown: Vec<_> = shown
        .map(|it| format!("`{}`", inventory.display(&it.pod.object())))
        .collect();
    match programs.len() {
        0..=2 => shown.join(" and "),
        number => format!("{} and {} more", shown.join(", "), number - 2),
    }
}

/// The first workload that tells its program, and one for each program that has nothing to do with that.
fn programs<'n, 'a: 'n>(
    workloads: impl Iterator<Item = &'n Workload<'a>>,
) -> Vec<&'n Workload<'a>> {
    let mut seen = FxHashSet::default();
    let mut programs: Vec<&Workload<'a>> = Vec::new();
    for workload in workloads {
        let is_other = programs.first().is_none_or(|it| is_apart(it, workload));
        if is_other && program(workload).is_some_and(|it| seen.insert(it)) {
            programs.push(workload);
        }
    }
    programs
}

/// Whether two workloads are certainly not parts of one whole.
fn is_apart(one: &Workload<'_>, other: &Workload<'_>) -> bool {
    let keys = ["app.kubernetes.io/part-of", "app.kubernetes.io/instance"];
    keys.into_iter()
        .all(|key| match (one.labels.get(key), other.labels.get(key)) {
            (Label::Value(Some(one)), Label::Value(Some(other))) => one != other,
            (Label::Unknown | Label::Value(None), _) | (_, Label::Unknown | Label::Value(None)) => {
                false
            }
            (Label::Absent, _) | (_, Label::Absent) => true,
        })
}

/// The name of the program, by the labels of its Pods.
fn program<'a>(workload: &Workload<'a>) -> Option<&'a str> {
    let keys = ["app.kubernetes.io/name", "app", "k8s-app"];
    keys.into_iter()
        .find_map(|it| match workload.labels.get(it) {
            Label::Value(name) => name,
            Label::Absent | Label::Unknown => None,
        })
}

fn check_daemons<'a>(
    account: &Object<'a>,
    users: &[User<'_, 'a>],
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) {
    let is_daemon =
        |it: &&User<'_, 'a>| it.gets_token && it.workload.pod.object().kind() == Kind::DaemonSet;
    let Some(daemon) = users.iter().find(is_daemon) else {
        return;
    };
    let name = account.name().map_or("", |it| it.value);
    let Some(grant) = takeover(inventory.namespace(account), name, inventory) else {
        return;
    };
    let shown = inventory.display(account);
    let finding = reporter
        .report(
            place(daemon.workload),
            format!("the token of account `{shown}`, which can take over the cluster, lies on every node"),
        )
        .help("move what needs the power into a Deployment, and bind the account to what the daemon needs");
    label(finding, grant, inventory);
}

/// Points at the subject that names the account, and at the role.
fn label<'a>(finding: &mut Finding, grant: NamedGrant<'_, 'a>, inventory: &Inventory<'a>) {
    let subject = grant.subject.name().map(|it| it.node);
    finding.label(subject.unwrap_or(grant.subject.node()), "bound here");
    if let Some(role) = grant.grant.roles.first() {
        finding.label(inventory.object(*role).head(), "the role");
    }
}

/// Where the workload names its account.
fn place<'a>(workload: &Workload<'a>) -> Node<'a> {
    let name = workload.pod.service_account_name();
    name.map_or(workload.pod.object().head(), |it| it.node)
}
