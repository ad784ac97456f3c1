//! The order of the modules in `docs/architecture.md`: each uses only those before it.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails the test")]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Modules from the ground up.
const LAYERS: [&str; 23] = [
    "span",
    "edit",
    "source",
    "decode",
    "discover",
    "nearest",
    "path_globs",
    "yaml",
    "object",
    "manifest",
    "units",
    "model",
    "target",
    "inventory",
    "analysis",
    "diagnostic",
    "rule",
    "rules",
    "config",
    "report",
    "suppress",
    "baseline",
    "linter",
];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
}

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&root, &mut found);
    let named = found.into_iter().map(|path| {
        let name = path
            .strip_prefix(&root)
            .unwrap()
            .to_str()
            .unwrap()
            .replace('\\', "/");
        (name, fs::read_to_string(path).unwrap())
    });
    named.collect()
}

fn layer(module: &str) -> usize {
    let found = LAYERS.iter().position(|it| *it == module);
    found.unwrap_or_else(|| panic!("`{module}` is in no layer"))
}

/// First segments of the paths behind `crate::` outside comments and tests.
fn uses(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]").next().unwrap();
    let code: Vec<_> = code
        .lines()
        .filter(|it| !it.trim_start().starts_with("//"))
        .collect();
    let code = code.join("\n");
    let mut used = Vec::new();
    for part in code.split("crate::").skip(1) {
        if let Some(group) = part.strip_prefix('{') {
            let mut depth = 0;
            let mut word = String::new();
            for character in group.chars() {
                match character {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => used.push(std::mem::take(&mut word)),
                    _ if depth == 0 => word.push(character),
                    _ => {}
                }
            }
            used.push(word);
        } else {
            used.push(part.to_owned());
        }
    }
    let segments = used.iter().map(|it| {
        it.trim()
            .split(|it: char| !it.is_alphanumeric() && it != '_')
            .next()
            .unwrap()
    });
    segments
        .filter(|it| !it.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn modules_use_only_those_below() {
    for (name, text) in sources() {
        let module = name.split(['/', '.']).next().unwrap();
        if module == "lib" {
            continue;
        }
        for used in uses(&text) {
            if used == "declare_rule" {
                continue;
            }
            assert!(
                layer(&used) <= layer(module),
                "{name} uses `{used}`, which lies above it"
            );
        }
    }
}

#[test]
fn every_module_says_what_it_is() {
    for (name, text) in sources() {
        assert!(
            text.starts_with("//! "),
            "{name} does not begin with `//! `"
        );
    }
}

#[test]
fn no_file_is_too_long() {
    for (name, text) in sources() {
        assert!(text.lines().count() <= 600, "{name} has over 600 lines");
    }
}

#[test]
fn rules_do_not_use_each_other() {
    for (name, text) in sources() {
        if name.starts_with("rules/") && name.matches('/').count() == 2 {
            assert!(!text.contains("crate::rules"), "{name} uses another rule");
        }
    }
}

#[test]
fn core_prints_nothing_and_reads_no_clock() {
    for (name, text) in sources() {
        if name.ends_with("/tests.rs") {
            continue;
        }
        let code = text.split("#[cfg(test)]").next().unwrap();
        let code: String = code
            .lines()
            .filter(|it| !it.trim_start().starts_with("//"))
            .collect();
        for word in [
            "println!",
            "SystemTime",
            "Instant::",
            "std::env",
            "std::net",
        ] {
            assert!(!code.contains(word), "{name} has `{word}`");
        }
    }
}
