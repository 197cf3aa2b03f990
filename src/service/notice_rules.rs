//! The notices of a version: those that its writer gave, and those that the public has seen and that must stay.

use crate::domain::article::{ArticleContent, Notice};
use crate::domain::error::{Fault, Invalid};
use crate::domain::id::Id;
use crate::domain::input::NoticeInput;
use crate::domain::time::Timestamp;
use crate::store::articles::StoredArticle;

use super::ServiceError;

/// Characters of a notice's text that an error shows.
const SHOWN: usize = 80;

/// The notices that a client wrote. One that is there already, by its id or else by its kind and text, keeps its identity, and
/// its time where none is given. Without a list the present ones stay.
///
/// # Errors
/// Faults that name ids which the article does not have, and times to come.
pub(super) fn written_notices(
    now: Timestamp,
    written: Option<Vec<NoticeInput>>,
    old: &[Notice],
) -> Result<Vec<Notice>, Vec<Fault>> {
    let Some(written) = written else {
        return Ok(old.to_vec());
    };
    let mut left: Vec<&Notice> = old.iter().collect();
    let mut notices = Vec::with_capacity(written.len());
    let mut faults = Vec::new();
    for (at, input) in written.into_iter().enumerate() {
        let same = |old: &&Notice| match input.id {
            Some(id) => old.id == id,
            None => (old.kind, old.text.as_str()) == (input.kind, input.text.as_str()),
        };
        let place = left.iter().position(same);
        let told = place.map(|place| left[place].at);
        if input.at != told {
            faults.extend(to_come(now, &input, format!("/notices/{at}/at")));
        }
        match place {
            Some(place) => notices.push(renewed(left.remove(place), input)),
            None if input.id.is_none() => notices.push(new_notice(now, input)),
            None => {
                let detail = "the article has no such notice; a new one is written without an id";
                let invalid = Invalid::new("unknown_notice", detail);
                faults.push(Fault::new(format!("/notices/{at}/id"), invalid));
            }
        }
    }
    if faults.is_empty() {
        return Ok(notices);
    }
    Err(faults)
}

/// A fault where a notice has a time that has not come: it shows as soon as its article does.
pub(super) fn to_come(now: Timestamp, input: &NoticeInput, pointer: String) -> Option<Fault> {
    let detail = format!("a notice shows at once: its time is not later than now, {now}");
    let invalid = Invalid::new("out_of_range", detail);
    input
        .at
        .filter(|at| *at > now)
        .map(|_| Fault::new(pointer, invalid))
}

pub(super) fn new_notice(now: Timestamp, input: NoticeInput) -> Notice {
    Notice {
        id: Id::new(now),
        kind: input.kind,
        text: input.text,
        at: input.at.unwrap_or(now),
    }
}

fn renewed(old: &Notice, input: NoticeInput) -> Notice {
    Notice {
        id: old.id,
        kind: input.kind,
        text: input.text,
        at: input.at.unwrap_or(old.at),
    }
}

/// The notices of an article that the public has seen.
pub fn seen_notices(article: &StoredArticle) -> impl Iterator<Item = &Notice> {
    let details = &article.content.details;
    let seen = move |notice: &&Notice| article.public || details.seen_notices.contains(&notice.id);
    details.notices.iter().filter(seen)
}

/// Refuses a new version that drops or alters a notice which the public has seen.
///
/// # Errors
/// `Conflict` that names the first of them.
pub(super) fn require_seen_notices(
    before: &StoredArticle,
    content: &ArticleContent,
) -> Result<(), ServiceError> {
    let kept = &content.details.notices;
    let Some(lost) = seen_notices(before).find(|notice| !kept.contains(notice)) else {
        return Ok(());
    };
    let text: String = lost.text.chars().take(SHOWN).collect();
    let altered = kept.iter().any(|notice| notice.id == lost.id);
    let verb = if altered { "alter" } else { "drop" };
    let detail = format!(
        "this would {verb} the notice {} (\"{text}\"), which the public has seen; \
         DELETE /api/articles/{}/notices/{} takes it away",
        lost.id, before.id, lost.id
    );
    Err(ServiceError::Conflict(Invalid::new("notice_seen", detail)))
}

/// Notes which notices of a new version the public sees, or saw in the version before.
pub(super) fn note_seen(
    content: &mut ArticleContent,
    before: Option<&StoredArticle>,
    public: bool,
) {
    let seen_before: Vec<Id> = before
        .map(|before| seen_notices(before).map(|notice| notice.id).collect())
        .unwrap_or_default();
    let details = &mut content.details;
    let seen = |id: &Id| public || seen_before.contains(id) || details.seen_notices.contains(id);
    let ids = details.notices.iter().map(|notice| notice.id);
    details.seen_notices = ids.filter(seen).collect();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::article::NoticeKind;

    fn input(id: Option<Id>, text: &str) -> NoticeInput {
        NoticeInput {
            id,
            kind: NoticeKind::Correction,
            text: text.to_owned(),
            at: None,
        }
    }

    #[test]
    fn notices_that_are_there_keep_their_identity_and_time() {
        let (then, now) = (Timestamp::from_millis(1_000), Timestamp::from_millis(2_000));
        let old = [
            new_notice(then, input(None, "one")),
            new_notice(then, input(None, "one")),
        ];
        let written = vec![
            input(None, "one"),
            input(Some(old[1].id), "two"),
            input(None, "one"),
        ];
        let found = written_notices(now, Some(written), &old).unwrap();
        assert_eq!(found[0], old[0]);
        assert_eq!(
            (found[1].id, found[1].at, found[1].text.as_str()),
            (old[1].id, then, "two")
        );
        assert_eq!(found[2].at, now, "each is found once");
        assert_eq!(written_notices(now, None, &old).unwrap(), old);
        let unknown = written_notices(now, Some(vec![input(Some(Id::new(now)), "x")]), &old);
        assert_eq!(unknown.unwrap_err()[0].pointer, "/notices/0/id");
    }
}
