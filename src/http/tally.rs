//! What one request counts for in the account of usage.

use std::cell::Cell;
use std::rc::Rc;

use actix_web::body::{BodySize, MessageBody};
use actix_web::http::StatusCode;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};

use crate::app::App;
use crate::domain::id::Id;
use crate::domain::usage::Counts;

/// Kept beside a request until it is answered. A request without a key counts for nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally(Rc<Told>);

#[derive(Debug, Default)]
struct Told {
    key: Cell<Option<Id>>,
    articles: Cell<i64>,
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

    /// Says whose key the request came with.
    pub(crate) fn belongs_to(&self, key: Id) {
        self.0.key.set(Some(key));
    }

    /// Says how many articles the answer holds.
    pub(crate) fn holds(&self, articles: usize) {
        self.0
            .articles
            .set(i64::try_from(articles).unwrap_or(i64::MAX));
    }

    /// Counts the answer.
    pub(crate) fn count(&self, response: &HttpResponse, app: &App) {
        let Some(key) = self.0.key.get() else {
            return;
        };
        let bytes = match response.body().size() {
            BodySize::Sized(bytes) => i64::try_from(bytes).unwrap_or(i64::MAX),
            _ => 0,
        };
        let sent = response.status() != StatusCode::NOT_MODIFIED && bytes > 0;
        let counts = Counts {
            requests: 1,
            articles: if sent { self.0.articles.get() } else { 0 },
            bytes,
        };
        app.usage.count(app.clock.now(), key, counts);
    }
}
