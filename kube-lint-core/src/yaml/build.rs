//! Builds the arena of a document node by node and refuses what kubectl refuses.

use std::hash::Hasher as _;

use rustc_hash::FxHasher;

use crate::span::{Span, narrow};

use super::{
    document::{Limits, SyntaxError, SyntaxErrorKind},
    resolve::{self, Scalar, Tag},
    tree::{NO_PARENT, NodeData, Style, Tree, flag},
};

/// Reading cannot go on; the reason is in the tree.
pub(super) struct Stop;

/// A scalar to add.
pub(super) struct Leaf<'a> {
    pub(super) span: Span,
    pub(super) style: Style,
    pub(super) text: &'a str,
    /// Whether `text` is not what the source says literally.
    pub(super) decoded: bool,
    pub(super) tag: Option<(Tag, Span)>,
}

/// What the innermost open collection expects next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Next {
    Root,
    Key,
    Value,
    /// What a `<<` merges: a mapping or a list of mappings.
    MergeValue,
    Item,
    /// A mapping in the list that a `<<` merges.
    MergeItem,
}

struct Open {
    node: u32,
    next: Next,
    items: u32,
    /// Levels below this one so far.
    height: u32,
    /// [`Builder::decodes`] before this collection.
    decodes: u64,
    /// Where its keys begin in [`Builder::keys`].
    keys: usize,
    /// Its entry in [`Builder::weights`].
    weight: Option<usize>,
}

/// An anchored node and what an alias to it costs.
struct Weight {
    node: u32,
    nodes: u64,
    height: u32,
    open: bool,
}

/// A tree in the making.
pub(super) struct Builder<'t> {
    text: &'t str,
    limits: Limits,
    tree: Tree,
    open: Vec<Open>,
    weights: Vec<Weight>,
    /// Hashes of the keys of the open mappings.
    keys: Vec<u32>,
    /// Nodes that go-yaml's decoder has decoded up to here, and how many of them by aliases.
    decodes: u64,
    aliased: u64,
    /// End of the last token that was added.
    end: usize,
}

