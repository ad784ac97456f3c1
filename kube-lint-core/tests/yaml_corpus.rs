//! Short cuts agree with the parser on a folder of real manifests, named by `KUBE_LINT_CORPUS`.

use std::{env, fs, path::Path};

use kube_lint_core::yaml::{Document, Limits, Node, Piece, peek, split, without_versions};

/// Calls `visit` with every chunk of every manifest, or says why not.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
fn for_each_chunk(mut visit: impl FnMut(&str)) -> Option<()> {
    let Ok(folder) = env::var("KUBE_LINT_CORPUS") else {
        println!("skipped: KUBE_LINT_CORPUS does not name a folder of manifests");
        return None;
    };
    walk(Path::new(&folder), &mut visit);
    Some(())
}

fn walk(folder: &Path, visit: &mut impl FnMut(&str)) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        let extension = path.extension().unwrap_or_default();
        if entry.file_type().is_ok_and(|it| it.is_dir()) {
            walk(&path, visit);
        } else if ["yaml", "yml", "json"].iter().any(|it| extension == *it) {
            let text = fs::read(&path).map(String::from_utf8);
            if let Ok(Ok(text)) = text {
                split(&text).for_each(|piece| match piece {
                    Piece::Chunk(chunk) => visit(chunk.text),
                    Piece::BadSeparator { .. } => {}
                });
            }
        }
    }
}

fn document(text: &str) -> Document {
    Document::parse_text(text, &Limits::default())
}

#[test]
fn peeking_tells_what_parsing_tells() {
    let mut seen = 0;
    let visited = for_each_chunk(|text| {
        let Some(peek) = peek(text) else { return };
        seen += 1;
        let document = document(text);
        let root = document.root().expect("a root");
        if document.error().is_none() {
            assert_eq!(
                root.get("kind").and_then(Node::str),
                Some(peek.kind),
                "{text}"
            );
            let api_version = root.get("apiVersion").and_then(Node::str);
            assert_eq!(api_version, Some(peek.api_version), "{text}");
        }
    });
    assert!(
        visited.is_none() || seen > 100,
        "only {seen} documents were recognised"
    );
}

#[test]
fn definitions_keep_what_counts_without_their_versions() {
    let (mut cut, mut all) = (0, 0);
    let visited = for_each_chunk(|text| {
        if peek(text).is_none_or(|it| it.kind != "CustomResourceDefinition") {
            return;
        }
        all += 1;
        let Some(rest) = without_versions(text) else {
            return;
        };
        cut += 1;
        let (whole, rest) = (document(text), document(&rest));
        if whole.error().is_some() {
            return;
        }
        assert_eq!(rest.error(), None);
        for path in [
            &["metadata"][..],
            &["spec", "group"],
            &["spec", "names"],
            &["spec", "scope"],
            &["spec", "conversion"],
        ] {
            let shown = |document: &Document| {
                let node = document.root().and_then(|it| it.at(path));
                node.map(|it| it.source().to_owned())
            };
            assert_eq!(shown(&whole), shown(&rest), "{path:?}");
        }
        assert_eq!(
            rest.root().and_then(|it| it.at(&["spec", "versions"])),
            None
        );
    });
    assert!(
        visited.is_none() || cut * 10 > all * 8,
        "only {cut} of {all} were cut"
    );
}
