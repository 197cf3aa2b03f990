//! Media: uploaded pictures, what is said of them in each language, and the renditions that readers are sent.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::error::Invalid;
use super::id::Id;
use super::language::LanguageTag;
use super::text::{self, NOTE_MAX};
use super::time::Timestamp;

/// Words by language tag.
pub type Texts = BTreeMap<String, String>;

/// The most languages that one text is given in.
pub const LANGS_MAX: usize = 100;

/// The greatest side of a picture, in pixels: what WebP can hold.
pub const SIDE_MAX: u32 = 16_383;

/// The widths that renditions are made in; of those that a picture reaches.
pub const WIDTHS: [u32; 5] = [320, 640, 960, 1_280, 1_920];

/// The formats that pictures come in and go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// GIF; of a moving one, renditions show the first frame.
    Gif,
    /// WebP.
    Webp,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Jpeg, Self::Png, Self::Gif, Self::Webp];

    /// The media type.
    #[must_use]
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
        }
    }

    /// The ending of its files' names, without a dot.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::Webp => "webp",
        }
    }

    /// The format of an ending that a name is given here.
    #[must_use]
    pub fn of_ending(ending: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|format| format.ending() == ending)
    }
}

/// The point of a picture that a crop must keep: fractions of its width and height, from the upper left corner.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FocalPoint {
    /// From 0, the left edge, to 1, the right edge.
    #[schema(minimum = 0, maximum = 1, example = 0.5)]
    pub x: f64,
    /// From 0, the upper edge, to 1, the lower edge.
    #[schema(minimum = 0, maximum = 1, example = 0.33)]
    pub y: f64,
}

impl FocalPoint {
    /// A point within the picture.
    pub fn new(x: f64, y: f64) -> Result<Self, Invalid> {
        let inside = |part: f64| (0.0..=1.0).contains(&part);
        if inside(x) && inside(y) {
            return Ok(Self { x, y });
        }
        Err(Invalid::new(
            "out_of_range",
            "x and y are numbers from 0 to 1",
        ))
    }
}

/// The content of a picture that editors may change.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MediumContent {
    /// Text for people who do not see the picture.
    pub alt: Texts,
    /// The words below it.
    pub caption: Texts,
    /// Name of the maker.
    pub credit: Texts,
    /// The point that every crop must keep.
    pub focal_point: Option<FocalPoint>,
}

/// One text in one language: its tag in canonical form, and the cleaned words; `None` where they are empty.
pub fn parse_text(lang: &str, words: &str) -> Result<(String, Option<String>), Invalid> {
    let lang = LanguageTag::parse(lang)?;
    let words = text::clean(words, NOTE_MAX)?;
    Ok((lang.to_string(), Some(words).filter(|w| !w.is_empty())))
}

/// The words for readers of `lang`: those in it, else in its language without script and region, else the first there are
/// in the order of their languages.
#[must_use]
pub fn words_in(texts: &Texts, lang: &LanguageTag) -> Option<String> {
    let own = texts.get(lang.as_str());
    own.or_else(|| texts.get(lang.primary()))
        .or_else(|| texts.values().next())
        .cloned()
}

/// A picture in one width and format, as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRendition {
    /// Its format.
    pub format: Format,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Its size.
    pub bytes: u64,
}

impl StoredRendition {
    /// Its public address on this service.
    #[must_use]
    pub fn path(&self, address: &str) -> String {
        format!("/media/{}", file_name(address, self.width, self.format))
    }
}

/// The state of the renditions of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FileState {
    /// They are still to be made.
    Pending,
    /// They are there.
    Ready,
    /// They could not be made, several times over.
    Failed,
}

impl FileState {
    /// The word that is stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Ready => "ready",
            Self::Failed => "failed",
        }
    }

    /// Reads the word that is stored and shown.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Pending, Self::Ready, Self::Failed]
            .into_iter()
            .find(|state| state.as_str() == word)
    }
}

/// The bytes of an upload and what was made of them. Media that were uploaded with the same bytes share one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MediaFile {
    /// Names its folder in the storage; never used again for other bytes.
    pub id: Id,
    /// SHA-256 of the upload, in lower-case hexadecimal.
    pub digest: String,
    /// Name of the file in public addresses; made from the upload's content alone.
    pub address: String,
    /// The upload's format.
    pub format: Format,
    /// In pixels, as it is looked at (its EXIF orientation applied).
    pub width: u32,
    /// In pixels, as it is looked at.
    pub height: u32,
    /// The upload's size.
    pub bytes: u64,
    /// True if parts of it are transparent, so that its renditions keep that.
    pub transparent: bool,
    /// State of its renditions.
    pub state: FileState,
    /// Those that are there.
    pub renditions: Vec<StoredRendition>,
    /// Time of the first upload.
    pub created_at: Timestamp,
}

/// The recipe that renditions are made by. A public address never changes what it answers, so a new recipe is a new
/// number, and with it come new addresses.
const RECIPE: &str = "masthead-media-1";

/// The text whose hash is the address: the recipe and the upload's digest.
#[must_use]
pub fn address_seed(digest: &str) -> String {
    format!("{RECIPE}:{digest}")
}

