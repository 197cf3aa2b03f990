//! The bytes of media: renditions, which are public while a public article shows them, and uploads as they came, which are
//! for the desk.

use std::ops::Range;
use std::sync::{Arc, LazyLock};

use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, get};
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::domain::id::Id;
use crate::domain::medium::{FileName, FileState, MediaFile, Medium, StoredRendition};
use crate::domain::permission::Operation;
use crate::domain::time::Timestamp;
use crate::http::call::blocking::{self, Lane};
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::call::preview_pass;
use crate::http::codes::Code;
use crate::http::error::Problem;
use crate::http::protocol::conditional::{self, Outcome};
use crate::http::protocol::range::{self, Asked};
use crate::http::request::params::PreviewParams;
use crate::http::request::query::names_of;
use crate::http::response::head;
use crate::http::response::reply::no_later_than_date;
use crate::http::response::surrogate_keys::Keys;
use crate::http::schemas::PictureBytes;
use crate::http::state::app::App;
use crate::media::storage::{Chunks, Storage, StorageError};
use crate::store;
use crate::store::changes::ChangeKind;
use crate::store::slots::Slot;
use crate::store::subjects::Subject;

/// The content of an address follows from the address, but a takedown takes it away.
const WHILE_SHOWN: &str = "public, max-age=3600";
/// Most articles that a rendition names to caches.
const ROOM: usize = 20;
/// Number of articles to look for: one more than are named.
const SHOWING: i64 = 21;
/// For the holder of the key or the link alone.
const NOWHERE: &str = "private, no-store";

static PREVIEW: LazyLock<Vec<String>> = LazyLock::new(names_of::<PreviewParams>);

/// Get a file of a picture
///
/// One width and format of an uploaded picture. It is public while a public article shows it; otherwise it needs a key
/// or a preview token. Ranges work (RFC 9110, section 14). While renditions are made, the answer is 503 with
/// `Retry-After`.
#[utoipa::path(tag = "media", params(PreviewParams, ("name" = String, Path, description = "Name of the file, from a medium's `url` or `renditions`.", example = "0b0c6b1f0d6a4d5e9a3c8f7e6d5c4b3a-w640.webp")),
    responses((status = 200, description = "The picture.", content((PictureBytes = "image/*"), (PictureBytes = "application/octet-stream"))),
        (status = 206, description = "The ranges of `Range`.")))]
#[get("/media/{name}")]
pub(crate) async fn get_media_file(call: Call, access: Access) -> Answer {
    let mut query = call.query(&PREVIEW);
    let token = query.one("preview");
    query.finish()?;
    let by_key = access.may(Operation::GetMedium).is_ok();
    let nothing = || Problem::not_found("rendition");
    let name = FileName::parse(&call.segment("name")).ok_or_else(nothing)?;
    let (app, address) = (call.app.clone(), name.address.clone());
    let find = move || {
        let now = app.clock.now();
        app.store.read(|c| {
            let Some(file) = store::media::file_by_address(c, &address)? else {
                return Ok(None);
            };
            let showing = store::media::public_articles_with(c, file.id, SHOWING)?;
            let opens = !showing.is_empty()
                || by_key
                || preview_pass::opens_file(c, token.as_deref(), file.id, now)?;
            Ok(opens.then_some((file, showing)))
        })
    };
    let found = blocking::read(&call.app, Lane::Usual, find).await??;
    let (file, showing) = found.ok_or_else(nothing)?;
    let (cache_control, headers) = match showing.is_empty() {
        false => (
            WHILE_SHOWN,
            keys_of(&call.app, &file, &showing)
                .fields(call.app.config.surrogate_header, head::LONGEST),
        ),
        true => (NOWHERE, Vec::new()),
    };
    let rendition = rendition_of(&file, &name)?;
    let blob = Blob {
        source: Source::Rendition(file.id, rendition),
        length: rendition.bytes,
        mime: rendition.format.mime(),
        tag: format!("{}-w{}-{}", name.address, name.width, name.format.ending()),
        modified: no_later_than_date(file.created_at),
        cache_control,
        headers,
    };
    blob.answer(&call).await
}

/// The file, and the articles that show it, so that a takedown reaches caches; `articles` stands for more than have room.
fn keys_of(app: &App, file: &MediaFile, showing: &[String]) -> Keys {
    let mut keys = match showing.len() > ROOM {
        true => Keys::of_list("articles"),
        false => Keys::default(),
    };
    keys.add_list("media-file", &file.address);
    for article in showing.iter().take(ROOM) {
        keys.add_list("article", article);
    }
    if app.purges.is_on() {
        let slots: Vec<Slot> = showing
            .iter()
            .map(|id| Subject::Resource(ChangeKind::Article, id).slot())
            .collect();
        keys.depend_on(
            Some(&slots)
                .filter(|_| showing.len() <= ROOM)
                .map(Vec::as_slice),
        );
    }
    keys
}

