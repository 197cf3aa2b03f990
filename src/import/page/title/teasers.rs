//! Titles of other articles in a list that prints each of them twice: with its picture, and again below it.

use std::collections::HashSet;

use super::super::lines::Lines;

/// Lines between the two printings of a title at the most.
const APART: usize = 3;
/// Lines from the beginning of one title to that of the next at the most.
const NEXT: usize = 8;
/// Titles that make a list: one may be the page's own, two its title and its standfirst.
const LIST: usize = 3;
/// Columns of a title at the least.
const TITLE: usize = 24;

/// The lines of the titles in such lists.
pub(super) fn find(lines: &Lines) -> HashSet<usize> {
    let mut found = HashSet::new();
    let (mut titles, mut places): (Vec<&str>, Vec<usize>) = Default::default();
    let mut last = 0;
    for (at, again) in (0..lines.all.len()).filter_map(|at| Some((at, repetition(lines, at)?))) {
        if at - last > NEXT {
            titles.clear();
            places.clear();
        }
        last = at;
        let key = lines.all[at].key.as_str();
        if !titles.contains(&key) {
            titles.push(key);
        }
        places.extend([at, again]);
        if titles.len() >= LIST {
            found.extend(places.drain(..));
        }
    }
    found
}

/// The line right below on which a line that can be a title is printed again.
fn repetition(lines: &Lines, at: usize) -> Option<usize> {
    let line = &lines.all[at];
    let is_title = line.width >= TITLE && !line.is_body() && line.furniture.is_none();
    let below = (at + 1..lines.all.len()).take(APART);
    let mut again = below.filter(|below| is_title && lines.all[*below].key == line.key);
    again.next()
}
