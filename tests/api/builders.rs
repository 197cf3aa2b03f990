//! Content for tests, written through the service as every other write is.

use masthead::domain::article::{
    ArticleContent, Credit, Details, Status, Withdrawal, WithdrawalReason,
};
use masthead::domain::body::Body;
use masthead::domain::edition::EditionContent;
use masthead::domain::id::Id;
use masthead::domain::language::LanguageTag;
use masthead::domain::slug::Slug;
use masthead::domain::time::Timestamp;
use masthead::domain::url_template::{PageKind, UrlTemplate};
use masthead::service::articles::{Draft, Provenance, create_article, update_article};
use masthead::service::{self, Actor, Commit, ServiceError};
use masthead::store::{articles as stored, works};

use super::harness::TestServer;

/// A language tag.
pub(crate) fn lang(tag: &str) -> LanguageTag {
    LanguageTag::parse(tag).unwrap()
}

/// An article to be: published in the English edition unless it is told otherwise.
#[derive(Clone)]
pub(crate) struct Article {
    lang: String,
    title: String,
    slug: Option<String>,
    status: Status,
    published_at: Option<Timestamp>,
    embargo_until: Option<Timestamp>,
    authors: Vec<String>,
    editors: Vec<String>,
    translators: Vec<String>,
    section: Vec<String>,
    source: Option<String>,
    tags: Vec<String>,
    body: String,
    work: Option<Id>,
    created_by: Option<Id>,
    updated_at: Option<Timestamp>,
}

impl Article {
    /// With a title.
    pub(crate) fn new(title: &str) -> Self {
        Self {
            lang: "en".to_owned(),
            title: title.to_owned(),
            slug: None,
            status: Status::Published,
            published_at: Some(Timestamp::parse("2025-01-01T00:00:00Z").unwrap()),
            embargo_until: None,
            authors: Vec::new(),
            editors: Vec::new(),
            translators: Vec::new(),
            section: Vec::new(),
            source: None,
            tags: Vec::new(),
            body: format!("<p>The text of {title}.</p>"),
            work: None,
            created_by: None,
            updated_at: None,
        }
    }

    pub(crate) fn lang(mut self, tag: &str) -> Self {
        self.lang = tag.to_owned();
        self
    }

    pub(crate) fn slug(mut self, slug: &str) -> Self {
        self.slug = Some(slug.to_owned());
        self
    }

    pub(crate) fn status(mut self, status: Status) -> Self {
        self.status = status;
        self
    }

    pub(crate) fn published_at(mut self, at: &str) -> Self {
        self.published_at = Some(Timestamp::parse(at).unwrap());
        self
    }

    pub(crate) fn embargo_until(mut self, at: Timestamp) -> Self {
        self.embargo_until = Some(at);
        self
    }

    pub(crate) fn author(mut self, name: &str) -> Self {
        self.authors.push(name.to_owned());
        self
    }

    pub(crate) fn editor(mut self, name: &str) -> Self {
        self.editors.push(name.to_owned());
        self
    }

    pub(crate) fn translator(mut self, name: &str) -> Self {
        self.translators.push(name.to_owned());
        self
    }

    /// Without a date.
    pub(crate) fn undated(mut self) -> Self {
        self.published_at = None;
        self
    }

    /// Made with a key.
    pub(crate) fn created_by(mut self, key: Id) -> Self {
        self.created_by = Some(key);
        self
    }

    /// Last changed then, as if it came from an export.
    pub(crate) fn updated_at(mut self, at: Timestamp) -> Self {
        self.updated_at = Some(at);
        self
    }

    pub(crate) fn section(mut self, path: &[&str]) -> Self {
        self.section = path.iter().map(|&step| step.to_owned()).collect();
        self
    }

    pub(crate) fn source(mut self, name: &str) -> Self {
        self.source = Some(name.to_owned());
        self
    }

    pub(crate) fn tag(mut self, name: &str) -> Self {
        self.tags.push(name.to_owned());
        self
    }

    pub(crate) fn body(mut self, html: &str) -> Self {
        self.body = html.to_owned();
        self
    }

    /// Of the same work as another article.
    pub(crate) fn of_work(mut self, work: Id) -> Self {
        self.work = Some(work);
        self
    }

    fn content(self, tx: &mut Commit<'_>) -> Result<ArticleContent, ServiceError> {
        let lang = lang(&self.lang);
        service::editions::ensure_edition(tx, &lang)?;
        let work = self.work.unwrap_or_else(|| Id::new(tx.now()));
        works::ensure_work(tx.conn(), work, None)?;
        let section = service::sections::ensure_section(tx, &lang, &self.section)?;
        let mut each =
            |names: &[String], ensure: fn(&mut Commit<'_>, &str) -> Result<Id, ServiceError>| {
                names
                    .iter()
                    .map(|name| ensure(tx, name))
                    .collect::<Result<Vec<_>, _>>()
            };
        let authors = each(&self.authors, service::authors::ensure_author)?;
        let editors = each(&self.editors, service::authors::ensure_author)?;
        let translators = each(&self.translators, service::authors::ensure_author)?;
        let tags = each(&self.tags, service::tags::ensure_tag)?;
        let sources: Vec<String> = self.source.iter().cloned().collect();
        let source = each(&sources, service::sources::ensure_source)?.pop();
        Ok(ArticleContent {
            work,
            slug: Slug::from_text(self.slug.as_deref().unwrap_or(&self.title)),
            lang,
            title: self.title,
            subtitle: None,
            summary: None,
            status: self.status,
            published_at: self.published_at,
            publish_at: None,
            embargo_until: self.embargo_until,
            authors,
            editors,
            translators,
            source,
            section: section.map(|section| section.id),
            tags,
            details: Details {
                credits: vec![Credit {
                    role: "photographer".to_owned(),
                    name: "Lena Okafor".to_owned(),
                }],
                original: None,
                ..Details::default()
            },
            extra: serde_json::Map::new(),
            external_id: None,
            withdrawn: None,
            body: Body::from_html(&self.body).unwrap().html().to_owned(),
        })
    }

