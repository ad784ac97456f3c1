//! What is found on a disk, what is not, and what is said about it.
#![cfg(feature = "disk")]
#![expect(clippy::unwrap_used, reason = "the set-up of a test may fail loudly")]

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use kube_lint_core::discover::{Discovery, Found, MAX_FILE_BYTES, discover, read};
use tempfile::TempDir;

/// A folder with these files, each holding its own name.
fn folder(files: &[&str]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for file in files {
        write(folder.path(), file, file);
    }
    folder
}

fn write(folder: &Path, file: &str, text: &str) {
    let path = folder.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn everything(root: &Path) -> Discovery {
    discover(root, |_, _| false)
}

fn names(discovery: &Discovery) -> Vec<&str> {
    discovery.files.iter().map(|it| it.name.as_str()).collect()
}

fn problems(discovery: &Discovery) -> Vec<(&str, &str)> {
    let problems = discovery.problems.iter();
    problems
        .map(|it| (it.name.as_str(), it.reason.as_str()))
        .collect()
}

#[test]
fn names_that_promise_a_manifest_are_found_in_order_of_bytes() {
    let root = folder(&[
        "a.yaml",
        "b.yml",
        "c.json",
        "D.YAML",
        "e.tar.Json",
        ".yaml",
        ".github/workflows/ci.yml",
        "k/Kustomization",
        "k/kustomization",
        "k-8/x.yaml",
        "k/x.yaml",
        "ä/ö.yaml",
        "yaml",
        "notes.yaml.bak",
        "a.yaml~",
        "go.mod",
        ".env",
        "app.properties",
        ".git/config.yaml",
        "web/node_modules/p/package.json",
        "node_modules.yaml",
    ]);
    let discovery = everything(root.path());
    assert_eq!(
        names(&discovery),
        [
            ".github/workflows/ci.yml",
            ".yaml",
            "D.YAML",
            "a.yaml",
            "b.yml",
            "c.json",
            "e.tar.Json",
            "k-8/x.yaml",
            "k/Kustomization",
            "k/x.yaml",
            "node_modules.yaml",
            "ä/ö.yaml",
        ]
    );
    assert_eq!(problems(&discovery), []);
    for found in &discovery.files {
        assert_eq!(read(found), Ok(found.name.clone().into_bytes()));
    }
}

#[test]
fn an_empty_folder_gives_nothing_and_no_problem() {
    let root = folder(&[]);
    let discovery = everything(root.path());
    assert_eq!((discovery.files.len(), discovery.problems.len()), (0, 0));
}

#[test]
fn a_folder_called_like_a_manifest_is_looked_into() {
    let root = folder(&["chart.yaml/a.yaml"]);
    assert_eq!(names(&everything(root.path())), ["chart.yaml/a.yaml"]);
}

#[test]
fn a_root_that_is_a_file_is_found_whatever_its_name() {
    let root = folder(&["deploy.tmpl"]);
    let discovery = everything(&root.path().join("deploy.tmpl"));
    assert_eq!(names(&discovery), ["deploy.tmpl"]);
    assert_eq!(read(&discovery.files[0]), Ok(b"deploy.tmpl".to_vec()));
    let excluded = discover(&root.path().join("deploy.tmpl"), |name, _| {
        name == "deploy.tmpl"
    });
    assert_eq!(names(&excluded), Vec::<&str>::new());
}

#[test]
fn a_root_that_does_not_exist_is_a_problem() {
    let root = folder(&[]);
    let discovery = everything(&root.path().join("no"));
    assert_eq!(problems(&discovery), [("no", "does not exist")]);
}

#[test]
fn a_root_without_a_name_is_the_working_directory() {
    let unnamed = everything(Path::new(""));
    let dot = everything(Path::new("."));
    assert_eq!(
        (names(&unnamed), problems(&unnamed)),
        (names(&dot), problems(&dot))
    );
    assert_eq!(problems(&dot), []);
    let tests = everything(Path::new("tests/../tests"));
    assert_eq!(problems(&tests), []);
}

#[test]
fn what_is_excluded_is_neither_found_nor_looked_into() {
    let root = folder(&["a/b/c.yaml", "a/d.yaml", "e.yaml", "f.yaml"]);
    let asked = std::cell::RefCell::new(Vec::new());
    let discovery = discover(root.path(), |name, is_folder| {
        asked.borrow_mut().push((name.to_owned(), is_folder));
        name == "a/b" || name == "e.yaml"
    });
    assert_eq!(names(&discovery), ["a/d.yaml", "f.yaml"]);
    let mut asked = asked.into_inner();
    asked.sort();
    let expected = [
        ("a", true),
        ("a/b", true),
        ("a/d.yaml", false),
        ("e.yaml", false),
        ("f.yaml", false),
    ];
    assert_eq!(asked, expected.map(|(name, it)| (name.to_owned(), it)));
}

#[test]
fn ignore_files_hold_without_git_but_only_from_the_root_on() {
    let outer = folder(&[
        "root/a.yaml",
        "root/b.yaml",
        "root/sub/c.yaml",
        "root/sub/d.yaml",
    ]);
    write(outer.path(), ".gitignore", "a.yaml\n");
    write(outer.path(), "root/.gitignore", "b.yaml\nsub/c.yaml\n");
    write(outer.path(), "root/sub/.gitignore", "!c.yaml\nd.yaml\n");
    let discovery = everything(&outer.path().join("root"));
    assert_eq!(names(&discovery), ["a.yaml", "sub/c.yaml"]);
}

#[test]
fn a_file_over_the_limit_is_refused_unread_and_one_at_the_limit_is_read() {
    let root = folder(&[]);
    let size = |name: &str, bytes: u32| {
        let file = File::create(root.path().join(name)).unwrap();
        file.set_len(u64::from(bytes)).unwrap();
    };
    size("fits.yaml", MAX_FILE_BYTES);
    size("huge.yaml", MAX_FILE_BYTES + 1);
    let discovery = everything(root.path());
    assert_eq!(names(&discovery), ["fits.yaml", "huge.yaml"]);
    assert_eq!(
        read(&discovery.files[0]).map(|it| it.len()),
        Ok(MAX_FILE_BYTES as usize)
    );
    assert_eq!(
        read(&discovery.files[1]),
        Err("is too large: 16777217 bytes, over the limit of 16777216 (16 MiB)".to_owned())
    );
}

#[test]
fn a_file_that_vanishes_or_becomes_a_folder_after_the_walk_is_refused() {
    let root = folder(&["gone.yaml", "turned.yaml"]);
    let discovery = everything(root.path());
    fs::remove_file(root.path().join("gone.yaml")).unwrap();
    fs::remove_file(root.path().join("turned.yaml")).unwrap();
    fs::create_dir(root.path().join("turned.yaml")).unwrap();
    assert_eq!(read(&discovery.files[0]), Err("does not exist".to_owned()));
    assert_eq!(
        read(&discovery.files[1]),
        Err("is a folder, not a file".to_owned())
    );
}

#[test]
fn a_found_file_can_be_made_by_hand() {
    let root = folder(&["a.txt"]);
    let found = Found {
        path: root.path().join("a.txt"),
        name: "stdin".to_owned(),
    };
    assert_eq!(read(&found), Ok(b"a.txt".to_vec()));
}

#[cfg(unix)]
mod unix {
    //! What only some systems have: links, pipes, permissions.

    use std::{
        os::unix::{
            fs::{PermissionsExt, symlink},
            net::UnixListener,
        },
        process::Command,
    };

    use super::*;

    fn links(discovery: &Discovery) -> Vec<(&str, &str)> {
        let links = discovery.links.iter();
        links
            .map(|it| (it.name.as_str(), it.target.as_str()))
            .collect()
    }

    fn named_pipe(path: &Path) {
        let status = Command::new("mkfifo").arg(path).status().unwrap();
        assert!(status.success());
    }

    #[test]
    fn a_link_to_what_is_found_is_another_name_and_not_another_file() {
        let root = folder(&["base/a.yaml", "base/b.txt"]);
        let link = |target: &str, name: &str| symlink(target, root.path().join(name)).unwrap();
        link("base/a.yaml", "a.yaml");
        link("a.yaml", "chain.yaml");
        link("base/a.yaml", "no-extension");
        link("base", "same.yaml");
        link("..", "base/up");
        link("base/b.txt", "b.yaml");
        link("base/b.txt", "b.txt");
        let discovery = everything(root.path());
        assert_eq!(names(&discovery), ["b.yaml", "base/a.yaml"]);
        assert_eq!(read(&discovery.files[0]), Ok(b"base/b.txt".to_vec()));
        assert_eq!(
            links(&discovery),
            [
                ("a.yaml", "base/a.yaml"),
                ("base/up", ""),
                ("chain.yaml", "base/a.yaml"),
                ("no-extension", "base/a.yaml"),
                ("same.yaml", "base"),
            ]
        );
        assert_eq!(problems(&discovery), []);
    }

    #[test]
    fn a_link_to_a_file_outside_or_ignored_is_read_under_its_own_name() {
        let outside = folder(&["o.yaml", "sub/p.yaml"]);
        let root = folder(&["ignored/i.yaml", "node_modules/n.yaml"]);
        write(root.path(), ".gitignore", "ignored/\nskipped.yaml\n");
        let link = |target: PathBuf, name: &str| symlink(target, root.path().join(name)).unwrap();
        link(outside.path().join("o.yaml"), "out.yaml");
        link(outside.path().join("o.yaml"), "skipped.yaml");
        link(outside.path().join("o.yaml"), "excluded.yaml");
        link(outside.path().join("sub"), "folder");
        link("ignored/i.yaml".into(), "inside.yaml");
        link("node_modules/n.yaml".into(), "module.yaml");
        let discovery = discover(root.path(), |name, _| name == "excluded.yaml");
        assert_eq!(
            names(&discovery),
            ["inside.yaml", "module.yaml", "out.yaml"]
        );
        assert_eq!(read(&discovery.files[2]), Ok(b"o.yaml".to_vec()));
        assert_eq!((links(&discovery), problems(&discovery)), (vec![], vec![]));
    }

    #[test]
    fn links_that_lead_nowhere_are_problems_where_a_manifest_was_promised() {
        let root = folder(&[]);
        let link = |target: &str, name: &str| symlink(target, root.path().join(name)).unwrap();
        link("nothing", "dangling.yaml");
        link("nothing", "dangling");
        link("loop.yaml", "loop.yaml");
        link("loop", "loop");
        link("there.json", "back.json");
        link("back.json", "there.json");
        link("user@host.4711:1700000000", ".#edited.yaml");
        let discovery = everything(root.path());
        assert_eq!(
            problems(&discovery),
            [
                ("back.json", "symbolic link loop"),
                ("dangling.yaml", "is a symbolic link to nothing"),
                ("loop.yaml", "symbolic link loop"),
                ("there.json", "symbolic link loop"),
            ]
        );
        assert_eq!((names(&discovery), links(&discovery)), (vec![], vec![]));
    }

    #[test]
    fn folders_that_link_to_each_other_end() {
        let root = folder(&["a/x.yaml", "b/y.yaml"]);
        symlink("../b", root.path().join("a/b")).unwrap();
        symlink("../a", root.path().join("b/a")).unwrap();
        let discovery = everything(root.path());
        assert_eq!(names(&discovery), ["a/x.yaml", "b/y.yaml"]);
        assert_eq!(links(&discovery), [("a/b", "b"), ("b/a", "a")]);
    }

    #[test]
    fn a_root_that_is_a_link_to_a_folder_is_followed() {
        let target = folder(&["a.yaml"]);
        let outer = folder(&[]);
        let root = outer.path().join("link");
        symlink(target.path(), &root).unwrap();
        assert_eq!(names(&everything(&root)), ["a.yaml"]);
    }

    #[test]
    fn pipes_sockets_and_devices_are_problems_and_block_nothing() {
        let root = folder(&["turned.yaml"]);
        let path = |name: &str| root.path().join(name);
        named_pipe(&path("pipe.yaml"));
        named_pipe(&path("pipe"));
        named_pipe(&path(".gitignore"));
        let _socket = UnixListener::bind(path("socket.json")).unwrap();
        symlink("/dev/zero", path("device.yml")).unwrap();
        symlink("pipe", path("linked.yaml")).unwrap();
        let discovery = everything(root.path());
        assert_eq!(
            problems(&discovery),
            [
                ("device.yml", "is a device, not a file"),
                ("linked.yaml", "is a named pipe, not a file"),
                ("pipe.yaml", "is a named pipe, not a file"),
                ("socket.json", "is a socket, not a file"),
            ]
        );
        assert_eq!(names(&discovery), ["turned.yaml"]);
        fs::remove_file(path("turned.yaml")).unwrap();
        named_pipe(&path("turned.yaml"));
        assert_eq!(
            read(&discovery.files[0]),
            Err("is a named pipe, not a file".to_owned())
        );
        assert_eq!(
            problems(&everything(&path("pipe"))),
            [("pipe", "is a named pipe, not a file")]
        );
    }

    #[test]
    #[expect(clippy::print_stderr, reason = "a skipped test says so")]
    fn what_may_not_be_read_is_a_problem_and_the_rest_is_found() {
        let root = folder(&["a.yaml", "closed/b.yaml", "secret.yaml", "z.yaml"]);
        write(root.path(), "rules/.gitignore", "*.yaml\n");
        write(root.path(), "rules/c.yaml", "c");
        let closed = ["closed", "secret.yaml", "rules/.gitignore"];
        let set_mode = |name: &str, mode| {
            fs::set_permissions(root.path().join(name), fs::Permissions::from_mode(mode)).unwrap();
        };
        for name in closed {
            set_mode(name, 0o000);
        }
        if File::open(root.path().join("secret.yaml")).is_ok() {
            eprintln!("skipped: this user (root?) may read everything");
            return;
        }
        let discovery = everything(root.path());
        let secret = discovery.files.iter().find(|it| it.name == "secret.yaml");
        let secret = secret.map(read);
        set_mode("closed", 0o700);
        assert_eq!(
            names(&discovery),
            ["a.yaml", "rules/c.yaml", "secret.yaml", "z.yaml"]
        );
        assert_eq!(
            problems(&discovery),
            [
                ("closed", "permission denied"),
                ("rules/.gitignore", "permission denied")
            ]
        );
        assert_eq!(secret, Some(Err("permission denied".to_owned())));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_name_that_is_not_utf8_is_escaped_and_still_opened() {
        use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
        let root = folder(&[]);
        let sub = root.path().join(OsStr::from_bytes(b"f\xE4"));
        fs::create_dir(&sub).unwrap();
        fs::write(sub.join(OsStr::from_bytes(b"\xFFx.yaml")), "text").unwrap();
        let discovery = everything(root.path());
        assert_eq!(names(&discovery), ["f\\xE4/\\xFFx.yaml"]);
        assert_eq!(read(&discovery.files[0]), Ok(b"text".to_vec()));
    }
}
