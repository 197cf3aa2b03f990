//! The writing half of an import: each record through the service, in the transaction of its batch.

mod article;
mod article_parts;
mod hints;
mod history;
mod known;
mod look_ahead;
mod made;
mod media;
mod named;
mod parents;
mod publication;
mod repeated;
mod tags;
mod works;

use std::collections::HashMap;

use crate::domain::edition::Edition;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::query::LONGEST_PATH;
use crate::domain::section::Section;
use crate::domain::slug::Slug;
use crate::domain::time::Timestamp;
use crate::service::{Commit, ServiceError, editions, section_tree, sections};
use crate::store;

use super::batch::{Item, Place};
use super::record::{ArticleRecord, Finding, Named, Parsed, Record};
use super::report::{Made, Taken};
use known::Known;

/// Bytes that a step of a path may take besides its slug: a slash, and the number of a slug that was taken, in bytes.
const NUMBER_ROOM: usize = 5;

fn taken(is_new: bool, changed: bool) -> Taken {
    match (is_new, changed) {
        (true, _) => Taken::Created,
        (false, true) => Taken::Updated,
        (false, false) => Taken::Unchanged,
    }
}

/// Writes records within one transaction and remembers what their names stand for.
pub struct Writer<'t, 'c> {
    tx: &'t mut Commit<'c>,
    editions: HashMap<LanguageTag, Edition>,
    sections: HashMap<(LanguageTag, Vec<String>), Option<Section>>,
    authors: HashMap<Named, Id>,
    sources: HashMap<Named, Id>,
    tags: HashMap<Named, Id>,
    imported: Known,
    before: &'t Met,
    houses: Houses,
    articles: HashMap<Id, Place>,
    addresses: HashMap<u64, Id>,
    awaited: Vec<Awaited>,
    /// Time at which the import began to write.
    began: Timestamp,
    notes: Vec<Finding>,
    /// The article of the record that is written.
    article: Option<Id>,
    /// True if any picture was fetched from anywhere, once that is asked.
    knows_sources: Option<bool>,
}

/// The outcome of a record that went in.
#[derive(Debug, Clone)]
pub struct Written {
    /// Outcome of it.
    pub taken: Taken,
    /// Changes that had to be made for it.
    pub notes: Vec<Finding>,
    /// The article, where the record is one.
    pub article: Option<Id>,
    /// Things that were made because the article names them.
    pub made: Made,
}

/// By edition, what the house calls itself whose pages filled its contact and copyright during an import.
type Houses = HashMap<LanguageTag, Vec<String>>;

/// Articles, addresses and houses that an import has met so far.
#[derive(Debug, Default)]
pub struct Met {
    houses: Houses,
    /// The articles that records stood for, and the place of each record.
    articles: HashMap<Id, Place>,
    /// The articles of addresses, by the hash of each.
    addresses: HashMap<u64, Id>,
    /// Translations that were not there when an article named them.
    pub(super) awaited: Vec<Awaited>,
    began: Option<Timestamp>,
}

/// A translation that was not there when an article named it.
#[derive(Debug)]
pub struct Awaited {
    /// Its identity.
    pub id: Id,
    /// Place of the article's record.
    pub place: Place,
    /// The article's own name in its record.
    pub name: Option<String>,
    /// Finding for the report, unless it comes by the end.
    pub finding: Finding,
}

impl Met {
    /// Adds what a transaction that was committed has met.
    pub fn add(&mut self, news: Self) {
        self.houses = news.houses;
        self.articles.extend(news.articles);
        self.addresses.extend(news.addresses);
        self.awaited.extend(news.awaited);
        self.began = self.began.or(news.began);
    }
}

impl<'t, 'c> Writer<'t, 'c> {
    /// A writer for the transaction `tx` of an import that has met `before`.
    pub fn new(tx: &'t mut Commit<'c>, before: &'t Met) -> Self {
        let began = before.began.unwrap_or_else(|| tx.now());
        tx.gather();
        Self {
            tx,
            editions: HashMap::new(),
            sections: HashMap::new(),
            authors: HashMap::new(),
            sources: HashMap::new(),
            tags: HashMap::new(),
            imported: Known::default(),
            before,
            houses: before.houses.clone(),
            articles: HashMap::new(),
            addresses: HashMap::new(),
            awaited: Vec::new(),
            began,
            notes: Vec::new(),
            article: None,
            knows_sources: None,
        }
    }

