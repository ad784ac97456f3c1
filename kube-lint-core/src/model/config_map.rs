//! ConfigMaps and their entries (`k8s.io/api/core/v1/types.go`, `ConfigMap`).

use crate::{object::Object, yaml::Node};

/// A `ConfigMap` of the core group.
#[derive(Clone, Copy, Debug)]
pub struct ConfigMap<'a> {
    object: Object<'a>,
}

impl<'a> ConfigMap<'a> {
    /// The view of a `ConfigMap`.
    pub fn new(object: &Object<'a>) -> Self {
        Self { object: *object }
    }

    /// The object.
    pub fn object(&self) -> Object<'a> {
        self.object
    }

    /// Keys and values of `data`.
    pub fn data(&self) -> impl Iterator<Item = (Node<'a>, Node<'a>)> + use<'a> {
        let map = self.object.root().get("data").into_iter();
        map.flat_map(Node::fields)
    }

    /// Keys and values of `binaryData`, the values in base64.
    pub fn binary_data(&self) -> impl Iterator<Item = (Node<'a>, Node<'a>)> + use<'a> {
        let map = self.object.root().get("binaryData").into_iter();
        map.flat_map(Node::fields)
    }
}
