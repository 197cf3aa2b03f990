//! Looks up what clients name by id, slug or path. What is named but does not exist is a fault at its place.

use std::collections::HashSet;

use chrono_tz::Tz;

use crate::domain::access::Scope;
use crate::domain::author::Author;
use crate::domain::error::{Fault, Invalid};
use crate::domain::id::Id;
use crate::domain::input::{ArticleInput, Given};
use crate::domain::language::LanguageTag;
use crate::domain::query::Reference;
use crate::domain::source::Source;
use crate::store::articles::{StoredArticle, find_stored};
use crate::store::shared_rows::SharedRows;
use crate::store::{self, works};

use super::{Commit, ServiceError, unknown};

/// Looks references up. What is named but does not exist is a fault at its place; all of them are told at once.
pub(super) struct Lookup<'t, 'c> {
    pub(super) tx: &'t mut Commit<'c>,
    pub(super) scope: &'t Scope,
    pub(super) faults: Vec<Fault>,
}

impl Lookup<'_, '_> {
    fn refuse(&mut self, pointer: impl Into<String>, invalid: Invalid) {
        self.faults.push(Fault::new(pointer, invalid));
    }

    pub(super) fn zone(&mut self, lang: &LanguageTag) -> Result<Tz, ServiceError> {
        let edition = store::editions::find_edition(self.tx.conn(), lang)?;
        if edition.is_none() {
            self.refuse("/lang", unknown::edition(lang));
        }
        Ok(edition.map_or(Tz::UTC, |edition| edition.content.time_zone))
    }

    pub(super) fn people(
        &mut self,
        field: &str,
        named: &[Reference],
    ) -> Result<Vec<Id>, ServiceError> {
        let (ids, slugs) = parted(named);
        let by_slug = Author::ids_by_slug(self.tx.conn(), &slugs)?;
        let known = Author::with_ids(self.tx.conn(), &ids)?;
        let known: HashSet<Id> = known.iter().map(|author| author.id).collect();
        let mut found = Vec::new();
        for (at, reference) in named.iter().enumerate() {
            let id = match reference {
                Reference::Id(id) => known.get(id).copied(),
                Reference::Slug(slug) => by_slug.get(slug).copied(),
            };
            match id {
                Some(id) if found.contains(&id) => {}
                Some(id) => found.push(id),
                None => {
                    let invalid = unknown::author(self.tx.conn(), reference)?;
                    self.refuse(format!("/{field}/{at}"), invalid);
                }
            }
        }
        Ok(found)
    }

    pub(super) fn source(&mut self, named: Option<&Reference>) -> Result<Option<Id>, ServiceError> {
        let Some(reference) = named else {
            return Ok(None);
        };
        let (ids, slugs) = parted(std::slice::from_ref(reference));
        let by_id = Source::with_ids(self.tx.conn(), &ids)?.pop();
        let by_slug = Source::ids_by_slug(self.tx.conn(), &slugs)?;
        let by_slug = by_slug.into_values().next();
        let found = by_id.map(|source| source.id).or(by_slug);
        if found.is_none() {
            let invalid = unknown::source(self.tx.conn(), reference)?;
            self.refuse("/source", invalid);
        }
        Ok(found)
    }

    pub(super) fn section(
        &mut self,
        named: Option<&Reference>,
        lang: &LanguageTag,
    ) -> Result<Option<Id>, ServiceError> {
        let Some(reference) = named else {
            return Ok(None);
        };
        let conn = self.tx.conn();
        let found = match reference {
            Reference::Id(id) => store::sections::sections_by_ids(conn, &[*id])?,
            Reference::Slug(path) => store::sections::sections_by_path(conn, path, Some(lang))?,
        };
        let found = found.iter().find(|section| section.content.lang == *lang);
        let id = found.map(|section| section.id);
        if id.is_none() {
            let invalid = unknown::section(self.tx.conn(), reference, Some(lang))?;
            self.refuse("/section", invalid);
        }
        Ok(id)
    }

    /// An article that the writer may know of.
    fn seen(&mut self, id: Id) -> Result<Option<StoredArticle>, ServiceError> {
        if !store::articles::is_visible(self.tx.conn(), self.scope, id)? {
            return Ok(None);
        }
        Ok(find_stored(self.tx.conn(), id)?)
    }

    /// The work that the article is of: the one of the article named by `translation_of`, or a new one.
    pub(super) fn work(
        &mut self,
        input: &ArticleInput,
        before: Option<&StoredArticle>,
    ) -> Result<Id, ServiceError> {
        let own = before.map(|before| before.content.work);
        let named = match input.translation_of {
            Given::Value(id) => match self.seen(id)? {
                Some(article) => Some(article.content.work),
                None => {
                    self.refuse("/translation_of", unknown::article(id));
                    own
                }
            },
            Given::Absent => own,
            // Alone already, there is nothing to part from.
            Given::Null => match own {
                Some(own) if works::is_alone(self.tx.conn(), own)? => Some(own),
                _ => None,
            },
        };
        match named {
            Some(work) => Ok(work),
            None => Ok(self.tx.new_work(None)?),
        }
    }
}

fn parted(named: &[Reference]) -> (Vec<Id>, Vec<String>) {
    let mut ids = Vec::new();
    let mut slugs = Vec::new();
    for reference in named {
        match reference {
            Reference::Id(id) => ids.push(*id),
            Reference::Slug(slug) => slugs.push(slug.clone()),
        }
    }
    (ids, slugs)
}
