//! What kubectl makes of adversarial scalars, keys, merges and quotes.

use kube_lint_core::yaml::{Document, Limits, Piece, split, to_json};
use serde_json::Value;

const ORACLE: &str = include_str!("../../fixtures/yaml/scalars.jsonl");

/// Documents on which we and kubectl differ, and why.
const EXCEPTIONS: &[(&str, &str)] = &[
    (
        "a: \"b\"#c\n",
        "granit demands a blank before a comment; the error is reported, nothing is hidden",
    ),
    (
        "a: \u{feff}b\n",
        "granit refuses a byte order mark inside a document; the error is reported",
    ),
    (
        "{\"a\":1}{\"b\":2}\n",
        "kubectl reads both values (YAMLOrJSONDecoder), the answer is that of YAMLReader",
    ),
];

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
    let equal = |(ours, kubectl): (&Answer, &Answer)| match (ours, kubectl) {
        (Some(ours), Some(kubectl)) => equal(ours, kubectl),
        _ => ours == kubectl,
    };
    ours.len() == kubectl.len() && ours.iter().zip(kubectl).all(equal)
}

/// Equality of JSON by which `1` and `1.0` are one number, and `-0` and `0` as well.
fn equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let present = |(key, a)| b.get(key).is_some_and(|b| equal(a, b));
            a.len() == b.len() && a.iter().all(present)
        }
        _ => one == other,
    }
}
