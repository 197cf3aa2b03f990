//! Visibility: the public articles that a scope sees. All of them, or for a partner those within its limits and past its
//! embargo offset. Lists, look-ups, counts and the change log all ask here.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::domain::access::{Limits, Scope};
use crate::domain::id::Id;
use crate::domain::time::Timestamp;

use super::batch::IN_LIST;
use super::conn::Conn;
use super::error::StoreError;
use super::facets::{FacetKind, find_facets};
use super::schema::{article_facets, articles, embargo_offsets};
use super::statement::Statement;

/// Facets of which an article must be in any.
pub(super) type FacetGroup = Vec<i64>;

/// The limits of visibility. None, for whoever is no partner.
#[derive(Debug, Clone, Default)]
pub(super) struct Sight {
    /// An article must be in one facet of each group. A group without facets lets nothing through.
    pub groups: Vec<FacetGroup>,
    /// The latest date of publication that is seen, in milliseconds.
    pub cutoff: Option<i64>,
}

impl Sight {
    /// The limits of a scope's visibility, as of this snapshot.
    pub(super) fn of(conn: &mut Conn, scope: &Scope) -> Result<Self, StoreError> {
        let Some(partner) = scope.partner() else {
            return Ok(Self::default());
        };
        Ok(Self {
            groups: public_groups(conn, &limit_filters(&partner.limits))?,
            cutoff: cutoff(conn, partner.contract.embargo_offset)?,
        })
    }

    /// True if it lets everything through.
    pub(super) fn is_open(&self) -> bool {
        self.groups.is_empty() && self.cutoff.is_none()
    }

    /// Those of some public articles that it lets through.
    pub(super) fn admitted(&self, conn: &mut Conn, ids: &[Id]) -> Result<HashSet<Id>, StoreError> {
        if self.is_open() {
            return Ok(ids.iter().copied().collect());
        }
        let mut admitted = self.past_cutoff(conn, ids)?;
        if !self.groups.is_empty() {
            let relevant: Vec<i64> = self.groups.iter().flatten().copied().collect();
            let facets = facets_among(conn, ids, &relevant)?;
            admitted.retain(|id| {
                let own = facets.get(id).map_or(&[][..], Vec::as_slice);
                is_in_all(&self.groups, |facet| own.contains(&facet))
            });
        }
        Ok(admitted)
    }

    fn past_cutoff(&self, conn: &mut Conn, ids: &[Id]) -> Result<HashSet<Id>, StoreError> {
        let mut found = HashSet::new();
        for chunk in ids.chunks(IN_LIST) {
            let rows: Vec<(Id, Option<i64>)> = articles::table
                .filter(articles::id.eq_any(chunk))
                .select((articles::id, articles::published_at))
                .load(conn)?;
            let past = rows.into_iter().filter(|(_, at)| self.is_past(*at));
            found.extend(past.map(|(id, _)| id));
        }
        Ok(found)
    }

    /// True if an article that was published then has passed the embargo offset.
    pub(super) fn is_past(&self, published_at: Option<i64>) -> bool {
        self.cutoff
            .is_none_or(|cutoff| published_at.is_none_or(|at| at <= cutoff))
    }

    /// Words for "the row `alias` of `article_facets` is of an article that is seen", each condition after an AND.
    pub(super) fn push_to(&self, statement: &mut Statement, alias: &str) {
        if let Some(cutoff) = self.cutoff {
            statement
                .push(&format!(" AND {alias}.published_at <= "))
                .number(cutoff);
        }
        self.push_groups(statement, &format!("{alias}.article_id"));
    }

    /// Words for "the public row `alias` of `articles` is seen", each condition after an AND.
    pub(super) fn push_to_article(&self, statement: &mut Statement, alias: &str) {
        if let Some(cutoff) = self.cutoff {
            statement
                .push(&format!(
                    " AND ({alias}.published_at IS NULL OR {alias}.published_at <= "
                ))
                .number(cutoff)
                .push(")");
        }
        self.push_groups(statement, &format!("{alias}.id"));
    }

    fn push_groups(&self, statement: &mut Statement, id: &str) {
        for group in &self.groups {
            statement.push(&format!(
                " AND EXISTS (SELECT 1 FROM article_facets s WHERE s.article_id = {id} AND s.facet_id IN "
            ));
            statement.numbers(group).push(")");
        }
    }

    /// Words for "a public article that is seen is in a facet of these kinds whose value is this column".
    pub(super) fn exists_article(&self, kinds: &[FacetKind], column: &str) -> String {
        let kinds: Vec<String> = kinds.iter().map(|k| format!("'{}'", k.as_str())).collect();
        let mut statement = Statement::default();
        statement.push(&format!(
            "EXISTS (SELECT 1 FROM facets ft JOIN article_facets f ON f.facet_id = ft.id WHERE ft.value = {column} \
             AND ft.kind IN ({}) AND ft.public AND ft.articles > 0",
            kinds.join(", ")
        ));
        self.push_to(&mut statement, "f");
        statement.push(")");
        statement.words().to_owned()
    }
}

