//! Receiving an upload: the parts of a form (RFC 7578), the file among them streamed to the disk and hashed on its way,
//! whatever it says of itself. What is received disappears by itself unless it is kept.

use std::io::Write;
use std::sync::Arc;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::ResponseError;
use actix_web::error::PayloadError;
use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Payload};
use futures_util::{Stream, StreamExt};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::domain::error::{Fault, Invalid};
use crate::domain::medium::{MediaFile, MediumContent, clean_name};
use crate::http::call::extract::Call;
use crate::http::codes::Code;
use crate::http::error::Problem;
use crate::http::handlers::media::input;
use crate::http::state::shares::Owner;
use crate::media::digest::hex;
use crate::media::inspect::Refused;
use crate::media::intake::{self, IntakeError};
use crate::media::storage::StorageError;

/// The most parts of a form.
const MOST_PARTS: usize = 16;
/// The most bytes of a part that is not the file.
const LONGEST_TEXT: usize = 256 * 1024;

/// A form that was received whole.
pub(crate) struct Upload {
    /// The file on this machine, until this goes.
    pub(crate) file: NamedTempFile,
    /// Its size.
    pub(crate) bytes: u64,
    /// SHA-256 of its content, in hexadecimal.
    pub(crate) digest: String,
    /// Names the whole form, for requests that are sent again.
    pub(crate) form_digest: String,
    /// The name that it came with.
    pub(crate) name: Option<String>,
    /// The captions.
    pub(crate) content: MediumContent,
}

/// A form under way.
#[derive(Default)]
struct Form {
    file: Option<Received>,
    texts: Vec<(String, String)>,
}

struct Received {
    file: NamedTempFile,
    bytes: u64,
    hash: Sha256,
    name: Option<String>,
}

impl Call {
    /// Receives a form with one file.
    pub(crate) async fn receive_upload(&self, payload: Payload) -> Result<Upload, Problem> {
        self.require_type(&["multipart/form-data"])?;
        let limit = self.app.media.limits.bytes;
        let mut parts = Multipart::new(self.request.headers(), bounded(payload, limit));
        let mut form = Form::default();
        let mut count = 0;
        while let Some(part) = parts.next().await {
            let part = part.map_err(|error| multipart_problem(&error, limit))?;
            count += 1;
            if count > MOST_PARTS {
                return Err(malformed("the form has too many parts"));
            }
            form.take(part, limit).await?;
        }
        form.finish(self)
    }
}

/// The request's content, broken off where it grows too long, also when no length was announced.
fn bounded(
    payload: Payload,
    limit: usize,
) -> impl Stream<Item = Result<Bytes, PayloadError>> + 'static {
    let mut left = limit;
    payload.map(move |chunk| {
        let chunk = chunk?;
        left = left
            .checked_sub(chunk.len())
            .ok_or(PayloadError::Overflow)?;
        Ok(chunk)
    })
}

impl Form {
    async fn take(&mut self, mut part: Field, limit: usize) -> Result<(), Problem> {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "file" {
            if self.file.is_some() {
                return Err(refused("/file", "repeated", "one file at a time"));
            }
            let received = Received::take(&mut part, limit).await?;
            self.file = Some(received);
            return Ok(());
        }
        let bytes = part.bytes(LONGEST_TEXT).await;
        let bytes = bytes
            .map_err(|_| refused(&format!("/{name}"), "too_long", "the part is too long"))?
            .map_err(|error| multipart_problem(&error, limit))?;
        let text = String::from_utf8(bytes.to_vec());
        let text = text.map_err(|_| malformed("a part is not UTF-8"))?;
        self.texts.push((name, text));
        Ok(())
    }

    fn finish(self, call: &Call) -> Result<Upload, Problem> {
        let missing = || refused("/file", "required", "the form has no part named file");
        let received = self.file.ok_or_else(missing)?;
        let digest = hex(&received.hash.finalize());
        let mut whole = Sha256::new_with_prefix(&digest);
        for (name, text) in &self.texts {
            for piece in [name, text] {
                whole.update(piece.len().to_be_bytes());
                whole.update(piece);
            }
        }
        let lang = &call.app.config.default_lang;
        let content = input::of_form(self.texts, lang).map_err(Problem::invalid_content)?;
        Ok(Upload {
            file: received.file,
            bytes: received.bytes,
            form_digest: hex(&whole.finalize()),
            digest,
            name: received.name,
            content,
        })
    }
}

