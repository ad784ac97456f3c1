//! Entries of rules put right.

use rustc_hash::FxHashSet;

use crate::{
    analysis::rbac::{WAYS, is_built_in_group, served_as},
    diagnostic::Applicability,
    edit::Edit,
    model::PolicyRule,
    object::Text,
    rule::Finding,
    yaml::{NewValue, Node, NodeId},
};

use super::{Flaw, words};

/// What makes an entry match what was meant by it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Mend {
    /// To write it like this.
    Write {
        /// What is written.
        text: String,
        /// Whether nothing else can be meant.
        is_clear: bool,
    },
    /// To write this API group in the place of the one that is there.
    Group(&'static str),
    /// To leave it out: it is there as it should be, too.
    Remove,
}

/// What is read of an object by a request of its own, and is no more than the object.
const PARTS_TO_READ: [&str; 4] = ["", "log", "scale", "status"];

/// Gives `finding` the edits that mend all `flaws` of `rule`, if they can be mended.
///
/// An entry that matches something again grants it. That is safe where somebody can read then what is no
/// secret.
pub(super) fn mend(finding: &mut Finding, rule: &PolicyRule<'_>, flaws: &[Flaw<'_>]) {
    let Some((message, edits, is_harmless)) =
        by_group(rule, flaws).or_else(|| by_entries(rule, flaws))
    else {
        return;
    };
    // Of names, `list` and `watch` are another matter.
    let applicability = if is_harmless && !rule.is_limited_by_name() {
        Applicability::Safe
    } else {
        Applicability::Unsafe
    };
    finding.fix(applicability, message, Some(edits));
}

/// What is done, how, and whether it can do no harm.
type Mended = (String, Vec<Edit>, bool);

/// Writes the API group that has all resources of `rule` for the one that has none of them.
fn by_group(rule: &PolicyRule<'_>, flaws: &[Flaw<'_>]) -> Option<Mended> {
    let number = |list: &str| rule.node().get(list).map_or(0, |it| it.items().count());
    let Mend::Group(group) = flaws.first()?.mend.as_ref()? else {
        return None;
    };
    let is_same = |it: &Flaw<'_>| it.mend == Some(Mend::Group(group));
    let are_all = flaws.iter().all(is_same) && number("resources") == flaws.len();
    if !are_all || number("apiGroups") != 1 {
        return None;
    }
    let written = rule.api_groups().next()?;
    let edits = written.node.rewritten(NewValue::Text(group))?;
    let is_harmless = rule.resources().all(|resource| {
        let mut verbs = rule.verbs();
        verbs.all(|it| is_harmless(group, resource.value, it.value))
    });
    Some((format!("write the API group `{group}`"), edits, is_harmless))
}

/// Writes and removes entries.
fn by_entries(rule: &PolicyRule<'_>, flaws: &[Flaw<'_>]) -> Option<Mended> {
    let changes = changes(flaws)?;
    let mut edits = Vec::new();
    for change in &changes {
        if let Some(text) = change.text {
            edits.extend(change.at.node.rewritten(NewValue::Text(text))?);
        }
    }
    let unwanted = changes.iter().filter(|it| it.text.is_none());
    let unwanted: Vec<_> = unwanted.map(|it| it.at.node).collect();
    for of_list in unwanted.chunk_by(|one, other| one.parent() == other.parent()) {
        let list = of_list.first()?.parent()?;
        edits.extend(list.without_items(of_list)?);
    }
    let is_harmless = changes.iter().all(|it| it.is_harmless(rule));
    Some((message(&changes), edits, is_harmless))
}

/// What becomes of an entry.
struct Change<'f, 'a> {
    at: Text<'a>,
    /// What is written there; `None` where it is left out.
    text: Option<&'f str>,
    is_clear: bool,
}

/// What becomes of each entry; nothing is written that is in the list already.
fn changes<'f, 'a>(flaws: &'f [Flaw<'a>]) -> Option<Vec<Change<'f, 'a>>> {
    let mut changes = Vec::new();
    let mut lists: Vec<Node<'a>> = flaws.iter().filter_map(|it| it.at.node.parent()).collect();
    lists.dedup();
    let written = lists.iter().flat_map(|list| {
        let texts = list.items().filter_map(Node::str);
        texts.map(|it| (list.id(), it))
    });
    let mut there: FxHashSet<(NodeId, &str)> = written.collect();
    for flaw in flaws {
        let (text, is_clear) = match flaw.mend.as_ref()? {
            Mend::Write { text, is_clear } => (Some(text.as_str()), *is_clear),
            Mend::Remove => (None, true),
            Mend::Group(_) => return None,
        };
        let list = flaw.at.node.parent()?.id();
        changes.push(Change {
            at: flaw.at,
            text: text.filter(|it| there.insert((list, it))),
            is_clear,
        });
    }
    Some(changes)
}

fn message(changes: &[Change<'_, '_>]) -> String {
    let written = changes.iter().filter_map(|it| it.text);
    let removed = changes.iter().filter(|it| it.text.is_none());
    let phrases = [
        ("write", written.collect::<Vec<_>>()),
        ("remove", removed.map(|it| it.at.value).collect()),
    ];
    let phrases = phrases.into_iter().filter(|it| !it.1.is_empty());
    let phrases = phrases.map(|(what, names)| format!("{what} {}", words::list(names)));
    phrases.collect::<Vec<_>>().join(" and ")
}

impl Change<'_, '_> {
    /// Whether what the entry grants then can do no harm.
    fn is_harmless(&self, rule: &PolicyRule<'_>) -> bool {
        let Some(text) = self.text else { return true };
        let list = self.at.node.parent().and_then(Node::key);
        let mut groups = rule.api_groups();
        self.is_clear
            && match list.and_then(Node::text) {
                Some("verbs") => groups.all(|group| {
                    let mut resources = rule.resources();
                    resources.all(|it| is_harmless(group.value, it.value, text))
                }),
                Some("resources") => groups.all(|group| {
                    let mut verbs = rule.verbs();
                    verbs.all(|it| is_harmless(group.value, text, it.value))
                }),
                _ => rule.verbs().all(|it| it.value == "get"),
            }
    }
}

/// Whether nobody can do harm by this request, as far as is known, and a binding of any kind grants it.
fn is_harmless(group: &str, resource: &str, verb: &str) -> bool {
    let (plural, part) = resource.split_once('/').unwrap_or((resource, ""));
    let is_danger = WAYS.iter().any(|it| {
        (it.group, it.resource, it.subresource) == (group, plural, part) && it.verbs.contains(&verb)
    });
    // A group of Kubernetes' own that does not have it adds nothing.
    let is_within =
        served_as(group, plural).map_or_else(|| is_built_in_group(group), |it| it.is_namespaced);
    let is_read = matches!(verb, "get" | "list" | "watch");
    let is_one = !group.contains('*') && !resource.contains('*');
    is_read && is_one && PARTS_TO_READ.contains(&part) && !is_danger && is_within
}