/// The latest date of publication that partners with this offset see; nothing is seen where the offset is not kept.
fn cutoff(conn: &mut Conn, offset: u32) -> Result<Option<i64>, StoreError> {
    if offset == 0 {
        return Ok(None);
    }
    let watermark: Option<i64> = embargo_offsets::table
        .find(i64::from(offset))
        .select(embargo_offsets::watermark)
        .first(conn)
        .optional()?;
    Ok(Some(
        watermark.unwrap_or_else(|| Timestamp::NEVER.millis() - 1),
    ))
}

/// Limits as facets: a kind and the values that it may have.
pub(super) fn limit_filters(limits: &Limits) -> Vec<(FacetKind, Vec<String>)> {
    let words = |ids: &[Id]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    let langs = limits.langs.iter().map(ToString::to_string).collect();
    let mut filters = vec![
        (FacetKind::Lang, langs),
        (FacetKind::Section, words(&limits.sections)),
        (FacetKind::Source, words(&limits.sources)),
    ];
    filters.retain(|(_, values): &(FacetKind, Vec<String>)| !values.is_empty());
    filters
}

/// The public facets of each filter. One that has none yet gets a number that no facet has.
pub(super) fn public_groups(
    conn: &mut Conn,
    filters: &[(FacetKind, Vec<String>)],
) -> Result<Vec<FacetGroup>, StoreError> {
    const NO_FACET: i64 = -1;
    let mut groups = Vec::with_capacity(filters.len());
    for (kind, values) in filters {
        let found = find_facets(conn, *kind, true, values)?;
        let mut facets: FacetGroup = found.into_values().map(|facet| facet.id).collect();
        facets.sort_unstable();
        if facets.is_empty() {
            facets.push(NO_FACET);
        }
        groups.push(facets);
    }
    Ok(groups)
}

/// True if a resource with the facets of `has` is in one of each group.
pub(super) fn is_in_all(groups: &[FacetGroup], has: impl Fn(i64) -> bool) -> bool {
    groups
        .iter()
        .all(|group| group.iter().any(|facet| has(*facet)))
}

/// The facets, of some, that each of some articles is in.
fn facets_among(
    conn: &mut Conn,
    ids: &[Id],
    facets: &[i64],
) -> Result<HashMap<Id, Vec<i64>>, StoreError> {
    let mut found: HashMap<Id, Vec<i64>> = HashMap::new();
    for chunk in ids.chunks(IN_LIST) {
        let rows: Vec<(Id, i64)> = article_facets::table
            .filter(article_facets::article_id.eq_any(chunk))
            .filter(article_facets::facet_id.eq_any(facets))
            .select((article_facets::article_id, article_facets::facet_id))
            .load(conn)?;
        for (id, facet) in rows {
            found.entry(id).or_default().push(facet);
        }
    }
    Ok(found)
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = BigInt)]
    facet: i64,
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// The number of visible published articles for each value of a kind. A partner's are counted, all others' known.
pub(super) fn counts(
    conn: &mut Conn,
    scope: &Scope,
    kind: FacetKind,
    values: &[String],
) -> Result<HashMap<String, i64>, StoreError> {
    let mut found = find_facets(conn, kind, true, values)?;
    let sight = Sight::of(conn, scope)?;
    if !sight.is_open() && !found.is_empty() {
        let ids: Vec<i64> = found.values().map(|facet| facet.id).collect();
        let mut statement = Statement::default();
        statement
            .push("SELECT f.facet_id AS facet, count(*) AS n FROM article_facets f WHERE f.facet_id IN ")
            .numbers(&ids);
        sight.push_to(&mut statement, "f");
        statement.push(" GROUP BY f.facet_id");
        let rows: Vec<CountRow> = statement.load(conn)?;
        let counted: HashMap<i64, i64> = rows.into_iter().map(|row| (row.facet, row.n)).collect();
        for facet in found.values_mut() {
            facet.articles = counted.get(&facet.id).copied().unwrap_or(0);
        }
    }
    Ok(found
        .into_iter()
        .map(|(value, facet)| (value, facet.articles))
        .collect())
}

/// Time at which articles last passed this offset.
pub(super) fn offset_moved_at(
    conn: &mut Conn,
    seconds: u32,
) -> Result<Option<Timestamp>, StoreError> {
    let at: Option<Timestamp> = embargo_offsets::table
        .find(i64::from(seconds))
        .select(embargo_offsets::moved_at)
        .first(conn)
        .optional()?;
    Ok(at)
}
