//! Dates as feeds and pages write them: mail's (RFC 5322, with the deviations that are met), else ISO 8601.

use chrono::{DateTime, NaiveDate, NaiveTime};

use crate::domain::time::{Clock, Timestamp};

use super::date::WrittenDate;
use super::record::Finding;

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Zones by name, and their offsets in minutes (RFC 5322, section 4.3).
const ZONES: [(&str, i32); 16] = [
    ("UT", 0),
    ("UTC", 0),
    ("GMT", 0),
    ("Z", 0),
    ("EST", -300),
    ("EDT", -240),
    ("CST", -360),
    ("CDT", -300),
    ("MST", -420),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
    ("CET", 60),
    ("CEST", 120),
    ("BST", 60),
    ("JST", 540),
];

/// Zone whose clocks are the last to reach a time of day.
const LAST: &str = "-12:00";

/// A date that was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Read {
    /// The words of a record's field.
    text: String,
    /// The name of a zone that says nothing (RFC 5322, section 4.3): the text has no offset.
    zone: Option<String>,
}

impl Read {
    /// The words of the field at a JSON pointer. A time in a zone that nobody knows is one of UTC, unless it may be still to
    /// come anywhere: then it is the last that it can be, so that nothing is public before its date. Either is told.
    pub(super) fn told(self, field: &str, notes: &mut Vec<Finding>) -> String {
        self.told_at(field, notes, Clock::System.now())
    }

    fn told_at(self, field: &str, notes: &mut Vec<Finding>, now: Timestamp) -> String {
        let Some(zone) = self.zone else {
            return self.text;
        };
        let last = format!("{}{LAST}", self.text);
        let is_to_come = instant_of(&last).is_none_or(|at| at > now);
        let (taken, as_what) = match is_to_come {
            true => (last, "the last time that this can be"),
            false => (format!("{}+00:00", self.text), "a time of UTC"),
        };
        let detail = format!("{zone} is no zone that is known: {taken} is taken, {as_what}");
        notes.push(Finding::at(field, "unknown_zone", detail));
        taken
    }
}

/// A date as the words of a record's field; `None` where it is none.
pub(super) fn read(written: &str) -> Option<Read> {
    let Some((zone, others)) = unknown_zone(written) else {
        return text(written).map(|text| Read { text, zone: None });
    };
    let text = text(&others)?;
    let is_local = matches!(WrittenDate::parse(&text), Ok(WrittenDate::Local(_)));
    is_local.then_some(Read {
        text,
        zone: Some(zone),
    })
}

/// The instant of a date, the last that it can be.
pub(super) fn instant(written: &str) -> Option<Timestamp> {
    let read = read(written)?;
    match read.zone {
        Some(_) => instant_of(&format!("{}{LAST}", read.text)),
        None => instant_of(&read.text),
    }
}

fn instant_of(text: &str) -> Option<Timestamp> {
    let date = WrittenDate::parse(text).ok()?;
    Some(date.resolve(chrono_tz::UTC))
}

/// The name of a zone that is none of those that are known, behind a time that has no offset, and the date without it.
fn unknown_zone(written: &str) -> Option<(String, String)> {
    let words: Vec<&str> = uncommented(written)
        .split([' ', ',', '\t', '\n'])
        .filter(|word| !word.is_empty())
        .collect();
    if words.iter().any(|word| zone(word).is_some()) {
        return None;
    }
    let time = words.iter().position(|word| word.contains(':'))?;
    let is_name = |word: &str| {
        let is_short = (1..=5).contains(&word.len());
        is_short
            && word.chars().all(|c| c.is_ascii_alphabetic())
            && !["am", "pm", "at", "on", "of"].contains(&word.to_ascii_lowercase().as_str())
            && month(word).is_none()
            && !is_weekday(word)
    };
    let name = words.iter().skip(time + 1).position(|word| is_name(word))? + time + 1;
    let others = words.iter().enumerate().filter(|(at, _)| *at != name);
    let others: Vec<&str> = others.map(|(_, word)| *word).collect();
    Some((words[name].to_owned(), others.join(" ")))
}

