//! Migrations: embedded for both databases and run at the start.

use diesel::backend::Backend;
use diesel::migration::{MigrationSource, MigrationVersion};
use diesel::pg::Pg;
use diesel::sqlite::Sqlite;
use diesel::{PgConnection, RunQueryDsl, sql_query};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::conn::{Conn, with};
use super::error::StoreError;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Held while a node migrates, so that nodes which start together do it once.
const MIGRATION_LOCK: i64 = 0x6d61_7374_6d69_6772;

/// Brings the schema up to date. A schema with migrations that this release does not know is refused untouched, and one that
/// lacks nothing is only read: a node starts, too, where nothing can be written now.
pub(super) fn run_pending(conn: &mut Conn) -> Result<(), StoreError> {
    if is_up_to_date(conn)? {
        return Ok(());
    }
    match conn {
        Conn::Pg(c) => alone(c, |c| migrate::<Pg, _>(c, POSTGRES)),
        Conn::Sqlite(c) => c.immediate_transaction(|c| migrate::<Sqlite, _>(c, SQLITE)),
    }
}

#[derive(diesel::QueryableByName)]
struct Applied {
    #[diesel(sql_type = diesel::sql_types::Text)]
    version: String,
}

fn is_up_to_date(conn: &mut Conn) -> Result<bool, StoreError> {
    let applied =
        sql_query("SELECT CAST(version AS TEXT) AS version FROM __diesel_schema_migrations");
    let applied: Vec<Applied> = match with!(conn, c => applied.load(c)) {
        Ok(applied) => applied,
        // A new database has no such table.
        Err(error) => match StoreError::from(error) {
            StoreError::Other(_) => return Ok(false),
            unavailable => return Err(unavailable),
        },
    };
    let mut applied: Vec<String> = applied.into_iter().map(|row| row.version).collect();
    let known = match conn {
        Conn::Pg(_) => versions::<Pg>(&POSTGRES),
        Conn::Sqlite(_) => versions::<Sqlite>(&SQLITE),
    };
    let mut known = known?;
    applied.sort_unstable();
    known.sort_unstable();
    Ok(applied == known)
}

fn versions<DB: Backend>(source: &impl MigrationSource<DB>) -> Result<Vec<String>, StoreError> {
    let known = source.migrations().map_err(failed)?;
    Ok(known
        .iter()
        .map(|m| m.name().version().to_string())
        .collect())
}

/// The versions of the migrations that this release knows on PostgreSQL.
///
/// # Errors
/// Migrations of the program that do not read.
pub fn known_on_postgres() -> Result<Vec<String>, StoreError> {
    versions::<Pg>(&POSTGRES)
}

/// Takes every migration back, the last one first.
pub fn revert_all(conn: &mut Conn) -> Result<(), StoreError> {
    match conn {
        Conn::Pg(c) => c
            .revert_all_migrations(POSTGRES)
            .map(|_| ())
            .map_err(failed),
        Conn::Sqlite(c) => c.revert_all_migrations(SQLITE).map(|_| ()).map_err(failed),
    }
}

fn migrate<DB: Backend, C: MigrationHarness<DB>>(
    conn: &mut C,
    source: EmbeddedMigrations,
) -> Result<(), StoreError>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    refuse_newer(&conn.applied_migrations().map_err(failed)?, &source)?;
    conn.run_pending_migrations(source)
        .map(|_| ())
        .map_err(failed)
}

fn refuse_newer<DB: Backend>(
    applied: &[MigrationVersion<'_>],
    source: &impl MigrationSource<DB>,
) -> Result<(), StoreError> {
    let known = source.migrations().map_err(failed)?;
    let unknown: Vec<String> = applied
        .iter()
        .filter(|version| !known.iter().any(|m| m.name().version() == **version))
        .map(ToString::to_string)
        .collect();
    if unknown.is_empty() {
        return Ok(());
    }
    Err(StoreError::Newer(unknown.join(", ")))
}

fn alone(
    conn: &mut PgConnection,
    work: impl FnOnce(&mut PgConnection) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    sql_query(format!("SELECT pg_advisory_lock({MIGRATION_LOCK})")).execute(conn)?;
    let done = work(conn);
    sql_query(format!("SELECT pg_advisory_unlock({MIGRATION_LOCK})")).execute(conn)?;
    done
}

fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
    StoreError::Other(format!("migration failed: {error}"))
}
