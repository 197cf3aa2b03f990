//! The bound of an answer: articles are loaded a few at a time, until they would make it too long.

use crate::domain::access::Scope;
use crate::domain::id::Id;
use crate::domain::shown::Shown;

use super::super::conn::Conn;
use super::super::error::StoreError;
use super::length::length;
use super::load::{Parts, load_articles, related_of, with_body_as};
use super::view::BodyForm;

/// Most bytes of JSON in the articles of one answer, except for the first one, which always comes.
const MOST_BYTES: usize = 4_000_000;
/// Most bytes of the related articles among them.
const RELATED_BYTES: usize = 1_500_000;
/// Most articles of one answer that come with what is related to them.
const WITH_RELATED: usize = 50;
/// Most bytes of articles whose bodies are made from what is stored, which costs ten times as much.
const MADE_BYTES: usize = 500_000;
/// Number of articles that are loaded at once where each may be long.
const AT_ONCE: usize = 10;

/// The first of some articles, as many as one answer takes. Whoever calls has made sure that the scope may see them.
pub(in crate::store) fn load_within(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[Id],
    parts: Parts,
) -> Result<Vec<Shown>, StoreError> {
    let at_once = if parts.body == BodyForm::None {
        ids.len().max(1)
    } else {
        AT_ONCE
    };
    let mut room = Room::of(bound(parts));
    let most = if parts.related {
        WITH_RELATED
    } else {
        ids.len()
    };
    let ids = &ids[..most.min(ids.len())];
    let mut found = Vec::with_capacity(ids.len());
    let stored = if parts.body.is_made() {
        BodyForm::Html
    } else {
        parts.body
    };
    'pages: for chunk in ids.chunks(at_once) {
        for one in load_articles(conn, scope, chunk, stored)? {
            let bytes = one.bytes.unwrap_or_else(|| length(&one.article));
            // A form is made of a body only where there is room for the body itself.
            if !room.has(bytes) {
                break 'pages;
            }
            let article = with_body_as(one.article, parts.body);
            let sent = if parts.body.is_made() {
                length(&article)
            } else {
                bytes
            };
            room.take(sent.max(bytes));
            found.push(article);
        }
    }
    if parts.related {
        add_related(conn, scope, &mut found)?;
    }
    Ok(found)
}

/// The most bytes of the articles themselves.
const fn bound(parts: Parts) -> usize {
    match (parts.body.is_made(), parts.related) {
        (true, _) => MADE_BYTES,
        (false, true) => MOST_BYTES - RELATED_BYTES,
        (false, false) => MOST_BYTES,
    }
}

/// Adds what is related to some articles, and leaves out the last ones where the answer has no room for it.
fn add_related(conn: &mut Conn, scope: &Scope, found: &mut Vec<Shown>) -> Result<(), StoreError> {
    let ids: Vec<Id> = found.iter().map(|article| article.id).collect();
    let related = related_of(conn, scope, &ids)?;
    let (mut room, mut shown) = (Room::of(RELATED_BYTES), 0);
    for (article, related) in found.iter_mut().zip(related) {
        let bytes = related.iter().map(length).sum();
        if !room.has(bytes) {
            break;
        }
        room.take(bytes);
        article.change().related = Some(related);
        shown += 1;
    }
    found.truncate(shown);
    Ok(())
}

/// Bytes that an answer has left.
struct Room {
    most: usize,
    taken: usize,
    is_empty: bool,
}

impl Room {
    const fn of(most: usize) -> Self {
        Self {
            most,
            taken: 0,
            is_empty: true,
        }
    }

    /// True if some articles fit, or are the first.
    const fn has(&self, bytes: usize) -> bool {
        self.is_empty || self.taken + bytes <= self.most
    }

    const fn take(&mut self, bytes: usize) {
        self.is_empty = false;
        self.taken += bytes;
    }
}
