//! `reindex`: makes derived data anew, also while others write. Each table is walked in short reads; rows that are wrong are
//! written anew in the write lane, by the functions that writes use, and nothing is said in the change log: no article has a
//! new version.

use std::time::Duration;

use crate::domain::author::Author;
use crate::domain::id::Id;
use crate::domain::source::Source;
use crate::domain::tag::Tag;
use crate::domain::time::Clock;
use crate::store::articles::{load_stored, write_columns, write_media, write_places};
use crate::store::check::{
    self as stored, ARTICLE_PLACES, ARTICLES, Chunk, FACET_COUNT, FACET_SET, FACET_SETS, FACETS,
    Table,
};
use crate::store::facets::{self, facets_of_article};
use crate::store::shared_rows::SharedRows;
use crate::store::{Conn, Store, StoreError, savepoint, sections, stored_ids};

use super::derived::{Compared, Part, compare, right_trails};
use super::{Actor, Commit, ServiceError, commit, fanouts};

/// Rows that one read looks at.
const LOOKED_AT: i64 = 250;
/// Rows that one transaction writes; others wait for it.
const WRITTEN: usize = 50;
/// The pause behind such a transaction, in which others write.
const PAUSE: Duration = Duration::from_millis(20);

/// A sort of derived data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The keys by which authors, sources and tags are found by their names.
    Names,
    /// The paths and trails of sections.
    Sections,
    /// A part of what is derived from each article.
    Articles(Part),
}

impl Kind {
    /// Every sort, in the order in which one follows from another.
    pub const ALL: [Self; 6] = [
        Self::Names,
        Self::Sections,
        Self::Articles(Part::Words),
        Self::Articles(Part::Addresses),
        Self::Articles(Part::Media),
        Self::Articles(Part::Facets),
    ];
}

/// The rows that were made anew, and those that could not be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Number of rows that were wrong and are right now.
    pub mended: u64,
    /// Rows that stay as they are, each with the reason.
    pub left: Vec<String>,
}

/// Tells how many more articles were looked at.
pub type Progress<'p> = &'p mut dyn FnMut(u64);

/// Makes these sorts of derived data anew.
pub fn run(
    store: &Store,
    clock: &Clock,
    kinds: &[Kind],
    progress: Progress<'_>,
) -> Result<Outcome, ServiceError> {
    let work = Work { store, clock };
    let mut outcome = Outcome::default();
    if kinds.contains(&Kind::Names) {
        work.names(&mut outcome)?;
    }
    if kinds.contains(&Kind::Sections) {
        work.sections(&mut outcome)?;
    }
    let parts = kinds.iter().filter_map(|kind| match kind {
        Kind::Articles(part) => Some(*part),
        Kind::Names | Kind::Sections => None,
    });
    let parts: Vec<Part> = parts.collect();
    if parts.contains(&Part::Facets) {
        // Articles that wait to follow a section are told of it while they do.
        fanouts::finish(store, clock)?;
    }
    if !parts.is_empty() {
        work.articles(&parts, &mut outcome, progress)?;
    }
    if parts.contains(&Part::Facets) {
        work.remove_orphans(&mut outcome)?;
        work.recount(&mut outcome)?;
    }
    Ok(outcome)
}

/// The articles that there are to look at.
pub fn articles(store: &Store) -> Result<u64, StoreError> {
    let count = store.read(|conn| ARTICLES.count(conn))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

struct Work<'w> {
    store: &'w Store,
    clock: &'w Clock,
}

/// Finds the rows of a chunk that are wrong.
type Find<'f> = &'f dyn Fn(&mut Conn, &Chunk) -> Result<Vec<String>, StoreError>;

