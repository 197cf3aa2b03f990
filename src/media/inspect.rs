//! The type and size of an upload: told from its bytes alone, its size known before anything is decoded, and decoded once to see that
//! it is whole.

use std::fmt;
use std::io::{BufRead, Seek};

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader};

use super::profile::{self, Overlarge};
use crate::domain::medium::{Format, SIDE_MAX};

/// Limits of an upload.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The most bytes of a request that uploads.
    pub bytes: usize,
    /// The most pixels of a picture.
    pub pixels: u64,
}

/// Causes for which an upload is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// It is of no type that is taken; what would be right, in a sentence.
    Type(&'static str),
    /// It is of a type that is taken, but broken or too large: a stable code and a sentence.
    Content(&'static str, String),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type(detail) => f.write_str(detail),
            Self::Content(_, detail) => f.write_str(detail),
        }
    }
}

/// A picture as it is looked at, decoded.
pub struct Picture {
    /// The type of the upload.
    pub format: Format,
    /// Its pixels, the right way up.
    pub pixels: DynamicImage,
    /// The colour profile that they are in.
    pub profile: Option<Vec<u8>>,
}

/// Number of an upload's first bytes that tell its type.
pub const HEAD: usize = 1_024;

/// The type of an upload by its first bytes.
///
/// # Errors
/// `Refused::Type` for anything that is not taken, with the reason where the type is a known one.
pub fn sniff(head: &[u8]) -> Result<Format, Refused> {
    let riff = |kind: &[u8]| head.starts_with(b"RIFF") && head.get(8..12) == Some(kind);
    if head.starts_with(b"\xff\xd8\xff") {
        Ok(Format::Jpeg)
    } else if head.starts_with(b"\x89PNG\r\n\x1a\n") {
        Ok(Format::Png)
    } else if head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a") {
        Ok(Format::Gif)
    } else if riff(b"WEBP") {
        Ok(Format::Webp)
    } else {
        Err(Refused::Type(why_not(head)))
    }
}

fn why_not(head: &[u8]) -> &'static str {
    let text = String::from_utf8_lossy(head).to_ascii_lowercase();
    let text = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    if head.is_empty() {
        "the file is empty"
    } else if text.starts_with('<') && text.contains("<svg") || head.starts_with(b"\x1f\x8b") {
        "SVG is not taken, since it is a program that browsers run; send a JPEG, PNG, GIF or WebP of it"
    } else if head.get(4..8) == Some(b"ftyp") {
        "HEIC, AVIF and video are not taken; send a JPEG, PNG, GIF or WebP"
    } else {
        "the file is no JPEG, PNG, GIF or WebP by its first bytes"
    }
}

/// The width and height that a picture claims; nothing is decoded.
///
/// # Errors
/// Those of [`decode`], but for what only decoding tells.
pub fn size(mut source: impl BufRead + Seek, limits: Limits) -> Result<(u32, u32), Refused> {
    let format = format_of(&mut source)?;
    let decoder = decoder(source, format, limits)?;
    Ok(decoder.dimensions())
}

/// Decodes a picture whole, with its orientation applied. Nothing is decoded of one that claims to be too large.
///
/// # Errors
/// `Refused`, where it is of no type that is taken, broken, cut off or too large.
pub fn decode(mut source: impl BufRead + Seek, limits: Limits) -> Result<Picture, Refused> {
    let format = format_of(&mut source)?;
    if format == Format::Jpeg {
        check_jpeg_end(&mut source)?;
        source.rewind().map_err(|_| broken())?;
    }
    let mut decoder = decoder(source, format, limits)?;
    let profile = decoder.icc_profile().ok().flatten();
    if let Some(profile) = &profile
        && profile.len() as u64 > profile::MOST
    {
        return Err(overlarge(Overlarge::Profile));
    }
    let orientation = decoder.orientation().map_err(|error| reason(&error))?;
    let mut pixels = DynamicImage::from_decoder(decoder).map_err(|error| reason(&error))?;
    pixels.apply_orientation(orientation);
    Ok(Picture {
        format,
        pixels,
        profile,
    })
}

