//! Manifests as text: files split into documents, and documents read into trees of byte spans with
//! the meaning that kubectl gives them.
//!
//! Everything here follows what `k8s.io/apimachinery/pkg/util/yaml` and `sigs.k8s.io/yaml` (that is
//! go-yaml v2, YAML 1.1) make of a file, because that is what a cluster will be given. Reading never
//! fails: a [`Document`] holds what could be read and the [`SyntaxError`] that ended it.

mod build;
mod document;
mod duplicates;
mod fields;
mod json;
mod mend;
mod node;
mod number;
mod peek;
mod quick;
mod quoted;
mod read;
mod resolve;
mod rewrite;
mod split;
mod text;
mod tree;
mod write;

pub use self::{
    document::{Document, Limits, SyntaxError, SyntaxErrorKind},
    duplicates::DuplicateKeys,
    fields::Fields,
    node::{Descendants, Entries, Items, Node},
    peek::{Peek, peek, without_versions},
    resolve::Scalar,
    rewrite::NewValue,
    split::{Chunk, Piece, Pieces, split},
    tree::{NodeId, Style},
    write::to_json,
};
