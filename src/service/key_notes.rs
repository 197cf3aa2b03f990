//! Notes about keys besides their requests, which are written later: their last use, and their refusals. A request waits
//! for neither.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde_json::json;

use crate::domain::id::Id;
use crate::domain::permission::Operation;
use crate::domain::time::Timestamp;
use crate::store::audit::{Deed, append_deeds};
use crate::store::{Conn, Store, StoreError, keys};

use super::Actor;

/// Shortest time between two writes of a key's use, and between two refusals of one operation to one key, in milliseconds.
const ONCE_IN: i64 = 60_000;
/// The most refusals that are remembered at once; what comes beyond is in the log only.
const MOST_REFUSALS: usize = 1_000;

/// A request that a valid key was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The key.
    pub key: Id,
    /// The refused operation.
    pub operation: Operation,
    /// The refused path.
    pub path: String,
    /// The request.
    pub request_id: String,
    /// Time.
    pub at: Timestamp,
}

#[derive(Debug, Clone, Copy)]
struct Use {
    last: Timestamp,
    written: Option<Timestamp>,
}

impl Use {
    fn is_due(&self) -> bool {
        self.written
            .is_none_or(|written| !is_recent(written, self.last))
    }
}

/// True if one time is near another. A clock that is set back makes neither of them the later one for long.
const fn is_recent(at: Timestamp, now: Timestamp) -> bool {
    now.millis().abs_diff(at.millis()) < ONCE_IN.unsigned_abs()
}

#[derive(Debug, Default)]
struct Noted {
    uses: HashMap<Id, Use>,
    refused: HashMap<(Id, Operation), Timestamp>,
    waiting: Vec<Refusal>,
}

/// The notes of a node that are not written yet.
#[derive(Debug, Default)]
pub struct KeyNotes(Mutex<Noted>);

impl KeyNotes {
    fn noted(&self) -> std::sync::MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a key was used.
    pub fn used(&self, key: Id, at: Timestamp) {
        let mut noted = self.noted();
        let entry = noted.uses.entry(key).or_insert(Use {
            last: at,
            written: None,
        });
        entry.last = at;
    }

    /// Notes that a key was refused something; once a minute for each key and operation.
    pub fn refused(&self, refusal: Refusal) {
        let mut noted = self.noted();
        let what = (refusal.key, refusal.operation);
        let recent = |at: &Timestamp| is_recent(*at, refusal.at);
        if noted.refused.get(&what).is_some_and(recent) {
            return;
        }
        if noted.refused.len() >= MOST_REFUSALS {
            noted.refused.retain(|_, at| recent(at));
        }
        if noted.refused.len() < MOST_REFUSALS && noted.waiting.len() < MOST_REFUSALS {
            noted.refused.insert(what, refusal.at);
            noted.waiting.push(refusal);
        }
    }

    /// Writes down what is due, in one transaction; where nothing is, the database is left alone. What cannot be written
    /// while the database fails is tried again; what it does not take is left out, and stops nothing else.
    pub fn write_due(&self, store: &Store) -> Result<(), StoreError> {
        let (uses, refusals) = self.take_due();
        if uses.is_empty() && refusals.is_empty() {
            return Ok(());
        }
        match store.write(|conn| write(conn, &uses, &refusals)) {
            Err(error) if error.is_of_the_database() => {
                self.put_back(&uses, refusals);
                Err(error)
            }
            Err(_) => write_each(store, &uses, &refusals),
            written => written,
        }
    }

    fn take_due(&self) -> (Vec<(Id, Timestamp)>, Vec<Refusal>) {
        let mut noted = self.noted();
        let due = noted.uses.iter_mut().filter(|(_, entry)| entry.is_due());
        let uses = due.map(|(key, entry)| {
            entry.written = Some(entry.last);
            (*key, entry.last)
        });
        let uses = uses.collect();
        (uses, std::mem::take(&mut noted.waiting))
    }

    fn put_back(&self, uses: &[(Id, Timestamp)], refusals: Vec<Refusal>) {
        let mut noted = self.noted();
        for (key, _) in uses {
            if let Some(entry) = noted.uses.get_mut(key) {
                entry.written = None;
            }
        }
        noted.waiting.extend(refusals);
        noted.waiting.truncate(MOST_REFUSALS);
    }
}

fn write(
    conn: &mut Conn,
    uses: &[(Id, Timestamp)],
    refusals: &[Refusal],
) -> Result<(), StoreError> {
    keys::save_uses(conn, uses)?;
    for refusal in refusals {
        let actor = Actor::Key(refusal.key).to_string();
        let request_id = Some(refusal.request_id.as_str());
        append_deeds(conn, &[refusal.deed()], &actor, request_id, refusal.at)?;
    }
    Ok(())
}

fn write_each(
    store: &Store,
    uses: &[(Id, Timestamp)],
    refusals: &[Refusal],
) -> Result<(), StoreError> {
    let uses = uses.chunks(1).map(|used| (used, &[][..]));
    let refusals = refusals.chunks(1).map(|refusal| (&[][..], refusal));
    for (used, refusal) in uses.chain(refusals) {
        match store.write(|conn| write(conn, used, refusal)) {
            Err(error) if error.is_of_the_database() => return Err(error),
            Err(error) => log::error!("a note of a key is lost: {error}"),
            Ok(()) => {}
        }
    }
    Ok(())
}

impl Refusal {
    fn deed(&self) -> Deed {
        Deed {
            operation: self.operation.row().id,
            kind: "request",
            resource: self.path.clone(),
            version: None,
            detail: Some(json!({"outcome": "refused"}).to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_is_written_once_a_minute_and_the_last_one_in_the_end() {
        let notes = KeyNotes::default();
        let at = |seconds: i64| Timestamp::from_millis(1_748_779_200_000 + seconds * 1_000);
        let key = Id::new(at(0));
        notes.used(key, at(0));
        assert_eq!(notes.take_due().0, [(key, at(0))]);
        for second in 1..60 {
            notes.used(key, at(second));
            assert!(notes.take_due().0.is_empty());
        }
        notes.used(key, at(61));
        assert_eq!(notes.take_due().0, [(key, at(61))]);
        assert!(notes.take_due().0.is_empty());
    }

    #[test]
    fn refusals_are_noted_once_a_minute_and_never_without_bound() {
        let notes = KeyNotes::default();
        let refusal = |key: Id, millis: i64| Refusal {
            key,
            operation: Operation::ListKeys,
            path: "/api/keys".to_owned(),
            request_id: "r".to_owned(),
            at: Timestamp::from_millis(millis),
        };
        let key = Id::new(Timestamp::from_millis(1));
        notes.refused(refusal(key, 1_000));
        notes.refused(refusal(key, 2_000));
        notes.refused(refusal(key, 61_000));
        assert_eq!(notes.take_due().1.len(), 2);
        for _ in 0..2_000 {
            notes.refused(refusal(Id::new(Timestamp::from_millis(1)), 62_000));
        }
        assert!(notes.take_due().1.len() <= MOST_REFUSALS);
    }
}
