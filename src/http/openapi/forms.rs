//! Media types beyond our own JSON: feeds, sitemaps, structured data.

use serde_json::{Map, Value, json};

use crate::http::form::Form;
use crate::render::{atom, jsonfeed, rss, sitemap};

/// The operations that answer articles in each of their forms.
pub(super) const ARTICLES: [&str; 3] = ["list_articles", "get_article", "list_related_articles"];

/// The media types of a feed or a sitemap; `None` for any other operation.
pub(super) fn of_document(id: &str) -> Option<&'static [&'static str]> {
    const FEEDS: [&str; 3] = [rss::MEDIA_TYPE, atom::MEDIA_TYPE, jsonfeed::MEDIA_TYPE];
    const SITEMAPS: [&str; 1] = [sitemap::MEDIA_TYPE];
    match id {
        _ if id.ends_with("_feed") => Some(&FEEDS),
        "get_sitemap_index" | "get_sitemap" | "get_news_sitemap" => Some(&SITEMAPS),
        _ => None,
    }
}

/// Says that an operation answers these media types.
pub(super) fn set(operation: &mut Value, media_types: &[&str]) {
    let content = media_types.iter().map(|media_type| {
        let name = media_type.split(';').next().unwrap_or_default();
        let schema = if name.ends_with("json") {
            object(&[
                ("version", "string"),
                ("title", "string"),
                ("items", "array"),
            ])
        } else {
            json!({"type": "string"})
        };
        (name.to_owned(), json!({"schema": schema}))
    });
    operation["responses"]["200"]["content"] = Value::Object(content.collect::<Map<_, _>>());
    let files = json!({"type": "string", "enum": ["rss.xml", "atom.xml", "feed.json"]});
    let parameters = operation.get_mut("parameters");
    let parameters = parameters
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten();
    for parameter in parameters.filter(|parameter| parameter["name"] == "file") {
        parameter["schema"] = files.clone();
        parameter["description"] = json!("RSS 2.0, Atom or JSON Feed 1.1.");
    }
}

/// Adds the forms that Accept and `format` choose besides our own JSON.
pub(super) fn add_structured(operation: &mut Value) {
    let content = &mut operation["responses"]["200"]["content"];
    for (form, needed) in [
        (Form::JsonLd, ["@context", "@type"]),
        (Form::Ninjs, ["uri", "type"]),
    ] {
        let schema = object(&needed.map(|name| (name, "string")));
        content[form.media_type()] = json!({"schema": schema});
    }
}

/// An object of a format that others defined: what it always has, of these types.
fn object(needed: &[(&str, &str)]) -> Value {
    let names: Vec<&str> = needed.iter().map(|(name, _)| *name).collect();
    let properties = needed.iter().map(|(name, kind)| {
        let schema = match *kind {
            "array" => json!({"type": "array", "items": {"type": "object"}}),
            kind => json!({"type": kind}),
        };
        ((*name).to_owned(), schema)
    });
    let properties: Map<String, Value> = properties.collect();
    json!({"type": "object", "required": names, "properties": properties})
}
