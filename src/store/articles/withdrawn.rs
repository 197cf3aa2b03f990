//! What was public and was taken down, the newest first.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::domain::article::{Status, Withdrawal};
use crate::domain::language::LanguageTag;
use crate::domain::view::Tombstone;

use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::facets::{FacetKind, find_facets};
use super::super::schema::{article_facets, articles};
use super::super::{IN_LIST, from_json, stored_id, tags};

/// How far back a list of one section, author, source or tag looks through the edition's tombstones.
const SEARCHED: i64 = 1_000;

/// The tombstones of an edition, or of one facet of it (a tag by its slug): at most `limit`.
pub fn list_withdrawn(
    conn: &mut Conn,
    lang: &LanguageTag,
    facet: Option<&(FacetKind, String)>,
    limit: usize,
) -> Result<Vec<Tombstone>, StoreError> {
    let rows: Vec<(String, Option<String>)> = articles::table
        .filter(articles::lang.eq(lang.as_str()))
        .filter(articles::withdrawn.is_not_null())
        .filter(articles::status.eq(Status::Withdrawn.as_str()))
        .order((articles::updated_at.desc(), articles::id.desc()))
        .limit(SEARCHED)
        .select((articles::id, articles::withdrawn))
        .load(conn)?;
    let within = facet.map(|facet| members(conn, facet, &rows)).transpose()?;
    let mut tombstones = Vec::new();
    for (id, withdrawn) in rows {
        let Some(withdrawn) =
            withdrawn.filter(|_| within.as_ref().is_none_or(|ids| ids.contains(&id)))
        else {
            continue;
        };
        let withdrawal: Withdrawal = from_json(&withdrawn)?;
        if withdrawal.was_public && tombstones.len() < limit {
            tombstones.push(Tombstone {
                id: stored_id(&id)?,
                lang: lang.clone(),
                withdrawn_at: withdrawal.at,
                reason: withdrawal.reason,
            });
        }
    }
    Ok(tombstones)
}

/// Those of the rows that are in a facet; what is taken down is on its side that is not public.
fn members(
    conn: &mut Conn,
    (kind, value): &(FacetKind, String),
    rows: &[(String, Option<String>)],
) -> Result<HashSet<String>, StoreError> {
    let values = match kind {
        FacetKind::Tag => tags::tag_ids_by_slug(conn, std::slice::from_ref(value))?
            .into_values()
            .collect(),
        _ => vec![value.clone()],
    };
    let facets = find_facets(conn, *kind, false, &values)?;
    let Some(facet) = facets.into_values().next() else {
        return Ok(HashSet::new());
    };
    let ids: Vec<&str> = rows.iter().map(|(id, _)| id.as_str()).collect();
    let mut found = HashSet::new();
    for chunk in ids.chunks(IN_LIST) {
        let members: Vec<String> = article_facets::table
            .filter(article_facets::article_id.eq_any(chunk))
            .filter(article_facets::facet_id.eq(facet.id))
            .select(article_facets::article_id)
            .load(conn)?;
        found.extend(members);
    }
    Ok(found)
}
