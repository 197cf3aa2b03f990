//! Sitemaps: their index, each edition's files, and what is news. They show what the public sees, whoever asks.

use actix_web::get;

use crate::domain::access::Scope;
use crate::domain::language::LanguageTag;
use crate::domain::query::{ArticleQuery, PageRequest, Range};
use crate::domain::shown::Shown;
use crate::domain::site::{Page, Site};
use crate::domain::time::Timestamp;
use crate::domain::view::Article;
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::error::Problem;
use crate::http::response::reply::{Policy, Reply};
use crate::http::response::surrogate_keys::Keys;
use crate::render::newssitemap;
use crate::render::sitemap::{self, File, PAGES};
use crate::store::articles::{Parts, list_articles};
use crate::store::listing::{sitemap_files, sitemap_pages};
use crate::store::{Conn, StoreError, changes, editions};

/// Get the index of sitemaps
///
/// All sitemaps of all editions, with their last change.
#[utoipa::path(tag = "syndication", responses((status = 200, description = "The index.", body = String)))]
#[get("/sitemap.xml")]
pub(crate) async fn get_sitemap_index(call: Call) -> Answer {
    call.query(&[]).finish()?;
    let base = call.app.base_url();
    let load = move |c: &mut Conn, _: &Scope| {
        let site = Site::new(base, editions::all_editions(c)?);
        let mut files = Vec::new();
        for edition in site.editions() {
            let lang = &edition.content.lang;
            let found = sitemap_files(c, lang, PAGES)?.into_iter();
            files.extend(found.map(|(number, updated_at)| File {
                lang: lang.clone(),
                number,
                updated_at,
            }));
        }
        Ok((site, files, last_change(c)?))
    };
    let represent = |(site, files, modified): (Site, Vec<File>, _)| {
        let body = sitemap::render_index(&site, &files);
        Ok(reply(body, Keys::of_list("articles"), modified))
    };
    let access = Access::of_everybody();
    call.answer_in_form(access, load, represent).await
}

/// Get a sitemap
///
/// Up to 1,000 articles of one edition, by time of publication, each with its translations.
#[utoipa::path(tag = "syndication", params(("lang" = String, Path, description = "Language of the edition, such as `en`.", example = "en"), ("number" = u32, Path, description = "Number of the sitemap, from 1.", example = 1)),
    responses((status = 200, description = "The sitemap.", body = String)))]
#[get("/sitemaps/{lang}-{number:[0-9]+}.xml")]
pub(crate) async fn get_sitemap(call: Call) -> Answer {
    let lang = LanguageTag::parse(&call.segment("lang")).ok();
    let number = call.number("number");
    let missing = || Problem::not_found("sitemap");
    let (lang, number) = lang.zip(number).ok_or_else(missing)?;
    call.query(&[]).finish()?;
    let base = call.app.base_url();
    let mut keys = Keys::of_list("articles");
    keys.add_list("edition", lang.as_str());
    let load = move |c: &mut Conn, _: &Scope| {
        let site = Site::new(base, editions::all_editions(c)?);
        let pages = sitemap_pages(c, &lang, number, PAGES)?;
        Ok((site, pages, last_change(c)?))
    };
    let represent = move |(site, pages, modified): (Site, Vec<Page>, _)| {
        if pages.is_empty() {
            return Err(missing());
        }
        Ok(reply(sitemap::render(&site, &pages), keys, modified))
    };
    let access = Access::of_everybody();
    call.answer_in_form(access, load, represent).await
}

/// Get the news sitemap
///
/// The articles of the last two days, at most 1,000, newest first. A 404 while there are none.
#[utoipa::path(tag = "syndication", responses((status = 200, description = "The news sitemap.", body = String)))]
#[get("/sitemap-news.xml")]
pub(crate) async fn get_news_sitemap(call: Call) -> Answer {
    call.query(&[]).finish()?;
    let (base, now) = (call.app.base_url(), call.app.clock.now());
    let load = move |c: &mut Conn, scope: &Scope| {
        let site = Site::new(base, editions::all_editions(c)?);
        let since = Timestamp::from_millis(now.millis() - newssitemap::MILLIS);
        let news = published(c, scope, Some(since), now, newssitemap::MOST)?;
        let modified = last_change(c)?.max(last_move(c, scope, since, &news)?);
        Ok((site, news, modified))
    };
    let represent = |(site, news, modified): (Site, Vec<Article>, _)| {
        if news.is_empty() {
            return Err(Problem::not_found("news sitemap"));
        }
        let mut keys = Keys::of_list("articles");
        keys.add_articles(&news);
        Ok(reply(newssitemap::render(&site, &news), keys, modified))
    };
    let access = Access::of_everybody();
    call.answer_in_form(access, load, represent).await
}

fn published(
    c: &mut Conn,
    scope: &Scope,
    from: Option<Timestamp>,
    to: Timestamp,
    limit: u32,
) -> Result<Vec<Article>, StoreError> {
    let query = ArticleQuery {
        published: Range { from, to: Some(to) },
        ..ArticleQuery::default()
    };
    let page = PageRequest {
        limit,
        ..PageRequest::default()
    };
    let found = list_articles(c, scope, &query, &page, Parts::default())?;
    Ok(found.map(Shown::into_article).rows)
}

/// The last time at which time alone changed the news: an article's hour came, or its two days were over.
fn last_move(
    c: &mut Conn,
    scope: &Scope,
    since: Timestamp,
    news: &[Article],
) -> Result<Option<Timestamp>, StoreError> {
    let before = Timestamp::from_millis(since.millis() - 1);
    let gone = published(c, scope, None, before, 1)?;
    let gone = gone.first().and_then(|article| article.published_at);
    let left = gone.map(|at| Timestamp::from_millis(at.millis() + newssitemap::MILLIS));
    let came = news.first().and_then(|article| article.published_at);
    Ok(left.max(came))
}

/// Addresses depend on articles, sections and editions alike, and so on every change that the public can see.
fn last_change(c: &mut Conn) -> Result<Option<Timestamp>, StoreError> {
    changes::last_change_of_lists(c, &Scope::Public, &[])
}

fn reply(body: Vec<u8>, keys: Keys, modified: Option<Timestamp>) -> Reply {
    let mut reply = Reply::new(sitemap::MEDIA_TYPE, body, Policy::Open).whatever_accept_says();
    reply.keys = keys;
    reply.modified = modified;
    reply
}
