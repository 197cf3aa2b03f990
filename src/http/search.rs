//! Search: articles by their words, best first, with counts and where they matched.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use actix_web::get;
use actix_web::rt::time::sleep;

use super::article_query::Asked;
use super::error::{Code, Problem};
use super::extract::{Access, Answer, Call};
use super::openapi::SearchPage;
use super::page::{Envelope, Paging};
use super::parameters::{ArticleFilterParams, ArticleShapeParams, PagingParams, SearchParams};
use super::query::{Query, names_of};
use super::rendition::Rendition;
use super::reply::{Policy, Reply};
use super::represent::View;
use super::search_facets::{Counted, FACETS, Facet, FacetCounts};
use super::search_hits::{Highlights, SearchHit, SearchMeta, highlights};
use super::shares::Owner;
use super::surrogate::Keys;
use super::turns::Turn;
use crate::domain::access::Scope;
use crate::domain::cursor::Cursor;
use crate::domain::language::LanguageTag;
use crate::domain::query::{PageRequest, Slice, Sort};
use crate::domain::time::Timestamp;
use crate::domain::view::Article;
use crate::search::index::Reading;
use crate::search::parse::parse;
use crate::search::{Order, SearchError};
use crate::store::articles::{BodyForm, Parts, articles_by_ids};
use crate::store::listing::{search_filter, search_sight};
use crate::store::{Conn, StoreError, changes, search};

static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
    [
        names_of::<SearchParams>(),
        names_of::<ArticleFilterParams>(),
        names_of::<ArticleShapeParams>(),
        names_of::<PagingParams>(),
    ]
    .concat()
});

/// How long a request waits for the first index of a node that has just started.
const FIRST_INDEX: Duration = Duration::from_secs(3);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Search articles
///
/// Published articles that hold all words of `q`, the best first: words of the title over those of the summary over those of
/// the body, words as written over their inflections, side by side over far apart, then the newest. Where fewer than twenty
/// hold all of them, those that lack one come after. Accents, case, hyphens and apostrophes make no difference, nor do
/// simplified and traditional characters; a slip of a letter finds the nearest word.
#[utoipa::path(tag = "search", params(SearchParams, ArticleFilterParams, ArticleShapeParams, PagingParams),
    responses((status = 200, description = "A part of the hits.", body = SearchPage)))]
#[get("/api/search")]
pub(crate) async fn search_articles(call: Call, access: Access) -> Answer {
    let mut query = call.query(&NAMES);
    let asked = Asked::read(&mut query);
    let facets = query.words("facets", &FACETS);
    let highlight = query.word("highlight", &[("true", true), ("false", false)]);
    let wanted = Wanted {
        facets,
        highlight: highlight.unwrap_or(false),
        order: asked.order(Order::Relevance),
    };
    if !query.has("q") {
        let detail = "q is required: words to search for";
        query.refuse("q", crate::domain::error::Invalid::new("required", detail));
    }
    let mut rendition = Rendition::plain(&call, &mut query, BodyForm::None, Policy::List);
    rendition.view.shape.add("score");
    rendition.view.shape.add("highlights");
    let paging = paging(&mut query, &asked, wanted.order);
    query.finish()?;
    let reading = reading(&call).await?;
    let is_costly = asked.is_costly() || paging.is_costly() || !wanted.facets.is_empty();
    let _turn = turn(&call, is_costly).await?;
    let (page, parts, view) = (paging.request.clone(), rendition.parts, rendition.view);
    let load =
        move |c: &mut Conn, scope: &Scope| load(c, scope, &reading, asked, &wanted, &page, parts);
    call.answer(access, load, move |found| represent(&view, &paging, found))
        .await
}

/// What is told beside the hits, and their order.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) facets: Vec<Facet>,
    pub(crate) highlight: bool,
    pub(crate) order: Order,
}

/// A page of hits as it was found.
pub(crate) struct Found {
    pub(crate) articles: Slice<Article>,
    scores: Vec<f32>,
    highlights: Vec<Highlights>,
    total: u64,
    facets: Option<FacetCounts>,
    did_you_mean: Option<String>,
    query_cut: bool,
    pub(crate) modified: Option<Timestamp>,
    /// Whether the index had come to the end of the log.
    pub(crate) current: bool,
}

/// How the hits are paged through; their order is part of what a cursor is bound to.
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

/// A turn for what costs more than a few look-ups.
async fn turn(call: &Call, is_costly: bool) -> Result<Option<Turn>, Problem> {
    if !is_costly {
        return Ok(None);
    }
    let owner = Owner::of(&call.context);
    Ok(Some(call.app.costly_turns.wait(owner).await?))
}

pub(crate) fn failed(error: SearchError) -> StoreError {
    StoreError::Other(error.to_string())
}

