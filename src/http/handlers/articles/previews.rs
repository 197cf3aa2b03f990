//! Preview links: made with a key, opened without one.
//!
//! A link that does not open (expired, altered, of another article, of a key that was revoked) is answered like an article
//! that does not exist: whoever holds no valid link learns not even whether the article is there.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, LOCATION};
use actix_web::post;
use actix_web::web::Payload;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::access::Scope;
use crate::domain::article::Status;
use crate::domain::error::{Fault, Invalid};
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::page_url::PageUrl;
use crate::domain::permission::Operation;
use crate::domain::preview::{DEFAULT_SECONDS, MOST_SECONDS, Pass};
use crate::domain::query::Reference;
use crate::domain::shown::Shown;
use crate::domain::time::Timestamp;
use crate::domain::view::{Article, Tombstone};
use crate::http::call::authorized::Writer;
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::call::preview_pass::pass_of;
use crate::http::call::rendition::modified_of;
use crate::http::call::rendition::{Around, Rendition};
use crate::http::call::write::record;
use crate::http::codes::Code;
use crate::http::error::Problem;
use crate::http::handlers::articles::operations::Meant;
use crate::http::protocol::conditional::VersionTag;
use crate::http::request::json_fields::Fields;
use crate::http::request::paging::Single;
use crate::http::request::params::IdempotencyParams;
use crate::http::response::reply::{Policy, Reply};
use crate::http::response::surrogate_keys::Keys;
use crate::http::schemas::PreviewRequest;
use crate::service::Commit;
use crate::service::editing::find_stored;
use crate::store::articles::{Found, StoredArticle, Version, find_article, place_of, show_version};
use crate::store::editions::find_edition;
use crate::store::{Conn, StoreError, revisions, signing};

static X_ROBOTS_TAG: HeaderName = HeaderName::from_static("x-robots-tag");

/// A link that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Preview {
    /// Value of the parameter `preview`.
    pub token: String,
    /// The whole link: a page by the edition's `preview_url_template`, else the article on this service.
    #[schema(value_type = String, format = "uri")]
    pub url: PageUrl,
    /// End of the link; sooner, where the key that made it ends before.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// The version that it opens; null for the latest, whichever that is when it is opened.
    pub version: Option<i64>,
}

/// A link that was made.
#[derive(Debug, ToSchema)]
pub struct PreviewEnvelope {
    /// The link.
    pub data: Preview,
}

/// Make a preview link
///
/// Makes a link that opens this article without a key: one version or the latest. It ends with its time, with the key
/// that made it, or when the article is withdrawn.
#[utoipa::path(tag = "revisions", params(("id" = String, Path, description = "Id or slug of the article."), IdempotencyParams),
    request_body = Option<PreviewRequest>,
    responses((status = 201, description = "The link.", body = PreviewEnvelope)))]
#[post("/api/articles/{id}/preview")]
pub(crate) async fn create_preview(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::CreatePreview)?;
    call.require_no_query()?;
    let content = call.optional_content(payload).await?;
    let mut fields = Fields::new(content.object);
    let version = fields.number("version", 1, i64::MAX);
    let seconds = fields.number("expires_in", 1, MOST_SECONDS);
    fields.finish().map_err(Problem::invalid_content)?;
    let (meant, prefix) = (Meant::of(&call), call.context.prefix.clone());
    let base = call.app.base_url();
    call.write(writer, &content.digest, move |tx, writer| {
        let article = meant.find(tx.conn(), writer)?;
        let seconds = seconds.unwrap_or(DEFAULT_SECONDS);
        let pass = pass(tx, writer, &article, version, seconds)?;
        record(tx, writer, "article", article.id, version);
        let now = tx.now();
        let token = pass.sign(&signing::ensure_preview_secret(tx.conn(), now)?);
        let location = format!("{prefix}/api/articles/{}?preview={token}", article.id);
        let mut url = page_of(tx.conn(), &article, &token)?;
        url.complete(&base);
        let data = Preview {
            url,
            token,
            expires_at: pass.expires_at,
            version,
        };
        let body = serde_json::to_vec(&Single { data }).map_err(Problem::internal)?;
        let mut reply = Reply::new("application/json", body, Policy::Private);
        reply.status = StatusCode::CREATED;
        Ok(reply.with_header(LOCATION, &location))
    })
    .await
}

fn page_of(conn: &mut Conn, article: &StoredArticle, token: &str) -> Result<PageUrl, Problem> {
    let edition = find_edition(conn, &article.content.lang)?;
    let place = place_of(conn, article.id)?.ok_or_else(|| Problem::not_found("article"))?;
    Ok(PageUrl::of_preview(edition.as_ref(), &place, token))
}

