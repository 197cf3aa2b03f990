//! Editions: one per language of the publication.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::address;
use super::direction::Direction;
use super::error::Invalid;
use super::former_addresses::FormerAddresses;
use super::language::LanguageTag;
use super::text;
use super::time::Timestamp;
use super::url_template::UrlTemplates;

/// A telephone number and what it reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Phone {
    /// Label of the number, such as `Newsroom`.
    #[schema(example = "Editorial office")]
    pub label: Option<String>,
    /// The number as it is printed.
    #[schema(example = "+44 20 7946 0123")]
    pub number: String,
}

/// Contact of an edition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Contact {
    /// Telephone numbers.
    #[schema(required)]
    pub phones: Vec<Phone>,
    /// An e-mail address.
    pub email: Option<String>,
    /// A postal address, on one line.
    pub address: Option<String>,
}

/// An entry of an edition's main menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NavigationLink {
    /// The words of the entry.
    pub label: String,
    /// Address of the link, absolute or relative to the site.
    pub url: String,
}

/// The content of an edition; also the shape of an `edition` line of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditionContent {
    /// The language, the edition's identity.
    pub lang: LanguageTag,
    /// The language's own name, as a language switch shows it.
    pub name: String,
    /// The publication's name in this language.
    pub site_name: String,
    /// The first breadcrumb's words.
    pub home_label: String,
    /// The first breadcrumb's path.
    pub home_path: String,
    /// IANA time zone of the edition's civil dates.
    pub time_zone: Tz,
    /// Reading direction.
    pub direction: Direction,
    /// Contact lines.
    pub contact: Contact,
    /// The copyright line.
    pub copyright: Option<String>,
    /// The main menu.
    pub navigation: Vec<NavigationLink>,
    /// Templates of the addresses of its pages.
    pub url_templates: UrlTemplates,
}

impl EditionContent {
    /// The edition that an import makes of a language alone: UTC, the language's own name, its word for home.
    #[must_use]
    pub fn of_language(lang: LanguageTag) -> Self {
        let name = own_name(&lang);
        Self {
            site_name: name.clone(),
            name,
            home_label: home_word(&lang).to_owned(),
            home_path: format!("/{lang}"),
            time_zone: Tz::UTC,
            direction: Direction::of(&lang),
            contact: Contact::default(),
            copyright: None,
            navigation: Vec::new(),
            url_templates: UrlTemplates::default(),
            lang,
        }
    }
}

fn home_word(lang: &LanguageTag) -> &'static str {
    match lang.primary() {
        "zh" => "首页",
        "fr" => "Accueil",
        _ => "HOME",
    }
}

/// The name of a language in itself (CLDR's self-names of the languages with the most readers); else its tag.
fn own_name(lang: &LanguageTag) -> String {
    let whole = match lang.as_str() {
        "zh-Hans" | "zh-CN" => Some("简体中文"),
        "zh-Hant" | "zh-TW" | "zh-HK" => Some("繁體中文"),
        _ => None,
    };
    let primary = match lang.primary() {
        "ar" => "العربية",
        "bn" => "বাংলা",
        "cs" => "Čeština",
        "de" => "Deutsch",
        "el" => "Ελληνικά",
        "en" => "English",
        "es" => "Español",
        "fa" => "فارسی",
        "fr" => "Français",
        "he" => "עברית",
        "hi" => "हिन्दी",
        "id" => "Bahasa Indonesia",
        "it" => "Italiano",
        "ja" => "日本語",
        "ko" => "한국어",
        "nl" => "Nederlands",
        "pl" => "Polski",
        "pt" => "Português",
        "ro" => "Română",
        "ru" => "Русский",
        "sv" => "Svenska",
        "sw" => "Kiswahili",
        "th" => "ไทย",
        "tr" => "Türkçe",
        "uk" => "Українська",
        "ur" => "اردو",
        "vi" => "Tiếng Việt",
        "zh" => "中文",
        _ => lang.as_str(),
    };
    whole.unwrap_or(primary).to_owned()
}

/// An edition as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// The content.
    pub content: EditionContent,
    /// Addresses that its pages had.
    pub former: FormerAddresses,
    /// Rises with every change.
    pub version: i64,
    /// Time at which it was made.
    pub created_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
}

/// A path of the site, such as `/en`: front ends make links of it.
///
/// # Errors
/// `invalid_path` where it is none, and those of [`text::clean`].
pub fn home_path(text: &str) -> Result<String, Invalid> {
    let path = text::clean(text, text::NAME_MAX)?;
    let rooted = path.starts_with('/') && !path.starts_with("//");
    if rooted && !path.contains(' ') && address::parse(&path).is_ok() {
        return Ok(path);
    }
    let detail = "home_path is a path of the site, such as /en, without blanks, quotes and what an address may not have";
    Err(Invalid::new("invalid_path", detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_path_is_what_a_link_may_hold() {
        assert_eq!(home_path("/中文/"), Ok("/中文/".to_owned()));
        for path in [
            "en",
            "//other.example",
            "/a b",
            "/a\"><script>",
            "/a\u{202E}b",
            "/\\x",
            "/a\tb",
        ] {
            assert_eq!(home_path(path).unwrap_err().code, "invalid_path", "{path}");
        }
    }

    #[test]
    fn a_language_alone_makes_an_edition_in_its_own_words() {
        let edition = EditionContent::of_language(LanguageTag::parse("fr").unwrap());
        assert_eq!(
            (edition.name.as_str(), edition.home_label.as_str()),
            ("Français", "Accueil")
        );
    }
}
