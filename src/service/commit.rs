//! The one commit path of every write: rows, revision and change entries in one transaction.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use crate::domain::audit::KINDS;
use crate::domain::author::Author;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::section::Section;
use crate::domain::slug::Slug;
use crate::domain::source::Source;
use crate::domain::tag::Tag;
use crate::domain::time::{Clock, Timestamp};
use crate::domain::warning::Warning;
use crate::store::articles::Holders;
use crate::store::audit::{Deed, append_deeds};
use crate::store::changes::{
    Change, ChangeKind, ChangeOp, Ends, append_changes, ends, last_change, latest_seq,
};
use crate::store::facets::{FacetKey, FacetKind, add_to_counts, ensure_facets, find_facets};
use crate::store::fanouts::{Extent, Shown};
use crate::store::shared_rows::SharedKind;
use crate::store::{Conn, Store, StoreError, history, savepoint};

use super::waiting::Waiting;

/// Number of articles that one write updates itself. A change of a resource of usual size finds lists and the change log up
/// to date with the answer; these take some tenths of a second.
pub const FANOUT_AT_ONCE: usize = 2_000;

/// The writer, as revisions name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// An import from the command line.
    Import,
    /// The demo content.
    Demo,
    /// The service itself, when a time has come.
    Schedule,
    /// An operator at the command line.
    Operator,
    /// The holder of this key.
    Key(Id),
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Import => f.write_str("import"),
            Self::Demo => f.write_str("demo"),
            Self::Schedule => f.write_str("schedule"),
            Self::Operator => f.write_str("operator"),
            Self::Key(id) => write!(f, "key:{id}"),
        }
    }
}

/// A write under way: the transaction, its time, and what it has to say in the change log when it commits.
pub struct Commit<'c> {
    pub(super) conn: &'c mut Conn,
    pub(super) now: Timestamp,
    pub(super) stamp: Timestamp,
    pub(super) actor: Actor,
    request_id: Option<String>,
    pub(super) changes: Vec<Change>,
    deeds: Vec<Deed>,
    warnings: Vec<Warning>,
    counts: BTreeMap<i64, i64>,
    facets: HashMap<FacetKey, i64>,
    pub(super) waiting: Waiting,
    pub(super) gathers: bool,
    /// Works that were made in this write and have no article yet.
    pub(super) empty_works: HashSet<Id>,
    /// Slugs of articles that were free when this write asked, and that it has given to nothing since.
    pub(super) free_slugs: HashSet<(LanguageTag, Slug)>,
    pub(super) sections: HashMap<Id, Section>,
    pub(super) holders: Holders,
    /// The end of the change log without what is still to be said.
    log_end: Option<i64>,
    /// Things that articles show, and show otherwise now.
    pub(super) fanouts: BTreeMap<Shown, Extent>,
    /// Number of further articles that this write updates itself.
    pub(super) room: usize,
}

