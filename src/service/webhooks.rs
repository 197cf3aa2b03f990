//! Writing webhooks.

use crate::domain::access::{Role, Scope};
use crate::domain::error::{Fault, Invalid};
use crate::domain::id::Id;
use crate::domain::query::Reference;
use crate::domain::source::Source;
use crate::domain::sync::SyncPlace;
use crate::domain::time::Timestamp;
use crate::domain::webhook::{
    DisabledReason, Event, EventKind, Filter, SECRET_OVERLAP, Secret, Webhook, WebhookContent,
    WebhookInput,
};
use crate::domain::webhook_delivery::{Delivery, Lane};
use crate::store::shared_rows::SharedRows;
use crate::store::{
    Conn, StoreError, changes, editions, keys, sections, webhook_deliveries, webhook_events,
    webhooks,
};

use super::webhook_deliveries::new_delivery;
use super::{ServiceError, unknown};

/// The most messages that are sent again at once.
pub const REPLAY_MAX: usize = 1_000;

fn new_secret() -> Result<Secret, StoreError> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)
        .map_err(|e| StoreError::Other(format!("no random numbers: {e}")))?;
    Ok(Secret::of_bytes(&bytes))
}

/// Makes a subscription, which is told of what is committed from now on.
pub fn create_webhook(
    conn: &mut Conn,
    now: Timestamp,
    content: WebhookContent,
) -> Result<Webhook, StoreError> {
    let disabled = (!content.enabled).then_some((DisabledReason::Manual, now));
    let webhook = Webhook {
        id: Id::new(now),
        content,
        secret: new_secret()?,
        old_secret: None,
        disabled,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let position = changes::latest_seq(conn)?;
    webhooks::insert_webhook(conn, &webhook, position)?;
    Ok(webhook)
}

/// Writes what a subscription asks for. Switched on again, it goes on with the message at which it stopped.
pub fn update_webhook(
    conn: &mut Conn,
    now: Timestamp,
    mut webhook: Webhook,
    content: WebhookContent,
) -> Result<Webhook, StoreError> {
    if content == webhook.content {
        return Ok(webhook);
    }
    match (webhook.content.enabled, content.enabled) {
        (false, true) => {
            webhook.disabled = None;
            webhook_deliveries::restart_deliveries(conn, webhook.id)?;
            webhooks::wake_webhook(conn, webhook.id)?;
        }
        (true, false) => webhook.disabled = Some((DisabledReason::Manual, now)),
        _ => {}
    }
    webhook.content = content;
    save(conn, now, webhook)
}

/// Gives a subscription a new secret; the old one signs beside it for a day.
pub fn rotate_secret(
    conn: &mut Conn,
    now: Timestamp,
    mut webhook: Webhook,
) -> Result<Webhook, StoreError> {
    let until = Timestamp::from_millis(now.millis() + SECRET_OVERLAP);
    webhook.old_secret = Some((webhook.secret, until));
    webhook.secret = new_secret()?;
    save(conn, now, webhook)
}

fn save(conn: &mut Conn, now: Timestamp, mut webhook: Webhook) -> Result<Webhook, StoreError> {
    webhook.version += 1;
    webhook.updated_at = now;
    webhooks::update_webhook(conn, &webhook)?;
    Ok(webhook)
}

/// The messages to send again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replay {
    /// One that was sent, or was to be.
    One(Id),
    /// The entries of the log from one number to another, both included.
    Range(i64, i64),
}

/// Puts messages in line once more; answers them, or `None` where there is no such message.
pub fn replay_deliveries(
    conn: &mut Conn,
    now: Timestamp,
    webhook: &Webhook,
    which: Replay,
) -> Result<Option<Vec<Delivery>>, ServiceError> {
    let events = match which {
        Replay::One(id) => {
            let found = webhook_deliveries::get_delivery(conn, webhook.id, id)?;
            let Some((delivery, _)) = found.filter(|(d, _)| d.event.kind != EventKind::Test) else {
                return Ok(None);
            };
            vec![delivery.event]
        }
        Replay::Range(from, to) => events_between(conn, now, webhook, from, to)?,
    };
    let again: Vec<Delivery> = events
        .into_iter()
        .map(|event| new_delivery(webhook.id, Lane::Replay, event, now))
        .collect();
    webhook_deliveries::enqueue_deliveries(conn, &again)?;
    webhooks::wake_webhook(conn, webhook.id)?;
    Ok(Some(again))
}

