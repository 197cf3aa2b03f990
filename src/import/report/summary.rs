//! The counts of an import.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::import::overview::Overview;
use crate::import::pictures;

/// Outcome of a record that went in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is new.
    Created,
    /// It changed what was there.
    Updated,
    /// Everything was there already.
    Unchanged,
    /// It stays out: a record before it is of the same article.
    Repeated,
}

/// Counts of one type of record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// New.
    pub created: u64,
    /// Changed what was there.
    pub updated: u64,
    /// Were there already.
    pub unchanged: u64,
    /// Stayed out, because a record before it is of the same article.
    pub repeated: u64,
    /// Did not go in.
    pub refused: u64,
    /// Of those that went in: not quite as written.
    pub altered: u64,
}

impl Counts {
    /// Records of this type, refused ones too.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.created + self.updated + self.unchanged + self.repeated + self.refused
    }
}

/// Things that articles named and that were not there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Made {
    /// The languages of editions.
    pub editions: Vec<String>,
    /// The names of sections.
    pub sections: Vec<String>,
    /// Number of authors.
    pub authors: u64,
    /// Number of sources.
    pub sources: u64,
    /// Number of tags.
    pub tags: u64,
}

/// Things of a kind that are told by their names.
const TOLD: usize = 8;

impl Made {
    pub(super) fn add(&mut self, other: &Self) {
        self.editions.extend(other.editions.iter().cloned());
        self.sections.extend(other.sections.iter().cloned());
        self.authors += other.authors;
        self.sources += other.sources;
        self.tags += other.tags;
    }
}

impl fmt::Display for Made {
    /// `1 edition (fr), 2 sections (Local, Transport), 3 authors`; nothing where nothing was made.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |count: u64, one: &str| {
            let ending = if count == 1 { "" } else { "s" };
            (count > 0).then(|| format!("{count} {one}{ending}"))
        };
        let named = |names: &[String], one: &str| {
            let told = names
                .iter()
                .take(TOLD)
                .cloned()
                .collect::<Vec<_>>()
                .join(", ");
            let more = if names.len() > TOLD { " …" } else { "" };
            let counted = counted(names.len() as u64, one)?;
            Some(format!("{counted} ({told}{more})"))
        };
        let parts = [
            named(&self.editions, "edition"),
            named(&self.sections, "section"),
            counted(self.authors, "author"),
            counted(self.sources, "source"),
            counted(self.tags, "tag"),
        ];
        f.write_str(&parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}

/// The most causes that a summary tells one by one.
const CAUSES: usize = 5;

/// The counts of an import that has ended.
#[derive(Debug, Default)]
pub struct Summary {
    /// By type; `line` and `file` where a type could not be read.
    pub kinds: BTreeMap<&'static str, Counts>,
    /// Number of records that have a field of a name that has no place of its own.
    pub unknown: BTreeMap<String, u64>,
    /// Number of items of a kind that stay out, and the reason.
    pub left_out: BTreeMap<String, (u64, &'static str)>,
    /// Time that it took.
    pub elapsed: Duration,
    /// Counts of the articles by kind.
    pub overview: Overview,
    /// Counts of their pictures, where they were to come along.
    pub pictures: Option<pictures::Counts>,
    /// Things that were made because articles named them.
    pub made: Made,
    /// The first refusals, as lines for a person.
    pub(super) refusals: Vec<String>,
    /// The first changes, in the same way.
    pub(super) changes: Vec<String>,
}

impl Summary {
    pub(super) fn counts(&mut self, kind: &'static str) -> &mut Counts {
        self.kinds.entry(kind).or_default()
    }

    /// Records read, refused ones too.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.kinds.values().map(Counts::total).sum()
    }

    /// Records that did not go in.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.kinds.values().map(|counts| counts.refused).sum()
    }

    /// Keeps a refusal or a change among the first ones.
    pub(super) fn tell(&mut self, is_refusal: bool, line: impl FnOnce() -> String) {
        let lines = if is_refusal {
            &mut self.refusals
        } else {
            &mut self.changes
        };
        if lines.len() < CAUSES {
            lines.push(line());
        }
    }

    /// The first causes for which records were refused or changed, refusals first; nothing where there are none.
    #[must_use]
    pub fn causes(&self) -> Vec<&str> {
        let all = self.refusals.iter().chain(&self.changes);
        all.take(CAUSES).map(String::as_str).collect()
    }

    /// The exit code of the command: 0 when all went in, 1 when some were refused.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        u8::from(self.refused() > 0)
    }
}

impl fmt::Display for Summary {
    /// A few lines for a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.elapsed.as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
        let rate = self.total() as f64 / seconds.max(0.001);
        write!(
            f,
            "{} records in {seconds:.1} s ({rate:.0} a second)",
            self.total()
        )?;
        for (kind, counts) in &self.kinds {
            write!(
                f,
                "\n  {kind:<9} {} created, {} updated, {} unchanged, {} altered, {} refused",
                counts.created, counts.updated, counts.unchanged, counts.altered, counts.refused
            )?;
            if counts.repeated > 0 {
                write!(f, ", {} repeated", counts.repeated)?;
            }
        }
        if let Some(pictures) = &self.pictures {
            write!(f, "\n  pictures  {pictures}")?;
        }
        let made = self.made.to_string();
        if !made.is_empty() {
            write!(f, "\n  made: {made}")?;
        }
        for (kind, (count, reason)) in &self.left_out {
            write!(f, "\n  left out: {count} {kind} ({reason})")?;
        }
        if !self.unknown.is_empty() {
            let names: Vec<_> = self
                .unknown
                .iter()
                .map(|(name, n)| format!("{name} ({n})"))
                .collect();
            write!(
                f,
                "\n  fields without a place of their own: {}",
                names.join(", ")
            )?;
        }
        Ok(())
    }
}