fn is_weekday(word: &str) -> bool {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let word = word.to_ascii_lowercase();
    DAYS.iter().any(|day| word.starts_with(day))
}

/// A date without the name of a zone that is not known.
fn text(written: &str) -> Option<String> {
    let written = written.trim();
    if WrittenDate::is_zero(written) {
        return None;
    }
    if WrittenDate::parse(written).is_ok() {
        return Some(written.to_owned());
    }
    if let Ok(date) = DateTime::parse_from_rfc2822(written) {
        return Some(date.to_rfc3339());
    }
    let iso = written.replace(' ', "T");
    if let Ok(date) = DateTime::parse_from_rfc3339(&iso) {
        return Some(date.to_rfc3339());
    }
    // An offset that is cut off has its hours.
    if let Some((local, hours)) = written
        .rsplit_once(['+', '-'])
        .filter(|(local, _)| local.contains(':'))
        && let Some(hours) = hours.get(..2)
    {
        let whole = format!("{}{hours}:00", &written[..=local.len()]);
        if WrittenDate::parse(&whole).is_ok() {
            return Some(whole);
        }
    }
    by_words(uncommented(written))
}

/// A date without the comment behind it (RFC 5322, section 3.2.2).
fn uncommented(written: &str) -> &str {
    written.split('(').next().unwrap_or_default()
}

/// A day, a month's name, a year and perhaps a time and a zone, in whatever order. A word that is none of these may change the
/// meaning of all, so there is no date then.
fn by_words(written: &str) -> Option<String> {
    let words: Vec<&str> = written
        .split([' ', ',', '\t', '\n'])
        .filter(|word| !word.is_empty())
        .collect();
    if !words.iter().all(|word| is_of_dates(word)) {
        return None;
    }
    let month = words.iter().find_map(|word| month(word))?;
    let mut numbers = words.iter().filter_map(|word| {
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '.');
        digits
            .parse::<i32>()
            .ok()
            .filter(|_| !word.starts_with(['+', '-']) && !word.contains(':'))
    });
    let (first, second) = (numbers.next()?, numbers.next()?);
    let (day, year) = if first > 31 {
        (second, first)
    } else {
        (first, second)
    };
    let year = match year {
        0..=49 => year + 2000,
        50..=99 => year + 1900,
        year => year,
    };
    let day = NaiveDate::from_ymd_opt(year, month, u32::try_from(day).ok()?)?;
    let Some(time) = words
        .iter()
        .find(|word| word.contains(':') && !word.starts_with(['+', '-']))
    else {
        return Some(day.to_string());
    };
    let time = time_of_day(time, &words)?;
    let zone = words.iter().find_map(|word| zone(word)).unwrap_or_default();
    Some(format!("{day}T{time}{zone}"))
}

fn is_of_dates(word: &str) -> bool {
    const WORDS: [&str; 8] = ["am", "pm", "at", "on", "of", "st", "nd", "rd"];
    let letters: String = word
        .chars()
        .filter(|c| c.is_alphabetic())
        .collect::<String>()
        .to_lowercase();
    letters.is_empty()
        || letters == "th"
        || letters == "t"
        || WORDS.contains(&letters.as_str())
        || is_weekday(&letters)
        || month(word).is_some()
        || zone(word).is_some()
        || word.len() <= 4
            && word.contains(char::is_alphabetic)
            && word.chars().all(|c| c.is_ascii_uppercase())
}

fn month(word: &str) -> Option<u32> {
    let word = word.to_ascii_lowercase();
    let at = MONTHS.iter().position(|month| word.starts_with(month))?;
    u32::try_from(at + 1).ok()
}

fn time_of_day(word: &str, words: &[&str]) -> Option<NaiveTime> {
    let mut parts = word.split(':').map(|part| {
        part.trim_end_matches(|c: char| !c.is_ascii_digit())
            .parse::<u32>()
            .ok()
    });
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().flatten().unwrap_or(0).min(59);
    let has = |half: &str| {
        words
            .iter()
            .any(|word| word.to_ascii_lowercase().replace('.', "").ends_with(half))
    };
    let hour = match hour {
        12 if has("am") => 0,
        1..=11 if has("pm") => hour + 12,
        hour => hour,
    };
    NaiveTime::from_hms_opt(hour, minute, second)
}

