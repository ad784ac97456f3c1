//! `check --since`: what a commit brings, in real repositories.

use std::{fs, path::Path, process};

use snapbox::cmd::{Command, OutputAssert};
use tempfile::TempDir;

use crate::{FINE, folder, kube_lint, write};

/// Variables that a hook sets, and what may be configured for those who run the tests.
const SCRUBBED: [&str; 4] = ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_CONFIG"];

fn role(name: &str, verbs: &str) -> String {
    format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: {name}\n  namespace: ci\n\
         rules:\n- apiGroups: [apps]\n  resources: [controllerrevisions]\n  verbs: {verbs}\n"
    )
}

fn git_command(folder: &Path) -> process::Command {
    let mut git = process::Command::new("git");
    for name in SCRUBBED {
        git.env_remove(name);
    }
    git.current_dir(folder)
        .args([
            "-c",
            "init.defaultBranch=main",
            "-c",
            "commit.gpgSign=false",
        ])
        .env("GIT_CONFIG_GLOBAL", "")
        .env("GIT_CONFIG_NOSYSTEM", "1");
    for who in ["AUTHOR", "COMMITTER"] {
        git.env(format!("GIT_{who}_NAME"), "Tester");
        git.env(format!("GIT_{who}_EMAIL"), "tester@example.com");
    }
    git
}

