//! Authors: bylines, never logins.

use std::collections::BTreeMap;

use super::id::Id;
use super::language::LanguageTag;
use super::slug::Slug;
use super::time::Timestamp;

/// Names by language tag, for readers of that edition.
pub type Names = BTreeMap<String, String>;

/// The name that readers of `lang` see: the one given for it, else the name itself.
#[must_use]
pub fn localised<'a>(name: &'a str, names: &'a Names, lang: &str) -> &'a str {
    names.get(lang).map_or(name, String::as_str)
}

/// The languages in which names are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameLanguages {
    /// In the order of preference; empty: the names as they were first given.
    pub langs: Vec<LanguageTag>,
    /// The default edition's, in which a name stands that is given for no language.
    pub default: LanguageTag,
}

impl NameLanguages {
    /// The name in the first of the languages that there is one for.
    #[must_use]
    pub fn pick<'a>(&self, name: &'a str, names: &'a Names) -> &'a str {
        let found = self.langs.iter().find_map(|lang| {
            let own = (*lang == self.default).then_some(name);
            names.get(lang.as_str()).map(String::as_str).or(own)
        });
        found.unwrap_or(name)
    }
}

/// The content of an author: a byline of a person or a desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorContent {
    /// Unique; what addresses and filters name it by.
    pub slug: Slug,
    /// Unique after NFC with white space folded.
    pub name: String,
    /// The name in other languages or scripts.
    pub names: Names,
    /// A few sentences.
    pub bio: Option<String>,
    /// The institution.
    pub affiliation: Option<String>,
    /// A page of their own.
    pub url: Option<String>,
}

/// An author as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// Its identity.
    pub id: Id,
    /// The content.
    pub content: AuthorContent,
    /// Rises with every change.
    pub version: i64,
    /// Time at which it was made.
    pub created_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
}
