//! The reach of an article, from what was delivered of it.

use diesel::prelude::*;

use crate::domain::access::Scope;
use crate::domain::article::ArticleContent;
use crate::domain::id::Id;
use crate::domain::reach::{
    CorrectionReach, LastTold, Owing, PartnerReach, Reach, Taken, TombstoneReach,
};
use crate::domain::sync::{SyncOp, reason};

use super::articles::{StoredArticle, find_stored, is_visible};
use super::conn::Conn;
use super::deliveries::{Delivery, deliveries_of};
use super::error::StoreError;
use super::keys::grants_of;
use super::schema::revisions;
use super::types::from_json;

/// The copies of an article; `None` where there is no such article. Asks a few questions for each partner that was told of
/// it.
pub fn reach_of(conn: &mut Conn, id: Id) -> Result<Option<Reach>, StoreError> {
    let Some(article) = find_stored(conn, id)? else {
        return Ok(None);
    };
    let corrected_in = corrected_in(conn, &article)?;
    let deliveries = deliveries_of(conn, id)?;
    let keys: Vec<Id> = deliveries.iter().map(|delivery| delivery.key).collect();
    let grants = grants_of(conn, &keys)?;
    let mut partners = Vec::with_capacity(deliveries.len());
    for delivery in deliveries {
        let grant = grants.iter().find(|grant| grant.key == delivery.key);
        let shown = match grant.cloned() {
            Some(grant) => is_visible(conn, &Scope::Key(grant), id)?,
            None => false,
        };
        partners.push(partner(
            delivery,
            &article,
            corrected_in,
            shown && article.public,
        ));
    }
    Ok(Some(Reach {
        id,
        lang: article.content.lang.clone(),
        version: article.version,
        status: article.content.status,
        corrected_in,
        owing: partners.iter().filter(|p| p.owes.is_some()).count(),
        partners,
    }))
}

/// The version that brought the latest notice.
fn corrected_in(conn: &mut Conn, article: &StoredArticle) -> Result<Option<i64>, StoreError> {
    let notices = &article.content.details.notices;
    if notices.is_empty() {
        return Ok(None);
    }
    const STEP: i64 = 20;
    let mut first = article.version;
    loop {
        let before: Vec<(i64, String)> = revisions::table
            .filter(revisions::article_id.eq(article.id))
            .filter(revisions::version.lt(first))
            .order(revisions::version.desc())
            .limit(STEP)
            .select((revisions::version, revisions::snapshot))
            .load(conn)?;
        let whole = i64::try_from(before.len()) == Ok(STEP);
        for (version, snapshot) in before {
            let content: ArticleContent = from_json(&snapshot)?;
            if content.details.notices != *notices {
                return Ok(Some(first));
            }
            first = version;
        }
        if !whole {
            return Ok(Some(first));
        }
    }
}

fn partner(
    delivery: Delivery,
    article: &StoredArticle,
    corrected_in: Option<i64>,
    shown: bool,
) -> PartnerReach {
    let acknowledged = delivery.acknowledged_version.unwrap_or(0);
    let taken_version = delivery.taken_version.unwrap_or(0);
    let correction = corrected_in
        .filter(|_| shown)
        .map(|version| CorrectionReach {
            version,
            delivered: taken_version >= version && !delivery.gone,
            acknowledged: acknowledged >= version,
        });
    // Its own filters do not hold the article: it was told to drop it, which is no tombstone.
    let left = delivery.reason.as_deref() == Some(reason::MOVED) && delivery.gone;
    let buried = delivery.gone && !left;
    let tombstone = (!shown).then(|| TombstoneReach {
        delivered_at: buried.then_some(delivery.delivered_at),
        acknowledged_at: delivery.acknowledged_at.filter(|_| buried),
    });
    let taken = delivery.taken_version.zip(delivery.taken_at);
    let owes = match (&tombstone, &correction) {
        _ if left && delivery.acknowledged_at.is_some() => None,
        (Some(tombstone), _) => {
            (taken.is_some() && tombstone.acknowledged_at.is_none()).then_some(Owing::Tombstone)
        }
        (None, Some(correction)) if !correction.acknowledged => Some(Owing::Correction),
        (None, _) => (acknowledged < article.version || delivery.gone).then_some(Owing::Update),
    };
    PartnerReach {
        key: delivery.key,
        name: delivery.name,
        ends_at: delivery.ends_at,
        taken: taken.map(|(version, at)| Taken { version, at }),
        last: LastTold {
            op: if delivery.gone {
                SyncOp::Delete
            } else {
                SyncOp::Upsert
            },
            reason: delivery.reason,
            version: delivery.version,
            delivered_at: delivery.delivered_at,
            acknowledged_at: delivery.acknowledged_at,
        },
        correction,
        tombstone,
        owes,
    }
}
