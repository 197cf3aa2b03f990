//! Places in which hits match.

use std::collections::HashMap;

use crate::domain::body::Body;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::search_view::Highlights;
use crate::domain::shown::Shown;
use crate::search::highlight::Marker;
use crate::search::parse::Parsed;
use crate::store::{Conn, StoreError, search};

/// Bytes of bodies that are looked at for one answer. Short bodies leave their share to those behind them.
const LOOKED_AT: usize = 300_000;

/// Places in which some articles match a query. The bodies of a contract for summaries stay closed.
pub(crate) fn highlights(
    c: &mut Conn,
    parsed: &Parsed,
    articles: &[Shown],
    head_only: bool,
) -> Result<Vec<Highlights>, StoreError> {
    let ids: Vec<Id> = articles.iter().map(|article| article.id).collect();
    let bodies = if head_only {
        HashMap::new()
    } else {
        search::bodies(c, &ids)?
    };
    let mut markers: HashMap<&LanguageTag, Marker> = HashMap::new();
    let mut left = LOOKED_AT;
    let mut found = Vec::with_capacity(articles.len());
    for (n, article) in articles.iter().enumerate() {
        let marker = markers
            .entry(&article.lang)
            .or_insert_with(|| Marker::new(parsed, &article.lang));
        let share = left / (articles.len() - n);
        let body = bodies.get(&article.id);
        left -= body.map_or(0, |body| body.html().len().min(share));
        let summary = article.summary.as_deref();
        found.push(Highlights {
            title: marker.whole(&article.title),
            summary: summary.and_then(|text| marker.whole(text)),
            body: body.map_or_else(Vec::new, |body| fragments(marker, body, share)),
        });
    }
    Ok(found)
}

fn fragments(marker: &mut Marker, body: &Body, bytes: usize) -> Vec<String> {
    marker.fragments(&body.beginning(bytes))
}
