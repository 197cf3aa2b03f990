//! A run over the articles that came in: some at a time, each with all of its pictures.

use crate::domain::article::ArticleContent;
use crate::service::articles::move_pictures;
use crate::service::{Commit, ServiceError, commit, media};
use crate::store;
use crate::store::articles::StoredArticle;

use super::account::{Account, Counts, Verdict};
use super::address::{Source, host_of};
use super::fetch::{Fetcher, Spent};
use super::references::{Reference, moved, references};
use super::settings::Pictures;
use super::settle::{Settled, Sources, Want, lacking, wants_of, words_of};
use super::site::{Imported, PicturesError, Site};
use super::store_inline::Held;
use crate::domain::medium::{MediumContent, MediumSource};
use crate::import::progress::Progress;
use crate::import::record::Finding;
use crate::import::report::Report;
use crate::import::target::Target;

/// Articles whose pictures are fetched together.
const ARTICLES: usize = 32;

/// The pictures of an import.
struct Bringing<'a> {
    fetcher: Fetcher<'a>,
    sources: Sources,
    account: Account,
    is_trial: bool,
}

/// An article, the pictures that it refers to, and the sources of those that it shows from here.
struct Illustrated {
    stored: StoredArticle,
    references: Vec<Reference>,
}

/// Brings the pictures of the articles that came in.
pub(in crate::import) fn bring(
    target: &Target<'_>,
    pictures: &Pictures,
    (imported, held): (&[Imported], &Held),
    report: &mut Report,
    progress: &mut Progress,
) -> Result<(), PicturesError> {
    let scratch = tempfile::tempdir()?;
    let site = Site::new(target, scratch.path());
    let mut bringing = Bringing::new(&site, pictures)?;
    for some in imported.chunks(ARTICLES) {
        bringing.bring(some, report)?;
        progress.pictures(some.len(), bringing.account.counts());
    }
    let mut counts = bringing.account.counts().clone();
    held.add_to(&mut counts);
    report.pictures(Counts {
        is_trial: pictures.is_trial,
        ..counts
    });
    Ok(())
}

impl<'a> Bringing<'a> {
    fn new(site: &'a Site<'a>, pictures: &'a Pictures) -> Result<Self, PicturesError> {
        let settings = &pictures.settings;
        Ok(Self {
            fetcher: Fetcher {
                site,
                media: &pictures.media,
                outbound: pictures.outbound(),
                folder: pictures.folder()?,
                settings,
                base: settings.site.clone(),
                spent: Spent::default(),
            },
            sources: Sources::default(),
            account: Account::default(),
            is_trial: pictures.is_trial,
        })
    }

    fn bring(&mut self, imported: &[Imported], report: &mut Report) -> Result<(), PicturesError> {
        let articles = self.load(imported)?;
        let own = self.own_sources(&articles)?;
        if self.is_trial {
            return self.count_alone(&articles, &own);
        }
        self.fetch(&articles, &own)?;
        for source in &own {
            self.count(&source.url, self.sources.at(&source.url).cloned());
        }
        for illustrated in &articles {
            self.rewrite(illustrated, imported, report)?;
        }
        Ok(report
            .flush()
            .map_err(|error| std::io::Error::other(error.to_string()))?)
    }

    /// The articles in the order of the import; those that are gone are left out.
    fn load(&self, imported: &[Imported]) -> Result<Vec<Illustrated>, PicturesError> {
        let ids: Vec<String> = imported.iter().map(|one| one.article.to_string()).collect();
        let store = self.fetcher.site.store;
        let mut stored = store.read(|conn| store::articles::load_stored(conn, &ids))?;
        stored.sort_by_key(|stored| imported.iter().position(|one| one.article == stored.id));
        let illustrated = stored.into_iter().map(|stored| Illustrated {
            references: references(&stored.content),
            stored,
        });
        Ok(illustrated.collect())
    }

    /// The sources of the pictures that articles show from here.
    fn own_sources(&self, articles: &[Illustrated]) -> Result<Vec<MediumSource>, PicturesError> {
        let ids: Vec<String> = articles
            .iter()
            .map(|one| one.stored.id.to_string())
            .collect();
        let sources = self.fetcher.site.store.read(|conn| {
            let shown = store::media::media_shown_in(conn, &ids)?;
            store::media::sources_of_media(conn, &shown)
        });
        Ok(sources?)
    }

    /// Fetches the originals, and then smaller copies of those that did not come.
    fn fetch(
        &mut self,
        articles: &[Illustrated],
        own: &[MediumSource],
    ) -> Result<(), PicturesError> {
        let originals = articles.iter().flat_map(|one| {
            wants_of(&one.stored.content, &one.references, |source| {
                Some(source.original.clone())
            })
        });
        let again = own.iter().map(|source| Want {
            source: source.url.clone(),
            content: MediumContent::default(),
        });
        let wants = originals.chain(again).collect();
        self.sources.settle(&self.fetcher, wants)?;
        let sources = &self.sources;
        let smaller = articles.iter().flat_map(|one| {
            wants_of(&one.stored.content, &one.references, |source| {
                sources
                    .wants_smaller(source)
                    .then(|| source.written.clone())
            })
        });
        let wants = smaller.collect();
        self.sources.settle(&self.fetcher, wants)
    }

