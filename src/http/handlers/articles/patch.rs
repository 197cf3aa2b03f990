//! A merge patch (RFC 7396) of an article. Its body, which may be large, is read before the article is looked up; a body that
//! it does not name is not read again.

use serde_json::{Map, Value, json};

use crate::domain::body::Body;
use crate::domain::error::Fault;
use crate::domain::language::LanguageTag;
use crate::http::handlers::articles::input::{ReadBody, Reading, read_body, read_with, written};
use crate::http::request::json_fields::Fields;
use crate::http::request::merge_patch::{merge, merge_value};
use crate::store::articles::StoredArticle;

const BODY: &str = "body";

/// A merge patch of an article.
#[derive(Debug)]
pub(crate) struct Patch {
    /// The patch of all fields but the body.
    rest: Map<String, Value>,
    /// The body that it brings; `None` where the article keeps its own.
    body: Option<PatchedBody>,
}

/// The body that a patch brings.
#[derive(Debug)]
struct PatchedBody {
    read: Result<ReadBody, Vec<Fault>>,
    /// The patch of the body, where what it becomes depends on a language that the patch does not name.
    again: Option<Value>,
}

impl Patch {
    /// Reads its body.
    pub(crate) fn read(mut patch: Map<String, Value>) -> Self {
        let lang = patch.get("lang").and_then(Value::as_str);
        let lang = lang.and_then(|lang| LanguageTag::parse(lang).ok());
        let body = patch.shift_remove(BODY).filter(changes_body);
        let body = body.map(|body| PatchedBody {
            again: (lang.is_none() && has_quotation(&body)).then(|| body.clone()),
            read: body_of(body, lang.as_ref()),
        });
        Self { rest: patch, body }
    }

    /// The article that it makes of one that is there.
    pub(crate) fn apply(self, before: &StoredArticle, tags: &[String]) -> Reading {
        let mut whole = written(before, tags);
        merge(&mut whole, self.rest);
        let lang = &before.content.lang;
        read_with(whole, |fields, _| {
            // A slip of its name is told as that of the others.
            fields.take(BODY);
            let Some(body) = self.body else {
                return (Body::from_stored(before.content.body.clone()), Vec::new());
            };
            let again = body.again.map(|again| body_of(again, Some(lang)));
            again.unwrap_or(body.read).unwrap_or_else(|faults| {
                fields.add(faults);
                ReadBody::default()
            })
        })
    }
}

/// True if a patch of the body may have a `<q>`, whose marks are those of the article's language.
fn has_quotation(patch: &Value) -> bool {
    let content = patch.get("content").and_then(Value::as_str).unwrap_or("");
    let is_start = |pair: &[u8]| pair[0] == b'<' && pair[1].eq_ignore_ascii_case(&b'q');
    content.as_bytes().windows(2).any(is_start)
}

/// True if a patch names anything of the body.
fn changes_body(patch: &Value) -> bool {
    patch.as_object().is_none_or(|parts| !parts.is_empty())
}

/// The body that a patch makes of one in HTML. Another form of the same text replaces it; parts of two forms make no third.
fn body_of(patch: Value, lang: Option<&LanguageTag>) -> Result<ReadBody, Vec<Fault>> {
    let whole = if patch.is_null() || patch.get("format").is_some() {
        patch
    } else {
        let mut html = json!({"format": "html", "content": ""});
        merge_value(&mut html, patch);
        html
    };
    let mut fields = Fields::new(Map::from_iter([(BODY.to_owned(), whole)]));
    let body = read_body(&mut fields, lang);
    fields.finish().map(|()| body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(patch: Value) -> Option<Result<String, Vec<String>>> {
        let patch = Patch::read(Map::from_iter([(BODY.to_owned(), patch)]));
        assert!(patch.rest.is_empty());
        let places = |faults: Vec<Fault>| faults.into_iter().map(|f| f.pointer).collect();
        let read = patch.body?.read;
        Some(read.map(|(body, _)| body.into_html()).map_err(places))
    }

    #[test]
    fn a_patch_of_the_body_is_one_of_its_html_unless_it_names_a_format() {
        let html = |text: &str| Some(Ok(text.to_owned()));
        let refused = |at: &str| Some(Err(vec![at.to_owned()]));
        assert_eq!(read(json!({"content": "<p>x</p>"})), html("<p>x</p>"));
        let text = json!({"format": "text", "content": "x"});
        assert_eq!(read(text), html("<p>x</p>"));
        assert_eq!(read(Value::Null), html(""));
        assert_eq!(read(json!({})), None, "an empty patch changes nothing");
        assert_eq!(read(json!({"length": null})), refused("/body/length"));
        assert_eq!(read(json!(5)), refused("/body"));
        assert_eq!(read(json!({"content": null})), refused("/body/content"));
        assert_eq!(read(json!({"format": "html"})), refused("/body/content"));
        assert_eq!(read(json!({"length": 5})), refused("/body/length"));
        let loud = json!({"format": "shout", "content": "x"});
        assert_eq!(read(loud), refused("/body/format"));
    }
}
