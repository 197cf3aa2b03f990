//! The body of an article line: the first of its forms that holds something, and whether the others say more.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value};

use crate::domain::body::{Block, Body, BodyError, MAX_BYTES, Warnings};
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

/// The blocks that can be read.
fn blocks(fields: &mut Fields<'_>, items: Vec<Value>) -> Written {
    let mut blocks = Vec::with_capacity(items.len());
    for (at, item) in items.into_iter().enumerate() {
        match serde_json::from_value::<Block>(item) {
            Ok(block) => match Body::from_blocks_reporting(std::slice::from_ref(&block)) {
                Ok(_) | Err(BodyError::TooLarge) => blocks.push(block),
                Err(problem) => leave_out(fields, at, &problem.to_string()),
            },
            Err(problem) => leave_out(fields, at, &problem.to_string()),
        }
    }
    Written::Blocks(blocks)
}

fn leave_out(fields: &mut Fields<'_>, at: usize, problem: &str) {
    let detail = format!("{problem}; this block is left out");
    fields.note(&format!("body/content/{at}"), "invalid_blocks", detail);
}

/// A form that is too large is cut, one whose lists lie too deep loses them.
fn parse(fields: &mut Fields<'_>, form: &mut Written, lang: &LanguageTag) -> Option<Body> {
    let mut room = MAX_BYTES;
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
            Err(BodyError::TooDeep) if matches!(form, Written::Html(..)) => {
                fields.note(
                    form.name(),
                    "too_deep",
                    "lists and quotes that lie too deep became paragraphs",
                );
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

/// Takes the lists and quotes out of HTML and leaves what they hold as paragraphs.
fn flatten(form: &mut Written) {
    static NESTING: LazyLock<Regex> = LazyLock::new(|| {
        #[expect(clippy::unwrap_used, reason = "the pattern is a constant, and tested")]
        Regex::new(r"(?i)<(/?)(?:ul|ol|li|blockquote)\b[^>]*>").unwrap()
    });
    if let Written::Html(_, text) = form {
        *text = NESTING.replace_all(text, "<${1}p>").into_owned();
    }
}

/// Whether each line of `form` stands in `body`, in the same order, by letters and digits alone: marks, spaces and quotes
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
mod tests {
    use serde_json::{Map, json};

    use super::*;

    use crate::import::record::Finding;

    fn body(value: Value) -> (String, Map<String, Value>, Vec<Finding>) {
        let Value::Object(map) = value else {
            panic!("an object")
        };
        let mut notes = Vec::new();
        let mut fields = Fields::new(map, String::new(), &mut notes);
        let lang = LanguageTag::parse("en").unwrap();
        let html = read(&mut fields, &lang).into_html();
        let extra = fields.rest().extra;
        (html, extra, notes)
    }

    #[test]
    fn html_comes_before_markdown_and_markdown_before_paragraphs() {
        let (html, ..) = body(json!({
            "body_paragraphs": ["One"], "body_markdown": "*One*", "body_html": "<p><strong>One</strong></p>",
        }));
        assert_eq!(html, "<p><strong>One</strong></p>");
        let (html, ..) = body(json!({"body_paragraphs": ["One"], "body_markdown": "*One*"}));
        assert_eq!(html, "<p><em>One</em></p>");
    }

    #[test]
    fn paragraphs_are_text_and_never_markup() {
        let (html, ..) = body(json!({"body_paragraphs": ["<TCB> & *stars*", "", null]}));
        assert_eq!(html, "<p>&lt;TCB&gt; &amp; *stars*</p>");
    }

    #[test]
    fn a_plainer_form_of_the_same_text_is_left_out() {
        let (_, extra, notes) = body(json!({
            "body_markdown": "*“One”* [two](https://example.org)\n\nThree", "body_paragraphs": ["\"One\" two", "Three"],
        }));
        assert_eq!((extra.len(), notes.len()), (0, 0));
    }

    #[test]
    fn a_form_that_says_something_else_is_kept_and_noted() {
        let (_, extra, notes) = body(json!({
            "body_markdown": "One", "body_paragraphs": ["One", "Two"],
        }));
        assert_eq!(extra["body_paragraphs"], json!(["One", "Two"]));
        assert_eq!(notes[0].code, "body_form_kept");
    }

    #[test]
    fn a_form_that_sanitising_empties_makes_room_for_the_next() {
        let (html, _, notes) = body(json!({
            "body_html": "<script>alert(1)</script>", "body_paragraphs": ["One"],
        }));
        assert_eq!(html, "<p>One</p>");
        assert_eq!(notes[0].code, "element_removed");
        assert!(notes[0].detail.contains("<script>"), "{}", notes[0].detail);
    }

    #[test]
    fn a_body_beyond_two_megabytes_is_cut_and_one_nested_too_deep_loses_its_lists() {
        for value in [
            json!({"body_paragraphs": ["x".repeat(2_000_001)]}),
            json!({"body_paragraphs": vec!["&".repeat(1_000); 1_500]}),
            json!({"body_html": "x&".repeat(700_000)}),
        ] {
            let (html, _, notes) = body(value);
            assert!(
                (400_000..=MAX_BYTES).contains(&html.len()),
                "{}",
                html.len()
            );
            assert_eq!(notes[0].code, "too_long");
        }
        let (html, _, notes) = body(
            json!({"body_html": format!("{}deep{}", "<ul><li>".repeat(99), "</ul>".repeat(99))}),
        );
        assert_eq!((html.as_str(), notes[0].code), ("<p>deep</p>", "too_deep"));
    }

    #[test]
    fn a_paragraph_that_is_no_text_is_left_out_at_its_place() {
        let (html, _, notes) = body(json!({"body_paragraphs": ["One", {"text": "Two"}]}));
        assert_eq!(html, "<p>One</p>");
        let found = (notes[0].code, notes[0].field.as_deref());
        assert_eq!(found, ("wrong_type", Some("/body_paragraphs/1")));
    }

    #[test]
    fn the_own_form_of_the_api_is_read_in_each_format() {
        for (content, html) in [
            (
                json!({"format": "html", "content": "<p>a <em>b</em></p>"}),
                "<p>a <em>b</em></p>",
            ),
            (
                json!({"format": "markdown", "content": "a *b*"}),
                "<p>a <em>b</em></p>",
            ),
            (
                json!({"format": "text", "content": "a <b>"}),
                "<p>a &lt;b&gt;</p>",
            ),
            (
                json!({"format": "blocks", "content": [{"type": "paragraph", "content": [{"text": "a", "marks": []}]}]}),
                "<p>a</p>",
            ),
        ] {
            let (found, extra, notes) = body(json!({ "body": content }));
            assert_eq!(
                (found.as_str(), extra.len()),
                (html, 0),
                "{content}: {notes:?}"
            );
            assert!(notes.is_empty(), "{notes:?}");
        }
        for (content, html) in [
            (json!("<p>a</p>"), "<p>a</p>"),
            (json!("1 < 2"), "<p>1 &lt; 2</p>"),
            (json!({"content": "<p>a</p>"}), "<p>a</p>"),
            (json!({"format": "rtf", "content": "a"}), "<p>a</p>"),
        ] {
            let (found, _, notes) = body(json!({ "body": content }));
            assert_eq!(
                (found.as_str(), notes[0].code),
                (html, "body_format"),
                "{content}"
            );
        }
    }

    #[test]
    fn an_article_may_have_no_body() {
        assert_eq!(body(json!({})).0, "");
    }
}
