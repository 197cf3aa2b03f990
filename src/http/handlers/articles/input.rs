//! Articles as clients write them: the content of a request, and the same form of an article that is there, for a merge
//! patch (RFC 7396) to change.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::domain::article::{Credit, MediumEntry, NoticeKind, Original, Status};
use crate::domain::body::{Block, Body, BodyError, Warnings, faults_of_blocks};
use crate::domain::error::{Fault, Invalid};
use crate::domain::id::Id;
use crate::domain::input::{ArticleInput, NoticeInput};
use crate::domain::language::LanguageTag;
use crate::domain::slug::Slug;
use crate::domain::text;
use crate::domain::time::Timestamp;
use crate::domain::warning::Warning;
use crate::http::request::json_fields::{Fields, moment, unknown_word};
use crate::http::request::rights::rights;
use crate::store::articles::StoredArticle;

const STATUSES: &str = "draft, scheduled, published, withdrawn";
const NOTICE_KINDS: &str = "correction, clarification, retraction, expression_of_concern";
const FORMATS: &str = "html, markdown, text, blocks";

/// An article that was read, or every field that is missing, unknown or not what it should be. An article may be large: it
/// is read before the transaction, which others wait for, and its faults are told within, after what weighs more: whether
/// the caller may call the operation, the article that is meant and its version.
pub(crate) type Reading = Result<Box<ArticleInput>, Box<Misread>>;

/// An article that was not read whole.
#[derive(Debug)]
pub(crate) struct Misread {
    /// Everything that is wrong with its form.
    pub(crate) faults: Vec<Fault>,
    /// The fields that could be read; what they name may be unknown as well.
    pub(crate) rest: ArticleInput,
}

/// A body, and what of it was changed or left out.
pub(crate) type ReadBody = (Body, Vec<Warning>);

/// Reads an article.
pub(crate) fn read(map: Map<String, Value>) -> Reading {
    read_with(map, read_body)
}

/// Reads an article whose body is read in a way of its own.
pub(crate) fn read_with(
    map: Map<String, Value>,
    body: impl FnOnce(&mut Fields, Option<&LanguageTag>) -> ReadBody,
) -> Reading {
    let mut fields = Fields::new(map);
    let lang = fields.parsed("lang", LanguageTag::parse);
    if lang.is_none() && !fields.is_refused("lang") {
        fields.refuse("lang", Invalid::new("required", "lang is required"));
    }
    let title = fields.required("title", text::TITLE_MAX);
    let body = body(&mut fields, lang.as_ref());
    let lang = lang.unwrap_or_else(LanguageTag::undetermined);
    let input = read_rest(&mut fields, lang, title.unwrap_or_default(), body);
    match fields.finish() {
        Ok(()) => Ok(Box::new(input)),
        Err(faults) => Err(Box::new(Misread {
            faults,
            rest: input,
        })),
    }
}

fn read_rest(
    fields: &mut Fields,
    lang: LanguageTag,
    title: String,
    (body, warnings): ReadBody,
) -> ArticleInput {
    let notices = notices(fields);
    let media = media(fields);
    ArticleInput {
        slug: fields.parsed("slug", Slug::parse),
        subtitle: fields.text("subtitle", text::SUBTITLE_MAX),
        summary: fields.text("summary", text::SUMMARY_MAX),
        body,
        warnings,
        section: fields.reference("section"),
        authors: fields.references("authors"),
        editors: fields.references("editors"),
        translators: fields.references("translators"),
        credits: fields.objects("credits", credit),
        source: fields.reference("source"),
        tags: fields.texts("tags", text::NAME_MAX),
        translation_of: fields.given("translation_of", Id::parse),
        rights: rights(fields).unwrap_or_default(),
        notices,
        media,
        canonical_url: fields.page_address("canonical_url"),
        status: fields.word("status", STATUSES, Status::parse),
        publish_at: fields.given("publish_at", Timestamp::parse),
        published_at: fields.given("published_at", moment),
        embargo_until: fields.given("embargo_until", Timestamp::parse),
        dateline: fields.text("dateline", text::NOTE_MAX),
        byline_raw: fields.text("byline_raw", text::NOTE_MAX),
        original: original(fields),
        lang,
        title,
    }
}

/// Reads a body in a language.
pub(crate) fn read_body(fields: &mut Fields, lang: Option<&LanguageTag>) -> ReadBody {
    let Some(mut body) = fields.object("body") else {
        return ReadBody::default();
    };
    let format = body.required("format", 20);
    let content = body.take("content");
    let read = match (format.as_deref(), content) {
        (None, _) => None,
        (Some("html"), Some(Value::String(text))) => Some(Body::from_html_reporting(&text, lang)),
        (Some("markdown"), Some(Value::String(text))) => {
            Some(Body::from_markdown_reporting(&text, lang))
        }
        (Some("text"), Some(Value::String(text))) => Some(Body::from_text_reporting(&text)),
        (Some("blocks"), Some(blocks @ Value::Array(_))) => blocks_of(&mut body, &blocks),
        (Some("html" | "markdown" | "text" | "blocks"), _) => {
            let detail = "content is a string, or an array of blocks where the format is blocks";
            body.refuse("content", Invalid::new("wrong_type", detail));
            None
        }
        (Some(other), _) => {
            body.refuse("format", unknown_word("format", other, FORMATS));
            None
        }
    };
    let read = read.and_then(
        |read| match read.map_err(|e| body_fault(&e)).and_then(clean) {
            Ok(read) => Some(read),
            Err(invalid) => {
                body.refuse("content", invalid);
                None
            }
        },
    );
    fields.close(body);
    read.unwrap_or_default()
}

