//! Lists of articles as the contract tells them, in memory and without any cleverness: what the service is compared with.

use std::cmp::Ordering;

use chrono_tz::Tz;
use masthead::domain::access::{Limits, Role};
use masthead::domain::article::Status;
use masthead::domain::author::Author;
use masthead::domain::id::Id;
use masthead::domain::source::Source;
use masthead::domain::text::title_key;
use masthead::domain::time::Timestamp;
use masthead::store::shared_rows::SharedRows;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::builders::Article;
use super::harness::{START, TestServer};

/// Editions and their time zones.
pub(crate) const EDITIONS: [(&str, Tz); 3] = [
    ("en", Tz::America__New_York),
    ("fr", Tz::Europe__Paris),
    ("zh", Tz::Asia__Shanghai),
];
/// Titles that sort the same, or nearly, or not at all as bytes do.
const TITLES: [&str; 12] = [
    "Alpha", "alpha", "ALPHA", "Beta", "Élan", "élan", "Straße", "STRASSE", "中国", "한국",
    "<SRD>", "😀 one",
];
/// Sections as paths of names; each step's slug is its name in lower case.
pub(crate) const SECTIONS: [&[&str]; 5] = [
    &["World"],
    &["World", "Asia"],
    &["World", "Asia", "Events"],
    &["Worldwide"],
    &["Culture", "Asia"],
];
pub(crate) const PEOPLE: [&str; 4] = ["Anna", "Bela", "Chen", "Dora"];
pub(crate) const SOURCES: [&str; 3] = ["Daily", "Weekly", "Agency"];
pub(crate) const TAGS: [&str; 4] = ["Trade", "Peace", "Maps", "中国"];

/// An article before it is written.
#[derive(Debug, Clone)]
pub(crate) struct Seed {
    lang: &'static str,
    title: &'static str,
    status: Status,
    embargoed: bool,
    /// Hours before the clock's start; ties are frequent. `None`: without a date.
    published: Option<i64>,
    updated: i64,
    section: Option<&'static [&'static str]>,
    authors: Vec<&'static str>,
    editors: Vec<&'static str>,
    translators: Vec<&'static str>,
    source: Option<&'static str>,
    tags: Vec<&'static str>,
    /// True if it translates the article before it, where that has no article in its language.
    translates: bool,
    /// The key that it was made with.
    maker: Option<usize>,
}

fn some<T: Clone + std::fmt::Debug + 'static>(
    items: &'static [T],
    most: usize,
) -> impl Strategy<Value = Vec<T>> {
    subsequence(items.to_vec(), 0..=most)
}

/// Any article; nearly all of them are published.
pub(crate) fn seed() -> impl Strategy<Value = Seed> {
    let words = (
        select(&EDITIONS[..]).prop_map(|(lang, _)| lang),
        select(&TITLES[..]),
        prop_oneof![
            8 => Just(Status::Published),
            2 => Just(Status::Draft),
            1 => Just(Status::Scheduled),
            1 => Just(Status::Withdrawn),
        ],
        proptest::bool::weighted(0.05),
        proptest::option::weighted(0.9, 0_i64..72),
        0_i64..72,
    );
    let places = (
        proptest::option::weighted(0.8, select(&SECTIONS[..])),
        some(&PEOPLE, 2),
        some(&PEOPLE, 1),
        some(&PEOPLE, 1),
        proptest::option::weighted(0.8, select(&SOURCES[..])),
        some(&TAGS, 3),
        proptest::bool::weighted(0.5),
        proptest::option::weighted(0.5, 0_usize..2),
    );
    (words, places).prop_map(|(words, places)| Seed {
        lang: words.0,
        title: words.1,
        status: words.2,
        embargoed: words.3,
        published: words.4.or((words.2 == Status::Published).then_some(36)),
        updated: words.5,
        section: places.0,
        authors: places.1,
        editors: places.2,
        translators: places.3,
        source: places.4,
        tags: places.5,
        translates: places.6,
        maker: places.7,
    })
}

fn hours_before_start(hours: i64) -> Timestamp {
    Timestamp::from_millis(START - hours * 3_600_000)
}

/// An article that is written, as far as lists ask about it.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) id: Id,
    pub(crate) work: Id,
    pub(crate) lang: &'static str,
    pub(crate) title: String,
    pub(crate) status: Status,
    pub(crate) embargoed: bool,
    pub(crate) published_at: Option<Timestamp>,
    pub(crate) updated_at: Timestamp,
    pub(crate) section: Option<String>,
    pub(crate) authors: Vec<&'static str>,
    pub(crate) editors: Vec<&'static str>,
    pub(crate) translators: Vec<&'static str>,
    pub(crate) source: Option<&'static str>,
    pub(crate) tags: Vec<&'static str>,
    pub(crate) created_by: Option<Id>,
}