/// Writes rows anew, and counts them.
type Write<'w> = &'w dyn Fn(&mut Commit<'_>, &[String]) -> Result<Outcome, ServiceError>;

impl Work<'_> {
    /// Finds wrong rows of a table, a chunk at a time, and writes them anew in short transactions.
    fn mend(
        &self,
        table: &Table,
        find: Find<'_>,
        progress: Progress<'_>,
        write: Write<'_>,
    ) -> Result<Outcome, ServiceError> {
        let (mut behind, mut outcome) = (None, Outcome::default());
        loop {
            let (chunk, wrong) = self.store.read(|conn| {
                let chunk = table.next_chunk(conn, behind.as_ref(), LOOKED_AT)?;
                let wrong = match &chunk {
                    Some(chunk) => find(conn, chunk)?,
                    None => Vec::new(),
                };
                Ok((chunk, wrong))
            })?;
            let Some(chunk) = chunk else {
                return Ok(outcome);
            };
            for some in wrong.chunks(WRITTEN) {
                let done = commit(self.store, self.clock, Actor::Operator, |tx| {
                    write(tx, some)
                })?;
                outcome.mended += done.mended;
                outcome.left.extend(done.left);
                std::thread::sleep(PAUSE);
            }
            progress(u64::try_from(chunk.rows).unwrap_or(0));
            behind = Some(chunk);
        }
    }

    fn names(&self, outcome: &mut Outcome) -> Result<(), ServiceError> {
        let done = [
            self.names_of::<Author>(&stored::AUTHORS, &stored::misnamed_authors)?,
            self.names_of::<Source>(&stored::SOURCES, &stored::misnamed_sources)?,
            self.names_of::<Tag>(&stored::TAGS, &stored::misnamed_tags)?,
        ];
        for one in done {
            outcome.add(one);
        }
        Ok(())
    }

    fn names_of<K: SharedRows>(
        &self,
        table: &Table,
        find: Find<'_>,
    ) -> Result<Outcome, ServiceError> {
        self.mend(table, find, &mut |_| (), &|tx, ids| {
            let found = K::with_ids(tx.conn, &stored_ids(ids)?)?;
            save_each(tx, &found, K::id, K::save_row)
        })
    }

    /// Sections are few, and each follows from the one above it: they are written in one transaction.
    fn sections(&self, outcome: &mut Outcome) -> Result<(), ServiceError> {
        let wrong = |conn: &mut Conn| {
            let all = sections::every_section(conn)?;
            let right = right_trails(&all);
            let mut wrong = Vec::new();
            for mut section in all {
                let Some(trail) = right.get(&section.id) else {
                    continue;
                };
                let path = trail.last().map_or("", |step| &step.path);
                if section.trail != *trail || section.path != path {
                    path.clone_into(&mut section.path);
                    section.trail.clone_from(trail);
                    wrong.push(section);
                }
            }
            Ok::<_, StoreError>(wrong)
        };
        if self.store.read(wrong)?.is_empty() {
            return Ok(());
        }
        let done = commit(self.store, self.clock, Actor::Operator, |tx| {
            let found = wrong(tx.conn)?;
            save_each(tx, &found, |section| section.id, sections::save_section)
        })?;
        outcome.add(done);
        Ok(())
    }

    fn articles(
        &self,
        parts: &[Part],
        outcome: &mut Outcome,
        progress: Progress<'_>,
    ) -> Result<(), ServiceError> {
        let find = |conn: &mut Conn, chunk: &Chunk| wrong_articles(conn, chunk, parts);
        let done = self.mend(&ARTICLES, &find, progress, &|tx, ids| {
            rewrite_articles(tx, ids, parts)
        })?;
        outcome.add(done);
        Ok(())
    }

    /// Takes out of the lists what is no article.
    fn remove_orphans(&self, outcome: &mut Outcome) -> Result<(), ServiceError> {
        for table in [&ARTICLE_PLACES, &FACET_SETS] {
            let find = |conn: &mut Conn, chunk: &Chunk| {
                let mut ids = table.keys(conn, chunk)?;
                ids.dedup();
                facets::unknown_articles(conn, &ids)
            };
            let done = self.mend(table, &find, &mut |_| (), &|tx, ids| {
                let removed = facets::remove_orphans(tx.conn, ids)?;
                Ok(Outcome::of(removed))
            })?;
            outcome.add(done);
        }
        Ok(())
    }

    fn recount(&self, outcome: &mut Outcome) -> Result<(), ServiceError> {
        let find = |conn: &mut Conn, chunk: &Chunk| FACETS.ask(conn, &FACET_COUNT, chunk);
        let done = self.mend(&FACETS, &find, &mut |_| (), &|tx, ids| {
            let ids: Vec<i64> = ids.iter().filter_map(|id| id.parse().ok()).collect();
            facets::recount(tx.conn, &ids)?;
            Ok(Outcome::of(ids.len()))
        })?;
        outcome.add(done);
        Ok(())
    }
}

