//! Authors in the database.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::domain::access::Scope;
use crate::domain::author::{Author, AuthorContent, Names};
use crate::domain::cursor::{Cursor, SortValue};
use crate::domain::edition::Edition;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::page_url::PageUrl;
use crate::domain::query::{PageRequest, Reference, Slice};
use crate::domain::slug::Slug;
use crate::domain::text::fold_name;
use crate::domain::time::Timestamp;
use crate::domain::view::{AuthorView, Links};

use super::any_of::any_of;
use super::batch::IN_LIST;
use super::conn::{Conn, with};
use super::editions::editions_by_preference;
use super::error::StoreError;
use super::facets::FacetKind;
use super::moved::{Known, MovedKind, find_moved, with_moved};
use super::paging;
use super::schema::{authors, facets as facet_table};
use super::sight::{self, Sight};
use super::types::Json;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = authors, treat_none_as_null = true)]
struct AuthorRow {
    id: Id,
    slug: Slug,
    name: String,
    names: Json<Names>,
    bio: Option<String>,
    affiliation: Option<String>,
    url: Option<String>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    name_key: String,
}

impl From<&Author> for AuthorRow {
    fn from(author: &Author) -> Self {
        let content = &author.content;
        Self {
            id: author.id,
            slug: content.slug.clone(),
            name: content.name.clone(),
            names: Json(content.names.clone()),
            bio: content.bio.clone(),
            affiliation: content.affiliation.clone(),
            url: content.url.clone(),
            version: author.version,
            created_at: author.created_at,
            updated_at: author.updated_at,
            name_key: fold_name(&content.name),
        }
    }
}

