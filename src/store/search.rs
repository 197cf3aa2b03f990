//! Sources of the search index: documents of public articles, the change log's entries about them, and
//! the names that are suggested.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use crate::domain::access::Scope;
use crate::domain::author::Names;
use crate::domain::body::Body;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::search::Document;
use crate::domain::time::Timestamp;

use super::batch::IN_LIST;
use super::changes::ChangeKind;
use super::conn::Conn;
use super::dialect::unmapped;
use super::error::StoreError;
use super::facets::FacetKind;
use super::schema::{
    article_bodies, article_facets, articles, authors, changes, facets, sections, tags,
};
use super::sight::{Sight, counts};
use super::types::{Json, stored_id};

/// Number of entries behind the index that are looked at to hide what is gone. An index that is further behind is about to be caught
/// up with, and loading hits leaves out what is gone in any case.
const MOST_BEHIND: i64 = 20_000;

/// A part of the change log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogPart {
    /// The last entry; where it began, if there is none.
    pub last: i64,
    /// The articles that changed.
    pub articles: Vec<Id>,
    /// True if names of authors, tags or sections changed.
    pub names: bool,
    /// True if the log goes on.
    pub more: bool,
}

/// The entries behind one place of the log, so many at most.
pub fn log_behind(conn: &mut Conn, after: i64, limit: i64) -> Result<LogPart, StoreError> {
    let rows: Vec<(i64, String, String)> = changes::table
        .filter(changes::seq.gt(after))
        .order(changes::seq)
        .limit(limit)
        .select((changes::seq, changes::kind, changes::id))
        .load(conn)?;
    let mut part = LogPart {
        last: rows.last().map_or(after, |(seq, ..)| *seq),
        more: i64::try_from(rows.len()) == Ok(limit),
        ..LogPart::default()
    };
    let named = [ChangeKind::Author, ChangeKind::Tag, ChangeKind::Section];
    part.names = rows
        .iter()
        .any(|(_, kind, _)| named.iter().any(|one| one.as_str() == kind));
    let changed = rows
        .into_iter()
        .filter(|(_, kind, _)| kind == ChangeKind::Article.as_str());
    let mut seen = HashSet::new();
    // A word that is no id names no article.
    let ids = changed.filter_map(|(_, _, id)| stored_id(&id).ok());
    part.articles = ids.filter(|id| seen.insert(*id)).collect();
    Ok(part)
}

/// The articles that changed behind one place of the log, which ends at `end`, and are not seen now: the index may still hold
/// them.
pub(super) fn hidden_since(
    conn: &mut Conn,
    sight: &Sight,
    after: i64,
    end: i64,
) -> Result<Vec<Id>, StoreError> {
    if after == end {
        return Ok(Vec::new());
    }
    let changed = log_behind(conn, after, MOST_BEHIND)?.articles;
    if changed.is_empty() {
        return Ok(Vec::new());
    }
    let mut public = Vec::new();
    for chunk in changed.chunks(IN_LIST) {
        let some: Vec<Id> = articles::table
            .filter(articles::id.eq_any(chunk))
            .filter(articles::public.eq(true))
            .select(articles::id)
            .load(conn)?;
        public.extend(some);
    }
    let seen = sight.admitted(conn, &public)?;
    let hidden = changed.into_iter().filter(|id| !seen.contains(id));
    Ok(hidden.collect())
}

/// Those of some articles that are public and seen by the scope, in this order.
pub fn seen(conn: &mut Conn, scope: &Scope, ids: &[Id]) -> Result<Vec<Id>, StoreError> {
    let sight = Sight::of(conn, scope)?;
    let public: Vec<Id> = articles::table
        .filter(articles::id.eq_any(ids))
        .filter(articles::public.eq(true))
        .select(articles::id)
        .load(conn)?;
    let seen = sight.admitted(conn, &public)?;
    let seen = ids.iter().filter(|id| seen.contains(*id));
    Ok(seen.copied().collect())
}

/// The next public articles in the order of their ids.
pub fn public_ids_after(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<Id>, StoreError> {
    Ok(articles::table
        .filter(articles::id.gt(after))
        .filter(articles::public.eq(true))
        .order(articles::id)
        .limit(limit)
        .select(articles::id)
        .load(conn)?)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = articles)]
struct TextRow {
    id: Id,
    work_id: Id,
    lang: LanguageTag,
    title: String,
    subtitle: Option<String>,
    summary: Option<String>,
    published_at: Option<Timestamp>,
    updated_at: i64,
}

/// The documents that an index is made of: the same as [`documents`], and none of what is read stays mapped.
pub fn documents_to_index(conn: &mut Conn, ids: &[Id]) -> Result<Vec<Document>, StoreError> {
    unmapped(conn, |conn| documents(conn, ids))
}

