//! The secrets that keys had before their rotations, for as long as they still work.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::domain::id::Id;
use crate::domain::key::Retiring;
use crate::domain::time::Timestamp;

use super::conn::Conn;
use super::error::StoreError;
use super::schema::{api_keys, retired_secrets};
use super::tokens;

/// Lets a key's present secret work until a time, those before it no longer than that, and forgets what has ended.
pub(super) fn retire(
    conn: &mut Conn,
    key: Id,
    until: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    let ended = retired_secrets::works_until.le(now);
    diesel::delete(retired_secrets::table.filter(ended)).execute(conn)?;
    let own = retired_secrets::table.filter(retired_secrets::key_id.eq(key));
    let longer = own.filter(retired_secrets::works_until.gt(until));
    diesel::update(longer)
        .set(retired_secrets::works_until.eq(until))
        .execute(conn)?;
    let (prefix, hash): (String, String) = api_keys::table
        .find(key)
        .select((api_keys::prefix, api_keys::secret_hash))
        .first(conn)?;
    diesel::insert_into(retired_secrets::table)
        .values((
            retired_secrets::prefix.eq(prefix),
            retired_secrets::key_id.eq(key),
            retired_secrets::secret_hash.eq(hash),
            retired_secrets::works_until.eq(until),
        ))
        .execute(conn)?;
    Ok(())
}

/// The key that a retired secret is of, and the secret's digest, while it works.
pub(super) fn find_retired(
    conn: &mut Conn,
    prefix: &str,
    now: Timestamp,
) -> Result<Option<(Id, String)>, StoreError> {
    let found = retired_secrets::table
        .find(prefix)
        .filter(retired_secrets::works_until.gt(now))
        .select((retired_secrets::key_id, retired_secrets::secret_hash))
        .first(conn)
        .optional()?;
    Ok(found)
}

/// The secrets of these keys that were replaced and still work, the one that ends first at the head.
pub fn retiring(
    conn: &mut Conn,
    keys: &[Id],
    now: Timestamp,
) -> Result<HashMap<Id, Vec<Retiring>>, StoreError> {
    let rows: Vec<(Id, String, Timestamp)> = retired_secrets::table
        .filter(retired_secrets::key_id.eq_any(keys))
        .filter(retired_secrets::works_until.gt(now))
        .order((retired_secrets::works_until, retired_secrets::prefix))
        .select((
            retired_secrets::key_id,
            retired_secrets::prefix,
            retired_secrets::works_until,
        ))
        .load(conn)?;
    let mut found: HashMap<Id, Vec<Retiring>> = HashMap::new();
    for (key, prefix, works_until) in rows {
        found.entry(key).or_default().push(Retiring {
            prefix: tokens::KEY.shown(&prefix),
            works_until,
        });
    }
    Ok(found)
}
