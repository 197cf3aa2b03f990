//! Article lines.

use serde_json::Value;

use crate::domain::address;
use crate::domain::article::Status;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::slug::Slug;
use crate::domain::text;
use crate::import::not_public;
use crate::import::record::{ArticleRecord, Finding, WithdrawalRecord};

use super::body;
use super::fields::{Fields, Rest};
use super::{answer, lists, parts};

/// The most characters of an identity in another system, of a written slug and of a translation key.
pub(super) const KEY_MAX: usize = 500;

/// Reads an article, all of it even where it is to be refused, so that everything wrong is told at once; `lang` is the
/// language of records that name none, `digest` the identity of those without any other.
pub(super) fn read(
    mut fields: Fields<'_>,
    lang: Option<&LanguageTag>,
    digest: i64,
) -> Result<(ArticleRecord, Vec<String>), Finding> {
    let lang = language(&mut fields, lang);
    let title = fields.required("title", text::TITLE_MAX);
    let known_lang = lang.clone().unwrap_or_else(LanguageTag::undetermined);
    let answer = answer::take(&mut fields);
    let keeps_body = answer.is_some() && fields.peek("body").is_none();
    let body = body::read(&mut fields, &known_lang);
    let mut article = ArticleRecord::new(known_lang, title.clone().unwrap_or_default(), body);
    article.keeps_body = keeps_body;
    read_text(&mut article, &mut fields);
    read_slug(&mut article, &mut fields);
    read_dates(&mut article, &mut fields);
    lists::read(&mut article, &mut fields);
    parts::read(&mut article, &mut fields);
    if let Some(answer) = answer {
        answer.put_into(&mut article);
    }
    read_status(&mut article, &mut fields);
    read_identity(&mut article, &mut fields, digest);
    if article.history.version.is_some() {
        lists::take_for_slugs(&mut article.tags);
    }
    if let Err(reason) = fields.given(lang.and(title)) {
        fields.rest();
        return Err(reason);
    }
    note_missing(&article, &mut fields);
    note_empty(&article, &mut fields);
    take_extra(&mut fields);
    let Rest { extra, unknown } = fields.rest();
    article.extra = extra;
    Ok((article, unknown))
}

/// The language that the record names, else that of the whole import.
pub(super) fn language(
    fields: &mut Fields<'_>,
    default: Option<&LanguageTag>,
) -> Option<LanguageTag> {
    let lang = fields.language("lang").or_else(|| default.cloned());
    if lang.is_none() {
        let mut reason = fields.missing("lang");
        if reason.code == "required" {
            let detail = "the record names no language; --lang gives one to such records";
            reason = Finding::at(fields.pointer("lang"), "required", detail);
        }
        fields.refuse(reason);
    }
    lang
}

fn read_text(article: &mut ArticleRecord, fields: &mut Fields<'_>) {
    article.subtitle = fields.text("subtitle", text::SUBTITLE_MAX);
    article.summary = fields.text("summary", text::SUMMARY_MAX);
    article.byline_raw = fields.text("byline_raw", text::NOTE_MAX);
    article.dateline = fields.text("dateline", text::NOTE_MAX);
    article.source = fields
        .value("source")
        .and_then(|source| fields.named("source", source));
    article.url = fields.page_address("url", true);
    article.old_urls = old_addresses(fields);
    article.old_slugs = old_slugs(fields);
    article.canonical_url = fields.page_address("canonical_url", true);
    article.translation_key = fields.text("translation_key", KEY_MAX);
}

/// Addresses under which the article was published, beside `url`, each once.
fn old_addresses(fields: &mut Fields<'_>) -> Vec<String> {
    let mut addresses = Vec::new();
    for (place, item) in fields.items("old_urls") {
        let address = item
            .as_str()
            .and_then(|text| address::parse_page(text).ok());
        match address.and_then(|address| address::page(&address)) {
            Some(address) if addresses.contains(&address) => {}
            Some(address) => addresses.push(address),
            None => fields.leave_out(
                &place,
                "invalid_url",
                "an absolute address or a path that begins with /",
                item,
            ),
        }
    }
    fields.limited("old_urls", addresses)
}

