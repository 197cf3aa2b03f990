//! The room as a whole, on small indexes in memory.

mod files;
mod kept;
mod spelling;

use super::*;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::query::PageRequest;
use crate::domain::search::{Document, Filter};
use crate::domain::time::Timestamp;
use index::Stamp;

fn id(number: i64) -> Id {
    Id::derived(Timestamp::from_millis(1_700_000_000_000 + number), 7)
}

pub(super) fn document(number: i64, lang: &str, title: &str, lead: &str, body: &str) -> Document {
    Document {
        id: id(number),
        lang: LanguageTag::parse(lang).unwrap(),
        work: id(number),
        title: title.to_owned(),
        lead: lead.to_owned(),
        body: body.to_owned(),
        published_at: number,
        updated_at: number,
        title_key: title.to_lowercase(),
        facets: vec![1, 100 + number],
    }
}

pub(super) fn library(documents: &[Document]) -> Library {
    let library = Library::open(&Place::Memory);
    let mut writer = library.begin().unwrap();
    for document in documents {
        writer
            .put(document.clone(), Stamp { seq: 0, mark: None })
            .unwrap();
    }
    let stamp = Stamp { seq: 1, mark: None };
    library.commit(&mut writer, stamp).unwrap();
    library
}

/// The numbers of what a query finds, in order.
pub(super) fn find(library: &Library, query: &str, filter: &Filter) -> Vec<i64> {
    let reading = library.reading().unwrap();
    let read = reading.read(&parse::parse(query), &filter.sight).unwrap();
    let page = PageRequest {
        limit: 100,
        ..PageRequest::default()
    };
    let found = reading
        .page(&read, filter, Order::Relevance, &page)
        .unwrap();
    assert_eq!(found.total, found.hits.len() as u64);
    let number = |hit: &Hit| (0..1_000).find(|n| id(*n) == hit.id).unwrap();
    found.hits.iter().map(number).collect()
}

#[test]
fn a_long_query_that_nothing_has_all_but_one_word_of_may_lack_a_quarter() {
    let library = library(&[
        document(1, "en", "one two three four five six seven eight", "", ""),
        document(2, "en", "one two three four five", "", "nine"),
    ]);
    let find = |query: &str| find(&library, query, &Filter::default());
    assert_eq!(find("one two three four five six seven zzzz"), [1]);
    assert_eq!(find("one two three four five six yyyy zzzz"), [1]);
    // More than a quarter is lacking, and a short query may lack one word alone.
    assert!(find("one two three four five xxxx yyyy zzzz").is_empty());
    assert!(find("one two three four five yyyy zzzz").is_empty());
    // Articles with all but one word are not mixed with those that have less.
    assert_eq!(find("one two three four five nine yyyy zzzz"), [2]);
    assert_eq!(find("one two three four five six seven nine"), [1]);
}

#[test]
fn words_for_whose_places_no_reads_are_left_may_stand_anywhere() {
    let library = library(&[
        document(1, "en", "", "", "oil price of gold"),
        document(2, "en", "", "", "oil price gold of"),
        document(3, "en", "", "", "price oil of gold"),
        document(4, "en", "", "", "oil price of silver"),
    ]);
    let reading = library.reading().unwrap();
    let all = reading.admitted(&Filter::default()).unwrap();
    let parsed = parse::parse("\"oil price of gold\"");
    // Three articles hold the four words.
    for (reads, expected) in [(12, 1), (9, 1), (8, 2), (6, 2), (5, 3), (0, 3)] {
        let placed = placed::Placed::within(reads);
        let terms = matching::Terms::of(&reading, false, &placed);
        let found = terms.matching(&parsed, 0, &all).unwrap();
        assert_eq!(found.len(), expected, "{reads} reads");
    }
}

