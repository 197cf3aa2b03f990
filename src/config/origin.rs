//! The variable that a wrong value came from: the error of a value names its flag alone.

use clap::error::{ContextKind, ContextValue};
use clap::{Arg, Command, Error};

/// The error with the variable before the flag, where the value is of the environment or of `.env` and not of the command
/// line `words`.
#[must_use]
pub fn with_variable(mut error: Error, command: &Command, words: &[String]) -> Error {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        _ => None,
    };
    let (Some(shown), Some(value)) = (
        text(ContextKind::InvalidArg),
        text(ContextKind::InvalidValue),
    ) else {
        return error;
    };
    let flag = shown.split([' ', '=', '[']).next().unwrap_or_default();
    let is_given = |word: &String| word.split('=').next() == Some(flag);
    let name = flag.strip_prefix("--");
    let name = name.and_then(|flag| variable_of(command, flag, &value));
    if let Some(name) = name.filter(|_| !words.iter().any(is_given)) {
        let named = ContextValue::String(format!("{name} ({shown})"));
        error.insert(ContextKind::InvalidArg, named);
    }
    error
}

/// The variable of a flag of this command, or of one below it, that holds a value.
fn variable_of(command: &Command, flag: &str, value: &str) -> Option<String> {
    let own = command
        .get_arguments()
        .filter(|arg| arg.get_long() == Some(flag));
    let own = own.filter_map(|arg| {
        let name = arg.get_env()?.to_str()?;
        holds(arg, name, value).then(|| name.to_owned())
    });
    let mut below = command.get_subcommands();
    own.last()
        .or_else(|| below.find_map(|sub| variable_of(sub, flag, value)))
}

/// True if the value is that of the variable, or of its line in `.env`, which is the argument's default by now.
fn holds(arg: &Arg, name: &str, value: &str) -> bool {
    let set = std::env::var(name).ok().filter(|set| !set.is_empty());
    let defaults = arg.get_default_values().iter();
    let mut defaults = defaults.filter_map(|default| default.to_str());
    set.map_or_else(
        || defaults.any(|default| default.contains(value)),
        |set| set.contains(value),
    )
}

#[cfg(test)]
mod tests {
    use clap::error::ErrorKind;

    use super::*;

    #[test]
    fn a_value_of_the_file_of_settings_is_told_with_its_variable() {
        let workers = Arg::new("workers")
            .long("workers")
            .env("MASTHEAD_TEST_WORKERS");
        let command = Command::new("masthead").arg(workers.default_value("many"));
        let shown = |words: &[&str]| {
            let mut error = Error::new(ErrorKind::ValueValidation);
            let text = |text: &str| ContextValue::String(text.to_owned());
            error.insert(ContextKind::InvalidArg, text("--workers <N>"));
            error.insert(ContextKind::InvalidValue, text("many"));
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            let error = with_variable(error, &command, &words);
            match error.get(ContextKind::InvalidArg) {
                Some(ContextValue::String(shown)) => shown.clone(),
                _ => String::new(),
            }
        };
        assert_eq!(shown(&["serve"]), "MASTHEAD_TEST_WORKERS (--workers <N>)");
        assert_eq!(shown(&["--workers=many"]), "--workers <N>");
    }
}
