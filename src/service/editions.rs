//! Writing editions.

use crate::domain::edition::{Edition, EditionContent};
use crate::domain::language::LanguageTag;
use crate::store::changes::ChangeKind;
use crate::store::editions as stored;

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
    let edition = Edition {
        version: before.as_ref().map_or(1, |edition| edition.version + 1),
        created_at: before.map_or(tx.now, |edition| edition.created_at),
        updated_at: tx.now,
        content,
    };
    write_edition(tx, &edition)?;
    Ok(true)
}

/// Writes an edition with the version and times that it has.
pub fn write_edition(tx: &mut Commit<'_>, edition: &Edition) -> Result<(), ServiceError> {
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
