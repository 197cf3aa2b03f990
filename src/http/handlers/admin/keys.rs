//! Keys over HTTP, for admins: made, listed, changed, rotated, revoked. A secret is in the one answer that issues it.

use std::sync::LazyLock;

use actix_web::http::{StatusCode, header};
use actix_web::web::Payload;
use actix_web::{delete, get, patch, post};

use crate::domain::id::Id;
use crate::domain::key::{IssuedKey, KeyView, Token};
use crate::domain::permission::Operation;
use crate::http::call::body::{JSON, PATCH};
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::call::write::no_content;
use crate::http::error::Problem;
use crate::http::handlers::admin::key_input::{read, read_overlap, read_patch};
use crate::http::protocol::conditional::VersionTag;
use crate::http::request::field_selection::{Names, Shape};
use crate::http::request::paging::{Paging, Single, Target};
use crate::http::request::params::{
    FieldsParams, IdempotencyParams, IfMatchParams, OptionalIfMatchParams, PagingParams,
};
use crate::http::request::query::names_of;
use crate::http::response::reply::{Policy, Reply};
use crate::http::response::represent::{View, represent_one, represent_page};
use crate::http::schemas::{
    IssuedKeyEnvelope, KeyEnvelope, KeyPage, KeyPatchRequest, KeyWrite, RotateRequest,
};
use crate::service::{Commit, keys};
use crate::store::Conn;
use crate::store::key_views::{get_key_view, list_key_views};
use crate::store::keys::{Key, find_key, last_change_of_keys};

static SHAPE: LazyLock<Names> = LazyLock::new(|| Names::of::<KeyView>(&["id"], &[]));
static ONE: LazyLock<Vec<String>> = LazyLock::new(names_of::<FieldsParams>);
static LIST: LazyLock<Vec<String>> =
    LazyLock::new(|| [ONE.clone(), names_of::<PagingParams>()].concat());

/// List keys
///
/// All keys, oldest first, ended ones too. Secrets are never shown.
#[utoipa::path(tag = "keys", params(FieldsParams, PagingParams),
    responses((status = 200, description = "A page of the list.", body = KeyPage)))]
#[get("/api/keys")]
pub(crate) async fn list_keys(call: Call, access: Access) -> Answer {
    let admin = access.may(Operation::ListKeys)?;
    let mut query = call.query(&LIST);
    let shape = Shape::read(&mut query, &SHAPE);
    let paging = Paging::read(&mut query, "keys".to_owned());
    query.finish()?;
    let (page, now) = (paging.request.clone(), call.app.clock.now());
    let view = View::of_taxonomy(&call, shape);
    call.answer(
        admin.into_access(),
        move |c, _| Ok((list_key_views(c, &page, now)?, last_change_of_keys(c)?)),
        move |loaded| represent_page(&view, &paging, "keys", loaded),
    )
    .await
}

/// Get a key
///
/// Everything but the secret.
#[utoipa::path(tag = "keys", params(("id" = String, Path, description = "Id of the key.", example = "01a16896-deff-7418-88d7-47aecaac0e4a"), FieldsParams),
    responses((status = 200, description = "The key.", body = KeyEnvelope)))]
#[get("/api/keys/{id}")]
pub(crate) async fn get_key(call: Call, access: Access) -> Answer {
    let admin = access.may(Operation::GetKey)?;
    let mut query = call.query(&ONE);
    let shape = Shape::read(&mut query, &SHAPE);
    query.finish()?;
    let (id, now) = (key_id(&call)?, call.app.clock.now());
    let view = View::of_taxonomy(&call, shape);
    call.answer(
        admin.into_access(),
        move |c, _| {
            let found = get_key_view(c, id, now)?;
            let used = found.as_ref().and_then(|key| key.last_used_at);
            Ok((found, used))
        },
        move |loaded| represent_one(&view, "key", loaded),
    )
    .await
}

/// Create a key
///
/// The token is shown only in this answer, as `key`: keep it. The same request with the same `Idempotency-Key` and
/// token gets the same answer again, which is kept encrypted with the caller's token.
#[utoipa::path(tag = "keys", params(IdempotencyParams), request_body = KeyWrite,
    responses((status = 201, description = "The new key, with its token.", body = IssuedKeyEnvelope)))]
#[post("/api/keys")]
pub(crate) async fn create_key(call: Call, access: Access, payload: Payload) -> Answer {
    let admin = access.may(Operation::CreateKey)?;
    call.require_no_query()?;
    let content = call.content(payload, JSON).await?;
    let input = read(content.object).map_err(Problem::invalid_content)?;
    let target = call.target();
    call.write(admin, &content.digest, move |tx, _| {
        let limits = keys::limits_of(tx, &input.limits, true)?;
        let (id, token) = keys::create(
            tx,
            &input.name,
            input.role,
            limits,
            input.contract,
            input.expires_at,
        )?;
        let mut reply = issued(tx, &target, id, token)?;
        reply.status = StatusCode::CREATED;
        Ok(reply.with_header(
            header::LOCATION,
            &format!("{}/api/keys/{id}", target.prefix),
        ))
    })
    .await
}

