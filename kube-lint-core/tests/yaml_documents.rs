//! Files with every sort of separator, line break and oddity, as kubectl reads them.

use std::{collections::BTreeMap, fs, path::Path};

use kube_lint_core::yaml::{Document, Limits, Piece, split, to_json};
use serde_json::Value;

const ANSWERS: &str = include_str!("../../fixtures/yaml/kubectl.jsonl");

/// Documents on which we differ from the answers, and why.
const EXCEPTIONS: &[(&str, u64, &str)] = &[
    (
        "json2.json",
        1,
        "a second JSON value is a document for kubectl; YAMLReader drops it",
    ),
    (
        "keys2.yaml",
        0,
        "`1` and `\"1\"` in one mapping: Go takes either, by chance",
    ),
];

/// The line and the JSON of each document of a file.
type Answers = BTreeMap<u64, (Option<u64>, Option<Value>)>;

fn ours(text: &str) -> Answers {
    let answer = |piece| match piece {
        Piece::Chunk(chunk) => {
            let document = Document::parse_text(chunk.text, &Limits::default());
            let json = to_json(&document).ok();
            let json = json.map(|it| serde_json::from_str(&it).expect("what we write is JSON"));
            (Some(u64::from(chunk.first_line)), json)
        }
        Piece::BadSeparator { .. } => (None, None),
    };
    (0..).zip(split(text).map(answer)).collect()
}

fn kubectl(file: &str) -> Answers {
    let records = ANSWERS
        .lines()
        .map(|line| serde_json::from_str(line).expect("a record"));
    let of_file = records.filter(|record: &Value| record["file"] == file);
    let answer = |record: Value| {
        let json = record.get("json").cloned();
        let empty = record.get("empty").map(|_| Value::Null);
        (
            record["doc"].as_u64().expect("a number"),
            (record["line"].as_u64(), json.or(empty)),
        )
    };
    of_file.map(answer).collect()
}

#[test]
fn files_are_read_as_kubectl_reads_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/yaml/kubectl");
    let mut seen = 0;
    for entry in fs::read_dir(folder).expect("the fixtures") {
        let path = entry.expect("an entry").path();
        let file = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        // Files that are not UTF-8 are refused before they are split.
        let Ok(text) = fs::read_to_string(&path) else {
            assert_eq!(file, "badutf8.yaml");
            continue;
        };
        seen += 1;
        let (mut ours, mut kubectl) = (ours(&text), kubectl(&file));
        for answers in [&mut ours, &mut kubectl] {
            for answer in answers.values_mut() {
                without_doubtful_line(answer, &text);
            }
        }
        for (_, document, _) in EXCEPTIONS.iter().filter(|it| it.0 == file) {
            assert_ne!(
                ours.remove(document),
                kubectl.remove(document),
                "{file} agrees now"
            );
        }
        assert_eq!(ours, kubectl, "{file}");
    }
    assert!(seen > 40, "only {seen} files");
}

/// The answers' lines were found by searching the text, which fails on these.
fn without_doubtful_line(answer: &mut (Option<u64>, Option<Value>), text: &str) {
    if answer.1 == Some(Value::Null) || text.contains('\r') {
        answer.0 = None;
    }
}

#[test]
fn an_error_at_an_old_line_break_covers_whole_characters() {
    let text = "a: 1\n- \u{2028}(5)\nb: 1\n";
    let document = Document::parse_text(text, &Limits::default());
    let error = document.error().expect("a list among fields");
    assert_eq!(text.get(error.span.range()), Some("\u{2028}"));
}
