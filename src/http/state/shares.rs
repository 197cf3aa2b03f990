//! Places that requests share, such as those for bulks or streams: so many in all, of which nobody has more than a share,
//! and callers without a key no more than half.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::http::header::{HeaderValue, RETRY_AFTER};

use crate::domain::id::Id;
use crate::http::codes::Code;
use crate::http::error::Problem;
use crate::http::request::context::Context;

/// The owner of places: a key, or for callers without one their network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Owner {
    Key(Id),
    Network(IpAddr),
    /// A caller without a key from a network that has no limits.
    Trusted(IpAddr),
    /// A caller whose address is not known.
    Unknown,
}

impl Owner {
    /// The owner of what a request takes. An IPv6 network is a /64: whoever has one has all its addresses.
    pub(crate) fn of(context: &Context) -> Self {
        if let Some(caller) = context.caller.get() {
            return Self::Key(caller.key);
        }
        match context.client {
            None => Self::Unknown,
            Some(address) if context.is_unlimited => Self::Trusted(address),
            Some(IpAddr::V6(address)) => {
                let network = u128::from(address) & !u128::from(u64::MAX);
                Self::Network(IpAddr::V6(network.into()))
            }
            Some(address) => Self::Network(address),
        }
    }

    /// True for callers without a key whom nobody vouches for.
    pub(crate) const fn is_stranger(self) -> bool {
        matches!(self, Self::Network(_) | Self::Unknown)
    }

    const fn has_a_share(self) -> bool {
        !matches!(self, Self::Trusted(_))
    }
}

/// Places of one kind.
#[derive(Debug, Clone)]
pub struct Shares(Arc<Kind>);

#[derive(Debug)]
struct Kind {
    /// The plural noun of the places.
    noun: &'static str,
    all: usize,
    each: usize,
    of_strangers: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    of_strangers: usize,
    by: HashMap<Owner, usize>,
}

/// Places that are taken, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    kind: Arc<Kind>,
    owner: Owner,
    count: usize,
}

/// Most bulks at once, in all and of one key: each may hold a line of the greatest length, read and unread.
const BULKS: (usize, usize) = (8, 2);
/// Most uploads that are received at once, in all and of one key.
const UPLOADS: (usize, usize) = (64, 32);
/// Most bytes of long answers that are held at once, in all and for one caller.
const LONG_ANSWERS: (usize, usize) = (160 * 1024 * 1024, 48 * 1024 * 1024);

impl Shares {
    /// The places for bulks.
    pub(crate) fn of_bulks() -> Self {
        Self::new("bulks", BULKS.0, BULKS.1)
    }

    /// The places for uploads.
    pub(crate) fn of_uploads() -> Self {
        Self::new("uploads", UPLOADS.0, UPLOADS.1)
    }

    /// The memory for long answers, in bytes.
    pub(crate) fn of_long_answers() -> Self {
        Self::new("long answers", LONG_ANSWERS.0, LONG_ANSWERS.1)
    }

    /// So many places, of which each owner has at most a share.
    pub(crate) fn new(noun: &'static str, all: usize, each: usize) -> Self {
        Self(Arc::new(Kind {
            noun,
            all,
            each,
            of_strangers: all.div_ceil(2),
            taken: Mutex::default(),
        }))
    }

    /// Takes places.
    ///
    /// # Errors
    /// 429 where the owner's share is used up, 503 where there is no place for anybody like them.
    pub(crate) fn take(&self, owner: Owner, count: usize) -> Result<Place, Problem> {
        let mut taken = self.0.lock();
        let own = taken.by.get(&owner).copied().unwrap_or(0);
        // One that is larger than a share goes alone.
        if owner.has_a_share() && own > 0 && own + count > self.0.each {
            let detail = format!("too many {} of this caller are under way", self.0.noun);
            return Err(again(Code::TooManyRequests, detail));
        }
        let of_strangers = if owner.is_stranger() { count } else { 0 };
        let full = taken.all + count > self.0.all
            || taken.of_strangers + of_strangers > self.0.of_strangers;
        if full {
            let detail = format!("too many {} are under way", self.0.noun);
            return Err(again(Code::Unavailable, detail));
        }
        taken.all += count;
        taken.of_strangers += of_strangers;
        *taken.by.entry(owner).or_default() += count;
        Ok(Place {
            kind: Arc::clone(&self.0),
            owner,
            count,
        })
    }

    /// Number of places that are taken.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.0.lock().all
    }
}

fn again(code: Code, detail: String) -> Problem {
    Problem::new(code, detail).with_header(RETRY_AFTER, HeaderValue::from_static("1"))
}

impl Kind {
    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.kind.lock();
        taken.all -= self.count;
        if self.owner.is_stranger() {
            taken.of_strangers -= self.count;
        }
        if let Some(own) = taken.by.get_mut(&self.owner) {
            *own -= self.count;
            if *own == 0 {
                taken.by.remove(&self.owner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(address: &str) -> Owner {
        let mut context = Context {
            id: String::new(),
            prefix: String::new(),
            client: None,
            is_unlimited: false,
            head_only: false,
            caller: Arc::default(),
        };
        context.client = Some(address.parse().unwrap());
        Owner::of(&context)
    }

    fn key() -> Owner {
        Owner::Key(Id::new(crate::domain::time::Timestamp::from_millis(0)))
    }

    fn code(outcome: Result<Place, Problem>) -> Option<Code> {
        outcome.err().map(|problem| problem.code)
    }

    #[test]
    fn nobody_has_more_than_a_share_and_all_is_given_back() {
        let shares = Shares::new("things", 8, 2);
        let (one, other) = (key(), key());
        let held: Vec<Place> = (0..2).map(|_| shares.take(one, 1).unwrap()).collect();
        assert_eq!(code(shares.take(one, 1)), Some(Code::TooManyRequests));
        assert_eq!(code(shares.take(other, 1)), None);
        drop(held);
        assert_eq!(shares.taken(), 0);
        assert_eq!(code(shares.take(one, 1)), None);
    }

    #[test]
    fn strangers_leave_half_of_the_places_to_keys() {
        let shares = Shares::new("things", 4, 1);
        let strangers =
            ["192.0.2.1", "192.0.2.2"].map(|address| shares.take(network(address), 1).unwrap());
        assert_eq!(
            code(shares.take(network("192.0.2.3"), 1)),
            Some(Code::Unavailable)
        );
        let keys = [key(), key()].map(|key| shares.take(key, 1).unwrap());
        assert_eq!(code(shares.take(key(), 1)), Some(Code::Unavailable));
        drop((strangers, keys));
    }

    #[test]
    fn all_addresses_of_an_ipv6_network_are_one_owner() {
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:2"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }

    #[test]
    fn a_trusted_network_has_no_share_of_its_own() {
        let shares = Shares::new("things", 4, 1);
        let trusted = Owner::Trusted("10.0.0.1".parse().unwrap());
        let held: Vec<Place> = (0..4).map(|_| shares.take(trusted, 1).unwrap()).collect();
        assert_eq!(code(shares.take(trusted, 1)), Some(Code::Unavailable));
        drop(held);
    }

    #[test]
    fn what_is_larger_than_a_share_goes_alone() {
        let shares = Shares::new("bytes", 100, 10);
        let large = shares.take(key(), 40).unwrap();
        let owner = large.owner;
        assert_eq!(code(shares.take(owner, 1)), Some(Code::TooManyRequests));
        assert_eq!(code(shares.take(key(), 61)), Some(Code::Unavailable));
    }
}
