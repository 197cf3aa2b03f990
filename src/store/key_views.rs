//! Keys as admins are shown them.

use crate::domain::access::Role;
use crate::domain::id::Id;
use crate::domain::key::{KeyState, KeyView, Retiring};
use crate::domain::query::{PageRequest, Slice};
use crate::domain::time::Timestamp;
use crate::domain::view::Links;

use super::conn::Conn;
use super::error::StoreError;
use super::keys::{Key, find_key, page_of_keys};
use super::secrets::retiring;
use super::tokens;

/// A part of the list of keys, the oldest first, as they stand at `now`.
pub fn list_key_views(
    conn: &mut Conn,
    page: &PageRequest,
    now: Timestamp,
) -> Result<Slice<KeyView>, StoreError> {
    page_of_keys(conn, page)?.try_with(|keys| views(conn, keys, now))
}

/// One key, as it stands at `now`.
pub fn get_key_view(
    conn: &mut Conn,
    id: Id,
    now: Timestamp,
) -> Result<Option<KeyView>, StoreError> {
    let found = find_key(conn, id)?.into_iter().collect();
    Ok(views(conn, found, now)?.pop())
}

fn views(conn: &mut Conn, keys: Vec<Key>, now: Timestamp) -> Result<Vec<KeyView>, StoreError> {
    let ids: Vec<Id> = keys.iter().map(|key| key.grant.key).collect();
    let mut old = retiring(conn, &ids, now)?;
    let view = |key: Key| {
        let old = old.remove(&key.grant.key).unwrap_or_default();
        view(key, old, now)
    };
    Ok(keys.into_iter().map(view).collect())
}

fn view(key: Key, retiring: Vec<Retiring>, now: Timestamp) -> KeyView {
    let state = match key.revoked_at {
        Some(_) => KeyState::Revoked,
        None if key.is_live(now) => KeyState::Valid,
        None => KeyState::Expired,
    };
    KeyView {
        id: key.grant.key,
        version: key.version,
        role: key.grant.role,
        state,
        prefix: tokens::KEY.shown(&key.prefix),
        contract: (key.grant.role == Role::Partner).then_some(key.grant.contract),
        langs: key.grant.limits.langs,
        sections: key.grant.limits.sections,
        sources: key.grant.limits.sources,
        created_at: key.created_at,
        updated_at: key.updated_at,
        expires_at: key.expires_at,
        revoked_at: key.revoked_at,
        last_used_at: key.last_used_at,
        retiring,
        links: Links {
            own: format!("/api/keys/{}", key.grant.key),
        },
        name: key.grant.name,
    }
}
