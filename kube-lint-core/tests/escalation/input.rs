//! Manifests in short, and the ways that are found in them.

use kube_lint_core::{
    analysis::{
        escalation::{Cut, Escalations},
        rbac::Holdings,
    },
    inventory::Inventory,
    manifest::{Manifest, ManifestFile},
    object::Content,
    span::FileId,
    target::Target,
    yaml::{self, Document, Limits, Piece},
};

const RBAC: &str = "rbac.authorization.k8s.io";

pub(crate) fn file(number: u32, path: &str, text: &str) -> ManifestFile {
    let mut file = ManifestFile::new(FileId::new(number), path);
    if path.ends_with("kustomization.yaml") {
        file.kustomization = Some(Document::parse_text(text, &Limits::default()));
        return file;
    }
    for piece in yaml::split(text) {
        let Piece::Chunk(chunk) = piece else {
            panic!("{path}: bad separator");
        };
        let document = Document::parse(file.id, chunk, &Limits::default());
        assert!(document.error().is_none(), "{text}");
        if let Content::Objects(objects) = Content::of(&document) {
            file.manifests.push(Manifest { document, objects });
        }
    }
    file
}

/// `metadata` of `name`, `namespace/name` for one in a namespace.
pub(crate) fn metadata(name: &str) -> String {
    match name.split_once('/') {
        Some((namespace, name)) => format!("metadata: {{name: {name}, namespace: {namespace}}}"),
        None => format!("metadata: {{name: {name}}}"),
    }
}

pub(crate) fn account(name: &str) -> String {
    let metadata = metadata(name);
    format!("apiVersion: v1\nkind: ServiceAccount\n{metadata}\n---\n")
}

/// A Namespace with the label `enforce` of Pod Security, unless it is empty.
pub(crate) fn namespace(name: &str, enforce: &str) -> String {
    let labels = match enforce {
        "" => String::new(),
        _ => format!(", labels: {{pod-security.kubernetes.io/enforce: '{enforce}'}}"),
    };
    format!("apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}{labels}}}\n---\n")
}

/// A rule in short: verbs, resource with its API group, names: `create,get apps:deployments web`.
fn rule(words: &str) -> String {
    let mut words = words.split(' ');
    let verbs = words.next().unwrap_or_default();
    let (group, resource) = words
        .next()
        .and_then(|it| it.split_once(':'))
        .unwrap_or_default();
    let names = words.next().map(|it| format!(", resourceNames: [{it}]"));
    let names = names.unwrap_or_default();
    format!(
        "- {{apiGroups: ['{group}'], resources: ['{resource}'], verbs: ['{}']{names}}}\n",
        verbs.replace(',', "', '")
    )
}

/// A subject in short: `namespace/name` for a ServiceAccount, else `User:name` or `Group:name`.
fn subject(words: &str) -> String {
    if let Some((kind, name)) = words.split_once(':') {
        return format!("{{kind: {kind}, name: '{name}', apiGroup: {RBAC}}}");
    }
    let (namespace, name) = words.split_once('/').unwrap_or(("", words));
    format!("{{kind: ServiceAccount, name: {name}, namespace: '{namespace}'}}")
}

/// A role called `name` (`namespace/name` for one in a namespace) with `rules`.
pub(crate) fn role(name: &str, rules: &[&str]) -> String {
    let kind = if name.contains('/') {
        "Role"
    } else {
        "ClusterRole"
    };
    let rules: String = rules.iter().map(|it| rule(it)).collect();
    let metadata = metadata(name);
    format!("apiVersion: {RBAC}/v1\nkind: {kind}\n{metadata}\nrules:\n{rules}---\n")
}

/// A binding of the role `role` to `to`: in `namespace`, everywhere for `*`.
pub(crate) fn bind(role: &str, namespace: &str, to: &str) -> String {
    let (kind, role) = match role.split_once('/') {
        Some((_, name)) => ("Role", name),
        None => ("ClusterRole", role),
    };
    let name = format!("{role}-{}", to.replace([':', '/'], "-"));
    let (binding, metadata) = match namespace {
        "*" => ("ClusterRoleBinding", metadata(&name)),
        _ => ("RoleBinding", metadata(&format!("{namespace}/{name}"))),
    };
    let subject = subject(to);
    format!(
        "apiVersion: {RBAC}/v1\nkind: {binding}\n{metadata}\n\
         roleRef: {{apiGroup: {RBAC}, kind: {kind}, name: {role}}}\nsubjects: [{subject}]\n---\n"
    )
}

