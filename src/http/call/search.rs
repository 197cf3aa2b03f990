//! A search at its handler: the index as it is now, and the page of articles that it finds.

use std::sync::Arc;
use std::time::Duration;

use actix_web::rt::time::sleep;
use chrono_tz::Tz;

use crate::domain::access::Scope;
use crate::domain::cursor::Cursor;
use crate::domain::query::{ArticleQuery, PageRequest, Slice};
use crate::domain::search::Filter;
use crate::domain::shown::Shown;
use crate::domain::time::Timestamp;
use crate::http::call::extract::Call;
use crate::http::codes::Code;
use crate::http::error::Problem;
use crate::http::request::article_filter::Asked;
use crate::http::request::paging::Paging;
use crate::http::request::query::Query;
use crate::search::hits::Read;
use crate::search::index::Reading;
use crate::search::parse::parse;
use crate::search::{Order, SearchError};
use crate::store::articles::{Parts, articles_by_ids};
use crate::store::listing::{search_filter, search_sight};
use crate::store::{Conn, StoreError, changes, search};

/// Time that a request waits for the first index of a node that has just started.
const FIRST_INDEX: Duration = Duration::from_secs(3);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A page of hits as it was found.
pub(crate) struct Found {
    pub(crate) articles: Slice<Shown>,
    pub(crate) scores: Vec<f32>,
    pub(crate) total: u64,
    pub(crate) did_you_mean: Option<String>,
    pub(crate) query_cut: bool,
    pub(crate) modified: Option<Timestamp>,
    /// True if the index had come to the end of the log.
    pub(crate) current: bool,
}

/// A search as it was understood.
pub(crate) struct Question {
    pub(crate) read: Read,
    pub(crate) query: ArticleQuery,
    pub(crate) filter: Filter,
    pub(crate) zone: Tz,
}

/// The paging of hits; their order is part of what a cursor is bound to.
pub(crate) fn paging(query: &mut Query, asked: &Asked, order: Order) -> Paging {
    let binding = format!("search {order:?} {}", asked.binding());
    if asked.is_costly() {
        Paging::read_costly(query, binding)
    } else {
        Paging::read(query, binding)
    }
}

/// The index as it is now. A node that has just started makes its first one while a request waits a little.
pub(crate) async fn reading(call: &Call) -> Result<Arc<Reading>, Problem> {
    let mut waited = Duration::ZERO;
    loop {
        if let Some(reading) = call.app.search.reading() {
            return Ok(reading);
        }
        if waited >= FIRST_INDEX {
            let detail = "the search index is being made; everything else is answered meanwhile";
            return Err(Problem::new(Code::Unavailable, detail));
        }
        sleep(LOOK_AGAIN).await;
        waited += LOOK_AGAIN;
    }
}

/// True if a query may cost much: each of many words, and each phrase, is walked through all its articles.
pub(crate) fn is_long(typed: &str) -> bool {
    const SHORT: usize = 32;
    typed.len() > SHORT || typed.contains('"')
}

/// A failure of the index. Where it cannot be read, it is made anew, and the caller may ask again.
pub(crate) fn failed(reading: &Reading, error: &SearchError) -> StoreError {
    if error.is_of_its_files() {
        reading.report_broken();
        return StoreError::Unavailable(error.to_string());
    }
    StoreError::Other(error.to_string())
}

/// Finds a page of articles, on one snapshot of the database and one state of the index.
pub(crate) fn find(
    c: &mut Conn,
    scope: &Scope,
    reading: &Reading,
    asked: Asked,
    order: Order,
    page: &PageRequest,
    parts: Parts,
) -> Result<(Found, Question), StoreError> {
    let typed = asked.words.clone().unwrap_or_default();
    let zone = asked.zone(c)?;
    let query = asked.resolve(c)?;
    let (indexed, end) = (reading.stamp().seq, changes::latest_seq(c)?);
    let current = indexed == end;
    let sight = search_sight(c, scope, indexed, end)?;
    let filter = search_filter(c, &sight, &query)?;
    let parsed = parse(&typed);
    let failed = |error| failed(reading, &error);
    let (read, results, did_you_mean) = reading
        .asked(|| {
            let read = reading.read(&parsed, &sight)?;
            let results = reading.page(&read, &filter, order, page)?;
            let other = reading.did_you_mean(&typed, &read, &filter, results.total)?;
            Ok((read, results, other))
        })
        .map_err(failed)?;
    let mut ids: Vec<_> = results.hits.iter().map(|hit| hit.id).collect();
    if !current {
        ids = search::seen(c, scope, &ids)?;
    }
    let articles = articles_by_ids(c, scope, &ids, parts)?;
    let score = |article: &Shown| {
        let hit = results.hits.iter().find(|hit| hit.id == article.id);
        hit.map_or(0.0, |hit| hit.score)
    };
    let last = articles.last().map(|article| article.id.to_string());
    let cut = articles.len() < ids.len();
    let found = Found {
        scores: articles.iter().map(score).collect(),
        total: results.total,
        did_you_mean,
        query_cut: parsed.cut,
        modified: changes::last_change_of_lists(c, scope, &query.langs)?.filter(|_| current),
        current,
        articles: Slice {
            next: next(&results.places, last, results.more, cut),
            rows: articles,
            total: page.count.then_some(results.total),
        },
    };
    let question = Question {
        read,
        query,
        filter,
        zone,
    };
    Ok((found, question))
}

/// Start of the next page: behind the last hit, or behind the last that the answer had room for.
fn next(places: &[Cursor], last: Option<String>, more: bool, cut: bool) -> Option<Cursor> {
    if cut {
        return places
            .iter()
            .find(|place| Some(&place.id) == last.as_ref())
            .cloned();
    }
    places.last().filter(|_| more).cloned()
}
