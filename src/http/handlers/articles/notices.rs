//! Notices of an article: adding one, and taking one away.

use actix_web::http::{StatusCode, header};
use actix_web::web::Payload;
use actix_web::{delete, post};

use crate::domain::id::Id;
use crate::domain::permission::Operation;
use crate::http::call::body::JSON;
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::call::write::no_content;
use crate::http::error::Problem;
use crate::http::handlers::articles::input::notice;
use crate::http::handlers::articles::operations::{Change, change};
use crate::http::handlers::articles::write::WriteTarget;
use crate::http::request::json_fields::Fields;
use crate::http::request::params::{IdempotencyParams, IfMatchParams, OptionalIfMatchParams};
use crate::http::schemas::{NewNotice, WrittenArticle};

/// Add a notice
///
/// Adds a correction, clarification, retraction or expression of concern. Once the public has seen it, other writes
/// cannot change or remove it.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug of the article.", example = "silence-is-also-a-record"), OptionalIfMatchParams, IdempotencyParams),
    request_body = NewNotice,
    responses((status = 201, description = "The article as it is now.", body = WrittenArticle)))]
#[post("/api/articles/{id}/notices")]
pub(crate) async fn create_notice(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::CreateNotice)?;
    call.require_no_query()?;
    let starts = call.may_start_from();
    let content = call.content(payload, JSON).await?;
    let mut fields = Fields::new(content.object);
    let input = notice(&mut fields);
    fields.finish().map_err(Problem::invalid_content)?;
    let input = input.ok_or_else(|| Problem::invalid_content(Vec::new()))?;
    let target = WriteTarget::of(&call);
    call.write(writer, &content.digest, move |tx, writer| {
        let done = change(tx, writer, &target.meant, &starts, Change::AddNotice(input))?;
        let mut reply = target.answer(tx, writer, &done)?;
        reply.status = StatusCode::CREATED;
        let prefix = target.prefix();
        let location = format!("{prefix}/api/articles/{}", done.id);
        Ok(reply.with_header(header::LOCATION, &location))
    })
    .await
}

/// Delete a notice
///
/// Removes a notice, also one that the public has seen. The audit keeps its words.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug of the article.", example = "silence-is-also-a-record"), ("notice_id" = String, Path, description = "Id of the notice.", example = "0195b2f3-5f20-7c4e-9d1f-0a4d5cf3a1b2"), IfMatchParams),
    responses((status = 204, description = "It is deleted.")))]
#[delete("/api/articles/{id}/notices/{notice_id}")]
pub(crate) async fn delete_notice(call: Call, access: Access) -> Answer {
    let writer = access.may(Operation::DeleteNotice)?;
    let starts = call.must_start_from()?;
    call.require_no_query()?;
    let id = Id::parse(&call.segment("notice_id")).map_err(|_| Problem::not_found("notice"))?;
    let target = WriteTarget::of(&call);
    call.write(writer, "", move |tx, writer| {
        change(tx, writer, &target.meant, &starts, Change::RemoveNotice(id))?;
        Ok(no_content())
    })
    .await
}
