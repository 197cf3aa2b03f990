//! The tables and the questions about their rows. The SQL is understood by both databases.

mod addresses;
mod content;
mod lists;
mod log;
mod media;
mod partners;

use super::table::Table;
use addresses::{MOVED, REDIRECTS};
use content::{ARTICLE_BODIES, ARTICLE_PEOPLE, ARTICLE_TAGS, REVISIONS};
pub use content::{ARTICLES, AUTHORS, SECTIONS, SOURCES, TAGS};
use lists::PAST_FACETS;
pub use lists::{ARTICLE_PLACES, FACET_COUNT, FACET_SET, FACET_SETS, FACETS};
use log::{CHANGES, FANOUTS, HISTORIES};
use media::{ARTICLE_MEDIA, MEDIA, MEDIA_FILES, MEDIA_SOURCES};
use partners::{
    DELIVERIES, FEED_TOKENS, QUOTA_USE, RETIRED_SECRETS, WEBHOOK_ATTEMPTS, WEBHOOK_DELIVERIES,
    WEBHOOK_PROGRESS, WEBHOOKS,
};

/// Every table that is asked about.
pub static TABLES: [&Table; 30] = [
    &SECTIONS,
    &AUTHORS,
    &SOURCES,
    &TAGS,
    &ARTICLES,
    &ARTICLE_BODIES,
    &ARTICLE_PEOPLE,
    &ARTICLE_TAGS,
    &REVISIONS,
    &FACETS,
    &ARTICLE_PLACES,
    &FACET_SETS,
    &PAST_FACETS,
    &REDIRECTS,
    &MOVED,
    &CHANGES,
    &HISTORIES,
    &FANOUTS,
    &MEDIA,
    &MEDIA_FILES,
    &MEDIA_SOURCES,
    &ARTICLE_MEDIA,
    &DELIVERIES,
    &QUOTA_USE,
    &FEED_TOKENS,
    &RETIRED_SECRETS,
    &WEBHOOKS,
    &WEBHOOK_PROGRESS,
    &WEBHOOK_DELIVERIES,
    &WEBHOOK_ATTEMPTS,
];
