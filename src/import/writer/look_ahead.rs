//! Look-ups for all articles of a batch at once: those that are there, and the slugs that new ones want.

use crate::domain::id::Id;
use crate::service::ServiceError;
use crate::store::articles::{Imported, imported_articles};

use super::super::batch::Item;
use super::super::record::{ArticleRecord, Record};
use super::Writer;
use super::article_parts::wanted_slug;

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
            .for_each(|article| self.imported.learn(article));
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
            (Some(id), _) => self.imported.with_id(id).is_some(),
            (None, Some(external_id)) => self.imported.has_external_id(external_id),
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
            (Some(id), _) => self.imported.with_id(id),
            (None, Some(external_id)) => self.imported.imported_as(external_id, source),
            (None, None) => None,
        };
        known.cloned()
    }
}
