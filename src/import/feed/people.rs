//! The names of those who write, without their addresses.

use crate::import::markup;
use crate::import::xml::Element;

/// Those whom an entry names.
pub(super) fn of_entry(entry: &Element) -> Vec<String> {
    named(
        entry,
        &["dc:creator", "author", "itunes:author", "dcterms:creator"],
    )
}

/// Those whom a feed names.
pub(super) fn of_feed(channel: &Element) -> Vec<String> {
    named(
        channel,
        &["dc:creator", "author", "managingEditor", "itunes:author"],
    )
}

fn named(element: &Element, elements: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for kind in elements {
        for person in element.named(kind) {
            // Atom's author is an element with a name, RSS's a line of text.
            let written = person.first("name").map_or_else(
                || {
                    if person.elements().next().is_none() {
                        person.text()
                    } else {
                        String::new()
                    }
                },
                Element::text,
            );
            names.extend(name(&written).filter(|name| !names.contains(name)));
        }
    }
    names
}

/// The name in `address (Name)`, `Name <address>` or plain words; none in a mere address of mail.
pub(super) fn name(written: &str) -> Option<String> {
    let written = markup::name(&written.replace('<', "&lt;"));
    let written = written.trim();
    let is_mail = |word: &str| word.contains('@') && !word.contains(' ') && !word.starts_with('@');
    if let Some((before, rest)) = written.split_once('(')
        && is_mail(before.trim())
    {
        return Some(rest.trim_end_matches(')').trim().to_owned()).filter(|name| !name.is_empty());
    }
    let plain = match written.split_once('<') {
        Some((before, rest)) if is_mail(rest.trim_end_matches('>').trim()) => {
            before.trim().trim_matches('"')
        }
        _ => written,
    };
    Some(plain.to_owned()).filter(|name| !name.is_empty() && !is_mail(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_without_addresses() {
        for (written, found) in [
            ("ann@example.org (Ann Lee)", Some("Ann Lee")),
            ("Ann Lee <ann@example.org>", Some("Ann Lee")),
            ("Ann &amp; Bo", Some("Ann & Bo")),
            ("Siobh&amp;aacute;n O'Brien", Some("Siobhán O'Brien")),
            ("ann@example.org", None),
            ("Lee, A., Bo, C. (eds)", Some("Lee, A., Bo, C. (eds)")),
            (" ", None),
        ] {
            assert_eq!(name(written).as_deref(), found, "{written}");
        }
    }
}
