//! The command line: one file for each command, and what their ends mean.

mod backup;
mod clock;
mod export;
mod import;
mod key;
mod migrate;
mod openapi;
mod serve;
#[cfg(unix)]
mod suspend;
mod trial;

use std::io;
use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::config::{Config, environment};
use crate::demo::DemoError;
use crate::export::ExportError;
use crate::import::inputs::InputError;
use crate::import::report::ReportError;
use crate::import::run::RunError;
use crate::logging;
use crate::service::ServiceError;
use crate::store::{Store, StoreError};

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
    /// Bring the database up to date, and do nothing else
    Migrate,
    /// Print the API's description (OpenAPI 3.1)
    Openapi,
    /// Take in articles and what belongs to them, from files
    Import(import::ImportArgs),
    /// Write everything but keys as NDJSON, which `import` takes back
    Export(export::ExportArgs),
    /// Copy an SQLite database, also while it is being served
    Backup(backup::BackupArgs),
    /// Make, list, rotate and revoke API keys
    #[command(subcommand)]
    Key(key::KeyCommand),
}

/// What keeps a command from doing its work: one sentence for the operator. The exit code is 2.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// A failure with its sentence.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }

    /// The same, with the file that it is about.
    fn about(self, path: &Path) -> Self {
        Self(format!("{}: {}", path.display(), self.0))
    }
}

/// Every error that ends a command says in its own words what is wrong.
macro_rules! failures {
    ($($error:ty),+ $(,)?) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self(error.to_string())
            }
        }
    )+};
}

failures!(
    DemoError,
    StoreError,
    ServiceError,
    InputError,
    ReportError,
    RunError,
    ExportError,
    io::Error
);

/// Runs the command that the process was started with.
#[must_use]
pub fn run() -> ExitCode {
    let outcome = parse().and_then(|cli| {
        logging::start(&cli.config);
        dispatch(cli)
    });
    outcome.unwrap_or_else(|failure| {
        let words: Vec<&str> = failure.0.split_whitespace().collect();
        eprintln!("masthead: {}", words.join(" "));
        ExitCode::from(2)
    })
}

/// The program's command line, with an environment variable for each flag.
#[must_use]
pub fn command() -> clap::Command {
    environment::with_variables(Cli::command())
}

/// Flags, environment and `.env`. On a wrong flag clap says what is wrong and ends the process with 2.
fn parse() -> Result<Cli, Failure> {
    let command = environment::with_dotenv(command(), Path::new(".env")).map_err(Failure::new)?;
    let matches = command.get_matches();
    Ok(Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit()))
}

fn dispatch(cli: Cli) -> Result<ExitCode, Failure> {
    match cli.command {
        Command::Serve(options) => serve::run(cli.config, &options),
        Command::Migrate => migrate::run(&cli.config),
        Command::Openapi => openapi::run(),
        Command::Key(command) => key::run(&cli.config, command),
        Command::Import(args) => import::run(args, &cli.config),
        Command::Export(args) => export::run(&args, &open_existing(&cli.config)?),
        Command::Backup(args) => backup::run(&args, &cli.config),
    }
}

/// Opens the database of the settings and brings it up to date.
fn open_store(config: &Config) -> Result<Store, Failure> {
    let store = Store::open(config.database_url.expose())?;
    clock::warn(&store)?;
    #[cfg(unix)]
    suspend::between_writes(&store);
    Ok(store)
}

/// The same for commands that make nothing: an address with a slip in it must not become a new, empty database.
fn open_existing(config: &Config) -> Result<Store, Failure> {
    let url = config.database_url.expose();
    if let Some(path) = missing_file(url) {
        return Err(Failure::new(format!("there is no database at {path}")));
    }
    open_store(config)
}

/// The file of an SQLite address, where there is none yet.
fn missing_file(url: &str) -> Option<&str> {
    url.strip_prefix("sqlite://")
        .filter(|path| !Path::new(path).exists())
}
