//! The usage of metered keys on this node, and their limits in header fields, as in draft-ietf-httpapi-ratelimit-headers.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use governor::clock::Clock as GovernorClock;
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use crate::domain::id::Id;
use crate::domain::time::Clock;
use crate::http::codes::Code;
use crate::http::error::Problem;

static RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
static RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The application's clock, as the limiter wants it.
#[derive(Debug, Clone)]
pub(crate) struct Ticks(pub(crate) Clock);

impl GovernorClock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::from(Duration::from_millis(self.0.steady_millis()))
    }
}

pub(crate) type Limiter = RateLimiter<NotKeyed, InMemoryState, Ticks, StateInformationMiddleware>;

/// Requests that this node may still answer out of a day's quota, taken from the database some at a time.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Lease {
    day: i64,
    quota: u32,
    pub(crate) left: i64,
    used: i64,
}

impl Lease {
    const fn is_of(&self, day: i64, quota: u32) -> bool {
        self.day == day && self.quota == quota
    }

    /// The requests that are left of the day.
    pub(crate) fn remaining(&self) -> i64 {
        (i64::from(self.quota) - self.used + self.left).max(0)
    }
}

/// The usage of every metered key, as this node knows it.
pub struct Meters {
    clock: Clock,
    rates: Mutex<HashMap<Id, (u32, Arc<Limiter>)>>,
    leases: Mutex<HashMap<Id, Lease>>,
}

/// The limits of a key and their rest, for the header fields of the answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Standing {
    policies: Vec<String>,
    limits: Vec<String>,
}

impl Standing {
    /// Adds a limit and where the key stands with it; the window and the reset are in seconds.
    pub(crate) fn add(&mut self, name: &str, quota: u32, window: i64, remaining: i64, reset: i64) {
        self.policies
            .push(format!("\"{name}\";q={quota};w={window}"));
        self.limits
            .push(format!("\"{name}\";r={remaining};t={reset}"));
    }

    /// Puts the fields on an answer.
    pub(crate) fn put(&self, headers: &mut HeaderMap) {
        let fields = [
            (&RATE_LIMIT_POLICY, self.policies.join(", ")),
            (&RATE_LIMIT, self.limits.join(", ")),
        ];
        for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name.clone(), value);
            }
        }
    }
}

/// The refusal of a request over a limit, to come again after `wait`.
pub(crate) fn too_many(detail: String, wait: Duration) -> Problem {
    let seconds = u64::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u64::MAX);
    Problem::new(Code::TooManyRequests, detail).with_header(RETRY_AFTER, seconds.max(1).into())
}

impl Meters {
    /// Meters that nothing has passed yet.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            rates: Mutex::default(),
            leases: Mutex::default(),
        }
    }

    /// The limiter of a key's requests a second.
    pub(crate) fn limiter(&self, key: Id, rate: u32) -> Arc<Limiter> {
        let mut rates = self.rates.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, limiter)) = rates.get(&key).filter(|(known, _)| *known == rate) {
            return Arc::clone(limiter);
        }
        let quota = Quota::per_second(NonZeroU32::new(rate).unwrap_or(NonZeroU32::MIN));
        let limiter = RateLimiter::direct_with_clock(quota, Ticks(self.clock.clone()));
        let limiter = Arc::new(limiter.with_middleware::<StateInformationMiddleware>());
        rates.insert(key, (rate, Arc::clone(&limiter)));
        limiter
    }

    /// Takes a request out of what this node has of the quota; `None` where it has to ask the database.
    pub(crate) fn spend(&self, key: Id, day: i64, quota: u32) -> Option<Lease> {
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        let lease = leases.get_mut(&key).filter(|l| l.is_of(day, quota))?;
        if lease.left > 0 {
            lease.left -= 1;
        } else if lease.used < i64::from(quota) {
            return None;
        } else {
            lease.left = -1;
        }
        let spent = *lease;
        lease.left = lease.left.max(0);
        Some(spent)
    }

    /// Adds what the database gave, less the request that asked for it.
    pub(crate) fn add(&self, key: Id, day: i64, quota: u32, (got, used): (i64, i64)) -> Lease {
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        let lease = leases.entry(key).or_default();
        let before = if lease.is_of(day, quota) {
            lease.left
        } else {
            0
        };
        *lease = Lease {
            day,
            quota,
            left: before + got - 1,
            used,
        };
        let spent = *lease;
        lease.left = lease.left.max(0);
        spent
    }
}
