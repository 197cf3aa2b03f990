//! Authors, sources and tags in the database: what belongs to no edition and is named by articles. One way for the three of
//! them; each says in [`SharedKind`] what is its own, and has its statements from `shared_rows!`.

use std::collections::HashMap;

use crate::domain::access::Scope;
use crate::domain::edition::Edition;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::query::{PageRequest, Reference, Slice};
use crate::domain::text::fold_name;

use super::conn::Conn;
use super::editions::editions_by_preference;
use super::error::StoreError;
use super::facets::FacetKind;
use super::moved::MovedKind;
use super::sight;

/// The statements over the table of a kind.
pub trait SharedRows: Sized {
    /// Its identity.
    fn id(&self) -> Id;

    /// A page of those that a scope sees, in the order of their slugs. The public sees those with a published article.
    fn page(conn: &mut Conn, scope: &Scope, page: &PageRequest) -> Result<Slice<Self>, StoreError>;
    /// The one that has this id or slug now, where a scope sees it.
    fn seen(
        conn: &mut Conn,
        scope: &Scope,
        reference: &Reference,
    ) -> Result<Option<Self>, StoreError>;
    /// The next ones in the order of their slugs.
    fn after_slug(conn: &mut Conn, slug: &str, limit: i64) -> Result<Vec<Self>, StoreError>;
    /// Some of the slugs that begin so, in order.
    fn slugs_beginning(conn: &mut Conn, prefix: &str) -> Result<Vec<String>, StoreError>;
    /// Those with these identities, in no order.
    fn with_ids(conn: &mut Conn, ids: &[Id]) -> Result<Vec<Self>, StoreError>;
    /// The one that has this slug now.
    fn with_slug(conn: &mut Conn, slug: &str) -> Result<Option<Self>, StoreError>;
    /// Those whose names have one of these keys, in no order.
    fn with_name_keys(conn: &mut Conn, keys: &[String]) -> Result<Vec<Self>, StoreError>;
    /// The identities that slugs lead to, old slugs too; unknown ones are left out.
    fn ids_by_slug(conn: &mut Conn, slugs: &[String]) -> Result<HashMap<String, Id>, StoreError>;
    /// Writes one, new or changed.
    fn save_row(conn: &mut Conn, thing: &Self) -> Result<(), StoreError>;
    /// Takes one away that nothing names.
    fn delete_row(conn: &mut Conn, id: Id) -> Result<(), StoreError>;
}

/// The kinds of thing that belong to no edition: what each has of its own.
pub trait SharedKind: SharedRows {
    /// The form that readers see.
    type View;
    /// Its kind among what moves; its word names it towards clients too.
    const MOVED: MovedKind;
    /// True if clients know its id; a tag's identity towards them is its slug.
    const HAS_ID: bool;
    /// True if editions have pages of it.
    const HAS_PAGES: bool;
    /// The kinds of facet whose articles show it.
    const SHOWN_BY: &'static [FacetKind];
    /// The kind of facet whose articles are counted.
    const COUNTED: FacetKind;

    /// The form by which two names are one.
    fn name_key(name: &str) -> String {
        fold_name(name)
    }

    /// Those of a name.
    fn of_name(conn: &mut Conn, name: &str) -> Result<Vec<Self>, StoreError> {
        Self::with_name_keys(conn, &[Self::name_key(name)])
    }

    /// Its form for readers; its page is in the first of these editions that has pages of its kind.
    fn view(self, editions: &[Edition], article_count: Option<i64>) -> Self::View;
}

/// A page of a list, in the order of the slugs.
pub fn list<K: SharedKind>(
    conn: &mut Conn,
    scope: &Scope,
    default_lang: &LanguageTag,
    counts: bool,
    page: &PageRequest,
) -> Result<Slice<K::View>, StoreError> {
    let slice = K::page(conn, scope, page)?;
    slice.try_with(|things| views(conn, scope, things, default_lang, counts))
}

/// One of a list, by id or slug.
pub fn get<K: SharedKind>(
    conn: &mut Conn,
    scope: &Scope,
    reference: &Reference,
    default_lang: &LanguageTag,
    counts: bool,
) -> Result<Option<K::View>, StoreError> {
    let Some(found) = K::seen(conn, scope, reference)? else {
        return Ok(None);
    };
    Ok(views(conn, scope, vec![found], default_lang, counts)?.pop())
}

