//! Errors of the database, sorted by the possible remedies.

use diesel::result::{DatabaseErrorKind, Error};

/// A failure of the store. Its words are for the log and the operator, never for a client.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached, takes no writes, or is busy now; the same call may go through later.
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

impl StoreError {
    /// True if the database itself fails, so that the next attempt fails too.
    #[must_use]
    pub const fn is_of_the_database(&self) -> bool {
        matches!(
            self,
            Self::Unavailable(_) | Self::Full(_) | Self::Refused(_) | Self::Newer(_)
        )
    }
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
                    DatabaseErrorKind::ClosedConnection
                    | DatabaseErrorKind::ReadOnlyTransaction
                    | DatabaseErrorKind::SerializationFailure => Self::Unavailable(message),
                    _ => sort_by_words(message),
                }
            }
            Error::BrokenTransactionManager => Self::Unavailable(error.to_string()),
            Error::RollbackErrorOnCommit { commit_error, .. } => (*commit_error).into(),
            Error::DeserializationError(error) => Self::Other(with_causes(&*error)),
            other => Self::Other(other.to_string()),
        }
    }
}

/// The words of an error and of its causes: Diesel's own name the column, the cause what was wrong.
fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |told, cause| format!("{told}: {cause}"))
}

/// True if a message says that SQLite's write lock is taken.
pub(super) fn says_locked(message: &str) -> bool {
    message == "database is locked"
}

/// True if a message says that there is no room.
pub(super) fn says_full(message: &str) -> bool {
    ["database or disk is full", "No space left on device"]
        .iter()
        .any(|words| message.contains(words))
}

/// Diesel gives these failures no kind of their own, and hides the SQLSTATE: the words of the databases tell them apart.
/// Those of a PostgreSQL server are in English where its `lc_messages` is.
fn sort_by_words(message: String) -> StoreError {
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    if says_full(&message) {
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
        // SQLite on a file system that takes no writes.
        "attempt to write a readonly database",
        // 25P03, 40P01, 53200, 53300, 55P03, 57014.
        "idle-in-transaction timeout",
        "deadlock detected",
        "out of shared memory",
        "remaining connection slots",
        "too many clients already",
        "too many connections for",
        "could not obtain lock",
        "canceling statement due to",
    ]) {
        StoreError::Unavailable(message)
    } else {
        StoreError::Other(message)
    }
}

#[cfg(test)]
mod tests {
    use diesel::result::DatabaseErrorInformation;

    use super::*;

    fn sorted(kind: DatabaseErrorKind, message: &str) -> StoreError {
        let info: Box<dyn DatabaseErrorInformation + Send + Sync> = Box::new(message.to_owned());
        Error::DatabaseError(kind, info).into()
    }

    #[test]
    fn what_passes_by_itself_is_told_from_what_does_not() {
        for message in [
            "canceling statement due to lock timeout",
            "canceling statement due to statement timeout",
            "terminating connection due to idle-in-transaction timeout",
            "deadlock detected",
            "sorry, too many clients already",
            "FATAL:  the database system is starting up",
            "attempt to write a readonly database",
            "database is locked",
        ] {
            let error = sorted(DatabaseErrorKind::Unknown, message);
            assert!(matches!(error, StoreError::Unavailable(_)), "{message}");
        }
        for kind in [
            DatabaseErrorKind::ReadOnlyTransaction,
            DatabaseErrorKind::SerializationFailure,
            DatabaseErrorKind::ClosedConnection,
        ] {
            let error = sorted(kind, "anything, in any language");
            assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
        }
        let error = sorted(DatabaseErrorKind::Unknown, "syntax error at or near \"x\"");
        assert!(matches!(error, StoreError::Other(_)), "{error:?}");
    }
}
