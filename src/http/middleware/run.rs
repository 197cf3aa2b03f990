//! The steps of every request, once: its context, the gate, the cache, the handler; then errors, shared header fields, the
//! log and the metrics.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{self, Poll};
use std::time::Duration;

use actix_http::ConnectionType;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, ResponseError, web};
use futures_util::FutureExt;

use crate::http::codes::Code;
use crate::http::error::Problem;
use crate::http::middleware::access_log;
use crate::http::middleware::cors;
use crate::http::middleware::denied;
use crate::http::middleware::early;
use crate::http::middleware::sending;
use crate::http::request::context::{Incoming, X_REQUEST_ID};
use crate::http::request::tally::Tally;
use crate::http::response::head;
use crate::http::response::problem;
use crate::http::state::app::App;
use crate::http::state::door::Door;
use crate::http::state::rate_limits::Standing;
use crate::http::state::shares::Owner;

/// Wraps every route.
pub(crate) async fn run(
    mut request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(app) = request.app_data::<web::Data<App>>().cloned() else {
        return next.call(request).await;
    };
    let incoming = Incoming::of(&request, &app.config);
    early::strip_prefix(&mut request, app.config.prefix());
    app.metrics.begin(incoming.keyed);
    let standing = match charge(&request, &incoming, &app) {
        Some((standing, Err(problem))) => {
            let mut response = incoming.finish(HttpResponse::from_error(problem), None, &app);
            standing.put(response.headers_mut());
            return Ok(request.into_response(response));
        }
        Some((standing, Ok(()))) => Some(standing),
        None => None,
    };
    if let Some((response, route)) = early::answer_early(&mut request, &app, &incoming) {
        let mut response = incoming.finish(response, route.as_deref(), &app);
        if let Some(standing) = standing {
            standing.put(response.headers_mut());
        }
        incoming.tell_time(&mut response, None, &app);
        return Ok(request.into_response(response));
    }
    request.extensions_mut().insert(incoming.context.clone());
    if let Some(standing) = standing {
        request.extensions_mut().insert(standing);
    }
    let tally = Tally::default();
    request.extensions_mut().insert(tally.clone());
    match call_guarded(request, next, &app).await {
        Ok(response) => {
            let route = response.request().match_pattern();
            let (request, response) = response.into_parts();
            let mut response = incoming.finish(response, route.as_deref(), &app);
            if let Some(standing) = request.extensions().get::<Standing>() {
                standing.put(response.headers_mut());
            }
            incoming.tell_time(&mut response, Some(tally.read()), &app);
            count_usage(&tally, &incoming, &response, &app);
            Ok(ServiceResponse::new(request, response))
        }
        Err(problem) => {
            let response = incoming.finish(HttpResponse::from_error(problem), None, &app);
            count_usage(&tally, &incoming, &response, &app);
            Err(Finished(std::cell::RefCell::new(Some(response))).into())
        }
    }
}

/// Charges the address of a request without a key, where the settings limit its rate. What monitors and operators ask is free,
/// and a feed token is charged by its contract.
fn charge(
    request: &ServiceRequest,
    incoming: &Incoming,
    app: &App,
) -> Option<(Standing, Result<(), Problem>)> {
    let path = request.path();
    let is_free = path == "/metrics" || path.starts_with("/health/");
    let door = Door::of(request.app_data::<web::Data<Door>>());
    if is_free || door == Door::Admin || comes_with_a_key(request, incoming) {
        return None;
    }
    app.strangers.charge(Owner::of(&incoming.context))
}

/// True if the handler looks at a key that came, and charges the address where it opens nothing.
fn comes_with_a_key(request: &ServiceRequest, incoming: &Incoming) -> bool {
    let is_feed = request.path().starts_with("/feeds/");
    let mut parts = request.query_string().split('&');
    let has_token = is_feed && parts.any(|part| part.starts_with("token="));
    has_token || (incoming.keyed && (is_feed || request.path().starts_with("/api/")))
}

/// Counts an answer in the account of usage, where the request came with a key.
fn count_usage(tally: &Tally, incoming: &Incoming, response: &HttpResponse, app: &App) {
    if let Some(caller) = incoming.context.caller.get() {
        let counts = tally.counts(response);
        app.usage.count(app.clock.now(), caller.key, counts);
    }
}

