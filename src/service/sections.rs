//! Writing sections.

use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::section::{Section, SectionContent, TrailStep};
use crate::domain::slug::Slug;
use crate::domain::text::fold_name;
use crate::store::changes::ChangeKind;
use crate::store::sections as stored;

use super::branches::{carry_branch, path_below};
use super::{Commit, ServiceError, free_slug};

/// The deepest that a section lies.
pub const DEPTH_MAX: usize = 20;
/// The longest path of a section, in bytes: what an index of either database can hold.
pub const PATH_MAX: usize = 2_000;

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
    if path.len() > PATH_MAX {
        let detail = format!("the path of a section has at most {PATH_MAX} bytes");
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

/// Writes a section over the one that it was, and lets all that is below follow. Articles show its name and where it stands,
/// and are told of these alone.
pub(super) fn rewrite_section(
    tx: &mut Commit<'_>,
    before: &Section,
    section: &Section,
) -> Result<(), ServiceError> {
    write_section(tx, section)?;
    tx.alters_no_articles();
    carry_branch(tx, before, section)
}

/// A section by its identity.
pub fn find_section(tx: &mut Commit<'_>, id: Id) -> Result<Section, ServiceError> {
    if let Some(section) = tx.sections.get(&id) {
        return Ok(section.clone());
    }
    let section = stored::sections_by_ids(tx.conn, &[id.to_string()])?
        .pop()
        .ok_or_else(|| {
            ServiceError::invalid("section", "unknown_section", "there is no such section")
        })?;
    tx.sections.insert(id, section.clone());
    Ok(section)
}

/// The section at the end of a path of names or slugs, with every step made that there is not yet. A step is the child of
/// that slug, else the child of that name, else the section that stood there before it moved, else a new child.
pub fn ensure_section(
    tx: &mut Commit<'_>,
    lang: &LanguageTag,
    steps: &[String],
) -> Result<Option<Section>, ServiceError> {
    let mut current: Option<Section> = None;
    for step in steps {
        let parent = current.as_ref().map(|section| section.id);
        let children = stored::children_of(tx.conn, lang, parent)?;
        let slugged = children
            .iter()
            .find(|child| child.content.slug.as_str() == step);
        let named = |child: &&Section| fold_name(&child.content.name) == *step;
        let found = slugged.or_else(|| children.iter().find(named));
        current = Some(match found {
            Some(section) => section.clone(),
            None => {
                let path = path_below(current.as_ref(), step);
                match stored::sections_by_path(tx.conn, &path, Some(lang))?.pop() {
                    Some(moved) => moved,
                    None => create_child(tx, lang, parent, step, &children)?,
                }
            }
        });
    }
    Ok(current)
}

fn create_child(
    tx: &mut Commit<'_>,
    lang: &LanguageTag,
    parent: Option<Id>,
    name: &str,
    siblings: &[Section],
) -> Result<Section, ServiceError> {
    let slug = free_slug(&Slug::from_text(name), |slug| {
        Ok(siblings.iter().any(|sibling| sibling.content.slug == *slug))
    })?;
    let content = SectionContent {
        lang: lang.clone(),
        parent,
        slug,
        name: name.to_owned(),
        description: None,
        position: i32::try_from(siblings.len()).unwrap_or(i32::MAX) + 1,
        translation_key: None,
    };
    let section = place_section(tx, Id::new(tx.now), None, content)?;
    write_section(tx, &section)?;
    Ok(section)
}

/// Writes what a section says where it stands; says whether that is other than before. A new name shows in the
/// breadcrumbs of everything below it.
pub fn change_section(
    tx: &mut Commit<'_>,
    before: &Section,
    content: SectionContent,
) -> Result<bool, ServiceError> {
    if before.content == content {
        return Ok(false);
    }
    let mut section = place_section(tx, before.id, None, content)?;
    section.version = before.version + 1;
    section.created_at = before.created_at;
    if section.content.translation_key == before.content.translation_key {
        section.group = before.group;
    }
    rewrite_section(tx, before, &section)?;
    Ok(true)
}
