//! Every article of the real corpus, and articles made of hostile strings, in each form for the rest of the web. Parsers that
//! others wrote read the documents; what they find is what the articles say.

use masthead::domain::access::{Role, Scope};
use masthead::domain::article::{MediumEntry, Status};
use masthead::domain::page_url::Place;
use masthead::domain::query::{ArticleQuery, PageRequest, Start};
use masthead::domain::shown::Shown;
use masthead::domain::site::{Page, Places, Site};
use masthead::domain::view::{Article, BodyView};
use masthead::render::feed::{Feed, FeedLinks};
use masthead::render::{atom, jsonfeed, jsonld, newssitemap, ninjs, rss, sitemap};
use masthead::store::articles::{BodyForm, Parts, list_articles, places_of_translations};
use masthead::store::{editions, keys};
use roxmltree::{Document, Node};
use serde_json::Value;

use super::builders;
use super::command::run;
use super::corpus::corpus;
use super::feeds::in_xml;
use super::harness::TestServer;
use super::hostile_writes::{naughty_strings, payloads};

const ATOM: &str = "http://www.w3.org/2005/Atom";

/// Articles of one page, and where they and their translations stand.
struct Batch {
    site: Site,
    places: Places,
    articles: Vec<Article>,
}

/// Every article of a server, drafts too, a batch after the other.
fn each_batch(server: &TestServer, mut check: impl FnMut(&Batch)) -> usize {
    let (store, token) = (&server.app.store, server.key(Role::Admin));
    let grant = store.read(|c| keys::authenticate(c, &token, server.now()));
    let scope = Scope::Key(grant.unwrap().unwrap());
    let site = Site::new(
        "https://example.org".to_owned(),
        store.read(editions::all_editions).unwrap(),
    );
    let query = ArticleQuery {
        statuses: vec![Status::Published, Status::Draft],
        ..ArticleQuery::default()
    };
    let (mut page, mut seen) = (
        PageRequest {
            limit: 100,
            ..PageRequest::default()
        },
        0,
    );
    loop {
        let parts = Parts {
            body: BodyForm::Html,
            related: false,
        };
        let slice = store
            .read(|c| list_articles(c, &scope, &query, &page, parts))
            .unwrap()
            .map(Shown::into_article);
        seen += slice.rows.len();
        let places = store
            .read(|c| places_of_translations(c, &slice.rows))
            .unwrap();
        check(&Batch {
            site: site.clone(),
            places,
            articles: slice.rows,
        });
        match slice.next {
            Some(next) => page.start = Start::After(next),
            None => return seen,
        }
    }
}

fn parse(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).expect("UTF-8").to_owned()
}

/// The texts of a node's children of one name, in order.
fn texts(node: Node<'_, '_>, name: &str) -> Vec<String> {
    let children = node
        .children()
        .filter(|child| child.tag_name().name() == name);
    children
        .map(|child| child.text().unwrap_or_default().to_owned())
        .collect()
}

fn children<'a>(node: Node<'a, 'a>, name: &'static str) -> impl Iterator<Item = Node<'a, 'a>> {
    node.children()
        .filter(move |child| child.tag_name().name() == name)
}

fn html_of(article: &Article) -> &str {
    match &article.body {
        Some(BodyView::Html(html)) => html,
        other => panic!("{other:?} is no HTML"),
    }
}

fn labels(article: &Article) -> Vec<String> {
    let section = article.section.iter().map(|section| &section.name);
    section
        .chain(article.tags.iter().map(|tag| &tag.name))
        .cloned()
        .collect()
}

fn said(article: &Article) -> Option<&String> {
    article.summary.as_ref().or(article.subtitle.as_ref())
}

/// Texts as XML has a place for them.
fn xml<'a>(texts: impl IntoIterator<Item = &'a String>) -> Vec<String> {
    texts.into_iter().map(|text| in_xml(text)).collect()
}

fn names(people: &[masthead::domain::view::PersonRef]) -> impl Iterator<Item = &String> {
    people.iter().map(|person| &person.name)
}