/// Calls the handler, bounded in time; a panic becomes a problem.
async fn call_guarded(
    request: ServiceRequest,
    next: Next<BoxBody>,
    app: &App,
) -> Result<ServiceResponse<BoxBody>, Problem> {
    let limit = Duration::from_secs(app.config.request_timeout_seconds);
    let call = AssertUnwindSafe(next.call(request)).catch_unwind();
    match actix_web::rt::time::timeout(limit, call).await {
        Err(_) => Err(Problem::new(Code::TimedOut, "the request took too long")),
        Ok(Err(_)) => Err(Problem::internal("a handler panicked")),
        Ok(Ok(Err(error))) => Err(problem::of_error(&error)),
        Ok(Ok(Ok(response))) => Ok(response),
    }
}

/// An answer that is complete although the request it belongs to is gone.
struct Finished(std::cell::RefCell<Option<HttpResponse>>);

impl std::fmt::Debug for Finished {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Finished")
    }
}

impl std::fmt::Display for Finished {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("answered")
    }
}

impl ResponseError for Finished {
    fn error_response(&self) -> HttpResponse {
        let finished = self.0.borrow_mut().take();
        finished.unwrap_or_else(|| HttpResponse::InternalServerError().finish())
    }
}

impl Incoming {
    /// Writes errors as problems, adds what every answer has, and tells the log and the numbers.
    pub(crate) fn finish(
        &self,
        response: HttpResponse,
        route: Option<&str>,
        app: &App,
    ) -> HttpResponse {
        // What was written is answered in any case.
        let response = if self.method == Method::GET {
            let sent = sending::in_parts(response, &self.context, &app.sending);
            sent.unwrap_or_else(HttpResponse::from_error)
        } else {
            response
        };
        let found = response.error().map(problem::of_error);
        let mut response = match &found {
            Some(problem) => problem::render(problem, &self.context, self.path(app)),
            None => response,
        };
        if let Some(problem) = &found {
            denied::note(self, self.path(app), route, problem, app);
        }
        head::protect(response.headers_mut());
        if let Ok(id) = HeaderValue::from_str(&self.context.id) {
            response.headers_mut().insert(X_REQUEST_ID.clone(), id);
        }
        cors::mark(self.origin.as_ref(), response.headers_mut(), &app.config);
        if app.is_draining() {
            response
                .head_mut()
                .set_connection_type(ConnectionType::Close);
        }
        if self.is_old && response.body().size() == BodySize::Stream {
            end_with_connection(&mut response);
        }
        head::bound(response.headers_mut());
        let took = self.began.elapsed();
        let status = response.status().as_u16();
        let bytes = match response.body().size() {
            BodySize::Sized(bytes) => bytes,
            _ => 0,
        };
        app.metrics
            .end(self.keyed, self.method.as_str(), route, status, took);
        let share = app.config.access_log;
        access_log::write(self, share, status, bytes, took, found.as_ref());
        if self.method == Method::HEAD && bytes > 0 {
            return without_body(response, bytes);
        }
        response
    }

    /// Tells the client where the time went (Server-Timing), where the settings allow it: the reads of the database, or that
    /// the answer needed no handler.
    fn tell_time(&self, response: &mut HttpResponse, read: Option<Duration>, app: &App) {
        if !app.config.availability.server_timing {
            return;
        }
        let millis = |time: Duration| time.as_secs_f64() * 1_000.0;
        let part = match read {
            Some(read) => format!("db;dur={:.1}", millis(read)),
            None => "cache".to_owned(),
        };
        let told = format!("{part}, total;dur={:.1}", millis(self.began.elapsed()));
        if let Ok(told) = HeaderValue::from_str(&told) {
            response.headers_mut().insert(SERVER_TIMING.clone(), told);
        }
    }

    fn path(&self, app: &App) -> &str {
        let path = self.uri.path();
        early::below(path, app.config.prefix()).unwrap_or(path)
    }
}

/// Lets an answer of unknown length to HTTP/1.0, which has no chunked coding (RFC 9112, section 6.1), end with its connection.
fn end_with_connection(response: &mut HttpResponse) {
    let head = response.head_mut();
    head.no_chunking(true);
    head.set_connection_type(ConnectionType::Close);
}

/// The answer to HEAD: the length of the body that GET would send, and no body. actix leaves it out by itself, but not
/// where the client has sent another request behind the HEAD already.
fn without_body(mut response: HttpResponse, length: u64) -> HttpResponse {
    response.head_mut().no_chunking(true);
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, length.into());
    response.map_body(|_, _| BoxBody::new(NoBody))
}

/// A body of unknown length that ends at once, so that the length given in the header stands.
struct NoBody;

impl MessageBody for NoBody {
    type Error = std::convert::Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        self: Pin<&mut Self>,
        _: &mut task::Context<'_>,
    ) -> Poll<Option<Result<web::Bytes, Self::Error>>> {
        Poll::Ready(None)
    }
}

static SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");