fn blocks_of(body: &mut Fields, written: &Value) -> Option<Result<(Body, Warnings), BodyError>> {
    let read = Vec::<Block>::deserialize(written).ok();
    match read.map(|blocks| Body::from_blocks_reporting(&blocks)) {
        None | Some(Err(BodyError::HeadingLevel(_))) => {
            let at = body.pointer("content");
            body.add(faults_of_blocks(written, &at));
            None
        }
        read => read,
    }
}

fn body_fault(error: &BodyError) -> Invalid {
    let code = match error {
        BodyError::TooLarge => "too_long",
        BodyError::TooDeep => "too_deep",
        _ => "invalid_blocks",
    };
    Invalid::new(code, error.to_string())
}

/// A body with its warnings; control characters are refused, as in every other text.
fn clean((body, warnings): (Body, Warnings)) -> Result<ReadBody, Invalid> {
    if !warnings.has_control_characters() {
        return Ok((body, warnings.at("/body/content")));
    }
    let detail = "control characters other than tab and newline are not taken";
    Err(Invalid::new("control_character", detail))
}

fn credit(fields: &mut Fields) -> Option<Credit> {
    let role = fields.required("role", text::NAME_MAX);
    let name = fields.required("name", text::NAME_MAX);
    Some(Credit {
        role: role?,
        name: name?,
    })
}

fn notices(fields: &mut Fields) -> Option<Vec<NoticeInput>> {
    let is_given = fields.has("notices");
    let notices = fields.objects("notices", |fields| {
        let id = fields.parsed("id", Id::parse);
        notice(fields).map(|notice| NoticeInput { id, ..notice })
    });
    is_given.then_some(notices)
}

/// A new notice.
pub(crate) fn notice(fields: &mut Fields) -> Option<NoticeInput> {
    let kind = fields.word("kind", NOTICE_KINDS, text::word::<NoticeKind>);
    if kind.is_none() && !fields.is_refused("kind") {
        fields.refuse("kind", Invalid::new("required", "kind is required"));
    }
    let text = fields.required("text", text::NOTE_MAX);
    let at = fields.instant("at");
    Some(NoticeInput {
        id: None,
        kind: kind?,
        text: text?,
        at,
    })
}

fn media(fields: &mut Fields) -> Option<Vec<MediumEntry>> {
    let is_given = fields.has("media");
    let media = fields.objects("media", |entry| {
        let id = entry.parsed("id", Id::parse);
        let url = entry.address("url");
        if id.is_none() && url.is_none() && !entry.is_refused("id") && !entry.is_refused("url") {
            let detail = "a picture is named by the id of an uploaded medium, or by url";
            entry.refuse("id", Invalid::new("required", detail));
        }
        let kind = entry.text("kind", text::NAME_MAX);
        Some(MediumEntry {
            kind: kind.unwrap_or_else(|| "image".to_owned()),
            url: url.filter(|_| id.is_none()).unwrap_or_default(),
            id,
            alt: entry.text("alt", text::NOTE_MAX),
            caption: entry.text("caption", text::NOTE_MAX),
            credit: entry.text("credit", text::NOTE_MAX),
        })
    });
    is_given.then_some(media)
}

fn original(fields: &mut Fields) -> Option<Original> {
    let mut object = fields.object("original")?;
    let original = Original {
        lang: object
            .parsed("lang", LanguageTag::parse)
            .map(|lang| lang.to_string()),
        title: object.text("title", text::TITLE_MAX),
        url: object.page_address("url"),
    };
    fields.close(object);
    Some(original)
}

/// An article in the form that it is written in: every field but the body, and those that stay as they are when they are
/// not named.
pub(crate) fn written(article: &StoredArticle, tags: &[String]) -> Map<String, Value> {
    let content = &article.content;
    let details = &content.details;
    let form = json!({
        "lang": content.lang,
        "title": content.title,
        "slug": content.slug,
        "subtitle": content.subtitle,
        "summary": content.summary,
        "section": content.section,
        "authors": content.authors,
        "editors": content.editors,
        "translators": content.translators,
        "credits": details.credits,
        "source": content.source,
        "tags": tags,
        "rights": details.rights,
        "notices": details.notices,
        "canonical_url": details.canonical_url,
        "published_at": content.published_at,
        "embargo_until": content.embargo_until,
        "dateline": details.dateline,
        "byline_raw": details.byline_raw,
        "original": details.original,
    });
    match form {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(map) => map,
            other => panic!("{other} is no object"),
        }
    }

    fn faults(value: Value) -> Vec<(String, &'static str)> {
        let misread = read(object(value)).unwrap_err();
        let faults = misread.faults;
        faults
            .into_iter()
            .map(|fault| (fault.pointer, fault.invalid.code))
            .collect()
    }

    #[test]
    fn every_mistake_is_told_at_once_at_its_place() {
        let found = faults(json!({
            "lang": "no language", "titel": "x", "authors": ["a", 5], "tags": "x",
            "body": {"format": "html", "content": 5}, "notices": [{"kind": "rant", "text": "x"}],
            "rights": {"holder": "x"}, "publish_at": "soon",
        }));
        for expected in [
            ("/lang", "invalid_language"),
            ("/title", "required"),
            ("/titel", "unknown_field"),
            ("/authors/1", "wrong_type"),
            ("/tags", "wrong_type"),
            ("/body/content", "wrong_type"),
            ("/notices/0/kind", "unknown_word"),
            ("/rights/holder", "unknown_field"),
            ("/publish_at", "invalid_time"),
        ] {
            let told = found
                .iter()
                .any(|(at, code)| (at.as_str(), *code) == expected);
            assert!(told, "{expected:?} in {found:?}");
        }
    }
}
