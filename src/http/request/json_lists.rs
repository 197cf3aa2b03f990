//! Lists, objects and references within a JSON object that a client sent.

use serde_json::Value;

use crate::domain::error::Invalid;
use crate::domain::query::{LONGEST_PATH, Reference};
use crate::domain::text;

use super::json_fields::{Fields, escape};

/// The beginnings of objects that clients write otherwise at first: the field, and an example.
const EXAMPLES: &[(&str, &str)] = &[
    ("body", r#"{"format": "markdown", "content": "…"}"#),
    ("contact", r#"{"email": "desk@example.org"}"#),
    ("credits", r#"{"role": "photographer", "name": "…"}"#),
    ("media", r#"{"id": "…"}"#),
    ("navigation", r#"{"label": "…", "url": "/…"}"#),
    ("notices", r#"{"kind": "correction", "text": "…"}"#),
    ("original", r#"{"title": "…", "url": "https://…"}"#),
    ("phones", r#"{"label": "…", "number": "…"}"#),
    ("rights", r#"{"copyright": "…"}"#),
];

/// An object in words, with an example of this field's where there is one.
fn like_example(name: &str) -> String {
    let example = EXAMPLES.iter().find(|(field, _)| *field == name);
    example.map_or_else(
        || "an object".to_owned(),
        |(_, example)| format!("an object such as {example}"),
    )
}

impl Fields {
    /// An array of at most `max` values.
    pub(crate) fn array(&mut self, name: &'static str, max: usize) -> Vec<Value> {
        match self.value(name) {
            None => Vec::new(),
            Some(Value::Array(items)) if items.len() <= max => items,
            Some(Value::Array(_)) => {
                self.refuse(name, Invalid::new("too_many", format!("at most {max}")));
                Vec::new()
            }
            Some(_) => {
                self.wrong_type(name, "an array");
                Vec::new()
            }
        }
    }

    /// An array of plain texts, each of at most `max` characters, none of them empty.
    pub(crate) fn texts(&mut self, name: &'static str, max: usize) -> Vec<String> {
        let items = self.array(name, text::LIST_MAX);
        let mut found = Vec::with_capacity(items.len());
        for (at, item) in items.into_iter().enumerate() {
            let text = match item {
                Value::String(text) => text::clean(&text, max),
                _ => Err(Invalid::new("wrong_type", "this must be a string")),
            };
            let text = text.and_then(|text| match text.as_str() {
                "" => Err(Invalid::new("required", "this is empty")),
                _ => Ok(text),
            });
            match text {
                Ok(text) => found.push(text),
                Err(invalid) => self.refuse_item(name, at, invalid),
            }
        }
        found
    }

    /// An array of ids or slugs.
    pub(crate) fn references(&mut self, name: &'static str) -> Vec<Reference> {
        let texts = self.texts(name, LONGEST_PATH);
        texts.iter().map(|text| Reference::parse(text)).collect()
    }

    /// An id, or a slug or path.
    pub(crate) fn reference(&mut self, name: &'static str) -> Option<Reference> {
        let text = self.text(name, LONGEST_PATH)?;
        Some(Reference::parse(&text))
    }

    /// An object, read by its own fields.
    pub(crate) fn object(&mut self, name: &'static str) -> Option<Fields> {
        match self.value(name)? {
            Value::Object(map) => Some(Self::at(map, self.pointer(name))),
            _ => {
                self.wrong_type(name, &like_example(name));
                None
            }
        }
    }

    /// An array of objects, each read by `read`.
    pub(crate) fn objects<T>(
        &mut self,
        name: &'static str,
        read: impl Fn(&mut Fields) -> Option<T>,
    ) -> Vec<T> {
        let items = self.array(name, text::LIST_MAX);
        let mut found = Vec::with_capacity(items.len());
        for (at, item) in items.into_iter().enumerate() {
            let pointer = format!("{}/{at}", self.pointer(name));
            let Value::Object(map) = item else {
                let wanted = like_example(name);
                let invalid = Invalid::new("wrong_type", format!("this must be {wanted}"));
                self.refuse_at(pointer, invalid);
                continue;
            };
            let mut fields = Self::at(map, pointer);
            found.extend(read(&mut fields));
            self.close(fields);
        }
        found
    }

    /// Ends the reading of an object within this one.
    pub(crate) fn close(&mut self, fields: Fields) {
        if let Err(faults) = fields.finish() {
            self.add(faults);
        }
    }

    /// Names by language tag.
    pub(crate) fn names(
        &mut self,
        name: &'static str,
    ) -> Option<std::collections::BTreeMap<String, String>> {
        let map = match self.value(name)? {
            Value::Object(map) => map,
            _ => {
                self.wrong_type(
                    name,
                    r#"an object of names by language, such as {"fr": "Exemple"}"#,
                );
                return None;
            }
        };
        if map.len() > text::LIST_MAX {
            let detail = format!("at most {}", text::LIST_MAX);
            self.refuse(name, Invalid::new("too_many", detail));
            return None;
        }
        let mut names = std::collections::BTreeMap::new();
        for (lang, value) in map {
            let place = format!("{}/{}", self.pointer(name), escape(&lang));
            match name_in(&lang, &value) {
                Ok(Some((tag, text))) => {
                    names.insert(tag, text);
                }
                Ok(None) => {}
                Err(invalid) => self.refuse_at(place, invalid),
            }
        }
        Some(names)
    }
}

fn name_in(lang: &str, value: &Value) -> Result<Option<(String, String)>, Invalid> {
    let tag = crate::domain::language::LanguageTag::parse(lang)?;
    match value {
        Value::Null => Ok(None),
        Value::String(text) => {
            let text = text::clean(text, text::NAME_MAX)?;
            Ok((!text.is_empty()).then(|| (tag.to_string(), text)))
        }
        _ => Err(Invalid::new("wrong_type", "this must be a string")),
    }
}
