//! The versions of an article: a list of them, one as it was, two compared, and one put back.

use std::sync::LazyLock;

use actix_web::web::Payload;
use actix_web::{get, post};

use crate::domain::access::Scope;
use crate::domain::article::ArticleContent;
use crate::domain::permission::Operation;
use crate::domain::query::Slice;
use crate::domain::revision::RevisionView;
use crate::domain::time::Timestamp;
use crate::domain::view::Article;
use crate::http::call::authorized::Writer;
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::call::rendition::Rendition;
use crate::http::call::rendition::modified_of;
use crate::http::error::Problem;
use crate::http::handlers::articles::diff::RevisionDiffEnvelope;
use crate::http::handlers::articles::diff::{RevisionRef, Side, compare};
use crate::http::handlers::articles::operations::{Change, Meant, change};
use crate::http::handlers::articles::write::WriteTarget;
use crate::http::request::json_fields::Fields;
use crate::http::request::paging::Paging;
use crate::http::request::params::{
    ArticleShapeParams, IdempotencyParams, OptionalIfMatchParams, PagingParams,
};
use crate::http::request::query::names_of;
use crate::http::response::reply::Policy;
use crate::http::response::represent::View;
use crate::http::response::surrogate_keys::Keys;
use crate::http::schemas::{ArticleEnvelope, RevisionPage, WrittenArticle};
use crate::store::Conn;
use crate::store::actors::Actors;
use crate::store::articles::{BodyForm, Parts, StoredArticle, Version, show_version};
use crate::store::revisions::{self, Revision};

static LIST: LazyLock<Vec<String>> = LazyLock::new(names_of::<PagingParams>);
static ONE: LazyLock<Vec<String>> = LazyLock::new(names_of::<ArticleShapeParams>);

/// List versions of an article
///
/// Newest first, each with its author and the fields that differ from the version before.
#[utoipa::path(tag = "revisions", params(("id" = String, Path, description = "Id or slug of the article.", example = "silence-is-also-a-record"), PagingParams),
    responses((status = 200, description = "A page of the list.", body = RevisionPage)))]
#[get("/api/articles/{id}/revisions")]
pub(crate) async fn list_revisions(call: Call, access: Access) -> Answer {
    let writer = access.may(Operation::ListRevisions)?;
    let mut query = call.query(&LIST);
    let meant = Meant::of(&call);
    let paging = Paging::read(&mut query, format!("revisions {:?}", meant.reference));
    query.finish()?;
    let (page, view) = (paging.request.clone(), View::whole(&call, Policy::Private));
    let access = writer.access();
    let load = move |c: &mut Conn, _: &Scope| {
        Ok(open(c, &writer, &meant).and_then(|article| {
            let mut slice = revisions::list_revisions(c, article.id, &page)?;
            keep_readable(c, &writer, &article, &mut slice)?;
            Ok((article.updated_at, slice))
        }))
    };
    let represent = move |loaded: Result<(Timestamp, Slice<RevisionView>), Problem>| {
        let (modified, slice) = loaded?;
        let mut reply = view.list(slice, &paging, Keys::default())?;
        reply.modified = Some(modified);
        Ok(reply)
    };
    call.answer(access, load, represent).await
}

/// Get a version of an article
///
/// The article as it was. References have today's names; those that no longer exist are left out.
#[utoipa::path(tag = "revisions", params(("id" = String, Path, description = "Id or slug of the article.", example = "silence-is-also-a-record"), ("version" = i64, Path, minimum = 1, description = "Number of the version.", example = 1), ArticleShapeParams),
    responses((status = 200, description = "The article as it was.", body = ArticleEnvelope)))]
#[get("/api/articles/{id}/revisions/{version}")]
pub(crate) async fn get_revision(call: Call, access: Access) -> Answer {
    let writer = access.may(Operation::GetRevision)?;
    let mut query = call.query(&ONE);
    let meant = Meant::of(&call);
    let rendition = Rendition::plain(&call, &mut query, BodyForm::Html, Policy::Private);
    query.finish()?;
    let number = version(&call, "version")?;
    let (view, parts) = (rendition.view, rendition.parts);
    let access = writer.access();
    let load = move |c: &mut Conn, scope: &Scope| {
        Ok(open(c, &writer, &meant).and_then(|article| {
            let (revision, content) = find(c, &writer, &article, number)?;
            let mut shown = show(c, scope, &revision, content, parts)?;
            shown.links.own = format!("/api/articles/{}/revisions/{number}", article.id);
            Ok((modified_of(c, scope, &shown)?, shown))
        }))
    };
    let represent = move |loaded: Result<(Option<Timestamp>, Article), Problem>| {
        let (modified, article) = loaded?;
        let langs = vec![article.lang.clone()];
        let mut reply = view.single(article, Keys::default())?;
        reply.langs = langs;
        reply.modified = modified;
        Ok(reply)
    };
    call.answer(access, load, represent).await
}

/// Compare two versions of an article
///
/// Each field that differs: lists by added and removed values, texts word by word, the body line by line (as Markdown)
/// and word by word within a line.
#[utoipa::path(tag = "revisions", params(("id" = String, Path, description = "Id or slug of the article.", example = "silence-is-also-a-record"), ("a" = i64, Path, minimum = 1, description = "Number of the older version.", example = 1), ("b" = i64, Path, minimum = 1, description = "Number of the version to compare it with.", example = 1)),
    responses((status = 200, description = "The differences.", body = RevisionDiffEnvelope)))]
