//! Articles: what is written, and what readers are shown.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::body::Body;
use super::id::Id;
use super::language::LanguageTag;
use super::medium::{FOLDER, FileName};
pub use super::notice::{Notice, NoticeKind};
use super::slug::Slug;
use super::source::Rights;
use super::time::Timestamp;

/// The state of an article.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Being written; never public.
    Draft,
    /// Waits for its time.
    Scheduled,
    /// Public, once its embargo has passed.
    Published,
    /// Was taken down; its tombstone stays.
    Withdrawn,
}

impl Status {
    /// Every state, in the order of an article's life.
    pub const ALL: [Self; 4] = [
        Self::Draft,
        Self::Scheduled,
        Self::Published,
        Self::Withdrawn,
    ];

    /// The word that clients use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled => "scheduled",
            Self::Published => "published",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads the word that clients use.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// A contributor in another role than author, editor or translator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credit {
    /// Role, such as `photographer`.
    #[schema(example = "photographer")]
    pub role: String,
    /// Name of the person.
    #[schema(example = "Lena Okafor")]
    pub name: String,
}

/// The text that an article was translated from, where it is not an article of this publication.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Original {
    /// Language tag of the original.
    pub lang: Option<String>,
    /// Title of the original.
    pub title: Option<String>,
    /// Address of the original text.
    pub url: Option<String>,
}

/// A picture of an article as it is written and stored: an uploaded medium by its id, or any picture by its address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MediumEntry {
    /// Kind of the medium: `image`.
    pub kind: String,
    /// The uploaded medium.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// Its address; empty for an uploaded medium, whose address follows from its id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// Text for people who do not see the picture; without it, the text of the uploaded medium is used.
    pub alt: Option<String>,
    /// The words below it; likewise.
    pub caption: Option<String>,
    /// Name of the maker; without it, the one of the uploaded medium is used.
    pub credit: Option<String>,
}

/// The reason of a withdrawal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WithdrawalReason {
    /// A legal duty.
    Legal,
    /// It was wrong.
    Error,
    /// It hurt somebody's privacy.
    Privacy,
    /// It was not ours to publish.
    Rights,
    /// Anything else.
    Other,
}

impl WithdrawalReason {
    /// Every reason.
    pub const ALL: [Self; 5] = [
        Self::Legal,
        Self::Error,
        Self::Privacy,
        Self::Rights,
        Self::Other,
    ];

    /// The word that is stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Legal => "legal",
            Self::Error => "error",
            Self::Privacy => "privacy",
            Self::Rights => "rights",
            Self::Other => "other",
        }
    }
}

/// The tombstone of an article that was taken down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// Time of the withdrawal.
    pub at: Timestamp,
    /// Reason of the withdrawal.
    pub reason: WithdrawalReason,
    /// True if the public had seen it: only then its address answers 410.
    #[serde(default)]
    pub was_public: bool,
    /// For the desk only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Fields of an article that are stored together, because no filter uses them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Details {
    /// Contributors in other roles.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub credits: Vec<Credit>,
    /// The byline as it was printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub byline_raw: Option<String>,
    /// Place and date that open the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dateline: Option<String>,
    /// The text that it was translated from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original: Option<Original>,
    /// Its pictures.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<MediumEntry>,
    /// Address that search engines should index instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canonical_url: Option<String>,
    /// Address of the first publication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Other addresses under which it was published, which lead to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub old_urls: Vec<String>,
    /// Its own rights, before the source's fill the gaps.
    pub rights: Rights,
    /// Corrections, clarifications, retractions, expressions of concern.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
    /// Those of them that the public has seen, by their ids.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub seen_notices: Vec<Id>,
}

/// Everything that a version of an article consists of; what a revision keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArticleContent {
    /// The work that it is an edition of; translations share it.
    pub work: Id,
    /// The edition that it is in.
    pub lang: LanguageTag,
    /// Unique in its edition.
    pub slug: Slug,
    /// Its title.
    pub title: String,
    /// Its subtitle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtitle: Option<String>,
    /// A few sentences on what it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// The state of its life.
    pub status: Status,
    /// Time of publication, as it is or as it is claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_at: Option<Timestamp>,
    /// Time at which it will be published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publish_at: Option<Timestamp>,
    /// Until when nobody without a key sees it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embargo_until: Option<Timestamp>,
    /// Authors, in the order of the byline.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<Id>,
    /// Editors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub editors: Vec<Id>,
    /// Translators.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub translators: Vec<Id>,
    /// The source that published it first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Id>,
    /// Its section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<Id>,
    /// Its keywords, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Id>,
    /// Fields that no filter uses.
    pub details: Details,
    /// Fields of an import that have no place of their own.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
    /// Its identity in the system that it was imported from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The tombstone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<Withdrawal>,
    /// The body's canonical HTML.
    pub body: String,
}

impl ArticleContent {
    /// The uploaded media that it shows, in order.
    #[must_use]
    pub fn media_ids(&self) -> Vec<Id> {
        let entries = self.details.media.iter();
        entries.filter_map(|entry| entry.id).collect()
    }

    /// The files of this service that it shows by address, in its body and among its media. Each is named by the public part
    /// of its renditions' names.
    #[must_use]
    pub fn shown_files(&self) -> Vec<String> {
        let entries = self.details.media.iter();
        let mut files: Vec<String> = entries
            .filter_map(|entry| FileName::file_of(&entry.url))
            .collect();
        if self.body.contains(FOLDER) {
            let body = Body::from_stored(self.body.clone());
            body.with_addresses(&mut |address| {
                files.extend(FileName::file_of(address));
                None
            });
        }
        files.sort_unstable();
        files.dedup();
        files
    }

    /// True if the public sees it at `now`: published, and past its embargo.
    #[must_use]
    pub fn is_public(&self, now: Timestamp) -> bool {
        self.status == Status::Published && self.embargo_until.is_none_or(|until| until <= now)
    }

    /// Puts one author in the place of another, wherever the article names it.
    pub fn replace_person(&mut self, from: Id, into: Id) {
        give(&mut self.authors, from, into);
        give(&mut self.editors, from, into);
        give(&mut self.translators, from, into);
    }
}

/// Puts one name in the place of another; who was named twice is named once, at the first place.
fn give(people: &mut Vec<Id>, from: Id, into: Id) {
    if !people.contains(&from) {
        return;
    }
    let mut given = Vec::with_capacity(people.len());
    for person in people.iter() {
        let person = if *person == from { into } else { *person };
        if !given.contains(&person) {
            given.push(person);
        }
    }
    *people = given;
}
