//! From the bytes of a file to its documents and what is found in each alone.

use std::{
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet},
};

use memchr::{memchr_iter, memmem};

use crate::{
    analysis::{schema::misfits, secrets},
    decode,
    manifest::{CustomResource, Manifest, ManifestFile, is_kustomization_name},
    model::PodSpecPath,
    object::{Content, Kind, Object, ObjectId, looks_like_a_manifest},
    report::SkipReason,
    rule::{Check, Finding, Reporter, Rule},
    source::Excerpt,
    span::{FileId, Place, Span, narrow},
    suppress::Directives,
    units::inline_patches,
    yaml::{self, Chunk, Document, Limits, Node, NodeId, Piece, SyntaxErrorKind},
};

use super::{resolve::Rank, subject};

/// A file after parsing, with all that is needed of it later.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) file: ManifestFile,
    /// Findings of file and document checks.
    pub(crate) findings: Vec<Finding>,
    /// Texts of documents that were found faulty and then dropped.
    pub(crate) excerpts: Vec<Excerpt>,
    /// What was not linted: documents by reason.
    pub(crate) skipped: BTreeMap<SkipReason, usize>,
    /// Objects linted.
    pub(crate) objects: usize,
    /// Comments and annotations that suppress findings.
    pub(crate) directives: Directives,
    /// While the file is read: where objects stand whose documents were dropped, by who they are.
    passed: BTreeMap<String, Vec<Passed>>,
}

/// A document that was dropped, to be read again from the text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Passed {
    span: Span,
    first_line: u32,
}

/// What files are parsed for.
#[derive(Clone, Debug)]
pub(crate) struct Parser {
    /// Rules that look at files and documents, all but those that are off.
    pub(crate) rules: Vec<&'static Rule>,
    /// Where custom resources keep PodSpecs: their documents are kept.
    pub(crate) pod_spec_paths: Vec<PodSpecPath>,
    pub(crate) limits: Limits,
}

impl Parser {
    /// Parses the file `path`, of which `content` are the bytes or why they could not be read.
    pub(crate) fn parse(&self, id: FileId, path: &str, content: Result<Vec<u8>, String>) -> Parsed {
        let mut parsed = Parsed {
            file: ManifestFile::new(id, path),
            findings: Vec::new(),
            excerpts: Vec::new(),
            skipped: BTreeMap::new(),
            objects: 0,
            directives: Directives::new(id, ""),
            passed: BTreeMap::new(),
        };
        parsed.file.is_stream = path.is_empty();
        match content.and_then(|bytes| decode::decode(bytes, u32::MAX)) {
            Ok(text) => self.read(&text, &mut parsed),
            Err(problem) => {
                parsed.file.problem = Some(problem);
                parsed.file.is_incomplete = true;
            }
        }
        self.check_file(&mut parsed);
        parsed
    }

    fn read(&self, text: &str, parsed: &mut Parsed) {
        parsed.directives = Directives::new(parsed.file.id, text);
        if is_kustomization_name(&parsed.file.path) {
            self.read_kustomization(text, parsed);
        } else if cannot_hold_objects(text) {
            parsed.file.operations = self.read_operations(parsed.file.id, text);
            let is_empty = text.lines().all(is_blank);
            parsed.skip(if is_empty {
                SkipReason::Empty
            } else {
                SkipReason::NotManifest
            });
        } else {
            self.read_pieces(text, parsed);
            self.keep_repeated(text, parsed);
            if parsed.objects == 0 && parsed.file.custom_resources.is_empty() {
                // Not for kubectl, so that its separators do not matter.
                parsed.file.bad_separators.clear();
            }
            let is_empty = parsed.objects == 0 && parsed.skipped.is_empty();
            if is_empty && parsed.file.manifests.is_empty() {
                parsed.skip(SkipReason::Empty);
            }
        }
    }

