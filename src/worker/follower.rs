//! Follows the end of the change log, by one connection for each node, and keeps the node's lease.

use std::time::{Duration, Instant};

use crate::store::changes::Ends;
use crate::store::{LogWatch, Store, StoreError};

use super::leader::Leader;

/// How often the connection is asked whether somebody has committed: a system call or two, and no statement.
pub const LISTENS_EVERY: Duration = Duration::from_millis(50);
/// The pause before a new connection is tried where one has failed.
const REST: Duration = Duration::from_secs(1);

/// A follower, with its connection while it has one.
#[derive(Default)]
pub struct Follower {
    watch: Option<LogWatch>,
    rests_until: Option<Instant>,
}

/// News of one look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct News {
    /// The ends of the log, where it may have moved on.
    pub ends: Option<Ends>,
    /// Whether this node leads from now on.
    pub leads: bool,
}

impl Follower {
    /// Looks once; `None` while there is no connection.
    pub fn look(&mut self, store: &Store, leader: &Leader) -> Option<News> {
        if self.rests_until.is_some_and(|until| Instant::now() < until) {
            return None;
        }
        match self.try_look(store, leader) {
            Ok(news) => Some(news),
            Err(error) => {
                log::warn!("the change log cannot be followed: {error}");
                self.watch = None;
                self.rests_until = Some(Instant::now() + REST);
                None
            }
        }
    }

    fn try_look(&mut self, store: &Store, leader: &Leader) -> Result<News, StoreError> {
        let watch = match &mut self.watch {
            Some(watch) => watch,
            none => none.insert(store.watch_log()?),
        };
        let ends = watch.news()?;
        let leads = leader.ask(watch)?;
        Ok(News { ends, leads })
    }
}
