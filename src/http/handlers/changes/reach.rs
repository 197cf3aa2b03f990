//! Proof of takedown: what partners acknowledge, and where copies of an article are.

use std::sync::{Arc, LazyLock};

use actix_web::web::Payload;
use actix_web::{get, post, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::access::{Limits, Scope};
use crate::domain::id::Id;
use crate::domain::permission::Operation;
use crate::domain::query::Reference;
use crate::domain::reach::Reach;
use crate::http::call::body::JSON;
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::codes::Code;
use crate::http::error::Problem;
use crate::http::handlers::changes::follower::Bookmark;
use crate::http::request::json_fields::Fields;
use crate::http::request::paging::Single;
use crate::http::request::params::IdempotencyParams;
use crate::http::response::reply::{Policy, Reply};
use crate::http::schemas::AcknowledgeRequest;
use crate::service::deliveries;
use crate::service::editing::find_stored;
use crate::store::articles::{Found, find_article};
use crate::store::reach::reach_of;
use crate::store::sections::sections_by_ids;
use crate::store::{Conn, StoreError};

static NO_PARAMETERS: LazyLock<Vec<String>> = LazyLock::new(Vec::new);

const OTHER_HISTORY: &str = "the cursor was given before an older backup of the database was put back, or by another \
     database: read /api/changes with it, then acknowledge the cursor that comes with the rows";

/// The result of an acknowledgement.
#[derive(Debug, Serialize, ToSchema)]
pub struct Acknowledgement {
    /// Number of articles that it acknowledged and that had not been acknowledged before.
    pub acknowledged: usize,
}

/// The result of an acknowledgement.
#[derive(Debug, ToSchema)]
pub struct AcknowledgementEnvelope {
    /// The result.
    pub data: Acknowledgement,
}

/// The copies of an article at partners.
#[derive(Debug, ToSchema)]
pub struct ReachEnvelope {
    /// The copies.
    pub data: Reach,
}

/// Acknowledge changes
///
/// Says that the copy has applied everything up to a cursor. Only this acknowledges; reading on with a later cursor
/// does not.
#[utoipa::path(tag = "changes", params(IdempotencyParams), request_body = AcknowledgeRequest,
    responses((status = 200, description = "The acknowledgement is recorded.", body = AcknowledgementEnvelope)))]
#[post("/api/changes/ack")]
pub(crate) async fn acknowledge_changes(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::AcknowledgeChanges)?;
    call.require_no_query()?;
    let content = call.content(payload, JSON).await?;
    let mut fields = Fields::new(content.object);
    let bookmark = fields.required("cursor", 4_096);
    let bookmark = bookmark.and_then(|text| match Bookmark::read(&text) {
        Ok(bookmark) => Some(bookmark),
        Err(invalid) => {
            fields.refuse("cursor", invalid);
            None
        }
    });
    let faults = fields.finish().err().unwrap_or_default();
    let Some(bookmark) = bookmark.filter(|_| faults.is_empty()) else {
        return Err(Problem::invalid_content(faults));
    };
    // What it acknowledges was perhaps given while the database took no writes.
    let app = Arc::clone(&call.app);
    web::block(move || app.unrecorded.record_waiting(&app.store))
        .await
        .map_err(Problem::internal)??;
    call.write(writer, &content.digest, move |tx, writer| {
        if !bookmark.holds(tx.conn())? {
            return Err(Problem::new(Code::Conflict, OTHER_HISTORY));
        }
        let mut acknowledged = 0;
        for (stream, seq) in bookmark.done() {
            acknowledged += deliveries::acknowledge(tx, writer.grant.key, stream, seq)?;
        }
        single(Acknowledgement { acknowledged })
    })
    .await
}

/// Get the reach of an article
///
/// For each partner that got the article from `/api/changes`: the version that it took and when, whether the latest
/// correction or the tombstone was delivered and acknowledged, and what is still open.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug of the article.", example = "silence-is-also-a-record")),
    responses((status = 200, description = "The copies at partners.", body = ReachEnvelope)))]
#[get("/api/articles/{id}/reach")]
pub(crate) async fn get_reach(call: Call, access: Access) -> Answer {
    let writer = access.may(Operation::GetReach)?;
    call.query(&NO_PARAMETERS).finish()?;
    let reference = Reference::parse(&call.segment("id"));
    let default_lang = call.app.config.default_lang.clone();
    let limits = writer.grant.limits.clone();
    let access = writer.into_access();
    let load = move |c: &mut Conn, scope: &Scope| -> Result<Option<Reach>, StoreError> {
        match find_article(c, scope, &reference, &[], &default_lang)? {
            Found::Article(id) | Found::Moved { id, .. } if within(c, &limits, id)? => {
                reach_of(c, id)
            }
            Found::Withdrawn(tombstone) if within(c, &limits, tombstone.id)? => {
                reach_of(c, tombstone.id)
            }
            _ => Ok(None),
        }
    };
    let represent = |found: Option<Reach>| match found {
        Some(reach) => single(reach),
        None => Err(Problem::not_found("article")),
    };
    call.answer(access, load, represent).await
}

/// True if an article is within a key's limits.
fn within(conn: &mut Conn, limits: &Limits, id: Id) -> Result<bool, StoreError> {
    let Some(article) = find_stored(conn, id)? else {
        return Ok(false);
    };
    let section = sections_by_ids(conn, article.content.section.as_slice())?.pop();
    let trail = section.map(|section| section.trail).unwrap_or_default();
    let trail: Vec<Id> = trail.iter().map(|step| step.id).collect();
    Ok(limits.allow(&article.content.lang, &trail, article.content.source))
}

fn single<T: Serialize>(data: T) -> Result<Reply, Problem> {
    let body = serde_json::to_vec(&Single { data }).map_err(Problem::internal)?;
    Ok(Reply::new("application/json", body, Policy::Private))
}
