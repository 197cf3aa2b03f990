//! Media in the database: what is said of pictures (`rows`), their files and the work on them (`files`), who uses them,
//! where an import fetched them from (`sources`).

mod files;
mod rows;
mod sources;

use std::collections::HashSet;

use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;

pub use files::{
    Claim, claim_file, delete_file, due_files, due_garbage, file_by_address, file_by_digest,
    file_by_id, files_after, finish_file, forget_garbage, insert_file, next_due, note_garbage,
    set_due,
};
pub use sources::{any_sources, save_source, sources_by_urls, sources_of_media};

use crate::domain::access::Scope;
use crate::domain::article::{ArticleContent, Status};
use crate::domain::id::Id;
use crate::domain::medium::Medium;
use crate::domain::query::{PageRequest, Slice};

use super::any_of::any_of;
use super::batch::{IN_LIST, insert_rows};
use super::conn::{Conn, MultiBackend, with};
use super::error::StoreError;
use super::paging;
use super::schema::{article_media, articles, media, media_files};
use rows::{FileRow, MediumRow, medium};

type Joined = (MediumRow, FileRow);

/// The condition for media that a key may see which sees no drafts but its own: its own media, and those that public
/// articles show. Captions of others may reveal the draft that they are for.
fn seen_by(key: Id) -> SqlLiteral<Bool> {
    diesel::dsl::sql(&format!(
        "(media.created_by = '{key}' OR EXISTS (SELECT 1 FROM article_media u JOIN articles a ON a.id = u.article_id \
         WHERE u.medium_id = media.id AND a.public))"
    ))
}

/// A page of media, the newest first.
pub fn list_media(
    conn: &mut Conn,
    scope: &Scope,
    page: &PageRequest,
) -> Result<Slice<Medium>, StoreError> {
    let mut query = media::table
        .inner_join(media_files::table)
        .select(Joined::as_select())
        .into_boxed::<MultiBackend>();
    if let Some(key) = scope.only_own() {
        query = query.filter(seen_by(key));
    }
    if let Some((_, id)) = paging::after(page) {
        query = query.filter(media::id.lt(id.to_owned()));
    }
    let rows: Vec<Joined> = query
        .order(media::id.desc())
        .offset(paging::offset(page))
        .limit(paging::fetch(page))
        .load(conn)?;
    let total = match (page.count, scope.only_own()) {
        (false, _) => None,
        (true, None) => Some(media::table.count().get_result(conn)?),
        (true, Some(key)) => {
            let seen = media::table.filter(seen_by(key));
            Some(seen.count().get_result(conn)?)
        }
    };
    let slice = paging::slice(rows, page, total, |(row, _)| paging::place(row.id));
    slice.try_with(|rows| rows.into_iter().map(medium).collect())
}

/// One medium.
pub fn get_medium(conn: &mut Conn, id: Id) -> Result<Option<Medium>, StoreError> {
    Ok(media_by_ids(conn, &[id])?.pop())
}

/// One medium, where a scope may know of it.
pub fn find_medium(conn: &mut Conn, scope: &Scope, id: Id) -> Result<Option<Medium>, StoreError> {
    if let Some(key) = scope.only_own() {
        let seen = media::table.find(id).filter(seen_by(key));
        let one: Option<Id> = seen.select(media::id).first(conn).optional()?;
        if one.is_none() {
            return Ok(None);
        }
    }
    get_medium(conn, id)
}

/// The media with these identities, in no order.
pub fn media_by_ids(conn: &mut Conn, ids: &[Id]) -> Result<Vec<Medium>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(IN_LIST) {
        let rows: Vec<Joined> = media::table
            .inner_join(media_files::table)
            .filter(any_of(media::id, chunk))
            .select(Joined::as_select())
            .load(conn)?;
        for row in rows {
            found.push(medium(row)?);
        }
    }
    Ok(found)
}

