//! Slugs that are free.

use crate::domain::slug::Slug;
use crate::store::StoreError;

/// The first of `wanted`, `wanted-2`, `wanted-3` … that is not taken. Doubling and then halving the step finds the end of
/// a long series in few look-ups; in a series with gaps it may find a later gap than the first.
pub(super) fn free_slug(
    wanted: &Slug,
    mut taken: impl FnMut(&Slug) -> Result<bool, StoreError>,
) -> Result<Slug, StoreError> {
    if !taken(wanted)? {
        return Ok(wanted.clone());
    }
    let (mut low, mut high) = (1, 2);
    while taken(&wanted.numbered(high))? {
        low = high;
        high *= 2;
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if taken(&wanted.numbered(middle))? {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(wanted.numbered(high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_long_series_is_found_in_few_look_ups() {
        let wanted = Slug::from_text("market report");
        let mut asked = 0;
        let found = free_slug(&wanted, |slug| {
            asked += 1;
            let number = slug
                .as_str()
                .rsplit('-')
                .next()
                .and_then(|n| n.parse::<u64>().ok());
            Ok(number.unwrap_or(1) <= 5_000)
        });
        assert_eq!(found.unwrap().as_str(), "market-report-5001");
        assert!(asked < 40, "{asked}");
    }
}
