//! Writes for partners and subscribers, and reads of upkeep, usage and the audit.

use masthead::domain::audit::AuditFilter;
use masthead::domain::id::Id;
use masthead::domain::query::{PageRequest, Range};
use masthead::domain::sync::{SyncOp, SyncPlace};
use masthead::domain::time::Timestamp;
use masthead::domain::usage::UsageQuery;
use masthead::domain::webhook_delivery::{DeliveryStatus, Lane};
use masthead::store::deliveries::Stretch;
use masthead::store::{
    Conn, StoreError, audit, changes, deliveries, partners, reach, usage, webhook_deliveries,
    webhooks,
};

use super::{Work, id};
use crate::builders::lang;
use crate::plans::ARTICLES;

/// Rows that are kept of subscribers and partners.
pub(super) fn keeping() -> Vec<Work> {
    let hook = id('f', 1);
    let now = Timestamp::from_millis(ARTICLES * 1_000 + 4_000_000);
    let messages = move |c: &mut Conn| {
        let page = PageRequest::default();
        webhook_deliveries::list_deliveries(c, hook, None, &page)?;
        let pending = Some(DeliveryStatus::Pending);
        webhook_deliveries::list_deliveries(c, hook, pending, &page)?;
        webhook_deliveries::get_delivery(c, hook, id('d', 7))?;
        webhook_deliveries::head_of_lane(c, hook, Lane::Log)?;
        webhooks::due_webhooks(c, now, 5, "nobody").map(|_| ())
    };
    vec![
        ("messages of a webhook", Box::new(messages)),
        ("usage", Box::new(|c| used(c, None))),
        ("usage of a key", Box::new(|c| used(c, Some(id('e', 1))))),
        (
            "the reach of an article",
            Box::new(|c| reach::reach_of(c, id('b', 7)).map(|_| ())),
        ),
        (
            "embargo offsets that are due",
            Box::new(move |c| partners::offsets_due(c, now).map(|_| ())),
        ),
    ]
}

fn used(c: &mut Conn, key: Option<Id>) -> Result<(), StoreError> {
    let (from, to) = (500, 530);
    let page = PageRequest {
        count: true,
        ..PageRequest::default()
    };
    usage::list_usage(c, &UsageQuery { from, to, key }, &page).map(|_| ())
}

/// The audit, by each of its filters.
pub(super) fn auditing() -> Vec<Work> {
    let word = |text: &str| Some(text.to_owned());
    let mut filters = vec![AuditFilter::default(); 5];
    filters[0].key = Some(id('e', 1));
    filters[1].operation = word("op1");
    filters[2].kind = word("kind1");
    filters[3].resource = word("r");
    filters[4].at = Range {
        from: Some(Timestamp::from_millis(10)),
        to: Some(Timestamp::from_millis(20)),
    };
    let names = [
        "audit by key",
        "audit by operation",
        "audit by kind",
        "audit by resource",
        "audit by time",
    ];
    let work = |(name, filter): (&'static str, AuditFilter)| {
        let work = move |c: &mut Conn| {
            audit::list_deeds(c, &filter, &PageRequest::default())?;
            audit::last_deed(c).map(|_| ())
        };
        (name, Box::new(work) as Box<dyn Fn(&mut Conn) -> _>)
    };
    names.into_iter().zip(filters).map(work).collect()
}

/// Writes for partners and subscribers.
pub(super) fn writing() -> Vec<Work> {
    let (key, hook) = (id('e', 1), id('f', 1));
    let now = Timestamp::from_millis(ARTICLES);
    let event = masthead::domain::sync::SyncEvent {
        seq: 7,
        op: SyncOp::Upsert,
        reason: None,
        id: id('b', 7),
        lang: lang("en"),
        version: 2,
        at: now,
        place: SyncPlace::after(7),
    };
    vec![
        (
            "recording what is given",
            Box::new(move |c| {
                let events = std::slice::from_ref(&event);
                deliveries::record_deliveries(c, key, 1, events, now)?;
                let part = Stretch {
                    key,
                    stream: 1,
                    after: 7,
                    upto: 500,
                    gone_upto: 0,
                };
                deliveries::was_given(c, part)?;
                deliveries::forget_lost(c, part, events)
            }),
        ),
        (
            "an acknowledgement",
            Box::new(move |c| deliveries::acknowledge(c, key, 1, 50_000, now).map(|_| ())),
        ),
        (
            "messages started anew",
            Box::new(move |c| webhook_deliveries::restart_deliveries(c, hook)),
        ),
        (
            "old messages forgotten",
            Box::new(|c| {
                webhook_deliveries::forget_deliveries(c, Timestamp::from_millis(50)).map(|_| ())
            }),
        ),
        (
            "passing an embargo offset",
            Box::new(|c| {
                let now = Timestamp::from_millis(93_700_000);
                partners::release_offset(c, 3_600, (now, now), 50).map(|_| ())
            }),
        ),
        (
            "compaction",
            Box::new(|c| {
                let (old, _) = changes::superseded_entries(c, 0, Timestamp::from_millis(i64::MAX))?;
                changes::remove_entries(c, &old)?;
                changes::remove_entries(c, &[7])
            }),
        ),
    ]
}
