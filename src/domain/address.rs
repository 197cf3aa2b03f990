//! Addresses of the web, as fields of a record or a resource hold them.

use url::{ParseError, Url};

use super::error::Invalid;
use super::text::is_invisible;

/// The longest address taken, in bytes: what an index of the database can hold.
const MAX: usize = 2_000;
/// The longest address of a page, in bytes: a template filled with a path of sections and a slug, percent-encoded, is shorter.
pub const PAGE_MAX: usize = 16_384;

/// An address of the web, absolute (`http`, `https`) or relative, as it is written but for white space at its edges.
pub fn parse(written: &str) -> Result<String, Invalid> {
    parse_within(written, MAX)
}

/// The address of a page, which may be longer than others.
pub fn parse_page(written: &str) -> Result<String, Invalid> {
    parse_within(written, PAGE_MAX)
}

fn parse_within(written: &str, max: usize) -> Result<String, Invalid> {
    let text = written.trim();
    if text.len() <= max && !text.contains(is_of_no_address) && is_of_the_web(text) {
        return Ok(text.to_owned());
    }
    let detail = format!(
        "an address is relative, or http or https with a host behind two slashes, has at most {max} bytes, no user name or \
         password, and no quotes, angle brackets, backslashes, or characters that show nothing or turn the direction of text"
    );
    Err(Invalid::new("invalid_url", detail))
}

/// Recognises an address that a browser follows over http or https. Other programs find no host where it does not follow two
/// slashes (RFC 9110, section 4.2).
fn is_of_the_web(text: &str) -> bool {
    resolved(text).is_ok_and(|url| {
        let names_host = text.split_once(':').is_none_or(|(scheme, rest)| {
            let host = rest.strip_prefix("//");
            let is_relative = !scheme.eq_ignore_ascii_case(url.scheme());
            is_relative || host.is_some_and(|host| !host.starts_with('/'))
        });
        matches!(url.scheme(), "http" | "https") && !has_user(&url) && names_host
    })
}

/// Recognises an address with a user's name or password in it. Before the host a name makes a link look as if it led
/// elsewhere (RFC 3986, section 7.6), and a password is nothing to publish (section 3.2.1).
pub(super) fn names_a_user(text: &str) -> bool {
    text.contains('@') && resolved(text).is_ok_and(|url| has_user(&url))
}

fn has_user(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// An address as a page of some site resolves it. The first segment of a relative one has no colon (RFC 3986, section 4.2).
fn resolved(text: &str) -> Result<Url, ParseError> {
    match Url::parse(text) {
        Err(ParseError::RelativeUrlWithoutBase)
            if text
                .split(['/', '?', '#'])
                .next()
                .is_some_and(|first| first.contains(':')) =>
        {
            Err(ParseError::RelativeUrlWithoutBase)
        }
        Err(ParseError::RelativeUrlWithoutBase) => Url::parse("https://site.invalid/")?.join(text),
        parsed => parsed,
    }
}

/// The address of a page: an absolute one or a path of the site as it is, one that begins with a host completed with
/// `https`. `None` for what names no place: a relative path, or words.
#[must_use]
pub fn page(text: &str) -> Option<String> {
    if text.contains(char::is_whitespace) && !text.contains("://") {
        return None;
    }
    if Url::parse(text).is_ok() {
        return Some(text.to_owned());
    }
    let rest = match text.strip_prefix("//") {
        Some(rest) => rest,
        None if text.starts_with('/') => return Some(text.to_owned()),
        None => text,
    };
    let host = rest.split(['/', '?', '#']).next()?;
    let is_file = host == rest && !text.starts_with("//");
    let completed = format!("https://{rest}");
    (is_domain(host) && !is_file && Url::parse(&completed).is_ok()).then_some(completed)
}

/// Recognises a host name: labels, the last of letters alone, and perhaps a port.
fn is_domain(host: &str) -> bool {
    let host = host.split_once(':').map_or(host, |(host, _)| host);
    let Some((labels, last)) = host.rsplit_once('.') else {
        return false;
    };
    let is_label =
        |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    labels.split('.').all(is_label)
        && last.chars().count() > 1
        && last.chars().all(char::is_alphabetic)
}

/// Characters that no address has (RFC 3986, appendix C names the quotes and brackets), or that hide what it is.
fn is_of_no_address(c: char) -> bool {
    c.is_control() || matches!(c, '\\' | '"' | '<' | '>') || is_invisible(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_kept_as_they_are_written() {
        for text in [
            "https://en.wikinews.org/wiki/Florida_pileup,_fire",
            "http://例子.测试/新闻?q=a b",
            "HTTPS://example.org",
            "/2019/05/a.jpg",
            "a.jpg",
            "//cdn.example.org/a.jpg",
            "https://example.org/@anna?to=a@example.org",
            "/@anna",
            "a?b=c:d",
            "./a:b",
        ] {
            assert_eq!(parse(&format!(" {text} ")), Ok(text.to_owned()));
        }
    }

    #[test]
    fn the_address_of_a_page_names_a_place() {
        for (text, address) in [
            ("https://old.org/a", Some("https://old.org/a")),
            ("//old.org/a", Some("https://old.org/a")),
            ("old.org/a?b=c", Some("https://old.org/a?b=c")),
            ("例子.测试/新闻", Some("https://例子.测试/新闻")),
            ("/rel/path-9", Some("/rel/path-9")),
            ("not a url", None),
            ("a/b", None),
            ("page.html", None),
            ("../a", None),
            ("//", None),
        ] {
            assert_eq!(page(text).as_deref(), address, "{text}");
        }
    }

    #[test]
    fn addresses_that_are_not_of_the_web_are_refused() {
        for text in [
            "javascript:alert(1)",
            " JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "http://",
            "https://[::1",
            "::",
            "ht!tp://x",
            "a\u{0}b",
            "https://x/\"><script>",
            "https://x/\u{202E}gpj.exe",
            "https://x/a\u{200B}b",
            "https://x/a\u{3164}b",
            "https://x/a\u{E0041}b",
            "https://user:password@example.org/a",
            "https://bank.example@example.org/",
            "https:///user@example.org/",
            "https:///example.org/a",
            "https:example.org/a",
            "http:/example.org",
            "//user:password@example.org/a.jpg",
            &format!("https://example.org/{}", "a".repeat(2_000)),
        ] {
            assert_eq!(parse(text).unwrap_err().code, "invalid_url", "{text}");
        }
    }
}
