//! The database behind the service's back: what is stored, as the database itself tells it.

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};

use super::postgres;

/// A connection of the test's own.
pub(crate) enum Database {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

#[derive(QueryableByName)]
struct Words {
    #[diesel(sql_type = Text)]
    t: String,
}

/// A copy of a database as it stands, as a backup makes it; its address. A copy on SQLite is a file beside the original.
pub(crate) fn copy_of(url: &str, name: &str) -> String {
    if !url.starts_with("sqlite://") {
        return postgres::copy_of(url);
    }
    let path = format!("{}.{name}", url.trim_start_matches("sqlite://"));
    Database::open(url).run(&format!("VACUUM INTO '{path}'"));
    format!("sqlite://{path}")
}

impl Database {
    pub(crate) fn open(url: &str) -> Self {
        match url.strip_prefix("sqlite://") {
            Some(path) => {
                let mut conn = SqliteConnection::establish(path).unwrap();
                conn.batch_execute("PRAGMA busy_timeout = 10000;").unwrap();
                Self::Sqlite(conn)
            }
            None => Self::Postgres(PgConnection::establish(url).unwrap()),
        }
    }

    /// Runs a statement.
    pub(crate) fn run(&mut self, sql: &str) {
        match self {
            Self::Sqlite(conn) => conn.batch_execute(sql).unwrap(),
            Self::Postgres(conn) => conn.batch_execute(sql).unwrap(),
        }
    }

    /// The number `n` that a query answers.
    pub(crate) fn number(&mut self, sql: &str) -> i64 {
        let rows: Vec<Number> = match self {
            Self::Sqlite(conn) => sql_query(sql).load(conn).unwrap(),
            Self::Postgres(conn) => sql_query(sql).load(conn).unwrap(),
        };
        rows[0].n
    }

    /// Number of a table's rows, or of those that a condition picks.
    pub(crate) fn count(&mut self, rows: &str) -> i64 {
        self.number(&format!("SELECT count(*) AS n FROM {rows}"))
    }

    /// The texts `t` that a query answers.
    pub(crate) fn texts(&mut self, sql: &str) -> Vec<String> {
        let rows: Vec<Words> = match self {
            Self::Sqlite(conn) => sql_query(sql).load(conn).unwrap(),
            Self::Postgres(conn) => sql_query(sql).load(conn).unwrap(),
        };
        rows.into_iter().map(|row| row.t).collect()
    }
}
