//! Feeds of an edition, and of a section, an author, a source or a tag in it: RSS, Atom, JSON Feed.

use std::sync::{Arc, LazyLock};

use actix_web::get;
use actix_web::http::header::LINK;

use crate::config::FeedContent;
use crate::domain::access::Scope;
use crate::domain::bases::{Bases, Links};
use crate::domain::feed::FeedOf;
use crate::domain::language::LanguageTag;
use crate::domain::query::{ArticleQuery, Slice};
use crate::domain::shown::Shown;
use crate::domain::site::{Places, Site};
use crate::domain::time::Timestamp;
use crate::domain::view::{Article, Tombstone};
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::error::Problem;
use crate::http::handlers::feeds::access::FeedAccess;
use crate::http::handlers::feeds::page::FeedPaging;
use crate::http::handlers::feeds::subject::{Found, find};
use crate::http::request::params::FeedParams;
use crate::http::request::query::names_of;
use crate::http::response::reply::{Policy, Reply};
use crate::http::response::surrogate_keys::Keys;
use crate::render::feed::{Feed, FeedLinks, feed_id};
use crate::render::{atom, jsonfeed, rss};
use crate::store::articles::{
    BodyForm, Parts, list_articles, list_withdrawn, places_of_translations,
};
use crate::store::{Conn, StoreError, changes, editions};

static NAMES: LazyLock<Vec<String>> = LazyLock::new(names_of::<FeedParams>);

/// Most tombstones in an Atom feed.
const MOST_WITHDRAWN: usize = 100;

/// Get the feed of an edition
///
/// All articles of the edition, newest first.
#[utoipa::path(tag = "syndication", params(("lang" = String, Path, description = "Language of the edition, such as `en`.", example = "en"), ("file" = String, Path, example = "atom.xml"), FeedParams),
    responses((status = 200, description = "A page of the feed.", body = String)))]
#[get("/feeds/{lang}/{file:rss[.]xml|atom[.]xml|feed[.]json}")]
pub(crate) async fn get_edition_feed(call: Call, FeedAccess(access): FeedAccess) -> Answer {
    answer(&call, access, FeedOf::Edition).await
}

/// Get the feed of a section
///
/// The articles of the section and of the sections below it, newest first.
#[utoipa::path(tag = "syndication", params(("lang" = String, Path, description = "Language of the edition, such as `en`.", example = "en"), ("path" = String, Path, description = "Path of the section, such as `international/events`; slashes need no escape.", example = "international/events"), ("file" = String, Path, example = "rss.xml"), FeedParams),
    responses((status = 200, description = "A page of the feed.", body = String)))]
#[get("/feeds/{lang}/sections/{path:.+}/{file:rss[.]xml|atom[.]xml|feed[.]json}")]
pub(crate) async fn get_section_feed(call: Call, FeedAccess(access): FeedAccess) -> Answer {
    let subject = FeedOf::Section(call.segment("path"));
    answer(&call, access, subject).await
}

/// Get the feed of an author
///
/// The author's articles in one edition, newest first.
#[utoipa::path(tag = "syndication", params(("lang" = String, Path, description = "Language of the edition, such as `en`.", example = "en"), ("slug" = String, Path, description = "Slug of the author.", example = "ottilie-marchbank"), ("file" = String, Path, example = "feed.json"), FeedParams),
    responses((status = 200, description = "A page of the feed.", body = String)))]
#[get("/feeds/{lang}/authors/{slug}/{file:rss[.]xml|atom[.]xml|feed[.]json}")]
pub(crate) async fn get_author_feed(call: Call, FeedAccess(access): FeedAccess) -> Answer {
    let subject = FeedOf::Author(call.segment("slug"));
    answer(&call, access, subject).await
}

/// Get the feed of a source
///
/// The source's articles in one edition, newest first.
#[utoipa::path(tag = "syndication", params(("lang" = String, Path, description = "Language of the edition, such as `en`.", example = "en"), ("slug" = String, Path, description = "Slug of the source.", example = "the-watermark-review"), ("file" = String, Path, example = "atom.xml"), FeedParams),
    responses((status = 200, description = "A page of the feed.", body = String)))]
#[get("/feeds/{lang}/sources/{slug}/{file:rss[.]xml|atom[.]xml|feed[.]json}")]
pub(crate) async fn get_source_feed(call: Call, FeedAccess(access): FeedAccess) -> Answer {
    let subject = FeedOf::Source(call.segment("slug"));
    answer(&call, access, subject).await
}

