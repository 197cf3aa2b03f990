//! What happens when a time comes: scheduled articles go live, embargoes end.

use crate::domain::article::{ArticleContent, Status};
use crate::domain::body::Body;
use crate::domain::time::{Clock, Timestamp};
use crate::store::Store;
use crate::store::articles::{load_stored, waiting_until};
use crate::store::changes::{last_change, remove_entries, superseded_entries};
use crate::store::partners;

use super::articles::{Draft, Outcome, update_article};
use super::{Actor, ServiceError, commit};

/// How many articles one transaction releases.
const BATCH: i64 = 100;

/// Publishes what is due and answers how many articles that were. Where several nodes do this, the write lane lets each
/// article go live once: the second node finds nothing waiting.
pub fn release_due(store: &Store, clock: &Clock) -> Result<usize, ServiceError> {
    let mut released = 0;
    loop {
        let now = clock.now();
        if store.read(|conn| waiting_until(conn, now, 1))?.is_empty() {
            return Ok(released);
        }
        let count = commit(store, clock, Actor::Schedule, |tx| {
            let now = tx.now();
            let due = waiting_until(tx.conn(), now, BATCH)?;
            let mut count = 0;
            for before in load_stored(tx.conn(), &due)? {
                let draft = Draft {
                    length: Body::from_stored(before.content.body.clone()).length(),
                    content: released_content(before.content.clone(), now),
                    import_digest: before.import_digest,
                    provenance: None,
                };
                count += usize::from(update_article(tx, &before, draft)? != Outcome::Unchanged);
            }
            Ok::<_, ServiceError>(count)
        })?;
        released += count;
        if count == 0 {
            return Ok(released);
        }
    }
}

/// Lets partners with an embargo offset see what has passed it by now, and answers how many articles that were. The change
/// log tells of each, so that those who follow it need no clock of their own.
pub fn pass_offsets(store: &Store, clock: &Clock) -> Result<usize, ServiceError> {
    let due = store.read(|conn| partners::offsets_due(conn, clock.now()))?;
    let mut passed = 0;
    for seconds in due {
        loop {
            let count = store.write(|conn| {
                let now = clock.now().max(last_change(conn)?);
                partners::release_offset(conn, seconds, now, BATCH)
            })?;
            passed += count;
            if i64::try_from(count).is_ok_and(|count| count < BATCH) {
                break;
            }
        }
    }
    Ok(passed)
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
