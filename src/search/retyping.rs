//! A query with other words in the places of its own, as somebody would type it.

use super::fold::is_ignorable;
use super::parse::{Atom, MOST_BYTES, Parsed};

/// The query as it would be typed with the words of another reading, on one line.
pub(super) fn retyped(typed: &str, original: &Parsed, other: &Parsed) -> String {
    let mut text = typed[..typed.floor_char_boundary(MOST_BYTES)].to_owned();
    let pairs: Vec<(&Atom, &Atom)> = original.wanted().zip(other.wanted()).collect();
    for pair in pairs.into_iter().rev() {
        let (old, new) = match pair {
            (Atom::Word(old), Atom::Word(new)) => (old, new.word.text.clone()),
            (Atom::Word(old), Atom::Phrase(parts)) => {
                let parts: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
                (old, parts.join(" "))
            }
            _ => continue,
        };
        if old.word.text != new && text.get(old.range.clone()).is_some() {
            text.replace_range(old.range.clone(), &new);
        }
    }
    let plain = text.replace(|c: char| c.is_control() || is_ignorable(c), " ");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::*;

    #[test]
    fn words_are_replaced_where_they_were_read_and_all_is_on_one_line() {
        for (typed, other, expected) in [
            ("archivst\r\n now", "archivist now", "archivist now"),
            (
                "-gpld \"gpld x\" gpld",
                "-gpld \"gpld x\" gold",
                "-gpld \"gpld x\" gold",
            ),
            ("(Gpld!) \u{202e}Wheat", "gold wheat", "(gold!) Wheat"),
            (
                "a title:oil coffe",
                "a title:oil coffee",
                "a title:oil coffee",
            ),
        ] {
            assert_eq!(retyped(typed, &parse(typed), &parse(other)), expected);
        }
        let long = format!("coffe {}", "x".repeat(MOST_BYTES * 2));
        assert!(retyped(&long, &parse(&long), &parse("coffee")).len() <= MOST_BYTES + 1);
    }
}
