//! Label selectors and the labels they are asked about, with a third answer where a template or a
//! patch hides the truth.
//!
//! Meaning: `LabelSelectorAsSelector` in `k8s.io/apimachinery/pkg/apis/meta/v1/helpers.go` and
//! `Requirement.Matches` in `pkg/labels/selector.go`.

use crate::{
    object::{Text, is_template},
    yaml::Node,
};

/// Whether something holds, as far as the input tells. The order makes *and* the lesser of two
/// answers and *or* the greater.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Match {
    /// Certainly not.
    No,
    /// Not to be told.
    Unknown,
    /// Certainly.
    Yes,
}

impl Match {
    /// The answer to a question that the input settles.
    pub const fn known(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }

    /// Whether both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// Whether one of two holds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// Whether it does not hold.
    #[must_use]
    pub const fn negated(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
            Self::Yes => Self::No,
        }
    }

    /// Whether it may hold.
    pub fn is_possible(self) -> bool {
        self != Self::No
    }

    /// Whether it certainly holds.
    pub fn is_certain(self) -> bool {
        self == Self::Yes
    }
}

/// What is known of one label.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Label<'a> {
    /// Certainly not there.
    Absent,
    /// Perhaps there.
    Unknown,
    /// There; its value, where known.
    Value(Option<&'a str>),
}

/// The labels of an object or of Pods.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Labels<'a> {
    pairs: Vec<(&'a str, Option<&'a str>)>,
    /// Whether there are no others.
    is_complete: bool,
    /// Keys that may be there all the same.
    expected: &'static [&'static str],
}

impl<'a> Labels<'a> {
    /// Labels of which nothing is known.
    pub const fn unknown() -> Self {
        Self {
            pairs: Vec::new(),
            is_complete: false,
            expected: &[],
        }
    }

    /// The labels in a mapping; none where it is left out.
    pub fn of(node: Option<Node<'a>>) -> Self {
        let Some(node) = node.filter(|it| !it.is_null()) else {
            return Self {
                pairs: Vec::new(),
                is_complete: true,
                expected: &[],
            };
        };
        let mut labels = Self {
            pairs: Vec::new(),
            is_complete: node.is_mapping(),
            expected: &[],
        };
        for (key, value) in node.fields() {
            match key.text() {
                Some(key) if !is_template(key) => {
                    labels.pairs.push((key, Text::of(value).map(|it| it.value)));
                }
                _ => labels.is_complete = false,
            }
        }
        labels
    }

    /// Adds a label, or gives one its value.
    pub fn set(&mut self, key: &'a str, value: Option<&'a str>) {
        match self.pairs.iter_mut().find(|it| it.0 == key) {
            Some(pair) => pair.1 = value,
            None => self.pairs.push((key, value)),
        }
    }

    /// Notes labels that something may add later.
    pub fn expect(&mut self, keys: &'static [&'static str]) {
        self.expected = keys;
    }

    /// Notes that there may be other labels, and other values.
    pub fn forget(&mut self) {
        self.pairs.clear();
        self.is_complete = false;
    }

    /// Whether all keys and values are known, but for those expected.
    pub fn is_known(&self) -> bool {
        self.is_complete && self.pairs.iter().all(|it| it.1.is_some())
    }

    /// Keys and, where known, values.
    pub fn pairs(&self) -> impl Iterator<Item = (&'a str, Option<&'a str>)> {
        self.pairs.iter().copied()
    }

    /// What is known of the label `key`.
    pub fn get(&self, key: &str) -> Label<'a> {
        match self.pairs.iter().find(|it| it.0 == key) {
            Some((_, value)) => Label::Value(*value),
            None if self.is_complete && !self.expected.contains(&key) => Label::Absent,
            None => Label::Unknown,
        }
    }
}

/// How a requirement compares.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operator {
    /// The value is one of those listed; `matchLabels` too.
    In,
    /// The value is none of those listed, or there is none.
    NotIn,
    /// The label is there.
    Exists,
    /// The label is not there.
    DoesNotExist,
}

/// What a selector asks of one label.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Requirement<'a> {
    /// Where it stands: the value in `matchLabels`, the item of `matchExpressions`.
    pub node: Node<'a>,
    /// The label, where known.
    pub key: Option<&'a str>,
    /// How it is compared.
    pub operator: Operator,
    /// With what, where known.
    pub values: Vec<Option<&'a str>>,
}

