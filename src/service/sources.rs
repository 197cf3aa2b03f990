//! Writing sources.

use crate::domain::author::Names;
use crate::domain::id::Id;
use crate::domain::slug::Slug;
use crate::domain::source::{Rights, Source, SourceContent};
use crate::domain::text::fold_name;
use crate::store::changes::ChangeKind;
use crate::store::sources as stored;

use super::{Commit, ServiceError, free_slug};

/// Writes a source with the version and times that it has.
pub fn write_source(tx: &mut Commit<'_>, source: &Source) -> Result<(), ServiceError> {
    stored::save_source(tx.conn, source)?;
    tx.changed(ChangeKind::Source, source.id, "", source.version);
    Ok(())
}

/// Writes what a source says; says whether that is new or other than before.
pub fn save_source(
    tx: &mut Commit<'_>,
    before: Option<Source>,
    id: Id,
    content: SourceContent,
) -> Result<bool, ServiceError> {
    if before
        .as_ref()
        .is_some_and(|source| source.content == content)
    {
        return Ok(false);
    }
    let source = Source {
        id: before.as_ref().map_or(id, |source| source.id),
        version: before.as_ref().map_or(1, |source| source.version + 1),
        created_at: before.map_or(tx.now, |source| source.created_at),
        updated_at: tx.now,
        content,
    };
    write_source(tx, &source)?;
    Ok(true)
}

/// The source of a name, made where there is none: one by exact name, after NFC and with white space folded.
pub fn ensure_source(tx: &mut Commit<'_>, name: &str) -> Result<Id, ServiceError> {
    let name = fold_name(name);
    if let Some(source) = stored::find_source_by_name(tx.conn, &name)? {
        return Ok(source.id);
    }
    let id = Id::new(tx.now);
    let content = SourceContent {
        slug: free_source_slug(tx, &Slug::from_text(&name))?,
        name,
        names: Names::new(),
        kind: None,
        url: None,
        rights: Rights::default(),
    };
    save_source(tx, None, id, content)?;
    Ok(id)
}

/// A slug that no other source has.
pub fn free_source_slug(tx: &mut Commit<'_>, wanted: &Slug) -> Result<Slug, ServiceError> {
    Ok(free_slug(wanted, |slug| {
        stored::source_slug_taken(tx.conn, slug)
    })?)
}
