//! Writing tags: those that articles name.

use crate::domain::author::Names;
use crate::domain::id::Id;
use crate::domain::query::Reference;
use crate::domain::slug::Slug;
use crate::domain::tag::{Tag, TagContent};

use super::shared::{find, save};
use super::{Commit, ServiceError};

/// The tag of a name or slug, made where there is none: one by slug, also by one that it had, of which the first name stays.
pub fn ensure_tag(tx: &mut Commit<'_>, name: &str) -> Result<Id, ServiceError> {
    let slug = Slug::from_text(name);
    if let Some(tag) = find::<Tag>(tx.conn, &Reference::Slug(slug.to_string()))? {
        return Ok(tag.id);
    }
    let id = Id::new(tx.now);
    let content = TagContent {
        slug,
        name: name.to_owned(),
        names: Names::new(),
    };
    save::<Tag>(tx, None, id, content)?;
    Ok(id)
}
