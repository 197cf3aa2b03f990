//! Related articles: the same section, tags and authors, ranked.

use crate::domain::access::Scope;
use crate::domain::cursor::{Cursor, SortValue};
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::query::{PageRequest, Slice, Start};
use crate::domain::shown::Shown;

use super::super::changes::ChangeKind;
use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::paging;
use super::super::subjects::{Subject, note};
use super::load::Parts;
use super::ranking::{Ranked, Ranking};
use super::within::load_within;

/// Most related articles.
const MOST: usize = 100;

/// A page of what is related to an article, in its own edition or in the first of some languages;
/// `None` where the scope may not see that article.
pub fn list_related(
    conn: &mut Conn,
    scope: &Scope,
    id: Id,
    langs: &[LanguageTag],
    page: &PageRequest,
    parts: Parts,
) -> Result<Option<Slice<Shown>>, StoreError> {
    if !super::find::is_visible(conn, scope, id)? {
        return Ok(None);
    }
    note(Subject::Resource(ChangeKind::Article, &id.to_string()));
    let mut ranking = Ranking::of(conn, scope, &[id])?;
    let ranked = match langs {
        [] => {
            let best = ranking.best_of_each(conn, &[id], MOST)?.pop();
            best.unwrap_or_default()
        }
        langs => ranking.best_in(conn, id, langs, MOST)?,
    };
    let total = page
        .count
        .then(|| i64::try_from(ranked.len()).unwrap_or(i64::MAX));
    let skip = match &page.start {
        Start::Head => 0,
        Start::Offset(rows) => *rows as usize,
        Start::After(Cursor { value, id }) => position_after(&ranked, value, id),
    };
    let rows: Vec<Ranked> = ranked
        .into_iter()
        .skip(skip)
        .take(page.limit as usize + 1)
        .collect();
    let slice = paging::slice(rows, page, total, place);
    let ids: Vec<Id> = slice.rows.iter().map(|row| row.id).collect();
    let rows = load_within(conn, scope, &ids, parts)?;
    let next = if rows.len() < ids.len() {
        slice.rows.get(rows.len().saturating_sub(1)).map(place)
    } else {
        slice.next
    };
    Ok(Some(Slice {
        rows,
        next,
        total: slice.total,
    }))
}

fn place(row: &Ranked) -> Cursor {
    Cursor {
        value: SortValue::Number(row.score),
        id: format!("{}/{}", row.published_at, row.id),
    }
}

fn position_after(ranked: &[Ranked], value: &SortValue, id: &str) -> usize {
    let SortValue::Number(score) = value else {
        return ranked.len();
    };
    let (published_at, id) = id.split_once('/').unwrap_or(("0", id));
    let published_at = published_at.parse::<i64>().unwrap_or(0);
    let last = (score.saturating_neg(), published_at.saturating_neg(), id);
    ranked.partition_point(|row| {
        let (score, published_at, own) = row.key();
        (score, published_at, own.to_string().as_str()) <= last
    })
}
