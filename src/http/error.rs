//! Errors for clients: the one table of codes, and the problem that handlers answer with (RFC 9457).
//!
//! Handlers and what they call return [`Problem`]; a [`StoreError`] becomes one by `?`. The pipeline renders it, since only
//! it knows the request's id and path. Causes stay in `cause`, which is logged and never sent.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::error::{Fault, Invalid};
use crate::domain::view::Tombstone;
use crate::service::ServiceError;
use crate::store::StoreError;

/// A stable name for what went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// A parameter is wrong or unknown.
    InvalidParameter,
    /// The address itself is malformed.
    MalformedUrl,
    /// The request is not one of HTTP's.
    MalformedRequest,
    /// The operation needs a key and none came.
    KeyRequired,
    /// The key is malformed, unknown, expired or revoked.
    InvalidKey,
    /// The key lacks the right.
    Forbidden,
    /// Nothing is there that the caller may know of.
    NotFound,
    /// The method is not one of this path.
    MethodNotAllowed,
    /// The client takes nothing that can be sent.
    NotAcceptable,
    /// The article was taken down.
    Withdrawn,
    /// The present state does not allow the request.
    Conflict,
    /// The first request with this Idempotency-Key is still running.
    StillRunning,
    /// The condition of the request does not hold.
    PreconditionFailed,
    /// The request's content is too long.
    ContentTooLarge,
    /// The request's head is too long.
    HeadTooLarge,
    /// The request did not come in time.
    RequestTimeout,
    /// The content is of a type, or coded in a way, that the operation does not take.
    UnsupportedMediaType,
    /// The file has none of the parts that Range asks for.
    RangeNotSatisfiable,
    /// The content is well-formed, but says something that cannot be.
    InvalidContent,
    /// The Idempotency-Key was used for another request.
    IdempotencyKeyReused,
    /// The operation needs If-Match and none came.
    PreconditionRequired,
    /// The key's contract allows no more requests now, or the caller has its share of what all share.
    TooManyRequests,
    /// A fault of the service.
    InternalError,
    /// There is no room to write.
    StorageFull,
    /// The database cannot be reached.
    Unavailable,
    /// The request took too long.
    TimedOut,
}

/// An entry of the table of codes.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The code itself.
    pub code: Code,
    /// The word that clients compare.
    pub word: &'static str,
    /// The status that it comes with.
    pub status: StatusCode,
    /// A few words that are the same whenever it comes.
    pub title: &'static str,
    /// Meaning of the code and the way out, for the page that `type` names.
    pub page: &'static str,
}

const fn entry(
    code: Code,
    word: &'static str,
    status: StatusCode,
    title: &'static str,
    page: &'static str,
) -> Entry {
    Entry {
        code,
        word,
        status,
        title,
        page,
    }
}

impl Code {
    /// Every code, in the order of the table.
    pub const ALL: [Self; TABLE.len()] = {
        let mut all = [Self::InvalidParameter; TABLE.len()];
        let mut at = 0;
        while at < all.len() {
            all[at] = TABLE[at].code;
            at += 1;
        }
        all
    };

    /// The code that a client wrote.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.entry().word == word)
    }

    /// The code's line of the table.
    #[must_use]
    pub const fn entry(self) -> Entry {
        TABLE[self as usize]
    }
}

