//! The body of an article line: the first of its forms that holds something, and whether the others say more.

use serde_json::Value;

use crate::domain::body::{Body, BodyError, Warnings};
use crate::domain::language::LanguageTag;
use crate::import::record::Finding;

use super::fields::Fields;

/// A body as one field writes it.
enum Written {
    Html(String),
    Markdown(String),
    Paragraphs(Vec<String>),
}

impl Written {
    const fn name(&self) -> &'static str {
        match self {
            Self::Html(_) => "body_html",
            Self::Markdown(_) => "body_markdown",
            Self::Paragraphs(_) => "body_paragraphs",
        }
    }

    fn read(&self, lang: &LanguageTag) -> Result<(Body, Warnings), BodyError> {
        match self {
            Self::Html(text) => Body::from_html_reporting(text, Some(lang)),
            Self::Markdown(text) => Body::from_markdown_reporting(text, Some(lang)),
            Self::Paragraphs(texts) => {
                Body::from_paragraphs_reporting(texts.iter().map(String::as_str))
            }
        }
    }

    fn into_value(self) -> Value {
        match self {
            Self::Html(text) | Self::Markdown(text) => Value::String(text),
            Self::Paragraphs(texts) => Value::from(texts),
        }
    }
}

/// Reads the body of an article in `lang`: HTML before Markdown before paragraphs.
///
/// A form that comes later usually repeats an earlier one more plainly. One whose every letter and digit stands in the
/// body is left out; one that says anything else is kept among what has no field, and noted.
pub(super) fn read(fields: &mut Fields<'_>, lang: &LanguageTag) -> Result<Body, Finding> {
    let mut chosen = None;
    for form in forms(fields)? {
        match &chosen {
            None => chosen = Some(parse(fields, &form, lang)?).filter(|body| !body.is_empty()),
            Some(body) if repeats(&form, body, lang) => {}
            Some(_) => {
                let detail = "differs from the body that was taken; it is kept in extra";
                fields.note(form.name(), "body_form_kept", detail);
                fields.keep(form.name(), form.into_value());
            }
        }
    }
    Ok(chosen.unwrap_or_default())
}

fn forms(fields: &mut Fields<'_>) -> Result<Vec<Written>, Finding> {
    let html = fields.raw("body_html")?.map(Written::Html);
    let markdown = fields.raw("body_markdown")?.map(Written::Markdown);
    let paragraphs = paragraphs(fields)?.map(Written::Paragraphs);
    Ok([html, markdown, paragraphs].into_iter().flatten().collect())
}

fn paragraphs(fields: &mut Fields<'_>) -> Result<Option<Vec<String>>, Finding> {
    const NAME: &str = "body_paragraphs";
    let mut texts = Vec::new();
    for (index, item) in fields.array(NAME)?.into_iter().enumerate() {
        match item {
            Value::String(text) => texts.push(text),
            Value::Null => {}
            other => {
                return Err(fields.wrong_type(&format!("{NAME}/{index}"), "a string", &other));
            }
        }
    }
    Ok(Some(texts).filter(|texts| texts.iter().any(|text| !text.trim().is_empty())))
}

fn parse(fields: &mut Fields<'_>, form: &Written, lang: &LanguageTag) -> Result<Body, Finding> {
    let (body, warnings) = form.read(lang).map_err(|refused| {
        Finding::at(
            fields.pointer(form.name()),
            "invalid_body",
            refused.to_string(),
        )
    })?;
    for (code, detail) in warnings.iter() {
        fields.note(form.name(), code, detail);
    }
    Ok(body)
}

/// Whether each line of `form` stands in `body`, in the same order, by letters and digits alone: marks, spaces and quotes
/// differ between the forms of one text. Looking only behind the last line found keeps this linear.
fn repeats(form: &Written, body: &Body, lang: &LanguageTag) -> bool {
    let whole = letters(&body.text());
    let text = match form {
        Written::Paragraphs(texts) => texts.join("\n"),
        Written::Html(_) | Written::Markdown(_) => match form.read(lang) {
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

    fn body(value: Value) -> (Result<String, Finding>, Map<String, Value>, Vec<Finding>) {
        let Value::Object(map) = value else {
            panic!("an object")
        };
        let mut notes = Vec::new();
        let mut fields = Fields::new(map, String::new(), &mut notes);
        let lang = LanguageTag::parse("en").unwrap();
        let html = read(&mut fields, &lang).map(Body::into_html);
        let extra = fields.rest().extra;
        (html, extra, notes)
    }

    #[test]
    fn html_comes_before_markdown_and_markdown_before_paragraphs() {
        let (html, ..) = body(json!({
            "body_paragraphs": ["One"], "body_markdown": "*One*", "body_html": "<p><strong>One</strong></p>",
        }));
        assert_eq!(html.unwrap(), "<p><strong>One</strong></p>");
        let (html, ..) = body(json!({"body_paragraphs": ["One"], "body_markdown": "*One*"}));
        assert_eq!(html.unwrap(), "<p><em>One</em></p>");
    }

    #[test]
    fn paragraphs_are_text_and_never_markup() {
        let (html, ..) = body(json!({"body_paragraphs": ["<TCB> & *stars*", "", null]}));
        assert_eq!(html.unwrap(), "<p>&lt;TCB&gt; &amp; *stars*</p>");
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
        assert_eq!(html.unwrap(), "<p>One</p>");
        assert_eq!(notes[0].code, "element_removed");
        assert!(notes[0].detail.contains("<script>"), "{}", notes[0].detail);
    }

    #[test]
    fn a_body_beyond_two_megabytes_is_refused() {
        let (refused, ..) = body(json!({"body_paragraphs": ["x".repeat(2_000_001)]}));
        let refused = refused.unwrap_err();
        assert_eq!(
            (refused.code, refused.field.as_deref()),
            ("invalid_body", Some("/body_paragraphs"))
        );
    }

    #[test]
    fn a_paragraph_that_is_no_text_is_refused_at_its_place() {
        let (refused, ..) = body(json!({"body_paragraphs": ["One", {"text": "Two"}]}));
        assert_eq!(
            refused.unwrap_err().field.as_deref(),
            Some("/body_paragraphs/1")
        );
        assert!(body(json!({"body_html": ["<p>"]})).0.is_err());
    }

    #[test]
    fn an_article_may_have_no_body() {
        assert_eq!(body(json!({})).0.unwrap(), "");
    }
}
