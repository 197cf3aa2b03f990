//! Connections: one type over both databases, pools of readers, and the one lane that writes go through.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::r2d2::{ManageConnection, Pool, PooledConnection};
use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection, sql_query};

use super::error::StoreError;

/// A connection to either database. One row by a unique key is read with `get_result`: `first` binds a LIMIT, and SQLite
/// prepares a statement anew whenever such a value is bound.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// PostgreSQL.
    Pg(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

/// Compiles one Diesel expression for each database, for what the joint connection cannot say (batch insert, upsert, raw SQL).
macro_rules! with {
    ($conn:expr, $c:ident => $body:expr) => {
        match $conn {
            $crate::store::conn::Conn::Pg($c) => $body,
            $crate::store::conn::Conn::Sqlite($c) => $body,
        }
    };
}
pub(crate) use with;

/// Where the database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Postgres(String),
    Sqlite(String),
}

impl Target {
    /// Reads `sqlite://PATH` or `postgres://…`.
    pub(crate) fn parse(url: &str) -> Result<Self, StoreError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        match url.strip_prefix("sqlite://") {
            Some("" | ":memory:") | None => Err(StoreError::Refused(
                "DATABASE_URL is sqlite://PATH (a file) or postgres://USER@HOST/DATABASE"
                    .to_owned(),
            )),
            Some(path) => Ok(Self::Sqlite(path.to_owned())),
        }
    }
}

/// Opens connections to one target; `writer` ones may change the database.
pub(crate) struct Manager {
    target: Target,
    role: Role,
}

/// What a connection is for.
#[derive(Debug, Clone)]
pub(crate) enum Role {
    /// Reads alone.
    Reader,
    /// Writes too. The flag is raised with each new connection, for the first write over it.
    Writer(Arc<AtomicBool>),
}

const SQLITE_PRAGMAS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;";

/// Readers share the file's pages through the memory that the system caches it in.
const SQLITE_READER: &str =
    "PRAGMA cache_size = -8192; PRAGMA mmap_size = 268435456; PRAGMA query_only = ON;";

/// The writer copies what it changes anyway, and a mapping would count as its memory. Checkpoints come every 16 MB of log
/// instead of every 4: one page of an index that many transactions change is then copied into the file once.
const SQLITE_WRITER: &str = "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000;";

/// Lists are walked in index order until the page is full; hash and merge joins would read whole facets first.
const POSTGRES_SETTINGS: &str = "SET TIME ZONE 'UTC'; SET client_encoding = 'UTF8'; SET jit = off; \
     SET enable_hashjoin = off; SET enable_mergejoin = off;";

/// A read that nobody waits for any more ends by itself.
const READER_SETTINGS: &str = "SET statement_timeout = '30s'";

impl Manager {
    fn open(&self) -> Result<Conn, StoreError> {
        let conn = self.establish()?;
        if let Role::Writer(fresh) = &self.role {
            fresh.store(true, Ordering::SeqCst);
        }
        Ok(conn)
    }

    fn establish(&self) -> Result<Conn, StoreError> {
        let writer = matches!(self.role, Role::Writer(_));
        match &self.target {
            Target::Postgres(url) => {
                let mut conn = PgConnection::establish(url).map_err(|e| connection_error(&e))?;
                conn.batch_execute(POSTGRES_SETTINGS)?;
                if !writer {
                    conn.batch_execute(READER_SETTINGS)?;
                }
                Ok(Conn::Pg(conn))
            }
            Target::Sqlite(path) => {
                let mut conn = SqliteConnection::establish(path)
                    .map_err(|e| StoreError::Unavailable(format!("{path}: {e}")))?;
                conn.batch_execute(SQLITE_PRAGMAS)?;
                conn.batch_execute(if writer { SQLITE_WRITER } else { SQLITE_READER })?;
                Ok(Conn::Sqlite(conn))
            }
        }
    }
}

fn connection_error(error: &diesel::ConnectionError) -> StoreError {
    let cause = error.to_string();
    if cause.contains("SSL support is not compiled in") {
        return StoreError::Refused(
            "this build has no TLS for PostgreSQL: build it with `--features postgres-tls`, or set sslmode=disable".to_owned(),
        );
    }
    StoreError::Unavailable(cause)
}

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = StoreError;

    fn connect(&self) -> Result<Conn, StoreError> {
        self.open()
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), StoreError> {
        match conn {
            Conn::Pg(c) => sql_query("SELECT 1")
                .execute(c)
                .map(|_| ())
                .map_err(StoreError::from),
            Conn::Sqlite(_) => Ok(()),
        }
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        use diesel::connection::TransactionManager;
        match conn {
            Conn::Pg(c) => {
                <PgConnection as Connection>::TransactionManager::is_broken_transaction_manager(c)
            }
            Conn::Sqlite(c) => {
                <SqliteConnection as Connection>::TransactionManager::is_broken_transaction_manager(
                    c,
                )
            }
        }
    }
}

/// How long a request waits for a connection before the database counts as away.
const WAIT: Duration = Duration::from_secs(5);

/// Opens the first connection at once, so that a wrong address is told at the start and with its cause.
pub(crate) fn pool(target: &Target, role: Role, size: u32) -> Result<Pool<Manager>, StoreError> {
    let manager = Manager {
        target: target.clone(),
        role,
    };
    manager.open()?;
    Ok(Pool::builder()
        .max_size(size)
        .min_idle(Some(1))
        .connection_timeout(WAIT)
        .test_on_check_out(matches!(target, Target::Postgres(_)))
        .error_handler(Box::new(PoolErrors))
        .build_unchecked(manager))
}

/// Failures to connect are told by the request that waited in vain, not once per attempt.
#[derive(Debug)]
struct PoolErrors;

impl diesel::r2d2::HandleError<StoreError> for PoolErrors {
    fn handle_error(&self, error: StoreError) {
        log::debug!("no connection: {error}");
    }
}

/// How long a question whether the database is there waits for a connection.
const PROBE_WAIT: Duration = Duration::from_millis(800);

/// A connection at once, or the word that there is none.
pub(crate) fn probe(pool: &Pool<Manager>) -> Result<PooledConnection<Manager>, StoreError> {
    pool.get_timeout(PROBE_WAIT)
        .map_err(|e| StoreError::Unavailable(e.to_string()))
}

pub(crate) fn checkout(pool: &Pool<Manager>) -> Result<PooledConnection<Manager>, StoreError> {
    pool.get()
        .map_err(|e| StoreError::Unavailable(e.to_string()))
}
