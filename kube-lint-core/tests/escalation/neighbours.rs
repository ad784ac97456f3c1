//! What is applied together, and what only lies in one repository.

use crate::input::{account, bind, each_way, grant, ways_in};

fn admin() -> String {
    account("ci/admin") + &bind("cluster-admin", "*", "ci/admin")
}

fn runner() -> String {
    grant("ci/ci", "ci", &["create :pods"])
}

#[test]
fn files_of_one_folder_are_applied_together() {
    let (admin, runner) = (admin(), runner());
    assert_eq!(
        ways_in(&[("one/a.yaml", &admin), ("one/b.yaml", &runner)]).len(),
        1
    );
    assert!(ways_in(&[("one/a.yaml", &admin), ("two/b.yaml", &runner)]).is_empty());
    let apart = [("one/a.yaml", &*admin), ("two/b.yaml", &*runner)];
    let ways = each_way(&apart, true, |it, _| {
        it.all().iter().filter(|it| !it.is_bound()).count()
    });
    assert_eq!(ways, 1);
}

#[test]
fn a_kustomization_applies_what_it_includes() {
    let (admin, runner) = (admin(), runner());
    let files = [
        ("base/kustomization.yaml", "resources: [all.yaml]\n"),
        ("base/all.yaml", &*admin),
        (
            "one/kustomization.yaml",
            "resources: [../base, runner.yaml]\n",
        ),
        ("one/runner.yaml", &*runner),
        (
            "two/kustomization.yaml",
            "namespace: prod\nnamePrefix: my-\nresources: [../base, runner.yaml]\n",
        ),
        ("two/runner.yaml", &*runner),
        ("three/runner.yaml", &*runner),
    ];
    let mut ways = ways_in(&files);
    ways.sort_unstable();
    assert_eq!(
        ways,
        [
            "ServiceAccount ci/ci > cluster-admin: runs a Pod as ServiceAccount ci/admin; may do everything",
            // The account that is not part of the build keeps its name.
            "ServiceAccount ci/ci > cluster-admin: runs a Pod as ServiceAccount prod/my-admin; may do everything",
        ]
    );
}

#[test]
fn a_role_that_is_not_applied_with_its_binding_gives_nothing() {
    let runner = runner();
    let (role, binding) = runner.split_once("---\n").unwrap_or_default();
    let bound = admin() + binding;
    assert_eq!(
        ways_in(&[("one/a.yaml", &bound), ("one/b.yaml", role)]).len(),
        1
    );
    assert!(ways_in(&[("one/a.yaml", &bound), ("two/b.yaml", role)]).is_empty());
}
