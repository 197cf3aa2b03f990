//! Errors for clients: the problem that handlers answer with (RFC 9457).
//!
//! Handlers and what they call return [`Problem`]; a [`StoreError`] becomes one by `?`. The pipeline renders it, since only
//! it knows the request's id and path. Causes stay in `cause`, which is logged and never sent.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::error::{Fault, Invalid};
use crate::domain::view::Tombstone;
use crate::http::codes::Code;
use crate::service::ServiceError;
use crate::store::StoreError;

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

    /// The level at which the log is told of its cause: what a client did or left undone is no fault of the service.
    #[must_use]
    pub fn level(&self) -> log::Level {
        if self.code.entry().status.is_server_error() {
            log::Level::Error
        } else {
            log::Level::Info
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

    /// An operation that needs a key, and none came.
    #[must_use]
    pub(crate) fn key_required(detail: &str) -> Self {
        let challenge = HeaderValue::from_static("Bearer realm=\"masthead\"");
        Self::new(Code::KeyRequired, detail).with_header(WWW_AUTHENTICATE, challenge)
    }

    /// A key that opens nothing.
    #[must_use]
    pub(crate) fn invalid_key(detail: &str) -> Self {
        let challenge = "Bearer realm=\"masthead\", error=\"invalid_token\"";
        let challenge = HeaderValue::from_static(challenge);
        Self::new(Code::InvalidKey, detail).with_header(WWW_AUTHENTICATE, challenge)
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
            StatusCode::URI_TOO_LONG => Code::UriTooLong,
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
    fn only_a_fault_of_the_service_is_an_error_in_the_log() {
        let cut_off = Problem {
            cause: Some("the content broke off".to_owned()),
            ..Problem::new(Code::MalformedRequest, "the content broke off")
        };
        assert_eq!(cut_off.level(), log::Level::Info);
        assert_eq!(Problem::internal("a bug").level(), log::Level::Error);
    }

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
