//! The forms that a bulk comes and is answered in: lines as they flow, or one JSON object.

use std::convert::Infallible;
use std::future::ready;
use std::time::Duration;

use actix_web::HttpMessage;
use actix_web::web::{Bytes, Payload};
use futures_util::{Stream, StreamExt, stream};

use crate::domain::error::Invalid;
use crate::http::call::extract::Call;
use crate::http::error::Problem;
use crate::http::handlers::bulk::lines::Lines;
use crate::http::request::json_fields::Fields;

const NDJSON: &str = "application/x-ndjson";
const JSON: &str = "application/json";
/// The most operations of one object.
pub(crate) const MOST_OPERATIONS: usize = 10_000;

/// The form of a bulk: its answer has the form of its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// One operation a line.
    Ndjson,
    /// All operations in one object.
    Json,
}

impl Form {
    /// The form that a request has, which its client must take.
    pub(crate) fn of(call: &Call) -> Result<Self, Problem> {
        let is_json = call
            .request
            .content_type()
            .trim()
            .eq_ignore_ascii_case(JSON);
        let form = if is_json { Self::Json } else { Self::Ndjson };
        call.require_type(&[NDJSON, JSON])?;
        call.require(form.media_type())?;
        Ok(form)
    }

    /// Its media type.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Ndjson => NDJSON,
            Self::Json => JSON,
        }
    }

    /// The operations, a line each.
    pub(crate) async fn lines(self, call: &Call, payload: Payload) -> Result<Lines, Problem> {
        if self == Self::Ndjson {
            let patience = Duration::from_secs(call.app.config.request_timeout_seconds);
            return Ok(Lines::of(payload, patience));
        }
        let content = call.content(payload, &[JSON]).await?;
        let mut fields = Fields::new(content.object);
        if !fields.has("operations") {
            let invalid = Invalid::new("required", "operations is required");
            fields.refuse("operations", invalid);
        }
        let operations = fields.array("operations", MOST_OPERATIONS);
        fields.finish().map_err(Problem::invalid_content)?;
        Ok(Lines::of_values(&operations))
    }
}

/// Lines of results as one object.
pub(crate) fn listed<S>(lines: S) -> impl Stream<Item = Result<Bytes, Infallible>>
where
    S: Stream<Item = Result<Bytes, Infallible>>,
{
    let mut is_first = true;
    let items = lines.map(move |chunk| {
        chunk.map(|chunk| {
            let mut items = Vec::with_capacity(chunk.len());
            for line in chunk
                .split(|byte| *byte == b'\n')
                .filter(|line| !line.is_empty())
            {
                if !std::mem::take(&mut is_first) {
                    items.push(b',');
                }
                items.extend_from_slice(line);
            }
            Bytes::from(items)
        })
    });
    let part = |text: &'static str| stream::once(ready(Ok(Bytes::from_static(text.as_bytes()))));
    part("{\"data\":[").chain(items).chain(part("]}"))
}
