//! A question and its answer: what a query is read as, which articles it finds, and a page of them in order.

use std::cmp::Ordering;
use std::collections::HashSet;

use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, SegmentOrdinal};

use super::document::{ID_HIGH, ID_LOW, PUBLISHED, TITLE_KEY, UPDATED, id_of};
use super::error::SearchError;
use super::index::Reading;
use super::matching::{Match, Terms, can_be_loose};
use super::parse::{Parsed, parse};
use super::ranking::look_closely;
use super::retyping::retyped;
use super::spelling::{correct_unknown, suggest};
use crate::domain::cursor::{Cursor, SortValue};
use crate::domain::id::Id;
use crate::domain::query::{PageRequest, Sort, SortKey, Start};
use crate::domain::search::{Filter, Sight};

/// Where fewer have all words, those that lack one come after. The same for every filter and page, so that a count is what
/// its filter then finds.
const FEW: usize = 20;
/// Another spelling is told of where it finds so many times more.
const MUCH_MORE: usize = 5;
/// Scores are compared in steps of a ten-thousandth: what differs less is as good.
const STEPS: f32 = 10_000.0;
/// Value that halves the share of a score that must stay below one.
const HALF: f32 = 50.0;

/// Order of hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The best first, then the newest.
    Relevance,
    /// As lists are.
    By(Sort),
}

/// How hits are weighed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// Not at all: they are counted.
    Counted,
    /// By their words alone.
    Scored,
    /// By their words, and the likely ones by the places of these.
    Closely,
}

/// The reading of a query for one caller.
#[derive(Debug, Clone)]
pub struct Read {
    /// The query, unknown words as the nearest that the caller may know.
    pub parsed: Parsed,
    /// The query with a word as another; its hits come between those with all words and those that lack one.
    near: Option<Parsed>,
    loose: bool,
    /// Another spelling, and whether the query is read as it already.
    other: Option<(Parsed, bool)>,
    head_only: bool,
}

/// An article that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Its name.
    pub id: Id,
    /// Score, comparable within one answer.
    pub score: f32,
}

/// A page of hits.
#[derive(Debug, Clone, PartialEq)]
pub struct Results {
    /// In order.
    pub hits: Vec<Hit>,
    /// The place of each hit, from which a cursor leads on.
    pub places: Vec<Cursor>,
    /// True if more follow.
    pub more: bool,
    /// Number in all.
    pub total: u64,
}

impl Reading {
    /// The query as it would be typed with a spelling that finds more, under the filter under which this many were found.
    ///
    /// # Errors
    /// If the index cannot be read.
    pub fn did_you_mean(
        &self,
        typed: &str,
        read: &Read,
        filter: &Filter,
        total: u64,
    ) -> Result<Option<String>, SearchError> {
        let Some((other, is_read_so)) = &read.other else {
            return Ok(None);
        };
        let text = retyped(typed, &parse(typed), other);
        let again = self.read(&parse(&text), &filter.sight)?;
        let found = self.find(&again, filter, Look::Counted)?.len() as u64;
        let finds_more = found > total || *is_read_so && found == total && found > 0;
        Ok(finds_more.then_some(text))
    }

    /// Reads a query as its caller may: what the caller may not see changes nothing.
    ///
    /// # Errors
    /// If the index cannot be read.
    pub fn read(&self, parsed: &Parsed, sight: &Sight) -> Result<Read, SearchError> {
        let terms = Terms::of(self, sight.head_only);
        let spelled = correct_unknown(&terms, parsed, sight)?;
        let corrected = spelled.is_some();
        let mut read = Read {
            parsed: spelled
                .as_ref()
                .map_or_else(|| parsed.clone(), |spelled| spelled.parsed.clone()),
            near: None,
            loose: false,
            other: spelled.map(|spelled| (spelled.parsed, true)),
            head_only: sight.head_only,
        };
        let all = Filter::of_sight(sight.clone());
        let found = terms.count(terms.query(&read.parsed, false)?, &all, FEW)?;
        read.loose = found < FEW && can_be_loose(&read.parsed);
        let is_rare = found == 0 || found < FEW / MUCH_MORE && parsed.wanted().count() == 1;
        if !corrected && is_rare {
            let other = suggest(&terms, parsed, sight, found)?;
            let other = other.filter(|other| found == 0 || other.found >= MUCH_MORE * (found + 1));
            read.near = other
                .as_ref()
                .filter(|_| found == 0 && read.loose)
                .map(|other| other.parsed.clone());
            read.other = other.map(|other| (other.parsed, false));
        }
        Ok(read)
    }

