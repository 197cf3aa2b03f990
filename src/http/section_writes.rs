//! Writing sections: new ones, changed ones, moved branches.

use std::sync::LazyLock;

use actix_web::http::{StatusCode, header};
use actix_web::web::Payload;
use actix_web::{delete, patch, post, put};
use serde_json::{Map, Value, json};

use super::article_input::merge;
use super::content::{JSON, PATCH};
use super::error::Problem;
use super::extract::{Access, Answer, Call};
use super::fields::Fields;
use super::openapi::{SectionEnvelope, SectionPatch, SectionWrite};
use super::parameters::{IdempotencyParams, IfMatchParams, SectionEditionParams};
use super::query::names_of;
use super::reply::Reply;
use super::represent::{View, represent_one};
use super::sections::{SHAPE, edition_of};
use super::shape::Shape;
use super::write::{StartsFrom, Writer, no_content, record};
use crate::domain::error::Fault;
use crate::domain::id::Id;
use crate::domain::input::SectionInput;
use crate::domain::language::LanguageTag;
use crate::domain::permission::Operation;
use crate::domain::query::Reference;
use crate::domain::section::Section;
use crate::domain::slug::Slug;
use crate::domain::text;
use crate::service::Commit;
use crate::service::branches;
use crate::store::{Conn, sections};

static ONE: LazyLock<Vec<String>> = LazyLock::new(names_of::<SectionEditionParams>);

/// Create a section
///
/// At the end of its siblings, unless `position` says otherwise. A taken path gets a number.
#[utoipa::path(tag = "sections", params(IdempotencyParams), request_body = SectionWrite,
    responses((status = 201, description = "The new section.", body = SectionEnvelope)))]
#[post("/api/sections")]
pub(crate) async fn create_section(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::CreateSection)?;
    call.require_no_query()?;
    let content = call.content(payload, JSON).await?;
    let view = view_of(&call);
    let digest = content.digest.clone();
    call.write(writer, &digest, move |tx, writer| {
        let input = read(content.object).map_err(Problem::invalid_content)?;
        let section = branches::create_section(tx, &writer.grant.limits, input)?;
        let mut reply = answer(tx, writer, &view, section.id)?;
        reply.status = StatusCode::CREATED;
        let location = format!("{}/api/sections/{}", view.target.prefix, section.id);
        Ok(reply.with_header(header::LOCATION, &location))
    })
    .await
}

/// Replace a section
///
/// Fields that are not named are emptied (without `parent` it stands at the root), but edition, slug, position and translations stay. A branch that moves takes along all that is in it, and leaves redirects.
#[utoipa::path(tag = "sections", params(("id" = String, Path, description = "Id or path.", example = "international/events"), SectionEditionParams, IfMatchParams),
    request_body = SectionWrite,
    responses((status = 200, description = "The section as it is now.", body = SectionEnvelope)))]
#[put("/api/sections/{id:.+}")]
pub(crate) async fn replace_section(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::ReplaceSection)?;
    let starts = call.must_start_from()?;
    let content = call.content(payload, JSON).await?;
    rewrite(call, writer, starts, move |_| content.object).await
}

/// Change a section
///
/// A merge patch (RFC 7396): fields that are named change, `null` takes a field away; `parent` null moves the branch to the root.
#[utoipa::path(tag = "sections", params(("id" = String, Path, description = "Id or path.", example = "international/events"), SectionEditionParams, IfMatchParams),
    request_body(content((SectionPatch = "application/merge-patch+json"), (SectionPatch = "application/json"))),
    responses((status = 200, description = "The section as it is now.", body = SectionEnvelope)))]
#[patch("/api/sections/{id:.+}")]
pub(crate) async fn update_section(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::UpdateSection)?;
    let starts = call.must_start_from()?;
    let content = call.content(payload, PATCH).await?;
    rewrite(call, writer, starts, move |before| {
        let mut whole = written(before);
        merge(&mut whole, content.object);
        whole
    })
    .await
}

