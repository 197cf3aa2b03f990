//! The order of related articles: by how many sections, tags and authors they share with one.

use std::collections::{HashMap, HashSet};

use diesel::deserialize::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use rustc_hash::FxHashMap;

use crate::domain::access::Scope;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::time::Timestamp;

use super::super::any_of::any_of;
use super::super::batch::IN_LIST;
use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::facts::known;
use super::super::joined::{self, joined};
use super::super::schema::{article_facets, articles, facets};
use super::super::sight::Sight;
use super::super::statement::Statement;
use super::super::subjects::{Subject, note};
use super::super::types::stored_id;

/// Number of the newest articles of each shared section, tag and author that are compared.
const CANDIDATES: i64 = 100;

/// Most candidates of one article that are looked up at once, and number for each that is wanted: about one in twelve is of
/// the same edition.
const LOOKED_AT: usize = 100;
const LOOKED_AT_FOR_EACH: usize = 5;

/// The kinds of things that count.
const KINDS: [&str; 3] = ["tag", "author", "section"];

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
    pub(super) id: Id,
}

impl Ranked {
    /// Greatest score first, then the newest.
    pub(super) fn key(&self) -> (i64, i64, Id) {
        (
            self.score.saturating_neg(),
            self.published_at.saturating_neg(),
            self.id,
        )
    }
}

/// Ranks articles by what they share with some. However many these are, a few statements read what they are compared with.
pub(super) struct Ranking {
    sight: Sight,
    /// Those that others are ranked for.
    own: Own,
    /// The articles that were met, each by its number.
    ids: Vec<Id>,
    numbers: FxHashMap<Id, usize>,
    /// The newest articles of a facet, with the time of their publication.
    newest: FxHashMap<i64, Vec<(usize, i64)>>,
    /// The edition and work of each that was looked at; nothing where the scope does not see it.
    editions: FxHashMap<usize, Option<Edition>>,
}

/// An article's language and work.
type Edition = (LanguageTag, Id);

/// The edition and work of each article, and the facets that it shares with what that counts.
type Own = HashMap<Id, (Edition, Vec<(i64, i64)>)>;

/// An article that shares something: its number, score and time of publication.
type Candidate = (usize, i64, i64);

#[derive(QueryableByName)]
struct NewestRow {
    #[diesel(sql_type = BigInt)]
    facet: i64,
    /// The id and the time of publication of each article.
    #[diesel(sql_type = Text)]
    newest: String,
}

impl Ranking {
    /// Reads the facets that these articles share with others.
    pub(super) fn of(conn: &mut Conn, scope: &Scope, ids: &[Id]) -> Result<Self, StoreError> {
        let mut ranking = Self {
            sight: Sight::of(conn, scope)?,
            own: own(conn, ids)?,
            ids: Vec::new(),
            numbers: FxHashMap::default(),
            newest: FxHashMap::default(),
            editions: FxHashMap::default(),
        };
        let shared = ranking.own.values().flat_map(|(_, shared)| shared);
        let mut facets: Vec<i64> = shared.map(|(facet, _)| *facet).collect();
        facets.sort_unstable();
        facets.dedup();
        facets.iter().for_each(|facet| note(Subject::Facet(*facet)));
        for some in facets.chunks(IN_LIST) {
            ranking.read_newest(conn, some)?;
        }
        Ok(ranking)
    }

    /// Published articles of the same edition, and of other works, that share the most with each of these: at most so many.
    /// The next candidates of all that still lack some are looked at together.
    pub(super) fn best_of_each(
        &mut self,
        conn: &mut Conn,
        ids: &[Id],
        most: usize,
    ) -> Result<Vec<Vec<Ranked>>, StoreError> {
        let ranked: Vec<Vec<Candidate>> = ids.iter().map(|id| self.ranked(*id)).collect();
        let mut kept: Vec<Vec<Ranked>> = ids.iter().map(|_| Vec::new()).collect();
        for round in 0.. {
            let part = |n: usize| ranked[n].chunks(looked_at(most)).nth(round);
            let lacking = (0..ids.len()).filter(|n| kept[*n].len() < most);
            let parts: Vec<(usize, &[Candidate])> =
                lacking.filter_map(|n| Some((n, part(n)?))).collect();
            if parts.is_empty() {
                break;
            }
            self.look_at(conn, parts.iter().flat_map(|(_, part)| *part))?;
            for (n, part) in parts {
                let room = most - kept[n].len();
                let beside = part.iter().filter(|one| self.is_beside(ids[n], one));
                kept[n].extend(beside.take(room).map(|one| self.named(one)));
            }
        }
        Ok(kept)
    }

