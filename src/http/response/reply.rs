//! From what a handler found to the bytes on the wire: entity tag, validators, caching, surrogate keys, content coding.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::web::Bytes;
use xxhash_rust::xxh3::xxh3_128;

use crate::config::Config;
use crate::domain::language::LanguageTag;
use crate::domain::time::{Clock, Timestamp};
use crate::http::codes::Code;
use crate::http::error::Problem;
use crate::http::protocol::conditional::VersionTag;
use crate::http::response::head;
use crate::http::response::representation::Representation;
use crate::http::response::surrogate_keys::Keys;

/// The kind of resource that is sent: decides who may keep it, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    /// One article.
    Article,
    /// A list of articles.
    List,
    /// Editions, sections, authors, sources, tags.
    Taxonomy,
    /// A list that is the same for everybody, whatever key they have.
    Open,
    /// The change log: asked again and again, so nobody may answer from memory without asking.
    Changes,
    /// The documentation.
    Docs,
    /// Facts that are true only now.
    Momentary,
    /// Content for this caller only.
    Private,
}

impl Policy {
    /// True for articles and what they are sorted by, which the change log tells of.
    pub(crate) const fn is_of_content(self) -> bool {
        matches!(self, Self::Article | Self::List | Self::Taxonomy)
    }

    fn cache_control(self, config: &Config) -> &str {
        match self {
            Self::Article => &config.cache_control_article,
            Self::List | Self::Open => &config.cache_control_list,
            Self::Taxonomy => &config.cache_control_taxonomy,
            Self::Docs => &config.cache_control_docs,
            Self::Changes => "no-cache",
            Self::Momentary => "no-store",
            Self::Private => "private, no-store",
        }
    }

    /// The request's header fields that the answer depends on.
    const fn vary(self) -> &'static str {
        match self {
            Self::Docs | Self::Momentary | Self::Open => "Accept-Encoding",
            _ => "Accept-Encoding, Authorization",
        }
    }
}

/// True if a shared cache may keep an answer without asking (RFC 9111, sections 5.2.2.4 to 5.2.2.7).
fn may_be_shared(cache_control: &str) -> bool {
    let mut directives = cache_control.split(',').map(str::trim);
    !directives.any(|one| {
        let name = one.split('=').next().unwrap_or_default();
        ["no-store", "no-cache", "private"]
            .iter()
            .any(|never| name.eq_ignore_ascii_case(never))
    })
}

/// The answer of a handler, before it is finished.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) content_type: &'static str,
    pub(crate) body: Vec<u8>,
    /// Names the representation that the entity tag is of, where the body says more than it.
    pub(crate) digest: Option<u128>,
    pub(crate) policy: Policy,
    /// The languages of its content, for Content-Language.
    pub(crate) langs: Vec<LanguageTag>,
    /// The last change that could have altered it.
    pub(crate) modified: Option<Timestamp>,
    /// The surrogate keys.
    pub(crate) keys: Keys,
    /// Number of articles in it, for the usage.
    pub(crate) articles: usize,
    /// The version that it is of, for resources that have one: leads the entity tag.
    pub(crate) version: Option<VersionTag>,
    /// True if it shows a secret, which must not be readable where the answer is kept for a repetition.
    pub(crate) shows_secret: bool,
    /// True if the request's Accept chose among several forms.
    by_accept: bool,
    /// True if the address names the form, so that it is sent whatever Accept says.
    by_address: bool,
    /// Further header fields.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
}

impl Reply {
    /// A 200 with a body.
    pub(crate) fn new(
        content_type: &'static str,
        body: impl Into<Vec<u8>>,
        policy: Policy,
    ) -> Self {
        Self {
            status: StatusCode::OK,
            content_type,
            body: body.into(),
            digest: None,
            policy,
            langs: Vec::new(),
            modified: None,
            keys: Keys::default(),
            articles: 0,
            version: None,
            shows_secret: false,
            by_accept: false,
            by_address: false,
            headers: Vec::new(),
        }
    }

    /// A permanent redirect (308) to an address on this service; a problem that names it, where the caller's parameters make
    /// it too long for a head.
    pub(crate) fn moved_to(location: &str, policy: Policy) -> Result<Self, Problem> {
        if location.len() > head::LONGEST_LOCATION {
            let path = location.split('?').next().unwrap_or_default();
            let detail = format!(
                "this moved to {path}: ask there, since the redirect has no room for so long a query"
            );
            return Err(Problem::new(Code::MalformedUrl, detail));
        }
        let location = HeaderValue::from_str(location).map_err(Problem::internal)?;
        let mut reply = Self::new("text/plain; charset=utf-8", Vec::new(), policy);
        reply.status = StatusCode::PERMANENT_REDIRECT;
        reply.headers.push((header::LOCATION, location));
        Ok(reply)
    }

