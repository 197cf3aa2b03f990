//! The state that an article comes into by the status and the times of a write.

use crate::domain::article::{ArticleContent, Status, WithdrawalReason};
use crate::domain::error::{Fault, Invalid};
use crate::domain::input::Given;
use crate::domain::lifecycle::Step;
use crate::domain::time::Timestamp;
use crate::store::articles::StoredArticle;

use super::{Commit, ServiceError};

/// The state that a write asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    /// Its `status`.
    pub(super) status: Option<Status>,
    /// Its `publish_at`.
    pub(super) publish_at: Given<Timestamp>,
}

impl Wish {
    /// The step that `status`, `publish_at` and a new `published_at` ask for; `None` where the article stays what it is.
    pub(super) fn step(
        self,
        tx: &mut Commit<'_>,
        content: &ArticleContent,
        before: Option<&StoredArticle>,
    ) -> Result<Option<Step>, ServiceError> {
        let now = tx.now();
        let before = before.map(|before| &before.content);
        if matches!(self.publish_at, Given::Null) && self.loses_its_plan(now, content, before) {
            let detail = "without a time to go live the article is a draft again";
            tx.warn("/publish_at", "unscheduled", detail.to_owned());
            return Ok(Some(Step::Draft));
        }
        step_of(
            now,
            self.status,
            self.publish_at.over(None),
            content,
            before,
        )
    }

    /// True if a scheduled article would lose its time, and has no date of its own to go live by.
    fn loses_its_plan(
        self,
        now: Timestamp,
        content: &ArticleContent,
        before: Option<&ArticleContent>,
    ) -> bool {
        let Some(old) = before else { return false };
        let dated_anew =
            content.published_at > Some(now) && content.published_at != old.published_at;
        let goes_live = dated_anew || date_has_come(now, content, before);
        old.status == Status::Scheduled && self.status.is_none() && !goes_live
    }

    /// Says where the article's state is another than the words of the write may lead one to expect.
    pub(super) fn warn(
        self,
        tx: &mut Commit<'_>,
        content: &ArticleContent,
        before: Option<&StoredArticle>,
    ) {
        let now = tx.now();
        let was = before.map(|before| before.content.status);
        match (self.status, self.publish_at, content.status) {
            (_, _, Status::Scheduled) => {
                if let Some(pointer) = self.waits_unasked(content, before) {
                    let was_public = before.is_some_and(|before| before.public);
                    tx.warn(pointer, "scheduled", waits(content, was_public));
                }
            }
            (None, Given::Value(at), Status::Draft) if at <= now => {
                let detail = "this time has passed and no status is given: the article stays a draft; with the status published \
                              it is public"
                    .to_owned();
                tx.warn("/publish_at", "publish_at_passed", detail);
            }
            (None, Given::Absent | Given::Null, Status::Published)
                if was == Some(Status::Scheduled) =>
            {
                let detail =
                    "the article was scheduled for its date, which has passed now: it is published";
                tx.warn("/published_at", "published", detail.to_owned());
            }
            _ => {}
        }
    }

    /// The place of the reason why the article is scheduled, where the write did not ask for that in so many words.
    fn waits_unasked(
        self,
        content: &ArticleContent,
        before: Option<&StoredArticle>,
    ) -> Option<&'static str> {
        let same = before.is_some_and(|before| {
            let old = &before.content;
            (old.status, old.publish_at) == (content.status, content.publish_at)
        });
        match (self.status, self.publish_at) {
            (Some(Status::Published), _) => Some("/status"),
            (_, Given::Value(at)) => (content.publish_at != Some(at)).then_some("/published_at"),
            (Some(_), _) => None,
            (None, _) => (!same).then_some("/published_at"),
        }
    }
}

/// Says where an article that was to be published waits for its date, or for a later time than the one that was asked for.
pub(super) fn warn_of_wait(tx: &mut Commit<'_>, step: &Step, content: &ArticleContent) {
    let Step::Publish(asked) = step else { return };
    if content.status == Status::Scheduled && content.publish_at != *asked {
        tx.warn("", "scheduled", waits(content, false));
    }
}

fn waits(content: &ArticleContent, was_public: bool) -> String {
    let at = content.publish_at;
    let at = at.map_or_else(String::new, |at| format!(": {at}"));
    let gone = if was_public {
        " and no longer public"
    } else {
        ""
    };
    format!("its time is still to come, so that the article is scheduled{gone}{at}")
}

/// True if a scheduled article waits for its date, and the write gives it one that has passed.
fn date_has_come(
    now: Timestamp,
    content: &ArticleContent,
    before: Option<&ArticleContent>,
) -> bool {
    let Some(old) = before else { return false };
    let waits_for_date = old.publish_at.is_some() && old.publish_at == old.published_at;
    let is_new = content.published_at != old.published_at;
    let has_come = content.published_at.is_some_and(|at| at <= now);
    old.status == Status::Scheduled && waits_for_date && is_new && has_come
}

/// A date to come is asked for with [`Step::Publish`]: [`hold_until_date`](crate::domain::lifecycle::hold_until_date)
/// schedules it.
fn step_of(
    now: Timestamp,
    status: Option<Status>,
    publish_at: Option<Timestamp>,
    content: &ArticleContent,
    before: Option<&ArticleContent>,
) -> Result<Option<Step>, ServiceError> {
    let present = before.map_or(Status::Draft, |before| before.status);
    let old_date = before.and_then(|before| before.published_at);
    let is_dated = content.published_at > Some(now);
    let is_dated_anew = is_dated && content.published_at != old_date;
    let is_planned = present == Status::Scheduled && content.publish_at.is_some();
    let is_due = status.is_none() && date_has_come(now, content, before);
    let step = match (status.unwrap_or(present), publish_at) {
        (Status::Scheduled, Some(at)) => Step::Publish(Some(at)),
        (Status::Scheduled, None) if is_dated_anew || is_due => Step::Publish(None),
        (Status::Scheduled, None) if is_planned => return Ok(None),
        (Status::Scheduled, None) if is_dated => Step::Publish(None),
        (Status::Scheduled, None) => {
            let detail = "an article that is scheduled has a time to go live";
            return Err(fault("/publish_at", "required", detail));
        }
        (Status::Draft, Some(at)) if at > now && status.is_none() => Step::Publish(Some(at)),
        (Status::Published, Some(at)) if at > now && present != Status::Published => {
            Step::Publish(Some(at))
        }
        (stated, Some(at)) if at > now => {
            let detail = format!(
                "an article that is {} is not published at a time to come: status scheduled or published goes with publish_at, \
                 and unpublish comes first where it is public",
                stated.as_str()
            );
            return Err(fault("/publish_at", "not_scheduled", &detail));
        }
        (Status::Draft, _) if status.is_none() && is_dated_anew => Step::Publish(None),
        (same, _) if same == present => return Ok(None),
        (Status::Draft, _) => Step::Draft,
        (Status::Published, at) => Step::Publish(at),
        (Status::Withdrawn, _) => Step::Withdraw {
            reason: WithdrawalReason::Other,
            note: None,
        },
    };
    Ok(Some(step))
}

fn fault(pointer: &str, code: &'static str, detail: &str) -> ServiceError {
    ServiceError::Faults(vec![Fault::new(pointer, Invalid::new(code, detail))])
}
