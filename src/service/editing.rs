//! Articles as clients write them: rights checked, references looked up, a step of their life taken, a version made.

use crate::domain::access::{Grant, Scope};
use crate::domain::article::{ArticleContent, Details, Notice, Status};
use crate::domain::error::Fault;
use crate::domain::id::Id;
use crate::domain::input::ArticleInput;
use crate::domain::language::LanguageTag;
use crate::domain::lifecycle::{Step, hold_until_date};
use crate::domain::permission::Cell;
use crate::domain::section::TrailStep;
use crate::domain::slug::Slug;
use crate::store::articles::StoredArticle;
pub use crate::store::articles::find_stored;
use crate::store::{self, Conn, StoreError, changes};

use super::articles::{Draft, Outcome, create_article, update_article};
use super::lookup::Lookup;
use super::notice_rules::written_notices;
use super::planning::{Wish, warn_of_wait};
use super::{Commit, ServiceError, section_tree, tags};
use crate::domain::body::Body;

/// The editor: a key, and its right to the operation by the table of permissions.
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

    /// True if the key's limits include the place of a version of an article.
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
    let wanted = input.slug.clone();
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
    let own = draft.content.slug.clone();
    let outcome = create_article(tx, id, draft)?;
    warn_of_slug(tx, wanted, outcome, &own);
    Ok(id)
}

/// Authors, source and section that an article names and that do not exist, for one that is refused for its form already.
pub fn unknown_references(
    tx: &mut Commit<'_>,
    editor: Editor<'_>,
    input: &ArticleInput,
) -> Result<Vec<Fault>, ServiceError> {
    let scope = editor.scope();
    let mut found = Lookup {
        tx,
        scope: &scope,
        faults: Vec::new(),
    };
    found.people("authors", &input.authors)?;
    found.people("editors", &input.editors)?;
    found.people("translators", &input.translators)?;
    found.source(input.source.as_ref())?;
    if input.lang != LanguageTag::undetermined() {
        found.zone(&input.lang)?;
        found.section(input.section.as_ref(), &input.lang)?;
    }
    Ok(found.faults)
}

/// Writes a new version of an article, where it says anything other than the one before.
pub fn replace(
    tx: &mut Commit<'_>,
    editor: Editor<'_>,
    before: &StoredArticle,
    input: ArticleInput,
) -> Result<(), ServiceError> {
    editor.check(tx, &before.content, before.created_by)?;
    let wanted = input.slug.clone();
    let draft = draft(tx, &editor.scope(), input, Some(before))?;
    editor.check(tx, &draft.content, before.created_by)?;
    let outcome = update_article(tx, before, draft)?;
    warn_of_slug(tx, wanted, outcome, &before.content.slug);
    Ok(())
}

/// Says where a slug that was asked for is taken, so that the article has another; `present` is that of an article which did not
/// change.
fn warn_of_slug(tx: &mut Commit<'_>, wanted: Option<Slug>, outcome: Outcome, present: &Slug) {
    let given = match outcome {
        Outcome::Created(given) | Outcome::Updated(given) => given,
        Outcome::Unchanged => present.clone(),
    };
    if let Some(wanted) = wanted {
        tx.warn_of_slug("article", &wanted, &given);
    }
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
    take_step(tx, &mut content, Some(before), step.clone())?;
    hold_until_date(&mut content, tx.now());
    warn_of_wait(tx, &step, &content);
    let draft = drafted(content, before);
    editor.check(tx, &draft.content, before.created_by)?;
    let outcome = update_article(tx, before, draft)?;
    let present = &before.content.slug;
    warn_of_slug(tx, Some(present.clone()), outcome, present);
    Ok(())
}

/// The draft of content that differs from before.
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
    let wish = Wish {
        status: input.status,
        publish_at: input.publish_at,
    };
    let mut content = content(tx, scope, input, before)?;
    if let Some(step) = wish.step(tx, &content, before)? {
        take_step(tx, &mut content, before, step)?;
    }
    hold_until_date(&mut content, tx.now());
    wish.warn(tx, &content, before);
    Ok(Draft {
        length: body.length(),
        content,
        import_digest: before.and_then(|before| before.import_digest),
        provenance: None,
    })
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
        tags: tag_ids(tx, &input, old.map_or(&[], |old| &old.tags))?,
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
        old_urls: old.map(|old| old.old_urls.clone()).unwrap_or_default(),
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

/// The tags that are named. One that is found by its slug alone is told of, unless the article has it already.
fn tag_ids(tx: &mut Commit<'_>, input: &ArticleInput, old: &[Id]) -> Result<Vec<Id>, ServiceError> {
    let mut ids = Vec::with_capacity(input.tags.len());
    for (at, name) in input.tags.iter().enumerate() {
        let found = tags::ensure_tag_meant(tx, name, &input.lang)?;
        if let Some((code, detail)) = found.told(name).filter(|_| !old.contains(&found.id)) {
            tx.warn(&format!("/tags/{at}"), code, detail);
        }
        if !ids.contains(&found.id) {
            ids.push(found.id);
        }
    }
    Ok(ids)
}
