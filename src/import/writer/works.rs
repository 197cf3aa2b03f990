//! The work that an article is of.

use crate::domain::id::Id;
use crate::domain::normal_url::NormalUrl;
use crate::service::ServiceError;
use crate::store;
use crate::store::articles::StoredArticle;

use super::super::batch::Item;
use super::super::record::{ArticleRecord, Finding};
use super::{Awaited, Writer};

impl Writer<'_, '_> {
    /// The work that a record is of. A second article in one language cannot be a translation of the first: it gets a work
    /// of its own, and that is noted.
    pub(super) fn work(
        &mut self,
        item: &Item,
        record: &ArticleRecord,
        before: Option<&StoredArticle>,
    ) -> Result<Id, ServiceError> {
        let key = record.translation_key.as_deref();
        let keyed = match key {
            Some(key) => store::works::find_work_by_key(self.tx.conn(), key)?,
            None => None,
        };
        let own = before.map(|before| before.content.work);
        let linked = self.work_of_translations(item, record)?;
        // A work of more than this article is not left for what an answer says.
        let stays = match own {
            Some(own) => key.is_none() && !store::works::is_alone(self.tx.conn(), own)?,
            None => false,
        };
        let fallback = if stays { own } else { linked.or(own) };
        let named = record.work.or(keyed);
        let named = named.or(if key.is_none() { fallback } else { None });
        let Some(work) = named else {
            return Ok(self.tx.new_work(key)?);
        };
        self.tx.settle_work(work)?;
        let there = store::works::edition_of_work(self.tx.conn(), work, &record.lang)?;
        if there.is_none() || there == before.map(|before| before.id) {
            store::works::ensure_work(self.tx.conn(), work, key)?;
            return Ok(work);
        }
        let detail = "another article of this key is in this language already; this one is a work of its own";
        let field = if linked.is_some() {
            "/translations"
        } else {
            "/translation_key"
        };
        self.note(field, "translation_taken", detail);
        match own {
            Some(own) if own != work => Ok(own),
            _ => Ok(self.tx.new_work(None)?),
        }
    }

    /// The work of the articles that an answer of the API names as translations. Those that are not there may still come.
    fn work_of_translations(
        &mut self,
        item: &Item,
        record: &ArticleRecord,
    ) -> Result<Option<Id>, ServiceError> {
        if !record.translations.is_empty() {
            self.tx.settle()?;
        }
        let mut found = None;
        for (at, translation) in record.translations.iter().enumerate() {
            let conn = self.tx.conn();
            let mut work = match translation.id {
                Some(id) => store::works::work_of_article(conn, id)?,
                None => None,
            };
            let url = translation.url.as_deref().and_then(NormalUrl::parse);
            if let (None, Some(url)) = (work, url) {
                work = store::works::work_at_address(conn, &url)?;
            }
            match (work, translation.id) {
                (None, Some(id)) => self.await_translation(item, at, id, &translation.lang),
                (None, None) => {
                    let detail = "there is no article at this address; it is left out";
                    self.note(
                        &format!("/translations/{at}"),
                        "unknown_translation",
                        detail,
                    );
                }
                (work, _) => found = found.or(work),
            }
        }
        Ok(found)
    }

    fn await_translation(&mut self, item: &Item, at: usize, id: Id, lang: &str) {
        let detail = format!("there is no article {id} ({lang}); it is left out");
        self.awaited.push(Awaited {
            id,
            place: item.place.clone(),
            name: item.id.clone(),
            finding: Finding::at(format!("/translations/{at}"), "unknown_translation", detail),
        });
    }
}
