//! Tags in the database.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::domain::access::Scope;
use crate::domain::author::Names;
use crate::domain::cursor::{Cursor, SortValue};
use crate::domain::edition::Edition;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::page_url::PageUrl;
use crate::domain::query::{PageRequest, Slice};
use crate::domain::slug::Slug;
use crate::domain::tag::{Tag, TagContent, spelling_key};
use crate::domain::text::{NAME_MAX, cut, fold_name};
use crate::domain::time::Timestamp;
use crate::domain::view::{Links, TagView};

use super::any_of::any_of;
use super::batch::IN_LIST;
use super::conn::{Conn, with};
use super::editions::editions_by_preference;
use super::error::StoreError;
use super::facets::FacetKind;
use super::moved::{MovedKind, with_moved};
use super::paging;
use super::schema::{facets as facet_table, tags};
use super::sight::{self, Sight};
use super::types::Json;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = tags, treat_none_as_null = true)]
struct TagRow {
    id: Id,
    slug: Slug,
    name: String,
    names: Json<Names>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    name_key: String,
}

/// The form by which two names are one; NFC and case folding can make more of it than what an index of the database can hold.
pub(super) fn name_key(name: &str) -> String {
    cut(&spelling_key(name), NAME_MAX).to_owned()
}

impl From<&Tag> for TagRow {
    fn from(tag: &Tag) -> Self {
        let content = &tag.content;
        Self {
            id: tag.id,
            slug: content.slug.clone(),
            name: content.name.clone(),
            names: Json(content.names.clone()),
            version: tag.version,
            created_at: tag.created_at,
            updated_at: tag.updated_at,
            name_key: name_key(&content.name),
        }
    }
}

