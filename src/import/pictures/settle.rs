//! The pictures of some articles: each source is settled once in a run.

use std::collections::{HashMap, HashSet};

use crate::domain::article::ArticleContent;
use crate::domain::id::Id;
use crate::domain::medium::{
    MediaFile, Medium, MediumContent, MediumSource, Validators, clean_name,
};
use crate::service::{ServiceError, commit, media};
use crate::store::media as rows;

use super::address::{Source, host_of, path_of};
use super::fetch::{Fetched, Fetcher, Job, Missing};
use super::references::{Reference, Replaceable, Shown};
use super::site::PicturesError;
use super::turns::{Hosts, Task, work};

/// Outcome of a source.
#[derive(Debug, Clone)]
pub(super) enum Settled {
    /// It is here; whether this run has brought it, and its size.
    Here(Shown, bool, u64),
    /// It did not come.
    Missing(Missing),
}

/// A source that is wanted, and the words for its medium if it is a new one.
#[derive(Debug, Clone)]
pub(super) struct Want {
    pub(super) source: String,
    pub(super) content: MediumContent,
}

/// The sources that a run has settled.
#[derive(Default)]
pub(super) struct Sources {
    hosts: Hosts,
    settled: HashMap<String, Settled>,
    replaced: HashMap<Id, Shown>,
    replaced_files: HashMap<String, Shown>,
}

/// The words that a reference has for a picture.
pub(super) fn words_of(reference: &Reference, lang: &str) -> MediumContent {
    let mut content = MediumContent::default();
    for (texts, words) in [
        (&mut content.alt, &reference.alt),
        (&mut content.caption, &reference.caption),
        (&mut content.credit, &reference.credit),
    ] {
        texts.extend(words.clone().map(|words| (lang.to_owned(), words)));
    }
    content
}

