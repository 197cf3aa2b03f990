//! Contact and copyright, from the lines below the article.

use std::sync::LazyLock;

use regex::Regex;

use super::lines::{Line, Lines};
use super::text::fold;
use super::words::ascii_boundaries;

/// The publisher's facts at the foot of a page.
#[derive(Debug, Default)]
pub(super) struct Footer {
    pub(super) phones: Vec<(String, String)>,
    pub(super) email: Option<String>,
    pub(super) address: Option<String>,
    pub(super) copyright: Option<String>,
    /// The first line that says anything of these: a copyright line, or one with no running text between it and the last that
    /// does.
    pub(super) first: Option<usize>,
}

static PHONE_LABEL: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)((?:\p{Han}{0,8}|24小时\p{Han}{0,6})(?:电话|热线|总机)|\btel(?:ephone)?s?\b|\btél(?:éphone)?s?\b|\bphones?\b|\bcall\b)\s*[.:：]\s*",
    )
});
static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^[\s,，、;；/]*(\+?(?:\(\+?\d{1,4}\)[\s-]?)?\d[\d-]*(?:[ .]?\d[\d-]*){0,6})(?:\s*[(（]([^()（）\d]{1,30})[)）])?",
    )
});
static EMAIL: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)(?:e-?mail|courriel|mail|邮箱|邮件|信箱|contact|écrire)[^@]{0,30}?[:：\s]\s*([a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,})",
    )
});
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)(?:^|[\s\p{Han}])(?:add(?:ress)?|adresse(?: postale)?|地\s*址)\s*[.:：]\s*(.{6,160})$",
    )
});
static ADDRESS_END: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)[\s\u{3000}]{2,}|\t|\||\s(?:tel|tél|phone|fax|e-?mail|courriel)\b.*|\s*(?:邮编|邮政编码|电话|传真|邮箱|24小时)",
    )
});
static PICTURE: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?i)\bphotos?\b|\bcr[ée]dits?\b|\bimages?\s?[:：©]|\billustration"));
static COPYRIGHT: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)copyright|©|\(c\)\s*(?:19|20)\d\d|all rights reserved|tous droits réservés|tous droits reserves|版\s*权\s*所\s*有",
    )
});

fn regex(pattern: &str) -> Regex {
    Regex::new(&ascii_boundaries(pattern)).expect("the pattern is a constant")
}

/// True if the line is a copyright line.
pub(super) fn is_copyright(line: &Line) -> bool {
    line.width <= 240 && !PICTURE.is_match(&line.text) && COPYRIGHT.is_match(&line.text)
}

/// Reads the lines from `from` on; of copyright lines the last counts, which is the site's own.
pub(super) fn read(page: &Lines, from: usize) -> Footer {
    let mut footer = Footer::default();
    let mut parted = true;
    for (at, line) in page.all.iter().enumerate().skip(from) {
        parted |= line.is_body() && !is_copyright(line);
        if line.width > 400 {
            continue;
        }
        let before = footer.said();
        footer.phones.extend(phones(&line.raw));
        footer.email = footer
            .email
            .take()
            .or_else(|| EMAIL.captures(&line.text).map(|found| found[1].to_owned()));
        footer.address = footer.address.take().or_else(|| address(&line.raw));
        let sign = line.text.to_lowercase().contains("copyright")
            || line.text.contains('©')
            || footer.copyright.is_none();
        if is_copyright(line) && sign {
            footer.copyright = Some(line.text.clone());
        }
        if footer.said() > before || is_copyright(line) {
            let stays = |first: &usize| !parted || is_copyright(&page.all[*first]);
            footer.first = footer.first.filter(stays).or(Some(at));
            parted = false;
        }
    }
    footer.phones.truncate(8);
    footer
}

impl Footer {
    /// Number of its parts that are known.
    fn said(&self) -> usize {
        let single = [&self.email, &self.address, &self.copyright];
        self.phones.len() + single.into_iter().flatten().count()
    }
}

/// Each number after a telephone label, with the name in brackets behind it or else its label.
fn phones(raw: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for label in PHONE_LABEL.captures_iter(raw) {
        let (Some(all), Some(name)) = (label.get(0), label.get(1)) else {
            continue;
        };
        let mut rest = &raw[all.end()..];
        while let Some(number) = NUMBER
            .captures(rest)
            .filter(|number| number[1].chars().filter(char::is_ascii_digit).count() >= 6)
        {
            let owner = number
                .get(2)
                .map_or_else(|| name.as_str(), |owner| owner.as_str());
            found.push((fold(owner), number[1].trim().to_owned()));
            rest = &rest[number.get(0).map_or(rest.len(), |m| m.end())..];
        }
    }
    found
}

fn address(raw: &str) -> Option<String> {
    let value = ADDRESS.captures(raw)?.get(1)?.as_str().trim_start();
    let end = ADDRESS_END.find(value).map_or(value.len(), |m| m.start());
    let address = fold(&value[..end]);
    (address.chars().count() >= 6 && !address.contains('@')).then_some(address)
}
