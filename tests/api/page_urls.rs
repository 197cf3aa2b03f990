//! The public addresses of resources: by the edition's templates, else of this service.

use masthead::domain::access::Role;
use masthead::domain::article::Status;
use masthead::domain::webhook::{Filter, WebhookContent};
use serde_json::{Value, json};

use super::builders::Article;
use super::harness::TestServer;
use super::receiver::Receiver;
use super::taxonomy_writes::{changed, faults, send};

const TEMPLATES: [(&str, &str); 5] = [
    (
        "url_template",
        "https://example.org/{lang}/{section_path}/{slug}",
    ),
    (
        "section_url_template",
        "https://example.org/{lang}/{section_path}",
    ),
    (
        "author_url_template",
        "https://example.org/{lang}/people/{slug}",
    ),
    ("tag_url_template", "https://example.org/{lang}/tags/{slug}"),
    (
        "preview_url_template",
        "https://example.org/preview/{id}?token={token}",
    ),
];

/// An English article and its French translation, in sections that are one across editions.
fn fill(server: &TestServer) -> (String, String) {
    let english = server.article(
        Article::new("Forum")
            .section(&["World", "Events"])
            .author("Zoë Lee")
            .tag("Trade"),
    );
    let work = server.work_of(english);
    let french = server.article(
        Article::new("Le forum")
            .lang("fr")
            .of_work(work)
            .section(&["Monde"]),
    );
    (english.to_string(), french.to_string())
}

/// Sets some of an edition's templates.
fn place(server: &TestServer, key: &str, lang: &str, templates: &[(&str, &str)]) {
    let mut patch = json!({});
    for (field, template) in templates {
        patch[*field] = json!(template);
    }
    changed(
        server,
        key,
        "PATCH",
        &format!("/api/editions/{lang}"),
        &patch,
    );
}

fn url(server: &TestServer, target: &str) -> Value {
    server.ok(target).json()["data"]["url"].clone()
}

/// The last change of a first copy, and the changes after it.
fn changes_after(server: &TestServer, cursor: &str) -> Value {
    server.ok(&format!("/api/changes?since={cursor}")).json()
}

