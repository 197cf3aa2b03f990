//! Records of articles.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::domain::article::{Credit, MediumEntry, NoticeKind, Original, Status, WithdrawalReason};
use crate::domain::body::{Body, Length};
use crate::domain::edition::Contact;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::medium::MediaFile;
use crate::domain::slug::Slug;
use crate::domain::source::Rights;
use crate::domain::time::Timestamp;
use crate::import::date::WrittenDate;
use crate::media::intake::Look;

use super::{History, Named};

/// An article.
#[derive(Debug, Clone, PartialEq)]
pub struct ArticleRecord {
    /// Its own identity, where the record has one.
    pub id: Option<Id>,
    /// Its identity in the system that it came from, one per source. A record with neither gets one made of its
    /// language and address, or else of its digest, so that no record doubles when it comes again.
    pub external_id: Option<String>,
    /// The work, as an export writes it.
    pub work: Option<Id>,
    /// Records of one key are translations of one work.
    pub translation_key: Option<String>,
    /// Articles of its work in other editions, as an answer of the API names them.
    pub translations: Vec<TranslationRecord>,
    /// True for an answer of the API: what it does not show of an article that is there stays as it is.
    pub is_answer: bool,
    /// The edition.
    pub lang: LanguageTag,
    /// The slug to take; `None` makes one of the title.
    pub slug: Option<Slug>,
    /// The slug as it was written, where that is no slug; it is to resolve too.
    pub slug_written: Option<String>,
    /// Title.
    pub title: String,
    /// Subtitle.
    pub subtitle: Option<String>,
    /// Summary.
    pub summary: Option<String>,
    /// State, where the record says so; else see `initial_status`.
    pub status: Option<Status>,
    /// Time of publication.
    pub published: Option<WrittenDate>,
    /// Time of its writers' last change.
    pub updated: Option<WrittenDate>,
    /// Time at which it is to go live.
    pub publish_at: Option<WrittenDate>,
    /// End of its embargo.
    pub embargo_until: Option<WrittenDate>,
    /// The tombstone.
    pub withdrawn: Option<WithdrawalRecord>,
    /// Its authors, each once.
    pub authors: Vec<Named>,
    /// Its editors, each once.
    pub editors: Vec<Named>,
    /// Its translators, each once.
    pub translators: Vec<Named>,
    /// Contributors in other roles.
    pub credits: Vec<Credit>,
    /// The byline as printed; never parsed.
    pub byline_raw: Option<String>,
    /// Place and date that open the text.
    pub dateline: Option<String>,
    /// Its source.
    pub source: Option<Named>,
    /// Its section by identity; where there is none of it, `section_path` counts.
    pub section: Option<Id>,
    /// Names or slugs of its sections from the root down, folded.
    pub section_path: Vec<String>,
    /// The names of these sections, where the path has their slugs.
    pub section_names: Vec<Option<String>>,
    /// Its tags by name or slug, each once whatever its spelling.
    pub tags: Vec<Named>,
    /// Original that it was translated from.
    pub original: Option<Original>,
    /// Its text.
    pub body: Body,
    /// True if the record leaves the text out without saying that there is none: an article that is there keeps its own.
    pub keeps_body: bool,
    /// Length of the body: counted by the reader, since whoever writes holds everyone else up.
    pub length: Length,
    /// Its pictures.
    pub media: Vec<MediumEntry>,
    /// Address of its first publication.
    pub url: Option<String>,
    /// Other addresses under which it was published, which lead to it.
    pub old_urls: Vec<String>,
    /// Slugs that it had, which lead to it.
    pub old_slugs: Vec<Slug>,
    /// Address for search engines.
    pub canonical_url: Option<String>,
    /// Its own rights.
    pub rights: Rights,
    /// Corrections and the like.
    pub notices: Vec<NoticeRecord>,
    /// Those of them that the public has seen, as an export writes it.
    pub seen_notices: Vec<Id>,
    /// Content that has no field of its own, and the written form of what could not be kept as written.
    pub extra: Map<String, Value>,
    /// Its counters and clocks.
    pub history: History,
    /// Its maker, as an export writes it.
    pub created_by: Option<String>,
    /// Hints of its page on the edition.
    pub hints: Option<Box<EditionHints>>,
    /// Pictures that the record itself holds, which its text and `media` have by their addresses here.
    pub inline: Vec<InlinePicture>,
}

/// An article of the same work in another edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranslationRecord {
    /// Its own identity.
    pub id: Option<Id>,
    /// Its public address.
    pub url: Option<String>,
    /// Its edition, as it is written.
    pub lang: String,
}

/// A picture that a record holds.
#[derive(Debug, Clone, PartialEq)]
pub struct InlinePicture {
    /// Its bytes.
    pub bytes: Arc<[u8]>,
    /// SHA-256 of them, in lower-case hexadecimal.
    pub digest: String,
    /// Format and size of the picture.
    pub look: Look,
}

