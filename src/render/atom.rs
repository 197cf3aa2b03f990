//! Atom (RFC 4287), in pages (RFC 5005), with what was taken down (RFC 6721).

use super::feed::{Feed, categories_of, rights_of, summary_of};
use super::xml::Xml;
use super::{attachments, translation_url, url_of, urn};
use crate::domain::article::WithdrawalReason;
use crate::domain::view::{Article, Tombstone};

/// The media type.
pub const MEDIA_TYPE: &str = "application/atom+xml; charset=utf-8";

/// One page of a feed as Atom.
#[must_use]
pub fn render(feed: &Feed<'_>) -> Vec<u8> {
    let attributes = [
        ("xmlns", "http://www.w3.org/2005/Atom"),
        ("xmlns:at", "http://purl.org/atompub/tombstones/1.0"),
        ("xml:lang", feed.lang.as_str()),
    ];
    let mut xml = Xml::new("feed", &attributes);
    xml.text("id", &[], &feed.id);
    xml.text("title", &[("type", "text")], &feed.title);
    xml.optional("subtitle", &[("type", "text")], feed.description.as_deref());
    xml.text("updated", &[], &feed.updated.to_string());
    add_person(&mut xml, "author", &feed.publisher);
    xml.optional("rights", &[("type", "text")], feed.copyright.as_deref());
    xml.empty("link", &[("rel", "alternate"), ("href", &feed.links.home)]);
    feed.links
        .add_to(&mut xml, "link", Some("application/atom+xml"));
    // The grammar has nothing behind the entries.
    for tombstone in feed.withdrawn {
        add_deleted(&mut xml, tombstone);
    }
    for article in feed.articles {
        add_entry(&mut xml, feed, article);
    }
    xml.finish()
}

fn add_person(xml: &mut Xml, role: &'static str, name: &str) {
    xml.open(role, &[]);
    xml.text("name", &[], name);
    xml.close();
}

fn add_entry(xml: &mut Xml, feed: &Feed<'_>, article: &Article) {
    let url = url_of(feed.site, article);
    // The body's links may be relative to the article's page.
    xml.open("entry", &[("xml:base", &url)]);
    xml.text("id", &[], &urn(article.id));
    xml.text("title", &[("type", "text")], &article.title);
    xml.text("updated", &[], &article.updated_at.to_string());
    if let Some(at) = article.published_at {
        xml.text("published", &[], &at.to_string());
    }
    for author in &article.authors {
        add_person(xml, "author", &author.name);
    }
    for contributor in article.editors.iter().chain(&article.translators) {
        add_person(xml, "contributor", &contributor.name);
    }
    for (term, label) in categories_of(article) {
        xml.empty("category", &[("term", term), ("label", label)]);
    }
    add_entry_links(xml, feed, article, &url);
    xml.optional("summary", &[("type", "text")], summary_of(article));
    xml.optional("content", &[("type", "html")], feed.html_of(article));
    xml.optional("rights", &[("type", "text")], rights_of(article).as_deref());
    xml.close();
}

fn add_entry_links(xml: &mut Xml, feed: &Feed<'_>, article: &Article, url: &str) {
    let lang = article.lang.as_str();
    xml.empty(
        "link",
        &[("rel", "alternate"), ("hreflang", lang), ("href", url)],
    );
    for translation in &article.translations {
        let href = translation_url(feed.site, feed.places, translation);
        let lang = translation.lang.as_str();
        xml.empty(
            "link",
            &[("rel", "related"), ("hreflang", lang), ("href", &href)],
        );
    }
    if let Some(canonical) = &article.canonical_url {
        xml.empty("link", &[("rel", "canonical"), ("href", canonical)]);
    }
    for attachment in attachments(url, article) {
        let length = attachment.bytes.map(|bytes| bytes.to_string());
        let mut attributes = vec![("rel", "enclosure"), ("href", &*attachment.url)];
        attributes.extend(attachment.mime.map(|mime| ("type", mime)));
        attributes.extend(length.as_deref().map(|length| ("length", length)));
        xml.empty("link", &attributes);
    }
}

fn add_deleted(xml: &mut Xml, tombstone: &Tombstone) {
    let attributes = [
        ("ref", &*urn(tombstone.id)),
        ("when", &*tombstone.withdrawn_at.to_string()),
    ];
    xml.open("at:deleted-entry", &attributes);
    xml.text("at:comment", &[], reason(tombstone.reason));
    xml.close();
}

const fn reason(reason: WithdrawalReason) -> &'static str {
    match reason {
        WithdrawalReason::Legal => "legal",
        WithdrawalReason::Error => "error",
        WithdrawalReason::Privacy => "privacy",
        WithdrawalReason::Rights => "rights",
        WithdrawalReason::Other => "other",
    }
}