impl<'a> Requirement<'a> {
    /// Key and value, where the label must have that one value.
    pub fn pair(&self) -> Option<(&'a str, &'a str)> {
        match (self.operator, self.values.as_slice()) {
            (Operator::In, [Some(value)]) => Some((self.key?, value)),
            _ => None,
        }
    }

    /// Whether `labels` meet it.
    pub fn matches(&self, labels: &Labels<'_>) -> Match {
        let Some(key) = self.key else {
            return Match::Unknown;
        };
        match (self.operator, labels.get(key)) {
            (_, Label::Unknown) => Match::Unknown,
            (Operator::In | Operator::Exists, Label::Absent)
            | (Operator::DoesNotExist, Label::Value(_)) => Match::No,
            (Operator::NotIn | Operator::DoesNotExist, Label::Absent)
            | (Operator::Exists, Label::Value(_)) => Match::Yes,
            (Operator::In, Label::Value(value)) => self.lists(value),
            (Operator::NotIn, Label::Value(value)) => self.lists(value).negated(),
        }
    }

    fn lists(&self, value: Option<&str>) -> Match {
        if value.is_some() && self.values.contains(&value) {
            Match::Yes
        } else if value.is_none() || self.values.contains(&None) {
            Match::Unknown
        } else {
            Match::No
        }
    }
}

/// A `LabelSelector`: every requirement must be met, and without any all labels match.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LabelSelector<'a> {
    node: Option<Node<'a>>,
    requirements: Vec<Requirement<'a>>,
    /// Whether all of it could be read.
    is_known: bool,
}

impl<'a> LabelSelector<'a> {
    /// The selector in `node`; empty where it is left out.
    pub fn new(node: Option<Node<'a>>) -> Self {
        let mut selector = Self {
            node,
            requirements: Vec::new(),
            is_known: true,
        };
        let Some(node) = node.filter(|it| !it.is_null()) else {
            return selector;
        };
        selector.is_known = node.is_mapping();
        for (field, value) in node.fields() {
            match field.text() {
                _ if value.is_null() => {}
                Some("matchLabels") if value.is_mapping() => {
                    selector.requirements.extend(value.fields().map(equality));
                }
                Some("matchExpressions") if value.is_sequence() => selector.add_expressions(value),
                _ => selector.is_known = false,
            }
        }
        selector
    }

    fn add_expressions(&mut self, expressions: Node<'a>) {
        for item in expressions.items() {
            match expression(item) {
                Some(requirement) => self.requirements.push(requirement),
                None => self.is_known = false,
            }
        }
    }

    /// Its node, where it is not left out.
    pub fn node(&self) -> Option<Node<'a>> {
        self.node
    }

    /// What it asks of labels.
    pub fn requirements(&self) -> &[Requirement<'a>] {
        &self.requirements
    }

    /// Whether all of it could be read: no field but `matchLabels` and `matchExpressions`, no operator
    /// but those of the API.
    pub fn is_known(&self) -> bool {
        self.is_known
    }

    /// Whether it certainly selects everything.
    pub fn is_empty(&self) -> bool {
        self.is_known && self.requirements.is_empty()
    }

    /// Adds the label that a kustomization puts into selectors.
    pub fn require(&mut self, key: &'a str, value: &'a str) {
        let Some(node) = self.node else { return };
        self.requirements
            .retain(|it| it.pair().is_none() || it.key != Some(key));
        self.requirements.push(Requirement {
            node,
            key: Some(key),
            operator: Operator::In,
            values: vec![Some(value)],
        });
    }

    /// Makes a selector of which nothing is known.
    pub fn forget(&mut self) {
        self.requirements.clear();
        self.is_known = false;
    }

    /// Whether it selects what has `labels`.
    pub fn matches(&self, labels: &Labels<'_>) -> Match {
        let known = if self.is_known {
            Match::Yes
        } else {
            Match::Unknown
        };
        let requirements = self.requirements.iter();
        requirements
            .map(|it| it.matches(labels))
            .fold(known, Match::and)
    }
}

fn equality<'a>((key, value): (Node<'a>, Node<'a>)) -> Requirement<'a> {
    Requirement {
        node: value,
        key: key.text().filter(|it| !is_template(it)),
        operator: Operator::In,
        values: vec![Text::of(value).map(|it| it.value)],
    }
}

