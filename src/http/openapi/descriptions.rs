//! The description of every property. That of a reference beside `null` moves to the property itself, a tag says its one
//! word, and what a schema of its own stands for has its words here.

use serde_json::{Map, Value, json};

/// Words for properties whose schema is written by hand, which leaves their comment out.
const WORDS: [(&str, &str, &str); 7] = [
    ("ArticleWrite", "lang", "The edition."),
    ("BodyWrite", "format", "Format of the content."),
    (
        "BodyWrite",
        "content",
        "The text; an array of blocks where the format is `blocks`.",
    ),
    ("BulkLine", "op", "The operation."),
    (
        "BulkLine",
        "type",
        "The kind of resource; an article where it is absent.",
    ),
    (
        "EditionWrite",
        "lang",
        "The language, as the address names it.",
    ),
    (
        "SectionWrite",
        "lang",
        "The edition; a section stays in its own.",
    ),
];

/// Gives each property of the schemas its description.
pub(super) fn complete(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else {
        return;
    };
    for (name, schema) in schemas.iter_mut() {
        each_properties(schema, &mut |properties| {
            for (property, value) in properties.iter_mut() {
                describe(name, property, value);
            }
        });
    }
}

fn describe(schema: &str, property: &str, value: &mut Value) {
    if value.get("description").is_some() {
        return;
    }
    let written = WORDS
        .iter()
        .find(|(of, name, _)| (*of, *name) == (schema, property));
    let words = match written {
        Some((_, _, words)) => Some(json!(words)),
        None => hoisted(value).or_else(|| only_word(value)),
    };
    if let (Some(words), Some(value)) = (words, value.as_object_mut()) {
        value.insert("description".to_owned(), words);
    }
}

/// The description of the one choice that has one, taken from it.
fn hoisted(value: &mut Value) -> Option<Value> {
    let choices = value.get_mut("oneOf")?.as_array_mut()?;
    let mut choices = choices.iter_mut().filter_map(Value::as_object_mut);
    choices.find_map(|choice| choice.remove("description"))
}

fn only_word(value: &Value) -> Option<Value> {
    match value.get("enum")?.as_array()?.as_slice() {
        [Value::String(word)] => Some(json!(format!("Always `{word}`."))),
        _ => None,
    }
}

fn each_properties(value: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            if let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) {
                change(properties);
            }
            let parts = object.iter_mut();
            let parts = parts.filter(|(name, _)| !["example", "examples"].contains(&name.as_str()));
            parts.for_each(|(_, part)| each_properties(part, change));
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| each_properties(item, change)),
        _ => {}
    }
}