fn pass(
    tx: &mut Commit<'_>,
    writer: &Writer,
    article: &StoredArticle,
    version: Option<i64>,
    seconds: i64,
) -> Result<Pass, Problem> {
    writer.editor().check_reading(tx.conn(), article)?;
    if article.content.status == Status::Withdrawn {
        let detail = "an article that is withdrawn is not previewed";
        return Err(Problem::new(Code::Conflict, detail));
    }
    if let Some(version) = version
        && !may_read(tx.conn(), writer, article, version)?
    {
        let invalid = Invalid::new("unknown_version", "the article has no such version");
        return Err(Problem::invalid_content(vec![Fault::new(
            "/version", invalid,
        )]));
    }
    Ok(Pass {
        article: article.id,
        key: writer.grant.key,
        version,
        made_at: tx.now(),
        expires_at: Timestamp::from_millis(tx.now().millis() + seconds * 1_000),
    })
}

/// True if the version exists and the key may read it: an article may have been elsewhere then.
fn may_read(
    conn: &mut Conn,
    writer: &Writer,
    article: &StoredArticle,
    version: i64,
) -> Result<bool, Problem> {
    let Some(revision) = revisions::find_revision(conn, article.id, version)? else {
        return Ok(false);
    };
    let content = revision.content(conn)?;
    Ok(writer.editor().may_read_version(conn, &content)?)
}

/// The request of a reader with a preview link.
pub(crate) struct Asked {
    pub(crate) token: String,
    pub(crate) reference: Reference,
    pub(crate) langs: Vec<LanguageTag>,
}

/// The article that a link opens.
enum Opened {
    Article(Box<Article>, Option<Timestamp>, Around),
    Withdrawn(Tombstone),
    Nothing,
}

/// Answers with what a preview link opens, kept by nobody.
pub(crate) async fn show_preview(call: Call, asked: Asked, rendition: Rendition) -> Answer {
    let rendition = rendition.of_preview(&asked.token);
    let now = call.app.clock.now();
    let wanted = rendition.clone();
    let load = move |c: &mut Conn, _: &Scope| open(c, &asked, now, &wanted);
    let represent = move |opened| match opened {
        Opened::Article(article, modified, around) => {
            let lang = article.lang.clone();
            let version = VersionTag {
                number: article.version,
                at: article.updated_at,
            };
            let mut reply = rendition.single(Shown::once(*article), &around)?;
            reply.keys = Keys::default();
            reply.policy = Policy::Private;
            reply.langs = vec![lang];
            reply.version = Some(version);
            reply.modified = modified;
            Ok(reply.with_header(X_ROBOTS_TAG.clone(), "noindex"))
        }
        Opened::Withdrawn(tombstone) => Err(Problem::withdrawn(tombstone)),
        Opened::Nothing => Err(Problem::not_found("article, or its preview has ended")),
    };
    call.answer_unkept(Scope::Public, load, represent).await
}

fn open(
    c: &mut Conn,
    asked: &Asked,
    now: Timestamp,
    rendition: &Rendition,
) -> Result<Opened, StoreError> {
    let Some(article) = article_of(c, asked, now)? else {
        return Ok(Opened::Nothing);
    };
    let (pass, maker, article) = article;
    if article.content.status == Status::Withdrawn {
        // What was taken down is taken down for those with a link too.
        return taken_down(c, article.id, &article.content.lang);
    }
    if revisions::was_withdrawn_since(c, article.id, pass.made_at)? {
        return Ok(Opened::Nothing);
    }
    let version = match pass.version {
        None => Version::from(article),
        Some(number) => match revisions::find_revision(c, article.id, number)? {
            None => return Ok(Opened::Nothing),
            Some(revision) => Version {
                id: article.id,
                version: number,
                at: revision.at,
                content: revision.content(c)?,
            },
        },
    };
    if !maker.editor().may_read_version(c, &version.content)? {
        return Ok(Opened::Nothing);
    }
    let shown = show_version(c, &Scope::Public, version, rendition.parts)?;
    let modified = modified_of(c, &Scope::Public, &shown)?;
    let around = rendition.around(c, std::slice::from_ref(&shown))?;
    Ok(Opened::Article(Box::new(shown), modified, around))
}

/// The article that the token opens, where it is the one that was asked for and the key that made the link still lives.
fn article_of(
    c: &mut Conn,
    asked: &Asked,
    now: Timestamp,
) -> Result<Option<(Pass, Writer, StoredArticle)>, StoreError> {
    let Some((pass, maker)) = pass_of(c, Some(&asked.token), now)? else {
        return Ok(None);
    };
    let article = find_stored(c, pass.article)?;
    let meant = |article: &StoredArticle| {
        let named = match &asked.reference {
            Reference::Id(id) => *id == article.id,
            Reference::Slug(slug) => *slug == article.content.slug.as_str(),
        };
        named && (asked.langs.is_empty() || asked.langs.contains(&article.content.lang))
    };
    let article = article.filter(meant);
    Ok(article.map(|article| (pass, maker, article)))
}

fn taken_down(c: &mut Conn, id: Id, lang: &LanguageTag) -> Result<Opened, StoreError> {
    let found = find_article(c, &Scope::Public, &Reference::Id(id), &[], lang)?;
    Ok(match found {
        Found::Withdrawn(tombstone) => Opened::Withdrawn(tombstone),
        _ => Opened::Nothing,
    })
}
