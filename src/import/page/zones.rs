//! The lines around the text in which the metadata stands.

use super::body::Parts;
use super::lines::Lines;

/// Lines above the title that may hold the date.
const ABOVE: usize = 4;
/// Lines below the text that may name editor, author, source and date.
pub(super) const BELOW: usize = 16;
/// Lines below the text that may hold the tags.
const TAGS_BELOW: usize = 80;

/// Places on the page where the metadata is looked for.
pub(super) struct Zones {
    pub(super) above: Vec<usize>,
    pub(super) header: Vec<usize>,
    pub(super) tail: Vec<usize>,
    pub(super) tags: Vec<usize>,
}

impl Zones {
    pub(super) fn new(page: &Lines, title: (usize, usize), parts: &Parts) -> Self {
        let count = page.all.len();
        let until = |reach: usize| (parts.end..(parts.end + reach).min(count)).collect();
        let header = parts
            .header
            .iter()
            .copied()
            .filter(|at| Some(*at) != parts.summary && Some(*at) != parts.subtitle)
            .collect();
        Self {
            above: (title.0.saturating_sub(ABOVE)..title.0).rev().collect(),
            header,
            tail: until(BELOW),
            tags: until(TAGS_BELOW),
        }
    }
}