impl MediaFile {
    /// The renditions that are due: in each width up to the picture's own and the greatest that is sent, WebP and a format
    /// that every program reads.
    #[must_use]
    pub fn plan(&self) -> Vec<(u32, Format)> {
        let widest = self.widest();
        let narrower = WIDTHS.into_iter().filter(|width| *width < widest);
        let formats = [Format::Webp, self.plain_format()];
        narrower
            .chain([widest])
            .flat_map(|width| formats.map(|format| (width, format)))
            .collect()
    }

    /// The width of its widest rendition.
    #[must_use]
    pub fn widest(&self) -> u32 {
        self.width.min(WIDTHS[WIDTHS.len() - 1])
    }

    /// The format beside WebP: JPEG, or PNG where JPEG would lose the transparency.
    #[must_use]
    pub const fn plain_format(&self) -> Format {
        if self.transparent {
            Format::Png
        } else {
            Format::Jpeg
        }
    }

    /// True if a service like this one can have written it: an export may have been edited since.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let hex = |text: &str, chars: usize| text.len() == chars && text.chars().all(is_hex);
        let sized = |side: u32| (1..=SIDE_MAX).contains(&side);
        let plan = self.plan();
        let planned = |one: &StoredRendition| plan.contains(&(one.width, one.format));
        hex(&self.digest, 64)
            && hex(&self.address, ADDRESS_CHARS)
            && sized(self.width)
            && sized(self.height)
            && self.renditions.iter().all(planned)
    }

    /// The height that goes with a width; at least one pixel.
    #[must_use]
    pub fn height_at(&self, width: u32) -> u32 {
        let exact = u64::from(self.height) * u64::from(width);
        let whole = (exact + u64::from(self.width) / 2) / u64::from(self.width.max(1));
        u32::try_from(whole).unwrap_or(u32::MAX).max(1)
    }

    /// The address of its widest rendition in the format that every program reads: known before it is made.
    #[must_use]
    pub fn url(&self) -> String {
        let name = file_name(&self.address, self.widest(), self.plain_format());
        format!("/media/{name}")
    }
}

fn file_name(address: &str, width: u32, format: Format) -> String {
    format!("{address}-w{width}.{}", format.ending())
}

fn is_hex(c: char) -> bool {
    c.is_ascii_digit() || ('a'..='f').contains(&c)
}

/// Number of characters of an address: 128 bits in hexadecimal, which nobody guesses.
pub const ADDRESS_CHARS: usize = 32;

/// A public file's name, taken apart: `{address}-w{width}.{ending}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName {
    /// The file.
    pub address: String,
    /// The rendition's width.
    pub width: u32,
    /// The rendition's format.
    pub format: Format,
}

/// The folder of the addresses of renditions.
pub const FOLDER: &str = "/media/";

impl FileName {
    /// The name of the file at an address, wherever the service is found.
    #[must_use]
    pub fn of_address(address: &str) -> Option<Self> {
        let (_, name) = address.rsplit_once(FOLDER)?;
        Self::parse(name.split(['?', '#']).next()?)
    }

    /// The public part of the name of the file whose rendition is at an address.
    #[must_use]
    pub fn file_of(address: &str) -> Option<String> {
        Self::of_address(address).map(|name| name.address)
    }

    /// Reads a name in the one spelling that it has; anything else names nothing.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let (address, rest) = name.split_once("-w")?;
        let (width, ending) = rest.split_once('.')?;
        let parsed = Self {
            address: address.to_owned(),
            width: width.parse().ok()?,
            format: Format::of_ending(ending)?,
        };
        let canonical = file_name(address, parsed.width, parsed.format) == name;
        let addressed = address.len() == ADDRESS_CHARS && address.chars().all(is_hex);
        (canonical && addressed).then_some(parsed)
    }
}

/// An uploaded picture with what is said of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Medium {
    /// Its identity.
    pub id: Id,
    /// The name that its file had where it came from; for people, never an address.
    pub name: Option<String>,
    /// Its captions and the like.
    pub content: MediumContent,
    /// Its bytes.
    pub file: MediaFile,
    /// Rises with every change.
    pub version: i64,
    /// Time of the upload.
    pub created_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
    /// The key that it was uploaded with.
    pub created_by: Option<Id>,
}

/// Validators of a content, by which its server is asked for another one only (RFC 9110, section 8.8).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// ETag.
    pub etag: Option<String>,
    /// Last-Modified.
    pub last_modified: Option<String>,
}

impl Validators {
    /// True if there is nothing to ask by.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}

/// An address that a medium was fetched from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediumSource {
    /// The address, absolute where the archive tells its site.
    pub url: String,
    /// The medium.
    pub medium: Id,
    /// Validators that its server gave.
    pub validators: Validators,
    /// Time of the fetch.
    pub fetched_at: Timestamp,
}

/// A file's name as a client sent it: its last step, without what no name holds. For people to find it by.
#[must_use]
pub fn clean_name(sent: &str) -> Option<String> {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let spaced = last.replace(['\t', '\n'], " ");
    let plain = spaced.chars().filter(|c| !c.is_control());
    let name: String = plain.take(text::NAME_MAX).collect();
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests;
