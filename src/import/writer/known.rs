//! Articles of a batch that are there already, asked for once for all of its records.

use std::collections::HashMap;

use crate::domain::id::Id;
use crate::service::ServiceError;
use crate::store::articles::{Imported, imported_articles};

use super::super::batch::Item;
use super::super::record::{ArticleRecord, Record};
use super::Writer;
use super::article_parts::wanted_slug;

/// The articles that records may stand for, by either identity.
#[derive(Default)]
pub(super) struct Known {
    by_id: HashMap<Id, Imported>,
    by_external_id: HashMap<String, Vec<Id>>,
}

impl Known {
    /// Takes an article as it is now.
    pub(super) fn learn(&mut self, article: Imported) {
        if let Some(external_id) = &article.external_id {
            let ids = self.by_external_id.entry(external_id.clone()).or_default();
            if let Err(place) = ids.binary_search(&article.id) {
                ids.insert(place, article.id);
            }
        }
        self.by_id.insert(article.id, article);
    }

    fn imported_as(&self, external_id: &str, source: Option<Id>) -> Option<&Imported> {
        let ids = self.by_external_id.get(external_id)?;
        let mut found = ids.iter().filter_map(|id| self.by_id.get(id));
        found.find(|known| {
            known.external_id.as_deref() == Some(external_id) && known.source == source
        })
    }
}

impl Writer<'_, '_> {
    /// Asks for what the articles of a batch will be looked up for: those that are there, and the slugs that new ones want.
    pub fn look_ahead<'i>(
        &mut self,
        items: impl Iterator<Item = &'i Item>,
    ) -> Result<(), ServiceError> {
        let article = |item: &'i Item| match &item.outcome.as_ref().ok()?.record {
            Record::Article(record) => Some(&**record),
            _ => None,
        };
        let records: Vec<&ArticleRecord> = items.filter_map(article).collect();
        let ids: Vec<Id> = records.iter().filter_map(|record| record.id).collect();
        let by_name = records.iter().filter(|record| record.id.is_none());
        let external_ids = by_name.filter_map(|record| record.external_id.clone());
        let external_ids: Vec<String> = external_ids.collect();
        let imported = imported_articles(self.tx.conn(), &ids, &external_ids)?;
        imported
            .into_iter()
            .for_each(|article| self.known.learn(article));
        let is_new = |record: &&&ArticleRecord| !self.may_be_known(record);
        let wanted: Vec<_> = records
            .iter()
            .filter(is_new)
            .map(|record| (record.lang.clone(), wanted_slug(record, None)))
            .collect();
        Ok(self.tx.look_for_free_slugs(wanted)?)
    }

    fn may_be_known(&self, record: &ArticleRecord) -> bool {
        match (record.id, &record.external_id) {
            (Some(id), _) => self.known.by_id.contains_key(&id),
            (None, Some(external_id)) => self.known.by_external_id.contains_key(external_id),
            (None, None) => false,
        }
    }

    /// By its own id, else by its identity in the system that it came from, one per source.
    pub(super) fn known_article(
        &self,
        record: &ArticleRecord,
        source: Option<Id>,
    ) -> Option<Imported> {
        let known = match (record.id, &record.external_id) {
            (Some(id), _) => self.known.by_id.get(&id),
            (None, Some(external_id)) => self.known.imported_as(external_id, source),
            (None, None) => None,
        };
        known.cloned()
    }
}
