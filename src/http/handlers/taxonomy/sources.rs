//! Sources: the list, and one of them.

use std::sync::LazyLock;

use actix_web::web::Payload;
use actix_web::{delete, get, patch, post, put};
use serde_json::{Value, json};

use crate::domain::permission::Operation;
use crate::domain::slug::Slug;
use crate::domain::source::{Source, SourceContent};
use crate::domain::text;
use crate::domain::view::SourceView;
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::handlers::taxonomy::written::Written;
use crate::http::handlers::taxonomy::{shared_reads, shared_writes};
use crate::http::request::field_selection::Names;
use crate::http::request::json_fields::Fields;
use crate::http::request::params::{
    CountParams, FieldsParams, IdempotencyParams, IfMatchParams, NameParams, PagingParams,
};
use crate::http::request::rights::rights;
use crate::http::schemas::{SourceEnvelope, SourcePage, SourcePatch, SourceWrite, WrittenSource};

/// List sources
///
/// Newspapers, journals and agencies that published articles first, ordered by slug.
#[utoipa::path(tag = "sources", params(FieldsParams, CountParams, NameParams, PagingParams),
    responses((status = 200, description = "A page of the list.", body = SourcePage)))]
#[get("/api/sources")]
pub(crate) async fn list_sources(call: Call, access: Access) -> Answer {
    shared_reads::list::<Source>(call, access).await
}

/// Get a source
///
/// By id or slug. An old slug answers 308.
#[utoipa::path(tag = "sources", params(("id" = String, Path, description = "Id or slug of the source.", example = "the-watermark-review"), FieldsParams, CountParams, NameParams),
    responses((status = 200, description = "The source.", body = SourceEnvelope)))]
#[get("/api/sources/{id}")]
pub(crate) async fn get_source(call: Call, access: Access) -> Answer {
    shared_reads::get::<Source>(call, access).await
}

/// Create a source
///
/// Names are unique: a second source with the same name is a 409 that names the first.
#[utoipa::path(tag = "sources", params(IdempotencyParams), request_body = SourceWrite,
    responses((status = 201, description = "The new source.", body = WrittenSource)))]
#[post("/api/sources")]
pub(crate) async fn create_source(call: Call, access: Access, payload: Payload) -> Answer {
    shared_writes::create::<Source>(Operation::CreateSource, call, access, payload).await
}

/// Replace a source
///
/// Fields that the request does not name are emptied; the slug stays. A changed slug leaves a redirect.
#[utoipa::path(tag = "sources", params(("id" = String, Path, description = "Id or slug of the source.", example = "the-watermark-review"), IfMatchParams), request_body = SourceWrite,
    responses((status = 200, description = "The source as it is now.", body = WrittenSource)))]
#[put("/api/sources/{id}")]
pub(crate) async fn replace_source(call: Call, access: Access, payload: Payload) -> Answer {
    shared_writes::replace::<Source>(Operation::ReplaceSource, call, access, payload).await
}

/// Change a source
///
/// A merge patch (RFC 7396): the named fields change, `null` empties a field.
#[utoipa::path(tag = "sources", params(("id" = String, Path, description = "Id or slug of the source.", example = "the-watermark-review"), IfMatchParams),
    request_body(content((SourcePatch = "application/merge-patch+json"), (SourcePatch = "application/json"))),
    responses((status = 200, description = "The source as it is now.", body = WrittenSource)))]
#[patch("/api/sources/{id}")]
pub(crate) async fn update_source(call: Call, access: Access, payload: Payload) -> Answer {
    shared_writes::update::<Source>(Operation::UpdateSource, call, access, payload).await
}

/// Delete a source
///
/// Works only while no article uses the source; otherwise a 409 names the articles.
#[utoipa::path(tag = "sources", params(("id" = String, Path, description = "Id or slug of the source.", example = "the-watermark-review"), IfMatchParams),
    responses((status = 204, description = "It is deleted.")))]
#[delete("/api/sources/{id}")]
pub(crate) async fn delete_source(call: Call, access: Access) -> Answer {
    shared_writes::delete::<Source>(Operation::DeleteSource, call, access).await
}

impl Written for Source {
    const PLURAL: &'static str = "sources";

    fn names() -> &'static Names {
        static NAMES: LazyLock<Names> =
            LazyLock::new(|| Names::of::<SourceView>(&["id"], &["article_count"]));
        &NAMES
    }

    fn read(fields: &mut Fields, before: Option<&SourceContent>) -> Option<SourceContent> {
        let name = fields.name("name");
        let slug = fields.parsed("slug", Slug::parse);
        let slug = slug.or_else(|| before.map(|before| before.slug.clone()));
        let is_named = name.is_some();
        let name = name.unwrap_or_default();
        let content = SourceContent {
            slug: slug.unwrap_or_else(|| Slug::from_text(&name)),
            names: fields.names("names").unwrap_or_default(),
            kind: fields.text("kind", text::NAME_MAX),
            url: fields.address("url"),
            rights: rights(fields).unwrap_or_default(),
            name,
        };
        is_named.then_some(content)
    }

    fn written(content: &SourceContent) -> Value {
        json!({
            "name": content.name,
            "slug": content.slug,
            "names": content.names,
            "kind": content.kind,
            "url": content.url,
            "rights": content.rights,
        })
    }
}
