//! The share of one request in the usage.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use actix_web::body::{BodySize, MessageBody};
use actix_web::http::StatusCode;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};

use crate::domain::usage::Counts;

/// Kept beside a request until it is answered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally(Rc<Counted>);

#[derive(Debug, Default)]
struct Counted {
    /// Number of articles that the answer holds.
    articles: Cell<i64>,
    /// Time that its reads of the database took.
    read: Cell<Duration>,
}

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
        self.0
            .articles
            .set(i64::try_from(articles).unwrap_or(i64::MAX));
    }

    /// Says how long the answer's reads of the database took.
    pub(crate) fn read_for(&self, time: Duration) {
        self.0.read.set(time);
    }

    /// Time that the answer's reads of the database took; zero where it needed none.
    pub(crate) fn read(&self) -> Duration {
        self.0.read.get()
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
            articles: if sent { self.0.articles.get() } else { 0 },
            bytes,
        }
    }
}
