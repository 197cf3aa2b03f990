//! The lease of the node that does the work which is done once in a cluster.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::id::Id;
use crate::domain::time::Clock;
use crate::store::leases::LASTS;
use crate::store::{LogWatch, Store, StoreError};

/// The name of the lease.
const NAME: &str = "background work";
/// How often the lease is renewed, or asked for.
const ASKED_FOR: Duration = Duration::from_secs(3);

/// Whether this node has the lease.
pub struct Leader {
    store: Store,
    owner: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    asked: Option<Instant>,
    held_until: Option<Instant>,
}

impl State {
    fn holds(&self) -> bool {
        self.held_until.is_some_and(|until| Instant::now() < until)
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

    /// The database for work that is done once in a cluster, where this node does it. Its writes fail once another node has
    /// taken over.
    #[must_use]
    pub fn store(&self) -> Option<&Store> {
        self.state().holds().then_some(&self.store)
    }

    /// Renews the lease or asks for it, where that is due. Says whether it is new to this node.
    pub(super) fn ask(&self, watch: &mut LogWatch) -> Result<bool, StoreError> {
        let asked = Instant::now();
        let (is_due, before) = {
            let state = self.state();
            let is_due = state.asked.is_none_or(|last| asked - last >= ASKED_FOR);
            (is_due, state.holds())
        };
        if !is_due {
            return Ok(false);
        }
        let held = watch.take_lease(NAME, &self.owner)?;
        let mut state = self.state();
        state.asked = Some(asked);
        // Counted from before the question, so that it ends here before it does in the database.
        state.held_until = held.then(|| asked + LASTS);
        Ok(held && !before)
    }

    /// Asks for the lease at once.
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

    /// Gives the lease back, so that another node takes over at once.
    pub fn resign(&self) {
        let held = self.state().held_until.take();
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
