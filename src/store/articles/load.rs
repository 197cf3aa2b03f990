//! Loading articles with everything that they show: a fixed number of queries, however many articles.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use diesel::prelude::*;

use crate::domain::access::Scope;
use crate::domain::author::Author;
use crate::domain::edition::Edition;
use crate::domain::id::Id;
use crate::domain::medium::Medium;
use crate::domain::page_url::PageUrl;
use crate::domain::query::{ArticleQuery, PageRequest, Slice};
use crate::domain::section::Section;
use crate::domain::source::Source;
use crate::domain::tag::Tag;
use crate::domain::view::{Article, TranslationRef};

use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::listing::list_places;
use super::super::schema::{article_bodies, article_people, article_tags, articles, sections};
use super::super::sight::Sight;
use super::super::{
    IN_LIST, authors, editions, media, sections as stored_sections, sources, stored_id, tags,
};
use super::places::{PlaceRow, place, place_columns};
use super::rows::{
    ArticleRow, BodyRow, EDITOR, People, PersonRow, StoredArticle, TRANSLATOR, TagRow,
};
use super::within::load_within;

/// The form that a body is shown in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BodyForm {
    /// Left out.
    #[default]
    None,
    /// The sanitised HTML subset.
    Html,
    /// Plain text.
    Text,
    /// CommonMark.
    Markdown,
    /// Typed blocks.
    Blocks,
}

/// Which parts of an article are loaded beside what every list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parts {
    /// The body and its form.
    pub body: BodyForm,
    /// Articles on the same matters.
    pub related: bool,
}

/// A page of articles.
pub fn list_articles(
    conn: &mut Conn,
    scope: &Scope,
    query: &ArticleQuery,
    page: &PageRequest,
    parts: Parts,
) -> Result<Slice<Article>, StoreError> {
    let places = list_places(conn, scope, query, page)?;
    let ids: Vec<String> = places.rows.iter().map(|place| place.id.clone()).collect();
    let rows = load_within(conn, scope, &ids, parts)?;
    let next = if rows.len() < ids.len() {
        places.rows.get(rows.len().saturating_sub(1)).cloned()
    } else {
        places.next
    };
    Ok(Slice {
        rows,
        next,
        total: places.total,
    })
}

/// One article, where the scope may see it.
pub fn get_article(
    conn: &mut Conn,
    scope: &Scope,
    id: Id,
    parts: Parts,
) -> Result<Option<Article>, StoreError> {
    let id = id.to_string();
    if !super::find::is_visible(conn, scope, &id)? {
        return Ok(None);
    }
    Ok(load_articles(conn, scope, &[id], parts)?.pop())
}

/// The first of the articles with these identities, in this order: as many as one answer takes. Whoever calls has made
/// sure, on the same snapshot, that the scope may see them.
pub fn articles_by_ids(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[Id],
    parts: Parts,
) -> Result<Vec<Article>, StoreError> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    load_within(conn, scope, &ids, parts)
}

/// What the articles of one page refer to.
pub(super) struct References {
    pub(super) editions: HashMap<String, Edition>,
    pub(super) sections: HashMap<String, Section>,
    pub(super) sources: HashMap<String, Source>,
    pub(super) authors: HashMap<String, Author>,
    pub(super) tags: HashMap<String, Tag>,
    pub(super) people: HashMap<String, Vec<PersonRow>>,
    pub(super) tagged: HashMap<String, Vec<String>>,
    pub(super) translations: HashMap<String, Vec<TranslationRef>>,
    pub(super) bodies: HashMap<String, String>,
    pub(super) media: HashMap<Id, Medium>,
}

/// The articles with these identities, in this order. Whoever calls has made sure that the scope may see them.
pub(in crate::store) fn load_articles(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[String],
    mut parts: Parts,
) -> Result<Vec<Article>, StoreError> {
    if scope
        .partner()
        .is_some_and(|grant| grant.contract.summary_only)
    {
        parts.body = BodyForm::None;
    }
    let rows = article_rows(conn, ids)?;
    let references = load_references(conn, scope, &rows, parts)?;
    let mut by_id: HashMap<String, ArticleRow> =
        rows.into_iter().map(|row| (row.id.clone(), row)).collect();
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        if let Some(row) = by_id.remove(id) {
            found.push(super::view::article(row, &references, scope, parts.body)?);
        }
    }
    if parts.related {
        let ids: Vec<Id> = found.iter().map(|article| article.id).collect();
        let related = super::related::related_of(conn, scope, &ids)?;
        for (article, related) in found.iter_mut().zip(related) {
            article.related = Some(related);
        }
    }
    Ok(found)
}

