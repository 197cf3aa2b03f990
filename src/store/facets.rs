//! Facets: the inverted index that lists are read from, and the counts that it keeps.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use diesel::prelude::*;

use crate::domain::id::Id;
use crate::domain::time::Timestamp;

use super::any_of::any_of;
use super::batch::{IN_LIST, insert_rows};
use super::conn::Conn;
use super::error::StoreError;
use super::facts::known;
use super::schema::{article_facets, articles, facet_sets, facets, past_facets};
use super::worded::worded;

worded! {
    /// The filters of lists of articles.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum FacetKind {
        /// Every article; its value is empty.
        All: "all",
        /// The edition, by language tag.
        Lang: "lang",
        /// The section, and each above it.
        Section: "section",
        /// An author.
        Author: "author",
        /// An editor.
        Editor: "editor",
        /// A translator.
        Translator: "translator",
        /// The source.
        Source: "source",
        /// A tag.
        Tag: "tag",
    }
}

impl FacetKind {
    /// Room for kinds in a code. The search index keeps codes, so that a new kind is the last one and alters no code.
    const ROOM: i64 = 64;

    /// Reads the word in the database.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == word)
    }

    /// A facet of this kind as one number, which tells its kind without a look-up.
    #[must_use]
    pub const fn code(self, facet: i64) -> i64 {
        facet * Self::ROOM + self as i64
    }

    /// The kind and number of a code.
    #[must_use]
    pub fn of_code(code: i64) -> Option<(Self, i64)> {
        let kind = usize::try_from(code.rem_euclid(Self::ROOM)).ok()?;
        Some((*Self::ALL.get(kind)?, code.div_euclid(Self::ROOM)))
    }

    /// The kinds by which a person is named.
    pub const PERSON: [Self; 3] = [Self::Author, Self::Editor, Self::Translator];
}

/// One facet: what is filtered by, and whether it holds what the public sees or what it does not.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FacetKey {
    /// The kind.
    pub kind: FacetKind,
    /// The value: an id, a language tag, or nothing.
    pub value: String,
    /// The side of publication: true for the public.
    pub public: bool,
}

/// A facet's number and how many articles are in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facet {
    /// Its number.
    pub id: i64,
    /// Number of articles in it.
    pub articles: i64,
}

/// A row of the index.
#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = article_facets)]
pub(super) struct ArticleFacetRow {
    pub article_id: Id,
    pub facet_id: i64,
    pub published_at: Timestamp,
    pub updated_at: Timestamp,
    pub title_key: String,
}

/// The facets of one kind and side, by value; those that do not exist are left out.
pub fn find_facets(
    conn: &mut Conn,
    kind: FacetKind,
    public: bool,
    values: &[String],
) -> Result<HashMap<String, Facet>, StoreError> {
    let words = || format!("{} {public} {values:?}", kind.as_str());
    let load = || load_facets(conn, kind, public, values);
    known("facets", words, load)
}

fn load_facets(
    conn: &mut Conn,
    kind: FacetKind,
    public: bool,
    values: &[String],
) -> Result<HashMap<String, Facet>, StoreError> {
    let mut found = HashMap::new();
    for chunk in values.chunks(IN_LIST) {
        let rows: Vec<(String, i64, i64)> = facets::table
            .filter(any_of(facets::value, chunk))
            .filter(facets::kind.eq(kind.as_str()))
            .filter(facets::public.eq(public))
            .select((facets::value, facets::id, facets::articles))
            .load(conn)?;
        found.extend(
            rows.into_iter()
                .map(|(value, id, articles)| (value, Facet { id, articles })),
        );
    }
    Ok(found)
}

#[derive(Insertable)]
#[diesel(table_name = facets)]
struct FacetRow<'a> {
    id: i64,
    kind: &'a str,
    value: &'a str,
    public: bool,
    articles: i64,
}

/// The numbers of some facets; those that are new are made, in the order of the keys.
pub fn ensure_facets(
    conn: &mut Conn,
    keys: &[FacetKey],
) -> Result<HashMap<FacetKey, i64>, StoreError> {
    let mut found = facets_of_values(conn, keys)?;
    let mut is_known: HashSet<&FacetKey> = found.keys().collect();
    let missing: Vec<FacetKey> = keys
        .iter()
        .filter(|key| is_known.insert(key))
        .cloned()
        .collect();
    if missing.is_empty() {
        return Ok(found);
    }
    let greatest: Option<i64> = facets::table
        .select(diesel::dsl::max(facets::id))
        .get_result(conn)?;
    let rows: Vec<FacetRow<'_>> = (greatest.unwrap_or(0) + 1..)
        .zip(&missing)
        .map(|(id, key)| FacetRow {
            id,
            kind: key.kind.as_str(),
            value: &key.value,
            public: key.public,
            articles: 0,
        })
        .collect();
    insert_rows!(conn, facets::table, rows);
    found.extend(missing.iter().cloned().zip(rows.iter().map(|row| row.id)));
    Ok(found)
}

