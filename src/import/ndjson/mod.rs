//! NDJSON: one resource a line, as JSON (RFC 8259); a line without a `type` is an article.
//!
//! A field of another type than its own refuses the record at that field; `null` and what is empty count as absent.
//! Of a name that comes twice the last value holds. Nothing of an article is lost: what has no field goes into `extra`.

mod article;
mod body;
mod digest;
mod fields;
mod lists;
mod parts;
mod resources;

use serde_json::{Map, Value};

use crate::domain::language::LanguageTag;

use super::record::{Finding, Parsed, Record};
use fields::Fields;

/// What a line of a report calls itself, so that no report is ever taken for input.
pub(super) const REPORT: &str = "report";

/// The kind of a line that could not be read so far.
const UNREAD: &str = "line";

/// A line, as far as it could be read.
#[derive(Debug)]
pub(super) struct Line {
    /// The word for its type; `line` where that could not be read.
    pub(super) kind: &'static str,
    /// The record's own name for itself.
    pub(super) id: Option<String>,
    /// The record; `None` for a line that is to be passed over.
    pub(super) outcome: Result<Option<Parsed>, Finding>,
}

/// Reads a line; `lang` is the language of records that name none.
pub(super) fn read(line: &str, lang: Option<&LanguageTag>) -> Line {
    match serde_json::from_str(line) {
        Err(problem) => Line {
            kind: UNREAD,
            id: None,
            outcome: Err(not_json(&problem)),
        },
        Ok(value) => {
            let digest = digest::digest(&value, lang.map_or("", LanguageTag::as_str));
            let id = own_name(&value);
            let kind = kind_of(&value).unwrap_or(UNREAD);
            let outcome = match value {
                Value::Object(map) => record(kind, map, lang, digest),
                _ => Err(Finding::new("not_an_object", "a record is a JSON object")),
            };
            Line { kind, id, outcome }
        }
    }
}

fn not_json(problem: &serde_json::Error) -> Finding {
    let what = problem.to_string();
    let what = what.split(" at line ").next().unwrap_or_default();
    let detail = format!("not JSON: {what} at column {}", problem.column());
    Finding::new("invalid_json", detail)
}

/// What a report names the record by.
fn own_name(value: &Value) -> Option<String> {
    let of = |name| match value.get(name) {
        Some(Value::String(text)) if !text.trim().is_empty() => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let name = ["id", "external_id", "path", "slug", "url", "article"]
        .into_iter()
        .find_map(of)?;
    Some(name.chars().take(article::KEY_MAX).collect())
}

/// The types of lines; a line without one is an article.
fn kind_of(value: &Value) -> Option<&'static str> {
    const KINDS: [&str; 10] = [
        "article", "edition", "section", "author", "source", "tag", "medium", "revision",
        "redirect", REPORT,
    ];
    match value.get("type") {
        None | Some(Value::Null) => value.is_object().then_some("article"),
        Some(Value::String(word)) => KINDS.into_iter().find(|kind| kind == word),
        Some(_) => None,
    }
}

fn record(
    kind: &'static str,
    mut map: Map<String, Value>,
    lang: Option<&LanguageTag>,
    digest: i64,
) -> Result<Option<Parsed>, Finding> {
    map.shift_remove("type");
    let mut notes = Vec::new();
    let mut fields = Fields::new(map, String::new(), &mut notes);
    let (record, unknown) = match kind {
        REPORT => return Ok(None),
        "article" => {
            let (article, unknown) = article::read(fields, lang, digest)?;
            (Record::Article(Box::new(article)), unknown)
        }
        kind => {
            let record = resource(kind, &mut fields, lang)?;
            (record, fields.drop_rest())
        }
    };
    Ok(Some(Parsed {
        record,
        notes,
        unknown,
        digest,
    }))
}

fn resource(
    kind: &str,
    fields: &mut Fields<'_>,
    lang: Option<&LanguageTag>,
) -> Result<Record, Finding> {
    Ok(match kind {
        "edition" => Record::Edition(Box::new(resources::edition(fields)?)),
        "section" => Record::Section(Box::new(resources::section(fields, lang)?)),
        "author" => Record::Author(Box::new(resources::author(fields)?)),
        "source" => Record::Source(Box::new(resources::source(fields)?)),
        "tag" => Record::Tag(Box::new(resources::tag(fields)?)),
        "medium" => Record::Medium(Box::new(resources::medium(fields)?)),
        "revision" => Record::Revision(Box::new(resources::revision(fields)?)),
        "redirect" => Record::Redirect(resources::redirect(fields, lang)?),
        _ => {
            let words =
                "edition, section, author, source, tag, medium, article, revision, redirect";
            return Err(Finding::at(
                "/type",
                "unknown_type",
                format!("one of {words}"),
            ));
        }
    })
}

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod tests;
