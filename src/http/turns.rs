//! Turns for what costs the database much: few run at once, so that everything else never waits for them, and keys wait
//! for no stranger.

use tokio::sync::{Semaphore, SemaphorePermit};

use super::error::Problem;
use super::shares::{Owner, Place, Shares};

/// How many costly reads wait or run, in all and of one caller.
const WAITING: usize = 128;
const WAITING_OF_EACH: usize = 32;

/// The turns of costly reads.
#[derive(Debug)]
pub struct Turns {
    waiting: Shares,
    running: Semaphore,
    of_strangers: Semaphore,
}

/// A turn, until it is dropped.
#[expect(dead_code, reason = "held for what dropping it does")]
pub(crate) struct Turn<'a>(
    Place,
    Option<SemaphorePermit<'a>>,
    Option<SemaphorePermit<'a>>,
);

impl Default for Turns {
    fn default() -> Self {
        Self {
            waiting: Shares::new("costly reads", WAITING, WAITING_OF_EACH),
            running: Semaphore::new(2),
            of_strangers: Semaphore::new(1),
        }
    }
}

impl Turns {
    /// Waits for a turn.
    ///
    /// # Errors
    /// Those of [`Shares::take`], where too many wait already.
    pub(crate) async fn wait(&self, owner: Owner) -> Result<Turn<'_>, Problem> {
        let place = self.waiting.take(owner, 1)?;
        let stranger = match owner {
            Owner::Key(_) => None,
            Owner::Network(_) | Owner::Unknown => self.of_strangers.acquire().await.ok(),
        };
        let running = self.running.acquire().await.ok();
        Ok(Turn(place, stranger, running))
    }
}
