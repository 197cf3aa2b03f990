//! The fields of the article on a page: from what the page says to machines, else from what it shows, else by the rules that
//! read pages which were saved as text.

use dom_query::Document;
use serde_json::{Map, Value, json};
use xxhash_rust::xxh3::xxh3_64;

use crate::domain::language::LanguageTag;
use crate::import::feed_date;
use crate::import::found::set;
use crate::import::markup;
use crate::import::page::{self, Page};
use crate::import::page_record::is_home;
use crate::import::record::Finding;

use super::address::Address;
use super::body::{self, Text};
use super::data::Data;
use super::names::{is_host, is_name, key, without_host, without_site};
use super::{lines, second, trail};

/// The fewest characters of text that are an article where the page does not say that it is one.
const TEXT_MIN: usize = 250;

/// The fields of the article on a page, and what is left out of it; `None` where there is no article.
pub(super) fn read(
    document: &Document,
    html: &str,
    lang: Option<&LanguageTag>,
) -> Option<(Map<String, Value>, Vec<Finding>)> {
    let data = Data::read(document);
    let mut notes = Vec::new();
    let lang = stated_or(language(document, &data), lang, &mut notes);
    let shown = page::parse(&lines::text(html), lang.as_deref());
    let page = Reading {
        document,
        data,
        shown,
    };
    let site = page.site();
    let title = page.title(site.as_deref())?;
    let address = Address::read(document, &page.data);
    notes.extend(address.finding());
    let url = address.url.clone();
    let body = page.whole(body::read(document, &title), &title, &mut notes);
    let length = body.as_ref().map_or(0, |body| weight(&body.words));
    if length < TEXT_MIN && !page.data.is_article() {
        return None;
    }
    let mut fields = Map::new();
    let lang = lang.or_else(|| page.shown.as_ref().map(|shown| shown.lang.clone()));
    let lang = lang.or_else(|| {
        body.as_ref()
            .map(|body| page::language_of(&body.words).to_owned())
    });
    let published = page.published(&mut notes);
    let updated = page.updated(&mut notes);
    let id = url.clone().unwrap_or_else(|| {
        let parts = [
            lang.as_deref(),
            site.as_deref(),
            Some(title.as_str()),
            published.as_deref(),
        ];
        let parts: Vec<&str> = parts.into_iter().map(Option::unwrap_or_default).collect();
        format!("page:{:016x}", xxh3_64(parts.join("\n").as_bytes()))
    });
    page.add(&mut fields, &title, site.as_deref());
    set(&mut fields, "external_id", id);
    set(&mut fields, "url", url);
    set(&mut fields, "lang", lang);
    set(&mut fields, "published_at", published);
    set(&mut fields, "updated", updated);
    let body = body.map(|body| address.based(body.html));
    set(&mut fields, "body_html", body);
    set(&mut fields, "source", site);
    set(&mut fields, "title", title);
    Some((fields, notes))
}

/// The characters of a text; one of Chinese says as much as three others.
fn weight(text: &str) -> usize {
    text.chars()
        .map(|c| {
            if ('\u{3400}'..='\u{9fff}').contains(&c) {
                3
            } else {
                1
            }
        })
        .sum()
}

/// The languages that a page states, the nearest first; the first that can be read.
fn language(document: &Document, data: &Data) -> Option<String> {
    let root = document.select("html");
    let of_root = ["lang", "xml:lang"]
        .iter()
        .filter_map(|name| root.attr(name))
        .map(|lang| lang.to_string());
    let of_data = std::iter::once_with(|| data.text("inLanguage")).flatten();
    let metas = ["content-language", "dc.language", "language", "og:locale"];
    let of_metas = metas.iter().filter_map(|name| data.meta(&[name]));
    of_root
        .chain(of_data)
        .chain(of_metas.map(str::to_owned))
        .map(|lang| lang.trim().replace('_', "-"))
        .find(|lang| LanguageTag::parse_of_texts(lang).is_ok())
}