/// Finds a page of articles, on one snapshot of the database and one state of the index.
pub(crate) fn load(
    c: &mut Conn,
    scope: &Scope,
    reading: &Reading,
    asked: Asked,
    wanted: &Wanted,
    page: &PageRequest,
    parts: Parts,
) -> Result<Found, StoreError> {
    let typed = asked.words.clone().unwrap_or_default();
    let zone = asked.zone(c)?;
    let query = asked.resolve(c)?;
    let current = changes::latest_seq(c)? == reading.stamp().seq;
    let sight = search_sight(c, scope, reading.stamp().seq)?;
    let filter = search_filter(c, &sight, &query)?;
    let parsed = parse(&typed);
    let read = reading.read(&parsed, &sight).map_err(failed)?;
    let results = reading
        .page(&read, &filter, wanted.order, page)
        .map_err(failed)?;
    let mut ids: Vec<_> = results.hits.iter().map(|hit| hit.id).collect();
    if !current {
        ids = search::seen(c, scope, &ids)?;
    }
    let articles = articles_by_ids(c, scope, &ids, parts)?;
    let marks = if wanted.highlight {
        highlights(c, &read.parsed, &articles, sight.head_only)?
    } else {
        Vec::new()
    };
    let counted = Counted {
        reading,
        read: &read,
        sight: &sight,
        query: &query,
        filter: &filter,
        zone,
    };
    let facets = match wanted.facets.as_slice() {
        [] => None,
        facets => Some(counted.facets(c, facets)?),
    };
    let score = |article: &Article| {
        let hit = results.hits.iter().find(|hit| hit.id == article.id);
        hit.map_or(0.0, |hit| hit.score)
    };
    let last = articles.last().map(|article| article.id.to_string());
    let cut = articles.len() < ids.len();
    Ok(Found {
        scores: articles.iter().map(score).collect(),
        highlights: marks,
        total: results.total,
        facets,
        did_you_mean: read.did_you_mean(&typed, &parsed),
        query_cut: parsed.cut,
        modified: changes::last_change_of_lists(c, scope, &query.langs)?.filter(|_| current),
        current,
        articles: Slice {
            next: next(&results.places, last, results.more, cut),
            rows: articles,
            total: page.count.then_some(results.total),
        },
    })
}

/// Where the next page begins: behind the last hit, or behind the last that the answer had room for.
fn next(places: &[Cursor], last: Option<String>, more: bool, cut: bool) -> Option<Cursor> {
    if cut {
        return places
            .iter()
            .find(|place| Some(&place.id) == last.as_ref())
            .cloned();
    }
    places.last().filter(|_| more).cloned()
}

/// Lists what `q` finds on `/api/articles`: the same search, without counts and marks.
pub(crate) async fn list_found(
    call: Call,
    access: Access,
    asked: Asked,
    rendition: Rendition,
    paging: Paging,
) -> Answer {
    let reading = reading(&call).await?;
    let _turn = turn(&call, asked.is_costly() || paging.is_costly()).await?;
    let wanted = Wanted {
        facets: Vec::new(),
        highlight: false,
        order: asked.order(Order::By(Sort::default())),
    };
    let (page, own) = (paging.request.clone(), rendition.clone());
    let load = move |c: &mut Conn, scope: &Scope| {
        let found = load(c, scope, &reading, asked, &wanted, &page, own.parts)?;
        let around = own.around(c, &found.articles.rows)?;
        Ok((found, around))
    };
    call.answer_in_form(access, load, move |(found, around)| {
        let current = found.current;
        let reply = rendition.articles(&paging, (found.modified, found.articles, around))?;
        Ok(if current { reply } else { reply.passing() })
    })
    .await
}

fn represent(view: &View, paging: &Paging, found: Found) -> Result<Reply, Problem> {
    let mut keys = Keys::of_list("articles");
    keys.add_articles(&found.articles.rows);
    let mut langs: Vec<LanguageTag> = found
        .articles
        .rows
        .iter()
        .map(|row| row.lang.clone())
        .collect();
    langs.sort();
    langs.dedup();
    let (articles, modified, current) = (found.articles.rows.len(), found.modified, found.current);
    let mut scores = found.scores.into_iter();
    let mut marks = found.highlights.into_iter();
    let hits = found.articles.map(|article| SearchHit {
        article,
        score: scores.next().unwrap_or(0.0),
        highlights: marks.next(),
    });
    let envelope = view.envelope(hits, paging);
    let meta = SearchMeta::of(
        envelope.meta,
        found.total,
        found.facets,
        found.did_you_mean,
        found.query_cut,
    );
    let envelope = Envelope {
        data: envelope.data,
        meta,
        links: envelope.links,
    };
    let mut reply = view.page(&envelope, keys)?;
    reply.articles = articles;
    reply.langs = langs;
    reply.modified = modified;
    Ok(if current { reply } else { reply.passing() })
}
