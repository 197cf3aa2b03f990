//! From a query to the facets that are walked and the conditions that are probed on the way.

use diesel::deserialize::QueryableByName;
use diesel::sql_types::BigInt;

use crate::domain::access::Scope;
use crate::domain::article::Status;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::query::{AllOfAny, ArticleQuery, Range, SortKey};
use crate::domain::time::Timestamp;

use super::super::changes::ChangeKind;
use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::sight::Sight;
use super::super::statement::Statement;
use super::super::subjects::{Subject, note, note_resources, note_unbounded, unnoted};
use super::groups::{Group, groups_of_side, resolve_filters};

/// The plan by which a page is found.
#[derive(Default)]
pub(super) struct Plan {
    /// The sides of publication that are read; none where nothing can match.
    pub sides: Vec<Side>,
    /// Ordered fallback, where it has several languages.
    pub langs: Vec<LanguageTag>,
    /// The only articles that may match; empty: any.
    pub ids: Vec<String>,
    pub published: Range,
    pub updated: Range,
    /// True gathers and sorts the rows of a range instead of walking them in the order of the sort.
    pub gather: bool,
    /// The limits of visibility.
    pub sight: Sight,
    /// The count, where the index keeps it.
    pub known_count: Option<i64>,
}

/// One side of publication: the group that is walked, and what a row must fulfil besides.
pub(super) struct Side {
    /// All its articles.
    pub all: Group,
    pub walked: Group,
    pub probed: Vec<Group>,
    pub conditions: Vec<Condition>,
}

/// The most facets that one statement walks, and that it probes in one group or in all: each row is looked up in the index
/// for each group. Beyond, rows come with their facet sets and are judged here.
const WALKED: usize = 8;
const PROBED_OF_GROUP: usize = 16;
const PROBED_GROUPS: usize = 3;

impl Plan {
    /// True if one statement may find the page, as its walks are few and each row costs few look-ups.
    pub(super) fn is_plain(&self) -> bool {
        let walked: usize = self.sides.iter().map(|side| side.walked.len()).sum();
        let few = |side: &Side| {
            side.probed.len() <= PROBED_GROUPS
                && side
                    .probed
                    .iter()
                    .all(|group| group.len() <= PROBED_OF_GROUP)
        };
        self.langs.is_empty() && walked <= WALKED && self.sides.iter().all(few)
    }

    /// True if all articles of a side that match are found by reading the facet sets in the order in which they lie: where most
    /// articles are in the group that would be walked, each row costs a third of a look-up.
    pub(super) fn reads_sets(&self, side: &Side) -> bool {
        let is_bound = !self.ids.is_empty() || !side.conditions.is_empty();
        !is_bound && side.walked.articles().saturating_mul(2) >= side.all.articles()
    }

    /// One walk for each facet of the walked groups.
    pub(super) fn walks(&self) -> Vec<Walk> {
        self.sides.iter().flat_map(Side::walks).collect()
    }
}

impl Side {
    /// The side in parts, whose walked facets hold at most so many articles where they are several.
    pub(super) fn parts(&self, most: i64) -> Vec<Self> {
        let part = |walked| Self {
            all: self.all.clone(),
            walked,
            probed: self.probed.clone(),
            conditions: self.conditions.clone(),
        };
        self.walked.parts(most).into_iter().map(part).collect()
    }

    fn walks(&self) -> Vec<Walk> {
        let probed = self
            .probed
            .iter()
            .map(|group| Condition::InAny(group.ids()));
        let shared: Vec<Condition> = probed.chain(self.conditions.iter().cloned()).collect();
        let ids = self.walked.ids();
        let walk = |(n, facet): (usize, &i64)| {
            let mut conditions = shared.clone();
            if n > 0 && !self.walked.is_disjoint() {
                conditions.push(Condition::InNone(ids[..n].to_vec()));
            }
            Walk {
                facet: *facet,
                conditions,
            }
        };
        ids.iter().enumerate().map(walk).collect()
    }
}

/// A walk through one facet. No article is met by two walks of a plan.
pub(super) struct Walk {
    pub facet: i64,
    pub conditions: Vec<Condition>,
}

