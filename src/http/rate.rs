//! Rates and quotas of partners, where their contracts name any, told as draft-ietf-httpapi-ratelimit-headers has it.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use actix_web::web;
use governor::clock::Clock as GovernorClock;
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use super::error::{Code, Problem};
use crate::app::App;
use crate::domain::access::Grant;
use crate::domain::id::Id;
use crate::domain::time::Clock;
use crate::service::quotas;

static RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
static RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Seconds of a day.
const DAY: i64 = 86_400;

/// The application's clock, as the limiter wants it.
#[derive(Debug, Clone)]
struct Ticks(Clock);

impl GovernorClock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::from(Duration::from_millis(self.0.steady_millis()))
    }
}

type Limiter = RateLimiter<NotKeyed, InMemoryState, Ticks, StateInformationMiddleware>;

/// Requests that this node may still answer out of a day's quota, taken from the database some at a time.
#[derive(Debug, Clone, Copy, Default)]
struct Lease {
    day: i64,
    quota: u32,
    left: i64,
    used: i64,
}

impl Lease {
    const fn is_of(&self, day: i64, quota: u32) -> bool {
        self.day == day && self.quota == quota
    }

    fn remaining(&self) -> i64 {
        (i64::from(self.quota) - self.used + self.left).max(0)
    }
}

/// What every metered key has used, as this node knows it.
pub struct Meters {
    clock: Clock,
    rates: Mutex<HashMap<Id, (u32, Arc<Limiter>)>>,
    leases: Mutex<HashMap<Id, Lease>>,
}

/// Where a key stands, for the header fields of the answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Standing {
    policies: Vec<String>,
    limits: Vec<String>,
}

impl Standing {
    fn add(&mut self, name: &str, quota: u32, window: i64, remaining: i64, reset: i64) {
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

    fn limiter(&self, key: Id, rate: u32) -> Arc<Limiter> {
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
    fn spend(&self, key: Id, day: i64, quota: u32) -> Option<Lease> {
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
    fn add(&self, key: Id, day: i64, quota: u32, (got, used): (i64, i64)) -> Lease {
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

/// Counts a request of a key: where it stands then, and whether it is one too many.
pub(crate) async fn charge(
    app: &Arc<App>,
    grant: &Grant,
) -> Result<(Standing, Result<(), Problem>), Problem> {
    let mut standing = Standing::default();
    if let Some(rate) = grant.contract.rate_per_second
        && let Err(problem) = charge_rate(app, grant.key, rate, &mut standing)
    {
        return Ok((standing, Err(problem)));
    }
    let Some(quota) = grant.contract.quota_per_day else {
        return Ok((standing, Ok(())));
    };
    let charged = charge_quota(app, grant.key, quota, &mut standing).await?;
    Ok((standing, charged))
}

fn charge_rate(app: &App, key: Id, rate: u32, standing: &mut Standing) -> Result<(), Problem> {
    let limiter = app.meters.limiter(key, rate);
    match limiter.check() {
        Ok(snapshot) => {
            let remaining = i64::from(snapshot.remaining_burst_capacity());
            standing.add("second", rate, 1, remaining, 1);
            Ok(())
        }
        Err(not_until) => {
            standing.add("second", rate, 1, 0, 1);
            let wait = not_until.wait_time_from(Ticks(app.clock.clone()).now());
            let seconds = wait.as_millis().div_ceil(1_000).max(1);
            let detail = format!("the contract allows {rate} requests a second");
            Err(too_many(detail, i64::try_from(seconds).unwrap_or(1)))
        }
    }
}

async fn charge_quota(
    app: &Arc<App>,
    key: Id,
    quota: u32,
    standing: &mut Standing,
) -> Result<Result<(), Problem>, Problem> {
    let now = app.clock.now();
    let day = quotas::day_of(now);
    let lease = match app.meters.spend(key, day, quota) {
        Some(lease) => lease,
        None => {
            let asked = Arc::clone(app);
            let take = move || asked.debts.take_quota(&asked.store, key, day, quota);
            let taken = web::block(take).await.map_err(Problem::internal)??;
            app.meters.add(key, day, quota, taken)
        }
    };
    let reset = DAY - now.millis().div_euclid(1_000).rem_euclid(DAY);
    standing.add("day", quota, DAY, lease.remaining(), reset);
    if lease.left >= 0 {
        return Ok(Ok(()));
    }
    let detail = format!("the contract allows {quota} requests a day");
    Ok(Err(too_many(detail, reset)))
}

fn too_many(detail: String, seconds: i64) -> Problem {
    Problem::new(Code::TooManyRequests, detail).with_header(RETRY_AFTER, seconds.into())
}
