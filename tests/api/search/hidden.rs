//! Articles that the caller may not see: they are neither found nor counted nor suggested.

use std::time::{Duration, Instant};

use masthead::domain::access::{Limits, Role};
use masthead::domain::article::Status;
use masthead::domain::partner::Contract;
use serde_json::json;

use super::{encoded, settle, titles};
use crate::builders::Article;

api_test! {
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
}
