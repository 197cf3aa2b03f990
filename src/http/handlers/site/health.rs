//! Health and numbers, for whoever keeps the service running.

use std::sync::Arc;

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::config::Exposure;
use crate::domain::access::{Role, Scope};
use crate::domain::time::Timestamp;
use crate::http::call::blocking::{self, Lane};
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::codes::Code;
use crate::http::error::Problem;
use crate::http::response::reply::{Policy, Reply};
use crate::http::state::app::App;
use crate::http::state::inside::State;
use crate::http::state::node;
use crate::logging;
use crate::store::owed::{self, Owed};
use crate::store::queues::{Queues, queues};
use crate::store::{Conn, changes};
use crate::worker::search::Condition;

/// The health of the service.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`.
    #[schema(example = "ok")]
    pub status: &'static str,
}

/// The state of the service and its database.
#[derive(Debug, Serialize, ToSchema)]
pub struct Readiness {
    /// `ok`: reads are answered.
    #[schema(example = "ok")]
    pub status: &'static str,
    /// `ok`, or `unavailable` while writes are answered with a 503 or a 507: the database takes none, has no room, or another
    /// write holds it up.
    #[schema(example = "ok")]
    pub writes: &'static str,
    /// `ok`, or `behind_log` while the change log ends minutes in the future, since a clock was wrong: changes are stamped with
    /// the log's end until then, while embargoes, schedules and expiries follow the clock.
    #[schema(example = "ok")]
    pub clock: &'static str,
    /// `ok`; `behind` while searches are answered and do not find the writes of the last seconds, since the index cannot be
    /// written or has much to take; `unavailable` while they are answered with a 503: the node makes its first index.
    #[schema(example = "ok")]
    pub search: &'static str,
}

fn answer(call: &Call, health: &impl Serialize) -> Answer {
    let body = serde_json::to_vec(health).map_err(Problem::internal)?;
    call.answer_with(Reply::new("application/json", body, Policy::Momentary))
}

/// Check that the process lives
///
/// 200 while the process can answer. The database is not asked.
#[utoipa::path(tag = "service", responses((status = 200, description = "The process lives.", body = Health)))]
#[get("/health/live")]
pub(crate) async fn get_liveness(call: Call) -> Answer {
    call.require_json()?;
    answer(&call, &Health { status: "ok" })
}

/// Check that the service can answer
///
/// 200 while the database answers reads, else 503; 503 too when the service is about to stop. A node that cannot write stays ready, because most requests are
/// reads; `writes` tells.
#[utoipa::path(tag = "service", responses((status = 200, description = "The service can answer.", body = Readiness)))]
#[get("/health/ready")]
pub(crate) async fn get_readiness(call: Call) -> Answer {
    call.require_json()?;
    if call.app.is_draining() {
        return Err(Problem::new(
            Code::Unavailable,
            "the service is about to stop",
        ));
    }
    let app = Arc::clone(&call.app);
    let ask = move || {
        let now = app.clock.now();
        let end = app.store.ping(|conn| changes::end_after(conn, now))?;
        Ok::<_, Problem>((app.store.takes_writes(), end.is_none()))
    };
    let (writes, clock) = web::block(ask).await.map_err(Problem::internal)??;
    let readiness = Readiness {
        status: "ok",
        writes: if writes { "ok" } else { "unavailable" },
        clock: if clock { "ok" } else { "behind_log" },
        search: match call.app.search.condition(call.app.tail.all()) {
            Condition::Current => "ok",
            Condition::Behind => "behind",
            Condition::Unavailable => "unavailable",
        },
    };
    answer(&call, &readiness)
}

/// Get metrics
///
/// Prometheus text format: requests by route and status, durations, cache, change log, search index. Without a key the numbers count
/// requests without a key; an admin key without limits gets all.
#[utoipa::path(tag = "service", responses((status = 200, description = "The metrics.", body = String, content_type = "text/plain")))]
#[get("/metrics")]
pub(crate) async fn get_metrics(call: Call, access: Access) -> Answer {
    call.require("text/plain")?;
    let all = matches!(&access.scope, Scope::Key(grant) if grant.role == Role::Admin && grant.limits.are_none());
    let app = &call.app;
    if !all && app.config.operators.metrics == Exposure::Key {
        let detail = "the metrics are for admin keys without limits";
        return Err(Problem::new(Code::Forbidden, detail));
    }
    let inside = match all {
        true => Some(state_of(app, told(app).await)),
        false => None,
    };
    let numbers = app.metrics.encode(app.tail.public(), inside.as_ref());
    let numbers = numbers.map_err(Problem::internal)?;
    call.answer_with(Reply::new(
        "text/plain; version=0.0.4; charset=utf-8",
        numbers,
        Policy::Momentary,
    ))
}

/// Debts and queues in the database at a moment.
type Told = (Owed, Queues, Timestamp);

/// Those of this moment; nothing while the database is away, since monitoring goes on then.
async fn told(app: &Arc<App>) -> Option<Told> {
    let (asked, now) = (Arc::clone(app), app.clock.now());
    let ask = move || {
        let told = |conn: &mut Conn| Ok((owed::owed(conn, now)?, queues(conn)?, now));
        asked.store.read(told)
    };
    let told = blocking::read(app, Lane::Usual, ask).await.ok()?;
    told.inspect_err(|error| log::debug!("what is owed is not known: {error}"))
        .ok()
}

fn state_of(app: &App, told: Option<Told>) -> State {
    let (cache_answers, cache_bytes) = app.cache.size();
    let end = app.tail.all();
    let indexed = app
        .search
        .reading()
        .map_or(0, |reading| reading.stamp().seq);
    let (search_lag, search_failures) = app.search.lag(end);
    State {
        search_lag: search_lag.as_secs(),
        search_failures,
        cache_bytes,
        cache_answers,
        lines_lost: logging::lost(),
        reads: app.reads.running(),
        pools: app.store.connections(),
        node: node::numbers(app, told.as_ref().map(|(_, queues, _)| *queues)),
        lags: [
            ("cache", end.saturating_sub(app.forgetting.seen())),
            ("search", end.saturating_sub(indexed)),
        ],
        owed: told.map(|(owed, _, now)| (owed, now)),
    }
}
