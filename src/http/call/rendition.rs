//! The formats of articles: the API's own JSON, or structured data, which needs the publication around them.

use std::borrow::Borrow;
use std::sync::{Arc, LazyLock};

use actix_web::http::header::LINK;

use crate::domain::access::Scope;
use crate::domain::bases::{Bases, Links};
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::query::Slice;
use crate::domain::shown::Shown;
use crate::domain::site::{Places, Site};
use crate::domain::time::Timestamp;
use crate::domain::view::Article;
use crate::http::call::extract::Call;
use crate::http::codes::Code;
use crate::http::error::Problem;
use crate::http::request::article_filter::{INCLUDES, read_parts};
use crate::http::request::field_selection::{Names, Shape};
use crate::http::request::format::{Chosen, Form};
use crate::http::request::paging::Paging;
use crate::http::request::query::Query;
use crate::http::response::head;
use crate::http::response::reply::{Policy, Reply};
use crate::http::response::represent::View;
use crate::http::response::surrogate_keys::Keys;
use crate::render::{jsonld, ninjs};
use crate::store::articles::{BodyForm, Parts, documents, places_of_translations};
use crate::store::{Conn, StoreError, changes, editions};

static SHAPE: LazyLock<Names> = LazyLock::new(|| Names::of::<Article>(&["id", "lang"], &INCLUDES));

/// The format in which a client wants articles.
#[derive(Debug, Clone)]
pub(crate) struct Rendition {
    pub(crate) view: View,
    pub(crate) parts: Parts,
    chosen: Chosen,
    bases: Arc<Bases>,
}

impl Rendition {
    /// The reply, saying who chose its form.
    fn varying(&self, reply: Reply) -> Reply {
        if self.chosen.is_by_accept() {
            reply.varying_by_accept()
        } else {
            reply.whatever_accept_says()
        }
    }

    /// Reads `fields`, `include`, `body`, `format` and Accept.
    pub(crate) fn read(call: &Call, query: &mut Query, body: BodyForm, policy: Policy) -> Self {
        let chosen = Chosen::read(query, call.request.headers());
        Self::chosen(call, query, chosen, body, policy)
    }

    /// Reads `fields`, `include` and `body`, for what comes as the API's own JSON only.
    pub(crate) fn plain(call: &Call, query: &mut Query, body: BodyForm, policy: Policy) -> Self {
        Self::chosen(call, query, Chosen::json(), body, policy)
    }

    /// The whole article as the API's own JSON, as every write answers.
    pub(crate) fn whole(call: &Call, policy: Policy) -> Self {
        let mut nothing = call.query(&[]);
        Self::chosen(call, &mut nothing, Chosen::json(), BodyForm::Html, policy)
    }

    fn chosen(
        call: &Call,
        query: &mut Query,
        chosen: Chosen,
        body: BodyForm,
        policy: Policy,
    ) -> Self {
        let mut shape = Shape::read(query, &SHAPE);
        let parts = read_parts(query, &mut shape, body);
        let target = call.target();
        Self {
            view: View {
                shape,
                target,
                policy,
                warnings: None,
                default_lang: call.app.config.default_lang.clone(),
            },
            parts: chosen.parts(parts),
            chosen,
            bases: Arc::clone(&call.app.bases),
        }
    }

    /// The same for whoever has a preview link: its token opens the pictures too.
    pub(crate) fn of_preview(mut self, token: &str) -> Self {
        let bases = Bases {
            preview: Some(token.to_owned()),
            ..(*self.bases).clone()
        };
        self.bases = Arc::new(bases);
        self.view.target.bases = Arc::clone(&self.bases);
        self
    }

    /// Refuses a client that takes no form.
    pub(crate) fn require(&self) -> Result<(), Problem> {
        self.chosen.require()
    }

    /// Time of the last change of anything that a list of some editions shows. Structured data shows addresses in every
    /// edition.
    pub(crate) fn last_change(
        &self,
        c: &mut Conn,
        scope: &Scope,
        langs: &[LanguageTag],
    ) -> Result<Option<Timestamp>, StoreError> {
        match self.chosen.form() {
            Form::Json => changes::last_change_of_lists(c, scope, langs),
            Form::JsonLd | Form::Ninjs => changes::last_change_of_lists(c, scope, &[]),
        }
    }

    /// True if the API's own JSON is sent.
    pub(crate) fn is_plain(&self) -> bool {
        self.chosen.form() == Form::Json
    }

    /// True if an article of a page costs more than a few look-ups: related ones, or the bodies of a long page.
    pub(crate) fn is_costly(&self, paging: &Paging) -> bool {
        const FEW_BODIES: u32 = 20;
        let has_bodies = self.parts.body != BodyForm::None;
        self.parts.related || has_bodies && paging.request.limit > FEW_BODIES
    }