fn rendition_of(file: &MediaFile, name: &FileName) -> Result<StoredRendition, Problem> {
    let is_named = |one: &&StoredRendition| (one.width, one.format) == (name.width, name.format);
    if let Some(rendition) = file.renditions.iter().find(is_named) {
        return Ok(*rendition);
    }
    let comes = file.plan().contains(&(name.width, name.format));
    if comes && file.state == FileState::Pending {
        let problem = Problem::new(Code::Unavailable, "the rendition is being made");
        return Err(problem.with_header(header::RETRY_AFTER, HeaderValue::from_static("1")));
    }
    Err(Problem::not_found("rendition"))
}

/// Get the original of a picture
///
/// The uploaded bytes, with all data of the camera, such as the place. Renditions have none of that, so this is for
/// editors only.
#[utoipa::path(tag = "media", params(("id" = String, Path, description = "Id of the picture.", example = "018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b")),
    responses((status = 200, description = "The file.", content((PictureBytes = "image/*"), (PictureBytes = "application/octet-stream"))),
        (status = 206, description = "The ranges of `Range`.")))]
#[get("/api/media/{id}/original")]
pub(crate) async fn get_medium_original(call: Call, access: Access) -> Answer {
    access.may(Operation::GetMediumOriginal)?;
    call.require_no_query()?;
    let nothing = || Problem::not_found("medium");
    let id = Id::parse(&call.segment("id")).map_err(|_| nothing())?;
    let app = call.app.clone();
    let find = move || app.store.read(|c| store::media::get_medium(c, id));
    let medium = blocking::read(&call.app, Lane::Usual, find).await??;
    let medium = medium.ok_or_else(nothing)?;
    let blob = Blob {
        length: medium.file.bytes,
        mime: medium.file.format.mime(),
        tag: medium.file.digest.clone(),
        modified: no_later_than_date(medium.file.created_at),
        cache_control: NOWHERE,
        headers: vec![(header::CONTENT_DISPOSITION, disposition(&medium)?)],
        source: Source::Upload(Arc::new(medium.file)),
    };
    blob.answer(&call).await
}

/// A name in ASCII for every client and the whole one for those that read it (RFC 6266, appendix D).
fn disposition(medium: &Medium) -> Result<HeaderValue, Problem> {
    let ending = medium.file.format.ending();
    let value = match &medium.name {
        Some(name) if encoded(name).len() <= head::LONGEST_ADDRESS => format!(
            "attachment; filename=\"{id}.{ending}\"; filename*=UTF-8''{}",
            encoded(name),
            id = medium.id
        ),
        _ => format!("attachment; filename=\"{}.{ending}\"", medium.id),
    };
    HeaderValue::from_str(&value).map_err(Problem::internal)
}

fn encoded(name: &str) -> String {
    utf8_percent_encode(name, NON_ALPHANUMERIC).to_string()
}

/// The part of a file that is sent.
#[derive(Clone)]
enum Source {
    Upload(Arc<MediaFile>),
    Rendition(Id, StoredRendition),
}

impl Source {
    async fn open(&self, storage: &Storage, part: Range<u64>) -> Result<Chunks, StorageError> {
        match self {
            Self::Upload(file) => storage.stream_upload(file, part).await,
            Self::Rendition(file, rendition) => {
                storage.stream_rendition(*file, rendition, part).await
            }
        }
    }

    fn file(&self) -> Id {
        match self {
            Self::Upload(file) => file.id,
            Self::Rendition(file, _) => *file,
        }
    }
}

/// Bytes to be sent and what is said of them.
struct Blob {
    source: Source,
    length: u64,
    mime: &'static str,
    tag: String,
    modified: Timestamp,
    cache_control: &'static str,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Blob {
    async fn answer(&self, call: &Call) -> Answer {
        let request = call.request.headers();
        match conditional::evaluate(request, &self.tag, Some(self.modified)) {
            Outcome::Failed => {
                let detail = "the file is not the one that the condition names";
                return Err(Problem::new(Code::PreconditionFailed, detail));
            }
            Outcome::NotModified => return self.head(StatusCode::NOT_MODIFIED),
            Outcome::Send => {}
        }
        let storage = &call.app.media.storage;
        match self.asked(request) {
            Asked::Whole => self.one(storage, StatusCode::OK, 0..self.length).await,
            Asked::Unsatisfiable => Err(self.unsatisfiable()),
            Asked::Parts(parts) => match parts.as_slice() {
                [only] => {
                    self.one(storage, StatusCode::PARTIAL_CONTENT, only.clone())
                        .await
                }
                _ => self.several(storage, parts).await,
            },
        }
    }

