//! The answers and header fields that operations share, each described once.

use serde_json::{Value, json};

/// The shared answers: name, status, words.
const ANSWERS: [(&str, u16, &str); 19] = [
    (
        "Moved",
        308,
        "The slug or path has moved: `Location` is the new address.",
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
        "Conflict",
        409,
        "The present state does not allow it, or the first request with this `Idempotency-Key` is still running.",
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
    ("ContentTooLarge", 413, "The content has more than 10 MB."),
    (
        "UnsupportedMediaType",
        415,
        "The content is of a type that is not taken here.",
    ),
    (
        "RangeNotSatisfiable",
        416,
        "The file has none of the parts that `Range` asks for; `Content-Range` tells its length.",
    ),
    (
        "InvalidContent",
        422,
        "The content is not valid; `errors` tells where and why.",
    ),
    ("PreconditionRequired", 428, "`If-Match` is missing."),
    (
        "TooManyRequests",
        429,
        "The key's contract allows no more requests now, or the caller has its share of what all share already; `Retry-After` says when to try again.",
    ),
    ("InternalError", 500, "A fault of the service."),
    (
        "Unavailable",
        503,
        "The database cannot be reached now, or the request took too long.",
    ),
    (
        "StorageFull",
        507,
        "There is no room to write; reading goes on.",
    ),
];

pub(super) fn add_answers(operation: &mut Value, names: &[&str]) {
    for (name, status, _) in ANSWERS.iter().filter(|(name, ..)| names.contains(name)) {
        operation["responses"][status.to_string()] = reference("responses", name);
    }
}

pub(super) fn take_answers(operation: &mut Value, statuses: &[&str]) {
    if let Some(responses) = operation["responses"].as_object_mut() {
        responses.retain(|status, _| !statuses.contains(&status.as_str()));
    }
}

pub(super) fn responses() -> Value {
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
        429 => &["Retry-After", "RateLimit", "RateLimit-Policy"],
        503 => &["Retry-After"],
        _ => &[],
    }
}

/// Header fields that the document describes: name, words, example.
const HEADERS: [(&str, &str, &str); 14] = [
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
    (
        "RateLimit",
        "What is left of each limit, and in how many seconds it is whole again; only for keys whose contract has limits.",
        "\"second\";r=9;t=1, \"day\";r=9812;t=43200",
    ),
    (
        "RateLimit-Policy",
        "The limits of the key's contract: so many requests in so many seconds.",
        "\"second\";q=10;w=1, \"day\";q=10000;w=86400",
    ),
    ("Retry-After", "After how many seconds to try again.", "5"),
    (
        "Surrogate-Key",
        "What the answer shows, for purging a shared cache by key; on answers that such a cache may keep only. Where the keys of a list are too long for a head, `articles` and `edition:en` stand for all: after a change of an article purge `article:ID`, `articles` and its `edition:LANG`; of anything else, its key, its list (`authors`, `sections` …) and `articles`. A setting sends `Cache-Tag` instead, both or none.",
        "article:018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b edition:en",
    ),
    (
        "Cache-Tag",
        "The keys of `Surrogate-Key`, with commas between; only where the service is set to send it.",
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

pub(super) fn headers() -> Value {
    let named = HEADERS.iter().map(|(name, words, example)| {
        let header =
            json!({"description": words, "schema": {"type": "string"}, "example": example});
        ((*name).to_owned(), header)
    });
    Value::Object(named.collect())
}

/// A reference to a shared part of the document.
pub(super) fn reference(kind: &str, name: &str) -> Value {
    json!({"$ref": format!("#/components/{kind}/{name}")})
}
