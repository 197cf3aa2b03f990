//! Cross-origin reads (the Fetch standard, section 3.2): which origins may read, and what they may see.

use actix_web::http::header::{self, HeaderMap, HeaderValue};

use crate::config::Config;

const EXPOSED: HeaderValue =
    HeaderValue::from_static("ETag, Link, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id");
const ALLOWED: HeaderValue = HeaderValue::from_static(
    "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-Modified-Since, If-None-Match, \
     If-Unmodified-Since, Last-Event-ID, X-Request-Id",
);
/// Browsers keep a preflight's answer for a day, or as long as they ever do.
const PREFLIGHT_SECONDS: HeaderValue = HeaderValue::from_static("86400");

/// True if a request is a preflight, which asks before the real one is sent.
pub(crate) fn is_preflight(request: &HeaderMap) -> bool {
    request.contains_key(header::ORIGIN)
        && request.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// The answer to a preflight on a path that takes `methods`.
pub(crate) fn answer_preflight(response: &mut HeaderMap, methods: &str) {
    if let Ok(methods) = HeaderValue::from_str(methods) {
        response.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    }
    response.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED);
    response.insert(header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS);
}

/// Says on every answer whether the page that asked may read it. Where only some origins may, the answer varies by it.
pub(crate) fn mark(origin: Option<&HeaderValue>, response: &mut HeaderMap, config: &Config) {
    let origins = &config.cors_origins;
    if origins.iter().any(|one| one == "*") {
        response.insert(
            header::ACCESS_CONTROL_ALLOW_ORIGIN,
            HeaderValue::from_static("*"),
        );
        response.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        return;
    }
    add_origin_to_vary(response);
    let known = origin.filter(|origin| {
        origins
            .iter()
            .any(|one| one.as_bytes() == origin.as_bytes())
    });
    if let Some(origin) = known {
        response.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        response.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
}

fn add_origin_to_vary(response: &mut HeaderMap) {
    let vary = response
        .get(header::VARY)
        .and_then(|vary| vary.to_str().ok());
    let vary = vary.map_or_else(|| "Origin".to_owned(), |vary| format!("{vary}, Origin"));
    if let Ok(vary) = HeaderValue::from_str(&vary) {
        response.insert(header::VARY, vary);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(origins: &[&str], origin: &'static str) -> HeaderMap {
        let mut config = Config::with_database("sqlite://x.db");
        config.cors_origins = origins.iter().map(|&origin| origin.to_owned()).collect();
        let mut response = HeaderMap::new();
        response.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        mark(
            Some(&HeaderValue::from_static(origin)),
            &mut response,
            &config,
        );
        response
    }

    #[test]
    fn any_origin_may_read_by_default_and_the_answer_is_the_same_for_all() {
        let response = marked(&["*"], "https://a.example");
        assert_eq!(
            response.get(header::ACCESS_CONTROL_ALLOW_ORIGIN).unwrap(),
            "*"
        );
        assert_eq!(response.get(header::VARY).unwrap(), "Accept-Encoding");
    }

    #[test]
    fn a_listed_origin_is_matched_whole_and_the_answer_varies() {
        let response = marked(&["https://a.example"], "https://a.example");
        assert_eq!(
            response.get(header::ACCESS_CONTROL_ALLOW_ORIGIN).unwrap(),
            "https://a.example"
        );
        for look_alike in [
            "https://a.example.evil",
            "http://a.example",
            "https://b.a.example",
            "null",
        ] {
            let response = marked(&["https://a.example"], look_alike);
            assert!(
                !response.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN),
                "{look_alike}"
            );
            assert_eq!(
                response.get(header::VARY).unwrap(),
                "Accept-Encoding, Origin"
            );
        }
    }
}
