//! What an import's readers hand to its writer: one resource each, cleaned and in the domain's words.
//!
//! Readers know no database. They say what a record *names* (an author, a section, a time on the edition's clocks);
//! the writer finds or makes what is named.

mod publication;

pub use publication::*;

use serde_json::{Map, Value};

use crate::domain::article::{
    ArticleContent, Credit, MediumEntry, NoticeKind, Original, Status, WithdrawalReason,
};
use crate::domain::body::{Body, Length};
use crate::domain::edition::Contact;
use crate::domain::error::Invalid;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::slug::Slug;
use crate::domain::source::Rights;
use crate::domain::time::Timestamp;

use super::date::WrittenDate;

/// Something about a record that is reported: why it was refused, or what was changed to take it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Stable, snake_case.
    pub code: &'static str,
    /// JSON pointer (RFC 6901) of the field, where it is about one.
    pub field: Option<String>,
    /// A sentence for a person.
    pub detail: String,
    /// The line of the input, from 1, where it is another than the record's own.
    pub line: Option<u64>,
    /// Many records may say the same: it is told once, with how many do.
    pub shared: bool,
}

impl Finding {
    /// A finding about the whole record.
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            code,
            field: None,
            detail: detail.into(),
            line: None,
            shared: false,
        }
    }

    /// A finding about the field at a JSON pointer.
    pub fn at(field: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            code,
            field: Some(field.into()),
            ..Self::new(code, detail)
        }
    }

    /// A finding about a line of the input, from 1.
    #[must_use]
    pub fn on_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// A finding that many records may share.
    #[must_use]
    pub const fn shared(mut self) -> Self {
        self.shared = true;
        self
    }

    /// What the domain says against the value at a JSON pointer.
    #[must_use]
    pub fn invalid(field: &str, invalid: Invalid) -> Self {
        Self::at(field, invalid.code, invalid.detail)
    }
}

/// A record and what there is to say about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The resource.
    pub record: Record,
    /// What was changed to take it in.
    pub notes: Vec<Finding>,
    /// Names of fields that have no place of their own; those of nested objects as `original.selected_on`.
    pub unknown: Vec<String>,
    /// The same for records that say the same, whatever their white space and the order of their fields.
    pub digest: i64,
}

/// One resource.
#[derive(Debug, Clone, PartialEq)]
pub enum Record {
    /// An edition.
    Edition(Box<EditionRecord>),
    /// A section; its parents' records come before it.
    Section(Box<SectionRecord>),
    /// An author.
    Author(Box<AuthorRecord>),
    /// A source.
    Source(Box<SourceRecord>),
    /// A tag.
    Tag(Box<TagRecord>),
    /// An uploaded picture; its bytes are in the storage of media.
    Medium(Box<MediumRecord>),
    /// An article.
    Article(Box<ArticleRecord>),
    /// A past version of an article.
    Revision(Box<RevisionRecord>),
    /// A slug that an article had.
    Redirect(RedirectRecord),
}

impl Record {
    /// The word that a line's `type` names it by.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Edition(_) => "edition",
            Self::Section(_) => "section",
            Self::Author(_) => "author",
            Self::Source(_) => "source",
            Self::Tag(_) => "tag",
            Self::Medium(_) => "medium",
            Self::Article(_) => "article",
            Self::Revision(_) => "revision",
            Self::Redirect(_) => "redirect",
        }
    }
}

/// The counters and clocks of a stored row, as an export writes them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct History {
    /// The version that the row has reached.
    pub version: Option<i64>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Option<Timestamp>,
}

/// How a line names an article.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ArticleKey {
    /// By its own identity.
    Own(Id),
    /// By its identity in the system that it came from.
    External(String),
}

/// Somebody or something as a record names it. By its id where there is one of that, else by name, else by slug.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Named {
    /// Its name, folded; empty where the record gives none.
    pub name: String,
    /// Its slug, in NFC.
    pub slug: Option<String>,
    /// Its identity.
    pub id: Option<Id>,
}

