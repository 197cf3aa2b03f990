//! Parts of an article, by its record and by the article that is there already.

use chrono_tz::Tz;
use serde_json::{Map, Value};

use crate::domain::article::{
    ArticleContent, Details, Notice, Status, Withdrawal, WithdrawalReason,
};
use crate::domain::id::Id;
use crate::domain::slug::Slug;
use crate::domain::time::Timestamp;
use crate::store::articles::StoredArticle;

use super::super::record::{ArticleRecord, NoticeRecord};

pub(super) fn body(record: &ArticleRecord, before: Option<&StoredArticle>) -> String {
    match before.filter(|_| record.keeps_body) {
        Some(before) => before.content.body.clone(),
        None => record.body.html().to_owned(),
    }
}

/// The slug that the record asks for. An article that is there keeps its own where that is the one asked for with a number.
pub(super) fn wanted_slug(record: &ArticleRecord, before: Option<&StoredArticle>) -> Slug {
    let current = before.map(|before| &before.content.slug);
    match (&record.slug, current) {
        (None, Some(current)) => current.clone(),
        (None, None) => Slug::from_text(&record.title),
        (Some(wanted), Some(current)) if is_numbered(current, wanted) => current.clone(),
        (Some(wanted), _) => wanted.clone(),
    }
}

fn is_numbered(slug: &Slug, base: &Slug) -> bool {
    let number = slug
        .as_str()
        .rsplit('-')
        .next()
        .and_then(|n| n.parse().ok());
    number.is_some_and(|number| *slug == base.numbered(number))
}

/// A record that names no state leaves an article in the one that it has, but for a draft that only lacked a date, and for
/// one that waits for a date which the record changes.
pub(super) fn status(
    record: &ArticleRecord,
    before: Option<&StoredArticle>,
    published_at: Option<Timestamp>,
) -> Status {
    // A date that could not be read takes nothing down that has one.
    let lacks_date = record.published.is_none() && record.publish_at.is_none();
    let is_dated = before.is_some_and(|before| before.content.published_at.is_some());
    let stays = record.status.is_none()
        || record.status == Some(Status::Published) && lacks_date && is_dated;
    let is_silent = stays && record.withdrawn.is_none();
    let Some(before) = before.filter(|_| is_silent) else {
        return record.initial_status();
    };
    let old = &before.content;
    let is_dated = record.published.or(record.publish_at).is_some();
    let lacked_date = old.published_at.is_none() && is_dated;
    let date_changes = old.published_at == old.publish_at && old.published_at != published_at;
    match old.status {
        Status::Draft if lacked_date => record.initial_status(),
        Status::Scheduled if date_changes => record.initial_status(),
        status => status,
    }
}

/// A record's notices. One that is there already, by its id or else by its kind and text, keeps its identity, and its time where
/// none that has come is given.
pub(super) fn notices(
    record: &ArticleRecord,
    old: &[Notice],
    zone: Tz,
    now: Timestamp,
) -> Vec<Notice> {
    let mut left: Vec<&Notice> = old.iter().collect();
    let one = |notice: &NoticeRecord| {
        let same = |old: &&Notice| match notice.id {
            Some(id) => old.id == id,
            None => (old.kind, &old.text) == (notice.kind, &notice.text),
        };
        let same = left.iter().position(same).map(|place| left.remove(place));
        let told = notice.at.map(|date| date.resolve(zone));
        let told = told.filter(|at| *at <= now);
        Notice {
            id: notice
                .id
                .or(same.map(|old| old.id))
                .unwrap_or_else(|| Id::new(now)),
            kind: notice.kind,
            text: notice.text.clone(),
            at: told.or(same.map(|old| old.at)).unwrap_or(now),
        }
    };
    record.notices.iter().map(one).collect()
}

/// The content that keeps what an answer of the API does not show of it: where it was imported from, and fields of its own.
fn kept<'a>(
    record: &ArticleRecord,
    before: Option<&'a StoredArticle>,
) -> Option<&'a ArticleContent> {
    let before = before.filter(|_| record.is_answer);
    before.map(|before| &before.content)
}

pub(super) fn external_id(
    record: &ArticleRecord,
    before: Option<&StoredArticle>,
) -> Option<String> {
    let given = record.external_id.clone();
    given.or_else(|| kept(record, before)?.external_id.clone())
}

pub(super) fn extra(record: &ArticleRecord, before: Option<&StoredArticle>) -> Map<String, Value> {
    match kept(record, before) {
        Some(old) if record.extra.is_empty() => old.extra.clone(),
        _ => record.extra.clone(),
    }
}

pub(super) fn details(
    record: &ArticleRecord,
    notices: Vec<Notice>,
    before: Option<&StoredArticle>,
) -> Details {
    let kept = kept(record, before);
    let seen_notices = before.map_or(&record.seen_notices, |before| {
        &before.content.details.seen_notices
    });
    Details {
        credits: record.credits.clone(),
        byline_raw: record.byline_raw.clone(),
        dateline: record.dateline.clone(),
        original: record.original.clone(),
        media: Vec::new(),
        canonical_url: record.canonical_url.clone(),
        url: match kept {
            Some(old) => old.details.url.clone(),
            None => record.url.clone(),
        },
        old_urls: kept.map_or_else(
            || record.old_urls.clone(),
            |old| old.details.old_urls.clone(),
        ),
        rights: record.rights.clone(),
        notices,
        seen_notices: seen_notices.clone(),
    }
}

pub(super) fn withdrawal(
    record: &ArticleRecord,
    before: Option<&StoredArticle>,
    status: Status,
    zone: Tz,
    now: Timestamp,
) -> Option<Withdrawal> {
    let old = before.and_then(|before| before.content.withdrawn.as_ref());
    if status != Status::Withdrawn {
        return None;
    }
    let told = record.withdrawn.clone().unwrap_or_default();
    let date = record.published.map(|date| date.resolve(zone));
    let was_public = before.map_or(date.is_some_and(|at| at <= now), |before| {
        before.public || old.is_some_and(|old| old.was_public)
    });
    Some(Withdrawal {
        at: told
            .at
            .map(|date| date.resolve(zone))
            .or(old.map(|old| old.at))
            .unwrap_or(now),
        reason: told
            .reason
            .or(old.map(|old| old.reason))
            .unwrap_or(WithdrawalReason::Other),
        was_public: told.was_public.unwrap_or(was_public),
        note: told.note.or_else(|| old?.note.clone()),
    })
}
