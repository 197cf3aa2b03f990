//! The change log for readers that keep copies, a page at a time.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use actix_web::get;
use actix_web::http::header::LINK;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::access::Scope;
use crate::domain::bases;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::shown::Shown;
use crate::domain::sync::{SyncEvent, SyncOp, SyncPlace};
use crate::domain::time::Timestamp;
use crate::domain::view::Article;
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::error::Problem;
use crate::http::handlers::changes::follower::{Follower, Since};
use crate::http::request::paging::{Envelope, PageLinks, Target};
use crate::http::request::params::{LimitParams, SinceParams, SyncFilterParams};
use crate::http::request::query::names_of;
use crate::http::response::links::Linked;
use crate::http::response::reply::{Policy, Reply};
use crate::http::state::app::App;
use crate::store::articles::{Parts, articles_by_ids};
use crate::store::deliveries::Stretch;
use crate::store::history::{Marks, marks_between};
use crate::store::{Conn, StoreError, changes, sync};

static LIST: LazyLock<Vec<String>> = LazyLock::new(|| {
    let place = [names_of::<SinceParams>(), names_of::<LimitParams>()].concat();
    [names_of::<SyncFilterParams>(), place].concat()
});

/// Most parts of the log that one request searches for its rows.
const MOST_BATCHES: usize = 8;

/// One thing that a copy has to do.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeEvent {
    /// Rises from row to row, with gaps.
    #[schema(example = 4711)]
    pub seq: i64,
    /// `upsert`: take this version. `delete`: show it no longer, whether the copy holds it or not.
    pub op: SyncOp,
    /// Reason of a delete: `legal`, `error`, `privacy`, `rights` or `other` for a withdrawal; `unpublished`; `embargoed`;
    /// `out_of_scope` where the key may not read it any more; `moved` where it left the filters.
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
    /// Time of the change.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The article as it is now; only with `upsert`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Article, required = false)]
    pub article: Option<Shown>,
}

/// Facts about a page of the changes besides its rows.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangesMeta {
    /// Number of rows that were asked for.
    #[schema(example = 20)]
    pub limit: u32,
    /// True if more rows follow now.
    pub has_more: bool,
    /// Leads to the rows that follow, now or later. Store it once these rows are done.
    pub next_cursor: String,
    /// True where the cursor was given before an older backup was put back, or by another database: the copy is told anew
    /// from here on. Remove what it holds and is not told again before `has_more` is false.
    pub reset: bool,
}

impl Linked for ChangeEvent {
    fn complete(&mut self, target: &Target) {
        if let Some(article) = &mut self.article {
            article.complete(&target.prefix, &target.bases, bases::Links::All);
        }
    }
}

/// The rows that a follower gets at once.
#[derive(Debug)]
pub(crate) struct Told {
    /// The last number that the follower had seen before.
    pub(crate) after: i64,
    /// Up to this number, a first copy is told of no tombstone.
    gone_upto: i64,
    pub(crate) events: Vec<SyncEvent>,
    pub(crate) articles: Vec<Shown>,
    pub(crate) next: SyncPlace,
    pub(crate) has_more: bool,
    /// True if the follower begins anew, because its place was of another history of the database.
    pub(crate) reset: bool,
    /// The histories of the places that are told.
    pub(crate) marks: Marks,
}

/// The events after a place, at most `limit`, with the articles that they bring.
pub(crate) fn tell(
    c: &mut Conn,
    follower: &mut Follower,
    since: Option<Since>,
    limit: usize,
) -> Result<Told, StoreError> {
    let (mut place, reset) = follower.settle(c, since)?;
    let (after, low) = (place.shown(), place.seq);
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
    let articles = articles_by_ids(c, &follower.scope, &ids, parts)?;
    if articles.len() < ids.len() {
        has_more = true;
        place = keep_those_with(articles.len(), &mut events, place);
    }
    Ok(Told {
        after,
        gone_upto,
        articles,
        events,
        marks: marks_between(c, low, place.reaches())?,
        next: place,
        has_more,
        reset,
    })
}

