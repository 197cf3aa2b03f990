//! The rows of media and their files, and what they mean.

use diesel::prelude::*;

use crate::domain::id::Id;
use crate::domain::medium::{FileState, Format, MediaFile, Medium};
use crate::domain::time::Timestamp;

use super::super::error::StoreError;
use super::super::schema::{media, media_files};
use super::super::types::{from_json, stored_id, to_json};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = media, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct MediumRow {
    pub id: String,
    pub file_id: String,
    pub name: Option<String>,
    pub content: String,
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub created_by: Option<String>,
}

impl From<&Medium> for MediumRow {
    fn from(medium: &Medium) -> Self {
        Self {
            id: medium.id.to_string(),
            file_id: medium.file.id.to_string(),
            name: medium.name.clone(),
            content: to_json(&medium.content),
            version: medium.version,
            created_at: medium.created_at.millis(),
            updated_at: medium.updated_at.millis(),
            created_by: medium.created_by.map(|id| id.to_string()),
        }
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = media_files, treat_none_as_default_value = false)]
pub(super) struct FileRow {
    pub id: String,
    pub digest: String,
    pub address: String,
    pub format: String,
    pub width: i32,
    pub height: i32,
    pub bytes: i64,
    pub transparent: bool,
    pub state: String,
    pub renditions: String,
    pub attempts: i32,
    pub due_at: Option<i64>,
    pub created_at: i64,
}

impl FileRow {
    /// The row of a new file, due at once where its renditions are still to be made.
    pub(super) fn new(file: &MediaFile) -> Self {
        let due = file.state == FileState::Pending;
        Self {
            id: file.id.to_string(),
            digest: file.digest.clone(),
            address: file.address.clone(),
            format: file.format.ending().to_owned(),
            width: i32::try_from(file.width).unwrap_or(i32::MAX),
            height: i32::try_from(file.height).unwrap_or(i32::MAX),
            bytes: i64::try_from(file.bytes).unwrap_or(i64::MAX),
            transparent: file.transparent,
            state: file.state.as_str().to_owned(),
            renditions: to_json(&file.renditions),
            attempts: 0,
            due_at: due.then(|| file.created_at.millis()),
            created_at: file.created_at.millis(),
        }
    }
}

impl TryFrom<FileRow> for MediaFile {
    type Error = StoreError;

    fn try_from(row: FileRow) -> Result<Self, StoreError> {
        let unread = |what: &str| StoreError::Other(format!("a stored {what} does not read"));
        Ok(Self {
            id: stored_id(&row.id)?,
            digest: row.digest,
            address: row.address,
            format: Format::of_ending(&row.format).ok_or_else(|| unread("format"))?,
            width: u32::try_from(row.width).map_err(|_| unread("width"))?,
            height: u32::try_from(row.height).map_err(|_| unread("height"))?,
            bytes: u64::try_from(row.bytes).map_err(|_| unread("size"))?,
            transparent: row.transparent,
            state: FileState::parse(&row.state).ok_or_else(|| unread("state"))?,
            renditions: from_json(&row.renditions)?,
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}

pub(super) fn medium((row, file): (MediumRow, FileRow)) -> Result<Medium, StoreError> {
    Ok(Medium {
        id: stored_id(&row.id)?,
        name: row.name,
        content: from_json(&row.content)?,
        file: file.try_into()?,
        version: row.version,
        created_at: Timestamp::from_millis(row.created_at),
        updated_at: Timestamp::from_millis(row.updated_at),
        created_by: row
            .created_by
            .as_deref()
            .map(Id::parse)
            .and_then(Result::ok),
    })
}
