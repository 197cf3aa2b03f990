//! Requests to machines of others: bounded in time and size, and only to addresses that may be sent to.

pub mod address;
pub mod download;
pub mod purge;
pub mod webhook;

use std::fmt;
use std::io::Read;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::Path;
use std::sync::{Arc, OnceLock, mpsc};
use std::time::{Duration, Instant};

use ipnet::IpNet;
use ureq::http::Uri;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error};

use crate::domain::retry_after::RetryAfter;

/// A certificate that others are signed by.
pub type Certificate = ureq::tls::Certificate<'static>;

/// Bytes of an answer that are read.
const RESPONSE_MAX: u64 = 4_096;
/// The most bytes of an answer's head.
const HEAD_MAX: usize = 16 * 1024;
/// The most addresses of one host that are tried.
const ADDRESSES_MAX: usize = 16;

/// Sends requests. Posts follow no redirect; nothing knows a proxy, and connections are kept for downloads only. Cheap to
/// clone.
#[derive(Debug, Clone)]
pub struct Outbound {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    allowed: Vec<IpNet>,
    time_limit: Duration,
    trusted: Vec<Certificate>,
    /// Connections that are kept for further requests to their host.
    kept: usize,
    agent: OnceLock<Agent>,
}

/// The answer to a request, or the reason for which none came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The status; `None` where no answer came.
    pub status: Option<u16>,
    /// Reason for which no answer came, in words that name no internals.
    pub error: Option<String>,
    /// The start of the answer's content.
    pub response: Option<String>,
    /// The answer's Retry-After.
    pub retry_after: Option<RetryAfter>,
    /// Duration.
    pub duration: Duration,
}

impl Outbound {
    /// A client that sends to the public internet and to `allowed` networks. `time_limit` is for a whole request, from the
    /// look-up of the name to the last byte that is read.
    /// Servers are trusted whose certificates lead to one that the system trusts, or to one of `trusted`.
    #[must_use]
    pub fn new(allowed: Vec<IpNet>, time_limit: Duration, trusted: Vec<Certificate>) -> Self {
        Self::keeping(0, allowed, time_limit, trusted)
    }

    /// The same, which keeps up to `kept` connections for further requests to their host.
    #[must_use]
    pub fn keeping(
        kept: usize,
        allowed: Vec<IpNet>,
        time_limit: Duration,
        trusted: Vec<Certificate>,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                allowed,
                time_limit,
                trusted,
                kept,
                agent: OnceLock::new(),
            }),
        }
    }

    fn agent(&self) -> &Agent {
        self.inner.agent.get_or_init(|| agent(&self.inner))
    }

    /// The networks beside the public internet that are sent to.
    #[must_use]
    pub fn allowed(&self) -> &[IpNet] {
        &self.inner.allowed
    }

    /// Posts `body`; blocks until the answer's start is read or the time is over.
    #[must_use]
    pub fn post(&self, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Exchange {
        self.send("POST", url, headers, body)
    }

    /// Sends a request with a method of its own; blocks until the answer's start is read or the time is over.
    #[must_use]
    pub fn send(&self, method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Exchange {
        let agent = self.agent();
        let began = Instant::now();
        let request = ureq::http::Request::builder().method(method).uri(url);
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, *value)
        });
        let answered = request
            .body(body)
            .map_err(Error::from)
            .and_then(|request| agent.run(request));
        let exchange = match answered {
            Ok(answer) => read(answer),
            Err(error) => failed(&error),
        };
        Exchange {
            duration: began.elapsed(),
            ..exchange
        }
    }
}

fn agent(settings: &Inner) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .allow_non_standard_methods(true)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .timeout_global(Some(settings.time_limit))
        .max_response_header_size(HEAD_MAX)
        .max_idle_connections(settings.kept)
        .accept_encoding("identity")
        .user_agent(concat!("masthead/", env!("CARGO_PKG_VERSION")))
        .tls_config(tls(&settings.trusted))
        .build();
    let resolver = Guard {
        allowed: settings.allowed.clone(),
    };
    Agent::with_parts(config, DefaultConnector::default(), resolver)
}

/// Reads the certificates of a file in PEM.
///
/// # Errors
/// A sentence, where the file cannot be read, or holds none.
pub fn certificates(file: &Path) -> Result<Vec<Certificate>, String> {
    let name = file.display();
    let text = std::fs::read(file).map_err(|e| format!("{name} cannot be read: {e}"))?;
    let mut found = Vec::new();
    for item in parse_pem(&text) {
        match item {
            Ok(PemItem::Certificate(certificate)) => found.push(certificate),
            Ok(_) => {}
            Err(_) => return Err(format!("{name} is no file of certificates in PEM")),
        }
    }
    if found.is_empty() {
        return Err(format!("{name} holds no certificate"));
    }
    Ok(found)
}

/// TLS that trusts what the system trusts, and some more.
fn tls(trusted: &[Certificate]) -> TlsConfig {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        log::warn!("a certificate of the system cannot be read: {error}");
    }
    let roots: Vec<Certificate> = found
        .certs
        .iter()
        .map(|root| ureq::tls::Certificate::from_der(root).to_owned())
        .chain(trusted.iter().cloned())
        .collect();
    TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&roots))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build()
}

