//! Changes as Server-Sent Events (the HTML standard, section 9.2): the same events, as they happen.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::convert::Infallible;
use std::fmt::Write;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::http::header::{self, HeaderMap, HeaderName};
use actix_web::rt::time::sleep;
use actix_web::web::{Bytes, block};
use actix_web::{HttpResponse, get};
use futures_util::stream;

use super::changes::{Told, record, rows, tell};
use super::error::{Code, Problem};
use super::extract::{Access, Answer, Call};
use super::follower::Follower;
use super::page::Target;
use super::parameters::{SinceParams, SyncFilterParams};
use super::query::names_of;
use crate::app::App;
use crate::domain::access::Scope;
use crate::domain::id::Id;
use crate::domain::sync::SyncPlace;
use crate::domain::usage::Counts;
use crate::store::{StoreError, keys};

static NAMES: LazyLock<Vec<String>> =
    LazyLock::new(|| [names_of::<SinceParams>(), names_of::<SyncFilterParams>()].concat());
static LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// How often a stream looks whether the log has moved on.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How long a stream waits before it asks again for its turn.
const WAIT: Duration = Duration::from_millis(10);
/// How often a stream without events shows that it lives.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How many events are sent at once at most; the client's reading paces the next ones.
const AT_ONCE: usize = 20;

/// The streams that are open on this node.
#[derive(Debug, Default)]
pub struct Streams {
    open: Mutex<Open>,
    looking: AtomicU32,
}

/// How many streams look into the database at once; the rest of its connections are for everybody else.
const LOOKING_AT_ONCE: u32 = 3;

/// A stream's turn to look into the database.
struct Turn(Arc<App>);

impl Turn {
    async fn wait(app: &Arc<App>) -> Self {
        let more = |looking: u32| (looking < LOOKING_AT_ONCE).then_some(looking + 1);
        let looking = &app.streams.looking;
        while looking
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, more)
            .is_err()
        {
            sleep(WAIT).await;
        }
        Self(Arc::clone(app))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.streams.looking.fetch_sub(1, Ordering::SeqCst);
    }
}

/// How many streams are open, in all and with each key.
#[derive(Debug, Default)]
struct Open {
    all: u32,
    of_keys: HashMap<Id, u32>,
}

/// One open stream's place among them.
struct Seat {
    app: Arc<App>,
    key: Option<Id>,
}

impl Seat {
    /// Half of the places are for keys alone, so that strangers cannot take them all, and no key has more than a tenth of them, or four.
    fn take(app: &Arc<App>, scope: &Scope) -> Option<Self> {
        let most = app.config.max_streams;
        let (key, room) = match scope {
            Scope::Public => (None, most.div_ceil(2)),
            Scope::Key(grant) => (Some(grant.key), most),
        };
        let mut open = app
            .streams
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let own = key.and_then(|key| open.of_keys.get(&key)).copied();
        if open.all >= room || own.unwrap_or(0) >= most.div_ceil(10).max(4) {
            return None;
        }
        open.all += 1;
        if let Some(key) = key {
            *open.of_keys.entry(key).or_default() += 1;
        }
        drop(open);
        let app = Arc::clone(app);
        Some(Self { app, key })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self
            .app
            .streams
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        open.all -= 1;
        if let Some(key) = self.key
            && let Entry::Occupied(mut own) = open.of_keys.entry(key)
        {
            *own.get_mut() -= 1;
            if *own.get() == 0 {
                own.remove();
            }
        }
    }
}

/// Stream changes
///
/// The rows of `/api/changes` as Server-Sent Events: `data` is the row, `id` the cursor behind it. `Last-Event-ID`, or
/// `since`, goes on from there. Comments show that the stream lives. It ends when the key does, and when the service stops.
#[utoipa::path(tag = "changes", params(SinceParams, SyncFilterParams,
    ("Last-Event-ID" = Option<String>, Header, description = "The `id` of the last event that was handled; goes before `since`.")),
    responses((status = 200, description = "Events without end.", body = String, content_type = "text/event-stream")))]
