//! Answers to requests that cannot be read as HTTP/1: problem documents, with a line in the log, like all others.

use std::net::IpAddr;
use std::time::{Instant, SystemTime};

use actix_web::HttpResponse;
use actix_web::body::MessageBody;
use actix_web::http::{Method, StatusCode, Uri};
use uuid::Uuid;

use crate::http::codes::Code;
use crate::http::error::Problem;
use crate::http::request::context::Context;
use crate::http::request::context::Incoming;
use crate::http::state::app::App;
use crate::http::wire::head::MOST_FIELDS;

/// The whole answer to a request of which `asked` has come.
pub(crate) fn answer(app: &App, peer: Option<IpAddr>, asked: &[u8], status: StatusCode) -> Vec<u8> {
    let (method, uri) = line_of(asked);
    let request = Incoming {
        method,
        uri,
        origin: None,
        keyed: false,
        context: Context {
            id: Uuid::now_v7().to_string(),
            prefix: app.config.prefix().to_owned(),
            is_unlimited: false,
            client: peer.map(|peer| peer.to_canonical()),
            head_only: false,
            caller: std::sync::Arc::default(),
        },
        began: Instant::now(),
        is_old: false,
    };
    app.metrics.begin(false);
    let problem = Problem::new(code_of(status), fault(asked, status));
    let response = request.finish(HttpResponse::from_error(problem), None, app);
    written(response)
}

fn code_of(status: StatusCode) -> Code {
    match status {
        StatusCode::REQUEST_TIMEOUT => Code::RequestTimeout,
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Code::HeadTooLarge,
        _ => Code::MalformedRequest,
    }
}

/// The method and the address, as far as they can be read; a hyphen and the root stand for what cannot.
fn line_of(asked: &[u8]) -> (Method, Uri) {
    let line = asked
        .split(|byte| *byte == b'\n')
        .find(|line| !line.trim_ascii().is_empty());
    let line = String::from_utf8_lossy(line.unwrap_or_default());
    let mut words = line.split_whitespace();
    let method = words.next().and_then(|word| word.parse().ok());
    let uri = words.next().and_then(|word| word.parse().ok());
    (
        method
            .or_else(|| Method::from_bytes(b"-").ok())
            .unwrap_or_default(),
        uri.unwrap_or_default(),
    )
}

/// The error of the request, and the right form.
fn fault(asked: &[u8], status: StatusCode) -> String {
    match status {
        StatusCode::REQUEST_TIMEOUT => "the request's head did not come whole in time".to_owned(),
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
            format!("a request's head has at most 128 kB and {MOST_FIELDS} fields")
        }
        _ => fault_of_head(asked),
    }
}

fn fault_of_head(asked: &[u8]) -> String {
    let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
    let mut request = httparse::Request::new(&mut fields);
    if let Err(error) = request.parse(asked) {
        let is_tls = asked.starts_with(&[0x16, 0x03]);
        let hint = if is_tls {
            "; this looks like TLS, which a proxy ends"
        } else {
            ""
        };
        return format!("the request cannot be read as HTTP/1.1 (RFC 9112): {error}{hint}");
    }
    let count = |name: &str| {
        let fields = request.headers.iter();
        fields
            .filter(|field| field.name.eq_ignore_ascii_case(name))
            .count()
    };
    let (hosts, lengths, codings) = (
        count("host"),
        count("content-length"),
        count("transfer-encoding"),
    );
    let words = match request.version {
        Some(1) if hosts == 0 => "a request of HTTP/1.1 has a Host field",
        _ if hosts > 1 => "a request has one Host field",
        Some(0) if codings > 0 => "a request of HTTP/1.0 has no Transfer-Encoding",
        _ if lengths > 0 && codings > 0 => {
            "a request has Content-Length or Transfer-Encoding, and not both"
        }
        _ if lengths > 1 || codings > 1 => "a request has Content-Length or Transfer-Encoding once",
        _ if lengths == 1 => {
            "the address, or Content-Length, which is a whole number, cannot be read"
        }
        _ if codings == 1 => {
            "the content is not what Transfer-Encoding: chunked, the only one taken, says"
        }
        _ => "the request cannot be read as HTTP/1.1 (RFC 9112)",
    };
    words.to_owned()
}

/// The answer as it is sent. Nothing behind a request that cannot be read can be, so the connection ends with it.
fn written(response: HttpResponse) -> Vec<u8> {
    let (response, body) = response.into_parts();
    let body = body.try_into_bytes().unwrap_or_default();
    let mut bytes = format!("HTTP/1.1 {}\r\n", response.status()).into_bytes();
    for (name, value) in response.headers() {
        bytes.extend_from_slice(name.as_str().as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    let date = httpdate::fmt_http_date(SystemTime::now());
    let end = format!(
        "content-length: {}\r\nconnection: close\r\ndate: {date}\r\n\r\n",
        body.len()
    );
    bytes.extend_from_slice(end.as_bytes());
    bytes.extend_from_slice(&body);
    bytes
}
