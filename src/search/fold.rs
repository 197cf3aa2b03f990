//! One form for what readers take for the same: compatibility forms, case, accents, ligatures, traditional characters.

use std::collections::HashMap;
use std::sync::LazyLock;

use caseless::Caseless;
use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The characters of Chinese in which traditional forms are found: the unified ideographs and their first extension.
const IDEOGRAPHS: [std::ops::RangeInclusive<char>; 2] =
    ['\u{3400}'..='\u{4dbf}', '\u{4e00}'..='\u{9fff}'];

/// The simplified form of each traditional character that has one.
static SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(simplified_forms);

/// By single characters: a text and a query agree then wherever they are cut, which conversion by words does not promise.
fn simplified_forms() -> HashMap<char, char> {
    let Ok(converter) = OpenCC::from_config(BuiltinConfig::T2s) else {
        log::error!("traditional characters cannot be read as simplified ones");
        return HashMap::new();
    };
    let mut forms = HashMap::new();
    for c in IDEOGRAPHS.into_iter().flatten() {
        let converted = converter.convert(c.encode_utf8(&mut [0; 4]));
        let mut chars = converted.chars();
        if let (Some(to), None) = (chars.next(), chars.next())
            && to != c
        {
            forms.insert(c, to);
        }
    }
    forms
}

/// Makes the tables that folding needs, so that the first search does not wait for them.
pub fn warm() {
    LazyLock::force(&SIMPLIFIED);
}

/// The folded form: NFKC without combining marks, case-folded, ligatures as letters, traditional characters simplified.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let plain = text.nfkd().default_case_fold().nfkd();
    let unmarked: String = plain
        .filter(|c| !is_combining_mark(*c) && !is_ignorable(*c))
        .collect();
    let mut folded = String::with_capacity(unmarked.len());
    for c in unmarked.nfc() {
        match c {
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' => folded.push('d'),
            c => folded.push(simplified(c)),
        }
    }
    folded
}

/// The simplified form of a character.
#[must_use]
pub fn simplified(c: char) -> char {
    if c < '\u{3400}' {
        return c;
    }
    SIMPLIFIED.get(&c).copied().unwrap_or(c)
}

/// True if a character is written for the eye or the line breaker only: soft hyphens, joiners, marks of direction.
#[must_use]
pub const fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}

/// True if a character stands for a word or a part of one by itself: ideographs and kana, which no blanks part.
#[must_use]
pub const fn is_unspaced(c: char) -> bool {
    matches!(
        c,
        '\u{3005}'..='\u{3007}'
            | '\u{3041}'..='\u{3096}'
            | '\u{309d}'..='\u{309f}'
            | '\u{30a1}'..='\u{30fa}'
            | '\u{30fc}'..='\u{30ff}'
            | '\u{31f0}'..='\u{31ff}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{ff66}'..='\u{ff9d}'
            | '\u{20000}'..='\u{3ffff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_readers_take_for_the_same_is_folded_alike() {
        for (text, folded) in [
            ("ÉLÈVE", "eleve"),
            ("Cœur", "coeur"),
            ("ﬁn", "fin"),
            ("Straße", "strasse"),
            ("ＵＥＦＩ", "uefi"),
            ("軟體授權", "软体授权"),
            ("co\u{ad}operate\u{200e}", "cooperate"),
            ("e\u{301}te\u{301}", "ete"),
            ("한국", "한국"),
            ("Σίσυφος", "σισυφοσ"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }
}
