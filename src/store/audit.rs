//! The audit: who did what, when, with which key.

use diesel::prelude::*;

use crate::domain::audit::{AuditFilter, AuditView};
use crate::domain::cursor::{Cursor, SortValue};
use crate::domain::id::Id;
use crate::domain::query::{PageRequest, Slice};
use crate::domain::time::Timestamp;

use super::actors::{Actors, KEY};
use super::batch::insert_rows;
use super::conn::Conn;
use super::error::StoreError;
use super::paging;
use super::schema::audit;
use super::types::{from_json, stored_id};

/// A deed, as it is written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// The operation's id.
    pub operation: &'static str,
    /// Kind of the resource.
    pub kind: &'static str,
    /// Id of the resource.
    pub resource: String,
    /// The version that it made, where the thing has versions.
    pub version: Option<i64>,
    /// Other facts, as JSON; never a secret.
    pub detail: Option<String>,
}

#[derive(Insertable)]
#[diesel(table_name = audit, treat_none_as_default_value = false)]
struct DeedRow<'a> {
    id: String,
    at: i64,
    actor: &'a str,
    operation: &'a str,
    kind: &'a str,
    resource: &'a str,
    version: Option<i64>,
    request_id: Option<&'a str>,
    detail: Option<&'a str>,
}

/// Writes deeds down, in the transaction that did them.
pub fn append_deeds(
    conn: &mut Conn,
    deeds: &[Deed],
    actor: &str,
    request_id: Option<&str>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let rows: Vec<DeedRow<'_>> = deeds
        .iter()
        .map(|deed| DeedRow {
            id: Id::new(at).to_string(),
            at: at.millis(),
            actor,
            operation: deed.operation,
            kind: deed.kind,
            resource: &deed.resource,
            version: deed.version,
            request_id,
            detail: deed.detail.as_deref(),
        })
        .collect();
    insert_rows!(conn, audit::table, rows);
    Ok(())
}

/// The actors that are no keys.
const OTHERS: [&str; 4] = ["operator", "import", "schedule", "demo"];

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit)]
struct StoredDeed {
    id: String,
    at: i64,
    actor: String,
    operation: String,
    kind: String,
    resource: String,
    version: Option<i64>,
    request_id: Option<String>,
    detail: Option<String>,
}

/// A part of the audit, the newest deed first.
pub fn list_deeds(
    conn: &mut Conn,
    filter: &AuditFilter,
    page: &PageRequest,
) -> Result<Slice<AuditView>, StoreError> {
    let mut query = picked(filter);
    if let Some((_, id)) = paging::after(page) {
        query = query.filter(audit::id.lt(id.to_owned()));
    }
    let rows: Vec<StoredDeed> = query
        .order(audit::id.desc())
        .offset(paging::offset(page))
        .limit(paging::fetch(page))
        .select(StoredDeed::as_select())
        .load(conn)?;
    let total = if page.count {
        Some(picked(filter).count().get_result(conn)?)
    } else {
        None
    };
    let slice = paging::slice(rows, page, total, |row| Cursor {
        value: SortValue::Text(String::new()),
        id: row.id.clone(),
    });
    Ok(Slice {
        rows: views(conn, slice.rows)?,
        next: slice.next,
        total: slice.total,
    })
}

/// Time of the last entry.
pub fn last_deed(conn: &mut Conn) -> Result<Option<Timestamp>, StoreError> {
    let at: Option<i64> = audit::table
        .order(audit::id.desc())
        .select(audit::at)
        .first(conn)
        .optional()?;
    Ok(at.map(Timestamp::from_millis))
}

type Picked = audit::BoxedQuery<'static, super::conn::MultiBackend>;

fn picked(filter: &AuditFilter) -> Picked {
    let mut query = audit::table.into_boxed();
    if let Some(key) = filter.key {
        query = query.filter(audit::actor.eq(format!("{KEY}{key}")));
    }
    if let Some(actor) = &filter.actor {
        query = match actor.as_str() {
            "key" => query.filter(audit::actor.ne_all(OTHERS)),
            other => query.filter(audit::actor.eq(other.to_owned())),
        };
    }
    if let Some(operation) = &filter.operation {
        query = query.filter(audit::operation.eq(operation.clone()));
    }
    if let Some(kind) = &filter.kind {
        query = query.filter(audit::kind.eq(kind.clone()));
    }
    if let Some(resource) = &filter.resource {
        query = query.filter(audit::resource.eq(resource.clone()));
    }
    if let Some(from) = filter.at.from {
        query = query.filter(audit::at.ge(from.millis()));
    }
    if let Some(to) = filter.at.to {
        query = query.filter(audit::at.le(to.millis()));
    }
    query
}

fn views(conn: &mut Conn, rows: Vec<StoredDeed>) -> Result<Vec<AuditView>, StoreError> {
    let actors = Actors::load(conn, rows.iter().map(|row| row.actor.as_str()))?;
    let view = |row: StoredDeed| {
        Ok(AuditView {
            id: stored_id(&row.id)?,
            at: Timestamp::from_millis(row.at),
            actor: actors.view(&row.actor)?,
            operation: row.operation,
            kind: row.kind,
            resource: row.resource,
            version: row.version,
            request_id: row.request_id,
            detail: row.detail.as_deref().map(from_json).transpose()?,
        })
    };
    rows.into_iter().map(view).collect()
}
