//! Schemas of what clients send to write editions, sections, authors, sources and tags.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use utoipa::openapi::schema::ObjectBuilder;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::domain::direction::Direction;
use crate::domain::edition::{Contact, NavigationLink};
use crate::domain::source::Rights;
use crate::http::request::param_schemas::language;

/// An edition as it is written. What is not named is as the language has it.
#[derive(Debug, ToSchema)]
#[schema(example = json!({
    "site_name": "The Harbour Review", "time_zone": "Europe/Paris", "home_label": "HOME", "home_path": "/en",
    "contact": {"phones": [{"label": "Desk", "number": "+33 1 99 00 12 34"}], "email": "desk@example.org"},
    "navigation": [{"label": "International", "url": "/en/international"}]
}))]
pub struct EditionWrite {
    /// The language, as the address names it.
    #[schema(schema_with = language)]
    pub lang: Option<String>,
    /// The language's own name, as a language switch shows it.
    #[schema(max_length = 300)]
    pub name: Option<String>,
    /// The publication's name in this language.
    #[schema(max_length = 300)]
    pub site_name: Option<String>,
    /// The first breadcrumb's words.
    #[schema(max_length = 300)]
    pub home_label: Option<String>,
    /// The first breadcrumb's path.
    #[schema(max_length = 300)]
    pub home_path: Option<String>,
    /// IANA time zone of the edition's civil dates.
    pub time_zone: Option<String>,
    /// Reading direction.
    pub direction: Option<Direction>,
    /// Contact of the edition.
    pub contact: Option<Contact>,
    /// The copyright line.
    #[schema(max_length = 5000)]
    pub copyright: Option<String>,
    /// The main menu.
    #[schema(max_items = 100)]
    pub navigation: Option<Vec<NavigationLink>>,
    /// Template of its articles' addresses: http or https, with `{lang}`, `{section_path}`, `{slug}`, `{id}`, `{year}`,
    /// `{month}` and `{day}`; needs `{slug}` or `{id}`.
    #[schema(
        max_length = 500,
        example = "https://example.org/{lang}/{section_path}/{slug}"
    )]
    pub url_template: Option<String>,
    /// Template of its sections' addresses, with `{lang}`, `{section_path}` (or `{path}`), `{slug}` and `{id}`; needs a
    /// path or `{id}`.
    #[schema(
        max_length = 500,
        example = "https://example.org/{lang}/{section_path}"
    )]
    pub section_url_template: Option<String>,
    /// Template of authors' addresses, with `{lang}`, `{slug}` and `{id}`; needs `{slug}` or `{id}`.
    #[schema(max_length = 500, example = "https://example.org/{lang}/people/{slug}")]
    pub author_url_template: Option<String>,
    /// Template of tags' addresses, with `{lang}` and `{slug}`, which it needs.
    #[schema(max_length = 500, example = "https://example.org/{lang}/tags/{slug}")]
    pub tag_url_template: Option<String>,
    /// Template of previews' addresses, with the placeholders of articles and `{token}`, which it needs.
    #[schema(
        max_length = 500,
        example = "https://example.org/preview/{id}?token={token}"
    )]
    pub preview_url_template: Option<String>,
}

/// A section as it is written.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"lang": "en", "name": "NIGHT TRAINS", "parent": "society", "description": "Sleepers and their stations."}))]
pub struct SectionWrite {
    /// The edition; a section stays in its own.
    #[schema(schema_with = language)]
    pub lang: Option<String>,
    /// Its name, as a breadcrumb shows it.
    #[schema(min_length = 1, max_length = 300)]
    pub name: String,
    /// The last step of its path; made of the name where it is not given. A taken one gets a number.
    #[schema(max_length = 200)]
    pub slug: Option<String>,
    /// Path or id of the section above it; none at the root.
    pub parent: Option<String>,
    /// Its place among its siblings; the last, where it is not given.
    #[schema(minimum = 0)]
    pub position: Option<i32>,
    /// A sentence on what is in it.
    #[schema(max_length = 5000)]
    pub description: Option<String>,
    /// A section of another edition that it is a translation of; null parts it from its translations.
    #[schema(format = "uuid")]
    pub translation_of: Option<String>,
}

/// An author as it is written.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"name": "Ines Calloway", "names": {"zh": "卡洛韦"}, "affiliation": "Harbour Institute", "bio": "Writes on night trains."}))]
pub struct AuthorWrite {
    /// The name; one author by exact name.
    #[schema(min_length = 1, max_length = 300)]
    pub name: String,
    /// The name by language.
    pub names: Option<BTreeMap<String, String>>,
    /// The slug; made of the name where it is not given. A taken one gets a number.
    #[schema(max_length = 200)]
    pub slug: Option<String>,
    /// A few sentences.
    #[schema(max_length = 5000)]
    pub bio: Option<String>,
    /// The institution.
    #[schema(max_length = 300)]
    pub affiliation: Option<String>,
    /// A page of their own.
    pub url: Option<String>,
}

/// A source as it is written.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"name": "Harbour Wire", "kind": "agency", "url": "https://wire.example.org", "rights": {"licence": "CC-BY-4.0"}}))]
pub struct SourceWrite {
    /// The name; one source by exact name.
    #[schema(min_length = 1, max_length = 300)]
    pub name: String,
    /// The name by language.
    pub names: Option<BTreeMap<String, String>>,
    /// The slug; made of the name where it is not given. A taken one gets a number.
    #[schema(max_length = 200)]
    pub slug: Option<String>,
    /// Newspaper, journal, agency, press …
    #[schema(max_length = 300)]
    pub kind: Option<String>,
    /// Its site.
    pub url: Option<String>,
    /// The rights of its articles that say nothing of their own.
    pub rights: Option<Rights>,
}

/// A tag as it is written.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"name": "Night trains", "names": {"fr": "Trains de nuit"}}))]
pub struct TagWrite {
    /// The name.
    #[schema(min_length = 1, max_length = 300)]
    pub name: String,
    /// The name by language.
    pub names: Option<BTreeMap<String, String>>,
    /// The slug, the tag's identity; made of the name where it is not given.
    #[schema(max_length = 200)]
    pub slug: Option<String>,
}

/// Derived schemas of an object without fields lose their example, so these are built.
macro_rules! patches {
    ($($name:ident of $what:literal: $example:tt;)*) => {$(
        #[doc = concat!("A merge patch (RFC 7396) of ", $what, ": any of its fields.")]
        #[derive(Debug)]
        pub struct $name(pub Value);

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let words = concat!("A merge patch (RFC 7396) of ", $what, ": any of its fields.");
                let object = ObjectBuilder::new().description(Some(words));
                object.examples([json!($example)]).build().into()
            }
        }

        impl ToSchema for $name {}
    )*};
}

patches! {
    EditionPatch of "an edition": {"home_label": "FRONT PAGE"};
    SectionPatch of "a section": {"description": "Congresses, fairs and prizes."};
    AuthorPatch of "an author": {"affiliation": "Harbour Institute"};
    SourcePatch of "a source": {"kind": "journal"};
    TagPatch of "a tag": {"names": {"fr": "Archives"}};
}

/// The author that another is merged into.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"into": "nadia-benkirat"}))]
pub struct MergeRequest {
    /// Id or slug of the author that is left.
    #[schema(min_length = 1, max_length = 300)]
    pub into: String,
}
