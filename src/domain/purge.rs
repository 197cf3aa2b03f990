//! Caches in front of the service that are told to forget, and the keys by which answers are named to them.

use std::fmt;

use url::Url;

/// The key of every answer: forgotten where a change can have altered anything.
pub const EVERY_ANSWER: &str = "all";
/// The key of answers that depend on more than their other keys name: forgotten with every change.
pub const ANY_CHANGE: &str = "any-change";

/// The key of the answers that depend on a slot of subjects.
#[must_use]
pub fn key_of_slot(slot: u16) -> String {
    format!("s:{slot:04x}")
}

/// Address of Fastly's API.
const FASTLY: &str = "https://api.fastly.com";
/// Address of Cloudflare's API.
const CLOUDFLARE: &str = "https://api.cloudflare.com";

/// The kinds of caches, each with its word in the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Varnish with xkey: `PURGE` with `Surrogate-Key`.
    Varnish,
    /// Fastly's batch purge of a service.
    Fastly,
    /// Cloudflare's purge of a zone by tags.
    Cloudflare,
    /// A cache without keys: `PURGE` of each address.
    Urls,
    /// An endpoint of the operator's own, which takes JSON.
    Post,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Varnish,
        Self::Fastly,
        Self::Cloudflare,
        Self::Urls,
        Self::Post,
    ];

    /// The word of the settings and of metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Varnish => "varnish",
            Self::Fastly => "fastly",
            Self::Cloudflare => "cloudflare",
            Self::Urls => "urls",
            Self::Post => "post",
        }
    }

    /// True if it is told addresses.
    #[must_use]
    pub const fn takes_urls(self) -> bool {
        matches!(self, Self::Urls | Self::Post)
    }
}

/// A cache that is told to forget.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    /// The setting's own words: names the target's place in the change log.
    name: String,
    /// The kind of the cache.
    pub kind: Kind,
    /// The address that requests go to; of [`Kind::Urls`] the beginning of each address.
    pub url: String,
}

impl Target {
    /// Reads `varnish+URL`, `urls+URL`, `post+URL`, `fastly:SERVICE` or `cloudflare:ZONE`; the last two may be followed by `@URL`,
    /// the address of an API in the place of theirs.
    ///
    /// # Errors
    /// A sentence that says the forms.
    pub fn parse(text: &str) -> Result<Self, String> {
        let name = text.trim();
        let kind = Kind::ALL
            .into_iter()
            .find(|kind| name.starts_with(kind.as_str()));
        let target = kind.and_then(|kind| {
            let rest = &name[kind.as_str().len()..];
            let url = match kind {
                Kind::Varnish | Kind::Post => plain_url(rest.strip_prefix('+')?)?,
                Kind::Urls => plain_url(rest.strip_prefix('+')?)?
                    .trim_end_matches('/')
                    .to_owned(),
                Kind::Fastly => {
                    let (service, api) = of_api(rest, FASTLY)?;
                    format!("{api}/service/{service}/purge")
                }
                Kind::Cloudflare => {
                    let (zone, api) = of_api(rest, CLOUDFLARE)?;
                    format!("{api}/client/v4/zones/{zone}/purge_cache")
                }
            };
            Some((kind, url))
        });
        let (kind, url) = target.ok_or_else(|| {
            "a cache such as varnish+http://127.0.0.1:6081/, fastly:SERVICE, cloudflare:ZONE, urls+http://127.0.0.1:8081 or \
             post+https://example.org/purge"
                .to_owned()
        })?;
        let name = name.to_owned();
        Ok(Self { name, kind, url })
    }

    /// The words of the setting.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// An address of http or https, without a user, a password, a query and a fragment.
fn plain_url(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let is_plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    is_plain.then(|| url.into())
}

/// The id and the address of the API in `:ID` or `:ID@URL`.
fn of_api<'a>(text: &'a str, usual: &str) -> Option<(&'a str, String)> {
    let text = text.strip_prefix(':')?;
    let (id, api) = match text.split_once('@') {
        Some((id, api)) => (id, plain_url(api)?.trim_end_matches('/').to_owned()),
        None => (text, usual.to_owned()),
    };
    let is_id = (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_id.then_some((id, api))
}

/// A part of the change log, as caches are told of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Order {
    /// Keys of the answers to forget.
    pub keys: Vec<String>,
    /// Paths of the answers to forget, for caches that know no keys.
    pub paths: Vec<String>,
    /// True if any answer may be another now.
    pub everything: bool,
}

impl Order {
    /// The order to forget all.
    #[must_use]
    pub fn everything() -> Self {
        Self {
            keys: vec![EVERY_ANSWER.to_owned()],
            paths: Vec::new(),
            everything: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_names_its_kind_and_its_address() {
        for (text, kind, url) in [
            (
                "varnish+http://127.0.0.1:6081",
                Kind::Varnish,
                "http://127.0.0.1:6081/",
            ),
            (
                "urls+http://cache.example/content/",
                Kind::Urls,
                "http://cache.example/content",
            ),
            (
                "post+https://example.org/purge",
                Kind::Post,
                "https://example.org/purge",
            ),
            (
                "fastly:SU1Z0isxPaozGVKXdv0eY",
                Kind::Fastly,
                "https://api.fastly.com/service/SU1Z0isxPaozGVKXdv0eY/purge",
            ),
            (
                "cloudflare:023e105f@http://127.0.0.1:9/",
                Kind::Cloudflare,
                "http://127.0.0.1:9/client/v4/zones/023e105f/purge_cache",
            ),
        ] {
            let target = Target::parse(text).unwrap();
            assert_eq!(
                (target.kind, target.url.as_str(), target.name()),
                (kind, url, text)
            );
        }
    }

    #[test]
    fn other_words_are_refused_with_the_forms() {
        for text in [
            "",
            "varnish",
            "varnish+",
            "varnish:6081",
            "varnish+ftp://x/",
            "varnish+http://user:secret@x/",
            "post+http://x/?token=secret",
            "fastly:",
            "fastly:a/b",
            "fastly:a@nowhere",
            "akamai:x",
            "http://127.0.0.1/",
        ] {
            assert!(
                Target::parse(text).unwrap_err().contains("fastly:SERVICE"),
                "{text}"
            );
        }
    }
}
