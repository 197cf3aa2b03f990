//! The usage of keys, by day, in the database.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::upsert::excluded;

use crate::domain::cursor::{Cursor, SortValue};
use crate::domain::id::Id;
use crate::domain::query::{PageRequest, Slice, Start};
use crate::domain::usage::{Counts, DayOfKey, Usage, UsageQuery};

use super::batch::INSERT_ROWS;
use super::conn::{Conn, with};
use super::error::StoreError;
use super::paging;
use super::schema::{api_keys, usage};

/// Adds to what is stored.
pub fn add_usage(conn: &mut Conn, counted: &[(DayOfKey, Counts)]) -> Result<(), StoreError> {
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

/// A page of what was counted, the latest day first and within a day by key.
pub fn list_usage(
    conn: &mut Conn,
    asked: &UsageQuery,
    page: &PageRequest,
) -> Result<Slice<Usage>, StoreError> {
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
    let rows: Vec<UsageRow> = query
        .order((usage::day.desc(), usage::key_id))
        .offset(paging::offset(page))
        .limit(paging::fetch(page))
        .load(conn)?;
    let total = if page.count {
        Some(chosen().count().get_result(conn)?)
    } else {
        None
    };
    let slice = paging::slice(rows, page, total, |row| Cursor {
        value: SortValue::Number(row.0),
        id: row.1.to_string(),
    });
    slice.try_with(|rows| rows.into_iter().map(view).collect())
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
