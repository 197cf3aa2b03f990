//! Writing authors.

use crate::domain::author::{Author, AuthorContent, Names};
use crate::domain::id::Id;
use crate::domain::slug::Slug;
use crate::domain::text::fold_name;
use crate::store::authors as stored;
use crate::store::changes::ChangeKind;

use super::{Commit, ServiceError, free_slug};

/// Writes an author with the version and times that it has.
pub fn write_author(tx: &mut Commit<'_>, author: &Author) -> Result<(), ServiceError> {
    stored::save_author(tx.conn, author)?;
    tx.changed(ChangeKind::Author, author.id, "", author.version);
    Ok(())
}

/// Writes what an author says; says whether that is new or other than before.
pub fn save_author(
    tx: &mut Commit<'_>,
    before: Option<Author>,
    id: Id,
    content: AuthorContent,
) -> Result<bool, ServiceError> {
    if before
        .as_ref()
        .is_some_and(|author| author.content == content)
    {
        return Ok(false);
    }
    let author = Author {
        id: before.as_ref().map_or(id, |author| author.id),
        version: before.as_ref().map_or(1, |author| author.version + 1),
        created_at: before.map_or(tx.now, |author| author.created_at),
        updated_at: tx.now,
        content,
    };
    write_author(tx, &author)?;
    Ok(true)
}

/// The author of a name, made where there is none: one by exact name, after NFC and with white space folded.
pub fn ensure_author(tx: &mut Commit<'_>, name: &str) -> Result<Id, ServiceError> {
    let name = fold_name(name);
    if let Some(author) = stored::find_author_by_name(tx.conn, &name)? {
        return Ok(author.id);
    }
    let id = Id::new(tx.now);
    let content = AuthorContent {
        slug: free_author_slug(tx, &Slug::from_text(&name))?,
        name,
        names: Names::new(),
        bio: None,
        affiliation: None,
        url: None,
    };
    save_author(tx, None, id, content)?;
    Ok(id)
}

/// A slug that no other author has.
pub fn free_author_slug(tx: &mut Commit<'_>, wanted: &Slug) -> Result<Slug, ServiceError> {
    Ok(free_slug(wanted, |slug| {
        stored::author_slug_taken(tx.conn, slug)
    })?)
}
