//! Sources in the database.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::domain::access::Scope;
use crate::domain::author::Names;
use crate::domain::cursor::{Cursor, SortValue};
use crate::domain::id::Id;
use crate::domain::query::{PageRequest, Reference, Slice};
use crate::domain::slug::Slug;
use crate::domain::source::{Rights, Source, SourceContent};
use crate::domain::text::fold_name;
use crate::domain::time::Timestamp;
use crate::domain::view::{Links, SourceView};

use super::any_of::any_of;
use super::batch::IN_LIST;
use super::conn::{Conn, with};
use super::error::StoreError;
use super::facets::FacetKind;
use super::moved::{MovedKind, with_moved};
use super::paging;
use super::schema::{facets as facet_table, sources};
use super::sight::{self, Sight};
use super::types::Json;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = sources, treat_none_as_null = true)]
struct SourceRow {
    id: Id,
    slug: Slug,
    name: String,
    names: Json<Names>,
    kind: Option<String>,
    url: Option<String>,
    rights: Json<Rights>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    name_key: String,
}

impl From<&Source> for SourceRow {
    fn from(source: &Source) -> Self {
        let content = &source.content;
        Self {
            id: source.id,
            slug: content.slug.clone(),
            name: content.name.clone(),
            names: Json(content.names.clone()),
            kind: content.kind.clone(),
            url: content.url.clone(),
            rights: Json(content.rights.clone()),
            version: source.version,
            created_at: source.created_at,
            updated_at: source.updated_at,
            name_key: fold_name(&content.name),
        }
    }
}

impl From<SourceRow> for Source {
    fn from(row: SourceRow) -> Self {
        Self {
            id: row.id,
            content: SourceContent {
                slug: row.slug,
                name: row.name,
                names: row.names.0,
                kind: row.kind,
                url: row.url,
                rights: row.rights.0,
            },
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// The visible sources of a scope: the public sees sources with a published article.
fn visible(
    conn: &mut Conn,
    scope: &Scope,
) -> Result<sources::BoxedQuery<'static, super::conn::MultiBackend>, StoreError> {
    let query = sources::table.into_boxed();
    if scope.sees_unpublished() {
        return Ok(query);
    }
    let sight = Sight::of(conn, scope)?;
    if !sight.is_open() {
        let seen = sight.exists_article(&[FacetKind::Source], "sources.id");
        return Ok(query.filter(diesel::dsl::sql::<Bool>(&seen)));
    }
    let published = facet_table::table
        .filter(facet_table::value.eq(sources::id))
        .filter(facet_table::kind.eq_any([FacetKind::Source.as_str()]))
        .filter(facet_table::public.eq(true))
        .filter(facet_table::articles.gt(0));
    Ok(query.filter(diesel::dsl::exists(published)))
}

/// A page of sources, in the order of their slugs.
pub fn list_sources(
    conn: &mut Conn,
    scope: &Scope,
    counts: bool,
    page: &PageRequest,
) -> Result<Slice<SourceView>, StoreError> {
    let mut query = visible(conn, scope)?.select(SourceRow::as_select());
    if let Some((slug, _)) = paging::after(page) {
        query = query.filter(sources::slug.gt(slug.to_owned()));
    }
    let rows: Vec<SourceRow> = query
        .order(sources::slug)
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
    slice.try_with(|rows| views(conn, scope, rows, counts))
}

/// One source, by id or slug.
pub fn get_source(
    conn: &mut Conn,
    scope: &Scope,
    reference: &Reference,
    counts: bool,
) -> Result<Option<SourceView>, StoreError> {
    let query = visible(conn, scope)?.select(SourceRow::as_select());
    let query = match reference {
        Reference::Id(id) => query.filter(sources::id.eq(*id)),
        Reference::Slug(slug) => query.filter(sources::slug.eq(slug.clone())),
    };
    let rows: Vec<SourceRow> = query.limit(1).load(conn)?;
    Ok(views(conn, scope, rows, counts)?.pop())
}

/// The sources with these identities, in no order.
pub fn sources_by_ids(conn: &mut Conn, ids: &[Id]) -> Result<Vec<Source>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(IN_LIST) {
        let rows: Vec<SourceRow> = sources::table
            .filter(any_of(sources::id, chunk))
            .select(SourceRow::as_select())
            .load(conn)?;
        found.extend(rows.into_iter().map(Source::from));
    }
    Ok(found)
}

/// The next sources in the order of their slugs.
pub fn sources_after(conn: &mut Conn, slug: &str, limit: i64) -> Result<Vec<Source>, StoreError> {
    let rows: Vec<SourceRow> = sources::table
        .filter(sources::slug.gt(slug))
        .order(sources::slug)
        .limit(limit)
        .select(SourceRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(Source::from).collect())
}

/// The source whose name is the same as this one, once both are folded.
pub fn find_source_by_name(conn: &mut Conn, name: &str) -> Result<Option<Source>, StoreError> {
    let row: Option<SourceRow> = sources::table
        .filter(sources::name_key.eq(fold_name(name)))
        .select(SourceRow::as_select())
        .get_result(conn)
        .optional()?;
    Ok(row.map(Source::from))
}

/// The source that has this slug.
pub fn find_source_by_slug(conn: &mut Conn, slug: &str) -> Result<Option<Source>, StoreError> {
    let row: Option<SourceRow> = sources::table
        .filter(sources::slug.eq(slug))
        .select(SourceRow::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(Source::from))
}

/// The identities of sources that slugs name, old slugs too; unknown ones are left out.
pub fn source_ids_by_slug(
    conn: &mut Conn,
    slugs: &[String],
) -> Result<HashMap<String, Id>, StoreError> {
    let rows: Vec<(String, Id)> = sources::table
        .filter(any_of(sources::slug, slugs))
        .select((sources::slug, sources::id))
        .load(conn)?;
    with_moved(conn, MovedKind::Source, slugs, rows.into_iter().collect())
}

/// Writes a source, new or changed.
pub fn save_source(conn: &mut Conn, source: &Source) -> Result<(), StoreError> {
    let row = SourceRow::from(source);
    with!(conn, c => diesel::insert_into(sources::table)
        .values(&row)
        .on_conflict(sources::id)
        .do_update()
        .set(&row)
        .execute(c))?;
    Ok(())
}

/// Takes a source away that nothing names.
pub fn delete_source(conn: &mut Conn, id: Id) -> Result<(), StoreError> {
    diesel::delete(sources::table.find(id)).execute(conn)?;
    Ok(())
}

fn views(
    conn: &mut Conn,
    scope: &Scope,
    rows: Vec<SourceRow>,
    counts: bool,
) -> Result<Vec<SourceView>, StoreError> {
    let ids: Vec<String> = rows.iter().map(|row| row.id.to_string()).collect();
    let counts = if counts {
        Some(sight::counts(conn, scope, FacetKind::Source, &ids)?)
    } else {
        None
    };
    let views = rows.into_iter();
    Ok(views.map(|row| view(row.into(), counts.as_ref())).collect())
}

fn view(source: Source, counts: Option<&HashMap<String, i64>>) -> SourceView {
    let content = source.content;
    SourceView {
        id: source.id,
        article_count: counts
            .map(|counts| counts.get(&source.id.to_string()).copied().unwrap_or(0)),
        links: Links {
            own: format!("/api/sources/{}", source.id),
        },
        slug: content.slug.into_string(),
        name: content.name,
        names: content.names,
        kind: content.kind,
        url: content.url,
        rights: content.rights,
        version: source.version,
        updated_at: source.updated_at,
    }
}
