//! The facets of sections that articles are in: those of their own section and of each above it.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

use diesel::prelude::*;

use crate::domain::id::Id;
use crate::domain::time::Timestamp;

use super::batch::INSERT_ROWS;
use super::conn::{Conn, with};
use super::error::StoreError;
use super::facet_sets as sets;
use super::facets::{
    ArticleFacetRow, FacetKey, FacetKind, add_to_counts, ensure_facets, insert_places,
};
use super::schema::{article_facets, articles, facets, past_facets, sections};
use super::section_places::StepId;
use super::types::Json;

/// The articles that leave a facet or enter it, by its number.
type Moves = BTreeMap<i64, Vec<Id>>;

/// Lets some articles follow their sections in the index, and answers those that were elsewhere before.
pub(super) fn follow(conn: &mut Conn, ids: &[Id]) -> Result<HashSet<Id>, StoreError> {
    let wanted = wanted_facets(conn, ids)?;
    let present = present_rows(conn, ids)?;
    let (mut left, mut entered) = (Moves::new(), Moves::new());
    for (id, wanted) in &wanted {
        let rows = present.get(id).map_or(&[][..], Vec::as_slice);
        let is_in = |facet: &i64| rows.iter().any(|row| row.facet_id == *facet);
        let gone = rows.iter().filter(|row| !wanted.contains(&row.facet_id));
        for row in gone {
            left.entry(row.facet_id).or_default().push(*id);
        }
        for facet in wanted.iter().filter(|facet| !is_in(facet)) {
            entered.entry(*facet).or_default().push(*id);
        }
    }
    for (facet, ids) in &left {
        leave(conn, *facet, ids)?;
    }
    for (facet, ids) in &entered {
        enter(conn, *facet, ids, &present)?;
    }
    let moved = left.into_values().chain(entered.into_values());
    Ok(moved.flatten().collect())
}

/// The facets of sections that each article belongs in.
fn wanted_facets(conn: &mut Conn, ids: &[Id]) -> Result<HashMap<Id, Vec<i64>>, StoreError> {
    let rows: Vec<(Id, bool, Option<Id>)> = articles::table
        .filter(articles::id.eq_any(ids))
        .select((articles::id, articles::public, articles::section_id))
        .load(conn)?;
    let mut known: HashMap<(Option<Id>, bool), Vec<i64>> = HashMap::new();
    let mut wanted = HashMap::new();
    for (id, public, section) in rows {
        let facets = match known.entry((section, public)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(facets_of(conn, section, public)?),
        };
        wanted.insert(id, facets.clone());
    }
    Ok(wanted)
}

fn facets_of(conn: &mut Conn, section: Option<Id>, public: bool) -> Result<Vec<i64>, StoreError> {
    let Some(section) = section else {
        return Ok(Vec::new());
    };
    let Json(trail): Json<Vec<StepId>> = sections::table
        .find(section)
        .select(sections::trail)
        .get_result(conn)?;
    let key = |step: &StepId| FacetKey {
        kind: FacetKind::Section,
        value: step.id.to_string(),
        public,
    };
    let keys: Vec<FacetKey> = trail.iter().map(key).collect();
    let numbers = ensure_facets(conn, &keys)?;
    Ok(keys
        .iter()
        .filter_map(|key| numbers.get(key).copied())
        .collect())
}

/// The rows of the index by which each article is in a section now.
fn present_rows(
    conn: &mut Conn,
    ids: &[Id],
) -> Result<HashMap<Id, Vec<ArticleFacetRow>>, StoreError> {
    let rows: Vec<ArticleFacetRow> = article_facets::table
        .inner_join(facets::table.on(facets::id.eq(article_facets::facet_id)))
        .filter(article_facets::article_id.eq_any(ids))
        .filter(facets::kind.eq(FacetKind::Section.as_str()))
        .select(ArticleFacetRow::as_select())
        .load(conn)?;
    let mut found: HashMap<Id, Vec<ArticleFacetRow>> = HashMap::new();
    for row in rows {
        found.entry(row.article_id).or_default().push(row);
    }
    Ok(found)
}

fn leave(conn: &mut Conn, facet: i64, ids: &[Id]) -> Result<(), StoreError> {
    remember_leaving(conn, facet, ids)?;
    sets::take_out(conn, facet, ids)?;
    let rows = article_facets::table
        .filter(article_facets::facet_id.eq(facet))
        .filter(article_facets::article_id.eq_any(ids));
    let count = diesel::delete(rows).execute(conn)?;
    add_to_counts(conn, [(facet, -i64::try_from(count).unwrap_or(0))])
}

fn enter(
    conn: &mut Conn,
    facet: i64,
    ids: &[Id],
    present: &HashMap<Id, Vec<ArticleFacetRow>>,
) -> Result<(), StoreError> {
    let known = ids
        .iter()
        .filter_map(|id| present.get(id).and_then(|rows| rows.first()));
    let rows: Vec<ArticleFacetRow> = known
        .map(|row| ArticleFacetRow {
            facet_id: facet,
            ..row.clone()
        })
        .collect();
    insert_places(conn, &rows)?;
    let entered: Vec<Id> = rows.iter().map(|row| row.article_id).collect();
    sets::put_in(conn, facet, &entered)?;
    let count = i64::try_from(entered.len()).unwrap_or(0);
    add_to_counts(conn, [(facet, count)])
}

/// Does for one facet and several articles the same as `facets::remember_left` for one article and several facets: the
/// earliest date stays.
fn remember_leaving(conn: &mut Conn, facet: i64, ids: &[Id]) -> Result<(), StoreError> {
    let public: bool = facets::table
        .find(facet)
        .select(facets::public)
        .get_result(conn)?;
    if !public {
        return Ok(());
    }
    let leaving: Vec<(Id, Timestamp)> = article_facets::table
        .filter(article_facets::facet_id.eq(facet))
        .filter(article_facets::article_id.eq_any(ids))
        .select((article_facets::article_id, article_facets::published_at))
        .load(conn)?;
    let past = || {
        past_facets::table
            .filter(past_facets::facet_id.eq(facet))
            .filter(past_facets::article_id.eq_any(ids))
    };
    let known: Vec<(Id, Timestamp)> = past()
        .select((past_facets::article_id, past_facets::published_at))
        .load(conn)?;
    let known: HashMap<Id, Timestamp> = known.into_iter().collect();
    let earliest = |(id, at): (Id, Timestamp)| {
        let at = known.get(&id).map_or(at, |known| at.min(*known));
        (
            past_facets::article_id.eq(id),
            past_facets::facet_id.eq(facet),
            past_facets::published_at.eq(at),
        )
    };
    let rows: Vec<_> = leaving.into_iter().map(earliest).collect();
    diesel::delete(past()).execute(conn)?;
    for chunk in rows.chunks(INSERT_ROWS) {
        with!(conn, c => diesel::insert_into(past_facets::table).values(chunk.to_vec()).execute(c))?;
    }
    Ok(())
}
