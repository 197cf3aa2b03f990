//! Forms for the rest of the web: feeds, sitemaps, structured data. Pure functions, domain in and bytes out; whoever calls
//! has loaded everything.

pub mod atom;
pub mod feed;
pub mod jsonfeed;
pub mod jsonld;
pub mod newssitemap;
pub mod ninjs;
pub mod rss;
pub mod sitemap;
mod xml;

use url::Url;

use crate::domain::id::Id;
use crate::domain::site::{Place, Places, Site};
use crate::domain::view::{Article, TranslationRef};

/// What identifies a resource wherever it is copied to, whatever address it moves to.
fn urn(id: Id) -> String {
    format!("urn:uuid:{id}")
}

/// The public address of an article.
fn url_of(site: &Site, article: &Article) -> String {
    site.article_url(&Place::from(article))
}

/// The public address of a translation.
fn translation_url(site: &Site, places: &Places, translation: &TranslationRef) -> String {
    match places.get(&translation.id) {
        Some(place) => site.article_url(place),
        None => site.own(&format!("/api/articles/{}", translation.id)),
    }
}

/// An address that may be relative to the site, made absolute; `None` for what is no http address.
fn absolute(base: &str, url: &str) -> Option<String> {
    let url = Url::parse(url)
        .ok()
        .or_else(|| Url::parse(base).ok()?.join(url).ok())?;
    matches!(url.scheme(), "http" | "https").then(|| url.into())
}
