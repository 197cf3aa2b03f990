//! The order of related articles: by how many sections, tags and authors they share with one.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use crate::domain::access::Scope;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;

use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::schema::{article_facets, articles, facets};
use super::super::sight::Sight;

/// Number of the newest articles of each shared section, tag and author that are compared.
const CANDIDATES: i64 = 200;

/// Number of candidates that are looked up at once.
const LOOKED_AT: usize = 100;

/// The weight of a shared resource of this kind. A tag or an author weighs more than a section that holds thousands.
fn weight(kind: &str) -> Option<i64> {
    match kind {
        "tag" => Some(3),
        "author" => Some(4),
        "section" => Some(2),
        _ => None,
    }
}

pub(super) struct Ranked {
    pub(super) score: i64,
    pub(super) published_at: i64,
    pub(super) id: String,
}

impl Ranked {
    /// Greatest score first, then the newest.
    pub(super) fn key(&self) -> (i64, i64, &str) {
        (
            self.score.saturating_neg(),
            self.published_at.saturating_neg(),
            &self.id,
        )
    }
}

/// Ranks articles by what they share with others. What one of them is compared with is kept for the next.
pub(super) struct Ranking {
    sight: Sight,
    /// The articles that were met, each by its number.
    ids: Vec<String>,
    numbers: HashMap<String, usize>,
    /// The newest articles of a facet, with the time of their publication.
    newest: HashMap<i64, Vec<(usize, i64)>>,
    /// The edition and work of each that was looked at; nothing where the scope does not see it.
    editions: HashMap<usize, Option<Edition>>,
}

/// An article's language and work.
type Edition = (String, String);

impl Ranking {
    pub(super) fn of(conn: &mut Conn, scope: &Scope) -> Result<Self, StoreError> {
        Ok(Self {
            sight: Sight::of(conn, scope)?,
            ids: Vec::new(),
            numbers: HashMap::new(),
            newest: HashMap::new(),
            editions: HashMap::new(),
        })
    }

    /// Published articles of the same edition, and of other works, that share the most with one: at most so many.
    pub(super) fn best(
        &mut self,
        conn: &mut Conn,
        id: Id,
        most: usize,
    ) -> Result<Vec<Ranked>, StoreError> {
        let own: Option<Edition> = articles::table
            .find(id.to_string())
            .select((articles::lang, articles::work_id))
            .get_result(conn)
            .optional()?;
        let Some((lang, work)) = own else {
            return Ok(Vec::new());
        };
        let mut kept = Vec::new();
        for batch in self.ranked(conn, id)?.chunks(LOOKED_AT) {
            self.look_at(conn, batch)?;
            for (number, score, published_at) in batch {
                let edition = self.editions.get(number).and_then(Option::as_ref);
                if edition.is_some_and(|edition| edition.0 == lang && edition.1 != work) {
                    kept.push(Ranked {
                        score: *score,
                        published_at: *published_at,
                        id: self.ids[*number].clone(),
                    });
                }
                if kept.len() == most {
                    return Ok(kept);
                }
            }
        }
        Ok(kept)
    }

    /// Published works other than that of one, which share the most with it in any language: each in the first of some languages
    /// that it is seen in.
    pub(super) fn best_in(
        &mut self,
        conn: &mut Conn,
        id: Id,
        langs: &[LanguageTag],
        most: usize,
    ) -> Result<Vec<Ranked>, StoreError> {
        let own: Option<String> = articles::table
            .find(id.to_string())
            .select(articles::work_id)
            .get_result(conn)
            .optional()?;
        let mut met: HashSet<String> = own.into_iter().collect();
        let mut kept = Vec::new();
        for batch in self.ranked(conn, id)?.chunks(LOOKED_AT) {
            self.look_at(conn, batch)?;
            let mut works = Vec::new();
            for (number, score, _) in batch {
                let edition = self.editions.get(number).and_then(Option::as_ref);
                let work = edition.map(|(_, work)| work.clone());
                works.extend(
                    work.filter(|work| met.insert(work.clone()))
                        .map(|work| (work, *score)),
                );
            }
            kept.extend(self.first_editions(conn, &works, langs)?);
            if kept.len() >= most {
                break;
            }
        }
        kept.sort_unstable_by(|a: &Ranked, b| a.key().cmp(&b.key()));
        kept.truncate(most);
        Ok(kept)
    }

