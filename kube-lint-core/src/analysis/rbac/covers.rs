//! Whether rules together grant all that another rule does.

use crate::{model::PolicyRule, object::Text};

use super::matching::{matches_url, matching_verb};

/// One thing that a rule grants: a verb on one resource, for one name or for all.
#[derive(Clone, Copy)]
struct Grain<'q> {
    verb: &'q str,
    group: &'q str,
    resource: &'q str,
    name: Option<&'q str>,
}

/// Whether `owner` has every right that `servant` gives, as the API server asks of those who write roles
/// and bindings without `escalate` and `bind` (`Covers` in
/// `k8s.io/component-helpers/auth/rbac/validation/policy_comparator.go`).
///
/// It compares what is written: all verbs one by one are not `*`. What is not known of `servant` is not
/// covered.
pub fn covers(owner: &[PolicyRule<'_>], servant: &PolicyRule<'_>) -> bool {
    servant.is_known() && covers_resources(owner, servant) && covers_urls(owner, servant)
}

fn covers_resources(owner: &[PolicyRule<'_>], servant: &PolicyRule<'_>) -> bool {
    let names: Vec<_> = if servant.is_limited_by_name() {
        servant.resource_names().map(|it| Some(it.value)).collect()
    } else {
        vec![None]
    };
    servant.verbs().all(|verb| {
        servant.api_groups().all(|group| {
            servant.resources().all(|resource| {
                names.iter().all(|name| {
                    let grain = Grain {
                        verb: verb.value,
                        group: group.value,
                        resource: resource.value,
                        name: *name,
                    };
                    owner.iter().any(|it| grain.is_covered_by(it))
                })
            })
        })
    })
}

fn covers_urls(owner: &[PolicyRule<'_>], servant: &PolicyRule<'_>) -> bool {
    servant.non_resource_urls().all(|url| {
        servant.verbs().all(|verb| {
            owner.iter().any(|it| {
                matching_verb(it, verb.value).is_some()
                    && it
                        .non_resource_urls()
                        .any(|own| matches_url(own.value, url.value))
            })
        })
    })
}

impl Grain<'_> {
    fn is_covered_by(&self, rule: &PolicyRule<'_>) -> bool {
        let covers_name = !rule.is_limited_by_name()
            || self
                .name
                .is_some_and(|name| rule.resource_names().any(|it| it.value == name));
        covers_name
            && matching_verb(rule, self.verb).is_some()
            && rule.api_groups().any(|it| is_all_or(it, self.group))
            && rule.resources().any(|it| self.is_resource(it.value))
    }

    /// `*` is every resource with its subresources, `*/log` the logs of all.
    fn is_resource(&self, entry: &str) -> bool {
        let of_all = || entry.strip_prefix("*/");
        let part = || self.resource.split_once('/').map(|(_, part)| part);
        entry == "*" || entry == self.resource || of_all().is_some_and(|it| part() == Some(it))
    }
}

fn is_all_or(entry: Text<'_>, word: &str) -> bool {
    entry.value == "*" || entry.value == word
}
