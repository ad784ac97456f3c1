//! Edits of nodes: what they change, and when there are none.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails the test")]

use kube_lint_core::{
    edit::{Edit, apply},
    span::FileId,
    yaml::{Document, Limits, NewValue, Node, Piece, split},
};

/// `text` after the edits that `edits` makes of its first document.
fn edited(text: &str, edits: fn(Node<'_>) -> Option<Vec<Edit>>) -> Option<String> {
    let Some(Piece::Chunk(chunk)) = split(text).next() else {
        panic!("no document in {text}");
    };
    let document = Document::parse(FileId::new(0), chunk, &Limits::default());
    let edits = edits(document.root().unwrap())?;
    Some(apply(text, &edits).unwrap())
}

#[track_caller]
fn becomes(text: &str, edits: fn(Node<'_>) -> Option<Vec<Edit>>, expected: &str) {
    assert_eq!(edited(text, edits).as_deref(), Some(expected));
    // No other line break, and a byte order mark does not matter.
    let windows = |it: &str| format!("\u{feff}{}", it.replace('\n', "\r\n"));
    assert_eq!(edited(&windows(text), edits), Some(windows(expected)));
}

#[track_caller]
fn stays(text: &str, edits: fn(Node<'_>) -> Option<Vec<Edit>>) {
    assert_eq!(edited(text, edits), None);
}

fn says_pods(root: Node<'_>) -> Option<Vec<Edit>> {
    root.get("a")?.rewritten(NewValue::Text("pods"))
}

#[test]
fn a_scalar_keeps_its_quotes() {
    becomes("a: x # why\nb: x\n", says_pods, "a: pods # why\nb: x\n");
    becomes("a: 'x''y'\n", says_pods, "a: 'pods'\n");
    becomes("a:\n  \"x\\n\"\n", says_pods, "a:\n  \"pods\"\n");
    becomes("{b: {a: 1}, a: x}", says_pods, "{b: {a: 1}, a: pods}");
    becomes("{\"a\": \"x\"}", says_pods, "{\"a\": \"pods\"}");
}

#[test]
fn a_scalar_gets_quotes_where_it_needs_them() {
    let write = |root: Node<'_>| root.get("a")?.rewritten(NewValue::Text("*"));
    becomes("a: x\n", write, "a: \"*\"\n");
    becomes("a: 'x'\n", write, "a: '*'\n");
    let write = |root: Node<'_>| root.get("a")?.rewritten(NewValue::Text("on"));
    becomes("a: x\n", write, "a: \"on\"\n");
    let write = |root: Node<'_>| root.get("a")?.rewritten(NewValue::Text("it's \"so\""));
    becomes("a: x\n", write, "a: \"it's \\\"so\\\"\"\n");
    becomes("a: 'x'\n", write, "a: 'it''s \"so\"'\n");
    let write = |root: Node<'_>| root.get("a")?.rewritten(NewValue::Text("two\nlines"));
    stays("a: 'x'\n", write);
}

#[test]
fn a_key_gets_another_name() {
    let rename = |root: Node<'_>| root.get("a")?.key()?.rewritten(NewValue::Text("b"));
    becomes("a: x\nc: d\n", rename, "b: x\nc: d\n");
    becomes(
        "- {\"a\": 1}\n",
        |root| {
            let first = root.items().next()?;
            first.get("a")?.key()?.rewritten(NewValue::Text("b"))
        },
        "- {\"b\": 1}\n",
    );
    // The other one would count then.
    stays("a: x\na: y\n", rename);
    stays("<<: {c: d}\na: x\n", rename);
}

#[test]
fn what_an_alias_may_stand_for_is_left_alone() {
    stays("a: &x b\nc: *x\n", says_pods);
    stays("b: &x {a: y}\nc: *x\n", |root| {
        root.get("c")?.get("a")?.rewritten(NewValue::Text("pods"))
    });
    stays("b: &x y\na: *x\n", says_pods);
    stays("<<: &x {a: y}\n", says_pods);
    stays("a: !!str y\n", says_pods);
    stays("a: |\n  y\n", says_pods);
    stays("a:\n", says_pods);
    stays("a: x\nb: [\n", says_pods);
}

#[test]
fn quotes_are_all_that_is_put_in() {
    let quote = |root: Node<'_>| root.get("a")?.quoted();
    becomes("a: on # why\n", quote, "a: \"on\" # why\n");
    becomes("{a: 0o17, b: c}", quote, "{a: \"0o17\", b: c}");
    stays("a: 'on'\n", quote);
    stays("a:\n", quote);
    stays("a: &x on\nb: *x\n", quote);
}

/// Takes out `x` and `y`.
fn without(root: Node<'_>) -> Option<Vec<Edit>> {
    let list = root.get("a")?;
    let unwanted = |it: &Node<'_>| matches!(it.text(), Some("x" | "y"));
    let unwanted: Vec<_> = list.items().filter(unwanted).collect();
    list.without_items(&unwanted)
}

#[test]
fn items_go_with_their_lines() {
    becomes("a:\n- x\n- b\nc: d\n", without, "a:\n- b\nc: d\n");
    becomes(
        "a:\n  - b\n  - x\n  - y\nc: d\n",
        without,
        "a:\n  - b\nc: d\n",
    );
    becomes("a:\n- x\n- b\n- y\n", without, "a:\n- b\n");
    becomes("a:\n  - b # kept\n  - x", without, "a:\n  - b # kept");
    becomes("a:\n- b\n\n- x\n\n- c\n", without, "a:\n- b\n\n- c\n");
    becomes(
        "# above\na:\n- b\n- x\n# below\nc: d\n",
        without,
        "# above\na:\n- b\n# below\nc: d\n",
    );
    becomes(
        "- a:\n  - x\n  -   b\n",
        |root| without(root.items().next()?),
        "- a:\n  -   b\n",
    );
}

#[test]
fn items_go_with_their_commas() {
    becomes("a: [x, b]\n", without, "a: [b]\n");
    becomes("a: [b, x, y]\n", without, "a: [b]\n");
    becomes("a: [b,x,c , y , d]\n", without, "a: [b,c , d]\n");
    becomes("a: [\n  b,\n  x,\n]\n", without, "a: [\n  b,\n]\n");
    becomes(
        "{\"a\": [\n  \"b\",\n  \"x\"\n]}\n",
        without,
        "{\"a\": [\n  \"b\"\n]}\n",
    );
    becomes("{\"a\":[\"x\",\"b\",\"y\"]}", without, "{\"a\":[\"b\"]}");
}

#[test]
fn items_stay_where_more_would_go_with_them() {
    for text in [
        "a: [x, y]\n",
        "a:\n- x\n",
        "a:\n- x # why\n- b\n",
        "a:\n- b\n# why\n- x\n",
        "a:\n- b\n- x\n# why\n- c\n",
        "a:\n- b\n- x # why\n",
        "a: [b, # why\n  x]\n",
        "a: [&x x, b, *x]\n",
        "a: &l [x, b]\nc: *l\n",
        "a: [x, !!str b]\n",
        "l: &l [x, b]\na: *l\n",
    ] {
        stays(text, without);
    }
}

#[test]
fn an_entry_goes_with_its_line() {
    let without = |root: Node<'_>| root.without_entries(&[root.get("x")?]);
    becomes("a: b\nx: c\nd: e\n", without, "a: b\nd: e\n");
    becomes("x:\n  c: d\n  e: f\nd: e\n", without, "d: e\n");
    becomes("a: b\nx: c\n---\n", without, "a: b\n---\n");
    becomes("{a: b, x: c}\n", without, "{a: b}\n");
    becomes("{x: c, a: b}\n", without, "{a: b}\n");
    let of_item = |root: Node<'_>| {
        let item = root.items().next()?;
        item.without_entries(&[item.get("x")?])
    };
    becomes("- x: c\n  a: b\n- d\n", of_item, "- a: b\n- d\n");
    becomes("- a: b\n  x: c\n- d\n", of_item, "- a: b\n- d\n");
    stays("x: c\n", without);
    stays("x: c\nx: d\na: b\n", without);
    stays("? x\n: c\n? a\n: b\n", without);
    stays("a: |+\n  b\n\nx: c\n", without);
}

