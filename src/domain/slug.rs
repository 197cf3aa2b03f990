//! Slugs: the readable part of an address, in any script.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

use super::error::Invalid;
use super::id::Id;
use super::text;

/// The mark that makes an emoji of a digit or sign.
const KEYCAP: char = '\u{20e3}';

/// NFC, lower case, letters of any script, marks and digits, with single hyphens between; 1 to 200 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Slug(String);

impl Slug {
    /// The most characters a slug has.
    pub const MAX: usize = 200;

    /// The slug of text without a single letter or digit.
    const EMPTY: &'static str = "untitled";

    /// The most symbols that a slug without any letter or digit is made of.
    const SYMBOLS_MAX: usize = 20;

    /// Makes a slug of any text: runs of anything but letters, marks and digits become one hyphen, and characters that show
    /// nothing go. Text that has signs only becomes their code points: 🎉 is `u1f389`.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let slug = Self::fold(text, Self::MAX);
        // Marks alone show nothing.
        if !slug.contains(char::is_alphanumeric) {
            Self(Self::of_symbols(text).unwrap_or_else(|| Self::EMPTY.to_owned()))
        } else if Id::looks_like(&slug) {
            Self(slug.replacen('-', "", 1))
        } else {
            Self(slug)
        }
    }

    /// Takes text that already is a slug, in any Unicode normal form, and nothing else.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let decoded = text::words_decoded(text);
        let slug = Self::from_text(decoded.as_deref().unwrap_or(text));
        if slug.0 == text || text.nfc().eq(slug.0.chars()) {
            return Ok(slug);
        }
        Err(Invalid::new(
            "invalid_slug",
            format!(
                "a slug is lower case letters, marks and digits parted by single hyphens, at most 200 characters, such as {slug}"
            ),
        ))
    }

    /// The slug numbered `n`, cut so that the number fits: `title-2`.
    #[must_use]
    pub fn numbered(&self, n: u64) -> Self {
        let suffix = format!("-{n}");
        let base = Self::fold(&self.0, Self::MAX - suffix.len());
        Self(base + &suffix)
    }

    /// The slug as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A slug that the store wrote.
    #[must_use]
    pub(crate) fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// True if it is the slug that a name gets, with or without a number.
    #[must_use]
    pub fn is_made_of(&self, name: &str) -> bool {
        let base = Self::from_text(name);
        let number = self.0.rsplit('-').next().and_then(|n| n.parse().ok());
        *self == base || number.is_some_and(|number| *self == base.numbered(number))
    }

    fn fold(text: &str, max: usize) -> String {
        let visible = text
            .nfc()
            .filter(|c| !text::is_ignorable(*c) && *c != KEYCAP);
        let lower = visible.flat_map(char::to_lowercase).nfc();
        let mut slug = String::with_capacity(text.len());
        let mut gap = false;
        for c in lower {
            if !is_slug_char(c) {
                gap = !slug.is_empty();
                continue;
            }
            if std::mem::take(&mut gap) {
                slug.push('-');
            }
            slug.push(c);
        }
        text::cut(&slug, max).trim_end_matches('-').to_owned()
    }

    fn of_symbols(text: &str) -> Option<String> {
        let symbols = text.nfc().filter(|c| shows(*c));
        let names = symbols.take(Self::SYMBOLS_MAX);
        let names: Vec<String> = names.map(|c| format!("u{:x}", u32::from(c))).collect();
        (!names.is_empty()).then(|| names.join("-"))
    }
}

/// True if the character is visible by itself: emoji, signs, punctuation.
fn shows(c: char) -> bool {
    let is_mark = matches!(c.general_category_group(), GeneralCategoryGroup::Mark) && c != KEYCAP;
    !(c.is_whitespace() || c.is_control() || is_mark || text::is_ignorable(c))
}