/// The table of errors, in the order of the codes.
const TABLE: [Entry; 26] = [
    entry(
        Code::InvalidParameter,
        "invalid_parameter",
        StatusCode::BAD_REQUEST,
        "A parameter is not valid",
        "The query string holds a parameter that this operation does not have, one that is written wrongly, \
                 or two that exclude each other. The list \"errors\" names each of them and says what would be right.",
    ),
    entry(
        Code::MalformedUrl,
        "malformed_url",
        StatusCode::BAD_REQUEST,
        "The address is malformed",
        "The address is not well-formed: its percent-encoding is broken, what it encodes is not UTF-8, \
                 it holds a null character, or it is longer than 8,192 bytes.",
    ),
    entry(
        Code::MalformedRequest,
        "malformed_request",
        StatusCode::BAD_REQUEST,
        "The request is malformed",
        "The request could not be read as HTTP: a header or the content is not what its own words claim.",
    ),
    entry(
        Code::KeyRequired,
        "key_required",
        StatusCode::UNAUTHORIZED,
        "A key is required",
        "What was asked for is not public. Send a key: \"Authorization: Bearer mh_…\". \
                 \"masthead key create\" makes one.",
    ),
    entry(
        Code::InvalidKey,
        "invalid_key",
        StatusCode::UNAUTHORIZED,
        "The key is not valid",
        "The Authorization header holds no valid key: it is written wrongly, unknown, expired or revoked. \
                 Without the header, what is public can be read.",
    ),
    entry(
        Code::Forbidden,
        "forbidden",
        StatusCode::FORBIDDEN,
        "The key lacks the right",
        "The key is valid, but its role or its limits do not allow this.",
    ),
    entry(
        Code::NotFound,
        "not_found",
        StatusCode::NOT_FOUND,
        "Nothing is here",
        "There is nothing at this address, or nothing that the caller may know of: drafts, scheduled and \
                 embargoed articles do not exist for the public.",
    ),
    entry(
        Code::MethodNotAllowed,
        "method_not_allowed",
        StatusCode::METHOD_NOT_ALLOWED,
        "The method is not allowed here",
        "The address exists, but not for this method. The Allow header names those that it takes.",
    ),
    entry(
        Code::NotAcceptable,
        "not_acceptable",
        StatusCode::NOT_ACCEPTABLE,
        "No acceptable form",
        "The Accept or the Accept-Encoding header excludes every form that this address can be sent in. \
                 Most addresses answer application/json.",
    ),
    entry(
        Code::Withdrawn,
        "withdrawn",
        StatusCode::GONE,
        "The article was withdrawn",
        "The article was public once and was taken down. The answer carries its tombstone: the article's id and \
                 language, when it was taken down and why (legal, error, privacy, rights or other). Copies should be removed.",
    ),
    entry(
        Code::Conflict,
        "conflict",
        StatusCode::CONFLICT,
        "The present state does not allow this",
        "What was asked for does not go with what is there: an article cannot step from its state to that one, its work \
                 has an article in this language already, or what is to be deleted is still used. The detail names what stands \
                 in the way.",
    ),
    entry(
        Code::StillRunning,
        "still_running",
        StatusCode::CONFLICT,
        "The first request is still running",
        "A request with the same Idempotency-Key is being worked on. Send it again after the seconds that Retry-After names: \
                 it is then answered as the first one was.",
    ),
    entry(
        Code::PreconditionFailed,
        "precondition_failed",
        StatusCode::PRECONDITION_FAILED,
        "The condition does not hold",
        "If-Match or If-Unmodified-Since asked for another version than the present one. Read it again.",
    ),
    entry(
        Code::ContentTooLarge,
        "content_too_large",
        StatusCode::PAYLOAD_TOO_LARGE,
        "The request is too large",
        "A request's content may have 10 MB at the most, or what the service is set to for uploads of pictures.",
    ),
    entry(
        Code::HeadTooLarge,
        "head_too_large",
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        "The request's head is too large",
        "The address and the header fields of a request may have 128 kB and 96 fields at the most.",
    ),
    entry(
        Code::RequestTimeout,
        "request_timeout",
        StatusCode::REQUEST_TIMEOUT,
        "The request did not come in time",
        "The head of a request has to come within the seconds that the service is set to. Send it again on a new connection.",
    ),
    entry(
        Code::UnsupportedMediaType,
        "unsupported_media_type",
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "The content's type is not taken here",
        "The Content-Type is not one that this operation takes, or the content is coded (Content-Encoding). Most operations \
                 take application/json as it is; an uploaded picture is a JPEG, PNG, GIF or WebP by its bytes.",
    ),
    entry(
        Code::RangeNotSatisfiable,
        "range_not_satisfiable",
        StatusCode::RANGE_NOT_SATISFIABLE,
        "The file has no such part",
        "The Range header asks for bytes behind the file's end. Content-Range tells how many bytes there are.",
    ),
    entry(
        Code::InvalidContent,
        "invalid_content",
        StatusCode::UNPROCESSABLE_ENTITY,
        "The content is not valid",
        "The content is well-formed, but a field is missing, unknown, of the wrong type, too long, or names something that does \
                 not exist. The list \"errors\" names each of them by its JSON pointer and says what would be right.",
    ),
    entry(
        Code::IdempotencyKeyReused,
        "idempotency_key_reused",
        StatusCode::UNPROCESSABLE_ENTITY,
        "The Idempotency-Key was used for another request",
        "Within 24 hours the same Idempotency-Key came with another request. A key stands for one request: send it again as it \
                 was, or use a new key.",
    ),
    entry(
        Code::PreconditionRequired,
        "precondition_required",
        StatusCode::PRECONDITION_REQUIRED,
        "If-Match is required",
        "A change names the version that it starts from, so that nobody's work is lost: read the resource, and send its ETag, or \
                 \"v\" and the version in quotes, in If-Match.",
    ),
    entry(
        Code::TooManyRequests,
        "too_many_requests",
        StatusCode::TOO_MANY_REQUESTS,
        "Too many requests",
        "The key's contract allows so many requests a second or a day, and they are used up; RateLimit tells on every \
                 answer what is left. Or the key, or without one the network, has its share of what all share already: \
                 bulks, streams, costly lists, long answers. Try again after the seconds that Retry-After names.",
    ),
    entry(
        Code::InternalError,
        "internal_error",
        StatusCode::INTERNAL_SERVER_ERROR,
        "A fault of the service",
        "Something went wrong that is not the request's fault. The log of the service tells more under the request_id.",
    ),
    entry(
        Code::StorageFull,
        "storage_full",
        StatusCode::INSUFFICIENT_STORAGE,
        "There is no room to write",
        "The disk of the database is full. Nothing of the request was kept; reading goes on. Make room and send it again.",
    ),
    entry(
        Code::Unavailable,
        "unavailable",
        StatusCode::SERVICE_UNAVAILABLE,
        "The service is not available now",
        "The database cannot be reached or takes no writes, or too many requests wait for it. Try again after the \
                 seconds that Retry-After names.",
    ),
    entry(
        Code::TimedOut,
        "timed_out",
        StatusCode::SERVICE_UNAVAILABLE,
        "The request took too long",
        "The request was given up, since it took longer than the service allows. Try again after the seconds \
                 that Retry-After names, or ask for less at once.",
    ),
];

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The parameter that is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "limit")]
    pub parameter: Option<String>,
    /// Place in the content: a JSON pointer (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "/title")]
    pub pointer: Option<String>,
    /// Stable, snake_case.
    #[schema(example = "out_of_range")]
    pub code: &'static str,
    /// A sentence for a person.
    #[schema(example = "limit is a whole number from 1 to 100")]
    pub detail: String,
}

