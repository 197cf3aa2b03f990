//! The envelopes of answers, as the OpenAPI document describes them.

use utoipa::ToSchema;

use crate::domain::audit::AuditView;
use crate::domain::feed_token::{FeedTokenView, IssuedFeedToken};
use crate::domain::key::{IssuedKey, KeyView};
use crate::domain::revision::RevisionView;
use crate::domain::usage::Usage;
use crate::domain::view::{
    Article, AuthorView, EditionView, MediumView, SectionView, SourceView, TagView,
};
use crate::domain::webhook_view::{DeliveryView, WebhookView};
use crate::http::request::paging::{Meta, PageLinks, WriteMeta};

macro_rules! envelopes {
    ($($page:ident, $envelope:ident: $view:ty;)*) => {$(
        /// A part of a list.
        #[derive(Debug, ToSchema)]
        pub struct $page {
            /// Its rows, in order.
            pub data: Vec<$view>,
            /// Facts about the list besides its rows.
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

macro_rules! written {
    ($($written:ident: $view:ty, $what:literal;)*) => {$(
        #[doc = concat!($what, " that was written.")]
        #[derive(Debug, ToSchema)]
        pub struct $written {
            /// The resource as it is now.
            pub data: $view,
            /// Facts about the write besides the resource.
            pub meta: WriteMeta,
        }
    )*};
}

written! {
    WrittenArticle: Article, "An article";
    WrittenAuthor: AuthorView, "An author";
    WrittenSection: SectionView, "A section";
    WrittenSource: SourceView, "A source";
    WrittenTag: TagView, "A tag";
}

/// A part of the account of usage.
#[derive(Debug, ToSchema)]
pub struct UsagePage {
    /// Its rows, in order.
    pub data: Vec<Usage>,
    /// Facts about the list besides its rows.
    pub meta: Meta,
    /// Addresses of this part of the list and of the next one.
    pub links: PageLinks,
}

/// A part of the list of an article's versions.
#[derive(Debug, ToSchema)]
pub struct RevisionPage {
    /// Its rows, in order.
    pub data: Vec<RevisionView>,
    /// Facts about the list besides its rows.
    pub meta: Meta,
    /// Addresses of this part of the list and of the next one.
    pub links: PageLinks,
}

/// A part of the audit.
#[derive(Debug, ToSchema)]
pub struct AuditPage {
    /// Its entries, the newest first.
    pub data: Vec<AuditView>,
    /// Facts about the list besides its rows.
    pub meta: Meta,
    /// Addresses of this part of the list and of the next one.
    pub links: PageLinks,
}

/// A part of the list of a key's feed tokens.
#[derive(Debug, ToSchema)]
pub struct FeedTokenPage {
    /// Its rows, in order.
    pub data: Vec<FeedTokenView>,
    /// Facts about the list besides its rows.
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