impl From<AuthorRow> for Author {
    fn from(row: AuthorRow) -> Self {
        Self {
            id: row.id,
            content: AuthorContent {
                slug: row.slug,
                name: row.name,
                names: row.names.0,
                bio: row.bio,
                affiliation: row.affiliation,
                url: row.url,
            },
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// The visible authors of a scope: the public sees authors with a published article.
fn visible(
    conn: &mut Conn,
    scope: &Scope,
) -> Result<authors::BoxedQuery<'static, super::conn::MultiBackend>, StoreError> {
    let query = authors::table.into_boxed();
    if scope.sees_unpublished() {
        return Ok(query);
    }
    let sight = Sight::of(conn, scope)?;
    if !sight.is_open() {
        let seen = sight.exists_article(&FacetKind::PERSON, "authors.id");
        return Ok(query.filter(diesel::dsl::sql::<Bool>(&seen)));
    }
    let published = facet_table::table
        .filter(facet_table::value.eq(authors::id))
        .filter(facet_table::kind.eq_any(FacetKind::PERSON.map(FacetKind::as_str)))
        .filter(facet_table::public.eq(true))
        .filter(facet_table::articles.gt(0));
    Ok(query.filter(diesel::dsl::exists(published)))
}

/// A page of authors, in the order of their slugs.
pub fn list_authors(
    conn: &mut Conn,
    scope: &Scope,
    default_lang: &LanguageTag,
    counts: bool,
    page: &PageRequest,
) -> Result<Slice<AuthorView>, StoreError> {
    let mut query = visible(conn, scope)?.select(AuthorRow::as_select());
    if let Some((slug, _)) = paging::after(page) {
        query = query.filter(authors::slug.gt(slug.to_owned()));
    }
    let rows: Vec<AuthorRow> = query
        .order(authors::slug)
        .offset(paging::offset(page))
        .limit(paging::fetch(page))
        .load(conn)?;
    let total = if page.count {
        Some(visible(conn, scope)?.count().get_result(conn)?)
    } else {
        None
    };
    let slice = paging::slice(rows, page, total, |row| Cursor {
        value: SortValue::Text(row.slug.to_string()),
        id: row.id.to_string(),
    });
    slice.try_with(|rows| views(conn, scope, rows, default_lang, counts))
}

/// One author, by id or slug.
pub fn get_author(
    conn: &mut Conn,
    scope: &Scope,
    reference: &Reference,
    default_lang: &LanguageTag,
    counts: bool,
) -> Result<Option<AuthorView>, StoreError> {
    let query = visible(conn, scope)?.select(AuthorRow::as_select());
    let query = match reference {
        Reference::Id(id) => query.filter(authors::id.eq(*id)),
        Reference::Slug(slug) => query.filter(authors::slug.eq(slug.clone())),
    };
    let rows: Vec<AuthorRow> = query.limit(1).load(conn)?;
    Ok(views(conn, scope, rows, default_lang, counts)?.pop())
}

/// The authors with these identities, in no order.
pub fn authors_by_ids(conn: &mut Conn, ids: &[Id]) -> Result<Vec<Author>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(IN_LIST) {
        let rows: Vec<AuthorRow> = authors::table
            .filter(any_of(authors::id, chunk))
            .select(AuthorRow::as_select())
            .load(conn)?;
        found.extend(rows.into_iter().map(Author::from));
    }
    Ok(found)
}

/// The next authors in the order of their slugs.
pub fn authors_after(conn: &mut Conn, slug: &str, limit: i64) -> Result<Vec<Author>, StoreError> {
    let rows: Vec<AuthorRow> = authors::table
        .filter(authors::slug.gt(slug))
        .order(authors::slug)
        .limit(limit)
        .select(AuthorRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(Author::from).collect())
}

/// The author whose name is the same as this one, once both are folded.
pub fn find_author_by_name(conn: &mut Conn, name: &str) -> Result<Option<Author>, StoreError> {
    let row: Option<AuthorRow> = authors::table
        .filter(authors::name_key.eq(fold_name(name)))
        .select(AuthorRow::as_select())
        .get_result(conn)
        .optional()?;
    Ok(row.map(Author::from))
}

/// Whom an author of this exact name was merged with.
pub fn merged_author_of_name(conn: &mut Conn, name: &str) -> Result<Option<Id>, StoreError> {
    find_moved(
        conn,
        MovedKind::AuthorName,
        "",
        &fold_name(name),
        Known::All,
    )
}

/// The author that has this slug.
pub fn find_author_by_slug(conn: &mut Conn, slug: &str) -> Result<Option<Author>, StoreError> {
    let row: Option<AuthorRow> = authors::table
        .filter(authors::slug.eq(slug))
        .select(AuthorRow::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(Author::from))
}

/// The identities of authors that slugs name, old slugs too; unknown ones are left out.
pub fn author_ids_by_slug(
    conn: &mut Conn,
    slugs: &[String],
) -> Result<HashMap<String, Id>, StoreError> {
    let rows: Vec<(String, Id)> = authors::table
        .filter(any_of(authors::slug, slugs))
        .select((authors::slug, authors::id))
        .load(conn)?;
    with_moved(conn, MovedKind::Author, slugs, rows.into_iter().collect())
}

/// Writes an author, new or changed.
pub fn save_author(conn: &mut Conn, author: &Author) -> Result<(), StoreError> {
    let row = AuthorRow::from(author);
    with!(conn, c => diesel::insert_into(authors::table)
        .values(&row)
        .on_conflict(authors::id)
        .do_update()
        .set(&row)
        .execute(c))?;
    Ok(())
}

/// Takes an author away that nothing names.
pub fn delete_author(conn: &mut Conn, id: Id) -> Result<(), StoreError> {
    diesel::delete(authors::table.find(id)).execute(conn)?;
    Ok(())
}

fn views(
    conn: &mut Conn,
    scope: &Scope,
    rows: Vec<AuthorRow>,
    default_lang: &LanguageTag,
    counts: bool,
) -> Result<Vec<AuthorView>, StoreError> {
    let ids: Vec<String> = rows.iter().map(|row| row.id.to_string()).collect();
    let counts = if counts {
        Some(sight::counts(conn, scope, FacetKind::Author, &ids)?)
    } else {
        None
    };
    let editions = editions_by_preference(conn, default_lang)?;
    Ok(rows
        .into_iter()
        .map(|row| view(row.into(), &editions, counts.as_ref()))
        .collect())
}

/// The address of an author: a page of their own, else the one in the first of these editions that has pages of authors.
pub fn page_of(author: &Author, editions: &[Edition]) -> PageUrl {
    let content = &author.content;
    match &content.url {
        Some(own) => PageUrl::Absolute(own.clone()),
        None => PageUrl::of_author(editions, author.id, content.slug.as_str()),
    }
}

fn view(author: Author, editions: &[Edition], counts: Option<&HashMap<String, i64>>) -> AuthorView {
    let url = page_of(&author, editions);
    let content = author.content;
    AuthorView {
        id: author.id,
        article_count: counts
            .map(|counts| counts.get(&author.id.to_string()).copied().unwrap_or(0)),
        links: Links {
            own: format!("/api/authors/{}", author.id),
        },
        slug: content.slug.into_string(),
        name: content.name,
        names: content.names,
        bio: content.bio,
        affiliation: content.affiliation,
        url,
        version: author.version,
        updated_at: author.updated_at,
    }
}
