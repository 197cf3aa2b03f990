//! Which line is the title: the one on which the trail, the byline below it, the words of the text and its own repetition agree.

use std::collections::HashSet;

use super::breadcrumb::{self, Trail};
use super::lines::{Line, Lines};
use super::names;
use super::text::{is_chinese, is_han, key};

/// Candidates whose words are compared with the text.
const SHORTLIST: usize = 40;
/// Lines after a candidate in which its text must begin.
const REACH: usize = 60;
/// Lines after a candidate in which its byline is looked for.
const BYLINE_REACH: usize = 10;
/// Characters of text that a candidate is compared with.
const SAMPLE: usize = 2_500;

/// How much better a standfirst may score than the title above it.
const STANDFIRST_MARGIN: f64 = 2.5;

struct Scored {
    at: usize,
    score: f64,
}

/// The first line that prints the title, and the last that does so before the text begins.
pub(super) fn find(lines: &Lines, trails: &[Trail]) -> Option<(usize, usize)> {
    let context = Context::new(lines, trails);
    let mut scored: Vec<Scored> = (0..lines.all.len())
        .filter_map(|at| {
            Some(Scored {
                at,
                score: context.score(at)?,
            })
        })
        .collect();
    scored.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.at.cmp(&b.at)));
    scored.truncate(SHORTLIST);
    for candidate in &mut scored {
        candidate.score += 7.0 * context.overlap(candidate.at);
    }
    let best = scored
        .iter()
        .max_by(|a, b| a.score.total_cmp(&b.score).then(b.at.cmp(&a.at)))?;
    Some(context.printings(context.above_standfirst(best, &scored)))
}

struct Context<'p> {
    lines: &'p Lines,
    /// Columns of prose before each line.
    mass: Vec<usize>,
    /// The next line of prose from each line on.
    next_prose: Vec<usize>,
    tails: HashSet<usize>,
    after_trail: HashSet<usize>,
}

impl<'p> Context<'p> {
    fn new(lines: &'p Lines, trails: &[Trail]) -> Self {
        let count = lines.all.len();
        let mut mass = vec![0; count + 1];
        let mut next_prose = vec![count; count + 1];
        for at in 0..count {
            let line = &lines.all[at];
            mass[at + 1] = mass[at] + if line.is_body() { line.width } else { 0 };
        }
        for at in (0..count).rev() {
            next_prose[at] = if lines.all[at].is_body() {
                at
            } else {
                next_prose[at + 1]
            };
        }
        let after_trail = trails
            .iter()
            .filter(|trail| breadcrumb::is_home(&trail.crumbs[0]) || trail.first == trail.last)
            .map(|trail| trail.last + 1)
            .collect();
        Self {
            lines,
            mass,
            next_prose,
            tails: tails(lines, trails),
            after_trail,
        }
    }

    fn line(&self, at: usize) -> &Line {
        &self.lines.all[at]
    }

    /// What the line and its neighbours say; none when it cannot be a title.
    fn score(&self, at: usize) -> Option<f64> {
        let line = self.line(at);
        let possible = !line.bullet
            && (8..=240).contains(&line.width)
            && line.furniture.is_none()
            && !line.label
            && !self.is_headed_copy(line)
            && line.key.chars().any(char::is_alphabetic);
        let start = self.next_prose[at + 1];
        if !possible
            || start >= self.lines.all.len()
            || start - at > REACH
            || (line.prose && line.text.ends_with(['.', '。']))
        {
            return None;
        }
        let mass = self.mass[(at + REACH).min(self.lines.all.len())] - self.mass[at + 1];
        let mut score = (1.0 + mass as f64 / 100.0).ln() - 0.12 * ((start - at) as f64).min(40.0);
        score += self.trail_points(at) + shape_points(line) + self.byline_points(at);
        score += 1.5
            * (self.lines.count(line).min(3) - 1) as f64
            * f64::from(u8::from(line.width >= 24));
        let before = self.mass[at] - self.mass[at.saturating_sub(4)];
        Some(score - 4.0 * f64::from(u8::from(before > 0)))
    }

    /// A menu bar that repeats the title behind its section: `Culture|The title`.
    fn is_headed_copy(&self, line: &Line) -> bool {
        let title = line.text.rsplit_once('|').map(|(_, title)| key(title));
        title.is_some_and(|title| title.len() >= 20 && self.lines.counts.contains_key(&title))
    }

    fn trail_points(&self, at: usize) -> f64 {
        let tail = if self.tails.contains(&at) { 6.0 } else { 0.0 };
        let near = (0..3)
            .find(|back| at >= *back && self.after_trail.contains(&(at - back)))
            .map_or(0.0, |back| 3.0 - back as f64);
        tail + near
    }

