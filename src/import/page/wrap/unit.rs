//! Pieces of a line that programs which wrap keep whole.

use super::super::text::is_han;

/// Signs that cannot begin a line.
pub(super) const CLOSING: [char; 18] = [
    '，', '。', '、', '；', '：', '？', '！', '》', '」', '』', '）', '】', '”', '’', '〉', '〕',
    '…', '·',
];

/// White space at which programs wrap a line; no-break spaces and the ideographic space are letters to them.
pub(super) const BLANKS: [char; 2] = [' ', '\t'];

/// True if the character belongs to a script that is written without blanks, or to its punctuation.
pub(super) fn is_unspaced(c: char) -> bool {
    is_han(c)
        || matches!(c, '\u{2e80}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff01}'..='\u{ff65}')
}

/// Signs that open a quotation, a title or a bracket.
pub(super) const OPENING: [char; 11] = [
    '《', '「', '『', '（', '【', '“', '‘', '〈', '〔', '［', '｛',
];

/// The blanks and the word that a text begins with.
pub(super) fn word(text: &str) -> &str {
    let start = text.len() - text.trim_start_matches(BLANKS).len();
    let end = text[start..].find(BLANKS);
    &text[..end.map_or(text.len(), |end| start + end)]
}

/// The first characters of a text.
pub(super) fn leading(text: &str, count: usize) -> &str {
    let end = text.char_indices().nth(count);
    &text[..end.map_or(text.len(), |(end, _)| end)]
}

/// The part of a text that stays whole at its start: a word, or an ideograph with the signs that stay with it.
pub(super) fn unit(text: &str) -> &str {
    let text = text.trim_start();
    let opened = text.trim_start_matches(OPENING);
    let body = match opened.chars().next() {
        Some(first) if is_unspaced(first) => &opened[first.len_utf8()..],
        _ => {
            let end = opened.find(|c: char| BLANKS.contains(&c) || is_unspaced(c));
            &opened[end.unwrap_or(opened.len())..]
        }
    };
    &text[..text.len() - body.trim_start_matches(CLOSING).len()]
}

/// A text without the closing signs at its end, which may stand behind the last column.
pub(super) fn hung(text: &str) -> &str {
    text.trim_end_matches(CLOSING)
}
