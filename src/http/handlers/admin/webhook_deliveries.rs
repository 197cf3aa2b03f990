//! The messages of webhooks: what became of each, tests, and sending once more.

use std::sync::LazyLock;

use actix_web::http::{StatusCode, header};
use actix_web::web::Payload;
use actix_web::{get, post};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use crate::domain::error::{Fault, Invalid};
use crate::domain::id::Id;
use crate::domain::permission::Operation;
use crate::domain::webhook_delivery::DeliveryStatus;
use crate::domain::webhook_view::DeliveryView;
use crate::http::call::body::JSON;
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::call::write::record;
use crate::http::error::Problem;
use crate::http::handlers::admin::webhooks::{missing, webhook_id};
use crate::http::request::field_selection::{Names, Shape};
use crate::http::request::json_fields::Fields;
use crate::http::request::paging::{Paging, Single};
use crate::http::request::param_schemas::{enumeration, schemas};
use crate::http::request::params::{FieldsParams, IdempotencyParams, PagingParams};
use crate::http::request::query::names_of;
use crate::http::response::reply::{Policy, Reply};
use crate::http::response::represent::View;
use crate::http::response::surrogate_keys::Keys;
use crate::http::schemas::{DeliveryEnvelope, DeliveryPage};
use crate::service::webhooks::{self as service, Replay};
use crate::store::{webhook_deliveries as stored, webhooks};

static SHAPE: LazyLock<Names> = LazyLock::new(|| Names::of::<DeliveryView>(&["id"], &[]));
static ONE: LazyLock<Vec<String>> = LazyLock::new(names_of::<FieldsParams>);
static LIST: LazyLock<Vec<String>> = LazyLock::new(|| {
    [
        ONE.clone(),
        names_of::<StatusParams>(),
        names_of::<PagingParams>(),
    ]
    .concat()
});

const STATUSES: [(&str, DeliveryStatus); 4] = [
    ("pending", DeliveryStatus::Pending),
    ("delivered", DeliveryStatus::Delivered),
    ("failed", DeliveryStatus::Failed),
    ("skipped", DeliveryStatus::Skipped),
];

/// Filters of the messages.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StatusParams {
    /// Only messages in this state: `pending`, `delivered`, `failed` or `skipped`. Example: `status=failed`.
    #[param(inline)]
    pub status: Option<StatusName>,
}

schemas! {
    StatusName: enumeration(&STATUSES.map(|(word, _)| word), None);
}

/// List the messages of a webhook
///
/// Newest first, each with all attempts. Messages are kept for thirty days.
#[utoipa::path(tag = "webhooks", params(("id" = String, Path, format = "uuid", description = "Id of the webhook.", example = "01a21471-bb0a-75e0-b287-363f192aff61"), StatusParams, FieldsParams, PagingParams),
    responses((status = 200, description = "A page of the list.", body = DeliveryPage)))]
#[get("/api/webhooks/{id}/deliveries")]
pub(crate) async fn list_webhook_deliveries(call: Call, access: Access) -> Answer {
    let writer = access.may(Operation::ListWebhookDeliveries)?;
    let mut query = call.query(&LIST);
    let status = query.word("status", &STATUSES);
    let shape = Shape::read(&mut query, &SHAPE);
    let id = webhook_id(&call)?;
    let paging = Paging::read(&mut query, format!("deliveries {id} {status:?}"));
    query.finish()?;
    let page = paging.request.clone();
    let view = view_of(&call, shape);
    call.answer(
        Access {
            scope: writer.scope(),
        },
        move |c, _| {
            if webhooks::get_webhook(c, id)?.is_none() {
                return Ok(None);
            }
            stored::list_deliveries(c, id, status, &page).map(Some)
        },
        move |found| {
            let slice = found.ok_or_else(missing)?;
            let slice = slice.map(|(delivery, attempts)| DeliveryView::of(delivery, attempts));
            view.list(slice, &paging, Keys::default())
        },
    )
    .await
}

/// Get a message of a webhook
///
/// Its state and all attempts.
#[utoipa::path(tag = "webhooks", params(("id" = String, Path, format = "uuid", description = "Id of the webhook.", example = "01a21471-bb0a-75e0-b287-363f192aff61"),
    ("delivery" = String, Path, format = "uuid", description = "Id of the delivery.", example = "01a21471-c443-732c-b16d-b4c32fc1af6a"), FieldsParams),
    responses((status = 200, description = "The message.", body = DeliveryEnvelope)))]
#[get("/api/webhooks/{id}/deliveries/{delivery}")]
pub(crate) async fn get_webhook_delivery(call: Call, access: Access) -> Answer {
    let writer = access.may(Operation::GetWebhookDelivery)?;
    let mut query = call.query(&ONE);
    let shape = Shape::read(&mut query, &SHAPE);
    query.finish()?;
    let id = webhook_id(&call)?;
    let delivery = Id::parse(&call.segment("delivery")).map_err(|_| no_message())?;
    let view = view_of(&call, shape);
    call.answer(
        Access {
            scope: writer.scope(),
        },
        move |c, _| stored::get_delivery(c, id, delivery),
        move |found| {
            let (delivery, attempts) = found.ok_or_else(no_message)?;
            view.single(DeliveryView::of(delivery, attempts), Keys::default())
        },
    )
    .await
}