    /// Articles and addresses that this transaction has met, with all houses.
    #[must_use]
    pub fn into_news(self) -> Met {
        Met {
            houses: self.houses,
            articles: self.articles,
            addresses: self.addresses,
            awaited: self.awaited,
            began: Some(self.began),
        }
    }

    /// Writes the record of an item and says what had to be changed for it.
    ///
    /// # Errors
    /// A record that cannot be taken leaves nothing of its own behind; a failure of the database ends the transaction.
    pub fn write(&mut self, item: &Item, parsed: &Parsed) -> Result<Written, ServiceError> {
        self.notes.clear();
        self.article = None;
        let known = self.tx.changes().len();
        if !matches!(parsed.record, Record::Article(_)) {
            self.tx.settle()?;
        }
        let taken = match &parsed.record {
            Record::Edition(record) => self.write_edition(record),
            Record::Section(record) => self.write_section(record),
            Record::Author(record) => self.write_author(record),
            Record::Source(record) => self.write_source(record),
            Record::Tag(record) => self.write_tag(record),
            Record::Medium(record) => self.write_medium(record),
            Record::Article(record) => self.write_article(item, record, parsed.digest),
            Record::Revision(record) => self.write_revision(record),
            Record::Redirect(record) => self.write_redirect(record),
        }?;
        let made = match &parsed.record {
            Record::Article(_) => self.made_since(known)?,
            _ => Made::default(),
        };
        Ok(Written {
            taken,
            notes: std::mem::take(&mut self.notes),
            article: self.article,
            made,
        })
    }

    fn note(&mut self, field: &str, code: &'static str, detail: impl Into<String>) {
        self.notes.push(Finding::at(field, code, detail));
    }

    fn edition(&mut self, lang: &LanguageTag) -> Result<&Edition, ServiceError> {
        if !self.editions.contains_key(lang) {
            let edition = editions::ensure_edition(self.tx, lang)?;
            self.editions.insert(lang.clone(), edition);
        }
        Ok(&self.editions[lang])
    }

    fn section(
        &mut self,
        record: &ArticleRecord,
        path: &[String],
    ) -> Result<Option<Id>, ServiceError> {
        let key = (record.lang.clone(), path.to_vec());
        if !self.sections.contains_key(&key) {
            let names = &record.section_names;
            let section = sections::ensure_section_as(self.tx, &record.lang, path, names)?;
            self.sections.insert(key.clone(), section);
        }
        Ok(self.sections[&key].as_ref().map(|section| section.id))
    }

    /// The section that an article is to stand in: by identity, else by path.
    fn section_of(&mut self, record: &ArticleRecord) -> Result<Option<Id>, ServiceError> {
        let path = self.fitting(&record.section_path);
        let Some(id) = record.section else {
            return self.section(record, path);
        };
        let found = store::sections::sections_by_ids(self.tx.conn(), &[id])?;
        if found
            .iter()
            .any(|section| section.content.lang == record.lang)
        {
            return Ok(Some(id));
        }
        if record.section_path.is_empty() {
            let detail = format!(
                "there is no section {id} in {}; it is left out",
                record.lang
            );
            self.note("/section", "unknown_section", detail);
        }
        self.section(record, path)
    }

    /// The first steps of a path that sections can lie in.
    fn fitting<'p>(&mut self, path: &'p [String]) -> &'p [String] {
        let mut bytes = 0;
        let fits = |step: &&String| {
            bytes += Slug::from_text(step).as_str().len() + NUMBER_ROOM;
            bytes <= LONGEST_PATH
        };
        let fit = path
            .iter()
            .take(section_tree::DEPTH_MAX)
            .take_while(fits)
            .count();
        if fit < path.len() {
            let code = if fit == section_tree::DEPTH_MAX {
                "too_deep"
            } else {
                "too_long"
            };
            let detail = format!(
                "sections lie at most {} deep; it stands in the first {fit} of these",
                section_tree::DEPTH_MAX
            );
            self.note("/section_path", code, detail);
        }
        &path[..fit]
    }
}
