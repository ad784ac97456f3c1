//! Where a custom resource keeps a PodSpec, for kinds that only the user knows.

use std::fmt;

use crate::object::{Object, split_api_version};

/// Where objects of one kind keep a PodSpec.
///
/// ```
/// use kube_lint_core::model::PodSpecPath;
///
/// let path = PodSpecPath::new("example.com", "Fleet", "spec.pools[].template.spec")?;
/// assert_eq!(path.to_string(), "example.com/Fleet: spec.pools[].template.spec");
/// assert!(PodSpecPath::new("example.com", "Fleet", "spec..pod").is_err());
/// # Ok::<(), kube_lint_core::model::PodSpecPathError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PodSpecPath {
    group: String,
    kind: String,
    /// `[]` stands for every item of a list.
    fields: Vec<String>,
}

/// What cannot be where an object keeps a PodSpec.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PodSpecPathError {
    /// The group is empty, or has a version.
    #[error("expected an API group without a version, `example.com` say")]
    Group,
    /// The kind is empty.
    #[error("expected a kind, `Fleet` say")]
    Kind,
    /// The path has an empty field, or brackets that are not a `[]` at the end of a field.
    #[error("expected fields with dots between them, `spec.pools[].template.spec` say")]
    Path,
}

impl PodSpecPath {
    /// That objects called `kind` in the API group `group` keep a PodSpec at `path`: fields with dots
    /// between them, `[]` behind those that are lists.
    ///
    /// # Errors
    ///
    /// What of the three cannot be.
    pub fn new(group: &str, kind: &str, path: &str) -> Result<Self, PodSpecPathError> {
        Ok(Self {
            group: Self::group(group)?,
            kind: Self::kind(kind)?,
            fields: Self::fields(path)?,
        })
    }

    fn group(text: &str) -> Result<String, PodSpecPathError> {
        let is_group = !text.is_empty() && !text.contains(['/', ' ']);
        is_group
            .then(|| text.to_owned())
            .ok_or(PodSpecPathError::Group)
    }

    fn kind(text: &str) -> Result<String, PodSpecPathError> {
        let is_kind = !text.is_empty() && !text.contains(['/', ' ']);
        is_kind
            .then(|| text.to_owned())
            .ok_or(PodSpecPathError::Kind)
    }

    fn fields(path: &str) -> Result<Vec<String>, PodSpecPathError> {
        let mut fields = Vec::new();
        for part in path.split('.') {
            let name = part.strip_suffix("[]");
            let field = name.unwrap_or(part);
            if field.is_empty() || field.contains(['[', ']', ' ']) {
                return Err(PodSpecPathError::Path);
            }
            fields.push(field.to_owned());
            if name.is_some() {
                fields.push("[]".to_owned());
            }
        }
        Ok(fields)
    }

    /// Whether `object` is of the kind.
    pub fn is_of(&self, object: &Object<'_>) -> bool {
        let (group, _) = split_api_version(object.api_version());
        self.group == group && self.kind == object.kind_name()
    }

    /// Fields from the object to the PodSpec.
    pub(super) fn steps(&self) -> &[String] {
        &self.fields
    }

    /// Whether it leads to the PodSpec of a Pod template, which is handed on as it is written, so that
    /// a field left out has the default of `core/v1`.
    pub(super) fn is_whole(&self) -> bool {
        let end: Vec<_> = self.fields.iter().rev().map(String::as_str).collect();
        end.starts_with(&["spec", "template"])
    }
}

impl fmt::Display for PodSpecPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.fields.join(".").replace(".[]", "[]");
        write!(f, "{}/{}: {path}", self.group, self.kind)
    }
}
