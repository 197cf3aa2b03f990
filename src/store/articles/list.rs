//! Pages of articles.

use crate::domain::access::Scope;
use crate::domain::id::Id;
use crate::domain::query::{ArticleQuery, PageRequest, Slice};
use crate::domain::shown::Shown;

use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::listing::list_places;
use super::super::types::stored_id;
use super::load::Parts;
use super::within::load_within;

/// A page of articles.
pub fn list_articles(
    conn: &mut Conn,
    scope: &Scope,
    query: &ArticleQuery,
    page: &PageRequest,
    parts: Parts,
) -> Result<Slice<Shown>, StoreError> {
    let places = list_places(conn, scope, query, page)?;
    let ids = places.rows.iter().map(|place| stored_id(&place.id));
    let ids: Vec<Id> = ids.collect::<Result<_, _>>()?;
    let rows = load_within(conn, scope, &ids, parts)?;
    let next = if rows.len() < ids.len() {
        places.rows.get(rows.len().saturating_sub(1)).cloned()
    } else {
        places.next
    };
    Ok(Slice {
        rows,
        next,
        total: places.total,
    })
}

/// The first of the articles with these identities, in this order: as many as one answer takes. Whoever calls has made
/// sure, on the same snapshot, that the scope may see them.
pub fn articles_by_ids(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[Id],
    parts: Parts,
) -> Result<Vec<Shown>, StoreError> {
    load_within(conn, scope, ids, parts)
}
