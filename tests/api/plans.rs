//! No filter, and no pair of filters, in any sort, makes the database scan a large table.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use masthead::domain::access::Scope;
use masthead::domain::id::Id;
use masthead::domain::language::LanguageTag;
use masthead::domain::query::{ArticleQuery, PageRequest, Range, Reference, Sort, SortKey};
use masthead::domain::time::Timestamp;
use masthead::store::Store;
use masthead::store::facets::FacetKind;
use masthead::store::listing::explain_list;

use super::postgres;

pub(crate) const ARTICLES: i64 = 100_000;

/// Facet kinds with how many values each has.
const KINDS: [(&str, i64); 7] = [
    ("section", 20),
    ("author", 200),
    ("editor", 20),
    ("translator", 20),
    ("source", 10),
    ("tag", 100),
    ("lang", 3),
];

pub(crate) fn value_id(kind: usize, n: i64) -> Id {
    Id::parse(&format!("018a0000-000{kind}-7000-8000-{n:012x}")).unwrap()
}

const LANGS: [&str; 3] = ["en", "fr", "zh"];

/// Fills the tables that lists are read from with rows of the real shape.
pub(crate) fn filling() -> String {
    let mut sql = String::new();
    for lang in LANGS {
        sql += &format!(
            "INSERT INTO editions (lang, name, site_name, home_label, home_path, time_zone, direction, contact, copyright, navigation, version, created_at, updated_at) VALUES ('{lang}', '{lang}', 's', 'h', '/', 'UTC', 'ltr', '{{}}', NULL, '[]', 1, 0, 0);\n"
        );
    }
    let numbers = format!(
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {} )",
        ARTICLES - 1
    );
    let id = "('018b0000-0000-7000-8000-' || substr('000000000000' || CAST(i AS TEXT), length(CAST(i AS TEXT)) + 1, 12))";
    let work = "('018c0000-0000-7000-8000-' || substr('000000000000' || CAST(i / 3 AS TEXT), length(CAST(i / 3 AS TEXT)) + 1, 12))";
    sql += &format!("INSERT INTO works (id) {numbers} SELECT {work} FROM n WHERE i % 3 = 0;\n");
    sql += &format!(
        "INSERT INTO articles (id, work_id, lang, slug, version, status, public, title, published_at, created_at, updated_at, details, extra, word_count, reading_minutes) \
         {numbers} SELECT {id}, {work}, CASE i % 3 WHEN 0 THEN 'en' WHEN 1 THEN 'fr' ELSE 'zh' END, 's-' || i, 1, 'published', TRUE, 'Title ' || (i * 7919 % {ARTICLES}), i * 1000, 0, i * 1000, '{{}}', '{{}}', 1, 1 FROM n;\n"
    );
    sql += &format!("INSERT INTO facets VALUES (1, 'all', '', TRUE, {ARTICLES});\n");
    let mut next = 2;
    let mut places = vec!["1".to_owned()];
    for (k, (kind, count)) in KINDS.iter().enumerate() {
        for n in 0..*count {
            let value = if *kind == "lang" {
                LANGS[n as usize].to_owned()
            } else {
                value_id(k, n).to_string()
            };
            sql += &format!(
                "INSERT INTO facets VALUES ({}, '{kind}', '{value}', TRUE, {});\n",
                next + n,
                ARTICLES / count
            );
        }
        let spread = if *kind == "lang" {
            format!("i % {count}")
        } else {
            format!("(i / 3 * {} + i / 7) % {count}", k + 1)
        };
        places.push(format!("{next} + {spread}"));
        next += count;
    }
    let texts = places
        .iter()
        .map(|place| format!("' ' || CAST({place} AS TEXT)"));
    let set = texts
        .chain(["' '".to_owned()])
        .collect::<Vec<_>>()
        .join(" || ");
    for place in places {
        sql += &format!(
            "INSERT INTO article_facets {numbers} SELECT {id}, {place}, i * 1000, i * 1000, 'title ' || (i * 7919 % {ARTICLES}) FROM n;\n"
        );
    }
    sql += &format!(
        "INSERT INTO facet_sets (article_id, work_id, lang, facets, published, published_at, updated_at) {numbers} SELECT {id}, {work}, CASE i % 3 WHEN 0 THEN 'en' WHEN 1 THEN 'fr' ELSE 'zh' END, \
         {set}, ' en fr zh ', i * 1000, i * 1000 FROM n;\n"
    );
    sql + "ANALYZE;\n"
}

