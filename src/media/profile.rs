//! Bounds of the colour profile and the metadata in a picture, checked before a decoder reads them: a few bytes can claim, or
//! inflate to, gigabytes.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

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
    const CHECKSUM: u64 = 4;
    source.seek_relative(SIGNATURE)?;
    // A decoder passes over a profile that is broken, and takes the next one.
    let mut left = MOST;
    loop {
        let length = u32::from_be_bytes(four(source)?);
        let kind = four(source)?;
        let content = source.stream_position()?;
        match &kind {
            b"IDAT" | b"IEND" => return Ok(None),
            b"eXIf" if u64::from(length) > MOST => return Ok(Some(Overlarge::Metadata)),
            b"iCCP" => match left.checked_sub(inflated(source.take(length.into()), left)) {
                Some(rest) => left = rest,
                None => return Ok(Some(Overlarge::Profile)),
            },
            _ => {}
        }
        source.seek(SeekFrom::Start(content + u64::from(length) + CHECKSUM))?;
    }
}

/// The length of a profile behind its name and the method of its compression (section 11.3.2.3), as far as it can be unpacked
/// and not far beyond `most` bytes.
fn inflated(mut chunk: impl BufRead, most: u64) -> u64 {
    if chunk.skip_until(0).is_err() || chunk.read_exact(&mut [0]).is_err() {
        return 0;
    }
    let mut profile = ZlibDecoder::new(chunk);
    let (mut length, mut part) = (0, [0; 8_192]);
    while length <= most {
        match profile.read(&mut part) {
            Ok(0) | Err(_) => break,
            Ok(count) => length += count as u64,
        }
    }
    length
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
