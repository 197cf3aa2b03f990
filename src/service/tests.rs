//! Slugs that are free.

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
