//! Lists with many filters or values, and ordered fallback: rows come in the order of the sort, a chunk at a time, each with
//! its article's facet set, and are judged here. A row costs the same whatever is asked of it.

use diesel::deserialize::QueryableByName;
use diesel::sql_types::{BigInt, Text};

use crate::domain::cursor::{Cursor, SortValue};
use crate::domain::query::{PageRequest, Range, Sort, SortKey};

use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::paging;
use super::super::statement::Statement;
use super::fallback;
use super::matcher::Matcher;
use super::order::{Place, column, compare, push_after, push_order};
use super::plan::{Plan, Side};

/// Rows of the smallest first chunk, of the largest one where the rows are bounded, and of the largest chunk.
const FIRST_CHUNK: i64 = 64;
const LARGEST_FIRST: i64 = 256;
pub(super) const LARGEST_CHUNK: i64 = 4_096;
/// Rows of a census that cost as much as one of a walk, whose facet set and range are looked up.
const CENSUS_ROWS: i64 = 4;
/// The most walks in one statement: SQLite takes 500.
const WALKS: usize = 100;

#[derive(QueryableByName)]
struct NumberRow {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = BigInt)]
    k: i64,
    #[diesel(sql_type = Text)]
    facets: String,
    #[diesel(sql_type = Text)]
    lang: String,
    #[diesel(sql_type = Text)]
    published: String,
}

#[derive(QueryableByName)]
struct TextRow {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    k: String,
    #[diesel(sql_type = Text)]
    facets: String,
    #[diesel(sql_type = Text)]
    lang: String,
    #[diesel(sql_type = Text)]
    published: String,
}

/// A row of the walk: its place, and what is judged.
struct Row {
    place: Place,
    facets: String,
    lang: String,
    published: String,
}

impl Row {
    fn set(&self) -> FacetSet<'_> {
        FacetSet {
            article: &self.place.id,
            facets: &self.facets,
            lang: &self.lang,
            published: &self.published,
        }
    }
}

/// All that an article is judged by; the last two are asked of fallback alone.
pub(super) struct FacetSet<'a> {
    pub article: &'a str,
    /// The numbers of its facets, each between blanks.
    pub facets: &'a str,
    pub lang: &'a str,
    /// The languages in which its work is public, each between blanks.
    pub published: &'a str,
}

impl From<NumberRow> for Row {
    fn from(row: NumberRow) -> Self {
        let value = SortValue::Number(row.k);
        Self {
            place: Cursor { value, id: row.id },
            facets: row.facets,
            lang: row.lang,
            published: row.published,
        }
    }
}

impl From<TextRow> for Row {
    fn from(row: TextRow) -> Self {
        let value = SortValue::Text(row.k);
        Self {
            place: Cursor { value, id: row.id },
            facets: row.facets,
            lang: row.lang,
            published: row.published,
        }
    }
}

/// The rows of a page and one more where more follow; `None` where they are not among the first rows, and it costs less to
/// find all articles that match first.
pub(super) fn places(
    conn: &mut Conn,
    plan: &Plan,
    sort: Sort,
    page: &PageRequest,
) -> Result<Option<Vec<Place>>, StoreError> {
    let (skip, wanted) = (paging::offset(page), paging::fetch(page));
    let mut found = Vec::new();
    for side in &plan.sides {
        let start = page.start.cursor().cloned();
        match first_of_side(conn, plan, side, sort, start, skip + wanted)? {
            Some(first) => found.extend(first),
            None => return Ok(None),
        }
    }
    Ok(Some(cut(found, sort, page)))
}

/// The rows of a page among the first ones of each side.
pub(super) fn cut(mut found: Vec<Place>, sort: Sort, page: &PageRequest) -> Vec<Place> {
    let count = |n: i64| usize::try_from(n).unwrap_or(usize::MAX);
    let (skip, take) = (count(paging::offset(page)), count(paging::fetch(page)));
    let end = skip.saturating_add(take);
    if end < found.len() {
        found.select_nth_unstable_by(end, |a, b| compare(sort, a, b));
        found.truncate(end);
    }
    found.sort_unstable_by(|a, b| compare(sort, a, b));
    found.drain(..skip.min(found.len()));
    found
}

