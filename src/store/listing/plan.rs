//! From a query to the facets that are walked and the conditions that are probed on the way.

use std::collections::HashMap;

use diesel::deserialize::QueryableByName;
use diesel::sql_types::BigInt;

use crate::domain::access::Scope;
use crate::domain::article::Status;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::query::{AllOfAny, ArticleQuery, Range, Reference, SortKey};
use crate::domain::time::Timestamp;

use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::facets::{Facet, FacetKind, find_facets};
use super::super::sight::{Sight, limit_filters};
use super::super::{authors, sections, sources, tags};
use super::sql::Statement;

/// How a page is found.
#[derive(Default)]
pub(super) struct Plan {
    /// Merged in the order of the sort; none where nothing can match.
    pub walks: Vec<Walk>,
    /// The only articles that may match; empty: any.
    pub ids: Vec<String>,
    pub published: Range,
    pub updated: Range,
    /// Whether the rows of a range are gathered and sorted instead of walked in the order of the sort.
    pub gather: bool,
    /// What narrows the sight of public articles.
    pub sight: Sight,
    /// The count, where the index keeps it.
    pub known_count: Option<i64>,
}

/// A walk through one facet. No article is met by two walks of a plan.
pub(super) struct Walk {
    pub facet: i64,
    pub conditions: Vec<Condition>,
}

/// What a row must fulfil besides being in the facet that is walked.
#[derive(Clone)]
pub(super) enum Condition {
    /// In any of these facets.
    InAny(Vec<i64>),
    /// In none of these facets.
    InNone(Vec<i64>),
    /// In one of these states.
    Status(Vec<Status>),
    /// Made with this key.
    CreatedBy(Id),
}

impl Condition {
    pub(super) fn push_to(&self, statement: &mut Statement) {
        match self {
            Self::InAny(facets) => push_membership(statement, "EXISTS", facets),
            Self::InNone(facets) => push_membership(statement, "NOT EXISTS", facets),
            Self::Status(statuses) => {
                let words: Vec<String> = statuses
                    .iter()
                    .map(|status| status.as_str().to_owned())
                    .collect();
                statement.push(
                    "EXISTS (SELECT 1 FROM articles a WHERE a.id = f.article_id AND a.status IN ",
                );
                statement.texts(&words).push(")");
            }
            Self::CreatedBy(key) => {
                statement.push("EXISTS (SELECT 1 FROM articles a WHERE a.id = f.article_id AND a.created_by = ");
                statement.text(&key.to_string()).push(")");
            }
        }
    }
}

fn push_membership(statement: &mut Statement, exists: &str, facets: &[i64]) {
    statement.push(exists);
    statement.push(
        " (SELECT 1 FROM article_facets g WHERE g.article_id = f.article_id AND g.facet_id IN ",
    );
    statement.numbers(facets).push(")");
}

/// Words for "the article `a` is in one of these languages, and its work is published in no earlier one".
pub(super) fn push_first_of(statement: &mut Statement, langs: &[LanguageTag], sight: &Sight) {
    for (rank, lang) in langs.iter().enumerate() {
        statement.push(if rank == 0 { "(" } else { " OR " });
        statement.push("a.lang = ").text(lang.as_str());
        if rank > 0 {
            let earlier: Vec<String> = langs[..rank].iter().map(ToString::to_string).collect();
            statement.push(" AND NOT EXISTS (SELECT 1 FROM articles w WHERE w.work_id = a.work_id AND w.lang IN ");
            statement.texts(&earlier).push(" AND w.public");
            sight.push_to_article(statement, "w");
            statement.push(")");
        }
    }
    statement.push(")");
}

/// The facets of one filter: an article must be in any of them.
struct Group {
    kind: FacetKind,
    facets: Vec<Facet>,
}

impl Group {
    fn articles(&self) -> i64 {
        self.facets.iter().map(|facet| facet.articles).sum()
    }

    fn ids(&self) -> Vec<i64> {
        self.facets.iter().map(|facet| facet.id).collect()
    }

    /// Whether no article is in two of the facets, because it has one value of this kind.
    fn is_disjoint(&self) -> bool {
        matches!(self.kind, FacetKind::Lang | FacetKind::Source)
    }
}