/// Get the feed of a tag
///
/// The articles with this tag in one edition, newest first.
#[utoipa::path(tag = "syndication", params(("lang" = String, Path, description = "Language of the edition, such as `en`.", example = "en"), ("slug" = String, Path, description = "Slug of the tag.", example = "archives"), ("file" = String, Path, example = "atom.xml"), FeedParams),
    responses((status = 200, description = "A page of the feed.", body = String)))]
#[get("/feeds/{lang}/tags/{slug}/{file:rss[.]xml|atom[.]xml|feed[.]json}")]
pub(crate) async fn get_tag_feed(call: Call, FeedAccess(access): FeedAccess) -> Answer {
    let subject = FeedOf::Tag(call.segment("slug"));
    answer(&call, access, subject).await
}

/// The format of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Rss,
    Atom,
    Json,
}

impl Kind {
    const ALL: [(&str, Self); 3] = [
        ("rss.xml", Self::Rss),
        ("atom.xml", Self::Atom),
        ("feed.json", Self::Json),
    ];

    fn of_file(name: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(file, _)| *file == name);
        found.map(|(_, kind)| *kind)
    }

    fn render(self, feed: &Feed<'_>) -> (&'static str, Vec<u8>) {
        match self {
            Self::Rss => (rss::MEDIA_TYPE, rss::render(feed)),
            Self::Atom => (atom::MEDIA_TYPE, atom::render(feed)),
            Self::Json => (jsonfeed::MEDIA_TYPE, jsonfeed::render(feed)),
        }
    }
}

/// The request for a feed.
#[derive(Debug, Clone)]
struct Asked {
    lang: LanguageTag,
    subject: FeedOf,
    kind: Kind,
    file: String,
    paging: FeedPaging,
    bases: Arc<Bases>,
    full_text: bool,
    hub: Option<String>,
}

impl Asked {
    fn read(call: &Call, subject: FeedOf) -> Result<Self, Problem> {
        let file = call.segment("file");
        let lang = LanguageTag::parse(&call.segment("lang"));
        let (Some(kind), Ok(lang)) = (Kind::of_file(&file), lang) else {
            return Err(Problem::not_found("feed"));
        };
        let mut query = call.query(&NAMES);
        let paging = FeedPaging::read(&mut query, format!("feed {lang} {subject:?}"));
        query.finish()?;
        let config = &call.app.config;
        let by_token = paging.is_by_token();
        Ok(Self {
            lang,
            subject,
            kind,
            file,
            paging,
            bases: Arc::clone(&call.app.bases),
            full_text: config.feed_content == FeedContent::Full,
            // The hub is told of what the public reads, and must not learn a token.
            hub: config.websub_hub.clone().filter(|_| !by_token),
        })
    }

    /// The feed's address in an edition, without a place in it.
    fn path(&self, lang: &LanguageTag, below: &str) -> String {
        format!("/feeds/{lang}{below}/{}", self.file)
    }
}

/// The content of a feed.
struct Loaded {
    site: Site,
    found: Found,
    slice: Slice<Article>,
    withdrawn: Vec<Tombstone>,
    places: Places,
    modified: Option<Timestamp>,
}

async fn answer(call: &Call, access: Access, subject: FeedOf) -> Answer {
    let asked = Asked::read(call, subject)?;
    let wanted = asked.clone();
    call.answer_in_form(
        access,
        move |c, scope| load(c, scope, &wanted),
        move |loaded| represent(&asked, &loaded.ok_or_else(|| Problem::not_found("feed"))?),
    )
    .await
}

