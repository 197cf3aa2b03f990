//! Every flag as an environment variable, a line of `.env` and, where it is a secret, a file.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::ffi::OsString;
use std::path::Path;

use clap::builder::Resettable;
use clap::{Arg, ArgAction, Command};

use super::values::parse_switch;
use crate::domain::nearest::nearest;

/// Begins the names of this program's own variables.
const PREFIX: &str = "MASTHEAD_";
/// Ends the names of variables that name the file of a secret.
const FILE: &str = "_FILE";
/// Begin the names of variables that tests read, and that Kubernetes sets in every container beside a service of this name.
const OF_OTHERS: [&str; 4] = [
    "MASTHEAD_TEST_",
    "MASTHEAD_REQUIRE_",
    "MASTHEAD_SERVICE_",
    "MASTHEAD_PORT",
];
/// Tell clients of the API its address and key, and programs beside the service where its binary is.
const OF_CLIENTS: [&str; 3] = ["MASTHEAD_URL", "MASTHEAD_KEY", "MASTHEAD_BIN"];

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
        ArgAction::SetTrue => arg.value_parser(parse_switch),
        _ => arg,
    };
    arg.env(clap::builder::OsStr::from(name))
}

/// `command` with the values that the environment leaves unset or empty: each secret from the file that its `NAME_FILE` names,
/// then each variable from the `.env` file at `dotenv`. A variable that is set to nothing counts as unset.
///
/// # Errors
/// A sentence, where a file that is named cannot be read, or a secret is given twice.
pub fn with_files(command: Command, dotenv: &Path) -> Result<Command, String> {
    let mut values = read_dotenv(dotenv)?;
    values.retain(|_, value| !value.is_empty());
    for name in secrets(&command) {
        if let Some(secret) = secret_file(&name, &values)? {
            values.insert(name, secret);
        }
    }
    let fallback = |name: &str| values.get(name).cloned();
    let command = command.mut_args(|arg| from_environment(arg, fallback));
    Ok(map_subcommands(command, &|_, sub| {
        sub.mut_args(|arg| from_environment(arg, fallback))
    }))
}

/// The variables whose values are secrets; each may be given as a file too.
fn secrets(command: &Command) -> Vec<String> {
    let secret = |arg: &&Arg| arg.is_hide_env_values_set();
    let secrets = command.get_arguments().filter(secret);
    secrets.filter_map(variable).collect()
}

fn variable(arg: &Arg) -> Option<String> {
    Some(arg.get_env()?.to_str()?.to_owned())
}

/// The name of the variable that names a secret's file.
fn file_variable(name: &str) -> String {
    format!("{name}{FILE}")
}

