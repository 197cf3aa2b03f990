//! Changes as Server-Sent Events (the HTML standard, section 9.2): the same events, as they happen.

use std::convert::Infallible;
use std::fmt::Write;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use crate::domain::access::Scope;
use crate::domain::usage::Counts;
use crate::http::call::blocking::{self, Lane};
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::codes::Code;
use crate::http::error::Problem;
use crate::http::handlers::changes::follower::{Follower, Since};
use crate::http::handlers::changes::list::{Told, record, rows, tell};
use crate::http::request::paging::Target;
use crate::http::request::params::{SinceParams, SyncFilterParams};
use crate::http::request::query::names_of;
use crate::http::state::app::App;
use crate::http::state::shares::{Owner, Place};
use crate::store::{StoreError, keys};
use crate::worker::tail::Position;
use actix_web::http::header::{self, HeaderMap, HeaderName};
use actix_web::rt::time::{sleep, timeout};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, get};
use futures_util::stream;
use tokio::sync::watch;

static NAMES: LazyLock<Vec<String>> =
    LazyLock::new(|| [names_of::<SinceParams>(), names_of::<SyncFilterParams>()].concat());
static LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Interval of the comments that keep a stream without events alive.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Rest of a stranger's stream that has more to tell, in times of the look before it: it takes a small part of one
/// processor, however long its way is.
const RESTS: u32 = 12;
/// Most events that are sent at once; the client's reading paces the next ones.
const AT_ONCE: usize = 20;

/// Stream changes
///
/// The rows of `/api/changes` as Server-Sent Events: `data` is the row, `id` its cursor. `Last-Event-ID` or `since`
/// continues. An event `reset` says that the copy starts anew (see `meta.reset` of the list). Comments keep the
/// connection alive. The stream ends with the key and when the service stops.
#[utoipa::path(tag = "changes", params(SinceParams, SyncFilterParams,
    ("Last-Event-ID" = Option<String>, Header, description = "The `id` of the last event that the client handled; it wins over `since`.")),
    responses((status = 200, description = "A stream of events.", body = String, content_type = "text/event-stream")))]
#[get("/api/changes/stream")]
pub(crate) async fn stream_changes(call: Call, access: Access) -> Answer {
    call.require("text/event-stream")?;
    let mut query = call.query(&NAMES);
    let mut follower = Follower::read(&mut query, access.scope);
    let first = follower.clone();
    let since = query.parsed("since", |text| follower.resume(text));
    query.finish()?;
    let since = match last_event_id(call.request.headers()) {
        Some(id) => {
            follower = first;
            Some(follower.resume(&id).map_err(|invalid| {
                Problem::new(Code::MalformedRequest, format!("Last-Event-ID: {invalid}"))
            })?)
        }
        None => since,
    };
    let place_among = call.app.streams.open.take(Owner::of(&call.context), 1)?;
    let feed = Feed {
        app: Arc::clone(&call.app),
        target: call.target(),
        follower,
        since,
        seen: None,
        log: call.app.tail.subscribe(),
        beat: Instant::now(),
        rest: Duration::ZERO,
        greeted: false,
        _place: place_among,
    };
    let mut response = HttpResponse::Ok();
    response
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::VARY, "Authorization"))
        .insert_header(("x-accel-buffering", "no"));
    if call.context.head_only {
        return Ok(response.finish());
    }
    Ok(response.streaming(stream::unfold(feed, Feed::next)))
}

