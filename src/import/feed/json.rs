//! JSON Feed (jsonfeed.org, versions 1 and 1.1).

use std::io::{self, BufRead, Read};

use serde_json::{Map, Value, json};
use url::Url;

use crate::domain::json::marks;
use crate::domain::json::words::plain;
use crate::domain::language::LanguageTag;
use crate::import::encoding;
use crate::import::found::{At, Found, Open, Sink, Stopped, guarded, set};
use crate::import::json_text::JsonText;
use crate::import::lines::{LIMIT, broken_off};
use crate::import::markup;
use crate::import::not_public;
use crate::import::record::Finding;
use crate::import::stated_language;

use super::entry::absolute;
use super::{media, people};

/// Reads a feed, as a whole: one is a few pages long.
pub(super) fn read(
    open: &Open<'_>,
    lang: Option<&LanguageTag>,
    sink: &mut Sink<'_>,
) -> Result<(), Stopped> {
    let mut refuse = |finding| {
        sink(
            Found::Refused {
                at: At::default(),
                id: None,
                finding,
            },
            0,
        )
    };
    let text = match open()
        .and_then(encoding::utf8)
        .and_then(|input| whole(JsonText::new(input)))
    {
        Ok(text) if text.len() <= LIMIT => text,
        Ok(_) => {
            return refuse(Finding::new(
                "too_long",
                format!("a feed has at most {LIMIT} bytes"),
            ));
        }
        Err(problem) => return refuse(broken_off(&problem)),
    };
    let feed = match serde_json::from_slice(&text).or_else(|problem| marked(&text).ok_or(problem)) {
        Ok(feed) => feed,
        Err(problem) => {
            return refuse(Finding::new(
                "invalid_json",
                format!("not JSON: {}", plain(&problem)),
            ));
        }
    };
    let Some(items) = feed["items"].as_array() else {
        return refuse(Finding::new(
            "no_items",
            "a JSON Feed has an array \"items\", and here is none",
        ));
    };
    for (number, item) in items.iter().enumerate() {
        let at = At::item(number as u64 + 1);
        let found = guarded(|| article(item, &feed, lang));
        let found = match found {
            Ok((fields, notes)) => Found::Article { at, fields, notes },
            Err(finding) => Found::Refused {
                at,
                id: None,
                finding,
            },
        };
        sink(found, text.len() / items.len())?;
    }
    Ok(())
}

/// The feed with marks for the numbers and deep values that a parser refuses.
fn marked(text: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(text).ok()?;
    serde_json::from_str(&marks::marked(text)).ok()
}

fn whole(input: impl BufRead) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    input.take(LIMIT as u64 + 1).read_to_end(&mut text)?;
    Ok(text)
}

/// A text of an item.
fn text(item: &Value, name: &str) -> Option<String> {
    let text = item[name].as_str().filter(|text| !text.trim().is_empty());
    text.map(str::to_owned)
}

fn article(
    item: &Value,
    feed: &Value,
    lang: Option<&LanguageTag>,
) -> (Map<String, Value>, Vec<Finding>) {
    let text = |name: &str| text(item, name);
    let (mut fields, mut notes) = (Map::new(), Vec::new());
    let site = feed["home_page_url"].as_str().or(feed["feed_url"].as_str());
    let url = text("url");
    let base = url.as_deref().or(site);
    let base = base.and_then(|base| Url::parse(base).ok());
    let own = |value: &Value| value["language"].as_str().map(str::to_owned);
    let written = [own(item), own(feed)].into_iter().flatten();
    let lang = stated_language::nearest(written, lang, &mut notes);
    let title = text("title").map(|title| markup::line(&title.replace('<', "&lt;")));
    set(&mut fields, "title", title);
    set(&mut fields, "lang", lang);
    read_addresses(&mut fields, item, site, url);
    set(&mut fields, "summary", text("summary"));
    let updated = text("date_modified");
    let published = Some(&item["date_published"]).filter(|date| !date.is_null());
    let published = published
        .cloned()
        .or_else(|| updated.clone().map(Value::from));
    set(&mut fields, "published_at", published);
    set(&mut fields, "updated", updated);
    if let Some(name) = hidden(item) {
        set(&mut fields, "status", "draft");
        notes.push(Finding::at(
            "/status",
            "made_draft",
            not_public::told(&name),
        ));
    }
    let authors = authors(item);
    let authors = if authors.is_empty() {
        self::authors(feed)
    } else {
        authors
    };
    set(&mut fields, "authors", authors);
    let tags = item["tags"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    set(
        &mut fields,
        "tags",
        tags.map(markup::name).collect::<Vec<_>>(),
    );
    set(&mut fields, "media", pictures(item, base.as_ref()));
    let plain = text("content_text").map(|text| json!({"format": "text", "content": text}));
    match text("content_html") {
        Some(html) => set(&mut fields, "body_html", absolute(html, base.as_ref())),
        None => set(&mut fields, "body", plain),
    }
    (fields, notes)
}

/// The member of an item, or of its extensions, that hides it.
fn hidden(item: &Value) -> Option<String> {
    let members = item.as_object()?.iter();
    let members = members.filter(|(name, _)| *name != "date_published");
    let members = members.map(|(name, value)| (name.clone(), value.clone()));
    not_public::mark(&members.collect())
}

/// The id is the identity, within its feed where it is no address.
fn read_addresses(
    fields: &mut Map<String, Value>,
    item: &Value,
    site: Option<&str>,
    url: Option<String>,
) {
    let id = match &item["id"] {
        Value::String(id) => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    };
    let identity = id.map(|id| match site {
        Some(site) if !id.contains(':') => format!("{site}#{id}"),
        _ => id,
    });
    set(
        fields,
        "external_id",
        identity.clone().or_else(|| url.clone()),
    );
    let address = identity.filter(|id| id.starts_with("http") && Some(id) != url.as_ref());
    set(fields, "old_urls", Vec::from_iter(address));
    let elsewhere =
        text(item, "external_url").filter(|other| url.as_ref().is_some_and(|url| url != other));
    set(fields, "canonical_url", elsewhere);
    set(fields, "url", url);
}

fn authors(of: &Value) -> Vec<String> {
    let list = of["authors"].as_array().into_iter().flatten();
    let all = list.chain(Some(&of["author"]).filter(|author| author.is_object()));
    let mut names: Vec<String> = Vec::new();
    for person in all {
        let name = person["name"].as_str().and_then(people::name);
        names.extend(name.filter(|name| !names.contains(name)));
    }
    names
}

fn pictures(item: &Value, base: Option<&Url>) -> Vec<Value> {
    let mut media: Vec<Map<String, Value>> = Vec::new();
    for name in ["image", "banner_image"] {
        media.extend(
            item[name]
                .as_str()
                .and_then(|address| media::medium(address, "image", base)),
        );
    }
    for attachment in item["attachments"].as_array().into_iter().flatten() {
        let address = attachment["url"].as_str().unwrap_or_default();
        let kind = media::kind_of(
            attachment["mime_type"].as_str().unwrap_or_default(),
            address,
        );
        if let Some(mut medium) = media::medium(address, kind, base) {
            set(
                &mut medium,
                "caption",
                attachment["title"].as_str().unwrap_or_default(),
            );
            media.push(medium);
        }
    }
    let mut seen = std::collections::HashSet::new();
    media.retain(|medium| seen.insert(medium["url"].to_string()));
    media.into_iter().map(Value::Object).collect()
}
