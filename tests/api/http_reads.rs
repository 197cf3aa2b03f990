//! Single resources and plain lists.

use serde_json::json;

use super::builders::Article;

api_test! {
    fn an_article_is_read_by_id_and_by_slug(server) {
        server.edition("en", "Asia/Shanghai");
        let id = server.article(
            Article::new("Forum <SRD> calls & more")
                .published_at("2022-11-24T16:00:00Z")
                .author("Anna Weber")
                .section(&["INTERNATIONAL", "EVENTS"])
                .source("The Daily")
                .tag("Trade"),
        );
        let by_id = server.ok(&format!("/api/articles/{id}"));
        let article = &by_id.json()["data"];
        assert_eq!(article["title"], "Forum <SRD> calls & more");
        assert_eq!(article["slug"], "forum-srd-calls-more");
        assert_eq!(article["published_on"], "2022-11-25");
        assert_eq!(article["section"]["path"], "international/events");
        assert_eq!(article["body"]["format"], "html");
        assert_eq!(article["links"]["self"], format!("/api/articles/{id}"));
        assert_eq!(by_id.header("content-type"), "application/json");
        assert_eq!(by_id.header("content-language"), "en");
        let by_slug = server.ok("/api/articles/forum-srd-calls-more");
        assert_eq!(by_slug.json()["data"], *article);
    }

    fn the_body_comes_in_the_form_that_is_asked_for(server) {
        let id = server.article(Article::new("A").body("<p>One <em>two</em></p><p>three</p>"));
        let body = |form: &str| server.ok(&format!("/api/articles/{id}?body={form}")).json()["data"]["body"].clone();
        assert_eq!(body("html")["content"], "<p>One <em>two</em></p><p>three</p>");
        assert_eq!(body("text"), json!({"format": "text", "content": "One two\n\nthree"}));
        assert_eq!(body("blocks")["content"][0]["type"], "paragraph");
        assert!(body("none").is_null());
        let picked = server.ok(&format!("/api/articles/{id}?fields=title")).json();
        assert_eq!(picked["data"], json!({"id": id.to_string(), "lang": "en", "title": "A"}));
    }

    fn a_work_is_read_in_the_first_language_that_it_has(server) {
        let id = server.article(Article::new("Bonjour").lang("fr"));
        let work = server.work_of(id);
        server.article(Article::new("Hello").of_work(work));
        let title = |lang: &str| server.get(&format!("/api/articles/{id}?lang={lang}")).json()["data"]["title"].clone();
        assert_eq!(title("en"), "Hello");
        assert_eq!(title("zh,FR,en"), "Bonjour");
        assert_eq!(server.get(&format!("/api/articles/{id}?lang=zh")).status, 404);
        let slug = server.get("/api/articles/hello?lang=fr,en");
        assert_eq!((slug.status, slug.wrong_parameters()), (400, vec!["lang".to_owned()]));
        assert_eq!(server.get("/api/articles/hello?lang=fr").status, 404);
    }

    fn the_taxonomy_is_read_by_id_slug_and_path(server) {
        server.article(Article::new("A").author("Anna Weber").section(&["World", "Asia"]).source("The Daily").tag("Trade"));
        for (list, name, slug) in [
            ("/api/authors", "Anna Weber", "anna-weber"),
            ("/api/sources", "The Daily", "the-daily"),
            ("/api/tags", "Trade", "trade"),
        ] {
            let rows = server.ok(&format!("{list}?include=article_count")).json();
            assert_eq!(rows["data"][0]["name"], name);
            assert_eq!(rows["data"][0]["article_count"], 1);
            let one = server.ok(&format!("{list}/{slug}")).json();
            assert_eq!(one["data"]["name"], name);
            assert!(one["data"]["article_count"].is_null());
            assert_eq!(server.get(&format!("{list}/nobody")).problem(), "not_found");
        }
        let raw = server.ok("/api/sections/world/asia?lang=en").json();
        assert_eq!(raw, server.ok("/api/sections/world%2Fasia").json());
        assert_eq!(raw["data"]["path"], "world/asia");
        let id = raw["data"]["id"].as_str().unwrap();
        assert_eq!(server.ok(&format!("/api/sections/{id}")).json(), raw);
        assert_eq!(server.get("/api/sections/world/africa").status, 404);
        let tree = server.ok("/api/sections?lang=en&tree=true&fields=name").json();
        assert_eq!(tree["data"][0]["children"][0]["name"], "Asia");
        assert!(tree["data"][0]["children"][0]["slug"].is_null());
        assert_eq!(server.ok("/api/sections?lang=en").column("path"), ["world", "world/asia"]);
        assert_eq!(server.ok("/api/editions/EN").json()["data"]["lang"], "en");
        assert_eq!(server.get("/api/editions/e_n").status, 404);
    }

    fn related_articles_are_a_list_of_articles(server) {
        let id = server.article(Article::new("A").tag("Trade"));
        server.article(Article::new("B").tag("Trade"));
        let related = server.ok(&format!("/api/articles/{id}/related"));
        assert_eq!(related.column("title"), ["B"]);
        assert_eq!(related.json()["meta"]["limit"], 20);
        let whole = server.ok(&format!("/api/articles/{id}?include=related")).json();
        assert_eq!(whole["data"]["related"][0]["title"], "B");
        assert_eq!(server.get("/api/articles/nothing/related").status, 404);
    }

    fn an_address_resolves_to_what_it_shows(server) {
        let id = server.article(Article::new("A").section(&["World"]));
        let found = server.ok(&format!("/api/resolve?url=/api/articles/{id}")).json();
        assert_eq!(found["data"]["type"], "article");
        assert_eq!(found["data"]["id"], id.to_string());
        assert_eq!(found["data"]["links"]["self"], format!("/api/articles/{id}"));
        assert_eq!(server.ok("/api/resolve?url=%2Fen%2Fworld").json()["data"]["type"], "section");
        assert_eq!(server.ok("/api/resolve?url=%2Fen").json()["data"]["links"]["self"], "/api/editions/en");
        assert_eq!(server.get("/api/resolve?url=/nowhere").problem(), "not_found");
        assert_eq!(server.get("/api/resolve").wrong_parameters(), ["url"]);
    }
}
