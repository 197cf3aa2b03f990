//! Authors, sources and tags, which belong to no edition.

use super::{Resolution, Resolved, Search};
use crate::domain::author::Author;
use crate::domain::language::LanguageTag;
use crate::domain::page_url::PageUrl;
use crate::domain::query::Reference;
use crate::domain::source::Source;
use crate::domain::tag::Tag;
use crate::domain::view::ResolvedKind;
use crate::store::error::StoreError;
use crate::store::moved::{Known, find_moved};
use crate::store::shared_rows::{SharedKind, get};

impl Search<'_> {
    pub(super) fn author(
        &mut self,
        reference: &Reference,
        lang: &LanguageTag,
    ) -> Result<Resolution, StoreError> {
        self.shared::<Author>(reference, lang, |author, current| Resolved {
            kind: ResolvedKind::Author,
            id: author.id.to_string(),
            lang: None,
            slug: Some(author.slug),
            url: author.url,
            current,
        })
    }

    pub(super) fn source(
        &mut self,
        reference: &Reference,
        lang: &LanguageTag,
    ) -> Result<Resolution, StoreError> {
        self.shared::<Source>(reference, lang, |source, current| Resolved {
            kind: ResolvedKind::Source,
            url: PageUrl::Own(format!("/api/sources/{}", source.id)),
            id: source.id.to_string(),
            lang: None,
            slug: Some(source.slug),
            current,
        })
    }

    pub(super) fn tag(
        &mut self,
        reference: &Reference,
        lang: &LanguageTag,
    ) -> Result<Resolution, StoreError> {
        self.shared::<Tag>(reference, lang, |tag, current| Resolved {
            kind: ResolvedKind::Tag,
            id: tag.slug.clone(),
            lang: None,
            slug: Some(tag.slug),
            url: tag.url,
            current,
        })
    }

    /// The one of a reference, else the one that an old slug, or the id of an author that was merged, leads to:
    /// `resolved` is told whether it is the present one.
    fn shared<K: SharedKind>(
        &mut self,
        reference: &Reference,
        lang: &LanguageTag,
        resolved: impl FnOnce(K::View, bool) -> Resolved,
    ) -> Result<Resolution, StoreError> {
        let text = match reference {
            Reference::Id(_) if !K::HAS_ID => return Ok(Resolution::Missing),
            Reference::Id(id) => id.to_string(),
            Reference::Slug(slug) => slug.clone(),
        };
        let (conn, scope) = (&mut *self.conn, self.scope);
        if let Some(present) = get::<K>(conn, scope, reference, lang, false)? {
            return Ok(Resolution::Found(resolved(present, true)));
        }
        let Some(id) = find_moved(conn, K::MOVED, "", &text, Known::to(scope))? else {
            return Ok(Resolution::Missing);
        };
        let found = get::<K>(conn, scope, &Reference::Id(id), lang, false)?;
        Ok(found.map_or(Resolution::Missing, |moved| {
            Resolution::Found(resolved(moved, false))
        }))
    }
}
