//! Lists of articles as the contract tells them, in memory and without any cleverness: what the service is compared with.

mod lists;

use chrono_tz::Tz;
use masthead::domain::access::{Limits, Role};
use masthead::domain::article::Status;
use masthead::domain::author::Author;
use masthead::domain::id::Id;
use masthead::domain::source::Source;
use masthead::domain::time::Timestamp;
use masthead::store::shared_rows::SharedRows;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::harness::TestServer;
pub(crate) use lists::{ORDERS, Order, View, World};

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
