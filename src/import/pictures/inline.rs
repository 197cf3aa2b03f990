//! Pictures that an archive holds in its own text, as `data:` addresses (RFC 2397).
//!
//! The address of a picture here follows from its bytes, so the text gets it while it is read; the bytes go with the record.

use std::io::Cursor;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::domain::time::Timestamp;
use crate::import::record::{Finding, InlinePicture};
use crate::media::digest::hex;
use crate::media::inspect::Limits;
use crate::media::intake::Look;

/// The start of the addresses that are looked at.
const START: &str = "data:image/";
/// Fields of an article's line that hold pictures.
const FIELDS: [&str; 5] = ["body_html", "body_markdown", "body", "image", "media"];
/// The shorter side of a picture that only measures or holds a place, in pixels.
const TINY: u32 = 2;

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Pictures that were taken out of a record, and what is to be said of others.
#[derive(Debug)]
pub(in crate::import) struct Inline {
    limits: Limits,
    pub(in crate::import) pictures: Vec<InlinePicture>,
    pub(in crate::import) notes: Vec<Finding>,
}

impl Inline {
    pub(in crate::import) const fn new(limits: Limits) -> Self {
        Self {
            limits,
            pictures: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Takes the pictures out of a record's fields.
    pub(in crate::import) fn take(&mut self, record: &mut Value) {
        for name in FIELDS {
            if let Some(value) = record.get_mut(name) {
                self.walk(value, name);
            }
        }
    }

    fn walk(&mut self, value: &mut Value, field: &'static str) {
        match value {
            Value::String(text) if text.contains(START) => {
                if let Some(changed) = self.exchanged(text, field) {
                    *text = changed;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.walk(item, field)),
            Value::Object(map) => map.values_mut().for_each(|value| self.walk(value, field)),
            _ => {}
        }
    }

    /// The text with addresses of this service; `None` where nothing changes.
    fn exchanged(&mut self, text: &str, field: &'static str) -> Option<String> {
        let (mut out, mut written, mut at) = (String::new(), 0, 0);
        while let Some(start) = text[at..].find(START).map(|found| at + found) {
            let end = end_of(text, start);
            at = end.unwrap_or(start + START.len());
            let Some(end) = end.filter(|end| !has_another(text, start, *end)) else {
                continue;
            };
            if let Some(address) = self.picture(&text[start..end], field) {
                out.push_str(&text[written..start]);
                out.push_str(&address);
                written = end;
            }
        }
        (written > 0).then(|| out + &text[written..])
    }

    /// The address that a picture has here.
    fn picture(&mut self, address: &str, field: &'static str) -> Option<String> {
        let found = self.read(address);
        match found {
            Ok(None) => None,
            Ok(Some(picture)) => {
                let url = picture.file(Timestamp::from_millis(0)).url();
                if !self.pictures.contains(&picture) {
                    self.pictures.push(picture);
                }
                Some(url)
            }
            Err((code, detail)) => {
                let detail = format!("a picture within the text: {detail}; it is left out");
                self.notes
                    .push(Finding::at(format!("/{field}"), code, detail));
                None
            }
        }
    }

    fn read(&self, address: &str) -> Result<Option<InlinePicture>, (&'static str, String)> {
        let broken = || {
            (
                "media_broken",
                "it is not written as base64 or in percents".to_owned(),
            )
        };
        let bytes = decoded(address).ok_or_else(broken)?;
        if bytes.len() > self.limits.bytes {
            let detail = format!("more than {} bytes", self.limits.bytes);
            return Err(("media_too_large", detail));
        }
        let look = Look::at(Cursor::new(&bytes), self.limits)
            .map_err(|error| ("media_not_a_picture", error.to_string()))?;
        let digest = hex(&Sha256::digest(&bytes));
        let is_tiny = look.shorter_side() <= TINY;
        Ok((!is_tiny).then(|| InlinePicture {
            bytes: bytes.into(),
            digest,
            look,
        }))
    }
}

/// The end of an address that is the whole text, or stands in quotes, in brackets or alone in an attribute.
fn end_of(text: &str, start: usize) -> Option<usize> {
    let rest = &text[start..];
    let end = match text[..start].chars().next_back() {
        None => Some(rest.len()),
        Some(quote @ ('"' | '\'')) => rest.find(quote),
        Some('(') => rest.find(')'),
        Some('=') => rest.find(|c: char| c.is_ascii_whitespace() || c == '>'),
        Some(_) => None,
    };
    end.map(|end| start + end)
}

/// True if the element has another address of the picture, so that this one holds its place.
fn has_another(text: &str, start: usize, end: usize) -> bool {
    let before = text[..start]
        .rfind('<')
        .map_or("", |open| &text[open..start]);
    let behind = text[end..].split('>').next().unwrap_or_default();
    [before, behind].iter().any(|part| {
        ["srcset", "data-src", "data-lazy", "data-original"]
            .iter()
            .any(|name| part.contains(name))
    })
}

fn decoded(address: &str) -> Option<Vec<u8>> {
    let (head, content) = address.split_once(',')?;
    let bytes: Vec<u8> = percent_decode_str(content).collect();
    if !head.trim_end().ends_with(";base64") {
        return Some(bytes);
    }
    let letters: Vec<u8> = bytes
        .into_iter()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    LENIENT.decode(letters).ok()
}

#[cfg(test)]
mod tests {
    use image::{ImageFormat, RgbImage};
    use serde_json::json;

    use super::*;

    const LIMITS: Limits = Limits {
        bytes: 100_000,
        pixels: 10_000,
    };

    fn data(width: u32, height: u32) -> String {
        let mut bytes = Cursor::new(Vec::new());
        RgbImage::new(width, height)
            .write_to(&mut bytes, ImageFormat::Png)
            .unwrap();
        format!(
            "data:image/png;base64,{}",
            LENIENT.encode(bytes.into_inner())
        )
    }

    fn taken(mut record: Value) -> (Value, usize, Vec<&'static str>) {
        let mut inline = Inline::new(LIMITS);
        inline.take(&mut record);
        let codes = inline.notes.iter().map(|note| note.code).collect();
        (record, inline.pictures.len(), codes)
    }

    #[test]
    fn pictures_are_taken_out_of_every_form_and_each_once() {
        let url = data(20, 10);
        let (record, count, _) = taken(json!({
            "body_html": format!("<p>a <img src=\"{url}\" alt=\"A\"> <img src='{url}'><img src={url}></p>"),
            "body_markdown": format!("![A]({url})"),
            "body": {"format": "blocks", "content": [{"type": "image", "src": url}]},
            "image": url, "media": [{"url": url}], "title": url,
        }));
        assert_eq!(count, 1);
        let text = record.to_string();
        assert_eq!(text.matches("data:").count(), 1, "{text}");
        assert_eq!(text.matches("/media/").count(), 7, "{text}");
        assert_eq!(record["title"], url);
    }

    #[test]
    fn placeholders_stay_and_what_is_no_picture_is_told() {
        let url = data(20, 10);
        for html in [
            format!("<img src=\"{url}\" data-src=\"/real.jpg\">"),
            format!("<img srcset=\"/real.jpg 2x\" src=\"{url}\">"),
            format!("<img src=\"{}\">", data(1, 1)),
            format!("<p>see {url} here</p>"),
        ] {
            let (record, count, codes) = taken(json!({"body_html": html}));
            assert_eq!(
                (record["body_html"].as_str(), count),
                (Some(html.as_str()), 0)
            );
            assert!(codes.is_empty());
        }
        for (url, code) in [
            (
                "data:image/png;base64,AAAA".to_owned(),
                "media_not_a_picture",
            ),
            ("data:image/png;base64,§".to_owned(), "media_broken"),
            (
                "data:image/svg+xml,%3Csvg%3E".to_owned(),
                "media_not_a_picture",
            ),
            (data(200, 100), "media_not_a_picture"),
        ] {
            let (_, count, codes) = taken(json!({"body_html": format!("<img src=\"{url}\">")}));
            assert_eq!((count, codes), (0, vec![code]));
        }
    }
}
