//! Representations: resources with their references resolved, in the shape of the contract.

mod links;
mod media;
mod publication;

pub use links::Links;
pub use media::{ArticleMedium, MediumView, Rendition, Srcset};
pub use publication::*;

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::article::{Credit, Notice, Original, Status, WithdrawalReason};
use super::body::Block;
use super::id::Id;
use super::language::LanguageTag;
use super::page_url::{PageUrl, Place};
use super::section::Breadcrumb;
use super::source::Rights;
use super::time::Timestamp;

/// A person as a byline names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonRef {
    /// Identity.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// Slug.
    pub slug: String,
    /// Name, in the article's language where there is one.
    pub name: String,
}

/// A source as an article names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SourceRef {
    /// Identity.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// Slug.
    pub slug: String,
    /// Name, in the article's language where there is one.
    pub name: String,
    /// Its site.
    pub url: Option<String>,
}

/// A section as an article names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SectionRef {
    /// Identity.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// Path in its edition.
    #[schema(example = "international/events")]
    pub path: String,
    /// Name.
    pub name: String,
}

/// A tag as an article names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TagRef {
    /// Slug, the tag's identity.
    pub slug: String,
    /// Name, in the article's language where there is one.
    pub name: String,
}

/// Another language's edition of the same work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TranslationRef {
    /// Its language.
    #[schema(value_type = String)]
    pub lang: LanguageTag,
    /// Its identity.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// Its slug.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Public address, absolute.
    #[schema(value_type = String, format = "uri")]
    pub url: PageUrl,
}

/// The body in the form that was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(tag = "format", content = "content", rename_all = "lowercase")]
pub enum BodyView {
    /// The sanitised HTML subset.
    Html(String),
    /// Plain text: blocks parted by a blank line.
    Text(String),
    /// CommonMark with GitHub's tables.
    Markdown(String),
    /// Typed blocks.
    Blocks(Vec<Block>),
}

/// The withdrawal of an article, as keys of the desk see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WithdrawalView {
    /// Time of the withdrawal.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Public reason.
    pub reason: WithdrawalReason,
    /// For the desk only.
    pub note: Option<String>,
}

/// An article.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Article {
    /// Identity: a UUID of version 7.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// Rises with every change.
    pub version: i64,
    /// Language of the edition (BCP 47).
    #[schema(value_type = String, example = "en")]
    pub lang: LanguageTag,
    /// Unique in its edition.
    pub slug: String,
    /// Plain text.
    pub title: String,
    /// Plain text.
    pub subtitle: Option<String>,
    /// Plain text.
    pub summary: Option<String>,
    /// State.
    pub status: Status,
    /// Time of publication.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub published_at: Option<Timestamp>,
    /// The civil date of publication in the edition's time zone.
    pub published_on: Option<NaiveDate>,
    /// Time of the last change.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Until when the public does not see it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub embargo_until: Option<Timestamp>,
    /// Time at which it will be published; only on scheduled articles.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime)]
    pub publish_at: Option<Timestamp>,
    /// Authors.
    pub authors: Vec<PersonRef>,
    /// Editors.
    pub editors: Vec<PersonRef>,
    /// Translators.
    pub translators: Vec<PersonRef>,
    /// Contributors in other roles.
    pub credits: Vec<Credit>,
    /// The byline as it was printed.
    pub byline_raw: Option<String>,
    /// Place and date that open the text.
    pub dateline: Option<String>,
    /// The source that published it first.
    pub source: Option<SourceRef>,
    /// Its section.
    pub section: Option<SectionRef>,
    /// The way from the home page.
    pub breadcrumbs: Vec<Breadcrumb>,
    /// Keywords.
    pub tags: Vec<TagRef>,
    /// The published translations of the same work.
    pub translations: Vec<TranslationRef>,
    /// The text that it was translated from, where that is published elsewhere.
    pub original: Option<Original>,
    /// The text; absent where it was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = BodyView)]
    pub body: Option<BodyView>,
    /// Pictures.
    pub media: Vec<ArticleMedium>,
    /// Words in spaced scripts plus characters in Chinese, Japanese and Korean.
    pub word_count: i32,
    /// Minutes that reading takes, rounded up.
    pub reading_minutes: i32,
    /// Address that search engines should index instead.
    pub canonical_url: Option<String>,
    /// Its own rights, the gaps filled from its source's.
    pub rights: Rights,
    /// Corrections, clarifications, retractions, expressions of concern.
    pub notices: Vec<Notice>,
    /// The withdrawal; only for keys that may see such articles.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = WithdrawalView, required = false)]
    pub withdrawal: Option<WithdrawalView>,
    /// Imported fields that have no field of their own; only for keys that may write.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object)]
    pub extra: Option<Map<String, Value>>,
    /// Articles on the same matters; only with `include=related`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<Article>, no_recursion)]
    pub related: Option<Vec<Article>>,
    /// Public address, absolute: by its edition's `url_template`, else of this service.
    #[schema(value_type = String, format = "uri", example = "https://example.org/en/international/events/forum")]
    pub url: PageUrl,
    /// Links to the resource.
    pub links: Links,
}

impl From<&Article> for Place {
    fn from(article: &Article) -> Self {
        Self {
            id: article.id,
            lang: article.lang.clone(),
            slug: article.slug.clone(),
            section_path: article.section.as_ref().map(|section| section.path.clone()),
            published_at: article.published_at,
        }
    }
}

/// The kinds of resources that addresses lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ResolvedKind {
    /// An article.
    Article,
    /// A section.
    Section,
    /// An edition.
    Edition,
    /// An author.
    Author,
    /// A source.
    Source,
    /// A tag.
    Tag,
}

impl ResolvedKind {
    /// The word for one of them.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::Section => "section",
            Self::Edition => "edition",
            Self::Author => "author",
            Self::Source => "source",
            Self::Tag => "tag",
        }
    }
}

/// The tombstone of an article that was taken down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Tombstone {
    /// Identity.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// Its edition.
    #[schema(value_type = String)]
    pub lang: LanguageTag,
    /// Time of the withdrawal.
    #[schema(value_type = String, format = DateTime)]
    pub withdrawn_at: Timestamp,
    /// Reason of the withdrawal.
    pub reason: WithdrawalReason,
}
