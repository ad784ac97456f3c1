//! The one cluster that is asked about, and what is not known of it.

use std::{
    fmt::Write as _,
    io::{self, Write},
    path::Path,
};

use kube_lint_core::{
    Workspace,
    analysis::{
        contradictions::{Contradiction, contradictions},
        rbac::{BoundRole, GapKind, Holding, HoldingBinding, Holdings},
    },
    inventory::Inventory,
    object::{Kind, Namespace, Object},
    source::printable,
    yaml::Node,
};

use crate::{
    args::ClusterArgs,
    error::Error,
    paths::Paths,
    render,
    root::{self, FoundBy, Root},
};

const KINDS: [Kind; 4] = [
    Kind::ClusterRole,
    Kind::ClusterRoleBinding,
    Kind::Role,
    Kind::RoleBinding,
];

/// How many places a message lists.
const MOST_PLACES: usize = 10;

/// The files around a cluster that is asked about.
pub(super) struct Files {
    workspace: Workspace,
    /// Path of the cluster, relative to the root.
    below: String,
    paths: Paths,
}

impl Files {
    /// Reads the root of the path that `args` name.
    pub(super) fn read(args: &ClusterArgs) -> Result<Self, Error> {
        let root = root(args.path.as_deref())?;
        let mut settings = root.config(None)?.settings;
        if let Some(namespace) = &args.namespace {
            settings.target.set_namespace(namespace.clone());
        }
        let below = match &args.path {
            Some(path) => root.relative(path)?,
            None => String::new(),
        };
        Ok(Self {
            workspace: Workspace::open(&root.folder, settings),
            below,
            paths: Paths::from_here(&root.folder),
        })
    }

    /// The cluster, unless objects that RBAC is made of are defined twice and differently.
    pub(super) fn cluster(&self) -> Result<Cluster<'_>, Error> {
        let inventory = self.workspace.cluster(&self.below);
        let holdings = Holdings::new(&inventory);
        let cluster = Cluster {
            inventory,
            holdings,
            paths: &self.paths,
        };
        let contradictions = contradictions(&cluster.inventory, &KINDS);
        if contradictions.is_empty() {
            Ok(cluster)
        } else {
            Err(Error::Contradictions(cluster.describe(&contradictions)))
        }
    }
}

/// The root around `path`: where nothing says how far that goes, the working folder if it holds `path`, so
/// that kustomizations reach what they include.
fn root(path: Option<&Path>) -> Result<Root, Error> {
    let here = Path::new(".");
    let path = path.unwrap_or(here);
    let root = Root::of(&root::existing(path)?)?;
    if root.found_by == FoundBy::Path {
        let around = Root::of(&root::existing(here)?)?;
        if root.folder.starts_with(&around.folder) {
            return Ok(around);
        }
    }
    Ok(root)
}

/// The one cluster that is asked about.
pub(super) struct Cluster<'a> {
    pub(super) inventory: Inventory<'a>,
    pub(super) holdings: Holdings<'a>,
    paths: &'a Paths,
}

/// Where something is written.
pub(super) struct Place {
    pub(super) file: String,
    pub(super) line: u32,
}

impl Place {
    pub(super) fn shown(&self) -> String {
        printable(&format!("{}:{}", self.file, self.line))
    }
}

/// What stands in place of a place where the API server makes the thing itself.
pub(super) const BUILT_IN: &str = "(built in)";

impl<'a> Cluster<'a> {
    /// Where `node` is, as it can be opened from where the command runs; `None` for what is built in.
    pub(super) fn place(&self, node: Node<'a>) -> Option<Place> {
        let path = self.inventory.path(node.document().file());
        (!path.is_empty()).then(|| Place {
            file: self.paths.name(path).into_owned(),
            line: node.line(),
        })
    }

    /// Where the binding names its subject.
    pub(super) fn binding_place(&self, holding: &Holding<'a>) -> Option<Place> {
        match holding.binding {
            HoldingBinding::Defined { subject, .. } => self.place(subject.node()),
            HoldingBinding::BuiltIn(_) => None,
        }
    }

    /// Says on stderr what the answers do not consider.
    pub(super) fn note_gaps(&self) {
        if self.inventory.bindings().grants().is_empty() {
            note("no binding is defined here: these answers are those of any cluster");
        }
        for (kind, words) in [
            (
                GapKind::Role,
                "of a role that is neither defined here nor built in",
            ),
            (
                GapKind::Subject,
                "with a subject that only a template tells",
            ),
        ] {
            let gaps = self.holdings.gaps().iter().filter(|it| it.kind == kind);
            self.note_objects("binding", words, gaps.map(|it| it.binding));
        }
        self.note_patches();
        self.note_unread();
    }

