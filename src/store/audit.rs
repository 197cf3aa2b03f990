//! The audit: who did what, when, with which key.

use diesel::prelude::*;

use crate::domain::id::Id;
use crate::domain::time::Timestamp;

use super::conn::{Conn, with};
use super::error::StoreError;
use super::schema::audit;

/// A deed, as it is written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// The operation's id.
    pub operation: &'static str,
    /// What kind of thing it was done to.
    pub kind: &'static str,
    /// Which one.
    pub resource: String,
    /// The version that it made, where the thing has versions.
    pub version: Option<i64>,
    /// What else is worth knowing, as JSON; never a secret.
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
    for chunk in rows.chunks(super::INSERT_ROWS) {
        with!(conn, c => diesel::insert_into(audit::table).values(chunk).execute(c))?;
    }
    Ok(())
}
