//! Writing keys.

use crate::domain::access::{Grant, Limits, Role};
use crate::domain::id::Id;
use crate::domain::partner::Contract;
use crate::domain::text::{NAME_MAX, clean};
use crate::domain::time::{Clock, Timestamp};
use crate::store::changes::{append_rights_change, last_change};
use crate::store::{Store, keys as stored, partners};

use super::ServiceError;

/// Makes a key and answers its token, which is shown once and stored nowhere.
pub fn create_key(
    store: &Store,
    clock: &Clock,
    name: &str,
    role: Role,
    limits: Limits,
    expires_at: Option<Timestamp>,
) -> Result<String, ServiceError> {
    make_key(
        store,
        clock,
        name,
        role,
        limits,
        Contract::default(),
        expires_at,
    )
}

/// Makes a partner's key under a contract and answers its token.
pub fn create_partner(
    store: &Store,
    clock: &Clock,
    name: &str,
    limits: Limits,
    contract: Contract,
    expires_at: Option<Timestamp>,
) -> Result<String, ServiceError> {
    let contract = checked(contract)?;
    make_key(
        store,
        clock,
        name,
        Role::Partner,
        limits,
        contract,
        expires_at,
    )
}

fn checked(contract: Contract) -> Result<Contract, ServiceError> {
    contract
        .checked()
        .map_err(|(field, invalid)| ServiceError::Invalid { field, invalid })
}

fn make_key(
    store: &Store,
    clock: &Clock,
    name: &str,
    role: Role,
    limits: Limits,
    contract: Contract,
    expires_at: Option<Timestamp>,
) -> Result<String, ServiceError> {
    let name = clean(name, NAME_MAX).map_err(|invalid| ServiceError::Invalid {
        field: "name",
        invalid,
    })?;
    if name.is_empty() {
        return Err(ServiceError::invalid(
            "name",
            "required",
            "a key has a name",
        ));
    }
    let now = clock.now();
    let grant = Grant {
        key: Id::new(now),
        name,
        role,
        limits,
        contract,
    };
    let token = stored::new_token()?;
    store.write(|conn| {
        partners::keep_offset(conn, grant.contract.embargo_offset, now)?;
        stored::create_key(conn, &grant, &token, now, expires_at)
    })?;
    Ok(token)
}

/// Gives a key other limits, another contract and another end. The change log tells the key, so that a partner who follows
/// it is given what it may show now and told what it may not. Says whether there is such a key.
pub fn change_rights(
    store: &Store,
    clock: &Clock,
    id: Id,
    limits: &Limits,
    contract: Contract,
    expires_at: Option<Timestamp>,
) -> Result<bool, ServiceError> {
    let contract = checked(contract)?;
    store.write(|conn| {
        let now = clock.now().max(last_change(conn)?);
        partners::keep_offset(conn, contract.embargo_offset, now)?;
        let known = stored::change_rights(conn, id, limits, &contract, expires_at)?;
        if known {
            append_rights_change(conn, id, now)?;
        }
        Ok(known)
    })
}

/// Revokes a key from now on; says whether there is such a key.
pub fn revoke_key(store: &Store, clock: &Clock, id: Id) -> Result<bool, ServiceError> {
    let now = clock.now();
    Ok(store.write(|conn| stored::revoke_key(conn, id, now))?)
}