impl InlinePicture {
    /// The file of the picture.
    #[must_use]
    pub fn file(&self, now: Timestamp) -> MediaFile {
        self.look
            .file(self.digest.clone(), self.bytes.len() as u64, now)
    }
}

impl ArticleRecord {
    /// An article of which nothing is known but language, title and text.
    #[must_use]
    pub fn new(lang: LanguageTag, title: String, body: Body) -> Self {
        Self {
            id: None,
            external_id: None,
            work: None,
            translation_key: None,
            translations: Vec::new(),
            is_answer: false,
            lang,
            slug: None,
            slug_written: None,
            title,
            subtitle: None,
            summary: None,
            status: None,
            published: None,
            updated: None,
            publish_at: None,
            embargo_until: None,
            withdrawn: None,
            authors: Vec::new(),
            editors: Vec::new(),
            translators: Vec::new(),
            credits: Vec::new(),
            byline_raw: None,
            dateline: None,
            source: None,
            section: None,
            section_path: Vec::new(),
            section_names: Vec::new(),
            tags: Vec::new(),
            original: None,
            keeps_body: false,
            length: body.length(),
            body,
            media: Vec::new(),
            url: None,
            old_urls: Vec::new(),
            old_slugs: Vec::new(),
            canonical_url: None,
            rights: Rights::default(),
            notices: Vec::new(),
            seen_notices: Vec::new(),
            extra: Map::new(),
            history: History::default(),
            created_by: None,
            hints: None,
            inline: Vec::new(),
        }
    }

    /// The state that a new article of this record is in once it is written at `now`.
    #[must_use]
    pub fn status_at(&self, now: Timestamp) -> Status {
        let date = self.published.map(|date| date.resolve(chrono_tz::UTC));
        match self.initial_status() {
            Status::Published if date > Some(now) => Status::Scheduled,
            status => status,
        }
    }

    /// The state that a new article of this record is in: as the record says, else published. Without a date or a time to go
    /// live nothing is published, and without a time to wait for nothing is scheduled: those are drafts. What is published
    /// with a date still to come is scheduled when it is written.
    #[must_use]
    pub fn initial_status(&self) -> Status {
        let stated = match self.status {
            None if self.withdrawn.is_some() => Status::Withdrawn,
            None => Status::Published,
            Some(status) => status,
        };
        let dates = self.published.or(self.publish_at);
        match stated {
            Status::Published if dates.is_none() => Status::Draft,
            Status::Scheduled if dates.is_none() => Status::Draft,
            // The date decides: held until then, or public at once where it has passed.
            Status::Scheduled if self.publish_at.is_none() => Status::Published,
            stated => stated,
        }
    }
}

/// A tombstone as a record writes it; the writer fills the gaps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WithdrawalRecord {
    /// Time of the takedown.
    pub at: Option<WrittenDate>,
    /// Reason.
    pub reason: Option<WithdrawalReason>,
    /// True if the public had seen it.
    pub was_public: Option<bool>,
    /// For the desk only.
    pub note: Option<String>,
}

/// A notice as a record writes it: `at` is the time of the import unless given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRecord {
    /// Its identity, as an export writes it.
    pub id: Option<Id>,
    /// Its kind.
    pub kind: NoticeKind,
    /// Its text.
    pub text: String,
    /// Time at which it was put up.
    pub at: Option<WrittenDate>,
}

/// Hints of an article's page on the edition that it is in; fills only what the edition lacks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EditionHints {
    /// Contact lines of the footer.
    pub contact: Contact,
    /// The copyright line of the footer.
    pub copyright: Option<String>,
    /// Name of the page's site, or else of its source: pages of one house share a name.
    pub house: Vec<String>,
}

impl EditionHints {
    /// True if they say anything of an edition.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.contact == Contact::default() && self.copyright.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article() -> ArticleRecord {
        let lang = LanguageTag::parse("en").unwrap();
        ArticleRecord::new(lang, "A title".to_owned(), Body::default())
    }

    #[test]
    fn an_article_without_a_date_is_a_draft_whatever_it_claims() {
        let mut record = article();
        assert_eq!(record.initial_status(), Status::Draft);
        record.status = Some(Status::Published);
        assert_eq!(record.initial_status(), Status::Draft);
        record.published = WrittenDate::parse("2020").ok();
        assert_eq!(record.initial_status(), Status::Published);
    }

    #[test]
    fn a_tombstone_makes_it_withdrawn_and_a_date_to_wait_for_scheduled() {
        let mut record = article();
        record.withdrawn = Some(WithdrawalRecord::default());
        assert_eq!(record.initial_status(), Status::Withdrawn);
        record.status = Some(Status::Scheduled);
        assert_eq!(record.initial_status(), Status::Draft);
        record.publish_at = WrittenDate::parse("2030-01-01").ok();
        assert_eq!(record.initial_status(), Status::Scheduled);
    }
}
