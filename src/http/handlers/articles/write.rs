//! Writing articles: new ones, changed ones, and the steps of their life.

use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::web::Payload;
use actix_web::{delete, patch, post, put};

use crate::domain::lifecycle::Step;
use crate::domain::permission::Operation;
use crate::domain::query::Reference;
use crate::http::call::authorized::Writer;
use crate::http::call::body::{JSON, PATCH, read_aside};
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::call::rendition::Rendition;
use crate::http::call::write::{StartsFrom, no_content};
use crate::http::error::Problem;
use crate::http::handlers::articles::input::read;
use crate::http::handlers::articles::operations::{
    Change, Done, Meant, change, create, publication, read_step, withdrawal_of,
};
use crate::http::handlers::articles::patch::Patch;
use crate::http::handlers::articles::read::{load_article, represent_one};
use crate::http::request::json_fields::Fields;
use crate::http::request::params::{IdempotencyParams, IfMatchParams, OptionalIfMatchParams};
use crate::http::response::reply::{Policy, Reply};
use crate::http::schemas::{
    ArticlePatch, ArticleWrite, PublishRequest, WithdrawRequest, WrittenArticle,
};
use crate::service::Commit;

/// Create an article
///
/// A draft, unless `status` or `publish_at` says otherwise. Edition, section, authors and source must exist; tags are
/// made when they are new.
#[utoipa::path(tag = "articles", params(IdempotencyParams), request_body = ArticleWrite,
    responses((status = 201, description = "The new article.", body = WrittenArticle)))]
#[post("/api/articles")]
pub(crate) async fn create_article(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::CreateArticle)?;
    call.require_no_query()?;
    let content = call.content(payload, JSON).await?;
    let target = WriteTarget::of(&call);
    let input = read_aside(content.object, read).await?;
    call.write(writer, &content.digest, move |tx, writer| {
        let done = create(tx, writer, &target.meant.bases, input)?;
        let mut reply = target.answer(tx, writer, &done)?;
        reply.status = StatusCode::CREATED;
        let location = format!("{}/api/articles/{}", target.prefix(), done.id);
        Ok(reply.with_header(header::LOCATION, &location))
    })
    .await
}

/// Replace an article
///
/// Fields that the request does not name are emptied. Slug, state, times, embargo, notices, media and translations stay
/// as they are when they are not named.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug of the article.", example = "silence-is-also-a-record"), IfMatchParams), request_body = ArticleWrite,
    responses((status = 200, description = "The article as it is now.", body = WrittenArticle)))]
#[put("/api/articles/{id}")]
pub(crate) async fn replace_article(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::ReplaceArticle)?;
    let starts = call.must_start_from()?;
    let content = call.content(payload, JSON).await?;
    let input = read_aside(content.object, read).await?;
    rewrite(call, writer, starts, Change::Replace(input)).await
}

/// Change an article
///
/// A merge patch (RFC 7396): the named fields change, `null` empties a field.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug of the article.", example = "silence-is-also-a-record"), IfMatchParams),
    request_body(content((ArticlePatch = "application/merge-patch+json"), (ArticlePatch = "application/json"))),
    responses((status = 200, description = "The article as it is now.", body = WrittenArticle)))]
#[patch("/api/articles/{id}")]
pub(crate) async fn update_article(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::UpdateArticle)?;
    let starts = call.must_start_from()?;
    let content = call.content(payload, PATCH).await?;
    let patch = read_aside(content.object, Patch::read).await?;
    rewrite(call, writer, starts, Change::Update(patch)).await
}

/// Withdraw an article
///
/// Withdraws the article for the reason `other`; `POST …/withdraw` can give another reason. The tombstone stays:
/// readers get 410.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug of the article.", example = "silence-is-also-a-record"), IfMatchParams),
    responses((status = 204, description = "The article is withdrawn.")))]
