//! Articles of a batch that are there already, by either identity.

use std::collections::HashMap;

use crate::domain::id::Id;
use crate::store::articles::Imported;

/// The articles that records may stand for, by either identity.
#[derive(Default)]
pub(super) struct Known {
    by_id: HashMap<Id, Imported>,
    by_external_id: HashMap<String, Vec<Id>>,
}

impl Known {
    /// Takes an article as it is now.
    pub(super) fn learn(&mut self, article: Imported) {
        if let Some(external_id) = &article.external_id {
            let ids = self.by_external_id.entry(external_id.clone()).or_default();
            if let Err(place) = ids.binary_search(&article.id) {
                ids.insert(place, article.id);
            }
        }
        self.by_id.insert(article.id, article);
    }

    /// The article that was imported under an identity from a source.
    pub(super) fn imported_as(&self, external_id: &str, source: Option<Id>) -> Option<&Imported> {
        let ids = self.by_external_id.get(external_id)?;
        let mut found = ids.iter().filter_map(|id| self.by_id.get(id));
        found.find(|known| {
            known.external_id.as_deref() == Some(external_id) && known.source == source
        })
    }

    /// The article of an identity here.
    pub(super) fn with_id(&self, id: Id) -> Option<&Imported> {
        self.by_id.get(&id)
    }

    /// True if any article was imported under an identity, from whatever source.
    pub(super) fn has_external_id(&self, external_id: &str) -> bool {
        self.by_external_id.contains_key(external_id)
    }
}
