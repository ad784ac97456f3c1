//! Whether one rule allows one request; rules are never added up.

use crate::{model::PolicyRule, object::Text};

/// A request for an object of the API.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Request<'q> {
    /// `get`, `list`, `bind` say.
    pub verb: &'q str,
    /// API group; empty for the core group.
    pub group: &'q str,
    /// Plural, `pods` say.
    pub resource: &'q str,
    /// Part of the object, `exec` say; empty for the object itself.
    pub subresource: &'q str,
    /// Name of the object; empty where the request has none: `create` and `deletecollection` of objects,
    /// and `list` and `watch` without the field selector `metadata.name`.
    pub name: &'q str,
}

/// A request for anything else that the API server has, `/metrics` say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UrlRequest<'q> {
    /// Method in lower case.
    pub verb: &'q str,
    /// Path.
    pub path: &'q str,
}

/// The entries of a rule by which it allows a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Match<'a> {
    /// Of `verbs`.
    pub verb: Text<'a>,
    /// Of `apiGroups`.
    pub group: Text<'a>,
    /// Of `resources`.
    pub resource: Text<'a>,
}

impl Request<'_> {
    /// Whether `rule` allows it (`RuleAllows` in `plugin/pkg/auth/authorizer/rbac/rbac.go`).
    pub fn is_allowed_by(&self, rule: &PolicyRule<'_>) -> bool {
        let allows_name =
            !rule.is_limited_by_name() || rule.resource_names().any(|it| it.value == self.name);
        allows_name && granting(rule, self).is_some()
    }

    /// Whether such a request can have a name: to create an object it has none, nor to delete all.
    pub fn may_have_name(&self) -> bool {
        let creates = self.verb == "create" && self.subresource.is_empty();
        !creates && self.verb != "deletecollection"
    }
}

impl UrlRequest<'_> {
    /// Whether `rule` allows it. Only what a `ClusterRoleBinding` binds ever does.
    pub fn is_allowed_by(&self, rule: &PolicyRule<'_>) -> bool {
        matching_verb(rule, self.verb).is_some()
            && rule
                .non_resource_urls()
                .any(|it| matches_url(it.value, self.path))
    }
}

/// The entries by which `rule` allows `request` for objects of one name or another.
pub fn granting<'a>(rule: &PolicyRule<'a>, request: &Request<'_>) -> Option<Match<'a>> {
    Some(Match {
        verb: matching_verb(rule, request.verb)?,
        group: rule
            .api_groups()
            .find(|it| it.value == "*" || it.value == request.group)?,
        resource: rule
            .resources()
            .find(|it| matches_resource(it.value, request.resource, request.subresource))?,
    })
}

/// The entries by which `rule` allows everything on every resource of every group: `*`, or every verb
/// that reads and writes.
pub fn everything<'a>(rule: &PolicyRule<'a>) -> Option<Match<'a>> {
    const STANDARD: [&str; 7] = [
        "get", "list", "watch", "create", "update", "patch", "delete",
    ];
    if rule.is_limited_by_name() {
        return None;
    }
    let is_granted = |verb: &&str| matching_verb(rule, verb).is_some();
    let all = rule.verbs().find(|it| it.value == "*");
    let all = all.or_else(|| {
        rule.verbs()
            .next()
            .filter(|_| STANDARD.iter().all(is_granted))
    });
    Some(Match {
        verb: all?,
        group: rule.api_groups().find(|it| it.value == "*")?,
        resource: rule.resources().find(|it| it.value == "*")?,
    })
}

/// `VerbMatches` in `pkg/apis/rbac/v1/evaluation_helpers.go`, as are the others below.
pub(super) fn matching_verb<'a>(rule: &PolicyRule<'a>, verb: &str) -> Option<Text<'a>> {
    rule.verbs().find(|it| it.value == "*" || it.value == verb)
}

/// `ResourceMatches`: `*` covers subresources, `*/log` every resource's `log`, `pods/*` nothing.
fn matches_resource(entry: &str, resource: &str, subresource: &str) -> bool {
    if entry == "*" {
        return true;
    }
    match entry.split_once('/') {
        None => subresource.is_empty() && entry == resource,
        Some((of, part)) => {
            !subresource.is_empty() && part == subresource && (of == "*" || of == resource)
        }
    }
}

/// `NonResourceURLMatches`: a `*` counts at the end only.
pub(super) fn matches_url(entry: &str, path: &str) -> bool {
    entry == "*"
        || entry == path
        || entry.ends_with('*') && path.starts_with(entry.trim_end_matches('*'))
}
