//! The forms in which articles are signed: `By …`, `Par …`, `记者 …`, and what stands beside a date.

use std::sync::LazyLock;

use regex::Regex;

use super::lines::{Line, Lines};
use super::names::{self, Named};
use super::text::{fold, is_chinese, is_han, key, regex};

const BY: &str = r"(?ix)^\W*(?:(?:an?\s)?(?:article|story|texte?|words|posted|post|publié|published|reporting|reported|analysis|opinion|interview|reportage|photos?|écrit|rédigé|posté|proposé|written|propos\srecueillis|entretien\srédigé|photos?\s(?:and|et)\s(?:text|words|texte)|created|submitted|présenté|signé|une\schronique|une\sanalyse|une\senquête)(?:\srédigé)?\s+)*(?:by|par|de\s(?:notre|nos)\s(?:correspondante?s?|envoyée?s?\sspéciale?s?)[^,]{0,40},)\s*:?\s+(.+)$";
static BY_LINE: LazyLock<Regex> = LazyLock::new(|| regex(BY));
pub(super) static BY_INSIDE: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?i)(?:^|[\s,|•·–—-])(?:by|par)\s+((?-i:\p{Lu}).*)$"));
pub(super) static BY_ALONE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)^\W*(?:(?:written|words|story|article|rédigé|propos recueillis)\s)?(?:by|par|authors?|auteur(?:e|s)?s?|作者|撰文)\s*[:：]?$",
    )
});
static CUT: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)\s*(?:\s[|•·–—]|[|•·]|\s-\s|\s{2,}|\t|\bpublished\b|\bposted\b|\bupdated\b|\blast (?:updated|modified)\b|\bpublié|\bmis(?:e)? à jour|\bmodifié|\bcreated\b|@|\son\s(?:\w+day|\d|(?-i:\p{Lu}\p{Ll}{2})\b)|\sin\s(?-i:\p{Lu})|\sà\s(?-i:\p{Lu})|\s(?:le|on)\s*$|\sle\s\d|\sle\s(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)|\sfor\s(?:the\s)?(?-i:\p{Lu})|\spour\s(?-i:\p{Lu})|\d+\s(?:min|comment|hours?|days?|ago)|\sfollow\b|\bphotos?\b|\billustration|发自\p{Han}).*$",
    )
});
static POST: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^\p{Han}{2,8}(?:记者|评论员|特约作者|撰稿人?)\s+"));
pub(super) static REPORTER: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^[□■◎●▲\s]*[\p{Han}A-Za-z·]{0,14}?(?:记者|特约撰稿人?|特约评论员|通讯员)\s*[:：]?\s*((?:\p{Han}{2,4})(?:[\s、，]+\p{Han}{2,4})*)(?:\s*(?:报道|文|发自.*|摄影报道))?\s*$",
    )
});
pub(super) static REPORTER_INSIDE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"[（(【][^（()）]{0,14}?(?:记者|通讯员)[\s:：]*((?:\p{Han}{2,4})(?:[\s、，]+(?:记者|通讯员|实习生)?\s*\p{Han}{2,4})*)[^（()）]{0,8}[）)】]",
    )
});
pub(super) static SIGNED: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"[（(](?:本?[报网]?记者\s*|文/)?(\p{Han}{2,4}(?:[\s、]\s*\p{Han}{2,4})?)[）)]$")
});
pub(super) static EDITING: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?i)\bedit(?:ing|ed) by\s+([^;.,)]+(?:,? and [^;.,)]+)?)"));
pub(super) static REPORTING: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?i)\b(?:additional )?reporting by\s+([^;.)]+)"));
pub(super) static TRANSLATED: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)\b(?:translated(?: from (?:the )?\w+)?|traduit(?:e)?(?: d[eu] l.\w+| du \w+)?) (?:by|par)\s+([^;.)]+)",
    )
});
pub(super) static ROLE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^((?:\p{Lu}[\p{L}.'’-]+\s){1,3}?\p{Lu}[\p{L}'’-]+),?\s+(?:(?i:(?:[\p{L}&-]+\s){0,3}(?:correspondent|editor|reporter|writer|columnist|contributor|journalist|journaliste|critic|producer|correspondante?)s?)|in\s\p{Lu}.*)$",
    )
});
pub(super) static WEEKDAY: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)^(?:(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|le|on|at|à|published|publié(?: le)?|posted(?: on)?|updated|date|modifié.*|mis à jour.*|last.*|(?:CE|EE|WE|[ECMP])?[SD]T|\b[ECMP]T\b|H[AN]E|GMT|UTC|星期.|周.|(?:发布|更新|发稿|发表)?(?:日期|时间)|发布|发表|(?:最后)?更新|原创|report|online.*|views?|\W*)[\s.,:]*)+$",
    )
});

/// The value of `By …` at the start of a line.
pub(super) fn by(text: &str) -> Option<String> {
    let value = BY_LINE.captures(text)?[1].to_owned();
    let first = value.chars().next()?;
    let named = first.is_uppercase() || is_han(first) || !value.contains(' ');
    (named && !cut(&value).contains([':', '?', '!', '…'])).then_some(value)
}