    fn count(&mut self, address: &str, settled: Option<Settled>) {
        let (verdict, bytes) = match settled {
            Some(Settled::Here(_, true, bytes)) => (Verdict::Fetched, Some(bytes)),
            Some(Settled::Here(_, false, bytes)) => (Verdict::Before, Some(bytes)),
            Some(Settled::Missing(missing)) => (Verdict::Missing(missing.code), None),
            None => (Verdict::Unknown, None),
        };
        self.account
            .count(address, &host_of(address), verdict, bytes);
    }

    /// Counts the pictures of an article, tells those that are missing, and gives the article a version with the others.
    fn rewrite(
        &mut self,
        illustrated: &Illustrated,
        imported: &[Imported],
        report: &mut Report,
    ) -> Result<(), PicturesError> {
        let stored = &illustrated.stored;
        let record = imported.iter().find(|one| one.article == stored.id);
        for reference in &illustrated.references {
            let found = self.sources.of(&reference.source);
            let found = found.map(|(address, settled)| (address.to_owned(), settled.clone()));
            let (address, settled) = found.unzip();
            if let (Some(Settled::Missing(missing)), Some(record)) = (&settled, record) {
                let detail = format!(
                    "{}: {}; the article keeps this address",
                    reference.source.written, missing.detail
                );
                let finding = Finding::at(reference.field.clone(), missing.code, detail);
                report.missing(&record.place, record.name.as_deref(), &finding);
            }
            self.count(
                address.as_ref().unwrap_or(&reference.source.written),
                settled,
            );
        }
        if self.moved(&stored.content).is_none() {
            return Ok(());
        }
        let site = self.fetcher.site;
        let written = commit(site.store, site.clock, site.actor, |tx| {
            self.write(tx, stored)
        });
        match written {
            Err(ServiceError::Store(error)) => Err(error.into()),
            Err(error) => {
                log::error!("article {} keeps its old pictures: {error}", stored.id);
                let finding = Finding::new(
                    "media_not_shown",
                    format!("the article keeps its old pictures: {error}"),
                );
                if let Some(record) = record {
                    report.missing(&record.place, record.name.as_deref(), &finding);
                }
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    fn moved(&self, content: &ArticleContent) -> Option<ArticleContent> {
        let shown = |source: &Source| self.sources.shown(source);
        moved(content, &shown, &|of| self.sources.instead(of))
    }

    /// Writes the article as it is now, which somebody may have edited meanwhile.
    fn write(&self, tx: &mut Commit<'_>, loaded: &StoredArticle) -> Result<(), ServiceError> {
        let Some(stored) = store::articles::find_stored(tx.conn(), loaded.id)? else {
            return Ok(());
        };
        let Some(content) = self.moved(&stored.content) else {
            return Ok(());
        };
        self.give_words(tx, &stored.content)?;
        move_pictures(tx, &stored, content)?;
        Ok(())
    }

    /// Gives media the words that the article has for them, in its language.
    fn give_words(
        &self,
        tx: &mut Commit<'_>,
        content: &ArticleContent,
    ) -> Result<(), ServiceError> {
        for reference in references(content) {
            let Some(shown) = self.sources.shown(&reference.source) else {
                continue;
            };
            let words = words_of(&reference, content.lang.as_str());
            if words == MediumContent::default() {
                continue;
            }
            if let Some(medium) = store::media::get_medium(tx.conn(), shown.id)?
                && let Some(content) = lacking(&medium, words)
            {
                media::update_medium(tx, medium, content)?;
            }
        }
        Ok(())
    }

    /// Counts pictures without a request to anybody.
    fn count_alone(
        &mut self,
        articles: &[Illustrated],
        own: &[MediumSource],
    ) -> Result<(), PicturesError> {
        for source in own {
            self.account
                .count(&source.url, &host_of(&source.url), Verdict::Before, None);
        }
        for reference in articles.iter().flat_map(|one| &one.references) {
            let source = &reference.source;
            let (address, verdict, bytes) = self.expected(source)?;
            self.account
                .count(&address, &host_of(&address), verdict, bytes);
        }
        Ok(())
    }

    /// Knowledge of a picture without asking for it.
    fn expected(&self, source: &Source) -> Result<(String, Verdict, Option<u64>), PicturesError> {
        let urls: Vec<String> = source.candidates().cloned().collect();
        let store = self.fetcher.site.store;
        let known = store.read(|conn| store::media::sources_by_urls(conn, &urls))?;
        if let Some(known) = known.into_iter().next() {
            let medium = store.read(|conn| store::media::get_medium(conn, known.medium))?;
            let bytes = medium.map(|medium| medium.file.bytes);
            return Ok((known.url, Verdict::Before, bytes));
        }
        let original = source.original.clone();
        let folder = self.fetcher.folder.as_ref();
        let file = urls.iter().find_map(|url| folder?.find(url));
        let bytes = file.and_then(|path| Some(path.metadata().ok()?.len()));
        Ok(match (bytes, self.fetcher.settings.fetch) {
            (None, false) => (original, Verdict::Missing("media_not_in_folder"), None),
            (bytes, _) => (original, Verdict::Unknown, bytes),
        })
    }
}
