//! The usage of keys, by day, in the database.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::upsert::excluded;

use crate::domain::cursor::{Cursor, SortValue};
use crate::domain::id::Id;
use crate::domain::query::{PageRequest, Slice, Start};
use crate::domain::usage::{Counted, Counts, DayOfKey, Usage, UsageQuery};

use super::any_of::any_of;
use super::batch::{IN_LIST, INSERT_ROWS};
use super::conn::{Conn, with};
use super::error::StoreError;
use super::paging;
use super::schema::{api_keys, usage};

/// Adds to what is stored.
pub fn add_usage(conn: &mut Conn, counted: &[Counted]) -> Result<(), StoreError> {
    let rows: Vec<_> = counted
        .iter()
        .map(|(of, counts)| {
            (
                usage::day.eq(of.day),
                usage::key_id.eq(of.key),
                usage::requests.eq(counts.requests),
                usage::articles.eq(counts.articles),
                usage::bytes.eq(counts.bytes),
            )
        })
        .collect();
    for chunk in rows.chunks(INSERT_ROWS) {
        with!(conn, c => diesel::insert_into(usage::table)
            .values(chunk.to_vec())
            .on_conflict((usage::day, usage::key_id))
            .do_update()
            .set((
                usage::requests.eq(usage::requests + excluded(usage::requests)),
                usage::articles.eq(usage::articles + excluded(usage::articles)),
                usage::bytes.eq(usage::bytes + excluded(usage::bytes)),
            ))
            .execute(c))?;
    }
    Ok(())
}

type UsageRow = (i64, Id, Option<String>, i64, i64, i64);

/// A page of what is stored and of what was `counted` since, the latest day first and within a day by key.
pub fn list_usage(
    conn: &mut Conn,
    asked: &UsageQuery,
    page: &PageRequest,
    counted: &[Counted],
) -> Result<Slice<Usage>, StoreError> {
    let counted = counted.iter().filter(|(of, _)| asked.asks_for(*of));
    let counted: HashMap<DayOfKey, Counts> = counted.copied().collect();
    let new = rows_of_new(conn, &counted)?;
    let new_count = i64::try_from(new.len()).unwrap_or(i64::MAX);
    // Of the rows before an offset, all are stored but as many as are new at the most.
    let offset = paging::offset(page);
    let passed_over = (offset - new_count).max(0);
    let left_over = offset - passed_over;
    let part = (passed_over, left_over + paging::fetch(page));
    let (mut rows, stored) = load_stored(conn, asked, page, part)?;
    for row in &mut rows {
        if let Some(more) = counted.get(&of_row(row)) {
            row.3 += more.requests;
            row.4 += more.articles;
            row.5 += more.bytes;
        }
    }
    rows.extend(new.into_iter().filter(|row| follows(row, &page.start)));
    rows.sort_unstable_by_key(|row| (Reverse(row.0), row.1));
    let rows = rows
        .into_iter()
        .skip(usize::try_from(left_over).unwrap_or(0));
    let rows: Vec<UsageRow> = rows.take(page.limit as usize + 1).collect();
    let total = stored.map(|stored| stored + new_count);
    let slice = paging::slice(rows, page, total, |row| Cursor {
        value: SortValue::Number(row.0),
        id: row.1.to_string(),
    });
    slice.try_with(|rows| rows.into_iter().map(view).collect())
}

const fn of_row(row: &UsageRow) -> DayOfKey {
    DayOfKey {
        day: row.0,
        key: row.1,
    }
}

/// True if a row comes behind the place that a page starts from.
fn follows(row: &UsageRow, start: &Start) -> bool {
    match start {
        Start::After(Cursor {
            value: SortValue::Number(day),
            id,
        }) => (Reverse(row.0), row.1.to_string()) > (Reverse(*day), id.clone()),
        _ => true,
    }
}

/// The rows that counts make for which no row is stored.
fn rows_of_new(
    conn: &mut Conn,
    counted: &HashMap<DayOfKey, Counts>,
) -> Result<Vec<UsageRow>, StoreError> {
    let days = || counted.keys().map(|of| of.day);
    let (Some(first), Some(last)) = (days().min(), days().max()) else {
        return Ok(Vec::new());
    };
    let keys: Vec<Id> = counted.keys().map(|of| of.key).collect();
    let (mut stored, mut names) = (HashSet::new(), HashMap::new());
    for some in keys.chunks(IN_LIST) {
        let of_them: Vec<(i64, Id)> = usage::table
            .filter(usage::day.between(first, last))
            .filter(any_of(usage::key_id, some))
            .select((usage::day, usage::key_id))
            .load(conn)?;
        stored.extend(of_them.into_iter().map(|(day, key)| DayOfKey { day, key }));
        let of_them: Vec<(Id, String)> = api_keys::table
            .filter(any_of(api_keys::id, some))
            .select((api_keys::id, api_keys::name))
            .load(conn)?;
        names.extend(of_them);
    }
    let new = counted.iter().filter(|(of, _)| !stored.contains(*of));
    let rows = new.map(|(of, counts)| {
        let name = names.get(&of.key).cloned();
        let Counts {
            requests,
            articles,
            bytes,
        } = *counts;
        (of.day, of.key, name, requests, articles, bytes)
    });
    Ok(rows.collect())
}

/// Some stored rows of a page, an offset and a number of them, and the number of all, where it is asked for.
fn load_stored(
    conn: &mut Conn,
    asked: &UsageQuery,
    page: &PageRequest,
    (offset, limit): (i64, i64),
) -> Result<(Vec<UsageRow>, Option<i64>), StoreError> {
    let chosen = || {
        let query = usage::table
            .left_join(api_keys::table.on(api_keys::id.eq(usage::key_id)))
            .filter(usage::day.ge(asked.from))
            .filter(usage::day.le(asked.to))
            .into_boxed();
        match asked.key {
            Some(key) => query.filter(usage::key_id.eq(key)),
            None => query,
        }
    };
    let mut query = chosen().select((
        usage::day,
        usage::key_id,
        api_keys::name.nullable(),
        usage::requests,
        usage::articles,
        usage::bytes,
    ));
    if let Start::After(Cursor {
        value: SortValue::Number(day),
        id,
    }) = &page.start
    {
        let later = usage::day.eq(*day).and(usage::key_id.gt(id.clone()));
        query = query
            .filter(usage::day.le(*day))
            .filter(usage::day.lt(*day).or(later));
    }
    let rows = query
        .order((usage::day.desc(), usage::key_id))
        .offset(offset)
        .limit(limit)
        .load(conn)?;
    let total = match page.count {
        true => Some(chosen().count().get_result(conn)?),
        false => None,
    };
    Ok((rows, total))
}

fn view((day, key, name, requests, articles, bytes): UsageRow) -> Result<Usage, StoreError> {
    let day = i32::try_from(day)
        .ok()
        .and_then(NaiveDate::from_epoch_days)
        .ok_or_else(|| StoreError::Other(format!("a stored day does not read: {day}")))?;
    Ok(Usage {
        day,
        key,
        name,
        requests,
        articles,
        bytes,
    })
}
