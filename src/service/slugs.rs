//! Slugs that are free.

use std::collections::{BTreeSet, HashMap};

use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::slug::Slug;
use crate::store::StoreError;
use crate::store::articles::{Holders, slugs_taken};

use super::Commit;

/// Number of slugs that one look-up asks for.
const AT_ONCE: u64 = 8;

/// The first of `wanted`, `wanted-2`, `wanted-3` … that is not taken, by `first_free`: the place of the first that is free among
/// several. Doubling the number and then dividing the step finds the end of a long series in few look-ups; in a series with gaps
/// it may find a later gap than the first.
pub(super) fn free_slug(
    wanted: &Slug,
    mut first_free: impl FnMut(&[Slug]) -> Result<Option<usize>, StoreError>,
) -> Result<Slug, StoreError> {
    if first_free(std::slice::from_ref(wanted))?.is_some() {
        return Ok(wanted.clone());
    }
    let mut ask = |numbers: &[u64]| {
        let slugs: Vec<Slug> = numbers.iter().map(|n| wanted.numbered(*n)).collect();
        first_free(&slugs)
    };
    let (mut low, mut high) = (1, None);
    while high.is_none() {
        let doubled: Vec<u64> = (1..=AT_ONCE).map(|n| low << n).collect();
        let free = ask(&doubled)?;
        (low, high) = narrowed(&doubled, free, (low, None));
    }
    while let Some(end) = high.filter(|end| end - low > 1) {
        let step = (end - low).div_ceil(AT_ONCE);
        let between: Vec<u64> = (1..)
            .map(|n| low + n * step)
            .take_while(|n| *n < end)
            .collect();
        let free = ask(&between)?;
        (low, high) = narrowed(&between, free, (low, high));
    }
    Ok(wanted.numbered(low + 1))
}

/// The last number that is taken and the first that is free, by the place of the first free one of some numbers between.
fn narrowed(
    numbers: &[u64],
    free: Option<usize>,
    (low, high): (u64, Option<u64>),
) -> (u64, Option<u64>) {
    let asked = free.unwrap_or(numbers.len());
    let low = asked.checked_sub(1).map_or(low, |last| numbers[last]);
    (low, free.map(|place| numbers[place]).or(high))
}

/// The place of the first slug that is free, where each is asked for by itself.
pub(super) fn first_free(
    slugs: &[Slug],
    mut taken: impl FnMut(&Slug) -> Result<bool, StoreError>,
) -> Result<Option<usize>, StoreError> {
    for (place, slug) in slugs.iter().enumerate() {
        if !taken(slug)? {
            return Ok(Some(place));
        }
    }
    Ok(None)
}

impl Commit<'_> {
    /// Looks up which of some slugs of articles are free, all at once, so that those are given without another look-up.
    ///
    /// # Errors
    /// Those of the database.
    pub fn look_for_free_slugs(
        &mut self,
        wanted: impl IntoIterator<Item = (LanguageTag, Slug)>,
    ) -> Result<(), StoreError> {
        let mut by_lang: HashMap<LanguageTag, BTreeSet<Slug>> = HashMap::new();
        for (lang, slug) in wanted {
            by_lang.entry(lang).or_default().insert(slug);
        }
        for (lang, slugs) in by_lang {
            let slugs: Vec<Slug> = slugs.into_iter().collect();
            let held = slugs_taken(self.conn, &lang, &slugs, None, Holders::All)?;
            let is_free = |slug: &Slug| !held.contains(slug.as_str());
            let free = slugs.into_iter().filter(is_free);
            self.free_slugs
                .extend(free.map(|slug| (lang.clone(), slug)));
        }
        Ok(())
    }

    /// The place of the first slug that no other article holds. `own` is the article that asks, with the slug that it has.
    pub(super) fn first_free_slug(
        &mut self,
        lang: &LanguageTag,
        slugs: &[Slug],
        own: Option<(Id, &Slug)>,
    ) -> Result<Option<usize>, StoreError> {
        let taken = slugs_taken(self.conn, lang, slugs, own, self.holders)?;
        let waiting = |slug: &Slug| {
            let mut articles = self.waiting.articles.iter();
            articles.any(|one| (&one.content.lang, &one.content.slug) == (lang, slug))
        };
        let is_free = |slug: &Slug| !taken.contains(slug.as_str()) && !waiting(slug);
        Ok(slugs.iter().position(is_free))
    }

    /// Gives a slug away: says whether it was known to be free.
    pub(super) fn give_slug(&mut self, lang: &LanguageTag, slug: &Slug) -> bool {
        !self.free_slugs.is_empty() && self.free_slugs.remove(&(lang.clone(), slug.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_long_series_is_found_in_few_look_ups() {
        let wanted = Slug::from_text("market report");
        for last in [1, 2, 3, 8, 9, 255, 256, 257, 5_000] {
            let mut asked = 0;
            let found = free_slug(&wanted, |slugs| {
                asked += 1;
                let number = |slug: &Slug| slug.as_str().rsplit('-').next()?.parse::<u64>().ok();
                let is_free = |slug: &Slug| number(slug).unwrap_or(1) > last;
                Ok(slugs.iter().position(is_free))
            });
            assert_eq!(found.unwrap(), wanted.numbered(last + 1));
            assert!(asked < 9, "{asked}");
        }
    }

    #[test]
    fn a_slug_that_nobody_has_is_given_as_it_is() {
        let wanted = Slug::from_text("market report");
        let found = free_slug(&wanted, |slugs| first_free(slugs, |_| Ok(false)));
        assert_eq!(found.unwrap(), wanted);
    }
}
