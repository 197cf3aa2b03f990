//! The states of all articles and of the change log, for comparing one database with another.

use diesel::prelude::*;

use super::conn::Conn;
use super::error::StoreError;
use super::schema::{articles, changes};
use super::types::Json;
use crate::domain::article::Withdrawal;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;

/// The state of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleState {
    /// Its id.
    pub id: Id,
    /// Its edition.
    pub lang: LanguageTag,
    /// Its title.
    pub title: String,
    /// The version that it is at.
    pub version: i64,
    /// True if the public may read it.
    pub public: bool,
    /// Its withdrawal.
    pub withdrawn: Option<Withdrawal>,
}

/// The next articles in the order of their ids.
pub fn states_after(
    conn: &mut Conn,
    after: &str,
    limit: i64,
) -> Result<Vec<ArticleState>, StoreError> {
    type Row = (Id, LanguageTag, String, i64, bool, Option<Json<Withdrawal>>);
    let rows: Vec<Row> = articles::table
        .filter(articles::id.gt(after))
        .order(articles::id)
        .limit(limit)
        .select((
            articles::id,
            articles::lang,
            articles::title,
            articles::version,
            articles::public,
            articles::withdrawn,
        ))
        .load(conn)?;
    let state = |(id, lang, title, version, public, withdrawn): Row| ArticleState {
        id,
        lang,
        title,
        version,
        public,
        withdrawn: withdrawn.map(|Json(withdrawal)| withdrawal),
    };
    Ok(rows.into_iter().map(state).collect())
}

/// The numbers of the entries that the change log has, in order.
pub fn entries(conn: &mut Conn) -> Result<Vec<i64>, StoreError> {
    let seqs = changes::table.order(changes::seq).select(changes::seq);
    Ok(seqs.load(conn)?)
}
