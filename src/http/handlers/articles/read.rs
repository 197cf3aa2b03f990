//! Articles: lists, one article, and what is related to it.

use std::sync::LazyLock;

use actix_web::get;

use crate::domain::access::Scope;
use crate::domain::error::Invalid;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::query::{Reference, Sort};
use crate::domain::shown::Shown;
use crate::domain::time::Timestamp;
use crate::domain::view::Tombstone;
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::call::rendition::{Around, Rendition, modified_of};
use crate::http::call::search::{self, find};
use crate::http::error::Problem;
use crate::http::handlers::articles::previews;
use crate::http::protocol::conditional::VersionTag;
use crate::http::request::article_filter::Asked;
use crate::http::request::paging::Paging;
use crate::http::request::params::{
    ArticleFilterParams, ArticleShapeParams, EditionParams, FormatParams, PagingParams,
    PreviewParams, RelatedParams, WordsParams,
};
use crate::http::request::query::{Query, names_of};
use crate::http::response::redirect::{address_of, moved_address};
use crate::http::response::reply::{Policy, Reply};
use crate::http::schemas::{ArticleEnvelope, ArticlePage};
use crate::search::Order;
use crate::store::articles::{BodyForm, Found};
use crate::store::subjects::note_completely;
use crate::store::{self, Conn, StoreError, changes};

static LIST: LazyLock<Vec<String>> = LazyLock::new(|| {
    let shape = [names_of::<ArticleShapeParams>(), names_of::<FormatParams>()].concat();
    [
        names_of::<WordsParams>(),
        names_of::<ArticleFilterParams>(),
        names_of::<PagingParams>(),
        shape,
    ]
    .concat()
});
static ONE: LazyLock<Vec<String>> = LazyLock::new(|| {
    [
        names_of::<EditionParams>(),
        names_of::<ArticleShapeParams>(),
        names_of::<PreviewParams>(),
        names_of::<FormatParams>(),
    ]
    .concat()
});
static RELATED: LazyLock<Vec<String>> = LazyLock::new(|| {
    let shape = [names_of::<ArticleShapeParams>(), names_of::<FormatParams>()].concat();
    let paging = [names_of::<PagingParams>(), names_of::<RelatedParams>()].concat();
    [paging, shape].concat()
});

/// List articles
///
/// Published articles of every edition, newest first. Filters limit the list, `lang=fr,en` gives each work once, and
/// `links.next` leads to the next page.
#[utoipa::path(tag = "articles", params(WordsParams, ArticleFilterParams, ArticleShapeParams, FormatParams, PagingParams),
    responses((status = 200, description = "A page of the list.", body = ArticlePage)))]
#[get("/api/articles")]
pub(crate) async fn list_articles(mut call: Call, access: Access) -> Answer {
    let mut query = call.query(&LIST);
    let asked = Asked::read(&mut query);
    let rendition = Rendition::read(&call, &mut query, BodyForm::None, Policy::List);
    let paging = if asked.words.is_some() {
        search::paging(&mut query, &asked, asked.order(Order::By(Sort::default())))
    } else if asked.is_costly() {
        Paging::read_costly(&mut query, asked.binding())
    } else {
        Paging::read(&mut query, asked.binding())
    };
    query.finish()?;
    if !asked.is_public() {
        access.require_unpublished()?;
    }
    rendition.require()?;
    if asked.words.is_some() {
        return list_found(call, access, asked, rendition, paging).await;
    }
    let is_costly = asked.is_costly()
        || paging.is_costly()
        || rendition.is_costly(&paging)
        || asked.words.as_deref().is_some_and(search::is_long);
    let _turn = call.turn(is_costly).await?;
    let (page, wanted) = (paging.request.clone(), rendition.clone());
    let load = move |c: &mut Conn, scope: &Scope| {
        note_completely();
        let query = asked.resolve(c)?;
        let modified = wanted.last_change(c, scope, &query.langs)?;
        let slice = store::articles::list_articles(c, scope, &query, &page, wanted.parts)?;
        let around = wanted.around(c, &slice.rows)?;
        Ok((modified, slice, around))
    };
    call.answer_in_form(access, load, move |loaded| {
        rendition.articles(&paging, loaded)
    })
    .await
}

/// Lists what `q` finds: the same as a search, without counts and marks.
async fn list_found(
    mut call: Call,
    access: Access,
    asked: Asked,
    rendition: Rendition,
    paging: Paging,
) -> Answer {
    let reading = search::reading(&call).await?;
    call.read_primary();
    let is_costly = asked.is_costly() || paging.is_costly() || rendition.is_costly(&paging);
    let _turn = call.turn(is_costly).await?;
    let order = asked.order(Order::By(Sort::default()));
    let (page, own) = (paging.request.clone(), rendition.clone());
    let load = move |c: &mut Conn, scope: &Scope| {
        let (found, _) = find(c, scope, &reading, asked, order, &page, own.parts)?;
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

/// Get an article
///
/// By id or slug. An old slug answers 308 with the new address; a withdrawn article answers 410 with its tombstone.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug of the article.", example = "silence-is-also-a-record"), EditionParams, ArticleShapeParams, FormatParams, PreviewParams),
    responses((status = 200, description = "The article.", body = ArticleEnvelope)))]
