//! The front door: where everything is.

use actix_web::get;
use serde_json::{Map, Value, json};

use crate::http::call::extract::{Answer, Call};
use crate::http::protocol::accept;
use crate::http::response::html;
use crate::http::response::reply::{Policy, Reply};

/// Name, path and a few words of what answers whoever asks.
const LINKS: [Link; 14] = [
    ("docs", "/docs", "Documentation to try things in"),
    (
        "openapi",
        "/openapi.json",
        "The API's description (OpenAPI 3.1)",
    ),
    ("editions", "/api/editions", "Languages of the publication"),
    (
        "sections",
        "/api/sections",
        "The tree that articles stand in",
    ),
    (
        "articles",
        "/api/articles",
        "What is published, newest first",
    ),
    ("authors", "/api/authors", "Who wrote it"),
    ("sources", "/api/sources", "Who published it first"),
    ("tags", "/api/tags", "Keywords"),
    ("sitemap", "/sitemap.xml", "Every article's address"),
    (
        "changes",
        "/api/changes",
        "What has changed, for those who keep copies",
    ),
    ("problems", "/problems", "What errors mean"),
    ("live", "/health/live", "Whether the process runs"),
    ("ready", "/health/ready", "Whether it can answer"),
    ("metrics", "/metrics", "Numbers for monitoring"),
];

/// The same of what wants a name (RFC 6570), a key or another method.
const TEMPLATES: [Link; 12] = [
    (
        "search",
        "/api/search{?q}",
        "Articles by their words, best first",
    ),
    (
        "suggest",
        "/api/search/suggest{?q}",
        "Titles and names while somebody types",
    ),
    (
        "feeds",
        "/feeds/{lang}/rss.xml",
        "The same as atom.xml and feed.json, and below sections/{path}, authors/{slug}, sources/{slug}, tags/{slug}",
    ),
    (
        "news_sitemap",
        "/sitemap-news.xml",
        "The news of two days, while there is any",
    ),
    (
        "resolve",
        "/api/resolve{?url}",
        "What an address of the site shows",
    ),
    (
        "changes_stream",
        "/api/changes/stream",
        "Changes as they happen (Server-Sent Events)",
    ),
    (
        "bulk",
        "/api/bulk",
        "Many writes in one request, with a key",
    ),
    ("media", "/api/media", "Uploaded pictures, with a key"),
    (
        "webhooks",
        "/api/webhooks",
        "Who is told of changes, with an administrator's key",
    ),
    ("keys", "/api/keys", "Keys, with an administrator's"),
    ("usage", "/api/usage", "Requests by key and day, with a key"),
    (
        "audit",
        "/api/audit",
        "Who did what, with an administrator's key",
    ),
];

type Link = (&'static str, &'static str, &'static str);

#[get("/")]
pub(crate) async fn get_index(call: Call) -> Answer {
    let prefix = &call.context.prefix;
    let shown = LINKS.into_iter().filter(|(_, path, _)| call.shows(path));
    let links: Vec<Link> = shown.collect();
    let reply = if accept::prefers_html(call.request.headers()) {
        page(prefix, &links)
    } else {
        call.require_json()?;
        index(prefix, &links)
    };
    call.answer_with(reply.varying_by_accept())
}

fn index(prefix: &str, links: &[Link]) -> Reply {
    let below = |links: &[Link]| -> Map<String, Value> {
        let one = |(name, path, _): &Link| ((*name).to_owned(), json!(format!("{prefix}{path}")));
        links.iter().map(one).collect()
    };
    let index = json!({
        "name": "Masthead",
        "version": env!("CARGO_PKG_VERSION"),
        "links": below(links),
        "templates": below(&TEMPLATES),
    });
    Reply::new("application/json", index.to_string(), Policy::Docs)
}

fn page(prefix: &str, links: &[Link]) -> Reply {
    let mut content = String::from(
        "<h1>Masthead</h1>\n<p>A headless content API for publishers. It answers JSON; this page is for people.</p>\n<ul>\n",
    );
    for (_, path, words) in links {
        html::append(
            &mut content,
            format_args!(
                "<li><a href=\"{prefix}{path}\">{words}</a> <code>{prefix}{path}</code></li>\n"
            ),
        );
    }
    content += "</ul>\n<ul>\n";
    for (_, path, words) in TEMPLATES {
        html::append(
            &mut content,
            format_args!("<li>{words} <code>{prefix}{path}</code></li>\n"),
        );
    }
    content += "</ul>\n";
    html::reply("Masthead", &content)
}
