//! What an audit policy writes of a request.
//!
//! The answers are those of `k8s.io/apiserver/pkg/audit/policy/checker.go`: the first rule that
//! matches decides, and what no rule matches is not written.

use crate::{
    model::{AuditLevel, AuditPolicy, AuditRule, GroupResources},
    object::Text,
};

/// A request as the audit policy sees it.
#[derive(Clone, Copy, Debug)]
pub struct Request<'q> {
    /// Name of the user.
    pub user: &'q str,
    /// The user's groups.
    pub groups: &'q [&'q str],
    /// `get`, `list`, `create` and so on; for paths the HTTP method in lower case.
    pub verb: &'q str,
    /// What is asked for.
    pub target: Target<'q>,
}

/// What a request asks for.
#[derive(Clone, Copy, Debug)]
pub enum Target<'q> {
    /// A resource of the API.
    Resource {
        /// API group, empty for the core group.
        group: &'q str,
        /// Plural name.
        resource: &'q str,
        /// Subresource, else empty.
        subresource: &'q str,
        /// Namespace, empty for what has none.
        namespace: &'q str,
        /// Name of the object, empty where the request names none.
        name: &'q str,
    },
    /// A path that is no resource, `/healthz` say.
    Path(&'q str),
}

/// Which rule a request falls under.
#[derive(Clone, Copy, Debug)]
pub enum Decision<'a> {
    /// This one, the first that matches, with its number.
    Rule(usize, AuditRule<'a>),
    /// None: nothing is written.
    NoRule,
    /// Not to be told: a rule on the way is a template, or has no level that there is.
    Unknown,
}

impl Decision<'_> {
    /// How much is written, where known.
    pub fn level(&self) -> Option<AuditLevel> {
        match self {
            Self::Rule(_, rule) => rule.level(),
            Self::NoRule => Some(AuditLevel::None),
            Self::Unknown => None,
        }
    }
}

/// The rules of a policy, ready to be asked.
#[derive(Clone, Debug)]
pub struct Rules<'a> {
    /// Each with whether it can be judged.
    rules: Vec<(AuditRule<'a>, bool)>,
}

impl<'a> Rules<'a> {
    /// The rules of `policy`.
    pub fn of(policy: &AuditPolicy<'a>) -> Self {
        let rules = policy.rules();
        Self {
            rules: rules.map(|it| (it, !it.has_unknown_text())).collect(),
        }
    }

    /// The rule that decides on `request`.
    pub fn decide(&self, request: &Request<'_>) -> Decision<'a> {
        for (number, (rule, is_known)) in self.rules.iter().enumerate() {
            if !is_known {
                return Decision::Unknown;
            }
            if matches(rule, request) {
                return match rule.level() {
                    Some(_) => Decision::Rule(number, *rule),
                    None => Decision::Unknown,
                };
            }
        }
        Decision::NoRule
    }
}

/// Whether `rule` alone matches `request` (`ruleMatches`).
pub fn matches(rule: &AuditRule<'_>, request: &Request<'_>) -> bool {
    let names =
        |field: &str, word: &str| !rule.is_limited_by(field) || has(rule.texts(field), word);
    let groups = || {
        !rule.is_limited_by("userGroups")
            || request
                .groups
                .iter()
                .any(|it| has(rule.texts("userGroups"), it))
    };
    if !names("users", request.user) || !groups() || !names("verbs", request.verb) {
        return false;
    }
    let is_for_resources = rule.is_limited_by("namespaces") || rule.is_limited_by("resources");
    let is_for_paths = rule.is_limited_by("nonResourceURLs");
    match request.target {
        Target::Resource { namespace, .. } if is_for_resources => {
            names("namespaces", namespace)
                && (!rule.is_limited_by("resources")
                    || rule.resources().any(|it| covers(&it, request.target)))
        }
        Target::Path(path) if is_for_paths && !is_for_resources => {
            let mut patterns = rule.texts("nonResourceURLs");
            patterns.any(|it| is_path_in(path, it.value))
        }
        _ => !is_for_resources && !is_for_paths,
    }
}

fn has<'a>(mut texts: impl Iterator<Item = Text<'a>>, word: &str) -> bool {
    texts.any(|it| it.value == word)
}

/// Whether an item of `resources` holds what is asked for; never a path.
pub fn covers(entry: &GroupResources<'_>, target: Target<'_>) -> bool {
    let Target::Resource {
        group,
        resource,
        subresource,
        name,
        ..
    } = target
    else {
        return false;
    };
    let own = entry.group();
    if own != group && own != "*" {
        return false;
    }
    let mut resources = entry.resources().peekable();
    if resources.peek().is_none() {
        return true;
    }
    let mut names = entry.resource_names().peekable();
    let is_named = names.peek().is_none() || names.any(|it| it.value == name);
    is_named && resources.any(|it| is_resource(it.value, resource, subresource))
}

fn is_resource(pattern: &str, resource: &str, subresource: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    match pattern.split_once('/') {
        // `pods/*` holds `pods` itself too.
        Some((first, "*")) => first == resource,
        Some(("*", second)) => !subresource.is_empty() && second == subresource,
        Some((first, second)) => first == resource && second == subresource && !second.is_empty(),
        None => pattern == resource && subresource.is_empty(),
    }
}

/// Whether `path` is, or lies below, the pattern (`pathMatches`).
pub fn is_path_in(path: &str, pattern: &str) -> bool {
    pattern == "*"
        || pattern == path
        || pattern.ends_with('*') && path.starts_with(pattern.trim_end_matches('*'))
}
