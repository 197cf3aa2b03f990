//! The few pages for people: one frame, no script, no request to anywhere else.

use std::fmt::Write;

use actix_web::http::header::CONTENT_SECURITY_POLICY;

use crate::domain::text::escape_html;
use crate::http::response::reply::{Policy, Reply};

const STYLE: &str = ":root{color-scheme:light dark}body{font:1rem/1.6 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}\
    h1{font-size:1.6rem;line-height:1.2}code{font-size:.95em}li{margin:.2rem 0}a{color:LinkText}\
    table{border-collapse:collapse}td,th{text-align:left;padding:.1rem .8rem .1rem 0;white-space:nowrap}";

/// Allows the frame's own style by its digest, and nothing else.
fn policy() -> String {
    use base64::Engine;
    use sha2::Digest;
    let digest = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// A page around `content`, which is HTML.
pub(crate) fn reply(title: &str, content: &str) -> Reply {
    let title = escape_html(title);
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<style>{STYLE}</style>\n\
         </head>\n<body>\n{content}</body>\n</html>\n"
    );
    Reply::new("text/html; charset=utf-8", page, Policy::Docs)
        .with_header(CONTENT_SECURITY_POLICY, &policy())
}

/// Appends formatted text.
pub(crate) fn append(page: &mut String, text: std::fmt::Arguments<'_>) {
    let written = page.write_fmt(text);
    debug_assert!(written.is_ok(), "a String takes all text");
}
