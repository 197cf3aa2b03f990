//! The schemas of requests and answers in the OpenAPI document.

pub(crate) mod bulk_operations;
mod envelopes;
mod inputs;
mod json_feed;
mod search;
mod taxonomy_inputs;

pub use envelopes::{
    ArticleEnvelope, ArticlePage, AuditPage, AuthorEnvelope, AuthorPage, DeliveryEnvelope,
    DeliveryPage, EditionEnvelope, EditionPage, FeedTokenPage, IssuedFeedTokenEnvelope,
    IssuedKeyEnvelope, KeyEnvelope, KeyPage, MediumEnvelope, MediumPage, PictureBytes,
    RevisionPage, SectionEnvelope, SectionPage, SourceEnvelope, SourcePage, TagEnvelope, TagPage,
    UsagePage, WebhookEnvelope, WebhookPage, WrittenArticle, WrittenAuthor, WrittenSection,
    WrittenSource, WrittenTag,
};
pub use inputs::{
    AcknowledgeRequest, ArticlePatch, ArticleWrite, BulkLine, BulkRequest, FeedTokenWrite,
    KeyPatchRequest, KeyWrite, MediumPatch, MediumUpload, NewNotice, PreviewRequest,
    PublishRequest, RotateRequest, WithdrawRequest,
};
pub use json_feed::{JsonFeed, JsonFeedAuthor, JsonFeedHub, JsonFeedItem, JsonFeedRights};
pub use search::{SearchMeta, SearchPage, SuggestionList};
pub use taxonomy_inputs::{
    AuthorPatch, AuthorWrite, EditionPatch, EditionWrite, MergeRequest, SectionPatch, SectionWrite,
    SourcePatch, SourceWrite, TagPatch, TagWrite,
};
