//! Connections: one type over both databases, pools of readers, and the one lane that writes go through.

use std::ops::{Deref, DerefMut};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::deserialize::QueryableByName;
use diesel::r2d2::{ManageConnection, Pool, PooledConnection};
use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection, sql_query};

use super::error::StoreError;
use super::lease::Lease;
use super::sqlite_progress;

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
    writer: bool,
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

/// The net below the leases of reads: one statement never takes longer.
const READER_SETTINGS: &str = "SET statement_timeout = '30s'";

/// A connection of a pool.
pub(crate) struct Session {
    conn: Conn,
    /// The server's process behind it, on PostgreSQL.
    pub(crate) backend: Option<i32>,
}

impl Deref for Session {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Session {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

#[derive(QueryableByName)]
struct Backend {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    pid: i32,
}

impl Manager {
    fn open(&self) -> Result<Session, StoreError> {
        match &self.target {
            Target::Postgres(url) => {
                let mut conn = PgConnection::establish(url).map_err(|e| connection_error(&e))?;
                conn.batch_execute(POSTGRES_SETTINGS)?;
                if !self.writer {
                    conn.batch_execute(READER_SETTINGS)?;
                }
                let backend: Backend =
                    sql_query("SELECT pg_backend_pid() AS pid").get_result(&mut conn)?;
                Ok(Session {
                    conn: Conn::Pg(conn),
                    backend: Some(backend.pid),
                })
            }
            Target::Sqlite(path) => {
                sqlite_progress::install();
                let mut conn = SqliteConnection::establish(path)
                    .map_err(|e| StoreError::Unavailable(format!("{path}: {e}")))?;
                conn.batch_execute(SQLITE_PRAGMAS)?;
                conn.batch_execute(if self.writer {
                    SQLITE_WRITER
                } else {
                    SQLITE_READER
                })?;
                Ok(Session {
                    conn: Conn::Sqlite(conn),
                    backend: None,
                })
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
    type Connection = Session;
    type Error = StoreError;

    fn connect(&self) -> Result<Session, StoreError> {
        self.open()
    }

    fn is_valid(&self, session: &mut Session) -> Result<(), StoreError> {
        match &mut session.conn {
            Conn::Pg(c) => sql_query("SELECT 1")
                .execute(c)
                .map(|_| ())
                .map_err(StoreError::from),
            Conn::Sqlite(_) => Ok(()),
        }
    }

    fn has_broken(&self, session: &mut Session) -> bool {
        use diesel::connection::TransactionManager;
        match &mut session.conn {
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
pub(crate) fn pool(target: &Target, writer: bool, size: u32) -> Result<Pool<Manager>, StoreError> {
    let manager = Manager {
        target: target.clone(),
        writer,
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

/// How often a read that waits for a connection asks whether anybody still waits for it.
const ASK_EVERY: Duration = Duration::from_millis(100);

/// A connection for a read, unless nobody waits for it any more.
pub(crate) fn checkout_for(
    pool: &Pool<Manager>,
    lease: &Lease,
) -> Result<PooledConnection<Manager>, StoreError> {
    let last = Instant::now() + WAIT;
    loop {
        if lease.is_over() {
            return Err(StoreError::Unavailable("nobody waits any more".to_owned()));
        }
        match pool.get_timeout(ASK_EVERY) {
            Ok(session) => return Ok(session),
            Err(error) if Instant::now() >= last => {
                return Err(StoreError::Unavailable(error.to_string()));
            }
            Err(_) => {}
        }
    }
}
