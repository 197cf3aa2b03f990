//! The objects of an article line: rights, pictures, notices; and what lines of every type share.

use serde_json::{Map, Value};

use crate::domain::article::MediumEntry;
use crate::domain::author::Names;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::source::Rights;
use crate::domain::text;
use crate::import::record::{ArticleRecord, Finding, History, NoticeRecord};

use super::article;
use super::fields::Fields;

pub(super) fn read(article: &mut ArticleRecord, fields: &mut Fields<'_>) -> Result<(), Finding> {
    article.original = article::original(fields)?;
    article.rights = rights(fields)?;
    read_licence(article, fields)?;
    article.media = media(fields)?;
    read_image(article, fields)?;
    article.notices = notices(fields)?;
    for id in fields.texts("seen_notices", text::NAME_MAX)? {
        article.seen_notices.extend(Id::parse(&id).ok());
    }
    Ok(())
}

/// The greatest version that a record may claim: far from the end of the numbers, so that changes can go on counting.
const VERSION_MAX: i64 = 1_000_000_000;

/// A version, counted from 1.
pub(super) fn version(fields: &mut Fields<'_>) -> Result<Option<i64>, Finding> {
    let version = fields.number("version")?;
    match version.filter(|version| !(1..=VERSION_MAX).contains(version)) {
        None => Ok(version),
        Some(_) => {
            let detail = format!("a version is a whole number from 1 to {VERSION_MAX}");
            Err(Finding::at(
                fields.pointer("version"),
                "invalid_value",
                detail,
            ))
        }
    }
}

/// Version and times, as an export writes them.
pub(super) fn history(fields: &mut Fields<'_>) -> Result<History, Finding> {
    Ok(History {
        version: version(fields)?,
        created_at: fields.instant("created_at")?,
        updated_at: fields.instant("updated_at")?,
    })
}

/// Names by language tag.
pub(super) fn names(fields: &mut Fields<'_>) -> Result<Names, Finding> {
    let mut names = Names::new();
    for (lang, value) in fields.object("names")?.unwrap_or_default() {
        let place = format!("names/{lang}");
        let tag = LanguageTag::parse(&lang)
            .map_err(|invalid| Finding::invalid(&fields.pointer(&place), invalid))?;
        match value {
            Value::String(name) => {
                let name = fields.cleaned(&place, name, text::NAME_MAX)?;
                names.extend(name.map(|name| (tag.to_string(), name)));
            }
            Value::Null => {}
            other => return Err(fields.wrong_type(&place, "a string", &other)),
        }
    }
    Ok(names)
}

/// Rights as an object; a string alone is the copyright line.
pub(super) fn rights(fields: &mut Fields<'_>) -> Result<Rights, Finding> {
    let map = match fields.value("rights") {
        None => return Ok(Rights::default()),
        Some(Value::Object(map)) => map,
        Some(Value::String(line)) => Map::from_iter([("copyright".to_owned(), line.into())]),
        Some(other) => return Err(fields.wrong_type("rights", "an object", &other)),
    };
    let mut child = fields.child(map, "rights");
    let rights = Rights {
        copyright: child.text("copyright", text::NOTE_MAX)?,
        licence: child.text("licence", text::NOTE_MAX)?,
        attribution: child.text("attribution", text::NOTE_MAX)?,
    };
    let rest = child.rest();
    fields.keep_rest("rights", rest);
    Ok(rights)
}

/// `license` is the licence where the rights name none; a second, different one is kept and noted.
fn read_licence(article: &mut ArticleRecord, fields: &mut Fields<'_>) -> Result<(), Finding> {
    let license = fields.text("license", text::NOTE_MAX)?;
    match (&article.rights.licence, license) {
        (None, license) => article.rights.licence = license,
        (Some(licence), Some(other)) if *licence != other => {
            let detail = format!("the rights say {licence}; {other} is kept in extra");
            fields.note("license", "conflict", detail);
            fields.keep("license", Value::String(other));
        }
        _ => {}
    }
    Ok(())
}

fn media(fields: &mut Fields<'_>) -> Result<Vec<MediumEntry>, Finding> {
    let mut media = Vec::new();
    let mut left = Vec::new();
    for (index, map) in fields.objects("media")?.into_iter().enumerate() {
        let written = Value::Object(map.clone());
        let own_id = map.get("id").and_then(Value::as_str);
        let own_id = own_id.is_some_and(|text| Id::parse(text).is_ok());
        let mut child = fields.child(map, &format!("media/{index}"));
        let kind = child.text("kind", text::NAME_MAX)?;
        // Another system's id is none of ours, and is kept with all else that has no field here.
        let id = if own_id { child.id("id")? } else { None };
        let url = child.address("url")?;
        let named = id.is_some() || url.is_some();
        let (alt, caption, credit) = (
            child.text("alt", text::NOTE_MAX)?,
            child.text("caption", text::NOTE_MAX)?,
            child.text("credit", text::NOTE_MAX)?,
        );
        let rest = child.rest();
        fields.unknown("media", &rest);
        if !rest.extra.is_empty() || !named {
            left.push(written);
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
    if !left.is_empty() {
        fields.keep("media", Value::Array(left));
    }
    Ok(media)
}

/// The picture of the `image` field comes first, unless `media` has it too.
fn read_image(article: &mut ArticleRecord, fields: &mut Fields<'_>) -> Result<(), Finding> {
    let image = fields.address("image")?;
    let alt = fields.text("image_alt", text::NOTE_MAX)?;
    let Some(url) = image else {
        if let Some(alt) = alt {
            fields.keep("image_alt", Value::String(alt));
        }
        return Ok(());
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
    Ok(())
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

fn notices(fields: &mut Fields<'_>) -> Result<Vec<NoticeRecord>, Finding> {
    const KINDS: &str = "correction, clarification, retraction, expression_of_concern";
    let mut notices = Vec::new();
    let mut left = Vec::new();
    for (index, map) in fields.objects("notices")?.into_iter().enumerate() {
        let written = Value::Object(map.clone());
        let mut child = fields.child(map, &format!("notices/{index}"));
        let kind = child.word("kind", KINDS, text::word)?;
        let notice = NoticeRecord {
            id: notice_id(&mut child),
            kind: kind.ok_or_else(|| child.missing("kind"))?,
            text: child.required("text", text::NOTE_MAX)?,
            at: child.date("at")?,
        };
        let rest = child.rest();
        fields.unknown("notices", &rest);
        if !rest.extra.is_empty() {
            left.push(written);
        }
        notices.push(notice);
    }
    if !left.is_empty() {
        fields.keep("notices", Value::Array(left));
    }
    Ok(notices)
}
