//! Webhooks: who is told of changes as they happen.

use std::sync::LazyLock;

use actix_web::http::{StatusCode, header};
use actix_web::web::Payload;
use actix_web::{delete, get, patch, post};

use crate::domain::id::Id;
use crate::domain::permission::Operation;
use crate::domain::time::Timestamp;
use crate::domain::webhook::{Progress, Webhook};
use crate::domain::webhook_view::WebhookView;
use crate::http::call::body::{JSON, PATCH};
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::call::write::{no_content, record};
use crate::http::error::Problem;
use crate::http::handlers::admin::webhook_input::{WebhookPatch, WebhookWrite, read, written};
use crate::http::protocol::conditional::VersionTag;
use crate::http::request::field_selection::{Names, Shape};
use crate::http::request::merge_patch::merge;
use crate::http::request::paging::Paging;
use crate::http::request::params::{FieldsParams, IdempotencyParams, IfMatchParams, PagingParams};
use crate::http::request::query::names_of;
use crate::http::response::reply::{Policy, Reply};
use crate::http::response::represent::View;
use crate::http::response::surrogate_keys::Keys;
use crate::http::schemas::{WebhookEnvelope, WebhookPage};
use crate::service::Commit;
use crate::service::webhooks as service;
use crate::store::{Conn, StoreError, webhooks as stored};

static SHAPE: LazyLock<Names> = LazyLock::new(|| Names::of::<WebhookView>(&["id"], &[]));
static ONE: LazyLock<Vec<String>> = LazyLock::new(names_of::<FieldsParams>);
static LIST: LazyLock<Vec<String>> =
    LazyLock::new(|| [ONE.clone(), names_of::<PagingParams>()].concat());

/// List webhooks
///
/// Oldest first. Secrets are not shown.
#[utoipa::path(tag = "webhooks", params(FieldsParams, PagingParams),
    responses((status = 200, description = "A page of the list.", body = WebhookPage)))]
#[get("/api/webhooks")]
pub(crate) async fn list_webhooks(call: Call, access: Access) -> Answer {
    let writer = access.may(Operation::ListWebhooks)?;
    let mut query = call.query(&LIST);
    let shape = Shape::read(&mut query, &SHAPE);
    let paging = Paging::read(&mut query, "webhooks".to_owned());
    query.finish()?;
    let (page, now) = (paging.request.clone(), call.app.clock.now());
    let view = view_of(&call, shape);
    call.answer(
        Access {
            scope: writer.scope(),
        },
        move |c, _| stored::list_webhooks(c, &page),
        move |slice| {
            let slice = slice.map(|(webhook, at)| WebhookView::of(&webhook, at, now));
            view.list(slice, &paging, Keys::default())
        },
    )
    .await
}

/// Create a webhook
///
/// Sends a message for each change from now on, as Standard Webhooks describes. The secret that signs the messages is
/// shown only in this answer.
#[utoipa::path(tag = "webhooks", params(IdempotencyParams), request_body = WebhookWrite,
    responses((status = 201, description = "The new webhook, with its secret.", body = WebhookEnvelope)))]
#[post("/api/webhooks")]
pub(crate) async fn create_webhook(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::CreateWebhook)?;
    call.require_no_query()?;
    let content = call.content(payload, JSON).await?;
    let digest = content.digest.clone();
    let (target, outbound) = (Target::of(&call)?, call.app.outbound.clone());
    call.write(writer, &digest, move |tx, writer| {
        let input = read(content.object, outbound.allowed()).map_err(Problem::invalid_content)?;
        let (scope, now) = (writer.scope(), tx.now());
        let content = service::resolve_webhook(tx.conn(), &scope, now, input)?;
        let webhook = service::create_webhook(tx.conn(), now, content)?;
        record(tx, writer, "webhook", webhook.id, Some(webhook.version));
        let mut reply = target.answer(tx, &webhook, true)?;
        reply.status = StatusCode::CREATED;
        let location = format!("{}/api/webhooks/{}", target.view.target.prefix, webhook.id);
        Ok(reply.with_header(header::LOCATION, &location))
    })
    .await
}

/// Get a webhook
///
/// Its filters, its place in the change log, and why it is switched off, where it is.
#[utoipa::path(tag = "webhooks", params(("id" = String, Path, format = "uuid", description = "Id of the webhook.", example = "01a21471-bb0a-75e0-b287-363f192aff61"), FieldsParams),
    responses((status = 200, description = "The webhook.", body = WebhookEnvelope)))]
#[get("/api/webhooks/{id}")]
pub(crate) async fn get_webhook(call: Call, access: Access) -> Answer {
    let writer = access.may(Operation::GetWebhook)?;
    let mut query = call.query(&ONE);
    let shape = Shape::read(&mut query, &SHAPE);
    query.finish()?;
    let (id, now) = (webhook_id(&call)?, call.app.clock.now());
    let view = view_of(&call, shape);
    call.answer(
        Access {
            scope: writer.scope(),
        },
        move |c, _| stored::get_webhook(c, id),
        move |found| {
            let (webhook, progress) = found.ok_or_else(missing)?;
            represent(&view, &webhook, progress, now, false)
        },
    )
    .await
}

/// Change a webhook
///
/// A merge patch (RFC 7396). `enabled: true` switches a webhook on again; it continues with the message at which it
/// stopped.
#[utoipa::path(tag = "webhooks", params(("id" = String, Path, format = "uuid", description = "Id of the webhook.", example = "01a21471-bb0a-75e0-b287-363f192aff61"), IfMatchParams),
    request_body(content((WebhookPatch = "application/merge-patch+json"), (WebhookPatch = "application/json"))),
    responses((status = 200, description = "The webhook as it is now.", body = WebhookEnvelope)))]
