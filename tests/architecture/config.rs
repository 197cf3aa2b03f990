//! The settings: each is complete and used, and the papers that list them are what the code says.

use std::fs;
use std::path::Path;

use masthead::cli;
use masthead::config::papers;

use super::{code_lines, names, sources_below};

#[test]
fn the_example_of_the_settings_is_what_the_code_says() {
    is_generated(".env.example", &papers::env_example(cli::command()));
}

#[test]
fn the_page_of_the_settings_is_what_the_code_says() {
    is_generated("docs/settings.md", &papers::settings_page(cli::command()));
}

/// The settings: every argument of the command itself that a variable can give.
fn settings() -> Vec<clap::Arg> {
    let command = cli::command();
    let given = command
        .get_arguments()
        .filter(|arg| arg.get_env().is_some());
    given.cloned().collect()
}

#[test]
fn every_setting_has_a_flag_a_placeholder_a_line_of_help_and_a_place_at_every_command() {
    for setting in settings() {
        let name = setting.get_id().as_str();
        let help = setting
            .get_help()
            .map(ToString::to_string)
            .unwrap_or_default();
        assert!(setting.get_long().is_some(), "{name} has no `long`");
        assert!(setting.is_global_set(), "{name} is not `global = true`");
        assert!(!help.is_empty() && !help.contains('\n'), "{name}: {help:?}");
        let takes_value = setting.get_action().takes_values();
        let placeholder = setting.get_value_names().and_then(|names| names.first());
        let is_own = placeholder.is_some_and(|one| **one != *name.to_uppercase());
        assert!(is_own || !takes_value, "{name} has no `value_name`");
    }
}

#[test]
fn every_setting_is_used() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let code: String = sources_below(&root)
        .iter()
        .flat_map(|path| code_lines(path))
        .map(|(_, line)| line.replace('.', " .") + "\n")
        .collect();
    for setting in settings() {
        let field = setting.get_id().as_str();
        let is_read = names(&code, &format!(".{field}"));
        assert!(is_read, "nothing reads the setting {field}");
    }
}

/// Compares a committed file with its generated text, and writes it first where `MASTHEAD_REGENERATE` is set.
fn is_generated(file: &str, text: &str) {
    if std::env::var_os("MASTHEAD_REGENERATE").is_some() {
        fs::write(file, text).unwrap();
    }
    let committed = fs::read_to_string(file).unwrap_or_default();
    assert!(
        committed == text,
        "{file} is old: MASTHEAD_REGENERATE=1 cargo test --test architecture settings"
    );
}
