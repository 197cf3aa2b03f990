//! The cost of a page of a list, with a thousand articles and with a hundred times as many, and at its thousandth page.
//!
//! Only ratios within one run mean something: the small and the large list are read in turns, and of their times the
//! lower quartile is compared, since whatever else the machine does makes a read slower and never faster.
//! `cargo bench --bench lists -- 1000000` takes another size than 100,000.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]

#[expect(dead_code, reason = "each bench uses a part of it")]
mod support;

#[path = "../tests/api/postgres.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod postgres;

mod synthetic;

use std::process::{Command, Stdio};

use masthead::domain::access::Scope;
use masthead::domain::id::Id;
use masthead::domain::language::LanguageTag;
use masthead::domain::query::{
    ArticleQuery, PageRequest, Range, Reference, Slice, Sort, SortKey, Start,
};
use masthead::domain::shown::Shown;
use masthead::domain::time::Timestamp;
use masthead::store::Store;
use masthead::store::articles::{Parts, list_articles};

use support::{begin, head, lower_quartile, row, timed};

const SMALL: usize = 1_000;
const ROUNDS: usize = 41;
const DEEP: usize = 1_000;

const SORTS: [(&str, Sort); 3] = [
    ("-published_at", by(SortKey::PublishedAt, true)),
    ("-updated_at", by(SortKey::UpdatedAt, true)),
    ("title", by(SortKey::Title, false)),
];

const fn by(key: SortKey, descending: bool) -> Sort {
    Sort { key, descending }
}

fn main() {
    let asked = std::env::args().find_map(|word| word.parse().ok());
    let large = asked.unwrap_or(100_000);
    begin(&format!("Lists of {SMALL} and of {large} articles"));
    let folder = tempfile::tempdir().unwrap();
    let sqlite = |size| format!("sqlite://{}/{size}.db", folder.path().display());
    measure(
        "SQLite",
        &open(&sqlite(SMALL), SMALL),
        &open(&sqlite(large), large),
    );
    let (Some(few), Some(many)) = (postgres::new_database(), postgres::new_database()) else {
        println!("\n**** NOT MEASURED: PostgreSQL is not installed ****");
        return;
    };
    measure("PostgreSQL", &open(&few, SMALL), &open(&many, large));
}

/// A database with so many articles that went in by the import, which leaves it analysed.
fn open(url: &str, articles: usize) -> Store {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("articles.ndjson");
    synthetic::write(&file, articles).unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_masthead"))
        .args(["--database-url", url, "import"])
        .arg(&file)
        .stderr(Stdio::inherit())
        .status()
        .unwrap();
    assert!(done.success(), "the import went wrong");
    Store::open(url).unwrap()
}

fn measure(database: &str, small: &Store, large: &Store) {
    println!("\n### {database}: the first page of each filter\n");
    head(&[
        "filter",
        "small, ms",
        "large, ms",
        "ratio by -published_at",
        "by -updated_at",
        "by title",
    ]);
    let mut worst: f64 = 0.0;
    for (name, filter) in filters() {
        let mut cells = vec![name.to_owned()];
        for (n, (_, sort)) in SORTS.iter().enumerate() {
            let query = |store| ArticleQuery {
                sort: *sort,
                ..filter(store)
            };
            let pages = (
                (small, query(small), PageRequest::default()),
                (large, query(large), PageRequest::default()),
            );
            let (few, many) = in_turns(&pages.0, &pages.1);
            if n == 0 {
                cells.extend([format!("{few:.2}"), format!("{many:.2}")]);
            }
            worst = worst.max(many / few);
            cells.push(format!("{:.2}", many / few));
        }
        row(cells);
    }
    println!("\nThe worst ratio: {worst:.2}");
    measure_depth(database, large);
}

/// Page 1,000 by cursor beside page 1.
fn measure_depth(database: &str, store: &Store) {
    println!("\n### {database}: page {DEEP} by cursor beside page 1\n");
    head(&["list", "page 1, ms", "deep page, ms", "ratio"]);
    let all = |_: &Store| ArticleQuery::default();
    let mut lists: Vec<(String, ArticleQuery)> = SORTS
        .iter()
        .map(|(name, sort)| {
            let query = ArticleQuery {
                sort: *sort,
                ..all(store)
            };
            (format!("all by {name}"), query)
        })
        .collect();
    lists.push(("lang=en".to_owned(), langs(&["en"])));
    lists.push(("lang=fr,en".to_owned(), langs(&["fr", "en"])));
    lists.push(("section".to_owned(), section("desk-1")));
    for (name, query) in lists {
        let Some(deep) = page_after(store, &query, DEEP - 1) else {
            println!("| {name} | | | **not so many pages** |");
            continue;
        };
        let first = (store, query.clone(), PageRequest::default());
        let (near, far) = in_turns(&first, &(store, query, deep));
        row([
            name,
            format!("{near:.2}"),
            format!("{far:.2}"),
            format!("{:.2}", far / near),
        ]);
    }
}

type Asked<'a> = (&'a Store, ArticleQuery, PageRequest);

