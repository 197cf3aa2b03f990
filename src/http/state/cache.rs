//! The read cache: finished answers to what the public or a partner asks, each given until the change log touches what it
//! depends on.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use crate::domain::kept::{Kept, Weight};
use crate::domain::time::Timestamp;
use crate::http::request::format::Form;
use crate::http::response::representation::Representation;
use crate::store::forgetting::{Forgetting, LONGEST_USE, Moment, Subjects};
use actix_web::http::Uri;
use actix_web::http::header::HeaderMap;

/// Longest use of any other answer: some of them depend on the time.
const LONGEST: i64 = 60_000;
/// Bytes of an answer, as a rule.
const TYPICAL: u64 = 16 * 1024;

/// An answer and what it depends on.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) representation: Arc<Representation>,
    /// The pattern of the route that made it, for the metrics.
    pub(crate) route: Option<Arc<str>>,
    subjects: Subjects,
    moment: Moment,
    made_at: Timestamp,
    /// The last turn of the log in which it was found right.
    checked: AtomicU64,
}

impl Entry {
    /// An answer that was read at a moment of the change log.
    pub(crate) fn new(
        representation: Arc<Representation>,
        route: Option<String>,
        subjects: Subjects,
        moment: Moment,
        made_at: Timestamp,
    ) -> Self {
        Self {
            representation,
            route: route.map(Arc::from),
            subjects,
            moment,
            made_at,
            checked: AtomicU64::new(0),
        }
    }

    fn longest_use(&self) -> i64 {
        match self.subjects {
            Subjects::Slots(_) => i64::try_from(LONGEST_USE.as_millis()).unwrap_or(i64::MAX),
            Subjects::None | Subjects::Public | Subjects::Everything => LONGEST,
        }
    }
}

impl Weight for Entry {
    fn weight(&self) -> u64 {
        let slots = match &self.subjects {
            Subjects::Slots(slots) => size_of_val(&**slots),
            Subjects::None | Subjects::Public | Subjects::Everything => 0,
        };
        self.representation.weight() + slots as u64
    }
}

/// Bounded in bytes, so that a stranger who asks a million questions only pushes others out.
pub struct ReadCache {
    entries: Kept<String, Entry>,
    forgetting: Arc<Forgetting>,
    /// Milliseconds that answers are given while the database is away.
    stale_if_error: i64,
}

impl ReadCache {
    /// A cache of so many megabytes; of none, one that keeps nothing. While the database is away, answers are given for
    /// `stale_if_error`.
    #[must_use]
    pub fn new(megabytes: u32, forgetting: Arc<Forgetting>, stale_if_error: Duration) -> Self {
        Self {
            entries: Kept::new(megabytes, TYPICAL),
            forgetting,
            stale_if_error: i64::try_from(stale_if_error.as_millis()).unwrap_or(i64::MAX),
        }
    }

    /// True if it keeps anything.
    pub(crate) const fn is_on(&self) -> bool {
        self.entries.is_on()
    }

    /// Number of kept answers, and their bytes.
    pub(crate) fn size(&self) -> (usize, u64) {
        self.entries.size()
    }

    /// The answer to a request at `now`, if one is kept that is still right.
    pub(crate) fn get(&self, prefix: &str, target: &str, now: Timestamp) -> Option<Arc<Entry>> {
        let entry = self.entries.get(&*key(prefix, target))?;
        let age = now.millis() - entry.made_at.millis();
        let is_right = self
            .forgetting
            .is_right(&entry.subjects, entry.moment, &entry.checked);
        let longest = match self.away() {
            Some(_) => entry.longest_use().saturating_add(self.stale_if_error),
            None => entry.longest_use(),
        };
        (is_right && (0..longest).contains(&age)).then_some(entry)
    }

    /// Time since which the database is away, where it is: answers are then given without knowing whether they are right.
    pub(crate) fn away(&self) -> Option<Duration> {
        self.forgetting.away()
    }

    /// Keeps an answer, unless it would fill too much of the cache alone.
    pub(crate) fn insert(&self, prefix: &str, target: &str, entry: Entry) {
        self.entries
            .insert(key(prefix, target).into_owned(), Arc::new(entry));
    }
}

/// No target holds a space, so that the prefix stays apart from it.
pub(crate) fn key<'a>(prefix: &str, target: &'a str) -> Cow<'a, str> {
    if prefix.is_empty() {
        Cow::Borrowed(target)
    } else {
        Cow::Owned(format!("{prefix} {target}"))
    }
}

/// The name of a request in the cache: path and query as they came, and the form that Accept likes best where that is not
/// JSON. No target holds a space.
pub(crate) fn cache_target<'a>(uri: &'a Uri, headers: &HeaderMap) -> Cow<'a, str> {
    let target = uri
        .path_and_query()
        .map_or_else(|| uri.path(), |target| target.as_str());
    match Form::preferred(headers) {
        Some(Form::Json) | None => Cow::Borrowed(target),
        Some(form) => Cow::Owned(format!("{target} {}", form.media_type())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::http::response::reply::{Policy, Reply};

    fn entry(subjects: Subjects, at: i64) -> Entry {
        let config = Config::with_database("sqlite://x.db");
        let reply = Reply::new("application/json", "{}", Policy::List);
        let representation = Arc::new(reply.finish(&config));
        let moment = Moment {
            seq: 0,
            generation: 0,
        };
        let at = Timestamp::from_millis(at);
        Entry::new(representation, None, subjects, moment, at)
    }

    fn cache(megabytes: u32) -> ReadCache {
        let time = Duration::from_secs(60);
        ReadCache::new(megabytes, Arc::new(Forgetting::new(time)), time)
    }

    #[test]
    fn an_answer_is_given_until_it_is_forgotten_or_grows_old() {
        let cache = cache(1);
        let get = |at| cache.get("", "/a", Timestamp::from_millis(at)).is_some();
        cache.insert("", "/a", entry(Subjects::Public, 5_000));
        assert!(get(5_000) && get(64_999));
        assert!(!get(65_000) && !get(4_999));
        let prefixed = cache.get("/p", "/a", Timestamp::from_millis(5_000));
        assert!(prefixed.is_none());
        cache.insert("", "/a", entry(Subjects::Slots([1].into()), 5_000));
        assert!(get(65_000) && !get(605_000));
        cache.forgetting.forget();
        assert!(!get(5_000));
    }

    #[test]
    fn its_memory_is_bounded_and_none_keeps_nothing() {
        let cache = cache(1);
        for n in 0..20_000 {
            cache.insert("", &format!("/{n}"), entry(Subjects::Public, 0));
        }
        assert!(cache.size().1 <= 1024 * 1024);
        let none = self::cache(0);
        none.insert("", "/a", entry(Subjects::Public, 0));
        assert!(none.get("", "/a", Timestamp::from_millis(0)).is_none());
    }
}
