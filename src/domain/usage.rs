//! Usage: what each key asked for, by day in UTC.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::id::Id;
use super::time::Timestamp;

/// The counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Requests, whatever they were answered with.
    pub requests: i64,
    /// Articles in the answers.
    pub articles: i64,
    /// Bytes of the answers' content, as they were sent.
    pub bytes: i64,
}

impl Counts {
    /// Adds what was counted elsewhere.
    pub const fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.articles += other.articles;
        self.bytes += other.bytes;
    }
}

/// The key of a count: a day in UTC, as days since 1970-01-01, and a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DayOfKey {
    /// The day.
    pub day: i64,
    /// The key.
    pub key: Id,
}

impl DayOfKey {
    /// The day of an instant.
    #[must_use]
    pub const fn at(now: Timestamp, key: Id) -> Self {
        Self {
            day: now.millis().div_euclid(86_400_000),
            key,
        }
    }
}

/// Filters of the usage; days are days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsageQuery {
    /// The first day.
    pub from: i64,
    /// The last day.
    pub to: i64,
    /// One key only.
    pub key: Option<Id>,
}

/// The usage of one key on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Usage {
    /// The day in UTC.
    pub day: NaiveDate,
    /// The key.
    #[schema(value_type = String, format = "uuid")]
    pub key: Id,
    /// The key's name.
    #[schema(example = "Morning Courier")]
    pub name: Option<String>,
    /// Requests, whatever they were answered with.
    #[schema(example = 1_204)]
    pub requests: i64,
    /// Articles in the answers.
    #[schema(example = 23_012)]
    pub articles: i64,
    /// Bytes of the answers' content, as they were sent.
    #[schema(example = 48_120_331)]
    pub bytes: i64,
}