impl From<String> for Named {
    fn from(name: String) -> Self {
        Self {
            name,
            ..Self::default()
        }
    }
}

impl PartialEq<&str> for Named {
    fn eq(&self, name: &&str) -> bool {
        *self == Self::from((*name).to_owned())
    }
}

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
    /// When it was published.
    pub published: Option<WrittenDate>,
    /// When its writers last changed it.
    pub updated: Option<WrittenDate>,
    /// When it is to go live.
    pub publish_at: Option<WrittenDate>,
    /// Until when the public does not see it.
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
    /// Its tags by name or slug, each once whatever its spelling.
    pub tags: Vec<Named>,
    /// What it was translated from.
    pub original: Option<Original>,
    /// Its text.
    pub body: Body,
    /// Whether the record leaves the text out without saying that there is none: an article that is there keeps its own.
    pub keeps_body: bool,
    /// How long that is: told by whoever reads, since whoever writes holds everyone else up.
    pub length: Length,
    /// Its pictures.
    pub media: Vec<MediumEntry>,
    /// Where it was first published.
    pub url: Option<String>,
    /// Other addresses under which it was published, which lead to it.
    pub old_urls: Vec<String>,
    /// Slugs that it had, which lead to it.
    pub old_slugs: Vec<Slug>,
    /// Where search engines should look for it.
    pub canonical_url: Option<String>,
    /// Its own rights.
    pub rights: Rights,
    /// Corrections and the like.
    pub notices: Vec<NoticeRecord>,
    /// Those of them that the public has seen, as an export writes it.
    pub seen_notices: Vec<Id>,
    /// What has no field of its own, and the written form of what could not be kept as written.
    pub extra: Map<String, Value>,
    /// Its counters and clocks.
    pub history: History,
    /// Who made it, as an export writes it.
    pub created_by: Option<String>,
    /// What its page says of the edition.
    pub hints: Option<Box<EditionHints>>,
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
    /// When it was taken down.
    pub at: Option<WrittenDate>,
    /// Why.
    pub reason: Option<WithdrawalReason>,
    /// Whether the public had seen it.
    pub was_public: Option<bool>,
    /// For the desk only.
    pub note: Option<String>,
}

/// A notice as a record writes it: `at` is the time of the import unless given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRecord {
    /// Its identity, as an export writes it.
    pub id: Option<Id>,
    /// What kind it is.
    pub kind: NoticeKind,
    /// What happened.
    pub text: String,
    /// When it was put up.
    pub at: Option<WrittenDate>,
}

/// What an article's page says of the edition that it is in; fills only what the edition lacks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EditionHints {
    /// Contact lines of the footer.
    pub contact: Contact,
    /// The copyright line of the footer.
    pub copyright: Option<String>,
    /// What the page calls its site, or else its source: pages of one house share a name.
    pub house: Vec<String>,
}

impl EditionHints {
    /// Whether they say anything of an edition.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.contact == Contact::default() && self.copyright.is_none()
    }
}

/// A past version of an article.
#[derive(Debug, Clone, PartialEq)]
pub struct RevisionRecord {
    /// The article.
    pub article: ArticleKey,
    /// The version that this was.
    pub version: i64,
    /// When it was written.
    pub at: Option<Timestamp>,
    /// Who wrote it.
    pub actor: String,
    /// What it said, its body sanitised again; `None` for the version that the article is at, which its own line says.
    pub content: Option<ArticleContent>,
}

/// A slug, as written, that an article had, or a slug, path or id that something else had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectRecord {
    /// The edition; empty for what belongs to none.
    pub lang: String,
    /// The slug; also one that was never well-formed.
    pub slug: String,
    /// What it leads to.
    pub target: RedirectTarget,
    /// Whether the public has known it.
    pub public: bool,
}

/// What a redirect leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RedirectTarget {
    /// An article of an edition.
    Article(LanguageTag, ArticleKey),
    /// A section, author, source or tag; the word is its kind.
    Other(&'static str, Id),
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