#[patch("/api/webhooks/{id}")]
pub(crate) async fn update_webhook(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::UpdateWebhook)?;
    let starts = call.must_start_from()?;
    call.require_no_query()?;
    let content = call.content(payload, PATCH).await?;
    let (target, outbound) = (Target::of(&call)?, call.app.outbound.clone());
    call.write(writer, "", move |tx, writer| {
        let before = target.find(tx.conn())?;
        starts.check(before.version, before.updated_at)?;
        let mut whole = written(&before.content);
        merge(&mut whole, content.object);
        let input = read(whole, outbound.allowed()).map_err(Problem::invalid_content)?;
        let (scope, now) = (writer.scope(), tx.now());
        let content = service::resolve_webhook(tx.conn(), &scope, now, input)?;
        let webhook = service::update_webhook(tx.conn(), now, before, content)?;
        record(tx, writer, "webhook", webhook.id, Some(webhook.version));
        target.answer(tx, &webhook, false)
    })
    .await
}

/// Delete a webhook
///
/// Deletes its messages too. A message that is being sent may still arrive.
#[utoipa::path(tag = "webhooks", params(("id" = String, Path, format = "uuid", description = "Id of the webhook.", example = "01a21471-bb0a-75e0-b287-363f192aff61"), IfMatchParams),
    responses((status = 204, description = "It is deleted.")))]
#[delete("/api/webhooks/{id}")]
pub(crate) async fn delete_webhook(call: Call, access: Access) -> Answer {
    let writer = access.may(Operation::DeleteWebhook)?;
    let starts = call.must_start_from()?;
    call.require_no_query()?;
    let target = Target::of(&call)?;
    call.write(writer, "", move |tx, writer| {
        let before = target.find(tx.conn())?;
        starts.check(before.version, before.updated_at)?;
        stored::delete_webhook(tx.conn(), before.id)?;
        record(tx, writer, "webhook", before.id, None);
        Ok(no_content())
    })
    .await
}

/// Rotate the secret of a webhook
///
/// The new secret is shown only in this answer. For one day messages are also signed with the old one.
#[utoipa::path(tag = "webhooks", params(("id" = String, Path, format = "uuid", description = "Id of the webhook.", example = "01a21471-bb0a-75e0-b287-363f192aff61"), IdempotencyParams),
    responses((status = 200, description = "The webhook, with its new secret.", body = WebhookEnvelope)))]
#[post("/api/webhooks/{id}/rotate")]
pub(crate) async fn rotate_webhook_secret(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::RotateWebhookSecret)?;
    call.require_no_query()?;
    let digest = call.nothing(payload).await?;
    let target = Target::of(&call)?;
    call.write(writer, &digest, move |tx, writer| {
        let before = target.find(tx.conn())?;
        let now = tx.now();
        let webhook = service::rotate_secret(tx.conn(), now, before)?;
        record(tx, writer, "webhook", webhook.id, Some(webhook.version));
        target.answer(tx, &webhook, true)
    })
    .await
}

impl Call {
    /// Reads content that has no fields: none, or an empty object. Answers its digest.
    pub(crate) async fn nothing(&self, payload: Payload) -> Result<String, Problem> {
        let content = self.optional_content(payload).await?;
        crate::http::request::json_fields::Fields::new(content.object)
            .finish()
            .map_err(Problem::invalid_content)?;
        Ok(content.digest)
    }
}

/// The webhook that an address names.
pub(crate) fn webhook_id(call: &Call) -> Result<Id, Problem> {
    Id::parse(&call.segment("id")).map_err(|_| missing())
}

pub(crate) fn missing() -> Problem {
    Problem::not_found("webhook")
}

fn view_of(call: &Call, shape: Shape) -> View {
    View {
        shape,
        ..View::whole(call, Policy::Private)
    }
}

fn represent(
    view: &View,
    webhook: &Webhook,
    progress: Progress,
    now: Timestamp,
    with_secret: bool,
) -> Result<Reply, Problem> {
    let mut shown = WebhookView::of(webhook, progress, now);
    shown.secret = with_secret.then(|| webhook.secret.expose().to_owned());
    let mut reply = view.single(shown, Keys::default())?;
    reply.version = Some(VersionTag {
        number: webhook.version,
        at: webhook.updated_at,
    });
    reply.shows_secret = with_secret;
    Ok(reply)
}

/// The webhook that a write means, and how it is answered.
struct Target {
    id: Option<Id>,
    view: View,
}

impl Target {
    fn of(call: &Call) -> Result<Self, Problem> {
        let named = call.request.match_info().get("id").is_some();
        let shape = Shape::read(&mut call.query(&[]), &SHAPE);
        Ok(Self {
            id: named.then(|| webhook_id(call)).transpose()?,
            view: view_of(call, shape),
        })
    }

    fn find(&self, conn: &mut Conn) -> Result<Webhook, Problem> {
        let id = self.id.ok_or_else(missing)?;
        let found: Result<_, StoreError> = stored::get_webhook(conn, id);
        found?.map(|(webhook, _)| webhook).ok_or_else(missing)
    }

    fn answer(
        &self,
        tx: &mut Commit<'_>,
        webhook: &Webhook,
        with_secret: bool,
    ) -> Result<Reply, Problem> {
        let now = tx.now();
        let found = stored::get_webhook(tx.conn(), webhook.id)?;
        let (_, progress) = found.ok_or_else(missing)?;
        represent(&self.view, webhook, progress, now, with_secret)
    }
}
