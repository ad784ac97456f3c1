//! Which objects a kustomization changes, and in which fields.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::{
    object::{Object, is_template, split_api_version},
    yaml::{Document, Node},
};

use super::{Edit, Generator, Member, kustomization::Setting};

/// A change to objects that a kustomization makes.
#[derive(Clone, Debug)]
pub(crate) struct Patch<'a> {
    pub(crate) target: Target<'a>,
    pub(crate) change: Change<'a>,
}

/// Which objects a patch is for; an absent field matches every object.
///
/// Names and kinds are regular expressions in kustomize's `target`; whatever is more than a word is
/// taken to match, so that nothing is concluded from a field that might be patched.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Target<'a> {
    group: Option<&'a str>,
    version: Option<&'a str>,
    kind: Option<&'a str>,
    name: Option<&'a str>,
    namespace: Option<&'a str>,
    /// Whether it selects by more than is read here: labels, annotations.
    is_narrower: bool,
}

/// How certain it is that a patch is for an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Match {
    No,
    Maybe,
    Yes,
}

/// What a patch changes.
#[derive(Clone, Debug)]
pub(crate) enum Change<'a> {
    /// Unknown fields.
    Anything,
    /// The fields that this mapping has.
    Merge(Node<'a>),
    /// The fields that these JSON 6902 operations are for.
    Operations(Vec<Operation<'a>>),
    /// The annotations with the keys of this mapping, of the object and of its Pods.
    Annotations(Node<'a>),
}

/// A JSON 6902 operation that changes something.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation<'a> {
    path: &'a str,
    /// Where `move` takes the value from.
    from: Option<&'a str>,
    name: &'a str,
    value: Option<Node<'a>>,
}

/// What an operation makes of a word in an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Outcome<'a> {
    Removed,
    Set(&'a str),
    Unknown,
}

impl<'a> Patch<'a> {
    /// The patch that a partial object is.
    pub(crate) fn of_object(object: &Object<'a>) -> Option<Self> {
        Some(Self {
            target: Target::of_object(object.root())?,
            change: Change::Merge(object.root()),
        })
    }

    /// The patch that a file of JSON 6902 operations is.
    pub(crate) fn of_operations(
        document: &'a Document,
        target: Option<Target<'a>>,
    ) -> Option<Self> {
        Some(Self {
            target: target.unwrap_or_default(),
            change: Change::new(document.root()?),
        })
    }

    /// A patch of unknown content.
    pub(crate) fn of_anything(target: Target<'a>) -> Self {
        Self {
            target,
            change: Change::Anything,
        }
    }

    /// Whether the patch may give `object` the field at `path`.
    pub(crate) fn touches(&self, path: &[&str]) -> bool {
        match &self.change {
            Change::Anything => true,
            Change::Merge(root) => reaches(*root, path),
            Change::Operations(operations) => operations.iter().any(|it| it.touches(path)),
            Change::Annotations(added) => adds_annotation(*added, path),
        }
    }

    /// Whether it takes whole objects away (`$patch: delete`).
    pub(crate) fn deletes(&self) -> bool {
        let Change::Merge(root) = &self.change else {
            return false;
        };
        root.get("$patch").and_then(Node::str) == Some("delete")
    }

    /// What its operations make of the word at exactly `path`; `None` where they leave it alone.
    pub(crate) fn outcome(&self, path: &[&str]) -> Option<Outcome<'a>> {
        let Change::Operations(operations) = &self.change else {
            return None;
        };
        let last = operations.iter().rev().find(|it| it.touches(path))?;
        let is_exact = last.path.split('/').skip(1).eq(path.iter().copied());
        Some(match (last.name, last.value.and_then(Node::str)) {
            ("remove", _) if is_exact => Outcome::Removed,
            ("add" | "replace", Some(word)) if is_exact && !is_template(word) => Outcome::Set(word),
            _ => Outcome::Unknown,
        })
    }
}

impl<'a> Operation<'a> {
    fn new(node: Node<'a>) -> Option<Self> {
        let name = node.get("op").and_then(Node::str).unwrap_or_default();
        let path = node.get("path")?.str()?;
        (name != "test").then_some(Self {
            path,
            from: (name == "move").then(|| node.get("from")?.str()).flatten(),
            name,
            value: node.get("value"),
        })
    }

    fn touches(&self, path: &[&str]) -> bool {
        let mut pointers = std::iter::once(self.path).chain(self.from);
        pointers.any(|it| pointer_meets(it, path))
    }
}

