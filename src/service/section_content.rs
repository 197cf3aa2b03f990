//! The content of a section from what its writer gave: references are looked up, and gaps filled.

use crate::domain::error::{Fault, Invalid};
use crate::domain::id::Id;
use crate::domain::input::{Given, SectionInput};
use crate::domain::language::LanguageTag;
use crate::domain::query::Reference;
use crate::domain::section::{Section, SectionContent};
use crate::domain::slug::Slug;
use crate::store::editions::find_edition;
use crate::store::needs;
use crate::store::{StoreError, sections as stored};

use super::section_tree::path_below;
use super::slugs::{first_free, free_slug};
use super::{Commit, ServiceError, unknown};

/// The content of a section, its references looked up, and its group of translations.
pub(super) fn settle(
    tx: &mut Commit<'_>,
    input: SectionInput,
    id: Id,
    before: Option<&Section>,
) -> Result<(SectionContent, Id), ServiceError> {
    let mut faults = Vec::new();
    let lang = edition_of(tx, &input, before, &mut faults)?;
    let parent = match (&input.parent, &lang) {
        (Some(reference), Some(lang)) => find_parent(tx, reference, lang, &mut faults)?,
        _ => None,
    };
    let other = translated(tx, &input, lang.as_ref(), &mut faults)?;
    let Some(lang) = lang.filter(|_| faults.is_empty()) else {
        return Err(ServiceError::Faults(faults));
    };
    if let Some(parent) = parent
        .as_ref()
        .filter(|p| p.trail.iter().any(|s| s.id == id))
    {
        let detail = format!(
            "{} is below this section, or the section itself",
            parent.path
        );
        return Err(conflict("cycle", detail));
    }
    let (group, translation_key) = group_of(tx, &input, id, &lang, other, before)?;
    let parent_id = parent.as_ref().map(|parent| parent.id);
    let content = SectionContent {
        slug: free_path(tx, &input, &lang, parent.as_ref(), before)?,
        position: match input.position.or(before.map(|b| b.content.position)) {
            Some(position) => position,
            None => next_position(tx, &lang, parent_id)?,
        },
        name: input.name,
        description: input.description,
        parent: parent_id,
        translation_key,
        lang,
    };
    Ok((content, group))
}

/// The edition that a section is in, which it never leaves.
fn edition_of(
    tx: &mut Commit<'_>,
    input: &SectionInput,
    before: Option<&Section>,
    faults: &mut Vec<Fault>,
) -> Result<Option<LanguageTag>, ServiceError> {
    let own = before.map(|before| &before.content.lang);
    let invalid = match (&input.lang, own) {
        (None, None) => Invalid::new("required", "lang is required"),
        (Some(lang), Some(own)) if lang != own => {
            let detail = format!("a section stays in its edition, which is {own}");
            Invalid::new("fixed", detail)
        }
        (_, Some(own)) => return Ok(Some(own.clone())),
        (Some(lang), None) => {
            if find_edition(tx.conn, lang)?.is_some() {
                return Ok(Some(lang.clone()));
            }
            unknown::edition(lang)
        }
    };
    faults.push(Fault::new("/lang", invalid));
    Ok(None)
}

fn find_parent(
    tx: &mut Commit<'_>,
    reference: &Reference,
    lang: &LanguageTag,
    faults: &mut Vec<Fault>,
) -> Result<Option<Section>, StoreError> {
    let found = stored::find_section(tx.conn, reference, Some(lang), lang)?;
    if found.is_none() {
        let invalid = unknown::section(tx.conn, reference, Some(lang))?;
        faults.push(Fault::new("/parent", invalid));
    }
    Ok(found)
}

/// The section of another edition that this one is a translation of.
fn translated(
    tx: &mut Commit<'_>,
    input: &SectionInput,
    lang: Option<&LanguageTag>,
    faults: &mut Vec<Fault>,
) -> Result<Option<Section>, StoreError> {
    let Given::Value(id) = input.translation_of else {
        return Ok(None);
    };
    let found = stored::sections_by_ids(tx.conn, &[id])?.pop();
    let invalid = match &found {
        None => unknown::section(tx.conn, &Reference::Id(id), None)?,
        Some(other) if Some(&other.content.lang) == lang => {
            Invalid::new("same_edition", "a translation must be in another edition")
        }
        Some(_) => return Ok(found),
    };
    faults.push(Fault::new("/translation_of", invalid));
    Ok(None)
}

/// The group of translations that a section is to be in, and the key that the group is known by in imports.
fn group_of(
    tx: &mut Commit<'_>,
    input: &SectionInput,
    id: Id,
    lang: &LanguageTag,
    other: Option<Section>,
    before: Option<&Section>,
) -> Result<(Id, Option<String>), ServiceError> {
    let own = before.map(|b| (b.group, b.content.translation_key.clone()));
    if let Some(other) = other {
        let taken = needs::section_of_group(tx.conn, other.group, lang)?;
        if let Some(taken) = taken.filter(|taken| *taken != id) {
            let detail = format!("that section has a translation in this edition already: {taken}");
            return Err(conflict("translation_taken", detail));
        }
        return Ok((other.group, other.content.translation_key));
    }
    let parts = matches!(input.translation_of, Given::Null);
    match own {
        Some((group, _)) if parts && !needs::is_alone_in_group(tx.conn, group)? => {
            Ok((Id::new(tx.now), None))
        }
        Some(own) => Ok(own),
        None => Ok((id, None)),
    }
}

/// A slug by which no other section stands, or stood, at the same place. One that was asked for, or that the section had, and
/// that is taken there is told of.
fn free_path(
    tx: &mut Commit<'_>,
    input: &SectionInput,
    lang: &LanguageTag,
    parent: Option<&Section>,
    before: Option<&Section>,
) -> Result<Slug, ServiceError> {
    let kept = before.map(|before| before.content.slug.clone());
    let wanted = input.slug.clone().or(kept);
    let wanted = wanted.unwrap_or_else(|| Slug::from_text(&input.name));
    let own = before.map(|before| before.id);
    let mut is_taken = |slug: &Slug| {
        let path = path_below(parent, slug.as_str());
        let found = stored::sections_by_path(tx.conn, &path, Some(lang))?;
        Ok(found.iter().any(|section| Some(section.id) != own))
    };
    let given = free_slug(&wanted, |slugs| first_free(slugs, &mut is_taken))?;
    if input.slug.is_some() || before.is_some() {
        tx.warn_of_slug("section", &wanted, &given);
    }
    Ok(given)
}

fn next_position(
    tx: &mut Commit<'_>,
    lang: &LanguageTag,
    parent: Option<Id>,
) -> Result<i32, StoreError> {
    let siblings = stored::children_of(tx.conn, lang, parent)?;
    let last = siblings.iter().map(|section| section.content.position);
    Ok(last.max().unwrap_or(0).saturating_add(1))
}

fn conflict(code: &'static str, detail: impl Into<String>) -> ServiceError {
    ServiceError::Conflict(Invalid::new(code, detail))
}
