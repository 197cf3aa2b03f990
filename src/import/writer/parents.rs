//! Sections that name their parent instead of their path.

use crate::domain::id::Id;
use crate::domain::section::Section;
use crate::domain::slug::Slug;
use crate::import::record::SectionRecord;
use crate::service::ServiceError;
use crate::store;

use super::Writer;

impl Writer<'_, '_> {
    /// A section with its whole path: its parent is one by identity, by path, or by a slug that only one has.
    pub(super) fn placed(
        &mut self,
        record: &SectionRecord,
        parent: &str,
    ) -> Result<SectionRecord, ServiceError> {
        let id = Id::parse(parent).ok();
        let steps: Vec<Slug> = match id {
            Some(_) => Vec::new(),
            None => parent
                .split('/')
                .filter(|step| !step.trim().is_empty())
                .map(Slug::from_text)
                .collect(),
        };
        let path = steps.iter().map(Slug::as_str).collect::<Vec<_>>().join("/");
        let all =
            store::sections::all_sections(self.tx.conn(), std::slice::from_ref(&record.lang))?;
        let by_slug = |section: &&Section| steps.len() == 1 && section.content.slug == steps[0];
        let found = all
            .iter()
            .find(|section| Some(section.id) == id || section.path == path);
        let mut of_slug = all.iter().filter(by_slug);
        let of_slug = of_slug.next().filter(|_| of_slug.next().is_none());
        if id.is_some() && found.is_none() {
            let detail = format!(
                "there is no section {parent} in {}: it is one of the first",
                record.lang
            );
            self.note("/parent", "unknown_section", detail);
        }
        let above = found
            .or(of_slug)
            .map(|section| section.path.split('/').map(Slug::from_text));
        let above: Vec<Slug> = above.map_or(steps.clone(), Iterator::collect);
        let path = above
            .into_iter()
            .chain(record.path.iter().cloned())
            .collect();
        Ok(SectionRecord {
            path,
            parent: None,
            ..record.clone()
        })
    }
}
