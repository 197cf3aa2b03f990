//! The length of a text for its readers: words in spaced scripts, characters in Chinese, Japanese and Korean.

use unicode_segmentation::UnicodeSegmentation;

/// Words that an adult reads in a minute.
const WORDS_PER_MINUTE: u64 = 230;

/// Chinese, Japanese or Korean characters that an adult reads in a minute.
const CHARACTERS_PER_MINUTE: u64 = 400;

/// The length of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Length {
    /// Words in spaced scripts and characters in Chinese, Japanese and Korean together.
    pub words: u32,
    /// Whole minutes to read it, at least 1 when there is anything to read.
    pub reading_minutes: u32,
}

/// Counts words in spaced scripts, and each character in Chinese, Japanese and Korean.
///
/// Apostrophes and hyphens inside a word do not part it, nor do points and commas inside a number (UAX #29).
pub fn word_count(text: &str) -> u32 {
    length(text).words
}

/// The length of `text`, in one pass.
pub fn length(text: &str) -> Length {
    let (mut words, mut characters) = (0_u64, 0_u64);
    for chunk in text.split_whitespace() {
        if chunk.is_ascii() {
            words += ascii_words(chunk);
        } else {
            let (more_words, more_characters) = count(chunk);
            words += more_words;
            characters += more_characters;
        }
    }
    let load = words * CHARACTERS_PER_MINUTE + characters * WORDS_PER_MINUTE;
    let minutes = load.div_ceil(WORDS_PER_MINUTE * CHARACTERS_PER_MINUTE);
    Length {
        words: u32::try_from(words + characters).unwrap_or(u32::MAX),
        reading_minutes: u32::try_from(minutes).unwrap_or(u32::MAX),
    }
}

/// Words in a chunk without white space: most are one word with punctuation around it.
fn ascii_words(chunk: &str) -> u64 {
    let core = chunk.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    if core.is_empty() {
        0
    } else if core.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        1
    } else {
        count(core).0
    }
}

/// Words and CJK characters in a chunk without white space.
fn count(chunk: &str) -> (u64, u64) {
    let (mut words, mut characters) = (0, 0);
    let mut in_word = false;
    for segment in chunk.split_word_bounds() {
        if is_joiner(segment) && in_word {
            continue;
        }
        let cjk = segment.chars().filter(|c| is_cjk(*c)).count() as u64;
        characters += cjk;
        let is_word = cjk == 0 && segment.contains(char::is_alphanumeric);
        words += u64::from(is_word && !in_word);
        in_word = is_word;
    }
    (words, characters)
}

fn is_joiner(segment: &str) -> bool {
    matches!(
        segment,
        "-" | "\u{ad}" | "\u{2010}" | "\u{2011}" | "'" | "’"
    )
}

/// Letters of the Han, Hiragana, Katakana, Bopomofo and Hangul scripts (Unicode, Blocks.txt); of conjoining jamo the leading ones.
pub(super) fn is_cjk(c: char) -> bool {
    matches!(c,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}'
        | '\u{3031}'..='\u{3035}' | '\u{3038}'..='\u{303b}' | '\u{3041}'..='\u{3096}' | '\u{309d}'..='\u{309f}'
        | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{318e}' | '\u{31a0}'..='\u{31bf}' | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{a960}'..='\u{a97c}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ffdc}' | '\u{1aff0}'..='\u{1b16f}' | '\u{20000}'..='\u{3fffd}'
    )
}

#[cfg(test)]
mod tests {
    use super::{Length, length, word_count};

    #[test]
    fn spaced_scripts_count_words() {
        for (text, words) in [
            ("", 0),
            (" \n\t…—!? ", 0),
            ("one", 1),
            ("Hello, world!", 2),
            ("don't l'homme aujourd’hui", 3),
            ("well-known state-of-the-art", 2),
            ("3.5 1,000 2022-11-24", 3),
            ("a—b", 2),
            ("C'est « très » cher : 20 €.", 4),
            ("café cafe\u{301}s", 2),
            ("Привет, мир", 2),
            ("سلام عليكم", 2),
            ("नमस्ते दुनिया", 2),
            ("- a -- b", 2),
        ] {
            assert_eq!(word_count(text), words, "{text:?}");
        }
    }

    #[test]
    fn chinese_japanese_and_korean_count_characters() {
        for (text, words) in [
            ("中国式现代化", 6),
            ("你好，世界。", 4),
            ("ひらがなとカタカナー", 10),
            ("한국어 기사", 5),
            ("人々", 2),
            ("𠀀", 1),
        ] {
            assert_eq!(word_count(text), words, "{text:?}");
        }
    }

    #[test]
    fn mixed_text_counts_both() {
        assert_eq!(word_count("使用 Rust 语言和GitHub平台"), 2 + 1 + 3 + 1 + 2);
        assert_eq!(word_count("2022年11月"), 4);
    }

    #[test]
    fn minutes_are_rounded_up_and_none_for_nothing() {
        let minutes = |text: &str| length(text).reading_minutes;
        assert_eq!(length(""), Length::default());
        assert_eq!(minutes("a"), 1);
        assert_eq!(minutes(&"a ".repeat(230)), 1);
        assert_eq!(minutes(&"a ".repeat(231)), 2);
        assert_eq!(minutes(&"字".repeat(400)), 1);
        assert_eq!(minutes(&"字".repeat(401)), 2);
        assert_eq!(minutes(&("a ".repeat(115) + &"字".repeat(200))), 1);
    }
}
