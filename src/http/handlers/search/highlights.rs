//! Places in which hits match.

use std::collections::HashMap;

use crate::domain::id::Id;
use crate::domain::search_view::Highlights;
use crate::domain::view::Article;
use crate::search::highlight::Marker;
use crate::search::parse::Parsed;
use crate::store::{Conn, StoreError, search};

/// Places in which some articles match a query. The bodies of a contract for summaries stay closed.
pub(crate) fn highlights(
    c: &mut Conn,
    parsed: &Parsed,
    articles: &[Article],
    head_only: bool,
) -> Result<Vec<Highlights>, StoreError> {
    let ids: Vec<String> = articles
        .iter()
        .map(|article| article.id.to_string())
        .collect();
    let bodies: HashMap<Id, String> = if head_only {
        HashMap::new()
    } else {
        let documents = search::documents(c, &ids)?.into_iter();
        documents
            .map(|document| (document.id, document.body))
            .collect()
    };
    let one = |article: &Article| {
        let marker = Marker::new(parsed, &article.lang);
        Highlights {
            title: marker.whole(&article.title),
            summary: article
                .summary
                .as_deref()
                .and_then(|text| marker.whole(text)),
            body: bodies
                .get(&article.id)
                .map_or_else(Vec::new, |text| marker.fragments(text)),
        }
    };
    Ok(articles.iter().map(one).collect())
}