fn is_slug_char(c: char) -> bool {
    use GeneralCategory as G;
    c.is_ascii_lowercase()
        || c.is_ascii_digit()
        || (!c.is_ascii()
            && matches!(
                c.general_category(),
                G::LowercaseLetter
                    | G::UppercaseLetter
                    | G::TitlecaseLetter
                    | G::ModifierLetter
                    | G::OtherLetter
                    | G::NonspacingMark
                    | G::SpacingMark
                    | G::EnclosingMark
                    | G::DecimalNumber
            ))
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Slug {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // Stored slugs keep the form that they were given, whatever the rules are now.
        if (1..=Self::MAX).contains(&text.chars().count())
            && text.chars().all(|c| c == '-' || is_slug_char(c))
        {
            return Ok(Self(text));
        }
        Self::parse(&text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_any_script_stay_and_all_else_becomes_one_hyphen() {
        for (text, slug) in [
            ("中国式现代化", "中国式现代化"),
            ("  À la une : l’été !", "à-la-une-l-été"),
            ("TEXAS <TCB> FILES", "texas-tcb-files"),
            ("हिन्दी समाचार", "हिन्दी-समाचार"),
            ("???", "u3f-u3f-u3f"),
            ("!!!", "u21-u21-u21"),
            ("#\u{fe0f}\u{20e3}", "u23-u20e3"),
            ("*\u{fe0f}\u{20e3}", "u2a-u20e3"),
            ("1\u{fe0f}\u{20e3}", "1"),
            (" ", "untitled"),
            ("C++ & C#", "c-c"),
            ("✏\u{fe0f} note", "note"),
            ("co\u{ad}oper\u{200b}ation", "cooperation"),
            ("\u{202e}abc\u{202c} d\u{200d}e\u{2060}f", "abc-def"),
            ("می\u{200c}خواهم", "میخواهم"),
            ("🎉", "u1f389"),
            ("👩\u{200d}🚀 ✏\u{fe0f}", "u1f469-u1f680-u270f"),
            ("\u{200b}", "untitled"),
            ("\u{301}", "untitled"),
            ("e\u{301}te\u{301}", "été"),
        ] {
            assert_eq!(Slug::from_text(text).as_str(), slug);
        }
    }

    #[test]
    fn a_slug_is_a_fixed_point_also_at_its_greatest_length() {
        for text in [
            "é".repeat(300),
            "a b ".repeat(100),
            "İstanbul".to_owned(),
            "018A0B1C-2D3E-7F40-8A1B-2C3D4E5F6A7B".to_owned(),
            "नि".repeat(150),
            format!("{}-b", "a".repeat(199)),
            "🎉".repeat(300),
            format!("a{}", "\u{301}".repeat(300)),
        ] {
            let slug = Slug::from_text(&text);
            assert!(slug.as_str().chars().count() <= Slug::MAX);
            assert_eq!(Slug::parse(slug.as_str()), Ok(slug.clone()));
            assert!(!Id::looks_like(slug.as_str()));
            assert!(slug.numbered(12).as_str().ends_with("-12"));
            assert!(slug.numbered(12).as_str().chars().count() <= Slug::MAX);
        }
    }

    #[test]
    fn a_slug_is_cut_between_characters_and_never_ends_with_a_hyphen() {
        for (text, length) in [
            (format!("a{}", "नि".repeat(150)), 199),
            (format!("{}-bb", "a".repeat(199)), 199),
            (format!("{} bb", "a".repeat(198)), 200),
        ] {
            let slug = Slug::from_text(&text);
            assert_eq!(slug.as_str().chars().count(), length, "{slug}");
            assert!(!slug.as_str().ends_with('-'));
        }
    }

    #[test]
    fn a_slug_is_taken_in_any_normal_form_and_a_stored_one_as_it_is() {
        assert_eq!(Slug::parse("e\u{301}te\u{301}").unwrap().as_str(), "été");
        let refused = Slug::parse("%e6%96%b0").unwrap_err();
        assert!(refused.detail.ends_with("such as 新"), "{}", refused.detail);
        let refused = Slug::parse("%e6%96%b0%zz").unwrap_err();
        assert!(
            refused.detail.ends_with("such as 新-zz"),
            "{}",
            refused.detail
        );
        let stored: Slug = serde_json::from_str("\"\u{fe0f}-note\"").unwrap();
        assert_eq!(stored.as_str(), "\u{fe0f}-note");
        assert!(serde_json::from_str::<Slug>("\"A b\"").is_err());
    }

    #[test]
    fn text_that_is_not_a_slug_is_refused_with_one_that_is() {
        let refused = Slug::parse("Hello World").unwrap_err();
        assert!(refused.detail.contains("hello-world"));
    }
}
