//! Instants in UTC, civil dates in an edition's time zone, and the clock.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use chrono::{
    DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, TimeZone, Utc,
};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::error::Invalid;

/// An instant: milliseconds since 1970-01-01T00:00:00Z, within the years 1 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The sort key of what has no date: before every date that can be written.
    pub const NEVER: Self = Self(-62_167_219_200_000);

    /// From milliseconds since the Unix epoch.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// The instant as chrono's type.
    #[must_use]
    pub fn to_utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default()
    }

    /// Reads an RFC 3339 instant, with any offset.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        DateTime::parse_from_rfc3339(text)
            .ok()
            .and_then(|at| Self::within_range(at.to_utc()))
            .ok_or_else(|| {
                Invalid::new(
                    "invalid_time",
                    "a time is RFC 3339 with an offset, such as 2022-11-24T16:00:00Z",
                )
            })
    }

    fn within_range(at: DateTime<Utc>) -> Option<Self> {
        // A leap second is counted into the next minute, which may lie in another year.
        let at = DateTime::from_timestamp_millis(at.timestamp_millis())?;
        (1..=9999)
            .contains(&at.year())
            .then(|| Self(at.timestamp_millis()))
    }

    /// The instant at which `local` is read on the clocks of `zone`. A time that the zone skips (summer time begins)
    /// moves forward by the gap; of one that comes twice, the first is meant.
    #[must_use]
    pub fn from_local(local: NaiveDateTime, zone: Tz) -> Option<Self> {
        let found = zone.from_local_datetime(&local);
        let at = found
            .earliest()
            .or_else(|| {
                zone.from_local_datetime(&(local + chrono::Duration::hours(1)))
                    .earliest()
            })
            .or_else(|| {
                zone.from_local_datetime(&(local + chrono::Duration::hours(24)))
                    .earliest()
            })?;
        Self::within_range(at.to_utc())
    }

    /// The civil date of the instant in `zone`.
    #[must_use]
    pub fn date_in(self, zone: Tz) -> NaiveDate {
        self.to_utc().with_timezone(&zone).date_naive()
    }

    /// The instant in the form of HTTP dates (RFC 9110, section 5.6.7), whole seconds.
    #[must_use]
    pub fn to_http_date(self) -> String {
        self.to_utc()
            .format("%a, %d %b %Y %H:%M:%S GMT")
            .to_string()
    }
}

/// The first instant of `date` in `zone`, and the last millisecond before the next day. At the edges of the calendar, where
/// the zone's offset leaves it, the day is that of UTC.
#[must_use]
pub fn day_bounds(date: NaiveDate, zone: Tz) -> (Timestamp, Timestamp) {
    let midnight = date.and_time(NaiveTime::MIN);
    let start = Timestamp::from_local(midnight, zone)
        .unwrap_or(Timestamp(midnight.and_utc().timestamp_millis()));
    let next = date
        .checked_add_days(Days::new(1))
        .and_then(|next| Timestamp::from_local(next.and_time(NaiveTime::MIN), zone));
    let end = next.map_or(start.0 + 86_399_999, |next| next.0 - 1);
    (start, Timestamp(end))
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format = if self.0 % 1000 == 0 {
            SecondsFormat::Secs
        } else {
            SecondsFormat::Millis
        };
        f.write_str(&self.to_utc().to_rfc3339_opts(format, true))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

/// The source of "now": the system, a server that several nodes share, or a hand that tests move.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The system's clock.
    System,
    /// The clock of a server, whatever the system's says.
    Server(Arc<ServerClock>),
    /// A clock that stands still until it is moved.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The current instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp(Utc::now().timestamp_millis()),
            Self::Server(clock) => clock.now(),
            Self::Manual(millis) => Timestamp(millis.load(Ordering::SeqCst)),
        }
    }

    /// Milliseconds by a clock that nobody sets: for durations, not for dates.
    #[must_use]
    pub fn steady_millis(&self) -> u64 {
        match self {
            Self::System | Self::Server(_) => {
                u64::try_from(START.elapsed().as_millis()).unwrap_or(u64::MAX)
            }
            Self::Manual(millis) => u64::try_from(millis.load(Ordering::SeqCst)).unwrap_or(0),
        }
    }
}

/// Start of steady time for this process.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// A server's clock: what it said last, and the steady time that has passed since. Setting the system's clock does not
/// move it.
#[derive(Debug)]
pub struct ServerClock {
    begun: Instant,
    /// Server's clock at `begun`, in milliseconds since the Unix epoch.
    at_begin: AtomicI64,
}

impl ServerClock {
    /// A clock that agrees with a server's, which says `now`.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self {
            begun: Instant::now(),
            at_begin: AtomicI64::new(now.millis()),
        }
    }

    /// Sets it anew by the server's, which says `now`.
    pub fn set(&self, now: Timestamp) {
        self.at_begin
            .store(now.millis() - self.elapsed(), Ordering::Relaxed);
    }

    fn now(&self) -> Timestamp {
        Timestamp(self.at_begin.load(Ordering::Relaxed) + self.elapsed())
    }

    fn elapsed(&self) -> i64 {
        i64::try_from(self.begun.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_clock_goes_on_from_what_the_server_said() {
        let clock = ServerClock::new(Timestamp(1_000));
        assert!((1_000..60_000).contains(&clock.now().millis()));
        clock.set(Timestamp(5_000_000));
        assert!((5_000_000..5_060_000).contains(&clock.now().millis()));
    }

    #[test]
    fn milliseconds_are_printed_only_when_they_are_not_zero() {
        assert_eq!(
            Timestamp::from_millis(1_669_305_600_000).to_string(),
            "2022-11-24T16:00:00Z"
        );
        assert_eq!(
            Timestamp::from_millis(1_669_305_600_120).to_string(),
            "2022-11-24T16:00:00.120Z"
        );
    }

    #[test]
    fn a_day_is_the_day_of_its_zone_also_when_summer_time_begins() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 29).unwrap();
        let (start, end) = day_bounds(day, chrono_tz::Europe::Paris);
        assert_eq!(end.millis() - start.millis() + 1, 23 * 3_600_000);
        assert_eq!(start.date_in(chrono_tz::Europe::Paris), day);
        assert_eq!(end.date_in(chrono_tz::Europe::Paris), day);
    }

    #[test]
    fn a_time_without_an_offset_or_out_of_range_is_refused() {
        for text in [
            "2022-11-24",
            "2022-11-24T16:00:00",
            "",
            "9999-12-31T23:59:59-10:00",
            "12022-11-24T16:00:00Z",
            "9999-12-31T23:59:60Z",
        ] {
            assert!(Timestamp::parse(text).is_err(), "{text}");
        }
    }
}
