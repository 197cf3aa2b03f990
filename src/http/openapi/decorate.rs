//! What all operations share is added here, once: errors, header fields, the key, and what `fields` may leave out.

use serde_json::{Map, Value, json};

use super::forms;
use crate::http::error::Code;

/// Completes the document.
pub(super) fn decorate(document: &mut Value) {
    let fields = field_patterns(document);
    for (path, operation) in operations(document) {
        let id = operation["operationId"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        if path.starts_with("/api/") {
            operation["security"] = json!([{}, {"bearer": []}]);
            add_api_answers(operation, &id);
            describe_fields(operation, &fields);
        } else if let Some(forms) = forms::of_document(&id) {
            let by_key = path.starts_with("/feeds/");
            operation["security"] = if by_key {
                json!([{}, {"bearer": []}])
            } else {
                json!([])
            };
            add_document_answers(operation, by_key);
            forms::set(operation, forms);
        } else {
            operation["security"] = json!([]);
            add_answers(operation, &["BadRequest", "NotAcceptable", "InternalError"]);
        }
        if id == "get_readiness" {
            add_answers(operation, &["Unavailable"]);
        }
        let is_content = path.starts_with("/api/") || forms::of_document(&id).is_some();
        add_headers(operation, is_content);
        if forms::ARTICLES.contains(&&*id) {
            forms::add_structured(operation);
        }
    }
    loosen_required(document);
    let components = &mut document["components"];
    components["responses"] = responses();
    components["headers"] = headers();
    components["securitySchemes"] = json!({"bearer": {
        "type": "http", "scheme": "bearer",
        "description": "A key from `masthead key create`. What is published needs none."
    }});
    components["schemas"]["Problem"]["properties"]["code"]["enum"] =
        Code::ALL.iter().map(|code| code.entry().word).collect();
}

fn operations(document: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let methods = item.as_object_mut().into_iter().flatten();
        methods.map(move |(_, operation)| (path, operation))
    })
}

fn add_api_answers(operation: &mut Value, id: &str) {
    add_answers(
        operation,
        &[
            "NotModified",
            "BadRequest",
            "Unauthorized",
            "NotAcceptable",
            "PreconditionFailed",
            "InternalError",
            "Unavailable",
        ],
    );
    match id {
        "list_articles" => add_answers(operation, &["Forbidden"]),
        "get_article" => add_answers(operation, &["Moved", "NotFound", "Gone"]),
        "list_related_articles" => add_answers(operation, &["NotFound", "Gone"]),
        _ if id.starts_with("get_") || id.starts_with("resolve_") => {
            add_answers(operation, &["NotFound"]);
        }
        _ => {}
    }
}

/// Feeds and sitemaps: their addresses name their forms, and all of them may have nothing to show.
fn add_document_answers(operation: &mut Value, by_key: bool) {
    add_answers(
        operation,
        &[
            "NotModified",
            "BadRequest",
            "NotFound",
            "NotAcceptable",
            "PreconditionFailed",
            "InternalError",
            "Unavailable",
        ],
    );
    if by_key {
        add_answers(operation, &["Unauthorized"]);
    }
}

/// The shared answers: name, status, words.
const ANSWERS: [(&str, u16, &str); 11] = [
    (
        "Moved",
        308,
        "The slug has moved: `Location` is the new address.",
    ),
    (
        "NotModified",
        304,
        "The client has the present representation already.",
    ),
    (
        "BadRequest",
        400,
        "The address or a parameter is not valid; `errors` tells which and why.",
    ),
    (
        "Unauthorized",
        401,
        "The key is missing where one is needed, or not valid.",
    ),
    ("Forbidden", 403, "The key lacks the right."),
    (
        "NotFound",
        404,
        "There is no such resource, or none that the caller may know of.",
    ),
    (
        "NotAcceptable",
        406,
        "The client takes no form that this can be sent in.",
    ),
    (
        "Gone",
        410,
        "The article was withdrawn; the answer is its tombstone.",
    ),
    (
        "PreconditionFailed",
        412,
        "`If-Match` or `If-Unmodified-Since` does not hold.",
    ),
    ("InternalError", 500, "A fault of the service."),
    (
        "Unavailable",
        503,
        "The database cannot be reached now, or the request took too long.",
    ),
];

fn add_answers(operation: &mut Value, names: &[&str]) {
    for (name, status, _) in ANSWERS.iter().filter(|(name, ..)| names.contains(name)) {
        operation["responses"][status.to_string()] = reference("responses", name);
    }
}

fn responses() -> Value {
    let named = ANSWERS.iter().map(|(name, status, words)| {
        let mut answer = json!({"description": words, "headers": {"X-Request-Id": reference("headers", "X-Request-Id")}});
        if *status >= 400 {
            let schema = json!({"$ref": "#/components/schemas/Problem"});
            answer["content"] = json!({"application/problem+json": {"schema": schema}});
        }
        for header in extra_headers(*status) {
            answer["headers"][*header] = reference("headers", header);
        }
        ((*name).to_owned(), answer)
    });
    Value::Object(named.collect())
}