impl From<TagRow> for Tag {
    fn from(row: TagRow) -> Self {
        Self {
            id: row.id,
            content: TagContent {
                slug: row.slug,
                name: row.name,
                names: row.names.0,
            },
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// The visible tags of a scope: the public sees tags with a published article.
fn visible(
    conn: &mut Conn,
    scope: &Scope,
) -> Result<tags::BoxedQuery<'static, super::conn::MultiBackend>, StoreError> {
    let query = tags::table.into_boxed();
    if scope.sees_unpublished() {
        return Ok(query);
    }
    let sight = Sight::of(conn, scope)?;
    if !sight.is_open() {
        let seen = sight.exists_article(&[FacetKind::Tag], "tags.id");
        return Ok(query.filter(diesel::dsl::sql::<Bool>(&seen)));
    }
    let published = facet_table::table
        .filter(facet_table::value.eq(tags::id))
        .filter(facet_table::kind.eq_any([FacetKind::Tag.as_str()]))
        .filter(facet_table::public.eq(true))
        .filter(facet_table::articles.gt(0));
    Ok(query.filter(diesel::dsl::exists(published)))
}

/// A page of tags, in the order of their slugs.
pub fn list_tags(
    conn: &mut Conn,
    scope: &Scope,
    default_lang: &LanguageTag,
    counts: bool,
    page: &PageRequest,
) -> Result<Slice<TagView>, StoreError> {
    let mut query = visible(conn, scope)?.select(TagRow::as_select());
    if let Some((slug, _)) = paging::after(page) {
        query = query.filter(tags::slug.gt(slug.to_owned()));
    }
    let rows: Vec<TagRow> = query
        .order(tags::slug)
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

/// One tag, by slug.
pub fn get_tag(
    conn: &mut Conn,
    scope: &Scope,
    slug: &str,
    default_lang: &LanguageTag,
    counts: bool,
) -> Result<Option<TagView>, StoreError> {
    let rows: Vec<TagRow> = visible(conn, scope)?
        .select(TagRow::as_select())
        .filter(tags::slug.eq(slug.to_owned()))
        .limit(1)
        .load(conn)?;
    Ok(views(conn, scope, rows, default_lang, counts)?.pop())
}

/// The tags with these identities, in no order.
pub fn tags_by_ids(conn: &mut Conn, ids: &[Id]) -> Result<Vec<Tag>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(IN_LIST) {
        let rows: Vec<TagRow> = tags::table
            .filter(any_of(tags::id, chunk))
            .select(TagRow::as_select())
            .load(conn)?;
        found.extend(rows.into_iter().map(Tag::from));
    }
    Ok(found)
}

/// The next tags in the order of their slugs.
pub fn tags_after(conn: &mut Conn, slug: &str, limit: i64) -> Result<Vec<Tag>, StoreError> {
    let rows: Vec<TagRow> = tags::table
        .filter(tags::slug.gt(slug))
        .order(tags::slug)
        .limit(limit)
        .select(TagRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(Tag::from).collect())
}

/// The tag whose slug is this.
pub fn find_tag_by_slug(conn: &mut Conn, slug: &str) -> Result<Option<Tag>, StoreError> {
    let row: Option<TagRow> = tags::table
        .filter(tags::slug.eq(slug))
        .select(TagRow::as_select())
        .get_result(conn)
        .optional()?;
    Ok(row.map(Tag::from))
}

/// The tags of a name: first those whose name is exactly that once white space is folded, then those of another spelling,
/// each the oldest first. A name that an earlier version of this service wrote is found by its exact form alone.
pub fn find_tags_by_name(conn: &mut Conn, name: &str) -> Result<Vec<Tag>, StoreError> {
    let exact = fold_name(name);
    let keys = [name_key(name), cut(&exact, NAME_MAX).to_owned()];
    let rows: Vec<TagRow> = tags::table
        .filter(tags::name_key.eq_any(&keys))
        .order(tags::id)
        .select(TagRow::as_select())
        .load(conn)?;
    let mut found: Vec<Tag> = rows.into_iter().map(Tag::from).collect();
    // Keys that an earlier version wrote joined more.
    found.retain(|tag| name_key(&tag.content.name) == keys[0]);
    found.sort_by_key(|tag| fold_name(&tag.content.name) != exact);
    Ok(found)
}

/// The identities of tags that slugs name, old slugs too; unknown ones are left out.
pub fn tag_ids_by_slug(
    conn: &mut Conn,
    slugs: &[String],
) -> Result<HashMap<String, Id>, StoreError> {
    let rows: Vec<(String, Id)> = tags::table
        .filter(any_of(tags::slug, slugs))
        .select((tags::slug, tags::id))
        .load(conn)?;
    with_moved(conn, MovedKind::Tag, slugs, rows.into_iter().collect())
}

/// Writes a tag, new or changed.
pub fn save_tag(conn: &mut Conn, tag: &Tag) -> Result<(), StoreError> {
    let row = TagRow::from(tag);
    with!(conn, c => diesel::insert_into(tags::table)
        .values(&row)
        .on_conflict(tags::id)
        .do_update()
        .set(&row)
        .execute(c))?;
    Ok(())
}

/// Takes a tag away that nothing names.
pub fn delete_tag(conn: &mut Conn, id: Id) -> Result<(), StoreError> {
    diesel::delete(tags::table.find(id)).execute(conn)?;
    Ok(())
}

fn views(
    conn: &mut Conn,
    scope: &Scope,
    rows: Vec<TagRow>,
    default_lang: &LanguageTag,
    counts: bool,
) -> Result<Vec<TagView>, StoreError> {
    let ids: Vec<String> = rows.iter().map(|row| row.id.to_string()).collect();
    let counts = if counts {
        Some(sight::counts(conn, scope, FacetKind::Tag, &ids)?)
    } else {
        None
    };
    let editions = editions_by_preference(conn, default_lang)?;
    Ok(rows
        .into_iter()
        .map(|row| view(row.into(), &editions, counts.as_ref()))
        .collect())
}

fn view(tag: Tag, editions: &[Edition], counts: Option<&HashMap<String, i64>>) -> TagView {
    let content = tag.content;
    TagView {
        article_count: counts.map(|counts| counts.get(&tag.id.to_string()).copied().unwrap_or(0)),
        url: PageUrl::of_tag(editions, content.slug.as_str()),
        links: Links {
            own: format!("/api/tags/{}", content.slug),
        },
        slug: content.slug.into_string(),
        name: content.name,
        names: content.names,
        version: tag.version,
        updated_at: tag.updated_at,
    }
}
