//! Sections: an edition's tree, and one node of it.

use std::sync::LazyLock;

use actix_web::get;

use crate::domain::error::Invalid;
use crate::domain::language::LanguageTag;
use crate::domain::query::Reference;
use crate::domain::view::SectionView;
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::request::field_selection::{Names, Shape};
use crate::http::request::paging::Paging;
use crate::http::request::params::{
    CountParams, FieldsParams, PagingParams, SectionEditionParams, SectionFilterParams,
};
use crate::http::request::query::{Query, names_of};
use crate::http::response::redirect::{LookUp, address_of_section, represent_look_up};
use crate::http::response::represent::{View, represent_page};
use crate::http::schemas::{SectionEnvelope, SectionPage};
use crate::store::{changes, sections};

pub(crate) static SHAPE: LazyLock<Names> =
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
/// Depth first, in the order of the menu. `tree=true` nests the children.
#[utoipa::path(tag = "sections", params(SectionFilterParams, FieldsParams, CountParams, PagingParams),
    responses((status = 200, description = "A page of the list.", body = SectionPage)))]
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
            // Translations are of other editions.
            let modified = changes::last_change_of_lists(c, scope, &[])?;
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
/// By id or path. Slashes of the path may be `/` or `%2F`.
#[utoipa::path(tag = "sections", params(("id" = String, Path, description = "Id or path of the section, such as `international/events`.", example = "international/events"), SectionEditionParams, FieldsParams, CountParams),
    responses((status = 200, description = "The section.", body = SectionEnvelope)))]
#[get("/api/sections/{id:.+}")]
pub(crate) async fn get_section(call: Call, access: Access) -> Answer {
    let mut query = call.query(&ONE);
    let asked = call.segment("id");
    let lang = edition_of(&mut query);
    let shape = Shape::read(&mut query, &SHAPE);
    query.finish()?;
    let counts = shape.names("article_count");
    let view = View::of_taxonomy(&call, shape);
    let default_lang = call.app.config.default_lang.clone();
    let preferred = default_lang.clone();
    call.answer(
        access,
        move |c, scope| {
            let reference = Reference::parse(&asked);
            let found =
                sections::get_section(c, scope, &reference, lang.as_ref(), &preferred, counts)?;
            let found = match (found, reference) {
                (None, _) => LookUp::Missing,
                (Some(found), Reference::Slug(path)) if found.path != path => {
                    LookUp::Moved(address_of_section(&found.path, found.id), Some(found.lang))
                }
                (Some(found), _) => LookUp::Found(found),
            };
            Ok((found, changes::last_change_of_lists(c, scope, &[])?))
        },
        move |loaded| represent_look_up(&view, "section", &default_lang, loaded),
    )
    .await
}

/// The one edition that a section is looked up in.
pub(crate) fn edition_of(query: &mut Query) -> Option<LanguageTag> {
    let mut langs = query.languages();
    if langs.len() > 1 {
        let detail = "a section is looked up in one edition";
        query.refuse("lang", Invalid::new("too_many", detail));
    }
    langs.pop()
}
