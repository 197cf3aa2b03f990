//! What has changed, for those who keep copies: a part of the log at a time.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use actix_web::get;
use actix_web::http::header::LINK;
use serde::Serialize;
use utoipa::ToSchema;

use super::error::Problem;
use super::extract::{Access, Answer, Call};
use super::follower::Follower;
use super::links::Linked;
use super::openapi::ChangePage;
use super::page::{Envelope, Meta, PageLinks, Target};
use super::parameters::{LimitParams, SinceParams, SyncFilterParams};
use super::query::names_of;
use super::reply::{Policy, Reply};
use super::surrogate::Keys;
use crate::app::App;
use crate::domain::access::Scope;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::sync::{SyncEvent, SyncOp, SyncPlace};
use crate::domain::time::Timestamp;
use crate::domain::view::Article;
use crate::service::deliveries::record_deliveries;
use crate::store::articles::{Parts, articles_by_ids};
use crate::store::deliveries::Stretch;
use crate::store::{Conn, StoreError, changes, sync};

static LIST: LazyLock<Vec<String>> = LazyLock::new(|| {
    let place = [names_of::<SinceParams>(), names_of::<LimitParams>()].concat();
    [names_of::<SyncFilterParams>(), place].concat()
});

/// How many parts of the log one request looks through for its rows.
const MOST_BATCHES: usize = 8;

/// One thing that a copy has to do.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeEvent {
    /// Rises from row to row, with gaps.
    #[schema(example = 4711)]
    pub seq: i64,
    /// `upsert`: take this version. `delete`: show it no longer, whether the copy holds it or not.
    pub op: SyncOp,
    /// Why, for a delete: `legal`, `error`, `privacy`, `rights` or `other` where it was withdrawn; `unpublished`,
    /// `embargoed`; `out_of_scope` where the key may not read it any more, `moved` where the filters do not hold it.
    #[schema(example = "legal")]
    pub reason: Option<&'static str>,
    /// The article.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// Its edition.
    #[schema(value_type = String, example = "en")]
    pub lang: LanguageTag,
    /// Its version.
    pub version: i64,
    /// When it came about.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The article as it is now; only with `upsert`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Article, required = false)]
    pub article: Option<Article>,
}

impl Linked for ChangeEvent {
    fn complete(&mut self, target: &Target) {
        if let Some(article) = &mut self.article {
            article.complete(target);
        }
    }
}

/// What a follower is told at once.
#[derive(Debug)]
pub(super) struct Told {
    /// The last number that the follower had seen before.
    pub(super) after: i64,
    /// Up to this number, a first copy is told of no tombstone.
    gone_upto: i64,
    pub(super) events: Vec<SyncEvent>,
    pub(super) articles: Vec<Article>,
    pub(super) next: SyncPlace,
    pub(super) has_more: bool,
}

/// What comes after a place, at most `limit` events, with the articles that they bring.
pub(super) fn tell(
    c: &mut Conn,
    follower: &Follower,
    place: Option<SyncPlace>,
    limit: usize,
) -> Result<Told, StoreError> {
    let mut place = match place {
        Some(place) => place,
        None => sync::first_copy(c)?,
    };
    let after = place.shown();
    let fresh = place.fresh.unwrap_or(0);
    let gone_upto = place.offset.saturating_add(fresh);
    let (mut events, mut has_more) = (Vec::new(), true);
    for _ in 0..MOST_BATCHES {
        let wanted = limit - events.len();
        let batch = sync::events_after(c, &follower.scope, &follower.filter, place, wanted)?;
        events.extend(batch.events);
        (place, has_more) = (batch.next, batch.has_more);
        if !has_more || events.len() >= limit {
            break;
        }
    }
    keep_last_of_each(&mut events);
    let upserts = events.iter().filter(|event| event.op == SyncOp::Upsert);
    let ids: Vec<Id> = upserts.map(|event| event.id).collect();
    let parts = Parts {
        body: follower.body,
        related: false,
    };
    Ok(Told {
        after,
        gone_upto,
        articles: articles_by_ids(c, &follower.scope, &ids, parts)?,
        events,
        next: place,
        has_more,
    })
}

