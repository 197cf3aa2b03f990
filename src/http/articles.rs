//! Articles: lists, one article, and what is related to it.

use std::sync::LazyLock;

use actix_web::get;

use super::article_query::{Asked, INCLUDES, read_parts};
use super::error::Problem;
use super::extract::{Access, Answer, Call};
use super::moved::{address_of, moved_address};
use super::openapi::{ArticleEnvelope, ArticlePage};
use super::page::Paging;
use super::parameters::{ArticleFilterParams, ArticleShapeParams, EditionParams, PagingParams};
use super::query::{Query, names_of};
use super::reply::{Policy, Reply};
use super::represent::View;
use super::shape::{Names, Shape};
use super::surrogate::Keys;
use crate::domain::access::Scope;
use crate::domain::error::Invalid;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::query::{Reference, Slice};
use crate::domain::time::Timestamp;
use crate::domain::view::{Article, Tombstone};
use crate::store::articles::{BodyForm, Found, Parts};
use crate::store::{self, Conn, StoreError, changes};

static SHAPE: LazyLock<Names> = LazyLock::new(|| Names::of::<Article>(&["id", "lang"], &INCLUDES));
static LIST: LazyLock<Vec<String>> = LazyLock::new(|| {
    let shape = [names_of::<PagingParams>(), names_of::<ArticleShapeParams>()].concat();
    [names_of::<ArticleFilterParams>(), shape].concat()
});
static ONE: LazyLock<Vec<String>> = LazyLock::new(|| {
    [
        names_of::<EditionParams>(),
        names_of::<ArticleShapeParams>(),
    ]
    .concat()
});
static RELATED: LazyLock<Vec<String>> =
    LazyLock::new(|| [names_of::<PagingParams>(), names_of::<ArticleShapeParams>()].concat());

/// List articles
///
/// Published articles of every edition, newest first. Filters narrow the list, and a cursor leads through it.
#[utoipa::path(tag = "articles", params(ArticleFilterParams, ArticleShapeParams, PagingParams),
    responses((status = 200, description = "A part of the list.", body = ArticlePage)))]
#[get("/api/articles")]
pub(crate) async fn list_articles(call: Call, access: Access) -> Answer {
    let mut query = call.query(&LIST);
    let asked = Asked::read(&mut query);
    let (shape, parts) = shape_of(&mut query, BodyForm::None);
    let paging = Paging::read(&mut query, asked.binding());
    query.finish()?;
    asked.authorise(&access)?;
    let (page, view) = (paging.request.clone(), view_of(&call, shape, Policy::List));
    let load = move |c: &mut Conn, scope: &Scope| {
        let query = asked.resolve(c)?;
        let modified = changes::last_change_of_lists(c, scope, &query.langs)?;
        let slice = store::articles::list_articles(c, scope, &query, &page, parts)?;
        Ok((modified, slice))
    };
    call.answer(access, load, move |loaded| {
        represent_list(&view, &paging, loaded)
    })
    .await
}

/// Get an article
///
/// By id or by slug. A slug that has moved answers 308 with the new address; an article that was taken down answers 410 with its tombstone.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug.", example = "silence-is-also-a-record"), EditionParams, ArticleShapeParams),
    responses((status = 200, description = "The article.", body = ArticleEnvelope)))]
#[get("/api/articles/{id}")]
pub(crate) async fn get_article(call: Call, access: Access) -> Answer {
    let mut query = call.query(&ONE);
    let reference = Reference::parse(&call.segment("id"));
    let langs = languages_for(&mut query, &reference);
    let (shape, parts) = shape_of(&mut query, BodyForm::Html);
    query.finish()?;
    let view = view_of(&call, shape, Policy::Article);
    let default_lang = call.app.config.default_lang.clone();
    let wanted = default_lang.clone();
    let load = move |c: &mut Conn, scope: &Scope| match store::articles::find_article(
        c, scope, &reference, &langs, &wanted,
    )? {
        Found::Article(id) => load_article(c, scope, id, parts),
        Found::Moved { lang, slug, .. } => Ok(Loaded::Moved(lang, slug)),
        Found::Withdrawn(tombstone) => Ok(Loaded::Withdrawn(tombstone)),
        Found::Missing => Ok(Loaded::Missing),
    };
    call.answer(access, load, move |loaded| {
        represent_one(&view, loaded, &default_lang)
    })
    .await
}

/// List related articles
///
/// Published articles that share authors, tags or section with this one, the closest first.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug.", example = "silence-is-also-a-record"), ArticleShapeParams, PagingParams),
    responses((status = 200, description = "A part of the list.", body = ArticlePage)))]
