//! Feed tokens of a partner's key, for admins: made, listed, revoked. A secret is in the one answer that issues it.

use std::sync::LazyLock;

use actix_web::http::{StatusCode, header};
use actix_web::web::Payload;
use actix_web::{delete, get, post};

use crate::domain::feed_token::IssuedFeedToken;
use crate::domain::id::Id;
use crate::domain::key::Token;
use crate::domain::permission::Operation;
use crate::domain::text::NAME_MAX;
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::call::write::no_content;
use crate::http::error::Problem;
use crate::http::handlers::admin::keys::{key_id, must_find};
use crate::http::request::json_fields::Fields;
use crate::http::request::paging::{Paging, Single};
use crate::http::request::params::{IdempotencyParams, PagingParams};
use crate::http::request::query::names_of;
use crate::http::response::reply::{Policy, Reply};
use crate::http::response::represent::View;
use crate::http::response::surrogate_keys::Keys;
use crate::http::schemas::{FeedTokenPage, FeedTokenWrite, IssuedFeedTokenEnvelope};
use crate::service::{Commit, feed_tokens};
use crate::store::feed_tokens::{find_feed_token, list_feed_tokens as load};
use crate::store::keys::{Key, find_key};

static LIST: LazyLock<Vec<String>> = LazyLock::new(names_of::<PagingParams>);

/// List feed tokens
///
/// The tokens of one key, oldest first, revoked ones too. Secrets are never shown.
#[utoipa::path(tag = "keys", params(("id" = String, Path, description = "Id of the key.", example = "01a16896-deff-7418-88d7-47aecaac0e4a"), PagingParams),
    responses((status = 200, description = "A page of the list.", body = FeedTokenPage)))]
#[get("/api/keys/{id}/feed-tokens")]
pub(crate) async fn list_feed_tokens(call: Call, access: Access) -> Answer {
    let admin = access.may(Operation::ListFeedTokens)?;
    let mut query = call.query(&LIST);
    let id = key_id(&call)?;
    let paging = Paging::read(&mut query, format!("feed tokens of {id}"));
    query.finish()?;
    let page = paging.request.clone();
    let view = View::whole(&call, Policy::Private);
    call.answer(
        admin.into_access(),
        move |c, _| match find_key(c, id)? {
            Some(_) => load(c, id, &page).map(Some),
            None => Ok(None),
        },
        move |found| {
            let slice = found.ok_or_else(|| Problem::not_found("key"))?;
            view.list(slice, &paging, Keys::default())
        },
    )
    .await
}

/// Create a feed token
///
/// For partners whose feed reader cannot send a key: `?token=…` opens every feed with the rights of the partner's key.
/// The token is shown only in this answer. It ends when it or its key is revoked.
#[utoipa::path(tag = "keys", params(("id" = String, Path, description = "Id of a partner's key.", example = "01a16896-deff-7418-88d7-47aecaac0e4a"), IdempotencyParams),
    request_body = Option<FeedTokenWrite>,
    responses((status = 201, description = "The new token.", body = IssuedFeedTokenEnvelope)))]
#[post("/api/keys/{id}/feed-tokens")]
pub(crate) async fn create_feed_token(call: Call, access: Access, payload: Payload) -> Answer {
    let admin = access.may(Operation::CreateFeedToken)?;
    call.require_no_query()?;
    let content = call.optional_content(payload).await?;
    let mut fields = Fields::new(content.object);
    let name = fields.text("name", NAME_MAX);
    fields.finish().map_err(Problem::invalid_content)?;
    let (id, prefix) = (key_id(&call)?, call.context.prefix.clone());
    let (base, default_lang) = (call.app.base_url(), call.app.config.default_lang.clone());
    call.write(admin, &content.digest, move |tx, _| {
        let key = must_find(tx.conn(), id)?;
        let (token_id, token) = feed_tokens::create(tx, &key, name.as_deref())?;
        let lang = key.grant.limits.langs.first().unwrap_or(&default_lang);
        let url = format!("{base}/feeds/{lang}/atom.xml?token={}", token.expose());
        let data = issued(tx, &key, token_id, (token, Token::new(url)))?;
        let body = serde_json::to_vec(&Single { data }).map_err(Problem::internal)?;
        let mut reply = Reply::new("application/json", body, Policy::Private);
        reply.status = StatusCode::CREATED;
        reply.shows_secret = true;
        let place = format!("{prefix}/api/keys/{id}/feed-tokens/{token_id}");
        Ok(reply.with_header(header::LOCATION, &place))
    })
    .await
}

/// Revoke a feed token
///
/// At once, on every node, for ever. The key and its other tokens still work.
#[utoipa::path(tag = "keys", params(("id" = String, Path, description = "Id of the key.", example = "01a16896-deff-7418-88d7-47aecaac0e4a"), ("token_id" = String, Path, description = "Id of the token.", example = "01a16896-df00-7c0e-9d1f-0a4d5cf3a1b2")),
    responses((status = 204, description = "It is revoked.")))]
#[delete("/api/keys/{id}/feed-tokens/{token_id}")]
pub(crate) async fn delete_feed_token(call: Call, access: Access) -> Answer {
    let admin = access.may(Operation::DeleteFeedToken)?;
    call.require_no_query()?;
    let key = key_id(&call)?;
    let id = Id::parse(&call.segment("token_id")).map_err(|_| Problem::not_found("feed token"))?;
    call.write(admin, "", move |tx, _| {
        must_find(tx.conn(), key)?;
        let found = find_feed_token(tx.conn(), key, id)?;
        let token = found.ok_or_else(|| Problem::not_found("feed token"))?;
        feed_tokens::revoke(tx, key, &token)?;
        Ok(no_content())
    })
    .await
}

/// The one answer that shows a token.
fn issued(
    tx: &mut Commit<'_>,
    key: &Key,
    id: Id,
    (token, url_example): (Token, Token),
) -> Result<IssuedFeedToken, Problem> {
    let found = find_feed_token(tx.conn(), key.grant.key, id)?;
    Ok(IssuedFeedToken {
        view: found.ok_or_else(|| Problem::not_found("feed token"))?,
        token,
        url_example,
    })
}
