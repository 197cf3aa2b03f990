//! schema.org's NewsArticle as JSON-LD.
//!
//! Each property stands where schema.org has it: the breadcrumbs belong to the page that the article is on, corrections are
//! comments, and a contributor's role goes around the person.

use serde_json::{Map, Value, json};

use super::{absolute, translation_url, url_of, urn};
use crate::domain::article::{Credit, Notice, NoticeKind, Original};
use crate::domain::language::LanguageTag;
use crate::domain::site::{Places, Site};
use crate::domain::view::{Article, ArticleMedium, BodyView, PersonRef};

/// The media type.
pub const MEDIA_TYPE: &str = "application/ld+json";

const CONTEXT: &str = "https://schema.org";

/// One article.
#[must_use]
pub fn render(site: &Site, places: &Places, article: &Article) -> Vec<u8> {
    let mut node = json!({"@context": CONTEXT});
    if let (Value::Object(node), Value::Object(own)) =
        (&mut node, of_article(site, places, article))
    {
        node.extend(own);
    }
    bytes(&node)
}

/// A part of a list. `url` is the list's own address.
#[must_use]
pub fn render_list(site: &Site, places: &Places, url: &str, articles: &[Article]) -> Vec<u8> {
    let items = (1..).zip(articles).map(|(position, article)| {
        let item = of_article(site, places, article);
        json!({"@type": "ListItem", "position": position, "item": item})
    });
    let items: Vec<Value> = items.collect();
    bytes(&json!({
        "@context": CONTEXT,
        "@type": "ItemList",
        "url": url,
        "itemListOrder": "https://schema.org/ItemListUnordered",
        "numberOfItems": items.len(),
        "itemListElement": items,
    }))
}

/// The document, fit to stand in a page's script element: no text in it can end the element.
fn bytes(document: &Value) -> Vec<u8> {
    document.to_string().replace('<', "\\u003c").into_bytes()
}

/// Properties that have a value, in the order that they are put.
#[derive(Default)]
struct Node(Map<String, Value>);

impl Node {
    fn of(kind: &str) -> Self {
        Self::default().with("@type", kind)
    }

    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if !empty {
            self.0.insert(name.to_owned(), value);
        }
        self
    }

    fn done(self) -> Value {
        Value::Object(self.0)
    }
}

