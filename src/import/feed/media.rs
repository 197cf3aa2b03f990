//! Pictures, sounds and films of an entry.

use serde_json::{Map, Value, json};
use url::Url;

use crate::import::found::set;
use crate::import::markup;
use crate::import::xml::Element;

/// The media of an entry, pictures first.
pub(super) fn of_entry(entry: &Element, base: Option<&Url>) -> Vec<Value> {
    let mut media = Vec::new();
    let groups = entry.named("media:group").flat_map(Element::elements);
    for element in entry.elements().chain(groups) {
        let medium = match element.name.as_str() {
            "enclosure" => of(element, "url", base),
            "link" | "atom:link" if element.attribute("rel") == Some("enclosure") => {
                of(element, "href", base)
            }
            "media:content" => of(element, "url", base),
            "media:thumbnail" => picture(element, "url", base),
            "itunes:image" => picture(element, "href", base),
            _ => None,
        };
        media.extend(medium.filter(|medium: &Map<String, Value>| {
            !media
                .iter()
                .any(|other: &Map<String, Value>| other["url"] == medium["url"])
        }));
    }
    media.sort_by_key(|medium| medium["kind"] != "image");
    media.into_iter().map(Value::Object).collect()
}

fn picture(element: &Element, attribute: &str, base: Option<&Url>) -> Option<Map<String, Value>> {
    medium(element.attribute(attribute)?, "image", base)
}

fn of(element: &Element, attribute: &str, base: Option<&Url>) -> Option<Map<String, Value>> {
    let address = element.attribute(attribute)?;
    let kind = element
        .attribute("medium")
        .or(element.attribute("type"))
        .unwrap_or_default();
    let mut medium = medium(address, kind_of(kind, address), base)?;
    let words = |name: &str| element.text_of(name).map(|words| markup::line(&words));
    set(&mut medium, "alt", words("media:title"));
    set(&mut medium, "caption", words("media:description"));
    set(&mut medium, "credit", words("media:credit"));
    Some(medium)
}

/// A medium at an address that may be relative.
pub(super) fn medium(address: &str, kind: &str, base: Option<&Url>) -> Option<Map<String, Value>> {
    let address = resolved(address, base)?;
    let fields = json!({ "kind": kind, "url": address });
    match fields {
        Value::Object(fields) => Some(fields),
        _ => None,
    }
}

/// The kind of a medium: by its type, else by the end of its address.
pub(super) fn kind_of(kind: &str, address: &str) -> &'static str {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let ending = path
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    match (kind.split('/').next().unwrap_or_default(), ending.as_str()) {
        ("image", _) | ("", "jpg" | "jpeg" | "png" | "gif" | "webp" | "avif") => "image",
        ("video", _) | ("", "mp4" | "m4v" | "mov" | "webm") => "video",
        ("audio", _) | ("", "mp3" | "m4a" | "ogg" | "wav") => "audio",
        ("", _) => "image",
        _ => "document",
    }
}

/// An address as a whole one.
pub(super) fn resolved(address: &str, base: Option<&Url>) -> Option<String> {
    let address = address.trim();
    if address.is_empty() {
        return None;
    }
    match (Url::parse(address), base) {
        (Err(url::ParseError::RelativeUrlWithoutBase), Some(base)) => {
            base.join(address).ok().map(String::from)
        }
        _ => Some(address.to_owned()),
    }
}
