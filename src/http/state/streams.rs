//! The streams of changes that are open on this node, and their turns to look into the database.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::http::state::shares::Shares;

/// The streams that are open on this node.
#[derive(Debug)]
pub struct Streams {
    pub(crate) open: Shares,
    pub(crate) looks: Looks,
}

/// Streams that read the database at once are limited, so that its other connections are for everybody else. Strangers, and
/// first copies, have fewer places and come last: an event waits for neither.
#[derive(Debug)]
pub(crate) struct Looks {
    all: Arc<Semaphore>,
    of_strangers: Arc<Semaphore>,
    first_copies: Arc<Semaphore>,
}

impl Streams {
    /// So many streams at the most: no caller has more than a tenth of them, or four.
    pub(crate) fn new(most: u32) -> Self {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let permits = |count| Arc::new(Semaphore::new(count));
        Self {
            open: Shares::new("streams", most, most.div_ceil(10).max(4)),
            looks: Looks {
                all: permits(4),
                of_strangers: permits(2),
                first_copies: permits(1),
            },
        }
    }
}

impl Looks {
    /// Waits for a turn to look; the narrowest limit is waited for first, so that nobody waits holding a wider one.
    pub(crate) async fn wait(
        &self,
        has_key: bool,
        is_first_copy: bool,
    ) -> Vec<OwnedSemaphorePermit> {
        let mut turn = Vec::with_capacity(3);
        if is_first_copy {
            turn.extend(Arc::clone(&self.first_copies).acquire_owned().await.ok());
        }
        if !has_key {
            turn.extend(Arc::clone(&self.of_strangers).acquire_owned().await.ok());
        }
        turn.extend(Arc::clone(&self.all).acquire_owned().await.ok());
        turn
    }
}
