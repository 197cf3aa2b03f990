//! Media types beyond our own JSON: feeds, sitemaps, structured data, merge patches.
//!
//! Generated clients give an operation one type. What would join another to it stands beside it, where generators look past
//! it: media types in `x-content`, and in `x-parameters` the parameters that make the answer another one.

use serde_json::{Map, Value, json};

use crate::http::request::format::Form;
use crate::render::{atom, jsonfeed, rss, sitemap};

/// The operations that answer articles in each of their forms.
pub(super) const ARTICLES: [&str; 3] = ["list_articles", "get_article", "list_related_articles"];

/// Parameters that make the answer something else than its schema.
const SET_ASIDE: [&str; 2] = ["fields", "format"];

/// A form of a feed: its file, its word in the operation's id, its name, its media types. Clients that do not know the
/// first media type may take the second, which it is a kind of.
struct FeedForm {
    file: &'static str,
    word: &'static str,
    name: &'static str,
    media_types: &'static [&'static str],
}

const FEEDS: [FeedForm; 3] = [
    FeedForm {
        file: "rss.xml",
        word: "rss",
        name: "RSS 2.0",
        media_types: &[rss::MEDIA_TYPE, "text/xml"],
    },
    FeedForm {
        file: "atom.xml",
        word: "atom",
        name: "Atom",
        media_types: &[atom::MEDIA_TYPE, "text/xml"],
    },
    FeedForm {
        file: "feed.json",
        word: "json",
        name: "JSON Feed 1.1",
        media_types: &[jsonfeed::MEDIA_TYPE],
    },
];

/// True if an operation answers a feed or a sitemap.
pub(super) fn is_document(id: &str) -> bool {
    id.ends_with("_feed") || is_sitemap(id)
}

fn is_sitemap(id: &str) -> bool {
    ["get_sitemap_index", "get_sitemap", "get_news_sitemap"].contains(&id)
}

/// Says which media type a sitemap has.
pub(super) fn set_sitemap(operation: &mut Value, id: &str) {
    if is_sitemap(id) {
        set(operation, &[sitemap::MEDIA_TYPE]);
    }
}

fn set(operation: &mut Value, media_types: &[&str]) {
    let content = media_types.iter().map(|media_type| {
        let name = media_type.split(';').next().unwrap_or_default();
        let schema = if name.ends_with("json") {
            json!({"$ref": "#/components/schemas/JsonFeed"})
        } else {
            json!({"type": "string"})
        };
        (name.to_owned(), json!({"schema": schema}))
    });
    operation["responses"]["200"]["content"] = Value::Object(content.collect::<Map<_, _>>());
}

/// Makes an operation of each form of a feed, at the address that it has.
pub(super) fn split_feeds(document: &mut Value) {
    let Some(paths) = document["paths"].as_object_mut() else {
        return;
    };
    for (path, item) in std::mem::take(paths) {
        let Some(folder) = path
            .strip_suffix("{file}")
            .filter(|path| path.starts_with("/feeds/"))
        else {
            paths.insert(path, item);
            continue;
        };
        for form in &FEEDS {
            let operation = of_form(item["get"].clone(), form);
            paths.insert(format!("{folder}{}", form.file), json!({"get": operation}));
        }
    }
}

fn of_form(mut operation: Value, form: &FeedForm) -> Value {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (id, summary) = (text(&operation["operationId"]), text(&operation["summary"]));
    operation["operationId"] = json!(id.replace("_feed", &format!("_{}_feed", form.word)));
    operation["summary"] = json!(format!("{summary} as {}", form.name));
    if let Some(parameters) = operation["parameters"].as_array_mut() {
        parameters.retain(|parameter| parameter["name"] != "file");
    }
    set(&mut operation, form.media_types);
    operation
}

/// Tells the forms that Accept and `format` choose besides our own JSON.
pub(super) fn add_structured(operation: &mut Value) {
    for form in Form::ALL {
        let needed = match form {
            Form::Json => continue,
            Form::JsonLd => [
                ("@context", "Address of the vocabulary: schema.org."),
                ("@type", "Kind of thing; `NewsArticle` for an article."),
            ],
            Form::Ninjs => [
                ("uri", "Address that identifies the item."),
                ("type", "Kind of item; `text` for an article."),
            ],
        };
        let schema = object(&needed);
        operation["responses"]["200"]["x-content"][form.media_type()] = json!({"schema": schema});
    }
}

/// An object of a format that others defined: what it always has.
fn object(needed: &[(&str, &str)]) -> Value {
    let properties = needed.iter().map(|(name, words)| {
        (
            (*name).to_owned(),
            json!({"type": "string", "description": words}),
        )
    });
    let properties: Map<String, Value> = properties.collect();
    let needed: Vec<&str> = needed.iter().map(|(name, _)| *name).collect();
    json!({"type": "object", "required": needed, "properties": properties, "additionalProperties": true})
}

/// Sets aside what generated clients would confuse with the operation's own content and answer.
pub(super) fn set_aside(operation: &mut Value) {
    let places = ["/requestBody", "/responses/200"];
    for place in places {
        if let Some(place) = operation.pointer_mut(place) {
            set_content_aside(place);
        }
    }
    drop_null_content(operation);
    set_parameters_aside(operation);
}

/// Content that may be left out is not `null`.
fn drop_null_content(operation: &mut Value) {
    let schema = operation.pointer_mut("/requestBody/content/application~1json/schema");
    let Some(schema) = schema else { return };
    let choices = schema["oneOf"].as_array().into_iter().flatten();
    let choices: Vec<Value> = choices
        .filter(|choice| choice["type"] != "null")
        .cloned()
        .collect();
    if let [only] = choices.as_slice() {
        *schema = only.clone();
    }
}

/// Leaves JSON alone, where there is JSON.
fn set_content_aside(place: &mut Value) {
    let content = place.get("content").and_then(Value::as_object);
    let Some(content) = content.filter(|content| content.contains_key("application/json")) else {
        return;
    };
    let (own, others): (Map<_, _>, Map<_, _>) = content
        .clone()
        .into_iter()
        .partition(|(name, _)| name == "application/json");
    if !others.is_empty() {
        place["content"] = Value::Object(own);
        place["x-content"] = Value::Object(others);
    }
}

fn set_parameters_aside(operation: &mut Value) {
    let Some(parameters) = operation
        .get_mut("parameters")
        .and_then(Value::as_array_mut)
    else {
        return;
    };
    let is_aside = |parameter: &Value| SET_ASIDE.iter().any(|name| parameter["name"] == *name);
    let aside: Vec<Value> = parameters
        .iter()
        .filter(|one| is_aside(one))
        .cloned()
        .collect();
    parameters.retain(|parameter| !is_aside(parameter));
    if aside.is_empty() {
        return;
    }
    let words = aside.iter().map(|parameter| {
        let text = |name: &str| parameter[name].as_str().unwrap_or_default();
        format!("`{}`: {}", text("name"), text("description"))
    });
    let words = words.collect::<Vec<_>>().join("\n\n");
    let description = operation["description"].as_str().unwrap_or_default();
    operation["description"] = json!(format!(
        "{description}\n\nParameters that make the answer another one:\n\n{words}"
    ));
    operation["x-parameters"] = Value::Array(aside);
}
