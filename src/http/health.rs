//! Health and numbers, for whoever keeps the service running.

use std::sync::Arc;

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::error::Problem;
use super::extract::{Access, Answer, Call};
use super::reply::{Policy, Reply};
use crate::domain::access::{Role, Scope};

/// How the service is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`.
    #[schema(example = "ok")]
    pub status: &'static str,
}

fn ok(call: &Call) -> Answer {
    let body = serde_json::to_vec(&Health { status: "ok" }).map_err(Problem::internal)?;
    call.answer_with(Reply::new("application/json", body, Policy::Momentary))
}

/// Is the process alive?
///
/// Answers as long as the process can answer anything; asks nothing of the database.
#[utoipa::path(tag = "service", responses((status = 200, description = "It is.", body = Health)))]
#[get("/health/live")]
pub(crate) async fn get_liveness(call: Call) -> Answer {
    call.require_json()?;
    ok(&call)
}

/// Can it answer?
///
/// Answers 200 when the database answers, and 503 when it does not.
#[utoipa::path(tag = "service", responses((status = 200, description = "It can.", body = Health)))]
#[get("/health/ready")]
pub(crate) async fn get_readiness(call: Call) -> Answer {
    call.require_json()?;
    let app = Arc::clone(&call.app);
    web::block(move || app.store.ping())
        .await
        .map_err(Problem::internal)??;
    ok(&call)
}

/// Numbers for monitoring
///
/// In the text format of Prometheus: requests by route and status, how long they took, what the cache did. Without a key the
/// numbers are those of requests without a key; an admin key without limits shows all of them.
#[utoipa::path(tag = "service", responses((status = 200, description = "The numbers.", body = String, content_type = "text/plain")))]
#[get("/metrics")]
pub(crate) async fn get_metrics(call: Call, access: Access) -> Answer {
    call.require("text/plain")?;
    let all = matches!(&access.scope, Scope::Key(grant) if grant.role == Role::Admin && grant.limits.are_none());
    let numbers = call
        .app
        .metrics
        .encode(call.app.tail.public(), all)
        .map_err(Problem::internal)?;
    call.answer_with(Reply::new(
        "text/plain; version=0.0.4; charset=utf-8",
        numbers,
        Policy::Momentary,
    ))
}