    /// Works with their scores, each as the article in the first of some languages that it is seen in.
    fn first_editions(
        &self,
        conn: &mut Conn,
        works: &[(String, i64)],
        langs: &[LanguageTag],
    ) -> Result<Vec<Ranked>, StoreError> {
        let rows: Vec<(String, String, String, Option<i64>)> = articles::table
            .filter(articles::work_id.eq_any(works.iter().map(|(work, _)| work)))
            .filter(articles::lang.eq_any(langs.iter().map(LanguageTag::as_str)))
            .filter(articles::public.eq(true))
            .select((
                articles::id,
                articles::lang,
                articles::work_id,
                articles::published_at,
            ))
            .load(conn)?;
        let ids: Vec<String> = rows.iter().map(|(id, ..)| id.clone()).collect();
        let seen = self.sight.admitted(conn, &ids)?;
        let mut firsts: HashMap<String, (usize, Ranked)> = HashMap::new();
        for (id, lang, work, published_at) in rows {
            let Some(rank) = langs.iter().position(|one| one.as_str() == lang) else {
                continue;
            };
            let is_first = firsts.get(&work).is_none_or(|(best, _)| rank < *best);
            if !is_first || !seen.contains(&id) {
                continue;
            }
            let score = works
                .iter()
                .find(|(one, _)| *one == work)
                .map_or(0, |(_, score)| *score);
            let published_at = published_at.unwrap_or(0);
            firsts.insert(
                work,
                (
                    rank,
                    Ranked {
                        score,
                        published_at,
                        id,
                    },
                ),
            );
        }
        Ok(firsts.into_values().map(|(_, ranked)| ranked).collect())
    }

    /// All that share something with an article, the best first: number, score and time of publication.
    fn ranked(&mut self, conn: &mut Conn, id: Id) -> Result<Vec<(usize, i64, i64)>, StoreError> {
        let mut scores: HashMap<usize, (i64, i64)> = HashMap::new();
        for (facet, weight) in shared_facets(conn, id)? {
            for (number, published_at) in self.newest_of(conn, facet)? {
                scores.entry(*number).or_insert((0, *published_at)).0 += weight;
            }
        }
        let mut ranked: Vec<(usize, i64, i64)> = scores
            .into_iter()
            .map(|(number, (score, published_at))| (number, score, published_at))
            .collect();
        ranked.sort_unstable_by(|a, b| {
            (b.1, b.2)
                .cmp(&(a.1, a.2))
                .then_with(|| self.ids[a.0].cmp(&self.ids[b.0]))
        });
        Ok(ranked)
    }

    fn newest_of(&mut self, conn: &mut Conn, facet: i64) -> Result<&[(usize, i64)], StoreError> {
        if !self.newest.contains_key(&facet) {
            let rows: Vec<(String, i64)> = article_facets::table
                .filter(article_facets::facet_id.eq(facet))
                .order((
                    article_facets::published_at.desc(),
                    article_facets::article_id.desc(),
                ))
                .limit(CANDIDATES)
                .select((article_facets::article_id, article_facets::published_at))
                .load(conn)?;
            let rows = rows.into_iter().map(|(id, at)| (self.number(id), at));
            let rows = rows.collect();
            self.newest.insert(facet, rows);
        }
        Ok(self.newest.get(&facet).map_or(&[], Vec::as_slice))
    }

    fn number(&mut self, id: String) -> usize {
        if let Some(number) = self.numbers.get(&id) {
            return *number;
        }
        self.ids.push(id.clone());
        self.numbers.insert(id, self.ids.len() - 1);
        self.ids.len() - 1
    }

    /// Looks up the editions and works of those that were not looked at yet.
    fn look_at(&mut self, conn: &mut Conn, batch: &[(usize, i64, i64)]) -> Result<(), StoreError> {
        let unknown = batch.iter().map(|(number, ..)| *number);
        let unknown: Vec<usize> = unknown
            .filter(|number| !self.editions.contains_key(number))
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let ids: Vec<String> = unknown
            .iter()
            .map(|number| self.ids[*number].clone())
            .collect();
        let rows: Vec<(String, String, String)> = articles::table
            .filter(articles::id.eq_any(&ids))
            .select((articles::id, articles::lang, articles::work_id))
            .load(conn)?;
        let seen = self.sight.admitted(conn, &ids)?;
        let mut found: HashMap<String, Edition> = rows
            .into_iter()
            .filter(|(id, ..)| seen.contains(id))
            .map(|(id, lang, work)| (id, (lang, work)))
            .collect();
        for (number, id) in unknown.into_iter().zip(ids) {
            self.editions.insert(number, found.remove(&id));
        }
        Ok(())
    }
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
