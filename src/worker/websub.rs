//! Tells a WebSub hub which feeds have something new (W3C Recommendation of 23 January 2018, section 7, in the form that
//! hubs share: `hub.mode=publish`). The hub then reads the feed and tells its subscribers.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use url::form_urlencoded::Serializer;

use crate::domain::language::LanguageTag;
use crate::domain::time::Timestamp;
use crate::outbound::Outbound;
use crate::store::{Store, StoreError, changes, editions};

/// The files of an edition's feed, each a topic of its own.
const FILES: [&str; 3] = ["rss.xml", "atom.xml", "feed.json"];
/// How often a hub that does not answer is tried again before an edition waits for its next change.
const MOST_TRIES: u32 = 8;
/// The pause before the first repetition, in milliseconds; each further one is twice as long.
const FIRST_PAUSE: i64 = 2_000;

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

    /// Tells the hub of what has changed up to `latest`, the end of the change log. At its start every edition is told of:
    /// what changed while nobody looked is not known.
    pub fn look(&self, store: &Store, now: Timestamp, latest: i64) -> Result<(), StoreError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.seen != Some(latest) {
            let langs = match state.seen {
                Some(seen) => store.read(|c| changes::langs_changed(c, seen, latest))?,
                None => store.read(all_langs)?,
            };
            let topics = langs.iter().flat_map(|lang| self.topics(lang));
            let fresh = Attempt { tries: 0, due: now };
            state.waiting.extend(topics.map(|topic| (topic, fresh)));
            state.seen = Some(latest);
        }
        let due: Vec<String> = state
            .waiting
            .iter()
            .filter(|(_, attempt)| attempt.due <= now)
            .map(|(topic, _)| topic.clone())
            .collect();
        for topic in due {
            self.tell(&mut state, topic, now);
        }
        Ok(())
    }

    fn topics(&self, lang: &LanguageTag) -> [String; 3] {
        FILES.map(|file| format!("{}/feeds/{lang}/{file}", self.base))
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

fn all_langs(c: &mut crate::store::Conn) -> Result<Vec<LanguageTag>, StoreError> {
    let editions = editions::all_editions(c)?;
    Ok(editions.into_iter().map(|e| e.content.lang).collect())
}
