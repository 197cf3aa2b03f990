//! The tree of sections: where one stands in it, and its row.

use crate::domain::id::Id;
use crate::domain::query::LONGEST_PATH;
use crate::domain::section::{Section, SectionContent, TrailStep};
use crate::store::changes::ChangeKind;
use crate::store::sections as stored;

use super::{Commit, ServiceError};

/// The deepest that a section lies.
pub const DEPTH_MAX: usize = 20;

/// A section with its place in the tree worked out; its version and times are the caller's to set.
pub fn place_section(
    tx: &mut Commit<'_>,
    id: Id,
    group: Option<Id>,
    content: SectionContent,
) -> Result<Section, ServiceError> {
    let parent = match content.parent {
        Some(parent) => Some(find_section(tx, parent)?),
        None => None,
    };
    let mut trail = parent
        .as_ref()
        .map_or_else(Vec::new, |parent| parent.trail.clone());
    if trail.len() >= DEPTH_MAX {
        let detail = format!("sections lie at most {DEPTH_MAX} deep");
        return Err(ServiceError::invalid("path", "too_deep", detail));
    }
    let path = match &parent {
        Some(parent) => format!("{}/{}", parent.path, content.slug),
        None => content.slug.to_string(),
    };
    if path.len() > LONGEST_PATH {
        let detail = format!("the path of a section has at most {LONGEST_PATH} bytes");
        return Err(ServiceError::invalid("path", "too_long", detail));
    }
    trail.push(TrailStep {
        id,
        name: content.name.clone(),
        path: path.clone(),
    });
    let shared = match (&group, &content.translation_key) {
        (None, Some(key)) => stored::section_group_of_key(tx.conn, key)?,
        _ => group,
    };
    Ok(Section {
        id,
        group: shared.unwrap_or(id),
        path,
        trail,
        version: 1,
        created_at: tx.stamp,
        updated_at: tx.stamp,
        content,
    })
}

/// Writes a section with the version and times that it has.
pub fn write_section(tx: &mut Commit<'_>, section: &Section) -> Result<(), ServiceError> {
    stored::save_section(tx.conn, section)?;
    let lang = section.content.lang.as_str();
    tx.changed(ChangeKind::Section, section.id, lang, section.version);
    tx.sections.insert(section.id, section.clone());
    Ok(())
}

/// A section by its identity.
pub fn find_section(tx: &mut Commit<'_>, id: Id) -> Result<Section, ServiceError> {
    if let Some(section) = tx.sections.get(&id) {
        return Ok(section.clone());
    }
    let section = stored::sections_by_ids(tx.conn, &[id])?
        .pop()
        .ok_or_else(|| {
            ServiceError::invalid("section", "unknown_section", "there is no such section")
        })?;
    tx.sections.insert(id, section.clone());
    Ok(section)
}

/// The path of a step below a section, or below the root.
pub(super) fn path_below(parent: Option<&Section>, step: &str) -> String {
    parent.map_or_else(
        || step.to_owned(),
        |parent| format!("{}/{step}", parent.path),
    )
}
