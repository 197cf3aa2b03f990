//! The lease of the node that does the work which is done once in a cluster.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::id::Id;
use crate::domain::time::Clock;
use crate::store::leases::{Asked, LASTS};
use crate::store::log_watch::LogWatch;
use crate::store::{Store, StoreError};

/// The name of the lease.
const NAME: &str = "background work";
/// Pause between two questions for the lease, by the node that has it and by the others.
const ASK_EVERY: Duration = Duration::from_secs(3);

/// This node's lease, while it has it.
pub struct Leader {
    store: Store,
    owner: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    asked: Option<Instant>,
    held_until: Option<Instant>,
    resigned: bool,
}

impl State {
    fn holds(&self) -> bool {
        self.held_until.is_some_and(|until| Instant::now() < until)
    }

    fn is_to_ask(&self) -> bool {
        let is_due = self.asked.is_none_or(|last| last.elapsed() >= ASK_EVERY);
        is_due && !self.resigned
    }
}

impl Leader {
    /// This node, which has no lease yet.
    #[must_use]
    pub fn new(store: &Store, clock: &Clock) -> Self {
        let owner = Id::new(clock.now()).to_string();
        Self {
            store: store.fenced(NAME, &owner),
            owner,
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The database for work that is done once in a cluster; `None` where another node does it. A write by it fails once
    /// another node has taken over.
    #[must_use]
    pub fn store(&self) -> Option<&Store> {
        self.state().holds().then_some(&self.store)
    }

    /// Renews the lease or asks for it, where that is due. True if this node leads from now on.
    pub(super) fn ask(&self, watch: &mut LogWatch) -> Result<bool, StoreError> {
        let mut state = self.state();
        if !state.is_to_ask() {
            return Ok(false);
        }
        let (asked, before) = (Instant::now(), state.holds());
        drop(state);
        let answer = watch.take_lease(NAME, &self.owner)?;
        state = self.state();
        if answer == Asked::Busy || state.resigned {
            return Ok(false);
        }
        state.asked = Some(asked);
        // Counted from before the question, so that it ends here before it does in the database.
        state.held_until = (answer == Asked::Held).then(|| asked + LASTS);
        Ok(state.holds() && !before)
    }

    /// Asks for the lease at once, unless this node has it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn claim(&self) -> Result<(), StoreError> {
        if self.state().holds() {
            return Ok(());
        }
        self.state().asked = None;
        let mut watch = self.store.watch_log()?;
        watch.news()?;
        self.ask(&mut watch).map(|_| ())
    }

    /// Gives the lease back for good, so that another node takes over soon.
    pub fn resign(&self) {
        let mut state = self.state();
        state.resigned = true;
        let held = state.held_until.take();
        drop(state);
        if held.is_none() {
            return;
        }
        if let Err(error) = self.store.release_lease() {
            log::debug!("the lease of background work ends by itself: {error}");
        }
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        self.resign();
    }
}
