//! Writing articles: new ones, changed ones, and the steps of their life.

use actix_web::http::{StatusCode, header};
use actix_web::web::Payload;
use actix_web::{delete, patch, post, put};

use super::article_input::{merge, read, written};
use super::articles::{load_article, represent_one};
use super::content::{JSON, PATCH};
use super::error::Problem;
use super::extract::{Access, Answer, Call};
use super::fields::Fields;
use super::openapi::{
    ArticleEnvelope, ArticlePatch, ArticleWrite, PublishRequest, WithdrawRequest,
};
use super::parameters::{IdempotencyParams, IfMatchParams, OptionalIfMatchParams};
use super::rendition::Rendition;
use super::reply::{Policy, Reply};
use super::write::{StartsFrom, Writer, no_content, record};
use crate::domain::article::{Status, WithdrawalReason};
use crate::domain::error::Invalid;
use crate::domain::id::Id;
use crate::domain::input::ArticleInput;
use crate::domain::language::LanguageTag;
use crate::domain::lifecycle::Step;
use crate::domain::permission::Operation;
use crate::domain::query::Reference;
use crate::domain::text;
use crate::service::Commit;
use crate::service::editing::{self, Editor, find_stored};
use crate::store::articles::{Found, StoredArticle, find_article};
use crate::store::{Conn, StoreError, tags};

/// Create an article
///
/// A draft, unless `status` says otherwise. What is named (edition, section, authors, source) must exist; tags are made when they are new.
#[utoipa::path(tag = "articles", params(IdempotencyParams), request_body = ArticleWrite,
    responses((status = 201, description = "The new article.", body = ArticleEnvelope)))]
#[post("/api/articles")]
pub(crate) async fn create_article(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::CreateArticle)?;
    call.require_no_query()?;
    let content = call.content(payload, JSON).await?;
    let target = WriteTarget::of(&call);
    let digest = content.digest.clone();
    call.write(writer, &digest, move |tx, writer| {
        let input = read(content.object).map_err(Problem::invalid_content)?;
        let id = editing::create(tx, writer.editor(), input)?;
        let mut reply = target.answer(tx, writer, id)?;
        reply.status = StatusCode::CREATED;
        let location = format!("{}/api/articles/{id}", target.rendition.view.target.prefix);
        Ok(reply.with_header(header::LOCATION, &location))
    })
    .await
}

/// Replace an article
///
/// Fields that are not named are emptied, but slug, state, times, embargo, notices, media and translations stay as they are.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug.", example = "silence-is-also-a-record"), IfMatchParams), request_body = ArticleWrite,
    responses((status = 200, description = "The article as it is now.", body = ArticleEnvelope)))]
#[put("/api/articles/{id}")]
pub(crate) async fn replace_article(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::ReplaceArticle)?;
    let starts = call.must_start_from()?;
    let content = call.content(payload, JSON).await?;
    rewrite(call, writer, starts, move |_, _| {
        read(content.object).map_err(Problem::invalid_content)
    })
    .await
}

/// Change an article
///
/// A merge patch (RFC 7396): fields that are named change, `null` takes a field away.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug.", example = "silence-is-also-a-record"), IfMatchParams),
    request_body(content((ArticlePatch = "application/merge-patch+json"), (ArticlePatch = "application/json"))),
    responses((status = 200, description = "The article as it is now.", body = ArticleEnvelope)))]
#[patch("/api/articles/{id}")]
pub(crate) async fn update_article(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::UpdateArticle)?;
    let starts = call.must_start_from()?;
    let content = call.content(payload, PATCH).await?;
    rewrite(call, writer, starts, move |conn, before| {
        let mut whole = written(before, &tag_slugs(conn, before)?);
        merge(&mut whole, content.object);
        read(whole).map_err(Problem::invalid_content)
    })
    .await
}

/// Withdraw an article
///
/// Takes it down for the reason `other`; `POST …/withdraw` gives another. Its tombstone stays, and whoever asks for it is told 410.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug.", example = "silence-is-also-a-record"), IfMatchParams),
    responses((status = 204, description = "It is withdrawn.")))]
#[delete("/api/articles/{id}")]
pub(crate) async fn delete_article(call: Call, access: Access) -> Answer {
    let writer = access.may(Operation::DeleteArticle)?;
    let starts = call.must_start_from()?;
    call.require_no_query()?;
    let target = WriteTarget::of(&call);
    call.write(writer, "", move |tx, writer| {
        let before = target.find(tx.conn(), writer)?;
        starts.check(before.version)?;
        if before.content.status != Status::Withdrawn {
            let step = Step::Withdraw {
                reason: WithdrawalReason::Other,
                note: None,
            };
            editing::advance(tx, writer.editor(), &before, step)?;
            record(tx, writer, "article", before.id, Some(before.version + 1));
        }
        Ok(no_content())
    })
    .await
}

/// Publish an article
///
/// Now, or at `publish_at` where that is still to come.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug.", example = "silence-is-also-a-record"), OptionalIfMatchParams, IdempotencyParams),
    request_body = Option<PublishRequest>,
    responses((status = 200, description = "The article as it is now.", body = ArticleEnvelope)))]
