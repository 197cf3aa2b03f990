//! Characters that are invisible by themselves, and those of them that plain text keeps: the ones that shape what stands
//! beside them.

use std::borrow::Cow;

use unicode_normalization::char::is_combining_mark;
use unicode_properties::UnicodeEmoji;

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

/// True if a character has no other effect than on the direction of the text around it.
#[must_use]
pub const fn is_directional(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Text without the invisible characters that change nothing of what it shows, and without those that override the direction
/// of its letters. Joiners within a script or an emoji that needs them, the variations of a character, and the marks of direction
/// of a text that is written from right to left stay.
#[must_use]
pub fn without_invisible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_ignorable) {
        return Cow::Borrowed(text);
    }
    let is_marked = text.contains(is_right_to_left);
    let is_nested = is_marked && is_balanced(text);
    let mut kept = String::with_capacity(text.len());
    let mut before = None;
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let next = || rest.clone().next();
        let is_kept = match c {
            c if !is_ignorable(c) => true,
            '\u{61c}' | '\u{200e}' | '\u{200f}' => is_marked,
            c if is_directional(c) => is_nested,
            c => before.is_some_and(|before| is_shaping(before, c, next())),
        };
        if is_kept {
            kept.push(c);
            before = Some(c);
        }
    }
    Cow::Owned(kept)
}

/// True if an invisible character shapes what stands before it, or joins it to what comes next.
fn is_shaping(before: char, c: char, next: Option<char>) -> bool {
    match c {
        '\u{200c}' => is_joining(before) && next.is_some_and(is_joining),
        '\u{200d}' => {
            let in_emoji = is_emoji(before) || before == '\u{fe0f}' || is_tag(before);
            is_joining(before) || (in_emoji && next.is_some_and(is_emoji))
        }
        // A digit or sign is an emoji as a keycap only.
        '\u{fe0e}' | '\u{fe0f}' if before.is_ascii() => {
            before.is_emoji_char() && next == Some('\u{20e3}')
        }
        '\u{fe0e}' | '\u{fe0f}' => is_emoji(before),
        '\u{fe00}'..='\u{fe0d}' => before >= '\u{1000}' && !is_ignorable(before),
        '\u{e0100}'..='\u{e01ef}' => {
            matches!(before, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
        }
        '\u{e0020}'..='\u{e007f}' => before == '\u{1f3f4}' || is_tag(before),
        '\u{180b}'..='\u{180f}' => {
            matches!(before, '\u{1800}'..='\u{180a}' | '\u{1810}'..='\u{18af}')
        }
        '\u{34f}' => is_combining_mark(before) && next.is_some_and(is_combining_mark),
        '\u{1160}' => matches!(before, '\u{1100}'..='\u{115e}' | '\u{a960}'..='\u{a97c}'),
        _ => false,
    }
}

/// True if a letter or mark is of a script whose letters join or stack: Arabic, Syriac, N'Ko, Mongolian and those of India and
/// its neighbours.
const fn is_joining(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{10ff}' | '\u{1700}'..='\u{1cff}' | '\u{a800}'..='\u{abff}' | '\u{fb50}'..='\u{fdff}'
        | '\u{fe70}'..='\u{fefc}' | '\u{10a00}'..='\u{10fff}' | '\u{11000}'..='\u{11fff}' | '\u{1e900}'..='\u{1e95f}')
        && !is_ignorable(c)
}

fn is_emoji(c: char) -> bool {
    !c.is_ascii() && (c.is_emoji_char() || matches!(c, '\u{1f3fb}'..='\u{1f3ff}'))
}

/// True if the character is of the sequence that names a flag.
const fn is_tag(c: char) -> bool {
    matches!(c, '\u{e0020}'..='\u{e007f}')
}

/// True if a letter is of a script that is written from right to left: Hebrew, Arabic, Syriac, Thaana, N'Ko, Adlam and others.
const fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}'
        | '\u{1e800}'..='\u{1efff}')
        && !is_ignorable(c)
}

/// True if each embedding and isolate of a text ends within it, and nothing overrides the direction of letters.
fn is_balanced(text: &str) -> bool {
    let mut open = Vec::new();
    for c in text.chars() {
        match c {
            '\u{202d}' | '\u{202e}' => return false,
            '\u{202a}' | '\u{202b}' => open.push('\u{202c}'),
            '\u{2066}'..='\u{2068}' => open.push('\u{2069}'),
            '\u{202c}' | '\u{2069}' if open.pop() != Some(c) => return false,
            _ => {}
        }
    }
    open.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shows_nothing_goes_and_what_overrides_the_direction_too() {
        for end in [
            "\u{200b}",
            "\u{ad}",
            "\u{fe0f}",
            "\u{e0041}",
            "\u{200d}",
            "\u{200c}",
            "\u{2060}",
            "\u{feff}",
            "\u{200e}",
            "\u{200f}",
            "\u{61c}",
            "\u{202e}",
            "\u{202d}",
            "\u{202a}",
            "\u{2066}",
            "\u{2069}",
            "\u{34f}",
            "\u{115f}",
            "\u{3164}",
            "\u{e0100}",
            "\u{180b}",
            "\u{206a}",
            "\u{fe00}",
        ] {
            let text = format!("{end}Na{end}dia 1{end}{end}");
            assert_eq!(without_invisible(&text), "Nadia 1", "{end:?}");
        }
        assert_eq!(without_invisible("\u{2067}Nadia\u{2069}!"), "Nadia!");
        assert_eq!(without_invisible("\u{202e}נדיה\u{202c}"), "נדיה");
        assert_eq!(without_invisible("\u{2067}נדיה"), "נדיה");
        assert_eq!(
            without_invisible("می\u{200c}\u{200c}خواهم\u{200c}"),
            "می\u{200c}خواهم"
        );
    }

    #[test]
    fn what_shapes_a_letter_or_an_emoji_stays() {
        for text in [
            "می\u{200c}خواهم",
            "क\u{94d}\u{200d}ष",
            "👩\u{200d}🚀",
            "👩🏽\u{200d}🚀",
            "❤\u{fe0f}\u{200d}🔥",
            "✏\u{fe0f} note",
            "✏\u{fe0e}",
            "#\u{fe0f}\u{20e3} 1\u{fe0f}\u{20e3}",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "葛\u{e0100}飾",
            "ᠠ\u{180b}",
            "מאיר \u{200e}C++\u{200f} \u{2066}a\u{2069}",
            "\u{202b}נדיה\u{202c}",
        ] {
            assert_eq!(without_invisible(text), text, "{text:?}");
        }
    }
}
