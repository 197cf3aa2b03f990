//! The filters of lists for the search index: the same facets, the same sight.

use std::collections::HashMap;

use crate::domain::access::Scope;
use crate::domain::article::Status;
use crate::domain::query::ArticleQuery;
use crate::domain::search::{Filter, Sight as Seen};

use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::facets::{FacetKind, find_facets};
use super::super::search;
use super::super::sight::{Sight, limit_filters};
use super::groups::resolve_filters;
use super::plan::{common_ids, dated};

/// A number that no facet has.
const NO_FACET: i64 = -1;

/// The public articles that a scope sees, in the codes of the index, which holds the log up to `indexed` where that ends at
/// `end`.
pub fn search_sight(
    conn: &mut Conn,
    scope: &Scope,
    indexed: i64,
    end: i64,
) -> Result<Seen, StoreError> {
    let sight = Sight::of(conn, scope)?;
    let partner = scope.partner();
    let limits = partner.map_or_else(Vec::new, |partner| limit_filters(&partner.limits));
    Ok(Seen {
        groups: groups(conn, &limits)?,
        cutoff: sight.cutoff,
        hidden: search::hidden_since(conn, &sight, indexed, end)?,
        head_only: partner.is_some_and(|partner| partner.contract.summary_only),
    })
}

/// The filters of a query in the codes of the index, under what its caller sees.
pub fn search_filter(
    conn: &mut Conn,
    sight: &Seen,
    query: &ArticleQuery,
) -> Result<Filter, StoreError> {
    let ids = common_ids(&query.ids);
    let published = query.statuses.is_empty() || query.statuses.contains(&Status::Published);
    let filters = resolve_filters(conn, query)?;
    Ok(Filter {
        sight: sight.clone(),
        none: ids.is_none() || !published,
        groups: groups(conn, &filters)?,
        ids: ids.unwrap_or_default(),
        published: dated(query.published),
        updated: query.updated,
        langs: query.langs.clone(),
    })
}

/// The codes of the public facets of each filter.
fn groups(
    conn: &mut Conn,
    filters: &[(FacetKind, Vec<String>)],
) -> Result<Vec<Vec<i64>>, StoreError> {
    let mut groups = Vec::with_capacity(filters.len());
    for (kind, values) in filters {
        let found: HashMap<_, _> = find_facets(conn, *kind, true, values)?;
        let codes = found.into_values().map(|facet| kind.code(facet.id));
        let mut codes: Vec<i64> = codes.collect();
        codes.sort_unstable();
        if codes.is_empty() {
            codes.push(NO_FACET);
        }
        groups.push(codes);
    }
    Ok(groups)
}
