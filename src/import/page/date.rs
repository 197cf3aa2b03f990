//! Dates as English, French and Chinese pages print them, each kept as exact as it is printed.

use std::sync::LazyLock;

use chrono::{NaiveDate, NaiveTime, Timelike};
use regex::{Captures, Regex};

use super::words::ascii_boundaries;

/// A date found in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Bytes of the line that print the date and its time.
    pub(super) start: usize,
    pub(super) end: usize,
    /// ISO 8601, from `2022-11` to `2019-09-26T10:56:28+05:30`, or with the name of a zone that is not known:
    /// `2019-09-26T10:56 XYZT`.
    pub(super) value: String,
    /// The other reading of `03/04/2020`: month first.
    pub(super) month_first: Option<String>,
    /// Said to be the time of a later change.
    pub(super) updated: bool,
}

struct Day {
    start: usize,
    end: usize,
    date: NaiveDate,
    other: Option<NaiveDate>,
}

const MONTHS: &str = "january|february|march|april|may|june|july|august|september|october|november|december|janvier|février|fevrier|mars|avril|mai|juin|juillet|août|aout|septembre|octobre|novembre|décembre|decembre|janv|févr|fevr|fév|avr|juil|déc|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec";

static YEAR_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?:^|[^\d])((?:19|20)\d{2})\s?(?:[-/.年]|\s年)\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?:\s?[日号])?",
    )
});
static YEAR_APART: LazyLock<Regex> =
    LazyLock::new(|| compile(r"(?:^|[^\d])((?:19|20)\d{2})\s(\d{2})/(\d{2})\b"));
static DAY_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    compile(&format!(
        r"(?i)(?:^|[^\d:.,])(\d{{1,2}})(?:er|st|nd|rd|th)?(?:\s+of\s+|\s+|[-./])({MONTHS})\b\.?,?(?:\s+|[-./])((?:19|20)\d{{2}})"
    ))
});
static MONTH_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    compile(&format!(
        r"(?i)\b({MONTHS})\b\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?(?:\s*,\s*|\s+)((?:19|20)\d{{2}})"
    ))
});
static NUMERIC: LazyLock<Regex> = LazyLock::new(|| {
    compile(r"(?:^|[^\d./-])(\d{1,2})\s?([/.-])\s?(\d{1,2})\s?[/.-]\s?((?:19|20)\d{2})")
});
static SHORT_YEAR: LazyLock<Regex> =
    LazyLock::new(|| compile(r"(?i)(?:^|\ble\s|\bdate\s?:\s?)(\d{1,2})(/)(\d{1,2})/(\d{2})\b"));
/// `11.03.17` at the start of a line, with a blank or nothing behind it, as the number of a telephone has not.
static SHORT_DOTTED: LazyLock<Regex> =
    LazyLock::new(|| compile(r"^(\d{2})(\.)(\d{2})\.(\d{2})(?:\s|$)"));
static MONTH_ONLY: LazyLock<Regex> = LazyLock::new(|| {
    compile(&format!(
        r"(?i)^\W*({MONTHS})\.?,?\s+((?:19|20)\d{{2}})\W*$"
    ))
});
static TIME_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)^(?:T|[\s,/|•·–—-]|\bat\b|à|\(|@|周[一二三四五六日]|星期[一二三四五六日])*(\d{1,2})(?:\s?([:：h时点.])\s?(\d{2})?(?:[:：分]\s?(\d{2}))?)?\s?(a\.?m\b\.?|p\.?m\b\.?)?\s?([+-]\d{2}:?\d{2}\b|[A-Z]{1,5}\b)?",
    )
});
static TIME_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)(?:^|[^\d:])(\d{1,2})([:h.])(\d{2})(?::(\d{2}))?\s?(a\.?m\b\.?|p\.?m\b\.?)?\s?([A-Z]{1,5}\b)?(?:[\s,|·•–-]|\bon\b|\ble\b|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun|day)*$",
    )
});
static UPDATED: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)updated|modified|revised|mis(?:e)? (?:à|a) jour|modifié|màj|\bmaj\b|actualisé|更新|修改|最后编辑",
    )
});
static PUBLISHED: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)publish|posted|publié|première publication|créé|créée|created|mis en ligne|online|issued|发布|发表|发稿|时间：|日期",
    )
});

fn compile(pattern: &str) -> Regex {
    Regex::new(&ascii_boundaries(pattern)).expect("the pattern is a constant")
}

