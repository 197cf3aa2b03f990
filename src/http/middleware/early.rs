//! Before the handlers: addresses that no handler should see, methods, preflights, and answers that are ready.

use std::sync::Arc;

use actix_web::dev::ServiceRequest;
use actix_web::http::header::{self, HeaderValue};
use actix_web::http::uri::PathAndQuery;
use actix_web::http::{Method, StatusCode, Uri};
use actix_web::{HttpRequest, HttpResponse, web};
use percent_encoding::percent_decode_str;

use crate::http::codes::Code;
use crate::http::error::Problem;
use crate::http::middleware::cors;
use crate::http::request::context::Context;
use crate::http::request::context::Incoming;
use crate::http::request::limits::LONGEST_CONTENT;
use crate::http::request::query::is_well_encoded;
use crate::http::response::reply::mark_unchecked;
use crate::http::state::app::App;
use crate::http::state::cache::cache_target;
use crate::http::state::door::Door;

/// The longest address, in bytes.
const LONGEST_URI: usize = 32_768;
/// Paths whose content is worked on as it comes, so that the limit holds for its parts.
const STREAMED: [&str; 1] = ["/api/bulk"];

/// The path below the prefix, where it is below it.
pub(crate) fn below<'a>(path: &'a str, prefix: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(prefix).filter(|_| !prefix.is_empty())?;
    rest.starts_with('/').then_some(rest)
}

/// Takes the configured prefix off the path, for proxies that pass it on.
pub(crate) fn strip_prefix(request: &mut ServiceRequest, prefix: &str) {
    let uri = request.uri();
    let Some(rest) = below(uri.path(), prefix) else {
        return;
    };
    let target = match uri.query() {
        Some(query) => format!("{rest}?{query}"),
        None => rest.to_owned(),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = PathAndQuery::try_from(target).ok();
    if let Ok(uri) = Uri::from_parts(parts) {
        request.match_info_mut().get_mut().update(&uri);
        request.head_mut().uri = uri;
    }
}

/// The answer to a request that needs no handler, with the route's pattern where one made it. A HEAD that needs one goes
/// on as the GET that it is to be answered like; actix sends it without the body.
pub(crate) fn answer_early(
    request: &mut ServiceRequest,
    app: &App,
    incoming: &Incoming,
) -> Option<(HttpResponse, Option<Arc<str>>)> {
    let door = Door::of(request.app_data::<web::Data<Door>>());
    let shown = || door.check(request.path(), &app.config, incoming.keyed);
    if let Err(problem) = check(request, app).and_then(|()| shown()) {
        return Some((HttpResponse::from_error(problem), None));
    }
    if request.method() == Method::OPTIONS {
        return Some((answer_options(request, app), None));
    }
    if request.method() == Method::HEAD {
        // Range is for GET alone (RFC 9110, section 14.2).
        request.headers_mut().remove(header::RANGE);
        request.head_mut().method = Method::GET;
    }
    from_cache(request, app, &incoming.context)
}

fn check(request: &ServiceRequest, app: &App) -> Result<(), Problem> {
    let uri = request.uri();
    let length = uri.path().len() + uri.query().map_or(0, |query| query.len() + 1);
    if length > LONGEST_URI {
        let detail = format!("an address has at most {LONGEST_URI} bytes");
        return Err(Problem::new(Code::UriTooLong, detail));
    }
    if !is_readable(uri.path()) {
        return Err(Problem::new(
            Code::MalformedUrl,
            "the path is not percent-encoded UTF-8",
        ));
    }
    let content = request.headers().get(header::CONTENT_LENGTH);
    let content = content.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let most = most_content(request, app);
    if content.is_some_and(|length| length > most) {
        let detail = format!(
            "a request's content has at most {} MB",
            most / (1024 * 1024)
        );
        return Err(Problem::new(Code::ContentTooLarge, detail));
    }
    Ok(())
}

/// The longest content that a request may have: uploads have a setting of their own, and a stream has no end.
fn most_content(request: &ServiceRequest, app: &App) -> usize {
    let uploads = request.method() == Method::POST && request.path() == "/api/media";
    if uploads {
        app.media.limits.bytes
    } else if STREAMED.contains(&request.path()) {
        usize::MAX
    } else {
        LONGEST_CONTENT
    }
}

fn is_readable(path: &str) -> bool {
    let decoded = || percent_decode_str(path).decode_utf8();
    is_well_encoded(path) && decoded().is_ok_and(|text| !text.contains('\0'))
}

/// A preflight, or a plain question for the methods (RFC 9110, section 9.3.7).
fn answer_options(request: &ServiceRequest, app: &App) -> HttpResponse {
    let Some(allow) = app.methods.allowed_at(request.match_info().as_str()) else {
        return HttpResponse::from_error(nothing_here());
    };
    let mut response = HttpResponse::new(StatusCode::NO_CONTENT);
    let headers = response.headers_mut();
    if cors::is_preflight(request.headers()) {
        cors::answer_preflight(headers, allow);
    }
    if let Ok(allow) = HeaderValue::from_str(allow) {
        headers.insert(header::ALLOW, allow);
    }
    response
}

fn from_cache(
    request: &ServiceRequest,
    app: &App,
    context: &Context,
) -> Option<(HttpResponse, Option<Arc<str>>)> {
    let headers = request.headers();
    if request.method() != Method::GET || headers.contains_key(header::AUTHORIZATION) {
        return None;
    }
    let entry = app.cache.get(
        &context.prefix,
        &cache_target(request.uri(), headers),
        app.clock.now(),
    );
    let entry = entry.filter(|entry| {
        entry.representation.suits(headers) && !entry.representation.needs_work(headers)
    });
    app.metrics.looked_up(entry.is_some());
    let entry = entry?;
    let mut response = entry
        .representation
        .respond(headers)
        .unwrap_or_else(HttpResponse::from_error);
    if let Some(away) = app.cache.away() {
        mark_unchecked(response.headers_mut(), away);
    }
    Some((response, entry.route.clone()))
}

/// Answers what no route takes: another method of a path that is there, or nothing.
pub(crate) async fn answer_unrouted(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, Problem> {
    let allow = app.methods.allowed_at(request.match_info().as_str());
    let value = allow.and_then(|allow| Some((allow, HeaderValue::from_str(allow).ok()?)));
    let Some((names, allow)) = value else {
        return Err(nothing_here());
    };
    let detail = format!(
        "{} is not a method of this address; it takes {names}",
        request.method()
    );
    Err(Problem::new(Code::MethodNotAllowed, detail).with_header(header::ALLOW, allow))
}

fn nothing_here() -> Problem {
    Problem::new(Code::NotFound, "there is nothing at this address")
}
