//! Appending entries to the change log, for whoever is in the write lane.

use std::cell::Cell;

use diesel::prelude::*;

use crate::domain::id::Id;
use crate::domain::time::Timestamp;

use super::super::batch::insert_rows;
use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::rights::RIGHTS;
use super::super::schema::changes;
use super::super::slots::to_column;
use super::ends::latest_seq;
use super::entry::{Change, ChangeKind, ChangeOp};

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
    at: Timestamp,
    public: bool,
    embargo_offset: Option<i64>,
    touched: Option<Vec<u8>>,
}

thread_local! {
    /// The last entry of the write that is under way on this thread, or was the last.
    static WRITTEN: Cell<Option<i64>> = const { Cell::new(None) };
}

/// Forgets the entries of the thread's last write.
pub(in crate::store) fn begin_writing() {
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
        at,
        public: entry.public,
        embargo_offset: None,
        touched: entry.touched.as_deref().map(to_column),
    }
}

/// Tells partners with an embargo offset of articles that have just passed it. Only for whoever is in the write lane.
pub(in crate::store) fn append_releases(
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
            at,
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
        at,
        public: false,
        embargo_offset: None,
        touched: None,
    };
    diesel::insert_into(changes::table)
        .values(&row)
        .execute(conn)?;
    Ok(())
}