#[get("/api/articles/{id}/revisions/{a}/diff/{b}")]
pub(crate) async fn get_revision_diff(call: Call, access: Access) -> Answer {
    let writer = access.may(Operation::GetRevisionDiff)?;
    call.require_no_query()?;
    let meant = Meant::of(&call);
    let (a, b) = (version(&call, "a")?, version(&call, "b")?);
    let (access, view) = (writer.access(), View::whole(&call, Policy::Private));
    let load = move |c: &mut Conn, scope: &Scope| {
        Ok(open(c, &writer, &meant).and_then(|article| {
            let from = side(c, &writer, &article, a)?;
            let to = side(c, &writer, &article, b)?;
            let modified = modified_of(c, scope, &from.shown)?;
            Ok((modified.max(modified_of(c, scope, &to.shown)?), from, to))
        }))
    };
    let represent = move |loaded: Result<(Option<Timestamp>, Side, Side), Problem>| {
        let (modified, from, to) = loaded?;
        let mut reply = view.single(compare(from, to)?, Keys::default())?;
        reply.modified = modified;
        Ok(reply)
    };
    call.answer(access, load, represent).await
}

/// Restore a version of an article
///
/// Writes the content of that version as a new version. State, times, embargo, slug, notices and translations stay as
/// they are now. References that no longer exist are a 422 that names them.
#[utoipa::path(tag = "revisions", params(("id" = String, Path, description = "Id or slug of the article.", example = "silence-is-also-a-record"), ("version" = i64, Path, minimum = 1, description = "Number of the version.", example = 1), OptionalIfMatchParams, IdempotencyParams),
    responses((status = 200, description = "The article as it is now.", body = WrittenArticle)))]
#[post("/api/articles/{id}/revisions/{version}/restore")]
pub(crate) async fn restore_revision(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::RestoreRevision)?;
    call.require_no_query()?;
    let starts = call.may_start_from();
    let content = call.optional_content(payload).await?;
    let fields = Fields::new(content.object);
    fields.finish().map_err(Problem::invalid_content)?;
    let number = version(&call, "version")?;
    let target = WriteTarget::of(&call);
    call.write(writer, &content.digest, move |tx, writer| {
        let done = change(tx, writer, &target.meant, &starts, Change::Restore(number))?;
        target.answer(tx, writer, &done)
    })
    .await
}

/// The version that the path names. What is no number names none.
fn version(call: &Call, name: &str) -> Result<i64, Problem> {
    let number = call.number(name);
    number.ok_or_else(|| Problem::not_found("version of this article"))
}

/// The article, where the key may work on it.
fn open(c: &mut Conn, writer: &Writer, meant: &Meant) -> Result<StoredArticle, Problem> {
    let article = meant.find(c, writer)?;
    writer.editor().check_reading(c, &article)?;
    Ok(article)
}

/// A version, where the key's limits include where the article stood then.
fn find(
    c: &mut Conn,
    writer: &Writer,
    article: &StoredArticle,
    version: i64,
) -> Result<(Revision, ArticleContent), Problem> {
    let nothing = || Problem::not_found("version of this article");
    let found = revisions::find_revision(c, article.id, version)?;
    let found = found.ok_or_else(nothing)?;
    let content = found.content(c)?;
    match writer.editor().may_read_version(c, &content)? {
        true => Ok((found, content)),
        false => Err(nothing()),
    }
}

/// Number of versions that are read at once, to find out where each was.
const READ: usize = 50;

/// Leaves out the versions that stood outside the key's limits, and out of the total.
fn keep_readable(
    c: &mut Conn,
    writer: &Writer,
    article: &StoredArticle,
    slice: &mut Slice<RevisionView>,
) -> Result<(), Problem> {
    if writer.grant.limits.are_none() {
        return Ok(());
    }
    let versions: Vec<i64> = slice.rows.iter().map(|row| row.version).collect();
    let readable = readable(c, writer, article, &versions)?;
    slice.rows.retain(|row| readable.contains(&row.version));
    if slice.total.is_some() {
        let versions = revisions::versions_of(c, article.id)?;
        let readable = self::readable(c, writer, article, &versions)?;
        slice.total = Some(readable.len() as u64);
    }
    Ok(())
}

/// Those of some versions that stood within the key's limits.
fn readable(
    c: &mut Conn,
    writer: &Writer,
    article: &StoredArticle,
    versions: &[i64],
) -> Result<Vec<i64>, Problem> {
    let mut readable = Vec::with_capacity(versions.len());
    for versions in versions.chunks(READ) {
        for revision in revisions::revisions_at(c, article.id, versions)? {
            let content = revision.content(c)?;
            if writer.editor().may_read_version(c, &content)? {
                readable.push(revision.version);
            }
        }
    }
    Ok(readable)
}

fn show(
    c: &mut Conn,
    scope: &Scope,
    revision: &Revision,
    content: ArticleContent,
    parts: Parts,
) -> Result<Article, Problem> {
    let version = Version {
        id: revision.article_id,
        version: revision.version,
        at: revision.at,
        content,
    };
    Ok(show_version(c, scope, version, parts)?)
}

fn side(
    c: &mut Conn,
    writer: &Writer,
    article: &StoredArticle,
    version: i64,
) -> Result<Side, Problem> {
    let (revision, content) = find(c, writer, article, version)?;
    let shown = show(
        c,
        &writer.scope(),
        &revision,
        content.clone(),
        Parts::default(),
    )?;
    let actors = Actors::load(c, [revision.actor.as_str()])?;
    Ok(Side {
        head: RevisionRef {
            version,
            at: revision.at,
            actor: actors.view(&revision.actor)?,
            status: content.status,
            title: content.title.clone(),
        },
        content,
        shown,
    })
}
