//! Signs that depend on the language of a text: quotation marks, and line ends that are no space.

use unicode_width::UnicodeWidthChar;

use super::words::is_cjk;
use crate::domain::direction::Direction;
use crate::domain::language::LanguageTag;

/// The quotation marks of a language: the outer and the inner ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Quotes {
    outer: [&'static str; 2],
    inner: [&'static str; 2],
}

const fn quotes(outer: [&'static str; 2], inner: [&'static str; 2]) -> Quotes {
    Quotes { outer, inner }
}

const ENGLISH: Quotes = quotes(["“", "”"], ["‘", "’"]);
const CORNERS: Quotes = quotes(["「", "」"], ["『", "』"]);
const FRENCH: Quotes = quotes(["«\u{202f}", "\u{202f}»"], ["“", "”"]);
const SPANISH: Quotes = quotes(["«", "»"], ["“", "”"]);
const SWISS: Quotes = quotes(["«", "»"], ["‹", "›"]);
const GERMAN: Quotes = quotes(["„", "“"], ["‚", "‘"]);
const POLISH: Quotes = quotes(["„", "”"], ["«", "»"]);
const RUSSIAN: Quotes = quotes(["«", "»"], ["„", "“"]);
const SWEDISH: Quotes = quotes(["”", "”"], ["’", "’"]);
const NORWEGIAN: Quotes = quotes(["«", "»"], ["‘", "’"]);
const HUNGARIAN: Quotes = quotes(["„", "”"], ["»", "«"]);
const DUTCH: Quotes = quotes(["‘", "’"], ["“", "”"]);
const ARABIC: Quotes = quotes(["”", "“"], ["’", "‘"]);

/// The typography of a language; of none, the most common one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Typography {
    quotes: Quotes,
    /// True if signs of ambiguous width, as `“` and `…`, are as wide as Han characters.
    wide_signs: bool,
    direction: Direction,
    /// The primary subtag of the language.
    primary: [u8; PRIMARY],
}

/// The longest primary subtag (RFC 5646, section 2.1).
const PRIMARY: usize = 8;

fn subtag(lang: &str) -> [u8; PRIMARY] {
    let mut primary = [0; PRIMARY];
    let first = lang.split(['-', '_']).next().unwrap_or("").bytes();
    for (place, byte) in primary.iter_mut().zip(first) {
        *place = byte.to_ascii_lowercase();
    }
    primary
}

impl Default for Typography {
    fn default() -> Self {
        Self {
            quotes: ENGLISH,
            wide_signs: true,
            direction: Direction::Ltr,
            primary: [0; PRIMARY],
        }
    }
}

impl Typography {
    pub(super) fn of(lang: Option<&LanguageTag>) -> Self {
        lang.map_or_else(Self::default, |lang| Self {
            quotes: quotes_of(lang),
            direction: Direction::of(lang),
            primary: subtag(lang.as_str()),
            wide_signs: matches!(
                lang.primary(),
                "zh" | "ja" | "yue" | "wuu" | "nan" | "hak" | "gan" | "lzh" | "cmn" | "ii"
            ),
        })
    }

    /// The marks before and after a quotation that stands in `depth` others.
    pub(super) const fn marks(&self, depth: usize) -> [&'static str; 2] {
        if depth.is_multiple_of(2) {
            self.quotes.outer
        } else {
            self.quotes.inner
        }
    }

    /// True if a language is the same, in whatever script and region.
    pub(super) fn is_of(&self, lang: &str) -> bool {
        self.primary == subtag(lang)
    }

    /// True if a direction of text differs from that of the language.
    pub(super) fn turns(&self, direction: &str) -> bool {
        match self.direction {
            Direction::Ltr => direction == "rtl",
            Direction::Rtl => direction == "ltr",
        }
    }

    /// True if a line end is nothing, and no space (CSS Text 3, section 4.1.3). `before` are the characters before it, the
    /// nearest first, and `after` those behind it.
    ///
    /// Both sides are wide and neither is Hangul, or one is and the other is a sign that is as wide in this language. A line
    /// end at a zero-width space always is nothing; other characters without a width do not count.
    pub(super) fn joins(
        &self,
        before: impl Iterator<Item = char>,
        after: impl Iterator<Item = char>,
    ) -> bool {
        let (mut before, mut after) = (before.peekable(), after.peekable());
        if [before.peek(), after.peek()].contains(&Some(&ZERO_WIDTH_SPACE)) {
            return true;
        }
        let (before, after) = (self.side(before), self.side(after));
        match (before, after) {
            (Side::Narrow, _) | (_, Side::Narrow) => false,
            (Side::Sign { beside_wide: a }, Side::Sign { beside_wide: b }) => a || b,
            _ => true,
        }
    }

    /// The kind of the characters on one side of a line end, the nearest first.
    fn side(&self, chars: impl Iterator<Item = char>) -> Side {
        let is_sign = |c: &char| self.wide_signs && is_ambiguous_sign(*c);
        let mut visible = chars.take(SIDE).filter(|c| c.width() != Some(0));
        match visible.next() {
            Some(c) if is_wide(c) => Side::Wide,
            Some(c) if is_sign(&c) => Side::Sign {
                beside_wide: visible.find(|c| !is_sign(c)).is_some_and(is_wide),
            },
            _ => Side::Narrow,
        }
    }
}

