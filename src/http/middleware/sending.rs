//! Sending long answers: in parts, so that the server copies one part at a time, and with a share of the memory for each
//! caller, since an answer is held until its client has read it, for which a client has a limit of time.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context as Task, Poll};
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::rt::net::TcpStream;
use actix_web::web::Bytes;
#[cfg(target_os = "linux")]
use socket2::SockRef;

use crate::http::error::Problem;
use crate::http::request::context::Context;
use crate::http::state::shares::{Owner, Place, Shares};

/// The bytes of one part; an answer that is not longer is sent as it is.
const PART: usize = 64 * 1024;

/// The same answer, in parts where it is long.
///
/// # Errors
/// Those of [`Shares::take`], where too much is being sent already.
pub(crate) fn in_parts(
    response: HttpResponse,
    context: &Context,
    room: &Shares,
) -> Result<HttpResponse, Problem> {
    let (head, body) = response.into_parts();
    match body.try_into_bytes() {
        Ok(bytes) if bytes.len() > PART => {
            let place = room.take(Owner::of(context), bytes.len())?;
            let parts = Parts {
                rest: bytes,
                _place: place,
            };
            Ok(head.set_body(BoxBody::new(parts)))
        }
        Ok(bytes) => Ok(head.set_body(BoxBody::new(bytes))),
        Err(body) => Ok(head.set_body(body)),
    }
}

/// A body of known length that is handed over in parts.
struct Parts {
    rest: Bytes,
    _place: Place,
}

impl MessageBody for Parts {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.rest.len() as u64)
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        _: &mut Task<'_>,
    ) -> Poll<Option<Result<Bytes, Infallible>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let length = self.rest.len().min(PART);
        Poll::Ready(Some(Ok(self.rest.split_to(length))))
    }
}

/// Lets the system close a connection whose client has taken nothing of what was sent for so long: `TCP_USER_TIMEOUT`
/// (RFC 5482) counts from the last byte that was taken, a closed window too.
#[cfg(target_os = "linux")]
pub(crate) fn limit(stream: &TcpStream, patience: Duration) {
    if let Err(error) = SockRef::from(stream).set_tcp_user_timeout(Some(patience)) {
        log::debug!("a connection is not limited in its time to send: {error}");
    }
}

/// Elsewhere, the time that a client may take is not limited.
#[cfg(not(target_os = "linux"))]
pub(crate) fn limit(_: &TcpStream, _: Duration) {}