fn read(mut answer: ureq::http::Response<ureq::Body>) -> Exchange {
    let mut start = Vec::new();
    // An answer whose content breaks off is an answer all the same: its status was sent.
    let _ = answer
        .body_mut()
        .as_reader()
        .take(RESPONSE_MAX)
        .read_to_end(&mut start);
    let retry_after = answer.headers().get("retry-after");
    Exchange {
        status: Some(answer.status().as_u16()),
        error: None,
        response: Some(String::from_utf8_lossy(&start).replace('\0', "\u{fffd}")),
        retry_after: retry_after.and_then(|value| RetryAfter::parse(value.to_str().ok()?)),
        duration: Duration::ZERO,
    }
}

/// The reason for which no answer came, in words that name no internals.
fn words(error: &Error) -> String {
    match error {
        Error::Timeout(_) => "no answer in time".to_owned(),
        Error::HostNotFound => "the host has no address".to_owned(),
        Error::Io(error) => match error.get_ref().and_then(|e| e.downcast_ref::<Refused>()) {
            Some(refused) => refused.to_string(),
            None => error.to_string(),
        },
        other => other.to_string(),
    }
}

fn failed(error: &Error) -> Exchange {
    Exchange {
        status: None,
        error: Some(words(error)),
        response: None,
        retry_after: None,
        duration: Duration::ZERO,
    }
}

/// Resolves names and keeps what may be sent to. The connection goes to the very addresses that were looked at here, so a
/// name that means another address a moment later gains nothing.
#[derive(Debug)]
struct Guard {
    allowed: Vec<IpNet>,
}

/// A host all of whose addresses are refused.
#[derive(Debug)]
struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the host's address is in a network that this service does not send to")
    }
}

impl std::error::Error for Refused {}

impl Resolver for Guard {
    fn resolve(
        &self,
        uri: &Uri,
        _: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
            return Err(Error::HostNotFound);
        };
        let host = DefaultResolver::host_and_port(scheme, authority).ok_or(Error::HostNotFound)?;
        let found = look_up(host, &timeout)?;
        let mut kept = self.empty();
        let any = !found.is_empty();
        let usable = |at: &SocketAddr| address::is_allowed(at.ip(), &self.allowed);
        for at in found.into_iter().filter(usable).take(ADDRESSES_MAX) {
            kept.push(at);
        }
        match (any, kept.is_empty()) {
            (false, _) => Err(Error::HostNotFound),
            (true, true) => Err(Error::Io(std::io::Error::other(Refused))),
            (true, false) => Ok(kept),
        }
    }
}

/// The system's resolver has no time limit of its own, so a thread waits for it.
fn look_up(host: String, timeout: &NextTimeout) -> Result<Vec<SocketAddr>, Error> {
    let (send, receive) = mpsc::sync_channel(1);
    std::thread::spawn(move || {
        let found = host.to_socket_addrs().map(Iterator::collect::<Vec<_>>);
        // Where nobody waits any more, nobody needs the answer.
        let _ = send.send(found);
    });
    match receive.recv_timeout(*timeout.after) {
        Ok(found) => found.map_err(|_| Error::HostNotFound),
        Err(_) => Err(Error::Timeout(timeout.reason)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::net::TcpListener;

    fn listener() -> (TcpListener, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        (listener, format!("http://localhost:{port}/hook"))
    }

    fn loopback() -> Outbound {
        let loopback = "127.0.0.0/8".parse().unwrap();
        Outbound::new(vec![loopback], Duration::from_secs(5), Vec::new())
    }

    fn answering(listener: TcpListener, answer: &'static [u8]) {
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut buffer = [0; 4_096];
            let _ = stream.read(&mut buffer).unwrap();
            stream.write_all(answer).unwrap();
        });
    }

    #[test]
    fn a_name_that_means_a_private_address_is_refused_before_anything_is_sent() {
        let (listener, url) = listener();
        listener.set_nonblocking(true).unwrap();
        let client = Outbound::new(Vec::new(), Duration::from_secs(5), Vec::new());
        let exchange = client.post(&url, &[], b"{}");
        assert!(exchange.error.unwrap().contains("does not send to"));
        assert!(listener.accept().is_err());
    }

    #[test]
    fn a_redirect_is_an_answer_and_not_followed() {
        let (listener, url) = listener();
        answering(
            listener,
            b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\nretry-after: 7\r\ncontent-length: 2\r\n\r\nhi",
        );
        let client = loopback();
        let exchange = client.post(&url, &[("webhook-id", "x")], b"{}");
        assert_eq!(
            (exchange.status, exchange.retry_after),
            (Some(302), Some(RetryAfter::Seconds(7)))
        );
        assert_eq!(exchange.response.as_deref(), Some("hi"));
    }

    #[test]
    fn what_cannot_be_reached_is_told_in_words() {
        let client = loopback();
        let (listener, url) = listener();
        drop(listener);
        let exchange = client.post(&url, &[], b"{}");
        assert_eq!(exchange.status, None);
        assert!(!exchange.error.unwrap().is_empty());
        let exchange = client.post("http://nowhere.invalid/", &[], b"{}");
        assert!(exchange.error.is_some());
    }

    #[test]
    fn an_endless_answer_is_not_read_to_its_end() {
        let (listener, url) = listener();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut buffer = [0; 4_096];
            let _ = stream.read(&mut buffer).unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
            while stream.write_all(&[b'x'; 1_024]).is_ok() {}
        });
        let client = loopback();
        let exchange = client.post(&url, &[], b"{}");
        assert_eq!(exchange.response.map(|text| text.len()), Some(4_096));
    }
}
