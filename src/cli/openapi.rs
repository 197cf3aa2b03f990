//! `masthead openapi`: prints the API's description.

use std::io::Write;
use std::process::ExitCode;

use super::failure::Failure;
use super::output::stdout;
use crate::http::openapi::{document, printed};

pub(super) fn run() -> Result<ExitCode, Failure> {
    let text = printed(&document());
    let mut out = stdout();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(Failure::of_output)?;
    Ok(ExitCode::SUCCESS)
}
