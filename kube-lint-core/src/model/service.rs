//! Services and Ingresses, as far as rules read them: what stands in front of which Pods.

use crate::{
    object::{Object, Text, text},
    yaml::Node,
};

use super::selector::{Labels, Match};

/// A `Service` (`k8s.io/api/core/v1/types.go`).
#[derive(Clone, Copy, Debug)]
pub struct Service<'a> {
    object: Object<'a>,
}

impl<'a> Service<'a> {
    /// The view of a `Service`.
    pub fn new(object: &Object<'a>) -> Self {
        Self { object: *object }
    }

    /// The object.
    pub fn object(&self) -> Object<'a> {
        self.object
    }

    /// Whether clients outside the cluster reach it by itself.
    pub fn is_exposed(&self) -> bool {
        let kind = self.object.at(&["spec", "type"]).and_then(Node::str);
        matches!(kind, Some("LoadBalancer" | "NodePort"))
    }

    /// Whether it sends to Pods with `labels`; without a selector it sends to none by itself.
    pub fn selects(&self, labels: &Labels<'_>) -> Match {
        let Some(selector) = self.object.at(&["spec", "selector"]) else {
            return Match::No;
        };
        if selector.fields().next().is_none() {
            return Match::known(false);
        }
        let required = Labels::of(Some(selector));
        let all = required.pairs().map(|(key, value)| {
            use super::selector::Label::{Absent, Unknown, Value};
            match (labels.get(key), value) {
                (Absent, _) => Match::No,
                (Value(Some(own)), Some(value)) => Match::known(own == value),
                (Unknown | Value(_), _) => Match::Unknown,
            }
        });
        all.fold(Match::Yes, Match::and)
    }
}

/// An `Ingress` (`k8s.io/api/networking/v1/types.go`, `extensions/v1beta1/types.go`).
#[derive(Clone, Copy, Debug)]
pub struct Ingress<'a> {
    object: Object<'a>,
}

impl<'a> Ingress<'a> {
    /// The view of an `Ingress`.
    pub fn new(object: &Object<'a>) -> Self {
        Self { object: *object }
    }

    /// The object.
    pub fn object(&self) -> Object<'a> {
        self.object
    }

    /// Names of the Services that it sends to, where known.
    pub fn backends(&self) -> Vec<Text<'a>> {
        let spec = self.object.spec();
        let defaults = ["defaultBackend", "backend"];
        let default = defaults.iter().filter_map(|it| spec?.get(it));
        let rules = self.object.at(&["spec", "rules"]);
        let paths = rules.into_iter().flat_map(Node::items);
        let paths = paths.filter_map(|it| it.at(&["http", "paths"]));
        let backends = paths
            .flat_map(Node::items)
            .filter_map(|it| it.get("backend"));
        default.chain(backends).filter_map(service_name).collect()
    }
}

/// `service.name`, or `serviceName` of the beta versions.
fn service_name(backend: Node<'_>) -> Option<Text<'_>> {
    match backend.get("service") {
        Some(service) => text(service, "name"),
        None => text(backend, "serviceName"),
    }
}
