//! The work of a time that has come: scheduled articles are published, embargoes end.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::article::{ArticleContent, Status};
use crate::domain::body::Body;
use crate::domain::id::Id;
use crate::domain::time::{Clock, Timestamp};
use crate::store::articles::{find_stored, next_release, released_before, waiting_until};
use crate::store::changes::{last_change, remove_entries, superseded_entries};
use crate::store::partners;
use crate::store::{Conn, Store, StoreError};

use super::articles::{Draft, Outcome, update_article};
use super::{Actor, Commit, ServiceError, commit};

/// Number of articles that one transaction releases, and that pass an offset.
const BATCH: i64 = 100;
/// Longest time that one transaction releases articles; others wait for it.
const LONGEST_TURN: Duration = Duration::from_millis(500);
/// The pause before an article is tried again whose release failed, in milliseconds; after each further time it is twice as
/// long, up to an hour.
const FIRST_PAUSE: i64 = 10_000;
const MOST_DOUBLINGS: u32 = 8;

/// Articles whose release failed: how often, and when each is tried again.
#[derive(Debug, Default)]
pub struct PutOff(Mutex<HashMap<Id, (u32, Timestamp)>>);

impl PutOff {
    fn articles(&self) -> MutexGuard<'_, HashMap<Id, (u32, Timestamp)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The articles that are to be released now.
    fn due(&self, conn: &mut Conn, now: Timestamp) -> Result<Vec<Id>, StoreError> {
        let mut known = self.articles();
        // What was put off is among those that wait, and must not take the places of others.
        let most = BATCH + i64::try_from(known.len()).unwrap_or(0);
        let waiting = waiting_until(conn, now, most)?;
        if waiting.is_empty() {
            known.clear();
        }
        let waits = |id: &Id| known.get(id).is_some_and(|(_, until)| *until > now);
        Ok(waiting.into_iter().filter(|id| !waits(id)).collect())
    }

    /// Time after `now` at which the next article is tried again.
    fn next(&self, now: Timestamp) -> Option<Timestamp> {
        let known = self.articles();
        let times = known.values().map(|(_, until)| *until);
        times.filter(|until| *until > now).min()
    }

    fn failed(&self, id: Id, now: Timestamp) {
        let mut known = self.articles();
        let entry = known.entry(id).or_insert((0, now));
        let pause = FIRST_PAUSE << entry.0.min(MOST_DOUBLINGS);
        *entry = (entry.0 + 1, Timestamp::from_millis(now.millis() + pause));
    }

    fn released(&self, id: Id) {
        self.articles().remove(&id);
    }
}

/// Publishes what is due and answers how many articles that were. Where several nodes do this, the write lane lets each
/// article go live once: the second node finds nothing waiting. One that cannot be released is put off, and stops no other.
pub fn release_due(store: &Store, clock: &Clock, put_off: &PutOff) -> Result<usize, ServiceError> {
    let mut released = 0;
    loop {
        let now = clock.now();
        if store.read(|conn| put_off.due(conn, now))?.is_empty() {
            return Ok(released);
        }
        let count = commit(store, clock, Actor::Schedule, |tx| {
            release_some(tx, put_off)
        })?;
        released += count;
        if count == 0 {
            return Ok(released);
        }
    }
}

/// The next time at which something is due: an article goes live, an embargo ends, or an article passes an offset.
pub fn next_due(
    store: &Store,
    clock: &Clock,
    put_off: &PutOff,
) -> Result<Option<Timestamp>, StoreError> {
    let now = clock.now();
    let (release, pass) = store.read(|conn| {
        let release = next_release(conn, now)?;
        Ok::<_, StoreError>((release, partners::next_pass(conn)?))
    })?;
    Ok([release, pass, put_off.next(now)]
        .into_iter()
        .flatten()
        .min())
}