/// Slugs that the article had, decoded where they were percent-encoded.
fn old_slugs(fields: &mut Fields<'_>) -> Vec<Slug> {
    let mut slugs = Vec::new();
    for (place, item) in fields.items("old_slugs") {
        let written = item
            .as_str()
            .map(|text| text::words_decoded(text).unwrap_or_else(|| text.to_owned()));
        match written.filter(|text| text.contains(char::is_alphanumeric)) {
            Some(text) => slugs.push(Slug::from_text(&text)),
            None => fields.leave_out(&place, "invalid_slug", "a slug has letters or digits", item),
        }
    }
    fields.limited("old_slugs", slugs)
}

/// A slug that is none becomes one; one that was percent-encoded is decoded first. The written form stays, white space and
/// all, for addresses that carry it.
fn read_slug(article: &mut ArticleRecord, fields: &mut Fields<'_>) {
    let Some(written) = fields.raw("slug") else {
        return;
    };
    let mut written = fields.without_control("slug", written);
    if written.chars().count() > KEY_MAX {
        fields.note(
            "slug",
            "too_long",
            format!("at most {KEY_MAX} characters; the rest is cut off"),
        );
        written = text::cut(&written, KEY_MAX).to_owned();
    }
    let decoded = text::words_decoded(&written);
    let wanted = decoded.as_deref().unwrap_or(&written);
    let slug = Slug::from_text(wanted);
    let says_something = wanted.contains(|c: char| c.is_alphanumeric() || !c.is_ascii())
        && slug != Slug::from_text("");
    let slug = Some(slug).filter(|_| says_something);
    if slug.as_ref().is_some_and(|slug| slug.as_str() == written) {
        article.slug = slug;
        return;
    }
    let taken = slug
        .clone()
        .unwrap_or_else(|| Slug::from_text(&article.title));
    fields.note("slug", "slug_changed", format!("{written} became {taken}"));
    article.slug = slug;
    article.slug_written = Some(written);
}

fn read_dates(article: &mut ArticleRecord, fields: &mut Fields<'_>) {
    article.published = fields.date("published_at");
    article.updated = fields.date("updated");
    article.publish_at = fields.date("publish_at");
    article.embargo_until = fields.date("embargo_until");
}

/// Reads the state. An article whose state, plan or embargo cannot be read, or of which a field of another system says that not
/// everybody may read it, goes in as a draft.
fn read_status(article: &mut ArticleRecord, fields: &mut Fields<'_>) {
    let words = "draft, scheduled, published, withdrawn";
    article.status = fields.word("status", words, Status::parse);
    read_withdrawal(article, fields);
    let unread = ["status", "publish_at", "embargo_until"]
        .into_iter()
        .find(|name| fields.is_unread(name));
    let is_shown = |status| matches!(status, Status::Published | Status::Scheduled);
    let unread = unread.map(str::to_owned);
    let unread = unread.or_else(|| fields.near_to(&["status", "publish_at", "embargo_until"]));
    if let Some(name) = unread.filter(|_| is_shown(article.initial_status())) {
        article.status = Some(Status::Draft);
        let detail = "this cannot be read: the article goes in as a draft";
        fields.note(&name, "made_draft", detail);
    }
    if let Some(name) = fields.mark().filter(|_| is_shown(article.initial_status())) {
        article.status = Some(Status::Draft);
        fields.note(&name, "made_draft", not_public::told(&name));
    }
}

fn note_missing(article: &ArticleRecord, fields: &mut Fields<'_>) {
    let initial = article.initial_status();
    if initial == Status::Draft && article.status != Some(Status::Draft) {
        let (field, detail) = match article.status {
            Some(Status::Scheduled) => ("publish_at", "no time to go live: it goes in as a draft"),
            _ => ("published_at", "no date: it goes in as a draft"),
        };
        fields.note(field, "no_date", detail);
    }
}