impl Sources {
    /// The state of a picture with the address that counts: that of its original, else that of the address as written.
    pub(super) fn of<'s>(&'s self, source: &'s Source) -> Option<(&'s str, &'s Settled)> {
        let settled = |url: &'s String| Some((url.as_str(), self.settled.get(url)?));
        let is_here = |(_, settled): &(&str, &Settled)| matches!(settled, Settled::Here(..));
        let mut all = source.candidates().filter_map(settled);
        all.clone().find(is_here).or_else(|| all.next_back())
    }

    /// The state of one address.
    pub(super) fn at(&self, url: &str) -> Option<&Settled> {
        self.settled.get(url)
    }

    /// The picture that is here.
    pub(super) fn shown(&self, source: &Source) -> Option<Shown> {
        match self.of(source)?.1 {
            Settled::Here(shown, ..) => Some(shown.clone()),
            Settled::Missing(_) => None,
        }
    }

    /// The medium that has taken the place of another.
    pub(super) fn instead(&self, of: &Replaceable<'_>) -> Option<Shown> {
        match of {
            Replaceable::Medium(id) => self.replaced.get(id),
            Replaceable::File(file) => self.replaced_files.get(*file),
        }
        .cloned()
    }

    /// True if a smaller copy is still to be tried.
    pub(super) fn wants_smaller(&self, source: &Source) -> bool {
        source.original != source.written
            && matches!(self.at(&source.original), Some(Settled::Missing(missing)) if missing.is_of_picture)
    }

    /// Settles sources, each once in a run.
    pub(super) fn settle(
        &mut self,
        fetcher: &Fetcher<'_>,
        wants: Vec<Want>,
    ) -> Result<(), PicturesError> {
        let mut met = HashSet::new();
        let mut wants = wants;
        wants.retain(|want| {
            !self.settled.contains_key(&want.source) && met.insert(want.source.clone())
        });
        let urls: Vec<String> = wants.iter().map(|want| want.source.clone()).collect();
        let known = fetcher
            .site
            .store
            .read(|conn| rows::sources_by_urls(conn, &urls))?;
        let mut known: HashMap<String, MediumSource> = known
            .into_iter()
            .map(|one| (one.url.clone(), one))
            .collect();
        let jobs: Vec<Job> = urls
            .into_iter()
            .map(|source| Job {
                known: known.remove(&source),
                source,
            })
            .collect();
        let tasks = jobs.iter().map(|job| Task {
            host: host_of(&job.source),
            job: job.clone(),
        });
        let (hosts, tasks) = (std::mem::take(&mut self.hosts), tasks.collect());
        let mut asked = wants.iter().zip(&jobs);
        let worked = work(
            &hosts,
            tasks,
            &|job, closed| fetcher.attempt(job, closed),
            |outcome| {
                let Some((want, job)) = asked.next() else {
                    return Ok(());
                };
                let settled = self.settled_by(fetcher, want, job, outcome?)?;
                self.settled.insert(want.source.clone(), settled);
                Ok(())
            },
        );
        self.hosts = hosts;
        worked
    }

    fn settled_by(
        &mut self,
        fetcher: &Fetcher<'_>,
        want: &Want,
        job: &Job,
        outcome: Fetched,
    ) -> Result<Settled, PicturesError> {
        let missing = match outcome {
            Fetched::Kept(file, brought, validators) => {
                return self.write(fetcher, want, job, (*file, brought), validators);
            }
            Fetched::AsBefore => Missing::new("media_unreachable", "it is not here any more"),
            Fetched::Missing(missing) => missing,
        };
        // What came once stays, whatever has become of its server.
        let before = job.known.as_ref().map(|known| known.medium);
        let before = match before {
            Some(id) => fetcher.site.store.read(|conn| rows::get_medium(conn, id))?,
            None => None,
        };
        Ok(match before {
            Some(medium) => Settled::Here(shown(&medium), false, medium.file.bytes),
            None => Settled::Missing(missing),
        })
    }

    /// Commits a picture with its address.
    fn write(
        &mut self,
        fetcher: &Fetcher<'_>,
        want: &Want,
        job: &Job,
        file: (MediaFile, bool),
        validators: Validators,
    ) -> Result<Settled, PicturesError> {
        let site = fetcher.site;
        let name = clean_name(path_of(&want.source));
        let source = (want.source.clone(), validators);
        let before = match &job.known {
            Some(known) => site
                .store
                .read(|conn| rows::get_medium(conn, known.medium))?,
            None => None,
        };
        let content = before
            .as_ref()
            .map_or_else(|| want.content.clone(), |medium| medium.content.clone());
        let written = commit(site.store, site.clock, site.actor, |tx| {
            media::keep_fetched(tx, file, name, content, source)
        });
        let medium = match written {
            Ok(medium) => medium,
            Err(ServiceError::Conflict(invalid)) => {
                return Ok(Settled::Missing(Missing::new(
                    "media_not_stored",
                    invalid.detail,
                )));
            }
            Err(error) => return Err(error.into()),
        };
        let is_new = before.as_ref().is_none_or(|before| before.id != medium.id);
        if let Some(before) = before.filter(|before| before.id != medium.id) {
            self.replaced.insert(before.id, shown(&medium));
            self.replaced_files
                .insert(before.file.address, shown(&medium));
        }
        Ok(Settled::Here(shown(&medium), is_new, medium.file.bytes))
    }
}

/// A medium as articles name it.
pub(super) fn shown(medium: &Medium) -> Shown {
    Shown {
        id: medium.id,
        url: medium.file.url(),
    }
}

/// The words that articles of a language have for media, where the media have none in it.
pub(super) fn lacking(medium: &Medium, words: MediumContent) -> Option<MediumContent> {
    let mut content = medium.content.clone();
    for (texts, words) in [
        (&mut content.alt, words.alt),
        (&mut content.caption, words.caption),
        (&mut content.credit, words.credit),
    ] {
        for (lang, words) in words {
            texts.entry(lang).or_insert(words);
        }
    }
    (content != medium.content).then_some(content)
}

/// The wants of the references of an article.
pub(super) fn wants_of<'r>(
    content: &'r ArticleContent,
    references: &'r [Reference],
    pick: impl Fn(&Source) -> Option<String> + 'r,
) -> impl Iterator<Item = Want> + 'r {
    references.iter().filter_map(move |reference| {
        Some(Want {
            source: pick(&reference.source)?,
            content: words_of(reference, content.lang.as_str()),
        })
    })
}
