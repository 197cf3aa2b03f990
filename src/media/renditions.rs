//! Renditions: a picture in the widths and formats that readers are sent. Nothing of an upload but its pixels is in them: no
//! EXIF, no place, no name. Colours are turned into sRGB, which readers without colour management show rightly.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, Rgba, RgbaImage};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use crate::domain::medium::Format;

use super::inspect::Picture;

/// JPEG's and WebP's quality, of 100: the point beyond which files grow and eyes see nothing.
const QUALITY: u8 = 82;

/// The pixels that renditions are scaled from.
pub struct Master {
    pixels: DynamicImage,
    transparent: bool,
}

/// True if any of a picture shows through.
#[must_use]
pub fn is_transparent(pixels: &DynamicImage) -> bool {
    // By kind, since a copy in one form would take the memory of the picture once more.
    match pixels {
        DynamicImage::ImageLumaA8(pixels) => pixels.pixels().any(|pixel| pixel.0[1] < u8::MAX),
        DynamicImage::ImageRgba8(pixels) => pixels.pixels().any(|pixel| pixel.0[3] < u8::MAX),
        DynamicImage::ImageLumaA16(pixels) => pixels.pixels().any(|pixel| pixel.0[1] < u16::MAX),
        DynamicImage::ImageRgba16(pixels) => pixels.pixels().any(|pixel| pixel.0[3] < u16::MAX),
        _ => false,
    }
}

impl Master {
    /// The picture in 8-bit sRGB, no wider than `widest`.
    #[must_use]
    pub fn new(picture: Picture, transparent: bool, (width, height): (u32, u32)) -> Self {
        let pixels = in_eight_bits(picture.pixels, transparent);
        let pixels = scale(pixels, width, height, transparent);
        let pixels = match picture.profile {
            Some(profile) => in_srgb(pixels, &profile),
            None => pixels,
        };
        Self {
            pixels,
            transparent,
        }
    }

    /// The bytes of a rendition.
    ///
    /// # Errors
    /// A sentence for the log, where an encoder fails.
    pub fn render(&self, width: u32, height: u32, format: Format) -> Result<Vec<u8>, String> {
        let scaled = scale(self.pixels.clone(), width, height, self.transparent);
        encode(&scaled, format)
    }
}

fn in_eight_bits(pixels: DynamicImage, transparent: bool) -> DynamicImage {
    if transparent {
        DynamicImage::ImageRgba8(pixels.into_rgba8())
    } else {
        DynamicImage::ImageRgb8(pixels.into_rgb8())
    }
}

/// Halving by area first makes the costly filter work on few pixels, with no difference to be seen. What shows through is
/// weighed by how much it does, or the hidden colours of clear pixels would bleed into the edges.
fn scale(pixels: DynamicImage, width: u32, height: u32, transparent: bool) -> DynamicImage {
    if (pixels.width(), pixels.height()) == (width, height) {
        return pixels;
    }
    let pixels = weighed(pixels, transparent, |part, alpha| part * alpha / 255);
    let (twice_wide, twice_high) = (width.saturating_mul(2), height.saturating_mul(2));
    let pixels = if pixels.width() > twice_wide && pixels.height() > twice_high {
        pixels.thumbnail_exact(twice_wide, twice_high)
    } else {
        pixels
    };
    let scaled = pixels.resize_exact(width, height, FilterType::Lanczos3);
    weighed(scaled, transparent, |part, alpha| {
        (part * 255).checked_div(alpha).unwrap_or(0).min(255)
    })
}

fn weighed(
    pixels: DynamicImage,
    transparent: bool,
    weigh: impl Fn(u32, u32) -> u32,
) -> DynamicImage {
    if !transparent {
        return pixels;
    }
    let mut pixels: RgbaImage = pixels.into_rgba8();
    for Rgba([red, green, blue, alpha]) in pixels.pixels_mut() {
        for part in [red, green, blue] {
            *part = u8::try_from(weigh(u32::from(*part), u32::from(*alpha))).unwrap_or(u8::MAX);
        }
    }
    DynamicImage::ImageRgba8(pixels)
}

/// A profile that cannot be read, or is not of red, green and blue, is passed over: most such pictures are sRGB in truth.
fn in_srgb(pixels: DynamicImage, profile: &[u8]) -> DynamicImage {
    convert(&pixels, profile).unwrap_or(pixels)
}