impl<'a> Target<'a> {
    /// Reads a `target` of a kustomization (`Selector` in kustomize's `api/types/selector.go`).
    pub(crate) fn new(node: Node<'a>) -> Self {
        let field = |key| {
            node.get(key)
                .and_then(Node::str)
                .filter(|it| !it.is_empty())
        };
        Self {
            group: field("group"),
            version: field("version"),
            kind: field("kind"),
            name: field("name"),
            namespace: field("namespace"),
            is_narrower: ["labelSelector", "annotationSelector"]
                .iter()
                .any(|key| field(key).is_some()),
        }
    }

    /// The object that a strategic merge patch names itself.
    pub(crate) fn of_object(root: Node<'a>) -> Option<Self> {
        Some(Self {
            group: None,
            version: None,
            kind: Some(root.get("kind")?.str()?),
            name: root.at(&["metadata", "name"]).and_then(Node::str),
            namespace: root.at(&["metadata", "namespace"]).and_then(Node::str),
            is_narrower: false,
        })
    }

    /// Whether the patch is for `candidate`.
    ///
    /// kustomize knows an object by each name and namespace that it had (`GetById` and `Select` in
    /// `api/resmap/reswrangler.go`).
    pub(crate) fn matches(&self, candidate: &Candidate<'_>) -> Match {
        let words = [
            (self.kind, candidate.kind),
            (self.group, candidate.group),
            (self.version, candidate.version),
        ];
        let words = words.map(|(pattern, word)| pattern.map_or(Match::Yes, |it| meets(it, word)));
        let name = self.name.map_or(Match::Yes, |it| candidate.is_called(it));
        let namespace = self.namespace.map_or(Match::Yes, |it| candidate.is_in(it));
        let rest = if self.is_narrower {
            Match::Maybe
        } else {
            Match::Yes
        };
        let all = words.into_iter().chain([name, namespace, rest]);
        all.fold(Match::Yes, Match::and)
    }
}

/// What a patch may be for.
pub(crate) struct Candidate<'c> {
    pub(crate) kind: &'c str,
    pub(crate) group: &'c str,
    pub(crate) version: &'c str,
    /// The name that it began with; `None` where not known.
    pub(crate) name: Option<&'c str>,
    /// What became of the name, prefix and suffix aside.
    pub(crate) edit: Edit<'c>,
    pub(crate) prefix: &'c str,
    pub(crate) suffix: &'c str,
    /// The namespace that it began with, which is `default` where none is set; `None` where not known.
    pub(crate) own_namespace: Option<&'c str>,
    /// The namespace that kustomizations gave it.
    pub(crate) namespace: Option<&'c str>,
    /// Whether its namespace may be another than it began with.
    pub(crate) is_moved: bool,
}

impl<'c> Candidate<'c> {
    pub(crate) fn of_member(object: &Object<'c>, member: &'c Member<'_>) -> Self {
        let (group, version) = split_api_version(object.api_version());
        Self {
            kind: object.kind_name(),
            group,
            version,
            name: object.name().map(|it| it.value),
            edit: member.name,
            prefix: &member.prefix,
            suffix: &member.suffix,
            own_namespace: match Setting::of(object.at(&["metadata", "namespace"])) {
                Setting::Unset => Some("default"),
                Setting::Word(namespace) => Some(namespace),
                Setting::Template => None,
            },
            namespace: member.namespace.or(match member.own_namespace {
                Edit::Set(namespace) => Some(namespace),
                Edit::Kept | Edit::Removed | Edit::Unknown => None,
            }),
            is_moved: member.namespace.is_some() || member.own_namespace != Edit::Kept,
        }
    }

    pub(crate) fn of_generator(generator: &'c Generator<'_>) -> Self {
        Self {
            kind: generator.kind.name(),
            group: "",
            version: "v1",
            name: Some(generator.name),
            edit: Edit::Kept,
            prefix: &generator.prefix,
            suffix: &generator.suffix,
            own_namespace: Some(generator.namespace.unwrap_or("default")),
            namespace: generator.namespace,
            is_moved: true,
        }
    }

    /// Whether the pattern is the first name or the one that kustomizations made of it, or might be one
    /// that it had in between.
    fn is_called(&self, pattern: &str) -> Match {
        let Some(own) = self.name else {
            return Match::Maybe;
        };
        let base = match self.edit {
            Edit::Kept => Some(own),
            Edit::Set(name) => Some(name),
            Edit::Removed | Edit::Unknown => None,
        };
        let inner = pattern.strip_prefix(self.prefix);
        let inner = inner.and_then(|it| it.strip_suffix(self.suffix));
        let is_current = inner.is_some() && inner == base;
        let is_kept = self.edit == Edit::Kept && self.prefix.is_empty() && self.suffix.is_empty();
        match meets(pattern, own) {
            Match::No if is_current => Match::Yes,
            Match::No if !is_kept => Match::Maybe,
            other => other,
        }
    }

