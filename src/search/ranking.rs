//! The order of hits: BM25 over all of a text finds the likely ones, and these are looked at closely: words of the title over
//! those of the lead over those of the body, as written over their stem, side by side over far apart.

use tantivy::{DocId, SegmentOrdinal};

use super::document::{REGIONS, region_ends};
use super::error::SearchError;
use super::matching::Terms;
use super::parse::{Atom, Parsed};
use super::phrase::{Phrase, needed};
use super::positions::{Places, holds};
use super::sets::Match;
use super::terms::{run_terms, stems_of};

/// Hits looked at closely. Of more hits, those with the words side by side are looked for, up to as many again.
const CLOSELY: usize = 200;
/// Hits among which words side by side are looked for first, and how many times more next.
const FIRST_LOOK: usize = 1_000;
const MORE: usize = 8;
/// Number of the words compared, the first ones.
const MOST_BESIDE: usize = 8;
/// Places of so many words of articles are read to look for them.
const MOST_READ: usize = 150_000;
/// Maximum number of words that are looked at closely.
const MOST_UNITS: usize = 24;

/// Bonus of each merit, as a share of the word's weight.
const EXACT: f32 = 0.25;
const IN_TITLE: f32 = 0.9;
const STEM_IN_TITLE: f32 = 0.6;
const IN_LEAD: f32 = 0.35;
const SIDE_BY_SIDE: f32 = 1.2;
const ALL_IN_ORDER: f32 = 1.0;
const WHOLE_TITLE: f32 = 1.0;

/// A word or pair of ideographs that is looked at.
struct Unit {
    /// As written, alone and joined with its neighbours.
    forms: Vec<String>,
    stems: Vec<String>,
    /// Its place in the query, where neighbours in it are wanted as neighbours.
    place: usize,
    weight: f32,
}

fn units(terms: &Terms<'_>, parsed: &Parsed) -> Result<Vec<Unit>, SearchError> {
    let mut units = Vec::new();
    let mut free = 10_000;
    for atom in parsed.positive() {
        match atom {
            Atom::Word(wanted) => {
                let own = wanted
                    .word
                    .named
                    .clone()
                    .unwrap_or_else(|| wanted.word.text.clone());
                let mut forms = vec![own];
                forms.extend(wanted.joined.iter().cloned());
                units.push((forms, stems_of(&wanted.word, &wanted.joined), wanted.place));
            }
            Atom::Run(place, words) => {
                let run = run_terms(words).into_iter();
                units.extend(run.map(|(at, term)| (vec![term], Vec::new(), place + at)));
            }
            Atom::Phrase(words) | Atom::Title(words) => {
                free += 1_000;
                let run = run_terms(words).into_iter();
                units.extend(run.map(|(at, term)| (vec![term], Vec::new(), free + at)));
            }
            Atom::Prefix(_) | Atom::TitlePrefix(_) => {}
        }
    }
    units.truncate(MOST_UNITS);
    let all = terms.searcher.num_docs() as f32 + 1.0;
    let weigh = |(forms, stems, place): (Vec<String>, Vec<String>, usize)| {
        let mut freq = 0;
        for form in &forms {
            freq = freq.max(terms.doc_freq(terms.exact(), form)?);
        }
        Ok(Unit {
            weight: (all / (freq as f32 + 1.0)).ln().max(0.3),
            forms,
            stems,
            place,
        })
    };
    units.into_iter().map(weigh).collect()
}

/// Adds to the scores of the best hits what a close look tells. The hits come in the order of the index.
pub(super) fn look_closely(
    terms: &Terms<'_>,
    parsed: &Parsed,
    hits: &mut [Match],
) -> Result<(), SearchError> {
    let units = units(terms, parsed)?;
    if units.is_empty() || hits.is_empty() {
        return Ok(());
    }
    let mut chosen = likely(hits);
    if hits.len() > CLOSELY {
        chosen.extend(side_by_side(terms, parsed, hits)?);
    }
    chosen.sort_unstable();
    chosen.dedup();
    let merits = chosen
        .chunk_by(|a, b| hits[*a].segment == hits[*b].segment)
        .map(|own| {
            let docs: Vec<DocId> = own.iter().map(|at| hits[*at].doc).collect();
            merits_of(terms, &units, hits[own[0]].segment, &docs)
        });
    let merits: Vec<Vec<f32>> = merits.collect::<Result<_, _>>()?;
    for (at, merit) in chosen.iter().zip(merits.into_iter().flatten()) {
        hits[*at].score += merit;
    }
    Ok(())
}

/// Places of the hits with the best scores; of equal ones, the first.
fn likely(hits: &[Match]) -> Vec<usize> {
    if hits.len() <= CLOSELY {
        return (0..hits.len()).collect();
    }
    let mut scores: Vec<f32> = hits.iter().map(|hit| hit.score).collect();
    let (_, last, _) = scores.select_nth_unstable_by(CLOSELY - 1, |a, b| b.total_cmp(a));
    let last = *last;
    let better = (0..hits.len()).filter(|at| hits[*at].score > last);
    let as_good = (0..hits.len()).filter(|at| hits[*at].score == last);
    better.chain(as_good).take(CLOSELY).collect()
}

