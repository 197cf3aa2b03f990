//! What happens when a time comes: scheduled articles go live, embargoes end.

use crate::domain::article::{ArticleContent, Status};
use crate::domain::body::Body;
use crate::domain::time::{Clock, Timestamp};
use crate::store::Store;
use crate::store::articles::{load_stored, waiting_until};

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

fn released_content(mut content: ArticleContent, now: Timestamp) -> ArticleContent {
    if content.status == Status::Scheduled {
        content.status = Status::Published;
        content.published_at = content.published_at.or(content.publish_at).or(Some(now));
        content.publish_at = None;
    }
    content
}
