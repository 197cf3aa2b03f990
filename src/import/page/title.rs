//! The line of the title: the one on which the trail, the byline below it, the words of the text and its own repetition agree.

mod shape;
mod teasers;

use std::collections::HashSet;

use super::breadcrumb::{self, Trail};
use super::lines::{Furniture, Line, Lines};
use super::text::key;
use super::{label, names, signature};
use shape::{shape_points, terms};

/// Candidates whose words are compared with the text.
const SHORTLIST: usize = 40;
/// Lines after a candidate in which its text must begin.
const REACH: usize = 60;
/// Lines after a candidate in which its byline is looked for.
const BYLINE_REACH: usize = 10;
/// Characters of text that a candidate is compared with.
const SAMPLE: usize = 2_500;
/// Columns of the longest title.
const WIDEST: usize = 240;
/// Lines below a breadcrumb in which the headline is looked for.
const HEADLINE_REACH: usize = 4;

/// From this width on a standfirst may be shorter than the title right above it.
const WORDY: usize = 80;
/// Letters of the end of a title that the alternative text of its picture repeats, and of what stands before it in the title.
const REPEATED: usize = 20;
const BEFORE: usize = 8;
/// Points of a line that the page prints as a heading.
const HEADING: f64 = 1.25;
/// Points of a title in a list of other articles.
const TEASER: f64 = -6.0;
/// Lead that a standfirst's score may have over the title above it.
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
    let title = context.above_standfirst(best, &scored);
    Some(context.printings(context.whole(title, &scored)))
}

