//! Who follows the changes, and the cursor by which it goes on: with the same filters, or with others.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::article_query::BODIES;
use super::query::Query;
use crate::domain::access::Scope;
use crate::domain::cursor::{self, invalid};
use crate::domain::error::Invalid;
use crate::domain::query::Reference;
use crate::domain::sync::{SyncFilter, SyncPlace};
use crate::store::articles::BodyForm;

/// What cursors of changes are bound to.
const BINDING: &str = "changes";
/// The longest filters that a cursor carries, in bytes. Of longer ones it knows only whether they are the same.
const LONGEST_FILTER: usize = 512;
/// How many changes of filters back an acknowledgement reaches.
const MOST_EARLIER: usize = 12;

/// A place, and the reader that it was given to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Bookmark {
    #[serde(rename = "p")]
    place: SyncPlace,
    #[serde(flatten)]
    thread: Thread,
    /// The partner's key, as a hash.
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    key: Option<i64>,
    /// The filters; cursors of old have none, only the name of their copy.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    filter: Option<Carried>,
}

/// What names a copy where it is recorded what was given and acknowledged. It begins with the key and the filters, and
/// changes with these: who shares a name has gone the same way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Thread {
    #[serde(rename = "b")]
    stream: i64,
    /// What it was called before its filters changed, and the last number that it saw then.
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    earlier: Vec<(i64, i64)>,
}

/// Filters in a cursor: whole, or where they are long as a hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Carried {
    Digest(i64),
    Whole(SyncFilter),
}

impl Carried {
    fn of(filter: &SyncFilter) -> Self {
        let text = serde_json::to_string(filter).unwrap_or_default();
        match text.len() > LONGEST_FILTER {
            true => Self::Digest(hash(&text)),
            false => Self::Whole(filter.clone()),
        }
    }

    fn whole(self) -> Option<SyncFilter> {
        match self {
            Self::Whole(filter) => Some(filter),
            Self::Digest(_) => None,
        }
    }
}

fn hash(text: &str) -> i64 {
    xxh3_64(text.as_bytes()).cast_signed()
}

impl Bookmark {
    pub(super) fn read(text: &str) -> Result<Self, Invalid> {
        cursor::open(text, BINDING)
            .filter(|bookmark: &Self| bookmark.is_possible())
            .ok_or_else(|| invalid("a cursor is taken from next_cursor of /api/changes"))
    }

    fn is_possible(&self) -> bool {
        let whole = self
            .filter
            .as_ref()
            .and_then(|carried| carried.clone().whole());
        self.place.is_possible()
            && self.thread.earlier.len() <= MOST_EARLIER
            && whole.is_none_or(|filter| matches!(Carried::of(&filter), Carried::Whole(_)))
    }

    fn write(&self) -> String {
        cursor::seal(self, BINDING)
    }

    /// All that its reader has done: the names that its copy had, each with the last number that it saw then.
    pub(super) fn done(&self) -> Vec<(i64, i64)> {
        let now = (self.thread.stream, self.place.shown());
        self.thread.earlier.iter().copied().chain([now]).collect()
    }
}

/// Who keeps a copy, and of what.
#[derive(Debug, Clone)]
pub(super) struct Follower {
    pub(super) scope: Scope,
    pub(super) filter: SyncFilter,
    pub(super) body: BodyForm,
    thread: Thread,
}

impl Follower {
    pub(super) fn read(query: &mut Query, scope: Scope) -> Self {
        let reference = |text: &str| Ok::<_, Invalid>(Reference::parse(text));
        let mut filter = SyncFilter {
            langs: query.languages(),
            sections: query.group("section", reference),
            sources: query.group("source", reference),
        };
        filter.langs.sort();
        let body = query.word("body", &BODIES).unwrap_or(BodyForm::Html);
        let key = scope.partner().map(|partner| partner.key);
        let thread = Thread {
            stream: hash(&format!("{filter:?} {key:?}")),
            earlier: Vec::new(),
        };
        Self {
            scope,
            filter,
            body,
            thread,
        }
    }

    /// Names the copy where it is recorded what it was given.
    pub(super) const fn stream(&self) -> i64 {
        self.thread.stream
    }

    /// Goes on behind a cursor that was given to this reader, with these filters or with others.
    pub(super) fn resume(&mut self, text: &str) -> Result<SyncPlace, Invalid> {
        let bookmark = Bookmark::read(text)?;
        let Some(before) = bookmark.filter else {
            return match bookmark.thread == self.thread {
                true => Ok(bookmark.place),
                false => Err(foreign()),
            };
        };
        if bookmark.key != self.key() {
            return Err(foreign());
        }
        if before == Carried::of(&self.filter) {
            self.thread = bookmark.thread;
            return Ok(bookmark.place);
        }
        self.thread = bookmark.thread.turned(&self.filter, bookmark.place.shown());
        Ok(bookmark.place.with_other_filters(before.whole()))
    }

    pub(super) fn bookmark(&self, place: SyncPlace) -> String {
        let bookmark = Bookmark {
            place,
            thread: self.thread.clone(),
            key: self.key(),
            filter: Some(Carried::of(&self.filter)),
        };
        bookmark.write()
    }

    fn key(&self) -> Option<i64> {
        let partner = self.scope.partner()?;
        Some(hash(&partner.key.to_string()))
    }
}

impl Thread {
    /// What a copy is called that goes on with other filters behind this number.
    fn turned(mut self, filter: &SyncFilter, shown: i64) -> Self {
        let stream = hash(&format!("{filter:?} {} {shown}", self.stream));
        self.earlier.push((self.stream, shown));
        let surplus = self.earlier.len().saturating_sub(MOST_EARLIER);
        self.earlier.drain(..surplus);
        Self { stream, ..self }
    }
}

fn foreign() -> Invalid {
    invalid("a cursor leads on with the key that it was given to; without it a first copy begins")
}