    /// Every hit, those with all words first.
    pub(super) fn find(
        &self,
        read: &Read,
        filter: &Filter,
        look: Look,
    ) -> Result<Vec<Match>, SearchError> {
        let terms = Terms::of(self, read.head_only);
        let fallback = self.fallback(filter)?;
        let mut found: Vec<Match> = Vec::new();
        let mut known: HashSet<(SegmentOrdinal, DocId)> = HashSet::new();
        let tiers = [
            Some((&read.parsed, false)),
            read.near.as_ref().map(|near| (near, false)),
            read.loose.then_some((&read.parsed, true)),
        ];
        for (tier, (parsed, loose)) in tiers.into_iter().flatten().enumerate() {
            let query = terms.query(parsed, loose)?;
            let scored = look != Look::Counted;
            let mut hits = terms.collect(query, filter, fallback.as_ref(), scored)?;
            hits.retain(|hit| !known.contains(&hit.address()));
            if look == Look::Closely {
                look_closely(&terms, parsed, filter, &mut hits)?;
            }
            let below_one = |score: f32| score / (score + HALF);
            for hit in &mut hits {
                hit.score = match (tier, loose) {
                    (0, _) => 2.0 + hit.score,
                    (_, false) => 1.0 + below_one(hit.score),
                    (_, true) => below_one(hit.score),
                };
            }
            if read.loose {
                known.extend(hits.iter().map(Match::address));
            }
            found.extend(hits);
        }
        Ok(found)
    }

    /// A page of what a query finds under a filter.
    ///
    /// # Errors
    /// If the index cannot be read.
    pub fn page(
        &self,
        read: &Read,
        filter: &Filter,
        order: Order,
        page: &PageRequest,
    ) -> Result<Results, SearchError> {
        let look = match order {
            Order::Relevance => Look::Closely,
            Order::By(_) => Look::Scored,
        };
        let found = self.find(read, filter, look)?;
        let total = found.len() as u64;
        let sorter = Sorter::new(self, order)?;
        let (skipped, after) = match &page.start {
            Start::Head => (0, None),
            Start::Offset(rows) => (*rows as usize, None),
            Start::After(cursor) => (0, Some(sorter.place(cursor))),
        };
        let end = skipped + page.limit as usize;
        let may_be_shown = sorter.may_be_shown(found, after.as_ref(), end + 1);
        let mut rows = sorter.rows(&may_be_shown)?;
        if let Some(after) = after {
            rows.retain(|row| {
                after
                    .as_ref()
                    .is_some_and(|after| sorter.compare(row, after) == Ordering::Greater)
            });
        }
        if rows.len() > end {
            rows.select_nth_unstable_by(end, |a, b| sorter.compare(a, b));
        }
        let more = rows.len() > end;
        rows.truncate(end);
        rows.sort_unstable_by(|a, b| sorter.compare(a, b));
        let shown = rows.drain(skipped.min(rows.len())..);
        let (hits, places) = shown.map(|row| (row.hit(), sorter.cursor(&row))).unzip();
        Ok(Results {
            hits,
            places,
            more,
            total,
        })
    }
}

/// A score in steps.
#[expect(clippy::cast_possible_truncation, reason = "scores are small")]
fn steps(score: f32) -> i64 {
    (score * STEPS).round() as i64
}

/// A hit with what it is sorted by.
#[derive(Debug, Clone)]
struct Row {
    id: Id,
    /// The score in steps, or a time.
    number: i64,
    /// The title, where it is sorted by that.
    text: String,
    published: i64,
    score: f32,
}

impl Row {
    fn hit(&self) -> Hit {
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
    title: Option<StrColumn>,
}

struct Sorter {
    order: Order,
    segments: Vec<Facts>,
}

impl Sorter {
    fn new(reading: &Reading, order: Order) -> Result<Self, SearchError> {
        let facts = reading.searcher.segment_readers().iter().map(|segment| {
            let fast = segment.fast_fields();
            Ok::<_, SearchError>(Facts {
                id: (fast.u64(ID_HIGH)?, fast.u64(ID_LOW)?),
                published: fast.i64(PUBLISHED)?,
                updated: fast.i64(UPDATED)?,
                title: fast.str(TITLE_KEY)?,
            })
        });
        Ok(Self {
            order,
            segments: facts.collect::<Result<_, _>>()?,
        })
    }

    /// Those hits that may be among the first so many behind a place, by their scores alone.
    fn may_be_shown(
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

    fn rows(&self, found: &[Match]) -> Result<Vec<Row>, SearchError> {
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

    fn compare(&self, a: &Row, b: &Row) -> Ordering {
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

    fn cursor(&self, row: &Row) -> Cursor {
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
    fn place(&self, cursor: &Cursor) -> Option<Row> {
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