impl FieldError {
    /// An error of a parameter.
    #[must_use]
    pub fn new(parameter: &str, invalid: Invalid) -> Self {
        Self {
            parameter: Some(parameter.to_owned()),
            pointer: None,
            code: invalid.code,
            detail: invalid.detail,
        }
    }

    /// An error in the content.
    #[must_use]
    pub fn in_content(fault: Fault) -> Self {
        Self {
            parameter: None,
            pointer: Some(fault.pointer),
            code: fault.invalid.code,
            detail: fault.invalid.detail,
        }
    }

    fn place(&self) -> &str {
        let place = self.parameter.as_deref().or(self.pointer.as_deref());
        place.unwrap_or_default()
    }
}

/// An answer that is an error.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The entry of the table.
    pub code: Code,
    /// The error in a sentence for the client.
    pub detail: String,
    /// Each wrong parameter.
    pub errors: Vec<FieldError>,
    /// The tombstone of a withdrawn article.
    pub tombstone: Option<Box<Tombstone>>,
    /// Header fields that the status calls for.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// For the log only.
    pub cause: Option<String>,
}

impl Problem {
    /// A problem with a sentence for the client.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            errors: Vec::new(),
            tombstone: None,
            headers: Vec::new(),
            cause: None,
        }
    }

    /// A fault of the service: the cause goes to the log, the client gets an opaque answer.
    #[must_use]
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self {
            cause: Some(cause.to_string()),
            ..Self::new(
                Code::InternalError,
                "something went wrong; the request_id finds it in the log",
            )
        }
    }

    /// Nothing is there, or nothing that the caller may know of.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(Code::NotFound, format!("there is no such {what}"))
    }

    /// Wrong parameters, all at once.
    #[must_use]
    pub fn invalid_parameters(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [only] => format!("{}: {}", only.place(), only.detail),
            several => format!("{} parameters are not valid", several.len()),
        };
        Self {
            errors,
            ..Self::new(Code::InvalidParameter, detail)
        }
    }

    /// Content that says what cannot be, with everything that is wrong in it.
    #[must_use]
    pub fn invalid_content(faults: Vec<Fault>) -> Self {
        let errors: Vec<FieldError> = faults.into_iter().map(FieldError::in_content).collect();
        let detail = match errors.as_slice() {
            [only] => format!("{}: {}", only.place(), only.detail),
            several => format!("{} fields are not valid", several.len()),
        };
        Self {
            errors,
            ..Self::new(Code::InvalidContent, detail)
        }
    }

    /// The same problem of content that is a part of other content, at this pointer.
    #[must_use]
    pub fn within(mut self, place: &str) -> Self {
        for pointer in self.errors.iter_mut().filter_map(|e| e.pointer.as_mut()) {
            pointer.insert_str(0, place);
        }
        if let [only] = self.errors.as_slice() {
            self.detail = format!("{}: {}", only.place(), only.detail);
        }
        self
    }

    /// An article that was public and was taken down.
    #[must_use]
    pub fn withdrawn(tombstone: Tombstone) -> Self {
        Self {
            tombstone: Some(Box::new(tombstone)),
            ..Self::new(Code::Withdrawn, "the article was withdrawn")
        }
    }

    /// The same problem with a header field.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The problem that one of actix's own errors is, by its status.
    #[must_use]
    pub fn of_status(status: StatusCode, cause: &dyn fmt::Display) -> Self {
        let code = match status {
            StatusCode::NOT_FOUND => Code::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Code::MethodNotAllowed,
            StatusCode::NOT_ACCEPTABLE => Code::NotAcceptable,
            StatusCode::PAYLOAD_TOO_LARGE => Code::ContentTooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Code::UnsupportedMediaType,
            StatusCode::URI_TOO_LONG => Code::MalformedUrl,
            StatusCode::SERVICE_UNAVAILABLE => Code::Unavailable,
            status if status.is_client_error() => Code::MalformedRequest,
            _ => return Self::internal(cause),
        };
        Self::new(code, code.entry().title)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.entry().word, self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code.entry().status
    }

    /// An empty answer: the pipeline finds the problem in it and writes the body.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(cause) => Self {
                cause: Some(cause),
                ..Self::new(
                    Code::Unavailable,
                    "the database cannot be reached, or takes no writes, now",
                )
            },
            StoreError::Full(cause) => Self {
                cause: Some(cause),
                ..Self::new(Code::StorageFull, "there is no room to write now")
            },
            other => Self::internal(other),
        }
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Invalid { field, invalid } => {
                Self::invalid_content(vec![Fault::new(format!("/{field}"), invalid)])
            }
            ServiceError::Faults(faults) => Self::invalid_content(faults),
            ServiceError::Conflict(invalid) => Self::new(Code::Conflict, invalid.detail),
            // Which one it is, the caller may have no right to know.
            ServiceError::TranslationTaken { .. } => Self::new(
                Code::Conflict,
                "the work has an article in this language already",
            ),
            ServiceError::Forbidden(detail) => Self::new(Code::Forbidden, detail),
            ServiceError::Store(error) => error.into(),
            ServiceError::TakenBack => Self::internal(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_own_word_in_snake_case_and_a_page() {
        for code in Code::ALL {
            let entry = code.entry();
            assert_eq!((Code::parse(entry.word), entry.code), (Some(code), code));
            assert!(
                entry
                    .word
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c == '_')
            );
            assert!(entry.page.ends_with('.') && entry.status.as_u16() >= 400);
        }
    }

    #[test]
    fn what_the_database_said_stays_in_the_log() {
        let problem = Problem::from(StoreError::Other(
            "relation \"articles\" does not exist".to_owned(),
        ));
        assert!(!problem.to_string().contains("relation"));
        assert!(problem.cause.unwrap().contains("relation"));
    }
}