/// The slugs of a section's steps.
pub(crate) fn path_of(steps: &[&str]) -> String {
    steps.join("/").to_lowercase()
}

impl Row {
    pub(crate) fn is_public(&self) -> bool {
        self.status == Status::Published && !self.embargoed
    }

    /// True if it stands in a section or below it.
    pub(crate) fn is_in(&self, path: &str) -> bool {
        let own = self.section.as_deref().unwrap_or_default();
        own == path || own.starts_with(&format!("{path}/"))
    }
}

/// A caller.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) token: String,
    pub(crate) role: Role,
    pub(crate) key: Id,
    pub(crate) lang: Option<&'static str>,
    pub(crate) section: Option<&'static str>,
    pub(crate) source: Option<&'static str>,
}

impl Caller {
    /// A key of a role, with limits by the names that the model knows.
    pub(crate) fn new(
        server: &TestServer,
        role: Role,
        lang: Option<&'static str>,
        section: Option<&'static str>,
        source: Option<&'static str>,
    ) -> Self {
        let limits = Limits {
            langs: lang.map(super::builders::lang).into_iter().collect(),
            sections: section.map_or_else(Vec::new, |path| sections_at(server, path, lang)),
            sources: source
                .map(|name| source_id(server, name))
                .into_iter()
                .collect(),
        };
        let (token, key) = server.key_within(role, limits);
        Self {
            token,
            role,
            key,
            lang,
            section,
            source,
        }
    }

    /// True if the key opens an article that the public does not see.
    fn opens(&self, row: &Row) -> bool {
        self.role >= Role::Author
            && (self.role > Role::Author || row.created_by == Some(self.key))
            && self.lang.is_none_or(|lang| row.lang == lang)
            && self.section.is_none_or(|path| row.is_in(path))
            && self.source.is_none_or(|name| row.source == Some(name))
    }
}

/// The sections at a path, one an edition.
pub(crate) fn sections_at(server: &TestServer, path: &str, lang: Option<&str>) -> Vec<Id> {
    let found = server
        .app
        .store
        .read(|c| masthead::store::sections::sections_by_path(c, path, None))
        .unwrap();
    let found = found.into_iter();
    let wanted = found.filter(|s| lang.is_none_or(|lang| s.content.lang.as_str() == lang));
    wanted.map(|section| section.id).collect()
}

/// A source by its name.
pub(crate) fn source_id(server: &TestServer, name: &str) -> Id {
    let slug = name.to_lowercase();
    let slugs = [slug.clone()];
    let found = server.app.store.read(|c| Source::ids_by_slug(c, &slugs));
    found.unwrap()[&slug]
}

/// An author by name.
pub(crate) fn author_id(server: &TestServer, name: &str) -> Id {
    let slug = name.to_lowercase();
    let slugs = [slug.clone()];
    let found = server.app.store.read(|c| Author::ids_by_slug(c, &slugs));
    found.unwrap()[&slug]
}

/// Orders of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) key: &'static str,
    pub(crate) descending: bool,
}

/// Every order that lists have.
pub(crate) const ORDERS: [Order; 6] = {
    const fn order(key: &'static str, descending: bool) -> Order {
        Order { key, descending }
    }
    [
        order("published_at", true),
        order("published_at", false),
        order("updated_at", true),
        order("updated_at", false),
        order("title", true),
        order("title", false),
    ]
};

impl Order {
    /// The value of `sort`.
    pub(crate) fn parameter(self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.key)
    }

    fn compare(self, a: &Row, b: &Row) -> Ordering {
        let by_key = match self.key {
            "published_at" => a.published_at.cmp(&b.published_at),
            "updated_at" => a.updated_at.cmp(&b.updated_at),
            _ => title_key(&a.title).cmp(&title_key(&b.title)),
        };
        let ascending = by_key.then(a.id.to_string().cmp(&b.id.to_string()));
        if self.descending {
            ascending.reverse()
        } else {
            ascending
        }
    }
}

/// The articles that a caller may see among those of some states, and in which languages.
#[derive(Debug, Clone, Default)]
pub(crate) struct View<'a> {
    pub(crate) caller: Option<&'a Caller>,
    /// Empty: what is published.
    pub(crate) statuses: &'a [Status],
    pub(crate) langs: &'a [&'static str],
}