    fn read_kustomization(&self, text: &str, parsed: &mut Parsed) {
        let first = yaml::split(text).find_map(|piece| match piece {
            Piece::Chunk(chunk) if !chunk.text.lines().all(is_blank) => Some(chunk),
            _ => None,
        });
        let Some(chunk) = first else {
            return parsed.skip(SkipReason::Empty);
        };
        let document = Document::parse(parsed.file.id, chunk, &self.limits);
        let root: Vec<_> = document.root().map(Node::id).into_iter().collect();
        parsed.directives.add(&document, &root);
        parsed.file.inline_patches = inline_patches(&document, &self.limits);
        parsed.file.kustomization = Some(document);
        parsed.skip(SkipReason::Kustomization);
    }

    /// The JSON 6902 operations that `text` is a list of, which a kustomization may name as a patch.
    fn read_operations(&self, file: FileId, text: &str) -> Option<Document> {
        let mut lines = text.lines().filter(|line| !is_blank(line));
        let is_list = lines.next()?.starts_with(['-', '[']);
        if !is_list || memmem::find(text.as_bytes(), b"op").is_none() {
            return None;
        }
        let chunk = yaml::split(text).find_map(|piece| match piece {
            Piece::Chunk(chunk) if !chunk.text.lines().all(is_blank) => Some(chunk),
            _ => None,
        })?;
        let document = Document::parse(file, chunk, &self.limits);
        let first = document.root()?.items().next()?;
        let is_operation = ["op", "path"].iter().all(|key| first.get(key).is_some());
        is_operation.then_some(document)
    }

    /// Reads the documents of a text; what kubectl never gets to, behind a bad separator, is linted
    /// as it will be once the separator is mended.
    fn read_pieces(&self, text: &str, parsed: &mut Parsed) {
        let mut next = Some(Chunk {
            offset: 0,
            first_line: 1,
            text,
        });
        while let Some(part) = next.take() {
            for piece in yaml::split(part.text) {
                match piece {
                    Piece::Chunk(chunk) => self.read_chunk(shifted(chunk, &part), parsed),
                    Piece::BadSeparator {
                        span,
                        first_line,
                        before,
                        rest,
                    } => {
                        self.read_chunk(shifted(before, &part), parsed);
                        let line = Chunk {
                            offset: span.start(),
                            first_line,
                            text: part.text.get(span.range()).unwrap_or_default(),
                        };
                        parsed.add_separator(shifted(line, &part));
                        next = Some(shifted(rest, &part));
                    }
                }
            }
        }
    }

    fn read_chunk(&self, chunk: Chunk<'_>, parsed: &mut Parsed) {
        if cannot_hold_objects(chunk.text) {
            if chunk.text.lines().all(is_blank) {
                parsed.directives.add_blank(&chunk);
            } else {
                parsed.skip(SkipReason::NotManifest);
            }
            return;
        }
        if let Some(custom) = self.peek_custom_resource(parsed.file.id, &chunk) {
            parsed.file.custom_resources.push(custom);
            return parsed.skip(SkipReason::CustomResourceDefinition);
        }
        let document = Document::parse(parsed.file.id, chunk, &self.limits);
        let content = Content::of(&document);
        let is_faulty = parsed.note_unread(&document, &content);
        if is_faulty && !matches!(content, Content::Objects(_)) {
            parsed.excerpts.push(excerpt(&document));
        }
        match content {
            Content::Empty => {}
            Content::Other => parsed.skip(SkipReason::NotManifest),
            Content::Template => {
                parsed.file.is_incomplete = true;
                parsed.skip(SkipReason::Template);
            }
            Content::Objects(objects) => self.keep(document, objects, is_faulty, parsed),
        }
    }

