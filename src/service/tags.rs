//! Writing tags: those that articles name.

use crate::domain::author::Names;
use crate::domain::id::Id;
use crate::domain::slug::Slug;
use crate::domain::tag::{Tag, TagContent, is_kept_by_slug};
use crate::domain::text::{fold_name, nfc};
use crate::store::moved::Known;
use crate::store::tags as stored;
use crate::store::{Conn, StoreError};

use super::shared::{find_moved, free_slug_of, save};
use super::{Commit, ServiceError};

/// A tag that a name was looked up for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ensured {
    /// The tag.
    pub id: Id,
    /// The slug of a new tag, and the name of the tag that has the slug which it would have had.
    pub beside: Option<(Slug, String)>,
}

/// The tag of a name or slug, made where there is none.
pub fn ensure_tag(tx: &mut Commit<'_>, name: &str) -> Result<Id, ServiceError> {
    Ok(ensure_tag_named(tx, name, None)?.id)
}

/// The same, and whether a new tag's slug had to give way; `slug` is the one that a new tag is to have.
pub fn ensure_tag_named(
    tx: &mut Commit<'_>,
    name: &str,
    slug: Option<&Slug>,
) -> Result<Ensured, ServiceError> {
    if let Some(tag) = find_tag(tx.conn, name)? {
        return Ok(Ensured {
            id: tag.id,
            beside: None,
        });
    }
    let wanted = slug.cloned().unwrap_or_else(|| Slug::from_text(name));
    let id = Id::new(tx.now);
    let slug = free_slug_of::<Tag>(tx, &wanted, None)?;
    let other = stored::find_tag_by_slug(tx.conn, wanted.as_str())?;
    let content = TagContent {
        slug: slug.clone(),
        name: name.to_owned(),
        names: Names::new(),
    };
    save::<Tag>(tx, None, id, content)?;
    let beside = other.map(|other| (slug, other.content.name));
    Ok(Ensured { id, beside })
}

/// The tag that a name means: the one whose slug it is, now or before it moved; else the one of that name; else the one
/// that has, or had, the name's slug, where the name means no other.
pub fn find_tag(conn: &mut Conn, name: &str) -> Result<Option<Tag>, StoreError> {
    let literal = nfc(name.to_owned());
    if let Some(tag) = stored::find_tag_by_slug(conn, &literal)? {
        return Ok(Some(tag));
    }
    if let Some(tag) = stored::find_tags_by_name(conn, name)?.into_iter().next() {
        return Ok(Some(tag));
    }
    let slug = Slug::from_text(name);
    let found = stored::find_tag_by_slug(conn, slug.as_str())?;
    if found.is_some() {
        return Ok(found.filter(|tag| tag.content.is_meant_by(name)));
    }
    match fold_name(name) == slug.as_str() || is_kept_by_slug(name) {
        true => find_moved(conn, slug.as_str(), Known::All),
        false => find_moved(conn, &literal, Known::All),
    }
}