fn zone(word: &str) -> Option<String> {
    let is_offset =
        word.starts_with(['+', '-']) && word[1..].chars().all(|c| c.is_ascii_digit() || c == ':');
    if is_offset && (3..=6).contains(&word.len()) {
        return Some(word.to_owned());
    }
    let (_, minutes) = ZONES
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(word))?;
    let sign = if *minutes < 0 { '-' } else { '+' };
    Some(format!(
        "{sign}{:02}:{:02}",
        minutes.abs() / 60,
        minutes.abs() % 60
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_they_are_met() {
        for (written, read_as) in [
            (
                "Tue, 02 Mar 2011 10:00:00 +0000",
                Some("2011-03-02T10:00:00+0000"),
            ),
            (
                "Wed, 2 Mar 2011 10:00:00 GMT",
                Some("2011-03-02T10:00:00+00:00"),
            ),
            (
                "Fri, 02 Mar 2011 10:00:00 EST",
                Some("2011-03-02T10:00:00-05:00"),
            ),
            (
                "Fri, 02 Mar 2011 10:00:00 pdt",
                Some("2011-03-02T10:00:00-07:00"),
            ),
            (
                "Fri, 02 Mar 2011 10:00:00 +0300 (AKST)",
                Some("2011-03-02T10:00:00+0300"),
            ),
            ("02 March 2011 10:00", Some("2011-03-02T10:00:00")),
            ("March 2, 2011", Some("2011-03-02")),
            ("Mar 2, 2011 3:04 PM", Some("2011-03-02T15:04:00")),
            ("2 Mar 99 10:00:00 +0100", Some("1999-03-02T10:00:00+01:00")),
            ("2011-03-02T10:00:00Z", Some("2011-03-02T10:00:00Z")),
            ("2011-03-02", Some("2011-03-02")),
            ("Mon, 30 Nov -0001 00:00:00 +0000", None),
            ("0000-00-00 00:00:00", None),
            (
                "2017-06-13T03:18:00+00:0",
                Some("2017-06-13T03:18:00+00:00"),
            ),
            ("mer, 16 nov 2022 00:38:15 +0100", None),
            ("last week", None),
            ("", None),
        ] {
            let mut notes = Vec::new();
            let text = read(written).map(|date| date.told("/at", &mut notes));
            assert_eq!((text.as_deref(), notes.len()), (read_as, 0), "{written}");
        }
    }

    #[test]
    fn a_time_in_a_zone_that_nobody_knows_is_told_and_never_read_as_earlier_than_it_may_be() {
        let now = Timestamp::parse("2024-06-03T12:00:00Z").unwrap();
        for (written, taken) in [
            (
                "Mon, 03 Jun 2024 13:00:00 AKST",
                "2024-06-03T13:00:00-12:00",
            ),
            ("Mon, 03 Jun 2024 09:00:00 ART", "2024-06-03T09:00:00-12:00"),
            ("Mon, 03 Jun 2024 01:00:00 A", "2024-06-03T01:00:00-12:00"),
            ("Mon Jun 3 11:00:00 AKST 2024", "2024-06-03T11:00:00-12:00"),
            ("2024-06-03T11:00:00 NZST", "2024-06-03T11:00:00-12:00"),
            (
                "Sun, 02 Jun 2024 10:00:00 akst",
                "2024-06-02T10:00:00+00:00",
            ),
            ("2 Mar 2011 10:00 PM IST", "2011-03-02T22:00:00+00:00"),
        ] {
            let mut notes = Vec::new();
            let text = read(written).map(|date| date.told_at("/published_at", &mut notes, now));
            assert_eq!(text.as_deref(), Some(taken), "{written}");
            assert_eq!(notes[0].code, "unknown_zone", "{written}");
        }
    }
}
