//! Writing keys.

use crate::domain::access::{Grant, Limits, Role};
use crate::domain::id::Id;
use crate::domain::text::{NAME_MAX, clean};
use crate::domain::time::{Clock, Timestamp};
use crate::store::{Store, keys as stored};

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
    };
    let token = stored::new_token()?;
    store.write(|conn| stored::create_key(conn, &grant, &token, now, expires_at))?;
    Ok(token)
}

/// Revokes a key from now on; says whether there is such a key.
pub fn revoke_key(store: &Store, clock: &Clock, id: Id) -> Result<bool, ServiceError> {
    let now = clock.now();
    Ok(store.write(|conn| stored::revoke_key(conn, id, now))?)
}