/// The numbers of all facets that have a value of any of these.
fn facets_of_values(
    conn: &mut Conn,
    keys: &[FacetKey],
) -> Result<HashMap<FacetKey, i64>, StoreError> {
    let values: BTreeSet<&String> = keys.iter().map(|key| &key.value).collect();
    let values: Vec<&String> = values.into_iter().collect();
    let mut found = HashMap::new();
    for chunk in values.chunks(IN_LIST) {
        let rows: Vec<(i64, (String, String, bool))> = facets::table
            .filter(any_of(facets::value, chunk))
            .select((facets::id, (facets::kind, facets::value, facets::public)))
            .load(conn)?;
        found.extend(
            rows.into_iter()
                .filter_map(|(id, row)| Some((key(row)?, id))),
        );
    }
    Ok(found)
}

/// Adds to the counts of articles of some facets: one statement for all that change by as much.
pub fn add_to_counts(
    conn: &mut Conn,
    deltas: impl IntoIterator<Item = (i64, i64)>,
) -> Result<(), StoreError> {
    let mut alike: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for (facet, delta) in deltas.into_iter().filter(|(_, delta)| *delta != 0) {
        alike.entry(delta).or_default().push(facet);
    }
    for (delta, ids) in alike {
        for chunk in ids.chunks(IN_LIST) {
            diesel::update(facets::table.filter(facets::id.eq_any(chunk)))
                .set(facets::articles.eq(facets::articles + delta))
                .execute(conn)?;
        }
    }
    Ok(())
}

/// The facets that an article is in.
pub fn facets_of_article(conn: &mut Conn, article: Id) -> Result<Vec<i64>, StoreError> {
    Ok(article_facets::table
        .filter(article_facets::article_id.eq(article))
        .select(article_facets::facet_id)
        .load(conn)?)
}

