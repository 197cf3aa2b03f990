//! Writing media: what is said of pictures, and the pictures of articles.

use crate::domain::article::{ArticleContent, MediumEntry};
use crate::domain::id::Id;
use crate::domain::medium::Medium;
use crate::service::{ServiceError, media};
use crate::store;

use super::super::pictures::references::moved;
use super::super::pictures::{self, Source};
use super::super::record::{ArticleRecord, MediumRecord};
use super::super::report::Taken;
use super::Writer;
use super::publication::stamps;

impl Writer<'_, '_> {
    /// The file comes as the export describes it; its bytes are copied beside the database by whoever moves it.
    pub(super) fn write_medium(&mut self, record: &MediumRecord) -> Result<Taken, ServiceError> {
        if let Some(before) = store::media::get_medium(self.tx.conn(), record.id)? {
            let version = before.version;
            let after = media::update_medium(self.tx, before, record.content.clone())?;
            self.save_sources(record)?;
            return Ok(super::taken(false, after.version != version));
        }
        let known = store::media::file_by_digest(self.tx.conn(), &record.file.digest)?;
        let file = match known {
            Some(known) => known,
            None => {
                store::media::insert_file(self.tx.conn(), &record.file)?;
                record.file.clone()
            }
        };
        let now = self.tx.now();
        let (version, created_at, updated_at) = stamps(&record.history).unwrap_or((1, now, now));
        let medium = Medium {
            id: record.id,
            name: record.name.clone(),
            content: record.content.clone(),
            file,
            version,
            created_at,
            updated_at,
            created_by: record.created_by,
        };
        media::write_medium(self.tx, &medium)?;
        self.save_sources(record)?;
        Ok(Taken::Created)
    }

    fn save_sources(&mut self, record: &MediumRecord) -> Result<(), ServiceError> {
        for source in &record.sources {
            store::media::save_source(self.tx.conn(), source)?;
        }
        Ok(())
    }

    /// Shows pictures that an import has fetched before in place of the addresses that they were fetched from.
    pub(super) fn show_fetched(
        &mut self,
        content: &mut ArticleContent,
    ) -> Result<(), ServiceError> {
        let knows = match self.knows_sources {
            Some(knows) => knows,
            None => store::media::any_sources(self.tx.conn())?,
        };
        self.knows_sources = Some(knows);
        if !knows {
            return Ok(());
        }
        let known = pictures::known(self.tx.conn(), content)?;
        let shown = |source: &Source| known.shown(source);
        if let Some(moved) = moved(content, &shown, &|_| None) {
            *content = moved;
        }
        Ok(())
    }

    /// The pictures of an article. One that names a medium which is not here is known by its address, or else left out.
    pub(super) fn media(
        &mut self,
        record: &ArticleRecord,
    ) -> Result<Vec<MediumEntry>, ServiceError> {
        let ids: Vec<Id> = record.media.iter().filter_map(|entry| entry.id).collect();
        let unknown = if ids.is_empty() {
            Vec::new()
        } else {
            store::media::unknown_media(self.tx.conn(), &ids)?
        };
        let mut media = record.media.clone();
        for (at, entry) in media.iter_mut().enumerate() {
            match entry.id.filter(|id| unknown.contains(id)) {
                Some(id) => {
                    entry.id = None;
                    let detail = format!("there is no medium {id}");
                    self.note(&format!("/media/{at}/id"), "unknown_medium", detail);
                }
                None if entry.id.is_some() => entry.url.clear(),
                None => {}
            }
        }
        media.retain(|entry| entry.id.is_some() || !entry.url.is_empty());
        Ok(media)
    }
}
