//! The few statements that the two databases say differently.

use diesel::connection::SimpleConnection;
use diesel::{RunQueryDsl, sql_query};

use super::conn::Conn;
use super::error::StoreError;

/// The advisory lock of the write lane: any constant serves, so long as no other program on the database uses it.
const WRITE_LANE: i64 = 0x6d61_7374_6865_6164;

/// Waits until no other write is under way and keeps it so until the transaction ends. The change log's `seq` follows
/// commit order only because of this.
pub(super) fn enter_write_lane(conn: &mut Conn) -> Result<(), StoreError> {
    match conn {
        Conn::Pg(c) => {
            sql_query(format!("SELECT pg_advisory_xact_lock({WRITE_LANE})")).execute(c)?;
        }
        // A statement that may write takes SQLite's write lock before the transaction has read anything; taken
        // later, it would fail at once where another process wrote in between, without waiting for its turn.
        Conn::Sqlite(c) => {
            sql_query("DELETE FROM changes WHERE seq < 0").execute(c)?;
        }
    }
    Ok(())
}

/// Makes a transaction that has just begun read one snapshot throughout, as SQLite's do by themselves.
pub(super) fn keep_snapshot(conn: &mut Conn) -> Result<(), StoreError> {
    if let Conn::Pg(c) = conn {
        c.batch_execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
    }
    Ok(())
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
struct Clock {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    now: i64,
}

/// The database's own time, in milliseconds since the Unix epoch: one clock for all nodes.
pub(super) fn database_now(conn: &mut Conn) -> Result<i64, StoreError> {
    let clock: Clock = match conn {
        Conn::Pg(c) => {
            sql_query("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) AS now")
                .get_result(c)?
        }
        Conn::Sqlite(c) => {
            sql_query("SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) AS now").get_result(c)?
        }
    };
    Ok(clock.now)
}
