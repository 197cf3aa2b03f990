//! Articles as schema.org's JSON-LD and as ninjs: chosen by Accept or `format`, for one article and for lists.

use masthead::domain::article::{MediumEntry, Notice, NoticeKind, Original, Status};
use masthead::domain::id::Id;
use serde_json::{Value, json};

use super::builders::Article;
use super::client::Response;
use super::harness::TestServer;

const JSON_LD: &str = "application/ld+json";
const NINJS: &str = "application/vnd.iptc.ninjs+json";

impl TestServer {
    fn get_as(&self, target: &str, accept: &str) -> Response {
        self.request("GET", target).header("accept", accept).send()
    }
}

/// An article with something in every field, and its French translation.
fn rich(server: &TestServer) -> (Id, Id) {
    server.edition_at("en", "https://example.org/{lang}/{section_path}/{slug}");
    let id = server.article(
        Article::new("Rags & </script><SRD>")
            .slug("rags")
            .section(&["World", "Asia"])
            .author("Anna Weber")
            .editor("Jon Aske")
            .translator("Li Wen")
            .source("The Post")
            .tag("Paper")
            .tag("中国")
            .body("<p>One &amp; <em>two</em>.</p>"),
    );
    server.change(id, |content| {
        content.subtitle = Some("A subtitle".to_owned());
        content.summary = Some("A summary".to_owned());
        content.details.dateline = Some("LONDON".to_owned());
        content.details.canonical_url = Some("https://elsewhere.example/rags".to_owned());
        content.details.original = Some(Original {
            lang: Some("de".to_owned()),
            title: Some("Lumpen".to_owned()),
            url: Some("https://de.example/1".to_owned()),
        });
        content.details.rights.copyright = Some("© The Post".to_owned());
        content.details.rights.licence = Some("CC-BY-4.0".to_owned());
        content.details.media = vec![MediumEntry {
            kind: "image".to_owned(),
            id: None,
            url: "/images/a b.jpg".to_owned(),
            alt: Some("A rag".to_owned()),
            caption: Some("Rags".to_owned()),
            credit: Some("L. O.".to_owned()),
        }];
        let at = content.published_at.unwrap();
        content.details.notices = vec![Notice {
            id: Id::new(at),
            kind: NoticeKind::Correction,
            text: "It was three.".to_owned(),
            at,
        }];
    });
    let french = server.article(
        Article::new("Chiffons")
            .lang("fr")
            .of_work(server.work_of(id)),
    );
    (id, french)
}