fn last_event_id(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(&LAST_EVENT_ID)?.to_str().ok()?.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

/// A stream under way.
struct Feed {
    app: Arc<App>,
    target: Target,
    follower: Follower,
    since: Option<Since>,
    /// The log's end when it was last looked through; nothing while there may be more.
    seen: Option<i64>,
    /// Wakes the stream when the log has moved on, or the service stops.
    log: watch::Receiver<Position>,
    beat: Instant,
    /// Time to rest before it looks again.
    rest: Duration,
    greeted: bool,
    _place: Place,
}

impl Feed {
    /// The next piece of the stream, once there is one; nothing where the stream ends.
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        if !self.greeted {
            self.greeted = true;
            return Some((Ok(Bytes::from_static(b": hello\nretry: 2000\n\n")), self));
        }
        loop {
            // Before the question, so that no news in between is lost.
            self.log.mark_unchanged();
            if self.app.is_stopping() {
                return None;
            }
            let seen = self.log_end();
            let beats = self.beat.elapsed() >= HEARTBEAT;
            if beats || self.seen.is_none_or(|before| seen > before) {
                sleep(std::mem::take(&mut self.rest)).await;
                let told = self.look().await?;
                self.seen = (!told.has_more).then_some(seen);
                self.since = Some(Since::behind(told.next.clone(), &told.marks));
                if beats || told.reset || !told.events.is_empty() {
                    self.beat = Instant::now();
                    let articles = told.articles.len();
                    let text = self.write(told);
                    self.count(articles, text.len());
                    return Some((Ok(Bytes::from(text)), self));
                }
                continue;
            }
            let pause = HEARTBEAT.saturating_sub(self.beat.elapsed());
            // The log has moved on, or it is time for a heartbeat, or the service has ended, which the next turn finds out.
            let _ = timeout(pause, self.log.changed()).await;
        }
    }

    /// The last entry of the log that this stream can have to tell of.
    fn log_end(&self) -> i64 {
        match self.follower.scope {
            Scope::Public => self.app.tail.public(),
            Scope::Key(_) => self.app.tail.all(),
        }
    }

    /// Counts what a key is sent, as it is sent; the request itself was counted when the stream began.
    fn count(&self, articles: usize, bytes: usize) {
        let Scope::Key(grant) = &self.follower.scope else {
            return;
        };
        let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let counts = Counts {
            requests: 0,
            articles: number(articles),
            bytes: number(bytes),
        };
        self.app
            .usage
            .count(self.app.clock.now(), grant.key, counts);
    }

    /// The new events; `None` where the key has ended or the database cannot be read.
    async fn look(&mut self) -> Option<Told> {
        let (app, mut follower) = (Arc::clone(&self.app), self.follower.clone());
        let since = self.since.clone();
        let has_key = matches!(follower.scope, Scope::Key(_));
        let is_first_copy = since.as_ref().is_none_or(Since::is_copying);
        let turn = self.app.streams.looks.wait(has_key, is_first_copy).await;
        let lane = match has_key && !is_first_copy {
            true => Lane::Usual,
            false => Lane::Costly,
        };
        let looked = blocking::read(&self.app, lane, move || {
            // Kept until the look is over, also where nobody waits for it any more.
            let _turn = turn;
            let began = Instant::now();
            let told = look(&app, &mut follower, since)?;
            Ok::<_, Problem>((told, follower, began.elapsed()))
        });
        match looked.await {
            Ok(Ok((Some(told), follower, took))) => {
                self.follower = follower;
                if !has_key && told.has_more {
                    self.rest = took * RESTS;
                }
                Some(told)
            }
            Ok(Ok((None, ..))) => None,
            Ok(Err(problem)) => {
                log::warn!("a stream of changes ends: {problem}");
                None
            }
            Err(error) => {
                log::warn!("a stream of changes ends: {error}");
                None
            }
        }
    }

    /// Each event with the cursor behind it; the cursor alone where there is none, so that a client that comes again need
    /// not look through the same part of the log.
    fn write(&self, told: Told) -> String {
        let ids: Vec<String> = told
            .events
            .iter()
            .map(|event| self.follower.bookmark(event.place.clone(), &told.marks))
            .collect();
        let next = self.follower.bookmark(told.next, &told.marks);
        let mut text = match told.reset {
            true => "event: reset\ndata: {}\n\n".to_owned(),
            false => String::new(),
        };
        let empty = told.events.is_empty();
        for (id, row) in ids
            .iter()
            .zip(rows(told.events, told.articles, &self.target))
        {
            let data = serde_json::to_string(&row).unwrap_or_default();
            let written = write!(text, "id: {id}\ndata: {data}\n\n");
            debug_assert!(written.is_ok(), "a String takes all text");
        }
        if empty {
            text += &format!(": still here\nid: {next}\n\n");
        }
        text
    }
}

/// Reads with the rights that the key has now.
fn look(app: &App, follower: &mut Follower, since: Option<Since>) -> Result<Option<Told>, Problem> {
    let now = app.clock.now();
    let told = app.store.read(|c| {
        if let Scope::Key(grant) = &follower.scope {
            match keys::live_grant(c, grant.key, now)? {
                Some(grant) => follower.scope = Scope::Key(grant),
                None => return Ok::<_, StoreError>(None),
            }
        }
        tell(c, follower, since, AT_ONCE).map(Some)
    })?;
    if let Some(told) = &told {
        record(app, follower, told)?;
    }
    Ok(told)
}
