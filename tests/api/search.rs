//! Search as clients meet it: what is found, counted, marked and suggested, and that nothing is which the caller may not see.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use masthead::domain::access::{Limits, Role};
use masthead::domain::article::Status;
use masthead::domain::id::Id;
use masthead::domain::partner::Contract;
use masthead::worker::search::Indexer;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::builders::{Article, lang};
use super::client::Response;
use super::harness::TestServer;

/// Maximum time until a write is found.
const FRESH: Duration = Duration::from_secs(2);

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// Waits until the index has come to the end of the log.
fn settle(server: &TestServer) {
    let began = Instant::now();
    let end = || {
        server
            .app
            .store
            .read(masthead::store::changes::latest_seq)
            .unwrap()
    };
    let indexed = || {
        server
            .app
            .search
            .reading()
            .is_some_and(|reading| reading.stamp().seq >= end())
    };
    while !indexed() {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "the index does not come"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn search(server: &TestServer, query: &str, rest: &str) -> Response {
    settle(server);
    server.ok(&format!("/api/search?q={}{rest}", encoded(query)))
}

/// The titles of all hits, over all pages, in order; each page tells the same total.
fn titles(server: &TestServer, query: &str, rest: &str) -> Vec<String> {
    settle(server);
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = server
            .ok(&format!(
                "/api/search?q={}&limit=7{rest}{cursor}",
                encoded(query)
            ))
            .json();
        let titled = page["data"].as_array().unwrap().iter();
        found.extend(titled.map(|hit| hit["title"].as_str().unwrap().to_owned()));
        let Some(next) = page["meta"]["next_cursor"].as_str() else {
            assert_eq!(page["meta"]["total"], found.len(), "{query}{rest}");
            return found;
        };
        cursor = format!("&cursor={next}");
    }
}

fn sorted(mut titles: Vec<String>) -> Vec<String> {
    titles.sort();
    titles
}

fn words(n: usize) -> String {
    const WORDS: [&str; 6] = ["amber", "basalt", "cobalt", "dolomite", "emerald", "flint"];
    let own = (0..6).filter(|bit| n >> bit & 1 == 1).map(|bit| WORDS[bit]);
    own.collect::<Vec<_>>().join(" ")
}

/// Sixty-three articles, each with another choice of six words, in two sections, three tags and two editions.
fn mineral_world(server: &TestServer) {
    let article = |n: usize| {
        let lang = if n.is_multiple_of(5) { "fr" } else { "en" };
        let section: &[&str] = if n.is_multiple_of(2) {
            &["News", "World"]
        } else {
            &["News"]
        };
        Article::new(&format!("Piece {n}"))
            .lang(lang)
            .section(section)
            .tag(["red", "green", "blue"][n % 3])
            .author(["Ann", "Bob"][n % 2])
            .published_at(&format!("20{}-05-01T00:00:00Z", 20 + n % 4))
            .body(&format!("<p>{}.</p>", words(n)))
    };
    server.articles((1..64).map(article).collect());
}

/// The titles that a condition on the words of a body holds for.
fn expected(holds: impl Fn(&[&str]) -> bool) -> Vec<String> {
    let own = (1..64).filter(|n| {
        let text = words(*n);
        holds(&text.split(' ').collect::<Vec<_>>())
    });
    sorted(own.map(|n| format!("Piece {n}")).collect())
}

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

    fn nothing_tells_of_what_the_public_may_not_see(server) {
        let shown = server.article(Article::new("Shown").tag("opentag").author("Open Author").body("<p>common</p>"));
        server.article(Article::new("Draftword").status(Status::Draft).tag("drafttag").author("Draft Author").body("<p>common draftonly</p>"));
        server.scheduled("Scheduledword", 3_600);
        server.article(Article::new("Embargoword").embargo_until(server.now()).body("<p>x</p>"));
        let gone = server.article(Article::new("Goneword").tag("gonetag").body("<p>common goneonly</p>"));
        settle(server);
        server.withdraw(gone);
        // At once on its node, before the index has followed.
        let first = server.ok("/api/search?q=common&facets=tag").json();
        assert_eq!(first["meta"]["total"], 1);
        assert_eq!(first["meta"]["facets"]["tag"], json!([{"value": "opentag", "label": "opentag", "count": 1}]));
        assert_eq!(first["data"][0]["id"], json!(shown.to_string()));
        let key = server.key(Role::Admin);
        for word in ["draftonly", "draftword", "draftonlu", "scheduledword", "goneonly", "goneonlu", "goneword", "draftonly*", "\"goneonly\""] {
            for token in [None, Some(key.as_str())] {
                settle(server);
                let request = server.request("GET", &format!("/api/search?q={}&highlight=true&facets=tag,author", encoded(word)));
                let answer = match token { Some(key) => request.key(key).send(), None => request.send() }.json();
                assert_eq!(answer["meta"]["total"], 0, "{word}");
                assert!(answer["meta"].get("did_you_mean").is_none(), "{word}: {answer}");
            }
        }
        for typed in ["draf", "gone", "sched", "drafttag", "gonetag"] {
            let offered = server.ok(&format!("/api/search/suggest?q={typed}")).json();
            assert_eq!(offered["data"], json!([]), "{typed}");
        }
    }

    fn an_embargo_opens_at_its_time(server) {
        let until = masthead::domain::time::Timestamp::from_millis(server.now().millis() + 60_000);
        server.article(Article::new("Later").embargo_until(until).body("<p>embargoedword</p>"));
        assert!(titles(server, "embargoedword", "").is_empty());
        server.pass(61);
        let began = Instant::now();
        while titles(server, "embargoedword", "") != ["Later"] {
            assert!(began.elapsed() < Duration::from_secs(10));
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn a_partner_finds_what_its_contract_shows(server) {
        server.article(Article::new("Inside").section(&["World"]).tag("inner").body("<p>wanted insideonly</p>"));
        server.article(Article::new("Outside").section(&["Sport"]).tag("outer").body("<p>wanted outsideonly</p>"));
        server.article(Article::new("Recent").section(&["World"]).published_at("2025-06-01T11:59:00Z").body("<p>wanted recentonly</p>"));
        let section = server.section_at("world").id;
        let limits = Limits { sections: vec![section], ..Limits::default() };
        let late = Contract { embargo_offset: 3_600, ..Contract::default() };
        let (partner, _) = server.partner(limits.clone(), late);
        let summaries = Contract { summary_only: true, ..Contract::default() };
        let (summaries, _) = server.partner(limits, summaries);
        settle(server);
        let ask = |key: &str, rest: &str| server.request("GET", &format!("/api/search{rest}")).key(key).send().json();
        let found = ask(&partner, "?q=wanted&facets=tag,section");
        assert_eq!(found["meta"]["total"], 1);
        assert_eq!(found["meta"]["facets"]["tag"].as_array().unwrap().len(), 1);
        for word in ["outsideonly", "outsideonlu", "recentonly", "outs*"] {
            let found = ask(&partner, &format!("?q={}", encoded(word)));
            assert_eq!((found["meta"]["total"].clone(), found["meta"].get("did_you_mean")), (json!(0), None), "{word}");
        }
        assert_eq!(ask(&partner, "/suggest?q=out")["data"], json!([]));
        for word in ["insideonly", "insideonlu", "\"insideonly\"", "inside*", "wanted"] {
            let found = ask(&summaries, &format!("?q={}&highlight=true", encoded(word)));
            let titles: Vec<&str> = found["data"].as_array().unwrap().iter().map(|hit| hit["title"].as_str().unwrap()).collect();
            let expected: &[&str] = if word == "inside*" { &["Inside"] } else { &[] };
            assert_eq!(titles, expected, "{word}");
            assert!(!found.to_string().contains("insideonly\""), "{word}: {found}");
        }
        let found = ask(&summaries, "?q=inside&highlight=true");
        assert_eq!(found["data"][0]["highlights"], json!({"title": "<mark>Inside</mark>", "summary": null, "body": []}));
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

    fn a_write_is_found_within_two_seconds_and_answers_are_kept_only_when_current(server) {
        assert!(titles(server, "freshword", "").is_empty());
        let began = Instant::now();
        let id = server.article(Article::new("Fresh").body("<p>freshword</p>"));
        while server.ok("/api/search?q=freshword").json()["meta"]["total"] != 1 {
            assert!(began.elapsed() < FRESH, "not found within two seconds");
            std::thread::sleep(Duration::from_millis(20));
        }
        server.change(id, |content| content.body = "<p>otherword</p>".to_owned());
        let began = Instant::now();
        while server.ok("/api/search?q=otherword").json()["meta"]["total"] != 1 {
            assert!(began.elapsed() < FRESH);
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(titles(server, "freshword", "").is_empty());
        let answer = search(server, "otherword", "");
        assert!(answer.header("cache-control").contains("max-age") && !answer.header("etag").is_empty());
        assert!(answer.header("surrogate-key").contains(&format!("article:{id}")));
    }

    fn a_moved_section_moves_what_its_filter_finds(server) {
        server.article(Article::new("Mover").section(&["Old", "Inner"]).body("<p>movable</p>"));
        server.article(Article::new("Other").section(&["New"]));
        let key = server.key(Role::Admin);
        let inner = server.section_at("old/inner").id;
        assert_eq!(titles(server, "movable", "&section=old"), ["Mover"]);
        let moved = server.request("PATCH", &format!("/api/sections/{inner}")).key(&key).if_match("*").json(&json!({"parent": "new"})).send();
        assert_eq!(moved.status, 200, "{}", moved.text());
        assert_eq!(titles(server, "movable", "&section=new"), ["Mover"]);
        assert!(titles(server, "movable", "&section=old").is_empty());
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

    fn two_nodes_find_the_same_and_a_made_anew_index_does_too(server) {
        mineral_world(server);
        let other = server.beside();
        assert_eq!(titles(&other, "amber basalt", ""), titles(server, "amber basalt", ""));
        let made = server.app.search.make_anew(&server.app.store).unwrap();
        assert_eq!(made, 63);
        assert_eq!(titles(server, "amber", "").len(), 32);
        server.article(Article::new("One more").body("<p>amber</p>"));
        assert_eq!(titles(&other, "amber", "").len(), 33);
    }
}

#[test]
fn an_index_that_was_deleted_while_it_served_is_made_anew() {
    let server = TestServer::on_sqlite();
    server.article(Article::new("One").body("<p>lasting</p>"));
    assert_eq!(titles(&server, "lasting", "").len(), 1);
    let folder = server.app.config.search_dir.clone().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    assert_eq!(
        server.ok("/api/search?q=lasting").json()["meta"]["total"],
        1
    );
    server.article(Article::new("Two").body("<p>lasting</p>"));
    let began = Instant::now();
    while server.ok("/api/search?q=lasting").json()["meta"]["total"] != 2 {
        assert!(began.elapsed() < Duration::from_secs(15));
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The folder in which the server keeps its index.
fn node_of(server: &TestServer) -> std::path::PathBuf {
    server.app.search.folder().unwrap()
}

#[test]
fn a_deleted_folder_is_taken_again_and_kept_from_others() {
    let server = TestServer::on_sqlite();
    server.article(Article::new("One").body("<p>lasting</p>"));
    assert_eq!(titles(&server, "lasting", "").len(), 1);
    let folder = server.app.config.search_dir.clone().unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let place = server.app.config.search_place();
    let began = Instant::now();
    while masthead::search::folders::taken_folders(&place).is_empty() {
        assert!(began.elapsed() < Duration::from_secs(15));
        std::thread::sleep(Duration::from_millis(50));
    }
    let other = Indexer::open(&place);
    assert_eq!(other.make_anew(&server.app.store).unwrap(), 1);
    server.article(Article::new("Two").body("<p>lasting</p>"));
    assert_eq!(titles(&server, "lasting", "").len(), 2);
}

#[test]
fn an_index_that_is_overwritten_while_it_serves_is_made_anew() {
    let server = TestServer::on_sqlite();
    server.article(Article::new("One").body("<p>lasting</p>"));
    assert_eq!(titles(&server, "lasting", "").len(), 1);
    let node = node_of(&server);
    let entries = std::fs::read_dir(node).unwrap().flatten();
    let index = entries.map(|entry| entry.path()).find(|path| path.is_dir());
    for file in std::fs::read_dir(index.unwrap()).unwrap().flatten() {
        std::fs::write(file.path(), [0xa5; 900]).unwrap();
    }
    server.article(Article::new("Two").body("<p>lasting</p>"));
    let began = Instant::now();
    loop {
        let found = server.get("/api/search?q=lasting");
        assert!(
            found.status == 200 || found.status == 503,
            "{}",
            found.text()
        );
        if found.status == 200 && found.json()["data"].as_array().unwrap().len() == 2 {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(15));
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The state of search as `/health/ready` says it.
fn condition(server: &TestServer) -> String {
    let ready = server.ok("/health/ready").json();
    ready["search"].as_str().unwrap().to_owned()
}

fn wait_for_condition(server: &TestServer, wanted: &str) {
    let began = Instant::now();
    while condition(server) != wanted {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "it is not {wanted}"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn an_index_that_cannot_be_written_is_told_and_comes_right() {
    let server = TestServer::on_sqlite();
    server.article(Article::new("One").body("<p>lasting</p>"));
    assert_eq!(titles(&server, "lasting", "").len(), 1);
    wait_for_condition(&server, "ok");
    let node = node_of(&server);
    // Directories in the places of files fail for every user.
    std::fs::create_dir_all(node.join("current.partial")).unwrap();
    let entries = std::fs::read_dir(&node).unwrap().flatten();
    let mut indexes = entries
        .map(|entry| entry.path())
        .filter(|path| path.join("meta.json").exists());
    std::fs::remove_file(indexes.next().unwrap().join("meta.json")).unwrap();
    wait_for_condition(&server, "behind");
    assert!(server.ok("/api/search?q=lasting").json()["meta"]["total"].as_u64() == Some(1));
    let admin = server.key(Role::Admin);
    let metrics = || {
        server
            .request("GET", "/metrics")
            .key(&admin)
            .send()
            .text()
            .to_owned()
    };
    let told = metrics();
    let failures = told
        .lines()
        .find_map(|line| line.strip_prefix("masthead_search_failures "));
    assert!(failures.unwrap().parse::<u64>().unwrap() > 0);
    std::fs::remove_dir(node.join("current.partial")).unwrap();
    server.article(Article::new("Two").body("<p>lasting</p>"));
    wait_for_condition(&server, "ok");
    assert_eq!(titles(&server, "lasting", "").len(), 2);
    assert!(metrics().contains("masthead_search_lag_seconds 0"));
}

#[test]
fn an_index_of_another_history_is_made_anew() {
    let server = TestServer::on_sqlite();
    let other = TestServer::on_sqlite();
    let ids: Vec<Id> = (0..3)
        .map(|n| server.article(Article::new(&format!("Own {n}")).body("<p>mine</p>")))
        .collect();
    for n in 0..9 {
        other.article(Article::new(&format!("Foreign {n}")).body("<p>theirs</p>"));
    }
    let folder = tempfile::tempdir().unwrap();
    let place = masthead::search::Place::Folder(folder.path().to_owned());
    let made = Indexer::open(&place).make_anew(&other.app.store).unwrap();
    assert_eq!(made, 9);
    let indexer = Indexer::open(&place);
    assert_eq!(indexer.reading().unwrap().articles(), 9);
    indexer.look(&server.app.store, i64::MAX).unwrap();
    assert_eq!(indexer.reading().unwrap().articles(), ids.len() as u64);
}

#[test]
fn an_index_that_was_left_behind_follows_the_log() {
    let server = TestServer::on_sqlite();
    let gone = server.article(Article::new("Gone").body("<p>mine</p>"));
    server.article(Article::new("Kept").body("<p>mine</p>"));
    let folder = tempfile::tempdir().unwrap();
    let place = masthead::search::Place::Folder(folder.path().to_owned());
    Indexer::open(&place).make_anew(&server.app.store).unwrap();
    server.withdraw(gone);
    for n in 0..5 {
        server.article(Article::new(&format!("Later {n}")).body("<p>mine</p>"));
    }
    let indexer = Indexer::open(&place);
    assert_eq!(indexer.reading().unwrap().articles(), 2);
    indexer.look(&server.app.store, i64::MAX).unwrap();
    assert_eq!(indexer.reading().unwrap().articles(), 6);
}
