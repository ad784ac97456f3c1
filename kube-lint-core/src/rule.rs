//! What a rule is: a `static` of plain data and one function.

mod fault;
mod finding;

use std::fmt;

use crate::{
    analysis::{network::Network, rbac::Holdings, schema::Misfit},
    diagnostic::{Applicability, Severity},
    inventory::Inventory,
    manifest::ManifestFile,
    model::{Container, PodSpec},
    object::{Kind, Object},
    units::Unit,
    yaml::Document,
};

pub use fault::{Fault, FaultKind, Misread};
pub use finding::{Anchor, Finding, Reporter};
pub(crate) use finding::{NodeKey, Subject};

/// A check the linter makes.
#[derive(Debug)]
pub struct Rule {
    /// `family/name`, for ever.
    pub id: &'static str,
    /// At most 60 characters for tables.
    pub summary: &'static str,
    /// The highest level of its findings; a finding may be weaker.
    pub severity: Severity,
    /// Whether it runs where neither the configuration nor the command line names it.
    pub is_on_by_default: bool,
    /// Release that brought the rule.
    pub since: &'static str,
    /// The best fix that its findings come with; single ones may have a weaker one, or none.
    pub fix: Option<Applicability>,
    /// Markdown: what it does, why it is bad, what to do.
    pub docs: &'static str,
    /// Rules that are silent where this one speaks of the same place.
    pub supersedes: &'static [&'static str],
    /// What it looks at.
    pub check: Check,
}

/// The narrowest thing that a rule looks at, and the function that does.
///
/// A check cannot fail, and reports on what it was given; other places are labels.
#[derive(Clone, Copy)]
pub enum Check {
    /// A file, whatever is in it.
    File(fn(&ManifestFile, &mut Reporter<'_>)),
    /// A document with objects, as it was parsed, without knowledge of others.
    Document(fn(&Document, &mut Reporter<'_>)),
    /// What a document with objects has that the API does not, found once for all rules that ask.
    Misfits(fn(&Document, &[Misfit<'_>], &mut Reporter<'_>)),
    /// An object of one of the kinds; of any kind where the list is empty.
    Object(
        &'static [Kind],
        fn(&Object<'_>, &Inventory<'_>, &mut Reporter<'_>),
    ),
    /// A PodSpec of any kind.
    PodSpec(fn(&PodSpec<'_>, &Inventory<'_>, &mut Reporter<'_>)),
    /// A container of any PodSpec.
    Container(fn(&Container<'_>, &Inventory<'_>, &mut Reporter<'_>)),
    /// What is applied together.
    Unit(fn(&Unit<'_>, &Inventory<'_>, &mut Reporter<'_>)),
    /// What connects in the root, gathered once for all rules that ask.
    Network(for<'a> fn(&Network<'_, 'a>, &Inventory<'a>, &mut Reporter<'_>)),
    /// What everybody may do in the root, gathered once for all rules that ask.
    Holdings(for<'a> fn(&Holdings<'a>, &Inventory<'a>, &mut Reporter<'_>)),
    /// All of the root.
    Inventory(fn(&Inventory<'_>, &mut Reporter<'_>)),
    /// What is wrong with a comment or an annotation that suppresses findings.
    Suppression(fn(&Fault, &mut Reporter<'_>)),
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File(_) => "File",
            Self::Document(_) => "Document",
            Self::Misfits(_) => "Misfits",
            Self::Object(..) => "Object",
            Self::PodSpec(_) => "PodSpec",
            Self::Container(_) => "Container",
            Self::Unit(_) => "Unit",
            Self::Network(_) => "Network",
            Self::Holdings(_) => "Holdings",
            Self::Inventory(_) => "Inventory",
            Self::Suppression(_) => "Suppression",
        })
    }
}

impl Rule {
    /// [`docs`](Self::docs) without the blank that begins each line of a doc comment.
    pub fn page(&self) -> String {
        let lines = self.docs.trim().lines();
        let lines: Vec<_> = lines.map(|it| it.strip_prefix(' ').unwrap_or(it)).collect();
        lines.join("\n")
    }

    /// The declared level in a few words, `off by default` among them.
    pub fn declared(&self) -> String {
        if self.is_on_by_default {
            self.severity.to_string()
        } else {
            format!("{}, off by default", self.severity)
        }
    }

    /// The part of the id before the slash.
    pub fn family(&self) -> &'static str {
        self.id
            .split_once('/')
            .map_or(self.id, |(family, _)| family)
    }
}

/// Declares the `static RULE` of a rule file: its doc comment becomes the rule's page.
macro_rules! declare_rule {
    (@fix) => { None };
    (@fix $fix:ident) => { Some($crate::diagnostic::Applicability::$fix) };
    (
        $(#[doc = $docs:literal])+
        $id:literal {
            summary: $summary:literal,
            severity: $severity:ident,
            $(is_on_by_default: $is_on:literal,)?
            since: $since:literal,
            $(fix: $fix:ident,)?
            $(supersedes: [$($superseded:literal),+ $(,)?],)?
            check: $check:expr,
        }
    ) => {
        $(#[doc = $docs])+
        pub(crate) static RULE: $crate::rule::Rule = $crate::rule::Rule {
            id: $id,
            summary: $summary,
            severity: $crate::diagnostic::Severity::$severity,
            is_on_by_default: true $(&& $is_on)?,
            since: $since,
            fix: $crate::rule::declare_rule!(@fix $($fix)?),
            docs: concat!($($docs, "\n"),+),
            supersedes: &[$($($superseded),+)?],
            check: $check,
        };
    };
}

pub(crate) use declare_rule;
