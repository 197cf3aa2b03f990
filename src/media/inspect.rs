//! The type and size of an upload: told from its bytes alone, its size known before anything is decoded, and decoded once to see that
//! it is whole.

use std::fmt;
use std::io::{BufRead, Seek};

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader};

use super::jpeg;
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
        jpeg::end(&mut source).ok_or_else(broken)?;
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

#[cfg(test)]
mod tests;
