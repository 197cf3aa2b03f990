//! One connection of a pool: what it is for, the limits that it works under, and the faults after which it is thrown away.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::connection::{
    Connection, Instrumentation, InstrumentationEvent, SimpleConnection,
    get_default_instrumentation,
};
use diesel::deserialize::QueryableByName;
use diesel::result::{DatabaseErrorKind, Error};
use diesel::sql_types::{Integer, Text};
use diesel::{PgConnection, RunQueryDsl, SqliteConnection, sql_query};

use super::conn::{Conn, Target};
use super::error::{self, StoreError};
use super::sqlite_progress;

/// Default time that a session waits for its turn to write.
pub(super) const LANE_WAIT: Duration = Duration::from_secs(6);

/// The purpose of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Reads, each with an end.
    Read,
    /// Writes in the write lane: one that stalls gives the lane back before others give up.
    Write,
    /// Migrations and statistics, which take as long as they take.
    Upkeep,
    /// News of commits: short statements, by a connection that stays.
    Watch,
}

const SQLITE_PRAGMAS: &str = "PRAGMA busy_timeout = 6000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;";

/// Readers share the file's pages through the memory that the system caches it in.
const SQLITE_READER: &str =
    "PRAGMA cache_size = -8192; PRAGMA mmap_size = 268435456; PRAGMA query_only = ON;";

/// Bytes of the file that a reader maps, and none.
pub(super) const SQLITE_MAPPED: &str = "PRAGMA mmap_size = 268435456;";
pub(super) const SQLITE_UNMAPPED: &str = "PRAGMA mmap_size = 0;";

/// The writer copies what it changes anyway, and a mapping would count as its memory. Checkpoints come every 16 MB of log
/// instead of every 4: one page of an index that many transactions change is then copied into the file once.
const SQLITE_WRITER: &str = "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000;";

/// Reads a few rows. It renews a lease too, and tries that again rather than wait for a long write.
const SQLITE_WATCH: &str = "PRAGMA cache_size = -256; PRAGMA busy_timeout = 20;";

/// The write lane tries for the lock itself.
const SQLITE_LANE: &str = "PRAGMA busy_timeout = 2;";

/// Lists are walked in index order until the page is full; hash and merge joins would read whole facets first.
const POSTGRES_SETTINGS: &str = "SET TIME ZONE 'UTC'; SET client_encoding = 'UTF8'; SET jit = off; \
     SET enable_hashjoin = off; SET enable_mergejoin = off;";

/// The server's settings by which it notices that a client is gone, or too slow, and ends what it had begun. The language of
/// messages is for superusers alone on most servers.
const POSTGRES_LIMITS: &[(&str, &str)] = &[
    ("lc_messages", "C"),
    ("tcp_keepalives_idle", "5"),
    ("tcp_keepalives_interval", "2"),
    ("tcp_keepalives_count", "3"),
    ("client_connection_check_interval", "2s"),
];

/// A read sees one snapshot throughout, as those of SQLite do by themselves, and writes nothing.
const POSTGRES_READER: &str = "SET default_transaction_isolation = 'repeatable read'; SET default_transaction_read_only = on;";

/// The net below the deadlines of reads: one statement never takes longer.
const READ_LIMITS: &[(&str, &str)] = &[("statement_timeout", "30s")];

/// `lock_timeout` is [`LANE_WAIT`]; a holder of the lane that says nothing is ended before those who wait give up.
const WRITE_LIMITS: &[(&str, &str)] = &[
    ("lock_timeout", "6s"),
    ("statement_timeout", "30s"),
    ("idle_in_transaction_session_timeout", "4s"),
    ("tcp_user_timeout", "10s"),
];

/// Whoever watches is of no use while it waits.
const WATCH_LIMITS: &[(&str, &str)] = &[
    ("lock_timeout", "5s"),
    ("statement_timeout", "10s"),
    ("tcp_user_timeout", "10s"),
];

/// The client's side of the same, where the address does not say otherwise.
const POSTGRES_PARAMETERS: &[(&str, &str)] = &[
    ("connect_timeout", "3"),
    ("keepalives_idle", "5"),
    ("keepalives_interval", "2"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "10000"),
    ("fallback_application_name", "masthead"),
];

/// A connection and what is known of its fitness.
pub(crate) struct Session {
    conn: Conn,
    /// The server's process behind it, on PostgreSQL.
    pub(crate) backend: Option<i32>,
    unfit: Arc<AtomicBool>,
    generation: u64,
}

#[derive(QueryableByName)]
struct Backend {
    #[diesel(sql_type = Integer)]
    pid: i32,
}