/// The type of a source by its first bytes; it is at its start again behind.
fn format_of(source: &mut (impl BufRead + Seek)) -> Result<Format, Refused> {
    use std::io::Read;
    let mut head = Vec::with_capacity(HEAD);
    let mut first = source.by_ref().take(HEAD as u64);
    first.read_to_end(&mut head).map_err(|_| broken())?;
    source.rewind().map_err(|_| broken())?;
    sniff(&head)
}

/// A decoder of a picture that claims to be of a size that is taken.
fn decoder<'s>(
    mut source: impl BufRead + Seek + 's,
    format: Format,
    limits: Limits,
) -> Result<impl ImageDecoder + 's, Refused> {
    if let Some(part) = profile::overlarge(&mut source, format) {
        return Err(overlarge(part));
    }
    source.rewind().map_err(|_| broken())?;
    let mut reader = ImageReader::with_format(source, decoder_of(format));
    reader.limits(allowance(limits));
    let decoder = reader.into_decoder().map_err(|error| reason(&error))?;
    check_size(decoder.dimensions(), limits)?;
    Ok(decoder)
}

const fn decoder_of(format: Format) -> ImageFormat {
    match format {
        Format::Jpeg => ImageFormat::Jpeg,
        Format::Png => ImageFormat::Png,
        Format::Gif => ImageFormat::Gif,
        Format::Webp => ImageFormat::WebP,
    }
}

/// The memory of a decoder: 16-bit pixels with transparency, and as much again for what it works with.
fn allowance(limits: Limits) -> image::Limits {
    let mut allowance = image::Limits::default();
    allowance.max_image_width = Some(SIDE_MAX);
    allowance.max_image_height = Some(SIDE_MAX);
    allowance.max_alloc = Some(limits.pixels.saturating_mul(16));
    allowance
}

fn check_size((width, height): (u32, u32), limits: Limits) -> Result<(), Refused> {
    let pixels = u64::from(width) * u64::from(height);
    if width == 0 || height == 0 {
        return Err(broken());
    }
    if width > SIDE_MAX || height > SIDE_MAX || pixels > limits.pixels {
        return Err(Refused::Content(
            "too_large",
            format!(
                "a picture has at most {} pixels, and {SIDE_MAX} on each side",
                limits.pixels
            ),
        ));
    }
    Ok(())
}

fn overlarge(part: Overlarge) -> Refused {
    let what = match part {
        Overlarge::Profile => "colour profile",
        Overlarge::Metadata => "metadata (Exif)",
    };
    let detail = format!(
        "the {what} in the picture is over {} bytes; send it without",
        profile::MOST
    );
    Refused::Content("too_large", detail)
}

fn broken() -> Refused {
    Refused::Content(
        "broken_image",
        "the picture is broken or cut off".to_owned(),
    )
}

/// A decoder's words name no cause that helps; its kinds do.
fn reason(error: &image::ImageError) -> Refused {
    match error {
        image::ImageError::Limits(_) => Refused::Content(
            "too_large",
            format!("the picture is too large: at most {SIDE_MAX} pixels on each side"),
        ),
        _ => broken(),
    }
}

/// Walks a JPEG's segments to its end marker (ITU T.81, annex B): the decoder itself fills what is missing with grey.
fn check_jpeg_end(source: &mut impl BufRead) -> Result<(), Refused> {
    let mut walk = JpegWalk { source };
    walk.expect(0xff)?;
    walk.expect(0xd8)?;
    let mut marker = walk.next_marker()?;
    loop {
        marker = match marker {
            0xd9 => return Ok(()),
            0xda => {
                walk.skip_segment()?;
                walk.skip_scan()?
            }
            0x01 | 0xd0..=0xd7 => walk.next_marker()?,
            _ => {
                walk.skip_segment()?;
                walk.next_marker()?
            }
        };
    }
}

struct JpegWalk<'s, S> {
    source: &'s mut S,
}