/// Change a key
///
/// A merge patch (RFC 7396) of name, limits, contract and end. `null` removes a limit or the end. The role cannot
/// change.
#[utoipa::path(tag = "keys", params(("id" = String, Path, description = "Id of the key.", example = "01a16896-deff-7418-88d7-47aecaac0e4a"), IfMatchParams),
    request_body(content((KeyPatchRequest = "application/merge-patch+json"), (KeyPatchRequest = "application/json"))),
    responses((status = 200, description = "The key as it is now.", body = KeyEnvelope)))]
#[patch("/api/keys/{id}")]
pub(crate) async fn update_key(call: Call, access: Access, payload: Payload) -> Answer {
    let admin = access.may(Operation::UpdateKey)?;
    let starts = call.must_start_from()?;
    call.require_no_query()?;
    let content = call.content(payload, PATCH).await?;
    let (id, target) = (key_id(&call)?, call.target());
    call.write(admin, &content.digest, move |tx, _| {
        let key = must_find(tx.conn(), id)?;
        starts.check(key.version, key.updated_at)?;
        let patch = read_patch(content.object, &key.grant.contract);
        keys::update(tx, &key, patch.map_err(Problem::invalid_content)?)?;
        let view = shown(tx, &target, id)?;
        let (version, modified) = (view.version, view.updated_at);
        reply_with(&Single { data: view }, version, modified)
    })
    .await
}

/// Revoke a key
///
/// At once, on every node, for ever. A key can revoke itself, and the last admin key can be revoked too; `masthead key
/// create` then makes a new one. `If-Match` is optional.
#[utoipa::path(tag = "keys", params(("id" = String, Path, description = "Id of the key.", example = "01a16896-deff-7418-88d7-47aecaac0e4a"), OptionalIfMatchParams),
    responses((status = 204, description = "It is revoked.")))]
#[delete("/api/keys/{id}")]
pub(crate) async fn delete_key(call: Call, access: Access) -> Answer {
    let admin = access.may(Operation::DeleteKey)?;
    let starts = call.may_start_from();
    call.require_no_query()?;
    let id = key_id(&call)?;
    call.write(admin, "", move |tx, _| {
        let key = must_find(tx.conn(), id)?;
        starts.check(key.version, key.updated_at)?;
        keys::revoke(tx, &key)?;
        Ok(no_content())
    })
    .await
}

/// Rotate a key
///
/// Gives the key a new secret, shown only in this answer. The old secret works for `overlap_seconds` more: a day by
/// default, 30 days at most, 0 for not at all.
#[utoipa::path(tag = "keys", params(("id" = String, Path, description = "Id of the key.", example = "01a16896-deff-7418-88d7-47aecaac0e4a"), OptionalIfMatchParams, IdempotencyParams),
    request_body = Option<RotateRequest>,
    responses((status = 200, description = "The key, with its new token.", body = IssuedKeyEnvelope)))]
#[post("/api/keys/{id}/rotate")]
pub(crate) async fn rotate_key(call: Call, access: Access, payload: Payload) -> Answer {
    let admin = access.may(Operation::RotateKey)?;
    let starts = call.may_start_from();
    call.require_no_query()?;
    let content = call.optional_content(payload).await?;
    let overlap = read_overlap(content.object).map_err(Problem::invalid_content)?;
    let (id, target) = (key_id(&call)?, call.target());
    call.write(admin, &content.digest, move |tx, _| {
        let key = must_find(tx.conn(), id)?;
        starts.check(key.version, key.updated_at)?;
        let token = keys::rotate(tx, &key, overlap)?;
        issued(tx, &target, id, token)
    })
    .await
}

/// The key that the path names.
pub(crate) fn key_id(call: &Call) -> Result<Id, Problem> {
    Id::parse(&call.segment("id")).map_err(|_| Problem::not_found("key"))
}

/// A key that must be there.
pub(crate) fn must_find(conn: &mut Conn, id: Id) -> Result<Key, Problem> {
    find_key(conn, id)?.ok_or_else(|| Problem::not_found("key"))
}

/// A key as it is shown, with links below the prefix.
fn shown(tx: &mut Commit<'_>, target: &Target, id: Id) -> Result<KeyView, Problem> {
    let now = tx.now();
    let found = get_key_view(tx.conn(), id, now)?;
    let mut view = found.ok_or_else(|| Problem::not_found("key"))?;
    view.links.own.insert_str(0, &target.prefix);
    Ok(view)
}

/// The one answer that shows a token.
fn issued(tx: &mut Commit<'_>, target: &Target, id: Id, token: Token) -> Result<Reply, Problem> {
    let view = shown(tx, target, id)?;
    let (version, modified) = (view.version, view.updated_at);
    let data = IssuedKey { view, key: token };
    let mut reply = reply_with(&Single { data }, version, modified)?;
    reply.shows_secret = true;
    Ok(reply)
}

fn reply_with(
    answer: &impl serde::Serialize,
    version: i64,
    modified: crate::domain::time::Timestamp,
) -> Result<Reply, Problem> {
    let body = serde_json::to_vec(answer).map_err(Problem::internal)?;
    let mut reply = Reply::new("application/json", body, Policy::Private);
    reply.version = Some(VersionTag {
        number: version,
        at: modified,
    });
    reply.modified = Some(modified);
    Ok(reply)
}
