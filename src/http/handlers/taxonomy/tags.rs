//! Tags: the list, and one of them.

use std::sync::LazyLock;

use actix_web::web::Payload;
use actix_web::{delete, get, patch, post, put};
use serde_json::{Value, json};

use crate::domain::permission::Operation;
use crate::domain::slug::Slug;
use crate::domain::tag::{Tag, TagContent};
use crate::domain::text;
use crate::domain::view::TagView;
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::handlers::taxonomy::written::Written;
use crate::http::handlers::taxonomy::{shared_reads, shared_writes};
use crate::http::request::field_selection::Names;
use crate::http::request::json_fields::Fields;
use crate::http::request::params::{
    CountParams, FieldsParams, IdempotencyParams, IfMatchParams, NameParams, PagingParams,
};
use crate::http::schemas::{TagEnvelope, TagPage, TagPatch, TagWrite, WrittenTag};

/// List tags
///
/// The tags of published articles, ordered by slug.
#[utoipa::path(tag = "tags", params(FieldsParams, CountParams, NameParams, PagingParams),
    responses((status = 200, description = "A page of the list.", body = TagPage)))]
#[get("/api/tags")]
pub(crate) async fn list_tags(call: Call, access: Access) -> Answer {
    shared_reads::list::<Tag>(call, access).await
}

/// Get a tag
///
/// By slug. An old slug answers 308.
#[utoipa::path(tag = "tags", params(("slug" = String, Path, description = "Slug of the tag, such as `archives`.", example = "archives"), FieldsParams, CountParams, NameParams),
    responses((status = 200, description = "The tag.", body = TagEnvelope)))]
#[get("/api/tags/{slug}")]
pub(crate) async fn get_tag(call: Call, access: Access) -> Answer {
    shared_reads::get::<Tag>(call, access).await
}

/// Create a tag
///
/// Names and slugs are unique: a second tag with the same name, slug or old slug is a 409 that names the first.
#[utoipa::path(tag = "tags", params(IdempotencyParams), request_body = TagWrite,
    responses((status = 201, description = "The new tag.", body = WrittenTag)))]
#[post("/api/tags")]
pub(crate) async fn create_tag(call: Call, access: Access, payload: Payload) -> Answer {
    shared_writes::create::<Tag>(Operation::CreateTag, call, access, payload).await
}

/// Replace a tag
///
/// Fields that the request does not name are emptied; the slug stays. A changed slug leaves a redirect.
#[utoipa::path(tag = "tags", params(("slug" = String, Path, description = "Slug of the tag, such as `archives`.", example = "archives"), IfMatchParams), request_body = TagWrite,
    responses((status = 200, description = "The tag as it is now.", body = WrittenTag)))]
#[put("/api/tags/{slug}")]
pub(crate) async fn replace_tag(call: Call, access: Access, payload: Payload) -> Answer {
    shared_writes::replace::<Tag>(Operation::ReplaceTag, call, access, payload).await
}

/// Change a tag
///
/// A merge patch (RFC 7396): the named fields change, `null` empties a field.
#[utoipa::path(tag = "tags", params(("slug" = String, Path, description = "Slug of the tag, such as `archives`.", example = "archives"), IfMatchParams),
    request_body(content((TagPatch = "application/merge-patch+json"), (TagPatch = "application/json"))),
    responses((status = 200, description = "The tag as it is now.", body = WrittenTag)))]
#[patch("/api/tags/{slug}")]
pub(crate) async fn update_tag(call: Call, access: Access, payload: Payload) -> Answer {
    shared_writes::update::<Tag>(Operation::UpdateTag, call, access, payload).await
}

/// Delete a tag
///
/// Works only while no article uses the tag; otherwise a 409 names the articles.
#[utoipa::path(tag = "tags", params(("slug" = String, Path, description = "Slug of the tag, such as `archives`.", example = "archives"), IfMatchParams),
    responses((status = 204, description = "It is deleted.")))]
#[delete("/api/tags/{slug}")]
pub(crate) async fn delete_tag(call: Call, access: Access) -> Answer {
    shared_writes::delete::<Tag>(Operation::DeleteTag, call, access).await
}

impl Written for Tag {
    const PLURAL: &'static str = "tags";

    fn names() -> &'static Names {
        static NAMES: LazyLock<Names> =
            LazyLock::new(|| Names::of::<TagView>(&["slug"], &["article_count"]));
        &NAMES
    }

    fn read(fields: &mut Fields, before: Option<&TagContent>) -> Option<TagContent> {
        let name = fields.required("name", text::NAME_MAX);
        let slug = fields.parsed("slug", Slug::parse);
        let slug = slug.or_else(|| before.map(|before| before.slug.clone()));
        let is_named = name.is_some();
        let name = name.unwrap_or_default();
        let content = TagContent {
            slug: slug.unwrap_or_else(|| Slug::from_text(&name)),
            names: fields.names("names").unwrap_or_default(),
            name,
        };
        is_named.then_some(content)
    }

    fn written(content: &TagContent) -> Value {
        json!({
            "name": content.name,
            "slug": content.slug,
            "names": content.names,
        })
    }
}