/// Delete a section
///
/// Only one that holds nothing; else 409 tells which sections and articles are in it.
#[utoipa::path(tag = "sections", params(("id" = String, Path, description = "Id or path.", example = "international/events"), SectionEditionParams, IfMatchParams),
    responses((status = 204, description = "It is gone.")))]
#[delete("/api/sections/{id:.+}")]
pub(crate) async fn delete_section(call: Call, access: Access) -> Answer {
    let writer = access.may(Operation::DeleteSection)?;
    let starts = call.must_start_from()?;
    let target = SectionTarget::of(&call)?;
    call.write(writer, "", move |tx, writer| {
        let before = target.find(tx.conn())?;
        starts.check(before.version)?;
        branches::delete_section(tx, &writer.grant.limits, &before)?;
        record(tx, writer, "section", before.id, None);
        Ok(no_content())
    })
    .await
}

async fn rewrite(
    call: Call,
    writer: Writer,
    starts: StartsFrom,
    object: impl FnOnce(&Section) -> Map<String, Value> + Send + 'static,
) -> Answer {
    let (target, view) = (SectionTarget::of(&call)?, view_of(&call));
    call.write(writer, "", move |tx, writer| {
        let before = target.find(tx.conn())?;
        starts.check(before.version)?;
        let input = read(object(&before)).map_err(Problem::invalid_content)?;
        branches::replace_section(tx, &writer.grant.limits, &before, input)?;
        answer(tx, writer, &view, before.id)
    })
    .await
}

/// The section that a request means.
struct SectionTarget {
    reference: Reference,
    lang: Option<LanguageTag>,
    default_lang: LanguageTag,
}

impl SectionTarget {
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

    /// The section; a path that it had leads to it too.
    fn find(&self, conn: &mut Conn) -> Result<Section, Problem> {
        let lang = self.lang.as_ref();
        let found = sections::find_section(conn, &self.reference, lang, &self.default_lang)?;
        found.ok_or_else(|| Problem::not_found("section"))
    }
}

fn view_of(call: &Call) -> View {
    View::of_taxonomy(call, Shape::read(&mut call.query(&[]), &SHAPE))
}

fn answer(tx: &mut Commit<'_>, writer: &Writer, view: &View, id: Id) -> Result<Reply, Problem> {
    let now = tx.now();
    let section = sections::sections_by_ids(tx.conn(), &[id.to_string()])?.pop();
    let section = section.ok_or_else(|| Problem::not_found("section"))?;
    let (reference, lang) = (Reference::Id(id), section.content.lang);
    let found = sections::get_section(tx.conn(), &writer.scope(), &reference, None, &lang, false)?;
    let reply = represent_one(view, "section", (found, Some(now)))?;
    record(tx, writer, "section", id, reply.version);
    Ok(reply)
}

/// Reads a section.
///
/// # Errors
/// Every field that is missing, unknown or not what it should be.
fn read(map: Map<String, Value>) -> Result<SectionInput, Vec<Fault>> {
    let mut fields = Fields::new(map);
    let name = fields.required("name", text::NAME_MAX);
    let position = fields.number("position", 0, i32::MAX.into());
    let input = SectionInput {
        lang: fields.parsed("lang", LanguageTag::parse),
        name: name.unwrap_or_default(),
        slug: fields.parsed("slug", Slug::parse),
        parent: fields.reference("parent"),
        position: position.and_then(|position| i32::try_from(position).ok()),
        description: fields.text("description", text::NOTE_MAX),
        translation_of: fields.given("translation_of", Id::parse),
    };
    fields.finish().map(|()| input)
}

/// A section in the form that it is written in. Without `translation_of`: that stays unless it is named.
fn written(section: &Section) -> Map<String, Value> {
    let content = &section.content;
    let form = json!({
        "lang": content.lang,
        "name": content.name,
        "slug": content.slug,
        "parent": content.parent,
        "position": content.position,
        "description": content.description,
    });
    match form {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
