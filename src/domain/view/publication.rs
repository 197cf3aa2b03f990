//! Representations of editions, sections, authors, sources and tags.

use serde::Serialize;
use utoipa::ToSchema;

use super::links::Links;
use crate::domain::author::{NameLanguages, Names};
use crate::domain::direction::Direction;
use crate::domain::edition::{Contact, NavigationLink};
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::page_url::PageUrl;
use crate::domain::section::Breadcrumb;
use crate::domain::source::Rights;
use crate::domain::time::Timestamp;

/// An edition of the publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Edition)]
pub struct EditionView {
    /// Language (BCP 47): its identity.
    #[schema(value_type = String, example = "fr")]
    pub lang: LanguageTag,
    /// The language's own name, as a language switch shows it.
    #[schema(example = "Français")]
    pub name: String,
    /// The publication's name in this language.
    pub site_name: String,
    /// The first breadcrumb's words.
    #[schema(example = "HOME")]
    pub home_label: String,
    /// The first breadcrumb's path.
    #[schema(example = "/en")]
    pub home_path: String,
    /// IANA time zone of its civil dates.
    #[schema(example = "Europe/Paris")]
    pub time_zone: String,
    /// Reading direction.
    pub direction: Direction,
    /// Contact lines.
    pub contact: Contact,
    /// The copyright line.
    pub copyright: Option<String>,
    /// The main menu.
    pub navigation: Vec<NavigationLink>,
    /// Template of its articles' addresses, with `{lang}`, `{section_path}`, `{slug}`, `{id}`, `{year}`, `{month}` and
    /// `{day}`.
    #[schema(example = "https://example.org/{lang}/{section_path}/{slug}")]
    pub url_template: Option<String>,
    /// Template of its sections' addresses, with `{lang}`, `{section_path}` (or `{path}`), `{slug}` and `{id}`.
    #[schema(example = "https://example.org/{lang}/{section_path}")]
    pub section_url_template: Option<String>,
    /// Template of authors' addresses, with `{lang}`, `{slug}` and `{id}`.
    #[schema(example = "https://example.org/{lang}/people/{slug}")]
    pub author_url_template: Option<String>,
    /// Template of tags' addresses, with `{lang}` and `{slug}`.
    #[schema(example = "https://example.org/{lang}/tags/{slug}")]
    pub tag_url_template: Option<String>,
    /// Template of previews' addresses, with the placeholders of articles and `{token}`.
    #[schema(example = "https://example.org/preview/{id}?token={token}")]
    pub preview_url_template: Option<String>,
    /// Rises with every change; what `If-Match` names as `"v3"`.
    pub version: i64,
    /// Time of the last change.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Links to the resource.
    pub links: Links,
}

/// A section of an edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Section)]
pub struct SectionView {
    /// Identity: a UUID of version 7.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// The edition that it is in.
    #[schema(value_type = String, example = "en")]
    pub lang: LanguageTag,
    /// Name.
    #[schema(example = "EVENTS")]
    pub name: String,
    /// The last step of its path.
    #[schema(example = "events")]
    pub slug: String,
    /// Unique in its edition.
    #[schema(example = "international/events")]
    pub path: String,
    /// A sentence on what is in it.
    pub description: Option<String>,
    /// Its place among its siblings.
    pub position: i32,
    /// The section above it.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub parent_id: Option<Id>,
    /// The way from the home page.
    pub breadcrumbs: Vec<Breadcrumb>,
    /// The same section in other editions.
    pub translations: Vec<SectionTranslationRef>,
    /// Published articles in it and below it; only with `include=article_count`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64)]
    pub article_count: Option<i64>,
    /// The sections below it; only with `tree=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<SectionView>, no_recursion)]
    pub children: Option<Vec<SectionView>>,
    /// Rises with every change; what `If-Match` names as `"v3"`.
    pub version: i64,
    /// Time of the last change.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Public address, absolute: by the edition's `section_url_template`, else of this service.
    #[schema(value_type = String, format = "uri")]
    pub url: PageUrl,
    /// Links to the resource.
    pub links: Links,
}

/// An author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Author)]
pub struct AuthorView {
    /// Identity: a UUID of version 7.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// Slug.
    pub slug: String,
    /// Name.
    pub name: String,
    /// The name by language.
    pub names: Names,
    /// A few sentences.
    pub bio: Option<String>,
    /// The institution.
    pub affiliation: Option<String>,
    /// Public address, absolute: the page of their own where there is one, else by the `author_url_template` of the default
    /// edition or the first other one that has it, else of this service.
    #[schema(value_type = String, format = "uri")]
    pub url: PageUrl,
    /// Published articles; only with `include=article_count`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64)]
    pub article_count: Option<i64>,
    /// Rises with every change; what `If-Match` names as `"v3"`.
    pub version: i64,
    /// Time of the last change.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Links to the resource.
    pub links: Links,
}

/// A source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Source)]
pub struct SourceView {
    /// Identity: a UUID of version 7.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// Slug.
    pub slug: String,
    /// Name.
    pub name: String,
    /// The name by language.
    pub names: Names,
    /// Newspaper, journal, agency, press …
    pub kind: Option<String>,
    /// Its site.
    pub url: Option<String>,
    /// The rights of its articles that say nothing of their own.
    pub rights: Rights,
    /// Published articles; only with `include=article_count`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64)]
    pub article_count: Option<i64>,
    /// Rises with every change; what `If-Match` names as `"v3"`.
    pub version: i64,
    /// Time of the last change.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Links to the resource.
    pub links: Links,
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Tag)]
pub struct TagView {
    /// Slug: its identity.
    pub slug: String,
    /// The first name that it was given.
    pub name: String,
    /// The name by language.
    pub names: Names,
    /// Published articles; only with `include=article_count`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64)]
    pub article_count: Option<i64>,
    /// Rises with every change; what `If-Match` names as `"v3"`.
    pub version: i64,
    /// Time of the last change.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Public address, absolute: by the edition's `tag_url_template`, else of this service.
    #[schema(value_type = String, format = "uri")]
    pub url: PageUrl,
    /// Links to the resource.
    pub links: Links,
}

/// A section that is this section in another edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SectionTranslationRef {
    /// Its edition.
    #[schema(value_type = String)]
    pub lang: LanguageTag,
    /// Its identity.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// Its path.
    pub path: String,
    /// Its name.
    pub name: String,
    /// Public address, absolute.
    #[schema(value_type = String, format = "uri")]
    pub url: PageUrl,
}

/// A resource with names by language.
pub trait HasNames {
    /// The name that is shown, and those by language.
    fn names(&mut self) -> (&mut String, &Names);
}

macro_rules! has_names {
    ($($view:ty),*) => {$(
        impl HasNames for $view {
            fn names(&mut self) -> (&mut String, &Names) {
                (&mut self.name, &self.names)
            }
        }
    )*};
}

has_names!(AuthorView, SourceView, TagView);

/// The same with its name in the first of some languages that it has one in.
#[must_use]
pub fn named<T: HasNames>(mut view: T, langs: &NameLanguages) -> T {
    let (name, names) = view.names();
    let picked = langs.pick(name, names).to_owned();
    *name = picked;
    view
}
