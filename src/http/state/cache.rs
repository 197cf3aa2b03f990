//! The read cache: finished answers to what the public asks, valid for the state of the change log that they were read at.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use actix_web::http::Uri;
use actix_web::http::header::HeaderMap;
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

use crate::domain::time::Timestamp;
use crate::http::request::format::Form;
use crate::http::response::reply::Representation;

/// Longest use of an answer without looking again, in milliseconds: bounds how old answers grow while the change log cannot
/// be read.
const MOST_AGE: i64 = 60_000;
/// Parts that are locked apart. Few, since an entry must fit into one.
const SHARDS: usize = 8;

/// An answer and the moment that it shows.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) representation: Arc<Representation>,
    /// The pattern of the route that made it, for the metrics.
    pub(crate) route: Option<String>,
    seq: i64,
    made_at: Timestamp,
}

impl Entry {
    /// An answer that was read when the change log ended with `seq`.
    pub(crate) fn new(
        representation: Arc<Representation>,
        route: Option<String>,
        seq: i64,
        made_at: Timestamp,
    ) -> Self {
        Self {
            representation,
            route,
            seq,
            made_at,
        }
    }
}

#[derive(Debug, Clone)]
struct Weigh;

impl Weighter<String, Entry> for Weigh {
    fn weight(&self, key: &String, entry: &Entry) -> u64 {
        key.len() as u64 + entry.representation.weight()
    }
}

/// Bounded in bytes, so that a stranger who asks a million questions only pushes others out.
pub struct ReadCache {
    entries: Option<Cache<String, Entry, Weigh>>,
    seen: AtomicI64,
    most_weight: u64,
}

impl ReadCache {
    /// A cache of so many megabytes; of none, one that keeps nothing.
    #[must_use]
    pub fn new(megabytes: u32) -> Self {
        let bytes = u64::from(megabytes) * 1024 * 1024;
        Self {
            entries: (bytes > 0).then(|| entries(bytes)).flatten(),
            seen: AtomicI64::new(i64::MIN),
            most_weight: bytes / 16,
        }
    }

    /// Says how far the public part of the change log has come: answers that were read before are not given again.
    pub fn advance(&self, seq: i64) {
        self.seen.fetch_max(seq, Ordering::SeqCst);
    }

    /// The known end of its public part.
    #[must_use]
    pub fn seen(&self) -> i64 {
        self.seen.load(Ordering::SeqCst)
    }

    /// The answer to a public request at `now`, if one is kept that is still right.
    pub(crate) fn get(&self, prefix: &str, target: &str, now: Timestamp) -> Option<Entry> {
        let entry = self.entries.as_ref()?.get(&*key(prefix, target))?;
        let age = now.millis() - entry.made_at.millis();
        (entry.seq >= self.seen() && (0..MOST_AGE).contains(&age)).then_some(entry)
    }

    /// Keeps an answer, unless it would fill too much of the cache alone.
    pub(crate) fn insert(&self, prefix: &str, target: &str, entry: Entry) {
        if let Some(entries) = &self.entries
            && entry.representation.weight() <= self.most_weight
        {
            entries.insert(key(prefix, target).into_owned(), entry);
        }
    }
}

fn entries(bytes: u64) -> Option<Cache<String, Entry, Weigh>> {
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
fn key<'a>(prefix: &str, target: &'a str) -> Cow<'a, str> {
    if prefix.is_empty() {
        Cow::Borrowed(target)
    } else {
        Cow::Owned(format!("{prefix} {target}"))
    }
}

/// The name of a request in the cache: path and query as they came, and the form that Accept likes best where that is not
/// JSON. No target holds a space.
pub(crate) fn cache_target(uri: &Uri, headers: &HeaderMap) -> String {
    let target = uri
        .path_and_query()
        .map_or_else(|| uri.path().to_owned(), ToString::to_string);
    match Form::preferred(headers) {
        Some(form @ (Form::JsonLd | Form::Ninjs)) => format!("{target} {}", form.media_type()),
        Some(Form::Json) | None => target,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::http::response::reply::{Policy, Reply};

    fn entry(seq: i64, at: i64) -> Entry {
        let config = Config::with_database("sqlite://x.db");
        let reply = Reply::new("application/json", "{}", Policy::List);
        let representation = Arc::new(reply.finish(&config));
        Entry::new(representation, None, seq, Timestamp::from_millis(at))
    }

    #[test]
    fn an_answer_is_given_until_the_log_moves_on_or_it_grows_old() {
        let cache = ReadCache::new(1);
        let get = |at| cache.get("", "/a", Timestamp::from_millis(at)).is_some();
        cache.advance(7);
        cache.insert("", "/a", entry(7, 5_000));
        assert!(get(5_000) && get(64_999));
        assert!(!get(65_000) && !get(4_999));
        assert!(
            cache
                .get("/p", "/a", Timestamp::from_millis(5_000))
                .is_none()
        );
        cache.advance(8);
        assert!(!get(5_000));
    }

    #[test]
    fn its_memory_is_bounded_and_none_keeps_nothing() {
        let cache = ReadCache::new(1);
        let one = entry(0, 0);
        for n in 0..20_000 {
            cache.insert("", &format!("/{n}"), one.clone());
        }
        assert!(cache.entries.as_ref().unwrap().weight() <= 1024 * 1024);
        let none = ReadCache::new(0);
        none.insert("", "/a", entry(0, 0));
        assert!(none.get("", "/a", Timestamp::from_millis(0)).is_none());
    }
}
