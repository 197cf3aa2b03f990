//! Keeping the pictures that records hold themselves, before the articles that show them are written.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};

use tempfile::NamedTempFile;

use super::account::Counts;
use super::references::is_own;
use super::settings::Pictures;
use super::site::PicturesError;
use crate::domain::body::Body;
use crate::domain::medium::{FileName, MediumContent};
use crate::import::batch::Item;
use crate::import::record::{ArticleRecord, InlinePicture, Parsed, Record};
use crate::import::target::Target;
use crate::media::intake;
use crate::service::{commit, media};

/// Pictures that records held.
#[derive(Debug, Default)]
pub(in crate::import) struct Held {
    fetched: AtomicU64,
    before: AtomicU64,
    bytes: AtomicU64,
}

impl Held {
    /// Adds them to the counts of all.
    pub(super) fn add_to(&self, counts: &mut Counts) {
        let (fetched, before) = (
            self.fetched.load(Ordering::Relaxed),
            self.before.load(Ordering::Relaxed),
        );
        counts.all += fetched + before;
        counts.fetched += fetched;
        counts.before += before;
        counts.bytes += self.bytes.load(Ordering::Relaxed);
        if fetched + before > 0 {
            *counts
                .hosts
                .entry("in the archive itself".to_owned())
                .or_default() += fetched + before;
        }
    }
}

/// Keeps the pictures that the records of a batch hold.
pub(in crate::import) fn keep_inline(
    target: &Target<'_>,
    pictures: &Pictures,
    items: &[Item],
    held: &Held,
) -> Result<(), PicturesError> {
    for item in items {
        if let Ok(Parsed {
            record: Record::Article(article),
            ..
        }) = &item.outcome
        {
            for picture in &article.inline {
                keep(target, pictures, article, picture, held)?;
            }
        }
    }
    Ok(())
}

fn keep(
    target: &Target<'_>,
    pictures: &Pictures,
    article: &ArticleRecord,
    picture: &InlinePicture,
    held: &Held,
) -> Result<(), PicturesError> {
    let file = picture.file(target.clock.now());
    let known = target
        .store
        .read(|conn| crate::store::media::file_by_digest(conn, &file.digest))?;
    let count = if known.is_some() {
        &held.before
    } else {
        &held.fetched
    };
    count.fetch_add(1, Ordering::Relaxed);
    held.bytes.fetch_add(file.bytes, Ordering::Relaxed);
    if pictures.is_trial {
        return Ok(());
    }
    let mut bytes = NamedTempFile::new()?;
    bytes.write_all(&picture.bytes)?;
    let into = (target.store, target.clock, target.actor);
    let address = file.address.clone();
    let kept = intake::keep_now(&pictures.media.storage, into, bytes.path(), file)?;
    let content = words(article, &address);
    commit(target.store, target.clock, target.actor, |tx| {
        media::keep_picture(tx, (kept.file, kept.brought), None, content)
    })?;
    Ok(())
}

/// The words that the article has for the picture of a file.
fn words(article: &ArticleRecord, file: &str) -> MediumContent {
    let is_of =
        |address: &str| is_own(address) && FileName::file_of(address).as_deref() == Some(file);
    let entry = article.media.iter().find(|entry| is_of(&entry.url));
    let body = || {
        Body::pictures(&article.body)
            .into_iter()
            .find(|(address, _)| is_of(address))
    };
    let mut content = MediumContent::default();
    let lang = article.lang.to_string();
    let alt = entry
        .and_then(|entry| entry.alt.clone())
        .or_else(|| body().map(|(_, alt)| alt));
    for (texts, words) in [
        (&mut content.alt, alt),
        (
            &mut content.caption,
            entry.and_then(|entry| entry.caption.clone()),
        ),
        (
            &mut content.credit,
            entry.and_then(|entry| entry.credit.clone()),
        ),
    ] {
        let words = words.filter(|words| !words.is_empty());
        texts.extend(words.map(|words| (lang.clone(), words)));
    }
    content
}
