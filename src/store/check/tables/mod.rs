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

#[cfg(test)]
mod tests {
    use super::*;

    /// Tables whose rows no other rows have to agree with.
    const FREE: [&str; 12] = [
        "api_keys",
        "article_addresses",
        "audit",
        "editions",
        "embargo_offsets",
        "idempotent_answers",
        "leases",
        "media_garbage",
        "purge_places",
        "secrets",
        "usage",
        "works",
    ];

    #[test]
    fn every_table_is_asked_about_or_known_to_be_free() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store/schema");
        let files = std::fs::read_dir(folder).unwrap();
        let text: String = files
            .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
            .collect();
        let is_name = |line: &&str| line.ends_with(") {") && !line.trim_start().starts_with('#');
        let mut tables: Vec<&str> = text
            .split("diesel::table! {")
            .skip(1)
            .filter_map(|table| table.lines().find(is_name)?.split_whitespace().next())
            .collect();
        tables.sort_unstable();
        let mut known: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
        known.extend(FREE);
        known.sort_unstable();
        assert_eq!(tables, known);
    }
}
