//! Lists of the written articles: their orders, views and fallbacks.

use std::cmp::Ordering;

use masthead::domain::article::Status;
use masthead::domain::id::Id;
use masthead::domain::text::title_key;
use masthead::domain::time::Timestamp;

use super::{Caller, EDITIONS, Row, Seed, path_of};
use crate::builders::Article;
use crate::harness::{START, TestServer};

fn hours_before_start(hours: i64) -> Timestamp {
    Timestamp::from_millis(START - hours * 3_600_000)
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
