//! The command line: one file for each command, and their exit codes.

mod backup;
mod bar;
mod check;
mod clock;
mod database;
mod export;
mod failure;
mod import;
mod import_pictures;
mod key;
mod loss;
mod manual;
mod migrate;
mod openapi;
mod output;
mod redirects;
mod reindex;
mod restore;
mod search_index;
mod serve;
#[cfg(unix)]
mod suspend;
mod trial;

use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::config::{Config, environment, origin};
use crate::logging;

use database::open_existing;
use failure::Failure;
use output::tell_line;

/// The file of settings in the working folder.
const DOTENV: &str = ".env";

/// A headless JSON content API for publishers.
#[derive(Debug, Parser)]
#[command(name = "masthead", version, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    config: Config,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API
    Serve(serve::Options),
    /// Bring the tables of the database up to date, and do nothing else
    Migrate,
    /// Print the OpenAPI document (3.1)
    Openapi,
    /// Import articles, sections, authors and the rest from files
    Import(import::ImportArgs),
    /// Write everything but keys as NDJSON, which `import` reads back
    Export(export::ExportArgs),
    /// Write the addresses that articles were imported from, and where they lead, for the old site's server
    Redirects(redirects::RedirectArgs),
    Backup(backup::BackupArgs),
    Restore(restore::RestoreArgs),
    Check(check::CheckArgs),
    Reindex(reindex::ReindexArgs),
    /// Make, list, rotate and revoke API keys
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Write manual pages and shell completions, for packages
    #[command(hide = true)]
    Manual(manual::ManualArgs),
}

/// Runs the command that the process was started with.
#[must_use]
pub fn run() -> ExitCode {
    let outcome = parse().and_then(|cli| {
        logging::start(&cli.config);
        warn_of_unknown_variables()?;
        dispatch(cli)
    });
    outcome.unwrap_or_else(|failure| {
        if !failure.is_closed_output() {
            tell_line!("masthead: {failure}");
        }
        failure.exit_code()
    })
}

/// The program's command line, with an environment variable for each flag.
#[must_use]
pub fn command() -> clap::Command {
    environment::with_variables(Cli::command())
}

/// Flags, environment and `.env`. On a wrong flag clap says what is wrong and ends the process with 2.
fn parse() -> Result<Cli, Failure> {
    let command = environment::with_files(command(), Path::new(DOTENV)).map_err(Failure::new)?;
    let words: Vec<String> = std::env::args().collect();
    let matches = command.clone().try_get_matches();
    let matches =
        matches.unwrap_or_else(|error| origin::with_variable(error, &command, &words).exit());
    Ok(Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit()))
}

/// A setting with a slip in its name would stay at its default without a word.
fn warn_of_unknown_variables() -> Result<(), Failure> {
    let unknown = environment::unknown_variables(command(), Path::new(DOTENV));
    for sentence in unknown.map_err(Failure::new)? {
        log::warn!("{sentence}");
    }
    Ok(())
}

fn dispatch(cli: Cli) -> Result<ExitCode, Failure> {
    match cli.command {
        Command::Serve(options) => serve::run(cli.config, &options),
        Command::Migrate => migrate::run(&cli.config),
        Command::Openapi => openapi::run(),
        Command::Key(command) => key::run(&cli.config, command),
        Command::Import(args) => import::run(args, &cli.config),
        Command::Export(args) => export::run(&args, &open_existing(&cli.config)?),
        Command::Redirects(args) => redirects::run(&args, &cli.config),
        Command::Backup(args) => backup::run(&args, &cli.config),
        Command::Restore(args) => restore::run(&args, &cli.config),
        Command::Check(args) => check::run(&args, &cli.config),
        Command::Reindex(args) => reindex::run(&args, &cli.config),
        Command::Manual(args) => manual::run(&args, command()),
    }
}
