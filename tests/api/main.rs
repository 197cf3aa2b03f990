//! The API as clients meet it: every test runs against a real server, on SQLite and on PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

#[macro_use]
mod harness;
mod builders;
mod client;
mod command;
mod consistency;
mod database;
mod model;
mod postgres;
mod process;
mod receiver;
mod shared;

mod article_writes;
mod audit;
mod bad_input;
mod body;
mod bulk;
mod bulk_types;
mod changed_filters;
mod changes;
mod corpus;
mod durability;
mod edition_writes;
mod feed_tokens;
mod feeds;
mod filters;
mod hostile_fields;
mod hostile_pages;
mod hostile_writes;
mod http_caching;
mod http_errors;
mod http_lists;
mod http_pages;
mod http_reads;
mod http_visibility;
mod imports;
mod keys;
mod media;
#[cfg(feature = "s3")]
mod media_s3;
mod notices;
mod outage;
mod page_imports;
mod page_urls;
mod pages;
mod partners;
mod permission_limits;
mod permission_requests;
mod permissions;
mod plans;
mod previews;
mod reach;
mod real_syndication;
mod recorded_plans;
mod repetition;
mod resolve;
mod revisions;
mod round_trip;
mod section_writes;
mod simulator;
mod sitemaps;
mod stateful;
mod structured_data;
mod taxonomy_writes;
mod usage;
mod walks;
mod webhook_api;
mod webhook_tls;
mod webhooks;