    fn byline_points(&self, at: usize) -> f64 {
        let (mut dated, mut signed) = (0.0f64, 0.0f64);
        for next in at + 1..(at + 1 + BYLINE_REACH).min(self.lines.all.len()) {
            let decay = 0.88f64.powi(i32::try_from(next - at - 1).unwrap_or(0));
            let line = self.line(next);
            if line.is_body() && line.width > 160 {
                break;
            }
            dated = dated.max(if line.stamps.is_empty() {
                0.0
            } else {
                3.5 * decay
            });
            signed = signed.max(if line.label { 2.5 * decay } else { 0.0 });
        }
        let above = (at.saturating_sub(2)..at).any(|above| !self.line(above).stamps.is_empty());
        let own = if self.line(at).stamps.is_empty() {
            0.0
        } else {
            -2.5
        };
        dated + signed + own + f64::from(u8::from(above))
    }

    /// The share of the title's words that the text below it uses.
    fn overlap(&self, at: usize) -> f64 {
        let words = terms(&self.line(at).text);
        let mut text = String::new();
        for line in self.lines.all[at + 1..]
            .iter()
            .take(REACH)
            .filter(|line| line.is_body())
        {
            text.extend(line.text.chars().take(SAMPLE));
            if text.len() > SAMPLE {
                break;
            }
        }
        let used = terms(&text);
        let shared = words.iter().filter(|word| used.contains(*word)).count();
        shared as f64 / words.len().max(3) as f64
    }

    /// A standfirst without a full stop looks like a title; the title is the shorter line right above it that scores nearly as well.
    fn above_standfirst(&self, best: &Scored, scored: &[Scored]) -> usize {
        let width = self.line(best.at).width;
        let near = |other: &&Scored| {
            other.at < best.at
                && best.at - other.at <= 4
                && self.mass[best.at] == self.mass[other.at]
        };
        let title = |other: &&Scored| {
            other.score + STANDFIRST_MARGIN >= best.score
                && (24..width).contains(&self.line(other.at).width)
                && self.line(other.at).key != self.line(best.at).key
        };
        scored
            .iter()
            .filter(near)
            .filter(title)
            .max_by(|a, b| a.score.total_cmp(&b.score))
            .map_or(best.at, |other| other.at)
    }

    /// The first and last printing of the title before its text begins.
    fn printings(&self, at: usize) -> (usize, usize) {
        let key = &self.line(at).key;
        let same = |other: &usize| self.line(*other).key == *key && !self.line(*other).bullet;
        let first = (at.saturating_sub(12)..at)
            .find(|other| same(other) && self.mass[*other] == self.mass[at])
            .unwrap_or(at);
        let last = (at..(at + 12).min(self.next_prose[at + 1]))
            .rev()
            .find(same)
            .unwrap_or(at);
        (first, last)
    }
}

fn tails(lines: &Lines, trails: &[Trail]) -> HashSet<usize> {
    let mut found = HashSet::new();
    for trail in trails {
        let around = trail.first.saturating_sub(3)..(trail.last + 40).min(lines.all.len());
        found.extend(around.filter(|at| {
            (*at < trail.first || *at > trail.last)
                && lines.all[*at].width >= 12
                && breadcrumb::ends_with_title(trail, &lines.all[*at].key)
        }));
    }
    found
}

/// What the form of a line says: titles are neither very short nor sentences with a full stop.
fn shape_points(line: &Line) -> f64 {
    let text = line.text.as_str();
    let mut points = match line.width {
        0..14 => -2.0,
        14..24 => 0.0,
        24..150 => 1.5,
        _ => 0.0,
    };
    if text.ends_with(['.', '。', ':', '：', ',', '，', '；']) {
        points -= 2.5;
    }
    if text.ends_with(['>', '›', '|']) || text.ends_with("...") {
        points -= 1.5;
    }
    if !is_chinese(text) && text.split_whitespace().count() < 3 {
        points -= 1.5;
    }
    if text
        .split_whitespace()
        .all(|word| !word.starts_with(char::is_lowercase) || word.len() < 4)
        && text.split_whitespace().count() <= 6
        && names::is_office(text)
    {
        points -= 5.0;
    }
    if text.starts_with(char::is_lowercase) {
        points -= 1.0;
    }
    points
}

/// Words of four letters and more, and pairs of ideographs.
fn terms(text: &str) -> HashSet<String> {
    let chars: Vec<char> = text
        .chars()
        .filter(|c| *c != '\u{ad}')
        .flat_map(char::to_lowercase)
        .collect();
    let pairs = chars
        .windows(2)
        .filter(|pair| pair.iter().all(|c| is_han(*c)))
        .map(|pair| pair.iter().collect());
    let words = chars
        .split(|c| !c.is_alphanumeric() || is_han(*c))
        .filter(|word| word.len() >= 4)
        .map(|word| word.iter().take(12).collect());
    pairs.chain(words).collect()
}