impl Received {
    /// Chunks are small and go to the system's own cache: no worth of a thread each.
    async fn take(part: &mut Field, limit: usize) -> Result<Self, Problem> {
        let sent = part.content_disposition().and_then(|d| d.get_filename());
        let mut received = Self {
            name: sent.and_then(clean_name),
            file: NamedTempFile::new().map_err(disk_problem)?,
            bytes: 0,
            hash: Sha256::new(),
        };
        while let Some(chunk) = part.next().await {
            let chunk = chunk.map_err(|error| multipart_problem(&error, limit))?;
            received.hash.update(&chunk);
            received.bytes += chunk.len() as u64;
            received.file.write_all(&chunk).map_err(disk_problem)?;
        }
        Ok(received)
    }
}

impl Upload {
    /// Looks at the picture in the lane of its size, and says what its file would be. Keys take turns in each lane.
    pub(crate) async fn inspect(&self, call: &Call) -> Result<MediaFile, Problem> {
        let (app, now) = (Arc::clone(&call.app), call.app.clock.now());
        let (path, limits) = (self.file.path().to_owned(), app.media.limits);
        let size = web::block(move || intake::size_of(&path, limits)).await;
        let size = size.map_err(Problem::internal)?.map_err(intake_problem)?;
        let turn = app
            .picture_turns
            .of(size)
            .wait(Owner::of(&call.context))
            .await?;
        let lane = app.media.lanes.of(size).lock_owned().await;
        let path = self.file.path().to_owned();
        let looked = web::block(move || {
            let _held = (turn, lane);
            intake::look(&path, limits)
        });
        let look = looked.await.map_err(Problem::internal)?;
        let look = look.map_err(intake_problem)?;
        Ok(look.file(self.digest.clone(), self.bytes, now))
    }
}

fn refusal(refused: &Refused) -> Problem {
    match refused {
        Refused::Type(detail) => Problem::new(Code::UnsupportedMediaType, *detail),
        Refused::Content(code, detail) => self::refused("/file", code, detail),
    }
}

fn refused(pointer: &str, code: &'static str, detail: &str) -> Problem {
    Problem::invalid_content(vec![Fault::new(pointer, Invalid::new(code, detail))])
}

fn malformed(detail: &str) -> Problem {
    Problem::new(Code::MalformedRequest, detail)
}

fn multipart_problem(error: &MultipartError, limit: usize) -> Problem {
    let too_long = matches!(error, MultipartError::Payload(PayloadError::Overflow))
        || error.status_code() == StatusCode::PAYLOAD_TOO_LARGE;
    if too_long {
        let detail = format!("an upload has at most {} MB", limit / (1024 * 1024));
        return Problem::new(Code::ContentTooLarge, detail);
    }
    Problem {
        cause: Some(error.to_string()),
        ..malformed(
            "the form is broken, or its content ended early or in a chunk that cannot be read",
        )
    }
}

fn disk_problem(error: std::io::Error) -> Problem {
    storage_problem(error.into())
}

/// The problem for a picture that is not taken in.
pub(crate) fn intake_problem(error: IntakeError) -> Problem {
    match error {
        IntakeError::Picture(refused) => refusal(&refused),
        IntakeError::Storage(error) => storage_problem(error),
        IntakeError::Service(error) => error.into(),
    }
}

/// The problem for an error of the storage.
pub(crate) fn storage_problem(error: StorageError) -> Problem {
    match error {
        StorageError::Full => Problem::new(Code::StorageFull, "there is no room to write now"),
        other => Problem {
            cause: Some(other.to_string()),
            ..Problem::new(Code::Unavailable, "the storage of media cannot be used now")
        },
    }
}