fn views<K: SharedKind>(
    conn: &mut Conn,
    scope: &Scope,
    things: Vec<K>,
    default_lang: &LanguageTag,
    counts: bool,
) -> Result<Vec<K::View>, StoreError> {
    let ids: Vec<String> = things.iter().map(|thing| thing.id().to_string()).collect();
    let counts = match counts {
        true => Some(sight::counts(conn, scope, K::COUNTED, &ids)?),
        false => None,
    };
    let editions = match K::HAS_PAGES {
        true => editions_by_preference(conn, default_lang)?,
        false => Vec::new(),
    };
    let count = |id: &String| {
        let counts = counts.as_ref()?;
        Some(counts.get(id).copied().unwrap_or(0))
    };
    let things = things.into_iter().zip(&ids);
    Ok(things
        .map(|(thing, id)| thing.view(&editions, count(id)))
        .collect())
}

/// Implements [`SharedRows`] over a table. Diesel has types of its own for each table and column, and a generic function would
/// have to bound those of each of its statements. A kind names the columns that it has beside those of all three: `texts`,
/// which may be NULL, and `json`.
macro_rules! shared_rows {
    ($table:ident of $thing:ident, $content:ident, texts: [$($text:ident),*], json: [$($json:ident: $type:ty),*]) => {
        const _: () = {
            use std::collections::HashMap;

            use diesel::prelude::*;
            use diesel::sql_types::Bool;

            use $crate::domain::access::Scope;
            use $crate::domain::author::Names;
            use $crate::domain::cursor::{Cursor, SortValue};
            use $crate::domain::id::Id;
            use $crate::domain::query::{PageRequest, Reference, Slice};
            use $crate::domain::slug::Slug;
            use $crate::domain::time::Timestamp;
            use $crate::store::any_of::any_of;
            use $crate::store::batch::IN_LIST;
            use $crate::store::conn::{Conn, MultiBackend, with};
            use $crate::store::error::StoreError;
            use $crate::store::facets::FacetKind;
            use $crate::store::moved::with_moved;
            use $crate::store::paging;
            use $crate::store::schema::{$table, facets};
            use $crate::store::shared_rows::{SharedKind, SharedRows};
            use $crate::store::sight::Sight;
            use $crate::store::slugs;
            use $crate::store::types::Json;

            const _: () = assert!(
                !<$thing as SharedKind>::SHOWN_BY.is_empty(),
                "the public sees those alone that articles of some facet show"
            );

            #[derive(Queryable, Selectable, Insertable, AsChangeset)]
            #[diesel(table_name = $table, treat_none_as_null = true)]
            struct Row {
                id: Id,
                slug: Slug,
                name: String,
                names: Json<Names>,
                $($text: Option<String>,)*
                $($json: Json<$type>,)*
                version: i64,
                created_at: Timestamp,
                updated_at: Timestamp,
                name_key: String,
            }

            impl From<&$thing> for Row {
                fn from(thing: &$thing) -> Self {
                    let content = thing.content.clone();
                    Self {
                        id: thing.id,
                        name_key: $thing::name_key(&content.name),
                        slug: content.slug,
                        name: content.name,
                        names: Json(content.names),
                        $($text: content.$text,)*
                        $($json: Json(content.$json),)*
                        version: thing.version,
                        created_at: thing.created_at,
                        updated_at: thing.updated_at,
                    }
                }
            }

            impl From<Row> for $thing {
                fn from(row: Row) -> Self {
                    Self {
                        id: row.id,
                        content: $content {
                            slug: row.slug,
                            name: row.name,
                            names: row.names.0,
                            $($text: row.$text,)*
                            $($json: row.$json.0,)*
                        },
                        version: row.version,
                        created_at: row.created_at,
                        updated_at: row.updated_at,
                    }
                }
            }

            fn visible(
                conn: &mut Conn,
                scope: &Scope,
            ) -> Result<$table::BoxedQuery<'static, MultiBackend>, StoreError> {
                let query = $table::table.into_boxed();
                if scope.sees_unpublished() {
                    return Ok(query);
                }
                let kinds = $thing::SHOWN_BY;
                let sight = Sight::of(conn, scope)?;
                if !sight.is_open() {
                    let seen = sight.exists_article(kinds, concat!(stringify!($table), ".id"));
                    return Ok(query.filter(diesel::dsl::sql::<Bool>(&seen)));
                }
                let published = facets::table
                    .filter(facets::value.eq($table::id))
                    .filter(facets::kind.eq_any(kinds.iter().copied().map(FacetKind::as_str)))
                    .filter(facets::public.eq(true))
                    .filter(facets::articles.gt(0));
                Ok(query.filter(diesel::dsl::exists(published)))
            }

            fn things(rows: Vec<Row>) -> Vec<$thing> {
                rows.into_iter().map($thing::from).collect()
            }

            impl SharedRows for $thing {
                fn id(&self) -> Id {
                    self.id
                }

                fn page(
                    conn: &mut Conn,
                    scope: &Scope,
                    page: &PageRequest,
                ) -> Result<Slice<Self>, StoreError> {
                    let mut query = visible(conn, scope)?.select(Row::as_select());
                    if let Some((slug, _)) = paging::after(page) {
                        query = query.filter($table::slug.gt(slug.to_owned()));
                    }
                    let rows: Vec<Row> = query
                        .order($table::slug)
                        .offset(paging::offset(page))
                        .limit(paging::fetch(page))
                        .load(conn)?;
                    let total = match page.count {
                        true => Some(visible(conn, scope)?.count().get_result(conn)?),
                        false => None,
                    };
                    let slice = paging::slice(rows, page, total, |row| Cursor {
                        value: SortValue::Text(row.slug.to_string()),
                        id: row.id.to_string(),
                    });
                    Ok(slice.map(Self::from))
                }

                fn seen(
                    conn: &mut Conn,
                    scope: &Scope,
                    reference: &Reference,
                ) -> Result<Option<Self>, StoreError> {
                    let query = visible(conn, scope)?.select(Row::as_select()).limit(1);
                    let query = match reference {
                        Reference::Id(id) => query.filter($table::id.eq(*id)),
                        Reference::Slug(slug) => query.filter($table::slug.eq(slug.clone())),
                    };
                    Ok(things(query.load(conn)?).pop())
                }

                fn after_slug(
                    conn: &mut Conn,
                    slug: &str,
                    limit: i64,
                ) -> Result<Vec<Self>, StoreError> {
                    let query = $table::table
                        .filter($table::slug.gt(slug))
                        .order($table::slug)
                        .limit(limit);
                    Ok(things(query.select(Row::as_select()).load(conn)?))
                }

                fn slugs_beginning(
                    conn: &mut Conn,
                    prefix: &str,
                ) -> Result<Vec<String>, StoreError> {
                    let query = $table::table
                        .filter($table::slug.ge(prefix))
                        .filter($table::slug.lt(slugs::end(prefix)))
                        .order($table::slug)
                        .limit(slugs::MOST);
                    Ok(query.select($table::slug).load(conn)?)
                }

                fn with_ids(conn: &mut Conn, ids: &[Id]) -> Result<Vec<Self>, StoreError> {
                    let mut found = Vec::with_capacity(ids.len());
                    for chunk in ids.chunks(IN_LIST) {
                        let query = $table::table.filter(any_of($table::id, chunk));
                        found.extend(things(query.select(Row::as_select()).load(conn)?));
                    }
                    Ok(found)
                }

                fn with_slug(conn: &mut Conn, slug: &str) -> Result<Option<Self>, StoreError> {
                    let query = $table::table.filter($table::slug.eq(slug));
                    let row: Option<Row> =
                        query.select(Row::as_select()).get_result(conn).optional()?;
                    Ok(row.map(Self::from))
                }

                fn with_name_keys(
                    conn: &mut Conn,
                    keys: &[String],
                ) -> Result<Vec<Self>, StoreError> {
                    let query = $table::table.filter(any_of($table::name_key, keys));
                    Ok(things(query.select(Row::as_select()).load(conn)?))
                }

                fn ids_by_slug(
                    conn: &mut Conn,
                    slugs: &[String],
                ) -> Result<HashMap<String, Id>, StoreError> {
                    let rows: Vec<(String, Id)> = $table::table
                        .filter(any_of($table::slug, slugs))
                        .select(($table::slug, $table::id))
                        .load(conn)?;
                    with_moved(conn, Self::MOVED, slugs, rows.into_iter().collect())
                }

                fn save_row(conn: &mut Conn, thing: &Self) -> Result<(), StoreError> {
                    let row = Row::from(thing);
                    with!(conn, c => diesel::insert_into($table::table)
                        .values(&row)
                        .on_conflict($table::id)
                        .do_update()
                        .set(&row)
                        .execute(c))?;
                    Ok(())
                }

                fn delete_row(conn: &mut Conn, id: Id) -> Result<(), StoreError> {
                    diesel::delete($table::table.find(id)).execute(conn)?;
                    Ok(())
                }
            }
        };
    };
}
pub(super) use shared_rows;
