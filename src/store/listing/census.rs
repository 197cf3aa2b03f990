//! Lists that are counted, and pages that are far from the first rows: first all articles that match, in no order, then the
//! places of a page among them.

use diesel::deserialize::QueryableByName;
use diesel::sql_types::Text;
use rustc_hash::FxHashSet;

use crate::domain::cursor::Cursor;
use crate::domain::query::{PageRequest, Sort, SortKey, Start};

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
    let most = usize::try_from(paging::offset(page) + paging::fetch(page)).unwrap_or(usize::MAX);
    let after = match &page.start {
        Start::After(cursor) => Some(cursor),
        Start::Head | Start::Offset(_) => None,
    };
    let (mut found, mut total) = (Vec::new(), 0);
    for side in &plan.sides {
        let matching = matching(conn, plan, side)?;
        let walk = Walk { plan, side, sort };
        // Of those that facet sets tell, a range leaves some, which are counted on the way.
        let all = counted && plan.reads_sets(side) && walk.is_ranged();
        let (after, most) = match all {
            true => (None, usize::MAX),
            false => (after, most),
        };
        let places = match walk.rows_for(most, matching.len()) {
            rows if LOOK_UP * matching.len() <= rows => walk.looked_up(conn, &matching)?,
            _ => walk.first(conn, after, &matching, most)?,
        };
        total += if all { places.len() } else { matching.len() };
        found.extend(places);
    }
    found.retain(|place| after.is_none_or(|cursor| compare(sort, cursor, place).is_lt()));
    let total = counted.then(|| i64::try_from(total).unwrap_or(i64::MAX));
    Ok((scan::cut(found, sort, page), total))
}

/// The articles of one side that match: by a walk, or by reading the facet sets, which know nothing of ranges.
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
        let rows: Vec<SetsRow> = sets_after(plan, &article).load(conn)?;
        let text = rows.first().map_or("", |row| row.sets.as_str());
        let sets: Vec<FacetSet<'_>> = joined::rows(text).filter_map(read_set).collect();
        let admitted = scan::judged(conn, plan, &matcher, &sets)?;
        let matching = sets.iter().zip(admitted).filter(|(_, admitted)| *admitted);
        found.extend(matching.map(|(set, _)| set.article.to_owned()));
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

/// The next facet sets behind an article, whatever their order in the list.
fn sets_after(plan: &Plan, article: &str) -> Statement {
    let columns: &[&str] = match plan.langs.is_empty() {
        true => &["article_id", "facets"],
        false => &["article_id", "facets", "lang", "published"],
    };
    let mut statement = Statement::default();
    statement
        .push(&format!(
            "SELECT {} AS sets FROM (SELECT {} FROM facet_sets WHERE article_id > ",
            joined(columns),
            columns.join(", ")
        ))
        .text(article)
        .push(" ORDER BY article_id LIMIT ")
        .number(CHUNK)
        .push(") w");
    statement
}

fn read_set<'t>(mut columns: impl Iterator<Item = &'t str>) -> Option<FacetSet<'t>> {
    Some(FacetSet {
        article: columns.next()?,
        facets: columns.next()?,
        lang: columns.next().unwrap_or_default(),
        published: columns.next().unwrap_or_default(),
    })
}

/// A walk through the index of all articles of a side, within the ranges of a plan.
struct Walk<'a> {
    plan: &'a Plan,
    side: &'a Side,
    sort: Sort,
}

impl Walk<'_> {
    fn is_ranged(&self) -> bool {
        !self.plan.published.is_open() || !self.plan.updated.is_open()
    }

    /// Rows that are walked, on average, until `most` of so many matching articles have come.
    fn rows_for(&self, most: usize, matching: usize) -> usize {
        let all = usize::try_from(self.side.all.articles()).unwrap_or(usize::MAX);
        all.min(most.saturating_mul(all) / matching.max(1))
    }

    /// The places of a few articles, in no order.
    fn looked_up(
        &self,
        conn: &mut Conn,
        matching: &FxHashSet<String>,
    ) -> Result<Vec<Place>, StoreError> {
        let ids: Vec<String> = matching.iter().cloned().collect();
        let mut found = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(IN_LIST) {
            // As expressions, ranges have no index: each article is looked up.
            let mut statement = self.statement(["f.published_at + 0", "f.updated_at + 0"]);
            statement.push(" AND f.article_id IN ").texts(chunk);
            found.extend(places::load(conn, self.sort.key, &statement)?);
        }
        Ok(found)
    }

    /// The first places of many articles behind a cursor.
    fn first(
        &self,
        conn: &mut Conn,
        after: Option<&Cursor>,
        matching: &FxHashSet<String>,
        most: usize,
    ) -> Result<Vec<Place>, StoreError> {
        let mut after = after.cloned();
        let mut found = Vec::new();
        let wanted = i64::try_from(self.rows_for(most, matching.len())).unwrap_or(CHUNK);
        let mut limit = wanted.clamp(1, CHUNK);
        loop {
            let mut statement = self.statement(["f.published_at", "f.updated_at"]);
            if let Some(cursor) = &after {
                push_after(&mut statement, self.sort, cursor);
            }
            push_order(&mut statement, self.sort);
            statement.push(" LIMIT ").number(limit);
            let places = places::load(conn, self.sort.key, &statement)?;
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

    /// The places within the ranges of `published` and `updated`.
    fn statement(&self, [published, updated]: [&str; 2]) -> Statement {
        let mut statement = Statement::default();
        let column = column(self.sort.key);
        statement
            .push(&format!(
                "SELECT f.article_id AS id, {column} AS k FROM article_facets f WHERE f.facet_id = "
            ))
            .number(self.side.all.ids().first().copied().unwrap_or_default())
            .range(published, &self.plan.published);
        statement.range(updated, &self.plan.updated);
        statement
    }
}