#[test]
fn a_field_is_added_behind_its_sibling() {
    let add = |root: Node<'_>| {
        let sibling = root.get("a");
        root.with_field(sibling, "new", NewValue::Bool(false))
    };
    becomes("a: b # why\nc: d\n", add, "a: b # why\nnew: false\nc: d\n");
    becomes(
        "a:\n  b: [\n    c ]\nd: e\n",
        add,
        "a:\n  b: [\n    c ]\nnew: false\nd: e\n",
    );
    becomes("c: d\na: b", add, "c: d\na: b\nnew: false");
    becomes(
        "c:\n- d\n- e\n# end\n",
        add,
        "c:\n- d\n- e\nnew: false\n# end\n",
    );
    becomes("{a: b, c: d}\n", add, "{a: b, new: false, c: d}\n");
    becomes(
        "{\"c\": [], \"a\": 1}",
        add,
        "{\"c\": [], \"a\": 1, \"new\": false}",
    );
    becomes(
        "{\n  \"c\": 1,\n  \"a\": 2\n}\n",
        add,
        "{\n  \"c\": 1,\n  \"a\": 2,\n  \"new\": false\n}\n",
    );
    let to_item = |root: Node<'_>| {
        let item = root.items().next()?;
        item.with_field(None, "new", NewValue::Texts(&["A", "on"]))
    };
    becomes(
        "-   a: b\n- c\n",
        to_item,
        "-   a: b\n    new: [A, \"on\"]\n- c\n",
    );
    stays("a: |\n  b\nc: d\n", add);
    stays("<<: {c: d}\na: b\n", add);
    stays("{}\n", add);
}

#[test]
fn an_item_is_added_at_the_end() {
    let add = |root: Node<'_>| {
        root.get("a")?
            .with_item(NewValue::Field("level", "Metadata"))
    };
    becomes(
        "a:\n- b: c\n  d: e\nf: g\n",
        add,
        "a:\n- b: c\n  d: e\n- level: Metadata\nf: g\n",
    );
    becomes("a:\n  - b\n", add, "a:\n  - b\n  - level: Metadata\n");
    becomes("a: [b]\n", add, "a: [b, {level: Metadata}]\n");
    becomes(
        "{\"a\": [1]}",
        add,
        "{\"a\": [1, {\"level\": \"Metadata\"}]}",
    );
    stays("a: []\n", add);
}