fn git(folder: &Path, words: &[&str]) {
    let output = git_command(folder).args(words).output().unwrap();
    let words = words.join(" ");
    assert!(
        output.status.success(),
        "git {words}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A repository of one commit that holds these files.
fn repository(files: &[(&str, &str)]) -> TempDir {
    let root = folder(files);
    git(root.path(), &["init", "--quiet"]);
    commit(root.path());
    root
}

fn commit(root: &Path) {
    git(root, &["add", "--all"]);
    git(
        root,
        &["commit", "--quiet", "--allow-empty", "--message", "x"],
    );
}

fn command(folder: &Path, words: &[&str]) -> Command {
    let command = kube_lint().current_dir(folder);
    let command = SCRUBBED.into_iter().fold(command, Command::env_remove);
    let words = ["check", "--format", "short"].iter().chain(words);
    command.args(words.copied().collect::<Vec<_>>())
}

fn since(folder: &Path, words: &[&str]) -> OutputAssert {
    command(folder, words)
        .args(["--quiet", "--since", "HEAD"])
        .assert()
}

const FOUND: &str = "role.yaml:9:11: warning[rbac/wildcard-verb] role `ci/builder` grants every verb on `controllerrevisions`\n";

#[test]
fn only_what_is_new_is_reported_wherever_it_is() {
    let (old, builder) = (role("deployer", "['*']"), role("builder", "[get]"));
    let root = repository(&[("a/old.yaml", &old), ("b/role.yaml", &builder)]);
    let root = root.path();
    since(root, &[]).code(0).stdout_eq("");
    write(root, "b/role.yaml", &role("builder", "['*']"));
    let found = format!("b/{FOUND}");
    since(root, &[]).code(1).stdout_eq(&*found);
    since(&root.join("a"), &[])
        .code(1)
        .stdout_eq(format!("../{found}"));
    since(root, &["b"]).code(1).stdout_eq(&*found);
    since(root, &["a"]).code(0).stdout_eq("");
    // Staged or not, it is the working tree that is linted.
    git(root, &["add", "--all"]);
    since(root, &[]).code(1).stdout_eq(&*found);
    commit(root);
    since(root, &[]).code(0).stdout_eq("");
    command(root, &["--quiet", "--since", "HEAD~1"])
        .assert()
        .code(1)
        .stdout_eq(&*found);
}

#[test]
fn what_is_new_fixed_and_known_is_counted() {
    let files = ["one", "two", "three"].map(|it| (format!("{it}.yaml"), role(it, "['*']")));
    let files: Vec<_> = files
        .iter()
        .map(|(path, text)| (&**path, &**text))
        .collect();
    let root = repository(&files);
    fs::remove_file(root.path().join("one.yaml")).unwrap();
    write(root.path(), "new.yaml", &role("new", "['*']"));
    command(root.path(), &["--since", "HEAD"])
        .assert()
        .code(1)
        .stderr_eq(
            "2 files[..]\nsince HEAD: 1 new, 1 fixed, 2 known\n".replace("2 files", "3 files"),
        );
}

#[test]
fn a_file_that_moves_brings_nothing_new() {
    let root = repository(&[("a.yaml", &role("deployer", "['*']"))]);
    let root = root.path();
    fs::create_dir(root.join("deep")).unwrap();
    fs::rename(root.join("a.yaml"), root.join("deep/b.yaml")).unwrap();
    since(root, &[]).code(0).stdout_eq("");
    commit(root);
    command(root, &["--quiet", "--since", "HEAD~1"])
        .assert()
        .code(0)
        .stdout_eq("");
}

const WORKLOAD: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      automountServiceAccountToken: false
      containers: [{name: web, image: web}]
";

const POLICY: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: nothing, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
";

#[test]
fn deleting_a_policy_is_seen_at_what_it_protected() {
    let root = repository(&[("web.yaml", WORKLOAD), ("policy.yaml", POLICY)]);
    let root = root.path();
    let found = "web.yaml:3:18: warning[network/namespace-without-policy] [..]\n";
    for world in ["open", "closed"] {
        since(root, &["--world", world]).code(0).stdout_eq("");
    }
    git(root, &["rm", "--quiet", "policy.yaml"]);
    for world in ["open", "closed"] {
        since(root, &["--world", world]).code(1).stdout_eq(found);
    }
}

#[test]
fn that_a_new_workload_has_no_policy_may_be_settled_elsewhere() {
    let root = repository(&[("settings.yaml", FINE)]);
    let root = root.path();
    write(root, "web.yaml", WORKLOAD);
    since(root, &[]).code(0).stdout_eq("");
    since(root, &["--world", "closed"]).code(1);
}

#[test]
fn a_workload_that_loses_its_policy_is_seen_beside_one_without() {
    let named = |text: &str, name: &str| text.replace("name: web", &format!("name: {name}"));
    let of = |name: &str| WORKLOAD.replace("web", name);
    let policy = |name: &str| {
        let policy = named(&POLICY.replace("nothing", "web"), name);
        policy.replace(
            "podSelector: {}",
            &format!("podSelector: {{matchLabels: {{app: {name}}}}}"),
        )
    };
    let root = repository(&[
        ("a.yaml", &of("a")),
        ("b.yaml", &of("b")),
        ("c.yaml", &of("c")),
        ("policy-a.yaml", &policy("a")),
        ("policy-b.yaml", &policy("b")),
    ]);
    let root = root.path();
    since(root, &[]).code(0).stdout_eq("");
    git(root, &["rm", "--quiet", "policy-b.yaml"]);
    since(root, &[])
        .code(1)
        .stdout_eq("b.yaml:3:18: warning[network/workload-not-selected] [..]\n");
}

#[test]
fn a_binding_of_a_role_that_is_known_to_be_bad_is_seen() {
    let binding = |name: &str| {
        format!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {{name: {name}, namespace: ci}}\n\
             roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: builder}}\n\
             subjects: [{{kind: User, name: {name}, apiGroup: rbac.authorization.k8s.io}}]\n"
        )
    };
    let root = repository(&[
        ("role.yaml", &role("builder", "['*']")),
        ("jane.yaml", &binding("jane")),
    ]);
    let root = root.path();
    since(root, &[]).code(0).stdout_eq("");
    write(root, "joe.yaml", &binding("joe"));
    since(root, &[]).code(1).stdout_eq(FOUND);
    // So it is for who names the file that changed.
    command(root, &["--quiet", "joe.yaml"])
        .assert()
        .code(1)
        .stdout_eq(FOUND);
}

#[test]
fn removing_what_allowed_a_finding_is_seen() {
    let role = role("builder", "['*']");
    let allowed = role.replace(
        "  namespace: ci\n",
        "  namespace: ci\n  annotations: {kube-lint/allow: rbac/wildcard-verb}\n",
    );
    let root = repository(&[("role.yaml", &allowed)]);
    since(root.path(), &[]).code(0).stdout_eq("");
    write(root.path(), "role.yaml", &role);
    since(root.path(), &[]).code(1).stdout_eq(FOUND);
}

