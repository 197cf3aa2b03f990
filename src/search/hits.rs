//! A question and its answer: what a query is read as, which articles it finds, and a page of them in order.

use std::cmp::Ordering;

use super::error::SearchError;
use super::index::Reading;
use super::matching::{Terms, can_be_loose, loose_atoms};
use super::parse::{Parsed, parse};
use super::placed::Placed;
use super::ranking::look_closely;
use super::retyping::retyped;
use super::scoring::weigh;
use super::sets::{Match, Sets};
use super::sorting::{Hit, Order, Sorter};
use super::spelling::{correct_unknown, suggest};
use crate::domain::cursor::Cursor;
use crate::domain::query::{PageRequest, Start};
use crate::domain::search::{Filter, Sight};

/// Number of hits below which articles that lack a word come after those that have all. The same for every filter and page, so that a count is what
/// its filter then finds.
const FEW: usize = 20;
/// The fewest words of a query of which more than one may be lacking, where nothing has all but one: a title from elsewhere, or
/// one that was copied with mistakes.
const LONG: usize = 8;
/// The share of its words that may then be lacking: one of so many.
const LACKING_OF_LONG: usize = 4;
/// Maximum number of them: each is a pass over all articles for each word.
const MOST_LACKING: usize = 6;
/// Another spelling is told of where it finds so many times more.
const MUCH_MORE: usize = 5;
/// Value that halves the share of a score that must stay below one.
const HALF: f32 = 50.0;

/// Weights of hits.
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
    /// All that it finds for the caller: first what has all words.
    pub(super) tiers: Vec<Tier>,
    /// Another spelling, and whether the query is read as it already.
    other: Option<(Parsed, bool)>,
    head_only: bool,
    /// The phrases looked for, which other spellings look for too.
    placed: Placed,
}

/// Articles that match in one way, without those of the tiers before.
#[derive(Debug, Clone)]
pub(super) struct Tier {
    pub articles: Sets,
    parsed: Parsed,
    rank: Rank,
}

/// The order of tiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rank {
    /// All words.
    Whole,
    /// All words, with one as another.
    Near,
    /// All words but one, or but a few of a long query.
    Loose,
}

impl Rank {
    /// A score that puts its hits behind those of the ranks before.
    fn score(self, score: f32) -> f32 {
        let below_one = score / (score + HALF);
        match self {
            Self::Whole => 2.0 + score,
            Self::Near => 1.0 + below_one,
            Self::Loose => below_one,
        }
    }
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
    /// An index that cannot be read.
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
        let placed = read.placed.clone();
        let again = self.read_with(&parse(&text), &filter.sight, placed)?;
        let found = self.find(&again, filter, Look::Counted)?.len() as u64;
        let finds_more = found > total || *is_read_so && found == total && found > 0;
        Ok(finds_more.then_some(text))
    }

    /// Reads a query as its caller may: what the caller may not see changes nothing.
    ///
    /// # Errors
    /// An index that cannot be read.
    pub fn read(&self, parsed: &Parsed, sight: &Sight) -> Result<Read, SearchError> {
        let placed = Placed::among(self.searcher.num_docs());
        self.read_with(parsed, sight, placed)
    }

    fn read_with(
        &self,
        parsed: &Parsed,
        sight: &Sight,
        placed: Placed,
    ) -> Result<Read, SearchError> {
        let terms = Terms::of(self, sight.head_only, &placed);
        let all = self.admitted(&Filter::of_sight(sight.clone()))?;
        let spelled = correct_unknown(&terms, parsed, &all)?;
        let is_as_typed = spelled.is_none();
        let own = spelled.as_ref().map_or(parsed, |spelled| &spelled.parsed);
        let whole = terms.matching(own, 0, &all)?;
        let found = whole.len();
        let mut tiers = Tiers::default();
        tiers.add(Rank::Whole, own, whole);
        let is_loose = found < FEW && can_be_loose(own);
        let mut other = spelled
            .as_ref()
            .map(|spelled| (spelled.parsed.clone(), true));
        let is_rare = found == 0 || found < FEW / MUCH_MORE && parsed.wanted().count() == 1;
        if is_as_typed && is_rare {
            let near = suggest(&terms, parsed, &all, found)?;
            let near = near.filter(|near| found == 0 || near.found >= MUCH_MORE * (found + 1));
            if let Some(near) = near.as_ref().filter(|_| found == 0 && is_loose) {
                let articles = terms.matching(&near.parsed, 0, &all)?;
                tiers.add(Rank::Near, &near.parsed, articles);
            }
            other = near.map(|near| (near.parsed, false));
        }
        if is_loose {
            tiers.add(Rank::Loose, own, terms.matching(own, 1, &all)?);
            let words = loose_atoms(own).count();
            if words >= LONG && tiers.is_empty() {
                let lacking = (words / LACKING_OF_LONG).min(MOST_LACKING);
                let articles = terms.matching(own, lacking, &all)?;
                tiers.add(Rank::Loose, own, articles);
            }
        }
        Ok(Read {
            parsed: own.clone(),
            tiers: tiers.all,
            other,
            head_only: sight.head_only,
            placed,
        })
    }

    /// Every hit, those with all words first.
    pub(super) fn find(
        &self,
        read: &Read,
        filter: &Filter,
        look: Look,
    ) -> Result<Vec<Match>, SearchError> {
        let terms = Terms::of(self, read.head_only, &read.placed);
        let admitted = self.admitted(filter)?;
        let fallback = self.fallback(filter)?;
        let mut found = Vec::new();
        for tier in &read.tiers {
            let mut articles = tier.articles.clone();
            articles.intersect(&admitted);
            if let Some(fallback) = &fallback {
                articles = fallback.firsts(&articles);
            }
            let mut hits = match look {
                Look::Counted => articles.matches().collect(),
                Look::Scored | Look::Closely => weigh(&terms, &tier.parsed, &articles)?,
            };
            if look == Look::Closely {
                look_closely(&terms, &tier.parsed, &mut hits)?;
            }
            for hit in &mut hits {
                hit.score = tier.rank.score(hit.score);
            }
            found.extend(hits);
        }
        Ok(found)
    }

    /// A page of what a query finds under a filter.
    ///
    /// # Errors
    /// An index that cannot be read.
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

/// Tiers as they come.
#[derive(Default)]
struct Tiers {
    all: Vec<Tier>,
}

impl Tiers {
    fn is_empty(&self) -> bool {
        self.all.iter().all(|tier| tier.articles.is_empty())
    }

    fn add(&mut self, rank: Rank, parsed: &Parsed, mut articles: Sets) {
        for before in &self.all {
            articles.subtract(&before.articles);
        }
        self.all.push(Tier {
            articles,
            parsed: parsed.clone(),
            rank,
        });
    }
}
