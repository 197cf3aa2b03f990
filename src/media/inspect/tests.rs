//! Types, sizes, cut-off pictures, and parts that are larger unpacked.

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
