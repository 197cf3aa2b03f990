//! Times in filters: an instant, or a bare date or year that means all of its days.

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;

use crate::domain::error::Invalid;
use crate::domain::query::Range;
use crate::domain::time::{Timestamp, day_bounds};
use crate::http::request::query::Query;

/// One end of a range, as the client wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    Instant(Timestamp),
    /// From the first to the last of these days.
    Days(NaiveDate, NaiveDate),
}

impl Moment {
    /// Reads an RFC 3339 instant, a date or a year. A `+` before the offset that the query string turned into a space is one again.
    pub(crate) fn parse(text: &str) -> Result<Self, Invalid> {
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        let in_range = |date: &NaiveDate| text.len() == 10 && (1..=9999).contains(&date.year());
        if let Some(date) = date.filter(in_range) {
            return Ok(Self::Days(date, date));
        }
        if let Some(year) = whole_year(text) {
            return Ok(year);
        }
        let instant = match text.len().checked_sub(6) {
            Some(at) if text.as_bytes()[at] == b' ' => text.replacen(' ', "+", 1),
            _ => text.to_owned(),
        };
        Timestamp::parse(&instant).map(Self::Instant).map_err(|_| {
            let detail = "a date such as 2022-11-24, a year such as 2022, or RFC 3339 with an offset such as 2022-11-24T16:00:00Z";
            Invalid::new("invalid_time", detail)
        })
    }
}

fn whole_year(text: &str) -> Option<Moment> {
    let digits = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    let year: i32 = digits.then(|| text.parse().ok()).flatten()?;
    let first = NaiveDate::from_ymd_opt(year, 1, 1).filter(|first| first.year() > 0)?;
    Some(Moment::Days(first, NaiveDate::from_ymd_opt(year, 12, 31)?))
}

/// A range whose ends are inclusive and whose days are still to be placed in a time zone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Period {
    from: Option<Moment>,
    to: Option<Moment>,
}

impl Period {
    /// Reads `{name}_from` and `{name}_to`.
    pub(crate) fn read(query: &mut Query, name: &str) -> Self {
        Self::between(query, &format!("{name}_from"), &format!("{name}_to"))
    }

    /// Reads the parameters that name its ends.
    pub(crate) fn between(query: &mut Query, from: &str, to: &str) -> Self {
        Self {
            from: query.parsed(from, Moment::parse),
            to: query.parsed(to, Moment::parse),
        }
    }

    /// True if it needs a time zone to become an instant.
    pub(crate) fn has_days(self) -> bool {
        let is_day = |moment| matches!(moment, Some(Moment::Days(..)));
        is_day(self.from) || is_day(self.to)
    }

    /// The range in `zone`.
    pub(crate) fn in_zone(self, zone: Tz) -> Range {
        let start = |moment| match moment {
            Moment::Instant(at) => at,
            Moment::Days(first, _) => day_bounds(first, zone).0,
        };
        let end = |moment| match moment {
            Moment::Instant(at) => at,
            Moment::Days(_, last) => day_bounds(last, zone).1,
        };
        Range {
            from: self.from.map(start),
            to: self.to.map(end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_whole_in_its_zone_and_an_instant_is_itself() {
        let day = |text| Moment::parse(text).ok();
        let period = Period {
            from: day("2022-11-25"),
            to: day("2022-11-25"),
        };
        let range = period.in_zone(chrono_tz::Asia::Shanghai);
        assert_eq!(range.from.unwrap().to_string(), "2022-11-24T16:00:00Z");
        assert_eq!(range.to.unwrap().to_string(), "2022-11-25T15:59:59.999Z");
        assert!(period.has_days());
        let year = Period {
            from: day("2022"),
            to: day("2022"),
        };
        let range = year.in_zone(Tz::UTC);
        assert_eq!(range.from.unwrap().to_string(), "2022-01-01T00:00:00Z");
        assert_eq!(range.to.unwrap().to_string(), "2022-12-31T23:59:59.999Z");
        assert_eq!(
            Moment::parse("2022-11-24T17:00:00 01:00"),
            Moment::parse("2022-11-24T16:00:00Z")
        );
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "0000",
            "202",
            "2022-13-01",
            "2022-02-30",
            "22-1-1",
            "2022-1-1",
            "2022-11-24T16:00:00",
            "+2022-11-24",
            "yesterday",
        ] {
            assert!(Moment::parse(text).is_err(), "{text}");
        }
    }
}