/// A cluster role of its own with `rules`, bound to `to` in `namespace`, everywhere for `*`.
pub(crate) fn grant(to: &str, namespace: &str, rules: &[&str]) -> String {
    let scope = if namespace == "*" { "all" } else { namespace };
    let name = format!("{}-in-{scope}", to.replace([':', '/'], "-").to_lowercase());
    role(&name, rules) + &bind(&name, namespace, to)
}

/// A workload of `kind` that runs as the account of its own namespace called `account`, with more fields
/// of the PodSpec and of its one container.
pub(crate) fn workload(
    (kind, name): (&str, &str),
    account: &str,
    pod: &str,
    container: &str,
) -> String {
    let version = match kind {
        "Pod" => "v1",
        "Job" | "CronJob" => "batch/v1",
        _ => "apps/v1",
    };
    let spec = format!(
        "{{serviceAccountName: {account}, containers: [{{name: main, image: main{container}}}]{pod}}}"
    );
    let metadata = metadata(name);
    let spec = match kind {
        "Pod" => spec,
        _ => format!("{{template: {{spec: {spec}}}}}"),
    };
    format!("apiVersion: {version}\nkind: {kind}\n{metadata}\nspec: {spec}\n---\n")
}

/// Something done with every way that is found.
pub(crate) fn each_way<T>(
    files: &[(&str, &str)],
    is_one_cluster: bool,
    take: impl FnOnce(&Escalations<'_>, &Inventory<'_>) -> T,
) -> T {
    let mut texts = files.to_vec();
    texts.sort_unstable();
    let files = (0..).zip(texts);
    let files: Vec<_> = files
        .map(|(number, (path, text))| file(number, path, text))
        .collect();
    let target = Target::default();
    let files: Vec<_> = files.iter().collect();
    let inventory = if is_one_cluster {
        Inventory::of_one_cluster(&files, "", &target)
    } else {
        Inventory::new(files, &target)
    };
    let holdings = Holdings::new(&inventory);
    take(&Escalations::new(&holdings, &inventory), &inventory)
}

fn shown(escalations: &Escalations<'_>) -> Vec<String> {
    let gained = escalations.all().iter().filter(|it| !it.is_bound());
    let shown = gained.map(|it| {
        let steps: Vec<_> = it.steps.iter().map(ToString::to_string).collect();
        let likely = if it.is_certain() { "" } else { " (likely)" };
        format!("{} > {}{likely}: {}", it.from, it.to, steps.join("; ")).replace('`', "")
    });
    shown.collect()
}

/// The ways in `text`, who is bound to something left out.
pub(crate) fn ways(text: &str) -> Vec<String> {
    ways_in(&[("all.yaml", text)])
}

/// The ways in `files`, which are not one cluster.
pub(crate) fn ways_in(files: &[(&str, &str)]) -> Vec<String> {
    each_way(files, false, |it, _| shown(it))
}

/// The ways in `text` that begin at `from`.
pub(crate) fn from(from: &str, text: &str) -> Vec<String> {
    let start = format!("{from} > ");
    let ways = ways(text).into_iter();
    ways.filter_map(|it| Some(it.strip_prefix(&start)?.to_owned()))
        .collect()
}

/// What there is to take away for the first way that begins at `from`.
pub(crate) fn cut(from: &str, text: &str) -> Option<String> {
    each_way(&[("all.yaml", text)], false, |escalations, _| {
        let mut all = escalations.all().iter();
        let found = all.find(|it| it.from.to_string().replace('`', "") == from && !it.is_bound());
        let cut = escalations.cuts().of(found.expect("there is a way"))?;
        Some(match cut {
            Cut::Rule(role, _) => format!("rule of {}", role.name().unwrap_or_default()),
            Cut::Binding(holding) => format!("binding {}", holding.binding_name),
            Cut::Workload(workload) => format!("workload {}", workload.name),
        })
    })
}
