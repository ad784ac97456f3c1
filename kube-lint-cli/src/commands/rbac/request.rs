//! What is asked for, as `kubectl auth can-i` has it written.

use kube_lint_core::{
    analysis::rbac::{Power, Request, UrlRequest, group_of, resources},
    inventory::Inventory,
    nearest::nearest,
};

use crate::{args::WhoCanArgs, error::Error};

/// Subresources of the API server's own resources, and the one that garbage collection asks for.
const SUBRESOURCES: [&str; 19] = [
    "approval",
    "attach",
    "binding",
    "ephemeralcontainers",
    "eviction",
    "exec",
    "finalize",
    "finalizers",
    "healthz",
    "log",
    "metrics",
    "portforward",
    "proxy",
    "resize",
    "scale",
    "stats",
    "status",
    "token",
    "*",
];

/// The request that `args` ask about, and what is to be said of it.
pub(super) fn read<'q>(
    args: &'q WhoCanArgs,
    inventory: &Inventory<'q>,
) -> Result<(Power<'q>, Vec<String>), Error> {
    let (verb, asked) = (args.verb.as_str(), args.resource.as_str());
    if asked.starts_with('/') {
        if args.name.is_some() || args.in_namespace.is_some() {
            return Err(Error::NamedUrl);
        }
        return Ok((Power::Url(UrlRequest { verb, path: asked }), Vec::new()));
    }
    let (typed, subresource) = asked.split_once('/').unwrap_or((asked, ""));
    let (resource, group) = match typed.split_once('.') {
        Some(both) => both,
        None => (typed, own_group(typed, inventory)?),
    };
    let mut request = Request {
        verb,
        group,
        resource,
        subresource,
        name: args.name.as_deref().unwrap_or_default(),
    };
    let mut notes = Vec::new();
    if !subresource.is_empty() && !SUBRESOURCES.contains(&subresource) {
        notes.push(format!(
            "`{subresource}` is read as a subresource; the name of an object stands behind a blank"
        ));
    }
    if !request.name.is_empty() && !request.may_have_name() {
        notes.push(format!(
            "a request to {verb} has no name: `{}` is left aside",
            request.name
        ));
        request.name = "";
    }
    Ok((Power::Resource(request), notes))
}

/// The API group of a resource that is written without one.
fn own_group<'q>(resource: &str, inventory: &Inventory<'q>) -> Result<&'q str, Error> {
    if resource == "*" {
        return Ok("");
    }
    if let Some(group) = group_of(resource) {
        return Ok(group);
    }
    let custom = inventory.custom_resources();
    let custom = custom.filter(|it| it.plural == resource);
    let mut groups: Vec<_> = custom.map(|it| &*it.group).collect();
    groups.sort_unstable();
    groups.dedup();
    match groups[..] {
        [group] => Ok(group),
        [] => Err(Error::UnknownResource {
            resource: resource.to_owned(),
            nearest: nearest(resource, resources()),
        }),
        [first, ..] => Err(Error::AmbiguousResource {
            resource: resource.to_owned(),
            groups: groups.join("`, `"),
            first: first.to_owned(),
        }),
    }
}
