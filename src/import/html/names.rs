//! Titles without the names of their sites, and the names of people.

use std::sync::LazyLock;

use regex::Regex;

/// Signs between a title and the name of its site.
static PARTED: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(clippy::unwrap_used, reason = "the pattern is a constant, and tested")]
    Regex::new(r"\s+[|–—·»•:-]\s+|\s*[|_]\s*|\s*--\s*|\s*[-–—](?:\s+|$)").unwrap()
});

/// Letters and digits in lower case.
pub(super) fn key(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

pub(super) fn is_name(words: &str, site: Option<&str>) -> bool {
    site.is_some_and(|site| key(site) == key(words))
}

/// True if a name is that of a host, or a name with the ending of one, such as `Le Monde.fr`.
pub(super) fn is_host(name: &str) -> bool {
    let ending = name.trim().rsplit_once('.').map(|(_, ending)| ending);
    ending.is_some_and(|ending| {
        (2..=4).contains(&ending.len()) && ending.chars().all(|c| c.is_ascii_alphabetic())
    })
}

/// A name without the host name that stands in brackets behind it.
pub(super) fn without_host(name: &str) -> &str {
    let parts = name
        .trim()
        .strip_suffix(')')
        .and_then(|name| name.rsplit_once('('));
    match parts {
        Some((own, host)) if is_host(host) => own.trim(),
        _ => name.trim(),
    }
}

/// A title without a last or first part that is the name of the site, or too short to be of it.
pub(super) fn without_site(title: &str, site: Option<&str>) -> String {
    let parts: Vec<(usize, usize)> = PARTED
        .find_iter(title)
        .map(|found| (found.start(), found.end()))
        .collect();
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else {
        return title.to_owned();
    };
    let (head, tail) = (&title[..first.0], &title[last.1..]);
    let is_of_site = |part: &str| {
        let (part, name) = (key(part), site.map(key).unwrap_or_default());
        !part.is_empty() && !name.is_empty() && (name.contains(&part) || part.contains(&name))
    };
    if is_of_site(tail) {
        return without_site(title[..last.0].trim(), site);
    }
    if is_of_site(head) && head.len() < tail.len() {
        return title[first.1..].trim().to_owned();
    }
    title.to_owned()
}

/// Names of people: no addresses, no words before them, not the site itself unless there is nobody else.
pub(super) fn people(written: Vec<String>, site: Option<&str>) -> Vec<String> {
    static BY: LazyLock<Regex> = LazyLock::new(|| {
        #[expect(clippy::unwrap_used, reason = "the pattern is a constant, and tested")]
        Regex::new(r"(?i)^(?:(?:written |posted |published |reported |story )?by|par|作者|记者|文|author)\s*[:：]?\s+|^(?:作者|记者|文)\s*[:：/／]\s*").unwrap()
    });
    static AND: LazyLock<Regex> = LazyLock::new(|| {
        #[expect(clippy::unwrap_used, reason = "the pattern is a constant, and tested")]
        Regex::new(r"\s*[;；|、]\s*|\s+(?:and|et|&)\s+|,\s+(?:and\s+)?").unwrap()
    });
    let mut names: Vec<String> = Vec::new();
    for line in written {
        let line = BY.replace(line.trim(), "").into_owned();
        if line.starts_with("http") || line.contains('@') || line.chars().count() > 120 {
            continue;
        }
        for name in AND.split(&line) {
            let name = name.trim().trim_matches([',', '.', '·', ':']).trim();
            let is_new = !names.iter().any(|known| key(known) == key(name));
            if !name.is_empty()
                && !name.starts_with('(')
                && name.chars().count() <= 60
                && !name.contains("://")
                && is_new
                && !key(name).is_empty()
            {
                names.push(name.to_owned());
            }
        }
    }
    let others: Vec<String> = names
        .iter()
        .filter(|name| !is_name(name, site))
        .cloned()
        .collect();
    if others.is_empty() { names } else { others }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_site_is_no_part_of_a_title() {
        for (title, site, left) in [
            (
                "A bridge opens - The Gazette",
                Some("The Gazette"),
                "A bridge opens",
            ),
            (
                "The Gazette | A bridge opens at last",
                Some("The Gazette"),
                "A bridge opens at last",
            ),
            (
                "A bridge opens | Local | Gazette",
                Some("The Gazette"),
                "A bridge opens | Local",
            ),
            ("Half-time - a story", None, "Half-time - a story"),
            ("大桥今日通车_新闻网", Some("新闻网"), "大桥今日通车"),
        ] {
            assert_eq!(without_site(title, site), left, "{title}");
        }
    }

    #[test]
    fn a_host_is_no_name() {
        assert!(
            is_host("DW.COM")
                && is_host("Le Monde.fr")
                && !is_host("St. John")
                && !is_host("Yahoo!")
        );
        assert_eq!(
            without_host("Deutsche Welle (www.dw.com)"),
            "Deutsche Welle"
        );
        assert_eq!(without_host("Herald (weekly)"), "Herald (weekly)");
    }

    #[test]
    fn people_are_names_without_words_and_addresses() {
        for (written, found) in [
            (vec!["By Ann Lee and Bo Chen"], vec!["Ann Lee", "Bo Chen"]),
            (vec!["Par Sébastien Farcis"], vec!["Sébastien Farcis"]),
            (vec!["https://e.org/ann", "Ann Lee"], vec!["Ann Lee"]),
            (vec!["The Gazette", "Ann Lee"], vec!["Ann Lee"]),
            (vec!["The Gazette"], vec!["The Gazette"]),
            (vec!["作者：王芳"], vec!["王芳"]),
        ] {
            let written = written.into_iter().map(str::to_owned).collect();
            assert_eq!(people(written, Some("The Gazette")), found);
        }
    }
}
