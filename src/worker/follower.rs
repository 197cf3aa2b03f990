//! Follows the end of the change log and keeps the node's lease, by one connection for each node.

use std::time::{Duration, Instant};

use crate::store::changes::Ends;
use crate::store::log_watch::LogWatch;
use crate::store::{Store, StoreError};

use super::leader::Leader;

/// Pause between two looks.
pub const LOOK_EVERY: Duration = Duration::from_millis(200);
/// Pause before a new connection is tried where one has failed.
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
    /// The ends of the log, where it was looked at.
    pub ends: Option<Ends>,
    /// True if there may be work: somebody has committed something, or this node leads from now on.
    pub has_work: bool,
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
        self.watch.take_if(|watch| watch.is_stale());
        let watch = match &mut self.watch {
            Some(watch) => watch,
            none => none.insert(store.watch_log()?),
        };
        let news = watch.news()?;
        let leads = leader.ask(watch)?;
        Ok(News {
            ends: news.ends,
            has_work: news.noticed || leads,
        })
    }
}
