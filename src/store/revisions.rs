//! Revisions: what each version of an article said, when it was made and by whom.

use diesel::prelude::*;

use super::conn::{Conn, with};
use super::error::StoreError;
use super::schema::{articles, revisions};

/// One version of one article.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = revisions)]
pub struct Revision {
    /// The article.
    pub article_id: String,
    /// Its version.
    pub version: i64,
    /// When it was made, in milliseconds since the Unix epoch.
    pub at: i64,
    /// Who made it, in words.
    pub actor: String,
    /// The article's content as JSON.
    pub snapshot: String,
}

/// One version of one article.
pub fn find_revision(
    conn: &mut Conn,
    article: &str,
    version: i64,
) -> Result<Option<Revision>, StoreError> {
    Ok(revisions::table
        .find((article, version))
        .select(Revision::as_select())
        .get_result(conn)
        .optional()?)
}

/// The next revisions in the order of article and version, each with the version that its article is at.
pub fn revisions_after(
    conn: &mut Conn,
    article: &str,
    version: i64,
    limit: i64,
) -> Result<Vec<(Revision, i64)>, StoreError> {
    let next = revisions::article_id.gt(article).or(revisions::article_id
        .eq(article)
        .and(revisions::version.gt(version)));
    Ok(revisions::table
        .inner_join(articles::table.on(articles::id.eq(revisions::article_id)))
        .filter(revisions::article_id.ge(article))
        .filter(next)
        .order((revisions::article_id, revisions::version))
        .limit(limit)
        .select((Revision::as_select(), articles::version))
        .load(conn)?)
}

/// Writes a version over whatever is there of it.
pub fn save_revision(conn: &mut Conn, revision: &Revision) -> Result<(), StoreError> {
    let told = (
        revisions::at.eq(revision.at),
        revisions::actor.eq(&revision.actor),
        revisions::snapshot.eq(&revision.snapshot),
    );
    with!(conn, c => diesel::insert_into(revisions::table)
        .values(revision)
        .on_conflict((revisions::article_id, revisions::version))
        .do_update()
        .set(told)
        .execute(c))?;
    Ok(())
}
