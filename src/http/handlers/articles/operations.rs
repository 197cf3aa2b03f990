//! The operations on articles within a transaction: the one way that single requests and the lines of a bulk share.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::domain::article::{Status, WithdrawalReason};
use crate::domain::bases::Bases;
use crate::domain::error::{Fault, Invalid};
use crate::domain::id::Id;
use crate::domain::input::{ArticleInput, NoticeInput};
use crate::domain::language::LanguageTag;
use crate::domain::lifecycle::Step;
use crate::domain::query::Reference;
use crate::domain::tag::Tag;
use crate::domain::text;
use crate::domain::warning::Warning;
use crate::http::call::authorized::Writer;
use crate::http::call::write::{StartsFrom, record, record_with};
use crate::http::error::Problem;
use crate::http::handlers::articles::input::{Misread, Reading};
use crate::http::handlers::articles::patch::Patch;
use crate::http::request::json_fields::Fields;
use crate::service::editing::{self, Editor, find_stored};
use crate::service::{Commit, notices, restoring};
use crate::store::articles::{Found, StoredArticle, find_article, version_of};
use crate::store::shared_rows::SharedRows;
use crate::store::{Conn, StoreError, revisions};

/// The article that a write means.
#[derive(Debug, Clone)]
pub(crate) struct Meant {
    pub(crate) reference: Reference,
    pub(crate) default_lang: LanguageTag,
    /// The present addresses of this service's pictures.
    pub(crate) bases: Arc<Bases>,
}

/// The change of an existing article.
#[derive(Debug)]
pub(crate) enum Change {
    /// It is written anew.
    Replace(Reading),
    /// Some fields change, by a merge patch.
    Update(Patch),
    /// It is taken down, without more words.
    Delete,
    /// It takes a step of its life.
    Advance(Step),
    /// It says again what a version of it said.
    Restore(i64),
    /// It gets a notice.
    AddNotice(NoticeInput),
    /// It loses a notice.
    RemoveNotice(Id),
}

/// The article that a write made or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Done {
    pub(crate) id: Id,
    /// The version that it is at now.
    pub(crate) version: i64,
    /// Parts of what was sent that were changed or left out.
    pub(crate) warnings: Vec<Warning>,
}

/// Makes an article.
pub(crate) fn create(
    tx: &mut Commit<'_>,
    writer: &Writer,
    bases: &Bases,
    input: Reading,
) -> Result<Done, Problem> {
    let mut input = input.or_else(|misread| all_faults(tx, writer.editor(), *misread))?;
    bases.relate_pictures(&mut input.body, input.media.iter_mut().flatten());
    let mut warnings = std::mem::take(&mut input.warnings);
    let id = editing::create(tx, writer.editor(), *input)?;
    warnings.extend(tx.take_warnings());
    record(tx, writer, "article", id, Some(1));
    Ok(Done {
        id,
        version: 1,
        warnings,
    })
}

/// Changes the article that is meant, where it is at the version that the change starts from.
pub(crate) fn change(
    tx: &mut Commit<'_>,
    writer: &Writer,
    meant: &Meant,
    starts: &StartsFrom,
    change: Change,
) -> Result<Done, Problem> {
    let before = meant.find(tx.conn(), writer)?;
    starts.check(before.version, before.updated_at)?;
    let told = !matches!(&change, Change::Delete if before.content.status == Status::Withdrawn);
    let editor = writer.editor();
    let mut warnings = Vec::new();
    let mut detail = None;
    match change {
        Change::Replace(input) => warnings = replace(tx, editor, meant, &before, input)?,
        Change::Update(patch) => {
            let input = patch.apply(&before, &tag_slugs(tx.conn(), &before)?);
            warnings = replace(tx, editor, meant, &before, input)?;
        }
        Change::Delete if told => editing::advance(tx, editor, &before, withdrawal())?,
        Change::Delete => {}
        Change::Advance(step) => editing::advance(tx, editor, &before, step)?,
        Change::Restore(version) => restore(tx, editor, &before, version)?,
        Change::AddNotice(input) => {
            let id = notices::add_notice(tx, editor, &before, input)?;
            detail = Some(json!({"notice": id}));
        }
        Change::RemoveNotice(id) => {
            detail = Some(remove_notice(tx, editor, &before, id)?);
        }
    }
    warnings.extend(tx.take_warnings());
    let version = version_of(tx.conn(), before.id)?.unwrap_or(before.version);
    if told {
        record_with(tx, writer, "article", before.id, Some(version), detail);
    }
    Ok(Done {
        id: before.id,
        version,
        warnings,
    })
}

