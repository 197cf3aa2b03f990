//! The rows of media and their files, and what they mean.

use diesel::prelude::*;

use crate::domain::id::Id;
use crate::domain::medium::{FileState, Format, MediaFile, Medium, MediumContent, StoredRendition};
use crate::domain::time::Timestamp;

use super::super::error::StoreError;
use super::super::schema::{media, media_files};
use super::super::types::Json;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = media, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct MediumRow {
    pub id: Id,
    pub file_id: Id,
    pub name: Option<String>,
    pub content: Json<MediumContent>,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub created_by: Option<Id>,
}

impl From<&Medium> for MediumRow {
    fn from(medium: &Medium) -> Self {
        Self {
            id: medium.id,
            file_id: medium.file.id,
            name: medium.name.clone(),
            content: Json(medium.content.clone()),
            version: medium.version,
            created_at: medium.created_at,
            updated_at: medium.updated_at,
            created_by: medium.created_by,
        }
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = media_files, treat_none_as_default_value = false)]
pub(super) struct FileRow {
    pub id: Id,
    pub digest: String,
    pub address: String,
    pub format: String,
    pub width: i32,
    pub height: i32,
    pub bytes: i64,
    pub transparent: bool,
    pub state: String,
    pub renditions: Json<Vec<StoredRendition>>,
    pub attempts: i32,
    pub due_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

impl FileRow {
    /// The row of a new file, due at once where its renditions are still to be made.
    pub(super) fn new(file: &MediaFile) -> Self {
        let due = file.state == FileState::Pending;
        Self {
            id: file.id,
            digest: file.digest.clone(),
            address: file.address.clone(),
            format: file.format.ending().to_owned(),
            width: i32::try_from(file.width).unwrap_or(i32::MAX),
            height: i32::try_from(file.height).unwrap_or(i32::MAX),
            bytes: i64::try_from(file.bytes).unwrap_or(i64::MAX),
            transparent: file.transparent,
            state: file.state.as_str().to_owned(),
            renditions: Json(file.renditions.clone()),
            attempts: 0,
            due_at: due.then_some(file.created_at),
            created_at: file.created_at,
        }
    }
}

impl TryFrom<FileRow> for MediaFile {
    type Error = StoreError;

    fn try_from(row: FileRow) -> Result<Self, StoreError> {
        let unread = |what: &str| StoreError::Other(format!("a stored {what} does not read"));
        Ok(Self {
            id: row.id,
            digest: row.digest,
            address: row.address,
            format: Format::of_ending(&row.format).ok_or_else(|| unread("format"))?,
            width: u32::try_from(row.width).map_err(|_| unread("width"))?,
            height: u32::try_from(row.height).map_err(|_| unread("height"))?,
            bytes: u64::try_from(row.bytes).map_err(|_| unread("size"))?,
            transparent: row.transparent,
            state: FileState::parse(&row.state).ok_or_else(|| unread("state"))?,
            renditions: row.renditions.0,
            created_at: row.created_at,
        })
    }
}

pub(super) fn medium((row, file): (MediumRow, FileRow)) -> Result<Medium, StoreError> {
    Ok(Medium {
        id: row.id,
        name: row.name,
        content: row.content.0,
        file: file.try_into()?,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
        created_by: row.created_by,
    })
}
