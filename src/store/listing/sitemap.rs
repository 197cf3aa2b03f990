//! Sitemaps: an edition's published articles in the order of their publication, a fixed number in each file, so that what
//! is new goes to the last file and the others stay as they are. One query for a file, one for an edition's index.

use std::collections::HashMap;

use diesel::deserialize::QueryableByName;
use diesel::sql_types::{BigInt, Nullable, Text};

use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::page_url::Place;
use crate::domain::site::Page;
use crate::domain::time::Timestamp;

use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::facets::{Facet, FacetKind, find_facets};
use super::super::statement::Statement;

#[derive(QueryableByName)]
struct StartRow {
    #[diesel(sql_type = Text)]
    id: Id,
    #[diesel(sql_type = BigInt)]
    published_at: i64,
}

#[derive(QueryableByName)]
struct ChangedRow {
    #[diesel(sql_type = Text)]
    id: Id,
    #[diesel(sql_type = BigInt)]
    published_at: i64,
    #[diesel(sql_type = BigInt)]
    updated_at: Timestamp,
}

#[derive(QueryableByName)]
struct PageRow {
    #[diesel(sql_type = Text)]
    page: Id,
    #[diesel(sql_type = Text)]
    id: Id,
    #[diesel(sql_type = Text)]
    lang: LanguageTag,
    #[diesel(sql_type = Text)]
    slug: String,
    #[diesel(sql_type = Nullable<Text>)]
    path: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    published_at: Option<Timestamp>,
    #[diesel(sql_type = BigInt)]
    updated_at: Timestamp,
}

/// Of how many files, the last ones, the last change is told, and of how many articles, the last changed ones: what is older
/// hardly changes, and finding each file's last change would look at every article.
const DATED: i64 = 10;
const LATEST: i64 = 200;

/// The files that an edition's published articles fill, `size` in each: number, counted from 1, and last change.
pub fn sitemap_files(
    conn: &mut Conn,
    lang: &LanguageTag,
    size: u32,
) -> Result<Vec<(i64, Option<Timestamp>)>, StoreError> {
    let Some(facet) = published(conn, lang)? else {
        return Ok(Vec::new());
    };
    let size = i64::from(size);
    let count = (facet.articles + size - 1) / size;
    let starts = last_starts(conn, &facet, count, size)?;
    let first_dated = count - i64::try_from(starts.len()).unwrap_or(0);
    let mut dates: HashMap<i64, Timestamp> = HashMap::new();
    let latest: Vec<ChangedRow> = latest_statement(&facet).load(conn)?;
    for row in latest {
        let before = starts.partition_point(|start| *start <= (row.published_at, row.id));
        let file = first_dated + i64::try_from(before).unwrap_or(0);
        if before > 0 {
            dates.entry(file).or_insert(row.updated_at);
        }
    }
    let files = (1..=count).map(|n| (n, dates.get(&n).copied()));
    Ok(files.collect())
}

/// The first article of each of the last files of `count`: its time of publication and identity. Found from the end of the
/// index, so that the files before cost nothing, however many they are.
fn last_starts(
    conn: &mut Conn,
    facet: &Facet,
    count: i64,
    size: i64,
) -> Result<Vec<(i64, Id)>, StoreError> {
    let mut starts: Vec<(i64, Id)> = Vec::new();
    let mut skipped = facet.articles - 1 - (count - 1) * size;
    for _ in 0..count.min(DATED) {
        let rows: Vec<StartRow> = start_statement(facet, starts.last(), skipped).load(conn)?;
        let Some(row) = rows.into_iter().next() else {
            break;
        };
        starts.push((row.published_at, row.id));
        skipped = size;
    }
    starts.reverse();
    Ok(starts)
}

/// Reads the index alone, so that what is skipped costs little.
fn start_statement(facet: &Facet, from: Option<&(i64, Id)>, skipped: i64) -> Statement {
    let mut statement = Statement::default();
    statement
        .push("SELECT f.article_id AS id, f.published_at AS published_at FROM article_facets f WHERE f.facet_id = ")
        .number(facet.id);
    if let Some((at, id)) = from {
        statement.push(" AND f.published_at <= ").number(*at);
        statement.push(" AND (f.published_at < ").number(*at);
        statement
            .push(" OR f.article_id <= ")
            .text(&id.to_string())
            .push(")");
    }
    statement
        .push(" ORDER BY f.published_at DESC, f.article_id DESC LIMIT 1 OFFSET ")
        .number(skipped);
    statement
}

