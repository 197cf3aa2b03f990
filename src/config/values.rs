//! Values that settings take, and how each is read.

use std::fmt;

use ipnet::IpNet;

use crate::domain::address;
use crate::domain::language::LanguageTag;

/// The address of the database. Its password is left out where it is printed.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The whole address, for opening it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for DatabaseUrl {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, rest) = self.0.split_once("://").unwrap_or(("", &self.0));
        if scheme == "sqlite" {
            return f.write_str(&self.0);
        }
        let shown = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
        let shown = shown.split('?').next().unwrap_or_default();
        write!(f, "{scheme}://{shown}")
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// A setting that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The secret itself, for using it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Secret {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

pub(super) fn parse_lang(text: &str) -> Result<LanguageTag, String> {
    LanguageTag::parse_of_texts(text).map_err(|e| e.detail)
}

/// A network, or one address as the network of itself.
pub(super) fn parse_network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from))
        .map_err(|_| "an address such as 10.0.0.1 or a network such as 10.0.0.0/8".to_owned())
}

/// A share of a whole.
pub(super) fn parse_share(text: &str) -> Result<f64, String> {
    let share = text.trim().parse::<f64>().ok();
    share
        .filter(|share| (0.0..=1.0).contains(share))
        .ok_or_else(|| "a number from 0 to 1, such as 0.01".to_owned())
}

/// A path without a slash at its end, of characters that need no escape in a URL, a header or HTML.
pub(crate) fn parse_prefix(text: &str) -> Result<String, String> {
    let trimmed = text.trim_end_matches('/');
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-._~".contains(c);
    let rooted = trimmed.is_empty() || trimmed.starts_with('/');
    if rooted && trimmed.len() <= 200 && !trimmed.contains("//") && trimmed.chars().all(plain) {
        return Ok(trimmed.to_owned());
    }
    Err("a path such as /content, of letters, digits, hyphens, dots and slashes".to_owned())
}

/// An origin as browsers send it (RFC 6454, section 6.1), or `*` for any.
pub(super) fn parse_origin(text: &str) -> Result<String, String> {
    let text = text.trim();
    let sent = url::Url::parse(text).map(|url| url.origin().ascii_serialization());
    if text == "*" || sent.is_ok_and(|sent| sent == text) {
        return Ok(text.to_owned());
    }
    Err("an origin as browsers send it, such as https://www.example.org, or *".to_owned())
}

pub(super) fn parse_public_url(text: &str) -> Result<String, String> {
    let is_plain = |url: &url::Url| url.query().is_none() && url.fragment().is_none();
    if web_address(text).is_some_and(|url| is_plain(&url)) {
        return Ok(text.trim_end_matches('/').to_owned());
    }
    Err("an address with http:// or https:// before it and no query, such as https://content.example.org".to_owned())
}

pub(super) fn parse_hub(text: &str) -> Result<String, String> {
    let url = web_address(text);
    url.map(Into::into).ok_or_else(|| {
        "an address with http:// or https:// before it, such as https://hub.example.org/".to_owned()
    })
}

fn web_address(text: &str) -> Option<url::Url> {
    let url = url::Url::parse(text).ok()?;
    (address::parse(text).is_ok() && url.host_str().is_some()).then_some(url)
}

/// A setting that is on or off.
pub(super) fn parse_switch(text: &str) -> Result<bool, String> {
    match text.trim().to_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "on" | "1" => Ok(true),
        "false" | "f" | "no" | "n" | "off" | "0" => Ok(false),
        _ => Err("true or false".to_owned()),
    }
}

pub(super) fn parse_header_value(text: &str) -> Result<String, String> {
    if text.chars().all(|c| c.is_ascii() && !c.is_ascii_control()) {
        return Ok(text.to_owned());
    }
    Err("a header value of plain ASCII".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::media::place::Place;

    #[test]
    fn a_password_is_never_printed() {
        let url: DatabaseUrl = "postgres://anna:s3cret@db.example/news?password=s3cret"
            .parse()
            .unwrap();
        assert_eq!(
            format!("{url} {url:?}"),
            "postgres://db.example/news postgres://db.example/news"
        );
        let config = Config::with_database("postgres://anna:s3cret@db.example/news");
        assert!(!format!("{config:?}").contains("s3cret"));
        let config = Config {
            s3_secret_access_key: "s3cret".parse().ok(),
            media_store: Place::parse("s3://bucket").ok(),
            ..config
        };
        assert!(!format!("{config:?} {:?}", config.media_place()).contains("s3cret"));
    }

    #[test]
    fn an_address_without_a_scheme_is_told_what_is_right() {
        for text in ["content.example.org", "ftp://content.example.org", ""] {
            let told = parse_public_url(text).unwrap_err();
            assert!(
                told.contains("http:// or https:// before it"),
                "{text}: {told}"
            );
            assert!(parse_hub(text).is_err(), "{text}");
        }
        assert_eq!(
            parse_public_url("https://content.example.org/").as_deref(),
            Ok("https://content.example.org")
        );
    }

    #[test]
    fn a_switch_is_on_or_off_in_the_usual_words() {
        assert_eq!(parse_switch("Yes"), Ok(true));
        assert_eq!(parse_switch("off"), Ok(false));
        assert_eq!(parse_switch("maybe"), Err("true or false".to_owned()));
    }

    #[test]
    fn a_prefix_is_a_plain_path_without_a_slash_at_its_end() {
        assert_eq!(
            parse_prefix("/pub/masthead/").as_deref(),
            Ok("/pub/masthead")
        );
        assert_eq!(parse_prefix("/").as_deref(), Ok(""));
        for text in ["pub", "/a//b", "/a?b", "/\"", "/a b", "//evil.example"] {
            assert!(parse_prefix(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_origin_is_what_browsers_send() {
        for text in ["*", "https://www.example.org", "http://localhost:3000"] {
            assert_eq!(parse_origin(text).as_deref(), Ok(text));
        }
        for text in [
            "foo",
            "https://www.example.org/",
            "https://a.example:443",
            "a.example",
        ] {
            assert!(parse_origin(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_proxy_is_named_by_address_or_network() {
        assert_eq!(
            parse_network("10.0.0.1").unwrap().to_string(),
            "10.0.0.1/32"
        );
        assert_eq!(parse_network(" ::1 ").unwrap().to_string(), "::1/128");
        assert!(parse_network("proxy.example").is_err());
    }
}
