//! The batch that a reader hands to the writer: records in the order of the input, and the items between them that are none.

use std::fmt;
use std::sync::Arc;

use super::found::At;
use super::record::{Finding, Parsed};

/// Place of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The input, as the command line names it.
    pub file: Arc<str>,
    /// The line, from 1; `None` where the whole input is one record.
    pub line: Option<u64>,
    /// The number of the item, from 1, where the input has no lines to tell.
    pub item: Option<u64>,
}

impl Place {
    /// A whole input.
    #[must_use]
    pub const fn whole(file: Arc<str>) -> Self {
        Self {
            file,
            line: None,
            item: None,
        }
    }

    /// An item of an input.
    pub(super) fn of(file: &Arc<str>, at: At) -> Self {
        Self {
            file: Arc::clone(file),
            line: at.line,
            item: at.item,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        match (self.line, self.item) {
            (Some(line), _) => write!(f, ", line {line}"),
            (None, Some(item)) => write!(f, ", item {item}"),
            (None, None) => Ok(()),
        }
    }
}

/// An item that is no article.
#[derive(Debug)]
pub struct LeftOut {
    /// Its place.
    pub place: Place,
    /// Its own name for itself.
    pub id: Option<String>,
    /// Its kind, in the words of its system.
    pub kind: String,
    /// The reason why it stays out.
    pub reason: &'static str,
    /// True if each of the kind is told.
    pub each: bool,
}

/// A record, or why there is none.
#[derive(Debug)]
pub struct Item {
    /// Its place.
    pub place: Place,
    /// The word for its type; `line` or `file` where not even that could be read.
    pub kind: &'static str,
    /// The record's own name for itself.
    pub id: Option<String>,
    /// The record.
    pub outcome: Result<Parsed, Finding>,
    /// Further faults of a refused record.
    pub notes: Vec<Finding>,
    /// The record that counts where several of one input are of the same article.
    pub counts: Counting,
}

/// The record that counts where several are of the same article.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Counting {
    /// The first: an archive has each article once, and importing it again must change nothing.
    #[default]
    First,
    /// The last: lines follow each other as in a log, and a later one updates.
    Last,
}

/// Records in the order of the input.
#[derive(Debug, Default)]
pub struct Batch {
    /// The records.
    pub items: Vec<Item>,
    /// The items between them that are none.
    pub left_out: Vec<LeftOut>,
    /// Bytes of the inputs that were read up to here.
    pub position: u64,
}

impl Item {
    pub(super) fn refused(place: Place, kind: &'static str, finding: Finding) -> Self {
        Self {
            place,
            kind,
            id: None,
            outcome: Err(finding),
            notes: Vec::new(),
            counts: Counting::default(),
        }
    }
}
