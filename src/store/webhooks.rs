//! Webhooks in the database: the subscriptions, and how far each has come.

use diesel::prelude::*;

use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::query::{PageRequest, Slice};
use crate::domain::sync::SyncPlace;
use crate::domain::time::Timestamp;
use crate::domain::webhook::{
    DisabledReason, EventKind, Filter, Progress, Secret, Webhook, WebhookContent,
};

use super::conn::{Conn, with};
use super::error::StoreError;
use super::schema::{webhook_progress, webhooks};
use super::types::Json;
use super::{dialect, paging};

/// The time at which nothing is to be done.
pub(super) const NOTHING_DUE: Timestamp = Timestamp::from_millis(i64::MAX);
/// Time that a node may send without renewing its lease, in milliseconds: well above the time of one message.
const LEASE: i64 = 30_000;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = webhooks, treat_none_as_null = true)]
struct WebhookRow {
    id: Id,
    name: String,
    url: String,
    events: Json<Vec<EventKind>>,
    langs: Json<Vec<LanguageTag>>,
    sections: Json<Vec<Id>>,
    sources: Json<Vec<Id>>,
    include_article: bool,
    partner: Option<Id>,
    secret: String,
    old_secret: Option<String>,
    old_secret_until: Option<Timestamp>,
    enabled: bool,
    disabled_reason: Option<String>,
    disabled_at: Option<Timestamp>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<&Webhook> for WebhookRow {
    fn from(webhook: &Webhook) -> Self {
        let content = &webhook.content;
        let old = webhook.old_secret.as_ref();
        Self {
            id: webhook.id,
            name: content.name.clone(),
            url: content.url.clone(),
            events: Json(content.filter.events.clone()),
            langs: Json(content.filter.langs.clone()),
            sections: Json(content.filter.sections.clone()),
            sources: Json(content.filter.sources.clone()),
            include_article: content.include_article,
            partner: content.partner,
            secret: webhook.secret.expose().to_owned(),
            old_secret: old.map(|(secret, _)| secret.expose().to_owned()),
            old_secret_until: old.map(|(_, until)| *until),
            enabled: content.enabled,
            disabled_reason: webhook
                .disabled
                .map(|(reason, _)| reason.as_str().to_owned()),
            disabled_at: webhook.disabled.map(|(_, at)| at),
            version: webhook.version,
            created_at: webhook.created_at,
            updated_at: webhook.updated_at,
        }
    }
}

impl From<WebhookRow> for Webhook {
    fn from(row: WebhookRow) -> Self {
        let old = row.old_secret.zip(row.old_secret_until);
        let reason = row.disabled_reason.as_deref();
        let reason = reason.and_then(DisabledReason::parse);
        Self {
            id: row.id,
            content: WebhookContent {
                name: row.name,
                url: row.url,
                filter: Filter {
                    events: row.events.0,
                    langs: row.langs.0,
                    sections: row.sections.0,
                    sources: row.sources.0,
                },
                include_article: row.include_article,
                partner: row.partner,
                enabled: row.enabled,
            },
            secret: Secret::from_stored(row.secret),
            old_secret: old.map(|(secret, until)| (Secret::from_stored(secret), until)),
            disabled: reason.zip(row.disabled_at),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// The columns of a subscription's progress: place, position, next time.
type ProgressRow = (Json<SyncPlace>, i64, Timestamp);

fn progress((Json(place), position, next_at): ProgressRow) -> Progress {
    Progress {
        place,
        position,
        next_at: Some(next_at).filter(|at| *at != NOTHING_DUE),
    }
}

/// Stores a new subscription, which is told of what comes after `position`.
pub fn insert_webhook(conn: &mut Conn, webhook: &Webhook, position: i64) -> Result<(), StoreError> {
    let row = WebhookRow::from(webhook);
    with!(conn, c => diesel::insert_into(webhooks::table).values(&row).execute(c))?;
    let progress = (
        webhook_progress::webhook_id.eq(row.id),
        webhook_progress::position.eq(position),
        webhook_progress::place.eq(Json(SyncPlace::after(position))),
        webhook_progress::next_at.eq(NOTHING_DUE),
        webhook_progress::blocked.eq(false),
        webhook_progress::lease_until.eq(0),
    );
    with!(conn, c => diesel::insert_into(webhook_progress::table).values(progress).execute(c))?;
    Ok(())
}

/// Writes a subscription over what is stored of it.
pub fn update_webhook(conn: &mut Conn, webhook: &Webhook) -> Result<(), StoreError> {
    let row = WebhookRow::from(webhook);
    with!(conn, c => diesel::update(webhooks::table.find(row.id)).set(&row).execute(c))?;
    Ok(())
}

/// Removes a subscription with all that is known of its messages; says whether there was one.
pub fn delete_webhook(conn: &mut Conn, id: Id) -> Result<bool, StoreError> {
    let removed = diesel::delete(webhooks::table.find(id)).execute(conn)?;
    Ok(removed > 0)
}

/// One subscription.
pub fn get_webhook(conn: &mut Conn, id: Id) -> Result<Option<(Webhook, Progress)>, StoreError> {
    let row: Option<(WebhookRow, ProgressRow)> = webhooks::table
        .inner_join(webhook_progress::table.on(webhook_progress::webhook_id.eq(webhooks::id)))
        .filter(webhooks::id.eq(id))
        .select((
            WebhookRow::as_select(),
            (
                webhook_progress::place,
                webhook_progress::position,
                webhook_progress::next_at,
            ),
        ))
        .first(conn)
        .optional()?;
    Ok(row.map(|(row, come)| (Webhook::from(row), progress(come))))
}

/// A page of subscriptions, the oldest first.
pub fn list_webhooks(
    conn: &mut Conn,
    page: &PageRequest,
) -> Result<Slice<(Webhook, Progress)>, StoreError> {
    let mut query = webhooks::table
        .inner_join(webhook_progress::table.on(webhook_progress::webhook_id.eq(webhooks::id)))
        .select((
            WebhookRow::as_select(),
            (
                webhook_progress::place,
                webhook_progress::position,
                webhook_progress::next_at,
            ),
        ))
        .into_boxed();
    if let Some(cursor) = page.start.cursor() {
        query = query.filter(webhooks::id.gt(cursor.id.clone()));
    }
    let rows: Vec<(WebhookRow, ProgressRow)> = query
        .order(webhooks::id)
        .offset(paging::offset(page))
        .limit(paging::fetch(page))
        .load(conn)?;
    let total = if page.count {
        Some(webhooks::table.count().get_result(conn)?)
    } else {
        None
    };
    let slice = paging::slice(rows, page, total, |(row, _)| paging::place(row.id));
    Ok(slice.map(|(row, come)| (Webhook::from(row), progress(come))))
}

/// The subscriptions that have something to be done, those whose receiver failed last behind all others, and whether some of them are in the hands of another node.
#[derive(Debug)]
pub struct Due {
    /// Those that nobody has, or `owner` has from before.
    pub free: Vec<Id>,
    /// True if another node has one: its turn ends without an entry in the log.
    pub elsewhere: bool,
}

/// Access of `owner` at `now`, where the change log ends at `latest`.
pub fn due_webhooks(
    conn: &mut Conn,
    now: Timestamp,
    latest: i64,
    owner: &str,
) -> Result<Due, StoreError> {
    let unread = webhooks::enabled
        .eq(true)
        .and(webhook_progress::blocked.eq(false))
        .and(webhook_progress::position.lt(latest));
    let rows: Vec<(Id, i64, Option<String>)> = webhook_progress::table
        .inner_join(webhooks::table.on(webhook_progress::webhook_id.eq(webhooks::id)))
        .filter(webhook_progress::next_at.le(now).or(unread))
        .order((webhook_progress::blocked, webhook_progress::next_at))
        .select((
            webhook_progress::webhook_id,
            webhook_progress::lease_until,
            webhook_progress::lease_owner,
        ))
        .load(conn)?;
    if rows.is_empty() {
        return Ok(Due {
            free: Vec::new(),
            elsewhere: false,
        });
    }
    let clock = dialect::database_now(conn)?;
    let free: Vec<Id> = rows
        .iter()
        .filter(|(_, until, holder)| *until < clock || holder.as_deref() == Some(owner))
        .map(|(id, ..)| *id)
        .collect();
    Ok(Due {
        elsewhere: free.len() < rows.len(),
        free,
    })
}

/// The next time after `now` at which a subscription has something to be done.
pub fn next_due(conn: &mut Conn, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    Ok(webhook_progress::table
        .filter(webhook_progress::next_at.gt(now))
        .select(diesel::dsl::min(webhook_progress::next_at))
        .get_result(conn)?)
}

/// Makes `owner` the only one to send to a subscription for a while; says whether nobody else is.
pub fn acquire_lease(conn: &mut Conn, webhook: Id, owner: &str) -> Result<bool, StoreError> {
    let clock = dialect::database_now(conn)?;
    let free = webhook_progress::lease_until
        .lt(clock)
        .or(webhook_progress::lease_owner.eq(owner));
    let rows = diesel::update(webhook_progress::table.find(webhook))
        .filter(free)
        .set((
            webhook_progress::lease_owner.eq(owner),
            webhook_progress::lease_until.eq(clock + LEASE),
        ))
        .execute(conn)?;
    Ok(rows == 1)
}

/// Prolongs the lease of `owner`; says whether it still had it.
pub fn keep_lease(conn: &mut Conn, webhook: Id, owner: &str) -> Result<bool, StoreError> {
    let clock = dialect::database_now(conn)?;
    let rows = diesel::update(webhook_progress::table.find(webhook))
        .filter(webhook_progress::lease_owner.eq(owner))
        .set(webhook_progress::lease_until.eq(clock + LEASE))
        .execute(conn)?;
    Ok(rows == 1)
}

/// Ends the lease of `owner` and notes when there is something to do again: at `next_at` where that is given; `blocked`
/// where what comes behind in the log must wait until then.
pub fn release_lease(
    conn: &mut Conn,
    webhook: Id,
    owner: &str,
    next_at: Option<Timestamp>,
    blocked: bool,
) -> Result<(), StoreError> {
    diesel::update(webhook_progress::table.find(webhook))
        .filter(webhook_progress::lease_owner.eq(owner))
        .set((
            webhook_progress::lease_owner.eq(None::<String>),
            webhook_progress::lease_until.eq(0),
            webhook_progress::next_at.eq(next_at.unwrap_or(NOTHING_DUE)),
            webhook_progress::blocked.eq(blocked),
        ))
        .execute(conn)?;
    Ok(())
}

/// Says that there is something to do at once.
pub fn wake_webhook(conn: &mut Conn, webhook: Id) -> Result<(), StoreError> {
    diesel::update(webhook_progress::table.find(webhook))
        .set(webhook_progress::next_at.eq(0))
        .execute(conn)?;
    Ok(())
}

/// Notes that everything up to a place is on its way, and that the log was looked at up to an entry.
pub fn advance_webhook(
    conn: &mut Conn,
    webhook: Id,
    place: &SyncPlace,
    position: i64,
) -> Result<(), StoreError> {
    diesel::update(webhook_progress::table.find(webhook))
        .set((
            webhook_progress::position.eq(position),
            webhook_progress::place.eq(Json(place.clone())),
        ))
        .execute(conn)?;
    Ok(())
}
