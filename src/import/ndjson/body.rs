//! The body of an article line: the first of its forms that holds something, and whether the others say more.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::domain::body::{
    Block, Body, BodyError, MAX_BYTES, Warnings, faults_of_block, flattened,
};
use crate::domain::language::LanguageTag;

use super::fields::Fields;

/// A body as one field writes it.
enum Written {
    Html(&'static str, String),
    Markdown(&'static str, String),
    Text(String),
    Paragraphs(Vec<String>),
    Blocks(Vec<Block>),
}

/// The API's own field: an object of format and content.
const API: &str = "body";

impl Written {
    const fn name(&self) -> &'static str {
        match self {
            Self::Html(name, _) | Self::Markdown(name, _) => name,
            Self::Paragraphs(_) => "body_paragraphs",
            Self::Text(_) | Self::Blocks(_) => API,
        }
    }

    fn read(&self, lang: &LanguageTag) -> Result<(Body, Warnings), BodyError> {
        match self {
            Self::Html(_, text) => Body::from_html_reporting(text, Some(lang)),
            Self::Markdown(_, text) => Body::from_markdown_reporting(text, Some(lang)),
            Self::Text(text) => Body::from_text_reporting(text),
            Self::Paragraphs(texts) => {
                Body::from_paragraphs_reporting(texts.iter().map(String::as_str))
            }
            Self::Blocks(blocks) => Body::from_blocks_reporting(blocks),
        }
    }

    fn into_value(self) -> Value {
        match self {
            Self::Html(_, text) | Self::Markdown(_, text) | Self::Text(text) => Value::String(text),
            Self::Paragraphs(texts) => Value::from(texts),
            Self::Blocks(blocks) => serde_json::to_value(blocks).unwrap_or_default(),
        }
    }

    /// As much as `bytes` of it, with whole characters, paragraphs or blocks.
    fn shortened(&mut self, bytes: usize) {
        match self {
            Self::Html(_, text) | Self::Markdown(_, text) | Self::Text(text) => {
                text.truncate(text.floor_char_boundary(bytes));
            }
            Self::Paragraphs(texts) => {
                let mut room = bytes;
                for text in texts.iter_mut() {
                    text.truncate(text.floor_char_boundary(room));
                    room -= text.len();
                }
                texts.retain(|text| !text.is_empty());
            }
            Self::Blocks(blocks) => blocks.truncate(blocks.len() / 2),
        }
    }
}

/// Reads the body of an article in `lang`: HTML before Markdown before paragraphs before the API's own form.
///
/// A form that comes later usually repeats an earlier one more plainly. One whose every letter and digit stands in the
/// body is left out; one that says anything else is kept among what has no field, and noted.
pub(super) fn read(fields: &mut Fields<'_>, lang: &LanguageTag) -> Body {
    let mut chosen = None;
    for mut form in forms(fields) {
        match &chosen {
            None => chosen = parse(fields, &mut form, lang).filter(|body| !body.is_empty()),
            Some(body) if repeats(&form, body, lang) => {}
            Some(_) => {
                let detail = "differs from the body that was taken; it is kept in extra";
                fields.note(form.name(), "body_form_kept", detail);
                fields.keep(form.name(), form.into_value());
            }
        }
    }
    chosen.unwrap_or_default()
}

fn forms(fields: &mut Fields<'_>) -> Vec<Written> {
    let html = fields.raw("body_html");
    let markdown = fields.raw("body_markdown");
    let html = html.map(|text| Written::Html("body_html", text));
    let markdown = markdown.map(|text| Written::Markdown("body_markdown", text));
    let paragraphs = paragraphs(fields).map(Written::Paragraphs);
    let own = own(fields);
    [html, markdown, paragraphs, own]
        .into_iter()
        .flatten()
        .collect()
}

fn paragraphs(fields: &mut Fields<'_>) -> Option<Vec<String>> {
    let mut texts = Vec::new();
    for (at, item) in fields.array("body_paragraphs").into_iter().enumerate() {
        match item {
            Value::String(text) => texts.push(text),
            Value::Null => {}
            other => fields.wrong_type(&format!("body_paragraphs/{at}"), "a string", other),
        }
    }
    Some(texts).filter(|texts| texts.iter().any(|text| !text.trim().is_empty()))
}

/// The API's form. A string alone, or an unknown format, is read as HTML where it has tags, else as text.
fn own(fields: &mut Fields<'_>) -> Option<Written> {
    let written = fields.value(API)?;
    let mut map = match written.clone() {
        Value::Object(map) => map,
        Value::String(content) => Map::from_iter([("content".to_owned(), content.into())]),
        other => {
            fields.wrong_type(API, "an object of format and content", other);
            return None;
        }
    };
    let format = map.shift_remove("format").unwrap_or_default();
    let format = format.as_str().map(|word| word.trim().to_lowercase());
    match (format.as_deref(), map.shift_remove("content")) {
        (Some("html"), Some(Value::String(text))) => Some(Written::Html(API, text)),
        (Some("markdown"), Some(Value::String(text))) => Some(Written::Markdown(API, text)),
        (Some("text"), Some(Value::String(text))) => Some(Written::Text(text)),
        (_, Some(Value::Array(items))) => Some(blocks(fields, items)),
        (_, Some(Value::String(text))) => Some(guessed(fields, text)),
        (_, None | Some(Value::Null)) => {
            fields.note(
                "body/content",
                "required",
                "a body has a content; there is none",
            );
            fields.keep(API, written);
            None
        }
        (_, Some(_)) => {
            let detail = "this field takes a string or an array of blocks; it is left out";
            fields.note("body/content", "wrong_type", detail);
            fields.keep(API, written);
            None
        }
    }
}

fn guessed(fields: &mut Fields<'_>, text: String) -> Written {
    let has_tags = text.split('<').skip(1).any(|rest| {
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        rest.starts_with(|c: char| c.is_ascii_alphabetic()) && rest.contains('>')
    });
    let word = if has_tags { "html" } else { "text" };
    let detail =
        format!("no format of html, markdown, text, blocks is given: it is read as {word}");
    fields.note("body/format", "body_format", detail);
    if has_tags {
        Written::Html(API, text)
    } else {
        Written::Text(text)
    }
}

/// The blocks that can be read. One whose lists lie too deep is what they hold.
fn blocks(fields: &mut Fields<'_>, items: Vec<Value>) -> Written {
    let mut blocks = Vec::with_capacity(items.len());
    for (at, item) in items.into_iter().enumerate() {
        let block = match Block::deserialize(&item) {
            Ok(block) => block,
            Err(_) => {
                for fault in faults_of_block(&item, "") {
                    leave_out(
                        fields,
                        &format!("{at}{}", fault.pointer),
                        &fault.invalid.detail,
                    );
                }
                continue;
            }
        };
        match Body::from_blocks_reporting(std::slice::from_ref(&block)) {
            Ok(_) | Err(BodyError::TooLarge) => blocks.push(block),
            Err(BodyError::TooDeep) => {
                fields.note(&format!("body/content/{at}"), "too_deep", FLATTENED);
                blocks.extend(flattened(block));
            }
            Err(problem) => leave_out(fields, &at.to_string(), &problem.to_string()),
        }
    }
    Written::Blocks(blocks)
}

fn leave_out(fields: &mut Fields<'_>, at: &str, problem: &str) {
    let detail = format!("{problem}; this block is left out");
    fields.note(&format!("body/content/{at}"), "invalid_blocks", detail);
}

/// The words of a finding about a body that is nested too deep.
const FLATTENED: &str = "lists and quotes that lie too deep became paragraphs";

/// A form that is too large is cut, one whose lists lie too deep loses them.
fn parse(fields: &mut Fields<'_>, form: &mut Written, lang: &LanguageTag) -> Option<Body> {
    let mut room = MAX_BYTES;
    let mut flatter = [flatten, plain].into_iter();
    loop {
        match form.read(lang) {
            Ok((body, warnings)) => {
                for (code, detail) in warnings.iter() {
                    fields.note(form.name(), code, detail);
                }
                if room < MAX_BYTES {
                    let detail = format!("at most {MAX_BYTES} bytes; the rest is cut off");
                    fields.note(form.name(), "too_long", detail);
                }
                return Some(body);
            }
            // Markup can make HTML of a text that is several times as long.
            Err(BodyError::TooLarge) if room > 1_000 => {
                room = room / 4 * 3;
                form.shortened(room);
            }
            Err(BodyError::TooDeep) if let Some(flatten) = flatter.next() => {
                let detail = match flatter.len() {
                    0 => "figures and tables that lie too deep became paragraphs, without pictures",
                    _ => FLATTENED,
                };
                fields.note(form.name(), "too_deep", detail);
                flatten(form);
            }
            Err(refused) => {
                let detail = format!("{refused}; it is left out");
                fields.note(form.name(), "invalid_body", detail);
                return None;
            }
        }
    }
}

/// Takes the lists and quotes out of a form and leaves what they hold as paragraphs.
fn flatten(form: &mut Written) {
    static NESTING: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)<(/?)(?:ul|ol|li|menu|dir|blockquote)\b[^>]*>"));
    static MARKERS: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?m)^[ \t]*(?:>[ \t]*|(?:[-*+]|[0-9]{1,9}[.)])(?:[ \t]+|$))*"));
    match form {
        Written::Html(_, text) => *text = NESTING.replace_all(text, "<${1}p>").into_owned(),
        Written::Markdown(_, text) => {
            let without = NESTING.replace_all(text, "<${1}p>");
            // An item begins a paragraph; a line of a quote may go on with the one before.
            let part = |found: &Captures<'_>| match found[0].contains(|c: char| !" \t>".contains(c))
            {
                true => "\n",
                false => "",
            };
            *text = MARKERS.replace_all(&without, part).into_owned();
        }
        _ => {}
    }
}

