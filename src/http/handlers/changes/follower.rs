//! A reader that follows the changes, and its cursor: with the same filters, or with others.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::domain::access::Scope;
use crate::domain::cursor::{self, invalid};
use crate::domain::error::Invalid;
use crate::domain::query::Reference;
use crate::domain::sync::{SyncFilter, SyncPlace};
use crate::http::request::article_filter::BODIES;
use crate::http::request::query::Query;
use crate::store::articles::BodyForm;
use crate::store::history::{Mark, Marks, marks_between};
use crate::store::{Conn, StoreError, sync};

/// The binding of cursors of changes.
const BINDING: &str = "changes";
/// The longest filters that a cursor carries, in bytes. Of longer ones it knows only whether they are the same.
const LONGEST_FILTER: usize = 512;
/// Number of changes of filters over which an acknowledgement reaches back.
const MOST_EARLIER: usize = 12;

/// A place, and the reader that it was given to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Bookmark {
    #[serde(rename = "p")]
    place: SyncPlace,
    /// The history that the place is of.
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    mark: Option<Mark>,
    #[serde(flatten)]
    thread: Thread,
    /// The partner's key, as a hash.
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    key: Option<i64>,
    /// The filters; cursors of old have none, only the name of their copy.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    filter: Option<Carried>,
}

/// The name of a copy in the records of deliveries and acknowledgements. It begins with the key and the filters, and
/// changes with these: copies with the same name have read the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Thread {
    #[serde(rename = "b")]
    stream: i64,
    /// Its names before its filters changed, each with the last number that it saw then.
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
    pub(crate) fn read(text: &str) -> Result<Self, Invalid> {
        cursor::open(text, BINDING)
            .filter(|bookmark: &Self| bookmark.is_possible())
            .ok_or_else(|| invalid("take the cursor from next_cursor of /api/changes"))
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

    /// True if this database has the history of the place.
    pub(crate) fn holds(&self, conn: &mut Conn) -> Result<bool, StoreError> {
        holds(conn, self.place.reaches(), self.mark)
    }

    /// All that its reader has done: the names that its copy had, each with the last number that it saw then.
    pub(crate) fn done(&self) -> Vec<(i64, i64)> {
        let now = (self.thread.stream, self.place.shown());
        self.thread.earlier.iter().copied().chain([now]).collect()
    }
}

fn holds(conn: &mut Conn, reaches: i64, mark: Option<Mark>) -> Result<bool, StoreError> {
    Ok(marks_between(conn, reaches, reaches)?.hold(reaches, mark))
}

/// A place that a reader was given, with the history that it was given in.
#[derive(Debug, Clone)]
pub(crate) struct Since {
    place: SyncPlace,
    /// The last entry of the log that the reader was told of.
    reaches: i64,
    mark: Option<Mark>,
}

impl Since {
    /// True if the reader still takes a copy.
    pub(crate) fn is_copying(&self) -> bool {
        self.place.is_copying()
    }

    /// The place behind what was just told.
    pub(crate) fn behind(place: SyncPlace, marks: &Marks) -> Self {
        let reaches = place.reaches();
        Self {
            mark: marks.of(reaches),
            place,
            reaches,
        }
    }
}

/// A reader that keeps a copy, and its filters.
#[derive(Debug, Clone)]
pub(crate) struct Follower {
    pub(crate) scope: Scope,
    pub(crate) filter: SyncFilter,
    pub(crate) body: BodyForm,
    thread: Thread,
}

impl Follower {
    pub(crate) fn read(query: &mut Query, scope: Scope) -> Self {
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
    pub(crate) const fn stream(&self) -> i64 {
        self.thread.stream
    }

    /// Goes on behind a cursor that was given to this reader, with these filters or with others.
    pub(crate) fn resume(&mut self, text: &str) -> Result<Since, Invalid> {
        let bookmark = Bookmark::read(text)?;
        let reaches = bookmark.place.reaches();
        let since = |place| Since {
            place,
            reaches,
            mark: bookmark.mark,
        };
        let Some(before) = bookmark.filter else {
            return match bookmark.thread == self.thread {
                true => Ok(since(bookmark.place)),
                false => Err(foreign()),
            };
        };
        if bookmark.key != self.key() {
            return Err(foreign());
        }
        if before == Carried::of(&self.filter) {
            self.thread = bookmark.thread;
            return Ok(since(bookmark.place));
        }
        self.thread = bookmark.thread.turned(&self.filter, bookmark.place.shown());
        Ok(since(bookmark.place.with_other_filters(before.whole())))
    }

    /// The place to continue from in this database, and true if the reader begins anew because its place is of another
    /// history.
    pub(crate) fn settle(
        &mut self,
        conn: &mut Conn,
        since: Option<Since>,
    ) -> Result<(SyncPlace, bool), StoreError> {
        let Some(since) = since else {
            return Ok((sync::first_copy(conn, &self.scope)?, false));
        };
        if holds(conn, since.reaches, since.mark)? {
            return Ok((since.place, false));
        }
        self.thread = self.thread.begun_anew(since.place.shown(), since.mark);
        let end = sync::end_of(conn, &self.scope)?;
        Ok((since.place.anew(end), true))
    }

    pub(crate) fn bookmark(&self, place: SyncPlace, marks: &Marks) -> String {
        let bookmark = Bookmark {
            mark: marks.of(place.reaches()),
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
    /// The name of a copy that goes on with other filters behind this number.
    fn turned(mut self, filter: &SyncFilter, shown: i64) -> Self {
        let stream = hash(&format!("{filter:?} {} {shown}", self.stream));
        self.earlier.push((self.stream, shown));
        let surplus = self.earlier.len().saturating_sub(MOST_EARLIER);
        self.earlier.drain(..surplus);
        Self { stream, ..self }
    }

    /// The name of a copy that begins anew behind this number. Deliveries of another history prove nothing here.
    fn begun_anew(&self, shown: i64, mark: Option<Mark>) -> Self {
        Self {
            stream: hash(&format!("anew {} {shown} {mark:?}", self.stream)),
            earlier: Vec::new(),
        }
    }
}

fn foreign() -> Invalid {
    invalid(
        "a cursor works only with the key that it was given to; without a cursor a first copy begins",
    )
}
