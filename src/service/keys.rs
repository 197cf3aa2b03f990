//! Writing keys. Whoever makes, changes, rotates or revokes one is in the audit; a secret never is.

use serde_json::json;

use crate::domain::access::{Grant, Limits, Role};
use crate::domain::error::Invalid;
use crate::domain::id::Id;
use crate::domain::key::{KeyPatch, LimitsInput, Token};
use crate::domain::partner::Contract;
use crate::domain::text::{NAME_MAX, clean};
use crate::domain::time::{Clock, Timestamp};
use crate::store::audit::Deed;
use crate::store::changes::append_rights_change;
use crate::store::keys::{self as stored, Key};
use crate::store::{Store, partners};

use super::key_limits::look_up;
use super::{Actor, Commit, ServiceError, commit};

/// Makes a key and answers its token, which is shown once and stored nowhere: for operators.
pub fn create_key(
    store: &Store,
    clock: &Clock,
    name: &str,
    role: Role,
    limits: Limits,
    expires_at: Option<Timestamp>,
) -> Result<String, ServiceError> {
    commit(store, clock, Actor::Operator, |tx| {
        let (_, token) = create(tx, name, role, limits, Contract::default(), expires_at)?;
        Ok(token.expose().to_owned())
    })
}

/// Makes a partner's key under a contract and answers its token: for operators.
pub fn create_partner(
    store: &Store,
    clock: &Clock,
    name: &str,
    limits: Limits,
    contract: Contract,
    expires_at: Option<Timestamp>,
) -> Result<String, ServiceError> {
    commit(store, clock, Actor::Operator, |tx| {
        let (_, token) = create(tx, name, Role::Partner, limits, contract, expires_at)?;
        Ok(token.expose().to_owned())
    })
}

/// Gives a key other limits, another contract and another end: for operators. Says whether there is such a key.
pub fn change_rights(
    store: &Store,
    clock: &Clock,
    id: Id,
    limits: &Limits,
    contract: Contract,
    expires_at: Option<Timestamp>,
) -> Result<bool, ServiceError> {
    commit(store, clock, Actor::Operator, |tx| {
        let Some(key) = stored::find_key(tx.conn(), id)? else {
            return Ok(false);
        };
        let mut changed = key.clone();
        changed.grant.limits = limits.clone();
        changed.grant.contract = contract;
        changed.expires_at = expires_at;
        save(tx, &key, changed)?;
        Ok(true)
    })
}

/// Revokes a key from now on; says whether there is such a key: for operators.
pub fn revoke_key(store: &Store, clock: &Clock, id: Id) -> Result<bool, ServiceError> {
    commit(store, clock, Actor::Operator, |tx| {
        let key = stored::find_key(tx.conn(), id)?;
        key.map(|key| revoke(tx, &key)).transpose()
    })
    .map(|done| done.is_some())
}

/// Gives a key a new secret and answers it; the old one works for `overlap` seconds more: for operators. `None` where
/// there is no such key.
pub fn rotate_key(
    store: &Store,
    clock: &Clock,
    id: Id,
    overlap: i64,
) -> Result<Option<Token>, ServiceError> {
    commit(store, clock, Actor::Operator, |tx| {
        let key = stored::find_key(tx.conn(), id)?;
        key.map(|key| rotate(tx, &key, overlap)).transpose()
    })
}

/// Makes a key within a write; answers its id and its token.
pub fn create(
    tx: &mut Commit<'_>,
    name: &str,
    role: Role,
    limits: Limits,
    contract: Contract,
    expires_at: Option<Timestamp>,
) -> Result<(Id, Token), ServiceError> {
    let now = tx.now();
    let grant = Grant {
        key: Id::new(now),
        name: checked_name(name)?,
        role,
        limits,
        contract: checked_contract(role, contract)?,
    };
    check_end(expires_at, now)?;
    partners::keep_offset(tx.conn(), grant.contract.embargo_offset, now)?;
    let token = stored::new_token()?;
    stored::create_key(tx.conn(), &grant, &token, now, expires_at)?;
    let id = grant.key;
    let detail = json!({
        "name": grant.name, "role": grant.role.as_str(), "prefix": stored::readable_start(&token),
        "expires_at": expires_at, "limits": grant.limits, "contract": grant.contract,
    });
    record(tx, "create_key", id, 1, Some(detail));
    Ok((id, Token::new(token)))
}

/// Changes a key's name, limits, contract or end.
pub fn update(tx: &mut Commit<'_>, key: &Key, patch: KeyPatch) -> Result<(), ServiceError> {
    require_not_revoked(key)?;
    let mut changed = key.clone();
    if let Some(name) = patch.name {
        changed.grant.name = checked_name(&name)?;
    }
    let limits = key.grant.limits.clone();
    changed.grant.limits = look_up(tx.conn(), &patch.limits, limits, true)?;
    if let Some(contract) = patch.contract {
        changed.grant.contract = contract;
    }
    changed.expires_at = patch.expires_at.over(key.expires_at);
    save(tx, key, changed)
}

