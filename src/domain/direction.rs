//! The direction that a script is read in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::language::LanguageTag;

/// The direction that an edition's script is read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
}

impl Direction {
    /// The usual direction of a language: right to left for those written in Arabic, Hebrew, Syriac, Thaana or N'Ko script.
    #[must_use]
    pub fn of(lang: &LanguageTag) -> Self {
        const RTL: [&str; 12] = [
            "ar", "arc", "ckb", "dv", "fa", "he", "ks", "nqo", "ps", "sd", "ur", "yi",
        ];
        let script = lang.as_str().split('-').nth(1).filter(|s| s.len() == 4);
        match script {
            Some("Arab" | "Hebr" | "Syrc" | "Thaa" | "Nkoo") => Self::Rtl,
            Some(_) => Self::Ltr,
            None if RTL.contains(&lang.primary()) => Self::Rtl,
            None => Self::Ltr,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_of_a_tag_goes_before_its_language() {
        let direction = |tag| Direction::of(&LanguageTag::parse(tag).unwrap());
        assert_eq!(direction("ar-EG"), Direction::Rtl);
        assert_eq!(direction("az-Arab"), Direction::Rtl);
        assert_eq!(direction("ks-Deva"), Direction::Ltr);
    }
}