fn load(c: &mut Conn, scope: &Scope, asked: &Asked) -> Result<Option<Loaded>, StoreError> {
    let site = Site::new(asked.bases.own.clone(), editions::all_editions(c)?);
    if site.edition(&asked.lang).is_none() {
        return Ok(None);
    }
    let Some(found) = find(&asked.subject, c, scope, &site, &asked.lang)? else {
        return Ok(None);
    };
    let parts = Parts {
        body: if asked.full_text {
            BodyForm::Html
        } else {
            BodyForm::None
        },
        related: false,
    };
    let query = ArticleQuery {
        langs: vec![asked.lang.clone()],
        sort: asked.paging.sort(),
        ..found.query.clone()
    };
    let slice = list_articles(c, scope, &query, &asked.paging.request, parts)?;
    let slice = slice.map(Shown::into_article);
    let mut slice = asked.paging.in_order(slice);
    for article in &mut slice.rows {
        asked.bases.complete_article(article, Links::All);
    }
    let shows_withdrawn = asked.kind == Kind::Atom && asked.paging.is_first();
    let withdrawn = if shows_withdrawn {
        list_withdrawn(c, scope, &asked.lang, found.facet.as_ref(), MOST_WITHDRAWN)?
    } else {
        Vec::new()
    };
    Ok(Some(Loaded {
        places: places_of_translations(c, &slice.rows)?,
        modified: changes::last_change_of_lists(c, scope, &[])?,
        site,
        found,
        slice,
        withdrawn,
    }))
}

fn represent(asked: &Asked, loaded: &Loaded) -> Result<Reply, Problem> {
    let (site, found) = (&loaded.site, &loaded.found);
    let edition = site
        .edition(&asked.lang)
        .ok_or_else(|| Problem::not_found("feed"))?;
    let publisher = edition.content.site_name.clone();
    let title = match &found.name {
        Some(name) => format!("{name} – {publisher}"),
        None => publisher.clone(),
    };
    let made = edition.created_at.millis();
    let links = links(asked, loaded);
    let feed = Feed {
        site,
        places: &loaded.places,
        lang: &asked.lang,
        id: feed_id(&format!("feed {made} {} {}", asked.lang, found.identity)),
        title,
        description: found.description.clone(),
        publisher,
        copyright: edition.content.copyright.clone(),
        updated: last_update(loaded).unwrap_or(edition.updated_at),
        full_text: asked.full_text,
        articles: &loaded.slice.rows,
        withdrawn: &loaded.withdrawn,
        links,
    };
    let (media_type, body) = asked.kind.render(&feed);
    let reply = Reply::new(media_type, body, Policy::List).whatever_accept_says();
    let mut reply = with_hub(reply, &feed.links);
    reply.langs = vec![asked.lang.clone()];
    reply.modified = loaded.modified;
    reply.keys = keys(asked, loaded);
    Ok(reply)
}

/// Time of the last change of anything that the page shows.
fn last_update(loaded: &Loaded) -> Option<Timestamp> {
    let articles = loaded.slice.rows.iter().map(|article| article.updated_at);
    let withdrawn = loaded
        .withdrawn
        .iter()
        .map(|tombstone| tombstone.withdrawn_at);
    articles.chain(withdrawn).max()
}

fn links(asked: &Asked, loaded: &Loaded) -> FeedLinks {
    let (site, found) = (&loaded.site, &loaded.found);
    let path = asked.path(&asked.lang, &found.path);
    let at = |query: String| site.own(&format!("{path}{query}"));
    let elsewhere = found
        .alternates
        .iter()
        .filter(|(lang, _)| *lang != asked.lang);
    FeedLinks {
        own: at(asked.paging.own()),
        home: found.home.clone(),
        first: (!asked.paging.is_first()).then(|| at(asked.paging.first())),
        next: asked.paging.older(&loaded.slice).map(&at),
        previous: asked.paging.newer(&loaded.slice).map(&at),
        hub: asked.hub.clone().filter(|_| asked.paging.is_first()),
        alternates: elsewhere
            .map(|(lang, below)| {
                let path = asked.path(lang, below);
                let query = asked.paging.elsewhere();
                (lang.clone(), site.own(&format!("{path}{query}")))
            })
            .collect(),
    }
}

/// Names the hub, and the topic that it knows the feed by, in the header too (WebSub, section 4).
fn with_hub(reply: Reply, links: &FeedLinks) -> Reply {
    match &links.hub {
        Some(hub) => reply
            .with_header(LINK, &format!("<{hub}>; rel=\"hub\""))
            .with_header(LINK, &format!("<{}>; rel=\"self\"", links.own)),
        None => reply,
    }
}

fn keys(asked: &Asked, loaded: &Loaded) -> Keys {
    let mut keys = Keys::of_list("articles");
    keys.add_list("edition", asked.lang.as_str());
    if let Some((kind, name)) = &loaded.found.key {
        keys.add_list(kind, name);
    }
    keys.add_articles(&loaded.slice.rows);
    keys
}
