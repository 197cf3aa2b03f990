//! Media as clients are shown them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::article::MediumEntry;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::medium::{
    FileName, FileState, FocalPoint, Format, MediaFile, Medium, StoredRendition, Texts, words_in,
};
use crate::domain::time::Timestamp;

use super::links::Links;

/// A picture in one width and format, as readers are told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Rendition {
    /// Its address; what it answers never changes.
    #[schema(example = "/media/0b0c6b1f0d6a4d5e9a3c8f7e6d5c4b3a-w640.webp")]
    pub url: String,
    /// In pixels.
    #[schema(example = 640)]
    pub width: u32,
    /// In pixels.
    #[schema(example = 427)]
    pub height: u32,
    /// Its media type.
    #[schema(example = "image/webp")]
    pub mime: &'static str,
    /// Its size.
    #[schema(example = 41_320)]
    pub bytes: u64,
}

impl Rendition {
    /// The renditions of a file that are there.
    #[must_use]
    pub fn of(file: &MediaFile) -> Vec<Self> {
        let stored = file.renditions.iter();
        stored
            .map(|stored| Self {
                url: stored.path(&file.address),
                width: stored.width,
                height: stored.height,
                mime: stored.format.mime(),
                bytes: stored.bytes,
            })
            .collect()
    }
}

/// Renditions by format, each list as HTML's `srcset` takes it: addresses and widths. A format that there is none of is
/// null.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Srcset {
    /// WebP.
    #[schema(example = "/media/0b0c6b1f0d6a4d5e9a3c8f7e6d5c4b3a-w320.webp 320w")]
    pub webp: Option<String>,
    /// JPEG; of pictures that nothing shows through.
    pub jpeg: Option<String>,
    /// PNG; of the others.
    pub png: Option<String>,
}

impl Srcset {
    /// The lists of these renditions.
    #[must_use]
    pub fn of(renditions: &[Rendition]) -> Self {
        let list = |format: Format| {
            let of_format = renditions.iter().filter(|one| one.mime == format.mime());
            let words: Vec<String> = of_format
                .map(|one| format!("{} {}w", one.url, one.width))
                .collect();
            Some(words.join(", ")).filter(|words| !words.is_empty())
        };
        Self {
            webp: list(Format::Webp),
            jpeg: list(Format::Jpeg),
            png: list(Format::Png),
        }
    }
}

/// A picture of an article as readers are shown it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct ArticleMedium {
    /// Kind of the medium: `image`.
    #[schema(example = "image")]
    pub kind: String,
    /// The uploaded medium; absent for a picture that is known by its address only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = "uuid", required = false)]
    pub id: Option<Id>,
    /// Its address; of an uploaded medium, that of its widest rendition.
    #[schema(example = "/media/0b0c6b1f0d6a4d5e9a3c8f7e6d5c4b3a-w1280.jpg")]
    pub url: String,
    /// Text for people who do not see the picture.
    pub alt: Option<String>,
    /// The words below it.
    pub caption: Option<String>,
    /// Name of the maker.
    pub credit: Option<String>,
    /// Of an uploaded medium, in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u32, required = false)]
    pub width: Option<u32>,
    /// Of an uploaded medium, in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u32, required = false)]
    pub height: Option<u32>,
    /// The point that every crop of an uploaded medium must keep.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = FocalPoint, required = false)]
    pub focal_point: Option<FocalPoint>,
    /// An uploaded medium in several sizes and formats; empty until they are made, moments after the upload.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<Rendition>, required = false)]
    pub renditions: Option<Vec<Rendition>>,
    /// The renditions as HTML's `srcset` lists them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Srcset, required = false)]
    pub srcset: Option<Srcset>,
    /// The media type and the bytes of the file at its address, where this service has it.
    #[serde(skip)]
    #[schema(ignore)]
    pub kept: Option<(&'static str, u64)>,
}

