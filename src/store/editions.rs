//! Editions in the database.

use chrono_tz::Tz;
use diesel::prelude::*;

use crate::domain::direction::Direction;
use crate::domain::edition::{Edition, EditionContent};
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
use super::types::{from_json, to_json};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = editions, treat_none_as_null = true)]
struct EditionRow {
    lang: String,
    name: String,
    site_name: String,
    home_label: String,
    home_path: String,
    time_zone: String,
    direction: String,
    contact: String,
    copyright: Option<String>,
    navigation: String,
    url_template: Option<String>,
    version: i64,
    created_at: i64,
    updated_at: i64,
    section_url_template: Option<String>,
    author_url_template: Option<String>,
    tag_url_template: Option<String>,
    preview_url_template: Option<String>,
    former_addresses: String,
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
            lang: content.lang.to_string(),
            name: content.name.clone(),
            site_name: content.site_name.clone(),
            home_label: content.home_label.clone(),
            home_path: content.home_path.clone(),
            time_zone: content.time_zone.name().to_owned(),
            direction: direction.to_owned(),
            contact: to_json(&content.contact),
            copyright: content.copyright.clone(),
            navigation: to_json(&content.navigation),
            url_template: template(PageKind::Article),
            section_url_template: template(PageKind::Section),
            author_url_template: template(PageKind::Author),
            tag_url_template: template(PageKind::Tag),
            preview_url_template: template(PageKind::Preview),
            former_addresses: to_json(&edition.former.written()),
            version: edition.version,
            created_at: edition.created_at.millis(),
            updated_at: edition.updated_at.millis(),
        }
    }
}

impl TryFrom<EditionRow> for Edition {
    type Error = StoreError;

    fn try_from(row: EditionRow) -> Result<Self, StoreError> {
        let direction = if row.direction == "rtl" {
            Direction::Rtl
        } else {
            Direction::Ltr
        };
        let url_templates = templates(&row);
        Ok(Self {
            former: FormerAddresses::read(&from_json(&row.former_addresses)?),
            content: EditionContent {
                lang: LanguageTag::from_stored(row.lang),
                name: row.name,
                site_name: row.site_name,
                home_label: row.home_label,
                home_path: row.home_path,
                time_zone: row.time_zone.parse().unwrap_or(Tz::UTC),
                direction,
                contact: from_json(&row.contact)?,
                copyright: row.copyright,
                navigation: from_json(&row.navigation)?,
                url_templates,
            },
            version: row.version,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        })
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
    rows.into_iter().map(Edition::try_from).collect()
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
        .find(lang.as_str())
        .select(EditionRow::as_select())
        .get_result(conn)
        .optional()?;
    row.map(Edition::try_from).transpose()
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
    diesel::delete(editions::table.find(lang.as_str())).execute(conn)?;
    Ok(())
}
