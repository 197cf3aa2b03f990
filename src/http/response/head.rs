//! The size of an answer's head. A stock nginx takes heads of up to 4 kB from what it stands before, so none may be longer
//! than 3,500 bytes: what can be shortened is, and what an answer can do without is left out.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

/// The longest head, in bytes: the status line and every field.
pub(crate) const LONGEST: usize = 3_500;
/// The longest address that a field of an answer holds, in bytes.
pub(crate) const LONGEST_ADDRESS: usize = 1_800;
/// The longest address that a redirect leads to, in bytes: it has few other fields, and a slug of 200 characters can take 1,800.
pub(crate) const LONGEST_LOCATION: usize = 2_200;
/// Room for what is added behind the application: the status line, Content-Length or Transfer-Encoding, Connection, Date and
/// the fields of rate limits.
const ADDED_LAST: usize = 350;
/// Room for what every answer gets from the pipeline and from its representation: X-Request-Id with up to 128 characters,
/// the fields for browsers, ETag, Content-Type, Content-Encoding.
const ADDED_TO_ALL: usize = 850;
/// Fields that a finished head gets beside those of its representation.
const ADDED_FIELDS: usize = 12;
/// Header fields that an answer can do without, the most dispensable first: the body or its address says the same.
const DISPENSABLE: [HeaderName; 2] = [header::CONTENT_LANGUAGE, header::LINK];

static CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");

/// Adds those of the header fields that keep browsers from making more of an answer than it is which it has not.
pub(crate) fn protect(headers: &mut HeaderMap) {
    const ALL: [(&HeaderName, &str); 4] = [
        (&header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (&header::REFERRER_POLICY, "no-referrer"),
        (&CROSS_ORIGIN_RESOURCE_POLICY, "cross-origin"),
        (
            &header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ),
    ];
    for (name, value) in ALL {
        if !headers.contains_key(name) {
            headers.insert(name.clone(), HeaderValue::from_static(value));
        }
    }
}

/// A bound of the memory of a head, in bytes, once every answer's fields are in it. A map has room for the values of as many
/// fields again.
pub(crate) fn weight(headers: &HeaderMap) -> usize {
    const PLACE: usize = size_of::<HeaderName>() + 4 * size_of::<HeaderValue>() + 32;
    let fields = 2 * (headers.len() + ADDED_FIELDS);
    size(headers.iter()) + ADDED_TO_ALL + fields * PLACE
}

/// A head of these fields.
pub(crate) fn of(fields: Vec<(HeaderName, HeaderValue)>) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(fields.len() + ADDED_FIELDS);
    for (name, value) in fields {
        headers.append(name, value);
    }
    headers
}

/// The room that is left beside these fields.
pub(crate) fn room_beside<'a>(
    fields: impl Iterator<Item = (&'a HeaderName, &'a HeaderValue)>,
) -> usize {
    (LONGEST - ADDED_LAST - ADDED_TO_ALL).saturating_sub(size(fields))
}

/// Leaves out of a finished head what makes it too long.
pub(crate) fn bound(headers: &mut HeaderMap) {
    for name in DISPENSABLE {
        if size(headers.iter()) + ADDED_LAST <= LONGEST {
            return;
        }
        headers.remove(name);
    }
}

/// The bytes of fields on the wire.
fn size<'a>(fields: impl Iterator<Item = (&'a HeaderName, &'a HeaderValue)>) -> usize {
    const BETWEEN: usize = ": \r\n".len();
    fields
        .map(|(name, value)| name.as_str().len() + value.len() + BETWEEN)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_link_is_left_out_and_a_short_one_stays() {
        let mut headers = HeaderMap::new();
        let link = |length| HeaderValue::from_str(&"a".repeat(length)).unwrap();
        headers.insert(header::ETAG, HeaderValue::from_static("\"x\""));
        headers.insert(header::LINK, link(1_000));
        bound(&mut headers);
        assert!(headers.contains_key(header::LINK));
        headers.insert(header::LINK, link(LONGEST));
        bound(&mut headers);
        assert!(!headers.contains_key(header::LINK) && headers.contains_key(header::ETAG));
    }
}