/// Writes a key that was changed. Where its rights are others, the change log tells the key, so that a partner who follows
/// it is given what it may show now and told what it may not.
fn save(tx: &mut Commit<'_>, key: &Key, mut changed: Key) -> Result<(), ServiceError> {
    if changed == *key {
        return Ok(());
    }
    let (now, id) = (tx.now(), key.grant.key);
    if changed.expires_at != key.expires_at {
        check_end(changed.expires_at, now)?;
    }
    changed.grant.contract = checked_contract(key.grant.role, changed.grant.contract)?;
    changed.version += 1;
    changed.updated_at = now;
    partners::keep_offset(tx.conn(), changed.grant.contract.embargo_offset, now)?;
    stored::update_key(tx.conn(), &changed)?;
    let (was, is) = (&key.grant, &changed.grant);
    if was.limits != is.limits || !was.contract.copies_like(&is.contract) {
        let stamp = tx.stamp();
        append_rights_change(tx.conn(), id, stamp)?;
    }
    let detail = json!({
        "name": is.name, "expires_at": changed.expires_at, "limits": is.limits, "contract": is.contract,
    });
    record(tx, "update_key", id, changed.version, Some(detail));
    Ok(())
}

/// Revokes a key from now on, on every node: keys are looked up at each request. One that is revoked already stays so.
pub fn revoke(tx: &mut Commit<'_>, key: &Key) -> Result<(), ServiceError> {
    if key.revoked_at.is_some() {
        return Ok(());
    }
    let now = tx.now();
    stored::revoke_key(tx.conn(), key.grant.key, now)?;
    record(tx, "delete_key", key.grant.key, key.version + 1, None);
    Ok(())
}

/// Gives a key a new secret and answers it; the old one, and those before it, work for `overlap` seconds more at most.
pub fn rotate(tx: &mut Commit<'_>, key: &Key, overlap: i64) -> Result<Token, ServiceError> {
    require_not_revoked(key)?;
    let now = tx.now();
    if !key.is_live(now) {
        let detail = "the key's end has passed: set another with PATCH first";
        return Err(ServiceError::Conflict(Invalid::new("expired", detail)));
    }
    let token = stored::new_token()?;
    let until = Timestamp::from_millis(now.millis() + overlap * 1_000);
    stored::replace_secret(tx.conn(), key.grant.key, &token, until, now)?;
    let detail = json!({"prefix": stored::readable_start(&token), "old_works_until": until});
    record(
        tx,
        "rotate_key",
        key.grant.key,
        key.version + 1,
        Some(detail),
    );
    Ok(Token::new(token))
}

/// The limits that a new key is to have. `known_langs`: whether its editions must exist.
pub fn limits_of(
    tx: &mut Commit<'_>,
    input: &LimitsInput,
    known_langs: bool,
) -> Result<Limits, ServiceError> {
    look_up(tx.conn(), input, Limits::default(), known_langs)
}

/// The same for operators, who may limit a key to an edition before there is one.
pub fn limits_for_operator(store: &Store, input: &LimitsInput) -> Result<Limits, ServiceError> {
    store.read(|conn| Ok(look_up(conn, input, Limits::default(), false)))?
}

fn checked_name(name: &str) -> Result<String, ServiceError> {
    let name = clean(name, NAME_MAX).map_err(|invalid| ServiceError::Invalid {
        field: "name",
        invalid,
    })?;
    if name.is_empty() {
        let detail = "a key has a name";
        return Err(ServiceError::invalid("name", "required", detail));
    }
    Ok(name)
}

fn checked_contract(role: Role, contract: Contract) -> Result<Contract, ServiceError> {
    if role != Role::Partner && contract != Contract::default() {
        let detail = "only a partner's key has a contract";
        return Err(ServiceError::invalid("contract", "not_a_partner", detail));
    }
    contract
        .checked()
        .map_err(|(field, invalid)| ServiceError::Invalid { field, invalid })
}

fn check_end(expires_at: Option<Timestamp>, now: Timestamp) -> Result<(), ServiceError> {
    if expires_at.is_some_and(|at| at <= now) {
        let detail = "the end must be in the future; a key that is to end now is revoked";
        return Err(ServiceError::invalid("expires_at", "past", detail));
    }
    Ok(())
}

fn require_not_revoked(key: &Key) -> Result<(), ServiceError> {
    match key.revoked_at {
        None => Ok(()),
        Some(at) => {
            let detail = format!("the key was revoked at {at}, which is for ever");
            Err(ServiceError::Conflict(Invalid::new("revoked", detail)))
        }
    }
}

fn record(
    tx: &mut Commit<'_>,
    operation: &'static str,
    id: Id,
    version: i64,
    detail: Option<serde_json::Value>,
) {
    tx.audit(Deed {
        operation,
        kind: "key",
        resource: id.to_string(),
        version: Some(version),
        detail: detail.map(|detail| detail.to_string()),
    });
}
