//! Dates as records write them: an instant, a local time, a day, a month or a year.

use std::sync::LazyLock;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use chrono_tz::Tz;
use regex::{Captures, Regex};

use crate::domain::error::Invalid;
use crate::domain::time::Timestamp;

/// ISO 8601's calendar dates cut at any place, with the spaces and spellings of offsets that exports of databases have.
static WRITTEN: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = concat!(
        r"^(?<year>[0-9]{4})(?:-(?<month>[0-9]{2})(?:-(?<day>[0-9]{2})",
        r"(?:(?:[Tt]| +)(?<hour>[0-9]{2}):(?<minute>[0-9]{2})(?::(?<second>[0-9]{2})(?:[.,](?<fraction>[0-9]+))?)?",
        r" *(?<zone>[Zz]|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?)?)?)?$",
    );
    #[expect(clippy::unwrap_used, reason = "the pattern is a constant, and tested")]
    Regex::new(pattern).unwrap()
});

/// A date as exact as it was written, within the years 1 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrittenDate {
    /// With an offset: the same instant everywhere.
    Instant(Timestamp),
    /// The time on the clocks of the edition's zone.
    Local(NaiveDateTime),
    /// A day.
    Day(NaiveDate),
    /// A month, by its first day.
    Month(NaiveDate),
    /// A year, by its first day.
    Year(NaiveDate),
}

/// The part of an instant that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// The year alone.
    Year,
    /// Year and month.
    Month,
    /// The day.
    Day,
    /// The time of day too.
    Time,
}

impl WrittenDate {
    /// Reads ISO 8601's `2018`, `2018-03`, `2018-03-09` and `2018-03-09T09:00:00.123-04:00`, the last also with a space for
    /// the `T`, without seconds, without an offset, and with the offset as ` -0400`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        WRITTEN
            .captures(text.trim())
            .and_then(|parts| read(&parts))
            .ok_or_else(|| {
                Invalid::new(
                    "invalid_date",
                    "a date is 2018, 2018-03, 2018-03-09, 2018-03-09T09:00:00 or 2018-03-09T09:00:00-04:00",
                )
            })
    }

    /// True if a database wrote that there is no date: `0000-00-00 00:00:00` and the like.
    #[must_use]
    pub fn is_zero(text: &str) -> bool {
        text.trim().starts_with("0000")
    }

    /// The instant in an edition whose clocks are those of `zone`: its own, or the first that the written part covers.
    #[must_use]
    pub fn resolve(self, zone: Tz) -> Timestamp {
        let local = match self {
            Self::Instant(at) => return at,
            Self::Local(local) => local,
            Self::Day(day) | Self::Month(day) | Self::Year(day) => day.and_time(NaiveTime::MIN),
        };
        // The first and last hours of the range may leave it in the zone's offset, but never in UTC.
        Timestamp::from_local(local, zone)
            .or_else(|| Timestamp::from_local(local, Tz::UTC))
            .unwrap_or(Timestamp::NEVER)
    }

    /// The part of it that was written.
    #[must_use]
    pub const fn precision(self) -> Precision {
        match self {
            Self::Instant(_) | Self::Local(_) => Precision::Time,
            Self::Day(_) => Precision::Day,
            Self::Month(_) => Precision::Month,
            Self::Year(_) => Precision::Year,
        }
    }
}

fn read(parts: &Captures<'_>) -> Option<WrittenDate> {
    let number = |name| parts.name(name).and_then(|part| part.as_str().parse().ok());
    let year = i32::try_from(number("year")?)
        .ok()
        .filter(|year| *year > 0)?;
    let Some(month) = number("month") else {
        return NaiveDate::from_ymd_opt(year, 1, 1).map(WrittenDate::Year);
    };
    let Some(day) = number("day") else {
        return NaiveDate::from_ymd_opt(year, month, 1).map(WrittenDate::Month);
    };
    let date = NaiveDate::from_ymd_opt(year, month, day)?;
    let Some(hour) = number("hour") else {
        return Some(WrittenDate::Day(date));
    };
    let fraction = parts.name("fraction").map_or("", |part| part.as_str());
    let time = time_of_day(
        hour,
        number("minute")?,
        number("second").unwrap_or(0),
        fraction,
    )?;
    let local = date.and_time(time);
    match parts.name("zone") {
        None => Some(WrittenDate::Local(local)),
        Some(zone) => {
            let at = offset(zone.as_str())?
                .from_local_datetime(&local)
                .single()?;
            instant(at).map(WrittenDate::Instant)
        }
    }
}

