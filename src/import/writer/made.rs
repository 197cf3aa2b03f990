//! Things that are made because an article names them.

use crate::domain::id::Id;
use crate::service::ServiceError;
use crate::store::changes::{Change, ChangeKind};
use crate::store::sections::sections_by_ids;

use super::super::report::Made;
use super::Writer;

impl Writer<'_, '_> {
    /// Things made since the transaction had so many changes.
    pub(super) fn made_since(&mut self, known: usize) -> Result<Made, ServiceError> {
        let mut made = Made::default();
        let mut sections: Vec<Id> = Vec::new();
        let changes = self.tx.changes().get(known..).unwrap_or_default();
        for Change { kind, id, lang, .. } in changes.iter().filter(|change| change.version == 1) {
            match kind {
                ChangeKind::Edition => made.editions.push(lang.clone()),
                ChangeKind::Section => sections.extend(Id::parse(id).ok()),
                ChangeKind::Author => made.authors += 1,
                ChangeKind::Source => made.sources += 1,
                ChangeKind::Tag => made.tags += 1,
                ChangeKind::Article | ChangeKind::Redirect | ChangeKind::Medium => {}
            }
        }
        if !sections.is_empty() {
            let found = sections_by_ids(self.tx.conn(), &sections)?;
            let name = |id: &Id| found.iter().find(|section| section.id == *id);
            let names = sections.iter().filter_map(name);
            made.sections = names.map(|section| section.content.name.clone()).collect();
        }
        Ok(made)
    }
}
