//! What kubectl makes of adversarial scalars, keys, merges and quotes.

use kube_lint_core::yaml::{Document, Limits, Piece, split, to_json};
use serde_json::Value;

const ORACLE: &str = include_str!("../../fixtures/yaml/scalars.jsonl");

/// Documents on which we and kubectl differ, and why.
const EXCEPTIONS: &[(&str, &str)] = &[];

/// What is made of each document: JSON, or nothing where it is refused.
type Answer = Option<Value>;

fn ours(text: &str) -> Vec<Answer> {
    let answer = |piece| match piece {
        Piece::Chunk(chunk) => {
            let document = Document::parse_text(chunk.text, &Limits::default());
            let json = to_json(&document).ok()?;
            Some(serde_json::from_str(&json).expect("what we write is JSON"))
        }
        Piece::BadSeparator { .. } => None,
    };
    split(text).map(answer).collect()
}

fn kubectl(record: &Value) -> Vec<Answer> {
    let documents = record["documents"].as_array().expect("a list");
    documents.iter().map(|it| it.get("json").cloned()).collect()
}

#[test]
fn scalars_are_read_as_kubectl_reads_them() {
    let mut wrong = Vec::new();
    for line in ORACLE.lines() {
        let record: Value = serde_json::from_str(line).expect("a record");
        let text = record["yaml"].as_str().expect("a text");
        let (ours, kubectl) = (ours(text), kubectl(&record));
        let excepted = EXCEPTIONS.iter().any(|(it, _)| *it == text);
        if same(&ours, &kubectl) == excepted {
            wrong.push(format!(
                "{text:?}\n  kubectl {kubectl:?}\n  ours    {ours:?}"
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

fn same(ours: &[Answer], kubectl: &[Answer]) -> bool {
    ours == kubectl
}
