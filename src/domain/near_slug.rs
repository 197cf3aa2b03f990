//! The slug or path that a wrong one was meant to be: the same letters with other accents, its beginning, or one within two
//! letters.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::slug::Slug;

/// Letters that may be missing, too many, wrong or swapped.
const MOST_SLIPS: usize = 2;
/// The fewest letters that a beginning has.
const SHORTEST: usize = 3;

/// The beginnings by which a store looks for what `given` was meant to be, the longest first. Nobody could have meant a
/// longer one than a slug is.
#[must_use]
pub fn beginnings(given: &str) -> Vec<String> {
    if given.chars().count() > Slug::MAX {
        return Vec::new();
    }
    let (plain, bare) = (plain(given), bare(given));
    let half = plain.chars().count() / 2;
    let mut found = vec![plain.clone()];
    for letters in [half, SHORTEST, 1] {
        found.extend([&plain, &bare].map(|text| text.chars().take(letters).collect()));
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|text: &String| !text.is_empty() && seen.insert(text.clone()));
    found
}

/// The one of `slugs` that `given` was most likely meant to be; `None` where nothing is near.
#[must_use]
pub fn nearest_slug<'s>(given: &str, slugs: &'s [String]) -> Option<&'s str> {
    let asked = bare(given);
    let letters = asked.chars().count();
    let near = slugs.iter().filter_map(|slug| {
        let theirs = bare(slug);
        if letters.abs_diff(theirs.chars().count()) > MOST_SLIPS {
            return None;
        }
        let slips = strsim::damerau_levenshtein(&asked, &theirs);
        (slips == 0 || (slips <= MOST_SLIPS && letters > 2 * slips)).then_some((slips, slug))
    });
    let near = near.min_by_key(|(slips, _)| *slips);
    near.map(|(_, slug)| slug.as_str())
        .or_else(|| only_longer(&asked, slugs))
}

/// The only one that goes on where `asked` ends.
fn only_longer<'s>(asked: &str, slugs: &'s [String]) -> Option<&'s str> {
    let goes_on = |slug: &&String| {
        let theirs = bare(slug);
        let rest = theirs.strip_prefix(asked);
        rest.is_some_and(|rest| rest.starts_with(['-', '/']))
    };
    let mut longer = slugs.iter().filter(goes_on);
    let first = longer.next().filter(|_| longer.next().is_none());
    first
        .filter(|_| asked.chars().count() >= SHORTEST)
        .map(String::as_str)
}

/// Lower case, with hyphens for all but letters, marks, digits and slashes.
fn plain(text: &str) -> String {
    let lower = text.trim().nfc().flat_map(char::to_lowercase);
    let letter = |c: char| match c.is_alphanumeric() || c == '/' || is_combining_mark(c) {
        true => c,
        false => '-',
    };
    lower.map(letter).collect()
}

/// The same without accents.
fn bare(text: &str) -> String {
    let plain = plain(text);
    let letters = plain.nfd().filter(|c| !is_combining_mark(*c));
    let mut bare = String::with_capacity(plain.len());
    for letter in letters {
        match letter {
            'ø' => bare.push('o'),
            'ł' => bare.push('l'),
            'đ' | 'ð' => bare.push('d'),
            'ı' => bare.push('i'),
            'œ' => bare.push_str("oe"),
            'æ' => bare.push_str("ae"),
            'ß' => bare.push_str("ss"),
            'þ' => bare.push_str("th"),
            other => bare.push(other),
        }
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(given: &str, slugs: &[&str]) -> Option<String> {
        let slugs: Vec<String> = slugs.iter().map(|slug| (*slug).to_owned()).collect();
        nearest_slug(given, &slugs).map(str::to_owned)
    }

    #[test]
    fn other_accents_another_case_and_two_letters_are_near() {
        for (given, slug) in [
            ("joost-muller-angstrom", "joost-müller-ångström"),
            ("Joost Müller-Ångström", "joost-müller-ångström"),
            ("scoiety/law", "society/law"),
            ("soren-oster", "søren-øster"),
            ("mina", "mina-okafor"),
        ] {
            let found = near(given, &["anna", slug, "zoe"]);
            assert_eq!(found.as_deref(), Some(slug), "{given}");
        }
    }

    #[test]
    fn another_name_is_not_near() {
        assert_eq!(near("bo", &["ann"]), None);
        assert_eq!(near("joost", &["mina-okafor"]), None);
        assert_eq!(near("mina", &["mina-okafor", "mina-aske"]), None);
        assert_eq!(near("中国", &["法国"]), None);
    }

    #[test]
    fn the_beginnings_go_from_the_longest_to_the_first_letter() {
        let found = beginnings("élise-noir");
        assert_eq!(
            found,
            ["élise-noir", "élise", "elise", "éli", "eli", "é", "e"]
        );
        assert!(beginnings(&"x".repeat(201)).is_empty());
    }
}