/// Plans a list.
pub(super) fn plan(
    conn: &mut Conn,
    scope: &Scope,
    query: &ArticleQuery,
) -> Result<Plan, StoreError> {
    let mut plan = Plan {
        published: dated(query.published),
        updated: query.updated,
        sight: Sight::of(conn, scope)?,
        ..Plan::default()
    };
    let cutoff = plan.sight.cutoff.map(Timestamp::from_millis);
    plan.published.to = match (plan.published.to, cutoff) {
        (Some(to), Some(cutoff)) => Some(to.min(cutoff)),
        (to, cutoff) => to.or(cutoff),
    };
    let Some(ids) = common_ids(&query.ids) else {
        return Ok(plan);
    };
    plan.ids = ids;
    let filters = resolve_filters(conn, query)?;
    for public in sides(scope, query) {
        if let Some(groups) = groups_of_side(conn, scope, query, &filters, public)? {
            add_walks(scope, query, &groups, public, &mut plan);
        }
    }
    plan.gather = plan.ids.is_empty() && gather_pays(conn, query, &plan)?;
    let bare = plan.walks.iter().all(|walk| walk.conditions.is_empty());
    if !bare
        || query.langs.len() > 1
        || !plan.ids.is_empty()
        || !plan.published.is_open()
        || !plan.updated.is_open()
    {
        plan.known_count = None;
    }
    Ok(plan)
}

/// A range takes only what has a date, an end alone too: the index holds the rest before every date.
fn dated(mut range: Range) -> Range {
    if range.to.is_some() {
        let first = Timestamp::from_millis(Timestamp::NEVER.millis() + 1);
        range.from = range.from.or(Some(first));
    }
    range
}

/// The ids that every group names; `None` where the groups have none in common.
fn common_ids(groups: &AllOfAny<Id>) -> Option<Vec<String>> {
    let Some((first, others)) = groups.split_first() else {
        return Some(Vec::new());
    };
    let mut common: Vec<Id> = first.clone();
    common.retain(|id| others.iter().all(|group| group.contains(id)));
    common.sort_unstable();
    common.dedup();
    (!common.is_empty()).then(|| common.iter().map(ToString::to_string).collect())
}

/// Which sides of publication are read. Unpublished articles come only when states were asked for by name.
fn sides(scope: &Scope, query: &ArticleQuery) -> Vec<bool> {
    let mut sides = Vec::new();
    if query.statuses.is_empty() || query.statuses.contains(&Status::Published) {
        sides.push(true);
    }
    if scope.sees_unpublished() && !query.statuses.is_empty() {
        sides.push(false);
    }
    sides
}

/// Each filter's kind and the values that it names.
type Filters = Vec<(FacetKind, Vec<String>)>;

fn resolve_filters(conn: &mut Conn, query: &ArticleQuery) -> Result<Filters, StoreError> {
    let mut filters = Filters::new();
    for group in &query.sections {
        filters.push((FacetKind::Section, section_ids(conn, group, &query.langs)?));
    }
    let people = [
        (FacetKind::Author, &query.authors),
        (FacetKind::Editor, &query.editors),
        (FacetKind::Translator, &query.translators),
    ];
    for (kind, groups) in people {
        for group in groups {
            filters.push((
                kind,
                ids_of(group, |slugs| authors::author_ids_by_slug(conn, slugs))?,
            ));
        }
    }
    for group in &query.sources {
        filters.push((FacetKind::Source, source_ids(conn, group)?));
    }
    for group in &query.tags {
        filters.push((
            FacetKind::Tag,
            ids_of(group, |slugs| tags::tag_ids_by_slug(conn, slugs))?,
        ));
    }
    Ok(filters)
}

/// The identities that a group of references names; unknown slugs are left out.
fn ids_of(
    group: &[Reference],
    by_slug: impl FnOnce(&[String]) -> Result<HashMap<String, String>, StoreError>,
) -> Result<Vec<String>, StoreError> {
    let mut ids = Vec::new();
    let mut slugs = Vec::new();
    for reference in group {
        match reference {
            Reference::Id(id) => ids.push(id.to_string()),
            Reference::Slug(slug) => slugs.push(slug.clone()),
        }
    }
    if !slugs.is_empty() {
        ids.extend(by_slug(&slugs)?.into_values());
    }
    Ok(ids)
}

/// The sources that a group of references names.
pub(in crate::store) fn source_ids(
    conn: &mut Conn,
    group: &[Reference],
) -> Result<Vec<String>, StoreError> {
    ids_of(group, |slugs| sources::source_ids_by_slug(conn, slugs))
}