#[get("/api/articles/{id}/related")]
pub(crate) async fn list_related_articles(call: Call, access: Access) -> Answer {
    let mut query = call.query(&RELATED);
    let reference = Reference::parse(&call.segment("id"));
    let (shape, parts) = shape_of(&mut query, BodyForm::None);
    let paging = Paging::read(&mut query, format!("related {reference:?}"));
    query.finish()?;
    let (page, view) = (paging.request.clone(), view_of(&call, shape, Policy::List));
    let default_lang = call.app.config.default_lang.clone();
    let load = move |c: &mut Conn, scope: &Scope| {
        let id = match store::articles::find_article(c, scope, &reference, &[], &default_lang)? {
            Found::Article(id) | Found::Moved { id, .. } => id,
            Found::Withdrawn(tombstone) => return Ok(Err(Some(tombstone))),
            Found::Missing => return Ok(Err(None)),
        };
        let modified = changes::last_change_of_lists(c, scope, &[])?;
        let slice = store::articles::list_related(c, scope, id, &page, parts)?;
        Ok(slice.map(|slice| (modified, slice)).ok_or(None))
    };
    let represent = move |loaded: Result<_, Option<Tombstone>>| match loaded {
        Ok(loaded) => represent_list(&view, &paging, loaded),
        Err(Some(tombstone)) => Err(Problem::withdrawn(tombstone)),
        Err(None) => Err(Problem::not_found("article")),
    };
    call.answer(access, load, represent).await
}

fn shape_of(query: &mut Query, body: BodyForm) -> (Shape, Parts) {
    let mut shape = Shape::read(query, &SHAPE);
    let parts = read_parts(query, &mut shape, body);
    (shape, parts)
}

fn view_of(call: &Call, shape: Shape, policy: Policy) -> View {
    View {
        shape,
        target: call.target(),
        policy,
    }
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

/// The view of an article with every field, its body as HTML.
pub(crate) fn full_view(call: &Call, policy: Policy) -> View {
    let (shape, _) = shape_of(&mut call.query(&[]), BodyForm::Html);
    view_of(call, shape, policy)
}

/// What became of a look-up.
pub(crate) enum Loaded {
    Article(Box<Article>, Option<Timestamp>),
    Moved(LanguageTag, String),
    Withdrawn(Tombstone),
    Missing,
}

/// Loads an article, and when anything that it shows last changed.
pub(crate) fn load_article(
    c: &mut Conn,
    scope: &Scope,
    id: Id,
    parts: Parts,
) -> Result<Loaded, StoreError> {
    let Some(article) = store::articles::get_article(c, scope, id, parts)? else {
        return Ok(Loaded::Missing);
    };
    let modified = changes::last_change_of(c, scope, &shown_by(&article))?;
    let named = changes::last_change_of_names(c, scope, &article.lang)?;
    let modified = modified.max(named).max(Some(article.updated_at));
    Ok(Loaded::Article(Box::new(article), modified))
}

/// Everything whose change alters the article's representation.
fn shown_by(article: &Article) -> Vec<Id> {
    let people = article
        .authors
        .iter()
        .chain(&article.editors)
        .chain(&article.translators);
    let mut ids: Vec<Id> = people.map(|person| person.id).collect();
    ids.push(article.id);
    ids.extend(article.section.iter().map(|section| section.id));
    ids.extend(article.source.iter().map(|source| source.id));
    ids.extend(
        article
            .translations
            .iter()
            .map(|translation| translation.id),
    );
    ids.extend(article.related.iter().flatten().map(|related| related.id));
    ids
}

fn represent_list(
    view: &View,
    paging: &Paging,
    (modified, slice): (Option<Timestamp>, Slice<Article>),
) -> Result<Reply, Problem> {
    let mut keys = Keys::of_list("articles");
    keys.add_articles(&slice.rows);
    let mut langs: Vec<LanguageTag> = slice.rows.iter().map(|row| row.lang.clone()).collect();
    langs.sort();
    langs.dedup();
    let articles = slice.rows.len();
    let mut reply = view.list(slice, paging, keys)?;
    reply.articles = articles;
    reply.langs = langs;
    reply.modified = modified;
    Ok(reply)
}

/// Represents what a look-up found.
pub(crate) fn represent_one(
    view: &View,
    loaded: Loaded,
    default_lang: &LanguageTag,
) -> Result<Reply, Problem> {
    match loaded {
        Loaded::Article(article, modified) => {
            let (version, lang) = (article.version, article.lang.clone());
            let keys = Keys::of_article(&article);
            let mut reply = view.single(*article, keys)?;
            reply.articles = 1;
            reply.version = Some(version);
            reply.langs = vec![lang];
            reply.modified = modified;
            Ok(reply)
        }
        Loaded::Moved(lang, slug) => {
            let path = address_of("articles", &slug);
            let address = moved_address(&view.target, &path, &lang, default_lang);
            Reply::moved_to(&address, view.policy)
        }
        Loaded::Withdrawn(tombstone) => Err(Problem::withdrawn(tombstone)),
        Loaded::Missing => Err(Problem::not_found("article")),
    }
}
