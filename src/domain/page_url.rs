//! Public addresses of resources: pages of an edition's site, else addresses of this service.

use serde::{Serialize, Serializer};

use super::edition::Edition;
use super::id::Id;
use super::language::LanguageTag;
use super::time::Timestamp;
use super::url_path::segment;
use super::url_template::{PageKind, Parts};

/// The parts of an article's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its identity.
    pub id: Id,
    /// Its edition.
    pub lang: LanguageTag,
    /// Its slug.
    pub slug: String,
    /// Its section.
    pub section_path: Option<String>,
    /// Time of publication.
    pub published_at: Option<Timestamp>,
}

/// The public address of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageUrl {
    /// An absolute address.
    Absolute(String),
    /// A path of this service, whose own address is not known here.
    Own(String),
}

impl PageUrl {
    /// Makes an address of this service absolute; `base` is the service's own address, without a slash at its end.
    pub fn complete(&mut self, base: &str) {
        if let Self::Own(path) = self {
            *self = Self::Absolute(format!("{base}{path}"));
        }
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let (Self::Absolute(text) | Self::Own(text)) = self;
        text
    }

    /// The address of an article; `edition` is its own.
    #[must_use]
    pub fn of_article(edition: Option<&Edition>, place: &Place) -> Self {
        let parts = parts_of(edition, place);
        Self::by(edition, PageKind::Article, parts)
            .unwrap_or_else(|| Self::Own(format!("/api/articles/{}", place.id)))
    }

    /// The address of an article's preview; `edition` is its own.
    #[must_use]
    pub fn of_preview(edition: Option<&Edition>, place: &Place, token: &str) -> Self {
        let parts = Parts {
            token,
            ..parts_of(edition, place)
        };
        Self::by(edition, PageKind::Preview, parts)
            .unwrap_or_else(|| Self::Own(format!("/api/articles/{}?preview={token}", place.id)))
    }

    /// The address of a section; `edition` is its own.
    #[must_use]
    pub fn of_section(edition: Option<&Edition>, id: Id, path: &str) -> Self {
        let parts = Parts {
            section_path: path,
            slug: path.rsplit('/').next().unwrap_or_default(),
            id: Some(id),
            ..Parts::default()
        };
        Self::by(edition, PageKind::Section, parts)
            .unwrap_or_else(|| Self::Own(format!("/api/sections/{id}")))
    }

    /// The address of an author, by the first of these editions that has pages of authors.
    #[must_use]
    pub fn of_author(editions: &[Edition], id: Id, slug: &str) -> Self {
        let parts = Parts {
            slug,
            id: Some(id),
            ..Parts::default()
        };
        let page = |edition| Self::by(Some(edition), PageKind::Author, parts);
        let page = editions.iter().find_map(page);
        page.unwrap_or_else(|| Self::Own(format!("/api/authors/{id}")))
    }

    /// The address of a tag, by the first of these editions that has pages of tags.
    #[must_use]
    pub fn of_tag(editions: &[Edition], slug: &str) -> Self {
        let parts = Parts {
            slug,
            ..Parts::default()
        };
        let page = |edition| Self::by(Some(edition), PageKind::Tag, parts);
        let page = editions.iter().find_map(page);
        page.unwrap_or_else(|| Self::Own(format!("/api/tags/{}", segment(slug))))
    }

    fn by(edition: Option<&Edition>, kind: PageKind, parts: Parts<'_>) -> Option<Self> {
        let content = &edition?.content;
        let template = content.url_templates.get(kind)?;
        Some(Self::Absolute(template.expand(&Parts {
            lang: content.lang.as_str(),
            ..parts
        })))
    }
}

fn parts_of<'a>(edition: Option<&Edition>, place: &'a Place) -> Parts<'a> {
    Parts {
        section_path: place.section_path.as_deref().unwrap_or_default(),
        slug: &place.slug,
        id: Some(place.id),
        date: edition.and_then(|edition| {
            let at = place.published_at?;
            Some(at.date_in(edition.content.time_zone))
        }),
        ..Parts::default()
    }
}

impl Serialize for PageUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
