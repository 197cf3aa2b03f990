//! Tells a WebSub hub which feeds have something new (W3C Recommendation of 23 January 2018, section 7, in the form that
//! hubs share: `hub.mode=publish`). The hub then reads the feed and tells its subscribers.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use url::form_urlencoded::Serializer;

use crate::domain::feed::FeedOf;
use crate::domain::retry_after::RetryAfter;
use crate::domain::time::Timestamp;
use crate::outbound::Outbound;
use crate::store::altered::{Topic, altered_feeds};
use crate::store::{Store, StoreError, editions};

/// The files of a feed, each a topic of its own.
const FILES: [&str; 3] = ["rss.xml", "atom.xml", "feed.json"];
/// The pause after a hub has failed, in milliseconds; after each further time in a row it is twice as long.
const FIRST_PAUSE: i64 = 2_000;
/// Number of times that the pause is doubled: to 17 minutes.
const MOST_DOUBLINGS: u32 = 9;
/// Number of messages that one look sends; the next look, within a second, sends the next.
const AT_ONCE: usize = 60;
/// Time for which one look sends messages to a hub that is slow.
const LONGEST_LOOK: Duration = Duration::from_secs(2);
/// Number of topics that wait at most; beyond them only the feeds of editions are added.
const MOST_WAITING: usize = 2_000;

/// Pings one hub.
#[derive(Debug)]
pub struct Pinger {
    hub: String,
    base: String,
    outbound: Outbound,
    state: Mutex<State>,
}

/// The place up to which the change log was read, the topics that the hub is still to be told of, each since when, and how the hub is.
#[derive(Debug, Default)]
struct State {
    seen: Option<i64>,
    waiting: BTreeMap<String, Timestamp>,
    failures: u32,
    paused_until: Option<Timestamp>,
}

/// The hub's answer to a message.
enum Answer {
    /// It took it, or refused it for good.
    Done,
    /// It is to be asked again, at the earliest when it says.
    Failed(Option<RetryAfter>),
}

impl Pinger {
    /// One for the hub at `hub`; `base` is what the addresses of feeds begin with.
    #[must_use]
    pub fn new(hub: String, base: String, outbound: Outbound) -> Self {
        Self {
            hub,
            base,
            outbound,
            state: Mutex::default(),
        }
    }

    /// Tells the hub of what has changed up to `latest`, the end of the change log: each feed once, however many of its
    /// articles changed. At its start every edition is told of: what changed while nobody looked is not known.
    /// Answers when the next of them that wait is to be told.
    pub fn look(
        &self,
        store: &Store,
        now: Timestamp,
        latest: i64,
    ) -> Result<Option<Timestamp>, StoreError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.seen != Some(latest) {
            let feeds = match state.seen {
                Some(seen) => store.read(|c| altered_feeds(c, seen, latest))?,
                None => store.read(every_edition)?,
            };
            self.note(&mut state, feeds, now);
            state.seen = Some(latest);
        }
        if state.paused_until.is_none_or(|until| until <= now) {
            self.tell_those_that_wait(&mut state, now);
        }
        let waits = !state.waiting.is_empty();
        Ok(waits.then(|| state.paused_until.unwrap_or(now).max(now)))
    }

    fn note(&self, state: &mut State, feeds: Vec<Topic>, now: Timestamp) {
        for (lang, of) in feeds {
            if of != FeedOf::Edition && state.waiting.len() >= MOST_WAITING {
                continue;
            }
            let below = of.path();
            for file in FILES {
                let topic = format!("{}/feeds/{lang}{below}/{file}", self.base);
                state.waiting.entry(topic).or_insert(now);
            }
        }
    }

    /// Those that have waited longest first. A hub that fails is left alone for a while: it would fail for all of them.
    fn tell_those_that_wait(&self, state: &mut State, now: Timestamp) {
        let mut topics: Vec<(Timestamp, String)> = state
            .waiting
            .iter()
            .map(|(topic, since)| (*since, topic.clone()))
            .collect();
        topics.sort();
        let began = Instant::now();
        for (_, topic) in topics.into_iter().take(AT_ONCE) {
            match self.tell(&topic) {
                Answer::Done => {
                    state.waiting.remove(&topic);
                    state.failures = 0;
                }
                Answer::Failed(asked) => {
                    let pause = FIRST_PAUSE << state.failures.min(MOST_DOUBLINGS);
                    let pause = pause.max(asked.map_or(0, |asked| asked.wait_from(now)));
                    state.failures += 1;
                    state.paused_until = Some(Timestamp::from_millis(now.millis() + pause));
                    return;
                }
            }
            if began.elapsed() > LONGEST_LOOK {
                return;
            }
        }
    }

    fn tell(&self, topic: &str) -> Answer {
        let body = Serializer::new(String::new())
            .append_pair("hub.mode", "publish")
            .append_pair("hub.url", topic)
            .finish();
        let kind = ("content-type", "application/x-www-form-urlencoded");
        let exchange = self.outbound.post(&self.hub, &[kind], body.as_bytes());
        match exchange.status {
            Some(200..300) => Answer::Done,
            // A repetition would be refused too; too many at once (429) and too slow (408) would not.
            Some(status @ 400..500) if status != 408 && status != 429 => {
                log::warn!("the hub refuses to be told of {topic}: {status}");
                Answer::Done
            }
            status => {
                let why = exchange.error.unwrap_or_else(|| format!("{status:?}"));
                log::warn!("the hub was not told of {topic}: {why}");
                Answer::Failed(exchange.retry_after)
            }
        }
    }
}

fn every_edition(c: &mut crate::store::Conn) -> Result<Vec<Topic>, StoreError> {
    let langs = editions::all_editions(c)?.into_iter();
    Ok(langs
        .map(|edition| (edition.content.lang, FeedOf::Edition))
        .collect())
}
