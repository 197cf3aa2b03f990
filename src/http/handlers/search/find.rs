//! Search: articles by their words, best first, with counts and where they matched.

use std::sync::LazyLock;

use actix_web::get;

use crate::domain::access::Scope;
use crate::domain::error::Invalid;
use crate::domain::language::LanguageTag;
use crate::domain::query::PageRequest;
use crate::domain::search_view::{FacetCounts, Highlights, SearchHit};
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::call::rendition::Rendition;
use crate::http::call::search::{self, find, reading};
use crate::http::error::Problem;
use crate::http::handlers::search::facets::Counted;
use crate::http::handlers::search::highlights::highlights;
use crate::http::request::article_filter::Asked;
use crate::http::request::facets::{FACETS, Facet};
use crate::http::request::paging::{Envelope, Paging, TotalKind};
use crate::http::request::params::{
    ArticleFilterParams, ArticleShapeParams, PagingParams, SearchParams,
};
use crate::http::request::query::names_of;
use crate::http::response::reply::{Policy, Reply};
use crate::http::response::represent::View;
use crate::http::response::surrogate_keys::Keys;
use crate::http::schemas::{SearchMeta, SearchPage};
use crate::search::Order;
use crate::search::index::Reading;
use crate::store::articles::{BodyForm, Parts};
use crate::store::{Conn, StoreError};

static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
    [
        names_of::<SearchParams>(),
        names_of::<ArticleFilterParams>(),
        names_of::<ArticleShapeParams>(),
        names_of::<PagingParams>(),
    ]
    .concat()
});

/// Search articles
///
/// Published articles that hold all words of `q`, the best first: words of the title over those of the summary over those of
/// the body, words as written over their inflections, side by side over far apart, then the newest. Where fewer than twenty
/// hold all of them, those that lack one come after. Accents, case, hyphens and apostrophes make no difference, nor do
/// simplified and traditional characters; a slip of a letter finds the nearest word.
#[utoipa::path(tag = "search", params(SearchParams, ArticleFilterParams, ArticleShapeParams, PagingParams),
    responses((status = 200, description = "A part of the hits.", body = SearchPage)))]
#[get("/api/search")]
pub(crate) async fn search_articles(mut call: Call, access: Access) -> Answer {
    let mut query = call.query(&NAMES);
    let asked = Asked::read(&mut query);
    let facets = query.choices("facets", &FACETS);
    let highlight = query.word("highlight", &[("true", true), ("false", false)]);
    let wanted = Wanted {
        facets,
        highlight: highlight.unwrap_or(false),
        order: asked.order(Order::Relevance),
    };
    if !query.has("q") {
        let detail = "q is required: words to search for";
        query.refuse("q", Invalid::new("required", detail));
    }
    let mut rendition = Rendition::plain(&call, &mut query, BodyForm::None, Policy::List);
    rendition.view.shape.add("score");
    rendition.view.shape.add("highlights");
    let paging = search::paging(&mut query, &asked, wanted.order);
    query.finish()?;
    let reading = reading(&call).await?;
    call.read_primary();
    let is_costly = asked.is_costly()
        || paging.is_costly()
        || rendition.is_costly(&paging)
        || wanted.highlight
        || !wanted.facets.is_empty()
        || asked.words.as_deref().is_some_and(search::is_long);
    let _turn = call.turn(is_costly).await?;
    let (page, parts, view) = (paging.request.clone(), rendition.parts, rendition.view);
    let load =
        move |c: &mut Conn, scope: &Scope| load(c, scope, &reading, asked, &wanted, &page, parts);
    call.answer(access, load, move |found| represent(&view, &paging, found))
        .await
}

/// Options of an answer beside the hits, and their order.
#[derive(Debug, Clone)]
struct Wanted {
    facets: Vec<Facet>,
    highlight: bool,
    order: Order,
}

/// A page of hits with what is told beside them.
struct Found {
    page: search::Found,
    highlights: Vec<Highlights>,
    facets: Option<FacetCounts>,
}

fn load(
    c: &mut Conn,
    scope: &Scope,
    reading: &Reading,
    asked: Asked,
    wanted: &Wanted,
    page: &PageRequest,
    parts: Parts,
) -> Result<Found, StoreError> {
    let (page, question) = find(c, scope, reading, asked, wanted.order, page, parts)?;
    let highlights = if wanted.highlight {
        let head_only = question.filter.sight.head_only;
        highlights(c, &question.read.parsed, &page.articles.rows, head_only)?
    } else {
        Vec::new()
    };
    let counted = Counted {
        reading,
        question: &question,
    };
    let facets = match wanted.facets.as_slice() {
        [] => None,
        facets => Some(counted.facets(c, facets)?),
    };
    Ok(Found {
        page,
        highlights,
        facets,
    })
}

fn represent(view: &View, paging: &Paging, found: Found) -> Result<Reply, Problem> {
    let page = found.page;
    let mut keys = Keys::of_list("articles");
    keys.add_articles(&page.articles.rows);
    let rows = page.articles.rows.iter();
    let mut langs: Vec<LanguageTag> = rows.map(|row| row.lang.clone()).collect();
    langs.sort();
    langs.dedup();
    let articles = page.articles.rows.len();
    let mut scores = page.scores.into_iter();
    let mut marks = found.highlights.into_iter();
    let hits = page.articles.map(|article| SearchHit {
        article: article.into_article(),
        score: scores.next().unwrap_or(0.0),
        highlights: marks.next(),
    });
    let envelope = view.envelope(hits, paging);
    let envelope = Envelope {
        data: envelope.data,
        meta: SearchMeta {
            limit: envelope.meta.limit,
            has_more: envelope.meta.has_more,
            next_cursor: envelope.meta.next_cursor,
            total: page.total,
            total_kind: TotalKind::Exact,
            facets: found.facets,
            did_you_mean: page.did_you_mean,
            query_cut: page.query_cut,
        },
        links: envelope.links,
    };
    let mut reply = view.page(&envelope, keys)?;
    reply.articles = articles;
    reply.langs = langs;
    reply.modified = page.modified;
    Ok(if page.current { reply } else { reply.passing() })
}