#[test]
fn a_binding_makes_a_finding_worse_and_so_new() {
    let everything = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: all}\nrules:\n- {apiGroups: ['*'], resources: ['*'], verbs: ['*']}\n";
    let binding = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: all}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: all}\nsubjects: [{kind: Group, name: everyone, apiGroup: rbac.authorization.k8s.io}]\n";
    let root = repository(&[("role.yaml", everything)]);
    let root = root.path();
    since(root, &[]).code(0).stdout_eq("");
    write(root, "binding.yaml", binding);
    since(root, &["role.yaml"]).code(1).stdout_eq(
        "[..]warning[rbac/cluster-admin-binding] [..]\n\
         role.yaml:5:34: error[rbac/wildcard-everything] [..]\n",
    );
}

#[test]
fn what_the_root_leaves_out_is_left_out_of_the_revision() {
    let bad = role("deployer", "['*']");
    let root = repository(&[
        ("ignored/a.yaml", &bad),
        ("excluded/a.yaml", &bad),
        ("node_modules/a.yaml", &bad),
        ("a.txt", &bad),
        ("kept/a.yaml", FINE),
    ]);
    let root = root.path();
    write(root, ".gitignore", "ignored/\n");
    write(root, ".kube-lint.yaml", "exclude: [excluded]\n");
    for name in ["ignored", "excluded", "node_modules"] {
        fs::remove_dir_all(root.join(name)).unwrap();
    }
    fs::remove_file(root.join("a.txt")).unwrap();
    // Had the revision's copy counted, the finding would be known.
    write(root, "kept/b.yaml", &bad);
    since(root, &[])
        .code(1)
        .stdout_eq("kept/b.yaml:9:11: warning[rbac/wildcard-verb] [..]\n");
}

#[test]
fn the_root_may_lie_below_the_top_of_the_repository() {
    let root = repository(&[
        ("elsewhere/old.yaml", &role("builder", "['*']")),
        ("deploy/.kube-lint.yaml", ""),
        ("deploy/old.yaml", &role("deployer", "['*']")),
    ]);
    let deploy = root.path().join("deploy");
    fs::rename(deploy.join("old.yaml"), deploy.join("renamed.yaml")).unwrap();
    since(&deploy, &[]).code(0).stdout_eq("");
    write(&deploy, "role.yaml", &role("builder", "['*']"));
    since(&deploy, &[]).code(1).stdout_eq(FOUND);
    since(root.path(), &["--root", "deploy"])
        .code(1)
        .stdout_eq(format!("deploy/{FOUND}"));
}

#[cfg(unix)]
#[test]
fn links_and_names_that_are_no_text_are_borne() {
    use std::{
        ffi::OsStr,
        os::unix::{ffi::OsStrExt, fs::symlink},
    };

    let root = repository(&[("a.yaml", &role("deployer", "['*']"))]);
    let root = root.path();
    symlink("a.yaml", root.join("link.yaml")).unwrap();
    symlink("nothing.yaml", root.join("dangling.yaml")).unwrap();
    let odd = root.join(OsStr::from_bytes(b"\xff.yaml"));
    fs::write(&odd, role("odd", "['*']")).unwrap();
    commit(root);
    since(root, &[]).code(0).stdout_eq("");
    fs::write(&odd, format!("# more\n{}", role("odd", "['*']"))).unwrap();
    since(root, &[]).code(0).stdout_eq("");
    symlink("nothing", root.join("new.yaml")).unwrap();
    since(root, &[])
        .code(1)
        .stdout_eq("new.yaml:1:1: error[manifest/unreadable-file] [..]\n");
}

#[test]
fn a_submodule_is_taken_as_it_is() {
    let inner = repository(&[("a.yaml", &role("deployer", "['*']"))]);
    let root = repository(&[("b.yaml", FINE)]);
    let root = root.path();
    let url = inner.path().to_str().unwrap();
    git(
        root,
        &[
            "-c",
            "protocol.file.allow=always",
            "submodule",
            "--quiet",
            "add",
            url,
            "inner",
        ],
    );
    since(root, &[])
        .code(1)
        .stdout_eq("inner/a.yaml:9:11: warning[..]\n");
    commit(root);
    since(root, &[]).code(0).stdout_eq("");
}

