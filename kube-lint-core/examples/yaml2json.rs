//! Prints what each document of a folder becomes as JSON, or counts where kubectl answers otherwise.
//!
//! `yaml2json PATH…` prints one JSON line a document: `{file, doc, line, json | error | empty}`.
//! `yaml2json --compare ANSWERS PATH…` reads such lines, made by Kubernetes' own code from the same
//! paths, lists every document that differs and fails if there are any.
//! `yaml2json --time PATH…` tells how fast splitting, peeking and parsing are.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use kube_lint_core::yaml::{
    Chunk, Document, Limits, Piece, peek, split, to_json, without_versions,
};
use serde_json::{Value, json};

fn main() -> io::Result<ExitCode> {
    let mut arguments = env::args().skip(1).peekable();
    let compare = arguments.next_if(|it| it == "--compare").is_some();
    let answers = if compare { arguments.next() } else { None };
    let timed = arguments.next_if(|it| it == "--time").is_some();
    let mut files = Vec::new();
    for root in arguments {
        collect(Path::new(&root), true, &mut files)?;
    }
    files.sort();
    if timed {
        return time(&files);
    }
    let mut records = Vec::new();
    for path in &files {
        records.extend(read(&path.to_string_lossy(), &fs::read(path)?));
    }
    match answers {
        Some(answers) => difference(&records, &fs::read_to_string(answers)?),
        None => print(&records),
    }
}

fn print(records: &[Value]) -> io::Result<ExitCode> {
    let mut out = io::stdout().lock();
    for record in records {
        writeln!(out, "{record}")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Best of five runs over all files, in memory and on one thread.
fn time(files: &[PathBuf]) -> io::Result<ExitCode> {
    let texts = files
        .iter()
        .map(|path| Ok(String::from_utf8(fs::read(path)?).unwrap_or_default()));
    let texts: Vec<String> = texts.collect::<io::Result<_>>()?;
    let bytes: u32 = texts
        .iter()
        .filter_map(|it| u32::try_from(it.len()).ok())
        .sum();
    let chunks = |text| {
        split(text).filter_map(|piece| match piece {
            Piece::Chunk(chunk) => Some(chunk),
            Piece::BadSeparator { .. } => None,
        })
    };
    let all: Vec<Chunk<'_>> = texts.iter().flat_map(|text| chunks(text)).collect();
    let limits = Limits::default();
    let crd = |chunk: &&Chunk<'_>| {
        peek(chunk.text).is_some_and(|it| it.kind == "CustomResourceDefinition")
    };
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{} files, {} documents, {bytes} bytes",
        texts.len(),
        all.len()
    )?;
    let mut report = |name: &str, work: &dyn Fn() -> usize| {
        let runs = (0..5).map(|_| {
            let start = Instant::now();
            let count = work();
            (start.elapsed(), count)
        });
        let (best, count) = runs.min().unwrap_or_default();
        let speed = f64::from(bytes) / best.as_secs_f64() / 1e6;
        writeln!(
            out,
            "{name:24} {speed:8.0} MB/s {:8.2} ms  n={count}",
            best.as_secs_f64() * 1e3
        )
    };
    report("split", &|| {
        texts.iter().map(|text| chunks(text).count()).sum()
    })?;
    report("peek", &|| {
        all.iter().filter(|it| peek(it.text).is_some()).count()
    })?;
    report("peek + without_versions", &|| {
        all.iter()
            .filter(crd)
            .filter(|it| without_versions(it.text).is_some())
            .count()
    })?;
    report("parse all", &|| {
        let parse = |it: &Chunk<'_>| Document::parse_text(it.text, &limits);
        all.iter()
            .map(parse)
            .filter(|it| it.root().is_some())
            .count()
    })?;
    report("parse all but CRDs", &|| {
        let parse = |it: &Chunk<'_>| match without_versions(it.text).filter(|_| crd(&it)) {
            Some(rest) => Document::parse_text(&rest, &limits),
            None => Document::parse_text(it.text, &limits),
        };
        all.iter()
            .map(parse)
            .filter(|it| it.root().is_some())
            .count()
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Adds the manifests at and below `path`.
fn collect(path: &Path, named: bool, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            if !entry.file_type()?.is_symlink() {
                collect(&entry.path(), false, files)?;
            }
        }
        return Ok(());
    }
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    if named || ["json", "yaml", "yml"].iter().any(|it| extension == *it) {
        files.push(path.to_owned());
    }
    Ok(())
}

fn read(file: &str, bytes: &[u8]) -> Vec<Value> {
    let Ok(text) = str::from_utf8(bytes) else {
        return vec![json!({"file": file, "doc": 0, "line": 1, "error": "not UTF-8"})];
    };
    let record = |(number, piece)| match piece {
        Piece::Chunk(chunk) => {
            let document = Document::parse_text(chunk.text, &Limits::default());
            let mut record = json!({"file": file, "doc": number, "line": chunk.first_line});
            match to_json(&document).map(|json| serde_json::from_str(&json)) {
                Ok(Ok(Value::Null)) => record["empty"] = Value::Bool(true),
                Ok(Ok(value)) => record["json"] = value,
                Ok(Err(error)) => record["error"] = format!("bad JSON: {error}").into(),
                Err(error) => record["error"] = error.message.into(),
            }
            record
        }
        Piece::BadSeparator { .. } => {
            json!({"file": file, "doc": number, "error": "invalid separator"})
        }
    };
    split(text).enumerate().map(record).collect()
}

fn difference(ours: &[Value], answers: &str) -> io::Result<ExitCode> {
    let name = |record: &Value| (record["file"].to_string(), record["doc"].as_u64());
    let mut theirs = BTreeMap::new();
    for line in answers.lines() {
        let record: Value = serde_json::from_str(line)?;
        theirs.insert(name(&record), record);
    }
    let mut out = io::stdout().lock();
    let mut different = 0;
    let all = theirs.len();
    for record in ours {
        let kubectl = theirs.remove(&name(record)).unwrap_or_default();
        if !same(record, &kubectl) {
            different += 1;
            writeln!(
                out,
                "ours    {}\nkubectl {}",
                short(record),
                short(&kubectl)
            )?;
        }
    }
    for record in theirs.values() {
        different += 1;
        writeln!(out, "ours    nothing\nkubectl {}", short(record))?;
    }
    writeln!(out, "{different} of {all} documents differ")?;
    Ok(ExitCode::from(u8::from(different > 0)))
}

/// Whether both are refused, empty, or the same JSON.
fn same(ours: &Value, kubectl: &Value) -> bool {
    let refused = |record: &Value| record.get("error").is_some();
    // The answers' line is found by searching the text, which fails on repeated and `\r\n` texts.
    refused(ours) == refused(kubectl)
        && ours.get("empty") == kubectl.get("empty")
        && equal(&ours["json"], &kubectl["json"])
}

/// Equality of JSON by which `1` and `1.0` are one number.
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

fn short(record: &Value) -> String {
    record.to_string().chars().take(300).collect()
}
