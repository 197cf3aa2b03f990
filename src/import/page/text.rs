//! Text as pages print it: its white space, its columns, its script.

use regex::Regex;

/// A key tells lines apart well enough by this many letters.
const KEY_LETTERS: usize = 200;

/// A pattern that is a constant of the code.
pub(super) fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant")
}

/// White space folded to single spaces, none at the ends.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

/// Letters and digits in lower case.
pub(super) fn key(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .take(KEY_LETTERS)
        .flat_map(char::to_lowercase)
        .collect()
}

/// Columns of a text: a CJK character takes two.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

/// True if the character is printed two columns wide.
pub(super) fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}' | '\u{20000}'..='\u{3fffd}')
}

/// True if the character is a Chinese ideograph.
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3fffd}')
}

/// True if ideographs carry the text.
pub(super) fn is_chinese(text: &str) -> bool {
    let (han, letters) = text.chars().take(400).fold((0, 0), |(han, letters), c| {
        (
            han + usize::from(is_han(c)),
            letters + usize::from(c.is_alphabetic()),
        )
    });
    han * 3 > letters
}
