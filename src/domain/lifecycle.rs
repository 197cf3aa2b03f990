//! The life of an article: which state may follow which, as one table.

use super::article::{ArticleContent, Status, Withdrawal, WithdrawalReason};
use super::error::Invalid;
use super::time::Timestamp;

/// The states that may follow each state, itself included where a new version may stay in it.
const NEXT: [(Status, &[Status]); 4] = [
    (
        Status::Draft,
        &[
            Status::Draft,
            Status::Scheduled,
            Status::Published,
            Status::Withdrawn,
        ],
    ),
    (
        Status::Scheduled,
        &[
            Status::Draft,
            Status::Scheduled,
            Status::Published,
            Status::Withdrawn,
        ],
    ),
    // What is public is not put back on the calendar in one step: that would take it down unnoticed.
    (
        Status::Published,
        &[Status::Draft, Status::Published, Status::Withdrawn],
    ),
    (
        Status::Withdrawn,
        &[
            Status::Draft,
            Status::Scheduled,
            Status::Published,
            Status::Withdrawn,
        ],
    ),
];

impl Status {
    /// True if an article in this state may come into state `next`.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        NEXT.iter()
            .any(|(from, to)| *from == self && to.contains(&next))
    }
}

/// A step in the life of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A draft, seen by nobody without a key.
    Draft,
    /// Public: now, or at the time given where that is still to come.
    Publish(Option<Timestamp>),
    /// Taken down.
    Withdraw {
        /// Reason of the withdrawal.
        reason: WithdrawalReason,
        /// For the desk only.
        note: Option<String>,
    },
}

impl Step {
    /// The state that it leads to.
    #[must_use]
    pub fn target(&self, now: Timestamp) -> Status {
        match self {
            Self::Draft => Status::Draft,
            Self::Publish(Some(at)) if *at > now => Status::Scheduled,
            Self::Publish(_) => Status::Published,
            Self::Withdraw { .. } => Status::Withdrawn,
        }
    }

    /// Takes the step. `was_public`: whether the public sees the article, or has seen what is now withdrawn.
    ///
    /// # Errors
    /// `invalid_transition`, where the table does not lead from the present state to that one.
    pub fn take(
        self,
        content: &mut ArticleContent,
        was_public: bool,
        now: Timestamp,
    ) -> Result<(), Invalid> {
        let (from, to) = (content.status, self.target(now));
        if !from.may_become(to) {
            let detail = format!(
                "an article that is {} cannot become {}",
                from.as_str(),
                to.as_str()
            );
            return Err(Invalid::new("invalid_transition", detail));
        }
        let tombstone = content.withdrawn.take();
        content.status = to;
        let planned = content.publish_at.take();
        let date_is_plan = planned.is_some() && content.published_at == planned;
        match self {
            Self::Draft => {}
            Self::Publish(at) if to == Status::Scheduled => {
                content.publish_at = at;
                if date_is_plan {
                    content.published_at = at;
                }
            }
            Self::Publish(at) => {
                let replaced = date_is_plan && at.is_some();
                let date = content.published_at.filter(|_| !replaced);
                content.published_at = date.or(at).or(Some(now));
            }
            Self::Withdraw { reason, note } => {
                let before = tombstone.as_ref();
                content.withdrawn = Some(Withdrawal {
                    at: before.map_or(now, |t| t.at),
                    reason,
                    was_public: was_public || before.is_some_and(|t| t.was_public),
                    note: note.or_else(|| before?.note.clone()),
                });
            }
        }
        Ok(())
    }
}

/// Keeps content from being public before its date: with `published_at` or `publish_at` still to come it is scheduled for
/// the later of the two. Returns `true` if it changed the state or the time. Every version passes through here.
pub fn hold_until_date(content: &mut ArticleContent, now: Timestamp) -> bool {
    let to_come = |at: Option<Timestamp>| at.filter(|at| *at > now);
    let date = to_come(content.published_at);
    let before = (content.status, content.publish_at);
    match content.status {
        Status::Published => {
            content.published_at = content.published_at.or(content.publish_at);
            content.publish_at = date.max(to_come(content.publish_at));
            if content.publish_at.is_some() {
                content.status = Status::Scheduled;
            }
        }
        Status::Scheduled => content.publish_at = date.max(content.publish_at),
        Status::Draft | Status::Withdrawn => {}
    }
    before.0 != content.status || (before.1 != content.publish_at && content.publish_at.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(status: Status, published: Option<i64>, planned: Option<i64>) -> ArticleContent {
        let content = serde_json::json!({
            "work": "018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b", "lang": "en", "slug": "a", "title": "A",
            "status": status, "details": {}, "body": "",
            "published_at": published.map(Timestamp::from_millis),
            "publish_at": planned.map(Timestamp::from_millis),
        });
        serde_json::from_value(content).unwrap()
    }

    #[test]
    fn nothing_is_public_before_its_date() {
        use Status::{Draft, Published, Scheduled, Withdrawn};
        for (status, published, planned, held) in [
            (Published, Some(9), None, (Scheduled, Some(9), Some(9))),
            (Published, Some(1), Some(9), (Scheduled, Some(1), Some(9))),
            (Published, Some(8), Some(9), (Scheduled, Some(8), Some(9))),
            (Published, None, Some(9), (Scheduled, Some(9), Some(9))),
            (Published, None, Some(1), (Published, Some(1), None)),
            (Published, Some(5), None, (Published, Some(5), None)),
            (Scheduled, Some(9), Some(7), (Scheduled, Some(9), Some(9))),
            (Scheduled, Some(9), None, (Scheduled, Some(9), Some(9))),
            (Scheduled, Some(7), Some(9), (Scheduled, Some(7), Some(9))),
            (Draft, Some(9), None, (Draft, Some(9), None)),
            (Withdrawn, Some(9), None, (Withdrawn, Some(9), None)),
        ] {
            let mut content = content(status, published, planned);
            hold_until_date(&mut content, Timestamp::from_millis(5));
            let found = (
                content.status,
                content.published_at.map(Timestamp::millis),
                content.publish_at.map(Timestamp::millis),
            );
            assert_eq!(found, held, "{status:?} {published:?} {planned:?}");
            assert!(!hold_until_date(&mut content, Timestamp::from_millis(5)));
        }
    }

    #[test]
    fn a_plan_that_moves_takes_its_date_along() {
        let now = Timestamp::from_millis(5);
        for (published, moved) in [(Some(9), Some(7)), (Some(1), Some(1)), (None, None)] {
            let mut content = content(Status::Scheduled, published, Some(9));
            let at = Timestamp::from_millis(7);
            Step::Publish(Some(at))
                .take(&mut content, false, now)
                .unwrap();
            let dates = (
                content.publish_at,
                content.published_at.map(Timestamp::millis),
            );
            assert_eq!(dates, (Some(at), moved));
        }
    }

    #[test]
    fn every_state_has_its_line_and_every_state_can_be_left() {
        for status in Status::ALL {
            assert!(status.may_become(status), "{status:?} can be edited");
            assert!(status.may_become(Status::Withdrawn));
            assert!(status.may_become(Status::Draft), "{status:?} can go back");
        }
        assert!(!Status::Published.may_become(Status::Scheduled));
    }
}
