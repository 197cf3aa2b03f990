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
    /// Whether an article in this state may come into state `next`.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        NEXT.iter()
            .any(|(from, to)| *from == self && to.contains(&next))
    }
}

/// What is to become of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A draft, seen by nobody without a key.
    Draft,
    /// Public: now, or at the time given where that is still to come.
    Publish(Option<Timestamp>),
    /// Taken down.
    Withdraw {
        /// Why.
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
        content.publish_at = None;
        match self {
            Self::Draft => {}
            Self::Publish(at) if to == Status::Scheduled => content.publish_at = at,
            Self::Publish(at) => {
                content.published_at = content.published_at.or(at).or(Some(now));
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

#[cfg(test)]
mod tests {
    use super::*;

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