    /// Whether the pattern is the first namespace or the one that kustomizations gave it, or might be one
    /// that it had in between.
    fn is_in(&self, pattern: &str) -> Match {
        let Some(own) = self.own_namespace else {
            return Match::Maybe;
        };
        match meets(pattern, own) {
            Match::No if self.namespace == Some(pattern) => Match::Yes,
            Match::No if self.is_moved => Match::Maybe,
            other => other,
        }
    }
}

/// Members by name, so that few are held against a patch that names one.
pub(crate) struct Names<'a> {
    by_name: FxHashMap<&'a str, Vec<usize>>,
    /// Those that have, or may have had, another name than their manifest has.
    others: BTreeSet<usize>,
    count: usize,
}

impl<'a> Names<'a> {
    pub(crate) fn new(members: &[Member<'a>], objects: &[Object<'a>]) -> Self {
        let mut names = Self {
            by_name: FxHashMap::default(),
            others: BTreeSet::new(),
            count: members.len(),
        };
        for (index, member) in members.iter().enumerate() {
            match objects[member.object.index()].name() {
                Some(name) => names.by_name.entry(name.value).or_default().push(index),
                None => drop(names.others.insert(index)),
            }
            names.update(index, member);
        }
        names
    }

    /// Notes that the member may have got another name.
    pub(crate) fn update(&mut self, index: usize, member: &Member<'_>) {
        if member.is_renamed() {
            self.others.insert(index);
        }
    }

    /// The members that `target` may be for, in order.
    pub(crate) fn meant_by(&self, target: &Target<'_>) -> Vec<usize> {
        let word = target.name.filter(|it| !it.contains(REGEX_MARKS));
        let Some(name) = word else {
            return (0..self.count).collect();
        };
        let mut meant: Vec<_> = self.others.iter().copied().collect();
        meant.extend(self.by_name.get(name).into_iter().flatten());
        meant.sort_unstable();
        meant.dedup();
        meant
    }
}

impl Match {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            _ => Self::Maybe,
        }
    }
}

/// Whether the pattern is `word`, matches everything, or is more than a word.
fn meets(pattern: &str, word: &str) -> Match {
    if pattern == word || pattern == ".*" {
        Match::Yes
    } else if pattern.contains(REGEX_MARKS) {
        Match::Maybe
    } else {
        Match::No
    }
}

/// Marks of a regular expression that is more than a word.
const REGEX_MARKS: [char; 13] = [
    '*', '.', '|', '(', '[', '+', '^', '$', '?', '\\', '{', ')', ']',
];

impl<'a> Change<'a> {
    /// Reads the text of a patch: a list of JSON 6902 operations, or a strategic merge patch.
    pub(crate) fn new(root: Node<'a>) -> Self {
        if root.is_sequence() {
            Self::Operations(root.items().filter_map(Operation::new).collect())
        } else if root.is_mapping() {
            Self::Merge(root)
        } else {
            Self::Anything
        }
    }
}

/// Whether `node` has a value at `path`, or something else than a mapping on the way there.
fn reaches(node: Node<'_>, path: &[&str]) -> bool {
    let Some((first, rest)) = path.split_first() else {
        return true;
    };
    if node.is_sequence() {
        return node.items().any(|item| reaches(item, path));
    }
    if node.get("$patch").is_some() {
        return true;
    }
    node.get(first).is_some_and(|it| reaches(it, rest))
}

/// Whether the pointer leads to `path`, to a place above it, or to one below it.
fn pointer_meets(pointer: &str, path: &[&str]) -> bool {
    let parts = pointer.split('/').skip(1);
    let parts = parts.filter(|it| it.parse::<u32>().is_err() && *it != "-");
    parts.zip(path).all(|(part, field)| is_field(part, field))
}

/// Whether a part of a JSON pointer is `field` (RFC 6901, section 3).
fn is_field(part: &str, field: &str) -> bool {
    if part.contains('~') {
        part.replace("~1", "/").replace("~0", "~") == field
    } else {
        part == field
    }
}

/// Whether one of the annotations is at `path`, above or below it.
fn adds_annotation(added: Node<'_>, path: &[&str]) -> bool {
    let Some(metadata) = path.iter().rposition(|it| *it == "metadata") else {
        return false;
    };
    match path.get(metadata + 1..) {
        Some(["annotations", key, ..]) => added.get(key).is_some(),
        Some([] | ["annotations"]) => true,
        _ => false,
    }
}