/// An export says all that there is, so its articles may be without text.
fn note_empty(article: &ArticleRecord, fields: &mut Fields<'_>) {
    let is_whole = article.history.version.is_some() && !article.keeps_body;
    if article.body.is_empty() && article.initial_status() == Status::Published && !is_whole {
        let detail = if article.keeps_body {
            "this answer of the API has no text: an article that is there keeps its own"
        } else {
            "no text was found: it is published without one"
        };
        fields.note("body", "no_body", detail);
    }
}

/// Anything but an object says that it was taken down, and no more.
fn read_withdrawal(article: &mut ArticleRecord, fields: &mut Fields<'_>) {
    article.withdrawn = match fields.value("withdrawn") {
        None | Some(Value::Bool(false)) => None,
        Some(Value::Object(map)) => {
            let mut child = fields.child(map, "withdrawn");
            let withdrawn = withdrawal(&mut child);
            let rest = child.rest();
            fields.keep_rest("withdrawn", rest);
            Some(withdrawn)
        }
        Some(other) => {
            fields.wrong_type("withdrawn", "an object", other);
            Some(WithdrawalRecord::default())
        }
    };
}

fn withdrawal(fields: &mut Fields<'_>) -> WithdrawalRecord {
    let words = "legal, error, privacy, rights, other";
    WithdrawalRecord {
        at: fields.date("at"),
        reason: fields.word("reason", words, text::word),
        was_public: fields.boolean("was_public"),
        note: fields.text("note", text::NOTE_MAX),
    }
}

/// An id that is ours is the article's own, any other is the one of the system that it came from.
fn read_identity(article: &mut ArticleRecord, fields: &mut Fields<'_>, digest: i64) {
    let id = key(fields, "id");
    match id.as_deref().map(str::trim).map(Id::parse) {
        Some(Ok(own)) => article.id = Some(own),
        Some(Err(_)) => article.external_id = id,
        None => {}
    }
    if article.external_id.is_none() {
        article.external_id = key(fields, "external_id");
    }
    if article.id.is_none() && article.external_id.is_none() {
        article.external_id = Some(made_identity(article, digest));
    }
    article.work = own_id(fields, "work");
    // A record that has no id of ours is from no export: there the same names mean something else, and are unknown.
    if article.id.is_some() {
        article.created_by = own_id(fields, "created_by").map(|id| id.to_string());
        article.history = parts::history(fields);
    }
}

/// An identity in another system: a string, kept with its white space, or a whole number.
pub(super) fn key(fields: &mut Fields<'_>, name: &'static str) -> Option<String> {
    let key = match fields.value(name)? {
        Value::String(text) => fields.without_control(name, text),
        Value::Number(number) if !number.is_f64() => number.to_string(),
        other => {
            fields.wrong_type(name, "a string", other);
            return None;
        }
    };
    let short = text::cut(&key, KEY_MAX);
    if short.len() == key.len() {
        return Some(key).filter(|key| !key.trim().is_empty());
    }
    // Two long keys may begin alike: the digest of the whole tells them apart.
    let digest = xxhash_rust::xxh3::xxh3_64(key.as_bytes());
    fields.note(
        name,
        "too_long",
        format!("at most {KEY_MAX} characters; the rest is cut off"),
    );
    Some(format!("{}~{digest:016x}", text::cut(&key, KEY_MAX - 17)))
}

/// An id of ours in a field that other systems may use for something else, whose values are then kept as unknown.
fn own_id(fields: &mut Fields<'_>, name: &'static str) -> Option<Id> {
    let value = fields.value(name)?;
    let id = value.as_str().and_then(|text| Id::parse(text).ok());
    if id.is_none() {
        fields.put_back(name, value);
    }
    id
}

fn made_identity(article: &ArticleRecord, digest: i64) -> String {
    match &article.url {
        Some(url) => format!("{}:{url}", article.lang),
        None => format!("digest:{digest:016x}"),
    }
}

/// Puts fields that an export kept apart back in their places.
fn take_extra(fields: &mut Fields<'_>) {
    match fields.value("extra") {
        None => {}
        Some(Value::Object(extra)) => {
            for (name, value) in extra {
                fields.keep_if_new(name, value);
            }
        }
        Some(other) => fields.put_back("extra", other),
    }
}
