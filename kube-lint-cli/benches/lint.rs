//! How long linting takes: `KUBE_LINT_BENCH=folder cargo bench`, or without it over a generated
//! repository of 3,000 manifests.

use std::{env, fs, path::Path, sync::LazyLock};

use divan::Bencher;
use kube_lint_core::{Linter, Report, Scope, Settings, Source, Workspace};

/// Manifests in the generated repository.
const MANIFESTS: usize = 3_000;

/// What is linted.
#[derive(Clone, Copy, Debug)]
enum Root {
    /// The folder, or the generated repository.
    Clean,
    /// The generated repository with faults.
    Faulty,
}

impl Root {
    fn sources(self) -> &'static [Source] {
        match self {
            Self::Clean => &SOURCES,
            Self::Faulty => &FAULTY,
        }
    }
}

/// Every YAML file of the folder, or the generated repository, by path relative to the root.
static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(|| match env::var_os("KUBE_LINT_BENCH") {
    Some(folder) => read(Path::new(&folder)),
    None => (0..MANIFESTS).map(generate).collect(),
});

/// The generated repository with a fault in every other manifest.
static FAULTY: LazyLock<Vec<Source>> =
    LazyLock::new(|| (0..MANIFESTS).map(generate).map(with_fault).collect());

fn read(root: &Path) -> Vec<Source> {
    let found = kube_lint_core::discover::discover(root, |_, _| false);
    let files = found.files.into_iter();
    files
        .map(|it| Source {
            content: fs::read(&it.path).map_err(|error| error.to_string()),
            path: it.name,
        })
        .collect()
}

/// One of eight kinds, ten services to a folder.
fn generate(number: usize) -> Source {
    let (service, namespace) = (number / 8, number / 80);
    let text = match number % 8 {
        0 => format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web-{service}\n  namespace: shop-{namespace}\nspec:\n  selector:\n    matchLabels: {{app: web-{service}}}\n  template:\n    metadata:\n      labels: {{app: web-{service}}}\n    spec:\n      serviceAccountName: web-{service}\n      containers:\n      - name: web\n        image: registry.example/web:1.{service}\n        env:\n        - name: DATABASE_PASSWORD\n          valueFrom:\n            secretKeyRef: {{name: web-{service}, key: password}}\n        resources:\n          limits: {{cpu: 200m, memory: 128Mi}}\n"
        ),
        1 => format!(
            "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: web-{service}\n  namespace: shop-{namespace}\n"
        ),
        2 => format!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: web-{service}\n  namespace: shop-{namespace}\nrules:\n- apiGroups: ['']\n  resources: [configmaps]\n  verbs: [get, list, watch]\n"
        ),
        3 => format!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: web-{service}\n  namespace: shop-{namespace}\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: Role\n  name: web-{service}\nsubjects:\n- kind: ServiceAccount\n  name: web-{service}\n"
        ),
        4 => format!(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web-{service}\n  namespace: shop-{namespace}\nspec:\n  podSelector:\n    matchLabels: {{app: web-{service}}}\n  policyTypes: [Ingress]\n  ingress:\n  - from:\n    - podSelector: {{matchLabels: {{role: front}}}}\n    ports:\n    - port: 8080\n"
        ),
        5 => format!(
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: web-{service}\n  namespace: shop-{namespace}\nstringData:\n  password: ${{PASSWORD_{service}}}\n"
        ),
        6 => format!(
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: web-{service}\n  namespace: shop-{namespace}\nspec:\n  selector: {{app: web-{service}}}\n  ports:\n  - port: 80\n    targetPort: 8080\n"
        ),
        _ => format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web-{service}\n  namespace: shop-{namespace}\ndata:\n  settings.yaml: |\n    log: info\n    threads: {service}\n    upstream: http://cart.shop-{namespace}.svc:8080\n"
        ),
    };
    Source::new(
        format!("shop-{namespace}/web-{service}-{}.yaml", number % 8),
        text,
    )
}

/// The same with a name that nothing defines, every right, or a credential.
fn with_fault(source: Source) -> Source {
    const FAULTS: [(&str, &str); 5] = [
        ("  serviceAccountName: web-", "  serviceAccountName: wbe-"),
        ("  verbs: [get, list, watch]", "  verbs: ['*']"),
        (
            "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: Role\n  name: web-",
            "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: Role\n  name: wbe-",
        ),
        (
            "  podSelector:\n    matchLabels: {app: web-",
            "  podSelector:\n    matchLabels: {app: wbe-",
        ),
        ("  password: ${PASSWORD_", "  password: 9fK2vQxL7w-"),
    ];
    let text = source
        .content
        .map(|it| String::from_utf8_lossy(&it).into_owned());
    let text = text.map(|text| {
        let faults = FAULTS.iter();
        faults.fold(text, |text, (right, wrong)| text.replace(right, wrong))
    });
    Source {
        content: text.map(String::into_bytes),
        ..source
    }
}

/// Parsing and linting everything.
#[divan::bench(args = [Root::Clean, Root::Faulty])]
fn everything(bencher: Bencher<'_, '_>, root: Root) {
    let linter = Linter::new(Settings::default());
    bencher
        .with_inputs(|| root.sources().to_vec())
        .bench_values(|sources| -> Report { linter.check(sources, &Scope::Everything) });
}

/// Linting again after one file changed.
#[divan::bench(args = [Root::Clean, Root::Faulty])]
fn one_changed_file(bencher: Bencher<'_, '_>, root: Root) {
    let mut workspace = Workspace::new(Settings::default());
    for source in root.sources() {
        workspace.set(source.clone());
    }
    let changed = root.sources().first().cloned();
    let changed = changed.unwrap_or_else(|| generate(0));
    let scope = Scope::Below(vec![changed.path.clone()]);
    bencher.bench_local(|| {
        workspace.set(changed.clone());
        workspace.check(&scope)
    });
}

fn main() {
    divan::main();
}
