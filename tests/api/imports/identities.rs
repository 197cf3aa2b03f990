//! The identities of records: works, ids, slugs and addresses.

use serde_json::{Value, json};

use super::record;

api_test! {
    fn records_of_one_translation_key_are_one_work(server) {
        let keyed = |id: &str, lang: &str, title: &str| {
            let mut keyed = record(id, title);
            keyed["lang"] = json!(lang);
            keyed["translation_key"] = json!("forum");
            keyed
        };
        server.import(&[keyed("1", "en", "Forum"), keyed("2", "zh-Hans", "论坛")]);
        let told = server.import(&[keyed("3", "fr", "Le forum"), keyed("4", "en", "Forum again")]);
        assert_eq!(told.verdicts(), [(2, "altered", "translation_taken")]);
        let others = |slug: &str| {
            let article = server.article_at(slug);
            let others = article["translations"].as_array().unwrap().clone();
            others.iter().map(|other| other["lang"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(others("forum"), ["fr", "zh-Hans"]);
        assert_eq!(others("le-forum"), ["en", "zh-Hans"]);
        assert!(others("forum-again").is_empty());
        assert_eq!(server.ok("/api/articles?lang=zh,fr,en&count=exact").json()["meta"]["total"], 2);
    }

    fn an_external_id_is_one_per_source(server) {
        let of = |source: Option<&str>, title: &str| {
            let mut record = record("42", title);
            record["source"] = json!(source);
            record
        };
        let told = server.import(&[of(Some("Wire"), "By wire"), of(Some("Post"), "By post"), of(None, "By hand"), of(Some("Wire"), "By wire again")]);
        assert_eq!((told.created(), told.updated()), (3, 1));
        assert_eq!(server.titles(), ["By hand", "By post", "By wire again"]);
        let again = server.import(&[of(Some("Post"), "By post"), of(None, "By hand, changed")]);
        assert_eq!((again.unchanged(), again.updated()), (1, 1));
    }

    fn an_id_of_ours_is_the_article_s_own_and_any_other_is_external(server) {
        let own = "018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b";
        let foreign = "018a0b1c-2d3e-4f40-8a1b-2c3d4e5f6a7b";
        server.import(&[record(own, "Ours"), record(foreign, "Theirs")]);
        assert_eq!(server.article_at("ours")["id"], own);
        assert_ne!(server.article_at("theirs")["id"], foreign);
        let told = server.import(&[json!({"id": own, "external_id": "x", "lang": "en", "title": "Ours", "published_at": "2024-05-01T08:00:00Z"})]);
        assert_eq!(told.updated(), 1);
        assert_eq!(server.titles(), ["Ours", "Theirs"]);
        let lines: Vec<Value> = server.exported().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let articles: Vec<_> = lines.iter().filter(|line| line["type"] == "article").map(|line| (&line["id"], &line["external_id"])).collect();
        assert!(articles.contains(&(&json!(own), &json!("x"))));
        assert!(articles.iter().any(|(id, external)| *id != foreign && *external == foreign));
    }

    fn a_slug_that_had_to_change_is_reported_and_the_written_one_resolves(server) {
        let with_slug = |id: &str, title: &str, slug: &str| {
            let mut record = record(id, title);
            record["slug"] = json!(slug);
            record
        };
        let told = server.import(&[
            with_slug("1", "One", "Le « Forum »: l’été "),
            with_slug("2", "Two", "taken"),
            with_slug("3", "Three", "taken"),
            with_slug("4", "Four", "???"),
        ]);
        assert_eq!(told.verdicts(), [(1, "altered", "slug_changed"), (3, "altered", "slug_changed"), (4, "altered", "slug_changed")]);
        let leads = |written: &str, to: &str| {
            let moved = server.get(&format!("/api/articles/{written}"));
            assert_eq!((moved.status, moved.header("location")), (308, format!("/api/articles/{to}").as_str()), "{written}");
            server.ok(moved.header("location"));
        };
        leads("Le%20%C2%AB%20Forum%20%C2%BB%3A%20l%E2%80%99%C3%A9t%C3%A9%20", "le-forum-l-%C3%A9t%C3%A9");
        leads("%3F%3F%3F", "four");
        assert_eq!(server.article_at("taken")["title"], "Two");
        assert_eq!(server.article_at("taken-2")["title"], "Three");
    }

    fn a_written_slug_goes_on_leading_to_the_first_article_that_had_it(server) {
        let with_slug = |id: &str, title: &str| {
            let mut record = record(id, title);
            record["slug"] = json!("Same Slug");
            record
        };
        server.import(&[with_slug("1", "One"), with_slug("2", "Two")]);
        assert_eq!(server.article_at("same-slug-2")["title"], "Two");
        assert_eq!(server.get("/api/articles/Same%20Slug").header("location"), "/api/articles/same-slug");
    }

    fn many_articles_of_one_title_get_a_slug_each(server) {
        let records: Vec<Value> = (0..30).map(|n| record(&format!("r{n}"), "Market report")).collect();
        let told = server.import(&records);
        assert_eq!((told.created(), told.verdicts().len()), (30, 0));
        let mut slugs = server.ok("/api/articles?limit=100").column("slug");
        slugs.sort();
        slugs.dedup();
        assert_eq!(slugs.len(), 30);
        assert!(slugs.contains(&"market-report".to_owned()) && slugs.contains(&"market-report-30".to_owned()));
    }

    fn an_address_of_a_record_resolves_to_its_article(server) {
        let mut public = record("a", "A");
        public["url"] = json!("https://Example.org/2024/É-a?b=1#top");
        let mut hidden = record("b", "B");
        hidden["url"] = json!("https://example.org/hidden");
        hidden["status"] = json!("draft");
        server.import(&[public, hidden]);
        let id = server.article_at("a")["id"].clone();
        for written in ["https://Example.org/2024/É-a?b=1", "http://example.org/2024/%C3%89-a?b=1", "https://example.org:443/2024/%C3%89-a?b=1%23x"] {
            let encoded = percent_encoding::utf8_percent_encode(written, percent_encoding::NON_ALPHANUMERIC);
            let found = server.get(&format!("/api/resolve?url={encoded}"));
            let wanted = if written.ends_with("%23x") { Value::Null } else { id.clone() };
            assert_eq!(found.json()["data"]["id"], wanted, "{written}");
        }
        assert_eq!(server.get("/api/resolve?url=https://example.org/hidden").status, 404);
    }
}
