//! Writing articles: every version comes from here.

use crate::domain::article::{ArticleContent, Status};
use crate::domain::body::{Body, Length};
use crate::domain::id::Id;
use crate::domain::lifecycle::hold_until_date;
use crate::domain::slug::Slug;
use crate::domain::time::Timestamp;
use crate::store::articles::{self as stored, ArticleRecord, Holders, Seen, StoredArticle};
use crate::store::changes::{Change, ChangeKind, ChangeOp};
use crate::store::facets::{self, facets_of_article};
use crate::store::slots::Slot;
use crate::store::subjects::Subject;
use crate::store::{redirects, works};

use super::derived::facet_keys;
use super::media::require_media;
use super::notice_rules::{note_seen, require_seen_notices};
use super::section_tree::find_section;
use super::slugs::free_slug;
use super::{Commit, ServiceError};

/// Version, times and maker of an article that comes from an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provenance {
    /// Its version there.
    pub version: i64,
    /// Time at which it was made.
    pub created_at: Timestamp,
    /// Time of that version.
    pub updated_at: Timestamp,
    /// The key that it was made with.
    pub created_by: Option<Id>,
}

/// The content of an article to be written. The slug in `content` is a wish; where it is taken, a numbered one is given.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The content.
    pub content: ArticleContent,
    /// Length of its body.
    pub length: Length,
    /// The digest of the record that it was imported from.
    pub import_digest: Option<i64>,
    /// Its provenance, where it comes from an export.
    pub provenance: Option<Provenance>,
}

/// The result of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A new article, with the slug that it got.
    Created(Slug),
    /// A new version, with the slug that it has.
    Updated(Slug),
    /// Nothing was other than before.
    Unchanged,
}

/// Writes a new article.
pub fn create_article(
    tx: &mut Commit<'_>,
    id: Id,
    mut draft: Draft,
) -> Result<Outcome, ServiceError> {
    hold_until_date(&mut draft.content, tx.now);
    let lang = draft.content.lang.clone();
    require_place(tx, &draft.content, None, tx.holders)?;
    require_media(tx, &mut draft.content, &[])?;
    let is_free = tx.give_slug(&lang, &draft.content.slug);
    if !is_free {
        draft.content.slug = free_slug(&draft.content.slug, |slugs| {
            tx.first_free_slug(&lang, slugs, None)
        })?;
        tx.give_slug(&lang, &draft.content.slug);
    }
    let provenance = draft.provenance.unwrap_or(Provenance {
        version: 1,
        created_at: tx.stamp,
        updated_at: tx.stamp,
        created_by: None,
    });
    let record = record(tx, (id, None), draft, provenance)?;
    tx.count(&record.facets, 1);
    tell(tx, &record, None, &[])?;
    let slug = record.content.slug.clone();
    tx.made(record)?;
    Ok(Outcome::Created(slug))
}

/// Writes a new version of an article, where it says anything other than the one before.
///
/// # Errors
/// `Conflict` where it lacks a notice that the public has seen.
pub fn update_article(
    tx: &mut Commit<'_>,
    before: &StoredArticle,
    draft: Draft,
) -> Result<Outcome, ServiceError> {
    require_seen_notices(before, &draft.content)?;
    write_version(tx, before, draft)
}

/// Writes a version that has pictures at other addresses and says the same: its writers' last change stays the one before.
pub fn move_pictures(
    tx: &mut Commit<'_>,
    before: &StoredArticle,
    content: ArticleContent,
) -> Result<Outcome, ServiceError> {
    let draft = Draft {
        length: Body::from_stored(content.body.clone()).length(),
        content,
        import_digest: before.import_digest,
        provenance: None,
    };
    write_version_at(tx, before, draft, before.updated_at)
}

/// Writes a version without a look at the notices: for their own removal alone.
pub(super) fn write_version(
    tx: &mut Commit<'_>,
    before: &StoredArticle,
    draft: Draft,
) -> Result<Outcome, ServiceError> {
    let stamp = tx.stamp;
    write_version_at(tx, before, draft, stamp)
}

