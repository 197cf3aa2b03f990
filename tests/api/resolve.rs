//! Resolving addresses: of the site, of this service, and of the places of import.

use masthead::domain::access::Role;
use masthead::domain::article::Status;
use masthead::domain::url_template::{PageKind, UrlTemplate};
use masthead::service::derived::Part;
use masthead::service::reindex::{self, Kind};
use serde_json::{Value, json};

use super::builders::{Article, lang};
use super::harness::TestServer;
use super::taxonomy_writes::changed;

/// The meaning of an address, which is sent as one value.
fn resolve(server: &TestServer, url: &str) -> super::client::Response {
    let sent: String = url::form_urlencoded::byte_serialize(url.as_bytes()).collect();
    server.get(&format!("/api/resolve?url={sent}"))
}

fn found(server: &TestServer, url: &str) -> Value {
    let response = resolve(server, url);
    assert_eq!(response.status, 200, "{url}: {}", response.text());
    response.json()["data"].clone()
}

/// The identity and whether the address is a present one.
fn meaning(server: &TestServer, url: &str) -> (String, bool) {
    let data = found(server, url);
    (
        data["id"].as_str().unwrap().to_owned(),
        data["current"].as_bool().unwrap(),
    )
}

fn sited(server: &TestServer) {
    let mut content = masthead::domain::edition::EditionContent::of_language(lang("en"));
    for (kind, template) in [
        (
            PageKind::Article,
            "https://example.org/{lang}/{section_path}/{slug}",
        ),
        (
            PageKind::Section,
            "https://example.org/topics/{section_path}",
        ),
        (PageKind::Author, "https://example.org/people/{slug}"),
        (PageKind::Tag, "https://例子.测试/tags/{slug}"),
    ] {
        content
            .url_templates
            .set(kind, UrlTemplate::parse(kind, template).unwrap());
    }
    server.write(|tx| masthead::service::editions::save_edition(tx, content));
}

/// An article that was imported from an address, as the public sees it.
fn imported(server: &TestServer, title: &str, url: &str) -> String {
    let told = server.import(&[json!({"lang": "en", "title": title, "url": url, "published_at": "2024-05-01", "body_html": "<p>x</p>"})]);
    assert_eq!(told.summary.refused(), 0, "{:?}", told.lines);
    let listed = server.ok("/api/articles?limit=100").json();
    let rows = listed["data"].as_array().unwrap();
    let own = rows.iter().find(|row| row["title"] == title).unwrap();
    own["id"].as_str().unwrap().to_owned()
}

