//! The lines that interrupt a text or end it, and the line where it goes on.

use super::byline;
use super::lines::{Furniture, Line, Lines};
use super::tags;

/// Lines after an interruption in which the text must go on.
const RESUME: usize = 10;
/// Lines of a box within a text at the most.
const FAR: usize = 40;
/// Columns of running text that no list of other articles prints together.
const DENSE: usize = 420;
/// Columns of a paragraph that takes the text up again after a list of links.
const RESUMED: usize = 80;

/// Tells a line behind which nothing of the text follows.
pub(super) fn ends(line: &Line) -> bool {
    line.furniture.is_some_and(Furniture::ends_article)
        || (!line.prose && byline::names_editor(line))
        || tags::is_label(line)
}

/// A list item that is part of the text, not a link.
pub(super) fn is_point(lines: &Lines, at: usize) -> bool {
    let line = &lines.all[at];
    let full = |line: &Line| {
        line.bullet
            && line.furniture.is_none()
            && (line.sentence && line.width >= 40 || line.text.ends_with([';', '；', '。']))
    };
    let closes = at > 0
        && line.bullet
        && !line.parted
        && line.text.ends_with('.')
        && full(&lines.all[at - 1]);
    full(line) || closes
}

/// After a piece of furniture at `at`: the line where the text goes on, if it does.
pub(super) fn resume(lines: &Lines, at: usize) -> Option<usize> {
    let kind = lines.all[at].furniture?;
    let related = kind == Furniture::Related;
    let wary = related || kind == Furniture::Appeal;
    let mut titles = 0;
    for next in at + 1..(at + 1 + RESUME + 10 * usize::from(related)).min(lines.all.len()) {
        let line = &lines.all[next];
        if ends(line) || (related && titles > 1) {
            return None;
        }
        if related
            && titles == 0
            && next >= at + 3
            && line.parted
            && line.sentence
            && !line.bullet
            && line.width >= 40
            && line.furniture.is_none()
            && !is_teaser(lines, next)
        {
            return Some(next);
        }
        if (line.is_body() || (kind == Furniture::Advert && is_point(lines, next)))
            && (!wary || (line.parted && line.width >= RESUMED))
            && !is_teaser(lines, next)
        {
            let heading = next - 1;
            let headed = heading > at
                && titles == 1
                && !related
                && !lines.all[heading].bullet
                && lines.all[heading].furniture.is_none();
            return Some(if headed { heading } else { next });
        }
        if line.furniture == Some(Furniture::Related) {
            return if related { None } else { resume(lines, next) };
        }
        titles += usize::from(!line.bullet && line.furniture.is_none());
    }
    None
}

/// The line within reach where much running text stands together, with no end of the article before it: the text goes on
/// there, whatever stands between.
pub(super) fn resume_dense(lines: &Lines, at: usize) -> Option<usize> {
    for next in at + 1..(at + 1 + FAR).min(lines.all.len()) {
        let line = &lines.all[next];
        if ends(line) && !line.key.is_empty() {
            return None;
        }
        if line.is_body() && !is_teaser(lines, next) && mass(lines, next) >= DENSE {
            return Some(next);
        }
    }
    None
}

/// Columns of the paragraphs that stand from a line on with nothing but furniture between them.
fn mass(lines: &Lines, from: usize) -> usize {
    let together = lines.all[from..]
        .iter()
        .take_while(|line| line.is_body() || (line.furniture.is_some() && !ends(line)));
    let paragraphs = together.take(8).filter(|line| line.is_body());
    paragraphs.map(|line| line.width).sum()
}

/// A paragraph with a date or a byline of its own below it introduces another article.
fn is_teaser(lines: &Lines, at: usize) -> bool {
    lines.all[at + 1..]
        .iter()
        .take(3)
        .take_while(|line| !line.prose)
        .any(|line| line.label && line.width <= 80)
}
