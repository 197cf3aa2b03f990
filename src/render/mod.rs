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
use crate::domain::page_url::Place;
use crate::domain::site::{Places, Site};
use crate::domain::view::{Article, ArticleMedium, TranslationRef};

/// The identity of a resource wherever it is copied to and whatever its address is.
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

/// A picture, sound or film of an article, as feeds tell of it.
struct Attachment<'a> {
    /// Absolute.
    url: String,
    /// Its media type, where that is known.
    mime: Option<&'static str>,
    /// Its size, of what this service keeps.
    bytes: Option<u64>,
    medium: &'a ArticleMedium,
}

/// The attachments of an article whose own address is `page`.
fn attachments<'a>(page: &str, article: &'a Article) -> Vec<Attachment<'a>> {
    let media = article.media.iter();
    let each = media.filter_map(|medium| {
        let (mime, bytes) = medium.kept.unzip();
        Some(Attachment {
            url: absolute(page, &medium.url)?,
            mime: mime.or_else(|| mime_of(&medium.url)),
            bytes,
            medium,
        })
    });
    each.collect()
}

/// The media type that the ending of an address tells.
fn mime_of(url: &str) -> Option<&'static str> {
    const KNOWN: [(&str, &str); 12] = [
        ("jpg", "image/jpeg"),
        ("jpeg", "image/jpeg"),
        ("png", "image/png"),
        ("gif", "image/gif"),
        ("webp", "image/webp"),
        ("avif", "image/avif"),
        ("svg", "image/svg+xml"),
        ("mp3", "audio/mpeg"),
        ("m4a", "audio/mp4"),
        ("ogg", "audio/ogg"),
        ("mp4", "video/mp4"),
        ("webm", "video/webm"),
    ];
    let path = url.split(['?', '#']).next()?;
    let (_, ending) = path.rsplit('/').next()?.rsplit_once('.')?;
    let known = KNOWN
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(ending));
    known.map(|(_, mime)| *mime)
}

/// An address that may be relative to the site, made absolute; `None` for what is no http address.
fn absolute(base: &str, url: &str) -> Option<String> {
    let url = Url::parse(url)
        .ok()
        .or_else(|| Url::parse(base).ok()?.join(url).ok())?;
    matches!(url.scheme(), "http" | "https").then(|| url.into())
}
