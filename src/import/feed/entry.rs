//! An entry of a feed in XML as the fields of an article.

use serde_json::{Map, Value};
use url::Url;

use crate::domain::language::LanguageTag;
use crate::import::feed_date;
use crate::import::found::set;
use crate::import::markup;
use crate::import::record::Finding;
use crate::import::stated_language;
use crate::import::xml::Element;

use super::channel::{Channel, alternate, languages};
use super::media::{self, resolved};
use super::{people, state};

/// Dates of the last change.
const UPDATED: [&str; 6] = [
    "updated",
    "modified",
    "atom:updated",
    "dcterms:modified",
    "dc:date",
    "date",
];

/// The fields of an entry, and what is told of them.
pub(super) fn read(
    entry: &Element,
    channel: &Channel,
    lang: Option<&LanguageTag>,
) -> (Map<String, Value>, Vec<Finding>) {
    let (mut fields, mut notes) = (Map::new(), Vec::new());
    let base = Base::of(entry, channel);
    let link = alternate(entry).and_then(|link| resolved(&link, base.url.as_ref()));
    let guid = entry.text_of("guid").or_else(|| entry.text_of("id"));
    let about = entry.attribute("rdf:about").map(str::to_owned);
    set(&mut fields, "title", entry.first("title").map(title));
    let lang = stated_language::nearest(languages_around(entry, channel), lang, &mut notes);
    set(&mut fields, "lang", lang);
    read_addresses(&mut fields, entry, channel, link, guid.or(about));
    read_dates(&mut fields, &mut notes, entry);
    let authors = people::of_entry(entry);
    set(
        &mut fields,
        "authors",
        if authors.is_empty() {
            channel.authors.clone()
        } else {
            authors
        },
    );
    set(&mut fields, "tags", tags(entry));
    set(
        &mut fields,
        "media",
        media::of_entry(entry, base.url.as_ref()),
    );
    read_text(&mut fields, entry, &base);
    state::read(&mut fields, &mut notes, entry);
    (fields, notes)
}

/// The dates of an entry. Where the surest one of publication cannot be read, it stays as it is written, so that the reader of
/// the record tells of it; an entry that has none is published at its last change.
fn read_dates(fields: &mut Map<String, Value>, notes: &mut Vec<Finding>, entry: &Element) {
    let written = |names: &[&str]| -> Vec<String> {
        let texts = names.iter().filter_map(|name| entry.text_of(name));
        texts.filter(|text| !text.trim().is_empty()).collect()
    };
    let mut first = |texts: &[String], field: &str| {
        let read = texts.iter().find_map(|text| feed_date::read(text));
        read.map(|date| date.told(field, notes))
    };
    let (published, updated) = (written(&state::DATES), written(&UPDATED));
    let date = match published.first() {
        Some(unread) => first(&published[..1], "/published_at").or(Some(unread.clone())),
        None => first(&updated, "/published_at").or(updated.first().cloned()),
    };
    let changed = first(&updated, "/updated").or(updated.first().cloned());
    set(fields, "published_at", date.clone());
    // A date that cannot be read and stands in both places is told once.
    let is_told =
        changed == date && feed_date::read(changed.as_deref().unwrap_or_default()).is_none();
    set(fields, "updated", changed.filter(|_| !is_told));
}

/// The address that relative ones in an entry are of.
struct Base {
    url: Option<Url>,
}

impl Base {
    fn of(entry: &Element, channel: &Channel) -> Self {
        let channel_base = channel
            .base
            .as_deref()
            .and_then(|base| Url::parse(base).ok());
        let own = entry
            .attribute("xml:base")
            .and_then(|base| joined(channel_base.as_ref(), base));
        let link = || alternate(entry).and_then(|link| joined(channel_base.as_ref(), &link));
        let url = own
            .or_else(|| {
                if entry.first("content").is_some() {
                    None
                } else {
                    link()
                }
            })
            .or(channel_base);
        Self { url }
    }

    /// The base of an element within the entry.
    fn within(&self, element: &Element) -> Option<Url> {
        let own = element
            .attribute("xml:base")
            .and_then(|base| joined(self.url.as_ref(), base));
        own.or_else(|| self.url.clone())
    }
}

fn joined(base: Option<&Url>, address: &str) -> Option<Url> {
    match base {
        Some(base) => base.join(address.trim()).ok(),
        None => Url::parse(address.trim()).ok(),
    }
}

/// A title as one line of text, in whatever form it is written.
fn title(element: &Element) -> String {
    match element.attribute("type") {
        Some("xhtml" | "application/xhtml+xml") => markup::line(&element.markup()),
        Some("text" | "text/plain") => element
            .text()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" "),
        _ => markup::line(&element.text()),
    }
}