/// A second 60 is a leap second; chrono keeps it as the 59th with more than a second of nanoseconds.
fn time_of_day(hour: u32, minute: u32, second: u32, fraction: &str) -> Option<NaiveTime> {
    let nanos: u32 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    if second == 60 {
        return NaiveTime::from_hms_nano_opt(hour, minute, 59, 1_000_000_000 + nanos);
    }
    NaiveTime::from_hms_nano_opt(hour, minute, second, nanos)
}

fn offset(zone: &str) -> Option<FixedOffset> {
    let (sign, digits) = match zone.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return FixedOffset::east_opt(0),
    };
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    let hours: i32 = digits.get(..2)?.parse().ok()?;
    let minutes: i32 = digits.get(2..4).map_or(Some(0), |text| text.parse().ok())?;
    (minutes < 60).then_some(())?;
    FixedOffset::east_opt(sign * (hours * 3600 + minutes * 60))
}

/// Milliseconds, within the range that `Timestamp::parse` keeps to.
fn instant(at: DateTime<FixedOffset>) -> Option<Timestamp> {
    Timestamp::parse(&at.to_utc().to_rfc3339()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(text: &str, zone: Tz) -> (String, Precision) {
        let date = WrittenDate::parse(text).unwrap();
        (date.resolve(zone).to_string(), date.precision())
    }

    #[test]
    fn an_instant_is_itself_in_every_zone_however_its_offset_is_spelled() {
        for text in [
            "2018-03-09 09:00:00 -0400",
            "2018-03-09T09:00:00-04:00",
            "2018-03-09T09:00-04",
            "2018-03-09t13:00:00z",
            "2018-03-09 13:00:00 UTC",
            "2018-03-09T13:00:00.000000+00:00",
        ] {
            for zone in [Tz::UTC, Tz::Asia__Shanghai] {
                assert_eq!(
                    resolved(text, zone),
                    ("2018-03-09T13:00:00Z".to_owned(), Precision::Time),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn a_fraction_of_any_length_is_kept_to_the_millisecond() {
        for (text, at) in [
            ("2021-06-30T14:00:00.5Z", "2021-06-30T14:00:00.500Z"),
            (
                "2021-06-30T14:00:00,123456789123Z",
                "2021-06-30T14:00:00.123Z",
            ),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ] {
            assert_eq!(resolved(text, Tz::UTC).0, at);
        }
    }

    #[test]
    fn what_names_no_offset_is_read_on_the_clocks_of_the_edition() {
        for (text, at, precision) in [
            (
                "1987-02-26T15:03:27",
                "1987-02-26T07:03:27Z",
                Precision::Time,
            ),
            ("2019-09-26T10:56", "2019-09-26T02:56:00Z", Precision::Time),
            ("2022-11-25", "2022-11-24T16:00:00Z", Precision::Day),
            ("2022-05", "2022-04-30T16:00:00Z", Precision::Month),
            ("1999", "1998-12-31T16:00:00Z", Precision::Year),
        ] {
            assert_eq!(
                resolved(text, Tz::Asia__Shanghai),
                (at.to_owned(), precision)
            );
        }
    }

    #[test]
    fn the_first_and_the_last_day_of_the_range_resolve_in_every_zone() {
        for text in ["0001", "9999-12-31T23:59:59"] {
            for zone in [Tz::Asia__Shanghai, Tz::America__Los_Angeles, Tz::UTC] {
                let at = WrittenDate::parse(text).unwrap().resolve(zone);
                assert!(at > Timestamp::NEVER, "{text} in {zone}");
            }
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "yesterday",
            "0000",
            "2018-13",
            "2018-02-30",
            "2018-2-3",
            "18-02-03",
            "2018-03-09T25:00",
            "2018-03-09T10:61:00Z",
            "2018-03-09T10:00:00+25:00",
            "2018-03-09T10:00:00+01:75",
            "2018-03-09T",
            "12018-03-09",
            "9999-12-31T23:59:59-10:00",
            "٢٠١٨-03-09",
        ] {
            assert_eq!(
                WrittenDate::parse(text).unwrap_err().code,
                "invalid_date",
                "{text}"
            );
        }
    }
}
