//! From the limits of a key as they are written, by path and slug, to what they name.

use crate::domain::access::Limits;
use crate::domain::error::{Fault, Invalid};
use crate::domain::id::Id;
use crate::domain::key::LimitsInput;
use crate::domain::language::LanguageTag;
use crate::domain::query::Reference;
use crate::domain::source::Source;
use crate::store::shared_rows::SharedRows;
use crate::store::{Conn, StoreError, editions, sections, slugs};

use super::{ServiceError, unknown};

/// The limits that `before` becomes. A section's path means that path in the editions that the key is limited to, else in
/// any. `known_langs`: whether the editions must exist.
pub(super) fn look_up(
    conn: &mut Conn,
    input: &LimitsInput,
    before: Limits,
    known_langs: bool,
) -> Result<Limits, ServiceError> {
    let mut faults = Vec::new();
    let mut limits = before;
    if let Some(langs) = &input.langs {
        if known_langs {
            refuse_unknown(conn, langs, &mut faults)?;
        }
        limits.langs.clone_from(langs);
    }
    let langs = limits.langs.clone();
    if let Some(given) = &input.sections {
        let find = |conn: &mut Conn, one: &Reference| find_sections(conn, one, &langs);
        let near = |conn: &mut Conn, prefix: &str| slugs::section_paths(conn, prefix, None);
        limits.sections = find_all(conn, given, "section", &mut faults, find, near)?;
    }
    if let Some(given) = &input.sources {
        limits.sources = find_all(
            conn,
            given,
            "source",
            &mut faults,
            find_source,
            Source::slugs_beginning,
        )?;
    }
    if faults.is_empty() {
        Ok(limits)
    } else {
        Err(ServiceError::Faults(faults))
    }
}

fn refuse_unknown(
    conn: &mut Conn,
    langs: &[LanguageTag],
    faults: &mut Vec<Fault>,
) -> Result<(), StoreError> {
    let known = editions::all_editions(conn)?;
    for (at, lang) in langs.iter().enumerate() {
        if !known.iter().any(|edition| edition.content.lang == *lang) {
            let unknown = Invalid::new("unknown", format!("there is no edition {lang}"));
            faults.push(Fault::new(format!("/langs/{at}"), unknown));
        }
    }
    Ok(())
}

fn find_all(
    conn: &mut Conn,
    given: &[Reference],
    kind: &str,
    faults: &mut Vec<Fault>,
    find: impl Fn(&mut Conn, &Reference) -> Result<Vec<Id>, StoreError>,
    slugs: impl Fn(&mut Conn, &str) -> Result<Vec<String>, StoreError>,
) -> Result<Vec<Id>, StoreError> {
    let mut ids: Vec<Id> = Vec::new();
    for (at, one) in given.iter().enumerate() {
        let found = find(conn, one)?;
        if found.is_empty() {
            let name = match one {
                Reference::Id(id) => id.to_string(),
                Reference::Slug(slug) => slug.clone(),
            };
            let near = unknown::nearest(one, |prefix| slugs(conn, prefix))?;
            let detail = format!("there is no {kind} {name}{near}");
            let unknown = Invalid::new("unknown", detail);
            faults.push(Fault::new(format!("/{kind}s/{at}"), unknown));
        }
        let new: Vec<Id> = found.into_iter().filter(|id| !ids.contains(id)).collect();
        ids.extend(new);
    }
    Ok(ids)
}

fn find_sections(
    conn: &mut Conn,
    given: &Reference,
    langs: &[LanguageTag],
) -> Result<Vec<Id>, StoreError> {
    let found = match given {
        Reference::Id(id) => sections::sections_by_ids(conn, &[*id])?,
        Reference::Slug(path) => sections::sections_by_path(conn, path, None)?,
    };
    let inside = |lang: &LanguageTag| langs.is_empty() || langs.contains(lang);
    let found = found.into_iter();
    let found = found.filter(|section| inside(&section.content.lang));
    Ok(found.map(|section| section.id).collect())
}

fn find_source(conn: &mut Conn, given: &Reference) -> Result<Vec<Id>, StoreError> {
    let id = match given {
        Reference::Id(id) => Some(*id),
        Reference::Slug(slug) => {
            let mut found = Source::ids_by_slug(conn, std::slice::from_ref(slug))?;
            found.remove(slug)
        }
    };
    let found = Source::with_ids(conn, id.as_slice())?;
    Ok(found.into_iter().map(|source| source.id).collect())
}