#[test]
fn each_form_of_a_query_finds_what_it_says() {
    let library = library(&[
        document(
            1,
            "en",
            "Coffee quotas",
            "",
            "Export of coffee in COVID-19 times with C++.",
        ),
        document(
            2,
            "fr",
            "Les données ouvertes",
            "",
            "L'eau et l’œuvre, affichée.",
        ),
        document(3, "zh", "Ubuntu桌面環境", "", "神舟十二号与鲸鱼。在Linux上"),
        document(4, "en", "Tea", "Quota of tea", "Nothing of coffee."),
    ]);
    let all = Filter::default();
    for (query, expected) in [
        ("quota coffee", &[1, 4][..]),
        ("\"coffee quotas\"", &[1]),
        ("coffee -tea", &[1]),
        ("export OR nothing", &[1, 4]),
        ("title:quota", &[1]),
        ("expo*", &[1]),
        ("covid19", &[1]),
        ("covid 19", &[1]),
        ("c++", &[1]),
        ("eau", &[2]),
        ("l'oeuvre", &[2]),
        ("donnee ouverte", &[2]),
        ("affiche", &[2]),
        ("桌面环境", &[3]),
        ("ubuntu桌面", &[3]),
        ("ＵＢＵＮＴＵ", &[3]),
        ("鲸", &[3]),
        ("\"神舟十二號\"", &[3]),
        ("在linux", &[3]),
        ("linux上", &[3]),
        ("coffe", &[1, 4]),
        ("((\"quotas", &[1, 4]),
        ("-coffee", &[2, 3]),
        ("title:quo*", &[1]),
        ("title:coffee-qu*", &[1]),
        ("-title:quo*", &[2, 3, 4]),
        ("ubuntu OR -coffee", &[2, 3]),
        ("-coffee OR export", &[1, 2, 3]),
        ("-coffee OR -\"coffee quotas\"", &[2, 3, 4]),
        ("tea OR -\"of coffee\"", &[2, 3, 4]),
        ("coffeequotas", &[1]),
        ("covid19times", &[1]),
        ("xyzzy", &[]),
        ("。。", &[]),
    ] {
        let mut found = find(&library, query, &all);
        found.sort_unstable();
        assert_eq!(found, expected, "{query}");
    }
}

#[test]
fn what_is_taken_away_may_stand_behind_what_it_is_taken_from() {
    let library = library(&[
        document(1, "en", "Crude rises", "", "The price of crude oil"),
        document(2, "en", "Wheat falls", "", "No oil price here to speak of"),
        document(3, "en", "Calm", "", "Nothing of either"),
        document(4, "en", "Oil again", "", "Another oil price"),
    ]);
    let all = Filter::default();
    for (query, expected) in [
        ("-\"oil price\"", &[1, 3][..]),
        ("oil -\"oil price\"", &[1]),
        ("oil OR wheat -\"oil price\"", &[1]),
        ("-title:\"oil again\" oil", &[1, 2]),
        ("-\"no such phrase\"", &[1, 2, 3, 4]),
    ] {
        let mut found = find(&library, query, &all);
        found.sort_unstable();
        assert_eq!(found, expected, "{query}");
    }
}

#[test]
fn the_title_counts_over_the_summary_and_that_over_the_body() {
    let library = library(&[
        document(1, "en", "One", "", "Some words and a needle here today"),
        document(2, "en", "Two", "A needle here", "Some words and today"),
        document(3, "en", "A needle", "", "Some words and here today indeed"),
        document(4, "en", "Four", "", "Some words and needles here today"),
        document(
            5,
            "en",
            "Five",
            "",
            "grass and then very much later on comes the snake",
        ),
        document(
            6,
            "en",
            "Six",
            "",
            "then very much later on comes the grass snake",
        ),
    ]);
    let all = Filter::default();
    assert_eq!(find(&library, "needle", &all), [3, 2, 1, 4]);
    assert_eq!(find(&library, "grass snake", &all), [6, 5]);
}

