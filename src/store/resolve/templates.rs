//! Pages by the templates of the editions, and by those that they had.

use super::{Resolution, Search};
use crate::domain::edition::Edition;
use crate::domain::language::LanguageTag;
use crate::domain::url_template::{PageKind, UrlTemplate};
use crate::store::error::StoreError;

impl Search<'_> {
    /// The page that an edition's templates make at the address.
    pub(super) fn by_templates(&mut self, edition: &Edition) -> Result<(), StoreError> {
        let content = &edition.content;
        for (kind, template) in content.url_templates.iter() {
            self.by_template(kind, template, &content.lang)?;
        }
        Ok(())
    }

    /// The page that templates which an edition had made at the address, or one below a home path of its past.
    pub(super) fn by_former_addresses(&mut self, edition: &Edition) -> Result<(), StoreError> {
        for (kind, template) in edition.former.templates() {
            self.by_template(kind, template, &edition.content.lang)?;
        }
        for home in edition.former.home_paths() {
            self.by_path_of_site(edition, home)?;
        }
        Ok(())
    }

    fn by_template(
        &mut self,
        kind: PageKind,
        template: &UrlTemplate,
        lang: &LanguageTag,
    ) -> Result<(), StoreError> {
        if self.is_over() {
            return Ok(());
        }
        let Some(reference) = template.read_back(&self.asked.url, lang) else {
            return Ok(());
        };
        let found = match kind {
            PageKind::Article => self.article(&reference, Some(lang))?,
            PageKind::Section => self.section(&reference, lang)?,
            PageKind::Author => {
                let found = self.author(&reference, lang)?;
                self.as_page_of(found, kind, lang)
            }
            PageKind::Tag => {
                let found = self.tag(&reference, lang)?;
                self.as_page_of(found, kind, lang)
            }
            PageKind::Preview => Resolution::Missing,
        };
        let on_host = !self.asked.whole || template.host_of(lang) == self.asked.url.host();
        self.consider(found, on_host);
        Ok(())
    }

    /// A resource of no edition, by its page in one: current at that page's address only. A path without a host may be
    /// of any edition.
    fn as_page_of(&self, mut found: Resolution, kind: PageKind, lang: &LanguageTag) -> Resolution {
        if let Resolution::Found(found) = &mut found {
            let edition = self.site.edition(lang);
            let has_page =
                edition.is_some_and(|edition| edition.content.url_templates.get(kind).is_some());
            found.lang = (self.asked.whole && has_page).then(|| lang.clone());
            found.current &= self.asked.is(found.url.as_str());
        }
        found
    }
}
