//! Opens the database that the settings name.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::config::Config;
use crate::store::{Store, StoreError};

use super::clock;
use super::failure::Failure;
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
            Err(StoreError::Unavailable(cause)) if Instant::now() + PAUSE < until => {
                log::warn!("the database is not available yet: {cause}");
                std::thread::sleep(PAUSE);
            }
            outcome => return outcome,
        }
    }
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
