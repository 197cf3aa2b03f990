//! Titles and words as somebody might type them: without marks, in the other number, without elisions, in mixed scripts.

use masthead::search::words::{Before, words};

pub(crate) fn without_marks(title: &str) -> String {
    let kept = title.chars().filter(|c| c.is_alphanumeric());
    kept.collect::<String>().to_lowercase()
}

pub(crate) fn other_number(word: &str) -> String {
    match word.strip_suffix('s') {
        Some(one) if one.len() > 3 && !one.ends_with('s') => one.to_owned(),
        None if word.len() > 3 && word.bytes().all(|b| b.is_ascii_alphabetic()) => {
            format!("{word}s")
        }
        _ => word.to_owned(),
    }
}

pub(crate) fn elided(title: &str) -> Option<String> {
    let words = words(title);
    let kept = words.iter().enumerate().filter(|(at, word)| {
        let next = words
            .get(at + 1)
            .is_some_and(|next| next.before == Before::Apostrophe);
        !(next && matches!(word.text.as_str(), "l" | "d" | "qu"))
    });
    let kept: Vec<&str> = kept.map(|(_, word)| word.text.as_str()).collect();
    (kept.len() < words.len() && kept.len() >= 2).then(|| kept.join(" "))
}

/// A word in Latin letters with the characters beside it.
pub(crate) fn mixed(title: &str) -> Option<String> {
    let words = words(title);
    let at = words
        .iter()
        .position(|word| !word.unspaced && word.text.len() > 2)?;
    let after: String = words[at + 1..]
        .iter()
        .take_while(|word| word.unspaced)
        .take(4)
        .map(|word| word.text.as_str())
        .collect();
    (after.chars().count() >= 2).then(|| format!("{}{after}", words[at].text))
}

pub(crate) fn fullwidth(title: &str) -> Option<String> {
    let typed = mixed(title)?;
    let wide = |c: char| match c {
        '!'..='~' => char::from_u32(c as u32 + 0xfee0).unwrap_or(c),
        c => c,
    };
    Some(typed.chars().map(wide).collect())
}