    /// True if a candidate is of the same edition as an article, and of another work.
    fn is_beside(&self, id: Id, (number, ..): &Candidate) -> bool {
        let own = self.own.get(&id).map(|(edition, _)| edition);
        let edition = self.editions.get(number).and_then(Option::as_ref);
        own.zip(edition)
            .is_some_and(|(own, other)| own.0 == other.0 && own.1 != other.1)
    }

    fn named(&self, (number, score, published_at): &Candidate) -> Ranked {
        Ranked {
            score: *score,
            published_at: *published_at,
            id: self.ids[*number],
        }
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
        let own = self.own.get(&id).map(|((_, work), _)| *work);
        let mut met: HashSet<Id> = own.into_iter().collect();
        let mut kept = Vec::new();
        for batch in self.ranked(id).chunks(looked_at(most)) {
            self.look_at(conn, batch)?;
            let mut works = Vec::new();
            for (number, score, _) in batch {
                let edition = self.editions.get(number).and_then(Option::as_ref);
                let work = edition.map(|(_, work)| *work);
                works.extend(
                    work.filter(|work| met.insert(*work))
                        .map(|work| (work, *score)),
                );
            }
            kept.extend(self.first_editions(conn, &works, langs)?);
            if kept.len() >= most {
                break;
            }
        }
        kept.sort_unstable_by_key(Ranked::key);
        kept.truncate(most);
        Ok(kept)
    }

