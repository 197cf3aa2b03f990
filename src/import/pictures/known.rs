//! Pictures that imports before this one have fetched.

use std::collections::HashMap;

use super::address::Source;
use super::references::{Shown, references};
use super::settle::shown;
use crate::domain::article::ArticleContent;
use crate::domain::id::Id;
use crate::store::media::{media_by_ids, sources_by_urls};
use crate::store::{Conn, StoreError};

/// Pictures by the addresses that they were fetched from.
pub(in crate::import) struct Known {
    shown: HashMap<String, Shown>,
}

impl Known {
    /// The picture of a source.
    pub(in crate::import) fn shown(&self, source: &Source) -> Option<Shown> {
        source
            .candidates()
            .find_map(|url| self.shown.get(url))
            .cloned()
    }
}

/// The pictures of an article that were fetched before.
pub(in crate::import) fn known(
    conn: &mut Conn,
    content: &ArticleContent,
) -> Result<Known, StoreError> {
    let references = references(content);
    let urls = references
        .iter()
        .flat_map(|reference| reference.source.candidates());
    let urls: Vec<String> = urls.cloned().collect();
    let sources = sources_by_urls(conn, &urls)?;
    let ids: Vec<Id> = sources.iter().map(|source| source.medium).collect();
    let media = media_by_ids(conn, &ids)?;
    let by_id: HashMap<_, _> = media
        .iter()
        .map(|medium| (medium.id, shown(medium)))
        .collect();
    let shown = sources.into_iter().filter_map(|source| {
        let shown = by_id.get(&source.medium)?;
        Some((source.url, shown.clone()))
    });
    Ok(Known {
        shown: shown.collect(),
    })
}
