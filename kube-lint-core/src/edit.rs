//! Changes to the text of a file: bytes to take out, and what to put in their place.

use crate::span::{FileId, Place};

/// A change to a file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Edit {
    /// The bytes to take out; where there are none, the point at which something is put in.
    pub place: Place,
    /// What to put in; never a value that may be secret.
    pub replacement: String,
}

/// Why edits cannot be applied to a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EditError {
    /// They are of several files.
    #[error("the edits are of several files")]
    SeveralFiles,
    /// The text has not the bytes that one of them is about.
    #[error("an edit is about bytes that the text does not have")]
    Outside,
    /// Two of them change the same bytes, or put something in at the same point.
    #[error("two edits overlap")]
    Overlap,
}

/// `text` with `edits`, all of the file that it is the whole text of, in whatever order; every byte that none
/// of them is about stays as it is.
///
/// ```
/// use kube_lint_core::{
///     edit::{Edit, apply},
///     span::{FileId, Place, Span},
/// };
///
/// let edit = |start, end, text: &str| Edit {
///     place: Place { file: FileId::new(0), span: Span::new(start, end) },
///     replacement: text.to_owned(),
/// };
/// let edits = [edit(6, 10, "pods"), edit(1, 4, "list")];
/// assert_eq!(apply("[get, Pods]", &edits).as_deref(), Ok("[list, pods]"));
/// assert!(apply("[get, Pods]", &[edit(1, 4, ""), edit(2, 6, "")]).is_err());
/// ```
///
/// # Errors
///
/// Where the edits are of several files, overlap, or do not fit the text; nothing is changed then.
pub fn apply<'e>(
    text: &str,
    edits: impl IntoIterator<Item = &'e Edit>,
) -> Result<String, EditError> {
    let mut edits: Vec<_> = edits.into_iter().collect();
    edits.sort();
    let mut edited = String::with_capacity(text.len());
    let mut file: Option<FileId> = None;
    let mut rest = 0;
    let mut last = None;
    for edit in edits {
        let Place { file: of, span } = edit.place;
        if *file.get_or_insert(of) != of {
            return Err(EditError::SeveralFiles);
        }
        let range = span.range();
        if range.start < rest || last == Some(span) {
            return Err(EditError::Overlap);
        }
        let kept = text.get(rest..range.start).ok_or(EditError::Outside)?;
        text.get(range.clone()).ok_or(EditError::Outside)?;
        edited.push_str(kept);
        edited.push_str(&edit.replacement);
        rest = range.end;
        last = Some(span);
    }
    edited.push_str(text.get(rest..).ok_or(EditError::Outside)?);
    Ok(edited)
}
