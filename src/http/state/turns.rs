//! Turns for what costs the database much: few run at once, so that everything else never waits for them. Callers take turns
//! one after the other, however many each waits for, and keys wait for no stranger.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot::{self, Sender};

use crate::config::Config;
use crate::domain::picture_size::PictureSize;
use crate::http::error::Problem;
use crate::http::state::shares::{Owner, Place, Shares};

/// Numbers of one kind that wait or run, in all and of one caller: so many callers fit that a new one finds a place.
const WAITING: usize = 512;
const WAITING_OF_EACH: usize = 16;
/// Pictures of one size that are looked at at once.
const PICTURES: usize = 1;

/// The turns of one kind of work.
#[derive(Debug)]
pub struct Turns {
    waiting: Shares,
    queues: Arc<Mutex<Queues>>,
}

/// The turns of uploads to have their pictures looked at, by the size of the picture.
#[derive(Debug)]
pub struct PictureTurns {
    small: Turns,
    large: Turns,
}

impl Default for PictureTurns {
    fn default() -> Self {
        Self {
            small: Turns::new("pictures", WAITING_OF_EACH, PICTURES, PICTURES),
            large: Turns::new("large pictures", WAITING_OF_EACH, PICTURES, PICTURES),
        }
    }
}

impl PictureTurns {
    /// The turns of pictures of a size.
    pub(crate) const fn of(&self, size: PictureSize) -> &Turns {
        match size {
            PictureSize::Small => &self.small,
            PictureSize::Large => &self.large,
        }
    }
}

/// A turn, until it is dropped.
#[expect(dead_code, reason = "held for what dropping it does")]
pub(crate) struct Turn(Place, Permit);

#[derive(Debug, Default)]
struct Queues {
    keys: Queue,
    strangers: Queue,
    /// Maximum number that run at once.
    most: usize,
    /// The same of callers without a key.
    most_of_strangers: usize,
    running: usize,
    running_of_strangers: usize,
}

/// The queue: the callers in the order of their next turns, and what each waits for.
#[derive(Debug, Default)]
struct Queue {
    callers: VecDeque<Owner>,
    waiters: HashMap<Owner, VecDeque<Sender<Permit>>>,
}

impl Queue {
    fn push(&mut self, owner: Owner, waiter: Sender<Permit>) {
        let own = self.waiters.entry(owner).or_default();
        if own.is_empty() {
            self.callers.push_back(owner);
        }
        own.push_back(waiter);
    }

    /// The next caller's first waiter; the caller then goes behind all others.
    fn pop(&mut self) -> Option<Sender<Permit>> {
        let owner = self.callers.pop_front()?;
        let own = self.waiters.get_mut(&owner)?;
        let waiter = own.pop_front();
        if own.is_empty() {
            self.waiters.remove(&owner);
        } else {
            self.callers.push_back(owner);
        }
        waiter
    }
}

impl Queues {
    /// The next one to run, and whether that is a stranger.
    fn next(&mut self) -> Option<(Sender<Permit>, bool)> {
        if self.running >= self.most {
            return None;
        }
        let (waiter, is_stranger) = match self.keys.pop() {
            Some(waiter) => (waiter, false),
            None if self.running_of_strangers < self.most_of_strangers => {
                (self.strangers.pop()?, true)
            }
            None => return None,
        };
        self.running += 1;
        self.running_of_strangers += usize::from(is_stranger);
        Some((waiter, is_stranger))
    }
}

/// The right to run; dropped, it goes to whoever is next.
#[derive(Debug)]
struct Permit {
    queues: Arc<Mutex<Queues>>,
    is_stranger: bool,
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut queues = locked(&self.queues);
        queues.running -= 1;
        queues.running_of_strangers -= usize::from(self.is_stranger);
        drop(queues);
        let_run(&self.queues);
    }
}

fn locked(queues: &Mutex<Queues>) -> MutexGuard<'_, Queues> {
    queues.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets run whoever may. The permit of a waiter that has gone is dropped, and so goes to the next.
fn let_run(queues: &Arc<Mutex<Queues>>) {
    loop {
        let next = locked(queues).next();
        let Some((waiter, is_stranger)) = next else {
            return;
        };
        let queues = Arc::clone(queues);
        drop(waiter.send(Permit {
            queues,
            is_stranger,
        }));
    }
}

impl Turns {
    /// The turns of costly reads.
    pub(crate) fn of_costly_reads(config: &Config) -> Self {
        let of_strangers = usize::from(config.limits.public_costly_reads);
        Self::new(
            "costly reads",
            usize::from(config.limits.costly_reads_each),
            usize::from(config.limits.costly_reads),
            of_strangers,
        )
    }

