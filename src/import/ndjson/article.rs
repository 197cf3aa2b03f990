//! Article lines.

use serde_json::Value;

use crate::domain::article::{Original, Status};
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::slug::Slug;
use crate::domain::text;
use crate::import::record::{ArticleRecord, Finding, WithdrawalRecord};

use super::body;
use super::fields::{Fields, Rest};
use super::{lists, parts};

/// The most characters of an identity in another system, of a written slug and of a translation key.
pub(super) const KEY_MAX: usize = 500;

/// Reads an article; `lang` is the language of records that name none, `digest` the identity of those without any other.
pub(super) fn read(
    mut fields: Fields<'_>,
    lang: Option<&LanguageTag>,
    digest: i64,
) -> Result<(ArticleRecord, Vec<String>), Finding> {
    let lang = language(&mut fields, lang)?;
    let title = fields.required("title", text::TITLE_MAX)?;
    let body = body::read(&mut fields, &lang)?;
    let mut article = ArticleRecord::new(lang, title, body);
    read_text(&mut article, &mut fields)?;
    read_slug(&mut article, &mut fields)?;
    read_dates(&mut article, &mut fields)?;
    read_status(&mut article, &mut fields)?;
    lists::read(&mut article, &mut fields)?;
    parts::read(&mut article, &mut fields)?;
    read_identity(&mut article, &mut fields, digest)?;
    take_extra(&mut fields)?;
    let Rest { extra, unknown } = fields.rest();
    article.extra = extra;
    Ok((article, unknown))
}

/// The language that the record names, else that of the whole import.
pub(super) fn language(
    fields: &mut Fields<'_>,
    default: Option<&LanguageTag>,
) -> Result<LanguageTag, Finding> {
    let named = fields.language("lang")?.or_else(|| default.cloned());
    named.ok_or_else(|| {
        let detail = "the record names no language; --lang gives one to such records";
        Finding::at("/lang", "required", detail)
    })
}

fn read_text(article: &mut ArticleRecord, fields: &mut Fields<'_>) -> Result<(), Finding> {
    article.subtitle = fields.text("subtitle", text::SUBTITLE_MAX)?;
    article.summary = fields.text("summary", text::SUMMARY_MAX)?;
    article.byline_raw = fields.text("byline_raw", text::NOTE_MAX)?;
    article.dateline = fields.text("dateline", text::NOTE_MAX)?;
    let source = fields.text("source", text::NAME_MAX)?;
    article.source = source.map(|name| text::fold_name(&name));
    article.url = fields.address("url")?;
    article.canonical_url = fields.address("canonical_url")?;
    article.translation_key = fields.text("translation_key", KEY_MAX)?;
    Ok(())
}

/// A slug that is none becomes one. The written form stays, white space and all, for addresses that carry it.
fn read_slug(article: &mut ArticleRecord, fields: &mut Fields<'_>) -> Result<(), Finding> {
    let Some(written) = fields.raw("slug")? else {
        return Ok(());
    };
    let written = fields.without_control("slug", written);
    if written.chars().count() > KEY_MAX {
        let detail = format!("at most {KEY_MAX} characters");
        return Err(Finding::at("/slug", "too_long", detail));
    }
    let slug = written
        .contains(char::is_alphanumeric)
        .then(|| Slug::from_text(&written));
    if slug.as_ref().is_some_and(|slug| slug.as_str() == written) {
        article.slug = slug;
        return Ok(());
    }
    let taken = slug
        .as_ref()
        .unwrap_or(&Slug::from_text(&article.title))
        .clone();
    fields.note("slug", "slug_changed", format!("{written} became {taken}"));
    article.slug = slug;
    article.slug_written = Some(written);
    Ok(())
}

fn read_dates(article: &mut ArticleRecord, fields: &mut Fields<'_>) -> Result<(), Finding> {
    article.published = fields.date("published_at")?;
    article.updated = fields.date("updated")?;
    article.publish_at = fields.date("publish_at")?;
    article.embargo_until = fields.date("embargo_until")?;
    Ok(())
}