fn replace(
    tx: &mut Commit<'_>,
    editor: Editor<'_>,
    meant: &Meant,
    before: &StoredArticle,
    input: Reading,
) -> Result<Vec<Warning>, Problem> {
    let mut input = input.or_else(|misread| all_faults(tx, editor, *misread))?;
    let ArticleInput { body, media, .. } = &mut *input;
    meant
        .bases
        .relate_pictures(body, media.iter_mut().flatten());
    let warnings = std::mem::take(&mut input.warnings);
    editing::replace(tx, editor, before, *input)?;
    Ok(warnings)
}

/// Refuses an article for its form, and for what it names and does not exist, all at once.
fn all_faults(
    tx: &mut Commit<'_>,
    editor: Editor<'_>,
    misread: Misread,
) -> Result<Box<ArticleInput>, Problem> {
    let mut faults = misread.faults;
    let unknown = editing::unknown_references(tx, editor, &misread.rest)?;
    let field = |fault: &Fault| fault.pointer.split('/').nth(1).map(str::to_owned);
    let is_new = |fault: &Fault| faults.iter().all(|told| field(told) != field(fault));
    let unknown: Vec<Fault> = unknown.into_iter().filter(is_new).collect();
    faults.extend(unknown);
    Err(Problem::invalid_content(faults))
}

fn restore(
    tx: &mut Commit<'_>,
    editor: Editor<'_>,
    before: &StoredArticle,
    version: i64,
) -> Result<(), Problem> {
    let found = revisions::find_revision(tx.conn(), before.id, version)?;
    let found = found.ok_or_else(|| Problem::not_found("version of this article"))?;
    let content = found.content(tx.conn())?;
    restoring::restore(tx, editor, before, content)?;
    Ok(())
}

/// Takes a notice away, and answers what the audit keeps of it.
fn remove_notice(
    tx: &mut Commit<'_>,
    editor: Editor<'_>,
    before: &StoredArticle,
    id: Id,
) -> Result<Value, Problem> {
    let notices = &before.content.details.notices;
    let notice = notices.iter().find(|notice| notice.id == id).cloned();
    if !notices::remove_notice(tx, editor, before, id)? {
        return Err(Problem::not_found("notice of this article"));
    }
    Ok(json!({"notice": notice}))
}

const fn withdrawal() -> Step {
    Step::Withdraw {
        reason: WithdrawalReason::Other,
        note: None,
    }
}

/// Reads a step of an article's life.
pub(crate) fn read_step(
    object: Map<String, Value>,
    step: impl FnOnce(&mut Fields) -> Option<Step>,
) -> Result<Step, Problem> {
    let mut fields = Fields::new(object);
    let step = step(&mut fields);
    let faults = fields.finish().err().unwrap_or_default();
    let step = step.filter(|_| faults.is_empty());
    step.ok_or_else(|| Problem::invalid_content(faults))
}

/// The step that publishes, now or later.
pub(crate) fn publication(fields: &mut Fields) -> Option<Step> {
    Some(Step::Publish(fields.instant("publish_at")))
}

/// The withdrawal of an article.
pub(crate) fn withdrawal_of(fields: &mut Fields) -> Option<Step> {
    let reason = fields.word("reason", "legal, error, privacy, rights, other", text::word);
    let note = fields.text("note", text::NOTE_MAX);
    if reason.is_none() && !fields.is_refused("reason") {
        fields.refuse("reason", Invalid::new("required", "reason is required"));
    }
    Some(Step::Withdraw {
        reason: reason?,
        note,
    })
}

impl Meant {
    /// The article, where the key may know of it. A slug that it had leads to it too.
    pub(crate) fn find(&self, conn: &mut Conn, writer: &Writer) -> Result<StoredArticle, Problem> {
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
}

/// The slugs of its tags, by which they are written.
fn tag_slugs(conn: &mut Conn, article: &StoredArticle) -> Result<Vec<String>, StoreError> {
    let found = Tag::with_ids(conn, &article.content.tags)?;
    let slug_of = |id: &Id| {
        let tag = found.iter().find(|tag| tag.id == *id);
        tag.map(|tag| tag.content.slug.to_string())
    };
    Ok(article.content.tags.iter().filter_map(slug_of).collect())
}

impl Writer {
    pub(crate) fn editor(&self) -> Editor<'_> {
        Editor {
            grant: &self.grant,
            cell: self.cell,
        }
    }
}
