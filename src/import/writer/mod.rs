//! The writing half of an import: each record through the service, in the transaction of its batch.

mod article;
mod history;
mod media;
mod publication;

use std::collections::HashMap;

use crate::domain::edition::Edition;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::section::Section;
use crate::service::{Commit, ServiceError, authors, editions, sections, sources, tags};

use super::record::{Finding, Parsed, Record};
use super::report::Taken;

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
    authors: HashMap<String, Id>,
    sources: HashMap<String, Id>,
    tags: HashMap<String, Id>,
    houses: Houses,
    notes: Vec<Finding>,
}

/// By edition, what the house calls itself whose pages filled its contact and copyright during an import.
pub type Houses = HashMap<LanguageTag, Vec<String>>;

impl<'t, 'c> Writer<'t, 'c> {
    /// A writer for the transaction `tx`, with the houses that the import has met.
    pub fn new(tx: &'t mut Commit<'c>, houses: Houses) -> Self {
        Self {
            tx,
            editions: HashMap::new(),
            sections: HashMap::new(),
            authors: HashMap::new(),
            sources: HashMap::new(),
            tags: HashMap::new(),
            houses,
            notes: Vec::new(),
        }
    }

    /// The houses met so far, with those of this transaction.
    #[must_use]
    pub fn into_houses(self) -> Houses {
        self.houses
    }

    /// Writes one record and says what had to be changed for it.
    ///
    /// # Errors
    /// A record that cannot be taken leaves nothing of its own behind; a failure of the database ends the transaction.
    pub fn write(&mut self, parsed: &Parsed) -> Result<(Taken, Vec<Finding>), ServiceError> {
        self.notes.clear();
        let taken = match &parsed.record {
            Record::Edition(record) => self.write_edition(record),
            Record::Section(record) => self.write_section(record),
            Record::Author(record) => self.write_author(record),
            Record::Source(record) => self.write_source(record),
            Record::Tag(record) => self.write_tag(record),
            Record::Medium(record) => self.write_medium(record),
            Record::Article(record) => self.write_article(record, parsed.digest),
            Record::Revision(record) => self.write_revision(record),
            Record::Redirect(record) => self.write_redirect(record),
        }?;
        Ok((taken, std::mem::take(&mut self.notes)))
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

    fn section(&mut self, lang: &LanguageTag, path: &[String]) -> Result<Option<Id>, ServiceError> {
        let key = (lang.clone(), path.to_vec());
        if !self.sections.contains_key(&key) {
            let section = sections::ensure_section(self.tx, lang, path)?;
            self.sections.insert(key.clone(), section);
        }
        Ok(self.sections[&key].as_ref().map(|section| section.id))
    }

    fn people(&mut self, names: &[String]) -> Result<Vec<Id>, ServiceError> {
        let mut ids = Vec::with_capacity(names.len());
        for name in names {
            let id = named(&mut self.authors, name, || {
                authors::ensure_author(self.tx, name)
            })?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(ids)
    }

    fn source(&mut self, name: &str) -> Result<Id, ServiceError> {
        named(&mut self.sources, name, || {
            sources::ensure_source(self.tx, name)
        })
    }

    fn tags(&mut self, names: &[String]) -> Result<Vec<Id>, ServiceError> {
        let mut ids = Vec::with_capacity(names.len());
        for name in names {
            let id = named(&mut self.tags, name, || tags::ensure_tag(self.tx, name))?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(ids)
    }
}

fn named(
    known: &mut HashMap<String, Id>,
    name: &str,
    ensure: impl FnOnce() -> Result<Id, ServiceError>,
) -> Result<Id, ServiceError> {
    if let Some(id) = known.get(name) {
        return Ok(*id);
    }
    let id = ensure()?;
    known.insert(name.to_owned(), id);
    Ok(id)
}
