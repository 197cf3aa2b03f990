//! Related articles: the same section, tags and authors, ranked.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::domain::access::Scope;
use crate::domain::cursor::{Cursor, SortValue};
use crate::domain::id::Id;
use crate::domain::query::{PageRequest, Slice, Start};
use crate::domain::view::Article;

use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::paging;
use super::super::schema::{article_facets, articles, facets};
use super::super::sight::Sight;
use super::load::{Parts, load_articles};

/// How many of the newest articles of each shared section, tag and author are compared.
const CANDIDATES: i64 = 200;
/// How many related articles there are at the most.
const MOST: usize = 100;
/// How many `include=related` shows.
const INCLUDED: usize = 5;

/// What it counts to share a thing of this kind. A tag or an author says more than a section that holds thousands.
fn weight(kind: &str) -> Option<i64> {
    match kind {
        "tag" => Some(3),
        "author" => Some(4),
        "section" => Some(2),
        _ => None,
    }
}

/// A page of what is related to an article; `None` where the scope may not see that article.
pub fn list_related(
    conn: &mut Conn,
    scope: &Scope,
    id: Id,
    page: &PageRequest,
    parts: Parts,
) -> Result<Option<Slice<Article>>, StoreError> {
    if !super::find::is_visible(conn, scope, &id.to_string())? {
        return Ok(None);
    }
    let ranked = rank(conn, scope, id)?;
    let total = page
        .count
        .then(|| i64::try_from(ranked.len()).unwrap_or(i64::MAX));
    let skip = match &page.start {
        Start::Head => 0,
        Start::Offset(rows) => *rows as usize,
        Start::After(Cursor { value, id }) => position_after(&ranked, value, id),
    };
    let rows: Vec<Ranked> = ranked
        .into_iter()
        .skip(skip)
        .take(page.limit as usize + 1)
        .collect();
    let slice = paging::slice(rows, page, total, |row| Cursor {
        value: SortValue::Number(row.score),
        id: format!("{}/{}", row.published_at, row.id),
    });
    let ids: Vec<String> = slice.rows.iter().map(|row| row.id.clone()).collect();
    Ok(Some(Slice {
        rows: load_articles(conn, scope, &ids, parts)?,
        next: slice.next,
        total: slice.total,
    }))
}

/// The first few articles that are related to each of some.
pub(super) fn related_of(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[Id],
) -> Result<Vec<Vec<Article>>, StoreError> {
    let mut ranked: Vec<Vec<String>> = Vec::with_capacity(ids.len());
    for id in ids {
        ranked.push(
            rank(conn, scope, *id)?
                .into_iter()
                .take(INCLUDED)
                .map(|row| row.id)
                .collect(),
        );
    }
    let mut union: Vec<String> = ranked.iter().flatten().cloned().collect();
    union.sort_unstable();
    union.dedup();
    let public = Scope::Public;
    let shown_to = if scope.partner().is_some() {
        scope
    } else {
        &public
    };
    let loaded = load_articles(conn, shown_to, &union, Parts::default())?;
    let by_id: HashMap<String, Article> =
        loaded.into_iter().map(|a| (a.id.to_string(), a)).collect();
    let known = |ids: Vec<String>| ids.iter().filter_map(|id| by_id.get(id).cloned()).collect();
    Ok(ranked.into_iter().map(known).collect())
}

struct Ranked {
    score: i64,
    published_at: i64,
    id: String,
}

impl Ranked {
    /// Greatest score first, then the newest.
    fn key(&self) -> (i64, i64, &str) {
        (
            self.score.saturating_neg(),
            self.published_at.saturating_neg(),
            &self.id,
        )
    }
}

fn position_after(ranked: &[Ranked], value: &SortValue, id: &str) -> usize {
    let SortValue::Number(score) = value else {
        return ranked.len();
    };
    let (published_at, id) = id.split_once('/').unwrap_or(("0", id));
    let published_at = published_at.parse::<i64>().unwrap_or(0);
    let last = (score.saturating_neg(), published_at.saturating_neg(), id);
    ranked.partition_point(|row| row.key() <= last)
}

/// Published articles of the same edition, and of other works, that share the most.
fn rank(conn: &mut Conn, scope: &Scope, id: Id) -> Result<Vec<Ranked>, StoreError> {
    let mut scores: HashMap<String, (i64, i64)> = HashMap::new();
    for (facet, weight) in shared_facets(conn, id)? {
        let newest: Vec<(String, i64)> = article_facets::table
            .filter(article_facets::facet_id.eq(facet))
            .order((
                article_facets::published_at.desc(),
                article_facets::article_id.desc(),
            ))
            .limit(CANDIDATES)
            .select((article_facets::article_id, article_facets::published_at))
            .load(conn)?;
        for (article, published_at) in newest {
            scores.entry(article).or_insert((0, published_at)).0 += weight;
        }
    }
    let mut ranked: Vec<Ranked> = scores
        .into_iter()
        .map(|(id, (score, published_at))| Ranked {
            score,
            published_at,
            id,
        })
        .collect();
    ranked.sort_by(|a, b| a.key().cmp(&b.key()));
    same_edition(conn, scope, id, ranked)
}

/// The facets on which published articles share something with this one, and what that counts. An article that is not
/// public hangs on facets of its own, of which the public ones are the twins.
fn shared_facets(conn: &mut Conn, id: Id) -> Result<Vec<(i64, i64)>, StoreError> {
    let own = diesel::alias!(facets as own);
    let rows: Vec<(i64, String)> = article_facets::table
        .inner_join(own.on(own.field(facets::id).eq(article_facets::facet_id)))
        .inner_join(
            facets::table.on(facets::value
                .eq(own.field(facets::value))
                .and(facets::kind.eq(own.field(facets::kind)))
                .and(facets::public.eq(true))),
        )
        .filter(article_facets::article_id.eq(id.to_string()))
        .select((facets::id, facets::kind))
        .load(conn)?;
    let weighed = |(facet, kind): (i64, String)| weight(&kind).map(|weight| (facet, weight));
    Ok(rows.into_iter().filter_map(weighed).collect())
}

/// Keeps the articles of the same edition and of other works that the scope sees, the best ones.
fn same_edition(
    conn: &mut Conn,
    scope: &Scope,
    id: Id,
    ranked: Vec<Ranked>,
) -> Result<Vec<Ranked>, StoreError> {
    let own: Option<(String, String)> = articles::table
        .find(id.to_string())
        .select((articles::lang, articles::work_id))
        .get_result(conn)
        .optional()?;
    let Some((lang, work)) = own else {
        return Ok(Vec::new());
    };
    let ids: Vec<&str> = ranked.iter().map(|row| row.id.as_str()).collect();
    let sight = Sight::of(conn, scope)?;
    let mut kept = std::collections::HashSet::new();
    for chunk in ids.chunks(super::super::IN_LIST) {
        let found: Vec<String> = articles::table
            .filter(articles::id.eq_any(chunk))
            .filter(articles::lang.eq(&lang))
            .filter(articles::work_id.ne(&work))
            .select(articles::id)
            .load(conn)?;
        kept.extend(sight.admitted(conn, &found)?);
    }
    Ok(ranked
        .into_iter()
        .filter(|row| kept.contains(&row.id))
        .take(MOST)
        .collect())
}
