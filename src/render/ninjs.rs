//! ninjs 3.1, the news exchange format of the IPTC. Its schema takes no property that it does not name.

use serde_json::{Map, Value, json};

use super::{absolute, translation_url, url_of, urn};
use crate::domain::article::{Notice, NoticeKind, Status};
use crate::domain::site::{Places, Site};
use crate::domain::view::{Article, ArticleMedium, BodyView, PersonRef};

/// The media type.
pub const MEDIA_TYPE: &str = "application/vnd.iptc.ninjs+json";

/// One article.
#[must_use]
pub fn render(site: &Site, places: &Places, article: &Article) -> Vec<u8> {
    let item = of_article(site, places, article).with("standard", standard());
    item.done().to_string().into_bytes()
}

/// A part of a list, as a package: an object of type `composite` with the articles in its associations.
/// `url` is the list's own address.
#[must_use]
pub fn render_list(site: &Site, places: &Places, url: &str, articles: &[Article]) -> Vec<u8> {
    let items = (1..).zip(articles).map(|(position, article): (u32, _)| {
        of_article(site, places, article)
            .with("name", position.to_string())
            .with("rel", "item")
            .done()
    });
    let package = Item::default()
        .with("uri", url)
        .with("type", "composite")
        .with("associations", items.collect::<Vec<_>>())
        .with("standard", standard());
    package.done().to_string().into_bytes()
}

/// Properties that have a value, in the order that they are put.
#[derive(Default)]
struct Item(Map<String, Value>);

impl Item {
    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if !empty {
            self.0.insert(name.to_owned(), value);
        }
        self
    }

    fn done(self) -> Value {
        Value::Object(self.0)
    }
}

fn standard() -> Value {
    json!({
        "name": "ninjs",
        "version": "3.1",
        "schema": "https://www.iptc.org/std/ninjs/ninjs-schema_3.1.json",
    })
}

fn of_article(site: &Site, places: &Places, article: &Article) -> Item {
    let url = url_of(site, article);
    let body = body(article);
    let form = if body.is_null() { "partial" } else { "full" };
    let item = Item::default()
        .with("uri", urn(article.id))
        .with("type", "text")
        .with("representationType", form)
        .with("version", article.version.to_string())
        .with("versionCreated", article.updated_at.to_string())
        .with(
            "contentCreated",
            article.published_at.map(|at| at.to_string()),
        )
        .with(
            "embargoedUntil",
            article.embargo_until.map(|at| at.to_string()),
        )
        .with("pubStatus", pub_status(article.status))
        .with("language", article.lang.as_str())
        .with("title", article.title.clone())
        .with("slugline", article.slug.clone())
        .with("headlines", headlines(article))
        .with(
            "descriptions",
            described("summary", article.summary.as_deref()),
        )
        .with("bodies", body)
        .with("by", byline(article))
        .with("located", article.dateline.clone())
        .with("people", people(site, article))
        .with("infoSources", sources(site, article))
        .with("subjects", subjects(site, article))
        .with("edNote", notices(&article.notices))
        .with("altIds", alt_ids(article, &url))
        .with("associations", associations(site, places, article, &url));
    with_rights(item, article)
}

const fn pub_status(status: Status) -> &'static str {
    match status {
        Status::Published => "usable",
        Status::Draft | Status::Scheduled => "withheld",
        Status::Withdrawn => "canceled",
    }
}

fn text(role: &str, value: &str) -> Value {
    json!({"role": role, "contentType": "text/plain", "value": value})
}

fn described(role: &str, value: Option<&str>) -> Vec<Value> {
    value.map(|value| text(role, value)).into_iter().collect()
}

fn headlines(article: &Article) -> Vec<Value> {
    let mut headlines = vec![text("main", &article.title)];
    headlines.extend(described("sub", article.subtitle.as_deref()));
    headlines
}

fn body(article: &Article) -> Value {
    match &article.body {
        Some(BodyView::Html(html)) => json!([{
            "role": "main",
            "contentType": "text/html",
            "wordCount": article.word_count,
            "value": html,
        }]),
        _ => Value::Null,
    }
}

/// The byline as it was printed, else the authors' names.
fn byline(article: &Article) -> Option<String> {
    let names: Vec<&str> = article
        .authors
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    let joined = (!names.is_empty()).then(|| names.join(", "));
    article.byline_raw.clone().or(joined)
}

