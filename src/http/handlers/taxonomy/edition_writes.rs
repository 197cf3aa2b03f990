//! Writing editions: made and replaced at the address that their language names.

use actix_web::http::{StatusCode, header};
use actix_web::web::Payload;
use actix_web::{delete, patch, put};

use crate::domain::edition::Edition;
use crate::domain::language::LanguageTag;
use crate::domain::permission::Operation;
use crate::http::call::body::{JSON, PATCH};
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::call::write::no_content;
use crate::http::codes::Code;
use crate::http::error::Problem;
use crate::http::handlers::taxonomy::edition_operations as operations;
use crate::http::handlers::taxonomy::editions::SHAPE;
use crate::http::request::field_selection::Shape;
use crate::http::request::params::{IfMatchParams, PresenceParams};
use crate::http::response::reply::Reply;
use crate::http::response::represent::{View, represent_one};
use crate::http::schemas::{EditionEnvelope, EditionPatch, EditionWrite};
use crate::service::Commit;
use crate::store::editions::get_edition;

/// Create or replace an edition
///
/// Fields that the request does not name get their defaults. A new edition needs no `If-Match`; with `If-None-Match: *`
/// the request fails where the edition exists.
#[utoipa::path(tag = "editions", params(("lang" = String, Path, description = "Language of the edition (BCP 47), such as `en` or `zh-Hans`.", example = "en"), PresenceParams),
    request_body = EditionWrite,
    responses((status = 200, description = "The edition as it is now.", body = EditionEnvelope),
        (status = 201, description = "The new edition.", body = EditionEnvelope)))]
#[put("/api/editions/{lang}")]
pub(crate) async fn replace_edition(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::ReplaceEdition)?;
    let (lang, view) = (lang_of(&call)?, view_of(&call));
    let content = call.content(payload, JSON).await?;
    let (starts, must_be_new) = (call.may_start_from(), call.demands_absence());
    call.write(writer, "", move |tx, writer| {
        let (edition, is_new) =
            operations::replace(tx, writer, &lang, &starts, must_be_new, content.object)?;
        let mut reply = answer(tx, &view, &edition)?;
        if is_new {
            reply.status = StatusCode::CREATED;
            let location = format!("{}/api/editions/{lang}", view.target.prefix);
            reply = reply.with_header(header::LOCATION, &location);
        }
        Ok(reply)
    })
    .await
}

/// Change an edition
///
/// A merge patch (RFC 7396): the named fields change, `null` brings back the default.
#[utoipa::path(tag = "editions", params(("lang" = String, Path, description = "Language of the edition (BCP 47), such as `en` or `zh-Hans`.", example = "en"), IfMatchParams),
    request_body(content((EditionPatch = "application/merge-patch+json"), (EditionPatch = "application/json"))),
    responses((status = 200, description = "The edition as it is now.", body = EditionEnvelope)))]
#[patch("/api/editions/{lang}")]
pub(crate) async fn update_edition(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::UpdateEdition)?;
    let starts = call.must_start_from()?;
    let content = call.content(payload, PATCH).await?;
    let (lang, view) = (lang_of(&call)?, view_of(&call));
    call.write(writer, "", move |tx, writer| {
        let edition = operations::update(tx, writer, &lang, &starts, content.object)?;
        answer(tx, &view, &edition)
    })
    .await
}

/// Delete an edition
///
/// Works only while the edition is empty; otherwise a 409 names its sections and articles.
#[utoipa::path(tag = "editions", params(("lang" = String, Path, description = "Language of the edition (BCP 47), such as `en` or `zh-Hans`.", example = "en"), IfMatchParams),
    responses((status = 204, description = "It is deleted.")))]
#[delete("/api/editions/{lang}")]
pub(crate) async fn delete_edition(call: Call, access: Access) -> Answer {
    let writer = access.may(Operation::DeleteEdition)?;
    let starts = call.must_start_from()?;
    let lang = lang_of(&call)?;
    call.write(writer, "", move |tx, writer| {
        operations::delete(tx, writer, &lang, &starts)?;
        Ok(no_content())
    })
    .await
}

fn lang_of(call: &Call) -> Result<LanguageTag, Problem> {
    call.require_no_query()?;
    let lang = LanguageTag::parse(&call.segment("lang"));
    lang.map_err(|invalid| Problem::new(Code::MalformedUrl, invalid.detail))
}

fn view_of(call: &Call) -> View {
    View::of_taxonomy(call, Shape::read(&mut call.query(&[]), &SHAPE))
}

fn answer(tx: &mut Commit<'_>, view: &View, edition: &Edition) -> Result<Reply, Problem> {
    let found = get_edition(tx.conn(), &edition.content.lang)?;
    represent_one(view, "edition", (found, Some(tx.stamp())))
}
