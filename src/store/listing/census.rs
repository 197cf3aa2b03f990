//! Lists that are counted, and pages that are far from the first rows: first all articles that match, in no order, then the
//! places of a page among them.

use rustc_hash::FxHashSet;

use crate::domain::cursor::Cursor;
use crate::domain::query::{PageRequest, Range, Sort, SortKey, Start};

use super::super::batch::IN_LIST;
use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::paging;
use super::super::statement::Statement;
use super::matcher::Matcher;
use super::order::{Place, column, compare, push_after, push_order};
use super::places;
use super::plan::{Plan, Side};
use super::scan::{self, Reach};

/// Rows read at once.
const CHUNK: usize = 8_192;
/// So many matching articles are looked up one by one, where a page is to be found among them.
const FEW: usize = 2_000;

/// The rows of a page and one more where more follow, and the number of articles that match in all.
pub(super) fn places_and_total(
    conn: &mut Conn,
    plan: &Plan,
    sort: Sort,
    page: &PageRequest,
) -> Result<(Vec<Place>, i64), StoreError> {
    let most = usize::try_from(paging::offset(page) + paging::fetch(page)).unwrap_or(usize::MAX);
    let after = match &page.start {
        Start::After(cursor) => Some(cursor),
        Start::Head | Start::Offset(_) => None,
    };
    let (mut found, mut total) = (Vec::new(), 0);
    for side in &plan.sides {
        let matching = matching(conn, plan, side)?;
        total += i64::try_from(matching.len()).unwrap_or(i64::MAX);
        found.extend(if matching.len() <= FEW {
            looked_up(conn, side, sort, after, matching)?
        } else {
            walked(conn, side, sort, after, &matching, most)?
        });
    }
    Ok((scan::cut(found, sort, page), total))
}

/// The articles of one side that match: by a walk, or by reading the facet sets, and ranges from the indexes that hold them.
fn matching(conn: &mut Conn, plan: &Plan, side: &Side) -> Result<FxHashSet<String>, StoreError> {
    let mut found = FxHashSet::default();
    if !plan.reads_sets(side) {
        let by_date = Sort {
            key: SortKey::PublishedAt,
            descending: false,
        };
        for part in side.parts(scan::LARGEST_CHUNK) {
            let reach = Reach {
                after: None,
                wanted: scan::LARGEST_CHUNK,
                rows: i64::MAX,
            };
            scan::visit(conn, plan, &part, by_date, reach, |place| {
                found.insert(place.id);
                true
            })?;
        }
        return Ok(found);
    }
    let matcher = Matcher::of_all(plan, side);
    let mut after = Some(String::new());
    while let Some(article) = after {
        let rows = scan::load(conn, SortKey::PublishedAt, &sets_after(plan, &article))?;
        let is_full = rows.len() == CHUNK;
        after = rows.last().map(|row| row.place.id.clone());
        after = after.filter(|_| is_full);
        let places = scan::judged(conn, plan, &matcher, rows)?;
        found.extend(places.into_iter().map(|place| place.id));
    }
    let ranges = [
        (SortKey::PublishedAt, plan.published),
        (SortKey::UpdatedAt, plan.updated),
    ];
    for (key, range) in ranges {
        if !range.is_open() && !found.is_empty() {
            let within = within(conn, side, key, &range)?;
            found.retain(|id| within.contains(id));
        }
    }
    Ok(found)
}

/// The articles of a side within a range, whatever else is asked of them.
fn within(
    conn: &mut Conn,
    side: &Side,
    key: SortKey,
    range: &Range,
) -> Result<FxHashSet<String>, StoreError> {
    let sort = Sort {
        key,
        descending: false,
    };
    let (mut after, mut found) = (None, FxHashSet::default());
    loop {
        let places = next_of_all(conn, side, sort, range, after.as_ref())?;
        let is_last = places.len() < CHUNK;
        after = places.last().cloned();
        found.extend(places.into_iter().map(|place| place.id));
        if is_last {
            return Ok(found);
        }
    }
}

/// The next articles of a side in order, within a range of what they are sorted by.
fn next_of_all(
    conn: &mut Conn,
    side: &Side,
    sort: Sort,
    range: &Range,
    after: Option<&Cursor>,
) -> Result<Vec<Place>, StoreError> {
    let mut statement = places_of_all(side, sort);
    statement.range(column(sort.key), range);
    if let Some(cursor) = after {
        push_after(&mut statement, sort, cursor);
    }
    push_order(&mut statement, sort);
    let limit = i64::try_from(CHUNK).unwrap_or(i64::MAX);
    statement.push(" LIMIT ").number(limit);
    places::load(conn, sort.key, &statement)
}

/// The next facet sets behind an article, whatever their order in the list.
fn sets_after(plan: &Plan, article: &str) -> Statement {
    let editions = match plan.langs.is_empty() {
        true => "'' AS lang, '' AS published",
        false => "s.lang AS lang, s.published AS published",
    };
    let mut statement = Statement::default();
    statement
        .push(&format!(
            "SELECT s.article_id AS id, CAST(0 AS BIGINT) AS k, s.facets AS facets, {editions} \
             FROM facet_sets s WHERE s.article_id > "
        ))
        .text(article)
        .push(" ORDER BY s.article_id LIMIT ")
        .number(i64::try_from(CHUNK).unwrap_or(i64::MAX));
    statement
}

/// The places of a few articles behind a cursor.
fn looked_up(
    conn: &mut Conn,
    side: &Side,
    sort: Sort,
    after: Option<&Cursor>,
    matching: FxHashSet<String>,
) -> Result<Vec<Place>, StoreError> {
    let ids: Vec<String> = matching.into_iter().collect();
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(IN_LIST) {
        let mut statement = places_of_all(side, sort);
        statement.push(" AND f.article_id IN ").texts(chunk);
        found.extend(places::load(conn, sort.key, &statement)?);
    }
    found.retain(|place| after.is_none_or(|cursor| compare(sort, cursor, place).is_lt()));
    Ok(found)
}

/// The first places of many articles behind a cursor, found on a walk through the index of all articles.
fn walked(
    conn: &mut Conn,
    side: &Side,
    sort: Sort,
    after: Option<&Cursor>,
    matching: &FxHashSet<String>,
    most: usize,
) -> Result<Vec<Place>, StoreError> {
    let mut after = after.cloned();
    let mut found = Vec::new();
    loop {
        let places = next_of_all(conn, side, sort, &Range::default(), after.as_ref())?;
        let ended = places.len() < CHUNK;
        after = places.last().cloned();
        found.extend(places.into_iter().filter(|one| matching.contains(&one.id)));
        if ended || found.len() >= most {
            found.truncate(most);
            return Ok(found);
        }
    }
}

fn places_of_all(side: &Side, sort: Sort) -> Statement {
    let mut statement = Statement::default();
    let column = column(sort.key);
    statement
        .push(&format!(
            "SELECT f.article_id AS id, {column} AS k FROM article_facets f WHERE f.facet_id = "
        ))
        .number(side.all.ids().first().copied().unwrap_or_default());
    statement
}
