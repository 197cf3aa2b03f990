//! The database: the only place that knows Diesel. Reads take a [`Scope`](crate::domain::access::Scope); rows stay private.

pub mod actors;
pub mod altered;
pub mod articles;
pub mod audit;
pub mod authors;
pub mod changes;
mod conn;
pub mod deliveries;
mod dialect;
pub mod editions;
pub mod error;
pub mod facets;
pub mod feed_tokens;
pub mod idempotency;
pub mod key_views;
pub mod keys;
pub mod listing;
pub mod media;
pub mod migrations;
pub mod moved;
pub mod needs;
mod paging;
pub mod partners;
pub mod reach;
pub mod redirects;
pub mod resolve;
pub mod revisions;
pub mod savepoint;
mod schema;
pub mod secrets;
mod section_tree;
pub mod sections;
mod sight;
pub mod signing;
pub mod sources;
pub mod sync;
pub mod tags;
mod tokens;
mod url_keys;
pub mod usage;
pub mod webhook_deliveries;
pub mod webhook_events;
pub mod webhooks;
pub mod works;

use std::sync::Arc;

use diesel::r2d2::Pool;
use diesel::{Connection, RunQueryDsl};

pub use conn::Conn;
pub use error::StoreError;

use crate::domain::id::Id;

use conn::{Manager, Target, checkout, pool, probe};

/// How many reads run at once; more wait.
const READERS: u32 = 8;
/// How many writes a PostgreSQL node prepares at once; they commit one after another.
const WRITERS: u32 = 4;
/// How many keys of addresses one transaction works out.
const KEYS_AT_ONCE: i64 = 500;

/// A database that is open and up to date. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    target: Target,
    readers: Pool<Manager>,
    writers: Pool<Manager>,
}

impl Store {
    /// Opens the database at `url` and runs the migrations that it lacks.
    ///
    /// # Errors
    /// `Refused` for an address of another kind, `Unavailable` where nobody answers, `Newer` where the schema is ahead of this release.
    pub fn open(url: &str) -> Result<Self, StoreError> {
        let target = Target::parse(url)?;
        let writer_count = if matches!(target, Target::Sqlite(_)) {
            1
        } else {
            WRITERS
        };
        let writers = pool(&target, true, writer_count)?;
        migrations::run_pending(&mut *checkout(&writers)?)?;
        let readers = pool(&target, false, READERS)?;
        let store = Self {
            inner: Arc::new(Inner {
                target,
                readers,
                writers,
            }),
        };
        store.fill_url_keys()?;
        Ok(store)
    }

    /// Works out the keys of imported addresses that a migration has emptied, in short transactions.
    fn fill_url_keys(&self) -> Result<(), StoreError> {
        while self.read(url_keys::any_is_empty)? {
            self.write(|conn| url_keys::fill_keys(conn, KEYS_AT_ONCE))?;
        }
        Ok(())
    }

    /// Runs `read` on one snapshot of the database: all that it loads is of the same moment.
    pub fn read<T>(
        &self,
        read: impl FnOnce(&mut Conn) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut pooled = checkout(&self.inner.readers)?;
        let conn: &mut Conn = &mut pooled;
        conn.transaction(|conn| {
            dialect::keep_snapshot(conn)?;
            read(conn)
        })
    }

    /// Runs `write` in one transaction, alone: no other write is between its first read and its commit, on any node.
    pub fn write<T, E: From<StoreError>>(
        &self,
        write: impl FnOnce(&mut Conn) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut pooled = checkout(&self.inner.writers)?;
        let conn: &mut Conn = &mut pooled;
        let outcome = conn.transaction(|conn| {
            dialect::enter_write_lane(conn).map_err(Carried::Store)?;
            write(conn).map_err(Carried::Caller)
        });
        outcome.map_err(|carried| match carried {
            Carried::Store(error) => error.into(),
            Carried::Caller(error) => error,
        })
    }

    /// Whether the database answers.
    pub fn ping(&self) -> Result<(), StoreError> {
        let mut pooled = probe(&self.inner.readers)?;
        changes::latest_seq(&mut pooled).map(|_| ())
    }

    /// Tells the query planner what the tables hold now; for after a great many writes.
    pub fn refresh_statistics(&self) -> Result<(), StoreError> {
        let mut pooled = checkout(&self.inner.writers)?;
        dialect::analyse(&mut pooled)
    }

    /// Whether a database at `url` can be copied by [`backup`](Self::backup).
    ///
    /// # Errors
    /// `Refused` where its own tools do this.
    pub fn can_back_up(url: &str) -> Result<(), StoreError> {
        refuse_to_copy(&Target::parse(url)?)
    }

    /// Copies an SQLite database, consistent while others read and write it, into a file that does not exist yet.
    ///
    /// # Errors
    /// `Refused` on PostgreSQL, whose own tools do this, and where the file exists; nothing half-written stays behind.
    pub fn backup(&self, path: &std::path::Path) -> Result<(), StoreError> {
        refuse_to_copy(&self.inner.target)?;
        if path.exists() {
            return Err(StoreError::Refused(format!(
                "{} exists already",
                path.display()
            )));
        }
        let partial = path.with_added_extension("partial");
        let copied = self
            .copy_into(&partial)
            .and_then(|()| publish_file(&partial, path));
        if copied.is_err() {
            // What is left of a failed copy; whether it can be removed changes nothing about the failure.
            let _ = std::fs::remove_file(&partial);
        }
        copied
    }

    fn copy_into(&self, partial: &std::path::Path) -> Result<(), StoreError> {
        let mut pooled = checkout(&self.inner.writers)?;
        if let Conn::Sqlite(conn) = &mut *pooled {
            diesel::sql_query("VACUUM INTO ?")
                .bind::<diesel::sql_types::Text, _>(partial.to_string_lossy())
                .execute(conn)?;
        }
        Ok(())
    }
}

fn refuse_to_copy(target: &Target) -> Result<(), StoreError> {
    if matches!(target, Target::Postgres(_)) {
        let words = "a PostgreSQL database is copied with pg_dump, and put back with pg_restore";
        return Err(StoreError::Refused(words.to_owned()));
    }
    Ok(())
}

/// Puts a finished file under its name, on the disk before the name is.
fn publish_file(partial: &std::path::Path, path: &std::path::Path) -> Result<(), StoreError> {
    let failed = |e: std::io::Error| StoreError::Other(format!("{}: {e}", path.display()));
    std::fs::File::open(partial)
        .and_then(|file| file.sync_all())
        .map_err(failed)?;
    std::fs::rename(partial, path).map_err(failed)
}

/// Lets a caller's own error pass through Diesel's transaction.
enum Carried<E> {
    Store(StoreError),
    Caller(E),
}

impl<E> From<diesel::result::Error> for Carried<E> {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

/// The most values of one `IN` list: well under what either database binds.
const IN_LIST: usize = 500;
/// How many rows one `INSERT` carries.
const INSERT_ROWS: usize = 100;

fn to_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text)
        .map_err(|e| StoreError::Other(format!("a stored JSON column does not read: {e}")))
}

fn stored_id(text: &str) -> Result<Id, StoreError> {
    Id::parse(text).map_err(|_| StoreError::Other(format!("a stored id does not read: {text}")))
}
