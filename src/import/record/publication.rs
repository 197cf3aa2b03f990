//! Records of everything but articles.

use super::History;
use crate::domain::author::Names;
use crate::domain::direction::Direction;
use crate::domain::edition::{Contact, NavigationLink};
use crate::domain::former_addresses::FormerAddresses;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::medium::{MediaFile, MediumContent, MediumSource};
use crate::domain::slug::Slug;
use crate::domain::source::Rights;
use crate::domain::url_template::UrlTemplates;

/// An edition; `None` leaves the field as it is, or to its default in a new edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditionRecord {
    /// The language, the edition's identity.
    pub lang: LanguageTag,
    /// The language's own name.
    pub name: Option<String>,
    /// The publication's name in this language.
    pub site_name: Option<String>,
    /// The first breadcrumb's words.
    pub home_label: Option<String>,
    /// The first breadcrumb's path.
    pub home_path: Option<String>,
    /// Time zone of its civil dates.
    pub time_zone: Option<chrono_tz::Tz>,
    /// Reading direction.
    pub direction: Option<Direction>,
    /// Contact lines.
    pub contact: Option<Contact>,
    /// The copyright line.
    pub copyright: Option<String>,
    /// The main menu.
    pub navigation: Vec<NavigationLink>,
    /// Place of its pages on its site.
    pub url_templates: UrlTemplates,
    /// Their place in the export.
    pub former: FormerAddresses,
    /// Its counters and clocks.
    pub history: History,
}

/// A section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionRecord {
    /// Its identity.
    pub id: Option<Id>,
    /// The edition that it is in.
    pub lang: LanguageTag,
    /// Slugs from the root down to itself, or from its parent where that is named; never empty.
    pub path: Vec<Slug>,
    /// The section that it lies in, by identity, path or slug, where its path does not say.
    pub parent: Option<String>,
    /// Its name.
    pub name: String,
    /// A sentence on what is in it.
    pub description: Option<String>,
    /// Its place among its siblings.
    pub position: Option<i32>,
    /// Names what is one section across editions.
    pub translation_key: Option<String>,
    /// The same, as an export writes it where there is no key.
    pub group: Option<Id>,
    /// Its counters and clocks.
    pub history: History,
}

/// An author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorRecord {
    /// Its identity.
    pub id: Option<Id>,
    /// Its slug; made from the name where it is not given.
    pub slug: Option<Slug>,
    /// Its name, folded as names are compared.
    pub name: String,
    /// The name by language.
    pub names: Names,
    /// A few sentences.
    pub bio: Option<String>,
    /// The institution.
    pub affiliation: Option<String>,
    /// A page of their own.
    pub url: Option<String>,
    /// Its counters and clocks.
    pub history: History,
}

/// A source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRecord {
    /// Its identity.
    pub id: Option<Id>,
    /// Its slug; made from the name where it is not given.
    pub slug: Option<Slug>,
    /// Its name, folded as names are compared.
    pub name: String,
    /// The name by language.
    pub names: Names,
    /// Newspaper, journal, agency …
    pub kind: Option<String>,
    /// Its site.
    pub url: Option<String>,
    /// The rights of its articles that say nothing of their own.
    pub rights: Rights,
    /// Its counters and clocks.
    pub history: History,
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagRecord {
    /// Its identity inside the service.
    pub id: Option<Id>,
    /// Its slug, the identity towards clients; made from the name where it is not given.
    pub slug: Option<Slug>,
    /// Its name.
    pub name: String,
    /// The name by language.
    pub names: Names,
    /// Its counters and clocks.
    pub history: History,
}

/// An uploaded picture.
#[derive(Debug, Clone, PartialEq)]
pub struct MediumRecord {
    /// Its identity.
    pub id: Id,
    /// The name that its file came with.
    pub name: Option<String>,
    /// Its facts.
    pub content: MediumContent,
    /// Its bytes, as the storage has them.
    pub file: MediaFile,
    /// Its counters and clocks.
    pub history: History,
    /// The key that it was uploaded with.
    pub created_by: Option<Id>,
    /// The addresses that it was fetched from.
    pub sources: Vec<MediumSource>,
}
