//! Every flag as an environment variable, a line of `.env`, a line of `.env.example` and a row of `docs/settings.md`.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::Path;

use clap::builder::{BoolishValueParser, Resettable};
use clap::{Arg, ArgAction, Command};

/// `command` with a variable for each flag of its subcommands that names none itself: `MASTHEAD_KEY_CREATE_NAME` for
/// `key create --name`. What may be repeated has commas between in its variable.
#[must_use]
pub fn with_variables(command: Command) -> Command {
    map_subcommands(command, &|name, sub| {
        sub.mut_args(|arg| match arg.get_long().map(str::to_owned) {
            Some(flag) if arg.get_env().is_none() => {
                with_variable(arg, &format!("MASTHEAD {name} {flag}"))
            }
            _ => arg,
        })
    })
}

fn with_variable(arg: Arg, words: &str) -> Arg {
    let name = words.to_uppercase().replace([' ', '-'], "_");
    let arg = match arg.get_action() {
        ArgAction::Append => arg.value_delimiter(','),
        ArgAction::SetTrue => arg.value_parser(BoolishValueParser::new()),
        _ => arg,
    };
    arg.env(clap::builder::OsStr::from(name))
}

/// `command` with every variable that the environment leaves unset or empty taken from the `.env` file at `dotenv`, where it
/// has one. A variable that is set to nothing counts as unset.
///
/// # Errors
/// A sentence, where the file is there but cannot be read.
pub fn with_dotenv(command: Command, dotenv: &Path) -> Result<Command, String> {
    let values = read_dotenv(dotenv)?;
    let fallback = |name: &str| values.get(name).filter(|value| !value.is_empty()).cloned();
    let command = command.mut_args(|arg| from_environment(arg, fallback));
    Ok(map_subcommands(command, &|_, sub| {
        sub.mut_args(|arg| from_environment(arg, fallback))
    }))
}

/// `command` with every subcommand, at any depth, changed. `change` is told the subcommand's name below the program's.
fn map_subcommands(command: Command, change: &dyn Fn(&str, Command) -> Command) -> Command {
    fn below(command: Command, above: &str, change: &dyn Fn(&str, Command) -> Command) -> Command {
        command.mut_subcommands(|sub| {
            let name = format!("{above}{}", sub.get_name());
            let sub = below(sub, &format!("{name} "), change);
            change(&name, sub)
        })
    }
    below(command, "", change)
}

pub(super) fn without_environment(command: Command) -> Command {
    command.mut_args(|arg| arg.env(Resettable::Reset))
}

fn from_environment(arg: Arg, fallback: impl Fn(&str) -> Option<String>) -> Arg {
    let Some(name) = arg.get_env().map(OsString::from) else {
        return arg;
    };
    let set = std::env::var_os(&name);
    if set.as_ref().is_some_and(|value| !value.is_empty()) {
        return arg;
    }
    // A variable that is not set can stay, for the help to name.
    let arg = if set.is_some() {
        arg.env(Resettable::Reset)
    } else {
        arg
    };
    match name.to_str().and_then(&fallback) {
        Some(value) => arg
            .required(false)
            .default_value(clap::builder::OsStr::from(value)),
        None => arg,
    }
}

fn read_dotenv(path: &Path) -> Result<HashMap<String, String>, String> {
    if !path.exists() {
        return Ok(HashMap::new());
    }
    let unreadable = |error: dotenvy::Error| format!("{} cannot be read: {error}", path.display());
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    // Some editors put a byte order mark before the first name.
    let text = text.trim_start_matches('\u{feff}');
    dotenvy::from_read_iter(text.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(unreadable)
}

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
    let texts = std::cell::RefCell::new(String::new());
    map_subcommands(command, &|name, sub| {
        if let Some(text) = write(name, &sub) {
            texts.borrow_mut().push_str(&text);
        }
        sub
    });
    texts.into_inner()
}

fn default_of(arg: &Arg) -> String {
    let default = arg.get_default_values().first();
    default.map_or_else(String::new, |value| value.to_string_lossy().into_owned())
}

fn lines_of(command: &Command) -> String {
    let line = |arg: &Arg| {
        let (name, words) = (arg.get_env()?.to_string_lossy(), arg.get_help()?);
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
        let (name, words) = (arg.get_env()?.to_string_lossy(), arg.get_help()?);
        let flag = arg.get_long().map(|flag| format!("`--{flag}`"));
        let default = Some(default_of(arg)).filter(|default| !default.is_empty());
        let default = default.map(|default| format!("`{default}`"));
        let words = words.to_string().replace('|', "\\|");
        Some(format!(
            "| `{name}` | {} | {} | {words} |\n",
            flag.unwrap_or_default(),
            default.unwrap_or_default()
        ))
    };
    let rows: String = command.get_arguments().filter_map(row).collect();
    format!("| variable | flag | default | meaning |\n| --- | --- | --- | --- |\n{rows}")
}

#[cfg(test)]
mod tests {
    use clap::{Args, FromArgMatches};

    use super::*;
    use crate::config::Config;

    fn dotenv(text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(".env");
        std::fs::write(&file, text).unwrap();
        (folder, file)
    }

    #[test]
    fn settings_come_from_dotenv_where_the_environment_has_none() {
        let (_folder, file) = dotenv(
            "MASTHEAD_DEFAULT_LANG=fr\nMASTHEAD_BIND=\nMASTHEAD_TRUSTED_PROXIES=::1,10.0.0.1\n",
        );
        let command = Config::augment_args(Command::new("masthead"));
        let matches = with_dotenv(command, &file)
            .unwrap()
            .get_matches_from(["masthead"]);
        let config = Config::from_arg_matches(&matches).unwrap();
        assert_eq!(config.default_lang.as_str(), "fr");
        assert_eq!(config.bind, "127.0.0.1:8080");
        assert_eq!(config.trusted_proxies.len(), 2);
    }

    #[test]
    fn flags_of_subcommands_have_variables_too() {
        let (_folder, file) = dotenv(
            "MASTHEAD_KEY_CREATE_NAME=Weekly\nMASTHEAD_KEY_CREATE_SUMMARY_ONLY=yes\nMASTHEAD_KEY_CREATE_LANG=en,fr\n",
        );
        let create = Command::new("create").args([
            Arg::new("name").long("name").required(true),
            Arg::new("lang").long("lang").action(ArgAction::Append),
            Arg::new("summary_only")
                .long("summary-only")
                .action(ArgAction::SetTrue),
        ]);
        let command = Command::new("masthead").subcommand(Command::new("key").subcommand(create));
        let command = with_dotenv(with_variables(command), &file).unwrap();
        let words = |line: &str| {
            let matches = command.clone().get_matches_from(line.split(' '));
            let (_, key) = matches.subcommand().unwrap();
            let (_, create) = key.subcommand().unwrap();
            let langs = create.get_many::<String>("lang").unwrap();
            (
                create.get_one::<String>("name").unwrap().clone(),
                langs.cloned().collect::<Vec<_>>(),
                create.get_flag("summary_only"),
            )
        };
        let given = (
            "Weekly".to_owned(),
            vec!["en".to_owned(), "fr".to_owned()],
            true,
        );
        assert_eq!(words("masthead key create"), given);
        let (name, langs, _) = words("masthead key create --name Daily --lang zh");
        assert_eq!((name.as_str(), langs), ("Daily", vec!["zh".to_owned()]));
    }
}
