//! Editions: the list, and one of them.

use std::sync::LazyLock;

use actix_web::get;

use crate::domain::language::LanguageTag;
use crate::domain::view::EditionView;
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::request::field_selection::{Names, Shape};
use crate::http::request::paging::Paging;
use crate::http::request::params::{FieldsParams, PagingParams};
use crate::http::request::query::names_of;
use crate::http::response::represent::{View, represent_one, represent_page};
use crate::http::schemas::{EditionEnvelope, EditionPage};
use crate::store;

pub(crate) static SHAPE: LazyLock<Names> =
    LazyLock::new(|| Names::of::<EditionView>(&["lang"], &[]));
static ONE: LazyLock<Vec<String>> = LazyLock::new(names_of::<FieldsParams>);
static LIST: LazyLock<Vec<String>> =
    LazyLock::new(|| [ONE.clone(), names_of::<PagingParams>()].concat());

/// List editions
///
/// The language editions of the publication, with name, time zone, contact and menu.
#[utoipa::path(tag = "editions", params(FieldsParams, PagingParams),
    responses((status = 200, description = "A page of the list.", body = EditionPage)))]
#[get("/api/editions")]
pub(crate) async fn list_editions(call: Call, access: Access) -> Answer {
    let mut query = call.query(&LIST);
    let shape = Shape::read(&mut query, &SHAPE);
    let paging = Paging::read(&mut query, "editions".to_owned());
    query.finish()?;
    let page = paging.request.clone();
    let view = View::of_taxonomy(&call, shape);
    call.answer(
        access,
        move |c, scope| {
            let modified = store::changes::last_change_of_lists(c, scope, &[])?;
            Ok((store::editions::list_editions(c, &page)?, modified))
        },
        move |loaded| represent_page(&view, &paging, "editions", loaded),
    )
    .await
}

/// Get an edition
///
/// By its language. Tags match whole, without regard to case: `zh` is not `zh-Hans`.
#[utoipa::path(tag = "editions", params(("lang" = String, Path, description = "Language of the edition (BCP 47), such as `en` or `zh-Hans`.", example = "en"), FieldsParams),
    responses((status = 200, description = "The edition.", body = EditionEnvelope)))]
#[get("/api/editions/{lang}")]
pub(crate) async fn get_edition(call: Call, access: Access) -> Answer {
    let mut query = call.query(&ONE);
    let lang = LanguageTag::parse(&call.segment("lang")).ok();
    let shape = Shape::read(&mut query, &SHAPE);
    query.finish()?;
    let view = View::of_taxonomy(&call, shape);
    call.answer(
        access,
        move |c, _| {
            let found = match &lang {
                Some(lang) => store::editions::get_edition(c, lang)?,
                None => None,
            };
            Ok((found, None))
        },
        move |loaded| represent_one(&view, "edition", loaded),
    )
    .await
}
