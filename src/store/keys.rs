//! API keys: shown once, stored as a digest, found by their readable prefix.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::prelude::*;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::domain::access::{Grant, Limits, Role};
use crate::domain::id::Id;
use crate::domain::partner::Contract;
use crate::domain::time::Timestamp;

use super::conn::Conn;
use super::error::StoreError;
use super::schema::api_keys;
use super::{from_json, stored_id, to_json};

/// What every key starts with, so that scanners for leaked secrets know it.
const MARK: &str = "mh_";
/// Characters of the readable prefix.
const PREFIX: usize = 8;
/// The longest token looked at.
const TOKEN_MAX: usize = 128;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = api_keys)]
struct KeyRow {
    id: String,
    name: String,
    role: String,
    prefix: String,
    secret_hash: String,
    langs: String,
    sections: String,
    sources: String,
    created_at: i64,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
    contract: String,
}

/// A key as an operator sees it: never its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// What it grants.
    pub grant: Grant,
    /// The readable start of the token.
    pub prefix: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl Key {
    /// Whether it opens anything at `now`.
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
                key: stored_id(&row.id)?,
                name: row.name,
                role,
                limits: Limits {
                    langs: from_json(&row.langs)?,
                    sections: from_json(&row.sections)?,
                    sources: from_json(&row.sources)?,
                },
                contract: from_json(&row.contract)?,
            },
            prefix: row.prefix,
            created_at: Timestamp::from_millis(row.created_at),
            expires_at: row.expires_at.map(Timestamp::from_millis),
            revoked_at: row.revoked_at.map(Timestamp::from_millis),
        })
    }
}

/// A new random token, 256 bits behind its readable prefix.
pub fn new_token() -> Result<String, StoreError> {
    let mut bytes = [0_u8; 38];
    getrandom::fill(&mut bytes)
        .map_err(|e| StoreError::Other(format!("no random numbers: {e}")))?;
    let (prefix, secret) = bytes.split_at(6);
    Ok(format!(
        "{MARK}{}_{}",
        URL_SAFE_NO_PAD.encode(prefix),
        URL_SAFE_NO_PAD.encode(secret)
    ))
}

/// The readable prefix of a token of the right shape.
fn prefix_of(token: &str) -> Option<&str> {
    let rest = token
        .strip_prefix(MARK)
        .filter(|_| token.len() <= TOKEN_MAX)?;
    let prefix = rest.get(..PREFIX)?;
    (rest.as_bytes().get(PREFIX) == Some(&b'_')).then_some(prefix)
}

fn digest(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()))
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
        id: grant.key.to_string(),
        name: grant.name.clone(),
        role: grant.role.as_str().to_owned(),
        prefix: prefix_of(token).unwrap_or_default().to_owned(),
        secret_hash: digest(token),
        langs: to_json(&grant.limits.langs),
        sections: to_json(&grant.limits.sections),
        sources: to_json(&grant.limits.sources),
        created_at: now.millis(),
        expires_at: expires_at.map(Timestamp::millis),
        revoked_at: None,
        contract: to_json(&grant.contract),
    };
    diesel::insert_into(api_keys::table)
        .values(&row)
        .execute(conn)?;
    Ok(())
}

/// Gives a key other limits, another contract and another end; says whether there is such a key.
pub fn change_rights(
    conn: &mut Conn,
    id: Id,
    limits: &Limits,
    contract: &Contract,
    expires_at: Option<Timestamp>,
) -> Result<bool, StoreError> {
    let changed = diesel::update(api_keys::table.find(id.to_string()))
        .set((
            api_keys::langs.eq(to_json(&limits.langs)),
            api_keys::sections.eq(to_json(&limits.sections)),
            api_keys::sources.eq(to_json(&limits.sources)),
            api_keys::contract.eq(to_json(contract)),
            api_keys::expires_at.eq(expires_at.map(Timestamp::millis)),
        ))
        .execute(conn)?;
    Ok(changed > 0)
}

/// What a token grants now; `None` for one that is unknown, expired or revoked.
pub fn authenticate(
    conn: &mut Conn,
    token: &str,
    now: Timestamp,
) -> Result<Option<Grant>, StoreError> {
    let Some(prefix) = prefix_of(token) else {
        return Ok(None);
    };
    let row: Option<KeyRow> = api_keys::table
        .filter(api_keys::prefix.eq(prefix))
        .select(KeyRow::as_select())
        .get_result(conn)
        .optional()?;
    let Some(row) = row else {
        return Ok(None);
    };
    let same: bool = digest(token)
        .as_bytes()
        .ct_eq(row.secret_hash.as_bytes())
        .into();
    let key = Key::try_from(row)?;
    Ok((same && key.is_live(now)).then_some(key.grant))
}

/// What some keys were made to grant, whether they are still valid or not.
pub(super) fn grants_of(conn: &mut Conn, keys: &[Id]) -> Result<Vec<Grant>, StoreError> {
    let ids: Vec<String> = keys.iter().map(ToString::to_string).collect();
    let rows: Vec<KeyRow> = api_keys::table
        .filter(api_keys::id.eq_any(ids))
        .select(KeyRow::as_select())
        .load(conn)?;
    rows.into_iter()
        .map(|row| Key::try_from(row).map(|key| key.grant))
        .collect()
}

/// What a key grants now, by its identity; `None` for one that is unknown, expired or revoked.
pub fn live_grant(conn: &mut Conn, id: Id, now: Timestamp) -> Result<Option<Grant>, StoreError> {
    let row: Option<KeyRow> = api_keys::table
        .find(id.to_string())
        .select(KeyRow::as_select())
        .first(conn)
        .optional()?;
    let key = row.map(Key::try_from).transpose()?;
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
    let known: Option<Option<i64>> = api_keys::table
        .find(id.to_string())
        .select(api_keys::revoked_at)
        .get_result(conn)
        .optional()?;
    if known == Some(None) {
        diesel::update(api_keys::table.find(id.to_string()))
            .set(api_keys::revoked_at.eq(now.millis()))
            .execute(conn)?;
    }
    Ok(known.is_some())
}