impl Session {
    /// Opens a connection to `target`.
    pub(crate) fn open(
        target: &Target,
        purpose: Purpose,
        condition: &Arc<Condition>,
    ) -> Result<Self, StoreError> {
        let unfit = Arc::new(AtomicBool::new(false));
        let generation = condition.generation();
        let noted = (Arc::clone(&unfit), Arc::clone(condition));
        let mut others = get_default_instrumentation();
        let watch = move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::FinishQuery {
                error: Some(error), ..
            } = &event
            {
                note_fault(error, &noted.0, &noted.1);
            }
            if let Some(others) = &mut others {
                others.on_connection_event(event);
            }
        };
        let (conn, backend) = match target {
            Target::Postgres(url) => {
                let connected = connect(url, purpose);
                let mut conn = connected.inspect_err(|_| condition.count(ErrorKind::Connection))?;
                set_up_postgres(&mut conn, purpose)?;
                let backend: Backend =
                    sql_query("SELECT pg_backend_pid() AS pid").get_result(&mut conn)?;
                conn.set_instrumentation(watch);
                (Conn::Pg(conn), Some(backend.pid))
            }
            Target::Sqlite(path) => {
                let mut conn = open_sqlite(path, purpose)?;
                conn.set_instrumentation(watch);
                (Conn::Sqlite(conn), None)
            }
        };
        if purpose == Purpose::Write {
            condition.note_new_writer();
        }
        Ok(Self {
            conn,
            backend,
            unfit,
            generation,
        })
    }

    /// True if the session may be used again.
    pub(crate) fn is_fit(&self, condition: &Condition) -> bool {
        !self.unfit.load(Ordering::Relaxed) && self.generation == condition.generation()
    }
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

/// Facts about the shared database that sessions have found out.
///
/// Counts how often the server behind an address was found to take no writes. Sessions of an earlier generation may be
/// connected to a server that has been replaced, so all are opened anew.
#[derive(Debug, Default)]
pub(crate) struct Condition {
    generation: AtomicU64,
    begun: Mutex<Option<Instant>>,
    full: AtomicBool,
    new_writer: AtomicBool,
    errors: [AtomicU64; 3],
}

/// The kinds of errors that are counted.
#[derive(Debug, Clone, Copy)]
pub(super) enum ErrorKind {
    Connection,
    ReadOnly,
    Other,
}