api_test! {
    fn an_article_is_a_news_article_with_everything_that_it_says(server) {
        let (id, french) = rich(server);
        let answer = server.get_as(&format!("/api/articles/{id}"), JSON_LD);
        assert_eq!((answer.status, answer.header("content-type")), (200, JSON_LD));
        assert!(!answer.text().contains("</script"));
        let node = answer.json();
        let url = "https://example.org/en/world/asia/rags";
        let base = format!("http://{}", server.address);
        for (pointer, value) in [
            ("/@context", json!("https://schema.org")), ("/@type", json!("NewsArticle")), ("/@id", json!(format!("urn:uuid:{id}"))),
            ("/url", json!(url)), ("/headline", json!("Rags & </script><SRD>")), ("/alternativeHeadline", json!("A subtitle")),
            ("/description", json!("A summary")), ("/inLanguage", json!("en")), ("/datePublished", json!("2025-01-01T00:00:00Z")),
            ("/dateModified", json!("2025-06-01T12:00:00Z")), ("/articleSection", json!("Asia")), ("/keywords", json!(["Paper", "中国"])),
            ("/articleBody", json!("One & two.")), ("/author/0/name", json!("Anna Weber")), ("/author/0/@type", json!("Person")),
            ("/editor/0/name", json!("Jon Aske")), ("/translator/0/name", json!("Li Wen")), ("/publisher/name", json!("English")),
            ("/isPartOf/inLanguage", json!("en")), ("/sourceOrganization/name", json!("The Post")), ("/dateline", json!("LONDON")),
            ("/workTranslation/0/inLanguage", json!("fr")), ("/workTranslation/0/headline", json!("Chiffons")),
            ("/workTranslation/0/url", json!(format!("{base}/api/articles/{french}"))), ("/translationOfWork/name", json!("Lumpen")),
            ("/correction/0/text", json!("It was three.")), ("/correction/0/@type", json!("CorrectionComment")),
            ("/image/0/url", json!("https://example.org/images/a%20b.jpg")), ("/image/0/caption", json!("Rags")),
            ("/copyrightNotice", json!("© The Post")), ("/license/name", json!("CC-BY-4.0")),
            ("/mainEntityOfPage/@id", json!("https://elsewhere.example/rags")), ("/mainEntityOfPage/breadcrumb/@type", json!("BreadcrumbList")),
            ("/mainEntityOfPage/breadcrumb/itemListElement/0/item", json!("https://example.org/en")),
            ("/mainEntityOfPage/breadcrumb/itemListElement/2/item", json!("https://example.org/en/world/asia")),
            ("/mainEntityOfPage/breadcrumb/itemListElement/2/position", json!(3)),
            ("/contributor/0/contributor/name", json!("Lena Okafor")),
        ] {
            assert_eq!(node.pointer(pointer), Some(&value), "{pointer} of {node:#}");
        }
        let plain = server.article(Article::new("Plain").author("A"));
        let node = server.ok(&format!("/api/articles/{plain}?format=jsonld&body=none")).json();
        for absent in ["articleBody", "correction", "workTranslation", "sourceOrganization", "image", "editor"] {
            assert!(node.get(absent).is_none(), "{absent}");
        }
    }

    fn relative_addresses_leave_the_service_complete(server) {
        let (id, _) = rich(server);
        let key = server.key(masthead::domain::access::Role::Editor);
        let source = server.request("PATCH", "/api/sources/the-post").key(&key).if_match("*");
        assert_eq!(source.json(&json!({"url": "/post"})).send().status, 200);
        let change = server.request("PATCH", &format!("/api/articles/{id}")).key(&key).if_match("*");
        let content = json!({"canonical_url": "/rags", "original": {"title": "Lumpen", "url": "../lumpen"}});
        assert_eq!(change.json(&content).send().status, 200);
        server.refresh();
        let (page, original, post) = ("https://example.org/rags", "https://example.org/en/world/lumpen", "https://example.org/post");
        let node = server.get_as(&format!("/api/articles/{id}"), JSON_LD).json();
        assert_eq!(node["mainEntityOfPage"]["@id"], page);
        assert_eq!((&node["translationOfWork"]["url"], &node["sourceOrganization"]["url"]), (&json!(original), &json!(post)));
        let feed = server.ok("/feeds/en/feed.json").json();
        assert_eq!(feed["items"][0]["external_url"], page, "{feed:#}");
        for feed in ["rss.xml", "atom.xml"] {
            let text = server.ok(&format!("/feeds/en/{feed}")).text().to_owned();
            assert!(text.contains(&format!("rel=\"canonical\" href=\"{page}\"")), "{text}");
        }
    }

    fn an_article_is_a_ninjs_object_with_the_names_of_its_schema_alone(server) {
        let (id, french) = rich(server);
        let answer = server.get_as(&format!("/api/articles/{id}"), NINJS);
        assert_eq!((answer.status, answer.header("content-type")), (200, NINJS));
        let item = answer.json();
        for (pointer, value) in [
            ("/uri", json!(format!("urn:uuid:{id}"))), ("/type", json!("text")), ("/representationType", json!("full")), ("/version", json!("2")),
            ("/pubStatus", json!("usable")), ("/language", json!("en")), ("/headlines/0/value", json!("Rags & </script><SRD>")),
            ("/headlines/1/value", json!("A subtitle")), ("/descriptions/0/value", json!("A summary")), ("/by", json!("Anna Weber")),
            ("/bodies/0/value", json!("<p>One &amp; <em>two</em>.</p>")), ("/bodies/0/contentType", json!("text/html")),
            ("/people/0/rel", json!("author")), ("/infoSources/0/name", json!("The Post")), ("/subjects/1/name", json!("Paper")),
            ("/standard/version", json!("3.1")), ("/associations/0/type", json!("picture")), ("/associations/1/uri", json!(format!("urn:uuid:{french}"))),
            ("/located", json!("LONDON")), ("/altIds/1/value", json!("https://example.org/en/world/asia/rags")),
        ] {
            assert_eq!(item.pointer(pointer), Some(&value), "{pointer} of {item:#}");
        }
        assert!(item["edNote"].as_str().unwrap().contains("It was three."));
        let bare = server.ok(&format!("/api/articles/{id}?format=ninjs&body=none")).json();
        assert_eq!((bare["representationType"].as_str(), bare.get("bodies")), (Some("partial"), None));
    }

    fn accept_or_format_chooses_and_the_answer_says_which(server) {
        let (id, _) = rich(server);
        let path = format!("/api/articles/{id}");
        for path in [path.as_str(), "/api/articles", &format!("{path}/related")] {
            let mut tags = Vec::new();
            for (accept, kind) in [
                ("*/*", "application/json"), (JSON_LD, JSON_LD), (NINJS, NINJS), ("application/json;q=0.1, application/ld+json;q=0.9", JSON_LD),
                ("application/vnd.iptc.ninjs+json, */*;q=0.1", NINJS), ("application/*", "application/json"), ("application/json;q=0, */*", JSON_LD),
            ] {
                for _ in 0..2 {
                    let answer = server.get_as(path, accept);
                    assert_eq!((answer.status, answer.header("content-type")), (200, kind), "{path} {accept}");
                    assert_eq!(answer.header("vary"), "Accept-Encoding, Authorization, Accept", "{path} {accept}");
                    tags.push((kind, answer.header("etag").to_owned()));
                }
            }
            tags.sort();
            tags.dedup();
            assert_eq!(tags.len(), 3, "{path} {tags:?}");
            for (format, kind) in [("json", "application/json"), ("jsonld", JSON_LD), ("ninjs", NINJS)] {
                for accept in ["*/*", "application/json", NINJS, "text/html"] {
                    let answer = server.get_as(&format!("{path}?format={format}"), accept);
                    assert_eq!((answer.status, answer.header("content-type")), (200, kind), "{path} {format} {accept}");
                    assert_eq!(answer.header("vary"), "Accept-Encoding, Authorization");
                }
            }
            assert_eq!(server.get_as(path, "text/html").problem(), "not_acceptable");
            let refused = server.get(&format!("{path}?format=xml"));
            assert_eq!((refused.status, refused.wrong_parameters()), (400, vec!["format".to_owned()]));
            let refused = server.get(&format!("{path}?format=ninjs&fields=title"));
            assert_eq!((refused.status, refused.wrong_parameters()), (400, vec!["fields".to_owned()]));
        }
        assert_eq!(server.get_as("/api/authors", JSON_LD).problem(), "not_acceptable");
        assert_eq!(server.get("/api/authors?format=jsonld").problem(), "invalid_parameter");
    }

    fn each_form_has_its_own_validators(server) {
        let (id, french) = rich(server);
        let path = format!("/api/articles/{id}");
        for accept in ["application/json", JSON_LD, NINJS] {
            let first = server.get_as(&path, accept);
            assert!(first.header("etag").starts_with("\"v2-"));
            assert!(first.header("surrogate-key").contains(&format!("article:{id}")));
            let ask = |name: &str, value: &str| server.request("GET", &path).header("accept", accept).header(name, value).send().status;
            assert_eq!(ask("if-none-match", first.header("etag")), 304);
            assert_eq!(ask("if-modified-since", first.header("last-modified")), 304);
        }
        let json = server.get_as(&path, "application/json");
        let other = server.request("GET", &path).header("accept", JSON_LD).header("if-none-match", json.header("etag")).send();
        assert_eq!(other.status, 200);
        let before = server.get_as(&path, JSON_LD);
        server.pass(60);
        server.edition_at("fr", "https://exemple.org/{slug}");
        let after = server.request("GET", &path).header("accept", JSON_LD).header("if-modified-since", before.header("last-modified")).send();
        assert_eq!(after.status, 200, "the translation's address has changed");
        assert_eq!(after.json()["workTranslation"][0]["url"], "https://exemple.org/chiffons");
        server.withdraw(french);
        assert!(server.get_as(&path, JSON_LD).json().get("workTranslation").is_none());
    }

    fn lists_come_in_both_forms_and_page_alike(server) {
        server.articles((0..7).map(|n| Article::new(&format!("Number {n}")).published_at(&format!("2025-01-0{}T00:00:00Z", n + 1))).collect());
        server.article(Article::new("Secret").status(Status::Draft));
        let items = |form: &str, list: &Value| -> Vec<String> {
            let (rows, name) = if form == "jsonld" { (&list["itemListElement"], "/item/headline") } else { (&list["associations"], "/title") };
            rows.as_array().unwrap().iter().map(|row| row.pointer(name).unwrap().as_str().unwrap().to_owned()).collect()
        };
        for form in ["jsonld", "ninjs"] {
            let mut target = format!("/api/articles?limit=3&format={form}");
            let mut titles = Vec::new();
            loop {
                let answer = server.ok(&target);
                assert_eq!(answer.json().get("@type").or(answer.json().get("type")).unwrap(), if form == "jsonld" { "ItemList" } else { "composite" });
                titles.extend(items(form, &answer.json()));
                let link = answer.header("link").to_owned();
                let Some(next) = link.strip_prefix('<').and_then(|link| link.split_once('>')) else { break };
                target = next.0.to_owned();
            }
            assert_eq!(titles, (0..7).rev().map(|n| format!("Number {n}")).collect::<Vec<_>>());
        }
        let list = server.ok("/api/articles?format=jsonld&limit=1").json();
        assert!(list.pointer("/itemListElement/0/item/articleBody").is_none());
        let list = server.ok("/api/articles?format=jsonld&limit=1&include=body").json();
        assert_eq!(list.pointer("/itemListElement/0/item/articleBody").unwrap(), "The text of Number 6.");
        let list = server.ok("/api/articles?format=ninjs&tag=none").json();
        assert!(list.get("associations").is_none());
    }

    fn what_is_hidden_gone_or_moved_is_so_in_every_form(server) {
        let draft = server.article(Article::new("Draft").status(Status::Draft));
        let gone = server.article(Article::new("Gone"));
        server.withdraw(gone);
        let moved = server.article(Article::new("Moved").slug("old"));
        server.change(moved, |content| content.slug = masthead::domain::slug::Slug::from_text("new"));
        for accept in [JSON_LD, NINJS] {
            assert_eq!(server.get_as(&format!("/api/articles/{draft}"), accept).problem(), "not_found");
            assert_eq!(server.get_as(&format!("/api/articles/{gone}"), accept).problem(), "withdrawn");
            let redirect = server.get_as("/api/articles/old?body=text", accept);
            assert_eq!((redirect.status, redirect.header("location")), (308, "/api/articles/new?body=text"));
            assert_eq!(redirect.header("vary"), "Accept-Encoding, Authorization, Accept");
        }
        let key = server.key(masthead::domain::access::Role::Editor);
        let seen = server.request("GET", &format!("/api/articles/{draft}?format=ninjs")).key(&key).send();
        assert_eq!((seen.status, seen.json()["pubStatus"].as_str()), (200, Some("withheld")));
        assert_eq!(server.get(&format!("/api/articles/{draft}?format=ninjs")).status, 404);
    }
}