impl<S: BufRead> JpegWalk<'_, S> {
    fn byte(&mut self) -> Result<u8, Refused> {
        let mut byte = [0];
        self.source.read_exact(&mut byte).map_err(|_| broken())?;
        Ok(byte[0])
    }

    fn expect(&mut self, wanted: u8) -> Result<(), Refused> {
        (self.byte()? == wanted).then_some(()).ok_or_else(broken)
    }

    /// The next marker's code; any number of fill bytes may stand before it.
    fn next_marker(&mut self) -> Result<u8, Refused> {
        self.expect(0xff)?;
        self.after_ff()
    }

    fn after_ff(&mut self) -> Result<u8, Refused> {
        loop {
            match self.byte()? {
                0xff => {}
                code => return Ok(code),
            }
        }
    }

    fn skip_segment(&mut self) -> Result<(), Refused> {
        let length = u16::from_be_bytes([self.byte()?, self.byte()?]);
        let rest = u64::from(length.checked_sub(2).ok_or_else(broken)?);
        use std::io::Read;
        let mut segment = self.source.by_ref().take(rest);
        let skipped = std::io::copy(&mut segment, &mut std::io::sink());
        (skipped.ok() == Some(rest))
            .then_some(())
            .ok_or_else(broken)
    }

    /// Skips coded data, in which a zero or a restart marker may follow 0xFF, and answers the marker that ends it.
    fn skip_scan(&mut self) -> Result<u8, Refused> {
        loop {
            if self.byte()? != 0xff {
                continue;
            }
            match self.after_ff()? {
                0x00 | 0xd0..=0xd7 => {}
                marker => return Ok(marker),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageBuffer, Rgb};
    use std::io::Cursor;

    const LIMITS: Limits = Limits {
        bytes: 1_000_000,
        pixels: 10_000,
    };

    fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let picture: ImageBuffer<Rgb<u8>, Vec<u8>> =
            ImageBuffer::from_fn(width, height, |x, y| Rgb([x as u8, y as u8, 7]));
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn refusal(bytes: &[u8]) -> Refused {
        decode(Cursor::new(bytes), LIMITS).err().unwrap()
    }

    #[test]
    fn every_type_is_told_from_its_bytes_and_decoded() {
        for (format, ours) in [
            (ImageFormat::Jpeg, Format::Jpeg),
            (ImageFormat::Png, Format::Png),
            (ImageFormat::Gif, Format::Gif),
            (ImageFormat::WebP, Format::Webp),
        ] {
            let bytes = encoded(20, 10, format);
            let picture = decode(Cursor::new(bytes), LIMITS).unwrap();
            assert_eq!(picture.format, ours);
            assert_eq!((picture.pixels.width(), picture.pixels.height()), (20, 10));
        }
    }

    #[test]
    fn a_picture_that_is_cut_off_anywhere_is_broken() {
        for format in [
            ImageFormat::Jpeg,
            ImageFormat::Png,
            ImageFormat::Gif,
            ImageFormat::WebP,
        ] {
            let bytes = encoded(40, 30, format);
            for cut in [bytes.len() / 3, bytes.len() / 2, bytes.len() - 30] {
                let refused = refusal(&bytes[..cut]);
                assert!(
                    matches!(refused, Refused::Content("broken_image", _)),
                    "{format:?} {cut}: {refused:?}"
                );
            }
        }
    }

    #[test]
    fn a_picture_that_claims_too_many_pixels_is_not_decoded() {
        let refused = refusal(&encoded(200, 100, ImageFormat::Png));
        assert!(matches!(refused, Refused::Content("too_large", _)));
        let mut lie = encoded(20, 10, ImageFormat::Png);
        lie[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
        assert!(matches!(refusal(&lie), Refused::Content(..)));
    }

    #[test]
    fn what_is_no_picture_is_refused_with_a_reason() {
        for (bytes, word) in [
            (&b""[..], "empty"),
            (b"<?xml version=\"1.0\"?>\n<svg xmlns=\"x\"/>", "SVG"),
            (b"\xef\xbb\xbf <svg onload=\"x\">", "SVG"),
            (b"\0\0\0\x18ftypheic", "HEIC"),
            (b"%PDF-1.7", "no JPEG"),
            (b"<html><img></html>", "no JPEG"),
        ] {
            let refused = refusal(bytes);
            assert!(matches!(refused, Refused::Type(_)), "{word}");
            assert!(refused.to_string().contains(word), "{refused}");
        }
    }

    fn packed(bytes: usize) -> Vec<u8> {
        use std::io::Write;
        let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        packed.write_all(&vec![0; bytes]).unwrap();
        packed.finish().unwrap()
    }

    /// A PNG with a chunk before its pixels.
    fn with_chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
        const HEAD: usize = 8 + 25;
        let mut bytes = encoded(20, 10, ImageFormat::Png);
        let mut crc = flate2::Crc::new();
        crc.update(kind);
        crc.update(content);
        let mut chunk = u32::try_from(content.len()).unwrap().to_be_bytes().to_vec();
        chunk.extend([kind, content].concat());
        chunk.extend(crc.sum().to_be_bytes());
        bytes.splice(HEAD..HEAD, chunk);
        bytes
    }

    #[test]
    fn what_is_packed_in_a_png_is_bounded_before_it_is_unpacked() {
        let profile = |bytes| [b"sRGB\0\0", packed(bytes).as_slice()].concat();
        let bomb = with_chunk(b"iCCP", &profile(8_000_000));
        assert!(bomb.len() < 100_000);
        for refused in [
            refusal(&bomb),
            size(Cursor::new(&bomb), LIMITS).unwrap_err(),
        ] {
            assert!(matches!(refused, Refused::Content("too_large", _)));
            assert!(refused.to_string().contains("colour profile"), "{refused}");
        }
        let (half, bare) = (
            with_chunk(b"iCCP", &profile(3_000_000)),
            encoded(20, 10, ImageFormat::Png),
        );
        let mut twice = half.clone();
        twice.splice(
            33..33,
            half[33..33 + half.len() - bare.len()].iter().copied(),
        );
        assert!(
            refusal(&twice).to_string().contains("colour profile"),
            "two, each within the bound"
        );
        let fits = with_chunk(b"iCCP", &profile(3_000));
        let picture = decode(Cursor::new(fits), LIMITS).unwrap();
        assert_eq!(picture.profile.map(|profile| profile.len()), Some(3_000));
        for (kind, head) in [
            (b"zTXt", &b"Comment\0\0"[..]),
            (b"iTXt", b"Comment\0\x01\0\0\0"),
        ] {
            let text = with_chunk(kind, &[head, &packed(8_000_000)].concat());
            assert!(decode(Cursor::new(text), LIMITS).is_ok(), "never unpacked");
        }
        let broken = with_chunk(b"iCCP", b"sRGB\0\0no profile");
        assert!(
            decode(Cursor::new(broken), LIMITS)
                .unwrap()
                .profile
                .is_none()
        );
    }

    #[test]
    fn a_webp_that_claims_a_vast_profile_is_refused_before_room_is_made_for_it() {
        for kind in [b"ICCP", b"EXIF"] {
            let mut bytes = encoded(20, 10, ImageFormat::WebP);
            let pixels = bytes.split_off(12);
            bytes.extend(b"VP8X\x0a\0\0\0\x28\0\0\0\x13\0\0\x09\0\0");
            bytes.extend(kind);
            bytes.extend(0xffff_fff0_u32.to_le_bytes());
            bytes.extend(pixels);
            let refused = refusal(&bytes);
            assert!(
                matches!(refused, Refused::Content("too_large", _)),
                "{refused}"
            );
        }
    }

    #[test]
    fn what_follows_a_jpeg_s_end_does_no_harm() {
        let mut bytes = encoded(20, 10, ImageFormat::Jpeg);
        bytes.extend(b"PK\x03\x04 and a whole archive");
        assert!(decode(Cursor::new(bytes), LIMITS).is_ok());
    }
}
