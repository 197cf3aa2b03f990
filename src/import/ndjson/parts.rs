//! The objects of an article line: rights, pictures, notices; and what lines of every type share.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::domain::article::{MediumEntry, Original};
use crate::domain::author::Names;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::source::Rights;
use crate::domain::text;
use crate::import::record::{ArticleRecord, History, NoticeRecord};

use super::fields::Fields;

pub(super) fn read(article: &mut ArticleRecord, fields: &mut Fields<'_>) {
    article.original = original(fields);
    article.rights = rights(fields);
    read_licence(article, fields);
    article.media = media(fields);
    read_image(article, fields);
    article.notices = notices(fields);
    for (_, id) in fields.items("seen_notices") {
        let id = id.as_str().and_then(|id| Id::parse(id).ok());
        article.seen_notices.extend(id);
    }
}

/// The greatest version that a record may claim: far from the end of the numbers, so that changes can go on counting.
const VERSION_MAX: i64 = 1_000_000_000;

/// A version, counted from 1.
pub(super) fn version(fields: &mut Fields<'_>) -> Option<i64> {
    fields.number("version", 1, VERSION_MAX)
}

/// Version and times, as an export writes them.
pub(super) fn history(fields: &mut Fields<'_>) -> History {
    History {
        version: version(fields),
        created_at: fields.instant("created_at"),
        updated_at: fields.instant("updated_at"),
    }
}

/// Names by language tag.
pub(super) fn names(fields: &mut Fields<'_>) -> Names {
    by_language(fields, "names", text::NAME_MAX)
}

/// Texts by language tag.
pub(super) fn by_language(
    fields: &mut Fields<'_>,
    name: &'static str,
    max: usize,
) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for (lang, value) in fields.object(name).unwrap_or_default() {
        let place = format!("{name}/{lang}");
        match (LanguageTag::parse(&lang), value) {
            (_, Value::Null) => {}
            (Ok(tag), Value::String(text)) => {
                let text = fields.cleaned(&place, text, max);
                texts.extend(text.map(|text| (tag.to_string(), text)));
            }
            (Ok(_), other) => fields.wrong_type(&place, "a string", other),
            (Err(invalid), _) => fields.note(&place, invalid.code, invalid.detail),
        }
    }
    if texts.len() > text::LIST_MAX {
        let detail = format!("at most {}; the others are left out", text::LIST_MAX);
        fields.note(name, "too_many", detail);
        texts = texts.into_iter().take(text::LIST_MAX).collect();
    }
    texts
}

/// The original of a translation; more than language, title and address is kept among what has no field.
fn original(fields: &mut Fields<'_>) -> Option<Original> {
    let map = fields.object("original")?;
    let mut child = fields.child(map, "original");
    let original = Original {
        lang: child.any_language("lang").map(|lang| lang.to_string()),
        title: child.text("title", text::TITLE_MAX),
        url: child.long_address("url"),
    };
    let rest = child.rest();
    fields.keep_rest("original", rest);
    Some(original).filter(|original| *original != Original::default())
}

/// Rights as an object; a string alone is the copyright line.
pub(super) fn rights(fields: &mut Fields<'_>) -> Rights {
    let map = match fields.value("rights") {
        None => return Rights::default(),
        Some(Value::Object(map)) => map,
        Some(Value::String(line)) => Map::from_iter([("copyright".to_owned(), line.into())]),
        Some(other) => {
            fields.wrong_type("rights", "an object", other);
            return Rights::default();
        }
    };
    let mut child = fields.child(map, "rights");
    let rights = Rights {
        copyright: child.text("copyright", text::NOTE_MAX),
        licence: child.text("licence", text::NOTE_MAX),
        attribution: child.text("attribution", text::NOTE_MAX),
    };
    let rest = child.rest();
    fields.keep_rest("rights", rest);
    rights
}

/// `license` is the licence where the rights name none; a second, different one is kept and noted.
fn read_licence(article: &mut ArticleRecord, fields: &mut Fields<'_>) {
    let license = fields.text("license", text::NOTE_MAX);
    match (&article.rights.licence, license) {
        (None, license) => article.rights.licence = license,
        (Some(licence), Some(other)) if *licence != other => {
            let detail = format!("the rights say {licence}; {other} is kept in extra");
            fields.note("license", "conflict", detail);
            fields.keep("license", Value::String(other));
        }
        _ => {}
    }
}