fn read_status(article: &mut ArticleRecord, fields: &mut Fields<'_>) -> Result<(), Finding> {
    let words = "draft, scheduled, published, withdrawn";
    article.status = fields.word("status", words, Status::parse)?;
    if let Some(map) = fields.object("withdrawn")? {
        let mut child = fields.child(map, "withdrawn");
        let withdrawn = withdrawal(&mut child)?;
        let rest = child.rest();
        fields.keep_rest("withdrawn", rest);
        article.withdrawn = Some(withdrawn);
    }
    let initial = article.initial_status();
    if initial == Status::Draft && article.status != Some(Status::Draft) {
        let (field, detail) = match article.status {
            Some(Status::Scheduled) => ("publish_at", "no time to go live: it goes in as a draft"),
            _ => ("published_at", "no date: it goes in as a draft"),
        };
        fields.note(field, "no_date", detail);
    }
    Ok(())
}

fn withdrawal(fields: &mut Fields<'_>) -> Result<WithdrawalRecord, Finding> {
    let words = "legal, error, privacy, rights, other";
    Ok(WithdrawalRecord {
        at: fields.date("at")?,
        reason: fields.word("reason", words, text::word)?,
        was_public: fields.boolean("was_public")?,
        note: fields.text("note", text::NOTE_MAX)?,
    })
}

/// An id that is ours is the article's own, any other is the one of the system that it came from.
fn read_identity(
    article: &mut ArticleRecord,
    fields: &mut Fields<'_>,
    digest: i64,
) -> Result<(), Finding> {
    match key(fields, "id")? {
        Some(id) => match Id::parse(id.trim()) {
            Ok(own) => {
                article.id = Some(own);
                article.external_id = key(fields, "external_id")?;
            }
            Err(_) => article.external_id = Some(id),
        },
        None => article.external_id = key(fields, "external_id")?,
    }
    if article.id.is_none() && article.external_id.is_none() {
        article.external_id = Some(made_identity(article, digest));
    }
    article.work = own_id(fields, "work")?;
    read_life(article, fields)
}

/// What an export says of an article's life. A record that has no id of ours is from no export: there the same names mean
/// something else, and are kept as unknown.
fn read_life(article: &mut ArticleRecord, fields: &mut Fields<'_>) -> Result<(), Finding> {
    if article.id.is_some() {
        article.created_by = own_id(fields, "created_by")?.map(|id| id.to_string());
        article.history = parts::history(fields)?;
    }
    Ok(())
}

/// An identity in another system: a string, kept with its white space, or a whole number.
pub(super) fn key(fields: &mut Fields<'_>, name: &str) -> Result<Option<String>, Finding> {
    let key = match fields.value(name) {
        None => return Ok(None),
        Some(Value::String(text)) => fields.without_control(name, text),
        Some(Value::Number(number)) if !number.is_f64() => number.to_string(),
        Some(other) => return Err(fields.wrong_type(name, "a string", &other)),
    };
    if key.chars().count() > KEY_MAX {
        let detail = format!("at most {KEY_MAX} characters");
        return Err(Finding::at(fields.pointer(name), "too_long", detail));
    }
    Ok(Some(key).filter(|key| !key.trim().is_empty()))
}

/// An id of ours in a field that other systems may use for something else, whose values are then kept as unknown.
fn own_id(fields: &mut Fields<'_>, name: &str) -> Result<Option<Id>, Finding> {
    match fields.value(name) {
        None => Ok(None),
        Some(Value::String(text)) if Id::parse(&text).is_ok() => Ok(Id::parse(&text).ok()),
        Some(other) => {
            fields.put_back(name, other);
            Ok(None)
        }
    }
}

fn made_identity(article: &ArticleRecord, digest: i64) -> String {
    match &article.url {
        Some(url) => format!("{}:{url}", article.lang),
        None => format!("digest:{digest:016x}"),
    }
}

/// What an export kept apart goes back to where it was.
fn take_extra(fields: &mut Fields<'_>) -> Result<(), Finding> {
    match fields.value("extra") {
        None => {}
        Some(Value::Object(extra)) => {
            for (name, value) in extra {
                fields.keep_if_new(name, value);
            }
        }
        Some(other) => fields.put_back("extra", other),
    }
    Ok(())
}

/// What an article was translated from; more than language, title and address is kept among what has no field.
pub(super) fn original(fields: &mut Fields<'_>) -> Result<Option<Original>, Finding> {
    let Some(map) = fields.object("original")? else {
        return Ok(None);
    };
    let mut child = fields.child(map, "original");
    let original = Original {
        lang: child.text("lang", LanguageTag::MAX)?,
        title: child.text("title", text::TITLE_MAX)?,
        url: child.address("url")?,
    };
    let rest = child.rest();
    fields.keep_rest("original", rest);
    Ok(Some(original).filter(|original| *original != Original::default()))
}
