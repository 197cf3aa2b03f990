//! Writing editions, sections, authors, sources and tags. A field that a record leaves out stays as it is.

use crate::domain::author::{Author, AuthorContent};
use crate::domain::edition::{Edition, EditionContent};
use crate::domain::id::Id;
use crate::domain::section::{Section, SectionContent};
use crate::domain::slug::Slug;
use crate::domain::source::{Source, SourceContent};
use crate::service::{ServiceError, editions, section_tree, sections, shared};
use crate::store::shared_rows::{SharedKind, SharedRows};
use crate::store::{self, needs};

use super::super::record::{AuthorRecord, EditionRecord, History, SectionRecord, SourceRecord};
use super::super::report::Taken;
use super::{Writer, taken};

impl Writer<'_, '_> {
    pub(super) fn write_edition(&mut self, record: &EditionRecord) -> Result<Taken, ServiceError> {
        let before = store::editions::find_edition(self.tx.conn(), &record.lang)?;
        let old = before.as_ref().map_or_else(
            || EditionContent::of_language(record.lang.clone()),
            |edition| edition.content.clone(),
        );
        let or = |new: &Option<String>, old: String| new.clone().unwrap_or(old);
        let content = EditionContent {
            lang: record.lang.clone(),
            name: or(&record.name, old.name),
            site_name: or(&record.site_name, old.site_name),
            home_label: or(&record.home_label, old.home_label),
            home_path: or(&record.home_path, old.home_path),
            time_zone: record.time_zone.unwrap_or(old.time_zone),
            direction: record.direction.unwrap_or(old.direction),
            contact: record.contact.clone().unwrap_or(old.contact),
            copyright: record.copyright.clone().or(old.copyright),
            navigation: if record.navigation.is_empty() {
                old.navigation
            } else {
                record.navigation.clone()
            },
            url_templates: record.url_templates.clone().or(old.url_templates),
        };
        self.editions.remove(&record.lang);
        let is_new = before.is_none();
        if let (true, Some(history)) = (is_new, stamps(&record.history)) {
            let edition = Edition {
                content,
                former: record.former.clone(),
                version: history.0,
                created_at: history.1,
                updated_at: history.2,
            };
            editions::write_edition(self.tx, &edition)?;
            return Ok(Taken::Created);
        }
        let changed = editions::save_edition(self.tx, content)?;
        Ok(taken(is_new, changed))
    }

    pub(super) fn write_section(&mut self, record: &SectionRecord) -> Result<Taken, ServiceError> {
        self.edition(&record.lang)?;
        let placed = match &record.parent {
            Some(parent) => Some(self.placed(record, parent)?),
            None => None,
        };
        let record = placed.as_ref().unwrap_or(record);
        let path = record
            .path
            .iter()
            .map(Slug::as_str)
            .collect::<Vec<_>>()
            .join("/");
        let found =
            store::sections::sections_by_path(self.tx.conn(), &path, Some(&record.lang))?.pop();
        self.sections.clear();
        match found {
            Some(section) => self.change_section(section, record),
            None => self.create_section(record),
        }
    }

    fn create_section(&mut self, record: &SectionRecord) -> Result<Taken, ServiceError> {
        let id = record.id.unwrap_or_else(|| Id::new(self.tx.now()));
        let taken = store::sections::sections_by_ids(self.tx.conn(), &[id])?;
        if let Some(other) = taken.first() {
            let detail = format!(
                "the section with this id is {} in {}",
                other.path, other.content.lang
            );
            return Err(ServiceError::invalid("id", "id_taken", detail));
        }
        let (slug, above) = record
            .path
            .split_last()
            .ok_or_else(|| ServiceError::invalid("path", "required", "a section has a path"))?;
        let above: Vec<String> = above.iter().map(ToString::to_string).collect();
        let parent = sections::ensure_section(self.tx, &record.lang, &above)?;
        let content = SectionContent {
            lang: record.lang.clone(),
            parent: parent.map(|section| section.id),
            slug: slug.clone(),
            name: record.name.clone(),
            description: record.description.clone(),
            position: record.position.unwrap_or(0),
            translation_key: record.translation_key.clone(),
        };
        let group = match record.group {
            Some(group) => needs::section_of_group(self.tx.conn(), group, &record.lang)?
                .is_none()
                .then_some(group),
            None => None,
        };
        let mut section = section_tree::place_section(self.tx, id, group, content)?;
        if let Some((version, created_at, updated_at)) = stamps(&record.history) {
            section.version = version;
            section.created_at = created_at;
            section.updated_at = updated_at;
        }
        section_tree::write_section(self.tx, &section)?;
        Ok(Taken::Created)
    }

    fn change_section(
        &mut self,
        section: Section,
        record: &SectionRecord,
    ) -> Result<Taken, ServiceError> {
        if record.id.is_some_and(|id| id != section.id) {
            self.note(
                "/id",
                "id_kept",
                format!("this section is there as {}", section.id),
            );
        }
        let content = SectionContent {
            name: record.name.clone(),
            description: record
                .description
                .clone()
                .or_else(|| section.content.description.clone()),
            position: record.position.unwrap_or(section.content.position),
            translation_key: record
                .translation_key
                .clone()
                .or_else(|| section.content.translation_key.clone()),
            ..section.content.clone()
        };
        let changed = sections::change_section(self.tx, &section, content)?;
        Ok(taken(false, changed))
    }

