//! Writing tags.

use crate::domain::author::Names;
use crate::domain::id::Id;
use crate::domain::slug::Slug;
use crate::domain::tag::{Tag, TagContent};
use crate::store::changes::ChangeKind;
use crate::store::tags as stored;

use super::{Commit, ServiceError};

/// Writes a tag with the version and times that it has.
pub fn write_tag(tx: &mut Commit<'_>, tag: &Tag) -> Result<(), ServiceError> {
    stored::save_tag(tx.conn, tag)?;
    tx.changed(ChangeKind::Tag, tag.id, "", tag.version);
    Ok(())
}

/// Writes what a tag says; says whether that is new or other than before.
pub fn save_tag(
    tx: &mut Commit<'_>,
    before: Option<Tag>,
    id: Id,
    content: TagContent,
) -> Result<bool, ServiceError> {
    if before.as_ref().is_some_and(|tag| tag.content == content) {
        return Ok(false);
    }
    let tag = Tag {
        id: before.as_ref().map_or(id, |tag| tag.id),
        version: before.as_ref().map_or(1, |tag| tag.version + 1),
        created_at: before.map_or(tx.now, |tag| tag.created_at),
        updated_at: tx.now,
        content,
    };
    write_tag(tx, &tag)?;
    Ok(true)
}

/// The tag of a name or slug, made where there is none: one by slug, of which the first name stays.
pub fn ensure_tag(tx: &mut Commit<'_>, name: &str) -> Result<Id, ServiceError> {
    let slug = Slug::from_text(name);
    if let Some(tag) = stored::find_tag_by_slug(tx.conn, slug.as_str())? {
        return Ok(tag.id);
    }
    let id = Id::new(tx.now);
    let content = TagContent {
        slug,
        name: name.to_owned(),
        names: Names::new(),
    };
    save_tag(tx, None, id, content)?;
    Ok(id)
}
