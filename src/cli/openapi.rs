//! `masthead openapi`: prints the API's description.

use std::io::Write;
use std::process::ExitCode;

use super::failure::Failure;
use crate::http::openapi::{document, printed};

pub(super) fn run() -> Result<ExitCode, Failure> {
    let text = printed(&document());
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())
        .map_err(|error| Failure::new(format!("standard output cannot be written: {error}")))?;
    Ok(ExitCode::SUCCESS)
}
