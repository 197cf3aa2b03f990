//! API keys: shown once, stored as a digest, found by their readable prefix.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::domain::access::{Grant, Limits, Role};
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::partner::Contract;
use crate::domain::query::{PageRequest, Slice};
use crate::domain::time::Timestamp;

use super::conn::Conn;
use super::error::StoreError;
use super::schema::api_keys;
use super::types::Json;
use super::{paging, secrets, tokens};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = api_keys)]
struct KeyRow {
    id: Id,
    name: String,
    role: String,
    prefix: String,
    secret_hash: String,
    langs: Json<Vec<LanguageTag>>,
    sections: Json<Vec<Id>>,
    sources: Json<Vec<Id>>,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
    contract: Json<Contract>,
    version: i64,
    updated_at: Timestamp,
    last_used_at: Option<Timestamp>,
}

/// A key as an operator sees it: never its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its rights.
    pub grant: Grant,
    /// The readable start of the token.
    pub prefix: String,
    /// Time at which it was made.
    pub created_at: Timestamp,
    /// End of the key.
    pub expires_at: Option<Timestamp>,
    /// Time at which it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// The version that it is at.
    pub version: i64,
    /// Time of the last change, rotation or revocation.
    pub updated_at: Timestamp,
    /// Time of the last use, to the minute.
    pub last_used_at: Option<Timestamp>,
}

impl Key {
    /// True if it opens anything at `now`.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|at| at > now)
    }
}

impl TryFrom<KeyRow> for Key {
    type Error = StoreError;

    fn try_from(row: KeyRow) -> Result<Self, StoreError> {
        let role = Role::parse(&row.role).ok_or_else(|| {
            StoreError::Other(format!("a stored role does not read: {}", row.role))
        })?;
        Ok(Self {
            grant: Grant {
                key: row.id,
                name: row.name,
                role,
                limits: Limits {
                    langs: row.langs.0,
                    sections: row.sections.0,
                    sources: row.sources.0,
                },
                contract: row.contract.0,
            },
            prefix: row.prefix,
            created_at: row.created_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            version: row.version,
            updated_at: row.updated_at,
            last_used_at: row.last_used_at,
        })
    }
}

/// A new random token.
pub fn new_token() -> Result<String, StoreError> {
    tokens::KEY.new_token()
}

/// The readable start of a token, as logs and lists show it.
#[must_use]
pub fn readable_start(token: &str) -> Option<String> {
    let prefix = tokens::KEY.prefix_of(token);
    prefix.map(|prefix| tokens::KEY.shown(prefix))
}

/// Stores a key for a new token.
pub fn create_key(
    conn: &mut Conn,
    grant: &Grant,
    token: &str,
    now: Timestamp,
    expires_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    let row = KeyRow {
        id: grant.key,
        name: grant.name.clone(),
        role: grant.role.as_str().to_owned(),
        prefix: tokens::KEY.prefix_of(token).unwrap_or_default().to_owned(),
        secret_hash: tokens::digest(token),
        langs: Json(grant.limits.langs.clone()),
        sections: Json(grant.limits.sections.clone()),
        sources: Json(grant.limits.sources.clone()),
        created_at: now,
        expires_at,
        revoked_at: None,
        contract: Json(grant.contract.clone()),
        version: 1,
        updated_at: now,
        last_used_at: None,
    };
    diesel::insert_into(api_keys::table)
        .values(&row)
        .execute(conn)?;
    Ok(())
}

/// The present rights of a token; `None` for one that is unknown, expired or revoked.
pub fn authenticate(
    conn: &mut Conn,
    token: &str,
    now: Timestamp,
) -> Result<Option<Grant>, StoreError> {
    let Some(prefix) = tokens::KEY.prefix_of(token) else {
        return Ok(None);
    };
    let found = match by_prefix(conn, prefix)? {
        Some(row) => Some((row.secret_hash.clone(), row)),
        None => by_retired_prefix(conn, prefix, now)?,
    };
    let Some((hash, row)) = found else {
        return Ok(None);
    };
    let same = tokens::is_of(token, &hash);
    let key = Key::try_from(row)?;
    Ok((same && key.is_live(now)).then_some(key.grant))
}

fn by_prefix(conn: &mut Conn, prefix: &str) -> Result<Option<KeyRow>, StoreError> {
    let row = api_keys::table
        .filter(api_keys::prefix.eq(prefix))
        .select(KeyRow::as_select())
        .get_result(conn)
        .optional()?;
    Ok(row)
}

fn by_retired_prefix(
    conn: &mut Conn,
    prefix: &str,
    now: Timestamp,
) -> Result<Option<(String, KeyRow)>, StoreError> {
    let Some((id, hash)) = secrets::find_retired(conn, prefix, now)? else {
        return Ok(None);
    };
    Ok(by_id(conn, id)?.map(|row| (hash, row)))
}

fn by_id(conn: &mut Conn, id: Id) -> Result<Option<KeyRow>, StoreError> {
    let row = api_keys::table
        .find(id)
        .select(KeyRow::as_select())
        .first(conn)
        .optional()?;
    Ok(row)
}

