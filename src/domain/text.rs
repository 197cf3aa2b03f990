//! Plain text fields: kept as written except for white space at the edges, never parsed.

use unicode_normalization::UnicodeNormalization;

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

/// How many characters of a folded title sort it; titles that agree so far are in the order of their ids.
const TITLE_KEY_CHARS: usize = 200;

/// Text without white space at its edges: at most `max` characters, no control characters but tab and newline.
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
    Ok(text.to_owned())
}

/// Text without the control characters that `clean` would refuse, and whether there were any.
#[must_use]
pub fn strip_control(text: &str) -> (String, bool) {
    let stripped: String = text.chars().filter(|c| !is_control(*c)).collect();
    let changed = stripped.len() != text.len();
    (stripped, changed)
}

fn is_control(c: char) -> bool {
    c.is_control() && c != '\t' && c != '\n'
}

/// Whether a character shows nothing, or turns the direction of what follows it.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    )
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
        assert_eq!(strip_control("a\u{7}b\tc"), ("ab\tc".to_owned(), true));
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