/// Further fields that an answer of the API has of an uploaded medium.
const MEDIUM_DERIVED: [&str; 5] = ["focal_point", "height", "renditions", "srcset", "width"];

fn media(fields: &mut Fields<'_>) -> Vec<MediumEntry> {
    let mut media = Vec::new();
    for (place, map) in fields.objects("media") {
        let written = Value::Object(map.clone());
        let own_id = map.get("id").and_then(Value::as_str);
        let own_id = own_id.is_some_and(|text| Id::parse(text).is_ok());
        let mut child = fields.child(map, &place);
        let kind = child.text("kind", text::NAME_MAX);
        // Another system's id is none of ours, and is kept with all else that has no field here.
        let id = if own_id { child.id("id") } else { None };
        let url = child.address("url");
        let named = id.is_some() || url.is_some();
        let (alt, caption, credit) = (
            child.text("alt", text::NOTE_MAX),
            child.text("caption", text::NOTE_MAX),
            child.text("credit", text::NOTE_MAX),
        );
        if id.is_some() {
            for name in MEDIUM_DERIVED {
                child.value(name);
            }
        }
        let rest = child.rest();
        fields.unknown("media", &rest);
        if !named {
            fields.note(
                &place,
                "no_address",
                "names no picture; it is kept in extra",
            );
        }
        if !rest.extra.is_empty() || !named {
            fields.keep_item("media", written);
        }
        media.extend(named.then(|| MediumEntry {
            kind: kind.unwrap_or_else(|| "image".to_owned()),
            url: url.unwrap_or_default(),
            id,
            alt,
            caption,
            credit,
        }));
    }
    fields.limited("media", media)
}

/// The picture of the `image` field comes first, unless `media` has it too.
fn read_image(article: &mut ArticleRecord, fields: &mut Fields<'_>) {
    let image = fields.address("image");
    let alt = fields.text("image_alt", text::NOTE_MAX);
    let Some(url) = image else {
        if let Some(alt) = alt {
            fields.keep("image_alt", Value::String(alt));
        }
        return;
    };
    match article.media.iter_mut().find(|medium| medium.url == url) {
        Some(medium) if medium.alt.is_none() => medium.alt = alt,
        Some(medium) => {
            if let Some(alt) = alt.filter(|alt| medium.alt.as_ref() != Some(alt)) {
                fields.keep("image_alt", Value::String(alt));
            }
        }
        None => article.media.insert(
            0,
            MediumEntry {
                kind: "image".to_owned(),
                url,
                alt,
                ..MediumEntry::default()
            },
        ),
    }
}

/// The identity that an export gave; any other is left for the rest.
fn notice_id(fields: &mut Fields<'_>) -> Option<Id> {
    let value = fields.value("id")?;
    let id = value.as_str().and_then(|text| Id::parse(text).ok());
    if id.is_none() {
        fields.put_back("id", value);
    }
    id
}

fn notices(fields: &mut Fields<'_>) -> Vec<NoticeRecord> {
    const KINDS: &str = "correction, clarification, retraction, expression_of_concern";
    let mut notices = Vec::new();
    for (place, map) in fields.objects("notices") {
        let written = Value::Object(map.clone());
        let mut child = fields.child(map, &place);
        let id = notice_id(&mut child);
        let kind = child.word("kind", KINDS, text::word);
        let text = child.text("text", text::NOTE_MAX);
        let at = child.date("at");
        let rest = child.rest();
        fields.unknown("notices", &rest);
        let Some((kind, text)) = kind.zip(text) else {
            fields.note(
                &place,
                "no_notice",
                "a notice has a kind and a text; it is kept in extra",
            );
            fields.keep_item("notices", written);
            continue;
        };
        if !rest.extra.is_empty() {
            fields.keep_item("notices", written);
        }
        notices.push(NoticeRecord { id, kind, text, at });
    }
    fields.limited("notices", notices)
}
