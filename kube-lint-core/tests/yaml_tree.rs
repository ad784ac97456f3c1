//! Spans, merges, comments, errors and limits of documents.

use std::{fmt::Write as _, time::Instant};

use kube_lint_core::{
    span::Span,
    yaml::{
        Document, Limits, Node, Piece, Scalar, Style, SyntaxErrorKind, peek, split, to_json,
        without_versions,
    },
};

fn document(text: &str) -> Document {
    Document::parse_text(text, &Limits::default())
}

fn valid(text: &str) -> Document {
    let document = document(text);
    assert_eq!(document.error(), None, "{text}");
    document
}

fn root(document: &Document) -> Node<'_> {
    document.root().expect("a root")
}

fn refused(text: &str) -> SyntaxErrorKind {
    let document = document(text);
    let error = document
        .error()
        .unwrap_or_else(|| panic!("{text:?} was accepted"));
    assert!(error.span.end() as usize <= text.len(), "{error:?}");
    assert!(!error.message.ends_with('.'), "{error:?}");
    error.kind
}

const EVERYTHING: &str = "\
# head
apiVersion: v1 # version
'quoted key': \"a\\tb\"
empty:
anchored: &name !!str 12
alias: *name
list:
- one
- {a: 1, 'b': [x, \"y\"], c: {}}
-   - nested
    - []
- # comment
  late: yes
literal: |+ # keep
  two

  lines

folded: >-
    one
    paragraph

stripped: !!str |-
  text
plain: over
  two lines
'single':
  'it''s
  folded'
last:
";

/// The same document through the full parser: a tag that changes nothing keeps the quick one away.
fn through_the_full_parser(text: &str) -> Document {
    valid(&format!("{text}tagged: ! x\n"))
}

fn assert_spans_reread(document: &Document) {
    for node in root(document)
        .descendants()
        .filter(|it| it.is_scalar() && it.style() != Style::Alias)
    {
        let text = format!("key: {}\n", node.source());
        let again = valid(&text);
        let value = root(&again).get("key").expect("the key");
        assert_eq!(value.text(), node.text(), "{node:?} {text:?}");
        assert_eq!(value.style(), node.style());
    }
}

#[test]
fn the_span_of_every_scalar_reads_back_to_its_value() {
    let untagged = EVERYTHING
        .replace("&name !!str ", "")
        .replace("*name", "12")
        .replace("!!str ", "");
    for document in [
        valid(EVERYTHING),
        valid(&untagged),
        through_the_full_parser(&untagged),
    ] {
        assert_spans_reread(&document);
    }
}

#[test]
fn spans_cover_what_a_reader_would_mark() {
    let document = valid(EVERYTHING);
    let root = root(&document);
    let source = |path: &[&str]| root.at(path).map(Node::source);
    assert_eq!(source(&["quoted key"]), Some("\"a\\tb\""));
    assert_eq!(source(&["alias"]), Some("*name"));
    assert_eq!(source(&["literal"]), Some("|+ # keep\n  two\n\n  lines\n"));
    assert_eq!(source(&["folded"]), Some(">-\n    one\n    paragraph"));
    assert_eq!(source(&["plain"]), Some("over\n  two lines"));
    let empty = root.get("empty").map(|it| it.span().start());
    let colon = document.text().find("empty:").map(|at| at + "empty:".len());
    assert_eq!(empty.map(|at| at as usize), colon);
    let list = root.get("list").expect("the list");
    assert!(list.source().starts_with("- one\n"), "{list:?}");
    assert!(list.source().ends_with("late: yes"), "{list:?}");
    let nested = list.items().nth(2).expect("the nested list");
    assert_eq!(nested.source(), "- nested\n    - []");
    assert_eq!(nested.items().next().map(Node::source), Some("nested"));
}

#[test]
fn the_quick_and_the_full_parser_give_the_same_spans() {
    let plain = EVERYTHING
        .replace("&name !!str ", "")
        .replace("*name", "12")
        .replace("!!str ", "");
    let (quick, full) = (valid(&plain), through_the_full_parser(&plain));
    let shown = |document: &Document| -> Vec<_> {
        let nodes = root(document).descendants();
        nodes
            .map(|it| (it.span(), it.style(), it.text().map(str::to_owned)))
            .collect()
    };
    let (quick, full) = (shown(&quick), shown(&full));
    assert_eq!(quick, full[..quick.len()]);
}

#[test]
fn a_block_collection_does_not_end_before_an_empty_last_child() {
    for (text, end) in [
        ("a:\n  b: {}\nc: 1\n", "b: {}"),
        ("a:\n- x\n- []\nc: 1\n", "- x\n- []"),
    ] {
        let document = valid(text);
        let root = root(&document);
        assert_eq!(root.get("a").map(Node::source), Some(end));
        assert_eq!(root.get("c").and_then(Node::integer), Some(1));
    }
}

#[test]
fn keys_and_parents_are_found_from_values() {
    let document = valid("a:\n  b: [c, {d: e}]\n");
    let root = root(&document);
    let e = root.descendants().last().expect("a node");
    assert_eq!(e.key().and_then(Node::text), Some("d"));
    assert_eq!(e.parent().map(Node::style), Some(Style::FlowMapping));
    assert_eq!(e.parent().and_then(Node::key), None);
    assert_eq!(e.key().and_then(Node::key), None);
    let up = std::iter::successors(Some(e), |it| it.parent());
    assert_eq!(up.last(), Some(root));
    assert_eq!(document.node(e.id()), e);
}

#[test]
fn scalars_have_kubectls_types() {
    let document = valid("a: on\nb: 0755\nc: 1.5\nd: 'on'\ne: ~\nf: 18446744073709551615\n");
    let root = root(&document);
    let scalar = |key| root.get(key).and_then(Node::scalar);
    assert_eq!(scalar("a"), Some(Scalar::Bool(true)));
    assert_eq!(scalar("b"), Some(Scalar::Int(493)));
    assert_eq!(scalar("c"), Some(Scalar::Float(1.5)));
    assert_eq!(scalar("d"), Some(Scalar::Str("on")));
    assert_eq!(scalar("e"), Some(Scalar::Null));
    assert_eq!(scalar("f"), Some(Scalar::Uint(u64::MAX)));
    assert_eq!(root.get("b").and_then(Node::text), Some("0755"));
    assert_eq!(root.get("b").and_then(Node::str), None);
}

#[test]
fn anchors_and_aliases_are_kept() {
    let document = valid("a: &x\n  b: 1\nc: *x\nd: [*x]\n");
    let root = root(&document);
    let anchors: Vec<_> = document.anchors().collect();
    assert_eq!(anchors.len(), 1);
    assert_eq!(Some(anchors[0].0), root.get("a"));
    assert_eq!(anchors[0].1, Span::new(3, 5));
    assert_eq!(document.aliases().count(), 2);
    assert_eq!(root.at(&["c", "b"]).and_then(Node::integer), Some(1));
    let item = root
        .get("d")
        .and_then(|it| it.items().next())
        .expect("an item");
    assert_eq!(item.style(), Style::Alias);
    assert_eq!(item.target(), root.get("a").expect("a"));
    assert_eq!(item.fields().count(), 1);
}

#[test]
fn merges_follow_the_order_of_the_text() {
    let text = "b: &b {x: 1, y: 1}\nc: &c {y: 2, z: 2}\n\
                after: {x: 0, <<: *b}\nbefore: {<<: *b, x: 0}\nlist: {<<: [*b, *c]}\n\
                inline: {<<: {x: 9}, '<<': 3}\n";
    let json = to_json(&valid(text)).expect("JSON");
    assert_eq!(
        json,
        r#"{"after":{"x":1,"true":1},"b":{"true":1,"x":1},"before":{"true":1,"x":0},"c":{"true":2,"z":2},"inline":{"\u003c\u003c":3,"x":9},"list":{"true":1,"x":1,"z":2}}"#
            .replace(r#"{"x":1,"true":1}"#, r#"{"true":1,"x":1}"#)
    );
    for text in [
        "a: {<<: 1}\n",
        "a: {<<: [1]}\n",
        "b: &b x\na: {<<: *b}\n",
        "a: {<<: [[]]}\n",
    ] {
        assert_eq!(refused(text), SyntaxErrorKind::Unsupported, "{text}");
    }
}

#[test]
fn repeated_keys_are_reported_and_the_last_one_counts() {
    let document =
        valid("a: 1\nb: {x: 1, y: 2, 'true': 3}\na: 2\nc: &c {k: 1}\nd: {<<: *c, k: 2}\n");
    let pairs: Vec<_> = document
        .duplicate_keys()
        .map(|(first, again)| {
            (
                first.source(),
                first.span().start() < again.span().start(),
                again.source(),
            )
        })
        .collect();
    assert_eq!(pairs, [("a", true, "a"), ("y", true, "'true'")]);
    assert_eq!(root(&document).get("a").and_then(Node::integer), Some(2));
    assert_eq!(root(&document).fields().count(), 4);
    assert_eq!(root(&document).entries().count(), 5);
    let many: Vec<String> = (0..40).map(|number| format!("k{number}: 1\n")).collect();
    let many = many.concat();
    assert_eq!(valid(&many).duplicate_keys().count(), 0);
    assert_eq!(valid(&format!("{many}k7: 2\n")).duplicate_keys().count(), 1);
}

#[test]
fn comments_are_kept_in_order() {
    let everything = valid(EVERYTHING);
    let text = everything.text();
    let comments: Vec<_> = everything.comments().map(|it| &text[it.range()]).collect();
    assert_eq!(comments, ["# head", "# version", "# comment", "# keep"]);
    assert_eq!(document("# only\n").root(), None);
    assert_eq!(document("# only\n").comments().count(), 1);
}

#[test]
fn windows_line_breaks_read_as_line_feeds() {
    let unix = "a: b # c\nd: |\n  e\n  f\ng: h\n  i\nj: \"k\n  l\"\n";
    let windows = unix.replace('\n', "\r\n");
    assert_eq!(to_json(&valid(&windows)), to_json(&valid(unix)));
    let document = valid(&windows);
    assert_eq!(
        root(&document).get("d").and_then(Node::text),
        Some("e\nf\n")
    );
    let comment = document.comments().next().expect("a comment");
    assert_eq!(&windows[comment.range()], "# c");
}

#[test]
fn a_missing_last_line_break_is_supplied() {
    for text in ["a: |\n  b", "a: >\n  b", "a: ! |\n  b"] {
        assert_eq!(
            root(&valid(text)).get("a").and_then(Node::text),
            Some("b\n"),
            "{text:?}"
        );
    }
}

#[test]
fn byte_order_marks_start_documents() {
    let text = "\u{feff}a: b\n---\n\u{feff}c: d\n";
    let keys: Vec<_> = split(text)
        .map(|piece| match piece {
            Piece::Chunk(chunk) => to_json(&valid(chunk.text)).expect("JSON"),
            Piece::BadSeparator { .. } => unreachable!("there is none"),
        })
        .collect();
    assert_eq!(keys, [r#"{"a":"b"}"#, r#"{"c":"d"}"#]);
    let document = valid("\u{feff}a: b\n");
    assert_eq!(root(&document).get("a").map(Node::source), Some("b"));
}

#[test]
fn tabs_are_refused_where_kubectl_refuses_them() {
    for text in ["a:\n\tb: c\n", "-\ta\n", "\ta: b\n", "a:\n  b: 1\n\tc: 2\n"] {
        assert_eq!(refused(text), SyntaxErrorKind::Syntax, "{text:?}");
    }
    assert_eq!(to_json(&valid("a:\tb\t\n")).as_deref(), Ok(r#"{"a":"b"}"#));
}

#[test]
fn what_comes_before_an_error_is_kept() {
    let text = "kind: Secret\ndata:\n  a: b\n  c: 'd\nmore: x\n";
    let broken = document(text);
    assert_eq!(
        broken.error().map(|it| it.kind),
        Some(SyntaxErrorKind::Syntax)
    );
    let read = root(&broken);
    assert_eq!(read.get("kind").and_then(Node::str), Some("Secret"));
    assert_eq!(read.at(&["data", "a"]).and_then(Node::str), Some("b"));
    assert_eq!(read.at(&["data", "c"]), None, "a key without a value goes");
    assert_eq!(read.entries().count(), 2);
    for cut in 0..EVERYTHING.len() {
        let partial = document(&format!("{}\n: [ '", &EVERYTHING[..cut]));
        for node in partial.root().into_iter().flat_map(Node::descendants) {
            assert!(
                node.parent()
                    .is_some_and(|it| it.is_mapping() || it.is_sequence())
            );
            assert!(node.span().end() as usize <= partial.text().len());
        }
        assert!(
            partial
                .root()
                .is_none_or(|it| it.entries().all(|(_, value)| value.key().is_some()))
        );
    }
}

#[test]
fn quoted_scalars_may_go_on_without_indentation() {
    let text = "a:\n  b: 'it''s\n  one  \n\nmessage: x'\n  c: \"two\n\\\n lines\\'\"\n  d: 1\n";
    let document = valid(text);
    let a = root(&document).get("a").expect("a");
    assert_eq!(a.get("b").and_then(Node::str), Some("it's one\nmessage: x"));
    assert_eq!(a.get("c").and_then(Node::str), Some("two lines'"));
    assert_eq!(a.get("d").map(Node::source), Some("1"));
}

#[test]
fn mending_stays_linear() {
    let start = Instant::now();
    let colons = "a:, ".repeat(100_000);
    let document = valid(&format!("a: [{colons}]\n"));
    let last = root(&document).get("a").and_then(|it| it.items().last());
    assert_eq!(last.and_then(Node::str), Some("a:"));
    let lines = valid(&format!("a: '{}'\n", "x\n".repeat(200_000)));
    assert!(root(&lines).get("a").is_some_and(|it| it.str().is_some()));
    assert!(start.elapsed().as_secs() < 20);
}

#[test]
fn templates_are_no_mappings() {
    assert_eq!(
        refused("a: {{ .Values.x }}\n"),
        SyntaxErrorKind::Unsupported
    );
    assert_eq!(refused("? [a]\n: b\n"), SyntaxErrorKind::Unsupported);
    assert_eq!(refused("~: b\n"), SyntaxErrorKind::Unsupported);
    assert_eq!(refused("a: .inf\n"), SyntaxErrorKind::Unsupported);
    assert_eq!(refused("a: !!int b\n"), SyntaxErrorKind::Unsupported);
    assert_eq!(refused("a: \u{0}\n"), SyntaxErrorKind::Syntax);
    assert_eq!(refused("a: b\nc: \u{1b}[31m\n"), SyntaxErrorKind::Syntax);
}

#[test]
fn an_error_never_quotes_the_document() {
    for text in [
        "a: hunter2: x\n",
        "hunter2\na: b\n",
        "a: *hunter2\n",
        "a: 'hunter2\n",
        "a: !hunter2! x\n",
    ] {
        let error = document(text).error().cloned().expect("an error");
        assert!(!format!("{error:?}").contains("hunter"), "{error:?}");
        assert!(!format!("{:?}", document(text)).contains("hunter"));
    }
}

#[test]
fn content_that_kubectl_ignores_is_pointed_at() {
    for (text, start) in [
        ("a: b\n...\nc: d\n", 9),
        (" a: b\nc: d\n", 6),
        ("{\"a\": 1} {\"b\": 2}\n", 9),
        ("{a: 1}\nc: d\n", 7),
    ] {
        let document = valid(text);
        let dropped = document.dropped().expect("something dropped");
        assert_eq!(
            (dropped.start(), dropped.end() as usize),
            (start, text.trim_end().len()),
            "{text:?}"
        );
        assert_eq!(root(&document).fields().count(), 1);
    }
    assert_eq!(valid("a: b\n...\n# c\n").dropped(), None);
}

#[test]
fn bombs_are_refused_at_once() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..30 {
        let alias = format!("*a{}, ", level - 1);
        let aliases = alias.repeat(9);
        _ = writeln!(bomb, "a{level}: &a{level} [{aliases}]");
    }
    let start = Instant::now();
    assert_eq!(refused(&bomb), SyntaxErrorKind::Limit);
    assert_eq!(refused("a: &a [*a]\n"), SyntaxErrorKind::Unsupported);
    assert_eq!(refused("a: *b\n"), SyntaxErrorKind::Syntax);
    assert!(start.elapsed().as_secs() < 5);
}

#[test]
fn deep_nesting_is_a_limit_and_no_stack_overflow() {
    let deep = 10_000;
    let stairs: Vec<String> = (0..2_000)
        .map(|level| format!("{}a:\n", " ".repeat(level)))
        .collect();
    let texts = [
        format!("a: {}\n", "[".repeat(deep)),
        "- ".repeat(deep),
        format!("a: {}", "{a: ".repeat(deep)),
        stairs.concat(),
        format!("{{\"a\": {}", "[".repeat(deep)),
    ];
    for text in texts {
        let kind = document(&text).error().map(|it| it.kind);
        assert_eq!(kind, Some(SyntaxErrorKind::Limit));
    }
    // Each alias adds the depth of what it stands for.
    let mut chain = format!("a0: &a0 {}{}\n", "[".repeat(90), "]".repeat(90));
    for level in 1..20 {
        let (open, close) = ("[".repeat(90), "]".repeat(90));
        _ = writeln!(chain, "a{level}: &a{level} {open}*a{}{close}", level - 1);
    }
    assert_eq!(refused(&chain), SyntaxErrorKind::Limit);
}

#[test]
fn large_scalars_and_long_json_keys_work() {
    let large = format!("a: \"{}\"\nb: 1\n", "x".repeat(50_000_000));
    let large = valid(&large);
    assert_eq!(
        root(&large).get("a").and_then(Node::str).map(str::len),
        Some(50_000_000)
    );
    let key = "k".repeat(2_000);
    let json = valid(&format!("{{\"{key}\": \"\\/\\ud83d\\ude00\"}}"));
    assert!(json.is_json());
    assert_eq!(root(&json).get(&key).and_then(Node::str), Some("/😀"));
    assert_eq!(refused(&format!("{key}: 1\n")), SyntaxErrorKind::Syntax);
}

#[test]
fn bad_separators_end_a_file() {
    let text = "a: 1\n---\nb: 2\n--- c\nd: 4\n";
    let pieces: Vec<_> = split(text).collect();
    assert_eq!(pieces.len(), 2);
    let Piece::BadSeparator {
        span,
        first_line,
        before,
        rest,
    } = pieces[1]
    else {
        panic!("{pieces:?}");
    };
    assert_eq!(&text[span.range()], "--- c");
    assert_eq!(
        (first_line, before.text, rest.text),
        (4, "b: 2\n", "d: 4\n")
    );
    assert_eq!(
        (before.first_line, rest.first_line, rest.offset),
        (3, 5, 20)
    );
}

#[test]
fn places_count_from_the_start_of_the_file() {
    let text = "a: 1\n---\nb: 2\n";
    let Some(Piece::Chunk(chunk)) = split(text).nth(1) else {
        panic!("two chunks");
    };
    let document = valid(text);
    let second = Document::parse(document.file(), chunk, &Limits::default());
    let b = root(&second).get("b").expect("b");
    assert_eq!(&text[b.place().span.range()], "2");
    assert_eq!((second.offset(), second.first_line()), (9, 3));
}

#[test]
fn peeking_is_not_fooled() {
    let seen = |text| peek(text).map(|it| (it.api_version, it.kind));
    let good = "---\n# c\napiVersion: apps/v1\n\nkind: \"Pod\" # c\nspec:\n- a\n";
    assert_eq!(seen(good), Some(("apps/v1", "Pod")));
    for text in [
        "apiVersion: v1\na: \"x\nkind: Secret\ny: z\"\n",
        "apiVersion: v1\na: 'it''s\nkind: Secret\ny: z'\n",
        "apiVersion: v1\na: {\nkind: Secret\n }\n",
        "apiVersion: v1\na: {\nkind: Secret\n  , b: c}\n",
        "apiVersion: v1\nkind: Pod\nkind: Secret\n",
        "apiVersion: v1\nkind: Pod\n\"kind\": Secret\n",
        "apiVersion: v1\nkind: Pod\n  more\n",
        "apiVersion: v1\nkind: Pod\n<<: *a\n",
        "apiVersion: v1\nkind: yes\n",
        "apiVersion: v1\nkind: Pod\n...\nb: c\n",
        " a: b\napiVersion: v1\nkind: Pod\n",
        "apiVersion: v1\nkind: Pod\n? kind\n: Secret\n",
        "apiVersion: v1\nb: c # d\u{2028}kind: Secret\nkind: Pod\n",
        "apiVersion: v1\nb: c # d\rkind: Secret\nkind: Pod\n",
        "apiVersion: v1\nkind: {{ .Kind }}\n",
        "{apiVersion: v1, kind: Pod}\n",
    ] {
        assert_eq!(seen(text), None, "{text:?}");
    }
}

#[test]
fn versions_are_cut_out_of_definitions() {
    let text = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec:\n  \
                group: g\n  versions:\n  - name: v1\n    schema:\n      description: a 'b'\n\n  \
                # c\n  scope: Cluster\nstatus: {}\n";
    let rest = without_versions(text).expect("a common shape");
    assert!(!rest.contains("schema"), "{rest}");
    let document = valid(&rest);
    assert_eq!(
        root(&document).at(&["spec", "scope"]).and_then(Node::str),
        Some("Cluster")
    );
    assert!(root(&document).get("status").is_some());
    let hidden = text.replace("a 'b'", "'a\n  conversion: b'");
    assert_eq!(without_versions(&hidden), None);
    assert_eq!(
        without_versions(&text.replace("\n  versions:", "\n    versions:")),
        None
    );
}
