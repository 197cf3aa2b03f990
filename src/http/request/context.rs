//! Facts about a request before it is routed: its id, the client's address, the path prefix.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::Instant;

use actix_web::HttpRequest;
use actix_web::dev::{RequestHead, ServiceRequest};
use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, ORIGIN};
use actix_web::http::{Method, Uri, Version};
use ipnet::IpNet;
use uuid::Uuid;
use xxhash_rust::xxh3::xxh3_128_with_seed;

use crate::config::Config;
use crate::config::values::parse_prefix;
use crate::domain::id::Id;
use crate::domain::time::Clock;
use crate::http::protocol::seal::Seal;

/// Kept beside a request for as long as it lives.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    /// Names the request in the log, in problems and in X-Request-Id.
    pub(crate) id: String,
    /// Goes before the path of every link.
    pub(crate) prefix: String,
    /// Address of the client, as far as trusted proxies tell.
    pub(crate) client: Option<IpAddr>,
    /// True if the client is in a network that has no limits.
    pub(crate) is_unlimited: bool,
    /// True if only the head of the answer is asked for.
    pub(crate) head_only: bool,
    /// The key that it came with, once that is known to be valid.
    pub(crate) caller: Arc<OnceLock<Caller>>,
}

/// A request as the access log and the metrics tell of it.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) origin: Option<HeaderValue>,
    /// True if it came with a key, valid or not.
    pub(crate) keyed: bool,
    pub(crate) context: Context,
    pub(crate) began: Instant,
    /// True before HTTP/1.1, which has no chunked coding.
    pub(crate) is_old: bool,
}

/// A valid key, as the log tells of it: never its token.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) key: Id,
    /// The readable start of the token.
    pub(crate) prefix: String,
    /// Seals what only this token may be shown again.
    pub(crate) seal: Seal,
}

pub(crate) static X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
static X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
static X_FORWARDED_PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");

impl Context {
    /// Reads a request's head; headers that proxies set count only where the peer is a trusted one.
    pub(crate) fn of(head: &RequestHead, config: &Config) -> Self {
        let peer = head.peer_addr.map(|peer| peer.ip().to_canonical());
        let trusted = peer.is_some_and(|peer| is_trusted(peer, config));
        let headers = head.headers();
        let forwarded = |found: Option<_>| found.filter(|_| trusted);
        let client = if trusted {
            forwarded_client(headers, config).or(peer)
        } else {
            peer
        };
        Self {
            id: given_id(headers).unwrap_or_else(new_id),
            prefix: forwarded(forwarded_prefix(headers))
                .unwrap_or_else(|| config.prefix().to_owned()),
            client,
            is_unlimited: client
                .is_some_and(|client| is_in(client, &config.limits.unlimited_networks)),
            caller: Arc::default(),
            head_only: head.method == Method::HEAD,
        }
    }

    /// The context that the pipeline stored in a request; an empty one if the request has not been through it.
    pub(crate) fn kept_in(request: &HttpRequest) -> Self {
        use actix_web::HttpMessage;
        request.extensions().get::<Self>().cloned().unwrap_or(Self {
            id: String::new(),
            prefix: String::new(),
            client: None,
            is_unlimited: false,
            caller: Arc::default(),
            head_only: false,
        })
    }
}

impl Incoming {
    /// The request as it came, before anything is done with it.
    pub(crate) fn of(request: &ServiceRequest, config: &Config) -> Self {
        Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            origin: request.headers().get(ORIGIN).cloned(),
            keyed: request.headers().contains_key(AUTHORIZATION),
            context: Context::of(request.head(), config),
            began: Instant::now(),
            is_old: request.version() < Version::HTTP_11,
        }
    }
}

fn is_trusted(address: IpAddr, config: &Config) -> bool {
    is_in(address, &config.trusted_proxies)
}

fn is_in(address: IpAddr, networks: &[IpNet]) -> bool {
    networks.iter().any(|network| network.contains(&address))
}

