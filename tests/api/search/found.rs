//! Searches and all that they find, count, order, mark and suggest.

use std::collections::BTreeSet;

use masthead::domain::access::Limits;
use masthead::domain::partner::Contract;
use serde_json::{Value, json};

use super::{encoded, expected, mineral_world, search, settle, sorted, titles};
use crate::builders::{Article, lang};

api_test! {
    fn searches_find_exactly_what_each_form_says(server) {
        mineral_world(server);
        let has = |word: &'static str| move |text: &[&str]| text.contains(&word);
        let (amber, basalt) = (has("amber"), has("basalt"));
        let beside = |text: &[&str]| text.windows(2).any(|pair| pair == ["amber", "cobalt"]);
        for (query, found) in [
            ("amber", expected(amber)),
            ("AMBER", expected(amber)),
            ("amber -basalt", expected(|t| amber(t) && !basalt(t))),
            ("amber OR basalt", expected(|t| amber(t) || basalt(t))),
            ("\"amber cobalt\"", expected(beside)),
            ("title:amber", Vec::new()),
            ("title:piece -amber", expected(|t| !amber(t))),
            ("dolo*", expected(has("dolomite"))),
            ("emarald", expected(has("emerald"))),
            ("((\"amber", expected(amber)),
            ("\"amber\" \"basalt\"", expected(|t| amber(t) && basalt(t))),
        ] {
            assert_eq!(sorted(titles(server, query, "")), found, "{query}");
        }
        // Fewer than twenty hold all five; those that lack one come after.
        let five = titles(server, "amber basalt cobalt dolomite emerald", "");
        assert_eq!(sorted(five[..2].to_vec()), ["Piece 31", "Piece 63"]);
        assert_eq!(five.len(), 2 + 2 * 5);
    }

    fn every_count_of_a_facet_is_what_its_filter_finds(server) {
        mineral_world(server);
        let (partner, _) = server.partner(
            Limits { langs: vec![lang("en")], ..Limits::default() },
            Contract::default(),
        );
        let filter = |facet: &str, value: &str| match facet {
            "year" => format!("&published_from={value}&published_to={value}"),
            facet => format!("&{facet}={value}"),
        };
        settle(server);
        let ask = |target: &str, key: Option<&str>| {
            let request = server.request("GET", target);
            let response = match key {
                Some(key) => request.key(key).send(),
                None => request.send(),
            };
            assert_eq!(response.status, 200, "{target}: {}", response.text());
            response.json()
        };
        let facets = ["section", "author", "tag", "lang", "year"];
        let queries = ["amber", "amber basalt cobalt dolomite emerald"];
        for (own, others) in [("", ""), ("&tag=red", ""), ("&lang=en", "&tag=blue"), ("&author=bob", "")] {
            for (query, key) in queries.iter().flat_map(|q| [(q, None), (q, Some(partner.as_str()))]) {
                let target = format!("/api/search?q={}{own}{others}&facets={}", encoded(query), facets.join(","));
                let told = ask(&target, key);
                for facet in facets {
                    let rows = told["meta"]["facets"][facet].as_array().unwrap();
                    assert!(!rows.is_empty(), "{target}: {facet}");
                    for row in rows {
                        let parts = [own, others].into_iter();
                        let kept: String = parts.filter(|part| !part.starts_with(&format!("&{facet}="))).collect();
                        let value = filter(facet, row["value"].as_str().unwrap());
                        let found = ask(&format!("/api/search?q={}{kept}{value}", encoded(query)), key);
                        assert_eq!(found["meta"]["total"], row["count"], "{target}: {row}");
                    }
                }
            }
        }
    }

    fn sorts_and_filters_are_those_of_lists(server) {
        mineral_world(server);
        let amber = expected(|text| text.contains(&"amber"));
        for sort in ["published_at", "-published_at", "updated_at", "title", "-title"] {
            let listed = server.ok(&format!("/api/articles?sort={sort}&limit=100")).column("title");
            let listed: Vec<String> = listed.into_iter().filter(|title| amber.contains(title)).collect();
            assert_eq!(titles(server, "amber", &format!("&sort={sort}")), listed, "{sort}");
        }
        for filter in ["&section=news/world", "&tag=red", "&tag=red,blue", "&author=bob", "&lang=fr", "&published_from=2022&published_to=2022-12-31"] {
            let listed = server.ok(&format!("/api/articles?limit=100{filter}")).column("title");
            let listed = listed.into_iter().filter(|title| amber.contains(title)).collect();
            assert_eq!(sorted(titles(server, "amber", filter)), sorted(listed), "{filter}");
            let on_list = server.ok(&format!("/api/articles?q=amber&limit=100{filter}"));
            assert_eq!(sorted(on_list.column("title")), sorted(titles(server, "amber", filter)));
        }
        // An id that no article of this service can have is an id all the same.
        for id in ["00000000-0000-0000-0000-000000000000", "15b62ead-b9df-4ad7-a2f2-344e25ba64d3"] {
            assert!(titles(server, "amber", &format!("&id={id}")).is_empty());
            assert_eq!(server.ok(&format!("/api/articles?q=amber&id={id}&count=exact")).json()["meta"]["total"], 0);
        }
        let best = server.ok("/api/articles?q=amber&sort=relevance&count=exact&limit=5");
        assert_eq!(best.column("title"), titles(server, "amber", "")[..5]);
        assert_eq!(best.json()["meta"]["total"], 32);
    }

    fn an_ordered_fallback_finds_each_work_once(server) {
        let english = server.article(Article::new("The river").body("<p>river rivière</p>"));
        let work = server.work_of(english);
        server.article(Article::new("La rivière").lang("fr").of_work(work).body("<p>river rivière</p>"));
        server.article(Article::new("Alone").body("<p>river</p>"));
        assert_eq!(sorted(titles(server, "river", "&lang=fr,en")), ["Alone", "La rivière"]);
        assert_eq!(sorted(titles(server, "river", "&lang=en,fr")), ["Alone", "The river"]);
        assert_eq!(titles(server, "river", "&lang=fr"), ["La rivière"]);
        assert_eq!(titles(server, "river", "").len(), 3);
    }

    fn highlights_show_where_it_matched_and_escape_all_else(server) {
        server.article(Article::new("A <b>quota</b> & more").body("<p>Some \"quotas\" &lt;script&gt; here</p>"));
        let hit = search(server, "quota", "&highlight=true").json()["data"][0].clone();
        assert_eq!(hit["highlights"]["title"], "A &lt;b&gt;<mark>quota</mark>&lt;/b&gt; &amp; more");
        assert_eq!(hit["highlights"]["summary"], Value::Null);
        assert_eq!(hit["highlights"]["body"], json!(["Some &quot;<mark>quotas</mark>&quot; &lt;script&gt; here"]));
        assert!(hit["score"].as_f64().unwrap() > 0.0 && hit.get("body").is_none());
        let plain = search(server, "quota", "").json()["data"][0].clone();
        assert!(plain.get("highlights").is_none());
        let picked = search(server, "quota", "&fields=title").json()["data"][0].clone();
        assert!(picked["score"].is_number() && picked.get("slug").is_none());
    }

    fn suggestions_come_by_the_start_of_words(server) {
        server.article(Article::new("Silent spring returns").author("Silvia Long").tag("silver").section(&["Silicon"]));
        server.article(Article::new("The silent sea").published_at("2025-02-01T00:00:00Z"));
        server.article(Article::new("Unsilenced"));
        settle(server);
        let offered = |typed: &str| {
            let found = server.ok(&format!("/api/search/suggest?q={}", encoded(typed))).json();
            let rows = found["data"].as_array().unwrap().iter();
            rows.map(|row| (row["type"].as_str().unwrap().to_owned(), row["label"].as_str().unwrap().to_owned())).collect::<BTreeSet<_>>()
        };
        let pairs = |rows: &[(&str, &str)]| rows.iter().map(|(kind, label)| ((*kind).to_owned(), (*label).to_owned())).collect::<BTreeSet<_>>();
        assert_eq!(offered("sil"), pairs(&[
            ("article", "Silent spring returns"), ("article", "The silent sea"),
            ("author", "Silvia Long"), ("section", "Silicon"), ("tag", "silver"),
        ]));
        assert_eq!(offered("silent sp"), pairs(&[("article", "Silent spring returns")]));
        let first = server.ok("/api/search/suggest?q=silent&limit=1").json()["data"][0].clone();
        assert_eq!(first["label"], "Silent spring returns");
        assert!(first["url"].as_str().unwrap().starts_with("http") && first["lang"] == "en");
        let key = server.key(masthead::domain::access::Role::Admin);
        let templates = json!({"url_template": "https://site.example/{slug}", "section_url_template": "https://site.example/in/{section_path}",
            "author_url_template": "https://site.example/by/{slug}"});
        let section = server.ok("/api/sections/silicon").json()["data"]["id"].as_str().unwrap().to_owned();
        let urls = || {
            let found = server.ok("/api/search/suggest?q=sil").json();
            let rows = found["data"].as_array().unwrap().clone();
            rows.into_iter().map(|row| (row["label"].as_str().unwrap().to_owned(), row["url"].as_str().unwrap().to_owned())).collect::<BTreeSet<_>>()
        };
        let base = server.app.base_url();
        assert!(urls().contains(&("Silicon".to_owned(), format!("{base}/api/sections/{section}"))), "{:?}", urls());
        let patched = server.request("PATCH", "/api/editions/en").key(&key).if_match("*").json(&templates).send();
        assert_eq!(patched.status, 200, "{}", patched.text());
        settle(server);
        let urls = urls();
        for (label, url) in [
            ("Silvia Long", "https://site.example/by/silvia-long"), ("Silicon", "https://site.example/in/silicon"),
            ("The silent sea", "https://site.example/the-silent-sea"), ("silver", &format!("{base}/api/tags/silver")),
        ] {
            assert!(urls.contains(&(label.to_owned(), url.to_owned())), "{label}: {urls:?}");
        }
    }

    fn bad_parameters_are_told_and_hostile_queries_have_an_answer(server) {
        server.article(Article::new("A b").body("<p>c d</p>"));
        settle(server);
        for (target, parameter) in [
            ("/api/search", "q"), ("/api/search?q=", "q"), ("/api/search?q=%20", "q"),
            ("/api/search?q=a&facets=colour", "facets"), ("/api/search?q=a&sort=best", "sort"),
            ("/api/search?q=a&status=draft", "status"), ("/api/articles?sort=relevance", "sort"),
            ("/api/search?q=a&cursor=AAAA", "cursor"), ("/api/search/suggest", "q"), ("/api/search/suggest?q=a&limit=51", "limit"),
        ] {
            let response = server.get(target);
            assert_eq!(response.status, 400, "{target}");
            assert_eq!(response.wrong_parameters(), [parameter], "{target}");
        }
        let signs = ["(", ")", "\"", "*", "-", " OR ", "title:", "a", "\u{202e}", "中", "^2", "\\", " ", "'", "[", "~", "\u{1f600}", "é"];
        for n in 0..300_usize {
            let query: String = (0..n % 37 + 1).map(|k| signs[(n * 31 + k * (n % 7 + 3)) % signs.len()]).collect();
            if query.trim().is_empty() { continue; }
            let response = server.get(&format!("/api/search?q={}&highlight=true&facets=year", encoded(&query)));
            assert!(response.status == 200, "{query:?}: {}", response.text());
        }
        let long = server.ok(&format!("/api/search?q={}", encoded(&"word ".repeat(400)))).json();
        assert_eq!(long["meta"]["query_cut"], true);
        assert_eq!(server.get("/api/search?q=%ED%A0%80").status, 400);
        for target in ["/api/search?q=%00", "/api/search/suggest?q=a%00", "/api/resolve?url=%00", "/api/articles?sort=relevance&q=%00"] {
            let refused = server.get(target).json();
            assert_eq!(refused["errors"].as_array().unwrap().len(), 1, "{target}: {refused}");
        }
        let longest = server.ok(&format!("/api/search?q={}", "%28".repeat(10_000))).json();
        assert_eq!(longest["meta"]["query_cut"], true);
    }
}
