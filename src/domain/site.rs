//! The publication as the web sees it: absolute addresses of what the service holds.

use std::collections::HashMap;

use percent_encoding::utf8_percent_encode;

use super::edition::Edition;
use super::id::Id;
use super::language::LanguageTag;
use super::page_url::{PageUrl, Place};
use super::time::Timestamp;
use super::url_path::PATH;
use super::url_template::PageKind;

/// An article's page, in each of the languages that its work is published in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The article.
    pub place: Place,
    /// Time of the last change.
    pub updated_at: Timestamp,
    /// Every published edition of the work, the article's own among them.
    pub languages: Vec<Place>,
}

/// The parts of the addresses of translations, by their ids.
pub type Places = HashMap<Id, Place>;

/// Every edition, and the service's own address.
#[derive(Debug, Clone)]
pub struct Site {
    base: String,
    editions: Vec<Edition>,
}

impl Site {
    /// The editions of a service whose own address is `base`, without a slash at its end.
    #[must_use]
    pub fn new(base: String, editions: Vec<Edition>) -> Self {
        Self { base, editions }
    }

    /// Every edition, in the order of their languages.
    #[must_use]
    pub fn editions(&self) -> &[Edition] {
        &self.editions
    }

    /// The edition of a language.
    #[must_use]
    pub fn edition(&self, lang: &LanguageTag) -> Option<&Edition> {
        self.editions
            .iter()
            .find(|edition| edition.content.lang == *lang)
    }

    /// The absolute form of a path of this service.
    #[must_use]
    pub fn own(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The public address of an article: by its edition's template, else on this service.
    #[must_use]
    pub fn article_url(&self, place: &Place) -> String {
        self.completed(PageUrl::of_article(self.edition(&place.lang), place))
    }

    /// The page of an author in an edition, else the author on this service.
    #[must_use]
    pub fn author_url(&self, lang: &LanguageTag, id: Id, slug: &str) -> String {
        self.completed(PageUrl::of_author(self.only(lang), id, slug))
    }

    /// The page of a tag in an edition, else the tag on this service.
    #[must_use]
    pub fn tag_url(&self, lang: &LanguageTag, slug: &str) -> String {
        self.completed(PageUrl::of_tag(self.only(lang), slug))
    }

    fn completed(&self, mut url: PageUrl) -> String {
        url.complete(&self.base);
        url.as_str().to_owned()
    }

    fn only(&self, lang: &LanguageTag) -> &[Edition] {
        self.edition(lang).map_or(&[], std::slice::from_ref)
    }

    /// A page of an edition's site by its path; where the site is not known, `otherwise` on this service.
    #[must_use]
    pub fn page_url(&self, lang: &LanguageTag, path: &str, otherwise: &str) -> String {
        let edition = self.edition(lang);
        match edition.and_then(|edition| edition.content.url_templates.get(PageKind::Article)) {
            Some(template) => {
                format!(
                    "{}{}",
                    template.origin(lang),
                    utf8_percent_encode(path, PATH)
                )
            }
            None => self.own(otherwise),
        }
    }

    /// The home page of an edition.
    #[must_use]
    pub fn home_url(&self, lang: &LanguageTag) -> String {
        let home = self
            .edition(lang)
            .map(|edition| edition.content.home_path.as_str());
        self.page_url(lang, home.unwrap_or("/"), &format!("/api/editions/{lang}"))
    }
}
