//! Writing past versions and old addresses.

use crate::domain::id::Id;
use crate::service::{ServiceError, redirects};
use crate::store;
use crate::store::moved::Moved;
use crate::store::revisions::Revision;

use super::super::record::{ArticleKey, RedirectRecord, RedirectTarget, RevisionRecord};
use super::super::report::Taken;
use super::{Writer, taken};

impl Writer<'_, '_> {
    pub(super) fn write_revision(
        &mut self,
        record: &RevisionRecord,
    ) -> Result<Taken, ServiceError> {
        let article = self.article_of(&record.article)?;
        let before = store::revisions::find_revision(self.tx.conn(), article, record.version)?;
        let snapshot = match (&record.content, &before) {
            (Some(content), _) => serde_json::to_string(content).unwrap_or_default(),
            (None, Some(before)) => before.snapshot.clone(),
            (None, None) => {
                let detail = "the article is not at this version, so a snapshot is needed";
                return Err(ServiceError::invalid("snapshot", "required", detail));
            }
        };
        let at = record.at.or(before.as_ref().map(|before| before.at));
        let revision = Revision {
            snapshot,
            article_id: article,
            version: record.version,
            at: at.unwrap_or_else(|| self.tx.now()),
            actor: record.actor.clone(),
        };
        if before.as_ref() == Some(&revision) {
            return Ok(Taken::Unchanged);
        }
        store::revisions::save_revision(self.tx.conn(), &revision)?;
        Ok(taken(before.is_none(), true))
    }

    pub(super) fn write_redirect(
        &mut self,
        record: &RedirectRecord,
    ) -> Result<Taken, ServiceError> {
        let changed = match &record.target {
            RedirectTarget::Article(lang, article) => {
                let article = self.article_of(article)?;
                redirects::save_redirect(self.tx, lang, &record.slug, article, record.public)?
            }
            RedirectTarget::Other(kind, target) => {
                let moved = Moved {
                    kind: (*kind).to_owned(),
                    lang: record.lang.clone(),
                    slug: record.slug.clone(),
                    target_id: *target,
                    public: record.public,
                };
                redirects::save_moved(self.tx, moved, *target)?
            }
        };
        Ok(taken(changed, false))
    }

    fn article_of(&mut self, key: &ArticleKey) -> Result<Id, ServiceError> {
        let found = match key {
            ArticleKey::Own(id) => {
                store::articles::article_exists(self.tx.conn(), *id)?.then_some(*id)
            }
            ArticleKey::External(id) => store::articles::find_by_external_id(self.tx.conn(), id)?
                .first()
                .map(|known| known.id),
        };
        found.ok_or_else(|| {
            ServiceError::invalid("article", "unknown_article", "there is no such article")
        })
    }
}
