//! Loading articles with everything that they show: a fixed number of queries, however many articles.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::domain::access::Scope;
use crate::domain::id::Id;
use crate::domain::shown::Shown;
use crate::domain::view::{Article, BodyView};

use super::super::any_of::any_of;
use super::super::batch::IN_LIST;
use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::schema::articles;
use super::documents;
use super::length::length;
use super::ranking::Ranking;
use super::references::{load_bodies, load_people, load_references, load_tagged};
use super::rows::{ArticleRow, EDITOR, People, PersonRow, StoredArticle, TRANSLATOR};
use super::view::BodyForm;

/// The parts of an article that are loaded besides those of every list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parts {
    /// The body and its form.
    pub body: BodyForm,
    /// Articles on the same matters.
    pub related: bool,
}

/// Number of articles that `include=related` shows.
const INCLUDED: usize = 5;

/// An article that was loaded, with its bytes of JSON where they are known.
pub(in crate::store) struct Loaded {
    pub(super) article: Shown,
    pub(super) bytes: Option<usize>,
}

/// One article, where the scope may see it.
pub fn get_article(
    conn: &mut Conn,
    scope: &Scope,
    id: Id,
    parts: Parts,
) -> Result<Option<Shown>, StoreError> {
    let with_body = parts.body != BodyForm::None;
    let is_known = documents::find(scope, id, with_body).is_some();
    if !is_known && !super::find::is_visible(conn, scope, id)? {
        return Ok(None);
    }
    let Some(found) = load_articles(conn, scope, &[id], parts.body)?.pop() else {
        return Ok(None);
    };
    let mut article = found.article;
    if parts.related {
        article.change().related = related_of(conn, scope, &[article.id])?.pop();
    }
    Ok(Some(article))
}

/// The articles with these identities, in this order, without what is related to them. Whoever calls has made sure that the
/// scope may see them.
pub(in crate::store) fn load_articles(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[Id],
    mut form: BodyForm,
) -> Result<Vec<Loaded>, StoreError> {
    let partner = scope.partner();
    if partner.is_some_and(|grant| grant.contract.summary_only) {
        form = BodyForm::None;
    }
    let mut found = HashMap::with_capacity(ids.len());
    for id in ids {
        if let Some(document) = documents::find(scope, *id, form != BodyForm::None) {
            found.insert(*id, loaded(document.article.clone(), document.bytes, form));
        }
    }
    let missing = ids.iter().filter(|id| !found.contains_key(*id));
    let missing: Vec<Id> = missing.copied().collect();
    if !missing.is_empty() {
        make_articles(conn, scope, &missing, form, &mut found)?;
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// Makes articles from their rows, and keeps them as documents where the scope is the public's.
fn make_articles(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[Id],
    form: BodyForm,
    found: &mut HashMap<Id, Loaded>,
) -> Result<(), StoreError> {
    let with_body = form != BodyForm::None;
    let rows = article_rows(conn, ids)?;
    let references = load_references(conn, scope, &rows, with_body)?;
    let keeps = documents::may_keep(scope);
    for row in rows {
        let id = row.id;
        if !keeps {
            let article = super::view::article(row, &references, scope, form)?;
            let (article, bytes) = (Shown::once(article), None);
            found.insert(id, Loaded { article, bytes });
            continue;
        }
        let slots = references.slots(&row);
        let whole = if with_body {
            BodyForm::Html
        } else {
            BodyForm::None
        };
        let article = super::view::article(row, &references, scope, whole)?;
        let bytes = length(&article);
        let article = Shown::shared(article);
        documents::keep(article.clone(), bytes, with_body, slots);
        found.insert(id, loaded(article, bytes, form));
    }
    Ok(())
}

/// A document's article with its body in a form.
fn loaded(article: Shown, bytes: usize, form: BodyForm) -> Loaded {
    Loaded {
        article: with_body_as(article, form),
        bytes: (!form.is_made()).then_some(bytes),
    }
}

/// An article whose body, where it has one in HTML, is in a form.
pub(super) fn with_body_as(mut article: Shown, form: BodyForm) -> Shown {
    if form.is_made() && article.body.is_some() {
        let changed = article.change();
        if let Some(BodyView::Html(html)) = changed.body.take() {
            changed.body = super::view::body_view(html, form);
        }
    }
    article
}

/// The first few articles that are related to each of some.
pub(super) fn related_of(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[Id],
) -> Result<Vec<Vec<Article>>, StoreError> {
    let mut ranking = Ranking::of(conn, scope, ids)?;
    let best = ranking.best_of_each(conn, ids, INCLUDED)?.into_iter();
    let ranked: Vec<Vec<Id>> = best
        .map(|rows| rows.into_iter().map(|row| row.id).collect())
        .collect();
    let mut union: Vec<Id> = ranked.iter().flatten().copied().collect();
    union.sort_unstable();
    union.dedup();
    let public = Scope::Public;
    let shown_to = if scope.partner().is_some() {
        scope
    } else {
        &public
    };
    let loaded = load_articles(conn, shown_to, &union, BodyForm::None)?;
    let loaded = loaded.into_iter().map(|one| one.article.into_article());
    let by_id: HashMap<Id, Article> = loaded.map(|article| (article.id, article)).collect();
    let known = |ids: Vec<Id>| ids.iter().filter_map(|id| by_id.get(id).cloned()).collect();
    Ok(ranked.into_iter().map(known).collect())
}

fn article_rows(conn: &mut Conn, ids: &[Id]) -> Result<Vec<ArticleRow>, StoreError> {
    let mut rows = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(IN_LIST) {
        let loaded: Vec<ArticleRow> = articles::table
            .filter(any_of(articles::id, chunk))
            .select(ArticleRow::as_select())
            .load(conn)?;
        rows.extend(loaded);
    }
    Ok(rows)
}

/// The articles with these identities as they are stored, in no order.
pub fn load_stored(conn: &mut Conn, ids: &[Id]) -> Result<Vec<StoredArticle>, StoreError> {
    let rows = article_rows(conn, ids)?;
    let mut people = load_people(conn, ids)?;
    let mut tagged = load_tagged(conn, ids)?;
    let mut bodies = load_bodies(conn, ids)?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let of_article = people_by_role(people.remove(&row.id).unwrap_or_default());
        let tags = tagged.remove(&row.id).unwrap_or_default();
        let body = bodies.remove(&row.id).unwrap_or_default();
        found.push(StoredArticle::from_rows(row, of_article, tags, body)?);
    }
    Ok(found)
}

/// An article as it is stored, by its identity.
pub fn find_stored(conn: &mut Conn, id: Id) -> Result<Option<StoredArticle>, StoreError> {
    Ok(load_stored(conn, &[id])?.pop())
}

/// The next articles in the order of their ids, as they are stored.
pub fn stored_after(
    conn: &mut Conn,
    after: &str,
    limit: i64,
) -> Result<Vec<StoredArticle>, StoreError> {
    let ids: Vec<Id> = articles::table
        .filter(articles::id.gt(after))
        .order(articles::id)
        .limit(limit)
        .select(articles::id)
        .load(conn)?;
    let mut found = load_stored(conn, &ids)?;
    found.sort_by_key(|article| article.id);
    Ok(found)
}

fn people_by_role(rows: Vec<PersonRow>) -> People {
    let mut people = People::default();
    for row in rows {
        let list = match row.role {
            EDITOR => &mut people.editors,
            TRANSLATOR => &mut people.translators,
            _ => &mut people.authors,
        };
        list.push(row.author_id);
    }
    people
}
