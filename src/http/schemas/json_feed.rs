//! Schemas of JSON Feed 1.1, as far as our feeds use it.

use std::collections::BTreeMap;

use utoipa::ToSchema;

/// A page of a feed (JSON Feed 1.1).
#[derive(Debug, ToSchema)]
pub struct JsonFeed {
    /// The version of the format.
    #[schema(example = "https://jsonfeed.org/version/1.1")]
    pub version: String,
    /// Its title.
    pub title: String,
    /// The page that it is the feed of.
    pub home_page_url: String,
    /// Its own address.
    pub feed_url: String,
    /// Description of the feed.
    #[schema(value_type = String, required = false)]
    pub description: Option<String>,
    /// The next page, with older articles.
    #[schema(value_type = String, required = false)]
    pub next_url: Option<String>,
    /// Its language.
    pub language: String,
    /// The publication.
    pub authors: Vec<JsonFeedAuthor>,
    /// Hubs where a reader may subscribe instead of polling.
    #[schema(value_type = Vec<JsonFeedHub>, required = false)]
    pub hubs: Option<Vec<JsonFeedHub>>,
    /// Extension: the same feed by language.
    #[schema(value_type = BTreeMap<String, String>, required = false)]
    pub _alternates: Option<BTreeMap<String, String>>,
    /// Its articles, the newest first.
    pub items: Vec<JsonFeedItem>,
}

/// An article of a feed.
#[derive(Debug, ToSchema)]
pub struct JsonFeedItem {
    /// Identity.
    #[schema(example = "urn:uuid:018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b")]
    pub id: String,
    /// Its page.
    pub url: String,
    /// The page of the original.
    #[schema(value_type = String, required = false)]
    pub external_url: Option<String>,
    /// Its title.
    pub title: String,
    /// The body; its summary stands in `content_text` where there is none.
    #[schema(value_type = String, required = false)]
    pub content_html: Option<String>,
    /// The summary, where there is no body.
    #[schema(value_type = String, required = false)]
    pub content_text: Option<String>,
    /// Its summary.
    #[schema(value_type = String, required = false)]
    pub summary: Option<String>,
    /// Its first picture.
    #[schema(value_type = String, required = false)]
    pub image: Option<String>,
    /// Time of publication.
    #[schema(value_type = String, format = DateTime, required = false)]
    pub date_published: Option<String>,
    /// Time of the last change.
    #[schema(format = DateTime)]
    pub date_modified: String,
    /// Authors.
    #[schema(value_type = Vec<JsonFeedAuthor>, required = false)]
    pub authors: Option<Vec<JsonFeedAuthor>>,
    /// Its tags and its section.
    #[schema(value_type = Vec<String>, required = false)]
    pub tags: Option<Vec<String>>,
    /// Its language.
    pub language: String,
    /// Its media whose type is known.
    #[schema(value_type = Vec<JsonFeedAttachment>, required = false)]
    pub attachments: Option<Vec<JsonFeedAttachment>>,
    /// Extension: its rights.
    #[schema(value_type = JsonFeedRights, required = false)]
    pub _rights: Option<JsonFeedRights>,
    /// Extension: its translations by language.
    #[schema(value_type = BTreeMap<String, String>, required = false)]
    pub _alternates: Option<BTreeMap<String, String>>,
}

/// A picture or another file of an article.
#[derive(Debug, ToSchema)]
pub struct JsonFeedAttachment {
    /// Its address.
    pub url: String,
    /// Its media type.
    #[schema(example = "image/webp")]
    pub mime_type: String,
    /// Its length, where it is known.
    #[schema(value_type = u64, required = false)]
    pub size_in_bytes: Option<u64>,
    /// Its caption.
    #[schema(value_type = String, required = false)]
    pub title: Option<String>,
}

/// Somebody who wrote or publishes.
#[derive(Debug, ToSchema)]
pub struct JsonFeedAuthor {
    /// Their name.
    pub name: String,
    /// Their page.
    #[schema(value_type = String, required = false)]
    pub url: Option<String>,
}

/// A hub that tells subscribers of news.
#[derive(Debug, ToSchema)]
pub struct JsonFeedHub {
    /// The protocol.
    #[serde(rename = "type")]
    #[schema(example = "WebSub")]
    pub kind: String,
    /// Its address.
    pub url: String,
}

/// Rights, as far as there are any.
#[derive(Debug, ToSchema)]
pub struct JsonFeedRights {
    /// The copyright line.
    #[schema(value_type = String, required = false)]
    pub copyright: Option<String>,
    /// A licence, by name, SPDX identifier or address.
    #[schema(value_type = String, required = false)]
    pub licence: Option<String>,
    /// The line that a copy must show.
    #[schema(value_type = String, required = false)]
    pub attribution: Option<String>,
}