#[test]
fn before_the_first_commit_everything_is_new() {
    let root = folder(&[("role.yaml", &role("builder", "['*']"))]);
    git(root.path(), &["init", "--quiet"]);
    since(root.path(), &[]).code(1).stdout_eq(FOUND);
    git(root.path(), &["add", "--all"]);
    since(root.path(), &[]).code(1).stdout_eq(FOUND);
}

#[test]
fn what_stands_in_the_way_is_said() {
    let root = folder(&[("a.yaml", FINE)]);
    let error = |words: &[&str], text: &str| {
        let output = command(root.path(), words).stdin(FINE).assert().code(2);
        output.stdout_eq("").stderr_eq(text.to_owned());
    };
    error(
        &["--since", "HEAD"],
        "error: git cannot tell what changed since `HEAD`: fatal: not a git repository [..]\n",
    );
    git(root.path(), &["init", "--quiet"]);
    error(
        &["--since", "main"],
        "error: git knows no revision `main`\n",
    );
    commit(root.path());
    error(
        &["--since", "nope"],
        "error: git knows no revision `nope`\n",
    );
    error(&["--since=--all"], "error: git knows no revision `--all`\n");
    error(
        &["--since", "HEAD", "-"],
        "error: `--since` needs the files of a root, not stdin\n",
    );
    let command = command(root.path(), &["--since", "HEAD"]).env("PATH", "");
    command
        .assert()
        .code(2)
        .stderr_eq("error: cannot run `git`, which `--since` needs: [..]\n");
}

#[cfg(unix)]
#[test]
fn a_hook_stops_the_commit_that_brings_a_finding() {
    let repository = repository(&[("old.yaml", &role("deployer", "['*']"))]);
    let main = repository.path();
    install_hook(main);
    stops_and_passes(main);
    let tree = TempDir::new().unwrap();
    let tree = tree.path().join("tree");
    git(
        main,
        &[
            "worktree",
            "add",
            "--quiet",
            tree.to_str().unwrap(),
            "-b",
            "other",
        ],
    );
    stops_and_passes(&tree);
}

#[cfg(unix)]
fn install_hook(root: &Path) {
    use std::os::unix::fs::PermissionsExt;

    let program = snapbox::cmd::cargo_bin!("kube-lint").display().to_string();
    let hook = format!(
        "#!/bin/sh\ntest -n \"$GIT_INDEX_FILE\" || exit 9\nexec '{program}' check --quiet --format short --since HEAD\n"
    );
    write(root, ".git/hooks/pre-commit", &hook);
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(root.join(".git/hooks/pre-commit"), mode).unwrap();
}

#[cfg(unix)]
fn stops_and_passes(root: &Path) {
    let commit = |words: &[&str]| {
        let mut git = git_command(root);
        git.args(["commit", "--quiet", "--allow-empty", "--message", "x"])
            .args(words)
            .output()
            .unwrap()
    };
    write(root, "fine.yaml", FINE);
    git(root, &["add", "fine.yaml"]);
    assert!(commit(&[]).status.success());
    write(root, "role.yaml", &role("builder", "['*']"));
    git(root, &["add", "role.yaml"]);
    for words in [&[][..], &["--all"], &["role.yaml"]] {
        let output = commit(words);
        assert_eq!(output.status.code(), Some(1), "{words:?}");
        let said =
            String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        assert_eq!(said, FOUND, "{words:?}");
    }
    git(root, &["reset", "--quiet", "--hard"]);
}

#[test]
fn a_baseline_holds_besides() {
    let root = repository(&[("old.yaml", &role("deployer", "['*']"))]);
    let root = root.path();
    write(root, "role.yaml", &role("builder", "['*']"));
    write(root, "more.yaml", &role("tester", "['*']"));
    command(
        root,
        &["--quiet", "--write-baseline", "b.yaml", "role.yaml"],
    )
    .assert()
    .code(0);
    since(root, &["--baseline", "b.yaml"]).code(0).stdout_eq("");
    write(root, "extra.yaml", &role("extra", "['*']"));
    since(root, &["--baseline", "b.yaml"])
        .code(1)
        .stdout_eq("extra.yaml:[..]\n");
}