/// One key.
pub fn find_key(conn: &mut Conn, id: Id) -> Result<Option<Key>, StoreError> {
    by_id(conn, id)?.map(Key::try_from).transpose()
}

/// A part of the list of keys, the oldest first.
pub fn page_of_keys(conn: &mut Conn, page: &PageRequest) -> Result<Slice<Key>, StoreError> {
    let mut query = api_keys::table.into_boxed();
    if let Some((_, id)) = paging::after(page) {
        query = query.filter(api_keys::id.gt(id.to_owned()));
    }
    let rows: Vec<KeyRow> = query
        .order(api_keys::id)
        .offset(paging::offset(page))
        .limit(paging::fetch(page))
        .select(KeyRow::as_select())
        .load(conn)?;
    let total = if page.count {
        Some(api_keys::table.count().get_result(conn)?)
    } else {
        None
    };
    let slice = paging::slice(rows, page, total, |row| paging::place(row.id));
    slice.try_with(|rows| rows.into_iter().map(Key::try_from).collect())
}

/// The last change of any key, its use too.
pub fn last_change_of_keys(conn: &mut Conn) -> Result<Option<Timestamp>, StoreError> {
    use diesel::dsl::max;
    let changed: Option<Timestamp> = api_keys::table
        .select(max(api_keys::updated_at))
        .first(conn)?;
    let used: Option<Timestamp> = api_keys::table
        .select(max(api_keys::last_used_at))
        .first(conn)?;
    Ok(changed.max(used))
}

/// The names of keys.
pub fn names_of_keys(conn: &mut Conn, ids: &[Id]) -> Result<HashMap<Id, String>, StoreError> {
    let rows: Vec<(Id, String)> = api_keys::table
        .filter(api_keys::id.eq_any(ids))
        .select((api_keys::id, api_keys::name))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Writes a key's name, limits, contract and end as a new version.
pub fn update_key(conn: &mut Conn, key: &Key) -> Result<(), StoreError> {
    let limits = &key.grant.limits;
    diesel::update(api_keys::table.find(key.grant.key))
        .set((
            api_keys::name.eq(&key.grant.name),
            api_keys::langs.eq(Json(limits.langs.clone())),
            api_keys::sections.eq(Json(limits.sections.clone())),
            api_keys::sources.eq(Json(limits.sources.clone())),
            api_keys::contract.eq(Json(key.grant.contract.clone())),
            api_keys::expires_at.eq(key.expires_at),
            api_keys::version.eq(key.version),
            api_keys::updated_at.eq(key.updated_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Gives a key a new secret; the old one works until a time.
pub fn replace_secret(
    conn: &mut Conn,
    id: Id,
    token: &str,
    old_until: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    secrets::retire(conn, id, old_until, now)?;
    diesel::update(api_keys::table.find(id))
        .set((
            api_keys::prefix.eq(tokens::KEY.prefix_of(token).unwrap_or_default()),
            api_keys::secret_hash.eq(tokens::digest(token)),
            api_keys::version.eq(api_keys::version + 1),
            api_keys::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Writes down when keys were last used; a later time that is there already stays.
pub fn save_uses(conn: &mut Conn, uses: &[(Id, Timestamp)]) -> Result<(), StoreError> {
    for (id, at) in uses {
        let earlier = api_keys::last_used_at
            .is_null()
            .or(api_keys::last_used_at.lt(*at));
        diesel::update(api_keys::table.find(*id).filter(earlier))
            .set(api_keys::last_used_at.eq(*at))
            .execute(conn)?;
    }
    Ok(())
}

/// The rights with which some keys were made, valid or not.
pub(super) fn grants_of(conn: &mut Conn, keys: &[Id]) -> Result<Vec<Grant>, StoreError> {
    let rows: Vec<KeyRow> = api_keys::table
        .filter(api_keys::id.eq_any(keys))
        .select(KeyRow::as_select())
        .load(conn)?;
    rows.into_iter()
        .map(|row| Key::try_from(row).map(|key| key.grant))
        .collect()
}

/// The present rights of a key, by its id; `None` for one that is unknown, expired or revoked.
pub fn live_grant(conn: &mut Conn, id: Id, now: Timestamp) -> Result<Option<Grant>, StoreError> {
    let key = find_key(conn, id)?;
    Ok(key.filter(|key| key.is_live(now)).map(|key| key.grant))
}

/// Every key, the oldest first.
pub fn list_keys(conn: &mut Conn) -> Result<Vec<Key>, StoreError> {
    let rows: Vec<KeyRow> = api_keys::table
        .order(api_keys::id)
        .select(KeyRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Key::try_from).collect()
}

/// Revokes a key from now on; says whether there is such a key.
pub fn revoke_key(conn: &mut Conn, id: Id, now: Timestamp) -> Result<bool, StoreError> {
    let known: Option<Option<Timestamp>> = api_keys::table
        .find(id)
        .select(api_keys::revoked_at)
        .get_result(conn)
        .optional()?;
    if known == Some(None) {
        diesel::update(api_keys::table.find(id))
            .set((
                api_keys::revoked_at.eq(now),
                api_keys::version.eq(api_keys::version + 1),
                api_keys::updated_at.eq(now),
            ))
            .execute(conn)?;
    }
    Ok(known.is_some())
}