/// A new id: a UUIDv7 of now, whose random part tells requests apart and needs not be secret.
fn new_id() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    static SEED: LazyLock<u64> = LazyLock::new(|| Uuid::now_v7().as_u64_pair().1);
    let count = COUNT.fetch_add(1, Ordering::Relaxed).to_le_bytes();
    let random = xxh3_128_with_seed(&count, *SEED).to_le_bytes();
    let mut part = [0; 10];
    part.copy_from_slice(&random[..10]);
    let millis = u64::try_from(Clock::System.now().millis()).unwrap_or(0);
    let id = uuid::Builder::from_unix_timestamp_millis(millis, &part).into_uuid();
    id.to_string()
}

/// An id that the client made, where it is short and plain enough for a log line.
fn given_id(headers: &HeaderMap) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    headers
        .get(&X_REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|id| (1..=128).contains(&id.len()) && id.chars().all(plain))
        .map(str::to_owned)
}

fn forwarded_prefix(headers: &HeaderMap) -> Option<String> {
    let prefix = headers.get(&X_FORWARDED_PREFIX)?.to_str().ok()?;
    parse_prefix(prefix.split(',').next()?.trim()).ok()
}

/// The last address of X-Forwarded-For that is no trusted proxy: all before it is hearsay.
fn forwarded_client(headers: &HeaderMap, config: &Config) -> Option<IpAddr> {
    let fields: Vec<&str> = headers
        .get_all(&X_FORWARDED_FOR)
        .map(|value| value.to_str().unwrap_or_default())
        .collect();
    let hops = fields.iter().flat_map(|field| field.split(','));
    for hop in hops.rev() {
        let address = parse_hop(hop.trim())?;
        if !is_trusted(address, config) {
            return Some(address);
        }
    }
    None
}

/// An address, in brackets or with a port where a proxy adds them.
fn parse_hop(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse::<IpAddr>().ok();
    address
        .or_else(|| text.parse::<std::net::SocketAddr>().ok().map(|a| a.ip()))
        .map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn context(peer: &str, fields: &[(&str, &str)]) -> Context {
        let mut config = Config::with_database("sqlite://x.db");
        config.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
        config.path_prefix = Some("/own".to_owned());
        let mut request = TestRequest::get().peer_addr(peer.parse().unwrap());
        for (name, value) in fields {
            request = request.append_header((*name, *value));
        }
        Context::of(request.to_http_request().head(), &config)
    }

    #[test]
    fn a_stranger_s_forwarding_headers_are_not_believed() {
        let fields = [
            ("x-forwarded-for", "1.2.3.4"),
            ("x-forwarded-prefix", "/evil"),
        ];
        let context = context("192.0.2.1:999", &fields);
        assert_eq!(context.client.unwrap().to_string(), "192.0.2.1");
        assert_eq!(context.prefix, "/own");
    }

    #[test]
    fn a_trusted_proxy_names_the_client_and_the_prefix() {
        let fields = [
            ("x-forwarded-for", "6.6.6.6, 203.0.113.9"),
            ("x-forwarded-for", "10.1.1.1"),
            ("x-forwarded-prefix", "/pub/"),
        ];
        let context = context("10.0.0.1:999", &fields);
        assert_eq!(context.client.unwrap().to_string(), "203.0.113.9");
        assert_eq!(context.prefix, "/pub");
    }

    #[test]
    fn an_odd_prefix_or_request_id_is_passed_over() {
        let fields = [
            ("x-forwarded-prefix", "//evil.example"),
            ("x-request-id", "a b"),
        ];
        let odd = context("10.0.0.1:999", &fields);
        assert_eq!(odd.prefix, "/own");
        let made = Uuid::parse_str(&odd.id).unwrap();
        assert_eq!(made.get_version_num(), 7);
        assert_ne!(new_id(), new_id());
        assert_eq!(
            context("192.0.2.1:999", &[("x-request-id", "abc-1")]).id,
            "abc-1"
        );
    }
}
