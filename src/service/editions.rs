//! Writing editions.

use crate::domain::edition::{Edition, EditionContent};
use crate::domain::former_addresses::FormerAddresses;
use crate::domain::language::LanguageTag;
use crate::domain::url_template::PageKind;
use crate::store::changes::ChangeKind;
use crate::store::facets::FacetKind;
use crate::store::fanouts::{Extent, Shown};
use crate::store::{editions as stored, needs};

use super::in_use::{NAMED_AT_MOST, refuse_used};
use super::shared::Gone;
use super::{Commit, ServiceError};

/// Writes what an edition says; says whether that is new or other than before.
pub fn save_edition(tx: &mut Commit<'_>, content: EditionContent) -> Result<bool, ServiceError> {
    let before = stored::find_edition(tx.conn, &content.lang)?;
    if before
        .as_ref()
        .is_some_and(|edition| edition.content == content)
    {
        return Ok(false);
    }
    let shown = before
        .as_ref()
        .is_some_and(|edition| !shows_alike(&edition.content, &content));
    let readdressed = before
        .as_ref()
        .is_some_and(|edition| !has_same_addresses(&edition.content, &content));
    let mut former = FormerAddresses::default();
    if let Some(before) = &before {
        former.clone_from(&before.former);
        let (old, new) = (&before.content, &content);
        former.leave(
            (&old.url_templates, &old.home_path),
            (&new.url_templates, &new.home_path),
        );
    }
    let edition = Edition {
        former,
        version: before.as_ref().map_or(1, |edition| edition.version + 1),
        created_at: before.map_or(tx.stamp, |edition| edition.created_at),
        updated_at: tx.stamp,
        content,
    };
    write_edition(tx, &edition)?;
    if shown {
        let lang = edition.content.lang.as_str();
        let extent = Extent {
            translations: readdressed,
            ..Extent::default()
        };
        for facet in needs::facets_with(tx.conn, FacetKind::Lang, lang)? {
            tx.fan_out(Shown::Facet(facet), extent);
        }
    }
    Ok(true)
}

/// True if articles show two contents of an edition alike: their addresses, their civil dates and the first step of their
/// breadcrumbs.
fn shows_alike(one: &EditionContent, other: &EditionContent) -> bool {
    has_same_addresses(one, other)
        && one.time_zone == other.time_zone
        && one.home_label == other.home_label
        && one.home_path == other.home_path
}

/// True if articles have the same addresses. The civil date may be a part of them.
fn has_same_addresses(one: &EditionContent, other: &EditionContent) -> bool {
    let template = |content: &EditionContent| content.url_templates.get(PageKind::Article).cloned();
    let (own, others) = (template(one), template(other));
    own == others && (own.is_none() || one.time_zone == other.time_zone)
}

/// Takes an edition away that nothing is in.
///
/// # Errors
/// `Conflict` that names the sections and articles in it where there are any.
pub fn delete_edition(tx: &mut Commit<'_>, edition: &Edition) -> Result<(), ServiceError> {
    let lang = &edition.content.lang;
    let sections = needs::sections_below(tx.conn, lang, None, NAMED_AT_MOST)?;
    let articles = needs::articles_of_edition(tx.conn, lang, NAMED_AT_MOST)?;
    refuse_used("edition", &[("section", sections), ("article", articles)])?;
    stored::delete_edition(tx.conn, lang)?;
    let kind = ChangeKind::Edition;
    let end = Gone {
        reason: "deleted",
        public: true,
    };
    tx.gone(kind, lang, lang.as_str(), edition.version, end);
    Ok(())
}

/// Writes an edition with the version and times that it has.
///
/// # Errors
/// `Invalid` where it would be new, and no text can be in its language.
pub fn write_edition(tx: &mut Commit<'_>, edition: &Edition) -> Result<(), ServiceError> {
    let own = &edition.content.lang;
    if let Err(invalid) = own.of_texts()
        && stored::find_edition(tx.conn, own)?.is_none()
    {
        return Err(ServiceError::invalid("lang", invalid.code, invalid.detail));
    }
    stored::save_edition(tx.conn, edition)?;
    let lang = edition.content.lang.to_string();
    tx.changed(ChangeKind::Edition, &lang, &lang, edition.version);
    Ok(())
}

/// The edition of a language, made with that language's own words where there is none.
pub fn ensure_edition(tx: &mut Commit<'_>, lang: &LanguageTag) -> Result<Edition, ServiceError> {
    if let Some(edition) = stored::find_edition(tx.conn, lang)? {
        return Ok(edition);
    }
    save_edition(tx, EditionContent::of_language(lang.clone()))?;
    stored::find_edition(tx.conn, lang)?.ok_or_else(|| {
        ServiceError::invalid(
            "lang",
            "unknown_edition",
            "there is no edition in this language",
        )
    })
}
