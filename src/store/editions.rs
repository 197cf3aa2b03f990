//! Editions in the database.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use diesel::prelude::*;

use crate::domain::direction::Direction;
use crate::domain::edition::{Contact, Edition, EditionContent, NavigationLink};
use crate::domain::former_addresses::FormerAddresses;
use crate::domain::language::LanguageTag;
use crate::domain::query::{PageRequest, Slice};
use crate::domain::time::Timestamp;
use crate::domain::url_template::{PageKind, UrlTemplate, UrlTemplates};
use crate::domain::view::{EditionView, Links};

use super::conn::{Conn, with};
use super::error::StoreError;
use super::paging;
use super::schema::editions;
use super::types::Json;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = editions, treat_none_as_null = true)]
struct EditionRow {
    lang: LanguageTag,
    name: String,
    site_name: String,
    home_label: String,
    home_path: String,
    time_zone: String,
    direction: String,
    contact: Json<Contact>,
    copyright: Option<String>,
    navigation: Json<Vec<NavigationLink>>,
    url_template: Option<String>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    section_url_template: Option<String>,
    author_url_template: Option<String>,
    tag_url_template: Option<String>,
    preview_url_template: Option<String>,
    former_addresses: Json<BTreeMap<String, Vec<String>>>,
}

impl From<&Edition> for EditionRow {
    fn from(edition: &Edition) -> Self {
        let content = &edition.content;
        let template = |kind| content.url_templates.text(kind).map(str::to_owned);
        let direction = match content.direction {
            Direction::Ltr => "ltr",
            Direction::Rtl => "rtl",
        };
        Self {
            lang: content.lang.clone(),
            name: content.name.clone(),
            site_name: content.site_name.clone(),
            home_label: content.home_label.clone(),
            home_path: content.home_path.clone(),
            time_zone: content.time_zone.name().to_owned(),
            direction: direction.to_owned(),
            contact: Json(content.contact.clone()),
            copyright: content.copyright.clone(),
            navigation: Json(content.navigation.clone()),
            url_template: template(PageKind::Article),
            section_url_template: template(PageKind::Section),
            author_url_template: template(PageKind::Author),
            tag_url_template: template(PageKind::Tag),
            preview_url_template: template(PageKind::Preview),
            former_addresses: Json(edition.former.written()),
            version: edition.version,
            created_at: edition.created_at,
            updated_at: edition.updated_at,
        }
    }
}

impl From<EditionRow> for Edition {
    fn from(row: EditionRow) -> Self {
        let direction = if row.direction == "rtl" {
            Direction::Rtl
        } else {
            Direction::Ltr
        };
        let url_templates = templates(&row);
        Self {
            former: FormerAddresses::read(&row.former_addresses.0),
            content: EditionContent {
                lang: row.lang,
                name: row.name,
                site_name: row.site_name,
                home_label: row.home_label,
                home_path: row.home_path,
                time_zone: row.time_zone.parse().unwrap_or(Tz::UTC),
                direction,
                contact: row.contact.0,
                copyright: row.copyright,
                navigation: row.navigation.0,
                url_templates,
            },
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

fn templates(row: &EditionRow) -> UrlTemplates {
    let texts = [
        (PageKind::Article, &row.url_template),
        (PageKind::Section, &row.section_url_template),
        (PageKind::Author, &row.author_url_template),
        (PageKind::Tag, &row.tag_url_template),
        (PageKind::Preview, &row.preview_url_template),
    ];
    let mut templates = UrlTemplates::default();
    for (kind, text) in texts {
        if let Some(Ok(template)) = text.as_ref().map(|text| UrlTemplate::parse(kind, text)) {
            templates.set(kind, template);
        }
    }
    templates
}

/// An edition as readers see it.
fn view(edition: Edition) -> EditionView {
    let content = edition.content;
    let template = |kind| content.url_templates.text(kind).map(str::to_owned);
    EditionView {
        links: Links {
            own: format!("/api/editions/{}", content.lang),
        },
        url_template: template(PageKind::Article),
        section_url_template: template(PageKind::Section),
        author_url_template: template(PageKind::Author),
        tag_url_template: template(PageKind::Tag),
        preview_url_template: template(PageKind::Preview),
        lang: content.lang,
        name: content.name,
        site_name: content.site_name,
        home_label: content.home_label,
        home_path: content.home_path,
        time_zone: content.time_zone.name().to_owned(),
        direction: content.direction,
        contact: content.contact,
        copyright: content.copyright,
        navigation: content.navigation,
        version: edition.version,
        updated_at: edition.updated_at,
    }
}

/// Every edition, in the order of their languages.
pub fn all_editions(conn: &mut Conn) -> Result<Vec<Edition>, StoreError> {
    let rows: Vec<EditionRow> = editions::table
        .order(editions::lang)
        .select(EditionRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(Edition::from).collect())
}

/// Every edition, the default one first.
pub fn editions_by_preference(
    conn: &mut Conn,
    default_lang: &LanguageTag,
) -> Result<Vec<Edition>, StoreError> {
    let mut editions = all_editions(conn)?;
    editions.sort_by_key(|edition| edition.content.lang != *default_lang);
    Ok(editions)
}

/// The edition of one language.
pub fn find_edition(conn: &mut Conn, lang: &LanguageTag) -> Result<Option<Edition>, StoreError> {
    let row: Option<EditionRow> = editions::table
        .find(lang)
        .select(EditionRow::as_select())
        .get_result(conn)
        .optional()?;
    Ok(row.map(Edition::from))
}

/// A page of editions, in the order of their languages.
pub fn list_editions(
    conn: &mut Conn,
    page: &PageRequest,
) -> Result<Slice<EditionView>, StoreError> {
    let views = all_editions(conn)?.into_iter().map(view).collect();
    Ok(paging::slice_of_all(
        views,
        page,
        |edition: &EditionView| edition.lang.to_string(),
    ))
}

/// One edition.
pub fn get_edition(conn: &mut Conn, lang: &LanguageTag) -> Result<Option<EditionView>, StoreError> {
    Ok(find_edition(conn, lang)?.map(view))
}

/// Writes an edition, new or changed.
pub fn save_edition(conn: &mut Conn, edition: &Edition) -> Result<(), StoreError> {
    let row = EditionRow::from(edition);
    with!(conn, c => diesel::insert_into(editions::table)
        .values(&row)
        .on_conflict(editions::lang)
        .do_update()
        .set(&row)
        .execute(c))?;
    Ok(())
}

/// Takes an edition away that nothing is in.
pub fn delete_edition(conn: &mut Conn, lang: &LanguageTag) -> Result<(), StoreError> {
    diesel::delete(editions::table.find(lang)).execute(conn)?;
    Ok(())
}
