//! Authors, sources and tags, which belong to no edition.

use super::{Resolution, Resolved, Search};
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::page_url::PageUrl;
use crate::domain::query::Reference;
use crate::domain::view::ResolvedKind;
use crate::store::error::StoreError;
use crate::store::moved::{Known, MovedKind, find_moved};
use crate::store::{authors, sources, tags};

impl Search<'_> {
    pub(super) fn author(
        &mut self,
        reference: &Reference,
        lang: &LanguageTag,
    ) -> Result<Resolution, StoreError> {
        let present = authors::get_author(self.conn, self.scope, reference, lang, false)?;
        let current = present.is_some();
        let found = match (present, self.moved(MovedKind::Author, reference)?) {
            (None, Some(id)) => {
                let id = Reference::Id(id);
                authors::get_author(self.conn, self.scope, &id, lang, false)?
            }
            (present, _) => present,
        };
        Ok(found.map_or(Resolution::Missing, |author| {
            Resolution::Found(Resolved {
                kind: ResolvedKind::Author,
                id: author.id.to_string(),
                lang: None,
                slug: Some(author.slug),
                url: author.url,
                current,
            })
        }))
    }

    pub(super) fn source(&mut self, reference: &Reference) -> Result<Resolution, StoreError> {
        let present = sources::get_source(self.conn, self.scope, reference, false)?;
        let current = present.is_some();
        let found = match (present, self.moved(MovedKind::Source, reference)?) {
            (None, Some(id)) => {
                sources::get_source(self.conn, self.scope, &Reference::Id(id), false)?
            }
            (present, _) => present,
        };
        Ok(found.map_or(Resolution::Missing, |source| {
            Resolution::Found(Resolved {
                kind: ResolvedKind::Source,
                url: PageUrl::Own(format!("/api/sources/{}", source.id)),
                id: source.id.to_string(),
                lang: None,
                slug: Some(source.slug),
                current,
            })
        }))
    }

    pub(super) fn tag(
        &mut self,
        reference: &Reference,
        lang: &LanguageTag,
    ) -> Result<Resolution, StoreError> {
        let Reference::Slug(slug) = reference else {
            return Ok(Resolution::Missing);
        };
        let present = tags::get_tag(self.conn, self.scope, slug, lang, false)?;
        let current = present.is_some();
        let found = match (present, self.moved(MovedKind::Tag, reference)?) {
            (None, Some(id)) => match tags::tags_by_ids(self.conn, &[id])?.pop() {
                Some(tag) => {
                    let slug = tag.content.slug.as_str();
                    tags::get_tag(self.conn, self.scope, slug, lang, false)?
                }
                None => None,
            },
            (present, _) => present,
        };
        Ok(found.map_or(Resolution::Missing, |tag| {
            Resolution::Found(Resolved {
                kind: ResolvedKind::Tag,
                id: tag.slug.clone(),
                lang: None,
                slug: Some(tag.slug),
                url: tag.url,
                current,
            })
        }))
    }

    /// The target of an old slug, or of the id of an author that was merged.
    fn moved(&mut self, kind: MovedKind, reference: &Reference) -> Result<Option<Id>, StoreError> {
        let text = match reference {
            Reference::Id(id) => id.to_string(),
            Reference::Slug(slug) => slug.clone(),
        };
        find_moved(self.conn, kind, "", &text, Known::to(self.scope))
    }
}
