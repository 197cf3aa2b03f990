//! The change log: one row for each thing that a write changed, in commit order.

use std::cell::Cell;
use std::collections::HashMap;

use diesel::prelude::*;

use crate::domain::access::Scope;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::time::Timestamp;

use super::any_of::any_of;
use super::batch::{IN_LIST, insert_rows};
use super::conn::Conn;
use super::error::StoreError;
use super::rights::{RIGHTS, last_turn};
use super::schema::changes;
use super::sight::offset_moved_at;
use super::slots::{Slot, to_column};

/// The kind of resource that changed.
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
    /// An uploaded picture.
    Medium,
}

impl ChangeKind {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Edition => "edition",
            Self::Section => "section",
            Self::Author => "author",
            Self::Source => "source",
            Self::Tag => "tag",
            Self::Article => "article",
            Self::Redirect => "redirect",
            Self::Medium => "medium",
        }
    }
}

/// The change, for those who follow the log.
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
    /// Kind of the resource.
    pub kind: ChangeKind,
    /// Id of the resource.
    pub id: String,
    /// The change.
    pub op: ChangeOp,
    /// Reason of a delete.
    pub reason: Option<&'static str>,
    /// Its edition; empty for what belongs to none.
    pub lang: String,
    /// Its version now.
    pub version: i64,
    /// True if the public's view can have changed.
    pub public: bool,
    /// True if the articles that name this resource read otherwise now, so that those who copy them are told.
    pub alters_articles: bool,
    /// The subjects that it touches beside this resource; `None` where they cannot be told.
    pub touched: Option<Vec<Slot>>,
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
    touched: Option<Vec<u8>>,
}

thread_local! {
    /// The last entry of the write that is under way on this thread, or was the last.
    static WRITTEN: Cell<Option<i64>> = const { Cell::new(None) };
}

/// Forgets the entries of the thread's last write.
pub(super) fn begin_writing() {
    WRITTEN.set(None);
}

/// The last entry of the thread's last write, where it made one.
#[must_use]
pub fn written() -> Option<i64> {
    WRITTEN.get()
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
    insert_rows!(conn, changes::table, rows);
    if let Some(last) = rows.last() {
        WRITTEN.set(Some(last.seq));
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
        touched: entry.touched.as_deref().map(to_column),
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
            touched: None,
        })
        .collect();
    insert_rows!(conn, changes::table, rows);
    Ok(())
}

/// Tells a key that its rights have changed, and leaves as many numbers free before that as the log has entries: what
/// follows for the key is told in their place. Only for whoever is in the write lane.
pub fn append_rights_change(conn: &mut Conn, key: Id, at: Timestamp) -> Result<(), StoreError> {
    let free: i64 = changes::table.count().get_result(conn)?;
    let id = key.to_string();
    let row = ChangeRow {
        seq: latest_seq(conn)? + free + 1,
        kind: RIGHTS,
        id: &id,
        op: "upsert",
        reason: None,
        lang: "",
        version: free,
        at: at.millis(),
        public: false,
        embargo_offset: None,
        touched: None,
    };
    diesel::insert_into(changes::table)
        .values(&row)
        .execute(conn)?;
    Ok(())
}

/// Number of entries that one step of the compaction reads.
const COMPACTED: i64 = 1_000;

/// The subject of an entry: two entries of the same subject mean no more than the later one.
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
        thing.0 != RIGHTS && (later(*seq, thing) || later(*seq, &public))
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
    for chunk in ids.chunks(IN_LIST) {
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
    for chunk in seqs.chunks(IN_LIST) {
        diesel::delete(changes::table.filter(changes::seq.eq_any(chunk))).execute(conn)?;
    }
    Ok(())
}

/// The place of the last entry; 0 while there is none.
pub fn latest_seq(conn: &mut Conn) -> Result<i64, StoreError> {
    let seq: Option<i64> = changes::table
        .select(diesel::dsl::max(changes::seq))
        .get_result(conn)?;
    Ok(seq.unwrap_or(0))
}

/// The ends of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ends {
    /// The last entry of all.
    pub all: i64,
    /// The last entry by which the public's view can have changed.
    pub public: i64,
}

/// The end of the log; 0 where there is no entry.
pub fn ends(conn: &mut Conn) -> Result<Ends, StoreError> {
    Ok(Ends {
        all: latest_seq(conn)?,
        public: public_end(conn)?,
    })
}

/// The last entry by which the public's view can have changed; 0 while there is none.
pub fn public_end(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(last_seq(conn, &Scope::Public, &Of::All)?.unwrap_or(0))
}

/// Time of the last entry; before every time while there is none.
pub fn last_change(conn: &mut Conn) -> Result<Timestamp, StoreError> {
    let last = Some(latest_seq(conn)?).filter(|seq| *seq > 0);
    Ok(written_at(conn, last)?.unwrap_or(Timestamp::NEVER))
}