    /// Loads what the form needs beside the articles.
    pub(crate) fn around(
        &self,
        c: &mut Conn,
        articles: &[impl Borrow<Article>],
    ) -> Result<Around, StoreError> {
        if self.is_plain() {
            return Ok(Around(None));
        }
        let site = Site::new(self.bases.own.clone(), editions::all_editions(c)?);
        Ok(Around(Some((site, places_of_translations(c, articles)?))))
    }

    /// One article.
    pub(crate) fn single(&self, article: Shown, around: &Around) -> Result<Reply, Problem> {
        let keys = Keys::of_article(&article);
        let reply = match &around.0 {
            None => self.view.single(article, keys)?,
            Some((site, places)) => {
                let article = self.complete(article);
                let body = match self.chosen.form() {
                    Form::Ninjs => ninjs::render(site, places, &article),
                    Form::Json | Form::JsonLd => jsonld::render(site, places, &article),
                };
                self.structured(body, keys)
            }
        };
        Ok(self.varying(reply))
    }

    /// A part of a list.
    pub(crate) fn list(
        &self,
        slice: Slice<Shown>,
        paging: &Paging,
        around: &Around,
    ) -> Result<Reply, Problem> {
        let mut keys = Keys::of_list("articles");
        keys.add_articles(&slice.rows);
        let reply = match &around.0 {
            None => self.view.list(slice, paging, keys)?,
            Some(publication) => {
                let slice = slice.map(|article| self.complete(article));
                self.structured_list(&slice, paging, publication, keys)?
            }
        };
        Ok(self.varying(reply))
    }

    fn structured_list(
        &self,
        slice: &Slice<Article>,
        paging: &Paging,
        (site, places): &(Site, Places),
        keys: Keys,
    ) -> Result<Reply, Problem> {
        let target = &self.view.target;
        let url = site.own(&target.below_prefix());
        let body = match self.chosen.form() {
            Form::Ninjs => ninjs::render_list(site, places, &url, &slice.rows),
            Form::Json | Form::JsonLd => jsonld::render_list(site, places, &url, &slice.rows),
        };
        let reply = self.structured(body, keys);
        match paging.next(slice, target) {
            None => Ok(reply),
            Some(next) if next.len() > head::LONGEST_ADDRESS => {
                let detail = "in this form the link to the next page goes into the head, which has no room for so long an address";
                Err(Problem::new(Code::MalformedUrl, detail))
            }
            Some(next) => Ok(reply.with_header(LINK, &format!("<{next}>; rel=\"next\""))),
        }
    }

    /// A part of a list of articles as it was loaded.
    pub(crate) fn articles(
        &self,
        paging: &Paging,
        (modified, slice, around): (Option<Timestamp>, Slice<Shown>, Around),
    ) -> Result<Reply, Problem> {
        let mut langs: Vec<LanguageTag> = slice.rows.iter().map(|row| row.lang.clone()).collect();
        langs.sort();
        langs.dedup();
        let articles = slice.rows.len();
        let mut reply = self.list(slice, paging, &around)?;
        reply.articles = articles;
        reply.langs = langs;
        reply.modified = modified;
        Ok(reply)
    }

    /// A redirect, to wherever the article is in the same form.
    pub(crate) fn moved_to(&self, location: &str) -> Result<Reply, Problem> {
        Ok(self.varying(Reply::moved_to(location, self.view.policy)?))
    }

    /// An article with its addresses completed, as it leaves the service in a form of others.
    fn complete(&self, article: Shown) -> Article {
        let mut article = article.into_article();
        self.bases.complete_article(&mut article, Links::All);
        article
    }

    fn structured(&self, body: Vec<u8>, keys: Keys) -> Reply {
        let mut reply = Reply::new(self.chosen.form().media_type(), body, self.view.policy);
        reply.keys = keys;
        reply
    }
}

/// The publication around some articles; nothing where the API's own JSON is sent.
#[derive(Debug)]
pub(crate) struct Around(Option<(Site, Places)>);

/// Time of the last change of anything that an article shows.
pub(crate) fn modified_of(
    c: &mut Conn,
    scope: &Scope,
    article: &Article,
) -> Result<Option<Timestamp>, StoreError> {
    documents::modified(scope, article, || {
        let modified = changes::last_change_of(c, scope, &shown_by(article))?;
        let named = changes::last_change_of_names(c, scope, &article.lang)?;
        Ok(modified.max(named).max(Some(article.updated_at)))
    })
}

/// Everything whose change alters the article's representation.
fn shown_by(article: &Article) -> Vec<Id> {
    let people = article
        .authors
        .iter()
        .chain(&article.editors)
        .chain(&article.translators);
    let mut ids: Vec<Id> = people.map(|person| person.id).collect();
    ids.push(article.id);
    ids.extend(article.section.iter().map(|section| section.id));
    ids.extend(article.source.iter().map(|source| source.id));
    ids.extend(
        article
            .translations
            .iter()
            .map(|translation| translation.id),
    );
    ids.extend(article.related.iter().flatten().map(|related| related.id));
    ids
}
