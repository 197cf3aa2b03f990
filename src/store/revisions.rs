//! Revisions: what each version of an article said, when it was made and by whom.

use diesel::prelude::*;
use serde::Deserialize;

use crate::domain::article::{ArticleContent, Status};
use crate::domain::cursor::{Cursor, SortValue};
use crate::domain::id::Id;
use crate::domain::query::{PageRequest, Slice, Start};
use crate::domain::revision::{self, RevisionView};
use crate::domain::time::Timestamp;

use super::actors::Actors;
use super::conn::{Conn, with};
use super::error::StoreError;
use super::moved::{Known, MovedKind, follow_moved};
use super::paging;
use super::schema::{articles, revisions};
use super::types::{Json, from_json, stored_id};

/// One version of one article.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = revisions)]
pub struct Revision {
    /// The article.
    pub article_id: Id,
    /// Its version.
    pub version: i64,
    /// Time at which it was made.
    pub at: Timestamp,
    /// The actor, in words.
    pub actor: String,
    /// The article's content as JSON.
    pub snapshot: String,
}

/// One version of one article.
pub fn find_revision(
    conn: &mut Conn,
    article: Id,
    version: i64,
) -> Result<Option<Revision>, StoreError> {
    Ok(revisions::table
        .find((article, version))
        .select(Revision::as_select())
        .get_result(conn)
        .optional()?)
}

/// The numbers of every version of an article.
pub fn versions_of(conn: &mut Conn, article: Id) -> Result<Vec<i64>, StoreError> {
    Ok(revisions::table
        .filter(revisions::article_id.eq(article))
        .select(revisions::version)
        .load(conn)?)
}

/// Some versions of one article.
pub fn revisions_at(
    conn: &mut Conn,
    article: Id,
    versions: &[i64],
) -> Result<Vec<Revision>, StoreError> {
    Ok(revisions::table
        .filter(revisions::article_id.eq(article))
        .filter(revisions::version.eq_any(versions))
        .select(Revision::as_select())
        .load(conn)?)
}

/// The part of a version that says what state it was in.
#[derive(Debug, Deserialize)]
struct State {
    status: Status,
}

/// True if an article has been withdrawn since a time, whatever it is now.
pub fn was_withdrawn_since(
    conn: &mut Conn,
    article: Id,
    since: Timestamp,
) -> Result<bool, StoreError> {
    let states: Vec<Json<State>> = revisions::table
        .filter(revisions::article_id.eq(article))
        .filter(revisions::at.ge(since))
        .select(revisions::snapshot)
        .load(conn)?;
    let is_withdrawn = |Json(state): &Json<State>| state.status == Status::Withdrawn;
    Ok(states.iter().any(is_withdrawn))
}

/// The next revisions in the order of article and version, each with the version that its article is at.
pub fn revisions_after(
    conn: &mut Conn,
    behind: Option<(Id, i64)>,
    limit: i64,
) -> Result<Vec<(Revision, i64)>, StoreError> {
    let (article, version) = behind.map_or_else(Default::default, |(id, n)| (id.to_string(), n));
    let article = article.as_str();
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

/// The facts of a version without its content.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Made {
    /// Its number.
    pub version: i64,
    /// Time at which it was made.
    pub at: Timestamp,
    /// The actor, in words.
    pub actor: String,
}

/// Number of contents in memory at once.
const AT_ONCE: usize = 10;