    fn note_patches(&self) {
        let fields = ["rules", "aggregationRule", "roleRef", "subjects"];
        let is_patched = |it: &Object<'_>| {
            let mut fields = fields.iter();
            fields.any(|field| self.inventory.is_patched(it, &[field]))
        };
        let objects = self.inventory.objects().iter().copied();
        let patched = objects.filter(|it| KINDS.contains(&it.kind()) && is_patched(it));
        let words = "that is patched, as a kustomization changes it";
        self.note_objects("object", words, patched);
    }

    /// Notes that `what` is not considered for each of `objects`.
    fn note_objects(&self, what: &str, words: &str, objects: impl Iterator<Item = Object<'a>>) {
        let mut objects: Vec<_> = objects.collect();
        objects.dedup_by_key(|it| it.id());
        let place = objects.first().and_then(|it| self.place(it.head()));
        if let Some(place) = place {
            let count = counted(objects.len(), what);
            note(&format!(
                "not considered: {count} {words}, {} say",
                place.shown()
            ));
        }
    }

    fn note_unread(&self) {
        let files = self.inventory.incomplete_files();
        if let Some(first) = files.first() {
            note(&format!(
                "not considered: what could not be read of {}, {} say",
                counted(files.len(), "file"),
                printable(&self.paths.name(first))
            ));
        }
        let units = self.inventory.units().iter();
        for unit in units.filter(|it| !files.contains(&it.path)) {
            if let Some(why) = unit.incomplete {
                let path = printable(&self.paths.name(unit.path));
                note(&format!(
                    "not considered: something that `{path}` applies: {why}"
                ));
            }
        }
    }

    fn describe(&self, contradictions: &[Contradiction<'a>]) -> String {
        let mut text = String::new();
        for it in contradictions.iter().take(MOST_PLACES) {
            let namespace = it.namespace.name().map(|it| format!("{it}/"));
            let name = printable(&format!("{}{}", namespace.unwrap_or_default(), it.name));
            // A text takes whatever is written to it.
            let _ = writeln!(text, "  {} `{name}`", it.kind);
            for object in it.definitions.iter().take(MOST_PLACES) {
                let place = self.place(object.head()).map(|it| it.shown());
                let _ = writeln!(text, "    {}", place.unwrap_or_default());
            }
            let more = it.definitions.len().saturating_sub(MOST_PLACES);
            if more > 0 {
                let _ = writeln!(text, "    and {more} more places");
            }
        }
        let more = contradictions.len().saturating_sub(MOST_PLACES);
        if more > 0 {
            let _ = writeln!(text, "  and {more} more objects");
        }
        text.trim_end().to_owned()
    }
}

/// Writes a remark to stderr.
pub(super) fn note(text: &str) {
    render::note(&format!("note: {text}"));
}

/// `3 files`.
pub(super) fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

/// Where power holds, in words.
pub(super) fn scope(scope: Namespace<'_>) -> String {
    match scope {
        Namespace::Cluster => "cluster".to_owned(),
        Namespace::Named(name) => printable(name),
        Namespace::Unset => "(unset)".to_owned(),
        Namespace::Unknown => "(unknown)".to_owned(),
    }
}

/// Kind and name of the binding.
pub(super) fn binding(holding: &Holding<'_>) -> String {
    let kind = match holding.binding.kind() {
        Kind::ClusterRoleBinding => "ClusterRoleBinding",
        _ => "RoleBinding",
    };
    printable(&format!("{kind}/{}", holding.binding_name))
}

/// Kind and name of the role.
pub(super) fn role(holding: &Holding<'_>) -> String {
    let kind = match holding.role {
        BoundRole::Defined(object) => object.kind(),
        BoundRole::BuiltIn(known) => known.kind,
    };
    let kind = match kind {
        Kind::ClusterRole => "ClusterRole",
        _ => "Role",
    };
    printable(&format!("{kind}/{}", holding.role_name))
}

/// Wider cells push aside what stands behind them, in their row only.
const WIDEST: usize = 60;

/// Columns as wide as they need to be, under their names.
pub(super) fn table<const N: usize>(
    output: &mut impl Write,
    head: [&str; N],
    rows: &[[String; N]],
) -> io::Result<()> {
    let head = head.map(str::to_owned);
    let widths: [usize; N] = std::array::from_fn(|column| {
        let cells = rows.iter().chain([&head]);
        let widths = cells.map(|row| row[column].chars().count());
        widths.filter(|it| *it <= WIDEST).max().unwrap_or(0)
    });
    for row in [&head].into_iter().chain(rows) {
        let cells = row.iter().zip(widths);
        let cells: Vec<_> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        writeln!(output, "{}", cells.join("  ").trim_end())?;
    }
    Ok(())
}
