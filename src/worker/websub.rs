//! Tells a WebSub hub which feeds have something new (W3C Recommendation of 23 January 2018, section 7, in the form that
//! hubs share: `hub.mode=publish`). The hub then reads the feed and tells its subscribers.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use url::form_urlencoded::Serializer;

use crate::domain::feed::FeedOf;
use crate::domain::time::Timestamp;
use crate::outbound::Outbound;
use crate::store::altered::{Altered, altered_feeds};
use crate::store::{Store, StoreError, editions};

/// The files of a feed, each a topic of its own.
const FILES: [&str; 3] = ["rss.xml", "atom.xml", "feed.json"];
/// How often a hub that does not answer is tried again before a feed waits for its next change.
const MOST_TRIES: u32 = 8;
/// The pause before the first repetition, in milliseconds; each further one is twice as long.
const FIRST_PAUSE: i64 = 2_000;

/// How many messages one look sends; the next look, within a second, sends the next.
const AT_ONCE: usize = 60;
/// How many topics wait at most; beyond them only the feeds of editions are added.
const MOST_WAITING: usize = 2_000;

/// Pings one hub.
#[derive(Debug)]
pub struct Pinger {
    hub: String,
    base: String,
    outbound: Outbound,
    state: Mutex<State>,
}

/// How far the change log was read, and the topics that the hub is still to be told of.
#[derive(Debug, Default)]
struct State {
    seen: Option<i64>,
    waiting: BTreeMap<String, Attempt>,
}

#[derive(Debug, Clone, Copy)]
struct Attempt {
    tries: u32,
    due: Timestamp,
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
    pub fn look(&self, store: &Store, now: Timestamp, latest: i64) -> Result<(), StoreError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.seen != Some(latest) {
            let feeds = match state.seen {
                Some(seen) => store.read(|c| altered_feeds(c, seen, latest))?,
                None => store.read(every_edition)?,
            };
            self.note(&mut state, feeds, now);
            state.seen = Some(latest);
        }
        let due: Vec<String> = state
            .waiting
            .iter()
            .filter(|(_, attempt)| attempt.due <= now)
            .map(|(topic, _)| topic.clone())
            .take(AT_ONCE)
            .collect();
        for topic in due {
            self.tell(&mut state, topic, now);
        }
        Ok(())
    }

    fn note(&self, state: &mut State, feeds: Vec<Altered>, now: Timestamp) {
        let fresh = Attempt { tries: 0, due: now };
        for (lang, of) in feeds {
            if of != FeedOf::Edition && state.waiting.len() >= MOST_WAITING {
                continue;
            }
            let below = of.path();
            let topics = FILES.map(|file| format!("{}/feeds/{lang}{below}/{file}", self.base));
            state.waiting.extend(topics.map(|topic| (topic, fresh)));
        }
    }

    fn tell(&self, state: &mut State, topic: String, now: Timestamp) {
        let Some(attempt) = state.waiting.remove(&topic) else {
            return;
        };
        let body = Serializer::new(String::new())
            .append_pair("hub.mode", "publish")
            .append_pair("hub.url", &topic)
            .finish();
        let kind = ("content-type", "application/x-www-form-urlencoded");
        let exchange = self.outbound.post(&self.hub, &[kind], body.as_bytes());
        if exchange
            .status
            .is_some_and(|status| (200..300).contains(&status))
        {
            return;
        }
        let tries = attempt.tries + 1;
        let why = exchange
            .error
            .unwrap_or_else(|| format!("{:?}", exchange.status));
        log::warn!("the hub was not told of {topic} ({tries} of {MOST_TRIES}): {why}");
        if tries < MOST_TRIES {
            let due = Timestamp::from_millis(now.millis() + (FIRST_PAUSE << attempt.tries));
            state.waiting.insert(topic, Attempt { tries, due });
        }
    }
}

fn every_edition(c: &mut crate::store::Conn) -> Result<Vec<Altered>, StoreError> {
    let langs = editions::all_editions(c)?.into_iter();
    Ok(langs
        .map(|edition| (edition.content.lang, FeedOf::Edition))
        .collect())
}
