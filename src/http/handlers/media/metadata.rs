//! Media: the list, one of them, uploads, and what is said of them. For keys only; what readers are sent is in `media_files`.

use std::sync::LazyLock;

use actix_web::http::{StatusCode, header};
use actix_web::web::Payload;
use actix_web::{delete, get, patch, post};

use crate::domain::id::Id;
use crate::domain::medium::{MediaFile, Medium};
use crate::domain::permission::Operation;
use crate::domain::view::MediumView;
use crate::http::call::authorized::Writer;
use crate::http::call::body::PATCH;
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::call::write::{no_content, record};
use crate::http::codes::Code;
use crate::http::error::Problem;
use crate::http::handlers::media::input::{read, written};
use crate::http::handlers::media::uploads::{Upload, intake_problem};
use crate::http::request::field_selection::{Names, Shape};
use crate::http::request::merge_patch::merge;
use crate::http::request::paging::Paging;
use crate::http::request::params::{FieldsParams, IdempotencyParams, IfMatchParams, PagingParams};
use crate::http::request::query::names_of;
use crate::http::response::reply::Reply;
use crate::http::response::represent::{View, represent_one, represent_page};
use crate::http::schemas::{MediumEnvelope, MediumPage, MediumPatch, MediumUpload};
use crate::http::state::shares::Owner;
use crate::media::intake::{self, Kept};
use crate::service::{self, Actor, Commit};
use crate::store::{self, Conn, changes};

static SHAPE: LazyLock<Names> = LazyLock::new(|| Names::of::<MediumView>(&["id"], &[]));
static ONE: LazyLock<Vec<String>> = LazyLock::new(names_of::<FieldsParams>);
static LIST: LazyLock<Vec<String>> =
    LazyLock::new(|| [ONE.clone(), names_of::<PagingParams>()].concat());

/// List media
///
/// Uploaded pictures, newest first.
#[utoipa::path(tag = "media", params(FieldsParams, PagingParams),
    responses((status = 200, description = "A page of the list.", body = MediumPage)))]
#[get("/api/media")]
pub(crate) async fn list_media(call: Call, access: Access) -> Answer {
    let scope = access.may(Operation::ListMedia)?.scope();
    let mut query = call.query(&LIST);
    let shape = Shape::read(&mut query, &SHAPE);
    let paging = Paging::read(&mut query, "media".to_owned());
    query.finish()?;
    let (page, view) = (paging.request.clone(), View::of_taxonomy(&call, shape));
    call.answer(
        Access { scope },
        move |c, scope| {
            let modified = changes::last_change_of_lists(c, scope, &[])?;
            let slice = store::media::list_media(c, scope, &page)?;
            Ok((slice.map(MediumView::from), modified))
        },
        move |loaded| represent_page(&view, &paging, "media", loaded),
    )
    .await
}

/// Get a picture
///
/// By id.
#[utoipa::path(tag = "media", params(("id" = String, Path, description = "Id of the picture.", example = "018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b"), FieldsParams),
    responses((status = 200, description = "The medium.", body = MediumEnvelope)))]
#[get("/api/media/{id}")]
pub(crate) async fn get_medium(call: Call, access: Access) -> Answer {
    let scope = access.may(Operation::GetMedium)?.scope();
    let mut query = call.query(&ONE);
    let shape = Shape::read(&mut query, &SHAPE);
    query.finish()?;
    let id = id_of(&call)?;
    let view = View::of_taxonomy(&call, shape);
    call.answer(
        Access { scope },
        move |c, scope| {
            let found = store::media::find_medium(c, scope, id)?.map(MediumView::from);
            Ok((found, changes::last_change_of(c, scope, &[id])?))
        },
        move |loaded| represent_one(&view, "medium", loaded),
    )
    .await
}

/// Upload a picture
///
/// A form with the part `file`: a JPEG, PNG, GIF or WebP; the bytes decide, not the name. Captions can come in other
/// parts, each a JSON object of texts by language, or a plain text in the default language. Renditions are made in the
/// background. The same bytes are kept once.
#[utoipa::path(tag = "media", params(IdempotencyParams), request_body(content = MediumUpload, content_type = "multipart/form-data"),
    responses((status = 201, description = "The new medium.", body = MediumEnvelope)))]