    pub(super) fn write_author(&mut self, record: &AuthorRecord) -> Result<Taken, ServiceError> {
        let before = Author::of_name(self.tx.conn(), &record.name)?.pop();
        let before = self.known(before, record.id)?;
        let own = before.as_ref().map(|author| author.id);
        let old = before.as_ref().map(|author| author.content.clone());
        let slug = match (&record.slug, &old) {
            (None, Some(old)) => old.slug.clone(),
            (Some(slug), Some(old)) if *slug == old.slug => slug.clone(),
            (wanted, _) => {
                let wanted = wanted
                    .clone()
                    .unwrap_or_else(|| Slug::from_text(&record.name));
                shared::free_slug_of::<Author>(self.tx, &wanted, own)?
            }
        };
        self.note_slug(record.slug.as_ref(), &slug);
        let old = old.as_ref();
        let content = AuthorContent {
            slug,
            name: record.name.clone(),
            names: if record.names.is_empty() {
                old.map(|o| o.names.clone()).unwrap_or_default()
            } else {
                record.names.clone()
            },
            bio: record.bio.clone().or_else(|| old?.bio.clone()),
            affiliation: record
                .affiliation
                .clone()
                .or_else(|| old?.affiliation.clone()),
            url: record.url.clone().or_else(|| old?.url.clone()),
        };
        self.authors.clear();
        let id = record.id.unwrap_or_else(|| Id::new(self.tx.now()));
        if let (None, Some((version, created_at, updated_at))) = (&before, stamps(&record.history))
        {
            let author = Author {
                id,
                content,
                version,
                created_at,
                updated_at,
            };
            shared::write(self.tx, &author)?;
            return Ok(Taken::Created);
        }
        let is_new = before.is_none();
        Ok(taken(is_new, shared::save(self.tx, before, id, content)?))
    }

    pub(super) fn write_source(&mut self, record: &SourceRecord) -> Result<Taken, ServiceError> {
        let before = Source::of_name(self.tx.conn(), &record.name)?.pop();
        let before = self.known(before, record.id)?;
        let own = before.as_ref().map(|source| source.id);
        let old = before.as_ref().map(|source| source.content.clone());
        let slug = match (&record.slug, &old) {
            (None, Some(old)) => old.slug.clone(),
            (Some(slug), Some(old)) if *slug == old.slug => slug.clone(),
            (wanted, _) => {
                let wanted = wanted
                    .clone()
                    .unwrap_or_else(|| Slug::from_text(&record.name));
                shared::free_slug_of::<Source>(self.tx, &wanted, own)?
            }
        };
        self.note_slug(record.slug.as_ref(), &slug);
        let old = old.as_ref();
        let content = SourceContent {
            slug,
            name: record.name.clone(),
            names: if record.names.is_empty() {
                old.map(|o| o.names.clone()).unwrap_or_default()
            } else {
                record.names.clone()
            },
            kind: record.kind.clone().or_else(|| old?.kind.clone()),
            url: record.url.clone().or_else(|| old?.url.clone()),
            rights: record
                .rights
                .clone()
                .or(&old.map(|o| o.rights.clone()).unwrap_or_default()),
        };
        self.sources.clear();
        let id = record.id.unwrap_or_else(|| Id::new(self.tx.now()));
        if let (None, Some((version, created_at, updated_at))) = (&before, stamps(&record.history))
        {
            let source = Source {
                id,
                content,
                version,
                created_at,
                updated_at,
            };
            shared::write(self.tx, &source)?;
            return Ok(Taken::Created);
        }
        let is_new = before.is_none();
        Ok(taken(is_new, shared::save(self.tx, before, id, content)?))
    }

    /// The subject of a record of which one was found by name: that one, else the one with the record's id. Where both
    /// are there and differ, the name decides.
    pub(super) fn known<T: SharedRows>(
        &mut self,
        by_name: Option<T>,
        id: Option<Id>,
    ) -> Result<Option<T>, ServiceError> {
        let Some(id) = id else { return Ok(by_name) };
        let Some(found) = by_name else {
            return Ok(T::with_ids(self.tx.conn(), &[id])?.pop());
        };
        if found.id() != id {
            self.note(
                "/id",
                "id_kept",
                format!("what has this name is there as {}", found.id()),
            );
        }
        Ok(Some(found))
    }

    pub(super) fn note_slug(&mut self, wanted: Option<&Slug>, given: &Slug) {
        if let Some(wanted) = wanted.filter(|wanted| *wanted != given) {
            self.note(
                "/slug",
                "slug_changed",
                format!("{wanted} was taken; the slug is {given}"),
            );
        }
    }
}

/// The counters and clocks of a row that comes from an export, where it brings all of them.
pub(super) fn stamps(
    history: &History,
) -> Option<(
    i64,
    crate::domain::time::Timestamp,
    crate::domain::time::Timestamp,
)> {
    Some((history.version?, history.created_at?, history.updated_at?))
}
