//! Articles as clients write them: rights checked, references looked up, a step of their life taken, a version made.

use crate::domain::access::{Grant, Scope};
use crate::domain::article::{ArticleContent, Details, Notice, Status, WithdrawalReason};
use crate::domain::error::{Fault, Invalid};
use crate::domain::id::Id;
use crate::domain::input::ArticleInput;
use crate::domain::lifecycle::Step;
use crate::domain::permission::Cell;
use crate::domain::section::TrailStep;
use crate::domain::slug::Slug;
use crate::domain::time::Timestamp;
use crate::store::articles::StoredArticle;
pub use crate::store::articles::find_stored;
use crate::store::{self, Conn, StoreError, changes};

use super::articles::{Draft, create_article, update_article};
use super::lookup::Lookup;
use super::notice_rules::written_notices;
use super::{Commit, ServiceError, section_tree, tags};
use crate::domain::body::Body;

/// Who edits: a key, and what the table of permissions gives it for the operation.
#[derive(Debug, Clone, Copy)]
pub struct Editor<'g> {
    /// The key.
    pub grant: &'g Grant,
    /// Its cell of the table.
    pub cell: Cell,
}

impl Editor<'_> {
    fn scope(&self) -> Scope {
        Scope::Key(self.grant.clone())
    }

    /// Checks that a version is one that this key may make or change.
    pub(super) fn check(
        &self,
        tx: &mut Commit<'_>,
        content: &ArticleContent,
        created_by: Option<Id>,
    ) -> Result<(), ServiceError> {
        let trail = match content.section {
            Some(section) => section_tree::find_section(tx, section)?.trail,
            None => Vec::new(),
        };
        self.allow(content, created_by, &trail)
    }

    /// Checks that an article is one that this key may work on, for reads that are for those alone.
    ///
    /// # Errors
    /// `Forbidden`, where it is another's or outside the key's limits.
    pub fn check_reading(
        &self,
        conn: &mut Conn,
        article: &StoredArticle,
    ) -> Result<(), ServiceError> {
        let section: Vec<String> = article.content.section.iter().map(Id::to_string).collect();
        let section = store::sections::sections_by_ids(conn, &section)?.pop();
        let trail = section.map(|section| section.trail).unwrap_or_default();
        self.allow(&article.content, article.created_by, &trail)
    }

    /// Whether the key's limits include where a version of an article stood.
    pub fn may_read_version(
        &self,
        conn: &mut Conn,
        content: &ArticleContent,
    ) -> Result<bool, StoreError> {
        let section: Vec<String> = content.section.iter().map(Id::to_string).collect();
        let section = store::sections::sections_by_ids(conn, &section)?.pop();
        let trail = section.map(|section| section.trail).unwrap_or_default();
        let trail: Vec<Id> = trail.iter().map(|step| step.id).collect();
        let limits = &self.grant.limits;
        Ok(limits.allow(&content.lang, &trail, content.source))
    }

    fn allow(
        &self,
        content: &ArticleContent,
        created_by: Option<Id>,
        trail: &[TrailStep],
    ) -> Result<(), ServiceError> {
        if self.cell == Cell::Own {
            let own = created_by == Some(self.grant.key);
            if !own || content.status != Status::Draft {
                let detail = "this key writes drafts of its own only";
                return Err(ServiceError::Forbidden(detail.to_owned()));
            }
        }
        let trail: Vec<Id> = trail.iter().map(|step| step.id).collect();
        let limits = &self.grant.limits;
        if limits.allow(&content.lang, &trail, content.source) {
            return Ok(());
        }
        let detail = "this key's editions, sections or sources do not include this article";
        Err(ServiceError::Forbidden(detail.to_owned()))
    }
}

/// Writes a new article and answers its identity.
pub fn create(
    tx: &mut Commit<'_>,
    editor: Editor<'_>,
    input: ArticleInput,
) -> Result<Id, ServiceError> {
    let id = Id::new(tx.now());
    let draft = draft(tx, &editor.scope(), input, None)?;
    editor.check(tx, &draft.content, Some(editor.grant.key))?;
    let provenance = super::articles::Provenance {
        version: 1,
        created_at: tx.stamp(),
        updated_at: tx.stamp(),
        created_by: Some(editor.grant.key),
    };
    let draft = Draft {
        provenance: Some(provenance),
        ..draft
    };
    create_article(tx, id, draft)?;
    Ok(id)
}

