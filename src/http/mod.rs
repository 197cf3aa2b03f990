//! The HTTP layer, the only one that knows actix. This page is the map of addresses; each handler is in the folder of its
//! resource below `handlers`, and `middleware::run` is what every request goes through.

mod call;
pub mod codes;
pub mod error;
pub mod handlers;
pub mod middleware;
pub mod openapi;
mod protocol;
pub mod request;
pub mod response;
pub mod schemas;
pub mod state;
pub mod wire;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::{Error, web};
use utoipa_actix_web::service_config::ServiceConfig;

use self::state::app::App;
use self::state::door::Door;

/// The routes that the OpenAPI document describes.
fn routes(service: &mut ServiceConfig<'_>) {
    service
        .service(handlers::articles::read::list_articles)
        .service(handlers::search::find::search_articles)
        .service(handlers::search::suggest::suggest)
        .service(handlers::articles::read::get_article)
        .service(handlers::articles::read::list_related_articles)
        .service(handlers::articles::write::create_article)
        .service(handlers::articles::write::replace_article)
        .service(handlers::articles::write::update_article)
        .service(handlers::articles::write::delete_article)
        .service(handlers::articles::write::publish_article)
        .service(handlers::articles::write::unpublish_article)
        .service(handlers::articles::write::withdraw_article)
        .service(handlers::articles::notices::create_notice)
        .service(handlers::articles::notices::delete_notice)
        .service(handlers::articles::revisions::list_revisions)
        .service(handlers::articles::revisions::get_revision)
        .service(handlers::articles::revisions::get_revision_diff)
        .service(handlers::articles::revisions::restore_revision)
        .service(handlers::articles::previews::create_preview)
        .service(handlers::bulk::run::run_bulk)
        .service(handlers::media::metadata::list_media)
        .service(handlers::media::metadata::create_medium)
        .service(handlers::media::files::get_medium_original)
        .service(handlers::media::metadata::get_medium)
        .service(handlers::media::metadata::update_medium)
        .service(handlers::media::metadata::delete_medium)
        .service(handlers::media::files::get_media_file)
        .service(handlers::site::resolve::resolve_url)
        .service(handlers::admin::webhooks::list_webhooks)
        .service(handlers::admin::webhooks::create_webhook)
        .service(handlers::admin::webhooks::get_webhook)
        .service(handlers::admin::webhooks::update_webhook)
        .service(handlers::admin::webhooks::delete_webhook)
        .service(handlers::admin::webhooks::rotate_webhook_secret)
        .service(handlers::admin::webhook_deliveries::test_webhook)
        .service(handlers::admin::webhook_deliveries::replay_webhook)
        .service(handlers::admin::webhook_deliveries::list_webhook_deliveries)
        .service(handlers::admin::webhook_deliveries::get_webhook_delivery)
        .service(handlers::admin::usage::list_usage)
        .service(handlers::feeds::serve::get_edition_feed)
        .service(handlers::feeds::serve::get_section_feed)
        .service(handlers::feeds::serve::get_author_feed)
        .service(handlers::feeds::serve::get_source_feed)
        .service(handlers::feeds::serve::get_tag_feed)
        .service(handlers::feeds::sitemaps::get_sitemap_index)
        .service(handlers::feeds::sitemaps::get_sitemap)
        .service(handlers::feeds::sitemaps::get_news_sitemap)
        .service(handlers::admin::audit::list_audit)
        .service(handlers::changes::list::list_changes)
        .service(handlers::changes::stream::stream_changes)
        .service(handlers::changes::reach::acknowledge_changes)
        .service(handlers::changes::reach::get_reach)
        .service(handlers::site::docs::get_openapi)
        .service(handlers::site::health::get_liveness)
        .service(handlers::site::health::get_readiness)
        .service(handlers::site::health::get_metrics);
    key_routes(service);
    taxonomy_routes(service);
}

/// Keys, and the feed tokens of partners.
fn key_routes(service: &mut ServiceConfig<'_>) {
    service
        .service(handlers::admin::keys::list_keys)
        .service(handlers::admin::keys::get_key)
        .service(handlers::admin::keys::create_key)
        .service(handlers::admin::keys::update_key)
        .service(handlers::admin::keys::delete_key)
        .service(handlers::admin::keys::rotate_key)
        .service(handlers::admin::feed_tokens::list_feed_tokens)
        .service(handlers::admin::feed_tokens::create_feed_token)
        .service(handlers::admin::feed_tokens::delete_feed_token);
}

/// Editions, sections, authors, sources and tags.
fn taxonomy_routes(service: &mut ServiceConfig<'_>) {
    service
        .service(handlers::taxonomy::sections::list_sections)
        .service(handlers::taxonomy::sections::get_section)
        .service(handlers::taxonomy::section_writes::create_section)
        .service(handlers::taxonomy::section_writes::replace_section)
        .service(handlers::taxonomy::section_writes::update_section)
        .service(handlers::taxonomy::section_writes::delete_section)
        .service(handlers::taxonomy::authors::list_authors)
        .service(handlers::taxonomy::authors::get_author)
        .service(handlers::taxonomy::authors::create_author)
        .service(handlers::taxonomy::authors::replace_author)
        .service(handlers::taxonomy::authors::update_author)
        .service(handlers::taxonomy::authors::delete_author)
        .service(handlers::taxonomy::authors::merge_author)
        .service(handlers::taxonomy::sources::list_sources)
        .service(handlers::taxonomy::sources::get_source)
        .service(handlers::taxonomy::sources::create_source)
        .service(handlers::taxonomy::sources::replace_source)
        .service(handlers::taxonomy::sources::update_source)
        .service(handlers::taxonomy::sources::delete_source)
        .service(handlers::taxonomy::tags::list_tags)
        .service(handlers::taxonomy::tags::get_tag)
        .service(handlers::taxonomy::tags::create_tag)
        .service(handlers::taxonomy::tags::replace_tag)
        .service(handlers::taxonomy::tags::update_tag)
        .service(handlers::taxonomy::tags::delete_tag)
        .service(handlers::taxonomy::editions::list_editions)
        .service(handlers::taxonomy::editions::get_edition)
        .service(handlers::taxonomy::edition_writes::replace_edition)
        .service(handlers::taxonomy::edition_writes::update_edition)
        .service(handlers::taxonomy::edition_writes::delete_edition);
}

/// Pages for people.
fn pages(service: &mut web::ServiceConfig) {
    service
        .service(handlers::site::index::get_index)
        .service(handlers::site::docs::get_docs)
        .service(handlers::site::docs::get_docs_folder)
        .service(handlers::site::roles::get_docs_roles)
        .service(handlers::site::docs::get_docs_file)
        .service(handlers::site::problems::list_problems)
        .service(handlers::site::problems::get_problem);
}

/// Every route behind the pipeline, around one application, for those who come by a door.
pub fn service(
    app: web::Data<App>,
    door: Door,
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
        .app_data(web::Data::new(door))
        .wrap(from_fn(middleware::run::run))
        .configure(|service| routes(&mut ServiceConfig::new(service)))
        .configure(pages)
        .default_service(web::to(middleware::early::answer_unrouted))
}
