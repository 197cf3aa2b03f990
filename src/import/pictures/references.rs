//! The pictures that an article refers to, and the article with pictures that are here.

use url::Url;

use crate::domain::article::{ArticleContent, MediumEntry};
use crate::domain::body::Body;
use crate::domain::id::Id;
use crate::domain::medium::{FOLDER, FileName};

use super::address::{Source, page_of};

/// A picture that an article refers to by an address elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    /// JSON pointer to the field that refers to it.
    pub(super) field: String,
    /// Its addresses.
    pub(super) source: Source,
    /// Text for people who do not see it.
    pub(super) alt: Option<String>,
    /// The words below it.
    pub(super) caption: Option<String>,
    /// Name of its maker.
    pub(super) credit: Option<String>,
}

/// A picture that is here, as articles name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    /// The medium.
    pub(crate) id: Id,
    /// The address of its widest rendition.
    pub(crate) url: String,
}

/// True for the address of a rendition of this service, as articles have it.
pub(super) fn is_own(address: &str) -> bool {
    address.starts_with(FOLDER) && FileName::file_of(address).is_some()
}

/// The pictures that an article refers to by addresses elsewhere, in the order of its fields.
pub(crate) fn references(content: &ArticleContent) -> Vec<Reference> {
    let page = page_of(content.details.url.as_deref());
    let of = |address: &str| {
        let source = (!is_own(address)).then(|| Source::of(address, page.as_ref()));
        source.flatten()
    };
    let entries = content.details.media.iter().enumerate();
    let entries = entries
        .filter(|(_, entry)| is_picture_elsewhere(entry))
        .filter_map(|(at, entry)| {
            Some(Reference {
                field: format!("/media/{at}"),
                source: of(&entry.url)?,
                alt: entry.alt.clone(),
                caption: entry.caption.clone(),
                credit: entry.credit.clone(),
            })
        });
    let body = Body::from_stored(content.body.clone()).pictures();
    let body = body.into_iter().filter_map(|(address, alt)| {
        Some(Reference {
            field: "/body".to_owned(),
            source: of(&address)?,
            alt: Some(alt).filter(|alt| !alt.is_empty()),
            caption: None,
            credit: None,
        })
    });
    entries.chain(body).collect()
}

fn is_picture_elsewhere(entry: &MediumEntry) -> bool {
    entry.id.is_none() && entry.kind == "image" && !entry.url.is_empty()
}

/// The article with each picture that `shown` knows by its addresses, and each medium that `instead` takes the place of;
/// `None` where nothing changes. A link to a picture leads to it too.
pub(crate) fn moved(
    content: &ArticleContent,
    shown: &dyn Fn(&Source) -> Option<Shown>,
    instead: &dyn Fn(&Replaceable<'_>) -> Option<Shown>,
) -> Option<ArticleContent> {
    let page = page_of(content.details.url.as_deref());
    let of = |address: &str| place(address, page.as_ref(), shown, instead);
    let body = Body::from_stored(content.body.clone());
    let body = body.with_addresses(&mut |address| of(address).map(|shown| shown.url));
    let mut media: Vec<MediumEntry> = Vec::with_capacity(content.details.media.len());
    let mut is_changed = body.is_some();
    for entry in &content.details.media {
        let found = match entry.id {
            Some(id) => instead(&Replaceable::Medium(id)),
            None if is_picture_elsewhere(entry) => of(&entry.url),
            None => None,
        };
        is_changed |= found.is_some();
        match found {
            Some(found) => show(&mut media, entry, found.id),
            None => media.push(entry.clone()),
        }
    }
    is_changed.then(|| {
        let mut changed = content.clone();
        changed.details.media = media;
        if let Some(body) = body {
            changed.body = body.into_html();
        }
        changed
    })
}

/// The name by which an article shows a medium.
pub(crate) enum Replaceable<'a> {
    /// Its identity.
    Medium(Id),
    /// The public part of the name of its file.
    File(&'a str),
}

fn place(
    address: &str,
    page: Option<&Url>,
    shown: &dyn Fn(&Source) -> Option<Shown>,
    instead: &dyn Fn(&Replaceable<'_>) -> Option<Shown>,
) -> Option<Shown> {
    if is_own(address) {
        let file = FileName::file_of(address)?;
        return instead(&Replaceable::File(&file));
    }
    shown(&Source::of(address, page)?)
}

/// Shows a medium by its id. Two entries of one picture, which had two sizes of it, become one.
fn show(media: &mut Vec<MediumEntry>, entry: &MediumEntry, id: Id) {
    let known = media.iter_mut().find(|other| other.id == Some(id));
    let Some(known) = known else {
        return media.push(MediumEntry {
            id: Some(id),
            url: String::new(),
            ..entry.clone()
        });
    };
    for (text, other) in [
        (&mut known.alt, &entry.alt),
        (&mut known.caption, &entry.caption),
        (&mut known.credit, &entry.credit),
    ] {
        if text.is_none() {
            text.clone_from(other);
        }
    }
}