/// The first `most` places of one side that match; `None` where the rows that may be read do not hold them.
fn first_of_side(
    conn: &mut Conn,
    plan: &Plan,
    side: &Side,
    sort: Sort,
    after: Option<Cursor>,
    most: i64,
) -> Result<Option<Vec<Place>>, StoreError> {
    let wanted = usize::try_from(most).unwrap_or(usize::MAX);
    let mut found: Vec<Place> = Vec::new();
    // A census that walks too would read the same rows again.
    let rows = match plan.reads_sets(side) {
        true => FIRST_CHUNK.max(side.all.articles() / CENSUS_ROWS),
        false => i64::MAX,
    };
    let reach = Reach {
        after,
        wanted: most,
        rows,
    };
    let is_whole = visit(conn, plan, side, sort, reach, |place| {
        found.push(place);
        found.len() < wanted
    })?;
    Ok(is_whole.then_some(found))
}

/// The extent of a visit.
pub(super) struct Reach {
    /// The place behind which it begins.
    pub after: Option<Cursor>,
    /// Number of places that are wanted; the first chunk has about as many rows.
    pub wanted: i64,
    /// The most rows that its statements answer.
    pub rows: i64,
}

/// Visits the places of one side that match, in order, until `take` wants no more: then, and at the end, true. False where its
/// statements would answer too many rows, by those that have matched so far.
pub(super) fn visit(
    conn: &mut Conn,
    plan: &Plan,
    side: &Side,
    sort: Sort,
    reach: Reach,
    mut take: impl FnMut(Place) -> bool,
) -> Result<bool, StoreError> {
    let (mut after, mut answered, mut matched) = (reach.after, 0_i64, 0_i64);
    let largest = match reach.rows {
        i64::MAX => LARGEST_CHUNK,
        _ => LARGEST_FIRST,
    };
    let mut chunk = reach.wanted.clamp(FIRST_CHUNK, largest);
    let mut taken: Option<String> = None;
    let matcher = Matcher::of(plan, side);
    loop {
        answered = answered.saturating_add(rows_answered(side, chunk));
        let rows = match answered <= reach.rows {
            true => next_rows(conn, plan, side, sort, after.as_ref(), chunk)?,
            false => return Ok(false),
        };
        let ended = i64::try_from(rows.len()).is_ok_and(|rows| rows < chunk);
        let Some(last) = rows.last().map(|row| row.place.clone()) else {
            return Ok(true);
        };
        let sets: Vec<FacetSet<'_>> = rows.iter().map(Row::set).collect();
        let admitted = judged(conn, plan, &matcher, &sets)?;
        let matching = rows
            .into_iter()
            .zip(admitted)
            .filter(|(_, admitted)| *admitted);
        for place in matching.map(|(row, _)| row.place) {
            // An article in several of the facets stands in neighbouring rows.
            if taken.as_ref() == Some(&place.id) {
                continue;
            }
            taken = Some(place.id.clone());
            matched += 1;
            if !take(place) {
                return Ok(true);
            }
        }
        if ended {
            return Ok(true);
        }
        let rows_for_all = answered.saturating_mul(reach.wanted) / (matched + 1);
        if rows_for_all > reach.rows {
            return Ok(false);
        }
        (after, chunk) = (Some(last), LARGEST_CHUNK.min(chunk * 4));
    }
}

/// Rows that the statements of a chunk answer at the most. Rows outside of a range are read besides.
fn rows_answered(side: &Side, chunk: i64) -> i64 {
    let walked = i64::try_from(side.walked.len()).unwrap_or(i64::MAX);
    walked.saturating_mul(chunk).min(side.walked.articles())
}

/// True for each article that matches. Under a contract, the editions that its partner does not see count for nothing.
pub(super) fn judged(
    conn: &mut Conn,
    plan: &Plan,
    matcher: &Matcher<'_>,
    sets: &[FacetSet<'_>],
) -> Result<Vec<bool>, StoreError> {
    let seen = if plan.langs.is_empty() || plan.sight.is_open() {
        None
    } else {
        let ids: Vec<String> = sets.iter().map(|set| set.article.to_owned()).collect();
        Some(fallback::firsts(conn, &ids, &plan.langs, &plan.sight)?)
    };
    let admits = |set: &FacetSet<'_>| match &seen {
        Some(seen) => seen.contains(set.article) && matcher.is_in_all(set.facets),
        None => matcher.admits(set.facets, set.lang, set.published),
    };
    Ok(sets.iter().map(admits).collect())
}

