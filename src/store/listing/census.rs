//! Lists that are counted, and pages that are far from the first rows: all articles that match are found in no order, and the
//! places of a page among them.

use diesel::deserialize::QueryableByName;
use diesel::sql_types::Text;
use rustc_hash::FxHashSet;

use crate::domain::cursor::{Cursor, SortValue};
use crate::domain::query::{PageRequest, Sort, SortKey};

use super::super::batch::IN_LIST;
use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::joined::{self, joined};
use super::super::paging;
use super::super::statement::Statement;
use super::matcher::Matcher;
use super::order::{Place, column, compare, push_after, push_order};
use super::places;
use super::plan::{Plan, Side};
use super::scan::{self, FacetSet, Reach};

/// Rows read at once.
const CHUNK: i64 = 8_192;
/// Rows of a walk that cost as much as the look-up of one article.
const LOOK_UP: usize = 4;

/// The rows of a page and one more where more follow, and the number of articles that match in all where it is asked for.
pub(super) fn places_and_total(
    conn: &mut Conn,
    plan: &Plan,
    sort: Sort,
    page: &PageRequest,
    counted: bool,
) -> Result<(Vec<Place>, Option<i64>), StoreError> {
    let (mut found, mut total) = (Vec::new(), 0);
    for side in &plan.sides {
        let dated = matching(conn, plan, side, dated_sort(sort))?;
        total += dated.len();
        found.extend(match sort.key {
            SortKey::Title => titled(conn, side, sort, page, dated)?,
            SortKey::PublishedAt | SortKey::UpdatedAt => dated,
        });
    }
    if let Some(cursor) = page.start.cursor() {
        found.retain(|place| compare(sort, cursor, place).is_lt());
    }
    let total = counted.then(|| i64::try_from(total).unwrap_or(i64::MAX));
    Ok((scan::cut(found, sort, page), total))
}

/// The order in which articles are found: of the dates that facet sets tell, the one that is asked for.
const fn dated_sort(sort: Sort) -> Sort {
    match sort.key {
        SortKey::PublishedAt | SortKey::UpdatedAt => sort,
        SortKey::Title => Sort {
            key: SortKey::PublishedAt,
            descending: false,
        },
    }
}

/// The articles of one side that match, each at its date: by a walk, or by reading the facet sets.
fn matching(
    conn: &mut Conn,
    plan: &Plan,
    side: &Side,
    sort: Sort,
) -> Result<Vec<Place>, StoreError> {
    match plan.reads_sets(side) {
        true => read_sets(conn, plan, side, sort.key),
        false => walked(conn, plan, side, sort),
    }
}

fn walked(conn: &mut Conn, plan: &Plan, side: &Side, sort: Sort) -> Result<Vec<Place>, StoreError> {
    let (mut found, mut seen) = (Vec::new(), FxHashSet::default());
    for part in side.parts(scan::LARGEST_CHUNK) {
        let reach = Reach {
            after: None,
            wanted: scan::LARGEST_CHUNK,
            rows: i64::MAX,
        };
        scan::visit(conn, plan, &part, sort, reach, |place| {
            if seen.insert(place.id.clone()) {
                found.push(place);
            }
            true
        })?;
    }
    Ok(found)
}