/// Writes a new version of an article, where it says anything other than the one before.
pub fn replace(
    tx: &mut Commit<'_>,
    editor: Editor<'_>,
    before: &StoredArticle,
    input: ArticleInput,
) -> Result<(), ServiceError> {
    editor.check(tx, &before.content, before.created_by)?;
    let draft = draft(tx, &editor.scope(), input, Some(before))?;
    editor.check(tx, &draft.content, before.created_by)?;
    update_article(tx, before, draft).map(|_| ())
}

/// Takes a step of an article's life.
pub fn advance(
    tx: &mut Commit<'_>,
    editor: Editor<'_>,
    before: &StoredArticle,
    step: Step,
) -> Result<(), ServiceError> {
    editor.check(tx, &before.content, before.created_by)?;
    let mut content = before.content.clone();
    if step == Step::Publish(None) && content.status == Status::Scheduled {
        let now = tx.now();
        content.published_at = content.published_at.filter(|at| *at <= now);
    }
    take_step(tx, &mut content, Some(before), step)?;
    let draft = drafted(content, before);
    editor.check(tx, &draft.content, before.created_by)?;
    update_article(tx, before, draft).map(|_| ())
}

/// What is to be written of content that is other than before.
#[must_use]
pub fn drafted(content: ArticleContent, before: &StoredArticle) -> Draft {
    Draft {
        length: Body::from_stored(content.body.clone()).length(),
        content,
        import_digest: before.import_digest,
        provenance: None,
    }
}

fn take_step(
    tx: &mut Commit<'_>,
    content: &mut ArticleContent,
    before: Option<&StoredArticle>,
    step: Step,
) -> Result<(), ServiceError> {
    let seen = match before {
        Some(before) => before.public || changes::was_public(tx.conn(), before.id)?,
        None => false,
    };
    step.take(content, seen, tx.now())
        .map_err(ServiceError::Conflict)
}

fn draft(
    tx: &mut Commit<'_>,
    scope: &Scope,
    input: ArticleInput,
    before: Option<&StoredArticle>,
) -> Result<Draft, ServiceError> {
    let body = input.body.clone();
    let (status, publish_at) = (input.status, input.publish_at);
    let mut content = content(tx, scope, input, before)?;
    if let Some(step) = step_of(tx.now(), status, publish_at, &content, before)? {
        take_step(tx, &mut content, before, step)?;
    }
    Ok(Draft {
        length: body.length(),
        content,
        import_digest: before.and_then(|before| before.import_digest),
        provenance: None,
    })
}

/// The step that `status`, `publish_at` and a new `published_at` ask for; `None` where the article stays what it is. A date
/// to come is asked for with [`Step::Publish`]: [`hold_until_date`](crate::domain::lifecycle::hold_until_date) schedules it.
fn step_of(
    now: Timestamp,
    status: Option<Status>,
    publish_at: Option<Timestamp>,
    content: &ArticleContent,
    before: Option<&StoredArticle>,
) -> Result<Option<Step>, ServiceError> {
    let present = before.map_or(Status::Draft, |before| before.content.status);
    let old_date = before.and_then(|before| before.content.published_at);
    let is_dated = content.published_at > Some(now);
    let is_dated_anew = is_dated && content.published_at != old_date;
    let is_planned = present == Status::Scheduled && content.publish_at.is_some();
    let step = match (status.unwrap_or(present), publish_at) {
        (Status::Scheduled, Some(at)) => Step::Publish(Some(at)),
        (Status::Scheduled, None) if is_dated_anew => Step::Publish(None),
        (Status::Scheduled, None) if is_planned => return Ok(None),
        (Status::Scheduled, None) if is_dated => Step::Publish(None),
        (Status::Scheduled, None) => {
            let detail = "an article that is scheduled has a time to go live";
            return Err(fault("/publish_at", "required", detail));
        }
        (_, Some(at)) if at > now => {
            let detail = "publish_at goes with the status scheduled";
            return Err(fault("/publish_at", "not_scheduled", detail));
        }
        (Status::Draft, _) if status.is_none() && is_dated_anew => Step::Publish(None),
        (same, _) if same == present => return Ok(None),
        (Status::Draft, _) => Step::Draft,
        (Status::Published, at) => Step::Publish(at),
        (Status::Withdrawn, _) => Step::Withdraw {
            reason: WithdrawalReason::Other,
            note: None,
        },
    };
    Ok(Some(step))
}

