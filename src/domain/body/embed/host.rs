//! Hosts, and the one form of address that tells a site on whatever host.

use url::Url;

/// Recognises the address of a Mastodon post, on any host: `/@name/` and digits.
pub(super) fn is_mastodon(url: &Url) -> bool {
    let segments: Vec<_> = url.path().split('/').skip(1).collect();
    let is_id = |id: &str| id.len() >= 10 && id.bytes().all(|byte| byte.is_ascii_digit());
    matches!(segments.as_slice(), [name, id] if name.len() > 1 && name.starts_with('@') && is_id(id))
}

/// The host of an address, in lower case and without a dot at its end.
pub(super) fn host(url: &Url) -> String {
    url.host_str()
        .unwrap_or("")
        .trim_end_matches('.')
        .to_ascii_lowercase()
}
