//! What holds in a run: the configuration, and the command line before it.

use kube_lint_core::config::{Config, Settings};

use crate::{
    args::{RuleLevel, SettingsArgs},
    error::Error,
    now::Now,
    root::Root,
};

/// The configuration of `root`, or the one that is named, with `flags`.
pub(crate) fn config(root: &Root, flags: &SettingsArgs) -> Result<Config, Error> {
    let config = root.config(flags.config.as_deref())?;
    Ok(with_flags(config, flags))
}

/// The same settings at the present.
pub(crate) fn at_the_clock(mut settings: Settings) -> Settings {
    settings.target.now = Now::of_the_clock().map(|Now(seconds)| seconds);
    settings
}

/// The command line goes before the file, its overrides among it.
pub(crate) fn with_flags(mut config: Config, flags: &SettingsArgs) -> Config {
    config.settings = at_the_clock(config.settings);
    let target = &mut config.settings.target;
    if let Some(Now(seconds)) = flags.now {
        target.now = Some(seconds);
    }
    target.kube_version = flags.kube_version.unwrap_or(target.kube_version);
    if let Some(world) = flags.world {
        target.set_world(world);
    }
    if let Some(namespace) = &flags.namespace {
        target.set_namespace(namespace.clone());
    }
    let levels = &mut config.settings.levels;
    for RuleLevel { pattern, level } in &flags.level {
        levels.configure(vec![(pattern.clone(), *level)]);
    }
    if !flags.select.is_empty() {
        levels.select(&flags.select);
    }
    levels.ignore(&flags.ignore);
    config.settings.require_reason |= flags.require_reason;
    config.fail_on = flags.fail_on.unwrap_or(config.fail_on);
    config
}
