//! What files are for, as far as their folders tell.

/// What a file is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// To be applied.
    Use,
    /// Data of tests: made to be committed.
    Test,
}

/// What the file at `path` is for.
///
/// ```
/// use kube_lint_core::analysis::secrets::{Purpose, purpose};
///
/// assert_eq!(purpose("pkg/server/testdata/tls.yaml"), Purpose::Test);
/// assert_eq!(purpose("deploy/tls.yaml"), Purpose::Use);
/// ```
pub fn purpose(path: &str) -> Purpose {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let is_test = folder.split('/').any(|it| {
        matches!(
            it,
            "test"
                | "tests"
                | "testdata"
                | "test-data"
                | "testing"
                | "fixtures"
                | "e2e"
                | "__tests__"
        )
    });
    if is_test { Purpose::Test } else { Purpose::Use }
}
