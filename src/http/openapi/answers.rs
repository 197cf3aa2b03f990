//! The answers and header fields that operations share, each described once.

use serde_json::{Value, json};

use super::examples;

/// The shared answers: name, status, description.
const ANSWERS: [(&str, u16, &str); 19] = [
    (
        "Moved",
        308,
        "The resource has another address now: see `Location`.",
    ),
    ("NotModified", 304, "The client already has this version."),
    (
        "BadRequest",
        400,
        "The address or a parameter is not valid. `errors` names each one and says what would be right.",
    ),
    (
        "Unauthorized",
        401,
        "The operation needs a key, or the key is unknown, expired or revoked.",
    ),
    (
        "Forbidden",
        403,
        "The key's role or limits do not allow this.",
    ),
    (
        "NotFound",
        404,
        "The resource does not exist, or the caller may not know of it.",
    ),
    (
        "NotAcceptable",
        406,
        "`Accept` names no form of this resource.",
    ),
    (
        "Conflict",
        409,
        "The present state does not allow this, or the first request with this `Idempotency-Key` is still running.",
    ),
    (
        "Gone",
        410,
        "The article was withdrawn. The answer has its id, the time and the reason.",
    ),
    (
        "PreconditionFailed",
        412,
        "The resource has another version than `If-Match` or `If-Unmodified-Since` says.",
    ),
    ("ContentTooLarge", 413, "The content has more than 10 MB."),
    (
        "UnsupportedMediaType",
        415,
        "The operation does not take this `Content-Type`.",
    ),
    (
        "RangeNotSatisfiable",
        416,
        "The file has none of the ranges of `Range`. `Content-Range` has its length.",
    ),
    (
        "InvalidContent",
        422,
        "The content is not valid. `errors` names each place and says what would be right.",
    ),
    (
        "PreconditionRequired",
        428,
        "`If-Match` is missing: a change must name the version that it starts from.",
    ),
    (
        "TooManyRequests",
        429,
        "Too many requests for the key's contract, or too many at once from this caller. Try again after `Retry-After` seconds.",
    ),
    (
        "InternalError",
        500,
        "A fault of the service. `request_id` names it in the log.",
    ),
    (
        "Unavailable",
        503,
        "The database cannot be reached, or the request took too long. Try again after `Retry-After` seconds.",
    ),
    ("StorageFull", 507, "The disk is full. Reads still work."),
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
            let example = examples::of_problem(*status);
            answer["content"] = json!({"application/problem+json": {"schema": schema, "example": example}});
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
const HEADERS: [(&str, &str, &str); 15] = [
    (
        "Cache-Control",
        "Time that caches may keep the answer.",
        "max-age=60, stale-while-revalidate=60, stale-if-error=600",
    ),
    (
        "Change-Seq",
        "Number of the last entry in the change log that this write made; absent where it changed nothing. Send it back in a request header of the same name to read what was written from any node and replica.",
        "1042",
    ),
    ("Content-Language", "The languages of the content.", "en"),
    (
        "ETag",
        "Version of this representation; send it back in `If-None-Match` to read it again, in `If-Match` to change it.",
        "\"v3-0123456789abcdef0123456789abcdef\"",
    ),
    (
        "Last-Modified",
        "Time of the last change that could alter the answer.",
        "Thu, 24 Nov 2022 16:00:00 GMT",
    ),
    (
        "Link",
        "The next part of a list.",
        "</api/articles?cursor=AbC>; rel=\"next\"",
    ),
    (
        "Location",
        "The address of the new resource, by its id where it has one; with a 308, the address to go to.",
        "/api/articles/018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b",
    ),
    (
        "RateLimit",
        "Rest of each limit (`r`), and seconds until it is full again (`t`). Only where the key's contract or the service's settings limit the caller.",
        "\"second\";r=9;t=1, \"day\";r=9812;t=43200",
    ),
    (
        "RateLimit-Policy",
        "Limits of the key's contract or of the service's settings: requests (`q`) in a number of seconds (`w`).",
        "\"second\";q=10;w=1, \"day\";q=10000;w=86400",
    ),
    (
        "Retry-After",
        "Seconds to wait before the next attempt.",
        "5",
    ),
    (
        "Surrogate-Key",
        "Keys of the resources in the answer, for purging a shared cache; only on answers that such a cache may keep. `articles` and `edition:LANG` stand for keys that have no room. After a change of an article purge `article:ID`, `articles` and its `edition:LANG`; after another change, the resource's key, its list (`authors`, `sections` …) and `articles`. A setting sends `Cache-Tag` instead, both or none.",
        "article:018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b edition:en",
    ),
    (
        "Cache-Tag",
        "The keys of `Surrogate-Key`, separated by commas; only where a setting asks for it.",
        "articles,edition:en",
    ),
    (
        "Vary",
        "Header fields of the request that the answer depends on.",
        "Accept-Encoding, Authorization",
    ),
    (
        "WWW-Authenticate",
        "Scheme for sending a key (RFC 6750).",
        "Bearer realm=\"masthead\"",
    ),
    (
        "X-Request-Id",
        "Id of the request in the service's log; the client's own, where it sent one.",
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