pub(super) fn strip_roles(names: &str) -> String {
    ["实习记者", "见习记者", "通讯员", "记者", "实习生"]
        .iter()
        .fold(names.to_owned(), |text, role| text.replace(role, " "))
}

/// A byline without the post in front of the name: `晨报记者 白露`.
pub(super) fn without_post(value: &str) -> String {
    POST.replace(value, "").into_owned()
}

/// A byline up to what is no longer the name.
pub(super) fn cut(value: &str) -> String {
    let people: Vec<&str> = value.split('|').map(str::trim).collect();
    let named = |name: &&str| names::is_person(name) && !BY_INSIDE.is_match(name);
    if people.len() > 1 && people.iter().all(named) {
        return people.join(", ");
    }
    fold(&CUT.replace(value, ""))
}

pub(super) fn source_value(value: &str) -> Option<String> {
    let value = match is_chinese(value) {
        true => value.split_whitespace().next().unwrap_or_default(),
        false => value.trim(),
    };
    let value = fold(value.trim_matches(|c: char| {
        matches!(
            c,
            '"' | '《' | '》' | '|' | '[' | ']' | '”' | '“' | ',' | '，' | '。'
        )
    }));
    (!value.is_empty()
        && value.chars().count() <= 60
        && value.chars().any(char::is_alphabetic)
        && !value.starts_with("http"))
    .then_some(value)
}

/// The names of a list below `By`: each ends with a comma or an `&` but the last, or has one on the next line.
pub(super) fn listed(page: &Lines, below: &[usize]) -> Named {
    let mut named = Named::default();
    let lines: Vec<&Line> = below.iter().take(30).map(|at| &page.all[*at]).collect();
    for (place, line) in lines.iter().enumerate() {
        let piece = names::clean(&line.text);
        if line.key.is_empty() {
            continue;
        }
        if names::is_person(&piece) || (named.people.is_empty() && line.width <= 60) {
            named.people.push(piece);
        }
        let next = lines.get(place + 1);
        let goes_on = next.is_some_and(|next| [",", "&", "、"].contains(&next.text.as_str()));
        if !goes_on && !leads_on(&line.text) {
            break;
        }
    }
    named
}

fn leads_on(text: &str) -> bool {
    text.ends_with([',', '&', '、', '…']) || text.ends_with(" and") || text.ends_with(" et")
}

pub(super) fn by_inside(line: &Line) -> Option<String> {
    let value = BY_INSIDE.captures(&line.text)?.get(1)?;
    let end = line
        .stamps
        .iter()
        .map(|stamp| stamp.start)
        .find(|start| *start > value.start())
        .unwrap_or(line.text.len());
    line.text.get(value.start()..end).map(str::to_owned)
}

/// The agency in front of the date of a line, which signs a report that nobody else has signed.
pub(super) fn agency(line: &Line) -> Option<Named> {
    let front = line.text.get(..line.stamps.first()?.start)?;
    let name = front.trim_end_matches([',', '|', '-', '–', '—', '•', '·', ' ']);
    names::is_agency(name).then(|| Named {
        people: vec![name.to_owned()],
        affiliation: None,
    })
}

/// The pieces of a line that are not its dates.
pub(super) fn around_dates(line: &Line) -> Vec<String> {
    let mut from = 0;
    let mut rest: Vec<&str> = Vec::new();
    for stamp in &line.stamps {
        rest.push(line.text.get(from..stamp.start).unwrap_or_default());
        from = stamp.end;
    }
    rest.push(line.text.get(from..).unwrap_or_default());
    let pieces = rest.iter().flat_map(|text| {
        text.split([
            '|', '/', '•', '·', '—', '–', '，', ',', ';', '｜', '(', ')', '【', '】',
        ])
    });
    let pieces = pieces.flat_map(|text| text.split(" - "));
    pieces
        .map(|piece| {
            fold(
                piece.trim_matches(|c: char| {
                    c.is_whitespace() || matches!(c, ':' | '：' | '-' | '.')
                }),
            )
        })
        .filter(|piece| piece.chars().any(char::is_alphabetic))
        .collect()
}

/// The name that a run-together line begins with: two or three words that the page prints alone elsewhere.
pub(super) fn leading_name(page: &Lines, segment: &str) -> Option<String> {
    let words: Vec<&str> = segment.split_whitespace().collect();
    let known = |name: &String| names::is_person(name) && page.counts.contains_key(&key(name));
    let starts = [2, 3]
        .into_iter()
        .filter(|count| words.len() >= *count)
        .map(|count| words[..count].join(" "));
    starts.into_iter().find(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_beside_a_time_is_no_name_and_a_name_that_ends_like_one_is() {
        for stamp in ["Mon", "ET", "Fri, ET", "Updated PT", "CEST"] {
            assert!(WEEKDAY.is_match(stamp), "{stamp}");
        }
        for name in ["Monet", "Sunpt", "Mina Okafor"] {
            assert!(!WEEKDAY.is_match(name), "{name}");
        }
    }
}
