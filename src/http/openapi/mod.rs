//! The OpenAPI document: the handlers' own descriptions, completed with the parts that they share.

mod answers;
mod decorate;
mod descriptions;
mod directions;
mod examples;
mod forms;
mod patches;
mod problems;
mod unions;
mod words;

use serde_json::Value;
use utoipa::OpenApi;
use utoipa_actix_web::AppExt;

pub use super::handlers::site::docs::printed;

use super::response::problem::ProblemBody;
use super::schemas::JsonFeed;

/// The head of the document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Masthead",
        description = "A headless content API for publishers. Published content needs no key; \
            [the table of roles](docs/roles) says which keys may do the rest. Every list has `limit`, `cursor` and \
            `links.next`. Every error is `application/problem+json` (RFC 9457) with a stable `code`.",
        contact(name = "Masthead"),
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    servers((url = "/", description = "This service")),
    tags(
        (name = "articles", description = "Articles and their lists: read, write, publish, withdraw."),
        (name = "search", description = "Full-text search and suggestions."),
        (name = "revisions", description = "Versions of articles, differences between them, previews."),
        (name = "bulk", description = "Many operations in one request."),
        (name = "sections", description = "The tree of sections of each edition."),
        (name = "authors", description = "Bylines: the people who wrote, edited or translated."),
        (name = "sources", description = "Newspapers, journals and agencies that published articles first."),
        (name = "tags", description = "Keywords of articles."),
        (name = "editions", description = "The language editions of the publication."),
        (name = "media", description = "Uploaded pictures, their captions and their renditions."),
        (name = "changes", description = "The change log for partners that keep copies, with deletes and acknowledgements."),
        (name = "resolve", description = "From a web address to the resource that it shows."),
        (name = "webhooks", description = "Messages to other systems when articles change, and their deliveries."),
        (name = "usage", description = "Requests, articles and bytes of each key, by day."),
        (name = "syndication", description = "Feeds and sitemaps."),
        (name = "keys", description = "Keys and feed tokens; for admins."),
        (name = "audit", description = "The record of all writes; for admins."),
        (name = "service", description = "The OpenAPI document, health and metrics.")
    ),
    components(schemas(ProblemBody, JsonFeed))
)]
struct Service;

/// The whole document.
#[must_use]
pub fn document() -> Value {
    let app = actix_web::App::new()
        .into_utoipa_app()
        .openapi(Service::openapi());
    let (_, document) = app.configure(super::routes).split_for_parts();
    let mut document = serde_json::to_value(document).unwrap_or_default();
    unions::name(&mut document);
    words::close(&mut document);
    descriptions::complete(&mut document);
    patches::fill(&mut document);
    decorate::decorate(&mut document);
    problems::tell_kinds(&mut document);
    examples::add_to_resources(&mut document);
    examples::add_to_writes(&mut document);
    directions::part(&mut document);
    document
}
