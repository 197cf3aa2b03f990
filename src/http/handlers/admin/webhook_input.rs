//! Webhooks as administrators write them: the content of a request, and the same form of a webhook that is there, for a
//! merge patch (RFC 7396) to change.

use ipnet::IpNet;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::domain::error::{Fault, Invalid};
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::text;
use crate::domain::webhook::{EventKind, WebhookContent, WebhookInput};
use crate::http::request::json_fields::{Fields, unknown_word};
use crate::outbound::address::parse_target;

/// A webhook as it is written.
#[derive(Debug, ToSchema)]
#[schema(example = json!({
    "name": "Morning Courier", "url": "https://partner.example/hooks/masthead",
    "events": ["article.published", "article.withdrawn"], "langs": ["en"]
}))]
pub struct WebhookWrite {
    /// A name for people.
    #[schema(min_length = 1, max_length = 300)]
    pub name: String,
    /// Address that messages are sent to: http or https, without credentials, in no private network unless the settings
    /// allow it.
    #[schema(max_length = 2000)]
    pub url: String,
    /// Kinds of events to be told of; none: all.
    #[schema(max_items = 100)]
    pub events: Option<Vec<EventKind>>,
    /// Editions; none: all.
    #[schema(max_items = 100)]
    pub langs: Option<Vec<String>>,
    /// Paths or ids of sections, each with those below it; none: all.
    #[schema(max_items = 100)]
    pub sections: Option<Vec<String>>,
    /// Slugs or ids of sources; none: all.
    #[schema(max_items = 100)]
    pub sources: Option<Vec<String>>,
    /// True puts the article, as it is when the message is sent, into the message.
    pub include_article: Option<bool>,
    /// The id of a partner's key, to whose contract everything is cut.
    #[schema(format = "uuid")]
    pub partner: Option<String>,
    /// True if messages are sent; the default.
    pub enabled: Option<bool>,
}

/// The changes of a webhook.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"enabled": true}))]
pub struct WebhookPatch {
    /// A name for people.
    #[schema(min_length = 1, max_length = 300)]
    pub name: Option<String>,
    /// Address that messages are sent to.
    #[schema(max_length = 2000)]
    pub url: Option<String>,
    /// Kinds of events to be told of; none: all.
    #[schema(max_items = 100)]
    pub events: Option<Vec<EventKind>>,
    /// Editions; none: all.
    #[schema(max_items = 100)]
    pub langs: Option<Vec<String>>,
    /// Paths or ids of sections, each with those below it; none: all.
    #[schema(max_items = 100)]
    pub sections: Option<Vec<String>>,
    /// Slugs or ids of sources; none: all.
    #[schema(max_items = 100)]
    pub sources: Option<Vec<String>>,
    /// True puts the article, as it is when the message is sent, into the message.
    pub include_article: Option<bool>,
    /// The id of a partner's key, to whose contract everything is cut.
    #[schema(format = "uuid")]
    pub partner: Option<String>,
    /// True if messages are sent. A webhook that is switched on again continues with the message at which it stopped.
    pub enabled: Option<bool>,
}

/// Reads a webhook. Addresses in `allowed` networks may be private ones.
///
/// # Errors
/// Every field that is missing, unknown or not what it should be.
pub(crate) fn read(map: Map<String, Value>, allowed: &[IpNet]) -> Result<WebhookInput, Vec<Fault>> {
    let mut fields = Fields::new(map);
    let name = fields.required("name", text::NAME_MAX);
    let url = fields.parsed("url", |text| {
        parse_target(text, allowed).map(|url| url.to_string())
    });
    if url.is_none() && !fields.is_refused("url") {
        fields.refuse("url", Invalid::new("required", "url is required"));
    }
    let events = each(&mut fields, "events", parse_event);
    let langs = each(&mut fields, "langs", LanguageTag::parse);
    let sections = fields.references("sections");
    let sources = fields.references("sources");
    let include_article = fields.boolean("include_article").unwrap_or(false);
    let partner = fields.parsed("partner", Id::parse);
    let enabled = fields.boolean("enabled").unwrap_or(true);
    fields.finish()?;
    let (Some(name), Some(url)) = (name, url) else {
        return Err(Vec::new());
    };
    Ok(WebhookInput {
        name,
        url,
        events,
        langs,
        sections,
        sources,
        include_article,
        partner,
        enabled,
    })
}

/// An array of words, each once, read by `parse`.
fn each<T: PartialEq>(
    fields: &mut Fields,
    name: &'static str,
    parse: impl Fn(&str) -> Result<T, Invalid>,
) -> Vec<T> {
    let mut found = Vec::new();
    for (at, text) in fields.texts(name, text::NAME_MAX).iter().enumerate() {
        match parse(text) {
            Ok(value) if found.contains(&value) => {}
            Ok(value) => found.push(value),
            Err(invalid) => {
                let pointer = format!("{}/{at}", fields.pointer(name));
                fields.add(vec![Fault::new(pointer, invalid)]);
            }
        }
    }
    found
}

fn parse_event(text: &str) -> Result<EventKind, Invalid> {
    EventKind::parse(text).ok_or_else(|| {
        let words = EventKind::ALL.map(EventKind::as_str).join(", ");
        unknown_word("an event", text, &words)
    })
}

/// A webhook in the form that it is written in.
pub(crate) fn written(content: &WebhookContent) -> Map<String, Value> {
    let written = json!({
        "name": content.name,
        "url": content.url,
        "events": content.filter.events,
        "langs": content.filter.langs,
        "sections": content.filter.sections,
        "sources": content.filter.sources,
        "include_article": content.include_article,
        "partner": content.partner,
        "enabled": content.enabled,
    });
    match written {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