fn of_article(site: &Site, places: &Places, article: &Article) -> Value {
    let url = url_of(site, article);
    let text = match &article.body {
        Some(BodyView::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let node = Node::of("NewsArticle")
        .with("@id", urn(article.id))
        .with("identifier", article.id.to_string())
        .with("url", url.clone())
        .with("mainEntityOfPage", page(site, article, &url))
        .with("headline", article.title.clone())
        .with("alternativeHeadline", article.subtitle.clone())
        .with("description", article.summary.clone())
        .with("inLanguage", article.lang.as_str())
        .with(
            "datePublished",
            article.published_at.map(|at| at.to_string()),
        )
        .with("dateModified", article.updated_at.to_string())
        .with("version", article.version)
        .with(
            "articleSection",
            article.section.as_ref().map(|section| section.name.clone()),
        )
        .with(
            "keywords",
            article
                .tags
                .iter()
                .map(|tag| tag.name.clone())
                .collect::<Vec<_>>(),
        )
        .with("dateline", article.dateline.clone())
        .with("articleBody", text)
        .with("wordCount", article.word_count)
        .with("timeRequired", format!("PT{}M", article.reading_minutes))
        .with("image", images(&url, &article.media));
    let node = with_people(node, site, article);
    let node = with_origin(node, site, article);
    with_translations(node, site, places, article).done()
}

/// The page that the article is on, with the way to it from the home page.
fn page(site: &Site, article: &Article, url: &str) -> Value {
    let crumbs = (1..).zip(&article.breadcrumbs).map(|(position, crumb)| {
        let path = crumb.path.as_deref();
        let item = path.map(|path| site.page_url(&article.lang, path, path));
        Node::of("ListItem")
            .with("position", position)
            .with("name", crumb.name.clone())
            .with("item", item.unwrap_or_else(|| url.to_owned()))
            .done()
    });
    let crumbs: Vec<Value> = crumbs.collect();
    let page_id = article.canonical_url.as_deref().unwrap_or(url);
    Node::of("WebPage")
        .with("@id", page_id)
        .with(
            "breadcrumb",
            json!({"@type": "BreadcrumbList", "itemListElement": crumbs}),
        )
        .done()
}

fn with_people(node: Node, site: &Site, article: &Article) -> Node {
    let people = |people: &[PersonRef]| {
        people
            .iter()
            .map(|one| person(site, &article.lang, one))
            .collect::<Vec<_>>()
    };
    let mut authors = people(&article.authors);
    if authors.is_empty() {
        // Who wrote it is not told: it speaks for whoever published it first.
        authors.push(source(site, article).unwrap_or_else(|| publisher(site, &article.lang)));
    }
    node.with("author", authors)
        .with("editor", people(&article.editors))
        .with("translator", people(&article.translators))
        .with(
            "contributor",
            article.credits.iter().map(credit).collect::<Vec<_>>(),
        )
}

fn person(site: &Site, lang: &LanguageTag, person: &PersonRef) -> Value {
    Node::of("Person")
        .with("@id", urn(person.id))
        .with("name", person.name.clone())
        .with("url", site.author_url(lang, person.id, &person.slug))
        .done()
}

fn credit(credit: &Credit) -> Value {
    let person = json!({"@type": "Person", "name": credit.name});
    json!({"@type": "Role", "roleName": credit.role, "contributor": person})
}

fn with_origin(node: Node, site: &Site, article: &Article) -> Node {
    let rights = &article.rights;
    let retracted = |notice: &Notice| notice.kind == NoticeKind::Retraction;
    node.with("publisher", publisher(site, &article.lang))
        .with("isPartOf", publication(site, &article.lang))
        .with("sourceOrganization", source(site, article))
        .with("copyrightNotice", rights.copyright.clone())
        .with("license", rights.licence.as_deref().map(licence))
        .with("creditText", rights.attribution.clone())
        .with(
            "correction",
            article.notices.iter().map(correction).collect::<Vec<_>>(),
        )
        .with(
            "creativeWorkStatus",
            article.notices.iter().any(retracted).then_some("Retracted"),
        )
}

fn publisher(site: &Site, lang: &LanguageTag) -> Value {
    let name = site
        .edition(lang)
        .map(|edition| edition.content.site_name.clone());
    Node::of("Organization")
        .with("name", name)
        .with("url", site.home_url(lang))
        .done()
}

fn publication(site: &Site, lang: &LanguageTag) -> Value {
    let name = site
        .edition(lang)
        .map(|edition| edition.content.site_name.clone());
    Node::of("WebSite")
        .with("name", name)
        .with("inLanguage", lang.as_str())
        .with("url", site.home_url(lang))
        .done()
}

fn source(site: &Site, article: &Article) -> Option<Value> {
    let source = article.source.as_ref()?;
    let own = site.own(&format!("/api/sources/{}", source.id));
    let node = Node::of("Organization")
        .with("@id", urn(source.id))
        .with("name", source.name.clone())
        .with("url", source.url.clone().unwrap_or(own));
    Some(node.done())
}

/// A licence by its address, or by its name.
fn licence(licence: &str) -> Value {
    if licence.starts_with("http://") || licence.starts_with("https://") {
        return json!(licence);
    }
    json!({"@type": "CreativeWork", "name": licence})
}

fn correction(notice: &Notice) -> Value {
    let name = match notice.kind {
        NoticeKind::Correction => "Correction",
        NoticeKind::Clarification => "Clarification",
        NoticeKind::Retraction => "Retraction",
        NoticeKind::ExpressionOfConcern => "Expression of concern",
    };
    json!({
        "@type": "CorrectionComment",
        "name": name,
        "text": notice.text,
        "datePublished": notice.at,
    })
}

fn with_translations(node: Node, site: &Site, places: &Places, article: &Article) -> Node {
    let translations = article.translations.iter().map(|translation| {
        Node::of("NewsArticle")
            .with("@id", urn(translation.id))
            .with("headline", translation.title.clone())
            .with("inLanguage", translation.lang.as_str())
            .with("url", translation_url(site, places, translation))
            .done()
    });
    node.with("workTranslation", translations.collect::<Vec<_>>())
        .with("translationOfWork", article.original.as_ref().map(original))
}

fn original(original: &Original) -> Value {
    Node::of("CreativeWork")
        .with("name", original.title.clone())
        .with("inLanguage", original.lang.clone())
        .with("url", original.url.clone())
        .done()
}

fn images(base: &str, media: &[ArticleMedium]) -> Vec<Value> {
    let images = media.iter().filter(|medium| medium.kind == "image");
    let images = images.filter_map(|medium| Some((absolute(base, &medium.url)?, medium)));
    images
        .map(|(url, medium)| {
            Node::of("ImageObject")
                .with("url", url.clone())
                .with("contentUrl", url)
                .with("caption", medium.caption.clone())
                .with("description", medium.alt.clone())
                .with("creditText", medium.credit.clone())
                .done()
        })
        .collect()
}