fn article_rows(conn: &mut Conn, ids: &[String]) -> Result<Vec<ArticleRow>, StoreError> {
    let mut rows = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(IN_LIST) {
        let loaded: Vec<ArticleRow> = articles::table
            .filter(articles::id.eq_any(chunk))
            .select(ArticleRow::as_select())
            .load(conn)?;
        rows.extend(loaded);
    }
    Ok(rows)
}

fn distinct<'a>(values: impl Iterator<Item = &'a String>) -> Vec<String> {
    values
        .collect::<HashSet<_>>()
        .into_iter()
        .cloned()
        .collect()
}

/// What hangs on articles beside their rows, by the article.
pub(super) struct Linked {
    pub(super) people: HashMap<String, Vec<PersonRow>>,
    pub(super) tagged: HashMap<String, Vec<String>>,
    pub(super) bodies: HashMap<String, String>,
    /// The media that any of them shows.
    pub(super) media: Vec<String>,
}

fn load_references(
    conn: &mut Conn,
    scope: &Scope,
    rows: &[ArticleRow],
    parts: Parts,
) -> Result<References, StoreError> {
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let linked = Linked {
        people: load_people(conn, &ids)?,
        tagged: load_tagged(conn, &ids)?,
        bodies: match parts.body {
            BodyForm::None => HashMap::new(),
            _ => load_bodies(conn, &ids)?,
        },
        media: media::media_shown_in(conn, &ids)?,
    };
    resolve_references(conn, scope, rows, linked)
}

/// Looks up what articles refer to, as it is today.
pub(super) fn resolve_references(
    conn: &mut Conn,
    scope: &Scope,
    rows: &[ArticleRow],
    linked: Linked,
) -> Result<References, StoreError> {
    let Linked {
        people,
        tagged,
        bodies,
        media,
    } = linked;
    let author_ids = distinct(people.values().flatten().map(|person| &person.author_id));
    let tag_ids = distinct(tagged.values().flatten());
    let section_ids = distinct(rows.iter().filter_map(|row| row.section_id.as_ref()));
    let source_ids = distinct(rows.iter().filter_map(|row| row.source_id.as_ref()));
    let editions = by_key(editions::all_editions(conn)?, |edition| {
        edition.content.lang.to_string()
    });
    Ok(References {
        sections: by_key(
            stored_sections::sections_by_ids(conn, &section_ids)?,
            |section| section.id.to_string(),
        ),
        sources: by_key(sources::sources_by_ids(conn, &source_ids)?, |source| {
            source.id.to_string()
        }),
        authors: by_key(authors::authors_by_ids(conn, &author_ids)?, |author| {
            author.id.to_string()
        }),
        tags: by_key(tags::tags_by_ids(conn, &tag_ids)?, |tag| tag.id.to_string()),
        people,
        tagged,
        translations: load_translations(conn, scope, rows, &editions)?,
        media: by_key(media::media_by_ids(conn, &media)?, |medium| medium.id),
        bodies,
        editions,
    })
}

fn by_key<K: Eq + Hash, T>(values: Vec<T>, key: impl Fn(&T) -> K) -> HashMap<K, T> {
    values
        .into_iter()
        .map(|value| (key(&value), value))
        .collect()
}

fn load_people(
    conn: &mut Conn,
    ids: &[String],
) -> Result<HashMap<String, Vec<PersonRow>>, StoreError> {
    let mut found: HashMap<String, Vec<PersonRow>> = HashMap::new();
    for chunk in ids.chunks(IN_LIST) {
        let rows: Vec<PersonRow> = article_people::table
            .filter(article_people::article_id.eq_any(chunk))
            .order((
                article_people::article_id,
                article_people::role,
                article_people::position,
            ))
            .select(PersonRow::as_select())
            .load(conn)?;
        for row in rows {
            found.entry(row.article_id.clone()).or_default().push(row);
        }
    }
    Ok(found)
}

