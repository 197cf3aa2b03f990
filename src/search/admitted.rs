//! The articles that filters let through, kept while the index stays as it is: the same few filters come with most questions.

use super::sets::Sets;
use crate::domain::id::Id;
use crate::domain::kept::{Kept, Weight};
use crate::domain::search::Filter;

/// Megabytes of the sets of articles that filters let through, in one state of the index, and bytes of a common one.
const ADMITTED_MEGABYTES: u32 = 8;
const TYPICAL_SET: u64 = 8 * 1024;

/// The sets of articles that filters let through.
pub(super) struct Admitted(pub Kept<Filter, Sets>);

impl Default for Admitted {
    fn default() -> Self {
        Self(Kept::new(ADMITTED_MEGABYTES, TYPICAL_SET))
    }
}

impl Weight for Filter {
    fn weight(&self) -> u64 {
        let codes = self.sight.groups.iter().chain(&self.groups);
        let numbers: usize = codes.map(Vec::len).sum();
        let ids = self.ids.len() + self.sight.hidden.len();
        (size_of::<Self>() + numbers * size_of::<i64>() + ids * size_of::<Id>()) as u64
    }
}
