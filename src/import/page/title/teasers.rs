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

/// The keys of the titles in such lists.
pub(super) fn find(lines: &Lines) -> HashSet<&str> {
    let mut found = HashSet::new();
    let mut list: Vec<&str> = Vec::new();
    let mut last = 0;
    for at in (0..lines.all.len()).filter(|at| is_repeated(lines, *at)) {
        if at - last > NEXT {
            list.clear();
        }
        last = at;
        let key = lines.all[at].key.as_str();
        if !list.contains(&key) {
            list.push(key);
        }
        if list.len() >= LIST {
            found.extend(list.iter().copied());
        }
    }
    found
}

/// True if a line that can be a title is printed again right below.
fn is_repeated(lines: &Lines, at: usize) -> bool {
    let line = &lines.all[at];
    let below = lines.all[at + 1..].iter().take(APART);
    line.width >= TITLE
        && !line.is_body()
        && line.furniture.is_none()
        && below.into_iter().any(|below| below.key == line.key)
}