/// The articles that changed last, the last one first.
fn latest_statement(facet: &Facet) -> Statement {
    let mut statement = Statement::default();
    statement
        .push("SELECT f.article_id AS id, f.published_at AS published_at, f.updated_at AS updated_at FROM article_facets f WHERE f.facet_id = ")
        .number(facet.id)
        .push(" ORDER BY f.updated_at DESC, f.article_id DESC LIMIT ")
        .number(LATEST);
    statement
}

/// The pages of file `number`, counted from 1; none where there is no such file.
pub fn sitemap_pages(
    conn: &mut Conn,
    lang: &LanguageTag,
    number: u32,
    size: u32,
) -> Result<Vec<Page>, StoreError> {
    let skipped = i64::from(number.saturating_sub(1)) * i64::from(size);
    let facet = published(conn, lang)?.filter(|facet| number > 0 && skipped < facet.articles);
    let Some(facet) = facet else {
        return Ok(Vec::new());
    };
    let rows: Vec<PageRow> = pages_statement(&facet, skipped, size).load(conn)?;
    Ok(gather(rows))
}

/// Skips from the end of the index that is nearer.
fn pages_statement(facet: &Facet, skipped: i64, size: u32) -> Statement {
    let here = i64::from(size).min(facet.articles - skipped);
    let behind = facet.articles - skipped - here;
    let (order, skipped) = match behind < skipped {
        true => (" ORDER BY f.published_at DESC, f.article_id DESC", behind),
        false => (" ORDER BY f.published_at, f.article_id", skipped),
    };
    let mut statement = Statement::default();
    statement
        .push(
            "SELECT p.article_id AS page, t.id AS id, t.lang AS lang, t.slug AS slug, s.path AS path, \
             t.published_at AS published_at, t.updated_at AS updated_at FROM \
             (SELECT f.article_id, f.published_at FROM article_facets f WHERE f.facet_id = ",
        )
        .number(facet.id)
        .push(order)
        .push(" LIMIT ")
        .number(here)
        .push(" OFFSET ")
        .number(skipped)
        .push(
            ") p JOIN articles a ON a.id = p.article_id \
             JOIN articles t ON t.work_id = a.work_id AND t.public \
             LEFT JOIN sections s ON s.id = t.section_id \
             ORDER BY p.published_at, p.article_id, t.lang",
        );
    statement
}

fn published(conn: &mut Conn, lang: &LanguageTag) -> Result<Option<Facet>, StoreError> {
    let value = lang.to_string();
    let found = find_facets(conn, FacetKind::Lang, true, std::slice::from_ref(&value))?;
    Ok(found
        .get(&value)
        .copied()
        .filter(|facet| facet.articles > 0))
}

/// From a row for each language of each page to pages.
fn gather(rows: Vec<PageRow>) -> Vec<Page> {
    let mut pages: Vec<Page> = Vec::new();
    let mut languages: Vec<Place> = Vec::new();
    let mut own: Option<(Place, Timestamp)> = None;
    let mut current: Option<Id> = None;
    for row in rows {
        let page = row.page;
        if current != Some(page) {
            finish(&mut pages, own.take(), std::mem::take(&mut languages));
            current = Some(page);
        }
        let (place, updated_at) = place(row);
        if place.id == page {
            own = Some((place.clone(), updated_at));
        }
        languages.push(place);
    }
    finish(&mut pages, own, languages);
    pages
}

fn finish(pages: &mut Vec<Page>, own: Option<(Place, Timestamp)>, languages: Vec<Place>) {
    if let Some((place, updated_at)) = own {
        pages.push(Page {
            place,
            updated_at,
            languages,
        });
    }
}

fn place(row: PageRow) -> (Place, Timestamp) {
    let place = Place {
        id: row.id,
        lang: row.lang,
        slug: row.slug,
        section_path: row.path,
        published_at: row.published_at,
    };
    (place, row.updated_at)
}
