//! The front door: where everything is.

use actix_web::get;
use serde_json::{Map, Value, json};

use super::accept;
use super::extract::{Answer, Call};
use super::html;
use super::reply::{Policy, Reply};

/// Name, path and a few words.
const LINKS: [(&str, &str, &str); 13] = [
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
];

#[get("/")]
pub(crate) async fn get_index(call: Call) -> Answer {
    let prefix = &call.context.prefix;
    let reply = if accept::prefers_html(call.request.headers()) {
        page(prefix)
    } else {
        call.require_json()?;
        index(prefix)
    };
    call.answer_with(reply.varying_by_accept())
}

fn index(prefix: &str) -> Reply {
    let links = LINKS
        .iter()
        .map(|(name, path, _)| ((*name).to_owned(), json!(format!("{prefix}{path}"))));
    let links: Map<String, Value> = links.collect();
    let index = json!({
        "name": "Masthead",
        "version": env!("CARGO_PKG_VERSION"),
        "links": links,
    });
    Reply::new("application/json", index.to_string(), Policy::Docs)
}

fn page(prefix: &str) -> Reply {
    let mut content = String::from(
        "<h1>Masthead</h1>\n<p>A headless content API for publishers. It answers JSON; this page is for people.</p>\n<ul>\n",
    );
    for (_, path, words) in LINKS {
        html::append(
            &mut content,
            format_args!(
                "<li><a href=\"{prefix}{path}\">{words}</a> <code>{prefix}{path}</code></li>\n"
            ),
        );
    }
    content += "</ul>\n";
    html::reply("Masthead", &content)
}