    fn peek_custom_resource(&self, file: FileId, chunk: &Chunk<'_>) -> Option<CustomResource> {
        let peek = yaml::peek(chunk.text)?;
        if peek.kind != "CustomResourceDefinition"
            || !peek.api_version.starts_with("apiextensions.k8s.io/")
        {
            return None;
        }
        let text = yaml::without_versions(chunk.text)?;
        let chunk = Chunk {
            text: &text,
            ..*chunk
        };
        let document = Document::parse(file, chunk, &self.limits);
        if document.error().is_some() {
            return None;
        }
        custom_resource(document.root()?)
    }

    fn keep(&self, document: Document, objects: Vec<NodeId>, is_faulty: bool, parsed: &mut Parsed) {
        let is_broken = document.error().is_some();
        let (custom, objects): (Vec<_>, Vec<_>) = objects
            .into_iter()
            .partition(|root| kind_of(document.node(*root)) == Kind::CustomResourceDefinition);
        for root in custom {
            parsed
                .file
                .custom_resources
                .extend(custom_resource(document.node(root)));
            parsed.skip(SkipReason::CustomResourceDefinition);
        }
        parsed.objects += objects.len();
        parsed.file.is_incomplete |= is_broken;
        let before = parsed.findings.len();
        self.check_document(&document, parsed);
        let has_directives = parsed.directives.add(&document, &objects);
        let is_read = |root: &NodeId| self.is_read(document.node(*root));
        if objects.iter().any(is_read) {
            parsed.file.manifests.push(Manifest { document, objects });
            return;
        }
        if is_faulty || has_directives || parsed.findings.len() > before {
            for finding in parsed.findings.iter_mut().skip(before) {
                finding.subject = subject::in_document(&document, &objects, finding.node);
            }
            parsed.excerpts.push(excerpt(&document));
        }
        parsed.pass(&document, &objects);
    }

    /// Whether rules or look-ups read objects such as `root`.
    fn is_read(&self, root: Node<'_>) -> bool {
        let object = Object::new(ObjectId(0), root, false);
        let mut custom = self.pod_spec_paths.iter();
        object.kind() != Kind::Other || custom.any(|it| it.is_of(&object))
    }

    /// Keeps documents of kinds that no rule reads where the file holds an object of theirs twice.
    fn keep_repeated(&self, text: &str, parsed: &mut Parsed) {
        let documents = std::mem::take(&mut parsed.passed);
        let repeated = documents.into_values().filter(|it| it.len() > 1).flatten();
        let repeated: BTreeSet<_> = repeated.collect();
        for it in &repeated {
            let chunk = Chunk {
                offset: it.span.start(),
                first_line: it.first_line,
                text: text.get(it.span.range()).unwrap_or_default(),
            };
            let document = Document::parse(parsed.file.id, chunk, &self.limits);
            if let Content::Objects(objects) = Content::of(&document) {
                parsed.file.manifests.push(Manifest { document, objects });
            }
        }
        let order = |it: &Manifest| it.document.offset();
        parsed.file.manifests.sort_by_key(order);
    }

    fn check_document(&self, document: &Document, parsed: &mut Parsed) {
        let found = OnceCell::new();
        for rule in &self.rules {
            let reporter = Reporter::new(rule, &mut parsed.findings);
            let mut reporter = reporter.of_file(&parsed.file.path);
            match rule.check {
                Check::Document(check) => check(document, &mut reporter),
                Check::Misfits(check) => {
                    let found = found.get_or_init(|| misfits(document));
                    check(document, found, &mut reporter);
                }
                _ => {}
            }
        }
    }

    fn check_file(&self, parsed: &mut Parsed) {
        for rule in &self.rules {
            if let Check::File(check) = rule.check {
                check(&parsed.file, &mut Reporter::new(rule, &mut parsed.findings));
            }
        }
    }
}

