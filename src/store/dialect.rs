//! The few statements that the two databases say differently.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{RunQueryDsl, SqliteConnection, sql_query};

use super::conn::{Conn, with};
use super::error::{StoreError, says_locked};
use super::session::{SQLITE_MAPPED, SQLITE_UNMAPPED};

/// The advisory lock of the write lane: any constant serves, so long as no other program on the database uses it.
const WRITE_LANE: i64 = 0x6d61_7374_6865_6164;

/// Waits until no other write is under way and keeps it so until the transaction ends. The change log's `seq` follows
/// commit order only because of this. How long it waits is the session's `lock_timeout` on PostgreSQL, and `wait` on SQLite.
pub(super) fn enter_write_lane(conn: &mut Conn, wait: Duration) -> Result<(), StoreError> {
    match conn {
        // Whatever keeps this statement from its end passes by itself, in whatever language the server tells of it.
        Conn::Pg(c) => {
            sql_query(format!("SELECT pg_advisory_xact_lock({WRITE_LANE})"))
                .execute(c)
                .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        }
        // A statement that may write takes SQLite's write lock before the transaction has read anything; taken
        // later, it would fail at once where another process wrote in between, without waiting for its turn.
        Conn::Sqlite(c) => take_write_lock(c, wait)?,
    }
    Ok(())
}

/// Tries for SQLite's write lock every millisecond, as the session's `busy_timeout` has it. Left to a long one, SQLite sleeps
/// up to 100 ms between two tries, and hardly ever meets the moment when a process that writes without a pause holds no lock.
fn take_write_lock(conn: &mut SqliteConnection, wait: Duration) -> Result<(), StoreError> {
    let began = Instant::now();
    loop {
        let tried = sql_query("DELETE FROM changes WHERE seq < 0").execute(conn);
        match tried {
            Ok(_) => return Ok(()),
            Err(error) if began.elapsed() < wait && is_locked(&error) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// True if SQLite's write lock is taken.
pub(super) fn is_locked(error: &diesel::result::Error) -> bool {
    let diesel::result::Error::DatabaseError(_, info) = error else {
        return false;
    };
    says_locked(info.message())
}

/// True if the transaction may write.
pub(super) fn is_writable(conn: &mut Conn) -> Result<bool, StoreError> {
    match conn {
        Conn::Pg(c) => {
            let statement = "SELECT CAST(CASE current_setting('transaction_read_only') WHEN 'off' THEN 1 ELSE 0 END AS BIGINT) AS n";
            let found: Number = sql_query(statement).get_result(c)?;
            Ok(found.n == 1)
        }
        // It is in the write lane, which is SQLite's write lock.
        Conn::Sqlite(_) => Ok(true),
    }
}

/// Reads what nobody reads again soon: without mapping the file, whose pages would count as this process's memory from then on.
pub(super) fn unmapped<T>(
    conn: &mut Conn,
    read: impl FnOnce(&mut Conn) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    if let Conn::Sqlite(c) = conn {
        c.batch_execute(SQLITE_UNMAPPED)?;
    }
    let found = read(conn);
    if let Conn::Sqlite(c) = conn {
        c.batch_execute(SQLITE_MAPPED)?;
    }
    found
}

/// Gathers the planner's statistics; on SQLite from a sample of each index.
pub(super) fn analyse(conn: &mut Conn) -> Result<(), StoreError> {
    match conn {
        Conn::Pg(c) => c.batch_execute("ANALYZE")?,
        Conn::Sqlite(c) => c.batch_execute("PRAGMA analysis_limit = 1000; ANALYZE;")?,
    }
    Ok(())
}

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    n: i64,
}

/// The database's own time as an expression: milliseconds since the Unix epoch.
pub(super) const fn now_sql(conn: &Conn) -> &'static str {
    match conn {
        Conn::Pg(_) => "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
        Conn::Sqlite(_) => "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
    }
}

/// The database's own time, in milliseconds since the Unix epoch: one clock for all nodes.
pub(super) fn database_now(conn: &mut Conn) -> Result<i64, StoreError> {
    let query = sql_query(format!("SELECT {} AS n", now_sql(conn)));
    let found: Number = with!(conn, c => query.get_result(c))?;
    Ok(found.n)
}