/// Runs `write` in one transaction and, where it succeeds, writes its entries into the change log in the same one.
pub fn commit<T, E: From<StoreError>>(
    store: &Store,
    clock: &Clock,
    actor: Actor,
    write: impl FnOnce(&mut Commit<'_>) -> Result<T, E>,
) -> Result<T, E> {
    commit_and_place(store, clock, actor, write).map(|(outcome, _)| outcome)
}

/// The same, and where the change log ends then.
pub fn commit_and_place<T, E: From<StoreError>>(
    store: &Store,
    clock: &Clock,
    actor: Actor,
    write: impl FnOnce(&mut Commit<'_>) -> Result<T, E>,
) -> Result<(T, Ends), E> {
    store.write(|conn| {
        let now = clock.now();
        let stamp = stamp(conn, now)?;
        let mut tx = Commit {
            conn,
            now,
            stamp,
            actor,
            request_id: None,
            changes: Vec::new(),
            deeds: Vec::new(),
            warnings: Vec::new(),
            counts: BTreeMap::new(),
            facets: HashMap::new(),
            waiting: Waiting::default(),
            gathers: false,
            empty_works: HashSet::new(),
            free_slugs: HashSet::new(),
            sections: HashMap::new(),
            holders: Holders::All,
            log_end: None,
            fanouts: BTreeMap::new(),
            room: FANOUT_AT_ONCE,
        };
        let outcome = write(&mut tx)?;
        let end = tx.finish()?;
        Ok((outcome, end))
    })
}

/// The time of the next entry of the log: now, and never before the last one.
fn stamp(conn: &mut Conn, now: Timestamp) -> Result<Timestamp, StoreError> {
    let last = last_change(conn)?;
    if now >= last {
        return Ok(now);
    }
    let apart = history::apart(conn)?;
    Ok(Timestamp::from_millis(last.millis().saturating_add(apart)))
}

impl Commit<'_> {
    /// The time: what is due and what has ended is judged by it.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// The time that the change log and whatever changes are stamped with: never before that of the last write, so that the
    /// log's times rise with its numbers. It is ahead of the time for as long as an entry is that a wrong clock made.
    #[must_use]
    pub const fn stamp(&self) -> Timestamp {
        self.stamp
    }

    /// The database within this transaction, for reads.
    pub const fn conn(&mut self) -> &mut Conn {
        self.conn
    }

    /// Names the request that asks for this write, for the audit.
    pub fn asked_by(&mut self, request_id: &str) {
        self.request_id = Some(request_id.to_owned());
    }

    /// Writes for a key that knows of no drafts but its own: names that others' drafts have are free to it, since a name
    /// that is refused would tell of the draft.
    pub const fn knows_only_drafts_of(&mut self, key: Id) {
        self.holders = Holders::Own(key);
    }

    /// The place in the change log that the next entry will have.
    pub(super) fn next_seq(&mut self) -> Result<i64, StoreError> {
        let end = match self.log_end {
            Some(end) => end,
            None => *self.log_end.insert(latest_seq(self.conn)?),
        };
        let waiting = i64::try_from(self.changes.len()).unwrap_or(i64::MAX);
        Ok(end + waiting + 1)
    }

    /// Writes a deed into the audit when this commits.
    pub fn audit(&mut self, deed: Deed) {
        debug_assert!(
            KINDS.contains(&deed.kind),
            "{} is none of the kinds of domain/audit.rs",
            deed.kind
        );
        self.deeds.push(deed);
    }

    /// Tells the client of something that was taken otherwise than it may have been meant.
    pub fn warn(&mut self, pointer: &str, code: &str, detail: String) {
        self.warnings.push(Warning {
            pointer: pointer.to_owned(),
            code: code.to_owned(),
            detail,
        });
    }

    /// Tells the client that a slug which it asked for is taken: `what` has another.
    pub fn warn_of_slug(&mut self, what: &str, wanted: &Slug, given: &Slug) {
        if wanted != given {
            let detail = format!("{wanted} is taken: the {what} has {given}");
            self.warn("/slug", "slug_changed", detail);
        }
    }

    /// The warnings since they were last taken.
    pub fn take_warnings(&mut self) -> Vec<Warning> {
        std::mem::take(&mut self.warnings)
    }

    /// Runs a part of the write that may fail alone: whatever it did is then taken back, and what was done before stays. What
    /// it has to say in the change log is written at once, so that the parts that follow see it as later writes would.
    pub fn attempt<T, E: From<StoreError>>(
        &mut self,
        part: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.settle()?;
        let counts = std::mem::take(&mut self.counts);
        let deeds = self.deeds.len();
        savepoint::begin(self.conn)?;
        let outcome = part(self).and_then(|done| {
            self.settle()?;
            self.log_changes()?;
            Ok(done)
        });
        self.changes.clear();
        self.fanouts.clear();
        let own = std::mem::replace(&mut self.counts, counts);
        match outcome {
            Ok(done) => {
                savepoint::keep(self.conn)?;
                own.into_iter()
                    .for_each(|(facet, delta)| self.count(&[facet], delta));
                Ok(done)
            }
            Err(error) => {
                savepoint::take_back(self.conn)?;
                self.log_end = None;
                self.deeds.truncate(deeds);
                // All of these remember rows that are gone again.
                self.waiting = Waiting::default();
                self.empty_works.clear();
                self.facets.clear();
                self.sections.clear();
                Err(error)
            }
        }
    }

    /// Takes back that the articles that name the last thing written read otherwise now.
    pub(super) const fn alters_no_articles(&mut self) {
        if let [.., change] = self.changes.as_mut_slice() {
            change.alters_articles = false;
        }
    }

    fn finish(mut self) -> Result<Ends, StoreError> {
        self.settle()?;
        add_to_counts(self.conn, std::mem::take(&mut self.counts))?;
        append_deeds(
            self.conn,
            &self.deeds,
            &self.actor.to_string(),
            self.request_id.as_deref(),
            self.stamp,
        )?;
        self.log_changes()?;
        ends(self.conn)
    }

    /// Writes what there is to say into the change log. An article shows the names of its section, people, source and tags, and
    /// stands where its section does: whoever copies it is told too when one of these changes.
    fn log_changes(&mut self) -> Result<(), StoreError> {
        self.log_end = None;
        let mut shown: BTreeMap<FacetKind, Vec<String>> = BTreeMap::new();
        for change in self.changes.iter().filter(|change| change.alters_articles) {
            for kind in facets_that_show(change.kind) {
                shown.entry(*kind).or_default().push(change.id.clone());
            }
        }
        for (kind, values) in shown {
            for facet in find_facets(self.conn, kind, true, &values)?.into_values() {
                self.fan_out(Shown::Facet(facet.id), Extent::default());
            }
        }
        if self.fanouts.is_empty() {
            return append_changes(self.conn, &self.changes, self.stamp);
        }
        let before = latest_seq(self.conn)?;
        append_changes(self.conn, &self.changes, self.stamp)?;
        self.begin_fanouts(before)
    }

    pub(super) fn changed(
        &mut self,
        kind: ChangeKind,
        id: impl fmt::Display,
        lang: &str,
        version: i64,
    ) {
        self.changes.push(Change {
            kind,
            id: id.to_string(),
            op: ChangeOp::Upsert,
            reason: None,
            lang: lang.to_owned(),
            version,
            public: true,
            alters_articles: version > 1,
            touched: Some(Vec::new()),
        });
    }

    /// True if the public sees a published article with one of these.
    pub(super) fn is_shown(&mut self, kinds: &[FacetKind], id: Id) -> Result<bool, StoreError> {
        for kind in kinds {
            let found = find_facets(self.conn, *kind, true, &[id.to_string()])?;
            if found.values().any(|facet| facet.articles > 0) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The numbers of some facets, in order.
    pub(super) fn facet_numbers(&mut self, keys: &[FacetKey]) -> Result<Vec<i64>, StoreError> {
        let is_unknown = |key: &&FacetKey| !self.facets.contains_key(key);
        let unknown: Vec<FacetKey> = keys.iter().filter(is_unknown).cloned().collect();
        self.facets.extend(ensure_facets(self.conn, &unknown)?);
        let numbers = keys.iter().filter_map(|key| self.facets.get(key));
        let mut numbers: Vec<i64> = numbers.copied().collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    pub(super) fn count(&mut self, facets: &[i64], delta: i64) {
        for facet in facets {
            *self.counts.entry(*facet).or_insert(0) += delta;
        }
    }
}

/// The facets by which articles that show a thing are found.
pub(super) const fn facets_that_show(kind: ChangeKind) -> &'static [FacetKind] {
    match kind {
        ChangeKind::Section => &[FacetKind::Section],
        ChangeKind::Author => Author::SHOWN_BY,
        ChangeKind::Source => Source::SHOWN_BY,
        ChangeKind::Tag => Tag::SHOWN_BY,
        // Media tell of the articles that show them themselves: no list is filtered by them.
        ChangeKind::Edition | ChangeKind::Article | ChangeKind::Redirect | ChangeKind::Medium => {
            &[]
        }
    }
}