fn convert(pixels: &DynamicImage, profile: &[u8]) -> Option<DynamicImage> {
    let profile = ColorProfile::new_from_slice(profile).ok()?;
    if profile.color_space != DataColorSpace::Rgb {
        return None;
    }
    let layout = match pixels {
        DynamicImage::ImageRgba8(_) => Layout::Rgba,
        _ => Layout::Rgb,
    };
    let transform = profile
        .create_transform_8bit(
            layout,
            &ColorProfile::new_srgb(),
            layout,
            TransformOptions::default(),
        )
        .ok()?;
    let mut converted = vec![0; pixels.as_bytes().len()];
    transform
        .transform(pixels.as_bytes(), &mut converted)
        .ok()?;
    let (width, height) = (pixels.width(), pixels.height());
    match layout {
        Layout::Rgba => RgbaImage::from_raw(width, height, converted).map(DynamicImage::ImageRgba8),
        _ => image::RgbImage::from_raw(width, height, converted).map(DynamicImage::ImageRgb8),
    }
}

fn encode(pixels: &DynamicImage, format: Format) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let written = match format {
        Format::Webp => return encode_webp(pixels),
        Format::Jpeg => {
            pixels.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY))
        }
        Format::Png | Format::Gif => pixels.write_with_encoder(PngEncoder::new(&mut bytes)),
    };
    written.map_err(|error| error.to_string())?;
    Ok(bytes)
}

fn encode_webp(pixels: &DynamicImage) -> Result<Vec<u8>, String> {
    let (width, height) = (pixels.width(), pixels.height());
    let encoder = match pixels {
        DynamicImage::ImageRgba8(_) => webp::Encoder::from_rgba(pixels.as_bytes(), width, height),
        _ => webp::Encoder::from_rgb(pixels.as_bytes(), width, height),
    };
    let encoded = encoder
        .encode_simple(false, f32::from(QUALITY))
        .map_err(|error| format!("WebP: {error:?}"))?;
    Ok(encoded.to_vec())
}

#[cfg(test)]
mod tests {
    use super::super::inspect::{self, Limits};
    use super::*;
    use image::{ImageFormat, RgbImage};
    use std::io::Cursor;

    const LIMITS: Limits = Limits {
        bytes: 1_000_000,
        pixels: 1_000_000,
    };

    fn picture(pixels: DynamicImage) -> Picture {
        Picture {
            format: Format::Png,
            pixels,
            profile: None,
        }
    }

    #[test]
    fn a_rendition_has_the_size_and_type_that_was_asked_for() {
        let pixels = RgbImage::from_fn(300, 200, |x, y| image::Rgb([x as u8, y as u8, 0]));
        let master = Master::new(picture(pixels.into()), false, (300, 200));
        for format in [Format::Webp, Format::Jpeg] {
            let bytes = master.render(100, 67, format).unwrap();
            let made = inspect::decode(Cursor::new(bytes), LIMITS).unwrap();
            assert_eq!(made.format, format);
            assert_eq!((made.pixels.width(), made.pixels.height()), (100, 67));
        }
    }

    #[test]
    fn what_shows_through_goes_on_doing_so_and_hidden_colours_do_not_bleed() {
        // Clear green beside opaque red: no green may come out.
        let pixels = RgbaImage::from_fn(64, 64, |x, _| {
            if x < 32 {
                Rgba([0, 255, 0, 0])
            } else {
                Rgba([255, 0, 0, 255])
            }
        });
        let pixels = DynamicImage::from(pixels);
        assert!(is_transparent(&pixels));
        let master = Master::new(picture(pixels), true, (64, 64));
        let bytes = master.render(15, 15, Format::Png).unwrap();
        let made = image::load_from_memory_with_format(&bytes, ImageFormat::Png).unwrap();
        let made = made.to_rgba8();
        assert_eq!(made.get_pixel(0, 0).0[3], 0);
        assert!(
            made.pixels().all(|p| p.0[1] < 16 || p.0[3] < 16),
            "green bled"
        );
    }

    #[test]
    fn an_alpha_channel_that_hides_nothing_is_none() {
        let opaque = RgbaImage::from_pixel(4, 4, Rgba([1, 2, 3, 255]));
        assert!(!is_transparent(&opaque.into()));
    }

    #[test]
    fn a_wide_gamut_is_turned_into_srgb_and_a_broken_profile_passed_over() {
        let pixels = DynamicImage::from(RgbImage::from_pixel(4, 4, image::Rgb([200, 80, 40])));
        let profile = ColorProfile::new_display_p3().encode().unwrap();
        let converted = in_srgb(pixels.clone(), &profile);
        assert!(converted.to_rgb8().get_pixel(0, 0).0[0] > 205);
        assert_eq!(in_srgb(pixels.clone(), b"no profile"), pixels);
    }
}
