//! Withdrawn articles that were public, the newest first.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::domain::access::Scope;
use crate::domain::article::{Status, Withdrawal};
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::tag::Tag;
use crate::domain::view::Tombstone;

use super::super::batch::IN_LIST;
use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::facets::{FacetKind, find_facets};
use super::super::schema::{article_facets, articles};
use super::super::shared_rows::SharedRows;
use super::super::types::Json;

/// Number of the edition's tombstones that a list of one section, author, source or tag searches.
const SEARCHED: i64 = 1_000;

/// The tombstones of an edition, or of one facet of it (a tag by its slug), within what a partner may see: at most `limit`.
pub fn list_withdrawn(
    conn: &mut Conn,
    scope: &Scope,
    lang: &LanguageTag,
    facet: Option<&(FacetKind, String)>,
    limit: usize,
) -> Result<Vec<Tombstone>, StoreError> {
    let rows: Vec<(Id, Option<Json<Withdrawal>>)> = articles::table
        .filter(articles::lang.eq(lang))
        .filter(articles::withdrawn.is_not_null())
        .filter(articles::status.eq(Status::Withdrawn.as_str()))
        .order((articles::updated_at.desc(), articles::id.desc()))
        .limit(SEARCHED)
        .select((articles::id, articles::withdrawn))
        .load(conn)?;
    let mut ids: HashSet<Id> = rows.iter().map(|(id, _)| *id).collect();
    for (kind, values) in groups(conn, scope, facet)? {
        ids = members(conn, kind, &values, &ids)?;
    }
    let mut tombstones = Vec::new();
    for (id, withdrawn) in rows.into_iter().filter(|(id, _)| ids.contains(id)) {
        if let Some(Json(withdrawal)) = withdrawn.filter(|Json(one)| one.was_public) {
            tombstones.push(Tombstone {
                id,
                lang: lang.clone(),
                withdrawn_at: withdrawal.at,
                reason: withdrawal.reason,
            });
        }
    }
    // An edit of what is withdrawn is nobody's to see, and must not move it among the others.
    tombstones.sort_by_key(|one| std::cmp::Reverse((one.withdrawn_at, one.id)));
    tombstones.truncate(limit);
    Ok(tombstones)
}

/// Kinds of facets, each with the values of which an article must have one.
type Groups = Vec<(FacetKind, Vec<String>)>;

fn groups(
    conn: &mut Conn,
    scope: &Scope,
    facet: Option<&(FacetKind, String)>,
) -> Result<Groups, StoreError> {
    let mut groups = Groups::new();
    match facet {
        Some((FacetKind::Tag, slug)) => {
            let ids = Tag::ids_by_slug(conn, std::slice::from_ref(slug))?;
            groups.push((FacetKind::Tag, ids.values().map(Id::to_string).collect()));
        }
        Some((kind, value)) => groups.push((*kind, vec![value.clone()])),
        None => {}
    }
    if let Some(partner) = scope.partner() {
        let limits = &partner.limits;
        let texts = |ids: &[Id]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
        let langs = limits.langs.iter().map(ToString::to_string).collect();
        let narrowed = [
            (FacetKind::Lang, langs),
            (FacetKind::Section, texts(&limits.sections)),
            (FacetKind::Source, texts(&limits.sources)),
        ];
        groups.extend(
            narrowed
                .into_iter()
                .filter(|(_, values)| !values.is_empty()),
        );
    }
    Ok(groups)
}

/// Those of some articles that are in a facet of these; what is taken down is on the side that is not public.
fn members(
    conn: &mut Conn,
    kind: FacetKind,
    values: &[String],
    ids: &HashSet<Id>,
) -> Result<HashSet<Id>, StoreError> {
    let facets = find_facets(conn, kind, false, values)?;
    let facets: Vec<i64> = facets.into_values().map(|facet| facet.id).collect();
    let ids: Vec<Id> = ids.iter().copied().collect();
    let mut found = HashSet::new();
    for chunk in ids.chunks(IN_LIST) {
        let members: Vec<Id> = article_facets::table
            .filter(article_facets::article_id.eq_any(chunk))
            .filter(article_facets::facet_id.eq_any(&facets))
            .select(article_facets::article_id)
            .load(conn)?;
        found.extend(members);
    }
    Ok(found)
}
