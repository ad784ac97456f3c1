//! What is in a folder.

use std::{cmp::Reverse, collections::BTreeMap};

use kube_lint_core::{Report, discover::Discovery, manifest::is_kustomization_name};

/// Names of folders whose manifests are often not applied, or not written here.
const OFTEN_LEFT_OUT: [&str; 12] = [
    "e2e",
    "example",
    "examples",
    "fixtures",
    "node_modules",
    "samples",
    "test",
    "testdata",
    "tests",
    "third-party",
    "third_party",
    "vendor",
];

/// What a configuration can be written from.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) files: usize,
    pub(super) objects: usize,
    pub(super) findings: usize,
    pub(super) kustomizations: usize,
    /// Folders of Helm charts; the root is `.`.
    pub(super) charts: Vec<String>,
    /// Folders that may be left out, and the findings in each, most first.
    pub(super) candidates: Vec<(String, usize)>,
}

impl Survey {
    pub(super) fn of(found: &Discovery, report: &Report) -> Self {
        let names = || found.files.iter().map(|it| it.name.as_str());
        let mut candidates: BTreeMap<_, _> = names()
            .filter_map(candidate)
            .map(|it| (it.to_owned(), 0))
            .collect();
        for finding in &report.findings {
            let path = report.path(finding.primary.place.file);
            if let Some(count) = candidate(path).and_then(|it| candidates.get_mut(it)) {
                *count += 1;
            }
        }
        let mut candidates: Vec<_> = candidates.into_iter().collect();
        candidates.sort_by_key(|(_, findings)| Reverse(*findings));
        Self {
            files: report.summary.files,
            objects: report.summary.objects,
            findings: report.findings.len(),
            kustomizations: names().filter(|it| is_kustomization_name(it)).count(),
            charts: names().filter_map(chart).map(str::to_owned).collect(),
            candidates,
        }
    }
}

/// The outermost folder of a path that is often left out.
fn candidate(path: &str) -> Option<&str> {
    let mut end = 0;
    for part in path.split_inclusive('/') {
        end += part.len();
        if OFTEN_LEFT_OUT.contains(&part.strip_suffix('/')?) {
            return path.get(..end);
        }
    }
    None
}

/// The folder of a `Chart.yaml`.
fn chart(path: &str) -> Option<&str> {
    if path == "Chart.yaml" {
        return Some(".");
    }
    path.strip_suffix("/Chart.yaml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outermost_folder_counts() {
        assert_eq!(candidate("a/vendor/b/testdata/c.yaml"), Some("a/vendor/"));
        assert_eq!(candidate("vendored/c.yaml"), None);
        assert_eq!(candidate("vendor"), None);
    }

    #[test]
    fn a_chart_is_the_folder_of_its_file() {
        assert_eq!(chart("charts/shop/Chart.yaml"), Some("charts/shop"));
        assert_eq!(chart("Chart.yaml"), Some("."));
        assert_eq!(chart("charts/MyChart.yaml"), None);
    }
}
