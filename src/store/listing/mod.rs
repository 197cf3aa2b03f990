//! Lists of articles, read from the inverted index of `facets`.
//!
//! A list is an intersection of groups (one a filter), each a union of facets. The group with the fewest articles is
//! walked in the order of the sort, through the index that each facet has for it, and the others are probed by key, so a
//! page costs what it shows and not what the list holds. Where that would be many look-ups a row, `scan` judges rows by
//! their facet sets. Diesel's query builder has no `UNION` over both databases, and
//! which statement is right depends on the query, so this is SQL as text, with numbered placeholders that both understand.

mod census;
mod fallback;
pub(super) mod groups;
mod matcher;
mod order;
mod places;
mod plan;
mod scan;
mod search;
mod sitemap;

use diesel::deserialize::QueryableByName;
use diesel::sql_types::BigInt;

use crate::domain::access::Scope;
use crate::domain::query::{ArticleQuery, PageRequest, Slice, Sort, SortKey};

pub use search::{search_filter, search_sight};
pub use sitemap::{sitemap_files, sitemap_pages};

use super::conn::Conn;
use super::error::StoreError;
use super::paging;
use super::statement::Statement;
use order::{Place, column, push_after, push_order};
use plan::{Plan, Walk};

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// The places of the articles on one page of a list.
pub(super) fn list_places(
    conn: &mut Conn,
    scope: &Scope,
    query: &ArticleQuery,
    page: &PageRequest,
) -> Result<Slice<Place>, StoreError> {
    let plan = plan::plan(conn, scope, query)?;
    let counted = page.count && plan.known_count.is_none();
    let (places, total) = if plan.is_plain() {
        let places = places(conn, &plan, query.sort, page)?;
        (places, counted.then(|| count(conn, &plan)).transpose()?)
    } else {
        judged_places(conn, &plan, query.sort, page, counted)?
    };
    let total = total.or(plan.known_count).filter(|_| page.count);
    Ok(paging::slice(places, page, total, Clone::clone))
}

/// The places of a page whose rows are judged by their facet sets, and the count where it is asked for.
fn judged_places(
    conn: &mut Conn,
    plan: &Plan,
    sort: Sort,
    page: &PageRequest,
    counted: bool,
) -> Result<(Vec<Place>, Option<i64>), StoreError> {
    if !counted && let Some(places) = scan::places(conn, plan, sort, page)? {
        return Ok((places, None));
    }
    census::places_and_total(conn, plan, sort, page, counted)
}

/// The rows of a page and one more where more follow.
fn places(
    conn: &mut Conn,
    plan: &Plan,
    sort: Sort,
    page: &PageRequest,
) -> Result<Vec<Place>, StoreError> {
    match page_statement(plan, sort, page) {
        Some(statement) => places::load(conn, sort.key, &statement),
        None => Ok(Vec::new()),
    }
}

/// The statement that loads a page, one row more than it shows; `None` where nothing can match. Several walks are each
/// cut to a page, and those are sorted together.
fn page_statement(plan: &Plan, sort: Sort, page: &PageRequest) -> Option<Statement> {
    let fetch = paging::fetch(page);
    let offset = paging::offset(page);
    let mut statement = Statement::default();
    let walks = plan.walks();
    for (n, walk) in walks.iter().enumerate() {
        if n > 0 {
            statement.push(" UNION ALL ");
        }
        if walks.len() == 1 {
            push_walk(&mut statement, plan, walk, sort, page);
            continue;
        }
        statement.push("SELECT id, k FROM (");
        push_walk(&mut statement, plan, walk, sort, page);
        push_order(&mut statement, sort);
        statement.push(" LIMIT ").number(fetch + offset).push(") w");
    }
    push_order(&mut statement, sort);
    statement.push(" LIMIT ").number(fetch);
    if offset > 0 {
        statement.push(" OFFSET ").number(offset);
    }
    (!walks.is_empty()).then_some(statement)
}

fn push_walk(statement: &mut Statement, plan: &Plan, walk: &Walk, sort: Sort, page: &PageRequest) {
    // An expression instead of the bare column keeps the planner from walking the sort's index where the rows of a
    // narrow range are fewer: they are gathered through the range's own index and sorted.
    let key = match (plan.gather, sort.key) {
        (false, key) => column(key).to_owned(),
        (true, SortKey::Title) => format!("{} || ''", column(sort.key)),
        (true, key) => format!("{} + 0", column(key)),
    };
    statement.push(&format!("SELECT f.article_id AS id, {key} AS k"));
    push_source(statement, plan, walk);
    if let Some(cursor) = page.start.cursor() {
        push_after(statement, sort, cursor);
    }
}

fn push_source(statement: &mut Statement, plan: &Plan, walk: &Walk) {
    statement
        .push(" FROM article_facets f WHERE f.facet_id = ")
        .number(walk.facet);
    if !plan.ids.is_empty() {
        statement.push(" AND f.article_id IN ").texts(&plan.ids);
    }
    statement.range("f.published_at", &plan.published);
    statement.range("f.updated_at", &plan.updated);
    for condition in &walk.conditions {
        statement.push(" AND ");
        condition.push_to(statement);
    }
}

fn count(conn: &mut Conn, plan: &Plan) -> Result<i64, StoreError> {
    let mut total = 0;
    for walk in plan.walks() {
        let mut statement = Statement::default();
        statement.push("SELECT count(*) AS n");
        push_source(&mut statement, plan, &walk);
        let rows: Vec<CountRow> = statement.load(conn)?;
        total += rows.first().map_or(0, |row| row.n);
    }
    Ok(total)
}

/// The statements that a page begins with, each with what the database says it does for it, line by line.
pub fn explain_list(
    conn: &mut Conn,
    scope: &Scope,
    query: &ArticleQuery,
    page: &PageRequest,
) -> Result<Vec<(String, Vec<String>)>, StoreError> {
    let plan = plan::plan(conn, scope, query)?;
    let statements: Vec<Statement> = if plan.is_plain() {
        page_statement(&plan, query.sort, page)
            .into_iter()
            .collect()
    } else {
        let limit = paging::fetch(page);
        let of_side = |side| scan::statements(&plan, side, query.sort, None, limit);
        plan.sides.iter().flat_map(of_side).collect()
    };
    statements
        .into_iter()
        .map(|statement| Ok((statement.words().to_owned(), statement.explain(conn)?)))
        .collect()
}
