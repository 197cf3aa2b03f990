//! The normal form of web addresses, in which two that mean the same page are equal (RFC 3986, section 6.2).

use unicode_normalization::UnicodeNormalization;
use url::Url;

/// An http or https address in its normal form: host in lower case and as A-labels, no default port, no dot segments, escapes
/// in upper case and only where they are needed, no slash at the end of the path, no empty query and no fragment. The scheme is
/// left out: the same page is meant by http and https.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NormalUrl {
    host: String,
    path: String,
    query: Option<String>,
}

impl NormalUrl {
    /// Parses an absolute address; `None` for one that is not http or https.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::of(&Url::parse(text.trim()).ok()?)
    }

    /// Parses an absolute address, or a path that begins with a slash, which then has an empty host: it is of any site.
    #[must_use]
    pub fn parse_or_path(text: &str) -> Option<Self> {
        let text = text.trim();
        if !text.starts_with('/') || text.starts_with("//") {
            return Self::parse(text);
        }
        let url = Self::parse(&format!("https://site.invalid{text}"))?;
        Some(Self {
            host: String::new(),
            ..url
        })
    }

    /// The same address without its host.
    #[must_use]
    pub fn without_host(&self) -> Self {
        Self {
            host: String::new(),
            ..self.clone()
        }
    }

    /// The normal form of an address that is parsed already.
    #[must_use]
    pub fn of(url: &Url) -> Option<Self> {
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        let port = url.port().map(|port| format!(":{port}"));
        let host = url.host_str()?.trim_end_matches('.');
        let query = url.query().filter(|query| !query.is_empty());
        Some(Self {
            host: format!("{host}{}", port.unwrap_or_default()),
            path: normal_escapes(url.path()).trim_end_matches('/').to_owned(),
            query: query.map(normal_escapes),
        })
    }

    /// Host, and port where it is not the scheme's own.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The path; empty for the root.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The query, without its question mark.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.query.as_deref()
    }

    /// The same address without its query.
    #[must_use]
    pub fn without_query(&self) -> Self {
        Self {
            query: None,
            ..self.clone()
        }
    }
}

/// Text of an address with escapes in upper case, none for what is unreserved (RFC 3986, section 2.3), and letters beyond ASCII
/// composed (RFC 3987, section 5.3.2.2) and escaped.
#[must_use]
pub fn normal_escapes(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut normal = String::with_capacity(text.len());
    let mut part = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = (byte == b'%').then(|| octet(bytes.get(at + 1..at + 3)?));
        at += 1;
        match escaped.flatten() {
            Some(octet) => {
                at += 2;
                let unreserved = octet.is_ascii_alphanumeric() || b"-._~".contains(&octet);
                if unreserved || !octet.is_ascii() {
                    part.push(octet);
                } else {
                    push_composed(&mut normal, &mut part);
                    normal.push_str(percent_encoding::percent_encode_byte(octet));
                }
            }
            None => part.push(byte),
        }
    }
    push_composed(&mut normal, &mut part);
    normal
}

/// Moves octets without escapes to the end of a text, composed where they are letters.
fn push_composed(text: &mut String, part: &mut Vec<u8>) {
    let octets = match std::str::from_utf8(part) {
        Ok(letters) if !letters.is_ascii() => letters.nfc().collect::<String>().into_bytes(),
        _ => part.clone(),
    };
    part.clear();
    for octet in octets {
        match octet.is_ascii() {
            true => text.push(char::from(octet)),
            false => text.push_str(percent_encoding::percent_encode_byte(octet)),
        }
    }
}

fn octet(digits: &[u8]) -> Option<u8> {
    let digits = std::str::from_utf8(digits).ok()?;
    let plain = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    plain.then(|| u8::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_one_in_every_normal_form() {
        let page = NormalUrl::parse("https://old.example/caf%C3%A9/%3E%CC%81?q=%C3%A9").unwrap();
        for same in [
            "https://old.example/cafe%CC%81/%3e\u{301}?q=e\u{301}",
            "https://old.example/caf\u{e9}/%3E%CC%81/?q=%65%cc%81",
        ] {
            assert_eq!(NormalUrl::parse(same).as_ref(), Some(&page), "{same}");
        }
        let not_text = NormalUrl::parse("https://old.example/caf%E9").unwrap();
        assert_eq!(not_text.path(), "/caf%E9");
    }

    #[test]
    fn addresses_that_mean_the_same_page_are_equal() {
        let page =
            NormalUrl::parse("https://xn--fsqu00a.xn--0zwm56d/%E6%96%B0/~a/b?q=%2F").unwrap();
        for same in [
            "http://例子.测试/新/%7Ea/b?q=%2f",
            " HTTPS://例子.测试:443/%e6%96%b0/%7ea/./c/../b/?q=%2F#top",
            "https://例子.测试./新/~a/%62//?q=%2F",
        ] {
            assert_eq!(NormalUrl::parse(same).as_ref(), Some(&page), "{same}");
        }
        for other in [
            "https://例子.测试/新/~a/b?q=/",
            "https://例子.测试/新/~a/b",
            "https://例子.测试/新/~A/b?q=%2F",
            "https://例子.测试:8443/新/~a/b?q=%2F",
        ] {
            assert_ne!(NormalUrl::parse(other), Some(page.clone()), "{other}");
        }
        let root = NormalUrl::parse("http://a.org/?");
        assert_eq!(root, NormalUrl::parse("https://a.org"));
        for odd in ["mailto:a@example.org", "not an address", "/a", "http://"] {
            assert_eq!(NormalUrl::parse(odd), None, "{odd}");
        }
    }

    #[test]
    fn an_escape_that_is_none_stays_as_it_is() {
        assert_eq!(normal_escapes("50%+1%2&%zz%é"), "50%+1%2&%zz%%C3%A9");
    }
}