/// A condition on a row besides being in the facet that is walked.
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
    plan.ids = ids.iter().map(ToString::to_string).collect();
    if query.langs.len() > 1 {
        plan.langs.clone_from(&query.langs);
    }
    let filters = resolve_filters(conn, query)?;
    let is_narrow = !plan.ids.is_empty() && plan.langs.is_empty();
    for public in sides(scope, query) {
        let groups = |conn: &mut Conn| groups_of_side(conn, scope, &filters, public);
        let found = match is_narrow {
            true => unnoted(|| groups(conn)),
            false => groups(conn),
        };
        if let Some((all, groups)) = found? {
            plan.sides
                .push(side(scope, query, all, groups, public, &plan.ids));
        }
    }
    note_resources(ChangeKind::Article, &plan.ids);
    note_fallback(&plan);
    plan.gather = plan.ids.is_empty() && gather_pays(conn, query, &plan)?;
    plan.known_count = known_count(&plan);
    Ok(plan)
}

/// Notes all articles where an edition of a work hides others: one that no filter names may hide one that they find.
fn note_fallback(plan: &Plan) {
    if plan.langs.is_empty() {
        return;
    }
    if plan.sides.is_empty() {
        note_unbounded();
    }
    let all = plan.sides.iter().flat_map(|side| side.all.ids());
    all.for_each(|facet| note(Subject::Facet(facet)));
}

/// Walks the group with the fewest articles; all articles, where that is fewer steps or the ids are known.
fn side(
    scope: &Scope,
    query: &ArticleQuery,
    all: Group,
    groups: Vec<Group>,
    public: bool,
    ids: &[String],
) -> Side {
    let mut conditions = Vec::new();
    if !public {
        conditions.push(Condition::Status(query.statuses.clone()));
        conditions.extend(scope.only_own().map(Condition::CreatedBy));
    }
    let mut probed = groups;
    let fewest = probed.first().map_or(i64::MAX, Group::articles);
    let walked = if ids.is_empty() && fewest <= all.articles() {
        probed.remove(0)
    } else {
        all.clone()
    };
    Side {
        all,
        walked,
        probed,
        conditions,
    }
}

/// The count that the index keeps: of a list without conditions, each of whose articles is in one of its facets.
fn known_count(plan: &Plan) -> Option<i64> {
    let open = plan.langs.is_empty()
        && plan.ids.is_empty()
        && plan.published.is_open()
        && plan.updated.is_open();
    let bare = |side: &Side| {
        side.probed.is_empty()
            && side.conditions.is_empty()
            && (side.walked.is_disjoint() || side.walked.len() == 1)
    };
    let counted = open && plan.sides.iter().all(bare);
    counted.then(|| plan.sides.iter().map(|side| side.walked.articles()).sum())
}

/// A range takes only what has a date, an end alone too: the index holds the rest before every date.
pub(super) fn dated(mut range: Range) -> Range {
    if range.to.is_some() {
        let first = Timestamp::from_millis(Timestamp::NEVER.millis() + 1);
        range.from = range.from.or(Some(first));
    }
    range
}

/// The ids that every group names; `None` where the groups have none in common.
pub(super) fn common_ids(groups: &AllOfAny<Id>) -> Option<Vec<Id>> {
    let Some((first, others)) = groups.split_first() else {
        return Some(Vec::new());
    };
    let mut common: Vec<Id> = first.clone();
    common.retain(|id| others.iter().all(|group| group.contains(id)));
    common.sort_unstable();
    common.dedup();
    (!common.is_empty()).then_some(common)
}

/// The sides of publication that are read. Unpublished articles come only when states were asked for by name.
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

/// A range with at most so many rows is gathered and sorted where the sort is by something else.
const GATHERED_ROWS: i64 = 2_000;

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// True if a range bounds the rows so much that sorting them is less work than walking the sort's order past all others.
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
    if !plan.is_plain() {
        return Ok(false);
    }
    let mut rows = 0;
    for walk in plan.walks() {
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
