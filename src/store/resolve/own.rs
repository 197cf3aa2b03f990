//! Resources at addresses of this service.

use url::form_urlencoded;

use super::asked::decoded;
use super::{Resolution, Search, with_current};
use crate::domain::language::LanguageTag;
use crate::domain::query::Reference;
use crate::store::articles::{Found, find_article};
use crate::store::editions::find_edition;
use crate::store::error::StoreError;
use crate::store::sections::find_section;

impl Search<'_> {
    /// The resource at an address of this service.
    pub(super) fn own(&mut self) -> Result<(), StoreError> {
        let path = self.asked.own_path.as_deref();
        let path = path.and_then(|path| path.strip_prefix("/api/"));
        let Some((plural, reference)) = path.and_then(|path| path.split_once('/')) else {
            return Ok(());
        };
        let text = decoded(reference);
        let reference = Reference::parse(&text);
        let asked = self.lang_asked_for();
        let asked = asked.filter(|lang| self.site.edition(lang).is_some());
        let lang = asked.as_ref().unwrap_or(self.default_lang);
        let mut found = match plural {
            "articles" => self.own_article(&reference)?,
            "sections" => self.own_section(&reference, &text)?,
            "editions" => self.own_edition(&text)?,
            "authors" => self.author(&reference, lang)?,
            "sources" => self.source(&reference, lang)?,
            "tags" => self.tag(&Reference::Slug(text), lang)?,
            _ => Resolution::Missing,
        };
        if let Resolution::Found(found) = &mut found
            && found.lang.is_none()
        {
            found.lang = asked;
        }
        self.consider(found, true);
        Ok(())
    }

    fn own_article(&mut self, reference: &Reference) -> Result<Resolution, StoreError> {
        let langs = Vec::from_iter(self.lang_asked_for());
        let found = find_article(self.conn, self.scope, reference, &langs, self.default_lang)?;
        let current = matches!(found, Found::Article(_));
        Ok(with_current(self.article_found(found)?, current))
    }

    fn own_section(&mut self, reference: &Reference, text: &str) -> Result<Resolution, StoreError> {
        let lang = self.lang_asked_for();
        let found = find_section(self.conn, reference, lang.as_ref(), self.default_lang)?;
        Ok(found.map_or(Resolution::Missing, |section| {
            let current = section.path == text || matches!(reference, Reference::Id(_));
            with_current(self.section_found(&section), current)
        }))
    }

    fn own_edition(&mut self, text: &str) -> Result<Resolution, StoreError> {
        let Ok(lang) = LanguageTag::parse(text) else {
            return Ok(Resolution::Missing);
        };
        let found = find_edition(self.conn, &lang)?;
        Ok(found.map_or(Resolution::Missing, |edition| self.edition_found(&edition)))
    }

    fn lang_asked_for(&self) -> Option<LanguageTag> {
        let query = self.asked.url.query()?;
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        let (_, lang) = pairs.find(|(name, _)| name == "lang")?;
        LanguageTag::parse(&lang).ok()
    }
}
