//! Writing articles.

use crate::domain::article::{ArticleContent, Details, Notice, Status};
use crate::domain::body::Body;
use crate::domain::id::Id;
use crate::domain::lifecycle::hold_until_date;
use crate::domain::slug::Slug;
use crate::service::articles::{Draft, Outcome, Provenance, create_article, update_article};
use crate::service::notice_rules::seen_notices;
use crate::service::{ServiceError, redirects};
use crate::store;
use crate::store::articles::{Imported, StoredArticle};
use chrono_tz::Tz;

use super::super::batch::Item;
use super::super::record::ArticleRecord;
use super::super::report::Taken;
use super::Writer;
use super::article_parts::{
    body, details, external_id, extra, notices, status, wanted_slug, withdrawal,
};

impl Writer<'_, '_> {
    pub(super) fn write_article(
        &mut self,
        item: &Item,
        record: &ArticleRecord,
        digest: i64,
    ) -> Result<Taken, ServiceError> {
        let source = match &record.source {
            Some(source) => self.source(&record.lang, source)?,
            None => None,
        };
        let known = self.known_article(record, source);
        if let Some(known) = &known {
            let is_unchanged = known.import_digest == Some(digest);
            if self.is_repeated(item.counts, known.id, is_unchanged) {
                return Ok(Taken::Repeated);
            }
            if is_unchanged {
                self.meet(&item.place, record, known.id);
                return Ok(Taken::Unchanged);
            }
        }
        let before = match &known {
            Some(known) => {
                self.tx.settle()?;
                store::articles::load_stored(self.tx.conn(), &[known.id])?.pop()
            }
            None => None,
        };
        let mut content = self.content(item, record, source, before.as_ref())?;
        if let Some(before) = &before {
            self.keep_hidden(before, &mut content)?;
        }
        let length = if record.keeps_body {
            Body::from_stored(content.body.clone()).length()
        } else {
            record.length
        };
        let draft = Draft {
            content,
            length,
            import_digest: Some(digest),
            provenance: self.provenance(record),
        };
        let id = before.as_ref().map(|before| before.id).or(record.id);
        let id = id.unwrap_or_else(|| Id::new(self.tx.now()));
        let written = Imported {
            id,
            external_id: draft.content.external_id.clone(),
            source: draft.content.source,
            import_digest: draft.import_digest,
        };
        let outcome = match &before {
            Some(before) => update_article(self.tx, before, draft)?,
            None => create_article(self.tx, id, draft)?,
        };
        self.imported.learn(written);
        self.meet(&item.place, record, id);
        if let Some(hints) = &record.hints {
            self.take_hints(&record.lang, hints)?;
        }
        self.finish_slug(record, &outcome)?;
        Ok(match outcome {
            Outcome::Created(_) => Taken::Created,
            Outcome::Updated(_) => Taken::Updated,
            Outcome::Unchanged => Taken::Unchanged,
        })
    }

    /// Leaves an article hidden that somebody here has hidden since it was imported: their word is later than the record's.
    /// Their other changes are written over, and noted.
    fn keep_hidden(
        &mut self,
        before: &StoredArticle,
        content: &mut ArticleContent,
    ) -> Result<(), ServiceError> {
        if before.content.lang != content.lang {
            let detail = format!(
                "the article was {} and is {} now",
                before.content.lang, content.lang
            );
            self.note("/lang", "language_changed", detail);
        }
        let person = store::revisions::last_by_person(self.tx.conn(), before.id)?;
        let Some((version, theirs)) = person else {
            return Ok(());
        };
        if version == before.version {
            let detail =
                "the article was edited here after it was imported, and the record replaces that";
            self.note("", "edit_replaced", detail);
        }
        let now = self.tx.now();
        if before.public || theirs.is_public(now) || !content.is_public(now) {
            return Ok(());
        }
        let old = &before.content;
        content.status = old.status;
        content.withdrawn.clone_from(&old.withdrawn);
        content.published_at = old.published_at;
        content.publish_at = old.publish_at;
        content.embargo_until = old.embargo_until;
        self.note(
            "/status",
            "kept_hidden",
            "the article was hidden here, and an import does not bring it back",
        );
        Ok(())
    }

    fn content(
        &mut self,
        item: &Item,
        record: &ArticleRecord,
        source: Option<Id>,
        before: Option<&StoredArticle>,
    ) -> Result<ArticleContent, ServiceError> {
        let zone = self.edition(&record.lang)?.content.time_zone;
        let at =
            |date: Option<super::super::date::WrittenDate>| date.map(|date| date.resolve(zone));
        let dated = before.and_then(|before| before.content.published_at);
        let (published_at, publish_at) = (at(record.published).or(dated), at(record.publish_at));
        let status = status(record, before, published_at);
        let planned = before.and_then(|before| before.content.publish_at);
        let planned = planned.filter(|_| status == Status::Scheduled);
        let mut content = ArticleContent {
            work: self.work(item, record, before)?,
            lang: record.lang.clone(),
            slug: wanted_slug(record, before),
            title: record.title.clone(),
            subtitle: record.subtitle.clone(),
            summary: record.summary.clone(),
            status,
            published_at,
            publish_at: publish_at.or(planned),
            embargo_until: at(record.embargo_until),
            authors: self.people("authors", &record.lang, &record.authors)?,
            editors: self.people("editors", &record.lang, &record.editors)?,
            translators: self.people("translators", &record.lang, &record.translators)?,
            source,
            section: self.section_of(record)?,
            tags: self.tags(record)?,
            details: Details {
                media: self.media(record)?,
                ..details(record, self.notices(record, before, zone), before)
            },
            extra: extra(record, before),
            external_id: external_id(record, before),
            withdrawn: withdrawal(record, before, status, zone, self.tx.now()),
            body: body(record, before),
        };
        self.hold(&mut content);
        self.show_fetched(&mut content)?;
        Ok(content)
    }