/// Makes a form the text that it holds.
fn plain(form: &mut Written) {
    static UNSEEN: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?is)<!--.*?(?:-->|\z)|<script\b.*?(?:</script\s*>|\z)|<style\b.*?(?:</style\s*>|\z)",
        )
    });
    static TAGS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?s)</?[A-Za-z][^>]*>"));
    if let Written::Html(name, text) | Written::Markdown(name, text) = form {
        let seen = UNSEEN.replace_all(text, "");
        let parts = TAGS.replace_all(&seen, "<p>");
        *form = Written::Html(name, parts.into_owned());
    }
}

#[expect(clippy::unwrap_used, reason = "the patterns are constants, and tested")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap()
}

/// True if each line of `form` stands in `body`, in the same order, by letters and digits alone: marks, spaces and quotes
/// differ between the forms of one text. Looking only behind the last line found keeps this linear.
fn repeats(form: &Written, body: &Body, lang: &LanguageTag) -> bool {
    let whole = letters(&body.text());
    let text = match form {
        Written::Paragraphs(texts) => texts.join("\n"),
        _ => match form.read(lang) {
            Ok((other, _)) => other.text(),
            Err(_) => return false,
        },
    };
    let mut ahead = whole.as_str();
    text.lines().all(|line| {
        let line = letters(line);
        let found = ahead.find(&line);
        ahead = &ahead[found.map_or(0, |at| at + line.len())..];
        found.is_some()
    })
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests;
