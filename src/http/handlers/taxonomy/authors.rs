//! Authors: the list, and one of them.

use std::sync::LazyLock;

use actix_web::web::Payload;
use actix_web::{delete, get, patch, post, put};
use serde_json::{Value, json};

use crate::domain::author::{Author, AuthorContent};
use crate::domain::permission::Operation;
use crate::domain::slug::Slug;
use crate::domain::text;
use crate::domain::view::AuthorView;
use crate::http::call::body::JSON;
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::handlers::taxonomy::shared_operations::{Merge, read_merge};
use crate::http::handlers::taxonomy::shared_writes::{answer, reference_of, view_of};
use crate::http::handlers::taxonomy::written::Written;
use crate::http::handlers::taxonomy::{shared_reads, shared_writes};
use crate::http::request::field_selection::Names;
use crate::http::request::json_fields::Fields;
use crate::http::request::params::{
    CountParams, FieldsParams, IdempotencyParams, IfMatchParams, NameParams, OptionalIfMatchParams,
    PagingParams,
};
use crate::http::schemas::{
    AuthorEnvelope, AuthorPage, AuthorPatch, AuthorWrite, MergeRequest, WrittenAuthor,
};

/// List authors
///
/// The authors of published articles, ordered by slug.
#[utoipa::path(tag = "authors", params(FieldsParams, CountParams, NameParams, PagingParams),
    responses((status = 200, description = "A page of the list.", body = AuthorPage)))]
#[get("/api/authors")]
pub(crate) async fn list_authors(call: Call, access: Access) -> Answer {
    shared_reads::list::<Author>(call, access).await
}

/// Get an author
///
/// By id or slug. An old slug answers 308.
#[utoipa::path(tag = "authors", params(("id" = String, Path, description = "Id or slug of the author.", example = "ottilie-marchbank"), FieldsParams, CountParams, NameParams),
    responses((status = 200, description = "The author.", body = AuthorEnvelope)))]
#[get("/api/authors/{id}")]
pub(crate) async fn get_author(call: Call, access: Access) -> Answer {
    shared_reads::get::<Author>(call, access).await
}

/// Create an author
///
/// An author is a byline, not a login. Names are unique: a second author with the same name is a 409 that names the
/// first.
#[utoipa::path(tag = "authors", params(IdempotencyParams), request_body = AuthorWrite,
    responses((status = 201, description = "The new author.", body = WrittenAuthor)))]
#[post("/api/authors")]
pub(crate) async fn create_author(call: Call, access: Access, payload: Payload) -> Answer {
    shared_writes::create::<Author>(Operation::CreateAuthor, call, access, payload).await
}

/// Replace an author
///
/// Fields that the request does not name are emptied; the slug stays. A changed slug leaves a redirect.
#[utoipa::path(tag = "authors", params(("id" = String, Path, description = "Id or slug of the author.", example = "ottilie-marchbank"), IfMatchParams), request_body = AuthorWrite,
    responses((status = 200, description = "The author as it is now.", body = WrittenAuthor)))]
#[put("/api/authors/{id}")]
pub(crate) async fn replace_author(call: Call, access: Access, payload: Payload) -> Answer {
    shared_writes::replace::<Author>(Operation::ReplaceAuthor, call, access, payload).await
}

/// Change an author
///
/// A merge patch (RFC 7396): the named fields change, `null` empties a field.
#[utoipa::path(tag = "authors", params(("id" = String, Path, description = "Id or slug of the author.", example = "ottilie-marchbank"), IfMatchParams),
    request_body(content((AuthorPatch = "application/merge-patch+json"), (AuthorPatch = "application/json"))),
    responses((status = 200, description = "The author as it is now.", body = WrittenAuthor)))]
#[patch("/api/authors/{id}")]
pub(crate) async fn update_author(call: Call, access: Access, payload: Payload) -> Answer {
    shared_writes::update::<Author>(Operation::UpdateAuthor, call, access, payload).await
}

/// Delete an author
///
/// Works only while no article uses the author; otherwise a 409 names the articles.
#[utoipa::path(tag = "authors", params(("id" = String, Path, description = "Id or slug of the author.", example = "ottilie-marchbank"), IfMatchParams),
    responses((status = 204, description = "It is deleted.")))]
#[delete("/api/authors/{id}")]
pub(crate) async fn delete_author(call: Call, access: Access) -> Answer {
    shared_writes::delete::<Author>(Operation::DeleteAuthor, call, access).await
}

/// Merge an author into another
///
/// Every article of this author gets the other author, in a new version. Id and slug of this author then answer 308.
/// The articles change in small groups; after a broken request, the same request continues.
#[utoipa::path(tag = "authors", params(("id" = String, Path, description = "Id or slug of the author.", example = "ottilie-marchbank"), OptionalIfMatchParams, IdempotencyParams),
    request_body = MergeRequest,
    responses((status = 200, description = "The other author.", body = WrittenAuthor)))]
#[post("/api/authors/{id}/merge")]
pub(crate) async fn merge_author(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::MergeAuthor)?;
    call.require_no_query()?;
    let starts = call.may_start_from();
    let content = call.content(payload, JSON).await?;
    let merge = Merge {
        from: reference_of(&call),
        starts,
        into: read_merge(content.object)?,
    };
    let (view, part) = (view_of::<Author>(&call), merge.clone());
    call.write_in_parts(
        writer,
        &content.digest,
        move |tx, writer| part.run_part(tx, writer),
        move |tx, writer| {
            let left = merge.run(tx, writer)?;
            answer(tx, writer, &view, &left)
        },
    )
    .await
}

impl Written for Author {
    const PLURAL: &'static str = "authors";

    fn names() -> &'static Names {
        static NAMES: LazyLock<Names> =
            LazyLock::new(|| Names::of::<AuthorView>(&["id"], &["article_count"]));
        &NAMES
    }

    fn read(fields: &mut Fields, before: Option<&AuthorContent>) -> Option<AuthorContent> {
        let name = fields.name("name");
        let slug = fields.parsed("slug", Slug::parse);
        let slug = slug.or_else(|| before.map(|before| before.slug.clone()));
        let is_named = name.is_some();
        let name = name.unwrap_or_default();
        let content = AuthorContent {
            slug: slug.unwrap_or_else(|| Slug::from_text(&name)),
            names: fields.names("names").unwrap_or_default(),
            bio: fields.text("bio", text::NOTE_MAX),
            affiliation: fields.text("affiliation", text::NAME_MAX),
            url: fields.address("url"),
            name,
        };
        is_named.then_some(content)
    }

    fn written(content: &AuthorContent) -> Value {
        json!({
            "name": content.name,
            "slug": content.slug,
            "names": content.names,
            "bio": content.bio,
            "affiliation": content.affiliation,
            "url": content.url,
        })
    }
}
