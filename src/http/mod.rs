//! The HTTP layer, the only one that knows actix. This page is the map of addresses; each handler is in the file of its
//! resource, and `pipeline` is what they all go through.

mod accept;
mod access_log;
mod article_input;
mod article_operations;
mod article_patch;
mod article_query;
mod article_writes;
mod articles;
mod audit;
mod authorized;
mod authors;
mod blocking;
pub mod bulk;
mod bulk_forms;
mod bulk_lines;
mod bulk_operations;
mod bulk_orders;
mod bulk_work;
pub mod cache;
pub mod changes;
mod conditional;
pub mod connection;
mod content;
mod context;
mod cors;
mod docs;
mod edit;
mod edition_operations;
mod edition_writes;
mod editions;
mod encoding;
pub mod error;
mod extract;
mod feed_access;
mod feed_page;
mod feed_subject;
mod feed_tokens;
mod feeds;
mod fields;
mod follower;
mod form;
mod framing;
mod gate;
pub mod head;
mod health;
mod html;
pub mod in_flight;
mod index;
mod key_input;
mod keys;
mod limits;
mod links;
mod media;
mod media_files;
mod media_input;
pub mod methods;
pub mod metrics;
mod moment;
mod moved;
mod notices;
pub mod openapi;
pub mod page;
mod param_schemas;
pub mod parameters;
mod pipeline;
mod preview_pass;
pub mod previews;
pub mod problem;
mod problems;
mod query;
mod range;
mod rate;
pub mod rate_limits;
pub mod reach;
mod refusal;
mod rendition;
mod repetition;
mod reply;
mod represent;
pub mod resolve;
pub mod revision_diff;
mod revisions;
mod rights;
mod seal;
mod search;
pub mod search_facets;
pub mod search_hits;
pub mod search_suggest;
mod section_operations;
mod section_writes;
mod sections;
pub mod sending;
mod shape;
mod shared_operations;
mod shared_writes;
pub mod shares;
mod sitemaps;
mod sources;
pub mod state;
mod stream;
pub mod streams;
mod surrogate;
mod tags;
mod tally;
pub mod turns;
mod unreadable;
pub mod uploads;
pub mod usage;
mod views;
pub mod webhook_deliveries;
pub mod webhook_input;
mod webhooks;
mod write;
mod written;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::{Error, web};
use utoipa_actix_web::service_config::ServiceConfig;

use self::state::App;

/// What the OpenAPI document describes.
fn routes(service: &mut ServiceConfig<'_>) {
    service
        .service(articles::list_articles)
        .service(search::search_articles)
        .service(search_suggest::suggest)
        .service(articles::get_article)
        .service(articles::list_related_articles)
        .service(article_writes::create_article)
        .service(article_writes::replace_article)
        .service(article_writes::update_article)
        .service(article_writes::delete_article)
        .service(article_writes::publish_article)
        .service(article_writes::unpublish_article)
        .service(article_writes::withdraw_article)
        .service(notices::create_notice)
        .service(notices::delete_notice)
        .service(revisions::list_revisions)
        .service(revisions::get_revision)
        .service(revisions::get_revision_diff)
        .service(revisions::restore_revision)
        .service(previews::create_preview)
        .service(bulk::run_bulk)
        .service(media::list_media)
        .service(media::create_medium)
        .service(media_files::get_medium_original)
        .service(media::get_medium)
        .service(media::update_medium)
        .service(media::delete_medium)
        .service(media_files::get_media_file)
        .service(resolve::resolve_url)
        .service(webhooks::list_webhooks)
        .service(webhooks::create_webhook)
        .service(webhooks::get_webhook)
        .service(webhooks::update_webhook)
        .service(webhooks::delete_webhook)
        .service(webhooks::rotate_webhook_secret)
        .service(webhook_deliveries::test_webhook)
        .service(webhook_deliveries::replay_webhook)
        .service(webhook_deliveries::list_webhook_deliveries)
        .service(webhook_deliveries::get_webhook_delivery)
        .service(usage::list_usage)
        .service(feeds::get_edition_feed)
        .service(feeds::get_section_feed)
        .service(feeds::get_author_feed)
        .service(feeds::get_source_feed)
        .service(feeds::get_tag_feed)
        .service(sitemaps::get_sitemap_index)
        .service(sitemaps::get_sitemap)
        .service(sitemaps::get_news_sitemap)
        .service(audit::list_audit)
        .service(changes::list_changes)
        .service(stream::stream_changes)
        .service(reach::acknowledge_changes)
        .service(reach::get_reach)
        .service(docs::get_openapi)
        .service(health::get_liveness)
        .service(health::get_readiness)
        .service(health::get_metrics);
    key_routes(service);
    taxonomy_routes(service);
}

/// Keys, and the feed tokens of partners.
fn key_routes(service: &mut ServiceConfig<'_>) {
    service
        .service(keys::list_keys)
        .service(keys::get_key)
        .service(keys::create_key)
        .service(keys::update_key)
        .service(keys::delete_key)
        .service(keys::rotate_key)
        .service(feed_tokens::list_feed_tokens)
        .service(feed_tokens::create_feed_token)
        .service(feed_tokens::delete_feed_token);
}

/// Editions, sections, authors, sources and tags.
fn taxonomy_routes(service: &mut ServiceConfig<'_>) {
    service
        .service(sections::list_sections)
        .service(sections::get_section)
        .service(section_writes::create_section)
        .service(section_writes::replace_section)
        .service(section_writes::update_section)
        .service(section_writes::delete_section)
        .service(authors::list_authors)
        .service(authors::get_author)
        .service(authors::create_author)
        .service(authors::replace_author)
        .service(authors::update_author)
        .service(authors::delete_author)
        .service(authors::merge_author)
        .service(sources::list_sources)
        .service(sources::get_source)
        .service(sources::create_source)
        .service(sources::replace_source)
        .service(sources::update_source)
        .service(sources::delete_source)
        .service(tags::list_tags)
        .service(tags::get_tag)
        .service(tags::create_tag)
        .service(tags::replace_tag)
        .service(tags::update_tag)
        .service(tags::delete_tag)
        .service(editions::list_editions)
        .service(editions::get_edition)
        .service(edition_writes::replace_edition)
        .service(edition_writes::update_edition)
        .service(edition_writes::delete_edition);
}

/// Pages for people.
fn pages(service: &mut web::ServiceConfig) {
    service
        .service(index::get_index)
        .service(docs::get_docs)
        .service(docs::get_docs_folder)
        .service(docs::get_docs_file)
        .service(problems::list_problems)
        .service(problems::get_problem);
}

/// Every route behind the pipeline, around one application.
pub fn service(
    app: web::Data<App>,
) -> actix_web::App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<BoxBody>,
        Error = Error,
        InitError = (),
    >,
> {
    actix_web::App::new()
        .app_data(app)
        .wrap(from_fn(pipeline::run))
        .configure(|service| routes(&mut ServiceConfig::new(service)))
        .configure(pages)
        .default_service(web::to(gate::answer_unrouted))
}
