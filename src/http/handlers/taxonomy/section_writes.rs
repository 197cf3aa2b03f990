//! Writing sections: new ones, changed ones, moved branches.

use std::sync::LazyLock;

use actix_web::http::{StatusCode, header};
use actix_web::web::Payload;
use actix_web::{delete, patch, post, put};

use crate::domain::permission::Operation;
use crate::domain::query::Reference;
use crate::domain::section::Section;
use crate::http::call::authorized::Writer;
use crate::http::call::body::{JSON, PATCH};
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::call::write::{StartsFrom, no_content};
use crate::http::error::Problem;
use crate::http::handlers::taxonomy::section_operations::{self as operations, MeantSection};
use crate::http::handlers::taxonomy::sections::{SHAPE, edition_of};
use crate::http::request::field_selection::Shape;
use crate::http::request::merge_patch::Edit;
use crate::http::request::params::{IdempotencyParams, IfMatchParams, SectionEditionParams};
use crate::http::request::query::names_of;
use crate::http::response::reply::Reply;
use crate::http::response::represent::{View, represent_one};
use crate::http::schemas::{SectionPatch, SectionWrite, WrittenSection};
use crate::service::Commit;
use crate::store::sections;

static ONE: LazyLock<Vec<String>> = LazyLock::new(names_of::<SectionEditionParams>);

/// Create a section
///
/// Last among its siblings, unless `position` says otherwise. A path that is taken gets a number.
#[utoipa::path(tag = "sections", params(IdempotencyParams), request_body = SectionWrite,
    responses((status = 201, description = "The new section.", body = WrittenSection)))]
#[post("/api/sections")]
pub(crate) async fn create_section(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::CreateSection)?;
    call.require_no_query()?;
    let content = call.content(payload, JSON).await?;
    let view = view_of(&call);
    let digest = content.digest.clone();
    call.write(writer, &digest, move |tx, writer| {
        let section = operations::create(tx, writer, content.object)?;
        let mut reply = answer(tx, writer, &view, &section)?;
        reply.status = StatusCode::CREATED;
        let location = format!("{}/api/sections/{}", view.target.prefix, section.id);
        Ok(reply.with_header(header::LOCATION, &location))
    })
    .await
}

/// Replace a section
///
/// Fields that the request does not name are emptied (without `parent` the section becomes a root). Edition, slug,
/// position and translations stay. A section that moves takes along everything below it, and leaves redirects.
#[utoipa::path(tag = "sections", params(("id" = String, Path, description = "Id or path of the section, such as `international/events`.", example = "international/events"), SectionEditionParams, IfMatchParams),
    request_body = SectionWrite,
    responses((status = 200, description = "The section as it is now.", body = WrittenSection)))]
#[put("/api/sections/{id:.+}")]
pub(crate) async fn replace_section(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::ReplaceSection)?;
    let starts = call.must_start_from()?;
    let content = call.content(payload, JSON).await?;
    rewrite(call, writer, starts, Edit::Replace(content.object)).await
}

/// Change a section
///
/// A merge patch (RFC 7396): the named fields change, `null` empties a field. `parent: null` moves the section to the
/// root.
#[utoipa::path(tag = "sections", params(("id" = String, Path, description = "Id or path of the section, such as `international/events`.", example = "international/events"), SectionEditionParams, IfMatchParams),
    request_body(content((SectionPatch = "application/merge-patch+json"), (SectionPatch = "application/json"))),
    responses((status = 200, description = "The section as it is now.", body = WrittenSection)))]
#[patch("/api/sections/{id:.+}")]
pub(crate) async fn update_section(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::UpdateSection)?;
    let starts = call.must_start_from()?;
    let content = call.content(payload, PATCH).await?;
    rewrite(call, writer, starts, Edit::Update(content.object)).await
}

/// Delete a section
///
/// Works only while the section is empty; otherwise a 409 names its sections and articles.
#[utoipa::path(tag = "sections", params(("id" = String, Path, description = "Id or path of the section, such as `international/events`.", example = "international/events"), SectionEditionParams, IfMatchParams),
    responses((status = 204, description = "It is deleted.")))]
#[delete("/api/sections/{id:.+}")]
pub(crate) async fn delete_section(call: Call, access: Access) -> Answer {
    let writer = access.may(Operation::DeleteSection)?;
    let starts = call.must_start_from()?;
    let meant = MeantSection::of(&call)?;
    call.write(writer, "", move |tx, writer| {
        operations::delete(tx, writer, &meant, &starts)?;
        Ok(no_content())
    })
    .await
}

async fn rewrite(call: Call, writer: Writer, starts: StartsFrom, edit: Edit) -> Answer {
    let (meant, view) = (MeantSection::of(&call)?, view_of(&call));
    call.write(writer, "", move |tx, writer| {
        let section = operations::rewrite(tx, writer, &meant, &starts, edit)?;
        answer(tx, writer, &view, &section)
    })
    .await
}

impl MeantSection {
    /// The one that the address names.
    fn of(call: &Call) -> Result<Self, Problem> {
        let mut query = call.query(&ONE);
        let lang = edition_of(&mut query);
        query.finish()?;
        Ok(Self {
            reference: Reference::parse(&call.segment("id")),
            lang,
            default_lang: call.app.config.default_lang.clone(),
        })
    }
}

fn view_of(call: &Call) -> View {
    View::of_taxonomy(call, Shape::read(&mut call.query(&[]), &SHAPE))
}

fn answer(
    tx: &mut Commit<'_>,
    writer: &Writer,
    view: &View,
    section: &Section,
) -> Result<Reply, Problem> {
    let stamp = tx.stamp();
    let (reference, lang) = (Reference::Id(section.id), &section.content.lang);
    let found = sections::get_section(tx.conn(), &writer.scope(), &reference, None, lang, false)?;
    let view = view.with_warnings(tx.take_warnings());
    represent_one(&view, "section", (found, Some(stamp)))
}