api_test! {
fn a_page_is_current_on_the_host_of_its_own_edition_only(server) {
    server.edition_at("en", "https://en.site.example/{lang}/{section_path}/{slug}");
    server.edition_at("fr", "https://fr.site.example/{lang}/{section_path}/{slug}");
    server.article(Article::new("Forum").slug("forum").section(&["news"]));
    for (url, current) in [
        ("https://en.site.example/en/news/forum", true),
        ("/en/news/forum", true),
        ("https://fr.site.example/en/news/forum", false),
        ("https://en.site.example/en/news", true),
        ("https://fr.site.example/en/news", false),
        ("https://en.site.example/en", true),
        ("https://fr.site.example/en", false),
    ] {
        let answer = server.ok(&format!("/api/resolve?url={url}")).json();
        assert_eq!(answer["data"]["lang"], "en", "{url}");
        assert_eq!(answer["data"]["current"], current, "{url}");
    }
    // Browsers read a backslash as a slash.
    for url in ["//evil.example/en/news", "\\\\evil.example/en/news", "/\\evil.example/en/news", "\\/evil.example/en/news"] {
        assert_eq!(resolve(server, url).status, 404, "{url}");
    }
}

    fn addresses_without_a_scheme_or_host_are_completed_or_left_out_and_told(server) {
        let record = |title: &str, url: &str| json!({"lang": "en", "title": title, "url": url, "published_at": "2024-05-01", "body_html": "<p>x</p>"});
        let told = server.import(&[
            record("a", "//old.example/protorel"), record("b", "old.example/nohttp"), record("c", "/rel/path-9"), record("d", "not a url"),
            json!({"lang": "en", "title": "e", "canonical_url": "bad url", "published_at": "2024-05-01", "body_html": "<p>x</p>"}),
        ]);
        let lines = |code: &str| told.lines.iter().filter(|line| line["code"] == code).map(|line| line["line"].as_u64().unwrap()).collect::<Vec<_>>();
        assert_eq!((lines("url_completed"), lines("invalid_url")), (vec![1, 2], vec![4, 5]), "{:?}", told.lines);
        for url in ["http://old.example/protorel", "https://old.example/protorel", "//old.example/nohttp", "/rel/path-9", "/rel/path-9/?utm=1"] {
            assert_eq!(resolve(server, url).status, 200, "{url}");
        }
        assert_eq!(resolve(server, "https://elsewhere.example/rel/path-9").status, 404);
    }

    fn an_article_is_found_by_every_way_to_write_its_address(server) {
        sited(server);
        let id = server.article(Article::new("Forum").section(&["International", "Été"])).to_string();
        let page = "https://example.org/en/international/%C3%A9t%C3%A9/forum";
        let data = found(server, page);
        assert_eq!(data, json!({"type": "article", "id": id, "lang": "en", "slug": "forum", "url": page, "current": true,
            "links": {"self": format!("/api/articles/{id}")}}));
        for same in [
            "http://example.org/en/international/été/forum",
            "HTTPS://Example.ORG:443/en/international/%c3%a9t%c3%a9/forum/?utm_source=x#top",
            "https://example.org/en/./x/../international/%C3%A9t%C3%A9/%66orum//",
            "https://example.org/en/international/e\u{301}te\u{301}/forum",
            "/en/international/été/forum", "en/international/%C3%A9t%C3%A9/forum/", "//example.org/en/international/été/forum?",
        ] {
            let (other, _) = meaning(server, same);
            assert_eq!(other, id, "{same}");
        }
        for same in ["http://example.org/en/international/été/forum", "/en/international/%c3%a9t%c3%a9/forum/?x=1#y", "en/international/été/forum"] {
            assert_eq!(meaning(server, same), (id.clone(), true), "{same}");
        }
        let base = server.app.base_url();
        for own in [format!("/api/articles/{id}"), format!("api/articles/{id}/"), format!("{base}/api/articles/{id}"), "/api/articles/forum".to_owned()] {
            assert_eq!(meaning(server, &own), (id.clone(), true), "{own}");
        }
        for other in ["https://example.org/EN/forum/x", "https://example.org/en/international/été/Forum2", "mailto:forum@example.org", "https://", "", "   "] {
            assert!(matches!(resolve(server, other).status, 404 | 400), "{other}");
        }
    }

    fn the_page_of_an_author_or_tag_is_that_of_the_edition_whose_host_it_has(server) {
        for tag in ["en", "fr"] {
            let mut content = masthead::domain::edition::EditionContent::of_language(lang(tag));
            for (kind, path) in [(PageKind::Article, "a"), (PageKind::Author, "people"), (PageKind::Tag, "tags")] {
                let template = format!("https://{tag}.site.example/{path}/{{slug}}");
                content.url_templates.set(kind, UrlTemplate::parse(kind, &template).unwrap());
            }
            server.write(|tx| masthead::service::editions::save_edition(tx, content));
        }
        let english = server.article(Article::new("Forum").slug("forum").author("Ann Lee").tag("Trade").source("The Herald")).to_string();
        let french = server.article(Article::new("Forum").lang("fr").slug("forum").author("Ann Lee").tag("Trade")).to_string();
        for tag in ["en", "fr"] {
            for (path, kind) in [("people/ann-lee", "author"), ("tags/trade", "tag")] {
                let url = format!("https://{tag}.site.example/{path}");
                let data = found(server, &url);
                assert_eq!((&data["type"], &data["lang"], &data["url"], &data["current"]), (&json!(kind), &json!(tag), &json!(url), &json!(true)));
                let own = server.ok(&format!("/api/{kind}s/{}?lang={tag}", path.rsplit('/').next().unwrap())).json()["data"]["links"]["self"].as_str().unwrap().to_owned();
                let data = found(server, &format!("{own}?lang={tag}"));
                assert_eq!((&data["lang"], &data["url"], &data["current"]), (&json!(tag), &json!(url), &json!(true)), "{own}");
            }
            let source = found(server, &format!("/api/sources/the-herald?lang={tag}"));
            assert_eq!((&source["lang"], &source["current"]), (&json!(tag), &json!(true)));
        }
        assert_eq!(found(server, "/people/ann-lee")["lang"], Value::Null, "a path may be of any edition");
        assert_eq!(found(server, "/api/tags/trade")["lang"], Value::Null);
        let key = server.key(Role::Admin);
        changed(server, &key, "PATCH", "/api/authors/ann-lee", &json!({"slug": "a-lee"}));
        changed(server, &key, "PATCH", "/api/tags/trade", &json!({"slug": "commerce"}));
        for id in [&english, &french] {
            changed(server, &key, "PATCH", &format!("/api/articles/{id}"), &json!({"slug": "congress"}));
        }
        for tag in ["en", "fr"] {
            for (old, new) in [("people/ann-lee", "people/a-lee"), ("tags/trade", "tags/commerce"), ("a/forum", "a/congress")] {
                let data = found(server, &format!("https://{tag}.site.example/{old}"));
                let url = format!("https://{tag}.site.example/{new}");
                assert_eq!((&data["lang"], &data["url"], &data["current"]), (&json!(tag), &json!(url), &json!(false)), "{tag} {old}");
            }
        }
        changed(server, &key, "PATCH", "/api/editions/fr", &json!({"tag_url_template": "https://new.example/t/{slug}"}));
        let data = found(server, "https://fr.site.example/tags/commerce");
        assert_eq!((&data["lang"], &data["url"], &data["current"]), (&json!("fr"), &json!("https://new.example/t/commerce"), &json!(false)));
        server.withdraw(masthead::domain::id::Id::parse(&french).unwrap());
        assert_eq!(resolve(server, "https://fr.site.example/a/congress").status, 410, "that of the other host is another article");
    }

    fn old_addresses_are_found_and_are_not_current(server) {
        sited(server);
        let id = server.article(Article::new("Forum").section(&["World", "Events"]).author("Ann Lee").tag("Trade")).to_string();
        let key = server.key(Role::Admin);
        changed(server, &key, "PATCH", &format!("/api/articles/{id}"), &json!({"slug": "congress"}));
        changed(server, &key, "PATCH", "/api/sections/world", &json!({"slug": "globe"}));
        changed(server, &key, "PATCH", "/api/authors/ann-lee", &json!({"slug": "a-lee"}));
        changed(server, &key, "PATCH", "/api/tags/trade", &json!({"slug": "commerce"}));
        let section = server.ok("/api/sections/globe/events").json()["data"]["id"].as_str().unwrap().to_owned();
        let author = server.ok("/api/authors/a-lee").json()["data"]["id"].as_str().unwrap().to_owned();
        for (old, new, id) in [
            ("/en/world/events/forum", "/en/globe/events/congress", &id),
            ("https://example.org/en/world/events/congress", "https://example.org/en/globe/events/congress", &id),
            ("/api/articles/forum", "/api/articles/congress", &id),
            ("/topics/world/events", "/topics/globe/events", &section),
            ("/en/world/events", "/en/globe/events", &section),
            ("/api/sections/world/events", "/api/sections/globe%2Fevents", &section),
            ("/people/ann-lee", "https://example.org/people/a-lee", &author),
            ("/api/authors/ann-lee", "/api/authors/a-lee", &author),
            ("https://xn--fsqu00a.xn--0zwm56d/tags/trade", "/tags/commerce", &"commerce".to_owned()),
        ] {
            assert_eq!(meaning(server, old), (id.clone(), false), "{old}");
            assert_eq!(meaning(server, new), (id.clone(), true), "{new}");
            assert_eq!(found(server, old)["url"], found(server, new)["url"], "{old}");
        }
        assert_eq!(found(server, "/people/a-lee")["lang"], Value::Null);
        assert_eq!(found(server, "/en")["type"], "edition");
    }

    fn an_escaped_slash_is_no_slash_and_other_escapes_make_no_difference(server) {
        sited(server);
        let id = server.article(Article::new("Forum").slug("forum").section(&["World", "Events"])).to_string();
        let old = imported(server, "Old", "https://old.example.net/2019/old");
        for same in ["/en/world/%65vents/forum", "/en/w%6frld/x/../events/./forum", "https://example.org/en/w%6Frld/events/forum"] {
            assert_eq!(meaning(server, same), (id.clone(), true), "{same}");
        }
        for other in [
            "/en/world%2Fevents/forum", "/en/world%2fevents/forum", "/en/world/events%2Fforum", "https://example.org/en/world%2Fevents/forum",
            "/en%2Fworld/events/forum", "/topics/world%2Fevents", "https://example.org/topics/world%2Fevents", "/en/world%2Fevents",
            "https://old.example.net/2019%2Fold", "/2019%2Fold",
        ] {
            assert_eq!(resolve(server, other).status, 404, "{other}");
        }
        assert_eq!(meaning(server, "/2019/old").0, old);
    }

    fn an_address_of_today_wins_over_one_of_the_past(server) {
        sited(server);
        let key = server.key(Role::Admin);
        let old = server.article(Article::new("Events").slug("events").section(&["Archive"])).to_string();
        let section = server.article(Article::new("Other").section(&["World", "Events"]));
        let path = server.ok("/api/sections/world/events").json()["data"]["id"].as_str().unwrap().to_owned();
        assert_eq!(meaning(server, "/en/world/events"), (path, true), "the section, not the article of that slug elsewhere");
        changed(server, &key, "PATCH", &format!("/api/articles/{section}"), &json!({"slug": "moved"}));
        let other = server.article(Article::new("Other again").slug("other-again").section(&["World"])).to_string();
        assert_eq!(meaning(server, "/en/archive/events"), (old, true));
        assert_eq!(meaning(server, "/en/world/other-again"), (other, true));
    }

    fn what_was_withdrawn_answers_with_its_tombstone_and_a_draft_with_nothing(server) {
        sited(server);
        let public = imported(server, "Public", "https://old.example.net/2019/public?id=7");
        let draft = server.article(Article::new("Draft").status(Status::Draft));
        let hidden = server.import(&[json!({"lang": "en", "title": "Hidden", "url": "https://old.example.net/hidden", "status": "draft"})]);
        assert_eq!(hidden.summary.refused(), 0);
        let key = server.key(Role::Admin);
        changed(server, &key, "PATCH", &format!("/api/articles/{public}"), &json!({"slug": "renamed"}));
        server.withdraw(masthead::domain::id::Id::parse(&public).unwrap());
        server.withdraw(draft);
        for gone in ["https://old.example.net/2019/public?id=7", "/2019/public?id=7", "/en/renamed", "https://example.org/en/public", &format!("/api/articles/{public}")] {
            let response = resolve(server, gone);
            assert_eq!((response.status, &response.json()["id"]), (410, &json!(public)), "{gone}: {}", response.text());
        }
        for never in ["/en/draft", &format!("/api/articles/{draft}"), "https://old.example.net/hidden", "/hidden"] {
            assert_eq!(resolve(server, never).status, 404, "{never}");
        }
        let seen = server.request("GET", "/api/resolve?url=https://old.example.net/hidden").key(&key).send();
        assert_eq!((seen.status, &seen.json()["data"]["slug"]), (200, &json!("hidden")));
    }

    fn a_place_of_import_is_compared_in_the_normal_form(server) {
        sited(server);
        let one = imported(server, "One", "http://Старый.example.net:80/%e6%96%b0/~a/x?id=%2f1");
        let bare = imported(server, "Two", "https://old.example.net/story");
        let asked = imported(server, "Three", "https://old.example.net/story?page=2");
        for same in [
            "https://старый.example.net/新/%7ea/x/?id=%2F1#c", "https://xn--80asucf0d.example.net/%E6%96%B0/~a/y/../x?id=%2f1",
            "/新/~a/x?id=%2F1", "%E6%96%B0/~a/x?id=%2f1",
        ] {
            assert_eq!(meaning(server, same), (one.clone(), false), "{same}");
        }
        for (url, id) in [("https://old.example.net/story/", &bare), ("https://old.example.net/story?page=2", &asked),
            ("https://old.example.net/story?page=3", &bare), ("/story?page=2", &asked), ("/story?utm=x", &bare)] {
            assert_eq!(&meaning(server, url).0, id, "{url}");
        }
        assert_eq!(resolve(server, "/新/~a/x").status, 404, "an address that was imported with a query is not found without it");
    }

    fn hosts_that_nobody_named_lead_nowhere(server) {
        sited(server);
        let id = server.article(Article::new("Forum").section(&["World"])).to_string();
        imported(server, "One", "https://old.example.net/story");
        let base = server.app.base_url();
        for path in ["/en/world/forum", "/en/world", "/en", "/people/nobody", "/topics/world"] {
            for host in ["https://evil.example", "https://old.example.net", "https://example.org:8443", "https://example.org.evil.example"] {
                assert_eq!(resolve(server, &format!("{host}{path}")).status, 404, "{host}{path}");
            }
        }
        assert_eq!(resolve(server, &format!("https://evil.example/api/articles/{id}")).status, 404);
        assert_eq!(resolve(server, &format!("https://example.org/api/articles/{id}")).status, 404, "this service is elsewhere");
        assert_eq!(meaning(server, &format!("{base}/en/world/forum")).0, id);
        assert_eq!(found(server, "https://example.org/en/world")["type"], "section");
    }

    fn keys_that_a_migration_emptied_are_made_anew_by_reindex(server) {
        let id = imported(server, "One", "https://old.example.net/%e6%96%b0");
        server.write(|tx| -> Result<(), masthead::service::ServiceError> {
            use diesel::connection::SimpleConnection;
            let emptied = "UPDATE articles SET url_path = '', url_key = 'old.example.net/%e6%96%b0' WHERE url_key IS NOT NULL";
            tx.conn().batch_execute(emptied).map_err(masthead::store::StoreError::from)?;
            Ok(())
        });
        assert_eq!(resolve(server, "https://old.example.net/新").status, 404);
        let (store, addresses) = (&server.app.store, [Kind::Articles(Part::Addresses)]);
        let outcome = reindex::run(store, &server.app.clock, &addresses, &mut |_| {}).unwrap();
        assert_eq!(outcome.mended, 1);
        let key = server.key(Role::Admin);
        let seen = server.request("GET", "/api/resolve?url=https://old.example.net/%25E6%2596%25B0").key(&key).send();
        assert_eq!(seen.json()["data"]["id"], id, "{}", seen.text());
    }

    fn an_article_that_left_an_edition_is_found_at_its_address_there(server) {
        server.edition_at("en", "https://site.example/en/{slug}");
        server.edition_at("fr", "https://site.example/fr/{slug}");
        let id = server.article(Article::new("Forum").slug("forum")).to_string();
        let never = server.article(Article::new("Draft").slug("draft").status(Status::Draft)).to_string();
        let key = server.key(Role::Admin);
        for article in [&id, &never] {
            changed(server, &key, "PATCH", &format!("/api/articles/{article}"), &json!({"lang": "fr"}));
        }
        for old in ["https://site.example/en/forum", "/en/forum", "/api/articles/forum?lang=en"] {
            assert_eq!(meaning(server, old), (id.clone(), false), "{old}");
            assert_eq!(found(server, old)["url"], "https://site.example/fr/forum", "{old}");
        }
        assert_eq!(meaning(server, "https://site.example/fr/forum"), (id.clone(), true));
        let moved = server.get("/api/articles/forum?lang=en&fields=title");
        assert_eq!((moved.status, moved.header("location")), (308, "/api/articles/forum?fields=title&lang=fr"));
        assert_eq!(server.ok(moved.header("location")).json()["data"]["id"], id.as_str());
        assert_eq!(server.ok("/api/articles/forum").json()["data"]["id"], id.as_str());
        assert_eq!(resolve(server, "/en/draft").status, 404);
        // Whoever takes the slug there has the address.
        let other = server.article(Article::new("Other").slug("other")).to_string();
        changed(server, &key, "PATCH", &format!("/api/articles/{other}"), &json!({"slug": "forum"}));
        let slug = server.request("GET", &format!("/api/articles/{other}")).key(&key).send().json()["data"]["slug"].clone();
        assert_eq!(slug, "forum-2", "the address still leads to the other article");
        server.withdraw(masthead::domain::id::Id::parse(&id).unwrap());
        assert_eq!(resolve(server, "https://site.example/en/forum").status, 410);
    }

    fn an_article_that_left_an_edition_is_found_there_by_its_id(server) {
        server.edition_at("en", "https://site.example/en/{id}");
        server.edition_at("fr", "https://site.example/fr/{id}");
        let id = server.article(Article::new("Forum")).to_string();
        assert_eq!(resolve(server, &format!("https://site.example/fr/{id}")).status, 404, "it never was there");
        let key = server.key(Role::Admin);
        changed(server, &key, "PATCH", &format!("/api/articles/{id}"), &json!({"lang": "fr"}));
        assert_eq!(meaning(server, &format!("https://site.example/fr/{id}")), (id.clone(), true));
        assert_eq!(meaning(server, &format!("https://site.example/en/{id}")), (id, false));
    }

    fn addresses_by_templates_and_homes_of_the_past_lead_on(server) {
        sited(server);
        let id = server.article(Article::new("Forum").section(&["World"]).author("Ann Lee").tag("Trade")).to_string();
        let key = server.key(Role::Admin);
        let section = server.ok("/api/sections/world").json()["data"]["id"].as_str().unwrap().to_owned();
        let author = server.ok("/api/authors/ann-lee").json()["data"]["id"].as_str().unwrap().to_owned();
        let old = [
            ("https://example.org/en/world/forum", &id), ("https://example.org/topics/world", &section),
            ("https://example.org/people/ann-lee", &author), ("https://例子.测试/tags/trade", &"trade".to_owned()),
        ];
        for (url, id) in old {
            assert_eq!(meaning(server, url), (id.clone(), true), "{url}");
        }
        let change = |content: Value| { changed(server, &key, "PATCH", "/api/editions/en", &content); };
        change(json!({"url_template": "https://new.example/{year}/{slug}", "section_url_template": "https://new.example/s/{section_path}",
            "author_url_template": "https://new.example/a/{slug}", "tag_url_template": null, "home_path": "/home"}));
        for (url, id) in old {
            assert_eq!(meaning(server, url), (id.clone(), false), "{url}");
        }
        let page = found(server, "https://example.org/en/world/forum")["url"].as_str().unwrap().to_owned();
        assert!(page.starts_with("https://new.example/20") && page.ends_with("/forum"), "{page}");
        assert_eq!(meaning(server, &page), (id.clone(), true));
        assert_eq!(found(server, "https://example.org/people/ann-lee")["url"], "https://new.example/a/ann-lee");
        assert_eq!((found(server, "/en")["type"].as_str(), found(server, "/en")["current"].as_bool()), (Some("edition"), Some(false)));
        assert_eq!(meaning(server, "/home/world"), (section, true));
        assert_eq!(meaning(server, "/home/world/forum"), (id.clone(), false), "the template says where it is");
        // A second change, and a slug that moved meanwhile.
        changed(server, &key, "PATCH", &format!("/api/articles/{id}"), &json!({"slug": "congress"}));
        change(json!({"url_template": "https://newest.example/{slug}"}));
        for url in ["https://example.org/en/world/forum", &page, "https://new.example/1999/congress", "https://newest.example/forum"] {
            assert_eq!(meaning(server, url), (id.clone(), false), "{url}");
        }
        change(json!({"url_template": "https://example.org/{lang}/{section_path}/{slug}"}));
        assert_eq!(meaning(server, "https://example.org/en/world/congress"), (id, true), "what is back is no address of the past");
        assert_eq!(resolve(server, "https://evil.example/en/world/congress").status, 404);
    }

    fn of_two_editions_with_one_template_the_default_one_comes_first(server) {
        for tag in ["fr", "en"] {
            server.edition_at(tag, "https://site.example/{slug}");
        }
        let french = server.article(Article::new("Les deux").lang("fr").slug("both")).to_string();
        let english = server.article(Article::new("Both").slug("both")).to_string();
        let alone = server.article(Article::new("Seul").lang("fr").slug("seul")).to_string();
        assert_eq!(meaning(server, "https://site.example/both"), (english.clone(), true));
        assert_eq!(meaning(server, "https://site.example/seul"), (alone, true));
        let key = server.key(Role::Admin);
        changed(server, &key, "PATCH", &format!("/api/articles/{english}"), &json!({"slug": "left"}));
        assert_eq!(meaning(server, "https://site.example/both"), (french, true), "a present address wins over an old one");
        assert_eq!(meaning(server, "https://site.example/left"), (english, true));
    }
}