const ZERO_WIDTH_SPACE: char = '\u{200b}';

/// The most characters that are looked at on one side of a line end.
const SIDE: usize = 16;

/// One side of a line end.
enum Side {
    /// A wide character.
    Wide,
    /// A sign of ambiguous width, behind which may stand a wide character.
    Sign {
        beside_wide: bool,
    },
    Narrow,
}

/// Quotation marks as Unicode's CLDR has them, but for French quotations within others, and Chinese by script.
fn quotes_of(lang: &LanguageTag) -> Quotes {
    let subtag = |wanted: &str| {
        let mut subtags = lang.as_str().split('-').skip(1);
        subtags.any(|subtag| subtag.eq_ignore_ascii_case(wanted))
    };
    match lang.primary() {
        "zh" | "yue" | "cmn" | "nan" | "hak" if subtag("hans") => ENGLISH,
        "zh" | "cmn" if ["hant", "tw", "hk", "mo"].into_iter().any(subtag) => CORNERS,
        "ja" | "yue" | "nan" | "hak" | "lzh" => CORNERS,
        "fr" | "de" | "it" | "rm" if subtag("ch") => SWISS,
        "fr" | "br" | "oc" => FRENCH,
        "es" | "it" | "ca" | "gl" | "eu" | "el" => SPANISH,
        "pt" if !subtag("br") => SPANISH,
        "de" | "cs" | "sk" | "sl" | "bg" | "is" | "et" | "lt" | "lv" | "hr" | "sr" | "ka" => GERMAN,
        "pl" | "ro" => POLISH,
        "ru" | "uk" | "be" | "kk" | "hy" => RUSSIAN,
        "sv" | "fi" | "he" | "da" => SWEDISH,
        "no" | "nb" | "nn" => NORWEGIAN,
        "hu" => HUNGARIAN,
        "nl" => DUTCH,
        "ar" => ARABIC,
        "fa" | "rm" => SWISS,
        _ => ENGLISH,
    }
}

/// True if a character is as wide as a Han character: those of Chinese and Japanese, and full-width forms, but not emoji.
pub(super) fn is_wide(c: char) -> bool {
    let is_hangul = matches!(c,
        '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{3200}'..='\u{321e}' | '\u{3260}'..='\u{327f}'
        | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}' | '\u{ffa0}'..='\u{ffdc}'
    );
    let is_sign = matches!(c, '\u{2e80}'..='\u{33ff}' | '\u{fe10}'..='\u{fe1f}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff01}'..='\u{ffef}' | '\u{a000}'..='\u{a4cf}');
    !is_hangul && (is_cjk(c) || is_sign)
}

/// True if a sign is wide beside Han characters and narrow beside letters (Unicode, UAX #11).
fn is_ambiguous_sign(c: char) -> bool {
    !c.is_alphanumeric() && c.width() == Some(1) && c.width_cjk() == Some(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lang: &str) -> Typography {
        Typography::of(Some(&LanguageTag::parse(lang).expect("a language")))
    }

    #[test]
    fn quotation_marks_are_those_of_the_language() {
        for (lang, outer, inner) in [
            ("en", ["“", "”"], ["‘", "’"]),
            ("fr", ["«\u{202f}", "\u{202f}»"], ["“", "”"]),
            ("fr-CH", ["«", "»"], ["‹", "›"]),
            ("zh", ["“", "”"], ["‘", "’"]),
            ("zh-Hans-HK", ["“", "”"], ["‘", "’"]),
            ("zh-Hant", ["「", "」"], ["『", "』"]),
            ("zh-TW", ["「", "」"], ["『", "』"]),
            ("ja", ["「", "」"], ["『", "』"]),
            ("de", ["„", "“"], ["‚", "‘"]),
        ] {
            assert_eq!(
                (of(lang).marks(0), of(lang).marks(1)),
                (outer, inner),
                "{lang}"
            );
            assert_eq!(of(lang).marks(2), outer);
        }
    }

    #[test]
    fn a_line_end_is_nothing_between_wide_characters_only() {
        let zh = of("zh");
        for (before, after, joins) in [
            ("中", "国", true),
            ("，", "他", true),
            ("他", "《", true),
            ("。", "“", true),
            ("”", "他", true),
            ("—", "他", true),
            ("あ", "ア", true),
            ("Ａ", "中", true),
            ("中", "a", false),
            ("a", "中", false),
            ("中", "1", false),
            ("한", "국", false),
            ("中", "한", false),
            ("a", "b", false),
            ("”", "“", false),
            ("😀", "🎉", false),
            ("他说——", "“好”", true),
            ("他说——", "“OK”", true),
            ("foo—", "“bar”", false),
            ("a\u{200b}", "b", true),
            ("中", "\u{200b}a", true),
            ("葛\u{e0100}", "城", true),
            ("中\u{2060}", "\u{feff}国", true),
            ("か\u{3099}", "は", true),
            ("e\u{301}", "中", false),
        ] {
            let found = zh.joins(before.chars().rev(), after.chars());
            assert_eq!(found, joins, "{before}{after}");
        }
        let english =
            |before: &str, after: &str| of("en").joins(before.chars().rev(), after.chars());
        assert!(!english("中", "—"), "an English dash is not wide");
        assert!(english("中", "国"));
        assert!(!english("say —", "“yes”"));
    }
}