/// Remembers the public facets that an article is about to leave, or to be in with a later date.
pub fn remember_left(conn: &mut Conn, article: Id, left: &[i64]) -> Result<(), StoreError> {
    let own = |facets: &[i64]| facets.to_vec();
    let leaving: Vec<(i64, Timestamp)> = article_facets::table
        .filter(article_facets::article_id.eq(article))
        .filter(article_facets::facet_id.eq_any(own(left)))
        .select((article_facets::facet_id, article_facets::published_at))
        .load(conn)?;
    let known: Vec<(i64, Timestamp)> = past_facets::table
        .filter(past_facets::article_id.eq(article))
        .filter(past_facets::facet_id.eq_any(own(left)))
        .select((past_facets::facet_id, past_facets::published_at))
        .load(conn)?;
    let known: HashMap<i64, Timestamp> = known.into_iter().collect();
    for (facet, at) in leaving {
        if known.get(&facet).is_some_and(|earlier| *earlier <= at) {
            continue;
        }
        diesel::delete(past_facets::table.find((article, facet))).execute(conn)?;
        diesel::insert_into(past_facets::table)
            .values((
                past_facets::article_id.eq(article),
                past_facets::facet_id.eq(facet),
                past_facets::published_at.eq(at),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// The places of some articles in lists: each article, its facet and the row.
pub(super) type Place = (Option<FacetKey>, ArticleFacetRow);

/// The places of some articles in lists. The facet is `None` where it does not exist, or is of no kind that is known.
pub(super) fn places_of(conn: &mut Conn, articles: &[Id]) -> Result<Vec<Place>, StoreError> {
    let mut places = Vec::new();
    for chunk in articles.chunks(IN_LIST) {
        type Of = (ArticleFacetRow, Option<(String, String, bool)>);
        let rows: Vec<Of> = article_facets::table
            .left_join(facets::table.on(facets::id.eq(article_facets::facet_id)))
            .filter(article_facets::article_id.eq_any(chunk))
            .select((
                ArticleFacetRow::as_select(),
                (facets::kind, facets::value, facets::public).nullable(),
            ))
            .load(conn)?;
        places.extend(
            rows.into_iter()
                .map(|(row, facet)| (facet.and_then(key), row)),
        );
    }
    Ok(places)
}

fn key((kind, value, public): (String, String, bool)) -> Option<FacetKey> {
    FacetKind::parse(&kind).map(|kind| FacetKey {
        kind,
        value,
        public,
    })
}

/// Counts the articles of some facets anew.
pub fn recount(conn: &mut Conn, ids: &[i64]) -> Result<(), StoreError> {
    for id in ids {
        let held: i64 = article_facets::table
            .filter(article_facets::facet_id.eq(id))
            .count()
            .get_result(conn)?;
        diesel::update(facets::table.find(id))
            .set(facets::articles.eq(held))
            .execute(conn)?;
    }
    Ok(())
}

/// Those of these articles that do not exist.
pub fn unknown_articles(conn: &mut Conn, ids: &[String]) -> Result<Vec<String>, StoreError> {
    let mut unknown = ids.to_vec();
    for chunk in ids.chunks(IN_LIST) {
        let known: Vec<String> = articles::table
            .filter(articles::id.eq_any(chunk))
            .select(articles::id)
            .load(conn)?;
        unknown.retain(|id| !known.contains(id));
    }
    Ok(unknown)
}

/// Those of these articles that have no facet set.
pub fn without_set(conn: &mut Conn, ids: &[String]) -> Result<Vec<String>, StoreError> {
    let mut missing = ids.to_vec();
    for chunk in ids.chunks(IN_LIST) {
        let known: Vec<String> = articles::table
            .inner_join(facet_sets::table.on(facet_sets::article_id.eq(articles::id)))
            .filter(articles::id.eq_any(chunk))
            .filter(facet_sets::work_id.eq(articles::work_id))
            .filter(facet_sets::lang.eq(articles::lang))
            .select(articles::id)
            .load(conn)?;
        missing.retain(|id| !known.contains(id));
    }
    Ok(missing)
}

/// Removes the places and facet sets of these that are no articles.
pub fn remove_orphans(conn: &mut Conn, ids: &[String]) -> Result<usize, StoreError> {
    let gone = unknown_articles(conn, ids)?;
    let mut removed = 0;
    for chunk in gone.chunks(IN_LIST) {
        let places = article_facets::table.filter(article_facets::article_id.eq_any(chunk));
        removed += diesel::delete(places).execute(conn)?;
        let sets = facet_sets::table.filter(facet_sets::article_id.eq_any(chunk));
        removed += diesel::delete(sets).execute(conn)?;
    }
    Ok(removed)
}

/// Those of these facets that hold public articles.
pub fn public_ones(conn: &mut Conn, ids: &[i64]) -> Result<Vec<i64>, StoreError> {
    Ok(facets::table
        .filter(facets::id.eq_any(ids))
        .filter(facets::public.eq(true))
        .select(facets::id)
        .load(conn)?)
}

/// True if a published article has, or had, one of these.
pub fn was_shown(conn: &mut Conn, kinds: &[FacetKind], value: &str) -> Result<bool, StoreError> {
    let words: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    let found: Vec<(i64, i64)> = facets::table
        .filter(facets::value.eq(value))
        .filter(facets::kind.eq_any(words))
        .filter(facets::public.eq(true))
        .select((facets::id, facets::articles))
        .load(conn)?;
    if found.iter().any(|(_, articles)| *articles > 0) {
        return Ok(true);
    }
    let ids: Vec<i64> = found.into_iter().map(|(id, _)| id).collect();
    let past = past_facets::table.filter(past_facets::facet_id.eq_any(ids));
    let one: Option<i64> = past.select(past_facets::facet_id).first(conn).optional()?;
    Ok(one.is_some())
}

/// Takes an article out of the index.
pub(super) fn remove_rows(conn: &mut Conn, article: Id) -> Result<(), StoreError> {
    diesel::delete(article_facets::table.filter(article_facets::article_id.eq(article)))
        .execute(conn)?;
    Ok(())
}

/// Puts articles into the index.
pub(super) fn insert_places(conn: &mut Conn, rows: &[ArticleFacetRow]) -> Result<(), StoreError> {
    insert_rows!(conn, article_facets::table, rows);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_kind_alters_no_code_of_another() {
        let words: Vec<&str> = FacetKind::ALL.iter().map(|kind| kind.as_str()).collect();
        let known = "all lang section author editor translator source tag";
        assert!(words.join(" ").starts_with(known), "{words:?}");
        for kind in FacetKind::ALL {
            assert_eq!(FacetKind::of_code(kind.code(7)), Some((*kind, 7)));
        }
        assert_eq!(FacetKind::Tag.code(1), 64 + 7);
        assert!(FacetKind::ALL.len() <= 64, "a code has room for each kind");
    }
}
