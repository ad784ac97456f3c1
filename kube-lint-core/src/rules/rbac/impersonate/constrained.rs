//! Impersonation that takes two rights: for whom, and for what.

use crate::{
    analysis::rbac::{Extent, Hazard, Request, hazard_as_another},
    diagnostic::Severity,
    object::Text,
    rule::Reporter,
    target::KubeVersion,
};

use super::{
    super::powers::{Entry, Granted, Holder, Powers, Right, names},
    super::words,
    MIGHTY, named, takeover,
};

/// A mode of `apiserver/pkg/endpoints/filters/impersonation/mode.go`.
struct Mode {
    name: &'static str,
    request: Request<'static>,
    /// What those are called whom it is about: one, and several.
    called: (&'static str, &'static str),
}

const MODES: [Mode; 4] = [
    mode(
        "user-info",
        "impersonate:user-info",
        "users",
        ("user", "users"),
    ),
    mode(
        "serviceaccount",
        "impersonate:serviceaccount",
        "serviceaccounts",
        ("ServiceAccount", "ServiceAccounts"),
    ),
    mode(
        "arbitrary-node",
        "impersonate:arbitrary-node",
        "nodes",
        ("node", "nodes"),
    ),
    mode(
        ASSOCIATED,
        "impersonate:associated-node",
        "nodes",
        ("node", "nodes"),
    ),
];

const ASSOCIATED: &str = "associated-node";

const RESOURCES: [&str; 3] = ["nodes", "serviceaccounts", "users"];

/// `ConstrainedImpersonation`, which has to be switched on until 1.36.
const SINCE: KubeVersion = KubeVersion::minor(35);

const fn mode(
    name: &'static str,
    verb: &'static str,
    resource: &'static str,
    called: (&'static str, &'static str),
) -> Mode {
    Mode {
        name,
        request: Request {
            verb,
            group: "authentication.k8s.io",
            resource,
            subresource: "",
            name: "",
        },
        called,
    }
}

pub(super) fn check(powers: Powers<'_, '_>, reporter: &mut Reporter<'_>) {
    if powers.inventory.target().kube_version < SINCE {
        return;
    }
    for mode in &MODES {
        for mut granted in powers.granted(&[mode.request]) {
            // Who has `*` on what is asked for as somebody else may do it as themselves.
            granted.entries.retain(|it| it.found.verb.value != "*");
            report(powers, mode, &granted, reporter);
        }
    }
}

/// A right to do something as somebody else.
struct Deed<'a> {
    right: Right<'a>,
    hazard: Option<Hazard<'a>>,
    verb: Text<'a>,
}

fn report<'a>(
    powers: Powers<'_, 'a>,
    mode: &Mode,
    granted: &Granted<'_, 'a>,
    reporter: &mut Reporter<'_>,
) {
    let mut entries = granted.entries.iter();
    // One that is not limited goes further than the others.
    let Some(entry) = entries
        .find(|it| !it.rule.is_limited_by_name())
        .or(granted.entries.first())
    else {
        return;
    };
    let found = entry
        .holders
        .iter()
        .find_map(|it| Some((it, deed(powers, mode, it)?)));
    let name = words::named(powers.inventory, &granted.role);
    let place = words::place(granted.extent);
    let whom = match mode.name {
        ASSOCIATED => "the node that its Pod runs on".to_owned(),
        _ => named(&entry.rule, mode.called),
    };
    let rest = match &found {
        None => format!(
            "; nobody was found who may `impersonate-on:{}` anything too",
            mode.name
        ),
        Some((holder, deed)) => {
            let who = powers.name(holder);
            format!(", and as such {who} may {}", deed.words())
        }
    };
    let at = entry.place(&RESOURCES);
    let finding = reporter.report(at.node, format!("{name} can act as {whom} {place}{rest}"));
    finding
        .here("acts as others")
        .help("list in `resourceNames` whom it acts as, and see that what it may do so is needed")
        .severity(level(
            powers,
            mode,
            granted,
            entry,
            found.as_ref().map(|it| &it.1),
        ));
    if let Some((_, deed)) = &found {
        finding.label(deed.verb.node, "what it may do so");
    }
    granted.label(finding, powers.inventory, (at, &RESOURCES));
}

fn level<'a>(
    powers: Powers<'_, 'a>,
    mode: &Mode,
    granted: &Granted<'_, 'a>,
    entry: &Entry<'_, 'a>,
    deed: Option<&Deed<'a>>,
) -> Severity {
    let (Some(deed), false) = (deed, mode.name == ASSOCIATED) else {
        return Severity::Info;
    };
    let mut level = words::level(granted.extent);
    let is_of_all = deed.right.is_everywhere || !matches!(granted.extent, Extent::Cluster(_));
    if deed.hazard.is_none() || !is_of_all {
        level = words::lowered(level);
    }
    let Some(names) = names(&entry.rule) else {
        return level;
    };
    let is_mighty = names.iter().any(|it| MIGHTY.contains(it))
        || takeover(powers, granted, entry, &names).is_some();
    if is_mighty {
        level
    } else {
        words::lowered(level)
    }
}

/// The worst that `holder` may do as somebody else.
fn deed<'h, 'a>(powers: Powers<'h, 'a>, mode: &Mode, holder: &Holder<'h, 'a>) -> Option<Deed<'a>> {
    let prefix = format!("impersonate-on:{}:", mode.name);
    let deeds = powers.beside(holder).into_iter().filter_map(|right| {
        let mut verbs = right.rule.verbs();
        Some(Deed {
            hazard: hazard_as_another(&right.rule, mode.name, right.is_everywhere),
            verb: verbs.find(|it| it.value.starts_with(&prefix))?,
            right,
        })
    });
    deeds.max_by_key(|it| it.hazard.is_some())
}

impl Deed<'_> {
    fn words(&self) -> String {
        let rule = &self.right.rule;
        if let Some(hazard) = &self.hazard {
            return words::deed(rule, hazard);
        }
        let verb = self.verb.value.rsplit(':').next().unwrap_or_default();
        match rule.resources().next() {
            Some(_) => format!("`{verb}` {}", words::resources(rule)),
            None => format!("`{verb}` URLs"),
        }
    }
}
