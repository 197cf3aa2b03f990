//! NDJSON: one resource a line, as JSON (RFC 8259); a line without a `type` is an article.
//!
//! No field refuses its record, but for the few that a record is nothing without: a value that cannot be taken is cut or left
//! out, and noted at its place. `null` and what is empty count as absent. Of a name that comes twice the last value holds.
//! Values without a field of their own go into an article's `extra`.

mod answer;
mod article;
mod body;
mod digest;
mod fields;
mod lists;
mod named;
mod names;
mod parts;
mod repair;
mod resources;
mod revision;
mod values;

use serde_json::{Map, Value};

use crate::domain::json::words::plain;
use crate::domain::json::{self, marks};
use crate::domain::language::LanguageTag;

use super::record::{Finding, Parsed, Record};
use fields::Fields;

/// The kind of a report's lines, so that no report is ever taken for input.
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
    /// All else that is wrong with a record that is refused.
    pub(super) notes: Vec<Finding>,
}

/// Changes a record after its digest was taken, and before it is read.
pub(super) type Change<'c> = dyn FnMut(&mut Value) + 'c;

/// Reads a line as it is.
#[cfg(test)]
fn read(line: &str, lang: Option<&LanguageTag>) -> Line {
    read_changed(line, lang, &mut |_| {})
}

/// Reads a line; `lang` is the language of records that name none.
pub(super) fn read_changed(
    line: &str,
    lang: Option<&LanguageTag>,
    change: &mut Change<'_>,
) -> Line {
    let mut notes = Vec::new();
    match parse(line, &mut notes) {
        Err(finding) => Line {
            kind: UNREAD,
            id: None,
            outcome: Err(finding),
            notes,
        },
        Ok(value) => {
            let digest = digest::digest(&value, lang.map_or("", LanguageTag::as_str));
            let mut value = unwrapped(value);
            change(&mut value);
            let id = own_name(&value);
            let kind = kind_of(&value).unwrap_or(UNREAD);
            let outcome = match value {
                Value::Object(map) => record(kind, map, lang, digest, &mut notes),
                _ => Err(Finding::new("not_an_object", "a record is a JSON object")),
            };
            Line {
                kind,
                id,
                outcome,
                notes,
            }
        }
    }
}

/// Reads an article that a reader of a foreign format has put into the words of a line; `notes` is what that reader changed.
pub(super) fn read_foreign(
    fields: Map<String, Value>,
    lang: Option<&LanguageTag>,
    mut notes: Vec<Finding>,
    change: &mut Change<'_>,
) -> Line {
    let mut value = Value::Object(fields);
    let digest = digest::digest(&value, lang.map_or("", LanguageTag::as_str));
    change(&mut value);
    let id = own_name(&value);
    repair::unmark(&mut value, &mut notes);
    let outcome = match value {
        Value::Object(map) => record("article", map, lang, digest, &mut notes),
        _ => Ok(None),
    };
    Line {
        kind: "article",
        id,
        outcome,
        notes,
    }
}

/// The value of a line. What only a string or a deep value has wrong is mended, and noted; so is a name that comes twice,
/// of which the last one counts.
fn parse(line: &str, notes: &mut Vec<Finding>) -> Result<Value, Finding> {
    let parsed = json::read(line.as_bytes());
    let is_stray = line.contains(marks::STRAY);
    let is_whole = parsed.is_ok() && !is_stray;
    let (mut value, repeated) = match parsed {
        Ok(read) => read,
        Err(problem) => match json::read(marks::marked(line).as_bytes()) {
            Ok(read) => read,
            Err(_) if is_stray => {
                return Err(Finding::new("invalid_utf8", "neither UTF-8 nor JSON"));
            }
            Err(_) => return Err(not_json(&problem)),
        },
    };
    for pointer in repeated {
        let detail = "the line has this name twice; the last one is taken";
        notes.push(Finding::at(pointer, "repeated", detail));
    }
    if !is_whole {
        repair::unmark(&mut value, notes);
    }
    Ok(value)
}

/// The record in an answer of the API, which has it as `data`.
fn unwrapped(value: Value) -> Value {
    match value {
        Value::Object(mut map) if map.get("data").is_some_and(Value::is_object) => {
            let own = ["title", "type", "name"]
                .into_iter()
                .any(|name| map.contains_key(name));
            match map.shift_remove("data") {
                Some(data) if !own => data,
                Some(data) => {
                    map.insert("data".to_owned(), data);
                    Value::Object(map)
                }
                None => Value::Object(map),
            }
        }
        value => value,
    }
}

fn not_json(problem: &serde_json::Error) -> Finding {
    let what = plain(problem);
    let what = what.split(" at line ").next().unwrap_or_default();
    let detail = format!("not JSON: {what} at column {}", problem.column());
    Finding::new("invalid_json", detail)
}

/// The name of the record in reports.
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
    let mut kinds = Record::KINDS.iter().copied().chain([REPORT]);
    match value.get("type") {
        None | Some(Value::Null) => value.is_object().then_some("article"),
        Some(Value::String(word)) => kinds.find(|kind| kind == word),
        Some(_) => None,
    }
}

fn record(
    kind: &'static str,
    mut map: Map<String, Value>,
    lang: Option<&LanguageTag>,
    digest: i64,
    notes: &mut Vec<Finding>,
) -> Result<Option<Parsed>, Finding> {
    map.shift_remove("type");
    let mut fields = Fields::new(map, String::new(), notes);
    let (record, unknown) = match kind {
        REPORT => return Ok(None),
        UNREAD => return Err(unknown_type()),
        "article" => {
            let (article, unknown) = article::read(fields, lang, digest)?;
            (Record::Article(Box::new(article)), unknown)
        }
        kind => {
            let record = resource(kind, &mut fields, lang);
            let unknown = fields.drop_rest();
            (record?, unknown)
        }
    };
    Ok(Some(Parsed {
        record,
        notes: std::mem::take(notes),
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
        "revision" => Record::Revision(Box::new(revision::read(fields)?)),
        "redirect" => Record::Redirect(resources::redirect(fields, lang)?),
        _ => return Err(unknown_type()),
    })
}

fn unknown_type() -> Finding {
    let words = Record::KINDS.join(", ");
    Finding::at("/type", "unknown_type", format!("one of {words}"))
}

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod tests;