fn write_version_at(
    tx: &mut Commit<'_>,
    before: &StoredArticle,
    mut draft: Draft,
    updated_at: Timestamp,
) -> Result<Outcome, ServiceError> {
    tx.settle()?;
    // What is published has a date, whatever a write says of it.
    if draft.content.status == Status::Published {
        let dated = draft.content.published_at.or(before.content.published_at);
        draft.content.published_at = dated.or(Some(tx.now));
    }
    hold_until_date(&mut draft.content, tx.now);
    let lang = draft.content.lang.clone();
    let own = Some((before.id, &before.content.slug));
    draft.content.slug = free_slug(&draft.content.slug, |slugs| {
        tx.first_free_slug(&lang, slugs, own)
    })?;
    tx.give_slug(&lang, &draft.content.slug);
    if draft.content == before.content && before.public == draft.content.is_public(tx.now) {
        if draft.import_digest != before.import_digest {
            stored::set_import_digest(tx.conn, before.id, draft.import_digest)?;
        }
        return Ok(Outcome::Unchanged);
    }
    let stays = (draft.content.work, &lang) == (before.content.work, &before.content.lang);
    let holders = if stays { Holders::Public } else { tx.holders };
    require_place(tx, &draft.content, Some(before.id), holders)?;
    require_media(tx, &mut draft.content, &before.content.media_ids())?;
    let provenance = Provenance {
        version: before.version + 1,
        created_at: before.created_at,
        updated_at,
        created_by: before.created_by,
    };
    let record = record(tx, (before.id, Some(before)), draft, provenance)?;
    let facets_before = facets_of_article(tx.conn, before.id)?;
    if before.public {
        remember_left(tx, before, &facets_before, &record)?;
    }
    stored::replace_article(tx.conn, &record)?;
    tx.count(&facets_before, -1);
    tx.count(&record.facets, 1);
    keep_old_address(tx, before, &record)?;
    tell(tx, &record, Some(before), &facets_before)?;
    Ok(Outcome::Updated(record.content.slug))
}

/// Refuses a second article of one work in one edition.
fn require_place(
    tx: &mut Commit<'_>,
    content: &ArticleContent,
    but: Option<Id>,
    holders: Holders,
) -> Result<(), ServiceError> {
    if tx.empty_works.contains(&content.work) {
        return Ok(());
    }
    tx.settle_work(content.work)?;
    match works::holder_of_edition(tx.conn, content.work, &content.lang, but, holders)? {
        Some(other) => Err(ServiceError::TranslationTaken { other }),
        None => Ok(()),
    }
}

/// Notes what a public article leaves, so that those who copied it for that are told.
fn remember_left(
    tx: &mut Commit<'_>,
    before: &StoredArticle,
    facets_before: &[i64],
    record: &ArticleRecord,
) -> Result<(), ServiceError> {
    let put_off = record.content.published_at > before.content.published_at;
    let left: Vec<i64> = facets_before
        .iter()
        .filter(|facet| put_off || !record.facets.contains(facet))
        .copied()
        .collect();
    if !left.is_empty() {
        facets::remember_left(tx.conn, before.id, &left)?;
    }
    Ok(())
}

/// The article is found by the slug that it had; a redirect from the slug that it has now would lead in a circle.
fn keep_old_address(
    tx: &mut Commit<'_>,
    before: &StoredArticle,
    record: &ArticleRecord,
) -> Result<(), ServiceError> {
    let (old, new) = (&before.content, &record.content);
    if (&old.lang, &old.slug) == (&new.lang, &new.slug) {
        return Ok(());
    }
    redirects::remove_redirect(tx.conn, &new.lang, new.slug.as_str())?;
    let shown = before.seen.slug_shown;
    redirects::save_redirect(tx.conn, &old.lang, old.slug.as_str(), record.id, shown)?;
    Ok(())
}

fn record(
    tx: &mut Commit<'_>,
    (id, before): (Id, Option<&StoredArticle>),
    draft: Draft,
    provenance: Provenance,
) -> Result<ArticleRecord, ServiceError> {
    let mut content = draft.content;
    let public = content.is_public(tx.now);
    note_seen(&mut content, before, public);
    let seen = seen(tx.next_seq()?, &content, public, before);
    let facets = facets_of(tx, &content, public)?;
    let snapshot = serde_json::to_string(&content).unwrap_or_default();
    let (word_count, reading_minutes) = stored::length_columns(draft.length);
    Ok(ArticleRecord {
        id,
        version: provenance.version,
        public,
        created_at: provenance.created_at,
        updated_at: provenance.updated_at,
        created_by: provenance.created_by,
        actor: tx.actor.to_string(),
        snapshot,
        import_digest: draft.import_digest,
        word_count,
        reading_minutes,
        facets,
        seen,
        content,
    })
}