/// The sections that a group of references names.
pub(in crate::store) fn section_ids(
    conn: &mut Conn,
    group: &[Reference],
    langs: &[LanguageTag],
) -> Result<Vec<String>, StoreError> {
    let mut ids = Vec::new();
    for reference in group {
        match reference {
            Reference::Id(id) => ids.push(id.to_string()),
            Reference::Slug(path) => {
                let found = sections::sections_by_path(conn, path, None)?;
                let wanted = found
                    .iter()
                    .filter(|section| langs.is_empty() || langs.contains(&section.content.lang));
                ids.extend(wanted.map(|section| section.id.to_string()));
            }
        }
    }
    Ok(ids)
}

/// The groups of one side; `None` where one of them is empty, so that nothing can match.
fn groups_of_side(
    conn: &mut Conn,
    scope: &Scope,
    query: &ArticleQuery,
    filters: &Filters,
    public: bool,
) -> Result<Option<Vec<Group>>, StoreError> {
    let mut wanted: Vec<(FacetKind, Vec<String>)> = filters.clone();
    if !query.langs.is_empty() {
        wanted.push((
            FacetKind::Lang,
            query.langs.iter().map(ToString::to_string).collect(),
        ));
    }
    let limits = if public {
        scope.partner().map(|partner| &partner.limits)
    } else {
        scope.unpublished_within()
    };
    wanted.extend(limits.into_iter().flat_map(limit_filters));
    if wanted.is_empty() {
        wanted.push((FacetKind::All, vec![String::new()]));
    }
    let mut groups = Vec::new();
    for (kind, values) in &wanted {
        let mut facets: Vec<Facet> = find_facets(conn, *kind, public, values)?
            .into_values()
            .collect();
        facets.retain(|facet| facet.articles > 0);
        if facets.is_empty() {
            return Ok(None);
        }
        facets.sort_unstable_by_key(|facet| facet.id);
        groups.push(Group {
            kind: *kind,
            facets,
        });
    }
    groups.sort_by_key(Group::articles);
    Ok(Some(groups))
}

/// Adds one walk for each facet of the first group, the one with the fewest articles.
fn add_walks(scope: &Scope, query: &ArticleQuery, groups: &[Group], public: bool, plan: &mut Plan) {
    let Some((walked, probed)) = groups.split_first() else {
        return;
    };
    let mut conditions: Vec<Condition> = probed
        .iter()
        .map(|group| Condition::InAny(group.ids()))
        .collect();
    if !public {
        conditions.push(Condition::Status(query.statuses.clone()));
        conditions.extend(scope.only_own().map(Condition::CreatedBy));
    }
    let ids = walked.ids();
    for (n, facet) in walked.facets.iter().enumerate() {
        let mut conditions = conditions.clone();
        if n > 0 && !walked.is_disjoint() {
            conditions.push(Condition::InNone(ids[..n].to_vec()));
        }
        plan.walks.push(Walk {
            facet: facet.id,
            conditions,
        });
        *plan.known_count.get_or_insert(0) += facet.articles;
    }
}

/// A range with at most so many rows is gathered and sorted where the sort is by something else.
const GATHERED_ROWS: i64 = 2_000;

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Whether a range bounds the rows so much that sorting them is less work than walking the sort's order past all others.
fn gather_pays(conn: &mut Conn, query: &ArticleQuery, plan: &Plan) -> Result<bool, StoreError> {
    let ranges = [
        ("f.published_at", plan.published, SortKey::PublishedAt),
        ("f.updated_at", query.updated, SortKey::UpdatedAt),
    ];
    let Some((column, range, _)) = ranges
        .into_iter()
        .find(|(_, range, key)| !range.is_open() && *key != query.sort.key)
    else {
        return Ok(false);
    };
    let mut rows = 0;
    for walk in &plan.walks {
        let mut statement = Statement::default();
        statement
            .push("SELECT count(*) AS n FROM (SELECT 1 FROM article_facets f WHERE f.facet_id = ");
        statement.number(walk.facet).range(column, &range);
        statement
            .push(" LIMIT ")
            .number(GATHERED_ROWS + 1)
            .push(") r");
        let counted: Vec<CountRow> = statement.load(conn)?;
        rows += counted.first().map_or(0, |row| row.n);
        if rows > GATHERED_ROWS {
            return Ok(false);
        }
    }
    Ok(true)
}
