//! Reading authors, sources and tags: the list and one of them, the same way for the three. Each says in [`Written`] what is
//! its own.

use std::sync::LazyLock;

use crate::domain::access::Scope;
use crate::domain::query::Reference;
use crate::domain::view::named;
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::handlers::taxonomy::written::Written;
use crate::http::request::field_selection::Shape;
use crate::http::request::paging::Paging;
use crate::http::request::params::{CountParams, FieldsParams, NameParams, PagingParams};
use crate::http::request::query::names_of;
use crate::http::response::redirect::{LookUp, address_of, represent_look_up};
use crate::http::response::represent::{View, name_languages, represent_page};
use crate::service::shared;
use crate::store::moved::Known;
use crate::store::{Conn, StoreError, changes, shared_rows};

static ONE: LazyLock<Vec<String>> = LazyLock::new(|| {
    [
        names_of::<FieldsParams>(),
        names_of::<CountParams>(),
        names_of::<NameParams>(),
    ]
    .concat()
});
static LIST: LazyLock<Vec<String>> =
    LazyLock::new(|| [ONE.clone(), names_of::<PagingParams>()].concat());

/// Answers a request for the list.
pub(crate) async fn list<T: Written>(call: Call, access: Access) -> Answer {
    let mut query = call.query(&LIST);
    let shape = Shape::read(&mut query, T::names());
    let paging = Paging::read(&mut query, T::PLURAL.to_owned());
    let langs = query.languages();
    query.finish()?;
    let (page, counts) = (paging.request.clone(), shape.names("article_count"));
    let view = View::of_taxonomy(&call, shape);
    let (names, first) = name_languages(&view, langs);
    call.answer(
        access,
        move |c, scope| {
            let modified = changes::last_change_of_lists(c, scope, &[])?;
            let slice = shared_rows::list::<T>(c, scope, &first, counts, &page)?;
            Ok((slice.map(|thing| named(thing, &names)), modified))
        },
        move |loaded| represent_page(&view, &paging, T::PLURAL, loaded),
    )
    .await
}

/// Answers a request for one: by id or slug, or by slug alone where that is its identity.
pub(crate) async fn get<T: Written>(call: Call, access: Access) -> Answer {
    let mut query = call.query(&ONE);
    let asked = segment_of(&call);
    let reference = match T::HAS_ID {
        true => Reference::parse(&asked),
        false => Reference::Slug(asked.clone()),
    };
    let shape = Shape::read(&mut query, T::names());
    let langs = query.languages();
    query.finish()?;
    let counts = shape.names("article_count");
    let view = View::of_taxonomy(&call, shape);
    let (names, first) = name_languages(&view, langs);
    let default_lang = call.app.config.default_lang.clone();
    call.answer(
        access,
        move |c, scope| {
            let found = shared_rows::get::<T>(c, scope, &reference, &first, counts)?;
            let found = match found {
                Some(found) => LookUp::Found(named(found, &names)),
                None => look_behind::<T>(c, scope, &asked)?,
            };
            Ok((found, changes::last_change_of_lists(c, scope, &[])?))
        },
        move |loaded| represent_look_up(&view, T::kind(), &default_lang, loaded),
    )
    .await
}

/// The redirect behind a reference that finds nothing, for a scope that may see it.
fn look_behind<T: Written>(
    conn: &mut Conn,
    scope: &Scope,
    reference: &str,
) -> Result<LookUp<T::View>, StoreError> {
    let Some(thing) = shared::find_moved::<T>(conn, reference, Known::to(scope))? else {
        return Ok(LookUp::Missing);
    };
    let seen = T::seen(conn, scope, &Reference::Id(thing.id()))?;
    Ok(seen.map_or(LookUp::Missing, |seen| {
        let slug = T::slug(seen.content()).as_str();
        LookUp::Moved(address_of(T::PLURAL, slug), None)
    }))
}

/// The id or slug that a request's address names.
pub(crate) fn segment_of(call: &Call) -> String {
    let segments = ["id", "slug"].map(|name| call.segment(name));
    segments
        .into_iter()
        .find(|text| !text.is_empty())
        .unwrap_or_default()
}