const fn extra_headers(status: u16) -> &'static [&'static str] {
    match status {
        304 => &["ETag", "Last-Modified", "Cache-Control", "Vary"],
        308 => &["Location", "Cache-Control"],
        401 => &["WWW-Authenticate"],
        503 => &["Retry-After"],
        _ => &[],
    }
}

/// Header fields that the document describes: name, words, example.
const HEADERS: [(&str, &str, &str); 12] = [
    (
        "Cache-Control",
        "How long caches may keep the answer.",
        "max-age=60, stale-while-revalidate=60",
    ),
    ("Content-Language", "The languages of the content.", "en"),
    (
        "ETag",
        "Names these bytes; send it back in `If-None-Match`.",
        "\"v3-0123456789abcdef0123456789abcdef\"",
    ),
    (
        "Last-Modified",
        "The last change that could have altered the answer.",
        "Thu, 24 Nov 2022 16:00:00 GMT",
    ),
    (
        "Link",
        "The next part of a list.",
        "</api/articles?cursor=AbC>; rel=\"next\"",
    ),
    (
        "Location",
        "The address to go to.",
        "/api/articles/new-slug",
    ),
    ("Retry-After", "After how many seconds to try again.", "5"),
    (
        "Surrogate-Key",
        "What the answer shows, for purging a cache in front by key; `Cache-Tag` has the same with commas.",
        "article:018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b edition:en",
    ),
    (
        "Cache-Tag",
        "The keys of `Surrogate-Key`, with commas between.",
        "articles,edition:en",
    ),
    (
        "Vary",
        "The request's header fields that the answer depends on.",
        "Accept-Encoding, Authorization",
    ),
    (
        "WWW-Authenticate",
        "How to send a key (RFC 6750).",
        "Bearer realm=\"masthead\"",
    ),
    (
        "X-Request-Id",
        "Names the request in the service's log; the client's own, where it sent one.",
        "018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b",
    ),
];

fn headers() -> Value {
    let named = HEADERS.iter().map(|(name, words, example)| {
        let header =
            json!({"description": words, "schema": {"type": "string"}, "example": example});
        ((*name).to_owned(), header)
    });
    Value::Object(named.collect())
}

fn add_headers(operation: &mut Value, api: bool) {
    let id = operation["operationId"].as_str().unwrap_or_default();
    let mut names = vec!["X-Request-Id", "Cache-Control"];
    if api {
        names.extend([
            "ETag",
            "Last-Modified",
            "Vary",
            "Content-Language",
            "Surrogate-Key",
            "Cache-Tag",
        ]);
    }
    if id.starts_with("list_") || id.ends_with("_feed") {
        names.push("Link");
    }
    let headers = names
        .iter()
        .map(|name| ((*name).to_owned(), reference("headers", name)));
    operation["responses"]["200"]["headers"] = Value::Object(headers.collect());
}

fn reference(kind: &str, name: &str) -> Value {
    json!({"$ref": format!("#/components/{kind}/{name}")})
}

/// The component that a `$ref` names.
fn component<'d>(document: &'d Value, reference: &Value) -> Option<(&'d str, &'d Value)> {
    let name = reference["$ref"].as_str()?.rsplit('/').next()?;
    let schemas = document["components"]["schemas"].as_object()?;
    schemas
        .get_key_value(name)
        .map(|(name, schema)| (name.as_str(), schema))
}

/// For each envelope that answers come in: the pattern of a list of its resource's fields.
fn field_patterns(document: &Value) -> Map<String, Value> {
    let schemas = document["components"]["schemas"].as_object();
    let envelopes = schemas.into_iter().flatten().filter_map(|(name, schema)| {
        let data = &schema["properties"]["data"];
        let data = if data["items"].is_object() {
            &data["items"]
        } else {
            data
        };
        let (_, resource) = component(document, data)?;
        let names: Vec<&str> = resource["properties"]
            .as_object()?
            .keys()
            .map(String::as_str)
            .collect();
        let word = format!("({})", names.join("|"));
        Some((name.clone(), json!(format!("^{word}(,{word})*$"))))
    });
    envelopes.collect()
}

fn describe_fields(operation: &mut Value, patterns: &Map<String, Value>) {
    let schema =
        operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].clone();
    let envelope = schema
        .as_str()
        .and_then(|path| path.rsplit('/').next())
        .unwrap_or_default();
    let Some(pattern) = patterns.get(envelope) else {
        return;
    };
    let parameters = operation["parameters"].as_array_mut().into_iter().flatten();
    for parameter in parameters.filter(|parameter| parameter["name"] == "fields") {
        parameter["schema"] = json!({"type": "string", "pattern": pattern});
    }
}

/// What `fields` can leave out is not required: only what identifies a resource always comes.
fn loosen_required(document: &mut Value) {
    const IDENTITY: [(&str, &[&str]); 6] = [
        ("Article", &["id", "lang"]),
        ("Author", &["id"]),
        ("Edition", &["lang"]),
        ("Section", &["id", "lang"]),
        ("Source", &["id"]),
        ("Tag", &["slug"]),
    ];
    for (name, identity) in IDENTITY {
        document["components"]["schemas"][name]["required"] = json!(identity);
    }
}