/// Time that the log's end may be ahead, in milliseconds: clocks of nodes differ a little.
const CLOCKS_DIFFER: i64 = 300_000;

/// The time of the log's end, where it is so long after `now` that a clock must have been wrong.
pub fn end_after(conn: &mut Conn, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let end = last_change(conn)?;
    Ok(Some(end).filter(|end| end.millis() > now.millis() + CLOCKS_DIFFER))
}

/// Time at which a list of some editions (of all, where none is named) last could have changed for this scope.
pub fn last_change_of_lists(
    conn: &mut Conn,
    scope: &Scope,
    langs: &[LanguageTag],
) -> Result<Option<Timestamp>, StoreError> {
    if langs.is_empty() {
        let seq = last_seq(conn, scope, &Of::All)?;
        return Ok(written_at(conn, seq)?.max(last_of_contract(conn, scope)?));
    }
    let mut latest = None;
    for lang in langs.iter().map(LanguageTag::as_str).chain([""]) {
        latest = latest.max(last_seq(conn, scope, &Of::Lang(lang))?);
    }
    Ok(written_at(conn, latest)?.max(last_of_contract(conn, scope)?))
}

/// Time at which a partner's visibility last changed by its contract: articles passed its embargo offset, or its rights
/// changed.
fn last_of_contract(conn: &mut Conn, scope: &Scope) -> Result<Option<Timestamp>, StoreError> {
    let Some(partner) = scope.partner() else {
        return Ok(None);
    };
    let turn = last_turn(conn, partner)?.map(|turn| turn.seq);
    let passed = offset_moved_at(conn, partner.contract.embargo_offset)?;
    Ok(written_at(conn, turn)?.max(passed))
}

/// Time of the last change of an edition, or of anything that is named alike in every edition (an author, a source, a tag).
pub fn last_change_of_names(
    conn: &mut Conn,
    scope: &Scope,
    edition: &LanguageTag,
) -> Result<Option<Timestamp>, StoreError> {
    let own = last_seq(conn, scope, &Of::Ids(&[edition.to_string()]))?;
    let names = last_seq(conn, scope, &Of::Lang(""))?;
    Ok(written_at(conn, own.max(names))?.max(last_of_contract(conn, scope)?))
}

/// Time of the last change of any of these resources for this scope.
pub fn last_change_of(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[Id],
) -> Result<Option<Timestamp>, StoreError> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let mut latest = None;
    for some in ids.chunks(IN_LIST) {
        latest = latest.max(last_seq(conn, scope, &Of::Ids(some))?);
    }
    Ok(written_at(conn, latest)?.max(last_of_contract(conn, scope)?))
}

/// The editions in which the public's view of articles changed behind one place of the log, up to another.
pub fn langs_changed(conn: &mut Conn, after: i64, to: i64) -> Result<Vec<LanguageTag>, StoreError> {
    let langs: Vec<String> = changes::table
        .filter(changes::seq.gt(after).and(changes::seq.le(to)))
        .filter(changes::public.eq(true))
        .filter(changes::kind.eq(ChangeKind::Article.as_str()))
        .select(changes::lang)
        .distinct()
        .load(conn)?;
    Ok(langs.into_iter().map(LanguageTag::from_stored).collect())
}

/// True if the public could ever see an article.
pub fn was_public(conn: &mut Conn, article: Id) -> Result<bool, StoreError> {
    let ids = [article.to_string()];
    Ok(last_seq(conn, &Scope::Public, &Of::Ids(&ids))?.is_some())
}

enum Of<'a> {
    All,
    Lang(&'a str),
    Ids(&'a [String]),
}

/// The last entry of these. Each side of publication is asked for by itself: both databases find the greatest number
/// under one value of an index at its end.
fn last_seq(conn: &mut Conn, scope: &Scope, of: &Of<'_>) -> Result<Option<i64>, StoreError> {
    let sides: &[bool] = if scope.sees_unpublished() {
        &[true, false]
    } else {
        &[true]
    };
    let mut latest = None;
    for public in sides {
        let query = changes::table
            .filter(changes::public.eq(*public))
            .select(diesel::dsl::max(changes::seq))
            .into_boxed();
        let query = match of {
            Of::All => query,
            Of::Lang(lang) => query.filter(changes::lang.eq(*lang)),
            Of::Ids(ids) => query.filter(any_of(changes::id, ids)),
        };
        latest = latest.max(query.get_result(conn)?);
    }
    Ok(latest)
}

/// Time of an entry. Times rise with the numbers, so that the last entry has the latest.
fn written_at(conn: &mut Conn, seq: Option<i64>) -> Result<Option<Timestamp>, StoreError> {
    let Some(seq) = seq else {
        return Ok(None);
    };
    let at: i64 = changes::table
        .find(seq)
        .select(changes::at)
        .get_result(conn)?;
    Ok(Some(Timestamp::from_millis(at)))
}
