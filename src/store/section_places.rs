//! Sections as filters name them: by id, by the path that they have, or by one that they had.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::domain::language::LanguageTag;

use super::conn::Conn;
use super::error::StoreError;
use super::moved::moved_paths;
use super::schema::sections;
use super::types::from_json;

/// A section as filters need it.
#[derive(Debug, Clone)]
pub(super) struct SectionPlace {
    pub id: String,
    pub lang: LanguageTag,
    /// The sections above it.
    pub above: Vec<String>,
}

/// A step of a stored trail, without its words.
#[derive(serde::Deserialize)]
struct StepId {
    id: String,
}

/// The columns of a section's place: id, path, lang, trail.
type PlaceRow = (String, String, String, String);

impl SectionPlace {
    fn of((id, _, lang, trail): PlaceRow) -> Result<Self, StoreError> {
        let above = above_and_own(&trail)?.into_iter();
        Ok(Self {
            above: above.filter(|above| *above != id).collect(),
            lang: LanguageTag::from_stored(lang),
            id,
        })
    }
}

/// The identities of the sections of a stored trail.
pub(super) fn above_and_own(trail: &str) -> Result<Vec<String>, StoreError> {
    let steps: Vec<StepId> = from_json(trail)?;
    Ok(steps.into_iter().map(|step| step.id).collect())
}

/// The sections with these identities, and those that these paths mean in some editions (all, where none is named): in
/// each edition the one that has the path, else the one that had it.
pub(super) fn section_places(
    conn: &mut Conn,
    ids: &[String],
    paths: &[String],
    langs: &[LanguageTag],
) -> Result<Vec<SectionPlace>, StoreError> {
    let columns = (
        sections::id,
        sections::path,
        sections::lang,
        sections::trail,
    );
    let in_langs = |lang: &str| langs.is_empty() || langs.iter().any(|l| l.as_str() == lang);
    let mut rows: Vec<PlaceRow> = sections::table
        .filter(sections::path.eq_any(paths))
        .select(columns)
        .load(conn)?;
    rows.retain(|row| in_langs(&row.2));
    let has: HashSet<(String, String)> = rows
        .iter()
        .map(|row| (row.1.clone(), row.2.clone()))
        .collect();
    let moved = moved_paths(conn, paths)?;
    let mut targets: Vec<String> = moved.iter().map(|(_, id)| id.clone()).collect();
    targets.extend_from_slice(ids);
    let found: Vec<PlaceRow> = sections::table
        .filter(sections::id.eq_any(&targets))
        .select(columns)
        .load(conn)?;
    rows.extend(found.into_iter().filter(|row| {
        let had = |(path, id): &(String, String)| {
            *id == row.0 && !has.contains(&(path.clone(), row.2.clone()))
        };
        ids.contains(&row.0) || (in_langs(&row.2) && moved.iter().any(had))
    }));
    rows.into_iter().map(SectionPlace::of).collect()
}