fn fault(pointer: &str, code: &'static str, detail: &str) -> ServiceError {
    ServiceError::Faults(vec![Fault::new(pointer, Invalid::new(code, detail))])
}

fn content(
    tx: &mut Commit<'_>,
    scope: &Scope,
    input: ArticleInput,
    before: Option<&StoredArticle>,
) -> Result<ArticleContent, ServiceError> {
    let mut found = Lookup {
        tx,
        scope,
        faults: Vec::new(),
    };
    let zone = found.zone(&input.lang)?;
    let authors = found.people("authors", &input.authors)?;
    let editors = found.people("editors", &input.editors)?;
    let translators = found.people("translators", &input.translators)?;
    let source = found.source(input.source.as_ref())?;
    let section = found.section(input.section.as_ref(), &input.lang)?;
    let work = found.work(&input, before)?;
    let Lookup { tx, mut faults, .. } = found;
    let old = before.map(|before| &before.content);
    let present = old.map_or(&[][..], |old| old.details.notices.as_slice());
    let notices = written_notices(tx.now(), input.notices.clone(), present);
    let notices = notices.unwrap_or_else(|unknown| {
        faults.extend(unknown);
        Vec::new()
    });
    if !faults.is_empty() {
        return Err(ServiceError::Faults(faults));
    }
    let details = details(&input, notices, old);
    Ok(ArticleContent {
        slug: wanted_slug(&input, old),
        status: old.map_or(Status::Draft, |old| old.status),
        published_at: input
            .published_at
            .map(|at| at.resolve(zone))
            .over(old.and_then(|old| old.published_at)),
        publish_at: old.and_then(|old| old.publish_at),
        embargo_until: input
            .embargo_until
            .over(old.and_then(|old| old.embargo_until)),
        tags: tag_ids(tx, &input.tags)?,
        details,
        extra: old.map(|old| old.extra.clone()).unwrap_or_default(),
        external_id: old.and_then(|old| old.external_id.clone()),
        withdrawn: old.and_then(|old| old.withdrawn.clone()),
        body: input.body.into_html(),
        lang: input.lang,
        title: input.title,
        subtitle: input.subtitle,
        summary: input.summary,
        work,
        authors,
        editors,
        translators,
        source,
        section,
    })
}

fn details(input: &ArticleInput, notices: Vec<Notice>, old: Option<&ArticleContent>) -> Details {
    let old = old.map(|old| &old.details);
    Details {
        notices,
        seen_notices: old.map(|old| old.seen_notices.clone()).unwrap_or_default(),
        credits: input.credits.clone(),
        byline_raw: input.byline_raw.clone(),
        dateline: input.dateline.clone(),
        original: input.original.clone(),
        media: input
            .media
            .clone()
            .or_else(|| old.map(|old| old.media.clone()))
            .unwrap_or_default(),
        canonical_url: input.canonical_url.clone(),
        url: old.and_then(|old| old.url.clone()),
        rights: input.rights.clone(),
    }
}

/// A slug never changes silently: an article keeps its own unless the writer names another.
fn wanted_slug(input: &ArticleInput, old: Option<&ArticleContent>) -> Slug {
    let given = input.slug.clone();
    given
        .or_else(|| old.map(|old| old.slug.clone()))
        .unwrap_or_else(|| Slug::from_text(&input.title))
}

fn tag_ids(tx: &mut Commit<'_>, names: &[String]) -> Result<Vec<Id>, ServiceError> {
    let mut ids = Vec::with_capacity(names.len());
    for name in names {
        let id = tags::ensure_tag(tx, name)?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}