fn people(site: &Site, article: &Article) -> Vec<Value> {
    let named = |rel: &'static str, people: &[PersonRef]| {
        let each = people.iter().map(|person| {
            let uri = site.own(&format!("/api/authors/{}", person.id));
            json!({"name": person.name, "rel": rel, "uri": uri})
        });
        each.collect::<Vec<_>>()
    };
    let credits = article.credits.iter();
    let credits = credits.map(|credit| json!({"name": credit.name, "rel": credit.role}));
    let mut people = named("author", &article.authors);
    people.extend(named("editor", &article.editors));
    people.extend(named("translator", &article.translators));
    people.extend(credits);
    people
}

fn sources(site: &Site, article: &Article) -> Vec<Value> {
    let sources = article.source.iter().map(|source| {
        let uri = site.own(&format!("/api/sources/{}", source.id));
        json!({"name": source.name, "role": "source", "uri": uri})
    });
    sources.collect()
}

fn subjects(site: &Site, article: &Article) -> Vec<Value> {
    let section = article.section.iter().map(|section| {
        let uri = site.own(&format!("/api/sections/{}", section.id));
        json!({"name": section.name, "rel": "section", "uri": uri, "literal": section.path})
    });
    let tags = article.tags.iter();
    let tags = tags.map(|tag| json!({"name": tag.name, "rel": "keyword", "literal": tag.slug}));
    section.chain(tags).collect()
}

/// The notices as a note to editors, a line each.
fn notices(notices: &[Notice]) -> Option<String> {
    let lines = notices.iter().map(|notice| {
        let kind = match notice.kind {
            NoticeKind::Correction => "Correction",
            NoticeKind::Clarification => "Clarification",
            NoticeKind::Retraction => "Retraction",
            NoticeKind::ExpressionOfConcern => "Expression of concern",
        };
        format!("{kind} ({}): {}", notice.at, notice.text)
    });
    let lines: Vec<String> = lines.collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn alt_ids(article: &Article, url: &str) -> Vec<Value> {
    let id = |role: &str, value: &str| json!({"role": role, "value": value});
    let mut ids = vec![id("id", &article.id.to_string()), id("url", url)];
    ids.extend(article.canonical_url.iter().map(|url| id("canonical", url)));
    ids
}

/// Pictures and translations.
fn associations(site: &Site, places: &Places, article: &Article, url: &str) -> Vec<Value> {
    let pictures = (1..).zip(&article.media);
    let pictures = pictures.filter_map(|(n, medium): (u32, _)| picture(url, n, medium));
    let translations = article.translations.iter().map(|translation| {
        let place = translation_url(site, places, translation);
        Item::default()
            .with("name", format!("translation-{}", translation.lang))
            .with("rel", "translation")
            .with("uri", urn(translation.id))
            .with("type", "text")
            .with("representationType", "partial")
            .with("language", translation.lang.as_str())
            .with("headlines", vec![text("main", &translation.title)])
            .with("altIds", json!([{"role": "url", "value": place}]))
            .done()
    });
    pictures.chain(translations).collect()
}

fn picture(base: &str, number: u32, medium: &ArticleMedium) -> Option<Value> {
    let url = absolute(base, &medium.url)?;
    let kind = match medium.kind.as_str() {
        "audio" => "audio",
        "video" => "video",
        _ => "picture",
    };
    let item = Item::default()
        .with("name", format!("media-{number}"))
        .with("rel", "media")
        .with("uri", url.clone())
        .with("type", kind)
        .with("by", medium.credit.clone())
        .with("descriptions", {
            let mut words = described("caption", medium.caption.as_deref());
            words.extend(described("alternative", medium.alt.as_deref()));
            words
        })
        .with("renditions", json!([{"name": "original", "href": url}]));
    Some(item.done())
}

fn with_rights(item: Item, article: &Article) -> Item {
    let rights = &article.rights;
    let terms = [&rights.licence, &rights.attribution];
    let terms: Vec<&str> = terms.into_iter().flatten().map(String::as_str).collect();
    let address = rights.licence.as_deref();
    let address = address.filter(|licence| licence.starts_with("http"));
    item.with("copyrightNotice", rights.copyright.clone())
        .with("usageTerms", (!terms.is_empty()).then(|| terms.join(" · ")))
        .with(
            "rightsInfo",
            address.map(|address| json!({"linkedRights": address})),
        )
}
