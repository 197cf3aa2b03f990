//! The order of a list, and a row's place in it.

use std::cmp::Ordering;

use crate::domain::cursor::{Cursor, SortValue};
use crate::domain::query::{Sort, SortKey};

use super::super::statement::Statement;

/// A row of a list: the article, and its place.
pub(super) type Place = Cursor;

pub(super) const fn column(key: SortKey) -> &'static str {
    match key {
        SortKey::PublishedAt => "f.published_at",
        SortKey::UpdatedAt => "f.updated_at",
        SortKey::Title => "f.title_key",
    }
}

pub(super) fn push_order(statement: &mut Statement, sort: Sort) {
    let direction = if sort.descending { " DESC" } else { "" };
    statement.push(&format!(" ORDER BY k{direction}, id{direction}"));
}

/// Written so that both planners turn it into one range of the index: `k <= v AND (k < v OR id < i)`.
pub(super) fn push_after(statement: &mut Statement, sort: Sort, cursor: &Cursor) {
    let column = column(sort.key);
    let op = if sort.descending { "<" } else { ">" };
    statement.push(&format!(" AND {column} {op}= "));
    push_value(statement, sort.key, &cursor.value);
    statement.push(&format!(" AND ({column} {op} "));
    push_value(statement, sort.key, &cursor.value);
    statement.push(&format!(" OR f.article_id {op} "));
    statement.text(&cursor.id).push(")");
}

/// A value of the column's own type, whatever a forged cursor says.
fn push_value(statement: &mut Statement, key: SortKey, value: &SortValue) {
    match (key, value) {
        (SortKey::Title, SortValue::Text(text)) => statement.text(text),
        (SortKey::Title, SortValue::Number(n)) => statement.text(&n.to_string()),
        (_, SortValue::Number(n)) => statement.number(*n),
        (_, SortValue::Text(_)) => statement.number(0),
    };
}

pub(super) fn compare(sort: Sort, a: &Place, b: &Place) -> Ordering {
    let rising = order(&a.value, &b.value).then_with(|| a.id.cmp(&b.id));
    if sort.descending {
        rising.reverse()
    } else {
        rising
    }
}

fn order(a: &SortValue, b: &SortValue) -> Ordering {
    match (a, b) {
        (SortValue::Number(a), SortValue::Number(b)) => a.cmp(b),
        (SortValue::Text(a), SortValue::Text(b)) => a.cmp(b),
        (SortValue::Number(_), SortValue::Text(_)) => Ordering::Less,
        (SortValue::Text(_), SortValue::Number(_)) => Ordering::Greater,
    }
}