/// The state of an article as the public has seen it, with a version whose entry in the change log is `seq`.
fn seen(seq: i64, content: &ArticleContent, public: bool, before: Option<&StoredArticle>) -> Seen {
    let old = before.map_or_else(Seen::default, |before| before.seen);
    let stays = before.is_some_and(|before| before.public) && old.public_since.is_some();
    let was_public = content.withdrawn.as_ref().is_some_and(|w| w.was_public);
    let notices = before.map_or(&[][..], |before| &before.content.details.notices);
    let is_new = |notice| !notices.contains(notice);
    let keeps_slug = before.is_some_and(|before| {
        (&before.content.lang, &before.content.slug) == (&content.lang, &content.slug)
    });
    Seen {
        public_since: match public {
            true if !stays => Some(seq),
            _ => old.public_since.or(was_public.then_some(seq)),
        },
        noticed_at: match content.details.notices.iter().any(is_new) {
            true => Some(seq),
            false => old.noticed_at,
        },
        slug_shown: public || was_public || (keeps_slug && old.slug_shown),
    }
}

/// The numbers of the facets that lists find an article by.
fn facets_of(
    tx: &mut Commit<'_>,
    content: &ArticleContent,
    public: bool,
) -> Result<Vec<i64>, ServiceError> {
    let trail = match content.section {
        Some(section) => find_section(tx, section)?.trail,
        None => Vec::new(),
    };
    Ok(tx.facet_numbers(&facet_keys(content, &trail, public))?)
}

/// Tells the change log of an article, and of those that show it among their translations, or did.
fn tell(
    tx: &mut Commit<'_>,
    record: &ArticleRecord,
    before: Option<&StoredArticle>,
    facets_before: &[i64],
) -> Result<(), ServiceError> {
    let content = &record.content;
    let was_public = before.is_some_and(|before| before.public);
    let gone = was_public && !record.public;
    let change = Change {
        kind: ChangeKind::Article,
        id: record.id.to_string(),
        op: if gone {
            ChangeOp::Delete
        } else {
            ChangeOp::Upsert
        },
        reason: gone.then(|| content.status.as_str()),
        lang: content.lang.to_string(),
        version: record.version,
        public: was_public || record.public,
        alters_articles: false,
        touched: Some(touched(record, before, facets_before)),
    };
    let moved_from = before
        .map(|before| &before.content.lang)
        .filter(|lang| **lang != content.lang);
    tx.changes.extend(moved_from.map(|lang| Change {
        lang: lang.to_string(),
        ..change.clone()
    }));
    tx.changes.push(change);
    if before.is_none_or(|before| !names_alike(before, record)) && (was_public || record.public) {
        let old_work = before
            .map(|before| before.content.work)
            .filter(|work| *work != content.work);
        for work in old_work.into_iter().chain([content.work]) {
            tell_translations(tx, work, record.id)?;
        }
    }
    tx.empty_works.remove(&content.work);
    Ok(())
}

/// The subjects that a version touches: the lists that it is or was in, its work and the slugs that it has or had.
fn touched(
    record: &ArticleRecord,
    before: Option<&StoredArticle>,
    facets_before: &[i64],
) -> Vec<Slot> {
    let facets = record.facets.iter().chain(facets_before);
    let mut slots: Vec<Slot> = facets.map(|n| Subject::Facet(*n).slot()).collect();
    let contents = before.map(|before| &before.content).into_iter();
    for content in contents.chain([&record.content]) {
        slots.push(Subject::Work(content.work).slot());
        slots.push(Subject::Slug(ChangeKind::Article, content.slug.as_str()).slot());
    }
    slots.sort_unstable();
    slots.dedup();
    slots
}

/// True if an article's translations show the same of both versions: that it is public, its address and its title.
fn names_alike(before: &StoredArticle, record: &ArticleRecord) -> bool {
    let (old, new) = (&before.content, &record.content);
    before.public == record.public
        && (old.work, &old.lang, &old.slug) == (new.work, &new.lang, &new.slug)
        && (&old.title, old.section) == (&new.title, new.section)
        && old.published_at == new.published_at
}

fn tell_translations(tx: &mut Commit<'_>, work: Id, but: Id) -> Result<(), ServiceError> {
    if tx.empty_works.contains(&work) {
        return Ok(());
    }
    for (id, lang, version) in works::public_editions_of_work(tx.conn, work)? {
        if id != but {
            tx.changed(ChangeKind::Article, id.to_string(), lang.as_str(), version);
        }
    }
    Ok(())
}
