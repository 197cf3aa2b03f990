//! The form that the inflections of a word share, by the language of the text.

use frostem::{Algorithm, Stemmer};

use crate::domain::language::LanguageTag;

/// A language by whose rules words are stemmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Chain {
    /// English: Porter's second stemmer.
    English,
    /// French: Snowball's, between rules that let it work without accents.
    French,
    /// Any other: words stay as they are.
    Plain,
}

impl Chain {
    /// Every chain.
    pub const ALL: [Self; 3] = [Self::English, Self::French, Self::Plain];

    /// The chain of a language.
    #[must_use]
    pub fn of(lang: &LanguageTag) -> Self {
        let primary = lang.as_str().split('-').next().unwrap_or_default();
        match primary.to_ascii_lowercase().as_str() {
            "en" => Self::English,
            "fr" => Self::French,
            _ => Self::Plain,
        }
    }

    /// The chain that a term was made by.
    #[must_use]
    pub fn of_term(term: &str) -> Self {
        match term.get(..3) {
            Some("en:") => Self::English,
            Some("fr:") => Self::French,
            _ => Self::Plain,
        }
    }

    /// The term of a folded word. Those of each language stand apart, since the same letters mean other words there.
    #[must_use]
    pub fn term(self, word: &str) -> String {
        match self {
            Self::English => format!("en:{}", english(word)),
            Self::French => format!("fr:{}", french(word)),
            Self::Plain => word.to_owned(),
        }
    }
}

fn english(word: &str) -> String {
    Stemmer::new(Algorithm::English).stem(word).into_owned()
}

/// People type French without accents, and the stemmer knows endings by theirs. So accents are off before it, the participle's
/// feminine is made masculine, and the mute `e` that is left goes: affiche, affiché, affichée and affichées are one.
fn french(word: &str) -> String {
    let ending = ["ees", "ee"]
        .into_iter()
        .find_map(|ending| word.strip_suffix(ending).filter(|start| start.len() >= 2));
    let word = ending.map_or_else(|| word.to_owned(), |start| format!("{start}e"));
    let stem = Stemmer::new(Algorithm::French).stem(&word).into_owned();
    match stem.strip_suffix('e') {
        Some(short) if short.len() >= 2 => short.to_owned(),
        _ => stem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inflections_share_a_term_and_languages_stand_apart() {
        let same = |chain: Chain, words: &[&str]| {
            let terms: Vec<String> = words.iter().map(|word| chain.term(word)).collect();
            assert!(terms.iter().all(|term| *term == terms[0]), "{terms:?}");
        };
        same(Chain::English, &["quota", "quotas"]);
        same(Chain::English, &["start", "starts", "starting", "started"]);
        same(
            Chain::French,
            &["affiche", "affichee", "affichees", "affiches"],
        );
        same(Chain::French, &["donnee", "donnees"]);
        same(Chain::French, &["ouverte", "ouvertes", "ouvert"]);
        same(Chain::French, &["historique", "historiques"]);
        assert_ne!(Chain::English.term("chat"), Chain::French.term("chat"));
        assert_eq!(Chain::Plain.term("quotas"), "quotas");
        let of = |tag: &str| Chain::of(&LanguageTag::parse(tag).unwrap());
        assert_eq!([of("en-GB"), of("fr"), of("zh-Hans")], Chain::ALL);
    }
}