fn read_sets(
    conn: &mut Conn,
    plan: &Plan,
    side: &Side,
    key: SortKey,
) -> Result<Vec<Place>, StoreError> {
    let matcher = Matcher::of_all(plan, side);
    let mut found = Vec::new();
    let mut after = Some(String::new());
    while let Some(article) = after {
        let rows: Vec<SetsRow> = sets_after(plan, key, &article).load(conn)?;
        let sets = rows.iter().flat_map(|row| joined::rows(&row.sets));
        let (dates, sets): (Vec<i64>, Vec<FacetSet<'_>>) = sets.filter_map(read_set).unzip();
        let admitted = scan::judged(conn, plan, &matcher, &sets)?;
        let dated = dates.iter().zip(&sets).zip(admitted);
        let matching = dated.filter_map(|(one, admitted)| admitted.then_some(one));
        found.extend(matching.map(|(date, set)| Cursor {
            value: SortValue::Number(*date),
            id: set.article.to_owned(),
        }));
        let is_full = i64::try_from(sets.len()).is_ok_and(|sets| sets >= CHUNK);
        let last = sets.iter().map(|set| set.article).max();
        after = last.filter(|_| is_full).map(str::to_owned);
    }
    Ok(found)
}

#[derive(QueryableByName)]
struct SetsRow {
    #[diesel(sql_type = Text)]
    sets: String,
}

/// The next facet sets behind an article within the ranges, each with a date, whatever their order in the list.
fn sets_after(plan: &Plan, key: SortKey, article: &str) -> Statement {
    let [published, updated] = ["published_at", "updated_at"].map(date);
    let date = match key {
        SortKey::UpdatedAt => &updated,
        SortKey::PublishedAt | SortKey::Title => &published,
    };
    let columns: &[&str] = match plan.langs.is_empty() {
        true => &["date", "article_id", "facets"],
        false => &["date", "article_id", "facets", "lang", "published"],
    };
    let mut statement = Statement::default();
    statement
        .push(&format!(
            "SELECT {} AS sets FROM (SELECT {date} AS {} FROM facet_sets w WHERE article_id > ",
            joined(columns),
            columns.join(", ")
        ))
        .text(article);
    statement.range(&published, &plan.published);
    statement.range(&updated, &plan.updated);
    statement
        .push(" ORDER BY article_id LIMIT ")
        .number(CHUNK)
        .push(") w");
    statement
}

/// A date of a facet set; of one that the last release wrote, that of a place of its article.
fn date(column: &str) -> String {
    format!(
        "COALESCE(w.{column}, (SELECT x.{column} FROM article_facets x WHERE x.article_id = w.article_id LIMIT 1), 0)"
    )
}

fn read_set<'t>(mut columns: impl Iterator<Item = &'t str>) -> Option<(i64, FacetSet<'t>)> {
    let date = columns.next()?.parse().ok()?;
    let set = FacetSet {
        article: columns.next()?,
        facets: columns.next()?,
        lang: columns.next().unwrap_or_default(),
        published: columns.next().unwrap_or_default(),
    };
    Some((date, set))
}

/// The first places of matching articles by title: of a few by looking each up, of many by a walk through all articles.
fn titled(
    conn: &mut Conn,
    side: &Side,
    sort: Sort,
    page: &PageRequest,
    matching: Vec<Place>,
) -> Result<Vec<Place>, StoreError> {
    let all = usize::try_from(side.all.articles()).unwrap_or(usize::MAX);
    // Rows that are walked, on average, until the page is full.
    let rows = all.min(most(page).saturating_mul(all) / matching.len().max(1));
    match LOOK_UP.saturating_mul(matching.len()) <= rows {
        true => looked_up(conn, side, sort.key, &matching),
        false => first_walked(conn, side, sort, page, rows, matching),
    }
}

/// The places of a few articles, in no order.
fn looked_up(
    conn: &mut Conn,
    side: &Side,
    key: SortKey,
    matching: &[Place],
) -> Result<Vec<Place>, StoreError> {
    let ids: Vec<String> = matching.iter().map(|place| place.id.clone()).collect();
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(IN_LIST) {
        let mut statement = places_of_all(side, key);
        statement.push(" AND f.article_id IN ").texts(chunk);
        found.extend(places::load(conn, key, &statement)?);
    }
    Ok(found)
}

/// Matching articles up to the end of a page and one more.
fn most(page: &PageRequest) -> usize {
    usize::try_from(paging::offset(page) + paging::fetch(page)).unwrap_or(usize::MAX)
}

/// The first places of many articles behind the start of a page.
fn first_walked(
    conn: &mut Conn,
    side: &Side,
    sort: Sort,
    page: &PageRequest,
    rows: usize,
    matching: Vec<Place>,
) -> Result<Vec<Place>, StoreError> {
    let most = most(page);
    let matching: FxHashSet<String> = matching.into_iter().map(|place| place.id).collect();
    let mut after = page.start.cursor().cloned();
    let mut found = Vec::new();
    let mut limit = i64::try_from(rows).unwrap_or(CHUNK).clamp(1, CHUNK);
    loop {
        let mut statement = places_of_all(side, sort.key);
        if let Some(cursor) = &after {
            push_after(&mut statement, sort, cursor);
        }
        push_order(&mut statement, sort);
        statement.push(" LIMIT ").number(limit);
        let places = places::load(conn, sort.key, &statement)?;
        let ended = i64::try_from(places.len()).is_ok_and(|rows| rows < limit);
        after = places.last().cloned();
        limit = CHUNK.min(limit * 4);
        found.extend(places.into_iter().filter(|one| matching.contains(&one.id)));
        if ended || found.len() >= most {
            found.truncate(most);
            return Ok(found);
        }
    }
}

fn places_of_all(side: &Side, key: SortKey) -> Statement {
    let mut statement = Statement::default();
    let column = column(key);
    statement
        .push(&format!(
            "SELECT f.article_id AS id, {column} AS k FROM article_facets f WHERE f.facet_id = "
        ))
        .number(side.all.ids().first().copied().unwrap_or_default());
    statement
}
