//! `masthead migrate`: brings the database up to date, which opening it does.

use std::process::ExitCode;

use super::database::open_store;
use super::failure::Failure;
use super::output::tell_line;
use crate::config::Config;

pub(super) fn run(config: &Config) -> Result<ExitCode, Failure> {
    open_store(config)?;
    tell_line!("{} is up to date", config.database_url);
    Ok(ExitCode::SUCCESS)
}