/// What is told of an article before and after a change of rights is told once, where both come together.
fn keep_last_of_each(events: &mut Vec<SyncEvent>) {
    let mut later = HashSet::new();
    let mut kept: Vec<bool> = events
        .iter()
        .rev()
        .map(|event| later.insert(event.id))
        .collect();
    events.retain(|_| kept.pop().unwrap_or(true));
}

/// Records what a partner is about to be given.
pub(super) fn record(app: &App, follower: &Follower, told: &Told) -> Result<(), Problem> {
    let Some(partner) = follower.scope.partner() else {
        return Ok(());
    };
    let part = Stretch {
        key: partner.key,
        stream: follower.stream(),
        after: told.after,
        upto: told.next.shown(),
        gone_upto: told.gone_upto,
    };
    Ok(record_deliveries(
        &app.store,
        &app.clock,
        part,
        &told.events,
    )?)
}

/// The rows that tell of events.
pub(super) fn rows(
    events: Vec<SyncEvent>,
    articles: Vec<Article>,
    target: &Target,
) -> Vec<ChangeEvent> {
    let mut articles = articles.into_iter();
    let row = |event: SyncEvent| {
        let mut row = ChangeEvent {
            seq: event.seq,
            op: event.op,
            reason: event.reason,
            id: event.id,
            lang: event.lang,
            version: event.version,
            at: event.at,
            article: match event.op {
                SyncOp::Upsert => articles.next(),
                SyncOp::Delete => None,
            },
        };
        row.complete(target);
        row
    };
    events.into_iter().map(row).collect()
}

/// List changes
///
/// What a copy of the published articles has to do, in commit order. Without `since` everything that is published comes
/// first. Each article comes once, as it is now; one that left the filters, the key's rights or the publication is a
/// `delete`. Store `meta.next_cursor` once the rows are done, and go on from there, with the same filters or with others; it
/// never expires.
#[utoipa::path(tag = "changes", params(SinceParams, LimitParams, SyncFilterParams),
    responses((status = 200, description = "A part of the changes.", body = ChangePage)))]
#[get("/api/changes")]
pub(crate) async fn list_changes(call: Call, access: Access) -> Answer {
    let mut query = call.query(&LIST);
    let mut follower = Follower::read(&mut query, access.scope.clone());
    let limit = query.number("limit", 1, 100).unwrap_or(20);
    let since = query.parsed("since", |text| follower.resume(text));
    query.finish()?;
    let (target, app) = (call.target(), Arc::clone(&call.app));
    let head_only = call.context.head_only;
    let asked = follower.clone();
    let load = move |c: &mut Conn, scope: &Scope| {
        let modified = changes::last_change_of_lists(c, scope, &[])?;
        Ok((modified, tell(c, &asked, since, limit as usize)?))
    };
    let represent = move |(modified, told): (Option<Timestamp>, Told)| {
        if !head_only {
            record(&app, &follower, &told)?;
        }
        let next = follower.bookmark(told.next.clone());
        let mut reply = represent_list(&target, limit, &next, told)?;
        reply.modified = modified;
        Ok(reply)
    };
    call.answer(access, load, represent).await
}

fn represent_list(target: &Target, limit: u32, next: &str, told: Told) -> Result<Reply, Problem> {
    let mut keys = Keys::of_list("changes");
    keys.add_articles(&told.articles);
    let articles = told.articles.len();
    let has_more = told.has_more;
    let onward = has_more.then(|| target.with("since", next));
    let envelope = Envelope {
        data: rows(told.events, told.articles, target),
        meta: Meta {
            limit,
            has_more,
            next_cursor: Some(next.to_owned()),
            total: None,
            total_kind: None,
        },
        links: PageLinks {
            own: target.own(),
            next: onward.clone(),
        },
    };
    let body = serde_json::to_vec(&envelope).map_err(Problem::internal)?;
    let mut reply = Reply::new("application/json", body, Policy::Changes);
    reply.keys = keys;
    reply.articles = articles;
    Ok(match onward {
        Some(next) => reply.with_header(LINK, &format!("<{next}>; rel=\"next\"")),
        None => reply,
    })
}
