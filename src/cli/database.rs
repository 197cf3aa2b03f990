//! Opens the database that the settings name.

use std::path::Path;

use crate::config::Config;
use crate::store::Store;

use super::clock;
use super::failure::Failure;
#[cfg(unix)]
use super::suspend;

/// Opens the database of the settings and brings it up to date.
pub(super) fn open_store(config: &Config) -> Result<Store, Failure> {
    let store = Store::open(config.database_url.expose())?;
    clock::warn(&store)?;
    #[cfg(unix)]
    suspend::between_writes(&store);
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
