//! The access to feeds: public, by a key, or by a feed token in the address, for readers that send no header fields.

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{Error, FromRequest, HttpRequest};

use crate::domain::error::Invalid;
use crate::http::call::blocking::{self, Lane};
use crate::http::call::extract::{Access, admit, app, charge_refused};
use crate::http::error::{FieldError, Problem};
use crate::http::request::query::Query;
use crate::store;

/// The visibility of a reader of feeds. A token opens the same as its key, but feeds alone.
#[derive(Debug)]
pub(crate) struct FeedAccess(pub(crate) Access);

impl FromRequest for FeedAccess {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let token = Query::parse(request.query_string(), &["token".to_owned()]).one("token");
        let Some(token) = token else {
            let access = Access::from_request(request, payload);
            return Box::pin(async move { Ok(Self(access.await?)) });
        };
        let request = request.clone();
        Box::pin(async move { Ok(Self(of_token(&request, token).await?)) })
    }
}

async fn of_token(request: &HttpRequest, token: String) -> Result<Access, Problem> {
    if request.headers().contains_key(AUTHORIZATION) {
        let invalid = Invalid::new("conflict", "token and Authorization exclude each other");
        return Err(Problem::invalid_parameters(vec![FieldError::new(
            "token", invalid,
        )]));
    }
    let app = app(request)?;
    let (asked, sent, now) = (app.clone(), token.clone(), app.clock.now());
    let find = move || {
        let find = |c: &mut store::Conn| store::feed_tokens::authenticate_feed(c, &sent, now);
        asked.store.read(find)
    };
    let grant = blocking::read(&app, Lane::Usual, find).await??;
    let grant = grant.ok_or_else(|| {
        charge_refused(
            &app,
            request,
            Problem::invalid_key("the feed token opens nothing"),
        )
    })?;
    let prefix = store::feed_tokens::readable_start(&token).unwrap_or_default();
    admit(&app, request, (&token, prefix), grant).await
}
