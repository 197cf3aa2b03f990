//! A database for a dry run: a copy of the real one, so that nobody waits for what is tried on it.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use super::database::{missing_file, open_store};
use super::failure::Failure;
use crate::config::Config;
use crate::domain::bases::Bases;
use crate::export::export;
use crate::import::Format;
use crate::import::inputs;
use crate::import::progress::Progress;
use crate::import::reader::{self, Options};
use crate::import::report::Report;
use crate::import::run::{self, Target};
use crate::service::Actor;
use crate::store::{Store, StoreError};

/// A database in `folder` with the content of the configured one; an empty one where there is none, which a dry run does not
/// make.
pub(super) fn store(config: &Config, folder: &Path) -> Result<Store, Failure> {
    let path = folder.join("trial.db");
    let url = format!("sqlite://{}", path.display());
    let address = config.database_url.expose();
    if missing_file(address).is_some() {
        return Ok(Store::open(&url)?);
    }
    let real = open_store(config)?;
    match Store::can_back_up(address) {
        Ok(()) => {
            real.backup(&path)?;
            Ok(Store::open(&url)?)
        }
        Err(StoreError::Refused(_)) => {
            let copy = Store::open(&url)?;
            take_over(&real, &copy, &folder.join("content.ndjson"))?;
            Ok(copy)
        }
        Err(error) => Err(error.into()),
    }
}

/// Fills an empty database with the content of another by way of an export.
fn take_over(from: &Store, into: &Store, file: &Path) -> Result<(), Failure> {
    let mut out = BufWriter::new(File::create(file)?);
    export(from, &mut out)?;
    out.into_inner()
        .map_err(std::io::IntoInnerError::into_error)?;
    let options = Options {
        format: Format::Ndjson,
        lang: None,
        bases: Bases::default(),
    };
    let inputs = inputs::collect(&[file.to_owned()], Format::Ndjson, None)?;
    let target = Target {
        store: into,
        clock: &from.clock(),
        actor: Actor::Import,
    };
    let (mut report, mut progress) = (Report::open(None)?, Progress::hidden());
    run::run(
        &target,
        reader::read(inputs.list, options)?,
        &mut report,
        &mut progress,
    )?;
    let taken = report.finish()?;
    if taken.exit_code() != 0 {
        let detail = "the content of the database cannot be copied for a dry run: see the log";
        return Err(Failure::new(detail));
    }
    Ok(())
}