/// An item of `matchExpressions`; `None` where the API would refuse it.
fn expression(item: Node<'_>) -> Option<Requirement<'_>> {
    let operator = match item.get("operator")?.str()? {
        "In" => Operator::In,
        "NotIn" => Operator::NotIn,
        "Exists" => Operator::Exists,
        "DoesNotExist" => Operator::DoesNotExist,
        _ => return None,
    };
    let key = item.get("key")?.text()?;
    let values = item.get("values").into_iter().flat_map(Node::items);
    let values: Vec<_> = values.map(|it| Text::of(it).map(|it| it.value)).collect();
    let takes_values = matches!(operator, Operator::In | Operator::NotIn);
    (takes_values != values.is_empty()).then_some(Requirement {
        node: item,
        key: (!is_template(key)).then_some(key),
        operator,
        values,
    })
}

#[cfg(test)]
mod tests {
    use crate::{
        span::FileId,
        yaml::{Chunk, Document, Limits},
    };

    use super::*;

    fn document(text: &str) -> Document {
        let chunk = Chunk {
            offset: 0,
            first_line: 1,
            text,
        };
        Document::parse(FileId(0), chunk, &Limits::default())
    }

    fn matches(selector: &str, labels: &str) -> Match {
        let (selector, labels) = (document(selector), document(labels));
        LabelSelector::new(selector.root()).matches(&Labels::of(labels.root()))
    }

    #[test]
    fn an_empty_selector_matches_everything() {
        assert_eq!(matches("{}", "{}"), Match::Yes);
        assert_eq!(matches("{matchLabels: {}}", "{a: b}"), Match::Yes);
        assert_eq!(matches("{matchExpressions: []}", "{a: b}"), Match::Yes);
        assert!(LabelSelector::new(None).is_empty());
    }

    #[test]
    fn every_requirement_must_be_met() {
        let selector = "{matchLabels: {a: b}, matchExpressions: [{key: c, operator: Exists}]}";
        assert_eq!(matches(selector, "{a: b, c: d}"), Match::Yes);
        assert_eq!(matches(selector, "{a: b}"), Match::No);
        assert_eq!(matches(selector, "{c: d}"), Match::No);
    }

    #[test]
    fn negative_operators_match_an_absent_label() {
        for operator in [
            "{key: a, operator: NotIn, values: [x]}",
            "{key: a, operator: DoesNotExist}",
        ] {
            let selector = format!("{{matchExpressions: [{operator}]}}");
            assert_eq!(matches(&selector, "{}"), Match::Yes, "{operator}");
            assert_eq!(matches(&selector, "{a: x}"), Match::No, "{operator}");
        }
    }

    #[test]
    fn a_template_is_unknown_until_another_requirement_settles_it() {
        assert_eq!(
            matches("{matchLabels: {a: '${A}'}}", "{a: b}"),
            Match::Unknown
        );
        assert_eq!(matches("{matchLabels: {a: '${A}'}}", "{}"), Match::No);
        assert_eq!(
            matches("{matchLabels: {a: '${A}', c: d}}", "{a: b, c: e}"),
            Match::No
        );
        assert_eq!(
            matches("{matchLabels: {a: b}}", "{a: '${A}'}"),
            Match::Unknown
        );
        assert_eq!(
            matches("{matchLabels: {a: b}}", "{'${KEY}': b}"),
            Match::Unknown
        );
        assert_eq!(
            matches(
                "{matchExpressions: [{key: a, operator: Exists}]}",
                "{a: '${A}'}"
            ),
            Match::Yes
        );
        let listed = "{matchExpressions: [{key: a, operator: NotIn, values: ['${A}', x]}]}";
        assert_eq!(matches(listed, "{a: b}"), Match::Unknown);
        assert_eq!(matches(listed, "{a: x}"), Match::No);
    }

    #[test]
    fn what_the_api_refuses_is_unknown() {
        for selector in [
            "{app: web}",
            "{matchLabels: {a: 1}}",
            "{matchExpressions: [{key: a, operator: in, values: [b]}]}",
            "{matchExpressions: [{key: a, operator: In, values: []}]}",
            "'${SELECTOR}'",
        ] {
            assert_eq!(matches(selector, "{a: '1'}"), Match::Unknown, "{selector}");
        }
    }
}
