//! `masthead export`: what its command line says.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::export::{ExportError, export};
use crate::store::Store;

use super::failure::Failure;
use super::output::{stdout, tell_line};

/// Writes everything but keys, idempotency records and audit as NDJSON, which `import` takes back.
#[derive(Debug, Clone, Args)]
pub(super) struct ExportArgs {
    /// The file to write, `-` for standard output; gzip where its name ends in .gz.
    #[arg(value_name = "PATH")]
    pub(super) path: PathBuf,
}

/// Writes the export; the file has its name only once it is whole.
///
/// # Errors
/// The cause that kept it from being written; nothing half-written stays behind.
pub(super) fn run(args: &ExportArgs, store: &Store) -> Result<ExitCode, Failure> {
    let lines = if args.path == Path::new("-") {
        print(store)?
    } else {
        write_file(&args.path, store).map_err(|failure| failure.about(&args.path))?
    };
    tell_line!("{lines} lines");
    Ok(ExitCode::SUCCESS)
}

fn print(store: &Store) -> Result<u64, Failure> {
    let mut out = stdout();
    let lines = export(store, &mut out).map_err(|error| match error {
        ExportError::Write(error) => Failure::of_output(error),
        other => other.into(),
    })?;
    out.flush().map_err(Failure::of_output)?;
    Ok(lines)
}

fn write_file(path: &Path, store: &Store) -> Result<u64, Failure> {
    let partial = path.with_added_extension("partial");
    let written = write_partial(path, &partial, store);
    match written {
        Ok(lines) => {
            fs::rename(&partial, path)?;
            Ok(lines)
        }
        Err(error) => {
            // What is left of a failed export; whether it can be removed changes nothing about the failure.
            let _ = fs::remove_file(&partial);
            Err(error.into())
        }
    }
}

fn write_partial(path: &Path, partial: &Path, store: &Store) -> Result<u64, ExportError> {
    let file = File::create(partial)?;
    if path.extension().is_some_and(|ending| ending == "gz") {
        let mut out = GzEncoder::new(BufWriter::new(file), Compression::default());
        let lines = export(store, &mut out)?;
        out.finish()?
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?
            .sync_all()?;
        Ok(lines)
    } else {
        let mut out = BufWriter::new(file);
        let lines = export(store, &mut out)?;
        out.into_inner()
            .map_err(io::IntoInnerError::into_error)?
            .sync_all()?;
        Ok(lines)
    }
}
