//! Bounds of the colour profile and the metadata in a picture, checked before a decoder reads them: a few bytes can claim, or
//! inflate to, gigabytes.

use std::io::{self, BufRead, Read, Seek};

use flate2::bufread::ZlibDecoder;

use crate::domain::medium::Format;

/// The most bytes of a colour profile, and of the metadata that a decoder reads, both unpacked.
pub(super) const MOST: u64 = 4_000_000;

/// A part of a picture that is over [`MOST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overlarge {
    /// The colour profile.
    Profile,
    /// The metadata (Exif).
    Metadata,
}

/// Looks for a part that is over its bound. The source ends anywhere; one that cannot be read is left to the decoder.
///
/// JPEG and GIF have nothing that is packed: what they hold is bounded by their size.
pub(super) fn overlarge(source: &mut (impl BufRead + Seek), format: Format) -> Option<Overlarge> {
    let found = match format {
        Format::Png => in_png(source),
        Format::Webp => in_webp(source),
        Format::Jpeg | Format::Gif => Ok(None),
    };
    found.ok().flatten()
}

/// Walks the chunks before the pixels (PNG, third edition, section 5.3). The texts of `zTXt` and `iTXt` are never unpacked.
fn in_png(source: &mut (impl BufRead + Seek)) -> io::Result<Option<Overlarge>> {
    const SIGNATURE: i64 = 8;
    const CHECKSUM: i64 = 4;
    source.seek_relative(SIGNATURE)?;
    loop {
        let length = u32::from_be_bytes(four(source)?);
        match &four(source)? {
            b"IDAT" | b"IEND" => return Ok(None),
            b"eXIf" if u64::from(length) > MOST => return Ok(Some(Overlarge::Metadata)),
            // A second one is an error to the decoder.
            b"iCCP" => return inflated(source.take(length.into())),
            _ => source.seek_relative(i64::from(length) + CHECKSUM)?,
        }
    }
}

/// A profile's name, the method of its compression, and the profile (section 11.3.2.3).
fn inflated(mut chunk: impl BufRead) -> io::Result<Option<Overlarge>> {
    chunk.skip_until(0)?;
    chunk.read_exact(&mut [0])?;
    let mut profile = ZlibDecoder::new(chunk).take(MOST + 1);
    let length = io::copy(&mut profile, &mut io::sink())?;
    Ok((length > MOST).then_some(Overlarge::Profile))
}

/// Walks the chunks by the lengths that they claim (RFC 9649, section 2.3).
fn in_webp(source: &mut (impl BufRead + Seek)) -> io::Result<Option<Overlarge>> {
    const HEADER: i64 = 12;
    source.seek_relative(HEADER)?;
    loop {
        let kind = four(source)?;
        let length = u32::from_le_bytes(four(source)?);
        match &kind {
            b"ICCP" if u64::from(length) > MOST => return Ok(Some(Overlarge::Profile)),
            b"EXIF" if u64::from(length) > MOST => return Ok(Some(Overlarge::Metadata)),
            _ => source.seek_relative(i64::from(length) + i64::from(length % 2))?,
        }
    }
}

fn four(source: &mut impl Read) -> io::Result<[u8; 4]> {
    let mut bytes = [0; 4];
    source.read_exact(&mut bytes)?;
    Ok(bytes)
}
