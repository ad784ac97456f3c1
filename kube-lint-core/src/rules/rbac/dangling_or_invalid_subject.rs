//! `rbac/dangling-or-invalid-subject`.

use crate::{
    analysis::{
        names::is_subdomain,
        rbac::{Impact, Rbac, hazard},
        tokens::DEFAULT_ACCOUNT,
    },
    diagnostic::{Applicability, Confidence, Severity},
    inventory::{Inventory, Missing, Resolution},
    model::{Binding, Subject},
    nearest,
    object::{Kind, Namespace, Object, Text, text},
    rule::{Check, Finding, Reporter, declare_rule},
    yaml::NewValue,
};

use super::words;

declare_rule! {
    /// ## What it does
    ///
    /// Finds subjects of bindings that the API server refuses: of a kind other than `User`, `Group` and
    /// `ServiceAccount`, of the wrong API group, without a name, ServiceAccounts whose name is none, or, in
    /// a `ClusterRoleBinding`, without a namespace.
    ///
    /// It also finds those that match nobody: users and groups whose name is almost that of one of
    /// Kubernetes' own, and ServiceAccounts whose name is a letter or two off one that is defined in that
    /// namespace. Accounts that are defined in another namespace only are a warning, and where the manifests
    /// are the whole cluster (`world: closed`) all that nothing defines. A ServiceAccount written as a user is
    /// info, and so is a binding without subjects.
    ///
    /// ## Why is this bad?
    ///
    /// The binding is never applied, or gives nobody anything; and whoever makes an account of that name
    /// later gets the role.
    ///
    /// ## What to do
    ///
    /// Write who is meant: `kind: ServiceAccount` with name and namespace and no `apiGroup`; `kind: User` or
    /// `kind: Group` with `apiGroup: rbac.authorization.k8s.io`.
    "rbac/dangling-or-invalid-subject" {
        summary: "subject of a binding is malformed or matches nobody",
        severity: Error,
        since: "0.1.0",
        fix: Safe,
        check: Check::Object(&[Kind::RoleBinding, Kind::ClusterRoleBinding], check),
    }
}

const GROUP: &str = "rbac.authorization.k8s.io";
const ACCOUNT_USER: &str = "system:serviceaccount:";

/// Groups that the API server puts callers into (`apiserver/pkg/authentication/user`).
const GROUPS: [&str; 6] = [
    "system:authenticated",
    "system:masters",
    "system:monitoring",
    "system:nodes",
    "system:serviceaccounts",
    "system:unauthenticated",
];

fn check<'a>(object: &Object<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    if inventory.is_patched(object, &["subjects"]) {
        return;
    }
    let mut subjects = Binding::new(object).subjects().peekable();
    if subjects.peek().is_none() {
        return report_nobody(object, inventory, reporter);
    }
    for subject in subjects {
        let named = Named {
            object: *object,
            subject,
            inventory,
        };
        named.check(reporter);
    }
}

fn report_nobody<'a>(object: &Object<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let subjects = object.root().get("subjects");
    // Where they come from a template or a patch, there may be some.
    let is_empty = match subjects {
        Some(list) => list.is_null() || list.is_sequence(),
        None => inventory.lacks(object, object.root(), "subjects"),
    };
    let is_whole = Binding::new(object).role_ref().is_some() && !object.is_partial();
    if !is_empty || !is_whole {
        return;
    }
    let name = words::named(inventory, object);
    let at = subjects.map_or(object.head(), |it| it.key().unwrap_or(it));
    reporter
        .report(
            at,
            format!("{name} names no subjects, so it grants nothing"),
        )
        .help("name who needs the role, or remove the binding")
        .severity(Severity::Info);
}

/// A subject of a binding.
struct Named<'i, 'a> {
    object: Object<'a>,
    subject: Subject<'a>,
    inventory: &'i Inventory<'a>,
}

