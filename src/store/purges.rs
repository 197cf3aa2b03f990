//! Places in the change log up to which caches in front were told to forget.

use diesel::prelude::*;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::domain::purge::{ANY_CHANGE, Order, key_of_slot};

use super::altered::{altered_feeds, changed_articles};
use super::batch::IN_LIST;
use super::conn::Conn;
use super::error::StoreError;
use super::schema::{articles, purge_places};
use super::touched::{TouchingEntry, touched_behind};

/// The places of a cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places {
    /// The last entry that it was told of.
    pub purged: i64,
    /// The last entry that it was told of twice.
    pub settled: i64,
}

/// The places of a cache; `None` while it was never told of anything.
pub fn places_of(conn: &mut Conn, target: &str) -> Result<Option<Places>, StoreError> {
    let found: Option<(i64, i64)> = purge_places::table
        .find(target)
        .select((purge_places::purged, purge_places::settled))
        .first(conn)
        .optional()?;
    Ok(found.map(|(purged, settled)| Places { purged, settled }))
}

/// The last entry that all of these caches were told of; `None` where one was never told of anything.
pub fn least_purged(conn: &mut Conn, targets: &[&str]) -> Result<Option<i64>, StoreError> {
    let found: Vec<i64> = purge_places::table
        .filter(purge_places::target.eq_any(targets))
        .select(purge_places::purged)
        .load(conn)?;
    let are_all = found.len() == targets.len();
    Ok(found.into_iter().min().filter(|_| are_all))
}

/// Writes the places of a cache.
pub fn save_places(conn: &mut Conn, target: &str, places: Places) -> Result<(), StoreError> {
    let values = (
        purge_places::purged.eq(places.purged),
        purge_places::settled.eq(places.settled),
    );
    let own = purge_places::table.find(target);
    if diesel::update(own).set(values).execute(conn)? == 0 {
        diesel::insert_into(purge_places::table)
            .values((purge_places::target.eq(target), values.0, values.1))
            .execute(conn)?;
    }
    Ok(())
}

/// Most entries that one order is made of; behind more of them, everything is forgotten.
const MOST_ENTRIES: usize = 2_000;
/// Most keys of one order.
const MOST_KEYS: usize = 2_000;

/// The order that follows from the entries behind one place of the log, up to another where that is given; `None` where they
/// change nothing that a cache keeps. Answers the place that was read to.
pub fn order_behind(
    conn: &mut Conn,
    after: i64,
    upto: Option<i64>,
    with_paths: bool,
) -> Result<(Option<Order>, i64), StoreError> {
    let touched = touched_behind(conn, after, MOST_ENTRIES)?;
    let end = upto.unwrap_or(touched.end);
    let entries = touched.entries.filter(|_| touched.end >= after);
    let Some(entries) = entries else {
        return Ok((Some(Order::everything()), end));
    };
    let mut shown = entries
        .iter()
        .filter(|entry| entry.seq <= end && entry.shown)
        .peekable();
    if shown.peek().is_none() {
        return Ok((None, end));
    }
    let mut order = keyed(shown);
    if with_paths {
        order.paths = altered_paths(conn, after, end)?;
    }
    Ok((Some(order), end))
}

fn keyed<'a>(entries: impl Iterator<Item = &'a TouchingEntry>) -> Order {
    let mut slots = Vec::new();
    for entry in entries {
        match &entry.slots {
            Some(touched) => slots.extend_from_slice(touched),
            None => return Order::everything(),
        }
    }
    slots.sort_unstable();
    slots.dedup();
    if slots.len() > MOST_KEYS {
        return Order::everything();
    }
    let keys = slots.into_iter().map(key_of_slot);
    Order {
        keys: keys.chain([ANY_CHANGE.to_owned()]).collect(),
        paths: Vec::new(),
        everything: false,
    }
}

const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');
/// The files of a feed.
const FEEDS: [&str; 3] = ["rss.xml", "atom.xml", "feed.json"];

/// The paths that certainly show what changed for the public behind one place of the log, up to another: the articles by id
/// and slug, the first pages of lists, the feeds and the sitemaps. No list of paths names every query.
fn altered_paths(conn: &mut Conn, after: i64, to: i64) -> Result<Vec<String>, StoreError> {
    let mut paths: Vec<String> = ["/api/articles", "/sitemap.xml", "/sitemap-news.xml"]
        .map(str::to_owned)
        .into();
    for chunk in changed_articles(conn, after, to)?.chunks(IN_LIST) {
        let rows: Vec<(String, String, String)> = articles::table
            .filter(articles::id.eq_any(chunk))
            .select((articles::id, articles::slug, articles::lang))
            .load(conn)?;
        for (id, slug, lang) in rows {
            let slug = utf8_percent_encode(&slug, PLAIN).to_string();
            paths.extend([
                format!("/api/articles/{id}"),
                format!("/api/articles/{slug}"),
                format!("/api/articles/{slug}?lang={lang}"),
                format!("/api/articles?lang={lang}"),
            ]);
        }
    }
    for (lang, of) in altered_feeds(conn, after, to)? {
        let below = of.path();
        paths.extend(FEEDS.map(|file| format!("/feeds/{lang}{below}/{file}")));
    }
    paths.sort_unstable();
    paths.dedup();
    Ok(paths)
}
