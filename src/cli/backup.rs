//! `masthead backup`: what its command line says.

use std::path::PathBuf;

use std::process::ExitCode;

use clap::Args;

use crate::store::Store;

use crate::config::Config;

use super::database::open_existing;
use super::failure::Failure;
use super::output::tell_line;

/// Writes a consistent copy of an SQLite database, also while it is being served.
#[derive(Debug, Clone, Args)]
pub(super) struct BackupArgs {
    /// The file to write, which must not exist yet.
    #[arg(value_name = "PATH")]
    pub(super) path: PathBuf,
}

/// Makes the copy.
///
/// # Errors
/// A file that exists, a PostgreSQL database, or no room; nothing half-written stays behind.
pub(super) fn run(args: &BackupArgs, config: &Config) -> Result<ExitCode, Failure> {
    // Told by the address alone: the server need not be up to hear which tool is right.
    Store::can_back_up(config.database_url.expose())?;
    open_existing(config)?.backup(&args.path)?;
    tell_line!("copied to {}", args.path.display());
    Ok(ExitCode::SUCCESS)
}
