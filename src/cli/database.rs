//! Opens the database that the settings name.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::config::Config;
use crate::store::{Store, StoreError};

use super::clock;
use super::failure::Failure;
use super::output::tell_line;
#[cfg(unix)]
use super::suspend;

/// The pause between two attempts to reach a database.
const PAUSE: Duration = Duration::from_secs(1);

/// Opens the database of the settings and brings it up to date.
pub(super) fn open_store(config: &Config) -> Result<Store, Failure> {
    open_store_within(config, Duration::ZERO)
}

/// The same, waiting as long as `patience` for a database that cannot be reached.
pub(super) fn open_store_within(config: &Config, patience: Duration) -> Result<Store, Failure> {
    let store = reach(config, Instant::now() + patience)?;
    clock::warn(&store)?;
    #[cfg(unix)]
    suspend::between_writes(&store);
    Ok(store)
}

fn reach(config: &Config, until: Instant) -> Result<Store, StoreError> {
    let (url, pools) = (config.database_url.expose(), config.databases.pools());
    loop {
        match Store::open_with(url, &pools) {
            Err(StoreError::Unavailable(cause)) if Instant::now() < until => {
                log::warn!("the database is not available yet: {cause}");
                std::thread::sleep(PAUSE.min(until.saturating_duration_since(Instant::now())));
            }
            outcome => return outcome.map_err(|error| with_place(url, error)),
        }
    }
}

/// The error with the file or the folder that it is about: the database itself names neither.
fn with_place(url: &str, error: StoreError) -> StoreError {
    let (Some(path), StoreError::Unavailable(cause)) = (url.strip_prefix("sqlite://"), &error)
    else {
        return error;
    };
    let folder = Path::new(path).parent();
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
    StoreError::Unavailable(match folder {
        Some(folder) if !folder.is_dir() => {
            format!("{path}: there is no folder {}", folder.display())
        }
        _ if cause.contains("readonly") => {
            format!("{path}: the file or its folder cannot be written: {cause}")
        }
        _ => return error,
    })
}

/// The same as [`open_store`] for a command that may be the first one: a database that it makes is told of.
pub(super) fn open_or_make(config: &Config) -> Result<Store, Failure> {
    let made = missing_file(config.database_url.expose()).map(str::to_owned);
    let store = open_store(config)?;
    if let Some(path) = made {
        tell_line!("made a new database at {path}");
    }
    Ok(store)
}

/// The same for commands that make nothing: an address with a slip in it must not become a new, empty database.
pub(super) fn open_existing(config: &Config) -> Result<Store, Failure> {
    let url = config.database_url.expose();
    if let Some(path) = missing_file(url) {
        return Err(Failure::new(format!("there is no database at {path}")));
    }
    open_store(config)
}

/// The file of an SQLite address, where there is none yet.
pub(super) fn missing_file(url: &str) -> Option<&str> {
    url.strip_prefix("sqlite://")
        .filter(|path| !Path::new(path).exists())
}