/// The next rows of a side's walk, each with its facet set.
fn next_rows(
    conn: &mut Conn,
    plan: &Plan,
    side: &Side,
    sort: Sort,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    let mut rows: Vec<Row> = Vec::new();
    let statements = statements(plan, side, sort, after, limit);
    let several = statements.len() > 1;
    for statement in statements {
        rows.extend(load(conn, sort.key, &statement)?);
    }
    if several {
        rows.sort_by(|a, b| compare(sort, &a.place, &b.place));
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
    Ok(rows)
}

fn load(conn: &mut Conn, key: SortKey, statement: &Statement) -> Result<Vec<Row>, StoreError> {
    Ok(if key == SortKey::Title {
        let rows: Vec<TextRow> = statement.load(conn)?;
        rows.into_iter().map(Row::from).collect()
    } else {
        let rows: Vec<NumberRow> = statement.load(conn)?;
        rows.into_iter().map(Row::from).collect()
    })
}

/// The statements whose rows together hold the next ones of a walk: each facet is walked up to the limit, or all of them
/// are gathered at once where they hold fewer rows than that.
pub(super) fn statements(
    plan: &Plan,
    side: &Side,
    sort: Sort,
    after: Option<&Cursor>,
    limit: i64,
) -> Vec<Statement> {
    let facets = side.walked.ids();
    let walked = i64::try_from(facets.len()).unwrap_or(i64::MAX);
    let walk = Walk {
        plan,
        side,
        sort,
        after,
        limit,
    };
    if facets.len() == 1 || walked.saturating_mul(limit) >= side.walked.articles() {
        return vec![walk.with_sets(|statement| walk.push(statement, &facets))];
    }
    let part = |facets: &[i64]| walk.with_sets(|statement| walk.push_merged(statement, facets));
    facets.chunks(WALKS).map(part).collect()
}

struct Walk<'a> {
    plan: &'a Plan,
    side: &'a Side,
    sort: Sort,
    after: Option<&'a Cursor>,
    limit: i64,
}

impl Walk<'_> {
    /// The rows that `push` says, in order, with their facet sets.
    fn with_sets(&self, push: impl FnOnce(&mut Statement)) -> Statement {
        let mut statement = Statement::default();
        statement.push(
            "SELECT r.id AS id, r.k AS k, s.facets AS facets, s.lang AS lang, s.published AS published FROM (",
        );
        push(&mut statement);
        statement.push(") r JOIN facet_sets s ON s.article_id = r.id");
        push_order(&mut statement, self.sort);
        statement
    }

    /// The rows of some facets in order, up to the limit.
    fn push(&self, statement: &mut Statement, facets: &[i64]) {
        statement.push(&format!(
            "SELECT f.article_id AS id, {} AS k FROM article_facets f WHERE f.facet_id",
            column(self.sort.key)
        ));
        match facets {
            [one] => statement.push(" = ").number(*one),
            several => statement.push(" IN ").numbers(several),
        };
        push_bounds(statement, self.plan, self.side);
        if let Some(cursor) = self.after {
            push_after(statement, self.sort, cursor);
        }
        push_order(statement, self.sort);
        statement.push(" LIMIT ").number(self.limit);
    }

    fn push_merged(&self, statement: &mut Statement, facets: &[i64]) {
        for (n, facet) in facets.iter().enumerate() {
            statement.push(if n > 0 { " UNION ALL " } else { "" });
            statement.push("SELECT id, k FROM (");
            self.push(statement, &[*facet]);
            statement.push(") w");
        }
        push_order(statement, self.sort);
        statement.push(" LIMIT ").number(self.limit);
    }
}

/// Adds the bounds of a walk besides its facets: known articles, ranges, states.
fn push_bounds(statement: &mut Statement, plan: &Plan, side: &Side) {
    if !plan.ids.is_empty() {
        statement.push(" AND f.article_id IN ").texts(&plan.ids);
    }
    let ranges: [(&str, &Range); 2] = [
        ("f.published_at", &plan.published),
        ("f.updated_at", &plan.updated),
    ];
    for (column, range) in ranges {
        statement.range(column, range);
    }
    for condition in &side.conditions {
        statement.push(" AND ");
        condition.push_to(statement);
    }
}
