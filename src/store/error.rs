//! What the database said, sorted by what can be done about it.

use diesel::result::{DatabaseErrorKind, Error};

/// A failure of the store. Its words are for the log and the operator, never for a client.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached now; the same call may go through later.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The settings name no database that this build can use.
    #[error("{0}")]
    Refused(String),
    /// The database was made by a newer release.
    #[error(
        "the database has migrations that this release does not know ({0}): run the release that wrote them, or a newer one"
    )]
    Newer(String),
    /// There is no room to write.
    #[error("the database has no room: {0}")]
    Full(String),
    /// A uniqueness rule was broken by a write beside this one.
    #[error("conflict on {constraint}")]
    Conflict {
        /// The constraint or its columns, as the database names it.
        constraint: String,
    },
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        match error {
            Error::DatabaseError(kind, info) => {
                let message = info.message().to_owned();
                match kind {
                    DatabaseErrorKind::UniqueViolation => Self::Conflict {
                        constraint: info.constraint_name().unwrap_or(&message).to_owned(),
                    },
                    DatabaseErrorKind::ClosedConnection => Self::Unavailable(message),
                    _ => sort_by_words(message),
                }
            }
            Error::BrokenTransactionManager => Self::Unavailable(error.to_string()),
            other => Self::Other(other.to_string()),
        }
    }
}

/// Diesel gives these failures no kind of their own, so the databases' fixed words tell them apart.
fn sort_by_words(message: String) -> StoreError {
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    if says(&["database or disk is full", "No space left on device"]) {
        StoreError::Full(message)
    } else if says(&[
        "database is locked",
        "unable to open database",
        "disk I/O error",
        "server closed the connection",
        "could not connect",
        "terminating connection",
        "connection to server",
        "no connection to the server",
        "the database system is",
        "could not receive data",
        "could not send data",
    ]) {
        StoreError::Unavailable(message)
    } else {
        StoreError::Other(message)
    }
}