/// Places of the best of those hits that have the whole query side by side: BM25 alone may put them anywhere. They are looked
/// for among the best hits first, then among many times more, until enough are found or too much was read.
fn side_by_side(
    terms: &Terms<'_>,
    parsed: &Parsed,
    hits: &[Match],
) -> Result<Vec<usize>, SearchError> {
    let Some(phrase) = whole_query(parsed) else {
        return Ok(Vec::new());
    };
    let mut order: Vec<usize> = (0..hits.len()).collect();
    let better = |a: &usize, b: &usize| hits[*b].score.total_cmp(&hits[*a].score).then(a.cmp(b));
    let (mut found, mut budget) = (Vec::new(), MOST_READ);
    let (mut rest, mut count) = (order.as_mut_slice(), FIRST_LOOK);
    while !rest.is_empty() && found.len() < CLOSELY && budget > 0 {
        if count < rest.len() {
            rest.select_nth_unstable_by(count - 1, better);
        }
        let end = count.min(rest.len());
        let (batch, others) = std::mem::take(&mut rest).split_at_mut(end);
        batch.sort_unstable();
        for own in batch.chunk_by(|a, b| hits[*a].segment == hits[*b].segment) {
            let reader = terms.searcher.segment_reader(hits[own[0]].segment);
            let mut phrase = Phrase::open(reader, terms.exact(), &phrase, MOST_BESIDE)?;
            let beside = own
                .iter()
                .filter(|at| phrase.is_in(hits[**at].doc, &mut budget));
            found.extend(beside.copied());
        }
        (rest, count) = (others, count * MORE);
    }
    found.sort_unstable_by(better);
    found.truncate(CLOSELY);
    Ok(found)
}

/// The terms of a query as one phrase, where it has plain words alone.
fn whole_query(parsed: &Parsed) -> Option<Vec<(usize, String)>> {
    let mut words = Vec::new();
    for atom in parsed.wanted() {
        match atom {
            Atom::Word(wanted) if wanted.word.named.is_none() => words.push(wanted.word.clone()),
            Atom::Run(_, run) => words.extend(run.iter().cloned()),
            _ => return None,
        }
    }
    let terms = run_terms(&words);
    (words.len() > 1 && terms.len() > 1).then(|| needed(&terms))
}

/// The merits of some articles of a segment, whose numbers rise.
fn merits_of(
    terms: &Terms<'_>,
    units: &[Unit],
    segment: SegmentOrdinal,
    docs: &[DocId],
) -> Result<Vec<f32>, SearchError> {
    let reader = terms.searcher.segment_reader(segment);
    let regions = terms.columns.u64(reader, REGIONS)?;
    let forms = units.iter().map(|unit| unit.forms.as_slice());
    let placed = Places::read(reader, terms.exact(), forms, docs)?;
    let mut titled = Vec::with_capacity(units.len());
    for unit in units {
        titled.push(holds(reader, terms.fields.title_stems, &unit.stems, docs)?);
    }
    let mut merits = Vec::with_capacity(docs.len());
    for (n, doc) in docs.iter().enumerate() {
        let ends = region_ends(regions.first(*doc).unwrap_or(0));
        let places = |unit: usize| placed.of(unit, n);
        let in_title = |unit: usize| titled[unit][n];
        merits.push(merit(units, places, in_title, ends));
    }
    Ok(merits)
}

/// The score that a close look at one article adds.
fn merit<'p>(
    units: &[Unit],
    places: impl Fn(usize) -> &'p [u32],
    is_stem_in_title: impl Fn(usize) -> bool,
    (title_end, lead_end): (u32, u32),
) -> f32 {
    let (mut merit, mut title_hits) = (0.0, 0);
    for (n, unit) in units.iter().enumerate() {
        let own = places(n);
        let first = own.first().copied();
        let has = |from: u32, to: u32| own.iter().any(|place| (from..to).contains(place));
        if first.is_some() {
            merit += EXACT * unit.weight;
        }
        if first.is_some_and(|place| place < title_end) {
            merit += IN_TITLE * unit.weight;
            title_hits += 1;
        } else if is_stem_in_title(n) {
            merit += STEM_IN_TITLE * unit.weight;
            title_hits += 1;
        } else if has(title_end, lead_end) {
            merit += IN_LEAD * unit.weight;
        }
    }
    let total: f32 = units.iter().map(|unit| unit.weight).sum();
    if title_hits == units.len() && title_end > 0 {
        let share = title_hits as f32 / title_end as f32;
        merit += WHOLE_TITLE * total * share.min(1.0);
    }
    let mut joints = 0;
    for (n, pair) in units.windows(2).enumerate() {
        let step = pair[1].place.wrapping_sub(pair[0].place);
        if step <= 2 && is_beside(places(n), places(n + 1), u32::try_from(step).unwrap_or(1)) {
            merit += SIDE_BY_SIDE * (pair[0].weight + pair[1].weight) / 2.0;
            joints += 1;
        }
    }
    if units.len() > 2 && joints == units.len() - 1 {
        merit += ALL_IN_ORDER * total;
    }
    merit
}

/// True if a place of the second follows one of the first at this distance; both rise.
fn is_beside(first: &[u32], second: &[u32], step: u32) -> bool {
    first
        .iter()
        .any(|place| second.binary_search(&(place + step)).is_ok())
}