/// The milliseconds (the lower quartile) that each of two pages takes, read in turns.
fn in_turns(one: &Asked<'_>, other: &Asked<'_>) -> (f64, f64) {
    let time = |(store, query, page): &Asked<'_>| {
        let (slice, took) = timed(|| read(store, query, page));
        assert_eq!(slice.rows.len(), 20, "a full page is to be measured");
        took.as_secs_f64() * 1_000.0
    };
    let mut times = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        times.0.push(time(one));
        times.1.push(time(other));
    }
    (lower_quartile(times.0), lower_quartile(times.1))
}

fn read(store: &Store, query: &ArticleQuery, page: &PageRequest) -> Slice<Shown> {
    store
        .read(|c| list_articles(c, &Scope::Public, query, page, Parts::default()))
        .unwrap()
}

/// The page behind so many others.
fn page_after(store: &Store, query: &ArticleQuery, pages: usize) -> Option<PageRequest> {
    // A hundred rows at a time walk there sooner.
    let mut page = PageRequest {
        limit: 100,
        ..PageRequest::default()
    };
    for _ in 0..pages / 5 {
        page.start = Start::After(read(store, query, &page).next?);
    }
    page.limit = 20;
    for _ in 0..pages % 5 {
        page.start = Start::After(read(store, query, &page).next?);
    }
    read(store, query, &page).next.map(|_| page)
}

/// A filter's name, and the query for it on a database.
type Filter = (&'static str, Box<dyn Fn(&Store) -> ArticleQuery>);

#[expect(clippy::too_many_lines, reason = "a table, one entry a filter")]
fn filters() -> Vec<Filter> {
    vec![
        ("none", plain(|_| {})),
        ("lang=fr", Box::new(|_| langs(&["fr"]))),
        ("lang=fr,en", Box::new(|_| langs(&["fr", "en"]))),
        ("section, top", Box::new(|_| section("desk-1"))),
        ("section, leaf", Box::new(|_| section("desk-1/page-2"))),
        ("author", plain(|q| q.authors = vec![slugs(&["author-3"])])),
        (
            "author, any of 5",
            plain(|q| {
                q.authors = vec![slugs(&[
                    "author-1", "author-2", "author-3", "author-4", "author-5",
                ])]
            }),
        ),
        ("editor", plain(|q| q.editors = vec![slugs(&["editor-2"])])),
        (
            "translator",
            plain(|q| q.translators = vec![slugs(&["translator-1"])]),
        ),
        ("source", plain(|q| q.sources = vec![slugs(&["source-1"])])),
        ("tag", plain(|q| q.tags = vec![slugs(&["tag-3"])])),
        (
            "tag & tag",
            plain(|q| q.tags = vec![slugs(&["tag-3"]), slugs(&["tag-5"])]),
        ),
        ("20 ids", Box::new(twenty_ids)),
        (
            "published, a narrow range",
            plain(|q| q.published = minutes(300, Some(360))),
        ),
        (
            "published, from",
            plain(|q| q.published = minutes(300, None)),
        ),
        ("updated, from", plain(|q| q.updated = minutes(300, None))),
        (
            "lang & section",
            plain(|q| {
                *q = ArticleQuery {
                    langs: langs(&["en"]).langs,
                    ..section("desk-1")
                }
            }),
        ),
        (
            "lang & tag & published",
            plain(|q| {
                q.langs = langs(&["en"]).langs;
                q.tags = vec![slugs(&["tag-3"])];
                q.published = minutes(100, None);
            }),
        ),
        (
            "section & author",
            plain(|q| {
                *q = section("desk-1");
                q.authors = vec![slugs(&["author-3", "author-4"])];
            }),
        ),
    ]
}

fn plain(set: impl Fn(&mut ArticleQuery) + 'static) -> Box<dyn Fn(&Store) -> ArticleQuery> {
    Box::new(move |_| {
        let mut query = ArticleQuery::default();
        set(&mut query);
        query
    })
}

fn langs(tags: &[&str]) -> ArticleQuery {
    ArticleQuery {
        langs: tags
            .iter()
            .map(|tag| LanguageTag::parse(tag).unwrap())
            .collect(),
        ..ArticleQuery::default()
    }
}

fn section(path: &str) -> ArticleQuery {
    ArticleQuery {
        sections: vec![slugs(&[path])],
        ..ArticleQuery::default()
    }
}

fn slugs(slugs: &[&str]) -> Vec<Reference> {
    slugs
        .iter()
        .map(|slug| Reference::Slug((*slug).to_owned()))
        .collect()
}

/// From one minute of the synthetic calendar to another.
fn minutes(from: i64, to: Option<i64>) -> Range {
    let at = |minute: i64| Timestamp::from_millis(synthetic::START + minute * 60_000);
    Range {
        from: Some(at(from)),
        to: to.map(at),
    }
}

/// Ids of articles all over the list.
fn twenty_ids(store: &Store) -> ArticleQuery {
    let page = PageRequest {
        limit: 100,
        ..PageRequest::default()
    };
    let rows = read(store, &ArticleQuery::default(), &page).rows;
    let ids: Vec<Id> = rows.iter().step_by(5).map(|row| row.id).collect();
    ArticleQuery {
        ids: vec![ids],
        ..ArticleQuery::default()
    }
}