/// The next media in the order of their ids.
pub fn media_after(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<Medium>, StoreError> {
    let rows: Vec<Joined> = media::table
        .inner_join(media_files::table)
        .filter(media::id.gt(after))
        .order(media::id)
        .limit(limit)
        .select(Joined::as_select())
        .load(conn)?;
    rows.into_iter().map(medium).collect()
}

/// The media that an article shows: by identity, and by the address of a rendition, which any medium of that file stands for.
pub(super) fn media_shown_by(
    conn: &mut Conn,
    content: &ArticleContent,
) -> Result<Vec<Id>, StoreError> {
    let mut ids = content.media_ids();
    for files in content.shown_files().chunks(IN_LIST) {
        let found: Vec<Option<Id>> = media::table
            .inner_join(media_files::table)
            .filter(media_files::address.eq_any(files))
            .group_by(media::file_id)
            .select(diesel::dsl::min(media::id))
            .load(conn)?;
        ids.extend(found.into_iter().flatten());
    }
    let mut once = HashSet::new();
    ids.retain(|id| once.insert(*id));
    Ok(ids)
}

/// The public articles that show a file, `limit` of them at the most.
pub fn public_articles_with(
    conn: &mut Conn,
    file: Id,
    limit: i64,
) -> Result<Vec<String>, StoreError> {
    Ok(media::table
        .inner_join(article_media::table.on(article_media::medium_id.eq(media::id)))
        .inner_join(articles::table.on(articles::id.eq(article_media::article_id)))
        .filter(media::file_id.eq(file))
        .filter(articles::public.eq(true))
        .select(articles::id)
        .distinct()
        .limit(limit)
        .load(conn)?)
}

/// True if a version of an article shows a file.
pub fn shows_file(conn: &mut Conn, content: &ArticleContent, file: Id) -> Result<bool, StoreError> {
    let shown = media_shown_by(conn, content)?;
    for ids in shown.chunks(IN_LIST) {
        let showing = media::table
            .filter(any_of(media::id, ids))
            .filter(media::file_id.eq(file));
        let one: Option<Id> = showing.select(media::id).first(conn).optional()?;
        if one.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Those of these identities that are no medium's.
pub fn unknown_media(conn: &mut Conn, ids: &[Id]) -> Result<Vec<Id>, StoreError> {
    let mut known: Vec<Id> = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(IN_LIST) {
        let found: Vec<Id> = media::table
            .filter(any_of(media::id, chunk))
            .select(media::id)
            .load(conn)?;
        known.extend(found);
    }
    let unknown = ids.iter().filter(|id| !known.contains(id));
    Ok(unknown.copied().collect())
}

/// Writes a medium, new or changed; its file is there.
pub fn save_medium(conn: &mut Conn, medium: &Medium) -> Result<(), StoreError> {
    let row = MediumRow::from(medium);
    with!(conn, c => diesel::insert_into(media::table)
        .values(&row)
        .on_conflict(media::id)
        .do_update()
        .set(&row)
        .execute(c))?;
    Ok(())
}

/// Removes a medium, also from what is noted of articles that show it.
pub fn delete_medium(conn: &mut Conn, id: Id) -> Result<(), StoreError> {
    let uses = article_media::table.filter(article_media::medium_id.eq(id));
    diesel::delete(uses).execute(conn)?;
    sources::forget_sources(conn, id)?;
    diesel::delete(media::table.find(id)).execute(conn)?;
    Ok(())
}

/// True if any medium has this file.
pub fn file_is_used(conn: &mut Conn, file: Id) -> Result<bool, StoreError> {
    let used = media::table.filter(media::file_id.eq(file));
    Ok(diesel::select(diesel::dsl::exists(used)).get_result(conn)?)
}

/// The media that have this file.
pub fn media_of_file(conn: &mut Conn, file: Id) -> Result<Vec<Id>, StoreError> {
    Ok(media::table
        .filter(media::file_id.eq(file))
        .order(media::id)
        .select(media::id)
        .load(conn)?)
}

/// Some of the articles that show a medium and are not withdrawn, each once, in the order of their ids.
pub fn uses_of_medium(conn: &mut Conn, id: Id, limit: usize) -> Result<Vec<String>, StoreError> {
    Ok(article_media::table
        .inner_join(articles::table.on(articles::id.eq(article_media::article_id)))
        .filter(article_media::medium_id.eq(id))
        .filter(articles::status.ne(Status::Withdrawn.as_str()))
        .order(article_media::article_id)
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(article_media::article_id)
        .distinct()
        .load(conn)?)
}

#[derive(Insertable)]
#[diesel(table_name = article_media)]
struct UseRow {
    article_id: Id,
    position: i32,
    medium_id: Id,
}

/// Notes which media an article shows, in place of what was noted before.
pub(super) fn replace_uses(conn: &mut Conn, article: Id, media: &[Id]) -> Result<(), StoreError> {
    remove_uses(conn, article)?;
    insert_uses(conn, &[(article, media.to_vec())])
}

/// Forgets which media an article shows.
pub(super) fn remove_uses(conn: &mut Conn, article: Id) -> Result<(), StoreError> {
    diesel::delete(article_media::table.filter(article_media::article_id.eq(article)))
        .execute(conn)?;
    Ok(())
}

/// Notes which media articles show of which none are noted.
pub(super) fn insert_uses(conn: &mut Conn, uses: &[(Id, Vec<Id>)]) -> Result<(), StoreError> {
    let of_one = |(article, media): &(Id, Vec<Id>)| {
        let article_id = *article;
        let row = move |(position, medium_id)| UseRow {
            article_id,
            position,
            medium_id,
        };
        (0..).zip(media.clone()).map(row)
    };
    let rows: Vec<UseRow> = uses.iter().flat_map(of_one).collect();
    insert_rows!(conn, article_media::table, rows);
    Ok(())
}

/// The media that any of these articles show, each once.
pub fn media_shown_in(conn: &mut Conn, articles: &[Id]) -> Result<Vec<Id>, StoreError> {
    let mut ids: Vec<Id> = Vec::new();
    for chunk in articles.chunks(IN_LIST) {
        let found: Vec<Id> = article_media::table
            .filter(any_of(article_media::article_id, chunk))
            .select(article_media::medium_id)
            .distinct()
            .load(conn)?;
        ids.extend(found);
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}