/// A value of the environment, where it is set to something.
fn set(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn secret_file(name: &str, dotenv: &HashMap<String, String>) -> Result<Option<String>, String> {
    let by_file = file_variable(name);
    let Some(path) = set(&by_file).or_else(|| dotenv.get(&by_file).cloned()) else {
        return Ok(None);
    };
    if set(name).is_some() || dotenv.contains_key(name) {
        return Err(format!(
            "{name} and {by_file} are both set: give one of them"
        ));
    }
    let text = std::fs::read_to_string(&path);
    let text = text.map_err(|error| format!("{by_file}: {path} cannot be read: {error}"))?;
    match text.trim() {
        "" => Err(format!("{by_file}: {path} is empty")),
        secret => Ok(Some(secret.to_owned())),
    }
}

/// A sentence for each variable of the environment or of the `.env` file at `dotenv` that is named like a setting and is none.
///
/// # Errors
/// A sentence, where the file is there but cannot be read.
pub fn unknown_variables(command: Command, dotenv: &Path) -> Result<Vec<String>, String> {
    let environment = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let given = environment.chain(read_dotenv(dotenv)?.into_keys());
    Ok(unknown_among(given.collect(), &known_variables(command)))
}

fn unknown_among(given: BTreeSet<String>, known: &BTreeSet<String>) -> Vec<String> {
    let is_of_others =
        |name: &str| OF_CLIENTS.contains(&name) || OF_OTHERS.iter().any(|of| name.starts_with(of));
    let is_unknown =
        |name: &&String| name.starts_with(PREFIX) && !known.contains(*name) && !is_of_others(name);
    let nearest = |name: &str| nearest(name, known.iter().map(String::as_str));
    let sentence = |name: &String| {
        // A setting that is no secret is not read from a file.
        let bare = || name.strip_suffix(FILE).and_then(nearest);
        let near = nearest(name).or_else(bare);
        let near = near.map(|near| format!("; did you mean {near}?"));
        format!("there is no setting {name}{}", near.unwrap_or_default())
    };
    given.iter().filter(is_unknown).map(sentence).collect()
}

fn known_variables(command: Command) -> BTreeSet<String> {
    let mut known: BTreeSet<String> = command.get_arguments().filter_map(variable).collect();
    known.extend(secrets(&command).iter().map(|name| file_variable(name)));
    let of_subcommands = RefCell::new(&mut known);
    map_subcommands(command, &|_, sub| {
        let names = sub.get_arguments().filter_map(variable);
        of_subcommands.borrow_mut().extend(names);
        sub
    });
    known
}

/// `command` with every subcommand, at any depth, changed. `change` is told the subcommand's name below the program's.
pub(super) fn map_subcommands(
    command: Command,
    change: &dyn Fn(&str, Command) -> Command,
) -> Command {
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
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    // Some editors put a byte order mark before the first name.
    let text = text.trim_start_matches('\u{feff}');
    dotenvy::from_read_iter(text.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|error| unreadable(path, text, &error))
}

/// A sentence for a file of settings with a fault. A line may hold a secret, so its number stands for it.
fn unreadable(path: &Path, text: &str, error: &dotenvy::Error) -> String {
    let path = path.display();
    let dotenvy::Error::LineParse(broken, _) = error else {
        return format!("{path} cannot be read: {error}");
    };
    let first = broken.lines().next().unwrap_or_default().trim_end();
    let at = text.lines().position(|line| line.trim_end() == first);
    let number = at.map_or_else(String::new, |at| format!(", line {}", at + 1));
    format!(
        "{path}{number} cannot be read: a line is NAME=value; a value with spaces, quotes or a $ stands between single quotes"
    )
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
        let matches = with_files(command, &file)
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
        let command = with_files(with_variables(command), &file).unwrap();
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

    #[test]
    fn a_broken_line_of_the_dotenv_file_is_told_by_its_number() {
        let told = |text: &str| {
            let (_folder, file) = dotenv(text);
            let command = Config::augment_args(Command::new("masthead"));
            with_files(command, &file).unwrap_err()
        };
        let sentence = told("MASTHEAD_BIND=127.0.0.1:1\n\nFOO s3cret\n");
        assert!(
            sentence.contains(".env, line 3 cannot be read"),
            "{sentence}"
        );
        assert!(!sentence.contains("s3cret"), "{sentence}");
        assert!(told("# a\r\nDATABASE_URL=\"x\r\n").contains("line 2"));
    }

    #[test]
    fn secrets_come_from_the_files_that_are_named() {
        let (folder, file) = dotenv("");
        let secret = folder.path().join("database-url");
        std::fs::write(&secret, "sqlite:///srv/news.db\n").unwrap();
        let settings = |text: &str| {
            std::fs::write(&file, text).unwrap();
            with_files(Config::augment_args(Command::new("masthead")), &file)
        };
        let named = format!("DATABASE_URL_FILE={}\n", secret.display());
        let command = settings(&named).unwrap();
        let matches = command.clone().get_matches_from(["masthead"]);
        let config = Config::from_arg_matches(&matches).unwrap();
        assert_eq!(config.database_url.expose(), "sqlite:///srv/news.db");
        let flags = ["masthead", "--database-url", "sqlite://other.db"];
        let config = Config::from_arg_matches(&command.get_matches_from(flags)).unwrap();
        assert_eq!(config.database_url.expose(), "sqlite://other.db");

        let twice = settings(&format!("{named}DATABASE_URL=sqlite://x.db\n"));
        assert!(twice.unwrap_err().contains("both set"));
        std::fs::write(&secret, "\n").unwrap();
        assert!(settings(&named).unwrap_err().contains("is empty"));
        std::fs::remove_file(&secret).unwrap();
        assert!(settings(&named).unwrap_err().contains("cannot be read"));
    }

    #[test]
    fn a_variable_that_is_no_setting_is_told_with_the_nearest() {
        let create = Command::new("create").arg(Arg::new("name").long("name"));
        let command = Config::augment_args(Command::new("masthead"))
            .subcommand(Command::new("key").subcommand(create));
        let known = known_variables(with_variables(command));
        let given = [
            "MASTHEAD_BINDS",
            "MASTHEAD_BIND",
            "MASTHEAD_BIND_FILE",
            "MASTHEAD_KEY_CREATE_NAME",
            "MASTHEAD_REQUIRE_POSTGRES",
            "MASTHEAD_URL",
            "DATABASE_URL_FILE",
            "OTHER",
        ];
        let told = unknown_among(given.map(str::to_owned).into(), &known);
        assert_eq!(
            told,
            [
                "there is no setting MASTHEAD_BINDS; did you mean MASTHEAD_BIND?",
                "there is no setting MASTHEAD_BIND_FILE; did you mean MASTHEAD_BIND?"
            ]
        );
    }

    #[test]
    fn unknown_variables_of_the_dotenv_file_are_told_too() {
        let (_folder, file) = dotenv("MASTHEAD_BINDS=1\nMASTHEAD_BIND=127.0.0.1:1\n");
        let command = Config::augment_args(Command::new("masthead"));
        let told = unknown_variables(command, &file).unwrap();
        assert!(
            told.iter().any(|told| told.contains("MASTHEAD_BINDS;")),
            "{told:?}"
        );
        assert!(
            !told.iter().any(|told| told.contains("MASTHEAD_BIND;")),
            "{told:?}"
        );
    }
}