#[get("/api/changes/stream")]
pub(crate) async fn stream_changes(call: Call, access: Access) -> Answer {
    call.require("text/event-stream")?;
    let mut query = call.query(&NAMES);
    let mut follower = Follower::read(&mut query, access.scope);
    let first = follower.clone();
    let since = query.parsed("since", |text| follower.resume(text));
    query.finish()?;
    let place = match last_event_id(call.request.headers()) {
        Some(id) => {
            follower = first;
            Some(follower.resume(&id).map_err(|invalid| {
                Problem::new(Code::MalformedRequest, format!("Last-Event-ID: {invalid}"))
            })?)
        }
        None => since,
    };
    let seat = Seat::take(&call.app, &follower.scope)
        .ok_or_else(|| Problem::new(Code::Unavailable, "too many streams are open"))?;
    let feed = Feed {
        app: Arc::clone(&call.app),
        target: call.target(),
        follower,
        place,
        seen: None,
        beat: Instant::now(),
        greeted: false,
        _seat: seat,
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
    place: Option<SyncPlace>,
    /// The log's end when it was last looked through; nothing while there may be more.
    seen: Option<i64>,
    beat: Instant,
    greeted: bool,
    _seat: Seat,
}

impl Feed {
    /// The next piece of the stream, once there is one; nothing where the stream ends.
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        if !self.greeted {
            self.greeted = true;
            return Some((Ok(Bytes::from_static(b": hello\nretry: 2000\n\n")), self));
        }
        loop {
            if self.app.is_stopping() {
                return None;
            }
            let seen = self.app.cache.seen();
            let beats = self.beat.elapsed() >= HEARTBEAT;
            if beats || self.seen.is_none_or(|before| seen > before) {
                let told = self.look().await?;
                self.seen = (!told.has_more).then_some(seen);
                self.place = Some(told.next.clone());
                if beats || !told.events.is_empty() {
                    self.beat = Instant::now();
                    let articles = told.articles.len();
                    let text = self.write(told);
                    self.count(articles, text.len());
                    return Some((Ok(Bytes::from(text)), self));
                }
                continue;
            }
            sleep(LOOK_EVERY).await;
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

    /// What there is now; nothing where the key has ended or the database cannot be read.
    async fn look(&mut self) -> Option<Told> {
        let (app, mut follower) = (Arc::clone(&self.app), self.follower.clone());
        let place = self.place.clone();
        let turn = Turn::wait(&app).await;
        let looked = block(move || {
            // Kept until the look is over, also where nobody waits for it any more.
            let _turn = turn;
            look(&app, &mut follower, place).map(|told| (told, follower))
        });
        match looked.await {
            Ok(Ok((Some(told), follower))) => {
                self.follower = follower;
                Some(told)
            }
            Ok(Ok((None, _))) => None,
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
            .map(|event| self.follower.bookmark(event.place.clone()))
            .collect();
        let next = self.follower.bookmark(told.next);
        let mut text = String::new();
        for (id, row) in ids
            .iter()
            .zip(rows(told.events, told.articles, &self.target))
        {
            let data = serde_json::to_string(&row).unwrap_or_default();
            let written = write!(text, "id: {id}\ndata: {data}\n\n");
            debug_assert!(written.is_ok(), "a String takes all text");
        }
        if text.is_empty() {
            text = format!(": still here\nid: {next}\n\n");
        }
        text
    }
}

/// Reads with the rights that the key has now.
fn look(
    app: &App,
    follower: &mut Follower,
    place: Option<SyncPlace>,
) -> Result<Option<Told>, Problem> {
    let now = app.clock.now();
    let told = app.store.read(|c| {
        if let Scope::Key(grant) = &follower.scope {
            match keys::live_grant(c, grant.key, now)? {
                Some(grant) => follower.scope = Scope::Key(grant),
                None => return Ok::<_, StoreError>(None),
            }
        }
        tell(c, follower, place, AT_ONCE).map(Some)
    })?;
    if let Some(told) = &told {
        record(app, follower, told)?;
    }
    Ok(told)
}