    /// The turns of work of which `most` runs at once, and so much of callers without a key; `each` is what one caller may
    /// wait for. The noun is in the plural.
    fn new(noun: &'static str, each: usize, most: usize, most_of_strangers: usize) -> Self {
        let queues = Queues {
            most,
            most_of_strangers,
            ..Queues::default()
        };
        Self {
            waiting: Shares::new(noun, WAITING.max(2 * each), each),
            queues: Arc::new(Mutex::new(queues)),
        }
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// Those of [`Shares::take`], where too many wait already.
    pub(crate) async fn wait(&self, owner: Owner) -> Result<Turn, Problem> {
        let place = self.waiting.take(owner, 1)?;
        let (waiter, turn) = oneshot::channel();
        {
            let mut queues = locked(&self.queues);
            let queue = match owner {
                Owner::Key(_) | Owner::Trusted(_) => &mut queues.keys,
                Owner::Network(_) | Owner::Unknown => &mut queues.strangers,
            };
            queue.push(owner, waiter);
        }
        let_run(&self.queues);
        let permit = turn.await.map_err(Problem::internal)?;
        Ok(Turn(place, permit))
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use futures_util::FutureExt;

    use super::*;
    use crate::domain::id::Id;
    use crate::domain::time::Timestamp;
    use crate::http::codes::Code;

    fn turns() -> Turns {
        Turns::of_costly_reads(&Config::with_database("sqlite://x.db"))
    }

    fn at(last: u8) -> Owner {
        Owner::Network(IpAddr::from([192, 0, 2, last]))
    }

    #[actix_web::test]
    async fn a_caller_who_waits_for_many_turns_keeps_nobody_else_waiting_for_more_than_one() {
        let turns = turns();
        let running = turns.wait(at(1)).await.unwrap();
        let waiting = 1..WAITING_OF_EACH;
        let mut many: Vec<_> = waiting.map(|_| Box::pin(turns.wait(at(1)))).collect();
        for waiting in &mut many {
            assert!(waiting.now_or_never().is_none());
        }
        let mut other = Box::pin(turns.wait(at(2)));
        assert!((&mut other).now_or_never().is_none());
        drop(running);
        let first = (&mut many[0]).now_or_never().unwrap().unwrap();
        assert!((&mut other).now_or_never().is_none());
        drop(first);
        assert!((&mut other).now_or_never().unwrap().is_ok());
    }

    #[actix_web::test]
    async fn eleven_callers_who_wait_for_all_that_they_may_leave_a_place_to_the_next() {
        let turns = turns();
        let _running = turns.wait(at(200)).await.unwrap();
        let mut waiting = Vec::new();
        for caller in 0..11 {
            for _ in 0..WAITING_OF_EACH {
                let mut one = Box::pin(turns.wait(at(caller)));
                let _ = (&mut one).now_or_never();
                waiting.push(one);
            }
            let refused = turns.wait(at(caller)).now_or_never().unwrap();
            assert_eq!(refused.err().unwrap().code, Code::TooManyRequests);
        }
        assert!(turns.wait(at(11)).now_or_never().is_none());
    }

    #[actix_web::test]
    async fn a_key_waits_for_no_stranger() {
        let turns = turns();
        let _running = turns.wait(at(1)).await.unwrap();
        let mut waiting = Box::pin(turns.wait(at(2)));
        assert!((&mut waiting).now_or_never().is_none());
        let key = Owner::Key(Id::new(Timestamp::from_millis(1)));
        assert!(turns.wait(key).now_or_never().unwrap().is_ok());
    }

    #[actix_web::test]
    async fn the_turn_of_a_caller_who_has_gone_goes_to_the_next() {
        let turns = turns();
        let running = turns.wait(at(1)).await.unwrap();
        let mut gone = Box::pin(turns.wait(at(2)));
        let mut told = Box::pin(turns.wait(at(3)));
        let mut last = Box::pin(turns.wait(at(4)));
        for waiting in [&mut gone, &mut told, &mut last] {
            assert!(waiting.now_or_never().is_none());
        }
        drop(gone);
        drop(running);
        // Given its turn, it goes before it takes it.
        drop(told);
        assert!((&mut last).now_or_never().unwrap().is_ok());
        drop(last);
        let queues = locked(&turns.queues);
        assert_eq!((queues.running, queues.running_of_strangers), (0, 0));
    }
}
