//! The change log: one row for each thing that a write changed, in commit order.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::domain::access::Scope;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::time::Timestamp;

use super::conn::{Conn, with};
use super::error::StoreError;
use super::schema::changes;

/// What kind of resource changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// An edition.
    Edition,
    /// A section.
    Section,
    /// An author.
    Author,
    /// A source.
    Source,
    /// A tag.
    Tag,
    /// An article.
    Article,
    /// An old slug of an article.
    Redirect,
}

impl ChangeKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Edition => "edition",
            Self::Section => "section",
            Self::Author => "author",
            Self::Source => "source",
            Self::Tag => "tag",
            Self::Article => "article",
            Self::Redirect => "redirect",
        }
    }
}

/// What became of it, for those who follow the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeOp {
    /// It is new, or reads otherwise now.
    Upsert,
    /// It is no longer public.
    Delete,
}

/// One entry before it has its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What kind of thing.
    pub kind: ChangeKind,
    /// Which one.
    pub id: String,
    /// What became of it.
    pub op: ChangeOp,
    /// Why, for a delete.
    pub reason: Option<&'static str>,
    /// Its edition; empty for what belongs to none.
    pub lang: String,
    /// Its version now.
    pub version: i64,
    /// Whether the public's view can have changed.
    pub public: bool,
}

#[derive(Insertable)]
#[diesel(table_name = changes)]
struct ChangeRow<'a> {
    seq: i64,
    kind: &'a str,
    id: &'a str,
    op: &'a str,
    reason: Option<&'a str>,
    lang: &'a str,
    version: i64,
    at: i64,
    public: bool,
    embargo_offset: Option<i64>,
}

/// Appends entries. Only for whoever is in the write lane: the next `seq` is read, then used.
pub fn append_changes(
    conn: &mut Conn,
    entries: &[Change],
    at: Timestamp,
) -> Result<(), StoreError> {
    let first = latest_seq(conn)? + 1;
    let rows: Vec<ChangeRow<'_>> = (first..)
        .zip(entries)
        .map(|(seq, entry)| row(seq, entry, at))
        .collect();
    for chunk in rows.chunks(super::INSERT_ROWS) {
        with!(conn, c => diesel::insert_into(changes::table).values(chunk).execute(c))?;
    }
    Ok(())
}

fn row(seq: i64, entry: &Change, at: Timestamp) -> ChangeRow<'_> {
    ChangeRow {
        seq,
        kind: entry.kind.as_str(),
        id: &entry.id,
        op: match entry.op {
            ChangeOp::Upsert => "upsert",
            ChangeOp::Delete => "delete",
        },
        reason: entry.reason,
        lang: &entry.lang,
        version: entry.version,
        at: at.millis(),
        public: entry.public,
        embargo_offset: None,
    }
}

/// Tells partners with an embargo offset of articles that have just passed it. Only for whoever is in the write lane.
pub(super) fn append_releases(
    conn: &mut Conn,
    offset: i64,
    articles: &[(String, String, i64)],
    at: Timestamp,
) -> Result<(), StoreError> {
    let first = latest_seq(conn)? + 1;
    let rows: Vec<ChangeRow<'_>> = (first..)
        .zip(articles)
        .map(|(seq, (id, lang, version))| ChangeRow {
            seq,
            kind: ChangeKind::Article.as_str(),
            id,
            op: "upsert",
            reason: None,
            lang,
            version: *version,
            at: at.millis(),
            public: false,
            embargo_offset: Some(offset),
        })
        .collect();
    for chunk in rows.chunks(super::INSERT_ROWS) {
        with!(conn, c => diesel::insert_into(changes::table).values(chunk).execute(c))?;
    }
    Ok(())
}

/// Tells a key that its rights have changed, and leaves as many numbers free before that as the log has entries: what
/// follows for the key is told in their place. Only for whoever is in the write lane.
pub fn append_rights_change(conn: &mut Conn, key: Id, at: Timestamp) -> Result<(), StoreError> {
    let free: i64 = changes::table.count().get_result(conn)?;
    let id = key.to_string();
    let row = ChangeRow {
        seq: latest_seq(conn)? + free + 1,
        kind: super::sync::RIGHTS,
        id: &id,
        op: "upsert",
        reason: None,
        lang: "",
        version: free,
        at: at.millis(),
        public: false,
        embargo_offset: None,
    };
    diesel::insert_into(changes::table)
        .values(&row)
        .execute(conn)?;
    Ok(())
}

/// How many entries one step of the compaction looks at.
const COMPACTED: i64 = 1_000;

/// What an entry is of: two of the same thing mean no more than the later one.
type Thing = (String, String, String, bool, Option<i64>);

/// The entries behind one, written before a time, that a later one makes meaningless, and where to go on. An entry of the
/// public's view makes earlier ones of the same thing meaningless to everybody, any other only those of its own kind.
pub fn superseded_entries(
    conn: &mut Conn,
    after: i64,
    before: Timestamp,
) -> Result<(Vec<i64>, Option<i64>), StoreError> {
    let entries: Vec<(i64, i64, Thing)> = changes::table
        .filter(changes::seq.gt(after))
        .order(changes::seq)
        .limit(COMPACTED)
        .select((changes::seq, changes::at, THING))
        .load(conn)?;
    let whole = i64::try_from(entries.len()) == Ok(COMPACTED);
    let last = entries.last().map(|(seq, ..)| *seq);
    let old: Vec<(i64, Thing)> = entries
        .into_iter()
        .filter(|(_, at, _)| *at < before.millis())
        .map(|(seq, _, thing)| (seq, thing))
        .collect();
    let stopped = old.last().map(|(seq, _)| *seq) != last;
    let latest = latest_of(conn, &old)?;
    let later = |seq: i64, thing: &Thing| latest.get(thing).is_some_and(|last| *last > seq);
    let superseded = old.into_iter().filter(|(seq, thing)| {
        let public = (
            thing.0.clone(),
            thing.1.clone(),
            thing.2.clone(),
            true,
            None,
        );
        thing.0 != super::sync::RIGHTS && (later(*seq, thing) || later(*seq, &public))
    });
    let superseded = superseded.map(|(seq, _)| seq).collect();
    Ok((superseded, last.filter(|_| whole && !stopped)))
}

