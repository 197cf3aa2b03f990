//! The end of the change log as this node knows it, to be read and to be subscribed to.

use tokio::sync::watch;

use crate::store::changes::Ends;

/// The state that subscribers wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The last entry of all.
    pub all: i64,
    /// The last entry by which the public's view can have changed.
    pub public: i64,
    /// Rises with each call for attention, which needs no entry in the log.
    nudges: u64,
}

/// The ends of the log that were seen last. They only rise.
#[derive(Debug)]
pub struct Tail(watch::Sender<Position>);

impl Default for Tail {
    fn default() -> Self {
        Self(watch::Sender::new(Position {
            all: i64::MIN,
            public: i64::MIN,
            nudges: 0,
        }))
    }
}

impl Tail {
    /// Notes how far the log has come, and wakes subscribers where it has moved on.
    pub fn advance(&self, ends: Ends) {
        self.0.send_if_modified(|position| {
            let before = *position;
            position.all = before.all.max(ends.all);
            position.public = before.public.max(ends.public);
            *position != before
        });
    }

    /// Wakes subscribers: there may be work that the log does not tell of.
    pub fn nudge(&self) {
        self.0.send_modify(|position| position.nudges += 1);
    }

    /// The last entry of all.
    #[must_use]
    pub fn all(&self) -> i64 {
        self.0.borrow().all
    }

    /// The last entry by which the public's view can have changed.
    #[must_use]
    pub fn public(&self) -> i64 {
        self.0.borrow().public
    }

    /// A subscription; it ends with the tail.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<Position> {
        self.0.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subscribers_are_woken_where_the_log_has_moved_on_and_by_a_nudge() {
        let tail = Tail::default();
        let mut log = tail.subscribe();
        tail.advance(Ends { all: 5, public: 3 });
        assert!(log.has_changed().unwrap());
        log.mark_unchanged();
        tail.advance(Ends { all: 4, public: 3 });
        assert!(!log.has_changed().unwrap(), "it has not moved");
        assert_eq!((tail.all(), tail.public()), (5, 3));
        tail.nudge();
        assert!(log.has_changed().unwrap());
        drop(tail);
        assert!(log.has_changed().is_err());
    }
}