fn load_tagged(
    conn: &mut Conn,
    ids: &[String],
) -> Result<HashMap<String, Vec<String>>, StoreError> {
    let mut found: HashMap<String, Vec<String>> = HashMap::new();
    for chunk in ids.chunks(IN_LIST) {
        let rows: Vec<TagRow> = article_tags::table
            .filter(article_tags::article_id.eq_any(chunk))
            .order((article_tags::article_id, article_tags::position))
            .select(TagRow::as_select())
            .load(conn)?;
        for row in rows {
            found.entry(row.article_id).or_default().push(row.tag_id);
        }
    }
    Ok(found)
}

fn load_bodies(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, String>, StoreError> {
    let mut found = HashMap::new();
    for chunk in ids.chunks(IN_LIST) {
        let rows: Vec<BodyRow> = article_bodies::table
            .filter(article_bodies::article_id.eq_any(chunk))
            .select(BodyRow::as_select())
            .load(conn)?;
        found.extend(rows.into_iter().map(|row| (row.article_id, row.html)));
    }
    Ok(found)
}

type TranslationRow = (String, PlaceRow, String);

/// The editions of each work that a scope sees published, in the order of their languages.
fn load_translations(
    conn: &mut Conn,
    scope: &Scope,
    rows: &[ArticleRow],
    editions: &HashMap<String, Edition>,
) -> Result<HashMap<String, Vec<TranslationRef>>, StoreError> {
    let works = distinct(rows.iter().map(|row| &row.work_id));
    let sight = Sight::of(conn, scope)?;
    let mut found: HashMap<String, Vec<TranslationRef>> = HashMap::new();
    for chunk in works.chunks(IN_LIST) {
        let mut rows: Vec<TranslationRow> = articles::table
            .left_join(sections::table.on(articles::section_id.eq(sections::id.nullable())))
            .filter(articles::work_id.eq_any(chunk))
            .filter(articles::public.eq(true))
            .order((articles::work_id, articles::lang))
            .select((articles::work_id, place_columns(), articles::title))
            .load(conn)?;
        if !sight.is_open() {
            let ids: Vec<String> = rows.iter().map(|(_, place, _)| place.0.clone()).collect();
            let admitted = sight.admitted(conn, &ids)?;
            rows.retain(|(_, place, _)| admitted.contains(&place.0));
        }
        for (work, row, title) in rows {
            let place = place(row)?;
            found.entry(work).or_default().push(TranslationRef {
                url: PageUrl::of_article(editions.get(place.lang.as_str()), &place),
                lang: place.lang,
                id: place.id,
                slug: place.slug,
                title,
            });
        }
    }
    Ok(found)
}

/// The articles with these identities as they are stored, in no order.
pub fn load_stored(conn: &mut Conn, ids: &[String]) -> Result<Vec<StoredArticle>, StoreError> {
    let rows = article_rows(conn, ids)?;
    let mut people = load_people(conn, ids)?;
    let mut tagged = load_tagged(conn, ids)?;
    let mut bodies = load_bodies(conn, ids)?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let of_article = people_by_role(people.remove(&row.id).unwrap_or_default())?;
        let tags = tagged.remove(&row.id).unwrap_or_default();
        let tags = tags
            .iter()
            .map(|id| stored_id(id))
            .collect::<Result<_, _>>()?;
        let body = bodies.remove(&row.id).unwrap_or_default();
        found.push(StoredArticle::from_rows(row, of_article, tags, body)?);
    }
    Ok(found)
}

/// The next articles in the order of their ids, as they are stored.
pub fn stored_after(
    conn: &mut Conn,
    after: &str,
    limit: i64,
) -> Result<Vec<StoredArticle>, StoreError> {
    let ids: Vec<String> = articles::table
        .filter(articles::id.gt(after))
        .order(articles::id)
        .limit(limit)
        .select(articles::id)
        .load(conn)?;
    let mut found = load_stored(conn, &ids)?;
    found.sort_by_key(|article| article.id);
    Ok(found)
}

fn people_by_role(rows: Vec<PersonRow>) -> Result<People, StoreError> {
    let mut people = People::default();
    for row in rows {
        let list = match row.role {
            EDITOR => &mut people.editors,
            TRANSLATOR => &mut people.translators,
            _ => &mut people.authors,
        };
        list.push(stored_id(&row.author_id)?);
    }
    Ok(people)
}
