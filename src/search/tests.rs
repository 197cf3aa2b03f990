//! The room as a whole, on small indexes in memory.

use std::path::{Path, PathBuf};

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
fn files_that_are_cut_while_they_are_read_are_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::Folder(folder.path().to_owned());
    let library = Library::open(&place);
    let mut writer = library.begin().unwrap();
    let stamp = Stamp { seq: 5, mark: None };
    for number in 1..50 {
        let text = "grass snake ".repeat(200);
        let document = document(number, "en", "A title", "", &text);
        writer.put(document, stamp).unwrap();
    }
    library.commit(&mut writer, stamp).unwrap();
    drop(writer);
    let reading = library.reading().unwrap();
    let index = index_below(folder.path());
    for file in files(&index, &["idx", "pos", "term", "fast"]) {
        std::fs::File::create(file).unwrap();
    }
    let filter = Filter::default();
    let read = reading.read(&parse::parse("\"grass snake\""), &filter.sight);
    let page = PageRequest::default();
    let found = read.and_then(|read| reading.page(&read, &filter, Order::Relevance, &page));
    assert!(found.err().is_some_and(|error| error.is_of_its_files()));
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
fn a_folder_keeps_the_index_and_a_second_process_has_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::Folder(folder.path().to_owned());
    let stamp = Stamp {
        seq: 5,
        mark: Some(3),
    };
    {
        let first = Library::open(&place);
        assert!(first.reading().is_none());
        let mut writer = first.begin().unwrap();
        writer
            .put(document(1, "en", "a", "", ""), Stamp { seq: 0, mark: None })
            .unwrap();
        first.commit(&mut writer, stamp).unwrap();
        let second = Library::open(&place);
        assert!(second.reading().is_none() && second.folder() != first.folder());
    }
    let again = Library::open(&place);
    assert_eq!(again.reading().unwrap().stamp(), stamp);
    assert_eq!(again.reading().unwrap().articles(), 1);
}

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
fn files_that_are_overwritten_while_they_are_read_are_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let library = Library::open(&Place::Folder(folder.path().to_owned()));
    let mut writer = library.begin().unwrap();
    let stamp = Stamp { seq: 5, mark: None };
    for n in 1..300 {
        let body = format!("words of number n{n}");
        writer
            .put(document(n, "en", "a", "", &body), stamp)
            .unwrap();
    }
    library.commit(&mut writer, stamp).unwrap();
    assert!(library.is_there() && !library.reading().unwrap().is_broken());
    for file in files(&index_below(folder.path()), &["idx", "pos", "term", "fast"]) {
        let length = std::fs::metadata(&file).unwrap().len();
        std::fs::write(file, vec![0xa5; usize::try_from(length).unwrap()]).unwrap();
    }
    let reading = library.reading().unwrap();
    assert!(reading.is_broken());
    for query in ["words", "n7*", "\"of number\"", "nummber"] {
        let asked = reading.asked(|| {
            let read = reading.read(&parse::parse(query), &Filter::default().sight)?;
            let page = PageRequest::default();
            reading.page(&read, &Filter::default(), Order::Relevance, &page)
        });
        assert!(asked.is_err_and(|error| error.is_of_its_files()) || reading.is_broken());
    }
}

#[test]
fn a_folder_that_was_deleted_is_not_shared_with_who_takes_it() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::Folder(folder.path().join("search"));
    let first = Library::open(&place);
    let own = first.folder().unwrap();
    first.take_again();
    assert_eq!(first.folder().unwrap(), own);
    std::fs::remove_dir_all(folder.path().join("search")).unwrap();
    assert!(!first.is_there());
    let second = Library::open(&place);
    assert_eq!(second.folder().unwrap(), own);
    first.take_again();
    assert!(first.is_there() && first.folder() != second.folder());
    assert_eq!(folders::taken_folders(&place).len(), 2);
}

/// Files of an index, by their endings.
fn files(index: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(index).unwrap().flatten();
    let paths = entries.map(|entry| entry.path());
    let is_one = |path: &PathBuf| {
        let ending = path.extension().unwrap_or_default();
        endings.iter().any(|one| ending == *one)
    };
    paths.filter(is_one).collect()
}

/// The folder of the only index below a place.
fn index_below(place: &Path) -> PathBuf {
    let node = std::fs::read_dir(place.join("node-1")).unwrap();
    let mut paths = node.flatten().map(|entry| entry.path());
    paths.find(|path| path.is_dir()).unwrap()
}

#[test]
fn a_damaged_index_is_not_opened() {
    let emptied = |index: &Path| {
        for file in files(index, &["idx", "pos"]) {
            std::fs::write(file, b"x").unwrap();
        }
    };
    let cut = |index: &Path| {
        for file in files(index, &["term"]) {
            let text = std::fs::read(&file).unwrap();
            std::fs::write(file, &text[..text.len() - 7]).unwrap();
        }
    };
    let changed = |index: &Path| {
        for file in files(index, &["fast"]) {
            let mut text = std::fs::read(&file).unwrap();
            text[3] ^= 0xff;
            std::fs::write(file, text).unwrap();
        }
    };
    let foreign = |index: &Path| std::fs::write(index.join("meta.json"), "{}").unwrap();
    let elsewhere = |index: &Path| {
        let current = index.parent().unwrap().join("current");
        let path = format!("../node-1/{}", index.file_name().unwrap().display());
        std::fs::write(current, path).unwrap();
    };
    let gone = |index: &Path| std::fs::remove_dir_all(index).unwrap();
    type Damage<'d> = (&'d str, &'d dyn Fn(&Path));
    let damages: [Damage<'_>; 6] = [
        ("emptied", &emptied),
        ("cut", &cut),
        ("changed", &changed),
        ("foreign", &foreign),
        ("elsewhere", &elsewhere),
        ("gone", &gone),
    ];
    for (name, damage) in damages {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::Folder(folder.path().to_owned());
        let library = Library::open(&place);
        let mut writer = library.begin().unwrap();
        let stamp = Stamp { seq: 5, mark: None };
        writer.put(document(1, "en", "a", "", ""), stamp).unwrap();
        library.commit(&mut writer, stamp).unwrap();
        drop((writer, library));
        damage(&index_below(folder.path()));
        assert!(Library::open(&place).reading().is_none(), "{name}");
    }
}
