//! The condition on an article's facet set: all filters at once, however many values they have.

use rustc_hash::FxHashMap;

use crate::domain::language::LanguageTag;

use super::groups::Group;
use super::plan::{Plan, Side};

/// The filters of one side of a plan, and the order of its languages.
pub(super) struct Matcher<'a> {
    /// The groups that a facet belongs to, a bit each.
    groups: FxHashMap<i64, u128>,
    all: u128,
    langs: &'a [LanguageTag],
    /// The same between blanks, as they stand in the words that tell where a work is published.
    words: Vec<String>,
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
        let mut groups: FxHashMap<i64, u128> = FxHashMap::default();
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
            words: plan.langs.iter().map(|lang| format!(" {lang} ")).collect(),
        }
    }

    /// True if an article with these facets is in every group, and its edition is the first that its work is published in.
    pub(super) fn admits(&self, facets: &str, lang: &str, published: &str) -> bool {
        self.is_in_all(facets) && self.is_first(lang, published)
    }

    /// True if an article with these facets is in every group.
    pub(super) fn is_in_all(&self, facets: &str) -> bool {
        let mut missing = self.all;
        for id in numbers(facets) {
            if missing == 0 {
                break;
            }
            missing &= !self.groups.get(&id).copied().unwrap_or(0);
        }
        missing == 0
    }

    fn is_first(&self, lang: &str, published: &str) -> bool {
        if self.langs.is_empty() {
            return true;
        }
        let Some(own) = self.langs.iter().position(|one| one.as_str() == lang) else {
            return false;
        };
        let mut earlier = self.words[..own].iter();
        !earlier.any(|word| published.contains(word.as_str()))
    }
}

/// The numbers of a facet set, which stand between blanks.
fn numbers(set: &str) -> impl Iterator<Item = i64> {
    set.as_bytes()
        .split(|byte| *byte == b' ')
        .filter(|digits| !digits.is_empty())
        .map(|digits| {
            digits.iter().fold(0_i64, |number, digit| {
                let digit = i64::from(digit.wrapping_sub(b'0'));
                number.wrapping_mul(10).wrapping_add(digit)
            })
        })
}
