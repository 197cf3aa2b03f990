//! The files of media: found, claimed by whoever makes their renditions, and forgotten.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::domain::id::Id;
use crate::domain::medium::{FileState, MediaFile, StoredRendition};
use crate::domain::picture_size::PictureSize;
use crate::domain::time::Timestamp;

use super::super::conn::{Conn, with};
use super::super::error::StoreError;
use super::super::schema::{media_files, media_garbage};
use super::super::types::Json;
use super::rows::FileRow;

/// The file of an upload with this digest.
pub fn file_by_digest(conn: &mut Conn, digest: &str) -> Result<Option<MediaFile>, StoreError> {
    let row: Option<FileRow> = media_files::table
        .filter(media_files::digest.eq(digest))
        .select(FileRow::as_select())
        .first(conn)
        .optional()?;
    row.map(MediaFile::try_from).transpose()
}

/// The file that public addresses name.
pub fn file_by_address(conn: &mut Conn, address: &str) -> Result<Option<MediaFile>, StoreError> {
    let row: Option<FileRow> = media_files::table
        .filter(media_files::address.eq(address))
        .select(FileRow::as_select())
        .first(conn)
        .optional()?;
    row.map(MediaFile::try_from).transpose()
}

/// One file.
pub fn file_by_id(conn: &mut Conn, id: Id) -> Result<Option<MediaFile>, StoreError> {
    let row: Option<FileRow> = media_files::table
        .find(id)
        .select(FileRow::as_select())
        .get_result(conn)
        .optional()?;
    row.map(MediaFile::try_from).transpose()
}

/// The next files in the order of their ids.
pub fn files_after(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<MediaFile>, StoreError> {
    let rows: Vec<FileRow> = media_files::table
        .filter(media_files::id.gt(after))
        .order(media_files::id)
        .limit(limit)
        .select(FileRow::as_select())
        .load(conn)?;
    rows.into_iter().map(MediaFile::try_from).collect()
}

/// Writes a new file; its renditions are due at once where there are none.
pub fn insert_file(conn: &mut Conn, file: &MediaFile) -> Result<(), StoreError> {
    let row = FileRow::new(file);
    with!(conn, c => diesel::insert_into(media_files::table).values(&row).execute(c))?;
    Ok(())
}

/// Removes a file that no medium has.
pub fn delete_file(conn: &mut Conn, id: Id) -> Result<(), StoreError> {
    diesel::delete(media_files::table.find(id)).execute(conn)?;
    Ok(())
}

/// The files, of one size or of any, whose renditions are due at `now`, the longest due first.
pub fn due_files(
    conn: &mut Conn,
    now: Timestamp,
    size: Option<PictureSize>,
    limit: i64,
) -> Result<Vec<Id>, StoreError> {
    let (least, most) = size.map_or((0, i64::MAX), PictureSize::pixels);
    let pixels = sql::<BigInt>("CAST(width AS BIGINT) * height");
    Ok(media_files::table
        .filter(media_files::due_at.le(now))
        .filter(pixels.between(least, most))
        .order(media_files::due_at)
        .limit(limit)
        .select(media_files::id)
        .load(conn)?)
}

/// The next time at which renditions are due or a folder may go.
pub fn next_due(conn: &mut Conn) -> Result<Option<Timestamp>, StoreError> {
    let renditions: Option<Timestamp> = media_files::table
        .select(diesel::dsl::min(media_files::due_at))
        .get_result(conn)?;
    let garbage: Option<Timestamp> = media_garbage::table
        .select(diesel::dsl::min(media_garbage::due_at))
        .get_result(conn)?;
    Ok(renditions.into_iter().chain(garbage).min())
}

/// A file that somebody has set out to make renditions of.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// The file.
    pub file: MediaFile,
    /// Number of attempts that were begun.
    pub attempts: i32,
}

/// Claims a file until a time: till then nobody else finds it due.
pub fn claim_file(conn: &mut Conn, id: Id, until: Timestamp) -> Result<Claim, StoreError> {
    let row: FileRow = media_files::table
        .find(id)
        .select(FileRow::as_select())
        .first(conn)?;
    let attempts = row.attempts + 1;
    diesel::update(media_files::table.find(id))
        .set((
            media_files::attempts.eq(attempts),
            media_files::due_at.eq(until),
        ))
        .execute(conn)?;
    Ok(Claim {
        file: row.try_into()?,
        attempts,
    })
}

/// Lets a file be found due from a time on.
pub fn set_due(conn: &mut Conn, id: Id, due: Timestamp) -> Result<(), StoreError> {
    diesel::update(media_files::table.find(id))
        .set(media_files::due_at.eq(due))
        .execute(conn)?;
    Ok(())
}

/// Writes how far a file's renditions are, with none due and all attempts left for another time; says whether the file is
/// still there.
pub fn finish_file(
    conn: &mut Conn,
    id: Id,
    state: FileState,
    renditions: &[StoredRendition],
) -> Result<bool, StoreError> {
    let updated = diesel::update(media_files::table.find(id))
        .set((
            media_files::state.eq(state.as_str()),
            media_files::renditions.eq(Json(renditions.to_vec())),
            media_files::due_at.eq(None::<Timestamp>),
            media_files::attempts.eq(0),
        ))
        .execute(conn)?;
    Ok(updated > 0)
}

/// Notes that a file's folder in the storage may go at a time.
pub fn note_garbage(conn: &mut Conn, file: Id, due: Timestamp) -> Result<(), StoreError> {
    let row = (
        media_garbage::file_id.eq(file),
        media_garbage::due_at.eq(due),
    );
    with!(conn, c => diesel::insert_into(media_garbage::table)
        .values(&row)
        .on_conflict(media_garbage::file_id)
        .do_update()
        .set(media_garbage::due_at.eq(due))
        .execute(c))?;
    Ok(())
}

/// Forgets a folder: it is gone, or needed after all. Says whether it was still noted.
pub fn forget_garbage(conn: &mut Conn, file: Id) -> Result<bool, StoreError> {
    let forgotten = diesel::delete(media_garbage::table.find(file)).execute(conn)?;
    Ok(forgotten > 0)
}

/// The folders that may go at `now`.
pub fn due_garbage(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<Id>, StoreError> {
    Ok(media_garbage::table
        .filter(media_garbage::due_at.le(now))
        .order(media_garbage::due_at)
        .limit(limit)
        .select(media_garbage::file_id)
        .load(conn)?)
}
