//! The share of one request in the usage.

use std::cell::Cell;
use std::rc::Rc;

use actix_web::body::{BodySize, MessageBody};
use actix_web::http::StatusCode;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};

use crate::domain::usage::Counts;

/// Kept beside a request until it is answered: how many articles the answer holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally(Rc<Cell<i64>>);

impl Tally {
    /// The tally of a request; of one that has not been through the pipeline, one that nobody reads.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        request
            .extensions()
            .get::<Self>()
            .cloned()
            .unwrap_or_default()
    }

    /// Says how many articles the answer holds.
    pub(crate) fn holds(&self, articles: usize) {
        self.0.set(i64::try_from(articles).unwrap_or(i64::MAX));
    }

    /// The share of an answer.
    pub(crate) fn counts(&self, response: &HttpResponse) -> Counts {
        let bytes = match response.body().size() {
            BodySize::Sized(bytes) => i64::try_from(bytes).unwrap_or(i64::MAX),
            _ => 0,
        };
        let sent = response.status() != StatusCode::NOT_MODIFIED && bytes > 0;
        Counts {
            requests: 1,
            articles: if sent { self.0.get() } else { 0 },
            bytes,
        }
    }
}
