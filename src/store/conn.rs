//! Connections: one type over both databases, and the address that one is opened to.

use diesel::{PgConnection, SqliteConnection};

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

/// The place of the database.
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
