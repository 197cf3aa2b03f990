//! Faults that sessions find out, and what all of them know of the shared database by these.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::result::{DatabaseErrorKind, Error};

use super::super::error;

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
    pub(in crate::store) fn errors(&self) -> [(&'static str, u64); 3] {
        let count = |kind: ErrorKind| self.errors[kind as usize].load(Ordering::Relaxed);
        [
            ("connection", count(ErrorKind::Connection)),
            ("read_only", count(ErrorKind::ReadOnly)),
            ("other", count(ErrorKind::Other)),
        ]
    }

    pub(super) fn count(&self, kind: ErrorKind) {
        self.errors[kind as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// While a server stays read-only, other sessions are replaced at most this often.
    const LASTS: Duration = Duration::from_secs(5);

    /// True if a writer's session is new since the last call: the database behind it may be another one than before.
    pub(in crate::store) fn take_new_writer(&self) -> bool {
        self.new_writer.swap(false, Ordering::SeqCst)
    }

    /// Notes that a writer's session is new.
    pub(in crate::store) fn note_new_writer(&self) {
        self.new_writer.store(true, Ordering::SeqCst);
    }

    /// True if the last write found no room.
    pub(in crate::store) fn is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }

    /// Notes that a write was stored.
    pub(in crate::store) fn has_stored(&self) {
        self.full.store(false, Ordering::Relaxed);
    }

    pub(super) fn generation(&self) -> u64 {
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
pub(super) fn note_fault(error: &Error, unfit: &AtomicBool, condition: &Condition) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generation_ends_once_however_many_sessions_find_the_fault() {
        let condition = Condition::default();
        let before = condition.generation();
        condition.end_generation();
        condition.end_generation();
        assert_eq!(condition.generation(), before + 1);
    }
}
