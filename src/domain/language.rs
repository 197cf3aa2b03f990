//! Language tags (BCP 47), matched whole and without regard to case.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};

use super::error::Invalid;

/// A well-formed language tag (RFC 5646, section 2.1) in its canonical case: `zh`, `zh-Hans`, `fr-CA`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct LanguageTag(String);

impl LanguageTag {
    /// The longest tag taken, in characters.
    pub const MAX: usize = 35;

    /// Reads a tag and brings it into canonical case.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let refused = || {
            Invalid::new(
                "invalid_language",
                "a language is a BCP 47 tag of at most 35 characters, such as en, fr or zh-Hans",
            )
        };
        if text.len() > Self::MAX {
            return Err(refused());
        }
        oxilangtag::LanguageTag::parse_and_normalize(text)
            .map(|tag| Self(tag.into_inner()))
            .map_err(|_| refused())
    }

    /// The tag as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A tag that the store wrote and that was parsed before it was.
    #[must_use]
    pub(crate) fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The primary language subtag: `zh` of `zh-Hans`.
    #[must_use]
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }
}

impl fmt::Display for LanguageTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for LanguageTag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_part_two_tags_but_a_script_does() {
        assert_eq!(LanguageTag::parse("ZH-hans"), LanguageTag::parse("zh-Hans"));
        assert_ne!(LanguageTag::parse("zh"), LanguageTag::parse("zh-Hans"));
    }

    #[test]
    fn what_is_no_tag_is_refused() {
        for text in [
            "",
            "-",
            "e",
            "fr_FR",
            "français",
            "en\0",
            "a-very-long-tag-a-very-long-tag-a-very-long",
        ] {
            assert!(LanguageTag::parse(text).is_err(), "{text}");
        }
    }
}
