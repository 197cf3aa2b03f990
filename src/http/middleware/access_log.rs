//! One line for each request, without secrets.

use std::time::Duration;

use crate::http::error::Problem;
use crate::http::request::context::Incoming;
use crate::logging::one_line;

/// Parameters whose values open something.
const SECRETS: [&str; 4] = ["preview", "token", "key", "access_token"];

/// Tells the log of a request that was answered.
pub(crate) fn write(
    incoming: &Incoming,
    status: u16,
    bytes: u64,
    took: Duration,
    problem: Option<&Problem>,
) {
    let context = &incoming.context;
    if let Some((problem, cause)) = problem.and_then(|one| Some((one, one.cause.as_deref()?))) {
        log::log!(target: "masthead::http", problem.level(), request_id = context.id.as_str(); "{}", one_line(cause));
    }
    let client = context
        .client
        .map_or_else(|| "-".to_owned(), |client| client.to_string());
    let key = context.caller.get().map_or("-", |caller| &caller.prefix);
    let target = without_secrets(incoming.uri.path(), incoming.uri.query());
    let ms = format!("{:.1}", took.as_secs_f64() * 1000.0);
    log::info!(
        target: "masthead::http",
        method = one_line(incoming.method.as_str()).as_str(), path = target.as_str(), status = status, bytes = bytes,
        ms = ms.as_str(), request_id = context.id.as_str(), client = client.as_str(), key = key;
        "answered"
    );
}

/// The address with the values of secret parameters left out and everything but plain text escaped.
fn without_secrets(path: &str, query: Option<&str>) -> String {
    let Some(query) = query else {
        return one_line(path);
    };
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
        let target = without_secrets("/api/articles/x", Some("lang=en&preview=s3cret&token=t"));
        assert_eq!(target, "/api/articles/x?lang=en&preview=…&token=…");
        let target = without_secrets("/api/articles/x", Some("%70review=s3cret"));
        assert_eq!(target, "/api/articles/x?%70review=…");
        let target = without_secrets(
            "/feeds/en/rss.xml",
            Some("token=mhf_s3cret&limit=1&%74oken=t"),
        );
        assert_eq!(target, "/feeds/en/rss.xml?token=…&limit=1&%74oken=…");
        assert_eq!(one_line("a\r\nb\u{1b}[31m"), "a\\r\\nb\\u{1b}[31m");
    }
}