impl View<'_> {
    fn shows(&self, row: &Row) -> bool {
        let asked = match self.statuses {
            [] => row.is_public(),
            statuses => statuses.contains(&row.status),
        };
        asked && (row.is_public() || self.caller.is_some_and(|caller| caller.opens(row)))
    }
}

/// All articles that were written.
#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    pub(crate) rows: Vec<Row>,
}

impl World {
    /// Writes the editions and articles; `makers` are the keys that some of them are made with.
    pub(crate) fn write(server: &TestServer, seeds: &[Seed], makers: &[Id]) -> Self {
        for (lang, zone) in EDITIONS {
            server.edition(lang, zone.name());
        }
        let mut world = Self::default();
        world.add(server, seeds, makers);
        world
    }

    /// Writes more articles.
    pub(crate) fn add(&mut self, server: &TestServer, seeds: &[Seed], makers: &[Id]) {
        let first = self.rows.len();
        let articles: Vec<Article> = seeds
            .iter()
            .map(|seed| {
                let row = self.row(seed, makers);
                let article = article(seed, &row);
                self.rows.push(row);
                article
            })
            .collect();
        for (row, id) in self.rows[first..].iter_mut().zip(server.articles(articles)) {
            row.id = id;
        }
    }

    fn row(&self, seed: &Seed, makers: &[Id]) -> Row {
        let before = self.rows.last().map(|row| row.work);
        let free = |work: &Id| {
            let mut same = self.rows.iter().filter(|row| row.work == *work);
            same.all(|row| row.lang != seed.lang)
        };
        let work = before.filter(|work| seed.translates && free(work));
        let fresh = Id::new(Timestamp::from_millis(START));
        Row {
            id: fresh,
            work: work.unwrap_or(fresh),
            lang: seed.lang,
            title: seed.title.to_owned(),
            status: seed.status,
            embargoed: seed.embargoed,
            published_at: seed.published.map(hours_before_start),
            updated_at: hours_before_start(seed.updated),
            section: seed.section.map(path_of),
            authors: seed.authors.clone(),
            editors: seed.editors.clone(),
            translators: seed.translators.clone(),
            source: seed.source,
            tags: seed.tags.clone(),
            created_by: seed.maker.and_then(|maker| makers.get(maker).copied()),
        }
    }

    /// The ids of a list, in its order.
    pub(crate) fn list(
        &self,
        view: &View<'_>,
        order: Order,
        matches: impl Fn(&Row) -> bool,
    ) -> Vec<String> {
        let shown = self.rows.iter().filter(|row| view.shows(row));
        let mut rows: Vec<&Row> = shown
            .filter(|row| self.is_picked(view.langs, row) && matches(row))
            .collect();
        rows.sort_by(|a, b| order.compare(a, b));
        rows.iter().map(|row| row.id.to_string()).collect()
    }

    /// True if an article is its work's edition for a reader of these languages.
    fn is_picked(&self, langs: &[&str], row: &Row) -> bool {
        let published_in = |lang: &&&str| {
            let mut same = self.rows.iter().filter(|other| other.work == row.work);
            same.any(|other| other.lang == **lang && other.is_public())
        };
        match langs {
            [] => true,
            [lang] => row.lang == *lang,
            langs => langs.iter().find(published_in) == Some(&row.lang),
        }
    }
}

fn article(seed: &Seed, row: &Row) -> Article {
    let mut article = Article::new(seed.title)
        .lang(seed.lang)
        .status(seed.status)
        .section(seed.section.unwrap_or_default())
        .updated_at(row.updated_at)
        .of_work(row.work);
    article = match row.published_at {
        Some(at) => article.published_at(&at.to_string()),
        None => article.undated(),
    };
    if seed.embargoed {
        article = article.embargo_until(hours_before_start(-24 * 365));
    }
    if let Some(key) = row.created_by {
        article = article.created_by(key);
    }
    for name in &seed.authors {
        article = article.author(name);
    }
    for name in &seed.editors {
        article = article.editor(name);
    }
    for name in &seed.translators {
        article = article.translator(name);
    }
    for name in &seed.tags {
        article = article.tag(name);
    }
    match seed.source {
        Some(name) => article.source(name),
        None => article,
    }
}

/// A configuration for properties that cost a database a case: `PROPTEST_CASES` says how many cases, else `usual`.
pub(crate) fn config(usual: u32) -> proptest::test_runner::Config {
    let asked = std::env::var("PROPTEST_CASES").ok();
    proptest::test_runner::Config {
        cases: asked.and_then(|n| n.parse().ok()).unwrap_or(usual),
        max_shrink_iters: 40,
        failure_persistence: None,
        ..Default::default()
    }
}