impl<'a> Named<'_, 'a> {
    fn check(&self, reporter: &mut Reporter<'_>) {
        let Some(kind) = self.subject.kind() else {
            if self.lacks("kind") {
                self.report_missing_field("kind", reporter);
            }
            return;
        };
        let Some(name) = self.subject.name() else {
            if self.lacks("name") {
                self.report_missing_field("name", reporter);
            }
            return;
        };
        let right = match kind.value {
            "ServiceAccount" => "",
            "User" | "Group" => GROUP,
            _ => return self.report_kind(kind, name, reporter),
        };
        match self.wrong_group(right) {
            Some(wrong) => self.report_group(wrong, right, kind.value, name, reporter),
            None => self.check_name(kind.value, name, reporter),
        }
    }

    /// Checks who is named, where they are of this kind.
    fn check_name(&self, kind: &str, name: Text<'a>, reporter: &mut Reporter<'_>) {
        match kind {
            "ServiceAccount" => self.check_account(name, reporter),
            "User" => self.check_user(name, reporter),
            _ => self.check_group(name, reporter),
        }
    }

    /// Whether nothing would be said of the subject if it were of this kind and of its API group.
    fn is_right_else(&self, kind: &str, name: Text<'a>) -> bool {
        let mut found = Vec::new();
        self.check_name(kind, name, &mut Reporter::new(&RULE, &mut found));
        found.is_empty()
    }

    fn lacks(&self, field: &str) -> bool {
        let node = self.subject.node();
        node.is_mapping() && self.inventory.lacks(&self.object, node, field)
    }

    fn binding(&self) -> String {
        words::named(self.inventory, &self.object)
    }

    fn report_missing_field(&self, field: &str, reporter: &mut Reporter<'_>) {
        let message = format!("{} has a subject without `{field}`", self.binding());
        reporter
            .report(self.subject.node(), message)
            .here("the API server refuses it")
            .help(format!("write the `{field}` of the subject"));
    }

    fn report_kind(&self, kind: Text<'a>, name: Text<'a>, reporter: &mut Reporter<'_>) {
        const KINDS: [&str; 3] = ["Group", "ServiceAccount", "User"];
        let message = format!(
            "{} has a subject of the kind `{}`, which is none",
            self.binding(),
            kind.value
        );
        let same = KINDS
            .iter()
            .copied()
            .find(|it| it.eq_ignore_ascii_case(kind.value));
        let near = same.or_else(|| nearest::nearest(kind.value, KINDS));
        let help = match near {
            Some(near) => format!("write `{near}` if that is meant"),
            None => "write `User`, `Group` or `ServiceAccount`".to_owned(),
        };
        let finding = reporter.report(kind.node, message);
        finding.here("the API server refuses it").help(help);
        if let Some(same) = same {
            self.fix_kind(finding, kind, same, name);
        }
    }

    /// Writes the kind as Kubernetes does, where the subject is right then. It gets a role that it did not
    /// have, so that this is safe for one that only lets it read.
    fn fix_kind(&self, finding: &mut Finding, kind: Text<'a>, right: &str, name: Text<'a>) {
        let is_account = right == "ServiceAccount";
        let group = if is_account { "" } else { GROUP };
        if self.wrong_group(group).is_some() || !self.is_right_else(right, name) {
            return;
        }
        let is_somebody_elses = name.value.starts_with("system:")
            || is_account && (self.subject.namespace().is_some() || name.value == DEFAULT_ACCOUNT);
        let applicability = if is_somebody_elses || !self.only_lets_read() {
            Applicability::Unsafe
        } else {
            Applicability::Safe
        };
        let edits = kind.node.rewritten(NewValue::Text(right));
        finding.fix(applicability, format!("write `{right}`"), edits);
    }

    /// Whether the binding gives no more than to read, in its namespace.
    fn only_lets_read(&self) -> bool {
        let rbac = Rbac::new(self.inventory);
        let grants = self.inventory.bindings().of_binding(self.object.id());
        self.object.kind() == Kind::RoleBinding
            && grants.iter().all(|grant| {
                rbac.role(grant).is_some_and(|role| {
                    let rules = rbac.rules(role);
                    let hazards = rules.iter().filter_map(|it| hazard(it, false));
                    hazards.map(|it| it.impact).all(|it| it == Impact::Reads)
                })
            })
    }

    /// An `apiGroup` left out is filled in (`SetDefaults_Subject` in `pkg/apis/rbac/v1/defaults.go`).
    fn wrong_group(&self, right: &str) -> Option<Text<'a>> {
        let group = text(self.subject.node(), "apiGroup");
        group.filter(|it| !it.value.is_empty() && it.value != right)
    }

    fn report_group(
        &self,
        wrong: Text<'a>,
        right: &str,
        kind: &str,
        name: Text<'a>,
        reporter: &mut Reporter<'_>,
    ) {
        let message = format!(
            "{} has a {kind} of the API group `{}`, which has none",
            self.binding(),
            wrong.value
        );
        let (help, edits) = if right.is_empty() {
            let subject = self.subject.node();
            let help = "remove `apiGroup`".to_owned();
            (help, subject.without_entries(&[wrong.node]))
        } else {
            let edits = wrong.node.rewritten(NewValue::Text(right));
            (format!("write `{right}`"), edits)
        };
        let finding = reporter.report(wrong.node, message);
        finding.here("the API server refuses it").help(&help);
        if self.is_right_else(kind, name) {
            finding.fix(Applicability::Safe, help, edits);
        }
    }

    fn check_account(&self, name: Text<'a>, reporter: &mut Reporter<'_>) {
        if !is_subdomain(name.value) {
            return self.report_account_name(name, reporter);
        }
        let is_cluster_wide = self.object.kind() == Kind::ClusterRoleBinding;
        if is_cluster_wide && self.has_no_namespace() {
            let message = format!(
                "{} names ServiceAccount `{}` without a namespace",
                self.binding(),
                name.value
            );
            reporter
                .report(self.subject.node(), message)
                .here("the API server refuses it")
                .help("write the `namespace` of the account");
            return;
        }
        if name.value == DEFAULT_ACCOUNT || self.inventory.may_change(&self.object, name.node) {
            return;
        }
        if let Some(missing) = self.missing(name) {
            self.report_missing(name, &missing, reporter);
        }
    }

    /// Whether no kustomization gives the account a namespace either.
    fn has_no_namespace(&self) -> bool {
        let (inventory, object) = (self.inventory, &self.object);
        let mut units = inventory.units_of(object.id()).peekable();
        units.peek().is_some()
            && units.all(|it| {
                let namespace = inventory.subject_namespace(it.id, object, &self.subject);
                namespace.is_none()
            })
    }

    fn report_account_name(&self, name: Text<'a>, reporter: &mut Reporter<'_>) {
        let message = format!(
            "{} names ServiceAccount `{}`, which is no name of an account",
            self.binding(),
            name.value
        );
        let help = if name.value.starts_with(ACCOUNT_USER) {
            "write name and namespace of the account on their own"
        } else {
            "write the name of the account: lower-case letters, digits, `-` and `.`"
        };
        let finding = reporter.report(name.node, message);
        finding.here("the API server refuses it").help(help);
    }

    /// What is known of the account, if it is missing wherever the binding is applied.
    fn missing(&self, name: Text<'a>) -> Option<Missing<'_, 'a>> {
        let (inventory, object) = (self.inventory, &self.object);
        let mut last = None;
        for unit in inventory.units_of(object.id()) {
            let namespace = inventory.subject_namespace(unit.id, object, &self.subject)?;
            let found = inventory.find(object, Kind::ServiceAccount, Some(namespace), name.value);
            match found {
                Resolution::Missing(missing) => last = Some(missing),
                Resolution::Found(_) | Resolution::Unknown => return None,
            }
        }
        last
    }

    fn report_missing(
        &self,
        name: Text<'a>,
        missing: &Missing<'_, 'a>,
        reporter: &mut Reporter<'_>,
    ) {
        let inventory = self.inventory;
        let account = match missing.namespace {
            Namespace::Named(namespace) => format!("{namespace}/{}", name.value),
            _ => name.value.to_owned(),
        };
        let names = format!("{} names ServiceAccount `{account}`", self.binding());
        let near = inventory.near_miss(
            &self.object,
            Kind::ServiceAccount,
            missing.namespace,
            name.value,
        );
        if let Some(near) = near {
            let message = format!("{names}, which is not defined; `{}` is", near.name);
            let finding = reporter.report(name.node, message);
            finding.help(format!("write `{}` if that is meant", near.name));
            finding.label(near.node, "defined here");
        } else if let Some(other) = missing.elsewhere {
            let message = format!("{names}, which is defined in another namespace only");
            let finding = reporter.report(name.node, message);
            finding
                .help("write the namespace of the account that is meant")
                .severity(Severity::Warning)
                .confidence(Confidence::Medium);
            finding.label(other.node, "defined here");
        } else if missing.is_certain {
            reporter
                .report(name.node, format!("{names}, which no manifest defines"))
                .help("define it, or list it in `known.service-accounts` of the configuration")
                .severity(Severity::Warning);
        }
    }

    fn check_user(&self, name: Text<'a>, reporter: &mut Reporter<'_>) {
        let value = name.value;
        if GROUPS.contains(&value) || value.starts_with("system:serviceaccounts:") {
            return self.report_other_kind(name, "Group", reporter);
        }
        let Some(account) = value.strip_prefix(ACCOUNT_USER) else {
            return;
        };
        let parts: Vec<_> = account.split(':').collect();
        let binding = self.binding();
        match parts.as_slice() {
            [namespace, account] if !namespace.is_empty() && is_subdomain(account) => {
                let message =
                    format!("{binding} names ServiceAccount `{namespace}/{account}` as a user");
                reporter
                    .report(name.node, message)
                    .help("write `kind: ServiceAccount` with name and namespace, so that tools know it")
                    .severity(Severity::Info);
            }
            _ => {
                let message = format!("{binding} names user `{value}`, which no account has");
                reporter
                    .report(name.node, message)
                    .here("matches nobody")
                    .help("write `kind: ServiceAccount` with name and namespace");
            }
        }
    }

    fn check_group(&self, name: Text<'a>, reporter: &mut Reporter<'_>) {
        let value = name.value;
        if value == "system:anonymous" {
            return self.report_other_kind(name, "User", reporter);
        }
        let Some(meant) = meant_group(value) else {
            return;
        };
        let message = format!(
            "{} names group `{value}`, which has no members",
            self.binding()
        );
        reporter
            .report(name.node, message)
            .here("matches nobody")
            .help(format!("write {meant} if that is meant"));
    }

    fn report_other_kind(&self, name: Text<'a>, kind: &str, reporter: &mut Reporter<'_>) {
        let written = if kind == "Group" { "user" } else { "group" };
        let message = format!(
            "{} names {written} `{}`, which is a {}",
            self.binding(),
            name.value,
            kind.to_lowercase()
        );
        reporter
            .report(name.node, message)
            .here("matches nobody")
            .help(format!("write `kind: {kind}` if that is meant"));
    }
}

/// The group of Kubernetes' own that `name` is almost called like, in words.
fn meant_group(name: &str) -> Option<String> {
    if GROUPS.contains(&name) || !name.starts_with("system:") {
        return None;
    }
    if let Some(account) = name.strip_prefix(ACCOUNT_USER) {
        return Some(match account.split_once(':') {
            Some(_) => "`kind: ServiceAccount` with name and namespace".to_owned(),
            None => format!("`system:serviceaccounts:{account}`"),
        });
    }
    if let Some(namespace) = name.strip_prefix("system:serviceaccounts:") {
        let is_account = namespace.contains(':');
        return is_account.then(|| "`kind: ServiceAccount` with name and namespace".to_owned());
    }
    let near = GROUPS
        .into_iter()
        .find(|it| nearest::distance(it, name, 2).is_some())?;
    Some(format!("`{near}`"))
}