impl Outcome {
    fn of(mended: usize) -> Self {
        Self {
            mended: mended as u64,
            left: Vec::new(),
        }
    }

    fn add(&mut self, other: Self) {
        self.mended += other.mended;
        self.left.extend(other.left);
    }
}

/// Writes rows anew, each alone: one that cannot be written stays as it is.
fn save_each<T>(
    tx: &mut Commit<'_>,
    things: &[T],
    id_of: impl Fn(&T) -> Id,
    save: impl Fn(&mut Conn, &T) -> Result<(), StoreError>,
) -> Result<Outcome, ServiceError> {
    let mut outcome = Outcome::default();
    for thing in things {
        savepoint::begin(tx.conn)?;
        match save(tx.conn, thing) {
            Ok(()) => {
                savepoint::keep(tx.conn)?;
                outcome.mended += 1;
            }
            Err(error) if error.is_of_the_database() => return Err(error.into()),
            Err(error) => {
                savepoint::take_back(tx.conn)?;
                outcome.left.push(format!("{}: {error}", id_of(thing)));
            }
        }
    }
    Ok(outcome)
}

/// The articles of a chunk whose derived data are wrong.
fn wrong_articles(
    conn: &mut Conn,
    chunk: &Chunk,
    parts: &[Part],
) -> Result<Vec<String>, StoreError> {
    let ids = ARTICLES.keys(conn, chunk)?;
    let loaded = load_stored(conn, &stored_ids(&ids)?)?;
    let mut wrong: Vec<String> = compare(conn, &loaded)?
        .iter()
        .filter(|one| parts.iter().any(|part| one.differs(*part)))
        .map(|one| one.article.id.to_string())
        .collect();
    if parts.contains(&Part::Facets) {
        wrong.extend(facets::without_set(conn, &ids)?);
        for question in &FACET_SET {
            wrong.extend(FACET_SETS.ask(conn, question, chunk)?);
        }
    }
    wrong.sort_unstable();
    wrong.dedup();
    Ok(wrong)
}

fn rewrite_articles(
    tx: &mut Commit<'_>,
    ids: &[String],
    parts: &[Part],
) -> Result<Outcome, ServiceError> {
    let articles = load_stored(tx.conn, &stored_ids(ids)?)?;
    let compared = compare(tx.conn, &articles)?;
    for one in &compared {
        let id = one.article.id;
        if parts.contains(&Part::Words) || parts.contains(&Part::Addresses) {
            write_columns(tx.conn, id, &columns(one, parts))?;
        }
        if parts.contains(&Part::Media) {
            write_media(tx.conn, id, &one.right)?;
        }
        if parts.contains(&Part::Facets) {
            rewrite_places(tx, one)?;
        }
    }
    Ok(Outcome::of(compared.len()))
}

/// The columns to write: those of parts that nobody asked for stay.
fn columns(one: &Compared<'_>, parts: &[Part]) -> crate::store::articles::Derived {
    let mut columns = one.stored.clone();
    if parts.contains(&Part::Words) {
        columns.length = one.right.length;
    }
    if parts.contains(&Part::Addresses) {
        columns.addresses.clone_from(&one.right.addresses);
    }
    columns
}

/// Puts an article into its facets. Copies are told to drop it by those that it leaves.
fn rewrite_places(tx: &mut Commit<'_>, one: &Compared<'_>) -> Result<(), ServiceError> {
    let id = one.article.id;
    let before = facets_of_article(tx.conn, id)?;
    let numbers = tx.facet_numbers(&one.facets)?;
    if one.article.public {
        let left: Vec<i64> = before
            .iter()
            .filter(|facet| !numbers.contains(facet))
            .copied()
            .collect();
        let left = facets::public_ones(tx.conn, &left)?;
        facets::remember_left(tx.conn, id, &left)?;
    }
    tx.count(&before, -1);
    tx.count(&numbers, 1);
    Ok(write_places(tx.conn, one.article, &numbers)?)
}