    /// Range counts only where If-Range holds: it names this very file, by tag or by date (RFC 9110, section 13.1.5).
    fn asked(&self, request: &HeaderMap) -> Asked {
        let text = |name| request.get(name).and_then(|value| value.to_str().ok());
        let Some(field) = text(header::RANGE) else {
            return Asked::Whole;
        };
        let holds = match text(header::IF_RANGE).map(str::trim) {
            None => !request.contains_key(header::IF_RANGE),
            Some(tag) if tag.starts_with('"') => tag == format!("\"{}\"", self.tag),
            Some(date) => date == self.modified.to_http_date(),
        };
        if holds {
            range::read(field, self.length)
        } else {
            Asked::Whole
        }
    }

    fn unsatisfiable(&self) -> Problem {
        let detail = format!("the file has {} bytes", self.length);
        let problem = Problem::new(Code::RangeNotSatisfiable, detail);
        match HeaderValue::from_str(&format!("bytes */{}", self.length)) {
            Ok(value) => problem.with_header(header::CONTENT_RANGE, value),
            Err(_) => problem,
        }
    }

    /// The answer without a body.
    fn head(&self, status: StatusCode) -> Answer {
        let mut response = HttpResponse::new(status);
        let headers = response.headers_mut();
        let mut put = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        put(header::ETAG, &format!("\"{}\"", self.tag));
        put(header::LAST_MODIFIED, &self.modified.to_http_date());
        put(header::CACHE_CONTROL, self.cache_control);
        put(header::ACCEPT_RANGES, "bytes");
        for (name, value) in &self.headers {
            headers.insert(name.clone(), value.clone());
        }
        Ok(response)
    }

    fn body(
        &self,
        status: StatusCode,
        content_type: &str,
        length: u64,
        body: impl Stream<Item = Result<Bytes, StorageError>> + 'static,
    ) -> Answer {
        let mut response = self.head(status)?;
        let content_type = HeaderValue::from_str(content_type).map_err(Problem::internal)?;
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, content_type);
        Ok(response
            .set_body(SizedStream::new(length, body))
            .map_into_boxed_body())
    }

    async fn one(&self, storage: &Storage, status: StatusCode, part: Range<u64>) -> Answer {
        let chunks = self.source.open(storage, part.clone()).await;
        let chunks = chunks.map_err(|error| self.missing(&error))?;
        let length = part.end - part.start;
        let mut response = self.body(status, self.mime, length, chunks)?;
        if status == StatusCode::PARTIAL_CONTENT {
            let value = HeaderValue::from_str(&self.place(&part)).map_err(Problem::internal)?;
            response.headers_mut().insert(header::CONTENT_RANGE, value);
        }
        Ok(response)
    }

    /// Several parts in one answer (RFC 9110, section 14.6), each opened when it is its turn, the first before anything is sent.
    async fn several(&self, storage: &Storage, parts: Vec<Range<u64>>) -> Answer {
        let mut opened = None;
        if let Some(first) = parts.first() {
            let chunks = self.source.open(storage, first.clone()).await;
            opened = Some(chunks.map_err(|error| self.missing(&error))?);
        }
        let boundary = uuid::Uuid::now_v7().simple().to_string();
        let heads: Vec<String> = parts
            .iter()
            .map(|part| self.part_head(&boundary, part))
            .collect();
        let end = format!("\r\n--{boundary}--\r\n");
        let bytes: u64 = parts.iter().map(|part| part.end - part.start).sum();
        let words: usize = heads.iter().map(String::len).sum::<usize>() + end.len();
        let (source, storage) = (self.source.clone(), storage.clone());
        let body = stream::iter(heads.into_iter().zip(parts))
            .then(move |(head, part)| {
                let (source, storage, opened) = (source.clone(), storage.clone(), opened.take());
                async move {
                    let chunks = match opened {
                        Some(chunks) => chunks,
                        None => source.open(&storage, part).await?,
                    };
                    let head = stream::iter([Ok(Bytes::from(head))]);
                    Ok::<_, StorageError>(head.chain(chunks))
                }
            })
            .try_flatten()
            .chain(stream::iter([Ok(Bytes::from(end))]));
        let content_type = format!("multipart/byteranges; boundary={boundary}");
        let length = bytes + words as u64;
        self.body(StatusCode::PARTIAL_CONTENT, &content_type, length, body)
    }

    fn part_head(&self, boundary: &str, part: &Range<u64>) -> String {
        format!(
            "\r\n--{boundary}\r\nContent-Type: {}\r\nContent-Range: {}\r\n\r\n",
            self.mime,
            self.place(part)
        )
    }

    fn place(&self, part: &Range<u64>) -> String {
        format!("bytes {}-{}/{}", part.start, part.end - 1, self.length)
    }

    /// The database knows the file and the storage lacks it, or a part of it: a database that was restored without its media,
    /// or a disk that lost some.
    fn missing(&self, error: &StorageError) -> Problem {
        match error {
            StorageError::NotFound => Problem {
                cause: Some(format!(
                    "media file {} is not in the storage, or not whole",
                    self.source.file()
                )),
                ..Problem::not_found("file")
            },
            other => Problem::internal(other),
        }
    }
}
