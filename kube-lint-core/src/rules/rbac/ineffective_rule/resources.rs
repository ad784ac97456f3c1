//! Resources that no request is for.

use crate::{
    analysis::rbac::{Served, is_built_in_group, served, served_as},
    diagnostic::Severity,
    inventory::Inventory,
    model::PolicyRule,
    nearest,
    object::Text,
    target::KubeVersion,
};

use super::{Flaw, Mend, words};

/// Resources and URLs of `rule` that match no request; `rules` are all those of the role.
pub(super) fn flaws<'a>(
    rules: &[PolicyRule<'a>],
    rule: &PolicyRule<'a>,
    inventory: &Inventory<'a>,
) -> Vec<Flaw<'a>> {
    let of_urls = rule.non_resource_urls().filter_map(url_flaw);
    // These verbs are asked for with names that are no resources.
    let mut verbs = rule.verbs();
    if verbs
        .any(|it| it.value.contains(':') || it.value == "request-serviceaccounts-token-audience")
    {
        return of_urls.collect();
    }
    let search = Search {
        rules,
        version: inventory.target().kube_version,
        has_every_verb: rule.verbs().any(|it| it.value == "*"),
        groups: groups(rule, inventory),
    };
    let of_resources = rule.resources().filter_map(|it| search.flaw(it));
    of_resources.chain(of_urls).collect()
}

/// The API groups of `rule`; none where one of them is not Kubernetes' own or not known.
fn groups<'a>(rule: &PolicyRule<'a>, inventory: &Inventory<'a>) -> Vec<&'a str> {
    let groups: Vec<_> = rule.api_groups().map(|it| it.value).collect();
    let written = rule.node().get("apiGroups");
    let written = written.map_or(0, |it| it.items().count());
    let is_own = |it: &&str| is_built_in_group(it) && !inventory.defines_group(it);
    if groups.len() == written && groups.iter().all(is_own) {
        groups
    } else {
        Vec::new()
    }
}

fn url_flaw(url: Text<'_>) -> Option<Flaw<'_>> {
    let path = url.value;
    let is_pattern = path.trim_end_matches('*').contains('*');
    let (what, help) = if path != "*" && !path.starts_with('/') {
        ("begins with no slash", format!("write `/{path}`"))
    } else if is_pattern {
        let help = "write the paths out; a `*` counts at their end only".to_owned();
        ("has a `*` that is not its end", help)
    } else {
        return None;
    };
    Some(Flaw {
        at: url,
        what: what.to_owned(),
        help,
        severity: Severity::Warning,
        is_guess: false,
        mend: (!is_pattern).then(|| Mend::Write {
            text: format!("/{path}"),
            is_clear: true,
        }),
    })
}

struct Search<'r, 'a> {
    rules: &'r [PolicyRule<'a>],
    version: KubeVersion,
    has_every_verb: bool,
    /// Built-in ones only.
    groups: Vec<&'a str>,
}

