//! Lines out of a stream of bytes: no more of it is in memory than a batch of lines, or one line of the greatest length.

use std::time::Duration;

use actix_web::error::PayloadError;
use actix_web::web::{Bytes, BytesMut, Payload};
use futures_util::{FutureExt, StreamExt};
use serde_json::Value;

use crate::http::request::limits::LONGEST_CONTENT;

/// Most lines in work at once.
const MOST_LINES: usize = 100;
/// Most bytes in work at once, except for a single line that is longer.
const MOST_BYTES: usize = 1024 * 1024;

/// A line of the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its number, counted from 1.
    pub(crate) number: u64,
    /// The text; `None` for a line that is too long.
    pub(crate) text: Option<Bytes>,
}

/// The reason for which no more lines come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    /// The content ended early, or in a chunk that cannot be read.
    Off,
    /// Nothing came for too long.
    Silent,
}

/// The lines of a request's content. Empty lines are passed over, but counted.
pub(crate) struct Lines {
    /// The rest of the content; `None` where all of it is there.
    payload: Option<Payload>,
    patience: Duration,
    buffer: BytesMut,
    /// End of the part of the buffer that is known to hold no line end.
    scanned: usize,
    /// Number of lines that have ended.
    ended: u64,
    /// True while a line that is too long is skipped.
    passing: bool,
    complete: bool,
    /// The reason for which nothing comes behind what has come.
    broken: Option<Broken>,
}

impl Lines {
    /// The lines of content, of which some is to come at least once in `patience`.
    pub(crate) fn of(payload: Payload, patience: Duration) -> Self {
        Self {
            payload: Some(payload),
            patience,
            buffer: BytesMut::new(),
            scanned: 0,
            ended: 0,
            passing: false,
            complete: false,
            broken: None,
        }
    }

    /// A line of each value.
    pub(crate) fn of_values(values: &[Value]) -> Self {
        let mut buffer = BytesMut::new();
        for value in values {
            buffer.extend_from_slice(value.to_string().as_bytes());
            buffer.extend_from_slice(b"\n");
        }
        Self {
            payload: None,
            patience: Duration::ZERO,
            buffer,
            scanned: 0,
            ended: 0,
            passing: false,
            complete: true,
            broken: None,
        }
    }

    /// The number of the line that is next.
    pub(crate) fn next_number(&self) -> u64 {
        self.ended + 1
    }

    /// The lines that are there already, or the first that comes: whoever waits for an answer to a line before sending the
    /// next one gets it. Empty at the end.
    pub(crate) async fn batch(&mut self) -> Result<Vec<Line>, Broken> {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        loop {
            while let Some(line) = self.take() {
                bytes += line.text.as_ref().map_or(0, Bytes::len);
                batch.push(line);
                if batch.len() >= MOST_LINES || bytes >= MOST_BYTES {
                    return Ok(batch);
                }
            }
            match self.broken {
                Some(broken) if batch.is_empty() => return Err(broken),
                None if batch.is_empty() && !self.complete => self.wait().await,
                _ => {
                    let ended = self.complete || self.broken.is_some();
                    if ended || !self.look() {
                        return Ok(batch);
                    }
                }
            }
        }
    }

    async fn wait(&mut self) {
        let Some(payload) = &mut self.payload else {
            return;
        };
        let next = actix_web::rt::time::timeout(self.patience, payload.next());
        match next.await {
            Ok(chunk) => self.add(chunk),
            Err(_) => self.broken = Some(Broken::Silent),
        }
    }

    /// Takes what has come without waiting; says whether anything had.
    fn look(&mut self) -> bool {
        let chunk = self
            .payload
            .as_mut()
            .and_then(|payload| payload.next().now_or_never());
        let has_come = chunk.is_some();
        if let Some(chunk) = chunk {
            self.add(chunk);
        }
        has_come
    }

    fn add(&mut self, chunk: Option<Result<Bytes, PayloadError>>) {
        match chunk {
            Some(Ok(chunk)) => self.buffer.extend_from_slice(&chunk),
            Some(Err(_)) => self.broken = Some(Broken::Off),
            None => self.complete = true,
        }
    }

    /// The next line that has ended. The last one needs no line break.
    fn take(&mut self) -> Option<Line> {
        loop {
            let end = self.buffer[self.scanned..].iter().position(|b| *b == b'\n');
            let text = match end {
                Some(at) => {
                    let mut text = self.buffer.split_to(self.scanned + at + 1);
                    text.truncate(text.len() - 1);
                    text
                }
                None if self.complete && (self.passing || !self.buffer.is_empty()) => {
                    self.buffer.split()
                }
                None => {
                    self.scanned = self.buffer.len();
                    self.pass_over();
                    return None;
                }
            };
            self.scanned = 0;
            self.ended += 1;
            let too_long = std::mem::take(&mut self.passing) || text.len() > LONGEST_CONTENT;
            if too_long || !text.trim_ascii().is_empty() {
                return Some(Line {
                    number: self.ended,
                    text: (!too_long).then(|| text.freeze()),
                });
            }
        }
    }

    /// Forgets what has come of a line that is too long.
    fn pass_over(&mut self) {
        if self.passing || self.buffer.len() > LONGEST_CONTENT {
            self.passing = true;
            self.buffer = BytesMut::new();
            self.scanned = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::FromRequest;
    use actix_web::test::TestRequest;

    fn lines_of(content: impl Into<Bytes>) -> Vec<(u64, Option<String>)> {
        actix_web::rt::System::new().block_on(async move {
            let (request, mut payload) = TestRequest::default()
                .set_payload(content.into())
                .to_http_parts();
            let payload = Payload::from_request(&request, &mut payload).await.unwrap();
            let mut lines = Lines::of(payload, Duration::from_secs(5));
            let mut found = Vec::new();
            loop {
                let batch = lines.batch().await.unwrap();
                if batch.is_empty() {
                    return found;
                }
                assert!(batch.len() <= MOST_LINES);
                found.extend(batch.into_iter().map(|line| {
                    let text = line
                        .text
                        .map(|text| String::from_utf8(text.to_vec()).unwrap());
                    (line.number, text)
                }));
            }
        })
    }

    #[test]
    fn lines_are_counted_from_one_and_empty_ones_are_passed_over() {
        let some = |number, text: &str| (number, Some(text.to_owned()));
        assert_eq!(lines_of(""), []);
        assert_eq!(lines_of("\n \r\n\n"), []);
        assert_eq!(lines_of("a\nb"), [some(1, "a"), some(2, "b")]);
        assert_eq!(lines_of("a\n\n  \nb\r\n"), [some(1, "a"), some(4, "b\r")]);
        assert_eq!(lines_of("x\n".repeat(1_001)).len(), 1_001);
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over_and_the_next_one_is_read() {
        let long = "x".repeat(LONGEST_CONTENT + 1);
        let found = lines_of(format!("a\n{long}\nb\n{long}"));
        let shown: Vec<(u64, Option<&str>)> =
            found.iter().map(|(n, t)| (*n, t.as_deref())).collect();
        assert_eq!(
            shown,
            [(1, Some("a")), (2, None), (3, Some("b")), (4, None)]
        );
        assert_eq!(
            lines_of("x".repeat(LONGEST_CONTENT))[0]
                .1
                .as_ref()
                .unwrap()
                .len(),
            LONGEST_CONTENT
        );
    }
}
