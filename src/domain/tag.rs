//! Tags: keywords, one by slug.

use unicode_normalization::char::is_combining_mark;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::author::Names;
use super::id::Id;
use super::slug::Slug;
use super::text::{self, fold_name};
use super::time::Timestamp;

/// The form by which two spellings are one tag: case, white space, and hyphens and apostrophes within words make no difference.
/// Other signs and letters do: C, C# and C++ are three, and so are W, W- and «W», and Maße, Masse and Mase.
#[must_use]
pub fn spelling_key(name: &str) -> String {
    let folded = fold_name(name).to_lowercase();
    let visible = |c: &char| !text::is_ignorable(*c);
    let letters: Vec<char> = folded.chars().filter(visible).collect();
    let mut key = String::with_capacity(folded.len());
    for (at, c) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let is_gap = c.is_whitespace() || parts_words(before, *c, letters.get(at + 1));
        match is_gap {
            true if key.ends_with(' ') => {}
            true => key.push(' '),
            false => key.push(*c),
        }
    }
    let key = key.trim();
    if key.is_empty() {
        folded
    } else {
        key.to_owned()
    }
}

/// True if a hyphen or an apostrophe stands between two words, or a hyphen between two blanks: anywhere else, it is a sign.
fn parts_words(before: Option<&char>, c: char, after: Option<&char>) -> bool {
    use GeneralCategory as G;
    let category = c.general_category();
    let is_dash = matches!(category, G::DashPunctuation | G::ConnectorPunctuation);
    let is_quote = matches!(category, G::InitialPunctuation | G::FinalPunctuation);
    let (Some(before), Some(after)) = (before, after) else {
        return false;
    };
    let in_word = |c: &char| c.is_alphanumeric() || is_combining_mark(*c);
    let is_joint = is_dash || is_quote || matches!(c, '\'' | '"');
    (is_joint && in_word(before) && in_word(after))
        || (is_dash && before.is_whitespace() && after.is_whitespace())
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
            ("paris-nice", "Paris – Nice", "Paris-Nice"),
        ] {
            assert!(tag(slug, own).is_meant_by(name), "{name} means {own}");
        }
        for (slug, own, name) in [
            ("c", "C", "C++"),
            ("c", "C++", "C"),
            ("c", "C#", "C++"),
            ("net", "NET", ".NET"),
            ("untitled", "???", "!!!"),
            ("grade-w", "Grade W-", "Grade W"),
            ("grade-w", "Grade W", "Grade W-"),
            ("grade-w-now", "Grade W- now", "Grade W now"),
            ("mm", "«Mm»", "Mm"),
            ("mm", "\"Mm\"", "Mm"),
            ("mm", "'Mm", "Mm'"),
            ("mm", "_Mm", "Mm"),
            ("rh", "Rh–", "Rh+"),
            ("maße", "Maße", "Masse"),
            ("office", "office", "o\u{fb03}ce"),
        ] {
            assert!(!tag(slug, own).is_meant_by(name), "{name} is not {own}");
        }
    }
}
