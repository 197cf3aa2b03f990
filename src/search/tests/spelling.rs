//! Words with a slip: read as the nearest, and offered.

use super::*;

/// The number of hits, and the spelling that is offered.
fn offer(library: &Library, query: &str) -> (u64, Option<String>) {
    let (reading, filter) = (library.reading().unwrap(), Filter::default());
    let read = reading.read(&parse::parse(query), &filter.sight).unwrap();
    let page = PageRequest::default();
    let found = reading
        .page(&read, &filter, Order::Relevance, &page)
        .unwrap();
    let other = reading.did_you_mean(query, &read, &filter, found.total);
    (found.total, other.unwrap())
}

#[test]
fn a_spelling_is_offered_where_it_finds_no_fewer() {
    let mut documents = Vec::new();
    for n in 0..60 {
        let body = match n % 3 {
            0 => "oil and wheat and price",
            1 => "wheat and gold and price",
            _ => "as oil goes",
        };
        documents.push(document(n, "en", "Of trade", "", body));
    }
    documents.push(document(90, "en", "Golf", "", "oil wheat price golf"));
    let library = library(&documents);
    for query in [
        "oil wheat price gold",
        "a b oil",
        "oil wheet",
        "golff oil",
        "wheatprice",
        "oil\n wheet\r\nprice",
        "-oil wheet OR gold prise",
    ] {
        let (total, other) = offer(&library, query);
        let Some(other) = other else { continue };
        let (found, _) = offer(&library, &other);
        assert!(
            found >= total && found > 0,
            "{query}: {total}, {other}: {found}"
        );
        assert!(!other.contains(char::is_control), "{other:?}");
    }
    assert_eq!(offer(&library, "oil\r\n wheet").1.unwrap(), "oil wheat");
    assert_eq!(offer(&library, "oil wheat price gold").1, None);
}

#[test]
fn a_slip_is_found_beside_ideographs_and_in_letters_that_stand_behind_them() {
    let library = library(&[
        document(1, "zh", "环境政策", "", "环境政策与气候变化"),
        document(2, "ko", "대한민국", "", "대한민국 소식"),
        document(3, "en", "Environment", "", "the environment"),
    ]);
    for (typed, found) in [("envirnoment", 3), ("대힌민국", 2), ("xnvironment", 3)] {
        assert_eq!(
            find(&library, typed, &Filter::default()),
            [found],
            "{typed}"
        );
    }
}
