//! Plain text fields: kept as written except for white space at the edges, never parsed.

use percent_encoding::percent_decode_str;
use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{UnicodeNormalization, is_nfc};
use unicode_segmentation::UnicodeSegmentation;

use super::error::Invalid;

/// The most characters of a title.
pub const TITLE_MAX: usize = 500;
/// The most characters of a subtitle.
pub const SUBTITLE_MAX: usize = 1_000;
/// The most characters of a summary.
pub const SUMMARY_MAX: usize = 5_000;
/// The most characters of a name: of an author, source, tag, section or edition.
pub const NAME_MAX: usize = 300;
/// The most authors, or tags, of one article.
pub const LIST_MAX: usize = 100;
/// The most characters of any other text field: a note, a caption, a byline.
pub const NOTE_MAX: usize = 5_000;

/// Number of characters of a folded title that sort it; titles with the same beginning are in the order of their ids.
const TITLE_KEY_CHARS: usize = 200;

/// Text without white space at its edges: at most `max` characters, no control characters but tab and newline. Text that
/// shows nothing is empty.
pub fn clean(text: &str, max: usize) -> Result<String, Invalid> {
    let text = text.trim();
    if text.chars().any(is_control) {
        return Err(Invalid::new(
            "control_character",
            "control characters other than tab and newline are not taken",
        ));
    }
    if text.chars().count() > max {
        return Err(Invalid::new(
            "too_long",
            format!("at most {max} characters"),
        ));
    }
    if text.chars().all(is_blank) {
        return Ok(String::new());
    }
    Ok(text.to_owned())
}

/// Text with a blank for each of the control characters that `clean` would refuse, and whether there were any.
#[must_use]
pub fn strip_control(text: &str) -> (String, bool) {
    if !text.contains(is_control) {
        return (text.to_owned(), false);
    }
    let blank = |c| if is_control(c) { ' ' } else { c };
    (text.chars().map(blank).collect(), true)
}

/// The first `max` characters of text, without part of a grapheme cluster (UAX #29) at the end.
#[must_use]
pub fn cut(text: &str, max: usize) -> &str {
    if text.len() <= max {
        return text;
    }
    let Some((limit, _)) = text.char_indices().nth(max) else {
        return text;
    };
    let ends = text
        .grapheme_indices(true)
        .map(|(at, cluster)| at + cluster.len());
    let end = ends.take_while(|end| *end <= limit).last();
    // A cluster that is longer than all that fits is cut itself.
    &text[..end.unwrap_or(limit)]
}

/// Text in NFC.
#[must_use]
pub fn nfc(text: String) -> String {
    if is_nfc(&text) {
        text
    } else {
        text.nfc().collect()
    }
}

/// Decodes percent-encoded text (RFC 3986, section 2.1). A `%` without two digits stays, and bytes that are no character in
/// UTF-8 become U+FFFD, or go at the end: systems that count bytes cut addresses within a character. `None` where nothing is
/// encoded, and for text with white space, which is no part of an address.
#[must_use]
pub fn percent_decoded(text: &str) -> Option<String> {
    if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return None;
    }
    let mut decoded = String::with_capacity(text.len());
    let mut is_encoded = false;
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let (plain, from) = rest.split_at(at);
        decoded.push_str(plain);
        let (escapes, after) = from.split_at(escapes_at(from).max(1));
        let bytes: Vec<u8> = percent_decode_str(escapes).collect();
        let visible = |c: char| {
            if c.is_control() {
                char::REPLACEMENT_CHARACTER
            } else {
                c
            }
        };
        let characters: String = String::from_utf8_lossy(&bytes)
            .chars()
            .map(visible)
            .collect();
        let is_whole = characters.contains(|c| c != char::REPLACEMENT_CHARACTER);
        is_encoded |= is_whole && escapes.len() > 1;
        decoded.push_str(&characters);
        rest = after;
    }
    decoded.push_str(rest);
    let decoded = decoded.trim_end_matches(char::REPLACEMENT_CHARACTER);
    (is_encoded && !decoded.trim().is_empty()).then(|| decoded.to_owned())
}

/// The same of a text of words, each decoded for itself: a slug may be written with blanks.
#[must_use]
pub fn words_decoded(text: &str) -> Option<String> {
    let mut is_encoded = false;
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| {
            let decoded = percent_decoded(word);
            is_encoded |= decoded.is_some();
            decoded.unwrap_or_else(|| word.to_owned())
        })
        .collect();
    is_encoded.then(|| words.join(" "))
}

