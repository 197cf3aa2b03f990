//! The Accept header (RFC 9110, section 12.5.1): whether a media type may be sent, and which of two is liked better.

use actix_web::http::header::{ACCEPT, HeaderMap};

use crate::http::protocol::encoding::quality;

/// The weight, in thousandths, that the request gives to a media type; 1000 where it says nothing.
pub(crate) fn weight(headers: &HeaderMap, media_type: &str) -> u16 {
    let [weight] = weights(headers, [media_type]);
    weight
}

/// The weight of each of several media types.
pub(crate) fn weights<const N: usize>(headers: &HeaderMap, media_types: [&str; N]) -> [u16; N] {
    let ranges = ranges(headers);
    media_types.map(|media_type| weigh(&ranges, media_type))
}

fn ranges(headers: &HeaderMap) -> Vec<(String, u16)> {
    let fields: Vec<&str> = headers
        .get_all(ACCEPT)
        .filter_map(|value| value.to_str().ok())
        .collect();
    let ranges = fields.iter().flat_map(|field| field.split(','));
    let ranges = ranges.map(str::trim).filter(|range| !range.is_empty());
    ranges.map(read_range).collect()
}

fn weigh(ranges: &[(String, u16)], media_type: &str) -> u16 {
    if ranges.is_empty() {
        return 1000;
    }
    let family = media_type.split('/').next().unwrap_or_default();
    let any_subtype = format!("{family}/*");
    for name in [media_type, any_subtype.as_str(), "*/*"] {
        if let Some((_, q)) = ranges.iter().find(|(range, _)| range == name) {
            return *q;
        }
    }
    0
}

fn read_range(range: &str) -> (String, u16) {
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default().to_ascii_lowercase();
    let q = parts.find_map(|p| p.strip_prefix("q=").or_else(|| p.strip_prefix("Q=")));
    (name, q.map_or(1000, quality))
}

/// True if the client prefers a page to JSON, as browsers do.
pub(crate) fn prefers_html(headers: &HeaderMap) -> bool {
    headers.contains_key(ACCEPT)
        && weight(headers, "text/html") > weight(headers, "application/json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn ask(accept: &'static str, media_type: &str) -> u16 {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        weight(&headers, media_type)
    }

    #[test]
    fn the_most_specific_range_decides() {
        assert_eq!(ask("application/json;q=0, */*", "application/json"), 0);
        assert_eq!(
            ask("text/html, application/*;q=0.5", "application/json"),
            500
        );
        assert_eq!(
            ask("Application/JSON; charset=utf-8", "application/json"),
            1000
        );
        assert_eq!(ask("text/html", "application/json"), 0);
        assert_eq!(ask("", "application/json"), 1000);
        assert_eq!(weight(&HeaderMap::new(), "application/json"), 1000);
    }

    #[test]
    fn a_browser_gets_a_page_and_a_program_gets_json() {
        let prefers = |accept| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static(accept));
            prefers_html(&headers)
        };
        assert!(prefers(
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
        ));
        assert!(!prefers("*/*"));
        assert!(!prefers("application/json"));
        assert!(!prefers_html(&HeaderMap::new()));
    }
}