impl Parsed {
    /// How near the file is to what people edit.
    pub(crate) fn rank(&self) -> Rank<'_> {
        let path = &*self.file.path;
        (self.objects, path.matches('/').count(), path)
    }

    /// Notes a line that should have been a separator.
    fn add_separator(&mut self, line: Chunk<'_>) {
        let end = line.offset + narrow(line.text.len());
        let span = Span::new(line.offset, end);
        self.file.bad_separators.push(Place {
            file: self.file.id,
            span,
        });
        let hidden = secrets::after_keys(line.text);
        self.excerpts.push(Excerpt::new(
            line.offset,
            line.first_line,
            line.text,
            &hidden,
        ));
    }

    /// Notes the objects of a document that is dropped.
    fn pass(&mut self, document: &Document, objects: &[NodeId]) {
        let passed = Passed {
            span: document.span(),
            first_line: document.first_line(),
        };
        for root in objects {
            let object = Object::new(ObjectId(0), document.node(*root), false);
            if let Some(name) = object.name() {
                let namespace = object.namespace().map_or("", |it| it.value);
                let (group, kind) = (object.group(), object.kind_name());
                let who = format!("{group}/{kind}/{namespace}/{}", name.value);
                self.passed.entry(who).or_default().push(passed);
            }
        }
    }

    /// Notes what of `document` is not read; `true` where there is something.
    fn note_unread(&mut self, document: &Document, content: &Content) -> bool {
        let has_objects = matches!(content, Content::Objects(_));
        let dropped = document.dropped().filter(|span| {
            let text = document.text().get(span.range()).unwrap_or_default();
            has_objects || looks_like_a_manifest(text)
        });
        if let Some(span) = dropped {
            let text = document.text().get(span.range()).unwrap_or_default();
            let line = text.lines().next().unwrap_or_default();
            let end = span.start() + u32::try_from(line.len()).unwrap_or_default();
            let line = Span::new(span.start(), end);
            self.file.ignored.push(document.place(line));
        }
        let error = document
            .error()
            .filter(|it| has_objects && it.kind == SyntaxErrorKind::Limit);
        if let Some(error) = error {
            let place = document.place(error.span);
            self.file.refused.push((place, error.message.clone()));
        }
        dropped.is_some() || error.is_some()
    }

    fn skip(&mut self, reason: SkipReason) {
        *self.skipped.entry(reason).or_default() += 1;
    }
}

/// The text of `document` as it may be shown.
pub(crate) fn excerpt(document: &Document) -> Excerpt {
    let hidden = secrets::sensitive(document);
    Excerpt::new(
        document.offset(),
        document.first_line(),
        document.text(),
        &hidden,
    )
}

fn shifted<'a>(chunk: Chunk<'a>, by: &Chunk<'_>) -> Chunk<'a> {
    Chunk {
        offset: chunk.offset + by.offset,
        first_line: chunk.first_line + by.first_line - 1,
        text: chunk.text,
    }
}

/// Whether no key of the text can be `apiVersion`: it is not there, and no escape can spell it.
fn cannot_hold_objects(text: &str) -> bool {
    let bytes = text.as_bytes();
    let spells = |at: usize| matches!(bytes.get(at + 1), Some(b'x' | b'u' | b'U' | b'\n' | b'\r'));
    memmem::find(bytes, b"apiVersion").is_none() && !memchr_iter(b'\\', bytes).any(spells)
}

fn is_blank(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#') || line == "---"
}

fn kind_of(root: Node<'_>) -> Kind {
    Object::new(ObjectId(0), root, false).kind()
}

/// What rules need of a definition (`apiextensions/v1/types.go`, `CustomResourceDefinitionSpec`).
fn custom_resource(root: Node<'_>) -> Option<CustomResource> {
    let spec = root.get("spec")?;
    let word = |path: &[&str]| Some(spec.at(path)?.str()?.to_owned());
    Some(CustomResource {
        group: word(&["group"])?,
        kind: word(&["names", "kind"])?,
        plural: word(&["names", "plural"])?,
        is_namespaced: spec.get("scope").and_then(Node::str) == Some("Namespaced"),
        has_conversion_webhook: spec.at(&["conversion", "strategy"]).and_then(Node::str)
            == Some("Webhook"),
    })
}