/// The dates in a line, in reading order. Relative ones (`3 hours ago`) are no dates.
pub(super) fn find(line: &str) -> Vec<Stamp> {
    if !line
        .chars()
        .any(|c| c.is_ascii_digit() || "〇零一二三".contains(c))
    {
        return Vec::new();
    }
    let mut days: Vec<Day> = Vec::new();
    collect(&mut days, line, &YEAR_FIRST, |c| {
        plain(int(c, 1), int(c, 2), int(c, 3))
    });
    collect(&mut days, line, &YEAR_APART, |c| {
        plain(int(c, 1), int(c, 2), int(c, 3))
    });
    collect(&mut days, line, &DAY_FIRST, |c| {
        plain(int(c, 3), month(&c[2]), int(c, 1))
    });
    collect(&mut days, line, &MONTH_FIRST, |c| {
        plain(int(c, 3), month(&c[1]), int(c, 2))
    });
    collect(&mut days, line, &NUMERIC, numeric);
    collect(&mut days, line, &SHORT_YEAR, numeric);
    collect(&mut days, line, &SHORT_DOTTED, numeric);
    days.sort_by_key(|day| day.start);
    let mut stamps: Vec<Stamp> = Vec::new();
    for day in &days {
        let from = stamps.last().map_or(0, |stamp| stamp.end);
        stamps.push(stamp(line, from, day));
    }
    if stamps.is_empty() {
        stamps.extend(month_only(line));
    }
    stamps
}

/// The date of a line that prints only a time, joined to the day printed before it.
pub(super) fn with_time(day: &Stamp, line: &str) -> Option<String> {
    let time = TIME_AFTER
        .captures(line)
        .filter(|c| c.get(0).is_some_and(|m| m.end() == line.len()))?;
    let suffix = clock(&time)?;
    (!day.value.contains('T')).then(|| format!("{}{suffix}", day.value))
}