/// The documents of those of some articles that are public, a fixed number of queries however many.
pub fn documents(conn: &mut Conn, ids: &[Id]) -> Result<Vec<Document>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(IN_LIST) {
        let rows: Vec<TextRow> = articles::table
            .filter(articles::id.eq_any(chunk))
            .filter(articles::public.eq(true))
            .select(TextRow::as_select())
            .load(conn)?;
        let bodies: Vec<(Id, String)> = article_bodies::table
            .filter(article_bodies::article_id.eq_any(chunk))
            .select((article_bodies::article_id, article_bodies::html))
            .load(conn)?;
        let mut bodies: HashMap<Id, String> = bodies.into_iter().collect();
        let mut facets = facets_of(conn, chunk)?;
        for row in rows {
            let html = bodies.remove(&row.id).unwrap_or_default();
            let (title_key, facets) = facets.remove(&row.id).unwrap_or_default();
            found.push(document(row, html, title_key, facets));
        }
    }
    Ok(found)
}

/// The bodies of some articles, by their ids.
pub fn bodies(conn: &mut Conn, ids: &[Id]) -> Result<HashMap<Id, Body>, StoreError> {
    let rows: Vec<(Id, String)> = article_bodies::table
        .filter(article_bodies::article_id.eq_any(ids))
        .select((article_bodies::article_id, article_bodies::html))
        .load(conn)?;
    let bodies = rows.into_iter();
    Ok(bodies
        .map(|(id, html)| (id, Body::from_stored(html)))
        .collect())
}

fn document(row: TextRow, html: String, title_key: String, facets: Vec<i64>) -> Document {
    let lead = [row.subtitle, row.summary].into_iter().flatten();
    Document {
        id: row.id,
        lang: row.lang,
        work: row.work_id,
        title: row.title,
        lead: lead.collect::<Vec<_>>().join("\n"),
        body: Body::from_stored(html).text(),
        published_at: row.published_at.unwrap_or(Timestamp::NEVER).millis(),
        updated_at: row.updated_at,
        title_key,
        facets,
    }
}

/// The title's key and the codes of the facets of some articles.
fn facets_of(conn: &mut Conn, ids: &[Id]) -> Result<HashMap<Id, (String, Vec<i64>)>, StoreError> {
    let rows: Vec<(Id, i64, String, String)> = article_facets::table
        .inner_join(facets::table.on(facets::id.eq(article_facets::facet_id)))
        .filter(article_facets::article_id.eq_any(ids))
        .select((
            article_facets::article_id,
            article_facets::facet_id,
            facets::kind,
            article_facets::title_key,
        ))
        .load(conn)?;
    let mut found: HashMap<Id, (String, Vec<i64>)> = HashMap::new();
    for (article, facet, kind, title_key) in rows {
        let entry = found.entry(article).or_default();
        entry.0 = title_key;
        entry
            .1
            .extend(FacetKind::parse(&kind).map(|kind| kind.code(facet)));
    }
    Ok(found)
}

/// The values of some facets.
pub fn facet_values(conn: &mut Conn, numbers: &[i64]) -> Result<HashMap<i64, String>, StoreError> {
    let mut found = HashMap::new();
    for chunk in numbers.chunks(IN_LIST) {
        let rows: Vec<(i64, String)> = facets::table
            .filter(facets::id.eq_any(chunk))
            .select((facets::id, facets::value))
            .load(conn)?;
        found.extend(rows);
    }
    Ok(found)
}

/// Number of articles that the scope sees, for each of some names.
pub fn name_counts(
    conn: &mut Conn,
    scope: &Scope,
    kind: FacetKind,
    ids: &[String],
) -> Result<HashMap<String, i64>, StoreError> {
    counts(conn, scope, kind, ids)
}

/// A thing with a name: its id, its edition where it has one, and all its names.
pub type NamedRow = (String, Option<String>, Vec<String>);

/// Every author with its names.
pub fn author_names(conn: &mut Conn) -> Result<Vec<NamedRow>, StoreError> {
    let rows: Vec<(String, String, Json<Names>)> = authors::table
        .select((authors::id, authors::name, authors::names))
        .load(conn)?;
    Ok(rows.into_iter().map(named).collect())
}

/// Every tag with its names.
pub fn tag_names(conn: &mut Conn) -> Result<Vec<NamedRow>, StoreError> {
    let rows: Vec<(String, String, Json<Names>)> = tags::table
        .select((tags::id, tags::name, tags::names))
        .load(conn)?;
    Ok(rows.into_iter().map(named).collect())
}

/// Every section with its name.
pub fn section_names(conn: &mut Conn) -> Result<Vec<NamedRow>, StoreError> {
    let rows: Vec<(String, String, String)> = sections::table
        .select((sections::id, sections::lang, sections::name))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, lang, name)| (id, Some(lang), vec![name]))
        .collect())
}

fn named((id, name, Json(others)): (String, String, Json<Names>)) -> NamedRow {
    let names = std::iter::once(name).chain(others.into_values());
    (id, None, names.collect())
}
