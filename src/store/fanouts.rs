//! The queue of fan-outs. The articles that show a thing which changed are told in the change log, and their places in the
//! index follow their section, some articles at a time. A row stands for one thing and survives a crash: each step commits
//! its articles together with the place that it came to.
//!
//! A step compares each article with what is stored now, so a thing that changes again needs no second row: a round that is
//! under way is followed by one more, however often the thing has changed meanwhile.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::domain::id::Id;
use crate::domain::time::Timestamp;

use super::conn::{Conn, with};
use super::error::StoreError;
use super::schema::{article_facets, article_media, articles, fanouts};
use super::{retelling, section_facets};

/// The thing that articles show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shown {
    /// The thing of a facet, by the facet's number.
    Facet(i64),
    /// A medium.
    Medium(Id),
}

impl Shown {
    fn key(self) -> (&'static str, String) {
        match self {
            Self::Facet(id) => (FACET, id.to_string()),
            Self::Medium(id) => ("medium", id.to_string()),
        }
    }
}

const FACET: &str = "facet";

/// Further work on the articles of a fan-out, beside their entries in the change log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Extent {
    /// The articles' facets of sections follow the sections that they are in.
    pub places: bool,
    /// The public translations of public articles are told too, since they show those articles' addresses.
    pub translations: bool,
}

impl Extent {
    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            places: self.places || other.places,
            translations: self.translations || other.translations,
        }
    }
}

/// A fan-out that is not finished.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = fanouts, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Waiting {
    of_kind: String,
    of_value: String,
    places: bool,
    translations: bool,
    after_seq: i64,
    again_after: Option<i64>,
    cursor_at: i64,
    cursor_id: String,
}

/// Before every article.
const START: (i64, &str) = (i64::MIN, "");

impl Waiting {
    fn is_at_start(&self) -> bool {
        (self.cursor_at, self.cursor_id.as_str()) == START
    }

    fn go_to_start(&mut self) {
        (self.cursor_at, self.cursor_id) = (START.0, START.1.to_owned());
    }
}

/// Queues a fan-out to the articles without an entry in the change log behind `after`. Answers the row where the thing had
/// none before.
pub fn queue(
    conn: &mut Conn,
    of: Shown,
    extent: Extent,
    after: i64,
) -> Result<Option<Waiting>, StoreError> {
    let (kind, value) = of.key();
    let found: Option<Waiting> = fanouts::table
        .find((kind, &value))
        .select(Waiting::as_select())
        .get_result(conn)
        .optional()?;
    let Some(mut row) = found else {
        let row = Waiting {
            of_kind: kind.to_owned(),
            of_value: value,
            places: extent.places,
            translations: extent.translations,
            after_seq: after,
            again_after: None,
            cursor_at: START.0,
            cursor_id: START.1.to_owned(),
        };
        with!(conn, c => diesel::insert_into(fanouts::table).values(&row).execute(c))?;
        return Ok(Some(row));
    };
    row.places |= extent.places;
    row.translations |= extent.translations;
    match row.is_at_start() {
        true => row.after_seq = after,
        false => row.again_after = Some(after),
    }
    save(conn, &row)?;
    Ok(None)
}

fn save(conn: &mut Conn, row: &Waiting) -> Result<(), StoreError> {
    diesel::update(fanouts::table.find((&row.of_kind, &row.of_value)))
        .set(row)
        .execute(conn)?;
    Ok(())
}

/// The fan-out whose round began first.
pub fn next_waiting(conn: &mut Conn) -> Result<Option<Waiting>, StoreError> {
    Ok(fanouts::table
        .order((fanouts::after_seq, fanouts::of_kind, fanouts::of_value))
        .select(Waiting::as_select())
        .first(conn)
        .optional()?)
}

/// True if any articles wait to follow their section in the index.
pub fn any_moves(conn: &mut Conn) -> Result<bool, StoreError> {
    let moves = fanouts::table.filter(fanouts::places.eq(true));
    Ok(diesel::select(diesel::dsl::exists(moves)).get_result(conn)?)
}

/// Does the next `limit` articles of a fan-out. Answers how many those were with their translations, and the fan-out where
/// more of it is left. Only for whoever is in the write lane.
pub fn step(
    conn: &mut Conn,
    mut row: Waiting,
    limit: usize,
    at: Timestamp,
) -> Result<(usize, Option<Waiting>), StoreError> {
    let members = members(conn, &row, i64::try_from(limit).unwrap_or(i64::MAX))?;
    let is_last = members.len() < limit;
    let mut count = members.len();
    if let Some((at, id)) = members.last() {
        (row.cursor_at, row.cursor_id) = (*at, id.to_string());
    }
    let ids: Vec<Id> = members.into_iter().map(|(_, id)| id).collect();
    let moved = match row.places {
        true => section_facets::follow(conn, &ids)?,
        false => HashSet::new(),
    };
    retelling::retell(conn, &ids, &moved, row.after_seq, at)?;
    if row.translations {
        let others = translations_of(conn, &ids)?;
        retelling::retell(conn, &others, &HashSet::new(), row.after_seq, at)?;
        count += others.len();
    }
    if is_last {
        let Some(after) = row.again_after.take() else {
            let done = fanouts::table.find((&row.of_kind, &row.of_value));
            diesel::delete(done).execute(conn)?;
            return Ok((count, None));
        };
        row.after_seq = after;
        row.go_to_start();
    }
    save(conn, &row)?;
    Ok((count, Some(row)))
}

/// The articles that come next, each with its place in the order.
fn members(conn: &mut Conn, row: &Waiting, limit: i64) -> Result<Vec<(i64, Id)>, StoreError> {
    if row.of_kind != FACET {
        let ids: Vec<Id> = article_media::table
            .filter(article_media::medium_id.eq(&row.of_value))
            .filter(article_media::article_id.gt(&row.cursor_id))
            .order(article_media::article_id)
            .limit(limit)
            .select(article_media::article_id)
            .distinct()
            .load(conn)?;
        return Ok(ids.into_iter().map(|id| (0, id)).collect());
    }
    let facet: i64 = row.of_value.parse().map_err(|_| {
        StoreError::Other(format!("a stored facet does not read: {}", row.of_value))
    })?;
    let (at, id) = (row.cursor_at, row.cursor_id.as_str());
    let behind = article_facets::published_at
        .gt(at)
        .or(article_facets::article_id.gt(id));
    Ok(article_facets::table
        .filter(article_facets::facet_id.eq(facet))
        .filter(article_facets::published_at.ge(at).and(behind))
        .order((article_facets::published_at, article_facets::article_id))
        .limit(limit)
        .select((article_facets::published_at, article_facets::article_id))
        .load(conn)?)
}

/// The public translations of those articles that are public, without these articles themselves.
fn translations_of(conn: &mut Conn, ids: &[Id]) -> Result<Vec<Id>, StoreError> {
    let works: Vec<Id> = articles::table
        .filter(articles::id.eq_any(ids))
        .filter(articles::public.eq(true))
        .select(articles::work_id)
        .distinct()
        .load(conn)?;
    Ok(articles::table
        .filter(articles::work_id.eq_any(works))
        .filter(articles::public.eq(true))
        .filter(articles::id.ne_all(ids))
        .order((articles::published_at, articles::id))
        .select(articles::id)
        .load(conn)?)
}