fn release_some(tx: &mut Commit<'_>, put_off: &PutOff) -> Result<usize, ServiceError> {
    let (now, began) = (tx.now(), Instant::now());
    let mut count = 0;
    for id in put_off.due(tx.conn(), now)? {
        match tx.attempt(|tx| release(tx, id)) {
            Ok(changed) => {
                put_off.released(id);
                count += usize::from(changed);
            }
            Err(ServiceError::Store(error)) if error.is_of_the_database() => {
                return Err(error.into());
            }
            Err(error) => {
                log::error!("the article {id} is due and cannot be released: {error}");
                put_off.failed(id, now);
            }
        }
        if began.elapsed() > LONGEST_TURN {
            break;
        }
    }
    Ok(count)
}

fn release(tx: &mut Commit<'_>, id: Id) -> Result<bool, ServiceError> {
    let now = tx.now();
    let Some(before) = find_stored(tx.conn(), id)? else {
        return Ok(false);
    };
    let draft = Draft {
        length: Body::from_stored(before.content.body.clone()).length(),
        content: released_content(before.content.clone(), now),
        import_digest: before.import_digest,
        provenance: None,
    };
    Ok(update_article(tx, &before, draft)? != Outcome::Unchanged)
}

/// Difference between the clocks of nodes, in milliseconds, that hides nothing again.
const CLOCKS_DIFFER: i64 = 10_000;

/// Hides again what was released by a clock that was ahead, until its time comes, and answers how many articles that were.
pub fn hide_early(store: &Store, clock: &Clock) -> Result<usize, ServiceError> {
    let early = |conn: &mut Conn| {
        let far = Timestamp::from_millis(clock.now().millis() + CLOCKS_DIFFER);
        released_before(conn, far, BATCH)
    };
    let mut hidden = 0;
    while !store.read(early)?.is_empty() {
        let count = commit(store, clock, Actor::Schedule, |tx| {
            let mut count = 0;
            for id in early(tx.conn())? {
                count += usize::from(release(tx, id)?);
            }
            Ok::<_, ServiceError>(count)
        })?;
        hidden += count;
        if count == 0 {
            break;
        }
    }
    Ok(hidden)
}

/// Lets partners with an embargo offset see what has passed it by now, and answers how many articles that were. The change
/// log tells of each, so that those who follow it need no clock of their own. An offset that fails stops no other.
pub fn pass_offsets(store: &Store, clock: &Clock) -> Result<usize, ServiceError> {
    let due = store.read(|conn| partners::offsets_due(conn, clock.now()))?;
    let mut passed = 0;
    for seconds in due {
        match pass_offset(store, clock, seconds) {
            Ok(count) => passed += count,
            Err(error) if error.is_of_the_database() => return Err(error.into()),
            Err(error) => {
                log::error!("the embargo offset of {seconds} s cannot be passed: {error}")
            }
        }
    }
    Ok(passed)
}

fn pass_offset(store: &Store, clock: &Clock, seconds: i64) -> Result<usize, StoreError> {
    let mut passed = 0;
    loop {
        let count = store.write(|conn| {
            let now = clock.now();
            let stamp = now.max(last_change(conn)?);
            partners::release_offset(conn, seconds, (now, stamp), BATCH)
        })?;
        passed += count;
        if i64::try_from(count).is_ok_and(|count| count < BATCH) {
            return Ok(passed);
        }
    }
}

/// Entries of the change log that are younger than this are all kept, in milliseconds.
const KEPT_WHOLE: i64 = 7 * 86_400_000;

/// Takes out of the change log, behind an entry, what later entries of the same thing have made meaningless: what is left
/// is each article's last state and the tombstones, so no reader's place goes wrong. Looks at a bounded number of entries
/// that are a week old, and answers where to go on; `None` at the end of those.
pub fn compact_log(store: &Store, clock: &Clock, after: i64) -> Result<Option<i64>, ServiceError> {
    let before = Timestamp::from_millis(clock.now().millis() - KEPT_WHOLE);
    let (superseded, next) = store.read(|conn| superseded_entries(conn, after, before))?;
    if !superseded.is_empty() {
        store.write(|conn| remove_entries(conn, &superseded))?;
    }
    Ok(next)
}

fn released_content(mut content: ArticleContent, now: Timestamp) -> ArticleContent {
    if content.status == Status::Scheduled {
        content.status = Status::Published;
        content.published_at = content.published_at.or(content.publish_at).or(Some(now));
        content.publish_at = None;
    }
    content
}
