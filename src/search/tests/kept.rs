//! Facts that are kept of an index between questions: for as long as its articles stay, and for the same filter alone.

use std::sync::Arc;

use super::*;
use crate::domain::search::Sight;

#[test]
fn what_was_made_of_the_articles_stays_until_they_change() {
    let library = library(&[document(1, "en", "A title", "", "")]);
    let stamp = |seq| Stamp { seq, mark: None };
    let first = library.reading().unwrap();
    library.advance(stamp(2));
    let later = library.reading().unwrap();
    assert_eq!(later.stamp(), stamp(2));
    assert!(Arc::ptr_eq(&first.derived, &later.derived));
    assert_eq!(find(&library, "title", &Filter::default()), [1]);
    let mut writer = library.writer().unwrap().unwrap();
    writer
        .put(document(2, "en", "A title", "", ""), stamp(2))
        .unwrap();
    library.commit(&mut writer, stamp(3)).unwrap();
    assert_eq!(find(&library, "title", &Filter::default()), [2, 1]);
    assert!(!Arc::ptr_eq(
        &first.derived,
        &library.reading().unwrap().derived
    ));
}

#[test]
fn the_filters_of_one_caller_let_nothing_through_for_another() {
    let library = library(&[
        document(1, "en", "A title", "", ""),
        document(2, "en", "A title", "", ""),
    ]);
    let of = |sight: Sight| Filter::of_sight(sight);
    let group = |facet| Sight {
        groups: vec![vec![facet]],
        ..Sight::default()
    };
    let hiding = |number| Sight {
        hidden: vec![id(number)],
        ..Sight::default()
    };
    let until = |time| Sight {
        cutoff: Some(time),
        ..Sight::default()
    };
    let wanted = |facet| Filter {
        groups: vec![vec![facet]],
        ..Filter::default()
    };
    for _ in 0..2 {
        assert_eq!(find(&library, "title", &Filter::default()), [2, 1]);
        assert_eq!(find(&library, "title", &of(group(101))), [1]);
        assert_eq!(find(&library, "title", &of(group(102))), [2]);
        assert_eq!(find(&library, "title", &of(hiding(2))), [1]);
        assert_eq!(find(&library, "title", &of(hiding(1))), [2]);
        assert_eq!(find(&library, "title", &of(until(1))), [1]);
        assert_eq!(find(&library, "title", &of(until(2))), [2, 1]);
        assert_eq!(find(&library, "title", &wanted(101)), [1]);
    }
}
