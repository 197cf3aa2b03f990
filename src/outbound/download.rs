//! Downloads from machines of others: bounded in time and size, with redirects followed to addresses that may be sent to.

use std::io::{self, Read, Write};

use ureq::Error;
use ureq::http::{HeaderMap, Response};
use url::Url;

use super::address::parse_target;
use super::{Outbound, Refused, words};
use crate::domain::medium::Validators;
use crate::domain::retry_after::RetryAfter;

/// The most redirects that are followed.
const REDIRECTS: usize = 5;
/// Bytes that are read at once.
const CHUNK: usize = 64 * 1024;
/// Media types of pictures that are taken, before others.
const ACCEPT: &str = "image/jpeg, image/png, image/gif, image/webp, */*;q=0.1";

/// A content to download.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Its address.
    pub url: &'a str,
    /// Validators of the content that is here already; empty where there is none.
    pub known: &'a Validators,
    /// The most bytes that are taken.
    pub limit: u64,
}

/// The outcome of a download.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Downloaded {
    /// The content, with its size and what it is told by.
    Content(u64, Validators),
    /// The content that is here already.
    NotModified,
}

/// A class of reasons for which nothing came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The address, or one that it leads to, is none that is sent to.
    Address,
    /// No connection, or one that broke off.
    Unreachable,
    /// No answer in time.
    Timeout,
    /// An answer of another status than 200.
    Status(u16),
    /// Redirects that lead nowhere.
    Redirects,
    /// More bytes than are taken.
    TooLarge,
    /// The content cannot be kept on this machine.
    Disk,
}

/// The reason for which nothing came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// Its class.
    pub reason: Reason,
    /// A sentence for a person.
    pub detail: String,
    /// The time at which the server wants to be asked again.
    pub retry_after: Option<RetryAfter>,
}

impl Missed {
    fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self {
            reason,
            detail: detail.into(),
            retry_after: None,
        }
    }
}

impl Outbound {
    /// Downloads into `out`; blocks until the last byte is there or the time is over.
    ///
    /// # Errors
    /// The reason for which nothing came; `out` may then hold a part.
    pub fn download(&self, wanted: Wanted<'_>, out: &mut dyn Write) -> Result<Downloaded, Missed> {
        let mut url = self.target(wanted.url)?;
        for _ in 0..=REDIRECTS {
            let answer = self.ask(&url, wanted.known)?;
            match answer.status().as_u16() {
                200 => return receive(answer, wanted.limit, out),
                304 if !wanted.known.is_empty() => return Ok(Downloaded::NotModified),
                301 | 302 | 303 | 307 | 308 => url = self.next(&url, answer.headers())?,
                status => return Err(refused(status, answer.headers())),
            }
        }
        let detail = format!("the server redirects more than {REDIRECTS} times");
        Err(Missed::new(Reason::Redirects, detail))
    }

    /// An address to send to; a fragment is no part of a request.
    fn target(&self, text: &str) -> Result<Url, Missed> {
        let text = text.split('#').next().unwrap_or_default();
        parse_target(text, self.allowed())
            .map_err(|invalid| Missed::new(Reason::Address, invalid.detail))
    }

    fn next(&self, from: &Url, headers: &HeaderMap) -> Result<Url, Missed> {
        let no_place = || Missed::new(Reason::Redirects, "a redirect that leads nowhere");
        let location = text(headers, "location").ok_or_else(no_place)?;
        let next = from.join(&location).map_err(|_| no_place())?;
        self.target(next.as_str())
    }

    fn ask(&self, url: &Url, known: &Validators) -> Result<Response<ureq::Body>, Missed> {
        let mut request = self.agent().get(url.as_str()).header("accept", ACCEPT);
        for (name, value) in [
            ("if-none-match", &known.etag),
            ("if-modified-since", &known.last_modified),
        ] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        request.call().map_err(missed)
    }
}

fn refused(status: u16, headers: &HeaderMap) -> Missed {
    let retry_after = text(headers, "retry-after");
    Missed {
        retry_after: retry_after.and_then(|value| RetryAfter::parse(&value)),
        ..Missed::new(
            Reason::Status(status),
            format!("the server answers {status}"),
        )
    }
}

fn receive(
    mut answer: Response<ureq::Body>,
    limit: u64,
    out: &mut dyn Write,
) -> Result<Downloaded, Missed> {
    let too_large = || Missed::new(Reason::TooLarge, format!("more than {limit} bytes"));
    if answer.body().content_length() > Some(limit) {
        return Err(too_large());
    }
    let validators = Validators {
        etag: text(answer.headers(), "etag"),
        last_modified: text(answer.headers(), "last-modified"),
    };
    let mut reader = answer.body_mut().as_reader();
    let (mut chunk, mut bytes) = (vec![0; CHUNK], 0_u64);
    loop {
        let read = match reader.read(&mut chunk) {
            Ok(0) => return Ok(Downloaded::Content(bytes, validators)),
            Ok(read) => read,
            Err(error) => return Err(missed(error.into())),
        };
        bytes += read as u64;
        if bytes > limit {
            return Err(too_large());
        }
        out.write_all(&chunk[..read])
            .map_err(|error| kept(&error))?;
    }
}

fn kept(error: &io::Error) -> Missed {
    Missed::new(Reason::Disk, error.to_string())
}

fn missed(error: Error) -> Missed {
    let reason = match &error {
        Error::Timeout(_) => Reason::Timeout,
        Error::Io(error) if error.get_ref().is_some_and(|inner| inner.is::<Refused>()) => {
            Reason::Address
        }
        _ => Reason::Unreachable,
    };
    Missed::new(reason, words(&error))
}

/// The longest value of a header field that is kept.
const VALUE_MAX: usize = 500;

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?.trim();
    let longest = if name == "location" {
        usize::MAX
    } else {
        VALUE_MAX
    };
    Some(value.to_owned()).filter(|value| !value.is_empty() && value.len() <= longest)
}
