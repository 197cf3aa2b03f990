//! A finished answer, and its forms for different clients: codings, 304, and problems.

use std::sync::OnceLock;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::web::Bytes;

use crate::domain::time::Timestamp;
use crate::http::codes::Code;
use crate::http::error::Problem;
use crate::http::protocol::accept;
use crate::http::protocol::conditional::{self, Outcome};
use crate::http::protocol::encoding::{Coding, negotiate};
use crate::http::response::head;

/// Number of codings, with the identity.
const CODINGS: usize = Coding::COMPRESSED.len() + 1;

/// A finished answer, shared by all requests that it answers. Each coding is made once, when it is first asked for.
#[derive(Debug)]
pub(crate) struct Representation {
    pub(super) status: StatusCode,
    pub(super) head: HeaderMap,
    pub(super) content_type: HeaderValue,
    pub(super) content_language: Option<HeaderValue>,
    pub(super) tag: String,
    pub(super) by_address: bool,
    pub(super) modified: Option<Timestamp>,
    /// True if it is true only now.
    pub(super) passing: bool,
    pub(crate) articles: usize,
    pub(super) body: Bytes,
    pub(super) coded: [OnceLock<Bytes>; 3],
    /// The head of the whole answer in each coding.
    pub(super) heads: [OnceLock<HeaderMap>; CODINGS],
}

impl Representation {
    /// True if it may be kept to answer others.
    pub(crate) fn may_be_kept(&self) -> bool {
        self.is_ok() && !self.passing
    }

    fn is_ok(&self) -> bool {
        self.status == StatusCode::OK
    }

    /// True if this client takes its media type.
    pub(crate) fn suits(&self, request: &HeaderMap) -> bool {
        let content_type = self.content_type.to_str().unwrap_or_default();
        let media_type = content_type.split(';').next().unwrap_or_default();
        self.by_address || accept::weight(request, media_type) > 0
    }

    /// A bound of the memory that it takes once every coding is made.
    pub(crate) fn weight(&self) -> u64 {
        (self.body.len() * 2 + head::weight(&self.head) * (CODINGS + 1) + 512) as u64
    }

    /// True if this client needs a coding that is still to be made from a long body.
    pub(crate) fn needs_work(&self, request: &HeaderMap) -> bool {
        const LONG: usize = 32 * 1024;
        let coding = self.coding(request).and_then(slot);
        self.body.len() > LONG && coding.is_some_and(|at| self.coded[at].get().is_none())
    }

    /// Makes the coding that this client will get.
    pub(crate) fn prepare(&self, request: &HeaderMap) {
        if let Some(coding) = self.coding(request) {
            self.coded_body(coding);
        }
    }

    /// The answer to one request: the body, 304, or a problem.
    pub(crate) fn respond(&self, request: &HeaderMap) -> Result<HttpResponse, Problem> {
        let coding = self.coding(request).ok_or_else(|| {
            Problem::new(
                Code::NotAcceptable,
                "Accept-Encoding excludes identity, br, zstd and gzip",
            )
        })?;
        let outcome = if self.is_ok() {
            conditional::evaluate(request, &self.tag, self.modified)
        } else {
            Outcome::Send
        };
        match outcome {
            Outcome::Failed => Err(Problem::new(
                Code::PreconditionFailed,
                "the present representation is not the one that the condition names",
            )),
            Outcome::NotModified => Ok(self.not_modified(coding)),
            Outcome::Send => Ok(self.full(coding)),
        }
    }

    /// The whole answer, whatever the request's conditions: for writes, which judge If-Match themselves.
    pub(crate) fn respond_in_any_case(&self, request: &HeaderMap) -> Result<HttpResponse, Problem> {
        Ok(self.full(self.coding(request).unwrap_or(Coding::Identity)))
    }

    fn coding(&self, request: &HeaderMap) -> Option<Coding> {
        let fields: Vec<&str> = request
            .get_all(header::ACCEPT_ENCODING)
            .filter_map(|value| value.to_str().ok())
            .collect();
        let joined = (!fields.is_empty()).then(|| fields.join(","));
        negotiate(joined.as_deref(), self.body.len())
    }

    fn coded_body(&self, coding: Coding) -> Bytes {
        let Some(at) = slot(coding) else {
            return self.body.clone();
        };
        self.coded[at]
            .get_or_init(|| {
                coding
                    .encode(&self.body)
                    .map_or_else(|| self.body.clone(), Bytes::from)
            })
            .clone()
    }

    fn not_modified(&self, coding: Coding) -> HttpResponse {
        let mut response = self.without_body(StatusCode::NOT_MODIFIED, coding);
        let headers = response.headers_mut();
        headers.remove(header::CONTENT_TYPE);
        headers.remove(header::CONTENT_LANGUAGE);
        headers.remove(header::CONTENT_ENCODING);
        response
    }

    fn full(&self, coding: Coding) -> HttpResponse {
        self.without_body(self.status, coding)
            .set_body(self.coded_body(coding))
            .map_into_boxed_body()
    }

    fn without_body(&self, status: StatusCode, coding: Coding) -> HttpResponse {
        let mut response = HttpResponse::new(status);
        let head = self.heads[coding as usize].get_or_init(|| self.head_in(coding));
        response.headers_mut().clone_from(head);
        response
    }

    /// The head of the whole answer in a coding.
    fn head_in(&self, coding: Coding) -> HeaderMap {
        let mut headers = self.head.clone();
        if self.status.is_success() {
            let etag = format!("\"{}{}\"", self.tag, coding.tag_suffix());
            if let Ok(etag) = HeaderValue::from_str(&etag) {
                headers.insert(header::ETAG, etag);
            }
        }
        if !self.body.is_empty() {
            headers.insert(header::CONTENT_TYPE, self.content_type.clone());
        }
        if let Some(languages) = &self.content_language {
            headers.insert(header::CONTENT_LANGUAGE, languages.clone());
        }
        if coding != Coding::Identity {
            let token = HeaderValue::from_static(coding.token());
            headers.insert(header::CONTENT_ENCODING, token);
        }
        head::protect(&mut headers);
        headers
    }
}

fn slot(coding: Coding) -> Option<usize> {
    Coding::COMPRESSED.iter().position(|one| *one == coding)
}
