//! RSS 2.0, with the whole text in `content:encoded`.
//!
//! Titles are plain text, escaped once: what readers show is then the very title. Descriptions are HTML by custom, so plain
//! text is made HTML first.

use super::feed::{Feed, categories_of, rights_of, summary_of};
use super::xml::{Xml, as_html};
use super::{Attachment, attachments, translation_url, url_of, urn};
use crate::domain::view::Article;

/// The media type.
pub const MEDIA_TYPE: &str = "application/rss+xml; charset=utf-8";

const NAMESPACES: [(&str, &str); 5] = [
    ("version", "2.0"),
    ("xmlns:atom", "http://www.w3.org/2005/Atom"),
    ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
    ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
    ("xmlns:media", "http://search.yahoo.com/mrss/"),
];

/// One page of a feed as RSS.
#[must_use]
pub fn render(feed: &Feed<'_>) -> Vec<u8> {
    let mut xml = Xml::new("rss", &NAMESPACES);
    xml.open("channel", &[]);
    xml.text("title", &[], &feed.title);
    xml.text("link", &[], &feed.links.home);
    let description = feed.description.as_deref().unwrap_or(&feed.title);
    xml.text("description", &[], &as_html(description));
    xml.text("language", &[], feed.lang.as_str());
    xml.optional("copyright", &[], feed.copyright.as_deref());
    xml.text("lastBuildDate", &[], &feed.updated.to_http_date());
    xml.text("docs", &[], "https://www.rssboard.org/rss-specification");
    feed.links.add_to(&mut xml, "atom:link", None);
    for article in feed.articles {
        add_item(&mut xml, feed, article);
    }
    xml.finish()
}

fn add_item(xml: &mut Xml, feed: &Feed<'_>, article: &Article) {
    let url = url_of(feed.site, article);
    // The body's links may be relative to the article's page.
    xml.open("item", &[("xml:base", &url)]);
    xml.text("title", &[], &article.title);
    xml.text("link", &[], &url);
    xml.text("guid", &[("isPermaLink", "false")], &urn(article.id));
    if let Some(at) = article.published_at {
        xml.text("pubDate", &[], &at.to_http_date());
    }
    xml.text("atom:updated", &[], &article.updated_at.to_string());
    for author in &article.authors {
        xml.text("dc:creator", &[], &author.name);
    }
    for (_, label) in categories_of(article) {
        xml.text("category", &[], label);
    }
    xml.optional(
        "description",
        &[],
        summary_of(article).map(as_html).as_deref(),
    );
    xml.optional("content:encoded", &[], feed.html_of(article));
    xml.optional("dc:rights", &[], rights_of(article).as_deref());
    add_item_links(xml, feed, article);
    add_attachments(xml, &attachments(&url, article));
    xml.close();
}

/// RSS has one enclosure, which tells its type and length; Media RSS has all.
fn add_attachments(xml: &mut Xml, attachments: &[Attachment<'_>]) {
    let whole = attachments
        .iter()
        .find_map(|one| Some((&one.url, one.mime?, one.bytes?.to_string())));
    if let Some((url, mime, length)) = whole {
        let attributes = [("url", url.as_str()), ("length", &length), ("type", mime)];
        xml.empty("enclosure", &attributes);
    }
    for one in attachments {
        let size = one.bytes.map(|bytes| bytes.to_string());
        let mut attributes = vec![("url", &*one.url), ("medium", &*one.medium.kind)];
        attributes.extend(one.mime.map(|mime| ("type", mime)));
        attributes.extend(size.as_deref().map(|size| ("fileSize", size)));
        xml.empty("media:content", &attributes);
    }
}

fn add_item_links(xml: &mut Xml, feed: &Feed<'_>, article: &Article) {
    if let Some(canonical) = &article.canonical_url {
        xml.empty("atom:link", &[("rel", "canonical"), ("href", canonical)]);
    }
    for translation in &article.translations {
        let href = translation_url(feed.site, feed.places, translation);
        let lang = translation.lang.as_str();
        xml.empty(
            "atom:link",
            &[("rel", "related"), ("hreflang", lang), ("href", &href)],
        );
    }
}
