//! The papers that list every setting: `.env.example` and `docs/settings.md`.

use std::cell::RefCell;

use clap::{Arg, Command};

use super::environment::map_subcommands;

/// The text of `.env.example`: every setting of `command`, and every flag of its subcommands, with its words and its default.
#[must_use]
pub fn env_example(command: Command) -> String {
    let mut text = String::from(
        "# Every setting with its default. Copy this file to .env and take the # off the lines that you change;\n\
         # the environment overrides .env, and flags (masthead help serve) override both. In .env, a value with spaces, quotes\n\
         # or a $ stands between single quotes.\n",
    );
    text += &lines_of(&command);
    text + &of_subcommands(command, |name, sub| {
        let lines = lines_of(sub);
        (!lines.is_empty()).then(|| format!("\n## masthead {name}\n{lines}"))
    })
}

/// The text of `docs/settings.md`: the same settings and flags as tables.
#[must_use]
pub fn settings_page(command: Command) -> String {
    let mut text = String::from(
        "# Settings\n\n\
         This page is generated: `MASTHEAD_REGENERATE=1 cargo test --test architecture settings`.\n\n\
         A flag overrides its environment variable, which overrides `.env` in the working folder, which overrides the default.\n\
         [.env.example](../.env.example) is a `.env` to start from. In `.env`, put a value with spaces, quotes or a `$` between\n\
         single quotes. `masthead help serve` prints the same.\n\n",
    );
    text += &table_of(&command);
    text += "\n## Flags of single commands\n\n\
         Each flag of a command has a variable too. A flag that may be repeated has commas in its variable.\n";
    text + &of_subcommands(command, |name, sub| {
        let has_flags = sub.get_arguments().any(|arg| arg.get_env().is_some());
        has_flags.then(|| format!("\n### masthead {name}\n\n{}", table_of(sub)))
    })
}

/// The text that `write` has for each subcommand, at any depth.
fn of_subcommands(command: Command, write: impl Fn(&str, &Command) -> Option<String>) -> String {
    let texts = RefCell::new(String::new());
    map_subcommands(command, &|name, sub| {
        if let Some(text) = write(name, &sub) {
            texts.borrow_mut().push_str(&text);
        }
        sub
    });
    texts.into_inner()
}

/// The help of a setting. A secret can be given as a file too.
fn words_of(arg: &Arg) -> Option<String> {
    let mut words = arg.get_help()?.to_string();
    if arg.is_hide_env_values_set() {
        words += &format!(
            "; {}_FILE names a file that holds it",
            arg.get_env()?.display()
        );
    }
    Some(words)
}

fn default_of(arg: &Arg) -> String {
    let default = arg.get_default_values().first();
    default.map_or_else(String::new, |value| value.to_string_lossy().into_owned())
}

fn lines_of(command: &Command) -> String {
    let line = |arg: &Arg| {
        let (name, words) = (arg.get_env()?.to_string_lossy(), words_of(arg)?);
        let mut default = default_of(arg);
        if default.contains(' ') {
            default = format!("'{default}'");
        }
        Some(format!("\n# {words}\n# {name}={default}\n"))
    };
    command.get_arguments().filter_map(line).collect()
}

fn table_of(command: &Command) -> String {
    let row = |arg: &Arg| {
        let (name, words) = (arg.get_env()?.to_string_lossy(), words_of(arg)?);
        let flag = arg.get_long().map(|flag| format!("`--{flag}`"));
        let default = Some(default_of(arg)).filter(|default| !default.is_empty());
        let default = default.map(|default| format!("`{default}`"));
        let words = words.replace('|', "\\|");
        Some(format!(
            "| `{name}` | {} | {} | {words} |\n",
            flag.unwrap_or_default(),
            default.unwrap_or_default()
        ))
    };
    let rows: String = command.get_arguments().filter_map(row).collect();
    format!("| variable | flag | default | meaning |\n| --- | --- | --- | --- |\n{rows}")
}