impl Batch {
    fn feed(&self) -> Feed<'_> {
        Feed {
            site: &self.site,
            places: &self.places,
            lang: &self.articles[0].lang,
            id: "urn:uuid:018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b".to_owned(),
            title: self.articles[0].title.clone(),
            description: self.articles[0].summary.clone(),
            publisher: self.articles[0].title.clone(),
            copyright: Some(self.articles[0].title.clone()),
            links: FeedLinks {
                own: "https://example.org/feed".to_owned(),
                ..FeedLinks::default()
            },
            updated: self.articles[0].updated_at,
            full_text: true,
            articles: &self.articles,
            withdrawn: &[],
        }
    }

    fn is_rss(&self) {
        let text = parse(&rss::render(&self.feed()));
        let document = Document::parse(&text).unwrap();
        let channel = document.root_element().first_element_child().unwrap();
        assert_eq!(texts(channel, "title"), xml([&self.articles[0].title]));
        let items: Vec<_> = children(channel, "item").collect();
        assert_eq!(items.len(), self.articles.len());
        for (item, article) in items.into_iter().zip(&self.articles) {
            assert_eq!(texts(item, "title"), xml([&article.title]));
            assert_eq!(texts(item, "guid"), [format!("urn:uuid:{}", article.id)]);
            assert_eq!(texts(item, "creator"), xml(names(&article.authors)));
            assert_eq!(texts(item, "category"), xml(&labels(article)));
            let html: String = texts(item, "encoded").concat();
            assert_eq!(html, in_xml(html_of(article)));
            // A description is HTML: a parser of HTML finds the summary in it, and no element.
            let read: Vec<String> = texts(item, "description")
                .iter()
                .map(|html| only_text(html))
                .collect();
            let expected: Vec<String> = xml(said(article))
                .iter()
                .map(|text| only_text(&escaped(text)))
                .collect();
            assert_eq!(read, expected, "{}", article.id);
        }
    }

    fn is_atom(&self) {
        let text = parse(&atom::render(&self.feed()));
        let document = Document::parse(&text).unwrap();
        let entries: Vec<_> = children(document.root_element(), "entry").collect();
        assert_eq!(entries.len(), self.articles.len());
        for (entry, article) in entries.into_iter().zip(&self.articles) {
            assert_eq!(entry.tag_name().namespace(), Some(ATOM));
            assert_eq!(texts(entry, "title"), xml([&article.title]));
            assert_eq!(texts(entry, "id"), [format!("urn:uuid:{}", article.id)]);
            assert_eq!(texts(entry, "summary"), xml(said(article)));
            assert_eq!(texts(entry, "content").concat(), in_xml(html_of(article)));
            let people: Vec<String> = children(entry, "author")
                .flat_map(|author| texts(author, "name"))
                .collect();
            assert_eq!(people, xml(names(&article.authors)));
            let found: Vec<&str> = children(entry, "category")
                .filter_map(|one| one.attribute("label"))
                .collect();
            assert_eq!(found, xml(&labels(article)));
        }
    }

    fn is_json_feed(&self) {
        let feed: Value = serde_json::from_slice(&jsonfeed::render(&self.feed())).unwrap();
        let items = feed["items"].as_array().unwrap();
        assert_eq!(items.len(), self.articles.len());
        for (item, article) in items.iter().zip(&self.articles) {
            assert_eq!(item["title"], *article.title);
            assert_eq!(item["summary"].as_str(), said(article).map(String::as_str));
            assert_eq!(
                item["authors"].as_array().map_or(0, Vec::len),
                article.authors.len()
            );
            for (found, author) in item["authors"]
                .as_array()
                .into_iter()
                .flatten()
                .zip(&article.authors)
            {
                assert_eq!(found["name"], *author.name);
            }
            if !html_of(article).is_empty() {
                assert_eq!(item["content_html"], *html_of(article));
            }
        }
    }

    fn is_in_sitemaps(&self) {
        let text = parse(&newssitemap::render(&self.site, &self.articles));
        let document = Document::parse(&text).unwrap();
        let dated: Vec<&Article> = self
            .articles
            .iter()
            .filter(|article| article.published_at.is_some())
            .collect();
        let urls: Vec<_> = children(document.root_element(), "url").collect();
        assert_eq!(urls.len(), dated.len());
        for (url, article) in urls.into_iter().zip(dated) {
            let news = children(url, "news").next().unwrap();
            assert_eq!(texts(news, "title"), xml([&article.title]));
            assert_eq!(
                texts(url, "loc"),
                [self.site.article_url(&Place::from(article))]
            );
        }
        let page = |article: &Article| Page {
            place: Place::from(article),
            updated_at: article.updated_at,
            languages: vec![Place::from(article), Place::from(&self.articles[0])],
        };
        let pages: Vec<Page> = self.articles.iter().map(page).collect();
        let text = parse(&sitemap::render(&self.site, &pages));
        let document = Document::parse(&text).unwrap();
        assert_eq!(
            children(document.root_element(), "url").count(),
            pages.len()
        );
    }

    fn is_structured_data(&self) {
        let list = |bytes: Vec<u8>| serde_json::from_slice::<Value>(&bytes).unwrap();
        let found = jsonld::render_list(
            &self.site,
            &self.places,
            "https://example.org/",
            &self.articles,
        );
        assert!(
            !found.contains(&b'<'),
            "a text could end the element that it stands in"
        );
        let items = list(found)["itemListElement"].clone();
        let package = list(ninjs::render_list(
            &self.site,
            &self.places,
            "https://example.org/",
            &self.articles,
        ));
        let objects = package["associations"].as_array().unwrap();
        assert_eq!(objects.len(), self.articles.len());
        for ((item, object), article) in items
            .as_array()
            .unwrap()
            .iter()
            .zip(objects)
            .zip(&self.articles)
        {
            let node = &item["item"];
            assert_eq!(node["headline"], *article.title);
            assert_eq!(node["description"].as_str(), article.summary.as_deref());
            assert_eq!(object["title"], *article.title);
            assert_eq!(object["headlines"][0]["value"], *article.title);
            let captions = article
                .media
                .iter()
                .filter_map(|medium| medium.caption.as_deref());
            let text = node.to_string();
            for caption in captions {
                assert!(
                    text.contains(&*Value::from(caption).to_string()),
                    "{caption}"
                );
            }
        }
    }

    fn is_whole(&self) {
        self.is_rss();
        self.is_atom();
        self.is_json_feed();
        self.is_in_sitemaps();
        self.is_structured_data();
    }
}

