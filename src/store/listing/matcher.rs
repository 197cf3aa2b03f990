//! The condition on an article's facet set: all filters at once, however many values they have.

use std::collections::HashMap;

use crate::domain::language::LanguageTag;

use super::groups::Group;
use super::plan::{Plan, Side};

/// The filters of one side of a plan, and the order of its languages.
pub(super) struct Matcher<'a> {
    /// The groups that a facet belongs to, a bit each.
    groups: HashMap<i64, u128>,
    all: u128,
    langs: &'a [LanguageTag],
}

impl<'a> Matcher<'a> {
    /// Further conditions for articles of the walked group.
    pub(super) fn of(plan: &'a Plan, side: &Side) -> Self {
        Self::of_groups(plan, side.probed.iter())
    }

    /// Conditions for every article.
    pub(super) fn of_all(plan: &'a Plan, side: &Side) -> Self {
        Self::of_groups(plan, side.probed.iter().chain([&side.walked]))
    }

    fn of_groups<'g>(plan: &'a Plan, wanted: impl Iterator<Item = &'g Group>) -> Self {
        let mut groups: HashMap<i64, u128> = HashMap::new();
        let mut all = 0;
        for (n, group) in wanted.enumerate() {
            // Parameters, their repetitions and a contract's limits make fewer groups than bits.
            debug_assert!(n < 128, "a bit for each group");
            all |= 1 << n;
            for facet in group.ids() {
                *groups.entry(facet).or_default() |= 1 << n;
            }
        }
        Self {
            groups,
            all,
            langs: &plan.langs,
        }
    }

    /// True if an article with these facets is in every group, and its edition is the first that its work is published in.
    pub(super) fn admits(&self, facets: &str, lang: &str, published: &str) -> bool {
        self.is_in_all(facets) && self.is_first(lang, published)
    }

    /// True if an article with these facets is in every group.
    pub(super) fn is_in_all(&self, facets: &str) -> bool {
        let mut missing = self.all;
        for number in facets.split(' ') {
            if missing == 0 {
                break;
            }
            let groups = number.parse().ok().and_then(|id: i64| self.groups.get(&id));
            missing &= !groups.copied().unwrap_or(0);
        }
        missing == 0
    }

    fn is_first(&self, lang: &str, published: &str) -> bool {
        if self.langs.is_empty() {
            return true;
        }
        let earlier = |other: &&LanguageTag| other.as_str() != lang;
        let has_own = self.langs.iter().any(|one| one.as_str() == lang);
        let mut earlier = self.langs.iter().take_while(earlier);
        has_own && !earlier.any(|one| published.split(' ').any(|word| word == one.as_str()))
    }
}
