//! Writing sections.

use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::section::{Section, SectionContent};
use crate::domain::slug::Slug;
use crate::domain::text::fold_name;
use crate::store::sections as stored;

use super::branches::rewrite_section;
use super::section_tree::{path_below, place_section, write_section};
use super::slugs::free_slug;
use super::{Commit, ServiceError};

/// The section at the end of a path of names or slugs, with every step made that there is not yet. A step is the child of
/// that slug, else the child of that name, else the section that stood there before it moved, else a new child.
pub fn ensure_section(
    tx: &mut Commit<'_>,
    lang: &LanguageTag,
    steps: &[String],
) -> Result<Option<Section>, ServiceError> {
    ensure_section_as(tx, lang, steps, &[])
}

/// The same; a new step has its name in `names`, where it has one there.
pub fn ensure_section_as(
    tx: &mut Commit<'_>,
    lang: &LanguageTag,
    steps: &[String],
    names: &[Option<String>],
) -> Result<Option<Section>, ServiceError> {
    let mut current: Option<Section> = None;
    for (at, step) in steps.iter().enumerate() {
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
                    None => {
                        let name = names.get(at).and_then(Option::as_ref).unwrap_or(step);
                        create_child(tx, lang, parent, name, &children)?
                    }
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
    let is_free = |slug: &Slug| siblings.iter().all(|sibling| sibling.content.slug != *slug);
    let slug = free_slug(&Slug::from_text(name), |slugs| {
        Ok(slugs.iter().position(is_free))
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
