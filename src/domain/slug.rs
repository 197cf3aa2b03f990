//! Slugs: the readable part of an address, in any script.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::error::Invalid;
use super::id::Id;

/// NFC, lower case, letters of any script, marks and digits, with single hyphens between; 1 to 200 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Slug(String);

impl Slug {
    /// The most characters a slug has.
    pub const MAX: usize = 200;

    /// What text without a single letter or digit becomes.
    const EMPTY: &'static str = "untitled";

    /// Makes a slug of any text: runs of anything but letters, marks and digits become one hyphen.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let slug = Self::fold(text, Self::MAX);
        // Marks alone, such as those that vary an emoji, show nothing.
        if !slug.contains(char::is_alphanumeric) {
            Self(Self::EMPTY.to_owned())
        } else if Id::looks_like(&slug) {
            Self(slug.replacen('-', "", 1))
        } else {
            Self(slug)
        }
    }

    /// Takes text that already is a slug, and nothing else.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let slug = Self::from_text(text);
        if slug.0 == text {
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

    fn fold(text: &str, max: usize) -> String {
        let lower: String = text.nfc().flat_map(char::to_lowercase).nfc().collect();
        let mut slug = String::with_capacity(lower.len());
        let mut length = 0;
        let mut gap = false;
        for c in lower.chars() {
            if !is_slug_char(c) {
                gap = !slug.is_empty();
                continue;
            }
            if length + 1 + usize::from(gap) > max {
                break;
            }
            if gap {
                slug.push('-');
                length += 1;
                gap = false;
            }
            slug.push(c);
            length += 1;
        }
        slug
    }
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
            ("???", "untitled"),
            ("C++ & C#", "c-c"),
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
    fn text_that_is_not_a_slug_is_refused_with_one_that_is() {
        let refused = Slug::parse("Hello World").unwrap_err();
        assert!(refused.detail.contains("hello-world"));
    }
}
