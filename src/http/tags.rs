//! Tags: the list, and one of them.

use std::sync::LazyLock;

use actix_web::get;

use super::extract::{Access, Answer, Call};
use super::openapi::{TagEnvelope, TagPage};
use super::page::Paging;
use super::parameters::{CountParams, FieldsParams, PagingParams};
use super::query::names_of;
use super::represent::{View, represent_one, represent_page};
use super::shape::{Names, Shape};
use crate::domain::view::TagView;
use crate::store::{self, changes};

static SHAPE: LazyLock<Names> =
    LazyLock::new(|| Names::of::<TagView>(&["slug"], &["article_count"]));
static ONE: LazyLock<Vec<String>> =
    LazyLock::new(|| [names_of::<FieldsParams>(), names_of::<CountParams>()].concat());
static LIST: LazyLock<Vec<String>> =
    LazyLock::new(|| [ONE.clone(), names_of::<PagingParams>()].concat());

/// List tags
///
/// The keywords of published articles.
#[utoipa::path(tag = "tags", params(FieldsParams, CountParams, PagingParams),
    responses((status = 200, description = "A part of the list.", body = TagPage)))]
#[get("/api/tags")]
pub(crate) async fn list_tags(call: Call, access: Access) -> Answer {
    let mut query = call.query(&LIST);
    let shape = Shape::read(&mut query, &SHAPE);
    let paging = Paging::read(&mut query, "tags".to_owned());
    query.finish()?;
    let (page, counts) = (paging.request.clone(), shape.names("article_count"));
    let view = View::of_taxonomy(&call, shape);
    call.answer(
        access,
        move |c, scope| {
            let modified = changes::last_change_of_lists(c, scope, &[])?;
            let slice = store::tags::list_tags(c, scope, counts, &page)?;
            Ok((slice, modified))
        },
        move |loaded| represent_page(&view, &paging, "tags", loaded),
    )
    .await
}

/// Get a tag
///
/// By slug.
#[utoipa::path(tag = "tags", params(("slug" = String, Path, description = "Slug.", example = "archives"), FieldsParams, CountParams),
    responses((status = 200, description = "The tag.", body = TagEnvelope)))]
#[get("/api/tags/{slug}")]
pub(crate) async fn get_tag(call: Call, access: Access) -> Answer {
    let mut query = call.query(&ONE);
    let slug = call.segment("slug");
    let shape = Shape::read(&mut query, &SHAPE);
    query.finish()?;
    let counts = shape.names("article_count");
    let view = View::of_taxonomy(&call, shape);
    call.answer(
        access,
        move |c, scope| {
            let found = store::tags::get_tag(c, scope, &slug, counts)?;
            Ok((found, changes::last_change_of_lists(c, scope, &[])?))
        },
        move |loaded| represent_one(&view, "tag", loaded),
    )
    .await
}
