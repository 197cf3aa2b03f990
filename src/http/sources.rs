//! Sources: the list, and one of them.

use std::sync::LazyLock;

use actix_web::get;

use super::extract::{Access, Answer, Call};
use super::openapi::{SourceEnvelope, SourcePage};
use super::page::Paging;
use super::parameters::{CountParams, FieldsParams, PagingParams};
use super::query::names_of;
use super::represent::{View, represent_one, represent_page};
use super::shape::{Names, Shape};
use crate::domain::query::Reference;
use crate::domain::view::SourceView;
use crate::store::{self, changes};

static SHAPE: LazyLock<Names> =
    LazyLock::new(|| Names::of::<SourceView>(&["id"], &["article_count"]));
static ONE: LazyLock<Vec<String>> =
    LazyLock::new(|| [names_of::<FieldsParams>(), names_of::<CountParams>()].concat());
static LIST: LazyLock<Vec<String>> =
    LazyLock::new(|| [ONE.clone(), names_of::<PagingParams>()].concat());

/// List sources
///
/// Who published the articles first: newspapers, journals, agencies; in the order of their slugs.
#[utoipa::path(tag = "sources", params(FieldsParams, CountParams, PagingParams),
    responses((status = 200, description = "A part of the list.", body = SourcePage)))]
#[get("/api/sources")]
pub(crate) async fn list_sources(call: Call, access: Access) -> Answer {
    let mut query = call.query(&LIST);
    let shape = Shape::read(&mut query, &SHAPE);
    let paging = Paging::read(&mut query, "sources".to_owned());
    query.finish()?;
    let (page, counts) = (paging.request.clone(), shape.names("article_count"));
    let view = View::of_taxonomy(&call, shape);
    call.answer(
        access,
        move |c, scope| {
            let modified = changes::last_change_of_lists(c, scope, &[])?;
            let slice = store::sources::list_sources(c, scope, counts, &page)?;
            Ok((slice, modified))
        },
        move |loaded| represent_page(&view, &paging, "sources", loaded),
    )
    .await
}

/// Get a source
///
/// By id or by slug.
#[utoipa::path(tag = "sources", params(("id" = String, Path, description = "Id or slug.", example = "the-watermark-review"), FieldsParams, CountParams),
    responses((status = 200, description = "The source.", body = SourceEnvelope)))]
#[get("/api/sources/{id}")]
pub(crate) async fn get_source(call: Call, access: Access) -> Answer {
    let mut query = call.query(&ONE);
    let reference = Reference::parse(&call.segment("id"));
    let shape = Shape::read(&mut query, &SHAPE);
    query.finish()?;
    let counts = shape.names("article_count");
    let view = View::of_taxonomy(&call, shape);
    call.answer(
        access,
        move |c, scope| {
            let found = store::sources::get_source(c, scope, &reference, counts)?;
            Ok((found, changes::last_change_of_lists(c, scope, &[])?))
        },
        move |loaded| represent_one(&view, "source", loaded),
    )
    .await
}
