//! Language tags (BCP 47), matched whole and without regard to case.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};

use super::error::Invalid;
use super::language_registry;

/// A well-formed tag of a registered language (RFC 5646, section 2.1) in its canonical case: `zh`, `zh-Hans`, `fr-CA`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct LanguageTag(String);

impl LanguageTag {
    /// The longest tag taken, in characters.
    pub const MAX: usize = 35;

    /// Reads a tag and brings it into canonical case. What is none is refused, with the tag that may be meant.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::strict(text).ok_or_else(|| refused(text))
    }

    /// Reads what people and other systems write for a language: `zh_CN`, `fr_FR.UTF-8`, `ENG`, `English`, `英语`.
    pub fn read(written: &str) -> Result<Self, Invalid> {
        let written = written.trim();
        Self::strict(written)
            .or_else(|| Self::of_other_form(written))
            .ok_or_else(|| refused(written))
    }

    /// Reads the tag of a filter: any well-formed one (RFC 5646, section 2.2.9), since nothing is in a language that is not
    /// registered. One that others write for a registered language is refused with that.
    pub fn parse_filter(text: &str) -> Result<Self, Invalid> {
        let unknown = || Self::well_formed(text).filter(|_| Self::of_other_form(text).is_none());
        Self::strict(text)
            .or_else(unknown)
            .ok_or_else(|| refused(text))
    }

    fn strict(text: &str) -> Option<Self> {
        let tag = Self::well_formed(text)?;
        language_registry::is_registered(tag.primary()).then_some(tag)
    }

    fn well_formed(text: &str) -> Option<Self> {
        if text.len() > Self::MAX {
            return None;
        }
        let tag = oxilangtag::LanguageTag::parse_and_normalize(text).ok()?;
        Some(Self(tag.into_inner()))
    }

    fn of_other_form(written: &str) -> Option<Self> {
        if let Some(tag) = language_registry::of_name(written) {
            return Self::strict(tag);
        }
        let locale = written.split(['.', '@']).next()?.replace('_', "-");
        let (primary, rest) = locale.split_at(locale.find('-').unwrap_or(locale.len()));
        let code = primary.to_ascii_lowercase();
        let primary = language_registry::of_code(&code).unwrap_or(&code);
        Self::strict(&format!("{primary}{rest}"))
    }

    /// Checks that a text can be in this language: special codes and those of private use (RFC 5646, sections 2.2.7 and 4.1)
    /// tell readers of no language.
    ///
    /// # Errors
    /// `invalid_language` for `und`, `mul`, `mis`, `zxx`, `i-default`, `qaa` to `qtz` and `x-…`.
    pub fn of_texts(&self) -> Result<(), Invalid> {
        let primary = self.primary();
        let is_special = ["und", "mul", "mis", "zxx"].contains(&primary) || self.0 == "i-default";
        if !is_special && !language_registry::is_private(primary) {
            return Ok(());
        }
        let detail = format!(
            "{self} is the code of no one language: write that of the text, such as en, fr or zh-Hans"
        );
        Err(Invalid::new("invalid_language", detail))
    }

    /// Reads the tag of a language that texts can be in.
    ///
    /// # Errors
    /// Those of [`parse`](Self::parse) and [`of_texts`](Self::of_texts).
    pub fn parse_of_texts(text: &str) -> Result<Self, Invalid> {
        let tag = Self::parse(text)?;
        tag.of_texts().map(|()| tag)
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

    /// The tag of a language that is not known (RFC 5646, section 4.1).
    #[must_use]
    pub(crate) fn undetermined() -> Self {
        Self("und".to_owned())
    }

    /// The primary language subtag: `zh` of `zh-Hans`.
    #[must_use]
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }
}

fn refused(text: &str) -> Invalid {
    let detail = match LanguageTag::of_other_form(text.trim()) {
        Some(tag) => format!("{} is not the BCP 47 tag of a language; write {tag}", text.trim()),
        None => "a language is the BCP 47 tag of a registered one, of at most 35 characters, such as en, fr or zh-Hans".to_owned(),
    };
    Invalid::new("invalid_language", detail)
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
            "english",
            "eng",
            "xx",
            "deutsch-DE",
            "a-very-long-tag-a-very-long-tag-a-very-long",
        ] {
            assert!(LanguageTag::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn registered_languages_are_taken_whatever_their_length() {
        for tag in [
            "en",
            "yue",
            "ber",
            "qaa",
            "und",
            "sr-Latn-RS",
            "zh-yue",
            "x-pirate",
            "i-klingon",
        ] {
            assert!(LanguageTag::parse(tag).is_ok(), "{tag}");
        }
    }

    #[test]
    fn texts_are_in_one_language_that_readers_know() {
        for tag in [
            "und",
            "UND-Latn",
            "mul",
            "mis",
            "zxx",
            "qaa",
            "qtz-CN",
            "x-pirate",
            "i-default",
        ] {
            let refused = LanguageTag::parse_of_texts(tag).unwrap_err();
            assert_eq!(refused.code, "invalid_language", "{tag}");
        }
        for tag in ["en", "ber", "yue", "en-x-simple", "qu", "i-klingon"] {
            assert!(LanguageTag::parse_of_texts(tag).is_ok(), "{tag}");
        }
    }

    #[test]
    fn a_refusal_names_the_tag_that_may_be_meant() {
        for (text, tag) in [("english", "en"), ("zh_CN", "zh-CN"), ("FRE", "fr")] {
            let detail = LanguageTag::parse(text).unwrap_err().detail;
            assert!(detail.ends_with(&format!("write {tag}")), "{detail}");
        }
        assert!(
            LanguageTag::parse("klatsch")
                .unwrap_err()
                .detail
                .contains("such as en")
        );
    }

    #[test]
    fn what_others_write_for_a_language_is_read() {
        for (written, tag) in [
            ("english", "en"),
            (" English ", "en"),
            ("EN", "en"),
            ("ENG", "en"),
            ("eng-US", "en-US"),
            ("fr-FR", "fr-FR"),
            ("fr_FR.UTF-8", "fr-FR"),
            ("fre", "fr"),
            ("anglais", "en"),
            ("Français", "fr"),
            ("法语", "fr"),
            ("zh_CN", "zh-CN"),
            ("zh_Hans_CN", "zh-Hans-CN"),
            ("简体中文", "zh-Hans"),
            ("Icelandic", "is"),
        ] {
            assert_eq!(
                LanguageTag::read(written).unwrap().as_str(),
                tag,
                "{written}"
            );
        }
        for written in ["", "Klatsch", "C", "POSIX", "e", "12"] {
            assert!(LanguageTag::read(written).is_err(), "{written}");
        }
    }
}