/// Leaves out the events from the first article on that the answer has no room for, and answers the place before it.
fn keep_those_with(articles: usize, events: &mut Vec<SyncEvent>, place: SyncPlace) -> SyncPlace {
    let mut upserts = 0;
    let kept = events.iter().position(|event| {
        upserts += usize::from(event.op == SyncOp::Upsert);
        upserts > articles
    });
    events.truncate(kept.unwrap_or(events.len()));
    events.last().map_or(place, |event| event.place.clone())
}

/// Keeps one event of an article that comes before and after a change of rights.
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
pub(crate) fn record(app: &App, follower: &Follower, told: &Told) -> Result<(), Problem> {
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
    let (store, clock) = (&app.store, &app.clock);
    Ok(app
        .unrecorded
        .record_deliveries(store, clock, part, &told.events)?)
}

/// The rows that tell of events.
pub(crate) fn rows(
    events: Vec<SyncEvent>,
    articles: Vec<Shown>,
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

/// A part of the changes.
#[derive(Debug, ToSchema)]
pub struct ChangePage {
    /// The steps of a copy, in order.
    pub data: Vec<ChangeEvent>,
    /// Facts about the list besides its rows.
    pub meta: ChangesMeta,
    /// Addresses of this part of the list and of the next one.
    pub links: PageLinks,
}

/// List changes
///
/// The changes that a copy of the published articles needs, in commit order. Without `since` everything that is
/// published comes first. Each article comes once, as it is now; an article that left the filters, the contract or the
/// publication comes as `delete`. Apply the rows, store `meta.next_cursor`, and continue from it. It never expires.
#[utoipa::path(tag = "changes", params(SinceParams, LimitParams, SyncFilterParams),
    responses((status = 200, description = "A page of the changes.", body = ChangePage)))]
#[get("/api/changes")]
pub(crate) async fn list_changes(mut call: Call, access: Access) -> Answer {
    let mut query = call.query(&LIST);
    let mut follower = Follower::read(&mut query, access.scope.clone());
    let limit = query.number("limit", 1, 100).unwrap_or(20);
    let since = query.parsed("since", |text| follower.resume(text));
    query.finish()?;
    let (target, app) = (call.target(), Arc::clone(&call.app));
    let head_only = call.context.head_only;
    call.read_primary();
    let load = move |c: &mut Conn, scope: &Scope| {
        let modified = changes::last_change_of_lists(c, scope, &[])?;
        let told = tell(c, &mut follower, since, limit as usize)?;
        Ok((modified, told, follower))
    };
    let represent = move |(modified, told, follower): (Option<Timestamp>, Told, Follower)| {
        if !head_only {
            record(&app, &follower, &told)?;
        }
        let next = follower.bookmark(told.next.clone(), &told.marks);
        let mut reply = represent_list(&target, limit, &next, told)?;
        reply.modified = modified;
        Ok(reply)
    };
    call.answer(access, load, represent).await
}

fn represent_list(target: &Target, limit: u32, next: &str, told: Told) -> Result<Reply, Problem> {
    let articles = told.articles.len();
    let has_more = told.has_more;
    let onward = has_more.then(|| target.with("since", next));
    let envelope = Envelope {
        data: rows(told.events, told.articles, target),
        meta: ChangesMeta {
            limit,
            has_more,
            next_cursor: next.to_owned(),
            reset: told.reset,
        },
        links: PageLinks {
            own: target.own(),
            next: onward.clone(),
        },
    };
    let body = serde_json::to_vec(&envelope).map_err(Problem::internal)?;
    let mut reply = Reply::new("application/json", body, Policy::Changes);
    reply.articles = articles;
    Ok(match onward {
        Some(next) => reply.with_header(LINK, &format!("<{next}>; rel=\"next\"")),
        None => reply,
    })
}