    /// The same reply with a header field; a value that no header can hold is left out.
    pub(crate) fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    /// The same reply as one that is true only now.
    pub(crate) fn passing(mut self) -> Self {
        self.policy = Policy::Momentary;
        self
    }

    /// The same reply, saying that Accept chose its form.
    pub(crate) fn varying_by_accept(mut self) -> Self {
        self.by_accept = true;
        self
    }

    /// The same reply, saying that its address names the form.
    pub(crate) fn whatever_accept_says(mut self) -> Self {
        self.by_address = true;
        self
    }

    /// The same reply, last changed when the process began where nothing tells when: the documentation changes with the
    /// program, and a list that no change has touched is as old. What is true only now changed now, and so may have what
    /// only this caller sees: accounts, logs and proofs, which no change of content dates.
    pub(crate) fn dated(mut self, began: Timestamp, now: Timestamp) -> Self {
        if self.status == StatusCode::OK {
            self.modified = self.modified.or(match self.policy {
                Policy::Momentary | Policy::Private => Some(now),
                _ => Some(began),
            });
        }
        self.modified = self.modified.map(|modified| modified.min(now));
        self
    }

    /// Works out all that does not depend on the request's conditions and codings.
    pub(crate) fn finish(self, config: &Config) -> Representation {
        let tag = self.tag();
        let modified = self.modified.map(no_later_than_date);
        let mut fields = self.headers;
        let mut put = |name: &HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                fields.push((name.clone(), value));
            }
        };
        let cache_control = self.policy.cache_control(config);
        put(&header::CACHE_CONTROL, cache_control);
        let accept = if self.by_accept { ", Accept" } else { "" };
        put(&header::VARY, &format!("{}{accept}", self.policy.vary()));
        if let Some(modified) = modified {
            put(&header::LAST_MODIFIED, &modified.to_http_date());
        }
        let langs: Vec<&str> = self.langs.iter().map(LanguageTag::as_str).collect();
        let langs = langs.join(", ");
        if may_be_shared(cache_control) {
            let put = fields.iter().map(|(name, value)| (name, value));
            let room = head::room_beside(put).saturating_sub(langs.len());
            fields.extend(self.keys.fields(config.surrogate_header, room));
        }
        Representation {
            status: self.status,
            head: head::of(fields),
            content_type: HeaderValue::from_static(self.content_type),
            content_language: HeaderValue::from_str(&langs).ok().filter(|v| !v.is_empty()),
            tag,
            by_address: self.by_address,
            modified,
            passing: self.policy == Policy::Momentary,
            articles: self.articles,
            body: Bytes::from(self.body),
            coded: Default::default(),
            heads: Default::default(),
        }
    }

    fn tag(&self) -> String {
        let hash = self.digest.unwrap_or_else(|| digest_of(&self.body));
        match self.version {
            Some(version) => format!("{}-{hash:032x}", version.tag()),
            None => format!("{hash:032x}"),
        }
    }
}

static CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");

/// Says of an answer from memory that the database has been away for so long (RFC 9111, section 5.1; RFC 9211).
pub(crate) fn mark_unchecked(headers: &mut HeaderMap, away: Duration) {
    headers.insert(header::AGE, HeaderValue::from(away.as_secs()));
    let status = HeaderValue::from_static("masthead; hit; detail=\"database away\"");
    headers.insert(CACHE_STATUS.clone(), status);
}

/// A time for Last-Modified, which is never later than Date (RFC 9110, section 8.8.2.1): a wrong clock, or the database's own,
/// may have dated a change into this machine's future.
pub(crate) fn no_later_than_date(modified: Timestamp) -> Timestamp {
    // The server makes Date anew every half second, and it has whole seconds.
    const OLDEST: i64 = 1_500;
    modified.min(Timestamp::from_millis(
        Clock::System.now().millis() - OLDEST,
    ))
}

/// Names a representation by its bytes.
pub(crate) fn digest_of(bytes: &[u8]) -> u128 {
    xxh3_128(bytes)
}
