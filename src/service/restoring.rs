//! An earlier content of an article, put back as a new version.

use crate::domain::article::{ArticleContent, Details};
use crate::domain::author::Author;
use crate::domain::error::{Fault, Invalid};
use crate::domain::id::Id;
use crate::domain::source::Source;
use crate::domain::tag::Tag;
use crate::store::articles::StoredArticle;
use crate::store::shared_rows::SharedRows;
use crate::store::{self, Conn, StoreError};

use super::articles::update_article;
use super::editing::{Editor, drafted};
use super::{Commit, ServiceError};

/// Writes what a version said as a new one. What the article is to its readers stays as it is now: its state, times and
/// embargo, its slug, its links to translations, its notices, and where it came from. Old text must neither publish nor
/// take down, move an address, nor make a correction disappear.
///
/// # Errors
/// Faults that name the edition, section, source, people and tags of the version that are gone.
pub fn restore(
    tx: &mut Commit<'_>,
    editor: Editor<'_>,
    before: &StoredArticle,
    version: ArticleContent,
) -> Result<(), ServiceError> {
    editor.check(tx, &before.content, before.created_by)?;
    let faults = gone(tx.conn(), &version)?;
    if !faults.is_empty() {
        return Err(ServiceError::Faults(faults));
    }
    let content = over(version, &before.content);
    editor.check(tx, &content, before.created_by)?;
    update_article(tx, before, drafted(content, before)).map(|_| ())
}

fn over(version: ArticleContent, now: &ArticleContent) -> ArticleContent {
    ArticleContent {
        work: now.work,
        slug: now.slug.clone(),
        status: now.status,
        published_at: now.published_at,
        publish_at: now.publish_at,
        embargo_until: now.embargo_until,
        withdrawn: now.withdrawn.clone(),
        external_id: now.external_id.clone(),
        details: Details {
            notices: now.details.notices.clone(),
            seen_notices: now.details.seen_notices.clone(),
            url: now.details.url.clone(),
            old_urls: now.details.old_urls.clone(),
            ..version.details
        },
        ..version
    }
}

/// References of the version that no longer exist, each at its place in the version.
fn gone(conn: &mut Conn, version: &ArticleContent) -> Result<Vec<Fault>, StoreError> {
    let mut faults = Vec::new();
    if store::editions::find_edition(conn, &version.lang)?.is_none() {
        faults.push(missing(
            "/lang",
            "unknown_edition",
            "edition",
            &version.lang,
        ));
    }
    if let Some(id) = version.section {
        let found = store::sections::sections_by_ids(conn, &[id])?;
        if !found
            .iter()
            .any(|section| section.content.lang == version.lang)
        {
            faults.push(missing("/section", "unknown_section", "section", &id));
        }
    }
    if let Some(id) = version.source
        && Source::with_ids(conn, &[id])?.is_empty()
    {
        faults.push(missing("/source", "unknown_source", "source", &id));
    }
    let people = [
        ("authors", &version.authors),
        ("editors", &version.editors),
        ("translators", &version.translators),
    ];
    for (field, ids) in people {
        let found = Author::with_ids(conn, ids)?;
        let found: Vec<Id> = found.iter().map(|author| author.id).collect();
        faults.extend(absent(field, ids, &found, "unknown_author", "author"));
    }
    let found = Tag::with_ids(conn, &version.tags)?;
    let found: Vec<Id> = found.iter().map(|tag| tag.id).collect();
    faults.extend(absent("tags", &version.tags, &found, "unknown_tag", "tag"));
    Ok(faults)
}

fn absent(field: &str, ids: &[Id], found: &[Id], code: &'static str, what: &str) -> Vec<Fault> {
    let alone = ids.iter().enumerate().filter(|(_, id)| !found.contains(id));
    alone
        .map(|(at, id)| missing(&format!("/{field}/{at}"), code, what, id))
        .collect()
}

fn missing(pointer: &str, code: &'static str, what: &str, name: &impl ToString) -> Fault {
    let detail = format!("the {what} {} of that version is gone", name.to_string());
    Fault::new(pointer, Invalid::new(code, detail))
}
