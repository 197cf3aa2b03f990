//! Writing feed tokens. Whoever makes or revokes one is in the audit; a secret never is.

use serde_json::json;

use crate::domain::access::Role;
use crate::domain::error::Invalid;
use crate::domain::feed_token::{FeedTokenView, MOST_TOKENS};
use crate::domain::id::Id;
use crate::domain::key::Token;
use crate::domain::text::{NAME_MAX, clean};
use crate::domain::time::Clock;
use crate::store::Store;
use crate::store::audit::Deed;
use crate::store::feed_tokens as stored;
use crate::store::keys::{Key, find_key};

use super::{Actor, Commit, ServiceError, commit};

/// Makes a feed token of a key and answers it: for operators. `None` where there is no such key.
pub fn create_feed_token(
    store: &Store,
    clock: &Clock,
    key: Id,
    name: Option<&str>,
) -> Result<Option<Token>, ServiceError> {
    commit(store, clock, Actor::Operator, |tx| {
        let Some(key) = find_key(tx.conn(), key)? else {
            return Ok(None);
        };
        create(tx, &key, name).map(|(_, token)| Some(token))
    })
}

/// Revokes a feed token of a key from now on; says whether there is such a token: for operators.
pub fn revoke_feed_token(
    store: &Store,
    clock: &Clock,
    key: Id,
    id: Id,
) -> Result<bool, ServiceError> {
    commit(store, clock, Actor::Operator, |tx| {
        let Some(token) = stored::find_feed_token(tx.conn(), key, id)? else {
            return Ok(false);
        };
        revoke(tx, key, &token)?;
        Ok(true)
    })
}

/// Makes a feed token of a partner's key within a write; answers its id and the token.
pub fn create(
    tx: &mut Commit<'_>,
    key: &Key,
    name: Option<&str>,
) -> Result<(Id, Token), ServiceError> {
    let now = tx.now();
    let name = name.map(checked_name).transpose()?.flatten();
    if key.grant.role != Role::Partner {
        return Err(conflict(
            "not_a_partner",
            "only a partner's key has feed tokens",
        ));
    }
    if !key.is_live(now) {
        let detail = "the key is revoked or expired, and its feed tokens open nothing";
        return Err(conflict("not_valid", detail));
    }
    let owner = key.grant.key;
    let working = stored::count_feed_tokens(tx.conn(), owner)?;
    if usize::try_from(working).is_ok_and(|working| working >= MOST_TOKENS) {
        let detail = format!("a key has at most {MOST_TOKENS} feed tokens: revoke one first");
        return Err(conflict("too_many", detail));
    }
    let (id, token) = (Id::new(now), stored::new_feed_token()?);
    stored::create_feed_token(tx.conn(), (owner, id), name.as_deref(), &token, now)?;
    let detail = json!({"key": owner, "name": name, "prefix": stored::readable_start(&token)});
    record(tx, "create_feed_token", id, detail);
    Ok((id, Token::new(token)))
}

/// Revokes a feed token from now on, on every node. One that is revoked already stays so.
pub fn revoke(tx: &mut Commit<'_>, key: Id, token: &FeedTokenView) -> Result<(), ServiceError> {
    if token.revoked_at.is_some() {
        return Ok(());
    }
    let now = tx.now();
    stored::revoke_feed_token(tx.conn(), token.id, now)?;
    let detail = json!({"key": key, "prefix": token.prefix});
    record(tx, "delete_feed_token", token.id, detail);
    Ok(())
}

fn checked_name(name: &str) -> Result<Option<String>, ServiceError> {
    let name = clean(name, NAME_MAX).map_err(|invalid| ServiceError::Invalid {
        field: "name",
        invalid,
    })?;
    Ok(Some(name).filter(|name| !name.is_empty()))
}

fn conflict(code: &'static str, detail: impl Into<String>) -> ServiceError {
    ServiceError::Conflict(Invalid::new(code, detail))
}

fn record(tx: &mut Commit<'_>, operation: &'static str, id: Id, detail: serde_json::Value) {
    tx.audit(Deed {
        operation,
        kind: "feed_token",
        resource: id.to_string(),
        version: None,
        detail: Some(detail.to_string()),
    });
}