#[test]
fn nothing_that_is_out_of_sight_is_told_of() {
    let library = library(&[
        document(1, "en", "Open", "", "A plain secretword"),
        document(2, "en", "Closed", "", "A plain hiddenword"),
    ]);
    let mut filter = Filter::default();
    filter.sight.groups = vec![vec![101]];
    assert_eq!(find(&library, "plain", &filter), [1]);
    assert!(find(&library, "hiddenwerd", &filter).is_empty());
    assert!(find(&library, "hidden*", &filter).is_empty());
    filter.sight.head_only = true;
    assert!(find(&library, "secretword", &filter).is_empty());
    assert!(find(&library, "\"secretword\"", &filter).is_empty());
    assert!(find(&library, "secretwerd", &filter).is_empty());
    assert_eq!(find(&library, "open", &filter), [1]);
    filter = Filter::default();
    filter.sight.hidden = vec![id(2)];
    assert!(find(&library, "hiddenword", &filter).is_empty());
    filter.sight.cutoff = Some(1);
    filter.sight.hidden.clear();
    assert_eq!(find(&library, "plain", &filter), [1]);
    let reading = library.reading().unwrap();
    assert!(reading.titles("clo", &filter, 10).unwrap().is_empty());
    assert_eq!(reading.titles("op", &filter, 10).unwrap(), [id(1)]);
}

#[test]
fn a_fallback_gives_each_work_once_in_the_first_language_that_is_seen() {
    let mut french = document(1, "fr", "Chat", "", "mot");
    let mut english = document(2, "en", "Cat", "", "mot");
    (french.work, english.work) = (id(9), id(9));
    let library = library(&[french, english, document(3, "en", "Dog", "", "mot")]);
    let langs = |tags: &[&str]| {
        tags.iter()
            .map(|tag| LanguageTag::parse(tag).unwrap())
            .collect()
    };
    let mut filter = Filter {
        langs: langs(&["fr", "en"]),
        ..Filter::default()
    };
    let mut found = find(&library, "mot", &filter);
    found.sort_unstable();
    assert_eq!(found, [1, 3]);
    filter.sight.hidden = vec![id(1)];
    let mut found = find(&library, "mot", &filter);
    found.sort_unstable();
    assert_eq!(found, [2, 3]);
}

#[test]
fn hostile_queries_have_an_answer() {
    let library = library(&[document(1, "en", "a b", "", "c d e f")]);
    let signs = [
        "(",
        "\"",
        "*",
        "-",
        "OR",
        "title:",
        "a",
        "\u{202e}",
        "中",
        "^",
        "\\",
        " ",
        "'",
        ":",
        "\u{1f600}",
    ];
    let mut seed = 42_u64;
    for _ in 0..300 {
        let mut query = String::new();
        for _ in 0..(seed % 40) {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            query.push_str(signs[(seed >> 33) as usize % signs.len()]);
        }
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(7);
        find(&library, &query, &Filter::default());
    }
}

#[test]
fn titles_that_begin_so_come_first_and_each_once() {
    let mut documents: Vec<Document> = (10..40)
        .map(|n| document(n, "en", "News of the une mine", "", ""))
        .collect();
    documents.push(document(1, "fr", "Une mine d’idées", "", ""));
    documents.push(document(2, "zh", "我选择", "", ""));
    documents.extend((50..90).map(|n| document(n, "zh", &format!("为什么我选择第{n}个"), "", "")));
    let library = library(&documents);
    let offered = |typed: &str| {
        let reading = library.reading().unwrap();
        reading.titles(typed, &Filter::default(), 10).unwrap()
    };
    assert_eq!(offered("une mi"), [id(1), id(39)]);
    assert_eq!(offered("我选择")[0], id(2));
    assert_eq!(offered("我选择").len(), 10);
    assert!(offered("une mi").len() == 2 && offered("mi une x").is_empty());
}

#[test]
fn titles_of_one_moment_come_in_one_order_wherever_the_index_keeps_them() {
    let at_once = |numbers: &[i64]| {
        let documents = numbers.iter().map(|n| Document {
            published_at: 0,
            ..document(*n, "en", &format!("News {n}"), "", "")
        });
        let documents: Vec<Document> = documents.collect();
        let reading = library(&documents).reading().unwrap();
        reading.titles("new", &Filter::default(), 10).unwrap()
    };
    let newest_first = [id(3), id(2), id(1)];
    assert_eq!(at_once(&[1, 2, 3]), newest_first);
    assert_eq!(at_once(&[2, 3, 1]), newest_first);
}