    /// Notes what is not public yet because its date is still to come.
    fn hold(&mut self, content: &mut ArticleContent) {
        if hold_until_date(content, self.tx.now())
            && let Some(at) = content.publish_at
        {
            let field = if content.published_at == Some(at) {
                "/published_at"
            } else {
                "/publish_at"
            };
            self.note(
                field,
                "scheduled",
                format!("this is still to come: it is scheduled for {at}"),
            );
        }
    }

    /// A record's notices, and those that it lacks or alters although the public has seen them: they stay, and that is noted.
    fn notices(
        &mut self,
        record: &ArticleRecord,
        before: Option<&StoredArticle>,
        zone: Tz,
    ) -> Vec<Notice> {
        let old = before.map_or(&[][..], |before| before.content.details.notices.as_slice());
        let now = self.tx.now();
        let mut found = notices(record, old, zone, now);
        for (place, notice) in record.notices.iter().enumerate() {
            if notice.at.is_some_and(|date| date.resolve(zone) > now) {
                let detail = "this is still to come, and the notice shows with its article: it has the time of the import";
                self.note(
                    &format!("/notices/{place}/at"),
                    "date_to_come",
                    detail.to_owned(),
                );
            }
        }
        for seen in before.into_iter().flat_map(seen_notices) {
            if found.contains(seen) {
                continue;
            }
            found.retain(|notice| notice.id != seen.id);
            found.push(seen.clone());
            let detail = format!(
                "the public has seen the notice {}: it stays as it is",
                seen.id
            );
            self.note("/notices", "notice_kept", detail);
        }
        found
    }

    fn provenance(&mut self, record: &ArticleRecord) -> Option<Provenance> {
        let now = self.tx.now();
        let history = &record.history;
        let zone = self
            .editions
            .get(&record.lang)
            .map_or(Tz::UTC, |edition| edition.content.time_zone);
        let told = record.updated.map(|date| date.resolve(zone));
        if told.is_some_and(|told| told > now) {
            let detail = "this is still to come: the time of the import stands there";
            self.note("/updated", "date_to_come", detail.to_owned());
        }
        let told = told.map(|told| told.min(now));
        if history.version.is_none() && told.is_none() {
            return None;
        }
        Some(Provenance {
            version: history.version.unwrap_or(1),
            created_at: history.created_at.unwrap_or(now),
            updated_at: history.updated_at.or(told).unwrap_or(now),
            created_by: record
                .created_by
                .as_deref()
                .and_then(|id| Id::parse(id).ok()),
        })
    }

    /// Notes a slug that had to change, and lets the one that was written lead to the article.
    fn finish_slug(
        &mut self,
        record: &ArticleRecord,
        outcome: &Outcome,
    ) -> Result<(), ServiceError> {
        let (Outcome::Created(given) | Outcome::Updated(given)) = outcome else {
            return Ok(());
        };
        self.note_slug(record.slug.as_ref(), given);
        self.keep_old_slugs(record, given)?;
        let Some(written) = &record.slug_written else {
            return Ok(());
        };
        self.tx.settle()?;
        // What leads to an article that had the same words before this one goes on leading there.
        if store::redirects::find_redirect(self.tx.conn(), &record.lang, written)?.is_some() {
            return Ok(());
        }
        let article = store::articles::find_by_slug(self.tx.conn(), &record.lang, given.as_str())?;
        if let Some(article) = article {
            redirects::save_redirect(self.tx, &record.lang, written, article, true)?;
        }
        Ok(())
    }

    /// Lets the slugs that the article had elsewhere lead to it, unless they lead to another.
    fn keep_old_slugs(&mut self, record: &ArticleRecord, given: &Slug) -> Result<(), ServiceError> {
        if record.old_slugs.is_empty() {
            return Ok(());
        }
        self.tx.settle()?;
        let article = store::articles::find_by_slug(self.tx.conn(), &record.lang, given.as_str())?;
        for old in record.old_slugs.iter().filter(|old| *old != given) {
            let known =
                store::redirects::find_redirect(self.tx.conn(), &record.lang, old.as_str())?;
            if let (Some(article), None) = (article, known) {
                redirects::save_redirect(self.tx, &record.lang, old.as_str(), article, true)?;
            }
        }
        Ok(())
    }
}