impl<'t> Builder<'t> {
    pub(super) fn new(text: &'t str, limits: Limits) -> Self {
        let mut tree = Tree::default();
        // Real manifests have a node for every 21 bytes.
        tree.nodes.reserve(text.len() / 20 + 8);
        Self {
            text,
            limits,
            tree,
            open: Vec::with_capacity(32),
            weights: Vec::new(),
            keys: Vec::with_capacity(64),
            decodes: 1,
            aliased: 0,
            end: 0,
        }
    }

    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tree.nodes.is_empty()
    }

    pub(super) fn end(&self) -> usize {
        self.end
    }

    /// Passes over an indicator that is no node.
    pub(super) fn skip_to(&mut self, end: usize) {
        self.end = end;
    }

    pub(super) fn next(&self) -> Next {
        self.open.last().map_or(Next::Root, |open| open.next)
    }

    /// Style of the innermost open collection and how many items or keys it has.
    pub(super) fn innermost(&self) -> Option<(Style, u32)> {
        let open = self.open.last()?;
        let node = self.tree.nodes.get(open.node as usize)?;
        Some((node.style, open.items))
    }

    pub(super) fn comment(&mut self, span: Span) {
        self.tree.comments.push(span);
    }

    pub(super) fn drop_from(&mut self, start: u32) {
        let end = narrow(self.text.trim_end().len());
        self.tree.dropped = Some(Span::new(start, end));
    }

    /// Records why kubectl refuses the document; the first reason stays.
    pub(super) fn refuse(&mut self, kind: SyntaxErrorKind, span: Span, message: &str) {
        self.tree.error.get_or_insert_with(|| SyntaxError {
            span,
            message: message.to_owned(),
            kind,
        });
    }

    fn unsupported(&mut self, span: Span, message: &str) {
        self.refuse(SyntaxErrorKind::Unsupported, span, message);
    }

    /// Adds a scalar and gives its index.
    pub(super) fn scalar(&mut self, leaf: &Leaf<'_>) -> u32 {
        let next = self.next();
        let node = self.push(leaf.span, leaf.style, next);
        self.end = leaf.span.end() as usize;
        if leaf.decoded {
            self.decode(node, leaf.text);
        }
        if let Some((tag, span)) = leaf.tag {
            self.tag(node, tag, span);
        }
        match next {
            Next::Key => self.key(node, leaf),
            Next::Root | Next::Item | Next::Value => {
                self.decodes += 1;
                self.value(node, leaf);
            }
            Next::MergeValue | Next::MergeItem => self.refuse_merge(leaf.span),
        }
        self.advance(next);
        node
    }

    fn decode(&mut self, node: u32, text: &str) {
        let start = self.tree.decoded.len();
        self.tree.decoded.push_str(text);
        let span = Span::between(start, self.tree.decoded.len());
        self.tree.decoded_at.push((node, span));
        self.set(node, flag::DECODED);
    }

    fn tag(&mut self, node: u32, tag: Tag, span: Span) {
        self.tree.tags.push((node, tag, span));
        self.set(node, flag::TAGGED);
    }

    /// The value of a scalar; a tag that does not fit is refused and the text stays a string.
    fn resolve<'a>(&mut self, node: u32, leaf: &Leaf<'a>) -> Scalar<'a> {
        let Some((tag, _)) = leaf.tag else {
            return match leaf.style {
                Style::Plain => resolve::plain(leaf.text),
                _ => Scalar::Str(leaf.text),
            };
        };
        if tag == Tag::Binary {
            match resolve::binary(leaf.text) {
                Some(content) => self.tree.binaries.push((node, content)),
                None => self.unsupported(leaf.span, "a `!!binary` value that is not base64"),
            }
        }
        resolve::tagged(tag, leaf.text).unwrap_or_else(|| {
            self.unsupported(leaf.span, "a value that does not fit its tag");
            Scalar::Str(leaf.text)
        })
    }

    fn value(&mut self, node: u32, leaf: &Leaf<'_>) {
        let maybe_infinite = matches!(leaf.text.as_bytes().first(), Some(b'.' | b'+' | b'-'));
        if leaf.tag.is_none() && !(maybe_infinite && leaf.style == Style::Plain) {
            return;
        }
        if let Scalar::Float(number) = self.resolve(node, leaf)
            && !number.is_finite()
        {
            self.unsupported(leaf.span, "a number that JSON cannot hold");
        }
    }

    fn key(&mut self, node: u32, leaf: &Leaf<'_>) {
        if is_merge(leaf) {
            self.set(node, flag::MERGE_KEY);
            return;
        }
        self.decodes += 1;
        let value = self.resolve(node, leaf);
        let binary = match self.tree.binaries.last() {
            Some((last, content)) if *last == node => Some(content.clone()),
            _ => None,
        };
        let value = binary.as_deref().map_or(value, Scalar::Str);
        let odd = leaf.tag.is_some() || !matches!(value, Scalar::Str(_));
        match resolve::key(value) {
            Some(text) => self.keys.push(hash(&text)),
            None => self.unsupported(leaf.span, "a key that JSON cannot hold"),
        }
        if odd {
            self.set_innermost(flag::ODD_KEYS);
        }
    }

    /// Adds an alias of node `target`.
    pub(super) fn alias(&mut self, span: Span, target: u32) -> Result<(), Stop> {
        let next = self.next();
        let found = self.weights.binary_search_by_key(&target, |it| it.node);
        let weight = found.ok().and_then(|at| self.weights.get(at));
        let Some(weight) = weight.filter(|it| !it.open) else {
            self.unsupported(span, "an anchor that contains itself");
            return Err(Stop);
        };
        let (nodes, height) = (weight.nodes, weight.height);
        let target_is_mapping = self.is_mapping(target);
        let node = self.push(span, Style::Alias, next);
        self.end = span.end() as usize;
        self.decodes = self.decodes.saturating_add(nodes + 1);
        self.aliased = self.aliased.saturating_add(nodes);
        if self.has_grown_too_large() {
            self.refuse(
                SyntaxErrorKind::Limit,
                span,
                "aliases make the document too large",
            );
            return Err(Stop);
        }
        self.reach(height, span)?;
        self.tree.aliases.push((node, target));
        match next {
            Next::Key => self.alias_key(target, span),
            Next::MergeValue | Next::MergeItem if !target_is_mapping => self.refuse_merge(span),
            _ => {}
        }
        self.advance(next);
        Ok(())
    }

    fn alias_key(&mut self, target: u32, span: Span) {
        self.set_innermost(flag::ODD_KEYS);
        let text = self.tree.key_text(self.text, target);
        match text.map(|text| hash(&text)) {
            Some(hash) => self.keys.push(hash),
            None => self.unsupported(span, "a key that JSON cannot hold"),
        }
    }

    /// go-yaml's guard against documents that grow by their aliases (`decode.go`,
    /// `allowedAliasRatio`), and our own limit.
    fn has_grown_too_large(&self) -> bool {
        const LOW: f64 = 400_000.0;
        const HIGH: f64 = 4_000_000.0;
        if self.decodes > u64::from(self.limits.expanded_nodes) {
            return true;
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "go-yaml computes in doubles as well"
        )]
        let (all, aliased) = (self.decodes as f64, self.aliased as f64);
        let allowed = 0.99 - 0.89 * ((all.clamp(LOW, HIGH) - LOW) / (HIGH - LOW));
        self.aliased > 100 && self.decodes > 1_000 && aliased / all > allowed
    }

    /// Notes that something of `height` levels stands in the innermost collection.
    fn reach(&mut self, height: u32, span: Span) -> Result<(), Stop> {
        let depth = narrow(self.open.len());
        if depth.saturating_add(height) > self.limits.depth {
            self.refuse(
                SyntaxErrorKind::Limit,
                span,
                "collections are nested too deep",
            );
            return Err(Stop);
        }
        if let Some(open) = self.open.last_mut() {
            open.height = open.height.max(height);
        }
        Ok(())
    }

    /// Begins a collection; `start` is its first byte.
    pub(super) fn open(
        &mut self,
        style: Style,
        start: Span,
        tag: Option<(Tag, Span)>,
    ) -> Result<u32, Stop> {
        let next = self.next();
        let is_mapping = matches!(style, Style::BlockMapping | Style::FlowMapping);
        if next == Next::Key {
            self.unsupported(start, "a collection as a key");
            return Err(Stop);
        }
        self.reach(1, start)?;
        if !is_mapping && next == Next::MergeItem {
            self.refuse_merge(start);
        }
        let decodes = self.decodes;
        let merges_list = !is_mapping && next == Next::MergeValue;
        self.decodes += u64::from(!merges_list);
        let node = self.push(start, style, next);
        if let Some((tag, span)) = tag {
            self.tag(node, tag, span);
        }
        self.advance(next);
        self.open.push(Open {
            node,
            next: match (is_mapping, merges_list) {
                (true, _) => Next::Key,
                (false, true) => Next::MergeItem,
                (false, false) => Next::Item,
            },
            items: 0,
            height: 0,
            decodes,
            keys: self.keys.len(),
            weight: None,
        });
        self.end = self.end.max(start.end() as usize);
        Ok(node)
    }

    /// Ends the innermost collection at byte `end`.
    pub(super) fn close(&mut self, end: usize) {
        let Some(open) = self.open.pop() else { return };
        self.end = end;
        if has_duplicate(self.keys.get_mut(open.keys..).unwrap_or_default()) {
            self.set(open.node, flag::DUPLICATES);
        }
        self.keys.truncate(open.keys);
        let height = open.height + 1;
        if let Some(outer) = self.open.last_mut() {
            outer.height = outer.height.max(height);
        }
        if let Some(weight) = open.weight.and_then(|at| self.weights.get_mut(at)) {
            weight.nodes = self.decodes - open.decodes;
            weight.height = height;
            weight.open = false;
        }
        let next = self.count();
        if let Some(node) = self.tree.nodes.get_mut(open.node as usize) {
            node.next = next;
            node.span = Span::new(node.span.start(), narrow(end));
        }
    }

    /// Gives the node that was added last an anchor.
    pub(super) fn anchor(&mut self, node: u32, span: Span) {
        self.tree.anchors.push((node, span));
        let at = self.weights.len();
        let open = self.open.last_mut().filter(|open| open.node == node);
        self.weights.push(Weight {
            node,
            nodes: 1,
            height: 0,
            open: open.is_some(),
        });
        if let Some(open) = open {
            open.weight = Some(at);
        }
    }

    /// Ends every collection that is still open; a key without a value goes.
    pub(super) fn finish(mut self) -> Tree {
        if matches!(self.next(), Next::Value | Next::MergeValue) {
            self.tree.pop();
        }
        while !self.open.is_empty() {
            self.close(self.end);
        }
        if !self.tree.comments.is_sorted() {
            self.tree.comments.sort_unstable();
        }
        self.tree.nodes.shrink_to_fit();
        self.tree
    }

    fn count(&self) -> u32 {
        narrow(self.tree.nodes.len())
    }

    fn push(&mut self, span: Span, style: Style, next: Next) -> u32 {
        let node = self.count();
        let is_value = matches!(next, Next::Value | Next::MergeValue);
        self.tree.nodes.push(NodeData {
            span,
            next: node + 1,
            parent: self.open.last().map_or(NO_PARENT, |open| open.node),
            style,
            flags: if is_value { flag::VALUE } else { 0 },
        });
        node
    }

    /// Moves the innermost collection on behind the node just added for `next`.
    fn advance(&mut self, next: Next) {
        let merges = next == Next::Key && self.last_has(flag::MERGE_KEY);
        let Some(open) = self.open.last_mut() else {
            return;
        };
        match next {
            Next::Key if merges => open.next = Next::MergeValue,
            Next::Key => open.next = Next::Value,
            Next::Value | Next::MergeValue => {
                open.next = Next::Key;
                open.items += 1;
            }
            Next::Item | Next::MergeItem => open.items += 1,
            Next::Root => {}
        }
        if next == Next::MergeValue {
            self.set_innermost(flag::MERGES);
        }
    }

    fn last_has(&self, flags: u8) -> bool {
        let last = self.tree.nodes.last();
        last.is_some_and(|node| node.flags & flags != 0)
    }

    fn is_mapping(&self, node: u32) -> bool {
        let node = self.tree.nodes.get(node as usize);
        node.is_some_and(|it| matches!(it.style, Style::BlockMapping | Style::FlowMapping))
    }

    fn refuse_merge(&mut self, span: Span) {
        self.unsupported(span, "`<<` merges something that is not a mapping");
    }

    fn set(&mut self, node: u32, flags: u8) {
        if let Some(node) = self.tree.nodes.get_mut(node as usize) {
            node.flags |= flags;
        }
    }

    fn set_innermost(&mut self, flags: u8) {
        if let Some(open) = self.open.last() {
            self.set(open.node, flags);
        }
    }
}

/// go-yaml's `isMerge`: a `<<` that is plain, or whose tag says so.
fn is_merge(leaf: &Leaf<'_>) -> bool {
    leaf.text == "<<"
        && match leaf.tag {
            None => leaf.style == Style::Plain,
            Some((tag, _)) => matches!(tag, Tag::Merge | Tag::NonSpecific),
        }
}

fn hash(text: &str) -> u32 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    let hash = hasher.finish();
    #[expect(clippy::cast_possible_truncation, reason = "half of a hash is a hash")]
    let folded = (hash ^ (hash >> 32)) as u32;
    folded
}

/// Whether two hashes are equal; may put them in order.
fn has_duplicate(hashes: &mut [u32]) -> bool {
    if hashes.len() > 24 {
        hashes.sort_unstable();
        return hashes.windows(2).any(|pair| pair.first() == pair.last());
    }
    let mut rest = &*hashes;
    while let Some((first, others)) = rest.split_first() {
        if others.contains(first) {
            return true;
        }
        rest = others;
    }
    false
}
