//! The addresses that a link or an image may have (schemes as in RFC 3986, section 3.1).

use crate::domain::address::names_a_user;
use crate::domain::text::is_invisible;

const LINK_SCHEMES: [&str; 4] = ["http", "https", "mailto", "tel"];
const IMAGE_SCHEMES: [&str; 2] = ["http", "https"];

/// The address of a link, cleaned; `None` when it is not http, https, mailto, tel or relative.
pub(super) fn link_address(raw: &str) -> Option<String> {
    clean(raw, &LINK_SCHEMES)
}

/// The address of an image, cleaned; `None` when it is not http, https or relative.
pub(super) fn image_address(raw: &str) -> Option<String> {
    clean(raw, &IMAGE_SCHEMES)
}

fn clean(raw: &str, schemes: &[&str]) -> Option<String> {
    let address = raw.trim();
    // Browsers ignore tabs and newlines inside an address, so `java\nscript:` would run there.
    if address.is_empty() || address.contains(char::is_control) {
        return None;
    }
    let head = address.split(['/', '?', '#']).next().unwrap_or("");
    let Some((scheme, _)) = head.split_once(':') else {
        return relative(address);
    };
    let lower = scheme.to_ascii_lowercase();
    let rest = &address[scheme.len() + 1..];
    if !schemes.contains(&lower.as_str()) || !is_complete(&lower, rest) {
        return None;
    }
    let address = format!("{lower}:{}", percent_encode(rest));
    (lower == "mailto" || !names_a_user(&address)).then_some(address)
}

fn relative(address: &str) -> Option<String> {
    let host = address.strip_prefix("//");
    host.is_none_or(|host| host.starts_with(|c: char| c.is_alphanumeric() || c == '['))
        .then(|| percent_encode(address))
        .filter(|address| !names_a_user(address))
}

/// True if something follows the scheme: a host for http(s), anything for the others.
fn is_complete(scheme: &str, rest: &str) -> bool {
    let named = if scheme.starts_with("http") {
        rest.strip_prefix("//").unwrap_or("")
    } else {
        rest
    };
    !named.is_empty() && !named.starts_with(['/', '?', '#', '\\'])
}

/// Encodes what may not stand in an address (RFC 3986, section 2) or cannot be seen; other letters of any script stay.
fn percent_encode(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    for c in address.chars() {
        if !must_encode(c) {
            out.push(c);
            continue;
        }
        for byte in c.encode_utf8(&mut [0; 4]).bytes() {
            out.push('%');
            for half in [byte >> 4, byte & 15] {
                out.extend(char::from_digit(u32::from(half), 16).map(|c| c.to_ascii_uppercase()));
            }
        }
    }
    out
}

fn must_encode(c: char) -> bool {
    matches!(c, '"' | '<' | '>' | '`' | '\\' | '^' | '{' | '}' | '|')
        || c.is_whitespace()
        || is_invisible(c)
}

#[cfg(test)]
mod tests {
    use super::{image_address, link_address};

    #[test]
    fn allowed_addresses_stay_as_written() {
        for address in [
            "https://example.org/a?b=c&d=%20#e",
            "http://localhost:8080/x:y",
            "//cdn.example.org/a.js",
            "/a/b",
            "a/b:c",
            "../a",
            "?q=1:2",
            "#note",
            "mailto:a@example.org",
            "tel:+33123",
            "https://zh.wikipedia.org/wiki/中国",
            "https://example.org/@anna",
            "/@anna",
        ] {
            assert_eq!(link_address(address).as_deref(), Some(address));
        }
    }

    #[test]
    fn odd_schemes_and_tricks_have_no_address() {
        for address in [
            "",
            " ",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            "java\tscript:x",
            "\u{1}javascript:x",
            "java script:x",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc",
            ":x",
            "a:b",
            "ja\u{200b}vascript:x",
            "javascript\\:x:y",
            "https:",
            "https://",
            "http:/x",
            "https:evil",
            "//",
            "///x",
            "mailto:",
            "blob:https://x",
            "https://a\u{0}b",
            "https://a\u{85}b",
            "https://user:password@example.org/",
            "//bank.example@example.org/",
        ] {
            assert_eq!(link_address(address), None, "{address:?}");
        }
    }

    #[test]
    fn an_image_is_neither_mail_nor_telephone() {
        assert_eq!(image_address("mailto:a@example.org"), None);
        assert_eq!(image_address("tel:1"), None);
        assert_eq!(image_address("data:image/png;base64,AA"), None);
        assert_eq!(image_address("/a.png").as_deref(), Some("/a.png"));
    }

    #[test]
    fn what_may_not_stand_in_an_address_is_encoded() {
        assert_eq!(
            link_address(" HTTPS://a/b c\"<>").as_deref(),
            Some("https://a/b%20c%22%3C%3E")
        );
        assert_eq!(link_address("/\\evil").as_deref(), Some("/%5Cevil"));
        assert_eq!(link_address("/a\u{202e}b").as_deref(), Some("/a%E2%80%AEb"));
    }
}