struct Context<'p> {
    lines: &'p Lines,
    /// Columns of prose before each line.
    mass: Vec<usize>,
    /// The next line of prose from each line on.
    next_prose: Vec<usize>,
    tails: HashSet<usize>,
    after_trail: HashSet<usize>,
    below: Below,
    teasers: HashSet<usize>,
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
            below: Below::new(lines, trails),
            teasers: teasers::find(lines),
        }
    }

    fn line(&self, at: usize) -> &Line {
        &self.lines.all[at]
    }

    /// Score of the line and its neighbours; none when it cannot be a title.
    fn score(&self, at: usize) -> Option<f64> {
        let line = self.line(at);
        let heads = self.below.headlines.contains(&at);
        let possible = !line.bullet
            && (heads || line.width >= 8 && line.furniture.is_none() && !line.label)
            && line.width <= WIDEST
            && !self.below.trails.contains(&at)
            && !self.is_headed_copy(line)
            && !self.lines.is_menu(line)
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
        score += HEADING * f64::from(u8::from(self.lines.headings.contains(&line.key)));
        score += TEASER * f64::from(u8::from(self.teasers.contains(&at)));
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
        let headline = if self.below.headlines.contains(&at) {
            6.0
        } else {
            near
        };
        let above = if self.below.above.contains(&at) {
            -4.0
        } else {
            0.0
        };
        let arrows = if self.below.arrows.contains(&at) {
            -3.0
        } else {
            0.0
        };
        tail + headline + above + arrows
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
            let longest = match other.at + 1 == best.at && width >= WORDY {
                true => 2 * width,
                false => width,
            };
            other.score + STANDFIRST_MARGIN >= best.score
                && (24..longest).contains(&self.line(other.at).width)
                && self.line(other.at).key != self.line(best.at).key
        };
        scored
            .iter()
            .filter(near)
            .filter(title)
            .max_by(|a, b| a.score.total_cmp(&b.score))
            .map_or(best.at, |other| other.at)
    }

    /// A picture below the title may repeat its end alone; the title is the line right above that says more.
    fn whole(&self, at: usize, scored: &[Scored]) -> usize {
        let end = &self.line(at).key;
        let is_whole = |other: &&Scored| {
            let before = self.line(other.at).key.strip_suffix(end.as_str());
            let is_head = |before: &str| {
                self.lines.all[..other.at]
                    .iter()
                    .any(|line| line.key == before)
            };
            (at.saturating_sub(4)..at).contains(&other.at)
                && self.mass[at] == self.mass[other.at]
                && end.len() >= REPEATED
                && before.is_some_and(|before| before.len() >= BEFORE && !is_head(before))
        };
        scored.iter().find(is_whole).map_or(at, |other| other.at)
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

/// The lines of the breadcrumbs, and those around them.
#[derive(Default)]
struct Below {
    /// Lines of a breadcrumb.
    trails: HashSet<usize>,
    /// Lines with an arrow that may be something else.
    arrows: HashSet<usize>,
    /// For each breadcrumb, the line below it that can be the headline.
    headlines: HashSet<usize>,
    /// Lines between the text before a breadcrumb and the breadcrumb: the site's name and its menus.
    above: HashSet<usize>,
}

impl Below {
    fn new(lines: &Lines, trails: &[Trail]) -> Self {
        let mut below = Self::default();
        for trail in trails {
            match trail.is_plain() {
                true => below.trails.extend(trail.lines()),
                false if trail.has_arrows() => below.arrows.extend(trail.lines()),
                false => {}
            }
        }
        // A list may as well stand below the headline.
        let on_one_line = |trail: &&Trail| trail.is_plain() && trail.first == trail.last;
        for trail in trails.iter().filter(on_one_line) {
            let Some(at) = below.headline(lines, trail) else {
                continue;
            };
            below.headlines.insert(at);
            let menus = (0..trail.first).rev();
            let menus = menus.take_while(|at| !lines.all[*at].is_body());
            below
                .above
                .extend(menus.filter(|above| lines.all[*above].key != lines.all[at].key));
        }
        below
    }

    /// The line that repeats the last entry of the breadcrumb, else the first one below that can be a headline.
    fn headline(&self, lines: &Lines, trail: &Trail) -> Option<usize> {
        let reach = trail.last + 1..(trail.last + 1 + HEADLINE_REACH).min(lines.all.len());
        let near = || reach.clone().filter(|at| !self.trails.contains(at));
        let repeated = near().find(|at| breadcrumb::ends_with_title(trail, &lines.all[*at].key));
        match repeated {
            Some(at) if heads_a_title(lines, at) => Some(at + 1),
            Some(at) => Some(at),
            None => near().find(|at| can_head(lines, *at)),
        }
    }
}

/// True if a short line is the section's name, printed again right above the headline.
fn heads_a_title(lines: &Lines, at: usize) -> bool {
    let line = &lines.all[at];
    let below = lines.all.get(at + 1);
    line.width < 24
        && can_head(lines, at + 1)
        && below.is_some_and(|below| !below.parted && below.width > 2 * line.width)
}

/// True if a line below a breadcrumb can be the headline. One that reads as a label or as a notice can where a byline follows.
fn can_head(lines: &Lines, at: usize) -> bool {
    let Some(line) = lines.all.get(at) else {
        return false;
    };
    let signed = lines.all.get(at + 1).is_some_and(|next| next.label);
    let words = match line.furniture {
        None => !line.label || (signed && !names_maker(line)),
        Some(
            Furniture::Appeal | Furniture::Notice | Furniture::Caption | Furniture::RelatedLink,
        ) => signed,
        Some(_) => false,
    };
    words
        && !line.bullet
        && line.width <= WIDEST
        && line.key.chars().any(char::is_alphabetic)
        && !(line.prose && line.text.ends_with(['.', '。']))
}

/// True if a line that reads as a label names a person, a paper or little more than a date.
fn names_maker(line: &Line) -> bool {
    let dated: usize = line
        .stamps
        .iter()
        .map(|stamp| stamp.end - stamp.start)
        .sum();
    let names = |name: &str| names::is_person(name) || names::is_organisation(name);
    let labelled = label::read(&line.raw);
    dated * 2 > line.text.len()
        || labelled.iter().any(|field| names(&field.value))
        || signature::by(&line.text).is_some_and(|name| names(&name))
        || signature::BY_ALONE.is_match(&line.text)
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

#[cfg(test)]
mod tests;
