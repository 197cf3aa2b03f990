//! Articles and sections as clients write them: parsed, but with references that are still to be looked up.

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::article::{Credit, MediumEntry, NoticeKind, Original, Status};
use super::body::Body;
use super::id::Id;
use super::language::LanguageTag;
use super::query::Reference;
use super::slug::Slug;
use super::source::Rights;
use super::time::{Timestamp, day_bounds};
use super::warning::Warning;

/// A field that may be left as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Given<T> {
    /// Not named: what is there stays.
    #[default]
    Absent,
    /// `null`: what is there goes.
    Null,
    /// A new value.
    Value(T),
}

impl<T> Given<T> {
    /// The value that the field has afterwards, where it had `before`.
    pub fn over(self, before: Option<T>) -> Option<T> {
        match self {
            Self::Absent => before,
            Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }

    /// The same with the value turned into another.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Given<U> {
        match self {
            Self::Absent => Given::Absent,
            Self::Null => Given::Null,
            Self::Value(value) => Given::Value(change(value)),
        }
    }
}

/// A time as it is written: an instant, or a day of the edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// An instant.
    At(Timestamp),
    /// 00:00 of this day where the edition is.
    Day(NaiveDate),
}

impl Moment {
    /// The instant that is meant in the edition's time zone.
    #[must_use]
    pub fn resolve(self, zone: Tz) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::Day(day) => day_bounds(day, zone).0,
        }
    }
}

/// A notice as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeInput {
    /// A notice that the article has.
    pub id: Option<Id>,
    /// Kind of the notice.
    pub kind: NoticeKind,
    /// Text of the notice.
    pub text: String,
    /// Time of the notice; now by default.
    pub at: Option<Timestamp>,
}

/// A section as a client writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionInput {
    /// The edition.
    pub lang: Option<LanguageTag>,
    /// Its name.
    pub name: String,
    /// Its slug; where there is none, the present one or one made of the name.
    pub slug: Option<Slug>,
    /// The section above it.
    pub parent: Option<Reference>,
    /// Its place among its siblings; where there is none, the present one or the last.
    pub position: Option<i32>,
    /// A sentence on what is in it.
    pub description: Option<String>,
    /// A section of another edition that it is a translation of.
    pub translation_of: Given<Id>,
}

/// An article as a client writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleInput {
    /// The edition.
    pub lang: LanguageTag,
    /// Its title.
    pub title: String,
    /// Its slug; where there is none, the present one or one made of the title.
    pub slug: Option<Slug>,
    /// Its subtitle.
    pub subtitle: Option<String>,
    /// Its summary.
    pub summary: Option<String>,
    /// Its text.
    pub body: Body,
    /// Parts of what was sent that were changed or left out.
    pub warnings: Vec<Warning>,
    /// Its section.
    pub section: Option<Reference>,
    /// Authors.
    pub authors: Vec<Reference>,
    /// Editors.
    pub editors: Vec<Reference>,
    /// Translators.
    pub translators: Vec<Reference>,
    /// Other people, with their roles.
    pub credits: Vec<Credit>,
    /// The source that published it first.
    pub source: Option<Reference>,
    /// Slugs or names of its tags.
    pub tags: Vec<String>,
    /// An article of the same work.
    pub translation_of: Given<Id>,
    /// Its own rights.
    pub rights: Rights,
    /// Its notices; where not given, the present ones.
    pub notices: Option<Vec<NoticeInput>>,
    /// Its pictures; where not given, the present ones.
    pub media: Option<Vec<MediumEntry>>,
    /// Address that search engines should index instead.
    pub canonical_url: Option<String>,
    /// The state that it is to be in; where not given, the present one.
    pub status: Option<Status>,
    /// Time at which it will be published.
    pub publish_at: Given<Timestamp>,
    /// Time of publication.
    pub published_at: Given<Moment>,
    /// Until when the public does not see it.
    pub embargo_until: Given<Timestamp>,
    /// Place and date that open the text.
    pub dateline: Option<String>,
    /// The byline as it was printed.
    pub byline_raw: Option<String>,
    /// The text that it was translated from, where that is published elsewhere.
    pub original: Option<Original>,
}
