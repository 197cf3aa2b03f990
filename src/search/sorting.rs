//! Hits in order: the best first, then the newest; or as lists are.

use std::cmp::Ordering;

use tantivy::columnar::{Column, StrColumn};

use super::document::{ID_HIGH, ID_LOW, PUBLISHED, TITLE_KEY, UPDATED, id_of};
use super::error::SearchError;
use super::index::Reading;
use super::sets::Match;
use crate::domain::cursor::{Cursor, SortValue};
use crate::domain::id::Id;
use crate::domain::query::{Sort, SortKey};

/// Scores are compared in steps of a ten-thousandth: what differs less is as good.
const STEPS: f32 = 10_000.0;

/// Order of hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The best first, then the newest.
    Relevance,
    /// Orders of lists.
    By(Sort),
}

/// An article that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Its name.
    pub id: Id,
    /// Score, comparable within one answer.
    pub score: f32,
}

/// A score in steps.
#[expect(clippy::cast_possible_truncation, reason = "scores are small")]
fn steps(score: f32) -> i64 {
    (score * STEPS).round() as i64
}

/// A hit with what it is sorted by.
#[derive(Debug, Clone)]
pub(super) struct Row {
    id: Id,
    /// The score in steps, or a time.
    number: i64,
    /// The title, where it is sorted by that.
    text: String,
    published: i64,
    score: f32,
}

impl Row {
    pub(super) fn hit(&self) -> Hit {
        Hit {
            id: self.id,
            score: self.score,
        }
    }
}

struct Facts {
    id: (Column<u64>, Column<u64>),
    published: Column<i64>,
    updated: Column<i64>,
    /// Opened for the order by title alone: it is dear.
    title: Option<StrColumn>,
}

pub(super) struct Sorter {
    order: Order,
    segments: Vec<Facts>,
}

impl Sorter {
    pub(super) fn new(reading: &Reading, order: Order) -> Result<Self, SearchError> {
        let by_title = matches!(order, Order::By(sort) if sort.key == SortKey::Title);
        let facts = reading.searcher.segment_readers().iter().map(|segment| {
            let columns = &reading.columns;
            let title = by_title.then(|| segment.fast_fields().str(TITLE_KEY));
            Ok::<_, SearchError>(Facts {
                id: (
                    columns.u64(segment, ID_HIGH)?,
                    columns.u64(segment, ID_LOW)?,
                ),
                published: columns.i64(segment, PUBLISHED)?,
                updated: columns.i64(segment, UPDATED)?,
                title: title.transpose()?.flatten(),
            })
        });
        Ok(Self {
            order,
            segments: facts.collect::<Result<_, _>>()?,
        })
    }

    /// Those hits that may be among the first so many behind a place, by their scores alone.
    pub(super) fn may_be_shown(
        &self,
        mut found: Vec<Match>,
        after: Option<&Option<Row>>,
        count: usize,
    ) -> Vec<Match> {
        if self.order != Order::Relevance {
            return found;
        }
        let first = after.and_then(Option::as_ref).map(|row| row.number);
        if let Some(first) = first {
            found.retain(|hit| steps(hit.score) <= first);
        }
        let behind = found.iter().map(|hit| steps(hit.score));
        let mut behind: Vec<i64> = behind.filter(|steps| Some(*steps) != first).collect();
        if behind.len() > count {
            let (_, last, _) = behind.select_nth_unstable_by(count - 1, |a, b| b.cmp(a));
            let last = *last;
            found.retain(|hit| steps(hit.score) >= last);
        }
        found
    }

    pub(super) fn rows(&self, found: &[Match]) -> Result<Vec<Row>, SearchError> {
        found.iter().map(|hit| self.row(hit)).collect()
    }

    fn row(&self, hit: &Match) -> Result<Row, SearchError> {
        let facts = &self.segments[hit.segment as usize];
        let half = |column: &Column<u64>| column.first(hit.doc).unwrap_or(0);
        let published = facts.published.first(hit.doc).unwrap_or(i64::MIN);
        let mut text = String::new();
        let number = match self.order {
            Order::Relevance => steps(hit.score),
            Order::By(sort) => match sort.key {
                SortKey::PublishedAt => published,
                SortKey::UpdatedAt => facts.updated.first(hit.doc).unwrap_or(i64::MIN),
                SortKey::Title => {
                    if let Some(titles) = &facts.title
                        && let Some(ord) = titles.term_ords(hit.doc).next()
                    {
                        titles.ord_to_str(ord, &mut text)?;
                    }
                    0
                }
            },
        };
        Ok(Row {
            id: id_of(half(&facts.id.0), half(&facts.id.1)),
            number,
            text,
            published,
            score: hit.score,
        })
    }

    pub(super) fn compare(&self, a: &Row, b: &Row) -> Ordering {
        let id = |a: &Row, b: &Row| a.id.to_bytes().cmp(&b.id.to_bytes());
        match self.order {
            Order::Relevance => (b.number, b.published)
                .cmp(&(a.number, a.published))
                .then_with(|| id(a, b)),
            Order::By(sort) => {
                let rising = (a.number, &a.text)
                    .cmp(&(b.number, &b.text))
                    .then_with(|| id(a, b));
                if sort.descending {
                    rising.reverse()
                } else {
                    rising
                }
            }
        }
    }

    pub(super) fn cursor(&self, row: &Row) -> Cursor {
        let value = match self.order {
            Order::Relevance => SortValue::Text(format!("{} {}", row.number, row.published)),
            Order::By(sort) if sort.key == SortKey::Title => SortValue::Text(row.text.clone()),
            Order::By(_) => SortValue::Number(row.number),
        };
        Cursor {
            value,
            id: row.id.to_string(),
        }
    }

    /// The row that a cursor names; `None` for one that was forged.
    pub(super) fn place(&self, cursor: &Cursor) -> Option<Row> {
        let mut row = Row {
            id: Id::parse(&cursor.id).ok()?,
            number: 0,
            text: String::new(),
            published: 0,
            score: 0.0,
        };
        match (&cursor.value, self.order) {
            (SortValue::Text(text), Order::Relevance) => {
                let (number, published) = text.split_once(' ')?;
                (row.number, row.published) = (number.parse().ok()?, published.parse().ok()?);
            }
            (SortValue::Text(text), Order::By(_)) => row.text.clone_from(text),
            (SortValue::Number(number), _) => row.number = *number,
        }
        Some(row)
    }
}
