//! Where an object differs from what the Kubernetes API can hold.
//!
//! Names of fields are compared as `sigs.k8s.io/json` does, case included; values as Go decodes the
//! JSON that kubectl makes of the YAML.

use rustc_hash::FxHashSet;

use crate::{
    model::{
        pod_specs,
        schema::{CONTAINER, OBJECT_META, POD_SPEC, Schema, Type},
    },
    nearest,
    object::{Kind, Object, is_template},
    yaml::{Document, Node, NodeId, Scalar},
};

/// Something that the API does not hold.
#[derive(Clone, Copy, Debug)]
pub struct Misfit<'a> {
    /// The object in which it stands.
    pub object: Object<'a>,
    /// The key or the value.
    pub node: Node<'a>,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with a node.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// A key: the type of its mapping has no such field.
    Unknown(&'static Schema, Meant),
    /// A value of another sort than its field holds.
    Mistyped(&'static Type),
    /// A scalar that kubectl reads as a boolean or a number where the API has a string.
    NotText,
    /// A key of a map that kubectl turns into another: `on` into `true`.
    KeyChanged,
}

/// The field that was meant by an unknown one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Meant {
    /// It differs in upper and lower case only.
    Case(&'static str),
    /// It differs by a letter or two.
    Near(&'static str),
    /// The field belongs into this field next to it.
    Inside(&'static str),
    /// The field belongs to the enclosing type of this name.
    Outside(&'static str),
    /// Nothing near.
    Unclear,
}

/// What does not fit in the objects of `document`, in the order of their fields.
///
/// Kinds without a schema are asked only for strings in `metadata` and `env`.
pub fn misfits(document: &Document) -> Vec<Misfit<'_>> {
    let mut found = Vec::new();
    for object in Object::all_in(document) {
        let mut walk = Walk {
            object,
            is_for_text_only: false,
            enclosing: Vec::new(),
            aliased: FxHashSet::default(),
            found: &mut found,
        };
        match Schema::of(object.kind()) {
            Some(schema) => walk.object(object.root(), schema),
            None => walk.custom(),
        }
    }
    found
}

/// The fields from `root` to `node`, items of lists as `[]`: `spec.containers[].name`.
pub fn field_path(root: Node<'_>, node: Node<'_>) -> String {
    let mut parts = Vec::new();
    let mut at = node;
    while at != root {
        if let Some(key) = at.key() {
            parts.push(key.text().unwrap_or_default());
        } else if at.parent().is_some_and(Node::is_sequence) {
            parts.push("[]");
        } else {
            parts.push(at.text().unwrap_or_default());
        }
        match at.parent() {
            Some(parent) => at = parent,
            None => break,
        }
    }
    parts.reverse();
    parts.join(".").replace(".[]", "[]")
}

struct Walk<'w, 'a> {
    object: Object<'a>,
    is_for_text_only: bool,
    enclosing: Vec<&'static Schema>,
    /// What was seen through an alias: once is enough, and a bomb stays small.
    aliased: FxHashSet<NodeId>,
    found: &'w mut Vec<Misfit<'a>>,
}

impl<'a> Walk<'_, 'a> {
    fn report(&mut self, node: Node<'a>, fault: Fault) {
        if self.is_for_text_only && matches!(fault, Fault::Unknown(..) | Fault::Mistyped(_)) {
            return;
        }
        self.found.push(Misfit {
            object: self.object,
            node,
            fault,
        });
    }

    /// An object of a kind without a schema.
    fn custom(&mut self) {
        self.is_for_text_only = true;
        if let Some(metadata) = self.object.metadata() {
            self.object(metadata, OBJECT_META);
        }
        for pod in pod_specs(&self.object) {
            if pod.is_whole() {
                self.is_for_text_only = false;
                self.object(pod.node(), POD_SPEC);
                self.is_for_text_only = true;
            } else {
                for container in pod.containers() {
                    self.env(container.node());
                }
            }
        }
        let root = self.object.root();
        if self.object.kind() == Kind::Other && root.source().contains("env") {
            let below = root.descendants().filter(|it| it.is_mapping());
            let containers = below.filter(|it| it.get("image").is_some());
            containers.for_each(|it| self.env(it));
        }
    }

    /// `env` of something like a container.
    fn env(&mut self, container: Node<'a>) {
        if let (Some(env), Some(of)) = (container.get("env"), CONTAINER.field("env")) {
            self.value(env, of);
        }
    }

    fn object(&mut self, node: Node<'a>, schema: &'static Schema) {
        for (key, value) in node.fields() {
            let Some(name) = key.text() else { continue };
            match schema.field(name) {
                Some(of) => {
                    self.enclosing.push(schema);
                    self.value(value, of);
                    self.enclosing.pop();
                }
                None => self.unknown(key, name, value, schema),
            }
        }
    }

    fn unknown(&mut self, key: Node<'a>, name: &str, value: Node<'a>, schema: &'static Schema) {
        // `$patch` and its like; and what sops adds to a file and takes away again.
        let is_directive = name.starts_with('$');
        let is_sops = name == "sops" && self.enclosing.is_empty() && value.get("mac").is_some();
        if is_directive || is_sops || is_template(name) {
            return;
        }
        let meant = self.meant(name, schema);
        if schema.is_strict || meant != Meant::Unclear {
            self.report(key, Fault::Unknown(schema, meant));
        }
    }

    fn meant(&self, name: &str, schema: &'static Schema) -> Meant {
        let names = || schema.fields.iter().map(|it| it.0);
        if let Some(same) = names().find(|it| it.eq_ignore_ascii_case(name)) {
            return Meant::Case(same);
        }
        if let Some(field) = inside(name, schema) {
            return Meant::Inside(field);
        }
        let is_common = matches!(name, "apiVersion" | "kind" | "metadata" | "name" | "spec");
        let mut enclosing = self.enclosing.iter().rev();
        if !is_common && let Some(outer) = enclosing.find(|it| it.field(name).is_some()) {
            return Meant::Outside(outer.name);
        }
        let near = if schema.is_strict {
            nearest::nearest(name, names())
        } else {
            let limit = if name.chars().count() < 8 { 1 } else { 2 };
            names().find(|it| nearest::distance(name, it, limit).is_some())
        };
        near.map_or(Meant::Unclear, Meant::Near)
    }

    fn value(&mut self, node: Node<'a>, of: &'static Type) {
        if node.target() != node && !self.aliased.insert(node.target().id()) {
            return;
        }
        match of {
            Type::Object(schema) if node.is_mapping() => self.object(node, schema),
            Type::List(of) if node.is_sequence() => {
                node.items().for_each(|item| self.value(item, of));
            }
            Type::Map(of) if node.is_mapping() => self.map(node, of),
            Type::Text => self.text(node),
            _ if fits(node, of) => {}
            _ => self.report(node, Fault::Mistyped(of)),
        }
    }

    fn map(&mut self, node: Node<'a>, of: &'static Type) {
        for (key, value) in node.fields() {
            if key.key_text().as_deref() != key.text() {
                self.report(key, Fault::KeyChanged);
            }
            self.value(value, of);
        }
    }

    fn text(&mut self, node: Node<'a>) {
        match node.scalar() {
            Some(Scalar::Str(_) | Scalar::Null) => {}
            Some(_) => self.report(node, Fault::NotText),
            None => self.report(node, Fault::Mistyped(&Type::Text)),
        }
    }
}

/// The one field of `schema` whose type has a field `name`.
fn inside(name: &str, schema: &'static Schema) -> Option<&'static str> {
    let has = |of: &Type| of.schema().is_some_and(|it| it.field(name).is_some());
    let mut fields = schema.fields.iter().filter(|it| has(&it.1));
    let found = fields.next()?;
    fields.next().is_none().then_some(found.0)
}

/// Whether a node that is not looked into may stand in a field of this type.
fn fits(node: Node<'_>, of: &Type) -> bool {
    let Some(scalar) = node.scalar() else {
        return matches!(of, Type::Any);
    };
    match (of, scalar) {
        (Type::Any, _)
        | (_, Scalar::Null)
        | (Type::Scalar | Type::Integer, Scalar::Int(_) | Scalar::Uint(_))
        | (Type::Scalar, Scalar::Float(_))
        | (Type::Boolean, Scalar::Bool(_)) => true,
        (_, Scalar::Str(text)) => {
            matches!(of, Type::Scalar) || is_template(text) || text.starts_with("ENC[")
        }
        (Type::Integer, Scalar::Float(number)) => number.fract() == 0.0,
        _ => false,
    }
}
