//! Sections in the database: the trees of all editions.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::domain::access::Scope;
use crate::domain::edition::Edition;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::page_url::PageUrl;
use crate::domain::query::{PageRequest, Reference, Slice};
use crate::domain::section::{Section, SectionContent, TrailStep, breadcrumbs};
use crate::domain::slug::Slug;
use crate::domain::time::Timestamp;
use crate::domain::view::{Links, SectionTranslationRef, SectionView};

use super::any_of::any_of;
use super::batch::IN_LIST;
use super::conn::{Conn, with};
use super::editions::all_editions;
use super::error::StoreError;
use super::facets::FacetKind;
use super::moved::{MovedKind, moved_in_any_edition};
use super::paging;
use super::schema::sections;
use super::section_tree::{depth_first, nest};
use super::sight;
use super::types::Json;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = sections, treat_none_as_null = true)]
struct SectionRow {
    id: Id,
    lang: LanguageTag,
    parent_id: Option<Id>,
    slug: Slug,
    path: String,
    name: String,
    description: Option<String>,
    position: i32,
    group_id: Id,
    translation_key: Option<String>,
    trail: Json<Vec<TrailStep>>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<&Section> for SectionRow {
    fn from(section: &Section) -> Self {
        let content = &section.content;
        Self {
            id: section.id,
            lang: content.lang.clone(),
            parent_id: content.parent,
            slug: content.slug.clone(),
            path: section.path.clone(),
            name: content.name.clone(),
            description: content.description.clone(),
            position: content.position,
            group_id: section.group,
            translation_key: content.translation_key.clone(),
            trail: Json(section.trail.clone()),
            version: section.version,
            created_at: section.created_at,
            updated_at: section.updated_at,
        }
    }
}

impl From<SectionRow> for Section {
    fn from(row: SectionRow) -> Self {
        Self {
            id: row.id,
            content: SectionContent {
                lang: row.lang,
                parent: row.parent_id,
                slug: row.slug,
                name: row.name,
                description: row.description,
                position: row.position,
                translation_key: row.translation_key,
            },
            group: row.group_id,
            path: row.path,
            trail: row.trail.0,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Every section of some editions (all, where none is named), depth first: siblings by position, then name, then path.
pub fn all_sections(conn: &mut Conn, langs: &[LanguageTag]) -> Result<Vec<Section>, StoreError> {
    let mut query = sections::table.select(SectionRow::as_select()).into_boxed();
    if !langs.is_empty() {
        query = query.filter(sections::lang.eq_any(langs));
    }
    let rows: Vec<SectionRow> = query.order((sections::lang, sections::path)).load(conn)?;
    Ok(depth_first(rows.into_iter().map(Section::from).collect()))
}

/// Every section of every edition, also one that no root leads to; in no order.
pub fn every_section(conn: &mut Conn) -> Result<Vec<Section>, StoreError> {
    let rows: Vec<SectionRow> = sections::table.select(SectionRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(Section::from).collect())
}

/// The sections with these identities, in no order.
pub fn sections_by_ids(conn: &mut Conn, ids: &[Id]) -> Result<Vec<Section>, StoreError> {
    let rows: Vec<SectionRow> = sections::table
        .filter(any_of(sections::id, ids))
        .select(SectionRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(Section::from).collect())
}

/// The sections that a path means, in one edition or in any: those that have it, else those that had it.
pub fn sections_by_path(
    conn: &mut Conn,
    path: &str,
    lang: Option<&LanguageTag>,
) -> Result<Vec<Section>, StoreError> {
    let mut found = sections_at_path(conn, path, lang)?;
    for section in sections_moved_from(conn, path, lang)? {
        let has_it = found
            .iter()
            .any(|other| other.content.lang == section.content.lang);
        if !has_it {
            found.push(section);
        }
    }
    Ok(found)
}

fn sections_moved_from(
    conn: &mut Conn,
    path: &str,
    lang: Option<&LanguageTag>,
) -> Result<Vec<Section>, StoreError> {
    let ids = moved_in_any_edition(conn, MovedKind::Section, path)?;
    let mut found = sections_by_ids(conn, &ids)?;
    found.retain(|section| lang.is_none_or(|lang| section.content.lang == *lang));
    found.sort_by(|a, b| a.content.lang.cmp(&b.content.lang));
    Ok(found)
}

/// The sections that have a path now: in one edition, or in any.
pub fn sections_at_path(
    conn: &mut Conn,
    path: &str,
    lang: Option<&LanguageTag>,
) -> Result<Vec<Section>, StoreError> {
    let mut query = sections::table
        .filter(sections::path.eq(path))
        .select(SectionRow::as_select())
        .into_boxed();
    if let Some(lang) = lang {
        query = query.filter(sections::lang.eq(lang));
    }
    let rows: Vec<SectionRow> = query.order(sections::lang).load(conn)?;
    Ok(rows.into_iter().map(Section::from).collect())
}

/// The sections right below one, or the roots of an edition.
pub fn children_of(
    conn: &mut Conn,
    lang: &LanguageTag,
    parent: Option<Id>,
) -> Result<Vec<Section>, StoreError> {
    let query = sections::table
        .filter(sections::lang.eq(lang))
        .select(SectionRow::as_select())
        .into_boxed();
    let query = match parent {
        Some(parent) => query.filter(sections::parent_id.eq(parent)),
        None => query.filter(sections::parent_id.is_null()),
    };
    let rows: Vec<SectionRow> = query.order(sections::path).load(conn)?;
    Ok(rows.into_iter().map(Section::from).collect())
}

/// The section of another edition that carries the same key.
pub fn section_group_of_key(conn: &mut Conn, key: &str) -> Result<Option<Id>, StoreError> {
    Ok(sections::table
        .filter(sections::translation_key.eq(key))
        .select(sections::group_id)
        .first(conn)
        .optional()?)
}

/// Writes a section, new or changed.
pub fn save_section(conn: &mut Conn, section: &Section) -> Result<(), StoreError> {
    let row = SectionRow::from(section);
    with!(conn, c => diesel::insert_into(sections::table)
        .values(&row)
        .on_conflict(sections::id)
        .do_update()
        .set(&row)
        .execute(c))?;
    Ok(())
}

/// Takes a section away that nothing is in.
pub fn delete_section(conn: &mut Conn, id: Id) -> Result<(), StoreError> {
    diesel::delete(sections::table.find(id)).execute(conn)?;
    Ok(())
}

/// A page of the sections of some editions (all, where none is named), flat, depth first.
pub fn list_sections(
    conn: &mut Conn,
    scope: &Scope,
    langs: &[LanguageTag],
    counts: bool,
    page: &PageRequest,
) -> Result<Slice<SectionView>, StoreError> {
    let slice = paging::slice_of_all(all_sections(conn, langs)?, page, |section| {
        section.id.to_string()
    });
    slice.try_with(|sections| views(conn, scope, &sections, counts))
}

/// A page of the roots of some editions, each with all that is below it nested in `children`.
pub fn section_tree(
    conn: &mut Conn,
    scope: &Scope,
    langs: &[LanguageTag],
    counts: bool,
    page: &PageRequest,
) -> Result<Slice<SectionView>, StoreError> {
    let all = all_sections(conn, langs)?;
    let views = views(conn, scope, &all, counts)?;
    Ok(paging::slice_of_all(nest(views), page, |section| {
        section.id.to_string()
    }))
}

/// The section that is meant: by id; by path in the edition asked for, else in the default edition, else in the first that
/// has it, or had it.
pub fn find_section(
    conn: &mut Conn,
    reference: &Reference,
    lang: Option<&LanguageTag>,
    default_lang: &LanguageTag,
) -> Result<Option<Section>, StoreError> {
    let mut found = match reference {
        Reference::Id(id) => sections_by_ids(conn, &[*id])?,
        Reference::Slug(path) => sections_by_path(conn, path, lang)?,
    };
    found.retain(|section| lang.is_none_or(|lang| section.content.lang == *lang));
    found.sort_by_key(|section| section.content.lang != *default_lang);
    Ok(found.into_iter().next())
}

/// The same as readers see it.
pub fn get_section(
    conn: &mut Conn,
    scope: &Scope,
    reference: &Reference,
    lang: Option<&LanguageTag>,
    default_lang: &LanguageTag,
    counts: bool,
) -> Result<Option<SectionView>, StoreError> {
    let found = find_section(conn, reference, lang, default_lang)?;
    Ok(views(conn, scope, found.as_slice(), counts)?.pop())
}

fn views(
    conn: &mut Conn,
    scope: &Scope,
    all: &[Section],
    counts: bool,
) -> Result<Vec<SectionView>, StoreError> {
    let editions: HashMap<LanguageTag, Edition> = all_editions(conn)?
        .into_iter()
        .map(|edition| (edition.content.lang.clone(), edition))
        .collect();
    let translations = translations_of(conn, all, &editions)?;
    let ids: Vec<String> = all.iter().map(|section| section.id.to_string()).collect();
    let counts = if counts {
        Some(sight::counts(conn, scope, FacetKind::Section, &ids)?)
    } else {
        None
    };
    Ok(all
        .iter()
        .map(|section| view(section, &editions, &translations, counts.as_ref()))
        .collect())
}

fn view(
    section: &Section,
    editions: &HashMap<LanguageTag, Edition>,
    translations: &HashMap<Id, Vec<SectionTranslationRef>>,
    counts: Option<&HashMap<String, i64>>,
) -> SectionView {
    let content = &section.content;
    let crumbs = editions
        .get(&content.lang)
        .map_or_else(Vec::new, |edition| {
            breadcrumbs(
                &edition.content.home_label,
                &edition.content.home_path,
                &section.trail,
                None,
            )
        });
    let others = translations.get(&section.group).into_iter().flatten();
    SectionView {
        id: section.id,
        lang: content.lang.clone(),
        name: content.name.clone(),
        slug: content.slug.to_string(),
        path: section.path.clone(),
        description: content.description.clone(),
        position: content.position,
        parent_id: content.parent,
        breadcrumbs: crumbs,
        translations: others
            .filter(|other| other.id != section.id)
            .cloned()
            .collect(),
        article_count: counts
            .map(|counts| counts.get(&section.id.to_string()).copied().unwrap_or(0)),
        children: None,
        version: section.version,
        updated_at: section.updated_at,
        url: PageUrl::of_section(editions.get(&content.lang), section.id, &section.path),
        links: Links {
            own: format!("/api/sections/{}", section.id),
        },
    }
}

fn translations_of(
    conn: &mut Conn,
    all: &[Section],
    editions: &HashMap<LanguageTag, Edition>,
) -> Result<HashMap<Id, Vec<SectionTranslationRef>>, StoreError> {
    let groups: Vec<Id> = all.iter().map(|section| section.group).collect();
    let mut found: HashMap<Id, Vec<SectionTranslationRef>> = HashMap::new();
    for chunk in groups.chunks(IN_LIST) {
        let rows: Vec<SectionRow> = sections::table
            .filter(sections::group_id.eq_any(chunk))
            .order((sections::group_id, sections::lang))
            .select(SectionRow::as_select())
            .load(conn)?;
        for row in rows {
            let section = Section::from(row);
            found
                .entry(section.group)
                .or_default()
                .push(SectionTranslationRef {
                    url: PageUrl::of_section(
                        editions.get(&section.content.lang),
                        section.id,
                        &section.path,
                    ),
                    lang: section.content.lang,
                    id: section.id,
                    path: section.path,
                    name: section.content.name,
                });
        }
    }
    Ok(found)
}