type Filter = (&'static str, Box<dyn Fn(&mut ArticleQuery)>);

#[expect(clippy::too_many_lines, reason = "a table, one entry a filter")]
fn filters() -> Vec<Filter> {
    let one = |k: usize| vec![vec![Reference::Id(value_id(k, 3))]];
    let at = |ms: i64| Some(Timestamp::from_millis(ms));
    vec![
        ("none", Box::new(|_: &mut ArticleQuery| {})),
        (
            "lang",
            Box::new(|q| q.langs = vec![LanguageTag::parse("fr").unwrap()]),
        ),
        (
            "langs",
            Box::new(|q| {
                q.langs = ["fr", "en"]
                    .map(|l| LanguageTag::parse(l).unwrap())
                    .to_vec()
            }),
        ),
        ("section", Box::new(move |q| q.sections = one(0))),
        ("author", Box::new(move |q| q.authors = one(1))),
        (
            "authors",
            Box::new(move |q| {
                q.authors = vec![(0..5).map(|n| Reference::Id(value_id(1, n))).collect()]
            }),
        ),
        ("editor", Box::new(move |q| q.editors = one(2))),
        ("translator", Box::new(move |q| q.translators = one(3))),
        ("source", Box::new(move |q| q.sources = one(4))),
        ("tag", Box::new(move |q| q.tags = one(5))),
        (
            "tags",
            Box::new(move |q| {
                q.tags = vec![
                    vec![Reference::Id(value_id(5, 1))],
                    vec![Reference::Id(value_id(5, 2))],
                ]
            }),
        ),
        (
            "id",
            Box::new(|q| {
                q.ids = vec![
                    (0..50)
                        .map(|n| {
                            Id::parse(&format!("018b0000-0000-7000-8000-{:012}", n * 31)).unwrap()
                        })
                        .collect(),
                ]
            }),
        ),
        (
            "published narrow",
            Box::new(move |q| {
                q.published = Range {
                    from: at(50_000_000),
                    to: at(50_100_000),
                }
            }),
        ),
        (
            "published wide",
            Box::new(move |q| {
                q.published = Range {
                    from: at(1_000_000),
                    to: None,
                }
            }),
        ),
        (
            "updated",
            Box::new(move |q| {
                q.updated = Range {
                    from: at(50_000_000),
                    to: None,
                }
            }),
        ),
    ]
}

#[test]
fn every_kind_of_facet_is_among_the_filters_that_are_planned() {
    let filters = filters();
    for kind in FacetKind::ALL {
        let word = kind.as_str();
        let has_values = *kind == FacetKind::All || KINDS.iter().any(|(name, _)| *name == word);
        let is_asked = *kind == FacetKind::All || filters.iter().any(|(name, _)| *name == word);
        assert!(has_values && is_asked, "{word}");
    }
}

fn check(store: &Store, judge: fn(&[String]) -> Option<String>) {
    let filters = filters();
    let mut bad = Vec::new();
    let mut asked = 0;
    for key in [SortKey::PublishedAt, SortKey::UpdatedAt, SortKey::Title] {
        for descending in [true, false] {
            for (n, (a, first)) in filters.iter().enumerate() {
                for (b, second) in &filters[n..] {
                    let mut query = ArticleQuery {
                        sort: Sort { key, descending },
                        ..ArticleQuery::default()
                    };
                    first(&mut query);
                    second(&mut query);
                    let explained = store
                        .read(|c| explain_list(c, &Scope::Public, &query, &PageRequest::default()))
                        .unwrap();
                    for (sql, plan) in explained {
                        asked += 1;
                        if let Some(fault) = judge(&plan) {
                            bad.push(format!(
                                "{a} + {b} by {key:?} {descending}: {fault}\n{sql}\n{}",
                                plan.join("\n")
                            ));
                        }
                    }
                }
            }
        }
    }
    assert!(
        bad.is_empty(),
        "{} of {asked} plans scan a table, such as\n{}",
        bad.len(),
        bad[..bad.len().min(3)].join("\n\n")
    );
}

fn sqlite_fault(plan: &[String]) -> Option<String> {
    plan.iter()
        .find(|line| line.starts_with("SCAN") && !["SCAN w", "SCAN r"].contains(&line.as_str()))
        .cloned()
}

fn postgres_fault(plan: &[String]) -> Option<String> {
    for (n, line) in plan.iter().enumerate() {
        if line.contains("Seq Scan on article") {
            return Some(line.clone());
        }
        let index_scan = line.contains("Index Scan using")
            || line.contains("Index Only Scan using")
            || line.contains("Bitmap Index Scan");
        if index_scan
            && !plan
                .get(n + 1)
                .is_some_and(|next| next.contains("Index Cond"))
        {
            return Some(line.clone());
        }
    }
    None
}

#[test]
fn no_list_makes_sqlite_scan_a_large_table() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plans.db");
    let store = Store::open(&format!("sqlite://{}", path.display())).unwrap();
    let mut raw = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    raw.batch_execute(&filling()).unwrap();
    check(&store, sqlite_fault);
}

#[test]
fn no_list_makes_postgresql_scan_a_large_table() {
    let Some(url) = postgres::new_database() else {
        return;
    };
    let store = Store::open(&url).unwrap();
    let mut raw = PgConnection::establish(&url).unwrap();
    raw.batch_execute(&filling()).unwrap();
    raw.batch_execute("VACUUM ANALYZE").unwrap();
    check(&store, postgres_fault);
}