/// The text of HTML that must hold nothing else.
fn only_text(html: &str) -> String {
    use html5ever::tendril::TendrilSink;
    use html5ever::{QualName, local_name, ns, parse_fragment};
    let context = QualName::new(None, ns!(html), local_name!("body"));
    let dom = parse_fragment(
        markup5ever_rcdom::RcDom::default(),
        Default::default(),
        context,
        Vec::new(),
        false,
    )
    .one(html);
    let mut text = String::new();
    let root = dom.document.children.borrow()[0].clone();
    for node in root.children.borrow().iter() {
        match &node.data {
            markup5ever_rcdom::NodeData::Text { contents } => text += &contents.borrow(),
            other => panic!("{other:?} in {html:?}"),
        }
    }
    text
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('\r', "&#13;")
}

#[test]
fn every_real_article_is_whole_in_every_form() {
    let Some(files) = corpus() else { return };
    let server = TestServer::on_sqlite();
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
    let arguments = [&["import", "--format", "ndjson"], &*files].concat();
    let ended = run(&server.database, folder.path(), &arguments);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let seen = each_batch(&server, Batch::is_whole);
    assert!(seen >= 24_000, "only {seen} articles");
}

/// An article that says nothing but this, everywhere.
fn made_of(text: &str, at: usize) -> builders::Article {
    let article = builders::Article::new(text)
        .slug(&format!("s-{at}"))
        .section(&[text]);
    article.author(text).editor(text).tag(text).source(text)
}

api_test! {
fn articles_made_of_hostile_strings_are_whole_in_every_form(server) {
    let odd = ["]]>", "<![CDATA[x]]>", "a\u{b}b\u{fffe}c\u{ffff}\u{1f}\u{7f}\r\nd\te", "&#0;&#x1F;&amp;lt;", "<!--", "<?xml?>", "\u{feff}x"];
    let odd = odd.into_iter().map(str::to_owned);
    let texts = odd.chain(naughty_strings()).chain(payloads().into_iter().step_by(24));
    // PostgreSQL has no place for U+0000, and no name is empty: neither comes through any door.
    let texts = texts.map(|text| text.replace('\0', "")).filter(|text| !text.trim().is_empty());
    let texts: Vec<String> = texts.map(|text| text.chars().take(290).collect()).collect();
    for (part, some) in texts.chunks(100).enumerate() {
        let made = some.iter().enumerate().map(|(at, text)| made_of(text, part * 100 + at));
        let ids = server.articles(made.collect());
        for (id, text) in ids.into_iter().zip(some) {
            server.change(id, |content| {
                let some = || Some(text.clone());
                (content.subtitle, content.summary) = (some(), some());
                let details = &mut content.details;
                (details.byline_raw, details.dateline) = (some(), some());
                (details.rights.copyright, details.rights.attribution) = (some(), some());
                details.media = vec![MediumEntry {
                    kind: "image".to_owned(), url: "https://example.org/a.jpg".to_owned(), id: None,
                    alt: some(), caption: some(), credit: some(),
                }];
            });
        }
    }
    assert_eq!(each_batch(server, Batch::is_whole), texts.len());
}
}