impl ArticleMedium {
    /// The entry as readers of `lang` are shown it, with the medium that it names by its id or address; `None` where that of an
    /// id is not known.
    #[must_use]
    pub fn shown(entry: MediumEntry, lang: &LanguageTag, medium: Option<&Medium>) -> Option<Self> {
        let Some(id) = entry.id else {
            let kept = medium.and_then(|medium| kept(&medium.file, &entry.url));
            return Some(Self {
                kind: entry.kind,
                id: None,
                url: entry.url,
                alt: entry.alt,
                caption: entry.caption,
                credit: entry.credit,
                width: None,
                height: None,
                focal_point: None,
                renditions: None,
                srcset: None,
                kept,
            });
        };
        let medium = medium?;
        let (file, words) = (&medium.file, &medium.content);
        let renditions = Rendition::of(file);
        Some(Self {
            kind: entry.kind,
            id: Some(id),
            kept: kept(file, &file.url()),
            url: file.url(),
            alt: entry.alt.or_else(|| words_in(&words.alt, lang)),
            caption: entry.caption.or_else(|| words_in(&words.caption, lang)),
            credit: entry.credit.or_else(|| words_in(&words.credit, lang)),
            width: Some(file.width),
            height: Some(file.height),
            focal_point: words.focal_point,
            srcset: Some(Srcset::of(&renditions)),
            renditions: Some(renditions),
        })
    }
}

/// The media type and the bytes of the rendition of a file that is at an address.
fn kept(file: &MediaFile, address: &str) -> Option<(&'static str, u64)> {
    let name = FileName::of_address(address)?;
    let mut renditions = file.renditions.iter();
    let is_there = |one: &&StoredRendition| one.width == name.width && one.format == name.format;
    let found = renditions.find(is_there)?;
    Some((found.format.mime(), found.bytes))
}

/// An uploaded picture.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Medium)]
pub struct MediumView {
    /// Identity: a UUID of version 7.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// Rises with every change of its words.
    pub version: i64,
    /// The name that its file came with; for people.
    #[schema(example = "harbour.jpg")]
    pub name: Option<String>,
    /// The media type of the upload, told from its bytes.
    #[schema(example = "image/jpeg")]
    pub mime: &'static str,
    /// In pixels, as it is looked at.
    #[schema(example = 4_000)]
    pub width: u32,
    /// In pixels, as it is looked at.
    #[schema(example = 2_667)]
    pub height: u32,
    /// The size of the upload.
    pub bytes: u64,
    /// Text for people who do not see the picture, by language.
    pub alt: Texts,
    /// The words below it, by language.
    pub caption: Texts,
    /// Name of the maker, by language.
    pub credit: Texts,
    /// The point that every crop must keep.
    pub focal_point: Option<FocalPoint>,
    /// State of its renditions.
    pub state: FileState,
    /// The public address of its widest rendition.
    #[schema(example = "/media/0b0c6b1f0d6a4d5e9a3c8f7e6d5c4b3a-w1920.jpg")]
    pub url: String,
    /// The renditions that are there.
    pub renditions: Vec<Rendition>,
    /// The renditions as HTML's `srcset` lists them.
    pub srcset: Srcset,
    /// Time of the upload.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Time of the last change.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Links to the resource.
    pub links: Links,
}

impl From<Medium> for MediumView {
    fn from(medium: Medium) -> Self {
        let (file, words) = (medium.file, medium.content);
        let renditions = Rendition::of(&file);
        Self {
            id: medium.id,
            version: medium.version,
            name: medium.name,
            mime: file.format.mime(),
            width: file.width,
            height: file.height,
            bytes: file.bytes,
            alt: words.alt,
            caption: words.caption,
            credit: words.credit,
            focal_point: words.focal_point,
            state: file.state,
            url: file.url(),
            srcset: Srcset::of(&renditions),
            renditions,
            created_at: medium.created_at,
            updated_at: medium.updated_at,
            links: Links {
                own: format!("/api/media/{}", medium.id),
            },
        }
    }
}
