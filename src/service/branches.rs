//! Sections as clients write them, and what follows where a branch of the tree moves or is renamed: paths, breadcrumbs,
//! redirects, and the index of every article below.

use crate::domain::access::Limits;
use crate::domain::error::{Fault, Invalid};
use crate::domain::id::Id;
use crate::domain::input::SectionInput;
use crate::domain::query::LONGEST_PATH;
use crate::domain::section::{Section, SectionContent, TrailStep};
use crate::store::changes::ChangeKind;
use crate::store::facets::{FacetKey, FacetKind};
use crate::store::fanouts::{Extent, Shown};
use crate::store::moved::{self, Moved, MovedKind};
use crate::store::needs::{self, Named};
use crate::store::{StoreError, sections as stored};

use super::in_use::{NAMED_AT_MOST, refuse_used};
use super::section_content::settle;
use super::section_tree::{DEPTH_MAX, place_section, write_section};
use super::shared::Gone;
use super::{Commit, ServiceError};

/// Makes a new section.
pub fn create_section(
    tx: &mut Commit<'_>,
    limits: &Limits,
    input: SectionInput,
) -> Result<Section, ServiceError> {
    let id = Id::new(tx.now);
    let (content, group) = settle(tx, input, id, None)?;
    let section = place(tx, id, group, content)?;
    check_limits(limits, &section)?;
    write_section(tx, &section)?;
    Ok(section)
}