    /// Works with their scores, each as the article in the first of some languages that it is seen in.
    fn first_editions(
        &self,
        conn: &mut Conn,
        works: &[(Id, i64)],
        langs: &[LanguageTag],
    ) -> Result<Vec<Ranked>, StoreError> {
        works
            .iter()
            .for_each(|(work, _)| note(Subject::Work(*work)));
        let rows: Vec<(Id, LanguageTag, Id, Option<Timestamp>)> = articles::table
            .filter(articles::work_id.eq_any(works.iter().map(|(work, _)| work)))
            .filter(articles::lang.eq_any(langs))
            .filter(articles::public.eq(true))
            .select((
                articles::id,
                articles::lang,
                articles::work_id,
                articles::published_at,
            ))
            .load(conn)?;
        let ids: Vec<Id> = rows.iter().map(|(id, ..)| *id).collect();
        let seen = self.sight.admitted(conn, &ids)?;
        let mut firsts: HashMap<Id, (usize, Ranked)> = HashMap::new();
        for (id, lang, work, published_at) in rows {
            let Some(rank) = langs.iter().position(|one| *one == lang) else {
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
            let published_at = published_at.map_or(0, Timestamp::millis);
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

    /// All that share something with an article, the best first.
    fn ranked(&self, id: Id) -> Vec<Candidate> {
        let shared = self.own.get(&id).map_or(&[][..], |(_, shared)| shared);
        let mut scores: FxHashMap<usize, (i64, i64)> = FxHashMap::default();
        for (facet, weight) in shared {
            for (number, published_at) in self.newest.get(facet).into_iter().flatten() {
                scores.entry(*number).or_insert((0, *published_at)).0 += weight;
            }
        }
        let mut ranked: Vec<Candidate> = scores
            .into_iter()
            .map(|(number, (score, published_at))| (number, score, published_at))
            .collect();
        ranked.sort_unstable_by(|a, b| {
            (b.1, b.2)
                .cmp(&(a.1, a.2))
                .then_with(|| self.ids[a.0].cmp(&self.ids[b.0]))
        });
        ranked
    }

    fn read_newest(&mut self, conn: &mut Conn, facets: &[i64]) -> Result<(), StoreError> {
        let rows: Vec<NewestRow> = newest_statement(facets).load(conn)?;
        for row in rows {
            for mut columns in joined::rows(&row.newest) {
                let id = stored_id(columns.next().unwrap_or_default())?;
                let at = columns.next().and_then(|at| at.parse().ok());
                let place = (self.number(id), at.unwrap_or_default());
                self.newest.entry(row.facet).or_default().push(place);
            }
        }
        Ok(())
    }

    fn number(&mut self, id: Id) -> usize {
        if let Some(number) = self.numbers.get(&id) {
            return *number;
        }
        self.ids.push(id);
        self.numbers.insert(id, self.ids.len() - 1);
        self.ids.len() - 1
    }

    /// Looks up the editions and works of those that were not looked at yet.
    fn look_at<'c>(
        &mut self,
        conn: &mut Conn,
        batch: impl IntoIterator<Item = &'c Candidate>,
    ) -> Result<(), StoreError> {
        let unknown = batch.into_iter().map(|(number, ..)| *number);
        let mut unknown: Vec<usize> = unknown
            .filter(|number| !self.editions.contains_key(number))
            .collect();
        unknown.sort_unstable();
        unknown.dedup();
        for some in unknown.chunks(IN_LIST) {
            let ids: Vec<Id> = some.iter().map(|n| self.ids[*n]).collect();
            let rows: Vec<(Id, LanguageTag, Id)> = articles::table
                .filter(any_of(articles::id, &ids))
                .select((articles::id, articles::lang, articles::work_id))
                .load(conn)?;
            let seen = self.sight.admitted(conn, &ids)?;
            let mut found: HashMap<Id, Edition> = rows
                .into_iter()
                .filter(|(id, ..)| seen.contains(id))
                .map(|(id, lang, work)| (id, (lang, work)))
                .collect();
            for (number, id) in some.iter().zip(ids) {
                self.editions.insert(*number, found.remove(&id));
            }
        }
        Ok(())
    }
}

/// Candidates looked up at once for so many wanted articles.
const fn looked_at(most: usize) -> usize {
    let wanted = most * LOOKED_AT_FOR_EACH;
    if wanted < LOOKED_AT {
        wanted
    } else {
        LOOKED_AT
    }
}

/// The newest articles of some facets: each facet is walked through the index that it has for this.
fn newest_statement(facets: &[i64]) -> Statement {
    let newest = joined(&["w.id", "w.at"]);
    let mut statement = Statement::default();
    statement
        .push(&format!(
            "SELECT x.id AS facet, (SELECT {newest} FROM (SELECT f.article_id AS id, f.published_at AS at \
             FROM article_facets f WHERE f.facet_id = x.id ORDER BY f.published_at DESC, f.article_id DESC LIMIT "
        ))
        .number(CANDIDATES)
        .push(") w) AS newest FROM facets x WHERE x.id IN ")
        .numbers(facets);
    statement
}

/// The edition and work of some articles, and the facets on which published articles share something with each. An article
/// that is not public hangs on facets of its own, of which the public ones are the twins.
fn own(conn: &mut Conn, ids: &[Id]) -> Result<Own, StoreError> {
    let load = || load_own(conn, ids);
    known("what articles share", || format!("{ids:?}"), load)
}

fn load_own(conn: &mut Conn, ids: &[Id]) -> Result<Own, StoreError> {
    let own = diesel::alias!(facets as own);
    let mut found = HashMap::new();
    for chunk in ids.chunks(IN_LIST) {
        let rows: Vec<(Id, LanguageTag, Id)> = articles::table
            .filter(any_of(articles::id, chunk))
            .select((articles::id, articles::lang, articles::work_id))
            .load(conn)?;
        for (id, lang, work) in rows {
            found.insert(id, ((lang, work), Vec::new()));
        }
        let rows: Vec<(Id, i64, String)> = article_facets::table
            .inner_join(own.on(own.field(facets::id).eq(article_facets::facet_id)))
            .inner_join(
                facets::table.on(facets::value
                    .eq(own.field(facets::value))
                    .and(facets::kind.eq(own.field(facets::kind)))
                    .and(facets::public.eq(true))),
            )
            .filter(any_of(article_facets::article_id, chunk))
            .filter(facets::kind.eq_any(KINDS))
            .select((article_facets::article_id, facets::id, facets::kind))
            .load(conn)?;
        for (id, facet, kind) in rows {
            if let Some((_, shared)) = found.get_mut(&id) {
                shared.extend(weight(&kind).map(|weight| (facet, weight)));
            }
        }
    }
    Ok(found)
}
