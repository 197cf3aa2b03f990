//! Sections: an edition's tree, and one node of it.

use std::sync::LazyLock;

use actix_web::get;

use super::extract::{Access, Answer, Call};
use super::openapi::{SectionEnvelope, SectionPage};
use super::page::Paging;
use super::parameters::{
    CountParams, FieldsParams, PagingParams, SectionEditionParams, SectionFilterParams,
};
use super::query::names_of;
use super::represent::{View, represent_one, represent_page};
use super::shape::{Names, Shape};
use crate::domain::error::Invalid;
use crate::domain::query::Reference;
use crate::domain::view::SectionView;
use crate::store::{changes, sections};

static SHAPE: LazyLock<Names> =
    LazyLock::new(|| Names::of::<SectionView>(&["id", "lang"], &["article_count"]));
static ONE: LazyLock<Vec<String>> = LazyLock::new(|| {
    let shape = [names_of::<FieldsParams>(), names_of::<CountParams>()].concat();
    [names_of::<SectionEditionParams>(), shape].concat()
});
static LIST: LazyLock<Vec<String>> = LazyLock::new(|| {
    let shape = [names_of::<FieldsParams>(), names_of::<CountParams>()].concat();
    [
        names_of::<SectionFilterParams>(),
        shape,
        names_of::<PagingParams>(),
    ]
    .concat()
});

/// List sections
///
/// Flat and depth first, in the order of the menu; `tree=true` nests them.
#[utoipa::path(tag = "sections", params(SectionFilterParams, FieldsParams, CountParams, PagingParams),
    responses((status = 200, description = "A part of the list.", body = SectionPage)))]
#[get("/api/sections")]
pub(crate) async fn list_sections(call: Call, access: Access) -> Answer {
    let mut query = call.query(&LIST);
    let langs = query.languages();
    let tree = query
        .word("tree", &[("true", true), ("false", false)])
        .unwrap_or(false);
    let mut shape = Shape::read(&mut query, &SHAPE);
    if tree {
        shape.add("children");
    }
    let paging = Paging::read(&mut query, format!("sections {langs:?} {tree}"));
    query.finish()?;
    let (page, counts) = (paging.request.clone(), shape.names("article_count"));
    let view = View::of_taxonomy(&call, shape);
    call.answer(
        access,
        move |c, scope| {
            let modified = changes::last_change_of_lists(c, scope, &langs)?;
            let list = if tree {
                sections::section_tree
            } else {
                sections::list_sections
            };
            Ok((list(c, scope, &langs, counts, &page)?, modified))
        },
        move |loaded| represent_page(&view, &paging, "sections", loaded),
    )
    .await
}

/// Get a section
///
/// By id or by path; the path's slashes may be written as they are or as `%2F`.
#[utoipa::path(tag = "sections", params(("id" = String, Path, description = "Id or path.", example = "international/events"), SectionEditionParams, FieldsParams, CountParams),
    responses((status = 200, description = "The section.", body = SectionEnvelope)))]
#[get("/api/sections/{id:.+}")]
pub(crate) async fn get_section(call: Call, access: Access) -> Answer {
    let mut query = call.query(&ONE);
    let reference = Reference::parse(&call.segment("id"));
    let langs = query.languages();
    if langs.len() > 1 {
        let detail = "a section is looked up in one edition";
        query.refuse("lang", Invalid::new("too_many", detail));
    }
    let shape = Shape::read(&mut query, &SHAPE);
    query.finish()?;
    let counts = shape.names("article_count");
    let (view, default_lang) = (
        View::of_taxonomy(&call, shape),
        call.app.config.default_lang.clone(),
    );
    call.answer(
        access,
        move |c, scope| {
            let found =
                sections::get_section(c, scope, &reference, langs.first(), &default_lang, counts)?;
            Ok((found, changes::last_change_of_lists(c, scope, &[])?))
        },
        move |loaded| represent_one(&view, "section", loaded),
    )
    .await
}