/// Writes a section anew; where it moves or is renamed, all that is below goes along.
pub fn replace_section(
    tx: &mut Commit<'_>,
    limits: &Limits,
    before: &Section,
    input: SectionInput,
) -> Result<(), ServiceError> {
    check_limits(limits, before)?;
    let (content, group) = settle(tx, input, before.id, Some(before))?;
    if content == before.content && group == before.group {
        return Ok(());
    }
    let mut section = place(tx, before.id, group, content)?;
    check_limits(limits, &section)?;
    if section.content.parent != before.content.parent {
        // Its own place is always within them: it is where it comes from and goes to that counts.
        check_place(limits, before)?;
        check_place(limits, &section)?;
    }
    section.version = before.version + 1;
    section.created_at = before.created_at;
    rewrite_section(tx, before, &section)
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

/// Takes a section away that holds nothing.
///
/// # Errors
/// `Conflict` that names the sections and articles in it where there are any.
pub fn delete_section(
    tx: &mut Commit<'_>,
    limits: &Limits,
    section: &Section,
) -> Result<(), ServiceError> {
    check_limits(limits, section)?;
    let lang = &section.content.lang;
    let below = needs::sections_below(tx.conn, lang, Some(section.id), NAMED_AT_MOST)?;
    let articles = needs::articles_naming(tx.conn, Named::Section, section.id, NAMED_AT_MOST)?;
    refuse_used("section", &[("section", below), ("article", articles)])?;
    stored::delete_section(tx.conn, section.id)?;
    moved::forget_moved(tx.conn, section.id)?;
    tx.sections.remove(&section.id);
    let kind = ChangeKind::Section;
    let end = Gone {
        reason: "deleted",
        public: true,
    };
    tx.gone(kind, section.id, lang.as_str(), section.version, end);
    Ok(())
}

fn check_limits(limits: &Limits, section: &Section) -> Result<(), ServiceError> {
    let trail: Vec<Id> = section.trail.iter().map(|step| step.id).collect();
    if limits.allow(&section.content.lang, &trail, None) {
        return Ok(());
    }
    let detail = "this key's editions and sections do not include this section";
    Err(ServiceError::Forbidden(detail.to_owned()))
}

/// Checks that a section may be put under, or taken from under, what is above it.
fn check_place(limits: &Limits, section: &Section) -> Result<(), ServiceError> {
    let above = section
        .trail
        .split_last()
        .map_or(&[][..], |(_, above)| above);
    let above: Vec<Id> = above.iter().map(|step| step.id).collect();
    if limits.allow(&section.content.lang, &above, None) {
        return Ok(());
    }
    let detail = "this key moves sections within its own sections only";
    Err(ServiceError::Forbidden(detail.to_owned()))
}

fn place(
    tx: &mut Commit<'_>,
    id: Id,
    group: Id,
    content: SectionContent,
) -> Result<Section, ServiceError> {
    place_section(tx, id, Some(group), content).map_err(|error| match error {
        ServiceError::Invalid { invalid, .. } => {
            ServiceError::Faults(vec![Fault::new("/parent", invalid)])
        }
        other => other,
    })
}

/// Lets everything below a section follow it, where its path, its name or what is above it is other than before.
fn carry_branch(
    tx: &mut Commit<'_>,
    before: &Section,
    after: &Section,
) -> Result<(), ServiceError> {
    if before.trail == after.trail {
        return Ok(());
    }
    leave_redirect(tx, before, &after.path)?;
    let all = stored::all_sections(tx.conn, std::slice::from_ref(&after.content.lang))?;
    let is_below = |section: &Section| section.trail.iter().any(|step| step.id == after.id);
    for old in all.into_iter().filter(|s| s.id != after.id && is_below(s)) {
        let section = carried(tx, &old, before, after)?;
        write_section(tx, &section)?;
        // Their articles are among those of the section that they follow.
        tx.alters_no_articles();
        leave_redirect(tx, &old, &section.path)?;
    }
    carry_articles(tx, before, after)
}

/// A section below one that moved, where it stands now.
fn carried(
    tx: &Commit<'_>,
    old: &Section,
    before: &Section,
    after: &Section,
) -> Result<Section, ServiceError> {
    let mut trail = after.trail.clone();
    let rest = old.trail.iter().skip(before.trail.len());
    trail.extend(rest.map(|step| TrailStep {
        path: format!("{}{}", after.path, &step.path[before.path.len()..]),
        ..step.clone()
    }));
    let path = trail.last().map_or(String::new(), |step| step.path.clone());
    if trail.len() > DEPTH_MAX || path.len() > LONGEST_PATH {
        let detail = format!(
            "{} below it would lie deeper than {DEPTH_MAX}, or its path be longer than {LONGEST_PATH} bytes",
            old.path
        );
        let invalid = Invalid::new("too_deep", detail);
        return Err(ServiceError::Faults(vec![Fault::new("/parent", invalid)]));
    }
    Ok(Section {
        path,
        trail,
        version: old.version + 1,
        updated_at: tx.stamp,
        ..old.clone()
    })
}

fn leave_redirect(tx: &mut Commit<'_>, old: &Section, path: &str) -> Result<(), StoreError> {
    if old.path == path {
        return Ok(());
    }
    let lang = old.content.lang.as_str();
    moved::remove_moved(tx.conn, MovedKind::Section, lang, path)?;
    let row = Moved {
        kind: MovedKind::Section.as_str().to_owned(),
        lang: lang.to_owned(),
        slug: old.path.clone(),
        target_id: old.id,
        public: true,
    };
    moved::save_moved(tx.conn, &row)
}

/// The articles of a branch are in the facet of each section above them, and show its name and path.
fn carry_articles(
    tx: &mut Commit<'_>,
    before: &Section,
    after: &Section,
) -> Result<(), ServiceError> {
    let steps = |section: &Section| Vec::from_iter(section.trail.iter().map(|step| step.id));
    let extent = Extent {
        places: steps(before) != steps(after),
        translations: before.path != after.path,
    };
    for facet in section_facets(tx, after.id)? {
        tx.fan_out(Shown::Facet(facet), extent);
    }
    Ok(())
}

fn section_facets(tx: &mut Commit<'_>, id: Id) -> Result<Vec<i64>, StoreError> {
    let key = |public| FacetKey {
        kind: FacetKind::Section,
        value: id.to_string(),
        public,
    };
    tx.facet_numbers(&[true, false].map(key))
}
