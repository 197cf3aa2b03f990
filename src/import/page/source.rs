//! The publisher's name, where the article names no source: from the copyright line, the trail, or how the page speaks of itself.

use std::sync::LazyLock;

use regex::Regex;

use super::lines::Lines;
use super::text::{fold, is_chinese, key, regex};
use super::{breadcrumb, footer, furniture, names};

static NOT_NAME: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)copyright|©|\(c\)|\ball rights reserved\b|\btous droits r[ée]serv[ée]s\b|版\s*权\s*所\s*有|\b(?:19|20)\d\d\s*(?:[-–—]\s*(?:(?:19|20)\d\d)?)?|\s*[:：]\s*|^\s*by\b|^\s*of\b",
    )
});
static NAME_END: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)\s*(?:\.\s|\||,?\s(?:inc|ltd|llc|limited|s\.?a\.?s?|gmbh|plc|co)\b|[\s,](?:-|–|—|•|·)\s|,\s|\s(?:powered|proudly|all|tous|est|is|site|theme|privacy|terms|mentions|contact|and its|or its)\b|备案|主办|未经|[京沪粤津渝冀晋辽吉黑苏浙皖闽赣鲁豫鄂湘琼川贵云陕甘青]ICP|[\s\u{3000}]\p{Han}).*$",
    )
});
static SELF: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^(?i:suivez|follow|about|contacter|à propos d[eu]|abonnez-vous (?:à|au)|subscribe to|關於|关于)\s+(\p{Lu}[\p{L}'’ .-]{2,30})$",
    )
});
static GENERIC: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)^(?:us|nous|me|the author|l.auteur|this site|this|our .*|notre .*|nos .*|our|我们|本站|cookies?|creative commons.*|cc .*|the editors|contact.*)$",
    )
});

/// The name by which the page calls its publisher.
pub(super) fn publisher(page: &Lines, crumbs: &[String]) -> Option<String> {
    let owner = copyright_name(page);
    let own = self_name(page);
    crumb_name(page, crumbs, owner.as_deref())
        .or_else(|| owner.filter(|owner| own.is_none() || is_elsewhere(page, owner)))
        .or(own)
        .map(|name| usual_case(page, &name))
        .or_else(|| masthead(page))
}

/// Every name that the page gives its own site: its publisher's, the owner's in the copyright line, how it speaks of itself.
pub(super) fn site_names(page: &Lines, publisher: Option<&str>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let own = [
        publisher.map(str::to_owned),
        copyright_name(page),
        self_name(page),
    ];
    for name in own.into_iter().flatten() {
        if !names.iter().any(|known| key(known) == key(&name)) {
            names.push(name);
        }
    }
    names
}

fn copyright_name(page: &Lines) -> Option<String> {
    page.all
        .iter()
        .rev()
        .filter(|line| footer::is_copyright(line))
        .filter_map(|line| name_in(&line.text))
        .next()
}

/// True if the page names the owner outside of its copyright lines too. Else it is the company behind the site.
fn is_elsewhere(page: &Lines, owner: &str) -> bool {
    let owner = owner.to_lowercase();
    let others = page.all.iter().filter(|line| !footer::is_copyright(line));
    let mut others = others.map(|line| line.text.to_lowercase());
    others.any(|line| line.contains(&owner))
}

fn name_in(text: &str) -> Option<String> {
    let bare = fold(&NOT_NAME.replace_all(text, "  "))
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_owned();
    let bare = ["by ", "of ", "By "]
        .iter()
        .fold(bare.as_str(), |text, word| {
            text.strip_prefix(word).unwrap_or(text)
        });
    let name = fold(&NAME_END.replace(bare, ""))
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_owned();
    let count = name.chars().count();
    let fits = (2..=40).contains(&count)
        && name.chars().any(char::is_alphabetic)
        && name.split_whitespace().count() <= 6;
    (fits && !GENERIC.is_match(&name)).then_some(name)
}

/// The first crumb, when it is no home word but names the site: the copyright line or an address of the page says so too.
fn crumb_name(page: &Lines, crumbs: &[String], owner: Option<&str>) -> Option<String> {
    let first = crumbs.first().filter(|first| !breadcrumb::is_home(first))?;
    let word = format!(" {} ", first.to_lowercase());
    let owned = owner.is_some_and(|owner| format!(" {} ", owner.to_lowercase()).contains(&word));
    let address = format!("{}.", key(first));
    let addressed = page
        .all
        .iter()
        .filter(|line| line.short() || line.furniture.is_some())
        .any(|line| {
            line.text
                .to_lowercase()
                .split_whitespace()
                .any(|word| word.trim_start_matches("www.").starts_with(&address))
        });
    let chinese = is_chinese(first) && first.ends_with('网');
    (chinese || (owned && addressed)).then(|| first.clone())
}

fn self_name(page: &Lines) -> Option<String> {
    let names = page.all.iter().filter_map(|line| {
        SELF.captures(&line.text)
            .map(|found| found[1].trim().to_owned())
    });
    let mut best: Option<(usize, String)> = None;
    for name in names.filter(|name| !GENERIC.is_match(name)).take(20) {
        let count = page
            .all
            .iter()
            .filter(|line| line.text.contains(&name))
            .count();
        if best.as_ref().is_none_or(|(most, _)| count > *most) {
            best = Some((count, name));
        }
    }
    best.filter(|(count, _)| *count > 1).map(|(_, name)| name)
}

/// The name that the page begins with and prints again: that of its site.
fn masthead(page: &Lines) -> Option<String> {
    let mut lines = page
        .all
        .iter()
        .filter(|line| !line.key.is_empty() && !line.text.starts_with('#'));
    let first = lines.find(|line| line.furniture.is_none())?;
    let name = first.text.trim_matches(['[', ']']);
    let is_name = names::is_person(name) || names::is_paper(name) || names::is_office(name);
    let is_site = !first.bullet && page.count(first) > 1 && !furniture::is_utility(name);
    (is_name && is_site && !GENERIC.is_match(name)).then(|| name.to_owned())
}

/// A footer shouts or whispers; elsewhere the page prints the name as usual.
fn usual_case(page: &Lines, name: &str) -> String {
    let mixed =
        |text: &str| text.chars().any(char::is_uppercase) && text.chars().any(char::is_lowercase);
    if mixed(name) || is_chinese(name) || name.is_empty() {
        return name.to_owned();
    }
    let Ok(pattern) = Regex::new(&format!(r"(?i)(?:^|\W)({})(?:\W|$)", regex::escape(name))) else {
        return name.to_owned();
    };
    let printed = page
        .all
        .iter()
        .filter(|line| line.short())
        .filter_map(|line| Some(pattern.captures(&line.text)?.get(1)?.as_str()));
    printed
        .filter(|form| mixed(form))
        .map(str::to_owned)
        .next()
        .unwrap_or_else(|| name.to_owned())
}
