//! How a rule speaks: findings before levels, suppressions and copies are dealt with.

use crate::{
    diagnostic::{Applicability, Confidence, Fix, ObjectReference, Severity},
    edit::Edit,
    rule::Rule,
    source::printable,
    span::{FileId, Place, Span},
    yaml::{Document, Node, NodeId},
};

/// What a finding or a label points at.
#[derive(Clone, Copy, Debug)]
pub enum Anchor<'a> {
    /// A node of a document.
    Node(Node<'a>),
    /// Bytes of a document.
    Span(&'a Document, Span),
    /// Bytes of a file.
    Place(Place),
    /// A file of which there is no text to show.
    File(FileId),
}

impl<'a> From<Node<'a>> for Anchor<'a> {
    fn from(node: Node<'a>) -> Self {
        Self::Node(node)
    }
}

impl Anchor<'_> {
    fn place(self) -> Place {
        match self {
            Self::Node(node) => node.place(),
            Self::Span(document, span) => document.place(span),
            Self::Place(place) => place,
            Self::File(file) => Place {
                file,
                span: Span::empty(0),
            },
        }
    }
}

/// A finding as a rule reports it.
#[derive(Clone, Debug)]
pub struct Finding {
    pub(crate) rule: &'static Rule,
    pub(crate) severity: Severity,
    /// The level, where it is weaker only because what is missing may be outside the input.
    pub(crate) severity_if_whole: Option<Severity>,
    pub(crate) confidence: Confidence,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    pub(crate) fix: Option<Fix>,
    pub(crate) place: Place,
    pub(crate) node: Option<NodeKey>,
    pub(crate) subject: Option<Subject>,
    pub(crate) here: String,
    pub(crate) labels: Vec<(Place, String)>,
    /// How many things it is about.
    pub(crate) instances: usize,
}

/// A node by the place of its document and its number there.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct NodeKey {
    pub(crate) file: FileId,
    /// Byte of the file at which the document begins.
    pub(crate) offset: u32,
    pub(crate) node: NodeId,
}

impl NodeKey {
    pub(crate) fn of(node: Node<'_>) -> Self {
        Self {
            file: node.document().file(),
            offset: node.document().offset(),
            node: node.id(),
        }
    }
}

/// What a finding is about, told without places, so that copies and later versions of it are known.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub(crate) struct Subject {
    pub(crate) object: Option<ObjectReference>,
    /// The namespace that the object itself sets: unlike the one that a kustomization gives it, it does
    /// not depend on other files.
    pub(crate) namespace: Option<String>,
    /// Field path from the object, items of lists by their name.
    pub(crate) path: String,
    /// Hash of the value pointed at; never shown, never part of a fingerprint.
    pub(crate) evidence: u64,
}

impl Finding {
    /// What to do.
    pub fn help(&mut self, help: impl AsRef<str>) -> &mut Self {
        self.help = Some(printable(help.as_ref()));
        self
    }

    /// Mends it by `edits`, all of the file that the finding is in; nothing where they could not be made.
    ///
    /// `message` is what they do, and holds no value of a secret; nor do they.
    pub fn fix(
        &mut self,
        applicability: Applicability,
        message: impl AsRef<str>,
        edits: Option<Vec<Edit>>,
    ) -> &mut Self {
        self.fix = edits.map(|mut edits| {
            edits.sort();
            Fix {
                message: printable(message.as_ref()),
                applicability,
                edits,
            }
        });
        self
    }

    /// A few words at the place of the finding itself.
    pub fn here(&mut self, message: impl AsRef<str>) -> &mut Self {
        self.here = printable(message.as_ref());
        self
    }

    /// Points at evidence, in another file maybe; there is nothing to point at in a text of no file.
    pub fn label<'a>(&mut self, at: impl Into<Anchor<'a>>, message: impl AsRef<str>) -> &mut Self {
        let label = (at.into().place(), printable(message.as_ref()));
        let is_somewhere = label.0.file != FileId::NONE;
        if is_somewhere && !self.labels.contains(&label) {
            self.labels.push(label);
        }
        self
    }

    /// Says what the finding is about where it points at one of several objects, and another might come
    /// first tomorrow; `aspect` tells findings about one object apart.
    pub fn about(&mut self, object: ObjectReference, aspect: &str) -> &mut Self {
        self.subject = Some(Subject {
            object: Some(object),
            namespace: None,
            path: aspect.to_owned(),
            evidence: 0,
        });
        self
    }

    /// Makes the finding weaker than its rule declares; it is never made stronger.
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = self.severity.min(severity);
        self
    }

    /// How many objects the finding is about, its own among them: one that is known is new again when
    /// there are more of them.
    pub fn instances(&mut self, number: usize) -> &mut Self {
        self.instances = number;
        self
    }

    /// As [`severity`](Self::severity), because what the finding misses may be outside the input: that
    /// does not hold where it was in the input before.
    pub fn severity_of_part(&mut self, severity: Severity) -> &mut Self {
        self.severity_if_whole = Some(self.severity);
        self.severity(severity)
    }

    /// How sure the rule is; a finding of low confidence is info.
    pub fn confidence(&mut self, confidence: Confidence) -> &mut Self {
        self.confidence = confidence;
        if confidence == Confidence::Low {
            self.severity = Severity::Info;
        }
        self
    }
}

/// What stands at the labels of copies.
const COPY: &str = "the same in this copy";

impl Finding {
    /// Makes this one the finding of a copy of its object as well.
    pub(crate) fn add_copy(&mut self, copy: &Self) {
        self.severity = self.severity.max(copy.severity);
        self.labels.push((copy.place, COPY.to_owned()));
    }

    /// Where the copies stand.
    pub(crate) fn copies(&self) -> impl Iterator<Item = Place> {
        let copies = self.labels.iter().filter(|it| it.1 == COPY);
        copies.map(|it| it.0)
    }
}

/// Takes the findings of one rule.
#[derive(Debug)]
pub struct Reporter<'r> {
    rule: &'static Rule,
    path: &'r str,
    findings: &'r mut Vec<Finding>,
}

impl<'r> Reporter<'r> {
    pub(crate) fn new(rule: &'static Rule, findings: &'r mut Vec<Finding>) -> Self {
        Self {
            rule,
            path: "",
            findings,
        }
    }

    /// The reporter of a check of the one file at `path`.
    #[must_use]
    pub(crate) fn of_file(self, path: &'r str) -> Self {
        Self { path, ..self }
    }

    /// Path of the file that a check of files and documents looks at, relative to the root; empty for
    /// other checks.
    pub fn path(&self) -> &'r str {
        self.path
    }

    /// Reports a finding of the rule's own level and high confidence; the message holds no value of a
    /// secret.
    pub fn report<'a>(
        &mut self,
        at: impl Into<Anchor<'a>>,
        message: impl AsRef<str>,
    ) -> &mut Finding {
        let at = at.into();
        let node = match at {
            Anchor::Node(node) => Some(NodeKey::of(node)),
            _ => None,
        };
        self.findings.push(Finding {
            rule: self.rule,
            severity: self.rule.severity,
            severity_if_whole: None,
            confidence: Confidence::High,
            message: printable(message.as_ref()),
            help: None,
            fix: None,
            place: at.place(),
            node,
            subject: None,
            here: String::new(),
            labels: Vec::new(),
            instances: 1,
        });
        let last = self.findings.len() - 1;
        &mut self.findings[last]
    }
}
