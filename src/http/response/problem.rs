//! The form of a problem on the wire (RFC 9457).

use actix_web::HttpResponse;
use actix_web::error::Error;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::article::WithdrawalReason;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::time::Timestamp;
use crate::http::error::{FieldError, Problem};
use crate::http::request::context::Context;

/// After how many seconds a client may try again when the service was not available.
const RETRY_SECONDS: HeaderValue = HeaderValue::from_static("5");

/// The most characters that a problem repeats of the address.
const LONGEST_INSTANCE: usize = 1_000;

/// An error, in the form of RFC 9457.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody<'a> {
    /// A page of words about this kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "/problems/invalid_parameter", format = "uri-reference")]
    kind: String,
    /// The same few words whenever it comes.
    #[schema(example = "A parameter is not valid")]
    title: &'a str,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599, example = 400)]
    status: u16,
    /// The error of this request in a sentence.
    #[schema(example = "limit: limit is a whole number from 1 to 100")]
    detail: &'a str,
    /// The address that was asked for.
    #[schema(example = "/api/articles", format = "uri-reference")]
    instance: String,
    /// Stable; what programs compare.
    #[schema(example = "invalid_parameter")]
    code: &'a str,
    /// Finds the request in the service's log.
    #[schema(example = "018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b")]
    request_id: &'a str,
    /// Each thing that is wrong with the request.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(value_type = Vec<FieldError>)]
    errors: &'a [FieldError],
    /// Of a withdrawn article: its identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = "uuid", required = false)]
    id: Option<Id>,
    /// Of a withdrawn article: its edition.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    lang: Option<&'a LanguageTag>,
    /// Of a withdrawn article: when it was taken down.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    withdrawn_at: Option<Timestamp>,
    /// Of a withdrawn article: why.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = WithdrawalReason, required = false)]
    reason: Option<WithdrawalReason>,
}

/// The problem that an error of a handler, an extractor or actix is.
pub(crate) fn of_error(error: &Error) -> Problem {
    match error.as_error::<Problem>() {
        Some(problem) => problem.clone(),
        None => Problem::of_status(error.as_response_error().status_code(), error),
    }
}

/// The answer that tells a problem. `path` is the path that was asked for, without the prefix.
pub(crate) fn render(problem: &Problem, context: &Context, path: &str) -> HttpResponse {
    let entry = problem.code.entry();
    let body = body_of(problem, context, path);
    let mut response = HttpResponse::new(entry.status);
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if entry.status.as_u16() == 503 {
        headers.insert(RETRY_AFTER, RETRY_SECONDS);
    }
    for (name, value) in &problem.headers {
        headers.insert(name.clone(), value.clone());
    }
    let body = serde_json::to_vec(&body).unwrap_or_default();
    response.set_body(body).map_into_boxed_body()
}

/// The problem as it is written, in an answer of its own or within another.
pub(crate) fn body_of<'a>(
    problem: &'a Problem,
    context: &'a Context,
    path: &str,
) -> ProblemBody<'a> {
    let entry = problem.code.entry();
    let tombstone = problem.tombstone.as_deref();
    ProblemBody {
        kind: format!("{}/problems/{}", context.prefix, entry.word),
        title: entry.title,
        status: entry.status.as_u16(),
        detail: &problem.detail,
        instance: context
            .prefix
            .chars()
            .chain(path.chars())
            .take(LONGEST_INSTANCE)
            .collect(),
        code: entry.word,
        request_id: &context.id,
        errors: &problem.errors,
        id: tombstone.map(|t| t.id),
        lang: tombstone.map(|t| &t.lang),
        withdrawn_at: tombstone.map(|t| t.withdrawn_at),
        reason: tombstone.map(|t| t.reason),
    }
}