/// The language that a page states, else that of the import. One that is the other with more said, as `en-US` is of `en`, is
/// no other: it is that of the import.
fn stated_or(
    stated: Option<String>,
    of_import: Option<&LanguageTag>,
    notes: &mut Vec<Finding>,
) -> Option<String> {
    let of_import = of_import.map(LanguageTag::as_str);
    let (Some(page), Some(import)) = (&stated, of_import) else {
        return stated.or(of_import.map(str::to_owned));
    };
    let mut parts = page.split('-').zip(import.split('-'));
    if parts.all(|(one, other)| one.eq_ignore_ascii_case(other)) {
        return Some(import.to_owned());
    }
    let detail = format!(
        "the page says that it is in {page}, and is taken so; {import} is for pages that say no language"
    );
    notes.push(Finding::at("/lang", "other_language", detail));
    stated
}

/// A page while it is read.
pub(super) struct Reading<'d> {
    pub(super) document: &'d Document,
    pub(super) data: Data,
    pub(super) shown: Option<Page>,
}

impl Reading<'_> {
    /// The text, or where it is but a part of what the rules for saved text have found, or not about the title, their paragraphs.
    fn whole(&self, body: Option<Text>, title: &str, notes: &mut Vec<Finding>) -> Option<Text> {
        let paragraphs = self
            .shown
            .as_ref()
            .map(|shown| shown.paragraphs.as_slice())
            .unwrap_or_default();
        let read: usize = paragraphs.iter().map(|paragraph| weight(paragraph)).sum();
        let found = body.as_ref().map_or(0, |body| weight(&body.words));
        let is_other = |body: &Text| {
            read >= TEXT_MIN && second::speaks_more_of(title, &body.words, &paragraphs.join(" "))
        };
        if found * 2 >= read && !body.as_ref().is_some_and(is_other) {
            let mut body = body?;
            if read * 5 >= found * 3 {
                second::trim(&mut body, paragraphs);
            }
            notes.extend(body.left_out.finding());
            return Some(body);
        }
        if body.is_some() {
            let detail = "the text is taken as plain paragraphs, without links, emphasis and pictures: its elements hold other words";
            notes.push(Finding::new("body_as_text", detail));
        }
        Some(Text::of_paragraphs(paragraphs))
    }

    /// Adds what stands beside the text.
    fn add(&self, fields: &mut Map<String, Value>, title: &str, site: Option<&str>) {
        const SUMMARIES: [&str; 3] = ["og:description", "description", "twitter:description"];
        set(
            fields,
            "summary",
            self.data.meta(&SUMMARIES).map(markup::name),
        );
        set(fields, "authors", self.authors(site));
        set(fields, "contributors", self.editors());
        set(fields, "section_path", self.sections(title, site));
        set(fields, "tags", self.tags());
        set(fields, "media", self.picture());
    }

    /// The name of the site.
    fn site(&self) -> Option<String> {
        let stated = self
            .data
            .meta(&[
                "og:site_name",
                "application-name",
                "apple-mobile-web-app-title",
            ])
            .map(markup::name);
        let publisher = || self.data.names("publisher").into_iter().next();
        // A host name is no name where there is a better one.
        let stated = match stated {
            Some(name) if is_host(&name) => publisher()
                .map(|publisher| without_host(&publisher).to_owned())
                .filter(|publisher| !publisher.is_empty() && !is_host(publisher))
                .or(Some(name)),
            Some(name) => Some(name),
            None => publisher(),
        };
        stated.or_else(|| self.shown.as_ref().and_then(|shown| shown.source.clone()))
    }

    /// The title without the name of the site.
    fn title(&self, site: Option<&str>) -> Option<String> {
        let headings: Vec<String> = self
            .document
            .select("h1")
            .iter()
            .map(|heading| markup::line(&heading.inner_html()))
            .filter(|text| !text.is_empty())
            .collect();
        let written = self
            .document
            .select("head title, title")
            .iter()
            .next()
            .map(|title| markup::line(&title.inner_html()));
        let read = self.shown.as_ref().map(|shown| shown.title.clone());
        let stated = self
            .data
            .meta(&["og:title", "twitter:title"])
            .map(markup::name)
            .or_else(|| self.data.text("headline"));
        let candidates = [stated, self.data.text("headline"), written];
        let candidates: Vec<String> = candidates
            .into_iter()
            .flatten()
            .filter(|title| !title.is_empty())
            .collect();
        // A heading that a title begins with is the title as it is shown.
        let shown = headings.iter().chain(&read).find(|heading| {
            heading.chars().count() >= 4
                && candidates
                    .iter()
                    .any(|title| key(title).starts_with(&key(heading)) && !is_name(heading, site))
        });
        let stated = || candidates.first().map(|title| without_site(title, site));
        shown
            .cloned()
            .or_else(stated)
            .or_else(|| headings.first().cloned())
            .filter(|title| !title.is_empty())
    }

    fn published(&self, notes: &mut Vec<Finding>) -> Option<String> {
        const METAS: [&str; 16] = [
            "article:published_time",
            "og:article:published_time",
            "datepublished",
            "date",
            "pubdate",
            "publishdate",
            "publish-date",
            "dc.date",
            "dc.date.issued",
            "dcterms.date",
            "dcterms.created",
            "parsely-pub-date",
            "sailthru.date",
            "cxenseparse:recs:publishtime",
            "article.published",
            "weibo:article:create_at",
        ];
        let of_data = ["datePublished", "dateCreated"]
            .iter()
            .find_map(|name| self.data.text(name))
            .and_then(|date| feed_date::read(&date));
        let of_meta = || self.data.metas(&METAS).find_map(feed_date::read);
        let shown = || feed_date::read(self.shown.as_ref()?.published.as_deref()?);
        let stated = of_data.or_else(of_meta).or_else(|| self.time());
        let date = stated.or_else(shown);
        date.map(|date| date.told("/published_at", notes))
    }

    /// The first time that the page marks as one, that of the publication first.
    fn time(&self) -> Option<feed_date::Read> {
        const PLACES: [&str; 5] = [
            "[itemprop='datePublished']",
            "time[pubdate]",
            "article time[datetime]",
            "main time[datetime]",
            "time[datetime]",
        ];
        PLACES.iter().find_map(|place| {
            self.document.select(place).iter().find_map(|time| {
                let written = ["datetime", "content"]
                    .iter()
                    .find_map(|name| time.attr(name))
                    .map(|date| date.to_string());
                feed_date::read(&written.unwrap_or_else(|| time.text().to_string()))
            })
        })
    }

    fn updated(&self, notes: &mut Vec<Finding>) -> Option<String> {
        let stated = self.data.text("dateModified");
        let stated = stated.or_else(|| {
            self.data
                .meta(&["article:modified_time", "og:updated_time"])
                .map(str::to_owned)
        });
        let date = stated.and_then(|date| feed_date::read(&date));
        date.map(|date| date.told("/updated", notes))
    }

    /// The steps of the trail between the home page and the article.
    fn sections(&self, title: &str, site: Option<&str>) -> Vec<String> {
        let of_data = trail::without_title(self.data.trail(), title);
        let shown = trail::shown(self.document, title);
        let read = || {
            self.shown
                .as_ref()
                .map(|page| page.breadcrumbs.clone())
                .unwrap_or_default()
        };
        let mut steps = [of_data, shown, read()]
            .into_iter()
            .find(|steps| !steps.is_empty())
            .unwrap_or_default();
        if steps
            .first()
            .is_some_and(|first| is_home(first) || is_name(first, site))
        {
            steps.remove(0);
        }
        if steps.is_empty() {
            let section = self
                .data
                .meta(&["article:section"])
                .map(markup::name)
                .or_else(|| self.data.text("articleSection"));
            steps.extend(section);
        }
        steps
    }

    fn tags(&self) -> Vec<String> {
        let mut tags: Vec<String> = self
            .data
            .metas(&["article:tag"])
            .map(markup::name)
            .collect();
        if tags.is_empty() {
            let keywords = self
                .data
                .meta(&["news_keywords", "keywords"])
                .unwrap_or_default();
            tags = keywords
                .split([',', ';', '，', '、'])
                .map(markup::name)
                .collect();
        }
        let mut seen = std::collections::HashSet::new();
        tags.retain(|tag| {
            !tag.is_empty() && tag.chars().count() <= 60 && seen.insert(tag.to_lowercase())
        });
        tags.truncate(crate::domain::text::LIST_MAX);
        tags
    }

    fn picture(&self) -> Vec<Value> {
        let url = self
            .data
            .meta(&["og:image:secure_url", "og:image", "twitter:image"])
            .filter(|url| url.starts_with("http"));
        let alt = self.data.meta(&["og:image:alt", "twitter:image:alt"]);
        url.map(|url| json!({ "kind": "image", "url": url, "alt": alt }))
            .into_iter()
            .collect()
    }
}