impl<'a> Search<'_, 'a> {
    /// Whether only the verbs of constrained impersonation, which this rule does not have, are asked for on
    /// `resource`: the others are on those of the core group.
    fn takes_another_verb(&self, resource: &Served) -> bool {
        let is_of_mode = matches!(
            resource.plural,
            "groups" | "nodes" | "serviceaccounts" | "users"
        );
        resource.group == "authentication.k8s.io" && is_of_mode && !self.has_every_verb
    }

    fn flaw(&self, entry: Text<'a>) -> Option<Flaw<'a>> {
        let (plural, part) = match entry.value.split_once('/') {
            None if entry.value == "*" => return None,
            None => (entry.value, None),
            Some((_, "*")) if !entry.value.starts_with("userextras/") => {
                return Some(pattern(entry));
            }
            Some((plural, part)) => (plural, Some(part)),
        };
        if plural == "*" || self.groups.is_empty() {
            return None;
        }
        let groups = self.groups.iter();
        let known = groups.filter_map(|it| served_as(it, plural));
        let known: Vec<_> = known.filter(|it| !self.takes_another_verb(it)).collect();
        if let Some(found) = known.iter().find(|it| it.is_in(self.version)) {
            return part.and_then(|part| part_flaw(entry, found, part));
        }
        let part = part.map_or(String::new(), |it| format!("/{it}"));
        let (what, meant) = self.other(plural, &known);
        let is_left_over = meant.is_none() && !known.is_empty();
        // Groups of old are kept beside the new ones for old clusters.
        let is_old = |it: &&Served| it.plural == plural;
        if meant
            .filter(is_old)
            .is_some_and(|it| self.is_granted(it, &part))
        {
            return None;
        }
        let help = match meant {
            Some(it) if it.plural == plural => {
                format!("list it in a rule of {}", words::groups(&[it.group]))
            }
            Some(it) => format!("write `{}{part}` if that is meant", it.plural),
            None if is_left_over => "remove it".to_owned(),
            None => "remove it, or write the API group that has it".to_owned(),
        };
        Some(Flaw {
            at: entry,
            what,
            help,
            severity: if is_left_over {
                Severity::Info
            } else {
                Severity::Warning
            },
            is_guess: meant.is_none() && !is_left_over,
            mend: meant.and_then(|it| self.mend(plural, &part, it)),
        })
    }

    /// What makes of `plural`, with the slash and name of a part maybe, what was `meant`, if it is clear.
    fn mend(&self, plural: &str, part: &str, meant: &'static Served) -> Option<Mend> {
        let is_part = |it: &str| it == "finalizers" || meant.subresources().any(|part| part == it);
        let live = || served().iter().filter(|it| it.is_in(self.version));
        if !part.strip_prefix('/').is_none_or(is_part) {
            return None;
        }
        if meant.plural == plural {
            let homonyms = live().filter(|it| it.plural == plural).count();
            return (homonyms == 1).then_some(Mend::Group(meant.group));
        }
        let here = || live().filter(|it| self.groups.contains(&it.group));
        let is_here = self.groups.contains(&meant.group);
        let is_other = |it: &Served| it.plural != meant.plural;
        let is_called = meant.is_called(plural);
        let is_clear = is_called && !here().any(|it| is_other(it) && it.is_called(plural));
        is_here.then(|| Mend::Write {
            text: format!("{}{part}", meant.plural),
            is_clear,
        })
    }

    /// What is wrong with `plural`, and the resource that was meant, if any; `known` was there once.
    fn other(&self, plural: &str, known: &[&Served]) -> (String, Option<&'static Served>) {
        let live = || served().iter().filter(|it| it.is_in(self.version));
        let elsewhere = live().find(|it| it.plural == plural);
        if let Some(removed) = known.first().and_then(|it| it.removed) {
            let what = match elsewhere {
                Some(it) => format!(
                    "Kubernetes {removed} no longer has there, but in {}",
                    words::groups(&[it.group])
                ),
                None => format!("Kubernetes {removed} no longer has"),
            };
            return (what, elsewhere);
        }
        let groups = words::groups(&self.groups);
        if let Some(it) = elsewhere {
            let what = format!("is not in {groups} but in {}", words::groups(&[it.group]));
            return (what, elsewhere);
        }
        let is_here = |it: &&Served| self.groups.contains(&it.group);
        let called = live().filter(is_here).find(|it| it.is_called(plural));
        if let Some(it) = called.or_else(|| live().find(|it| it.is_called(plural))) {
            return (format!("is no resource; `{}` is", it.plural), Some(it));
        }
        let near = live().filter(is_here).find(|it| is_near(it.plural, plural));
        if let Some(it) = near {
            return (format!("is no resource; `{}` is", it.plural), near);
        }
        let lack = if self.groups.len() == 1 {
            "does not have"
        } else {
            "do not have"
        };
        (format!("{groups} {lack}"), None)
    }

    /// Whether another rule of the role grants what was meant.
    fn is_granted(&self, meant: &Served, part: &str) -> bool {
        let name = format!("{}{part}", meant.plural);
        self.rules.iter().any(|rule| {
            let mut groups = rule.api_groups();
            let mut resources = rule.resources();
            groups.any(|it| it.value == meant.group || it.value == "*")
                && resources.any(|it| it.value == name || it.value == "*")
        })
    }
}

fn pattern(entry: Text<'_>) -> Flaw<'_> {
    Flaw {
        at: entry,
        what: "is no pattern: only `*` and `*/` with a part stand for several".to_owned(),
        help: "list the parts".to_owned(),
        severity: Severity::Warning,
        is_guess: false,
        mend: None,
    }
}

/// A part that `found` does not have, if it is almost called like one that it has: what else is not served
/// may be asked for all the same, as `finalizers` is.
fn part_flaw<'a>(entry: Text<'a>, found: &Served, part: &str) -> Option<Flaw<'a>> {
    if part == "finalizers" || found.subresources().any(|it| it == part) {
        return None;
    }
    let near = found.subresources().find(|it| is_near(it, part))?;
    let is_clear = part.strip_suffix('s') == Some(near) || part.eq_ignore_ascii_case(near);
    Some(Flaw {
        at: entry,
        what: format!("is no part of `{}`; `{near}` is", found.plural),
        help: format!("write `{}/{near}` if that is meant", found.plural),
        severity: Severity::Warning,
        is_guess: false,
        mend: Some(Mend::Write {
            text: format!("{}/{near}", found.plural),
            is_clear,
        }),
    })
}

fn is_near(name: &str, written: &str) -> bool {
    nearest::distance(name, written, nearest::limit(written)).is_some()
}
