//! The common parts of the three kinds of feed.

use uuid::Builder;
use xxhash_rust::xxh3::xxh3_128;

use crate::domain::language::LanguageTag;
use crate::domain::site::{Places, Site};
use crate::domain::time::Timestamp;
use crate::domain::view::{Article, BodyView, Tombstone};

use super::xml::Xml;

/// Addresses of a feed, all absolute.
#[derive(Debug, Clone, Default)]
pub struct FeedLinks {
    /// This document.
    pub own: String,
    /// The page that readers see the same things on.
    pub home: String,
    /// The feed's first page, where this is another.
    pub first: Option<String>,
    /// The page of older articles.
    pub next: Option<String>,
    /// The page of newer articles.
    pub previous: Option<String>,
    /// The WebSub hub that tells of changes.
    pub hub: Option<String>,
    /// The same feed of other editions.
    pub alternates: Vec<(LanguageTag, String)>,
}

impl FeedLinks {
    /// Adds what both kinds of XML say as Atom's link elements. `media_type` is that of the same feed of other editions, which
    /// is related and no alternate: readers take any alternate for the page of the feed itself.
    pub(super) fn add_to(&self, xml: &mut Xml, element: &'static str, media_type: Option<&str>) {
        let mut link = |rel: &str, href: &str| xml.empty(element, &[("rel", rel), ("href", href)]);
        link("self", &self.own);
        for (rel, href) in [
            ("first", &self.first),
            ("previous", &self.previous),
            ("next", &self.next),
            ("hub", &self.hub),
        ] {
            if let Some(href) = href {
                link(rel, href);
            }
        }
        for (lang, href) in &self.alternates {
            let lang = [("hreflang", lang.as_str()), ("href", href)];
            let media_type = media_type.map(|media_type| ("type", media_type));
            let attributes = [("rel", "related")]
                .into_iter()
                .chain(media_type)
                .chain(lang);
            xml.empty(element, &attributes.collect::<Vec<_>>());
        }
    }
}

/// One page of a feed.
#[derive(Debug)]
pub struct Feed<'a> {
    /// The addresses of articles.
    pub site: &'a Site,
    /// The addresses of translations.
    pub places: &'a Places,
    /// The edition.
    pub lang: &'a LanguageTag,
    /// Identifies the feed wherever it moves to.
    pub id: String,
    /// Plain text.
    pub title: String,
    /// A sentence on what is in it.
    pub description: Option<String>,
    /// The publication's name.
    pub publisher: String,
    /// The copyright line.
    pub copyright: Option<String>,
    /// Its addresses.
    pub links: FeedLinks,
    /// Time of the last change of anything in it.
    pub updated: Timestamp,
    /// True sends the whole text of each article.
    pub full_text: bool,
    /// The articles, newest first.
    pub articles: &'a [Article],
    /// Withdrawn articles, newest first.
    pub withdrawn: &'a [Tombstone],
}

/// The identity of the feed that `words` name: a UUID of version 8 made from them.
#[must_use]
pub fn feed_id(words: &str) -> String {
    let bytes = xxh3_128(words.as_bytes()).to_be_bytes();
    let id = Builder::from_custom_bytes(bytes).into_uuid();
    format!("urn:uuid:{}", id.hyphenated())
}

impl Feed<'_> {
    /// The article's HTML, where the feed sends whole texts.
    pub(super) fn html_of<'a>(&self, article: &'a Article) -> Option<&'a str> {
        match &article.body {
            Some(BodyView::Html(html)) if self.full_text && !html.is_empty() => Some(html),
            _ => None,
        }
    }
}

/// A few words on the article: its summary, else its subtitle.
pub(super) fn summary_of(article: &Article) -> Option<&str> {
    article.summary.as_deref().or(article.subtitle.as_deref())
}

/// The rights line: copyright, licence, and the words that a copy must show.
pub(super) fn rights_of(article: &Article) -> Option<String> {
    let rights = &article.rights;
    let parts = [&rights.copyright, &rights.licence, &rights.attribution];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// The categories of an article in feeds: term and label of its section and of each tag.
pub(super) fn categories_of(article: &Article) -> Vec<(&str, &str)> {
    let section = article.section.iter();
    let section = section.map(|section| (section.path.as_str(), section.name.as_str()));
    let tags = article.tags.iter();
    section
        .chain(tags.map(|tag| (tag.slug.as_str(), tag.name.as_str())))
        .collect()
}
