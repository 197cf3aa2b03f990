//! Sections as filters name them: by id, by the path that they have, or by one that they had.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::domain::id::Id;
use crate::domain::language::LanguageTag;

use super::conn::Conn;
use super::error::StoreError;
use super::facts::known;
use super::moved::moved_paths;
use super::schema::sections;
use super::types::Json;

/// A section as filters need it.
#[derive(Debug, Clone)]
pub(super) struct SectionPlace {
    pub id: Id,
    pub lang: LanguageTag,
    /// The sections above it.
    pub above: Vec<Id>,
}

/// A step of a stored trail, without its words.
#[derive(Debug, serde::Deserialize)]
pub(super) struct StepId {
    pub id: Id,
}

/// The columns of a section's place: id, path, lang, trail.
type PlaceRow = (Id, String, LanguageTag, Json<Vec<StepId>>);

impl SectionPlace {
    fn of((id, _, lang, Json(trail)): PlaceRow) -> Self {
        let above = trail.into_iter().map(|step| step.id);
        Self {
            above: above.filter(|above| *above != id).collect(),
            lang,
            id,
        }
    }
}

/// The sections with these identities, and those that these paths mean in some editions (all, where none is named): in
/// each edition the one that has the path, else the one that had it.
pub(super) fn section_places(
    conn: &mut Conn,
    ids: &[Id],
    paths: &[String],
    langs: &[LanguageTag],
) -> Result<Vec<SectionPlace>, StoreError> {
    let words = || format!("{ids:?} {paths:?} {langs:?}");
    let load = || load_places(conn, ids, paths, langs);
    known("places of sections", words, load)
}

fn load_places(
    conn: &mut Conn,
    ids: &[Id],
    paths: &[String],
    langs: &[LanguageTag],
) -> Result<Vec<SectionPlace>, StoreError> {
    let columns = (
        sections::id,
        sections::path,
        sections::lang,
        sections::trail,
    );
    let in_langs = |lang: &LanguageTag| langs.is_empty() || langs.contains(lang);
    let mut rows: Vec<PlaceRow> = sections::table
        .filter(sections::path.eq_any(paths))
        .select(columns)
        .load(conn)?;
    rows.retain(|row| in_langs(&row.2));
    let has: HashSet<(String, LanguageTag)> = rows
        .iter()
        .map(|row| (row.1.clone(), row.2.clone()))
        .collect();
    let moved = moved_paths(conn, paths)?;
    let mut targets: Vec<Id> = moved.iter().map(|(_, id)| *id).collect();
    targets.extend_from_slice(ids);
    let found: Vec<PlaceRow> = sections::table
        .filter(sections::id.eq_any(&targets))
        .select(columns)
        .load(conn)?;
    rows.extend(found.into_iter().filter(|row| {
        let had = |(path, id): &(String, Id)| {
            *id == row.0 && !has.contains(&(path.clone(), row.2.clone()))
        };
        ids.contains(&row.0) || (in_langs(&row.2) && moved.iter().any(had))
    }));
    Ok(rows.into_iter().map(SectionPlace::of).collect())
}
