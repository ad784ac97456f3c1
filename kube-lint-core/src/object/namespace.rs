//! The namespace of an object, as far as the input tells.

/// The namespace of an object in a unit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Namespace<'a> {
    /// The kind has none.
    Cluster,
    /// Set nowhere; never taken for `default`.
    Unset,
    /// Set by something the input does not tell, a template say.
    Unknown,
    /// Set.
    Named(&'a str),
}

/// How two namespaces compare.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Relation {
    /// One and the same; both unset counts as that.
    Same,
    /// Certainly two.
    Different,
    /// Not to be told: one is set and the other is not.
    Unknown,
}

impl<'a> Namespace<'a> {
    /// The name, where set and known.
    pub const fn name(self) -> Option<&'a str> {
        match self {
            Self::Named(name) => Some(name),
            Self::Cluster | Self::Unset | Self::Unknown => None,
        }
    }

    /// Compares two namespaces.
    ///
    /// ```
    /// use kube_lint_core::object::{Namespace, Relation};
    ///
    /// let unset = Namespace::Unset;
    /// assert_eq!(unset.compare(Namespace::Unset), Relation::Same);
    /// assert_eq!(unset.compare(Namespace::Named("default")), Relation::Unknown);
    /// ```
    pub fn compare(self, other: Self) -> Relation {
        match (self, other) {
            (Self::Unknown, _)
            | (_, Self::Unknown)
            | (Self::Unset, Self::Named(_))
            | (Self::Named(_), Self::Unset) => Relation::Unknown,
            _ if self == other => Relation::Same,
            _ => Relation::Different,
        }
    }

    /// Whether the two may be one namespace.
    pub fn may_equal(self, other: Self) -> bool {
        self.compare(other) != Relation::Different
    }
}