/// The length of the escapes that a text starts with.
fn escapes_at(text: &str) -> usize {
    let is_escape = |escape: &&[u8]| {
        escape[0] == b'%' && escape.len() == 3 && escape[1..].iter().all(u8::is_ascii_hexdigit)
    };
    3 * text.as_bytes().chunks(3).take_while(is_escape).count()
}

/// Text as HTML, between tags and in quoted attributes alike.
#[must_use]
pub fn escape_html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
    escaped.replace('>', "&gt;").replace('"', "&quot;")
}

/// True if a character is invisible by itself: `Default_Ignorable_Code_Point` of Unicode 16's `DerivedCoreProperties.txt`.
/// Variation selectors, joiners, soft hyphens, bidirectional marks and fillers are among them.
#[must_use]
pub const fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// White space, what shows nothing, the empty cell of braille, the signs of annotations between lines, and marks, which need a
/// letter to stand on.
fn is_blank(c: char) -> bool {
    let shows_nothing = is_ignorable(c) || matches!(c, '\u{2800}' | '\u{fff9}'..='\u{fffb}');
    c.is_whitespace() || shows_nothing || is_combining_mark(c)
}

fn is_control(c: char) -> bool {
    c.is_control() && c != '\t' && c != '\n'
}

/// True if a character is invisible, or changes the direction of the text after it.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    is_ignorable(c) || matches!(c, '\u{2028}' | '\u{2029}')
}

/// The form by which two names are the same: NFC with runs of white space as one space.
#[must_use]
pub fn fold_name(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for word in name.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.nfc());
    }
    folded
}

/// The key that titles sort by: NFC, Unicode full case folding, the first 200 characters; compared by code points.
#[must_use]
pub fn title_key(title: &str) -> String {
    let folded = caseless::default_case_fold_str(&title.nfc().collect::<String>());
    folded
        .chars()
        .filter(|c| *c != '\0')
        .take(TITLE_KEY_CHARS)
        .collect()
}

/// A word of a closed list, as the type spells it.
#[must_use]
pub fn word<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::from(text)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_goes_from_the_edges_only() {
        assert_eq!(clean("  a  b\n", 9).unwrap(), "a  b");
        assert_eq!(clean("<b>&amp;", 9).unwrap(), "<b>&amp;");
    }

    #[test]
    fn control_characters_and_overlong_text_are_refused() {
        assert_eq!(clean("a\u{0}b", 9).unwrap_err().code, "control_character");
        assert_eq!(clean("a\u{85}b", 9).unwrap_err().code, "control_character");
        assert_eq!(clean("éééé", 3).unwrap_err().code, "too_long");
        assert_eq!(strip_control("a\u{7}b\tc"), ("a b\tc".to_owned(), true));
    }

    #[test]
    fn text_that_shows_nothing_is_empty() {
        for text in [
            "\u{200b}",
            " \u{ad}\u{feff}\n",
            "\u{2800}\u{3164}",
            "\u{202e}\u{fe0f}",
            "\u{fff9}\u{fffb}",
            "\u{301}",
            "\u{20dd}\u{200d}\u{309a}",
        ] {
            assert_eq!(clean(text, 9).unwrap(), "", "{text:?}");
        }
        for text in ["a\u{200b}", "a\u{301}", "\u{928}\u{93f}"] {
            assert_eq!(clean(text, 9).unwrap(), text);
        }
    }

    #[test]
    fn text_is_percent_decoded_as_far_as_it_is_encoded() {
        for (text, decoded) in [
            ("a-%e6%96%B0", "a-新"),
            ("%e6%96%b0%zz", "新%zz"),
            ("%zz%e6%96%b0%", "%zz新%"),
            ("%e6%96%b0%e9%97", "新"),
            ("%e6%96%b0%ff%e9%97%bb", "新\u{fffd}闻"),
            ("%e6%96%b0%00x", "新\u{fffd}x"),
            ("my%20post", "my post"),
            ("100%25", "100%"),
        ] {
            assert_eq!(percent_decoded(text).as_deref(), Some(decoded), "{text}");
        }
        for text in [
            "新", "100%", "5%20 off", "50%deal", "%e6%96", "%zz", "%00", "%0a", "%20", "",
        ] {
            assert_eq!(percent_decoded(text), None, "{text}");
        }
    }

    #[test]
    fn names_are_one_whatever_their_white_space_and_normal_form() {
        assert_eq!(fold_name(" Ame\u{301}lie \u{a0} Roy "), "Amélie Roy");
    }

    #[test]
    fn titles_sort_without_regard_to_case() {
        assert_eq!(title_key("STRASSE"), title_key("straße"));
    }
}
