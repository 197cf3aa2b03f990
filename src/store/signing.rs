//! The secrets that the service signs with: random, made at first use, the same for every node on the database.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::prelude::*;

use crate::domain::preview::Secret;
use crate::domain::time::Timestamp;

use super::conn::{Conn, with};
use super::error::StoreError;
use super::schema::secrets;

/// The name of the secret that preview links are signed with.
const PREVIEW: &str = "preview";

/// The secret of preview links; `None` while no link was ever made.
pub fn preview_secret(conn: &mut Conn) -> Result<Option<Secret>, StoreError> {
    let text: Option<String> = secrets::table
        .find(PREVIEW)
        .select(secrets::value)
        .first(conn)
        .optional()?;
    text.map(|text| read(&text)).transpose()
}

/// The secret of preview links, made where there is none. Only for whoever is in the write lane.
pub fn ensure_preview_secret(conn: &mut Conn, now: Timestamp) -> Result<Secret, StoreError> {
    if let Some(secret) = preview_secret(conn)? {
        return Ok(secret);
    }
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)
        .map_err(|e| StoreError::Other(format!("no random numbers: {e}")))?;
    let row = (
        secrets::name.eq(PREVIEW),
        secrets::value.eq(URL_SAFE_NO_PAD.encode(bytes)),
        secrets::created_at.eq(now),
    );
    with!(conn, c => diesel::insert_into(secrets::table).values(row).execute(c))?;
    Ok(Secret::new(bytes))
}

fn read(text: &str) -> Result<Secret, StoreError> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok();
    let bytes = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    bytes
        .map(Secret::new)
        .ok_or_else(|| StoreError::Other("a stored secret does not read".to_owned()))
}
