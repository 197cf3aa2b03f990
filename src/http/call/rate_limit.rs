//! Rates and quotas of partners, where their contracts name any.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use governor::clock::Clock as _;

use crate::domain::access::Grant;
use crate::domain::id::Id;
use crate::http::error::Problem;
use crate::http::state::app::App;
use crate::http::state::rate_limits::{Standing, Ticks, too_many};
use crate::service::quotas;

/// Seconds of a day.
const DAY: i64 = 86_400;

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
            let detail = format!("the contract allows {rate} requests a second");
            Err(too_many(detail, wait))
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
    let wait = Duration::from_secs(reset.unsigned_abs());
    Ok(Err(too_many(detail, wait)))
}
