//! What git ignores is ignored: compared with git itself.
#![cfg(feature = "disk")]
#![expect(clippy::unwrap_used, reason = "the set-up of a test may fail loudly")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use kube_lint_core::discover::discover;
use tempfile::TempDir;

/// A repository, or `None` where there is no git to compare with.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn repository() -> Option<TempDir> {
    let folder = TempDir::new().unwrap();
    if Command::new("git").arg("--version").output().is_err() {
        eprintln!("skipped: there is no git to compare with");
        return None;
    }
    git(folder.path(), &["init", "--quiet"]);
    Some(folder)
}

/// Runs git without the settings of the user, whose exclude file would hold too.
fn git(folder: &Path, arguments: &[&str]) -> Output {
    let output = Command::new("git")
        .args(["-c", "core.excludesFile=", "-c", "core.ignoreCase=false"])
        .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {output:?}");
    output
}

fn write(folder: &Path, file: &str, text: &str) {
    let path = folder.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The manifests that git sees in or below `folder`, in order of bytes.
fn seen_by_git(folder: &Path) -> Vec<String> {
    let output = git(folder, &["ls-files", "-zco", "--exclude-standard"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let files = text.split('\0').filter(|it| {
        [".yaml", ".yml", ".json"]
            .iter()
            .any(|end| it.ends_with(end))
    });
    let mut files: Vec<_> = files.map(str::to_owned).collect();
    files.sort_unstable();
    files
}

fn found(root: &Path) -> Vec<String> {
    let discovery = discover(root, |_, _| false);
    assert_eq!(discovery.problems, []);
    discovery.files.into_iter().map(|it| it.name).collect()
}

/// Lines of a `.gitignore`, each list tried on a tree of its own.
const PATTERNS: &[&str] = &[
    "",
    "# a.yaml\n\n   \n",
    "a.yaml",
    "/a.yaml",
    "sub/a.yaml",
    "/sub/a.yaml",
    "sub",
    "sub/",
    "/sub/",
    "deep/",
    "a.yaml/",
    "*.yaml\n!a.yaml",
    "!a.yaml\n*.yaml",
    "*.yaml\n!/a.yaml",
    "*\n!*/\n!b.json",
    "/*\n!/sub/",
    "sub/\n!sub/a.yaml",
    "sub/*\n!sub/deep/",
    "sub/**",
    "sub/**\n!sub/deep/\n!sub/deep/a.yaml",
    "**/deep",
    "**/deep/a.yaml",
    "sub/**/a.yaml",
    "**",
    "**/",
    "/**/a.yaml",
    "s*b/a.yaml",
    "*/a.yaml",
    "*/*/a.yaml",
    "?.yaml",
    "[ab].*",
    "[!a].*",
    "[^a].*",
    "[a-c].yaml",
    "[a",
    "{a,b}.yaml",
    "\\{a,b\\}.yaml",
    "{a",
    "[{]a,b}.yaml",
    "\\#hash.yaml",
    "#hash.yaml",
    "\\!not.yaml",
    "!not.yaml",
    "a.yaml   ",
    "space \\ .yaml",
    "space\\  .yaml",
    "trailing.yaml\\ ",
    "a.yaml\r\nb.json\r\n",
    "\u{feff}a.yaml\n",
    "a\\.yaml",
    "A.yaml",
    ".hidden",
    ".*",
    "*.y*ml",
    "a**yaml",
    "sub/de*/",
    "./a.yaml",
    "//a.yaml",
    "sub//a.yaml",
    "a.yaml\n!a.yaml\na.yaml",
    "ä.yaml",
    "?.json",
    "[]a].yaml",
    "[a-].yaml",
    "[\\a].yaml",
    "\\a.yaml",
    "a.yaml\\",
    "sub\\/a.yaml",
    "*.{yaml,json}",
    "sub/*/",
    "!",
    "/",
    "***",
    "a.yaml/**",
    "**a.yaml",
    "**.yaml",
    "!sub/\n*.yaml",
];

/// Patterns that the matcher takes otherwise than git: it drops a tab at the end, knows no named
/// classes, and takes three stars for one.
const TAKEN_OTHERWISE: &[&str] = &["a.yaml\t", "[[:alpha:]].yaml", "sub/***/a.yaml"];

const TREE: &[&str] = &[
    "a.yaml",
    "b.json",
    "c.yml",
    "ä.yaml",
    "{a,b}.yaml",
    "{a.yaml",
    "[a.yaml",
    "#hash.yaml",
    "!not.yaml",
    "space  .yaml",
    "trailing.yaml",
    ".hidden/a.yaml",
    "sub/a.yaml",
    "sub/b.json",
    "sub/deep/a.yaml",
    "sub/deep/deep/c.yml",
    "other/a.yaml/inner.yaml",
    "other/sub/a.yaml",
];

/// Those of `patterns` that leave other files than git, and which files.
fn differing<'a>(patterns: &[&'a str]) -> Option<Vec<(&'a str, Vec<String>)>> {
    let root = repository()?;
    for (index, pattern) in patterns.iter().enumerate() {
        for file in TREE {
            write(root.path(), &format!("{index}/{file}"), "");
        }
        write(root.path(), &format!("{index}/.gitignore"), pattern);
    }
    let (expected, found) = (seen_by_git(root.path()), found(root.path()));
    let ignored = patterns.len() * TREE.len() - expected.len();
    assert!(ignored >= patterns.len() && expected.len() > ignored);
    let of_tree = |index| differences(&format!("{index}/"), &found, &expected);
    let all = patterns.iter().enumerate();
    let all = all.map(|(index, pattern)| (*pattern, of_tree(index)));
    Some(all.filter(|(_, files)| !files.is_empty()).collect())
}

/// The files below `folder` that only one of both lists has.
fn differences(folder: &str, found: &[String], expected: &[String]) -> Vec<String> {
    let lists = [(found, expected), (expected, found)];
    let only = lists
        .into_iter()
        .flat_map(|(list, other)| list.iter().filter(move |it| !other.contains(it)));
    only.filter(|it| it.starts_with(folder)).cloned().collect()
}

#[test]
fn each_pattern_means_what_it_means_to_git() {
    let differing = differing(PATTERNS).unwrap_or_default();
    assert!(differing.is_empty(), "{differing:#?}");
}

#[test]
fn the_known_differences_from_git_are_still_there() {
    let Some(differing) = differing(TAKEN_OTHERWISE) else {
        return;
    };
    let patterns: Vec<_> = differing.iter().map(|(pattern, _)| *pattern).collect();
    assert_eq!(patterns, TAKEN_OTHERWISE);
}

/// A repository with rules at several depths that overrule one another.
fn nested(root: &Path) {
    for folder in ["", "apps/", "apps/shop/", "apps/shop/base/", "apps/blog/"] {
        for file in [
            "a.yaml",
            "b.yaml",
            "local.yaml",
            "gen/x.json",
            "keep/x.json",
        ] {
            write(root, &format!("{folder}{file}"), "");
        }
    }
    write(
        root,
        ".gitignore",
        "local.yaml\n/a.yaml\ngen/\n/apps/blog/b.yaml\n",
    );
    write(
        root,
        "apps/.gitignore",
        "!local.yaml\nb.yaml\nshop/base/keep/\n",
    );
    write(
        root,
        "apps/shop/.gitignore",
        "/local.yaml\n!b.yaml\n!gen/\ngen/*\n!gen/x.json\n",
    );
    write(root, "apps/shop/base/.gitignore", "*\n!a.yaml\n");
    write(
        root,
        ".git/info/exclude",
        "keep/\n!local.yaml\napps/blog/a.yaml\n",
    );
}

#[test]
fn nested_rules_overrule_outer_ones_and_those_of_the_repository() {
    let Some(root) = repository() else { return };
    nested(root.path());
    let expected = seen_by_git(root.path());
    assert_eq!(found(root.path()), expected);
    // Of either answer there is something to get wrong.
    assert!(
        expected.contains(&"apps/shop/gen/x.json".to_owned()),
        "{expected:?}"
    );
    assert!(
        !expected.iter().any(|it| it.contains("keep/")),
        "{expected:?}"
    );
}

#[test]
fn rules_above_the_root_hold_up_to_the_top_of_the_work_tree() {
    let Some(outer) = repository() else { return };
    let top = outer.path().join("top");
    fs::create_dir(&top).unwrap();
    git(&top, &["init", "--quiet"]);
    nested(&top);
    // Of another repository.
    write(outer.path(), ".gitignore", "*.json\n");
    for root in ["apps", "apps/shop", "apps/shop/base"] {
        let root = top.join(root);
        assert_eq!(found(&root), seen_by_git(&root));
        assert!(!found(&root).is_empty());
    }
}

#[test]
fn a_root_inside_an_ignored_folder_is_looked_into_all_the_same() {
    let Some(root) = repository() else { return };
    write(root.path(), ".gitignore", "build/\nlocal.yaml\n");
    for file in ["build/a.yaml", "build/sub/b.yaml", "build/local.yaml"] {
        write(root.path(), file, "");
    }
    assert_eq!(found(root.path()), [""; 0]);
    assert_eq!(found(&root.path().join("build")), ["a.yaml", "sub/b.yaml"]);
}

#[test]
fn a_repository_inside_has_rules_of_its_own() {
    let Some(root) = repository() else { return };
    let inner = root.path().join("vendor/inner");
    for file in [
        "a.yaml",
        "b.yaml",
        "vendor/inner/a.yaml",
        "vendor/inner/b.yaml",
    ] {
        write(root.path(), file, "");
    }
    git(&inner, &["init", "--quiet"]);
    write(root.path(), ".gitignore", "a.yaml\n");
    write(&inner, ".git/info/exclude", "b.yaml\n");
    assert_eq!(seen_by_git(&inner), ["a.yaml"]);
    assert_eq!(found(root.path()), ["b.yaml", "vendor/inner/a.yaml"]);
}

#[test]
fn further_work_trees_share_the_exclude_file_of_the_repository() {
    let Some(root) = repository() else { return };
    let main = root.path().join("main");
    fs::create_dir(&main).unwrap();
    git(&main, &["init", "--quiet"]);
    write(&main, ".git/info/exclude", "a.yaml\n");
    git(
        &main,
        &["commit", "--quiet", "--allow-empty", "--message=x"],
    );
    git(&main, &["worktree", "add", "--quiet", "../second"]);
    let second = root.path().join("second");
    for file in ["a.yaml", "b.yaml", "sub/a.yaml", "sub/b.yaml"] {
        write(&second, file, "");
    }
    assert_eq!(found(&second), seen_by_git(&second));
    assert_eq!(found(&second), ["b.yaml", "sub/b.yaml"]);
    assert_eq!(found(&second.join("sub")), ["b.yaml"]);
}

#[test]
#[cfg(unix)]
fn links_are_matched_as_files_and_a_linked_ignore_file_has_no_say() {
    let Some(root) = repository() else { return };
    let outside = TempDir::new().unwrap();
    write(outside.path(), "o.yaml", "");
    for file in ["real/a.yaml", "sub/b.yaml", "rules"] {
        write(root.path(), file, "*.yaml\n");
    }
    write(root.path(), ".gitignore", "link.yaml/\nother.yaml\n");
    for link in ["link.yaml", "other.yaml"] {
        std::os::unix::fs::symlink(outside.path().join("o.yaml"), root.path().join(link)).unwrap();
    }
    std::os::unix::fs::symlink("../rules", root.path().join("sub/.gitignore")).unwrap();
    assert_eq!(seen_by_git(root.path()), found(root.path()));
    assert_eq!(
        found(root.path()),
        ["link.yaml", "real/a.yaml", "sub/b.yaml"]
    );
}
