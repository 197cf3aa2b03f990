//! Writing sources: those that an import names.

use crate::domain::author::Names;
use crate::domain::id::Id;
use crate::domain::slug::Slug;
use crate::domain::source::{Rights, Source, SourceContent};
use crate::store::shared_rows::SharedKind;

use super::shared::{Wanted, free_slug_of, save};
use super::{Commit, ServiceError};

/// The source of a name, made where there is none: one by exact name, after NFC and with white space folded.
pub fn ensure_source(tx: &mut Commit<'_>, name: &str) -> Result<Id, ServiceError> {
    ensure_source_as(tx, name, Wanted::default())
}

/// The same; a new one has the identity and the slug that are wanted.
pub fn ensure_source_as(
    tx: &mut Commit<'_>,
    name: &str,
    wanted: Wanted,
) -> Result<Id, ServiceError> {
    if let Some(source) = Source::of_name(tx.conn, name)?.pop() {
        return Ok(source.id);
    }
    let id = wanted.id.unwrap_or_else(|| Id::new(tx.now));
    let slug = wanted.slug.unwrap_or_else(|| Slug::from_text(name));
    let content = SourceContent {
        slug: free_slug_of::<Source>(tx, &slug, None)?,
        name: name.to_owned(),
        names: Names::new(),
        kind: None,
        url: None,
        rights: Rights::default(),
    };
    save::<Source>(tx, None, id, content)?;
    Ok(id)
}
