//! Schemas of what several operations share: the envelopes of answers, and the forms that parameters are written in.

use utoipa::ToSchema;
use utoipa::openapi::schema::{AnyOfBuilder, Array, ArrayBuilder, ObjectBuilder, Type};
use utoipa::openapi::{KnownFormat, Object, Schema, SchemaFormat};

use crate::domain::audit::AuditView;
use crate::domain::feed_token::{FeedTokenView, IssuedFeedToken};
use crate::domain::key::{IssuedKey, KeyView};
use crate::domain::medium_view::MediumView;
use crate::domain::query::{LONGEST_VALUE, MOST_VALUES};
use crate::domain::revision::RevisionView;
use crate::domain::usage::Usage;
use crate::domain::view::{Article, AuthorView, EditionView, SectionView, SourceView, TagView};
use crate::domain::webhook_view::{DeliveryView, WebhookView};
use crate::http::page::{Meta, PageLinks, WriteMeta};
use crate::http::search_hits::{SearchHit, SearchMeta};
use crate::http::search_suggest::Suggestion;

macro_rules! envelopes {
    ($($page:ident, $envelope:ident: $view:ty;)*) => {$(
        /// A part of a list.
        #[derive(Debug, ToSchema)]
        pub struct $page {
            /// Its rows, in order.
            pub data: Vec<$view>,
            /// What is said of the list beside its rows.
            pub meta: Meta,
            /// Addresses of this part of the list and of the next one.
            pub links: PageLinks,
        }

        /// One resource.
        #[derive(Debug, ToSchema)]
        pub struct $envelope {
            /// The resource.
            pub data: $view,
        }
    )*};
}

envelopes! {
    ArticlePage, ArticleEnvelope: Article;
    AuthorPage, AuthorEnvelope: AuthorView;
    EditionPage, EditionEnvelope: EditionView;
    KeyPage, KeyEnvelope: KeyView;
    MediumPage, MediumEnvelope: MediumView;
    SectionPage, SectionEnvelope: SectionView;
    SourcePage, SourceEnvelope: SourceView;
    TagPage, TagEnvelope: TagView;
    WebhookPage, WebhookEnvelope: WebhookView;
    DeliveryPage, DeliveryEnvelope: DeliveryView;
}

/// An article that was written.
#[derive(Debug, ToSchema)]
pub struct WrittenArticle {
    /// The article as it is now.
    pub data: Article,
    /// What is said of the write beside the article.
    pub meta: WriteMeta,
}

/// A part of the hits of a search.
#[derive(Debug, ToSchema)]
pub struct SearchPage {
    /// The hits, in order.
    pub data: Vec<SearchHit>,
    /// What is said of the search beside its hits.
    pub meta: SearchMeta,
    /// Addresses of this part of the hits and of the next one.
    pub links: PageLinks,
}

/// What somebody may be typing.
#[derive(Debug, ToSchema)]
pub struct SuggestionList {
    /// The suggestions.
    pub data: Vec<Suggestion>,
}

/// A part of the account of usage.
#[derive(Debug, ToSchema)]
pub struct UsagePage {
    /// Its rows, in order.
    pub data: Vec<Usage>,
    /// What is said of the list beside its rows.
    pub meta: Meta,
    /// Addresses of this part of the list and of the next one.
    pub links: PageLinks,
}

/// A part of the list of an article's versions.
#[derive(Debug, ToSchema)]
pub struct RevisionPage {
    /// Its rows, in order.
    pub data: Vec<RevisionView>,
    /// What is said of the list beside its rows.
    pub meta: Meta,
    /// Addresses of this part of the list and of the next one.
    pub links: PageLinks,
}

/// A part of the audit.
#[derive(Debug, ToSchema)]
pub struct AuditPage {
    /// Its entries, the newest first.
    pub data: Vec<AuditView>,
    /// What is said of the list beside its rows.
    pub meta: Meta,
    /// Addresses of this part of the list and of the next one.
    pub links: PageLinks,
}

/// A part of the list of a key's feed tokens.
#[derive(Debug, ToSchema)]
pub struct FeedTokenPage {
    /// Its rows, in order.
    pub data: Vec<FeedTokenView>,
    /// What is said of the list beside its rows.
    pub meta: Meta,
    /// Addresses of this part of the list and of the next one.
    pub links: PageLinks,
}

/// A feed token with its secret.
#[derive(Debug, ToSchema)]
pub struct IssuedFeedTokenEnvelope {
    /// The token.
    pub data: IssuedFeedToken,
}

/// A key with its secret.
#[derive(Debug, ToSchema)]
pub struct IssuedKeyEnvelope {
    /// The key.
    pub data: IssuedKey,
}

/// The bytes of a picture.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct PictureBytes(pub Vec<u8>);

/// A language tag: language, script, region and variants (RFC 5646, section 2.1).
const LANGUAGE: &str = "[A-Za-z]{2,8}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?";
/// A UUID of version 7.
const ID: &str = "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}";

fn text(pattern: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some(pattern))
}

/// One of a few words.
pub(crate) fn enumeration(words: &[&str], default: Option<&str>) -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words.iter().copied()))
        .default(default.map(Into::into))
        .build()
}

/// Words of a few.
pub(crate) fn word_list(words: &[&str]) -> Array {
    let list = ArrayBuilder::new().items(enumeration(words, None));
    list.min_items(Some(1)).build()
}

/// One language.
pub(crate) fn language() -> Object {
    text(&format!("^{LANGUAGE}$")).build()
}

/// Languages with commas between.
pub(crate) fn languages() -> Object {
    text(&format!("^{LANGUAGE}(,{LANGUAGE}){{0,19}}$")).build()
}

/// A filter by slugs, paths or ids.
pub(crate) fn references() -> Array {
    let value = format!(
        "^[^,\\s\\u0000-\\u001f\\u007f-\\u009f][^,\\u0000-\\u001f\\u007f-\\u009f]{{0,{}}}$",
        LONGEST_VALUE - 1
    );
    filter(text(&value).build())
}

/// A filter by ids.
pub(crate) fn ids() -> Array {
    filter(text(&format!("^{ID}$")).build())
}

fn filter(item: Object) -> Array {
    ArrayBuilder::new()
        .items(item)
        .min_items(Some(1))
        .max_items(Some(MOST_VALUES))
        .build()
}

/// An instant or a whole day.
pub(crate) fn moment() -> Schema {
    let form = |format| {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(format)))
    };
    let year = ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some("^(?!0000)[0-9]{4}$"));
    let either = AnyOfBuilder::new()
        .item(form(KnownFormat::Date))
        .item(form(KnownFormat::DateTime))
        .item(year);
    Schema::AnyOf(either.build())
}