const THING: (
    changes::kind,
    changes::id,
    changes::lang,
    changes::public,
    changes::embargo_offset,
) = (
    changes::kind,
    changes::id,
    changes::lang,
    changes::public,
    changes::embargo_offset,
);

fn latest_of(conn: &mut Conn, old: &[(i64, Thing)]) -> Result<HashMap<Thing, i64>, StoreError> {
    let mut ids: Vec<&str> = old.iter().map(|(_, thing)| thing.1.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut latest = HashMap::new();
    for chunk in ids.chunks(super::IN_LIST) {
        let rows: Vec<(Thing, Option<i64>)> = changes::table
            .filter(changes::id.eq_any(chunk))
            .group_by(THING)
            .select((THING, diesel::dsl::max(changes::seq)))
            .load(conn)?;
        latest.extend(
            rows.into_iter()
                .filter_map(|(thing, seq)| Some((thing, seq?))),
        );
    }
    Ok(latest)
}

/// Takes entries out of the log. The last one is never among those that may be: numbers are not given twice.
pub fn remove_entries(conn: &mut Conn, seqs: &[i64]) -> Result<(), StoreError> {
    for chunk in seqs.chunks(super::IN_LIST) {
        diesel::delete(changes::table.filter(changes::seq.eq_any(chunk))).execute(conn)?;
    }
    Ok(())
}

/// The place of the last entry; 0 while there is none.
pub fn latest_seq(conn: &mut Conn) -> Result<i64, StoreError> {
    let seq: Option<i64> = changes::table
        .select(diesel::dsl::max(changes::seq))
        .first(conn)?;
    Ok(seq.unwrap_or(0))
}

/// When the last entry was written; before every time while there is none.
pub fn last_change(conn: &mut Conn) -> Result<Timestamp, StoreError> {
    let at: Option<i64> = changes::table
        .order(changes::seq.desc())
        .select(changes::at)
        .first(conn)
        .optional()?;
    Ok(at.map_or(Timestamp::NEVER, Timestamp::from_millis))
}

/// When a list of some editions (of all, where none is named) last could have changed for this scope.
pub fn last_change_of_lists(
    conn: &mut Conn,
    scope: &Scope,
    langs: &[LanguageTag],
) -> Result<Option<Timestamp>, StoreError> {
    if langs.is_empty() {
        let mut query = changes::table
            .select(changes::at)
            .order(changes::seq.desc())
            .into_boxed();
        if !scope.sees_unpublished() {
            query = query.filter(changes::public.eq(true));
        }
        let at: Option<i64> = query.first(conn).optional()?;
        return Ok(at
            .map(Timestamp::from_millis)
            .max(last_release(conn, scope)?));
    }
    let mut latest = last_release(conn, scope)?;
    for lang in langs.iter().map(LanguageTag::as_str).chain([""]) {
        latest = latest.max(last_at(conn, scope, Of::Lang(lang))?);
    }
    Ok(latest)
}

/// When articles last passed the embargo offset of a partner.
fn last_release(conn: &mut Conn, scope: &Scope) -> Result<Option<Timestamp>, StoreError> {
    match scope.partner().map(|grant| grant.contract.embargo_offset) {
        None | Some(0) => Ok(None),
        Some(offset) => super::partners::offset_moved_at(conn, offset),
    }
}

/// When an edition, or anything that is named alike in every edition (an author, a source, a tag), last changed.
pub fn last_change_of_names(
    conn: &mut Conn,
    scope: &Scope,
    edition: &LanguageTag,
) -> Result<Option<Timestamp>, StoreError> {
    let own = last_at(conn, scope, Of::Id(edition.as_str()))?;
    Ok(own.max(last_at(conn, scope, Of::Lang(""))?))
}

/// When any of these things last changed for this scope.
pub fn last_change_of(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[Id],
) -> Result<Option<Timestamp>, StoreError> {
    let mut latest = None;
    for id in ids {
        latest = latest.max(last_at(conn, scope, Of::Id(&id.to_string()))?);
    }
    Ok(latest)
}

/// Whether the public could ever see an article.
pub fn was_public(conn: &mut Conn, article: Id) -> Result<bool, StoreError> {
    let public = last_at(conn, &Scope::Public, Of::Id(&article.to_string()))?;
    Ok(public.is_some())
}

enum Of<'a> {
    Lang(&'a str),
    Id(&'a str),
}

fn last_at(conn: &mut Conn, scope: &Scope, of: Of<'_>) -> Result<Option<Timestamp>, StoreError> {
    let sides: &[bool] = if scope.sees_unpublished() {
        &[true, false]
    } else {
        &[true]
    };
    let mut latest = None;
    for public in sides {
        let query = changes::table
            .filter(changes::public.eq(*public))
            .order(changes::seq.desc())
            .select(changes::at)
            .into_boxed();
        let query = match &of {
            Of::Lang(lang) => query.filter(changes::lang.eq(*lang)),
            Of::Id(id) => query.filter(changes::id.eq(*id)),
        };
        let at: Option<i64> = query.first(conn).optional()?;
        latest = latest.max(at.map(Timestamp::from_millis));
    }
    Ok(latest)
}
