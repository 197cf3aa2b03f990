//! The rate of requests without a key, for each address.

use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU32;

use governor::clock::Clock as _;
use governor::middleware::StateInformationMiddleware;
use governor::state::{InMemoryState, NotKeyed, StateStore};
use governor::{Quota, RateLimiter};

use crate::config::Config;
use crate::domain::time::Clock;
use crate::http::error::Problem;
use crate::http::state::rate_limits::{Standing, Ticks, too_many};
use crate::http::state::shares::Owner;

/// Cells of the table: 8 MB, however many addresses come. Two addresses that meet in one cell share its rate.
const CELLS: usize = 1 << 20;

/// Token buckets of addresses, in a table of a fixed size.
struct Table {
    cells: Box<[InMemoryState]>,
    /// Seeded anew by each process: nobody can choose an address so that it meets another one.
    hasher: RandomState,
}

impl StateStore for Table {
    type Key = Owner;

    fn measure_and_replace<T, F, E>(&self, owner: &Owner, measure: F) -> Result<T, E>
    where
        F: Fn(Option<governor::nanos::Nanos>) -> Result<(T, governor::nanos::Nanos), E>,
    {
        let hash = usize::try_from(self.hasher.hash_one(owner) >> 32).unwrap_or(0);
        let cell = &self.cells[hash % self.cells.len()];
        cell.measure_and_replace(&NotKeyed::NonKey, measure)
    }
}

type Limiter = RateLimiter<Owner, Table, Ticks, StateInformationMiddleware>;

/// The rate of requests without a key, where one is set.
pub(crate) struct Strangers(Option<Limit>);

struct Limit {
    limiter: Limiter,
    clock: Ticks,
    rate: u32,
    burst: u32,
}

impl Strangers {
    /// The rate of the settings.
    pub(crate) fn new(config: &Config, clock: Clock) -> Self {
        let rate = NonZeroU32::new(config.limits.public_rate);
        Self(rate.map(|rate| Limit::new(rate, config.limits.public_burst, Ticks(clock))))
    }

    /// Takes a request off what an owner without a key may ask for; `None` where no rate is set, or none for this owner.
    pub(crate) fn charge(&self, owner: Owner) -> Option<(Standing, Result<(), Problem>)> {
        let limit = self.0.as_ref().filter(|_| owner.is_stranger())?;
        Some(limit.charge(owner))
    }
}

impl Limit {
    fn new(rate: NonZeroU32, burst: u32, clock: Ticks) -> Self {
        let burst = NonZeroU32::new(burst).unwrap_or(rate.saturating_mul(DEFAULT_BURST));
        let cells = std::iter::repeat_with(InMemoryState::default).take(CELLS);
        let table = Table {
            cells: cells.collect(),
            hasher: RandomState::new(),
        };
        let quota = Quota::per_second(rate).allow_burst(burst);
        Self {
            limiter: RateLimiter::new(quota, table, clock.clone()),
            clock,
            rate: rate.get(),
            burst: burst.get(),
        }
    }

    fn charge(&self, owner: Owner) -> (Standing, Result<(), Problem>) {
        let seconds = |requests: u32| i64::from(requests.div_ceil(self.rate));
        let (remaining, outcome) = match self.limiter.check_key(&owner) {
            Ok(snapshot) => (snapshot.remaining_burst_capacity(), Ok(())),
            Err(not_until) => {
                let wait = not_until.wait_time_from(self.clock.now());
                let detail = format!(
                    "an address without a key may ask for {} answers a second, and for {} at once",
                    self.rate, self.burst
                );
                (0, Err(too_many(detail, wait)))
            }
        };
        let mut standing = Standing::default();
        let reset = seconds(self.burst.saturating_sub(remaining)).max(1);
        let window = seconds(self.burst).max(1);
        standing.add("address", self.burst, window, remaining.into(), reset);
        (standing, outcome)
    }
}

/// Seconds' worth of requests that may come at once, where the settings say nothing else.
const DEFAULT_BURST: NonZeroU32 = NonZeroU32::MIN.saturating_add(9);

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    fn at(number: u32) -> Owner {
        Owner::Network(IpAddr::V4(Ipv4Addr::from(number)))
    }

    fn strangers(time: &Arc<AtomicI64>) -> Strangers {
        let mut config = Config::with_database("sqlite://x.db");
        config.limits.public_rate = 2;
        config.limits.public_burst = 3;
        Strangers::new(&config, Clock::Manual(Arc::clone(time)))
    }

    #[test]
    fn each_address_has_a_bucket_that_fills_again() {
        let time = Arc::new(AtomicI64::new(1_000));
        let strangers = strangers(&time);
        let allowed = |owner| strangers.charge(owner).unwrap().1.is_ok();
        assert_eq!(
            [1, 1, 1, 1].map(|n| allowed(at(n))),
            [true, true, true, false]
        );
        assert!(allowed(at(2)));
        time.fetch_add(500, Ordering::SeqCst);
        assert_eq!([1, 1].map(|n| allowed(at(n))), [true, false]);
        time.fetch_add(60_000, Ordering::SeqCst);
        assert_eq!(
            [1, 1, 1, 1].map(|n| allowed(at(n))),
            [true, true, true, false]
        );
    }

    #[test]
    fn a_million_addresses_take_no_more_room_than_one() {
        let strangers = strangers(&Arc::new(AtomicI64::new(1_000)));
        for number in 0..1_000_000 {
            strangers.charge(at(number));
        }
        let table = strangers.0.unwrap().limiter.into_state_store();
        assert_eq!(size_of_val(&*table.cells), 8 * 1024 * 1024);
    }

    #[test]
    fn a_trusted_network_and_a_key_have_no_rate() {
        let strangers = strangers(&Arc::new(AtomicI64::new(1_000)));
        let trusted = Owner::Trusted(IpAddr::V4(Ipv4Addr::LOCALHOST));
        assert!(strangers.charge(trusted).is_none());
    }
}
