//! Services, as far as rules read them: what stands in front of which Pods.

use crate::{object::Object, yaml::Node};

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

    /// `type`, where by it clients outside the cluster reach the Service itself.
    pub fn exposing_type(&self) -> Option<Node<'a>> {
        let kind = self.object.at(&["spec", "type"])?;
        matches!(kind.str(), Some("LoadBalancer" | "NodePort")).then_some(kind)
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
