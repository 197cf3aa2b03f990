//! The content of a request: its media type, its size, its JSON object.

use actix_web::HttpMessage;
use actix_web::http::header;
use actix_web::web::{self, BytesMut, Payload};
use futures_util::StreamExt;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::domain::json;
use crate::domain::json::words::plain;
use crate::http::call::extract::Call;
use crate::http::codes::Code;
use crate::http::error::Problem;
use crate::http::request::limits::LONGEST_CONTENT;

/// The media types that an operation takes.
pub(crate) const JSON: &[&str] = &["application/json"];
/// The media types of a merge patch.
pub(crate) const PATCH: &[&str] = &["application/merge-patch+json", "application/json"];

/// A JSON object that came with a request.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) object: Map<String, Value>,
    /// Names the bytes, for requests that are sent again.
    pub(crate) digest: String,
}

impl Call {
    /// Reads a JSON object of one of these media types.
    pub(crate) async fn content(
        &self,
        payload: Payload,
        types: &[&str],
    ) -> Result<Content, Problem> {
        self.require_type(types)?;
        let bytes = read(payload).await?;
        object(&bytes)
    }

    /// Reads a JSON object, or nothing at all, which stands for an empty one.
    pub(crate) async fn optional_content(&self, payload: Payload) -> Result<Content, Problem> {
        let bytes = read(payload).await?;
        if bytes.is_empty() {
            return object(b"{}");
        }
        self.require_type(JSON)?;
        object(&bytes)
    }

    /// Refuses content of another type, and content that is coded.
    pub(crate) fn require_type(&self, types: &[&str]) -> Result<(), Problem> {
        let coding = self.request.headers().get(header::CONTENT_ENCODING);
        if coding.is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
            let detail = "content is taken as it is, without Content-Encoding";
            return Err(Problem::new(Code::UnsupportedMediaType, detail));
        }
        let given = self.request.content_type().trim().to_ascii_lowercase();
        if types.contains(&given.as_str()) {
            return Ok(());
        }
        let detail = format!("this operation takes {}", types.join(" or "));
        Err(Problem::new(Code::UnsupportedMediaType, detail))
    }
}

/// The words for content that breaks off.
pub(crate) const BROKEN_OFF: &str =
    "the content ended early, or in a chunk that cannot be read (RFC 9112, section 7.1)";

async fn read(mut payload: Payload) -> Result<BytesMut, Problem> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| Problem {
            cause: Some(error.to_string()),
            ..malformed(BROKEN_OFF)
        })?;
        if bytes.len() + chunk.len() > LONGEST_CONTENT {
            let detail = "a request's content has at most 10 MB";
            return Err(Problem::new(Code::ContentTooLarge, detail));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// The most values in one JSON text: each takes many times the memory of its bytes.
const MOST_VALUES: usize = 250_000;

/// Reads a JSON text, whose objects have each name once.
pub(crate) fn json(bytes: &[u8]) -> Result<Value, Problem> {
    if values_in(bytes) > MOST_VALUES {
        let detail = format!("JSON has at most {MOST_VALUES} values");
        return Err(Problem::new(Code::ContentTooLarge, detail));
    }
    let (value, repeated) = json::read(bytes).map_err(|error| unreadable(bytes, &error))?;
    if repeated.is_empty() {
        return Ok(value);
    }
    Err(Problem::invalid_content(json::faults(repeated)))
}

/// The refusal of a text that a parser refuses: by its places, where it is JSON and nothing of ours can hold what it says.
fn unreadable(bytes: &[u8], error: &serde_json::Error) -> Problem {
    match json::unholdable(bytes) {
        Some(faults) => Problem::invalid_content(faults),
        None => malformed(format!("this is no JSON: {}", plain(error))),
    }
}

/// At least as many values as a JSON text has, counted by what parts and opens them outside strings.
fn values_in(bytes: &[u8]) -> usize {
    let (mut count, mut in_string, mut escaped) = (1, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            b',' | b':' | b'[' | b'{' if !in_string => count += 1,
            _ => {}
        }
    }
    count
}

fn object(bytes: &[u8]) -> Result<Content, Problem> {
    match json(bytes)? {
        Value::Object(object) => Ok(Content {
            object,
            digest: digest(bytes),
        }),
        _ => Err(malformed("the content is a JSON object")),
    }
}

fn malformed(detail: impl Into<String>) -> Problem {
    Problem::new(Code::MalformedRequest, detail)
}

/// Reads what may be large on a thread that no other request waits for, and before any transaction.
pub(crate) async fn read_aside<T: Send + 'static>(
    object: Map<String, Value>,
    read: impl FnOnce(Map<String, Value>) -> T + Send + 'static,
) -> Result<T, Problem> {
    web::block(move || read(object))
        .await
        .map_err(Problem::internal)
}

/// Names bytes by what they are.
pub(crate) fn digest(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(Sha256::digest(bytes))
}