/// Test a webhook
///
/// Sends one message of type `test` now, even when the webhook is switched off, without retries. `Location` has the
/// result.
#[utoipa::path(tag = "webhooks", params(("id" = String, Path, format = "uuid", description = "Id of the webhook.", example = "01a21471-bb0a-75e0-b287-363f192aff61"), IdempotencyParams),
    responses((status = 202, description = "The queued message.", body = DeliveryEnvelope)))]
#[post("/api/webhooks/{id}/test")]
pub(crate) async fn test_webhook(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::TestWebhook)?;
    call.require_no_query()?;
    let digest = call.nothing(payload).await?;
    let id = webhook_id(&call)?;
    let view = view_of(&call, Shape::read(&mut call.query(&[]), &SHAPE));
    call.write(writer, &digest, move |tx, writer| {
        let (webhook, _) = webhooks::get_webhook(tx.conn(), id)?.ok_or_else(missing)?;
        let now = tx.now();
        let test = service::test_webhook(tx.conn(), now, &webhook)?;
        record(tx, writer, "webhook", id, None);
        let shown = DeliveryView::of(test, Vec::new());
        let location = format!("{}{}", view.target.prefix, shown.links.own);
        let mut reply = view.single(shown, Keys::default())?;
        reply.status = StatusCode::ACCEPTED;
        Ok(reply.with_header(header::LOCATION, &location))
    })
    .await
}

/// The messages to send again: one by `delivery`, or the entries of the change log `from` one number `to` another.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"from": 1200, "to": 1204}))]
pub struct ReplayRequest {
    /// Id of a delivery.
    #[schema(format = "uuid")]
    pub delivery: Option<String>,
    /// The `seq` of the first message.
    #[schema(minimum = 1)]
    pub from: Option<i64>,
    /// The `seq` of the last message. A range holds at most 1,000 messages.
    #[schema(minimum = 1)]
    pub to: Option<i64>,
}

/// The number of messages that are sent again.
#[derive(Debug, Serialize, ToSchema)]
pub struct Replayed {
    /// Messages that wait to be sent again.
    #[schema(example = 5)]
    pub queued: usize,
}

/// The answer to a replay.
#[derive(Debug, ToSchema)]
pub struct ReplayedEnvelope {
    /// The number of messages.
    pub data: Replayed,
}

/// Send messages again
///
/// With the `webhook-id` that they had. A range of the log is judged by today's filters and contract: each article
/// comes once, as it is now.
#[utoipa::path(tag = "webhooks", params(("id" = String, Path, format = "uuid", description = "Id of the webhook.", example = "01a21471-bb0a-75e0-b287-363f192aff61"), IdempotencyParams),
    request_body = ReplayRequest,
    responses((status = 202, description = "The messages are queued.", body = ReplayedEnvelope)))]
#[post("/api/webhooks/{id}/replay")]
pub(crate) async fn replay_webhook(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::ReplayWebhook)?;
    call.require_no_query()?;
    let content = call.content(payload, JSON).await?;
    let digest = content.digest.clone();
    let id = webhook_id(&call)?;
    call.write(writer, &digest, move |tx, writer| {
        let (webhook, _) = webhooks::get_webhook(tx.conn(), id)?.ok_or_else(missing)?;
        let which = read_replay(content.object).map_err(Problem::invalid_content)?;
        let now = tx.now();
        let again = service::replay_deliveries(tx.conn(), now, &webhook, which)?;
        let again = again.ok_or_else(|| Problem::invalid_content(vec![unknown_delivery()]))?;
        record(tx, writer, "webhook", id, None);
        let data = Replayed {
            queued: again.len(),
        };
        let body = serde_json::to_vec(&Single { data }).map_err(Problem::internal)?;
        let mut reply = Reply::new("application/json", body, Policy::Private);
        reply.status = StatusCode::ACCEPTED;
        Ok(reply)
    })
    .await
}

fn read_replay(map: Map<String, Value>) -> Result<Replay, Vec<Fault>> {
    let mut fields = Fields::new(map);
    let delivery = fields.parsed("delivery", Id::parse);
    let from = fields.number("from", 1, i64::MAX);
    let to = fields.number("to", 1, i64::MAX);
    let wrong = |fields: &Fields, name| fields.is_refused(name);
    let any_wrong = ["delivery", "from", "to"]
        .iter()
        .any(|name| wrong(&fields, name));
    let which = match (delivery, from, to) {
        (Some(id), None, None) => Some(Replay::One(id)),
        (None, Some(from), Some(to)) if from <= to => Some(Replay::Range(from, to)),
        _ => None,
    };
    if which.is_none() && !any_wrong {
        let detail = "either delivery, or from and to, where from is not behind to";
        let invalid = Invalid::new("required", detail);
        fields.add(vec![Fault::new("", invalid)]);
    }
    fields.finish()?;
    which.ok_or_else(Vec::new)
}

fn unknown_delivery() -> Fault {
    let invalid = Invalid::new("unknown_delivery", "this webhook has no such delivery");
    Fault::new("/delivery", invalid)
}

fn no_message() -> Problem {
    Problem::not_found("delivery")
}

fn view_of(call: &Call, shape: Shape) -> View {
    View {
        shape,
        ..View::whole(call, Policy::Private)
    }
}