#[post("/api/articles/{id}/publish")]
pub(crate) async fn publish_article(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::PublishArticle)?;
    take_step(call, writer, payload, |fields| {
        Some(Step::Publish(fields.instant("publish_at")))
    })
    .await
}

/// Unpublish an article
///
/// Makes it a draft again. Readers are told 404, and followers of the changes that it is gone.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug.", example = "silence-is-also-a-record"), OptionalIfMatchParams, IdempotencyParams),
    responses((status = 200, description = "The article as it is now.", body = ArticleEnvelope)))]
#[post("/api/articles/{id}/unpublish")]
pub(crate) async fn unpublish_article(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::UnpublishArticle)?;
    take_step(call, writer, payload, |_| Some(Step::Draft)).await
}

/// Withdraw an article with a reason
///
/// Readers are told 410 with the reason; the note stays inside.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug.", example = "silence-is-also-a-record"), OptionalIfMatchParams, IdempotencyParams),
    request_body = WithdrawRequest,
    responses((status = 200, description = "The article as it is now.", body = ArticleEnvelope)))]
#[post("/api/articles/{id}/withdraw")]
pub(crate) async fn withdraw_article(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::WithdrawArticle)?;
    take_step(call, writer, payload, |fields| {
        let reason = fields.word("reason", "legal, error, privacy, rights, other", text::word);
        let note = fields.text("note", text::NOTE_MAX);
        if reason.is_none() && !fields.is_refused("reason") {
            fields.refuse("reason", Invalid::new("required", "reason is required"));
        }
        Some(Step::Withdraw {
            reason: reason?,
            note,
        })
    })
    .await
}

async fn rewrite(
    call: Call,
    writer: Writer,
    starts: StartsFrom,
    input: impl FnOnce(&mut Conn, &StoredArticle) -> Result<ArticleInput, Problem> + Send + 'static,
) -> Answer {
    call.require_no_query()?;
    let target = WriteTarget::of(&call);
    call.write(writer, "", move |tx, writer| {
        let before = target.find(tx.conn(), writer)?;
        starts.check(before.version)?;
        let input = input(tx.conn(), &before)?;
        editing::replace(tx, writer.editor(), &before, input)?;
        target.answer(tx, writer, before.id)
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
    let mut fields = Fields::new(content.object);
    let step = step(&mut fields);
    let faults = fields.finish().err().unwrap_or_default();
    let step = step.filter(|_| faults.is_empty());
    let step = step.ok_or_else(|| Problem::invalid_content(faults))?;
    let target = WriteTarget::of(&call);
    call.write(writer, &content.digest, move |tx, writer| {
        let before = target.find(tx.conn(), writer)?;
        starts.check(before.version)?;
        editing::advance(tx, writer.editor(), &before, step)?;
        target.answer(tx, writer, before.id)
    })
    .await
}

fn tag_slugs(conn: &mut Conn, article: &StoredArticle) -> Result<Vec<String>, StoreError> {
    let ids: Vec<String> = article.content.tags.iter().map(Id::to_string).collect();
    let found = tags::tags_by_ids(conn, &ids)?;
    let slug_of = |id: &Id| {
        let tag = found.iter().find(|tag| tag.id == *id);
        tag.map(|tag| tag.content.slug.to_string())
    };
    Ok(article.content.tags.iter().filter_map(slug_of).collect())
}

/// The article that a request means, and how it is answered.
struct WriteTarget {
    reference: Reference,
    default_lang: LanguageTag,
    rendition: Rendition,
}

impl WriteTarget {
    fn of(call: &Call) -> Self {
        Self {
            reference: Reference::parse(&call.segment("id")),
            default_lang: call.app.config.default_lang.clone(),
            rendition: Rendition::whole(call, Policy::Private),
        }
    }

    /// The article, where the key may know of it. A slug that it had leads to it too.
    fn find(&self, conn: &mut Conn, writer: &Writer) -> Result<StoredArticle, Problem> {
        let scope = writer.scope();
        let found = find_article(conn, &scope, &self.reference, &[], &self.default_lang)?;
        let (Found::Article(id) | Found::Moved { id, .. }) = found else {
            return match found {
                Found::Withdrawn(tombstone) => Err(Problem::withdrawn(tombstone)),
                _ => Err(Problem::not_found("article")),
            };
        };
        find_stored(conn, id)?.ok_or_else(|| Problem::not_found("article"))
    }

    fn answer(&self, tx: &mut Commit<'_>, writer: &Writer, id: Id) -> Result<Reply, Problem> {
        let loaded = load_article(tx.conn(), &writer.scope(), id, &self.rendition)?;
        let reply = represent_one(&self.rendition, loaded, &self.default_lang)?;
        record(tx, writer, "article", id, reply.version);
        Ok(reply)
    }
}

impl Writer {
    fn editor(&self) -> Editor<'_> {
        Editor {
            grant: &self.grant,
            cell: self.cell,
        }
    }
}
