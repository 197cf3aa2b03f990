//! Entries of the change log for articles that read otherwise now, though they have no new version.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use crate::domain::id::Id;
use crate::domain::time::Timestamp;

use super::batch::IN_LIST;
use super::changes::{Change, ChangeKind, ChangeOp, append_changes, remove_entries};
use super::conn::Conn;
use super::error::StoreError;
use super::schema::{articles, changes};

/// Tells some articles again, in this order, but for those with an entry behind `after` that are not in `always`. An entry
/// takes the place of the one by which the same version was told again before, so an article never has more than two for a
/// version, however often a thing that it shows changes. Only for whoever is in the write lane.
pub(super) fn retell(
    conn: &mut Conn,
    ids: &[Id],
    always: &HashSet<Id>,
    after: i64,
    at: Timestamp,
) -> Result<(), StoreError> {
    for chunk in ids.chunks(IN_LIST) {
        let told = told_behind(conn, chunk, after)?;
        let wanted = chunk
            .iter()
            .filter(|id| always.contains(*id) || !told.contains(*id));
        let wanted: Vec<Id> = wanted.copied().collect();
        // Removed after the new ones are written: the number of the log's last entry is not given twice.
        let (replaced, untold) = repeated_entries(conn, &wanted)?;
        let entries = entries_of(conn, &wanted, |id| {
            always.contains(id) || untold.contains(id)
        })?;
        append_changes(conn, &entries, at)?;
        remove_entries(conn, &replaced)?;
    }
    Ok(())
}

fn told_behind(conn: &mut Conn, ids: &[Id], after: i64) -> Result<HashSet<Id>, StoreError> {
    let told: Vec<Id> = changes::table
        .filter(changes::id.eq_any(ids))
        .filter(changes::seq.gt(after))
        .filter(changes::kind.eq(ChangeKind::Article.as_str()))
        .select(changes::id)
        .distinct()
        .load(conn)?;
    Ok(told.into_iter().collect())
}

/// New entries of the articles. `moved` says which of them may stand in other lists now.
fn entries_of(
    conn: &mut Conn,
    ids: &[Id],
    moved: impl Fn(&Id) -> bool,
) -> Result<Vec<Change>, StoreError> {
    let rows: Vec<(Id, String, i64, bool)> = articles::table
        .filter(articles::id.eq_any(ids))
        .select((
            articles::id,
            articles::lang,
            articles::version,
            articles::public,
        ))
        .load(conn)?;
    let mut found: HashMap<Id, Change> = HashMap::new();
    for (id, lang, version, public) in rows {
        let change = Change {
            kind: ChangeKind::Article,
            id: id.to_string(),
            touched: (!moved(&id)).then(Vec::new),
            op: ChangeOp::Upsert,
            reason: None,
            lang,
            version,
            public,
            alters_articles: false,
        };
        found.insert(id, change);
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// The entries of the articles' present versions that repeat an earlier one, and the articles of which one of these does not
/// tell what it touched: the entry in its place does not either.
fn repeated_entries(conn: &mut Conn, ids: &[Id]) -> Result<(Vec<i64>, HashSet<Id>), StoreError> {
    let rows: Vec<(Id, i64, bool)> = changes::table
        .inner_join(articles::table.on(articles::id.eq(changes::id)))
        .filter(changes::id.eq_any(ids))
        .filter(changes::kind.eq(ChangeKind::Article.as_str()))
        .filter(changes::op.eq("upsert"))
        .filter(changes::embargo_offset.is_null())
        .filter(changes::version.eq(articles::version))
        .filter(changes::public.eq(articles::public))
        .filter(changes::lang.eq(articles::lang))
        .order(changes::seq)
        .select((changes::id, changes::seq, changes::touched.is_null()))
        .load(conn)?;
    let mut known = HashSet::new();
    let repeated = rows.into_iter().filter(|(id, ..)| !known.insert(*id));
    let (mut seqs, mut untold) = (Vec::new(), HashSet::new());
    for (id, seq, is_untold) in repeated {
        seqs.push(seq);
        untold.extend(is_untold.then_some(id));
    }
    Ok((seqs, untold))
}
