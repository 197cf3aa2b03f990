//! The latest changes of lists, names and resources, as a scope can tell of them.

use diesel::prelude::*;

use crate::domain::access::Scope;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::time::Timestamp;

use super::super::any_of::any_of;
use super::super::batch::IN_LIST;
use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::facts::known;
use super::super::rights::last_turn;
use super::super::schema::changes;
use super::super::sight::offset_moved_at;
use super::entry::ChangeKind;

/// Time at which a list of some editions (of all, where none is named) last could have changed for this scope.
pub fn last_change_of_lists(
    conn: &mut Conn,
    scope: &Scope,
    langs: &[LanguageTag],
) -> Result<Option<Timestamp>, StoreError> {
    if langs.is_empty() {
        let seq = last_seq(conn, scope, &Of::All)?;
        return Ok(written_at(conn, seq)?.max(last_of_contract(conn, scope)?));
    }
    let mut latest = None;
    for lang in langs.iter().map(LanguageTag::as_str).chain([""]) {
        latest = latest.max(last_seq(conn, scope, &Of::Lang(lang))?);
    }
    Ok(written_at(conn, latest)?.max(last_of_contract(conn, scope)?))
}

/// Time at which a partner's visibility last changed by its contract: articles passed its embargo offset, or its rights
/// changed.
fn last_of_contract(conn: &mut Conn, scope: &Scope) -> Result<Option<Timestamp>, StoreError> {
    let Some(partner) = scope.partner() else {
        return Ok(None);
    };
    let turn = last_turn(conn, partner)?.map(|turn| turn.seq);
    let passed = offset_moved_at(conn, partner.contract.embargo_offset)?;
    Ok(written_at(conn, turn)?.max(passed))
}

/// Time of the last change of an edition, or of anything that is named alike in every edition (an author, a source, a tag).
pub fn last_change_of_names(
    conn: &mut Conn,
    scope: &Scope,
    edition: &LanguageTag,
) -> Result<Option<Timestamp>, StoreError> {
    let own = last_seq(conn, scope, &Of::Edition(edition))?;
    let names = last_seq(conn, scope, &Of::Lang(""))?;
    Ok(written_at(conn, own.max(names))?.max(last_of_contract(conn, scope)?))
}

/// Time of the last change of any of these resources for this scope.
pub fn last_change_of(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[Id],
) -> Result<Option<Timestamp>, StoreError> {
    let mut latest = None;
    for some in ids.chunks(IN_LIST) {
        latest = latest.max(last_seq(conn, scope, &Of::Ids(some))?);
    }
    Ok(written_at(conn, latest)?.max(last_of_contract(conn, scope)?))
}

/// The editions in which the public's view of articles changed behind one place of the log, up to another.
pub fn langs_changed(conn: &mut Conn, after: i64, to: i64) -> Result<Vec<LanguageTag>, StoreError> {
    Ok(changes::table
        .filter(changes::seq.gt(after).and(changes::seq.le(to)))
        .filter(changes::public.eq(true))
        .filter(changes::kind.eq(ChangeKind::Article.as_str()))
        .select(changes::lang)
        .distinct()
        .load(conn)?)
}

/// True if the public could ever see an article.
pub fn was_public(conn: &mut Conn, article: Id) -> Result<bool, StoreError> {
    Ok(last_seq(conn, &Scope::Public, &Of::Ids(&[article]))?.is_some())
}

/// The entries that are asked for.
pub(super) enum Of<'a> {
    All,
    Lang(&'a str),
    Ids(&'a [Id]),
    Edition(&'a LanguageTag),
}

/// The last entry of these. Each side of publication is asked for by itself: both databases find the greatest number
/// under one value of an index at its end.
pub(super) fn last_seq(
    conn: &mut Conn,
    scope: &Scope,
    of: &Of<'_>,
) -> Result<Option<i64>, StoreError> {
    let sides: &[bool] = if scope.sees_unpublished() {
        &[true, false]
    } else {
        &[true]
    };
    let mut latest = None;
    for public in sides {
        latest = latest.max(last_seq_of_side(conn, *public, of)?);
    }
    Ok(latest)
}

/// The last entry of these on one side of publication.
fn last_seq_of_side(conn: &mut Conn, public: bool, of: &Of<'_>) -> Result<Option<i64>, StoreError> {
    let words = || match of {
        Of::All => format!("{public}"),
        Of::Lang(lang) => format!("{public} of articles {lang}"),
        Of::Ids(ids) => format!("{public} of {ids:?}"),
        Of::Edition(lang) => format!("{public} of edition {lang}"),
    };
    let load = || {
        let query = changes::table
            .filter(changes::public.eq(public))
            .select(diesel::dsl::max(changes::seq))
            .into_boxed();
        let query = match of {
            Of::All => query,
            Of::Lang(lang) => query.filter(changes::lang.eq(*lang)),
            Of::Ids(ids) => query.filter(any_of(changes::id, ids)),
            Of::Edition(lang) => query.filter(any_of(changes::id, &[lang.as_str()])),
        };
        Ok(query.get_result(conn)?)
    };
    known("the last entry", words, load)
}

/// Time of an entry. Times rise with the numbers, so that the last entry has the latest.
pub(super) fn written_at(
    conn: &mut Conn,
    seq: Option<i64>,
) -> Result<Option<Timestamp>, StoreError> {
    let Some(seq) = seq else {
        return Ok(None);
    };
    let load = || {
        let query = changes::table.find(seq).select(changes::at);
        Ok(query.get_result(conn).map(Some)?)
    };
    known("the time of an entry", || seq.to_string(), load)
}
