//! The stream of one connection, between the network and actix.
//!
//! actix answers what its parser refuses without a body and without asking the application. Its answer is known by the lack
//! of X-Request-Id, which every answer of the application has, and is exchanged for a problem document.

use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use actix_web::http::StatusCode;
use actix_web::web::BytesMut;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::http::state::app::App;
use crate::http::wire::framing::Framing;
use crate::http::wire::unreadable;

/// Bytes of a request that are kept to describe its error.
const KEPT: usize = 4_096;
/// The longest head of an answer that actix makes by itself, in bytes.
const LONGEST_BARE: usize = 256;
const END: &[u8] = b"\r\n\r\n";

/// A connection.
pub struct Connection<T> {
    io: T,
    app: Arc<App>,
    peer: Option<IpAddr>,
    framing: Framing,
    /// Bytes that have come and wait to be read.
    ready: BytesMut,
    /// True if bytes were read and actix may not have looked at them.
    is_fresh: bool,
    /// True while a part of an answer waits to be sent.
    is_sending: bool,
    /// The start of what has come since the last answer.
    asked: Vec<u8>,
    /// The answer that goes out instead of actix's own.
    instead: Option<Instead>,
}

/// An answer under way.
struct Instead {
    bytes: Vec<u8>,
    sent: usize,
    /// The length of the answer that it stands for.
    length: usize,
}

impl<T> Connection<T> {
    /// One that was accepted from `peer`.
    pub fn new(io: T, peer: Option<IpAddr>, app: Arc<App>) -> Self {
        Self {
            io,
            app,
            peer,
            framing: Framing::default(),
            ready: BytesMut::new(),
            is_fresh: false,
            is_sending: false,
            asked: Vec::new(),
            instead: None,
        }
    }

    fn keep(&mut self, came: &[u8]) {
        let room = KEPT - self.asked.len();
        self.asked.extend(came.iter().take(room));
    }

    /// The client has closed its side. What came last is looked at first, since it may be answered at once, and what waits
    /// to be sent is sent. Content that ends early is answered; for anything else nobody waits.
    fn end(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.framing.is_in_content() {
            return Poll::Ready(Ok(()));
        }
        if std::mem::take(&mut self.is_fresh) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        match self.is_sending {
            true => Poll::Pending,
            false => Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into())),
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Connection<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            if !this.ready.is_empty() {
                let part = this.ready.split_to(this.ready.len().min(buf.remaining()));
                buf.put_slice(&part);
                this.is_fresh = true;
                return Poll::Ready(Ok(()));
            }
            if this.framing.is_broken() {
                return Poll::Ready(Ok(()));
            }
            let before = buf.filled().len();
            ready!(Pin::new(&mut this.io).poll_read(cx, buf))?;
            let came = &buf.filled()[before..];
            if came.is_empty() {
                this.framing.finish(&mut this.ready);
                if this.ready.is_empty() {
                    return this.end(cx);
                }
                continue;
            }
            this.keep(came);
            if let Some(read) = this.framing.through(came) {
                buf.set_filled(before + read);
                this.is_fresh = true;
                return Poll::Ready(Ok(()));
            }
            let came = came.to_vec();
            buf.set_filled(before);
            this.framing.pass(&came, &mut this.ready);
        }
    }
}

impl<T: AsyncWrite + Unpin> Connection<T> {
    fn write(&mut self, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if self.instead.is_none() {
            match bare_refusal(buf) {
                Some((0, status)) => {
                    let bytes = unreadable::answer(&self.app, self.peer, &self.asked, status);
                    self.instead = Some(Instead {
                        bytes,
                        sent: 0,
                        length: buf.len(),
                    });
                }
                // Answers to earlier requests go first.
                Some((start, _)) => return Pin::new(&mut self.io).poll_write(cx, &buf[..start]),
                None => {
                    self.asked.clear();
                    return Pin::new(&mut self.io).poll_write(cx, buf);
                }
            }
        }
        while let Some(instead) = &mut self.instead {
            let rest = &instead.bytes[instead.sent..];
            if rest.is_empty() {
                let length = instead.length;
                self.instead = None;
                return Poll::Ready(Ok(length));
            }
            match ready!(Pin::new(&mut self.io).poll_write(cx, rest))? {
                0 => return Poll::Ready(Ok(0)),
                count => instead.sent += count,
            }
        }
        Poll::Ready(Ok(0))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Connection<T> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = this.write(cx, buf);
        if std::mem::replace(&mut this.is_sending, written.is_pending()) && written.is_ready() {
            // The end of what is read may have waited for this.
            cx.waker().wake_by_ref();
        }
        written
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(cx)
    }
}

/// The beginning and the status of an answer that actix made by itself. It is the last of what is written: actix reads
/// nothing behind a request that it refuses.
fn bare_refusal(written: &[u8]) -> Option<(usize, StatusCode)> {
    if !written.ends_with(END) {
        return None;
    }
    let tail = written.len().saturating_sub(LONGEST_BARE);
    let last = &written[tail..];
    let start = last.windows(7).rposition(|part| part == b"HTTP/1.")?;
    let head = std::str::from_utf8(&last[start..]).ok()?;
    let (line, fields) = head.split_once("\r\n")?;
    let own = |field: &str| {
        let (name, value) = field.split_once(':').unwrap_or((field, ""));
        match name {
            "content-length" => value.trim() == "0",
            name => matches!(name, "connection" | "date"),
        }
    };
    let fields = fields.strip_suffix("\r\n\r\n")?;
    let bare = fields.split("\r\n").all(own) && fields.contains("content-length");
    let status = line.get(9..12).filter(|_| bare)?;
    let status: StatusCode = status.parse().ok()?;
    let refused = [
        StatusCode::BAD_REQUEST,
        StatusCode::REQUEST_TIMEOUT,
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
    ];
    refused.contains(&status).then_some((tail + start, status))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_of_actix_s_own_is_known_behind_others_too() {
        let bare =
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\ndate: x\r\n\r\n";
        let own = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nx-request-id: 1\r\n\r\n";
        let at = |text: &str| bare_refusal(text.as_bytes()).map(|(start, _)| start);
        assert_eq!(at(bare), Some(0));
        assert_eq!(at(&[own, bare].concat()), Some(own.len()));
        for text in [
            own,
            "HTTP/1.1 304 Not Modified\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 5\r\n\r\n",
            &[bare, "more"].concat(),
            "\r\n\r\n",
        ] {
            assert_eq!(at(text), None, "{text}");
        }
    }
}