/// The languages written for an entry: its own, the feed's, those of its texts.
fn languages_around(entry: &Element, channel: &Channel) -> Vec<String> {
    let texts = entry
        .elements()
        .filter(|child| matches!(child.name.as_str(), "content" | "title" | "summary"));
    let within = texts.filter_map(|child| child.attribute("xml:lang"));
    let own = languages(entry).into_iter();
    let around = own.chain(channel.langs.iter().cloned());
    around.chain(within.map(str::to_owned)).collect()
}

/// The guid is the identity, and where it is an address it leads to the article as the link does.
fn read_addresses(
    fields: &mut Map<String, Value>,
    entry: &Element,
    channel: &Channel,
    link: Option<String>,
    guid: Option<String>,
) {
    let is_address = |text: &str| text.starts_with("http://") || text.starts_with("https://");
    // A number is the identity within its feed only.
    let is_global = |guid: &str| guid.contains(':');
    let identity = guid.clone().map(|guid| match &channel.url {
        Some(site) if !is_global(&guid) => format!("{site}#{guid}"),
        _ => guid,
    });
    let permalink = entry
        .first("guid")
        .is_none_or(|guid| guid.attribute("isPermaLink") != Some("false"));
    let original = entry.text_of("feedburner:origLink");
    let page = original.clone().or_else(|| link.clone());
    let page = page.or_else(|| guid.clone().filter(|guid| permalink && is_address(guid)));
    let others = link
        .clone()
        .into_iter()
        .chain(guid.filter(|guid| is_address(guid)));
    let others: Vec<String> = others
        .filter(|other| Some(other) != page.as_ref())
        .collect();
    set(fields, "external_id", identity.or_else(|| page.clone()));
    set(fields, "url", page);
    set(fields, "old_urls", others);
}

/// Categories and subjects; keywords that stand in one line are apart by commas.
fn tags(entry: &Element) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for element in entry.elements() {
        let words: Vec<String> = match element.name.as_str() {
            // The kind of an entry is no word about it.
            "category" if state::is_kind(element) => continue,
            "category" | "dc:subject" | "atom:category" => {
                let marked = element.attribute("label").or(element.attribute("term"));
                vec![marked.map_or_else(|| element.text(), str::to_owned)]
            }
            "itunes:keywords" | "media:keywords" => {
                element.text().split(',').map(str::to_owned).collect()
            }
            _ => continue,
        };
        for word in words {
            let word = markup::name(&word);
            if !word.is_empty() && !tags.contains(&word) {
                tags.push(word);
            }
        }
    }
    tags
}

/// The content, else what describes it; where there are both, the latter is the summary.
fn read_text(fields: &mut Map<String, Value>, entry: &Element, base: &Base) {
    const CONTENTS: [&str; 5] = [
        "content:encoded",
        "content",
        "xhtml:body",
        "body",
        "fullitem",
    ];
    const DESCRIPTIONS: [&str; 5] = [
        "description",
        "summary",
        "atom:summary",
        "media:description",
        "itunes:summary",
    ];
    let first = |names: &[&str]| {
        let mut elements = names.iter().flat_map(|name| entry.named(name));
        elements
            .find(|element| element.attribute("src").is_none() && !html(element).trim().is_empty())
            .cloned()
    };
    let (content, description) = (first(&CONTENTS), first(&DESCRIPTIONS));
    let summary = description
        .as_ref()
        .filter(|_| content.is_some())
        .map(|element| markup::paragraphs(&html(element)));
    set(fields, "summary", summary);
    let body = content.or(description);
    set(
        fields,
        "body_html",
        body.map(|element| absolute(html(&element), base.within(&element).as_ref())),
    );
}

/// The HTML of an element, in whatever form it is written.
fn html(element: &Element) -> String {
    let is_escaped = element.attribute("mode") == Some("escaped");
    match element.attribute("type") {
        Some("xhtml" | "application/xhtml+xml" | "text/xml") if !is_escaped => element.markup(),
        Some("text" | "text/plain") if element.elements().next().is_none() => {
            let text = element.text().replace('&', "&amp;").replace('<', "&lt;");
            text.split("\n\n")
                .map(|paragraph| format!("<p>{}</p>", paragraph.trim()))
                .collect()
        }
        _ if matches!(element.name.as_str(), "xhtml:body" | "body") => element.markup(),
        _ => element.text(),
    }
}

/// The HTML, with what its relative addresses are relative to.
pub(super) fn absolute(html: String, base: Option<&Url>) -> String {
    match base {
        Some(base) => markup::based(&html, base),
        None => html,
    }
}
