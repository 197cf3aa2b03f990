//! Answers that are given again to a request which is sent again (the Idempotency-Key header field, an IETF draft).

use diesel::prelude::*;

use crate::domain::id::Id;
use crate::domain::time::Timestamp;

use super::conn::{Conn, with};
use super::error::StoreError;
use super::schema::idempotent_answers as answers;

/// Time that an answer is kept, in milliseconds: 24 hours.
pub const KEPT_FOR: i64 = 24 * 60 * 60 * 1000;

/// An answer that was given before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The digest of the request that it was given to.
    pub digest: String,
    /// The answer as JSON.
    pub answer: String,
}

/// The answer that a key was given under a token, where it is still kept.
pub fn find_answer(
    conn: &mut Conn,
    key: Id,
    token: &str,
    now: Timestamp,
) -> Result<Option<Given>, StoreError> {
    let found: Option<(String, String)> = answers::table
        .find((key, token))
        .filter(answers::at.gt(now.millis() - KEPT_FOR))
        .select((answers::digest, answers::answer))
        .first(conn)
        .optional()?;
    Ok(found.map(|(digest, answer)| Given { digest, answer }))
}

/// Keeps an answer, in the transaction of what it answers, and forgets those that have been kept long enough.
pub fn save_answer(
    conn: &mut Conn,
    key: Id,
    token: &str,
    given: &Given,
    now: Timestamp,
) -> Result<(), StoreError> {
    let old = answers::table.filter(answers::at.le(now.millis() - KEPT_FOR));
    diesel::delete(old).execute(conn)?;
    let row = (
        answers::key_id.eq(key),
        answers::token.eq(token),
        answers::digest.eq(&given.digest),
        answers::answer.eq(&given.answer),
        answers::at.eq(now),
    );
    with!(conn, c => diesel::insert_into(answers::table).values(row).execute(c))?;
    Ok(())
}