    fn write(self, tx: &mut Commit<'_>) -> Result<Id, ServiceError> {
        let now = tx.now();
        let id = Id::new(now);
        let provenance = Provenance {
            version: 1,
            created_at: self.updated_at.unwrap_or(now),
            updated_at: self.updated_at.unwrap_or(now),
            created_by: self.created_by,
        };
        let mut draft = draft(self.content(tx)?);
        draft.provenance = Some(provenance);
        create_article(tx, id, draft)?;
        Ok(id)
    }
}

fn draft(content: ArticleContent) -> Draft {
    Draft {
        length: Body::from_html(&content.body).unwrap().length(),
        content,
        import_digest: None,
        provenance: None,
    }
}

impl TestServer {
    pub(crate) fn write<T>(
        &self,
        write: impl FnOnce(&mut Commit<'_>) -> Result<T, ServiceError>,
    ) -> T {
        let done =
            service::commit(&self.app.store, &self.app.clock, Actor::Operator, write).unwrap();
        self.refresh();
        done
    }

    /// Shows at once what another process, or the store itself, has written.
    pub(crate) fn refresh(&self) {
        let ends = self.app.store.read(masthead::store::changes::ends);
        self.app.saw(ends.unwrap());
    }

    /// Writes an edition with a time zone.
    pub(crate) fn edition(&self, tag: &str, zone: &str) {
        let mut content = EditionContent::of_language(lang(tag));
        content.time_zone = zone.parse().unwrap();
        self.write(|tx| service::editions::save_edition(tx, content));
    }

    /// Writes an edition whose articles stand at a template's addresses.
    pub(crate) fn edition_at(&self, tag: &str, template: &str) {
        let mut content = EditionContent::of_language(lang(tag));
        content.url_templates.set(
            PageKind::Article,
            UrlTemplate::parse(PageKind::Article, template).unwrap(),
        );
        self.write(|tx| service::editions::save_edition(tx, content));
    }

    /// Writes an article.
    pub(crate) fn article(&self, article: Article) -> Id {
        self.write(|tx| article.write(tx))
    }

    /// Writes articles in one transaction.
    pub(crate) fn articles(&self, articles: Vec<Article>) -> Vec<Id> {
        self.write(|tx| {
            articles
                .into_iter()
                .map(|article| article.write(tx))
                .collect()
        })
    }

    /// The work that an article is of.
    pub(crate) fn work_of(&self, id: Id) -> Id {
        let loaded = self.app.store.read(|c| stored::load_stored(c, &[id]));
        loaded.unwrap()[0].content.work
    }

    /// The section at a path.
    pub(crate) fn section_at(&self, path: &str) -> masthead::domain::section::Section {
        let store = &self.app.store;
        let found = store.read(|c| masthead::store::sections::sections_by_path(c, path, None));
        found.unwrap().remove(0)
    }

    /// The language of an article.
    pub(crate) fn language_of(&self, id: Id) -> String {
        let loaded = self.app.store.read(|c| stored::load_stored(c, &[id]));
        loaded.unwrap()[0].content.lang.to_string()
    }

    /// Changes what an article says.
    pub(crate) fn change(&self, id: Id, change: impl FnOnce(&mut ArticleContent)) {
        self.write(|tx| {
            let before = stored::load_stored(tx.conn(), &[id])?.remove(0);
            let mut content = before.content.clone();
            change(&mut content);
            update_article(tx, &before, draft(content)).map(|_| ())
        });
    }

    /// Writes an article that is to go live after so many seconds.
    pub(crate) fn scheduled(&self, title: &str, seconds: i64) -> Id {
        let id = self.article(Article::new(title).undated().status(Status::Draft));
        let at = Timestamp::from_millis(self.now().millis() + seconds * 1_000);
        self.change(id, |content| {
            content.status = Status::Scheduled;
            content.publish_at = Some(at);
        });
        id
    }

    /// Makes a published article a draft again.
    pub(crate) fn unpublish(&self, id: Id) {
        self.change(id, |content| content.status = Status::Draft);
    }

    /// Takes an article down.
    pub(crate) fn withdraw(&self, id: Id) {
        let at = self.now();
        self.change(id, |content| {
            content.withdrawn = Some(Withdrawal {
                at,
                reason: WithdrawalReason::Legal,
                was_public: content.status == Status::Published,
                note: Some("for the desk only".to_owned()),
            });
            content.status = Status::Withdrawn;
        });
    }
}
