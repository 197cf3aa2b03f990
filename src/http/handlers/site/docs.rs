//! The documentation: the OpenAPI document and Swagger UI, all from this service, without inline script.

use std::sync::Arc;

use actix_web::get;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, LINK};
use serde_json::json;

use crate::http::call::extract::{Answer, Call};
use crate::http::error::Problem;
use crate::http::response::reply::{Policy, Reply};

/// Swagger UI shows pictures from `data:` addresses; its scripts, styles and requests stay here.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const PAGE: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Masthead API</title>\n\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
    <link rel=\"stylesheet\" href=\"docs/swagger-ui.css\">\n\
    <link rel=\"icon\" type=\"image/png\" href=\"docs/favicon-32x32.png\">\n</head>\n<body>\n\
    <div id=\"swagger-ui\"></div>\n<script src=\"docs/swagger-ui-bundle.js\"></script>\n\
    <script src=\"docs/start.js\"></script>\n</body>\n</html>\n";

/// Starts Swagger UI; `KEY` is a JSON string, or null. The filter box looks for its words in an operation's path, id, summary
/// and tag: Swagger UI's own filter looks at tags only.
const START: &str = r##"function matches(operation, tag, words) {
  const about = operation.get("operation");
  const texts = [tag, operation.get("method"), operation.get("path"), about.get("operationId"), about.get("summary")];
  const text = texts.join(" ").toLowerCase();
  return words.every((word) => text.includes(word));
}

function opsFilter(tags, phrase) {
  const words = phrase.toLowerCase().split(/\s+/);
  return tags
    .map((one, tag) => one.update("operations", (all) => all.filter((operation) => matches(operation, tag, words))))
    .filter((one) => one.get("operations").size > 0);
}

window.ui = SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "list",
  filter: true,
  plugins: [() => ({ fn: { opsFilter } })],
  tryItOutEnabled: true,
  persistAuthorization: true,
  displayRequestDuration: true,
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
  onComplete() {
    const filter = document.querySelector(".operation-filter-input");
    if (filter) filter.placeholder = "Filter by path, name or tag";
    const key = KEY;
    if (key) window.ui.preauthorizeApiKey("bearer", key);
  },
});
"##;

/// Get the OpenAPI document
///
/// This document. Under a path prefix, `servers` has it.
#[utoipa::path(tag = "service", responses((status = 200, description = "An OpenAPI 3.1 document.", body = Object)))]
#[get("/openapi.json")]
pub(crate) async fn get_openapi(call: Call) -> Answer {
    call.require_reader_of_docs().await?;
    call.require_json()?;
    let mut document = call.app.document.clone();
    if !call.context.prefix.is_empty() {
        document["servers"][0]["url"] = json!(call.context.prefix);
    }
    call.answer_fixed(Reply::new(
        "application/json",
        printed(&document),
        Policy::Docs,
    ))
    .await
}

/// The OpenAPI document as it is printed and served: readable, with a newline at its end.
#[must_use]
pub fn printed(document: &serde_json::Value) -> String {
    format!("{document:#}\n")
}

#[get("/docs")]
pub(crate) async fn get_docs(call: Call) -> Answer {
    call.require_reader_of_docs().await?;
    let link = format!(
        "<{}/openapi.json>; rel=\"service-desc\"",
        call.context.prefix
    );
    call.answer_with(page("text/html; charset=utf-8", PAGE).with_header(LINK, &link))
}

#[get("/docs/")]
pub(crate) async fn get_docs_folder(call: Call) -> Answer {
    call.answer_with(Reply::moved_to(
        &format!("{}/docs", call.context.prefix),
        Policy::Docs,
    )?)
}

#[get("/docs/{file}")]
pub(crate) async fn get_docs_file(call: Call) -> Answer {
    call.require_reader_of_docs().await?;
    let missing = || Problem::not_found("file");
    let name = call.segment("file");
    if name == "start.js" {
        return call.answer_with(start(call.app.demo_key.as_deref()));
    }
    let content_type = content_type(&name).ok_or_else(missing)?;
    let config = Arc::new(utoipa_swagger_ui::Config::default());
    let file = utoipa_swagger_ui::serve(&name, config)
        .ok()
        .flatten()
        .ok_or_else(missing)?;
    call.answer_fixed(page_of_bytes(content_type, file.bytes.into_owned()))
        .await
}

/// The script that starts Swagger UI. The demo's key is another one each time that the service starts.
fn start(demo_key: Option<&str>) -> Reply {
    let script = START.replace("KEY", &json!(demo_key).to_string());
    let mut reply = page("text/javascript; charset=utf-8", &script);
    reply.policy = Policy::Momentary;
    reply
}

/// The files that the page needs; Swagger UI's own start page and source maps are not among them.
fn content_type(name: &str) -> Option<&'static str> {
    match name {
        "swagger-ui-bundle.js" => Some("text/javascript; charset=utf-8"),
        "swagger-ui.css" => Some("text/css; charset=utf-8"),
        "favicon-32x32.png" => Some("image/png"),
        _ => None,
    }
}

fn page(content_type: &'static str, content: &str) -> Reply {
    page_of_bytes(content_type, content.as_bytes().to_vec())
}

fn page_of_bytes(content_type: &'static str, content: Vec<u8>) -> Reply {
    Reply::new(content_type, content, Policy::Docs).with_header(CONTENT_SECURITY_POLICY, POLICY)
}