/// A page of an article's versions, the newest first, each with what it changed.
pub fn list_revisions(
    conn: &mut Conn,
    article: Id,
    page: &PageRequest,
) -> Result<Slice<RevisionView>, StoreError> {
    let made = made(conn, article, page)?;
    let total = if page.count {
        let all = revisions::table.filter(revisions::article_id.eq(article));
        Some(all.count().get_result(conn)?)
    } else {
        None
    };
    let changes = changes_of(conn, article, &made)?;
    let rows = made.into_iter().zip(changes).collect();
    let slice = paging::slice(rows, page, total, |(made, _): &(Made, Change)| Cursor {
        value: SortValue::Number(made.version),
        id: String::new(),
    });
    let actors = Actors::load(conn, slice.rows.iter().map(|(made, _)| made.actor.as_str()))?;
    let view = |(made, change): (Made, Change)| {
        Ok(RevisionView {
            version: made.version,
            at: made.at,
            actor: actors.view(&made.actor)?,
            status: change.status,
            title: change.title,
            changed: change.changed.into_iter().map(str::to_owned).collect(),
        })
    };
    slice.try_with(|rows| rows.into_iter().map(view).collect())
}

/// The last version of an article that a person made, with a key or at the command line, and what it consisted of.
pub fn last_by_person(
    conn: &mut Conn,
    article: Id,
) -> Result<Option<(i64, ArticleContent)>, StoreError> {
    let found: Option<(i64, Json<ArticleContent>)> = revisions::table
        .filter(revisions::article_id.eq(article))
        .filter(
            revisions::actor
                .like("key:%")
                .or(revisions::actor.eq("operator")),
        )
        .order(revisions::version.desc())
        .select((revisions::version, revisions::snapshot))
        .first(conn)
        .optional()?;
    Ok(found.map(|(version, Json(content))| (version, content)))
}

fn made(conn: &mut Conn, article: Id, page: &PageRequest) -> Result<Vec<Made>, StoreError> {
    let mut query = revisions::table
        .filter(revisions::article_id.eq(article))
        .order(revisions::version.desc())
        .limit(paging::fetch(page))
        .offset(paging::offset(page))
        .select((revisions::version, revisions::at, revisions::actor))
        .into_boxed();
    if let Start::After(Cursor {
        value: SortValue::Number(version),
        ..
    }) = &page.start
    {
        query = query.filter(revisions::version.lt(*version));
    }
    Ok(query.load(conn)?)
}

struct Change {
    status: Status,
    title: String,
    changed: Vec<&'static str>,
}

/// The changes of each version, given newest first, against the one before it. Contents may be long, so few are held at
/// once.
fn changes_of(conn: &mut Conn, article: Id, made: &[Made]) -> Result<Vec<Change>, StoreError> {
    let mut later: Option<ArticleContent> = None;
    let mut found: Vec<Change> = Vec::with_capacity(made.len());
    let versions: Vec<i64> = made.iter().map(|made| made.version).collect();
    for chunk in versions.chunks(AT_ONCE) {
        for content in contents(conn, article, chunk)? {
            if let (Some(later), Some(last)) = (&later, found.last_mut()) {
                last.changed = revision::changed(&content, later);
            }
            found.push(Change {
                status: content.status,
                title: content.title.clone(),
                changed: Vec::new(),
            });
            later = Some(content);
        }
    }
    Ok(found)
}

fn contents(
    conn: &mut Conn,
    article: Id,
    versions: &[i64],
) -> Result<Vec<ArticleContent>, StoreError> {
    let contents: Vec<Json<ArticleContent>> = revisions::table
        .filter(revisions::article_id.eq(article))
        .filter(revisions::version.eq_any(versions))
        .order(revisions::version.desc())
        .select(revisions::snapshot)
        .load(conn)?;
    Ok(contents.into_iter().map(|Json(content)| content).collect())
}

impl Revision {
    /// The content of the version. An author who was merged with another since is named as that one.
    pub fn content(&self, conn: &mut Conn) -> Result<ArticleContent, StoreError> {
        let mut content: ArticleContent = from_json(&self.snapshot)?;
        let people = [&content.authors, &content.editors, &content.translators];
        let ids: Vec<String> = people.into_iter().flatten().map(Id::to_string).collect();
        for (from, into) in follow_moved(conn, MovedKind::Author, "", &ids, Known::All)? {
            content.replace_person(stored_id(&from)?, into);
        }
        Ok(content)
    }
}
