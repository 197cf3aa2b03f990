//! Names of fields that are close to a known one: slips of the keyboard, and what other systems call the same.

use crate::domain::nearest::snake;

/// The longest unknown name that a known one is sought for, in bytes.
const LONGEST: usize = 64;

/// Names that other systems give to our fields.
const ALIASES: [(&str, &str); 37] = [
    ("abstract", "summary"),
    ("body_text", "body"),
    ("categories", "section_path"),
    ("category", "section"),
    ("content", "body"),
    ("content_html", "body_html"),
    ("content_text", "body"),
    ("created", "published_at"),
    ("date", "published_at"),
    ("description", "summary"),
    ("draft", "status"),
    ("embargo", "embargo_until"),
    ("embargoed_until", "embargo_until"),
    ("excerpt", "summary"),
    ("headline", "title"),
    ("html", "body_html"),
    ("keywords", "tags"),
    ("language", "lang"),
    ("licence", "license"),
    ("locale", "lang"),
    ("markdown", "body_markdown"),
    ("modified", "updated"),
    ("paragraphs", "body_paragraphs"),
    ("permalink", "url"),
    ("published", "published_at"),
    ("private", "status"),
    ("scheduled_at", "publish_at"),
    ("state", "status"),
    ("standfirst", "summary"),
    ("summary_text", "summary"),
    ("text", "body"),
    ("translated_from", "translation_key"),
    ("translation_group", "translation_key"),
    ("translation_id", "translation_key"),
    ("translation_of", "translation_key"),
    ("translations", "translation_key"),
    ("visibility", "status"),
];

/// The known name that an unknown one is close to: the same but for case and separators, at most two letters away, or another
/// system's word for it.
pub(super) fn nearest(name: &str, known: &[&'static str]) -> Option<&'static str> {
    if name.len() > LONGEST {
        return None;
    }
    let plain = snake(name);
    let is_known = |word: &&'static str| known.contains(word);
    let alias = ALIASES.iter().find(|(other, _)| *other == plain);
    if let Some(word) = alias.map(|(_, word)| *word).filter(is_known) {
        return Some(word);
    }
    // Most names differ in length alone, which is quickly seen.
    let is_near = |known: &&&'static str| known.len().abs_diff(plain.len()) <= 2;
    let near = known.iter().filter(is_near);
    let (letters, word) = near
        .map(|known| (strsim::osa_distance(&plain, known), *known))
        .min()?;
    (letters <= 2 && letters * 2 < plain.chars().count()).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_or_another_word_finds_the_field_and_a_name_of_its_own_does_not() {
        let known = [
            "title",
            "summary",
            "published_at",
            "tags",
            "authors",
            "url",
            "lang",
            "body",
            "id",
            "translation_key",
        ];
        for (name, found) in [
            ("titel", Some("title")),
            ("sumary", Some("summary")),
            ("publishedAt", Some("published_at")),
            ("Published-At", Some("published_at")),
            ("tag", Some("tags")),
            ("author", Some("authors")),
            ("uri", Some("url")),
            ("content", Some("body")),
            ("excerpt", Some("summary")),
            ("translation_of", Some("translation_key")),
            ("source_file", None),
            ("page", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(nearest(name, &known), found, "{name}");
        }
    }
}