fn collect(
    days: &mut Vec<Day>,
    line: &str,
    pattern: &Regex,
    read: impl Fn(&Captures<'_>) -> Option<(NaiveDate, Option<NaiveDate>)>,
) {
    let mut at = 0;
    while let Some(found) = line.get(at..).and_then(|rest| pattern.captures(rest)) {
        let (Some(first), Some(all)) = (found.iter().skip(1).flatten().next(), found.get(0)) else {
            return;
        };
        let (start, end) = (at + first.start(), at + all.end());
        let free = !days.iter().any(|day| start < day.end && day.start < end);
        if let Some((date, other)) = read(&found).filter(|_| free) {
            days.push(Day {
                start,
                end,
                date,
                other,
            });
        }
        at = end;
    }
}

fn int(found: &Captures<'_>, group: usize) -> u32 {
    found
        .get(group)
        .and_then(|m| m.as_str().parse().ok())
        .unwrap_or(0)
}

fn plain(year: u32, month: u32, day: u32) -> Option<(NaiveDate, Option<NaiveDate>)> {
    Some((civil(year, month, day)?, None))
}

fn civil(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

/// `26/09/2019`, `09/26/2019` and, read both ways, `03/04/2020`. With dots and a whole year the day always comes first.
fn numeric(found: &Captures<'_>) -> Option<(NaiveDate, Option<NaiveDate>)> {
    let (first, second, year) = (int(found, 1), int(found, 3), int(found, 4));
    let is_whole = year >= 100;
    let year = if is_whole { year } else { year + 2000 };
    let day_first = civil(year, second, first);
    let month_first = civil(year, first, second).filter(|_| &found[2] != "." || !is_whole);
    match (day_first, month_first) {
        (Some(date), other) => Some((date, other.filter(|other| *other != date))),
        (None, Some(date)) => Some((date, None)),
        (None, None) => None,
    }
}

fn month(name: &str) -> u32 {
    let name = name.to_lowercase();
    match name.as_str() {
        n if n.starts_with("jan") => 1,
        n if n.starts_with('f') => 2,
        n if n.starts_with("mar") => 3,
        n if n.starts_with("apr") || n.starts_with("avr") => 4,
        n if n.starts_with("may") || n == "mai" => 5,
        n if n.starts_with("jun") || n == "juin" => 6,
        n if n.starts_with("jul") || n.starts_with("juil") => 7,
        n if n.starts_with('a') => 8,
        n if n.starts_with('s') => 9,
        n if n.starts_with('o') => 10,
        n if n.starts_with('n') => 11,
        _ => 12,
    }
}

fn month_only(line: &str) -> Option<Stamp> {
    let found = MONTH_ONLY.captures(line)?;
    Some(Stamp {
        start: 0,
        end: line.len(),
        value: format!("{}-{:02}", &found[2], month(&found[1])),
        month_first: None,
        updated: false,
    })
}

fn stamp(line: &str, from: usize, day: &Day) -> Stamp {
    let (mut start, mut end) = (day.start, day.end);
    let mut time = None;
    if let Some(found) = TIME_AFTER.captures(&line[end..])
        && let Some(suffix) = clock(&found)
    {
        end += time_end(&found);
        time = Some(suffix);
    } else if let Some(found) = TIME_BEFORE.captures(&line[from..start])
        && let Some(suffix) = clock(&found)
    {
        start = from + found.get(1).map_or(start - from, |m| m.start());
        time = Some(suffix);
    }
    let suffix = time.unwrap_or_default();
    let print = |date: NaiveDate| format!("{}{suffix}", date.format("%Y-%m-%d"));
    Stamp {
        start,
        end,
        value: print(day.date),
        month_first: day.other.map(print),
        updated: is_updated(&line[from..start]),
    }
}

/// The nearest label before a date decides what the date is of.
fn is_updated(before: &str) -> bool {
    let last = |pattern: &Regex| pattern.find_iter(before).last().map(|m| m.end());
    matches!((last(&UPDATED), last(&PUBLISHED)), (Some(updated), published) if published.is_none_or(|published| updated > published || published - updated < 12))
}

/// True if a text without a date announces the time of a change.
pub(super) fn announces_update(text: &str) -> bool {
    is_updated(text)
}

/// `T10:56:28+05:30` from the groups hour, mark, minute, second, half of the day, zone.
fn clock(found: &Captures<'_>) -> Option<String> {
    let half = found.get(5).map(|m| m.as_str().to_lowercase());
    let mark = found.get(2).map_or("", |m| m.as_str());
    let minute = found.get(3).map(|_| int(found, 3));
    let exact = matches!(
        (mark, minute),
        (":" | "：" | "h" | "H" | "时" | "点", Some(_)) | ("h" | "H" | "时" | "点", None)
    );
    if !(exact || half.is_some() || (mark == "." && minute.is_some() && offset(found).is_some())) {
        return None;
    }
    let hour = match (
        half.as_deref().map(|half| half.starts_with('p')),
        int(found, 1),
    ) {
        (Some(true), hour @ 1..12) => hour + 12,
        (Some(false), 12) => 0,
        (_, hour) => hour,
    };
    let time = NaiveTime::from_hms_opt(hour, minute.unwrap_or(0), int(found, 4))?;
    let form = if found.get(4).is_some() {
        "T%H:%M:%S"
    } else {
        "T%H:%M"
    };
    debug_assert!(time.nanosecond() == 0);
    Some(format!(
        "{}{}",
        time.format(form),
        zone(found).unwrap_or_default()
    ))
}

/// End of the printed time: a word that is no zone is not part of it.
fn time_end(found: &Captures<'_>) -> usize {
    let last = if zone(found).is_some() { 6 } else { 5 };
    (1..=last)
        .rev()
        .find_map(|group| found.get(group))
        .map_or(0, |m| m.end())
}

/// The UTC offset of a zone, or behind a blank its name where nobody knows the offset.
fn zone(found: &Captures<'_>) -> Option<String> {
    let unknown = || {
        let name = found.get(6)?.as_str();
        is_unknown_zone(name).then(|| format!(" {name}"))
    };
    offset(found).or_else(unknown)
}

/// True if a word in capitals behind a time is a zone by its form, `XYZT`. CST is several, and pages mean the one of their site.
fn is_unknown_zone(word: &str) -> bool {
    const OTHERS: [&str; 9] = [
        "CST", "ABOUT", "CHAT", "EDIT", "NEXT", "PART", "POST", "PRINT", "TEXT",
    ];
    (3..=5).contains(&word.len())
        && word.ends_with('T')
        && word.chars().all(|c| c.is_ascii_uppercase())
        && !OTHERS.contains(&word)
}

/// The UTC offset of a zone whose name means one offset.
fn offset(found: &Captures<'_>) -> Option<String> {
    let name = found.get(6)?.as_str();
    let offset = match name.to_uppercase().as_str() {
        "Z" | "UT" | "UTC" | "GMT" => "+00:00",
        "BST" | "CET" => "+01:00",
        "CEST" => "+02:00",
        "IST" => "+05:30",
        "EST" | "HNE" => "-05:00",
        "EDT" | "HAE" => "-04:00",
        "CDT" => "-05:00",
        "MDT" => "-06:00",
        "PST" => "-08:00",
        "PDT" | "MST" => "-07:00",
        "JST" => "+09:00",
        "HKT" | "SGT" | "BJT" => "+08:00",
        _ if name.starts_with(['+', '-']) && name.len() == 5 => {
            return Some(format!("{}:{}", &name[..3], &name[3..]));
        }
        _ if name.starts_with(['+', '-']) => name,
        _ => return None,
    };
    Some(offset.to_owned())
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn the_zone_of_a_time_is_its_offset_or_its_name() {
        for (line, value) in [
            ("26 September 2019 12:00 GMT", "2019-09-26T12:00+00:00"),
            ("26 September 2019 12:00 MST", "2019-09-26T12:00-07:00"),
            ("26 September 2019 12:00 XYZT", "2019-09-26T12:00 XYZT"),
            (
                "26 September 2019, 12:00 p.m. AKDT",
                "2019-09-26T12:00 AKDT",
            ),
            ("12:00 NZST 26 September 2019", "2019-09-26T12:00 NZST"),
            ("26 September 2019 12:00 CST", "2019-09-26T12:00"),
            ("26 September 2019 12:00 PRINT", "2019-09-26T12:00"),
            ("26 September 2019 12:00 AFP", "2019-09-26T12:00"),
            ("26 September 2019 12:00 east", "2019-09-26T12:00"),
        ] {
            let values: Vec<String> = find(line).into_iter().map(|stamp| stamp.value).collect();
            assert_eq!(values, [value], "{line}");
        }
    }
}
