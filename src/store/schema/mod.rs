//! The tables as Diesel knows them, by family; the same on both databases.

mod addresses;
mod content;
mod keys;
mod lists;
mod log;
mod partners;
mod pictures;

pub use addresses::*;
pub use content::*;
pub use keys::*;
pub use lists::*;
pub use log::*;
pub use partners::*;
pub use pictures::*;

diesel::allow_tables_to_appear_in_same_query!(
    article_addresses,
    editions,
    sections,
    authors,
    sources,
    tags,
    works,
    articles,
    article_bodies,
    article_people,
    article_tags,
    facets,
    article_facets,
    facet_sets,
    revisions,
    redirects,
    moved,
    changes,
    api_keys,
    webhooks,
    webhook_progress,
    webhook_deliveries,
    webhook_attempts,
    usage,
    idempotent_answers,
    audit,
    feed_tokens,
    retired_secrets,
    embargo_offsets,
    past_facets,
    fanouts,
    leases,
    purge_places,
    deliveries,
    quota_use,
    media_files,
    media_garbage,
    media,
    media_sources,
    article_media,
    secrets
);
