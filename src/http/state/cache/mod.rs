//! The read cache: finished answers to what the public asks, each given until the change log touches what it depends on.

mod forgetting;

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use actix_web::http::Uri;
use actix_web::http::header::HeaderMap;
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

use crate::domain::time::Timestamp;
use crate::http::request::format::Form;
use crate::http::response::representation::Representation;
use crate::store::Store;
use crate::store::changes::Ends;

use forgetting::Forgetting;
pub(crate) use forgetting::{Moment, Subjects};

/// Longest use of an answer whose subjects are known, in milliseconds. It bounds what a repair that no log tells of may
/// leave behind.
const LONGEST_BY_SUBJECTS: i64 = 600_000;
/// Longest use of any other answer: some of them depend on the time.
const LONGEST: i64 = 60_000;
/// Parts that are locked apart. Few, since an entry must fit into one.
const SHARDS: usize = 8;

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

    fn weight(&self) -> u64 {
        let slots = match &self.subjects {
            Subjects::Slots(slots) => size_of_val(&**slots),
            Subjects::None | Subjects::Public => 0,
        };
        self.representation.weight() + slots as u64
    }

    const fn longest_use(&self) -> i64 {
        match self.subjects {
            Subjects::Slots(_) => LONGEST_BY_SUBJECTS,
            Subjects::None | Subjects::Public => LONGEST,
        }
    }
}

#[derive(Debug, Clone)]
struct Weigh;

impl Weighter<String, Arc<Entry>> for Weigh {
    fn weight(&self, key: &String, entry: &Arc<Entry>) -> u64 {
        key.len() as u64 + entry.weight()
    }
}

/// Bounded in bytes, so that a stranger who asks a million questions only pushes others out.
pub struct ReadCache {
    entries: Option<Cache<String, Arc<Entry>, Weigh>>,
    forgetting: Forgetting,
    /// Milliseconds that answers are given while the database is away.
    stale_if_error: i64,
    most_weight: u64,
}

impl ReadCache {
    /// A cache of so many megabytes; of none, one that keeps nothing. While the database is away, answers are given for
    /// `stale_if_error`.
    #[must_use]
    pub fn new(megabytes: u32, stale_if_error: Duration) -> Self {
        let bytes = u64::from(megabytes) * 1024 * 1024;
        Self {
            entries: (bytes > 0).then(|| entries(bytes)).flatten(),
            forgetting: Forgetting::new(stale_if_error),
            stale_if_error: i64::try_from(stale_if_error.as_millis()).unwrap_or(i64::MAX),
            most_weight: bytes / 16,
        }
    }

    /// True if it keeps anything.
    pub(crate) const fn is_on(&self) -> bool {
        self.entries.is_some()
    }

    /// Takes in what the log tells up to these ends: answers that it touches are not given again.
    pub fn follow(&self, store: &Store, ends: Ends) {
        if self.is_on() {
            self.forgetting.follow(store, Some(ends.all));
        }
    }

    /// The same at least up to an entry.
    pub fn follow_to(&self, store: &Store, seq: i64) {
        if self.is_on() && self.seen() < seq {
            self.forgetting.follow(store, None);
        }
    }

    /// Forgets everything.
    pub fn forget(&self) {
        self.forgetting.forget();
    }

    /// Number of kept answers, and their bytes.
    pub(crate) fn size(&self) -> (usize, u64) {
        let entries = self.entries.as_ref();
        entries.map_or((0, 0), |entries| (entries.len(), entries.weight()))
    }

    /// The place up to which the log was taken in.
    #[must_use]
    pub fn seen(&self) -> i64 {
        self.forgetting.seen()
    }

    /// The generation of answers whose reading begins now.
    pub(crate) fn generation(&self) -> u64 {
        self.forgetting.generation()
    }

    /// The answer to a public request at `now`, if one is kept that is still right.
    pub(crate) fn get(&self, prefix: &str, target: &str, now: Timestamp) -> Option<Arc<Entry>> {
        let entry = self.entries.as_ref()?.get(&*key(prefix, target))?;
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
        if let Some(entries) = &self.entries
            && entry.weight() <= self.most_weight
        {
            entries.insert(key(prefix, target).into_owned(), Arc::new(entry));
        }
    }
}

fn entries(bytes: u64) -> Option<Cache<String, Arc<Entry>, Weigh>> {
    const TYPICAL_ENTRY: u64 = 16 * 1024;
    let options = OptionsBuilder::new()
        .shards(SHARDS)
        .estimated_items_capacity(usize::try_from(bytes / TYPICAL_ENTRY).ok()?)
        .weight_capacity(bytes)
        .build()
        .ok()?;
    let hash = DefaultHashBuilder::default();
    Some(Cache::with_options(
        options,
        Weigh,
        hash,
        DefaultLifecycle::default(),
    ))
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
        Some(form @ (Form::JsonLd | Form::Ninjs)) => {
            Cow::Owned(format!("{target} {}", form.media_type()))
        }
        Some(Form::Json) | None => Cow::Borrowed(target),
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

    #[test]
    fn an_answer_is_given_until_it_is_forgotten_or_grows_old() {
        let cache = ReadCache::new(1, Duration::from_secs(60));
        let get = |at| cache.get("", "/a", Timestamp::from_millis(at)).is_some();
        cache.insert("", "/a", entry(Subjects::Public, 5_000));
        assert!(get(5_000) && get(64_999));
        assert!(!get(65_000) && !get(4_999));
        let prefixed = cache.get("/p", "/a", Timestamp::from_millis(5_000));
        assert!(prefixed.is_none());
        cache.insert("", "/a", entry(Subjects::Slots([1].into()), 5_000));
        assert!(get(65_000) && !get(605_000));
        cache.forget();
        assert!(!get(5_000));
    }

    #[test]
    fn its_memory_is_bounded_and_none_keeps_nothing() {
        let cache = ReadCache::new(1, Duration::from_secs(60));
        for n in 0..20_000 {
            cache.insert("", &format!("/{n}"), entry(Subjects::Public, 0));
        }
        assert!(cache.entries.as_ref().unwrap().weight() <= 1024 * 1024);
        let none = ReadCache::new(0, Duration::from_secs(60));
        none.insert("", "/a", entry(Subjects::Public, 0));
        assert!(none.get("", "/a", Timestamp::from_millis(0)).is_none());
    }
}
