//! Tags: keywords, one by slug.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::author::Names;
use super::id::Id;
use super::slug::Slug;
use super::text::{self, fold_name};
use super::time::Timestamp;

/// The form by which two spellings are one tag: case, white space, hyphens and quotation marks make no difference. Signs and
/// letters do: C, C# and C++ are three, and so are Maße, Masse and Mase.
#[must_use]
pub fn spelling_key(name: &str) -> String {
    let folded = fold_name(name).to_lowercase();
    let words = folded.split(is_separator).filter(|word| !word.is_empty());
    let key = words.collect::<Vec<_>>().join(" ");
    let key: String = key.chars().filter(|c| !text::is_ignorable(*c)).collect();
    if key.is_empty() { folded } else { key }
}

/// True if the character separates words and has no meaning itself.
fn is_separator(c: char) -> bool {
    use GeneralCategory as G;
    c.is_whitespace()
        || matches!(c, '\'' | '"')
        || matches!(
            c.general_category(),
            G::DashPunctuation
                | G::ConnectorPunctuation
                | G::InitialPunctuation
                | G::FinalPunctuation
        )
}

/// True if a slug keeps everything that a name says.
#[must_use]
pub fn is_kept_by_slug(name: &str) -> bool {
    let key = spelling_key(name);
    key == spelling_key(Slug::from_text(&key).as_str())
}

/// The content of a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagContent {
    /// Its identity towards clients.
    pub slug: Slug,
    /// The first name that it was given.
    pub name: String,
    /// The name in other languages.
    pub names: Names,
}

impl TagContent {
    /// True if a name whose slug this tag has means this tag: the name is the slug, is another spelling of the tag's name,
    /// or says no more than a slug that was chosen for the tag. C# and C++ do not mean a tag C.
    #[must_use]
    pub fn is_meant_by(&self, name: &str) -> bool {
        fold_name(name) == self.slug.as_str()
            || spelling_key(name) == spelling_key(&self.name)
            || (is_kept_by_slug(name) && !self.slug.is_made_of(&self.name))
    }

    /// True if a name that finds this tag is its slug alone, and that slug was made of a longer name: `c` of C++.
    #[must_use]
    pub fn loses_its_name(&self, name: &str) -> bool {
        fold_name(name) == self.slug.as_str()
            && spelling_key(name) != spelling_key(&self.name)
            && self.slug.is_made_of(&self.name)
    }
}

/// A tag as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its identity inside the service and in the change log.
    pub id: Id,
    /// The content.
    pub content: TagContent,
    /// Rises with every change.
    pub version: i64,
    /// Time at which it was made.
    pub created_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(slug: &str, name: &str) -> TagContent {
        TagContent {
            slug: Slug::parse(slug).unwrap(),
            name: name.to_owned(),
            names: Names::new(),
        }
    }

    #[test]
    fn a_slug_that_says_less_than_its_name_is_told_of() {
        assert!(tag("c", "C++").loses_its_name("c"));
        assert!(tag("net", ".NET").loses_its_name("net"));
        for (slug, own, name) in [
            ("c-sharp", "C#", "c-sharp"),
            ("climate-change", "Climate Change", "climate-change"),
            ("c", "C", "c"),
            ("c", "C++", "C++"),
        ] {
            assert!(!tag(slug, own).loses_its_name(name), "{name} is {own}");
        }
    }

    #[test]
    fn a_name_means_a_tag_by_its_slug_or_by_a_spelling_of_its_name() {
        for (slug, own, name) in [
            ("c", "C++", "c"),
            ("climate-change", "Climate Change", "climate  change"),
            ("covid-19", "Covid-19", "COVID 19"),
            ("l-été", "L’été", "l'e\u{301}te\u{301}"),
            ("c-sharp", "C#", "C sharp"),
        ] {
            assert!(tag(slug, own).is_meant_by(name), "{name} means {own}");
        }
        for (slug, own, name) in [
            ("c", "C", "C++"),
            ("c", "C++", "C"),
            ("c", "C#", "C++"),
            ("net", "NET", ".NET"),
            ("untitled", "???", "!!!"),
            ("maße", "Maße", "Masse"),
            ("office", "office", "o\u{fb03}ce"),
        ] {
            assert!(!tag(slug, own).is_meant_by(name), "{name} is not {own}");
        }
    }
}
