//! Messages of webhooks: what waits, what became of each, and when one that failed is tried again.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use xxhash_rust::xxh3::xxh3_64;

use super::id::Id;
use super::retry_after::{LONGEST_WAIT, RetryAfter};
use super::time::Timestamp;
use super::webhook::Event;

/// The order in which messages of a subscription wait: within a lane each waits for the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Messages that follow from the change log.
    Log,
    /// Messages that are sent again on request.
    Replay,
    /// A test, which is tried once and waits for nothing.
    Test,
}

impl Lane {
    /// Every lane, in the order in which they are looked at.
    pub const ALL: [Self; 3] = [Self::Test, Self::Replay, Self::Log];

    /// The word that is stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Replay => "replay",
            Self::Test => "test",
        }
    }
}

/// The state of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// It waits for its turn, or to be tried again.
    Pending,
    /// The receiver answered 2xx.
    Delivered,
    /// It was given up. Where the subscription is switched on again, it is tried again.
    Failed,
    /// It was not sent, since the article may no longer be shown; another message says that it must go.
    Skipped,
}

impl DeliveryStatus {
    const ALL: [Self; 4] = [Self::Pending, Self::Delivered, Self::Failed, Self::Skipped];

    /// The word that is stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }

    /// Reads the word that is stored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// One message to one subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Identity of this sending; a replay of the same message has its own.
    pub id: Id,
    /// The subscription.
    pub webhook: Id,
    /// The reason for sending it.
    pub lane: Lane,
    /// The event.
    pub event: Event,
    /// State of the message.
    pub status: DeliveryStatus,
    /// Number of attempts.
    pub attempts: i32,
    /// Number of attempts since the webhook was last switched on.
    pub tries: i32,
    /// Time of the first attempt since then.
    pub first_at: Option<Timestamp>,
    /// Time of the next attempt, while it waits.
    pub next_at: Timestamp,
    /// Time at which it was added to the log.
    pub created_at: Timestamp,
    /// Time at which it was delivered, given up or skipped.
    pub done_at: Option<Timestamp>,
}

/// One try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Time.
    pub at: Timestamp,
    /// Duration in milliseconds.
    pub duration_ms: i64,
    /// The status of the answer; `None` where none came.
    pub status: Option<u16>,
    /// Reason for which no answer came.
    pub error: Option<String>,
    /// The start of the answer's content.
    pub response: Option<String>,
}

impl Attempt {
    /// True if the receiver has taken the message.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.status
            .is_some_and(|status| (200..300).contains(&status))
    }
}

/// One try, and what else is worth knowing of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The try.
    pub attempt: Attempt,
    /// The time at which the receiver wants the next attempt.
    pub retry_after: Option<RetryAfter>,
    /// Number of articles in the message.
    pub articles: i64,
    /// The length of the message.
    pub bytes: i64,
}

/// For how long a message is tried, in milliseconds: three days.
pub const GIVE_UP_AFTER: i64 = 3 * 86_400_000;
/// The wait after the first failure.
const FIRST_WAIT: i64 = 5_000;

/// The time of the next attempt for a message that was first tried at `first` and failed at `now`, for the `attempts`th
/// time; `None` after the last attempt. The wait grows fourfold from five seconds to six hours, give or take a fifth, so
/// that receivers which fail together are not all tried together again; the last attempt is three days after the first.
#[must_use]
pub fn next_attempt(
    message: &str,
    attempts: i32,
    first: Timestamp,
    now: Timestamp,
    retry_after: Option<RetryAfter>,
) -> Option<Timestamp> {
    let last = first.millis() + GIVE_UP_AFTER;
    if now.millis() >= last {
        return None;
    }
    let doublings = u32::try_from(attempts.saturating_sub(1).clamp(0, 10)).unwrap_or(0);
    let wait = (FIRST_WAIT * 4_i64.pow(doublings)).min(LONGEST_WAIT);
    let chance = xxh3_64(format!("{message} {attempts}").as_bytes()) % 401;
    let per_mille = 800 + i64::try_from(chance).unwrap_or(0);
    let asked = retry_after.map_or(0, |asked| asked.wait_from(now));
    let wait = (wait * per_mille / 1_000).max(asked);
    Some(Timestamp::from_millis((now.millis() + wait).min(last)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_with_jitter_and_end_after_three_days() {
        let first = Timestamp::from_millis(0);
        let (mut now, mut attempts, mut waits) = (first, 1, Vec::new());
        while let Some(next) = next_attempt("evt_1", attempts, first, now, None) {
            waits.push(next.millis() - now.millis());
            (now, attempts) = (next, attempts + 1);
        }
        assert_eq!(now.millis(), GIVE_UP_AFTER);
        assert!((15..30).contains(&attempts), "{attempts}");
        assert!((4_000..=6_000).contains(&waits[0]), "{waits:?}");
        assert!(waits.iter().all(|wait| *wait <= LONGEST_WAIT * 6 / 5));
        let other = next_attempt("evt_2", 1, first, first, None)
            .unwrap()
            .millis();
        assert_ne!(other, waits[0]);
    }

    #[test]
    fn a_receiver_may_ask_for_more_time_but_not_for_ever() {
        let at = Timestamp::from_millis(0);
        let asked = |seconds| {
            next_attempt("evt", 1, at, at, Some(RetryAfter::Seconds(seconds)))
                .unwrap()
                .millis()
        };
        assert_eq!(asked(60), 60_000);
        assert_eq!(asked(i64::MAX), LONGEST_WAIT);
        assert!(asked(-5) >= 4_000);
    }
}
