//! The Retry-After header field (RFC 9110, section 10.2.3), as others send it.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::DateTime;

use super::time::Timestamp;

/// The longest wait that a server of others can ask for, in milliseconds: six hours.
pub const LONGEST_WAIT: i64 = 6 * 3_600_000;

/// The time at which a server wants the next attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// After so many seconds.
    Seconds(i64),
    /// At an instant.
    At(Timestamp),
}

impl RetryAfter {
    /// Reads the field's value: whole seconds, or a date in any of the three forms of RFC 9110, section 5.6.7,
    /// or with the numeric zone of mail.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(Self::Seconds(text.parse().unwrap_or(i64::MAX)));
        }
        // Many servers write the numeric zone of mail (RFC 5322, section 3.3) in the place of GMT.
        let mail = || {
            DateTime::parse_from_rfc2822(text)
                .ok()
                .map(SystemTime::from)
        };
        let date = httpdate::parse_http_date(text).ok().or_else(mail)?;
        let since = date.duration_since(UNIX_EPOCH).ok()?;
        let millis = i64::try_from(since.as_millis()).ok()?;
        Some(Self::At(Timestamp::from_millis(millis)))
    }

    /// The wait from `now`, in milliseconds: 0 where the time is over, and at most [`LONGEST_WAIT`].
    #[must_use]
    pub fn wait_from(self, now: Timestamp) -> i64 {
        let wait = match self {
            Self::Seconds(seconds) => seconds.saturating_mul(1_000),
            Self::At(at) => at.millis().saturating_sub(now.millis()),
        };
        wait.clamp(0, LONGEST_WAIT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(text: &str) -> Option<i64> {
        let now = Timestamp::parse("2026-11-29T12:00:00Z").unwrap();
        RetryAfter::parse(text).map(|asked| asked.wait_from(now))
    }

    #[test]
    fn seconds_and_every_form_of_a_date_are_read() {
        for text in [
            "90",
            " 90 ",
            "Sun, 29 Nov 2026 12:01:30 GMT",
            "Sun, 29 Nov 2026 12:01:30 +0000",
            "Sun, 29 Nov 2026 14:01:30 +0200",
            "Sunday, 29-Nov-26 12:01:30 GMT",
            "Sun Nov 29 12:01:30 2026",
        ] {
            assert_eq!(wait(text), Some(90_000), "{text}");
        }
    }

    #[test]
    fn a_wait_is_neither_negative_nor_longer_than_six_hours() {
        for text in [
            "0",
            "Sun, 29 Nov 2026 11:59:59 GMT",
            "Thu, 01 Jan 1970 00:00:00 GMT",
        ] {
            assert_eq!(wait(text), Some(0), "{text}");
        }
        for text in [
            "21601",
            "99999999999999999999999999",
            "Mon, 29 Nov 2027 12:00:00 GMT",
            "Fri, 31 Dec 9999 23:59:59 GMT",
        ] {
            assert_eq!(wait(text), Some(LONGEST_WAIT), "{text}");
        }
    }

    #[test]
    fn anything_else_asks_for_nothing() {
        for text in [
            "",
            "-5",
            "+5",
            "1.5",
            "soon",
            "5, 6",
            "2026-11-29T12:01:30Z",
        ] {
            assert_eq!(wait(text), None, "{text}");
        }
    }
}
