//! Addresses of the web, as fields of a record or a resource hold them.

use url::{ParseError, Url};

use super::error::Invalid;
use super::text::is_invisible;

/// The longest address taken, in bytes: what an index of the database can hold.
const MAX: usize = 2_000;

/// An address of the web, absolute (`http`, `https`) or relative, as it is written but for white space at its edges.
pub fn parse(written: &str) -> Result<String, Invalid> {
    let text = written.trim();
    let safe = match Url::parse(text) {
        Ok(url) => matches!(url.scheme(), "http" | "https"),
        Err(problem) => problem == ParseError::RelativeUrlWithoutBase,
    };
    if safe && text.len() <= MAX && !text.contains(is_of_no_address) {
        return Ok(text.to_owned());
    }
    Err(Invalid::new(
        "invalid_url",
        "an address is http, https or relative, has at most 2,000 bytes, and no quotes, angle brackets, backslashes, or \
         characters that show nothing or turn the direction of text",
    ))
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
            "/2019/05/a.jpg",
            "a.jpg",
            "//cdn.example.org/a.jpg",
        ] {
            assert_eq!(parse(&format!(" {text} ")), Ok(text.to_owned()));
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
            "a\u{0}b",
            "https://x/\"><script>",
            "https://x/\u{202E}gpj.exe",
            "https://x/a\u{200B}b",
            &format!("https://example.org/{}", "a".repeat(2_000)),
        ] {
            assert_eq!(parse(text).unwrap_err().code, "invalid_url", "{text}");
        }
    }
}