fn events_between(
    conn: &mut Conn,
    now: Timestamp,
    webhook: &Webhook,
    from: i64,
    to: i64,
) -> Result<Vec<Event>, ServiceError> {
    let Some(scope) = webhook_events::scope_of(conn, webhook, now)? else {
        return Ok(Vec::new());
    };
    let mut place = SyncPlace::after(from - 1);
    let mut events = Vec::new();
    loop {
        let read = webhook_events::read_events(conn, &scope, webhook, place, REPLAY_MAX)?;
        events.extend(read.events.into_iter().filter(|event| event.seq <= to));
        if events.len() > REPLAY_MAX {
            return Err(ServiceError::invalid(
                "to",
                "too_many",
                format!("the range holds more than {REPLAY_MAX} messages"),
            ));
        }
        if !read.has_more || read.next.seq >= to {
            return Ok(events);
        }
        place = read.next;
    }
}

/// Puts a test in line.
pub fn test_webhook(
    conn: &mut Conn,
    now: Timestamp,
    webhook: &Webhook,
) -> Result<Delivery, StoreError> {
    let event = Event {
        seq: now.millis(),
        kind: EventKind::Test,
        article: None,
        at: now,
    };
    let test = new_delivery(webhook.id, Lane::Test, event, now);
    webhook_deliveries::enqueue_deliveries(conn, std::slice::from_ref(&test))?;
    webhooks::wake_webhook(conn, webhook.id)?;
    Ok(test)
}

/// Looks up what an administrator named.
///
/// # Errors
/// Every name that means nothing.
pub fn resolve_webhook(
    conn: &mut Conn,
    scope: &Scope,
    now: Timestamp,
    input: WebhookInput,
) -> Result<WebhookContent, ServiceError> {
    let mut faults = Vec::new();
    for (at, lang) in input.langs.iter().enumerate() {
        if editions::find_edition(conn, lang)?.is_none() {
            faults.push(Fault::new(format!("/langs/{at}"), unknown::edition(lang)));
        }
    }
    let sections = resolve_sections(conn, &input, &mut faults)?;
    let sources = resolve_sources(conn, scope, &input.sources, &mut faults)?;
    if let Some(key) = input.partner {
        let grant = keys::live_grant(conn, key, now)?;
        if grant.is_none_or(|grant| grant.role != Role::Partner) {
            let detail =
                format!("there is no valid key {key} of a partner; POST /api/keys makes one");
            faults.push(Fault::new("/partner", Invalid::new("unknown_key", detail)));
        }
    }
    if !faults.is_empty() {
        return Err(ServiceError::Faults(faults));
    }
    Ok(WebhookContent {
        name: input.name,
        url: input.url,
        filter: Filter {
            events: input.events,
            langs: input.langs,
            sections,
            sources,
        },
        include_article: input.include_article,
        partner: input.partner,
        enabled: input.enabled,
    })
}

/// A path means the sections that have it, in the editions that the subscription asks for.
fn resolve_sections(
    conn: &mut Conn,
    input: &WebhookInput,
    faults: &mut Vec<Fault>,
) -> Result<Vec<Id>, StoreError> {
    let mut ids = Vec::new();
    for (at, reference) in input.sections.iter().enumerate() {
        let mut found = match reference {
            Reference::Id(id) => sections::sections_by_ids(conn, &[*id])?,
            Reference::Slug(path) => sections::sections_by_path(conn, path, None)?,
        };
        let langs = &input.langs;
        found.retain(|section| langs.is_empty() || langs.contains(&section.content.lang));
        if found.is_empty() {
            let invalid = unknown::section(conn, reference, None)?;
            faults.push(Fault::new(format!("/sections/{at}"), invalid));
        }
        ids.extend(found.into_iter().map(|section| section.id));
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

fn resolve_sources(
    conn: &mut Conn,
    scope: &Scope,
    named: &[Reference],
    faults: &mut Vec<Fault>,
) -> Result<Vec<Id>, StoreError> {
    let mut ids = Vec::new();
    for (at, reference) in named.iter().enumerate() {
        let found = Source::seen(conn, scope, reference)?;
        match found {
            Some(source) => ids.push(source.id),
            None => {
                let invalid = unknown::source(conn, reference)?;
                faults.push(Fault::new(format!("/sources/{at}"), invalid));
            }
        }
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}
