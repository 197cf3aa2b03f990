//! Connections to SQLite: the settings of each purpose.

use diesel::SqliteConnection;
use diesel::connection::{Connection, SimpleConnection};

use super::super::error::StoreError;
use super::super::sqlite_progress;
use super::purpose::Purpose;

const SQLITE_PRAGMAS: &str = "PRAGMA busy_timeout = 6000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;";

/// Readers share the file's pages through the memory that the system caches it in.
const SQLITE_READER: &str =
    "PRAGMA cache_size = -8192; PRAGMA mmap_size = 268435456; PRAGMA query_only = ON;";

/// Bytes of the file that a reader maps, and none.
pub(in crate::store) const SQLITE_MAPPED: &str = "PRAGMA mmap_size = 268435456;";
pub(in crate::store) const SQLITE_UNMAPPED: &str = "PRAGMA mmap_size = 0;";

/// The writer copies what it changes anyway, and a mapping would count as its memory. Checkpoints come every 16 MB of log
/// instead of every 4: one page of an index that many transactions change is then copied into the file once.
const SQLITE_WRITER: &str = "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000;";

/// Reads a few rows. It renews a lease too, and tries that again rather than wait for a long write.
const SQLITE_WATCH: &str = "PRAGMA cache_size = -256; PRAGMA busy_timeout = 20;";

/// The write lane tries for the lock itself.
const SQLITE_LANE: &str = "PRAGMA busy_timeout = 2;";

pub(super) fn open_sqlite(path: &str, purpose: Purpose) -> Result<SqliteConnection, StoreError> {
    sqlite_progress::install();
    let mut conn = SqliteConnection::establish(path)
        .map_err(|error| StoreError::Unavailable(format!("{path}: {error}")))?;
    conn.batch_execute(SQLITE_PRAGMAS)?;
    conn.batch_execute(match purpose {
        Purpose::Read => SQLITE_READER,
        Purpose::Write | Purpose::Upkeep => SQLITE_WRITER,
        Purpose::Watch => SQLITE_WATCH,
    })?;
    if purpose == Purpose::Write {
        conn.batch_execute(SQLITE_LANE)?;
    }
    Ok(conn)
}