#[delete("/api/articles/{id}")]
pub(crate) async fn delete_article(call: Call, access: Access) -> Answer {
    let writer = access.may(Operation::DeleteArticle)?;
    let starts = call.must_start_from()?;
    call.require_no_query()?;
    let meant = Meant::of(&call);
    call.write(writer, "", move |tx, writer| {
        change(tx, writer, &meant, &starts, Change::Delete)?;
        Ok(no_content())
    })
    .await
}

/// Publish an article
///
/// Publishes the article now, or schedules it when `publish_at` is in the future.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug of the article.", example = "silence-is-also-a-record"), OptionalIfMatchParams, IdempotencyParams),
    request_body = Option<PublishRequest>,
    responses((status = 200, description = "The article as it is now.", body = WrittenArticle)))]
#[post("/api/articles/{id}/publish")]
pub(crate) async fn publish_article(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::PublishArticle)?;
    take_step(call, writer, payload, publication).await
}

/// Unpublish an article
///
/// Makes the article a draft again. Readers get 404, partners get a `delete`.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug of the article.", example = "silence-is-also-a-record"), OptionalIfMatchParams, IdempotencyParams),
    responses((status = 200, description = "The article as it is now.", body = WrittenArticle)))]
#[post("/api/articles/{id}/unpublish")]
pub(crate) async fn unpublish_article(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::UnpublishArticle)?;
    take_step(call, writer, payload, |_| Some(Step::Draft)).await
}

/// Withdraw an article with a reason
///
/// Readers get 410 with the reason. The note is never public.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug of the article.", example = "silence-is-also-a-record"), OptionalIfMatchParams, IdempotencyParams),
    request_body = WithdrawRequest,
    responses((status = 200, description = "The article as it is now.", body = WrittenArticle)))]
#[post("/api/articles/{id}/withdraw")]
pub(crate) async fn withdraw_article(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::WithdrawArticle)?;
    take_step(call, writer, payload, withdrawal_of).await
}

async fn rewrite(call: Call, writer: Writer, starts: StartsFrom, how: Change) -> Answer {
    call.require_no_query()?;
    let target = WriteTarget::of(&call);
    call.write(writer, "", move |tx, writer| {
        let done = change(tx, writer, &target.meant, &starts, how)?;
        target.answer(tx, writer, &done)
    })
    .await
}

async fn take_step(
    call: Call,
    writer: Writer,
    payload: Payload,
    step: impl FnOnce(&mut Fields) -> Option<Step>,
) -> Answer {
    call.require_no_query()?;
    let starts = call.may_start_from();
    let content = call.optional_content(payload).await?;
    let step = read_step(content.object, step)?;
    let target = WriteTarget::of(&call);
    call.write(writer, &content.digest, move |tx, writer| {
        let done = change(tx, writer, &target.meant, &starts, Change::Advance(step))?;
        target.answer(tx, writer, &done)
    })
    .await
}

/// The article that a request means, and how it is answered.
pub(crate) struct WriteTarget {
    pub(crate) meant: Meant,
    rendition: Rendition,
}

impl WriteTarget {
    pub(crate) fn of(call: &Call) -> Self {
        Self {
            meant: Meant::of(call),
            rendition: Rendition::whole(call, Policy::Private),
        }
    }

    /// The path prefix that links begin with.
    pub(crate) fn prefix(&self) -> &str {
        &self.rendition.view.target.prefix
    }

    /// The article as the writer sees it now, and the warnings about the write.
    pub(crate) fn answer(
        &self,
        tx: &mut Commit<'_>,
        writer: &Writer,
        done: &Done,
    ) -> Result<Reply, Problem> {
        let mut rendition = self.rendition.clone();
        rendition.view.warnings = Some(done.warnings.clone());
        let loaded = load_article(tx.conn(), &writer.scope(), done.id, &rendition)?;
        represent_one(&rendition, loaded, &self.meant.default_lang)
    }
}

impl Meant {
    /// The one that the path names.
    pub(crate) fn of(call: &Call) -> Self {
        Self {
            reference: Reference::parse(&call.segment("id")),
            default_lang: call.app.config.default_lang.clone(),
            bases: Arc::clone(&call.app.bases),
        }
    }
}
