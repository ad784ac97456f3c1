//! What the quick reader accepts, the full parser reads the same way.

use std::{env, fs, path::Path};

use crate::yaml::{Limits, Piece, read, split, text, tree::Tree};

const SCALARS: &str = include_str!("../../../../fixtures/yaml/scalars.jsonl");

/// Everything a tree says, in a form that shows where two trees differ.
fn shown(text: &str, tree: &Tree) -> Vec<String> {
    let mut lines: Vec<String> = (0..)
        .zip(&tree.nodes)
        .map(|(node, it)| format!("{node}: {it:?} {:?}", tree.text(text, node)))
        .collect();
    lines.push(format!("comments {:?}", tree.comments));
    lines.push(format!("error {:?} dropped {:?}", tree.error, tree.dropped));
    lines
}

/// Whether the quick reader accepts the text; fails if it then reads it otherwise than the full one.
fn agrees(text: &str) -> bool {
    let limits = Limits::default();
    if text::control_character(text).is_some() {
        return false;
    }
    let Some(quick) = super::read(text, limits) else {
        return false;
    };
    let full = read::read(text, text, limits);
    let (quick, full) = (shown(text, &quick), shown(text, &full));
    let differing = quick.iter().zip(&full).find(|(quick, full)| quick != full);
    assert!(
        quick == full,
        "{text}\n--- quick and full differ:\n{differing:#?}\n{}",
        full.len()
    );
    true
}

fn chunks(text: &str) -> impl Iterator<Item = &str> {
    split(text).filter_map(|piece| match piece {
        Piece::Chunk(chunk) => Some(chunk.text),
        Piece::BadSeparator { .. } => None,
    })
}

#[test]
fn common_shapes_are_accepted() {
    let text = "# head\napiVersion: v1\nkind: Pod # tail\nmetadata:\n  labels: {a: b, 'c': \"d\"}\n\
                spec:\n  containers:\n  - name: x\n    args: [--a=b, 1, {c: d}]\n    env: []\n\
                \x20   command:\n      - sh\n      - -c\n      - |\n        echo a\n\n          b\n\
                \x20 - name: 'it''s'\n    note: one\n      two\n\n      three\n    empty:\n    more: >-\n\
                \x20     folded\n      text\n\n      again\n  last: \"a\\n\\\n    b\"\n";
    assert!(agrees(text));
}

#[test]
fn every_way_to_be_wrong_is_left_to_the_full_parser() {
    for text in [
        "a: b: c\n",
        "a: - b\n",
        "a: b\n c: d\n",
        "a:\n   b: 1\n  c: 2\n",
        "- a\nb: c\n",
        "a: \"b\" c\n",
        "a: |\n    b\n   c\n",
        "a: [b\n",
        "a: {b}\n",
        "a: *b\n",
        "a: &b c\n",
        "a: !!str c\n",
        "? a\n",
        "a:\tb\n",
        "a: b\n...\n",
        "%YAML 1.1\n---\na: b\n",
        "a: @b\n",
        "a: 'b\nc'\n",
        "a: \"\\/\"\n",
        "a: b\r\n",
        "",
        "# only\n",
    ] {
        assert!(!agrees(text), "{text:?} was read quickly");
    }
}

/// A reproducible stream of numbers.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

/// The text with a few bytes put in, taken out or copied elsewhere.
fn mutated(text: &str, random: &mut Random) -> String {
    const PARTS: [&str; 26] = [
        " ", "  ", "\n", ":", ": ", "-", "- ", "#", " #", "\"", "'", "[", "]", "{", "}", ",", "|",
        ">", "\t", "&a ", "*a", "!", "?", "\\", "~", "<<: ",
    ];
    let mut characters: Vec<char> = text.chars().collect();
    for _ in 0..=random.below(3) {
        let at = random.below(characters.len() + 1);
        match random.below(3) {
            0 => drop(characters.splice(at..at, PARTS[random.below(PARTS.len())].chars())),
            1 if at < characters.len() => drop(characters.remove(at)),
            _ => {
                let end = characters.len().min(at + random.below(12));
                let part: Vec<char> = characters[at..end].to_vec();
                let to = random.below(characters.len() + 1);
                characters.splice(to..to, part);
            }
        }
    }
    characters.into_iter().collect()
}

#[test]
fn mutated_texts_are_read_alike() {
    let mut random = Random(7);
    let mut accepted = 0;
    let shapes = [
        "a: b\nc:\n  d: e # f\n  g:\n  - h\n  - i: j\n    k: l\n",
        "a: 'b'\nc: \"d\"\ne: [f, g, {h: i}]\nj: {}\n",
        "a: |\n  b\n\n  c\nd: >-\n  e\n  f\ng: h\n  i\n\n  j\n",
        "- - a\n  - b: c\n-\n  d: e\n- f\n",
        "a: 'b\n  c\n\n  d'\ne: \"f\\n\n  g\"\n# h\ni:\nj: 1\n",
        "a:\n  [b,\n   c: d,\n   {e: f,\n    g: h}] # i\nj: k\n",
    ];
    for _ in 0..20_000 {
        let text = shapes[random.below(shapes.len())];
        accepted += usize::from(agrees(&mutated(text, &mut random)));
    }
    assert!(accepted > 2_000, "only {accepted} were read quickly");
}

#[test]
fn adversarial_scalars_are_read_alike() {
    for line in SCALARS.lines() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        agrees(record["yaml"].as_str().unwrap());
    }
}

fn corpus(folder: &Path, visit: &mut impl FnMut(&str)) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        let extension = path.extension().unwrap_or_default();
        if entry.file_type().unwrap().is_dir() {
            corpus(&path, visit);
        } else if extension == "yaml" || extension == "yml" {
            let bytes = fs::read(&path).unwrap();
            str::from_utf8(&bytes)
                .into_iter()
                .flat_map(chunks)
                .for_each(&mut *visit);
        }
    }
}

#[test]
#[expect(
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "the corpus is optional"
)]
fn the_corpus_is_read_alike() {
    let Ok(folder) = env::var("KUBE_LINT_CORPUS") else {
        eprintln!("skipped: KUBE_LINT_CORPUS does not name a folder of manifests");
        return;
    };
    let (mut accepted, mut all) = (0, 0);
    let mut random = Random(11);
    corpus(Path::new(&folder), &mut |text| {
        all += 1;
        accepted += usize::from(agrees(text));
        if text.len() < 4_000 {
            agrees(&mutated(text, &mut random));
        }
    });
    assert!(
        accepted * 10 > all * 8,
        "only {accepted} of {all} were read quickly"
    );
}
