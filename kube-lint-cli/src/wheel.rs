//! What the wheel installs beside the command: manual pages and completions, written by
//! `cargo bless` from the command line.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;
use snapbox::{Data, assert_data_eq, data::DataFormat};

use crate::{args::Args, commands::completions};

fn share() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("wheel/data/share")
}

fn same(path: &str, text: Vec<u8>) {
    let path = share().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let expected = Data::read_from(&path, Some(DataFormat::Text));
    assert_data_eq!(String::from_utf8(text).unwrap(), expected.raw());
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name());
    names.map(|name| name.into_string().unwrap()).collect()
}

#[test]
fn completions_are_those_of_the_command() {
    let scripts = [
        ("bash-completion/completions/kube-lint", Shell::Bash),
        ("fish/vendor_completions.d/kube-lint.fish", Shell::Fish),
        ("zsh/site-functions/_kube-lint", Shell::Zsh),
    ];
    for (path, shell) in scripts {
        same(path, completions::script(shell));
    }
}

#[test]
fn every_command_has_its_manual_page() {
    let mut commands = Args::command().disable_help_subcommand(true);
    commands.build();
    let written: BTreeSet<_> = all_of(&commands).map(manual_page).collect();
    assert_eq!(names(&share().join("man/man1")), written);
}

/// `command` and those below it.
fn all_of(command: &Command) -> impl Iterator<Item = Command> {
    let below: Vec<_> = command.get_subcommands().flat_map(all_of).collect();
    below.into_iter().chain([command.clone()])
}

/// Writes the page of this command; the name of its file.
fn manual_page(command: Command) -> String {
    let page = Man::new(command).source(concat!("kube-lint ", env!("CARGO_PKG_VERSION")));
    let mut text = Vec::new();
    page.render(&mut text).unwrap();
    same(&format!("man/man1/{}", page.get_filename()), text);
    page.get_filename()
}