#[get("/api/articles/{id}")]
pub(crate) async fn get_article(call: Call, access: Access) -> Answer {
    let mut query = call.query(&ONE);
    let reference = Reference::parse(&call.segment("id"));
    let langs = languages_for(&mut query, &reference);
    let rendition = Rendition::read(&call, &mut query, BodyForm::Html, Policy::Article);
    let token = query.one("preview");
    query.finish()?;
    rendition.require()?;
    if let Some(token) = token {
        let asked = previews::Asked {
            token,
            reference,
            langs,
        };
        return previews::show_preview(call, asked, rendition).await;
    }
    let asked = rendition.clone();
    let default_lang = call.app.config.default_lang.clone();
    let wanted = default_lang.clone();
    let load = move |c: &mut Conn, scope: &Scope| {
        note_completely();
        match store::articles::find_article(c, scope, &reference, &langs, &wanted)? {
            Found::Article(id) => load_article(c, scope, id, &asked),
            Found::Moved { lang, slug, .. } => Ok(Loaded::Moved(lang, slug)),
            Found::Withdrawn(tombstone) => Ok(Loaded::Withdrawn(tombstone)),
            Found::Missing => Ok(Loaded::Missing),
        }
    };
    call.answer_in_form(access, load, move |loaded| {
        represent_one(&rendition, loaded, &default_lang)
    })
    .await
}

/// List related articles
///
/// Published articles with the same authors, tags or section, the closest first.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug of the article.", example = "silence-is-also-a-record"), RelatedParams, ArticleShapeParams, FormatParams, PagingParams),
    responses((status = 200, description = "A page of the list.", body = ArticlePage)))]
#[get("/api/articles/{id}/related")]
pub(crate) async fn list_related_articles(mut call: Call, access: Access) -> Answer {
    let mut query = call.query(&RELATED);
    let reference = Reference::parse(&call.segment("id"));
    let rendition = Rendition::read(&call, &mut query, BodyForm::None, Policy::List);
    let langs = query.languages();
    let paging = Paging::read(&mut query, format!("related {reference:?} {langs:?}"));
    query.finish()?;
    rendition.require()?;
    let _turn = call.turn(true).await?;
    let (page, wanted) = (paging.request.clone(), rendition.clone());
    let default_lang = call.app.config.default_lang.clone();
    let load = move |c: &mut Conn, scope: &Scope| {
        note_completely();
        let id = match store::articles::find_article(c, scope, &reference, &[], &default_lang)? {
            Found::Article(id) | Found::Moved { id, .. } => id,
            Found::Withdrawn(tombstone) => return Ok(Err(Some(tombstone))),
            Found::Missing => return Ok(Err(None)),
        };
        let modified = changes::last_change_of_lists(c, scope, &[])?;
        let Some(slice) = store::articles::list_related(c, scope, id, &langs, &page, wanted.parts)?
        else {
            return Ok(Err(None));
        };
        let around = wanted.around(c, &slice.rows)?;
        Ok(Ok((modified, slice, around)))
    };
    let represent = move |loaded: Result<_, Option<Tombstone>>| match loaded {
        Ok(loaded) => rendition.articles(&paging, loaded),
        Err(Some(tombstone)) => Err(Problem::withdrawn(tombstone)),
        Err(None) => Err(Problem::not_found("article")),
    };
    call.answer_in_form(access, load, represent).await
}

/// The languages of a look-up: an ordered fallback by id, one edition by slug.
fn languages_for(query: &mut Query, reference: &Reference) -> Vec<LanguageTag> {
    let langs = query.languages();
    if langs.len() > 1 && matches!(reference, Reference::Slug(_)) {
        let detail = "a slug is looked up in one edition; a fallback of several needs the id";
        query.refuse("lang", Invalid::new("too_many", detail));
    }
    langs
}

/// The result of a look-up.
pub(crate) enum Loaded {
    Article(Box<Shown>, Option<Timestamp>, Around),
    Moved(LanguageTag, String),
    Withdrawn(Tombstone),
    Missing,
}

/// Loads an article with what its form needs, and when anything that it shows last changed.
pub(crate) fn load_article(
    c: &mut Conn,
    scope: &Scope,
    id: Id,
    rendition: &Rendition,
) -> Result<Loaded, StoreError> {
    let Some(article) = store::articles::get_article(c, scope, id, rendition.parts)? else {
        return Ok(Loaded::Missing);
    };
    let modified = if rendition.is_plain() {
        modified_of(c, scope, &article)?
    } else {
        let shown = rendition.last_change(c, scope, &[])?;
        shown.max(Some(article.updated_at))
    };
    let around = rendition.around(c, std::slice::from_ref(&article))?;
    Ok(Loaded::Article(Box::new(article), modified, around))
}

/// Represents what a look-up found.
pub(crate) fn represent_one(
    rendition: &Rendition,
    loaded: Loaded,
    default_lang: &LanguageTag,
) -> Result<Reply, Problem> {
    match loaded {
        Loaded::Article(article, modified, around) => {
            let lang = article.lang.clone();
            let version = VersionTag {
                number: article.version,
                at: article.updated_at,
            };
            let mut reply = rendition.single(*article, &around)?;
            reply.articles = 1;
            reply.version = Some(version);
            reply.langs = vec![lang];
            reply.modified = modified;
            Ok(reply)
        }
        Loaded::Moved(lang, slug) => {
            let path = address_of("articles", &slug);
            let target = &rendition.view.target;
            rendition.moved_to(&moved_address(target, &path, Some(&lang), default_lang))
        }
        Loaded::Withdrawn(tombstone) => Err(Problem::withdrawn(tombstone)),
        Loaded::Missing => Err(Problem::not_found("article")),
    }
}