impl Condition {
    /// Number of errors, by their kind.
    pub(super) fn errors(&self) -> [(&'static str, u64); 3] {
        let count = |kind: ErrorKind| self.errors[kind as usize].load(Ordering::Relaxed);
        [
            ("connection", count(ErrorKind::Connection)),
            ("read_only", count(ErrorKind::ReadOnly)),
            ("other", count(ErrorKind::Other)),
        ]
    }

    fn count(&self, kind: ErrorKind) {
        self.errors[kind as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// While a server stays read-only, other sessions are replaced at most this often.
    const LASTS: Duration = Duration::from_secs(5);

    /// True if a writer's session is new since the last call: the database behind it may be another one than before.
    pub(super) fn take_new_writer(&self) -> bool {
        self.new_writer.swap(false, Ordering::SeqCst)
    }

    /// Notes that a writer's session is new.
    pub(super) fn note_new_writer(&self) {
        self.new_writer.store(true, Ordering::SeqCst);
    }

    /// True if the last write found no room.
    pub(super) fn is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }

    /// Notes that a write was stored.
    pub(super) fn has_stored(&self) {
        self.full.store(false, Ordering::Relaxed);
    }

    fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    fn end_generation(&self) {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        if begun.is_none_or(|begun| begun.elapsed() >= Self::LASTS) {
            *begun = Some(Instant::now());
            self.generation.fetch_add(1, Ordering::AcqRel);
        }
    }
}

/// A session that ended, or whose server takes no writes, is not used again.
fn note_fault(error: &Error, unfit: &AtomicBool, condition: &Condition) {
    let Error::DatabaseError(kind, info) = error else {
        return;
    };
    if error::says_full(info.message()) {
        condition.full.store(true, Ordering::Relaxed);
    }
    match kind {
        DatabaseErrorKind::ReadOnlyTransaction => {
            unfit.store(true, Ordering::Relaxed);
            condition.end_generation();
            condition.count(ErrorKind::ReadOnly);
        }
        DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => {
            unfit.store(true, Ordering::Relaxed);
            condition.count(ErrorKind::Connection);
        }
        // A rule of the tables, which the caller is told of, and a lock that is tried for again.
        DatabaseErrorKind::UniqueViolation
        | DatabaseErrorKind::ForeignKeyViolation
        | DatabaseErrorKind::NotNullViolation
        | DatabaseErrorKind::CheckViolation => {}
        _ if error::says_locked(info.message()) => {}
        _ => condition.count(ErrorKind::Other),
    }
}

/// Connects to the server that takes writes, where the address names several. Reads and their news make do with any other.
pub(super) fn connect(url: &str, purpose: Purpose) -> Result<PgConnection, StoreError> {
    let url = with_parameters(url, POSTGRES_PARAMETERS);
    let first = if names_several_hosts(&url) {
        with_parameters(&url, &[("target_session_attrs", "read-write")])
    } else {
        url.clone()
    };
    PgConnection::establish(&first)
        .or_else(|error| match purpose {
            Purpose::Read | Purpose::Watch if first != url => PgConnection::establish(&url),
            _ => Err(error),
        })
        .map_err(|error| connection_error(&error))
}

fn names_several_hosts(url: &str) -> bool {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let after_scheme = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = after_scheme.split('/').next().unwrap_or_default();
    let hosts = authority.rsplit('@').next().unwrap_or_default();
    let named = query.split('&').find(|part| part.starts_with("host="));
    hosts.contains(',') || named.is_some_and(|host| host.contains(',') || host.contains("%2C"))
}

/// The address with parameters that it does not set itself.
fn with_parameters(url: &str, parameters: &[(&str, &str)]) -> String {
    let query = url.split_once('?').map(|(_, query)| query);
    let is_set = |name: &str| {
        let mut names = query
            .into_iter()
            .flat_map(|q| q.split('&'))
            .map(|part| part.split('=').next());
        names.any(|set| set == Some(name))
    };
    let added = parameters.iter().filter(|(name, _)| !is_set(name));
    let added: Vec<String> = added
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    match query {
        _ if added.is_empty() => url.to_owned(),
        None => format!("{url}?{}", added.join("&")),
        Some("") => format!("{url}{}", added.join("&")),
        Some(_) => format!("{url}&{}", added.join("&")),
    }
}

fn set_up_postgres(conn: &mut PgConnection, purpose: Purpose) -> Result<(), StoreError> {
    conn.batch_execute(POSTGRES_SETTINGS)?;
    if purpose == Purpose::Read {
        conn.batch_execute(POSTGRES_READER)?;
    }
    let own = match purpose {
        Purpose::Read => READ_LIMITS,
        Purpose::Write => WRITE_LIMITS,
        Purpose::Watch => WATCH_LIMITS,
        Purpose::Upkeep => &[],
    };
    // Settings that this server's version does not know, or this user may not change, are left alone.
    let values: Vec<String> = [POSTGRES_LIMITS, own]
        .concat()
        .iter()
        .map(|(name, value)| format!("('{name}', '{value}')"))
        .collect();
    let statement = format!(
        "SELECT set_config(s.name, v.value, false) FROM (VALUES {}) AS v(name, value) \
         JOIN pg_settings s ON s.name = v.name \
         WHERE s.context = 'user' OR (s.context = 'superuser' AND current_setting('is_superuser') = 'on')",
        values.join(", ")
    );
    sql_query(statement).execute(conn)?;
    Ok(())
}

fn open_sqlite(path: &str, purpose: Purpose) -> Result<SqliteConnection, StoreError> {
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

/// Sets how long a transaction on PostgreSQL waits for its turn to write.
pub(super) fn set_lane_wait(conn: &mut Conn, wait: Duration) -> Result<(), StoreError> {
    if let Conn::Pg(c) = conn {
        sql_query("SELECT set_config('lock_timeout', $1, true)")
            .bind::<Text, _>(wait.as_millis().to_string())
            .execute(c)?;
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_added_where_the_address_sets_none_of_its_own() {
        let own = &[("connect_timeout", "3"), ("keepalives_idle", "5")];
        let with = |url: &str| with_parameters(url, own);
        assert_eq!(
            with("postgres://h/d"),
            "postgres://h/d?connect_timeout=3&keepalives_idle=5"
        );
        assert_eq!(
            with("postgres://h/d?connect_timeout=9"),
            "postgres://h/d?connect_timeout=9&keepalives_idle=5"
        );
        assert_eq!(
            with("postgres://h/d?keepalives_idle=1&connect_timeout=9"),
            "postgres://h/d?keepalives_idle=1&connect_timeout=9"
        );
    }

    #[test]
    fn several_hosts_are_found_wherever_an_address_names_them() {
        for url in [
            "postgres://u:p@a:1,b:2/d",
            "postgres://a,b/d?sslmode=disable",
            "postgres://u@/d?host=/tmp/a,/tmp/b",
        ] {
            assert!(names_several_hosts(url), "{url}");
        }
        for url in [
            "postgres://u:p,q@a:1/d",
            "postgres://a/d,e",
            "postgres://u@/d?host=/tmp/a&options=a,b",
        ] {
            assert!(!names_several_hosts(url), "{url}");
        }
    }

    #[test]
    fn a_generation_ends_once_however_many_sessions_find_the_fault() {
        let condition = Condition::default();
        let before = condition.generation();
        condition.end_generation();
        condition.end_generation();
        assert_eq!(condition.generation(), before + 1);
    }
}
