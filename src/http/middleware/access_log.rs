//! One line for each request, without secrets.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use actix_web::http::Uri;
use xxhash_rust::xxh3::xxh3_64;

use crate::http::error::Problem;
use crate::http::request::context::Incoming;
use crate::logging::{OneLine, one_line};

/// Parameters whose values open something.
const SECRETS: [&str; 4] = ["preview", "token", "key", "access_token"];

/// Tells the log of a request that was answered. Of the requests without a fault of ours, only the share that the settings name
/// is told.
pub(crate) fn write(
    incoming: &Incoming,
    share: f64,
    status: u16,
    bytes: u64,
    took: Duration,
    problem: Option<&Problem>,
) {
    let context = &incoming.context;
    if let Some((problem, cause)) = problem.and_then(|one| Some((one, one.cause.as_deref()?))) {
        log::log!(target: "masthead::http", problem.level(), request_id = context.id.as_str(); "{}", one_line(cause));
    }
    if status < 500 && !is_told(share, &context.id) {
        return;
    }
    let key = context.caller.get().map_or("-", |caller| &caller.prefix);
    log::info!(
        target: "masthead::http",
        method:% = OneLine(incoming.method.as_str()), path:% = Address(&incoming.uri), status = status, bytes = bytes,
        ms:% = Milliseconds(took), request_id = context.id.as_str(), client:% = Client(context.client), key = key;
        "answered"
    );
}

/// True if a request is in the share of requests that is told, chosen by its id.
fn is_told(share: f64, id: &str) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "a share need not be exact")]
    let place = xxh3_64(id.as_bytes()) as f64 / u64::MAX as f64;
    share >= 1.0 || place < share
}

/// A duration in milliseconds, with a tenth.
struct Milliseconds(Duration);

impl fmt::Display for Milliseconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.0.as_micros() + 50) / 100;
        write!(f, "{}.{}", tenths / 10, tenths % 10)
    }
}

/// The client's address, or a hyphen.
struct Client(Option<IpAddr>);

impl fmt::Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(address) => address.fmt(f),
            None => f.write_str("-"),
        }
    }
}

/// An address with the values of secret parameters left out and everything but plain text escaped.
struct Address<'u>(&'u Uri);

impl fmt::Display for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.query() {
            None => OneLine(self.0.path()).fmt(f),
            Some(query) => f.write_str(&without_secrets(self.0.path(), query)),
        }
    }
}

fn without_secrets(path: &str, query: &str) -> String {
    let pieces = query.split('&').map(|piece| match piece.split_once('=') {
        Some((name, _)) if is_secret(name) => format!("{name}=…"),
        _ => piece.to_owned(),
    });
    let query: Vec<String> = pieces.collect();
    one_line(&format!("{path}?{}", query.join("&")))
}

/// True if a parameter is a secret one, however its name is written.
fn is_secret(name: &str) -> bool {
    let name = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
    SECRETS.contains(&name.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_line_breaks_stay_out_of_the_log() {
        let target = without_secrets("/api/articles/x", "lang=en&preview=s3cret&token=t");
        assert_eq!(target, "/api/articles/x?lang=en&preview=…&token=…");
        let target = without_secrets("/api/articles/x", "%70review=s3cret");
        assert_eq!(target, "/api/articles/x?%70review=…");
        let target = without_secrets("/feeds/en/rss.xml", "token=mhf_s3cret&limit=1&%74oken=t");
        assert_eq!(target, "/feeds/en/rss.xml?token=…&limit=1&%74oken=…");
        assert_eq!(one_line("a\r\nb\u{1b}[31m"), "a\\r\\nb\\u{1b}[31m");
        assert_eq!(one_line(&"é".repeat(2_000)).chars().count(), 1_000);
    }

    #[test]
    fn a_share_of_the_requests_is_told() {
        let told = |share| {
            (0..10_000)
                .filter(|n| is_told(share, &n.to_string()))
                .count()
        };
        assert_eq!((told(0.0), told(1.0)), (0, 10_000));
        assert!((800..1_200).contains(&told(0.1)), "{}", told(0.1));
    }

    #[test]
    fn times_are_told_in_tenths_of_milliseconds() {
        for (micros, told) in [(0, "0.0"), (49, "0.0"), (50, "0.1"), (12_345, "12.3")] {
            assert_eq!(
                Milliseconds(Duration::from_micros(micros)).to_string(),
                told
            );
        }
    }
}
