//! Answers that are being computed: whoever asks for the same meanwhile waits for that one computation.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// The computations under way, by the name of their answer.
#[derive(Debug, Default)]
pub(crate) struct Flights(Arc<Mutex<HashMap<String, watch::Receiver<bool>>>>);

/// The part of a request in a computation.
pub(crate) enum Part {
    /// It computes; the others wait until this is dropped.
    Lead(Lead),
    /// It waits.
    Follow(Landing),
}

/// The computation of one answer. Its end wakes those who wait, also where it failed or its client has gone.
pub(crate) struct Lead {
    flights: Arc<Mutex<HashMap<String, watch::Receiver<bool>>>>,
    name: String,
    /// True where the answer is not for others.
    own: watch::Sender<bool>,
}

/// The end of another's computation.
pub(crate) struct Landing(watch::Receiver<bool>);

impl Flights {
    /// Joins the computation of an answer, or begins it.
    pub(crate) fn join(&self, name: &str) -> Part {
        let mut flights = lock(&self.0);
        if let Some(landing) = flights.get(name) {
            return Part::Follow(Landing(landing.clone()));
        }
        let (own, landing) = watch::channel(false);
        flights.insert(name.to_owned(), landing);
        Part::Lead(Lead {
            flights: Arc::clone(&self.0),
            name: name.to_owned(),
            own,
        })
    }
}

impl Landing {
    /// Waits for the end. True if the answer is not for others: each of them computes its own.
    pub(crate) async fn wait(mut self) -> bool {
        // A sender that is gone leaves what it said last.
        let _ = self.0.changed().await;
        *self.0.borrow()
    }
}

impl Lead {
    /// Says that the answer is not for others.
    pub(crate) fn keeps_its_own(&self) {
        let _ = self.own.send(true);
    }
}

impl Drop for Lead {
    fn drop(&mut self) {
        lock(&self.flights).remove(&self.name);
    }
}

fn lock(
    flights: &Mutex<HashMap<String, watch::Receiver<bool>>>,
) -> MutexGuard<'_, HashMap<String, watch::Receiver<bool>>> {
    flights.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[test]
    fn one_computes_and_the_others_wait_until_it_ends() {
        let flights = Flights::default();
        let Part::Lead(lead) = flights.join("a") else {
            panic!("nobody computes yet")
        };
        let Part::Follow(mut landing) = flights.join("a") else {
            panic!("the first computes")
        };
        assert!(matches!(flights.join("b"), Part::Lead(_)));
        assert!(landing.0.changed().now_or_never().is_none());
        drop(lead);
        assert!(landing.wait().now_or_never().is_some());
        assert!(matches!(flights.join("a"), Part::Lead(_)));
    }
}
