//! The one way in which short lists (editions, sections, authors, sources, tags) are cut into pages.

use crate::domain::cursor::{Cursor, SortValue};
use crate::domain::query::{PageRequest, Slice, Start};

/// The text key and id behind which a page starts.
pub(super) fn after(page: &PageRequest) -> Option<(&str, &str)> {
    match &page.start {
        Start::After(Cursor {
            value: SortValue::Text(text),
            id,
        }) => Some((text, id)),
        _ => None,
    }
}

/// Number of rows to skip.
pub(super) fn offset(page: &PageRequest) -> i64 {
    match page.start {
        Start::Offset(rows) => i64::from(rows),
        _ => 0,
    }
}

/// Number of rows to load: one more than is shown, to know whether more follow.
pub(super) fn fetch(page: &PageRequest) -> i64 {
    i64::from(page.limit) + 1
}

/// A page of `rows`, of which one more than `limit` was loaded where more follow.
pub(super) fn slice<T>(
    mut rows: Vec<T>,
    page: &PageRequest,
    total: Option<i64>,
    cursor: impl Fn(&T) -> Cursor,
) -> Slice<T> {
    let limit = page.limit as usize;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = if more { rows.last().map(cursor) } else { None };
    Slice {
        rows,
        next,
        total: total.map(|n| u64::try_from(n).unwrap_or(0)),
    }
}

/// The place of a row in a list that is in the order of its ids.
pub(super) fn place(id: impl ToString) -> Cursor {
    Cursor {
        value: SortValue::Text(String::new()),
        id: id.to_string(),
    }
}

/// A page of a list that is in memory whole, by the identity of its rows.
pub(super) fn slice_of_all<T>(
    rows: Vec<T>,
    page: &PageRequest,
    id: impl Fn(&T) -> String,
) -> Slice<T> {
    let total = page
        .count
        .then(|| i64::try_from(rows.len()).unwrap_or(i64::MAX));
    let skip = match &page.start {
        Start::Head => 0,
        Start::Offset(n) => *n as usize,
        Start::After(cursor) => rows
            .iter()
            .position(|row| id(row) == cursor.id)
            .map_or(rows.len(), |at| at + 1),
    };
    let rows = rows
        .into_iter()
        .skip(skip)
        .take(page.limit as usize + 1)
        .collect();
    slice(rows, page, total, |row| place(id(row)))
}