api_test! {
    fn without_templates_addresses_are_the_service_s_own_and_absolute(server) {
        let base = server.app.base_url();
        let (english, french) = fill(server);
        let article = server.ok(&format!("/api/articles/{english}")).json()["data"].clone();
        assert_eq!(article["url"], format!("{base}/api/articles/{english}"));
        assert_eq!(article["translations"][0]["url"], format!("{base}/api/articles/{french}"));
        let section = server.ok("/api/sections/world/events").json()["data"].clone();
        assert_eq!(section["url"], format!("{base}/api/sections/{}", section["id"].as_str().unwrap()));
        let author = server.ok("/api/authors/zo%C3%AB-lee").json()["data"].clone();
        assert_eq!(author["url"], format!("{base}/api/authors/{}", author["id"].as_str().unwrap()));
        assert_eq!(url(server, "/api/tags/trade"), format!("{base}/api/tags/trade"));
        for listed in ["/api/articles", "/api/sections", "/api/authors", "/api/tags", "/api/changes"] {
            for row in server.ok(listed).json()["data"].as_array().unwrap() {
                let shown = row.get("article").unwrap_or(row);
                assert!(shown["url"].as_str().unwrap().starts_with(&format!("{base}/api/")), "{listed}: {row}");
            }
        }
    }

    fn templates_place_every_view_of_a_resource(server) {
        let (english, french) = fill(server);
        let key = server.key(Role::Admin);
        place(server, &key, "en", &TEMPLATES);
        place(server, &key, "fr", &[("url_template", "https://journal.example.org/{year}/{slug}.html")]);
        let page = "https://example.org/en/world/events/forum";
        let translation = "https://journal.example.org/2025/le-forum.html";
        for target in [format!("/api/articles/{english}"), "/api/articles/forum?fields=url,translations".to_owned()] {
            let article = server.ok(&target).json()["data"].clone();
            assert_eq!((&article["url"], &article["translations"][0]["url"]), (&json!(page), &json!(translation)), "{target}");
        }
        let related = server.article(Article::new("Fair").section(&["World", "Events"]).tag("Trade"));
        for listed in [format!("/api/articles?id={english}"), format!("/api/articles/{related}/related"), "/api/changes".to_owned()] {
            let rows = server.ok(&listed).json()["data"].clone();
            let pages: Vec<&Value> = rows.as_array().unwrap().iter().map(|row| &row.get("article").unwrap_or(row)["url"]).collect();
            assert!(pages.contains(&&json!(page)), "{listed}: {pages:?}");
        }
        let nested = server.ok(&format!("/api/articles/{related}?include=related")).json();
        assert_eq!(nested["data"]["related"][0]["url"], page);
        assert_eq!(url(server, "/api/sections/world/events"), "https://example.org/en/world/events");
        let tree = server.ok("/api/sections?lang=en&tree=true").json();
        assert_eq!(tree["data"][0]["children"][0]["url"], "https://example.org/en/world/events");
        assert_eq!(url(server, "/api/authors/zo%C3%AB-lee"), "https://example.org/en/people/zo%C3%AB-lee");
        assert_eq!(url(server, "/api/tags/trade"), "https://example.org/en/tags/trade");
        let written = changed(server, &key, "PATCH", &format!("/api/articles/{french}"), &json!({"title": "Forum"}));
        assert_eq!((&written["url"], &written["translations"][0]["url"]), (&json!(translation), &json!(page)));
        let revision = server.request("GET", &format!("/api/articles/{english}/revisions/1")).key(&key).send();
        assert_eq!(revision.json()["data"]["article"]["url"].as_str().or(revision.json()["data"]["url"].as_str()), Some(page), "{}", revision.text());
    }

    fn an_author_s_own_page_is_the_author_s_address(server) {
        fill(server);
        let key = server.key(Role::Admin);
        place(server, &key, "en", &TEMPLATES);
        let own = "https://lee.example.net/";
        let author = changed(server, &key, "PATCH", "/api/authors/zo%C3%AB-lee", &json!({"url": own}));
        assert_eq!(author["url"], own);
        let in_feed = |server: &TestServer| server.ok("/feeds/en/feed.json").json()["items"][0]["authors"][0].clone();
        assert_eq!(in_feed(server)["name"], "Zoë Lee");
        let author = changed(server, &key, "PATCH", "/api/authors/zo%C3%AB-lee", &json!({"url": null, "bio": "Writes."}));
        assert_eq!(author["url"], "https://example.org/en/people/zo%C3%AB-lee");
        let author = changed(server, &key, "PATCH", "/api/authors/zo%C3%AB-lee", &json!({"bio": "Wrote."}));
        assert_eq!(author["url"], "https://example.org/en/people/zo%C3%AB-lee", "the page is not written as the author's own");
        assert_eq!(in_feed(server)["url"], author["url"]);
    }

    fn the_default_edition_places_what_belongs_to_none(server) {
        fill(server);
        server.edition("ar", "UTC");
        let key = server.key(Role::Admin);
        place(server, &key, "fr", &[("tag_url_template", "https://example.org/fr/mots/{slug}")]);
        assert_eq!(url(server, "/api/tags/trade"), "https://example.org/fr/mots/trade", "the only edition with pages of tags");
        place(server, &key, "ar", &TEMPLATES);
        assert_eq!(url(server, "/api/tags/trade"), "https://example.org/ar/tags/trade");
        place(server, &key, "en", &TEMPLATES);
        assert_eq!(url(server, "/api/tags/trade"), "https://example.org/en/tags/trade");
    }

    fn other_templates_are_other_answers_for_readers_caches_and_partners(server) {
        let (english, french) = fill(server);
        let key = server.key(Role::Admin);
        let shown = ["/api/articles/forum".to_owned(), "/api/articles/le-forum?lang=fr".to_owned(), "/api/articles?lang=en".to_owned(),
            "/api/articles?lang=fr".to_owned(), "/api/sections?lang=fr".to_owned(), "/api/sections/world/events".to_owned(), "/api/tags/trade".to_owned(), "/api/authors".to_owned()];
        let before: Vec<_> = shown.iter().map(|target| server.ok(target)).collect();
        let cursor = server.ok("/api/changes").json()["meta"]["next_cursor"].as_str().unwrap().to_owned();
        server.pass(60);
        place(server, &key, "en", &TEMPLATES);
        for (target, before) in shown.iter().zip(before).filter(|(target, _)| *target != "/api/sections?lang=fr") {
            let after = server.ok(target);
            assert_ne!(after.header("etag"), before.header("etag"), "{target}");
            assert!(after.header("last-modified") > before.header("last-modified"), "{target}");
            let again = server.request("GET", target).header("if-modified-since", before.header("last-modified")).send();
            assert_eq!(again.status, 200, "{target}");
        }
        let told = changes_after(server, &cursor);
        let mut ids = told["data"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        ids.sort();
        let mut both = vec![english, french];
        both.sort();
        assert_eq!(ids, both, "the article, and its translation which shows its address: {told}");
        let cursor = told["meta"]["next_cursor"].as_str().unwrap();
        place(server, &key, "en", &[("tag_url_template", "https://example.org/t/{slug}"), ("preview_url_template", "https://example.org/p?{token}")]);
        assert_eq!(changes_after(server, cursor)["data"], json!([]), "articles show no address of a tag");
    }

    fn a_section_that_moves_takes_the_addresses_in_translations_along(server) {
        let (english, french) = fill(server);
        let key = server.key(Role::Admin);
        place(server, &key, "en", &TEMPLATES);
        let cursor = server.ok("/api/changes").json()["meta"]["next_cursor"].as_str().unwrap().to_owned();
        server.pass(60);
        let before = server.ok(&format!("/api/articles/{french}"));
        changed(server, &key, "PATCH", "/api/sections/world", &json!({"slug": "globe"}));
        let after = server.ok(&format!("/api/articles/{french}"));
        assert_eq!(after.json()["data"]["translations"][0]["url"], "https://example.org/en/globe/events/forum");
        assert!(after.header("last-modified") > before.header("last-modified"));
        let told = changes_after(server, &cursor);
        for id in [&english, &french] {
            assert!(told["data"].as_array().unwrap().iter().any(|row| row["id"] == json!(id)), "{told}");
        }
    }

    fn messages_of_webhooks_carry_the_public_address(server) {
        let receiver = Receiver::start();
        server.webhook(WebhookContent { name: "Site".to_owned(), url: receiver.url(), filter: Filter::default(), include_article: true, partner: None, enabled: true });
        let (english, french) = fill(server);
        let messages = receiver.wait_for(2);
        let base = server.app.base_url();
        let article = &messages[1].json()["data"]["article"];
        let (own, other) = if article["id"] == json!(english) { (&english, &french) } else { (&french, &english) };
        assert_eq!(article["url"], format!("{base}/api/articles/{own}"));
        assert_eq!(article["translations"][0]["url"], format!("{base}/api/articles/{other}"));
    }

    fn templates_that_place_nothing_are_refused_at_their_fields(server) {
        let key = server.key(Role::Admin);
        let bad = json!({
            "url_template": "https://example.org/{lang}", "section_url_template": "https://example.org/{slug}",
            "author_url_template": "https://anna:secret@example.org/{slug}", "tag_url_template": "ftp://example.org/{slug}",
            "preview_url_template": "https://example.org/{id}",
        });
        let found = faults(&server.request("PUT", "/api/editions/en").key(&key).json(&bad).send());
        for (field, _) in TEMPLATES {
            assert!(found.contains(&(format!("/{field}"), "invalid_template".to_owned())), "{field}: {found:?}");
        }
        server.edition("en", "UTC");
        for text in ["https://example.org/{slug}/\u{202e}x", "https://example.org/{slug}/\u{7}", "https://example.org/{slug}\u{200b}", "//example.org/{slug}", "/{slug}"] {
            let response = send(server, &key, "PATCH", "/api/editions/en", &json!({"tag_url_template": text}));
            assert_eq!(faults(&response), [("/tag_url_template".to_owned(), "invalid_template".to_owned())], "{text:?}");
        }
        let made = send(server, &key, "PATCH", "/api/editions/en", &json!({"url_template": " https://EXÄMPLE.org/{slug} "}));
        assert_eq!(made.json()["data"]["url_template"], "https://EXÄMPLE.org/{slug}", "kept as it was written");
        let id = server.article(Article::new("One"));
        assert_eq!(url(server, &format!("/api/articles/{id}")), "https://xn--exmple-cua.org/one");
        let gone = changed(server, &key, "PATCH", "/api/editions/en", &json!({"url_template": null}));
        assert_eq!(gone["url_template"], Value::Null);
    }

    fn templates_come_in_and_go_out_with_an_edition(server) {
        let mut record = json!({"type": "edition", "lang": "en"});
        for (field, template) in TEMPLATES {
            record[field] = json!(template);
        }
        let told = server.import(&[record]);
        assert_eq!(told.summary.refused(), 0, "{:?}", told.lines);
        let edition = server.ok("/api/editions/en").json()["data"].clone();
        let exported = server.exported();
        let line: Value = serde_json::from_str(exported.lines().next().unwrap()).unwrap();
        for (field, template) in TEMPLATES {
            assert_eq!((&edition[field], &line[field]), (&json!(template), &json!(template)), "{field}");
        }
        let told = server.import(&[json!({"type": "edition", "lang": "en", "name": "English!"})]);
        assert_eq!(told.summary.refused(), 0);
        assert_eq!(server.ok("/api/editions/en").json()["data"]["tag_url_template"], TEMPLATES[3].1, "what is not named stays");
    }

    fn a_preview_opens_the_page_of_the_edition_s_template(server) {
        let id = server.article(Article::new("Draft").status(Status::Draft).section(&["World"])).to_string();
        let key = server.key(Role::Editor);
        let preview = || {
            let made = server.request("POST", &format!("/api/articles/{id}/preview")).key(&key).json(&json!({})).send();
            assert_eq!(made.status, 201, "{}", made.text());
            (made.json()["data"].clone(), made.header("location").to_owned())
        };
        let (own, location) = preview();
        let token = own["token"].as_str().unwrap();
        assert_eq!(own["url"], format!("{}/api/articles/{id}?preview={token}", server.app.base_url()));
        assert_eq!(location, format!("/api/articles/{id}?preview={token}"));
        let admin = server.key(Role::Admin);
        place(server, &admin, "en", &[("preview_url_template", "https://desk.example.org/{lang}/{section_path}/{slug}?id={id}&t={token}")]);
        let (paged, location) = preview();
        let token = paged["token"].as_str().unwrap();
        assert_eq!(paged["url"], format!("https://desk.example.org/en/world/draft?id={id}&t={token}"));
        assert_eq!(server.ok(&location).json()["data"]["id"], id, "the front end asks with the token alone");
    }
}