#[post("/api/media")]
pub(crate) async fn create_medium(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::CreateMedium)?;
    call.require_no_query()?;
    let _place = call.app.uploads.take(Owner::of(&call.context), 1)?;
    let upload = call.receive_upload(payload).await?;
    let file = upload.inspect(&call).await?;
    let kept = keep_bytes(&call, &writer, &upload, file).await?;
    let view = whole_view(&call);
    let (name, content) = (upload.name.clone(), upload.content.clone());
    call.write(writer, &upload.form_digest, move |tx, writer| {
        let file = service::media::keep_file(tx, kept.file, kept.brought)?;
        let key = Some(writer.grant.key);
        let medium = service::media::create_medium(tx, file, name, content, key)?;
        let location = format!("{}/api/media/{}", view.target.prefix, medium.id);
        let mut reply = answer(tx, writer, &view, medium)?;
        reply.status = StatusCode::CREATED;
        Ok(reply.with_header(header::LOCATION, &location))
    })
    .await
}

/// Puts the bytes into the storage, unless they are there.
async fn keep_bytes(
    call: &Call,
    writer: &Writer,
    upload: &Upload,
    file: MediaFile,
) -> Result<Kept, Problem> {
    let app = &call.app;
    let into = (&app.store, &app.clock, Actor::Key(writer.grant.key));
    let kept = intake::keep(&app.media.storage, into, upload.file.path(), file).await;
    let kept = kept.map_err(intake_problem)?;
    if kept.revived {
        app.tail.nudge();
    }
    Ok(kept)
}

/// Change the captions of a picture
///
/// A merge patch (RFC 7396): a named language changes, `null` removes it. Articles show the new words.
#[utoipa::path(tag = "media", params(("id" = String, Path, description = "Id of the picture.", example = "018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b"), IfMatchParams),
    request_body(content((MediumPatch = "application/merge-patch+json"), (MediumPatch = "application/json"))),
    responses((status = 200, description = "The medium as it is now.", body = MediumEnvelope)))]
#[patch("/api/media/{id}")]
pub(crate) async fn update_medium(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::UpdateMedium)?;
    require_no_limits(&writer)?;
    let starts = call.must_start_from()?;
    call.require_no_query()?;
    let content = call.content(payload, PATCH).await?;
    let (id, view) = (id_of(&call)?, whole_view(&call));
    call.write(writer, "", move |tx, writer| {
        let before = find(tx.conn(), id)?;
        starts.check(before.version, before.updated_at)?;
        let mut whole = written(&before.content);
        merge(&mut whole, content.object);
        let words = read(whole).map_err(Problem::invalid_content)?;
        let medium = service::media::update_medium(tx, before, words)?;
        answer(tx, writer, &view, medium)
    })
    .await
}

/// Delete a picture
///
/// Works only while no article shows the picture, withdrawn articles aside; otherwise a 409 names the articles. The
/// bytes go with the last picture that has them.
#[utoipa::path(tag = "media", params(("id" = String, Path, description = "Id of the picture.", example = "018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b"), IfMatchParams),
    responses((status = 204, description = "It is deleted.")))]
#[delete("/api/media/{id}")]
pub(crate) async fn delete_medium(call: Call, access: Access) -> Answer {
    let writer = access.may(Operation::DeleteMedium)?;
    require_no_limits(&writer)?;
    let starts = call.must_start_from()?;
    call.require_no_query()?;
    let id = id_of(&call)?;
    call.write(writer, "", move |tx, writer| {
        let medium = find(tx.conn(), id)?;
        starts.check(medium.version, medium.updated_at)?;
        service::media::delete_medium(tx, &medium)?;
        record(tx, writer, "medium", id, Some(medium.version + 1));
        Ok(no_content())
    })
    .await
}

fn id_of(call: &Call) -> Result<Id, Problem> {
    Id::parse(&call.segment("id")).map_err(|_| Problem::not_found("medium"))
}

fn find(conn: &mut Conn, id: Id) -> Result<Medium, Problem> {
    store::media::get_medium(conn, id)?.ok_or_else(|| Problem::not_found("medium"))
}

/// The whole of a medium, as writes answer it.
fn whole_view(call: &Call) -> View {
    let mut nothing_asked = crate::http::request::query::Query::parse("", &[]);
    View::of_taxonomy(call, Shape::read(&mut nothing_asked, &SHAPE))
}

fn answer(
    tx: &mut Commit<'_>,
    writer: &Writer,
    view: &View,
    medium: Medium,
) -> Result<Reply, Problem> {
    record(tx, writer, "medium", medium.id, Some(medium.version));
    represent_one(view, "medium", (Some(MediumView::from(medium)), None))
}

/// A medium may show in every edition, so that a key which is limited to some of them only adds new ones.
fn require_no_limits(writer: &Writer) -> Result<(), Problem> {
    if writer.grant.limits.allow_shared(None) {
        return Ok(());
    }
    let detail =
        "this key is limited to some editions, sections or sources, and media show in all of them";
    Err(Problem::new(Code::Forbidden, detail))
}
