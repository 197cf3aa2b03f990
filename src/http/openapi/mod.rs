//! The OpenAPI document: what the handlers say of themselves, with what they share put in once.

mod answers;
mod decorate;
mod directions;
mod forms;
mod patches;
mod unions;
mod words;

use serde_json::Value;
use utoipa::OpenApi;
use utoipa_actix_web::AppExt;

pub use super::handlers::site::docs::printed;

use super::response::problem::ProblemBody;
use super::schemas::JsonFeed;

/// What is said of the service as a whole.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Masthead",
        description = "A headless content API for publishers: editions in many languages, sections, authors, sources, \
            tags and articles as JSON.\n\nLists page alike: `limit` and `cursor` lead through them, `next_cursor` and \
            `links.next` say where to go on. Errors are `application/problem+json` (RFC 9457) with a stable `code`. \
            What is published needs no key.",
        contact(name = "Masthead"),
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    servers((url = "/", description = "This service.")),
    tags(
        (name = "articles", description = "What is published, and what waits to be."),
        (name = "search", description = "Articles by their words, and what somebody may be typing."),
        (name = "revisions", description = "What articles said before, and previews of what they will say."),
        (name = "bulk", description = "Many writes in one request."),
        (name = "sections", description = "The tree that each edition's articles stand in."),
        (name = "authors", description = "Who wrote, edited or translated."),
        (name = "sources", description = "Who published the articles first."),
        (name = "tags", description = "Keywords."),
        (name = "editions", description = "The languages of the publication."),
        (name = "media", description = "Uploaded pictures, what is said of them, and their renditions."),
        (name = "changes", description = "What has changed, for those who keep copies: a delta feed with tombstones."),
        (name = "resolve", description = "From an address on the web to the resource that it means."),
        (name = "webhooks", description = "Who is told of changes as they happen, and what became of each message."),
        (name = "usage", description = "What each key asked for, by day."),
        (name = "syndication", description = "Feeds and sitemaps."),
        (name = "keys", description = "Who may do what; for admins."),
        (name = "audit", description = "Who did what; for admins."),
        (name = "service", description = "The service itself: its description, its health, its numbers.")
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
    patches::fill(&mut document);
    decorate::decorate(&mut document);
    directions::part(&mut document);
    document
}
