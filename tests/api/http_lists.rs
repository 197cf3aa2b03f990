//! The list of articles: filters, order, pages.

use super::builders::Article;
use super::client::Response;

fn titles(response: &Response) -> Vec<String> {
    response.column("title")
}

api_test! {
    fn a_cursor_leads_through_the_whole_list_and_nothing_repeats(server) {
        for n in 0..7 {
            server.article(Article::new(&format!("N{n}")).published_at("2025-01-02T00:00:00Z"));
        }
        let mut seen = Vec::new();
        let mut next = "/api/articles?limit=3&sort=title&fields=title".to_owned();
        loop {
            let page = server.ok(&next);
            let json = page.json();
            assert_eq!(json["links"]["self"], next);
            seen.extend(titles(&page));
            server.article(Article::new(&format!("A{}", seen.len())));
            match json["links"]["next"].as_str() {
                Some(link) => next = link.to_owned(),
                None => break,
            }
            assert!(next.starts_with("/api/articles?limit=3&sort=title&fields=title&cursor="));
            assert_eq!(page.header("link"), format!("<{next}>; rel=\"next\""));
            assert_eq!(json["meta"]["has_more"], true);
        }
        assert_eq!(seen, ["N0", "N1", "N2", "N3", "N4", "N5", "N6"]);
    }

    fn a_cursor_of_another_list_or_an_altered_one_is_refused(server) {
        for n in 0..3 {
            server.article(Article::new(&format!("N{n}")).tag("t"));
        }
        let cursor = server.ok("/api/articles?limit=1").json()["meta"]["next_cursor"].as_str().unwrap().to_owned();
        server.ok(&format!("/api/articles?cursor={cursor}&limit=2&fields=title&count=exact"));
        for query in [
            format!("cursor={cursor}&sort=title"),
            format!("cursor={cursor}&tag=t"),
            format!("cursor={cursor}x"),
            format!("cursor={cursor}&page=1"),
            "cursor=".to_owned(),
        ] {
            let refused = server.get(&format!("/api/articles?{query}"));
            assert_eq!((refused.problem().as_str(), refused.wrong_parameters()), ("invalid_parameter", vec!["cursor".to_owned()]), "{query}");
        }
        assert_eq!(server.get(&format!("/api/authors?cursor={cursor}")).status, 400);
    }

    fn pages_and_counts_come_where_they_are_asked_for(server) {
        for n in 0..5 {
            server.article(Article::new(&format!("N{n}")));
        }
        let page = server.ok("/api/articles?page=2&limit=2&sort=title");
        let json = page.json();
        assert_eq!(titles(&page), ["N2", "N3"]);
        assert_eq!((json["meta"]["total"].as_u64(), json["meta"]["total_kind"].as_str()), (Some(5), Some("exact")));
        assert_eq!(json["links"]["next"], "/api/articles?limit=2&sort=title&page=3");
        let plain = server.ok("/api/articles").json();
        assert!(plain["meta"].get("total").is_none() && plain["meta"]["next_cursor"].is_null());
        assert_eq!(server.ok("/api/articles?count=exact").json()["meta"]["total"], 5);
        assert_eq!(server.get("/api/articles?page=101&limit=100").wrong_parameters(), ["page"]);
    }

    fn a_comma_is_any_of_and_a_repeated_parameter_all_of(server) {
        server.article(Article::new("ab").tag("a").tag("b").section(&["World", "Asia"]));
        server.article(Article::new("a").tag("a").section(&["World"]));
        server.article(Article::new("b").tag("b").author("Anna Weber"));
        let find = |query: &str| titles(&server.ok(&format!("/api/articles?sort=title&{query}")));
        assert_eq!(find("tag=a,b"), ["a", "ab", "b"]);
        assert_eq!(find("tag=a&tag=b"), ["ab"]);
        assert_eq!(find("section=world"), ["a", "ab"]);
        assert_eq!(find("section=world%2Fasia"), ["ab"]);
        assert_eq!(find("author=anna-weber,nobody"), ["b"]);
        assert_eq!(find("author=nobody"), Vec::<String>::new());
        assert_eq!(find("tag=%E4%B8%AD"), Vec::<String>::new());
    }

    fn a_bare_date_is_a_whole_day_in_the_edition_s_time_zone(server) {
        server.edition("zh", "Asia/Shanghai");
        server.article(Article::new("midnight").lang("zh").published_at("2022-11-24T16:00:00Z"));
        let find = |query: &str| server.ok(&format!("/api/articles?{query}")).column("title").len();
        assert_eq!(find("lang=zh&published_from=2022-11-25&published_to=2022-11-25"), 1);
        assert_eq!(find("lang=zh&published_to=2022-11-24"), 0);
        assert_eq!(find("published_from=2022-11-24&published_to=2022-11-24"), 1);
        assert_eq!(find("published_to=2022-11-24T16:00:00Z"), 1);
        assert_eq!(find("published_to=2022-11-24T15:59:59.999Z"), 0);
        assert_eq!(find("published_from=2022-11-24T17:00:00%2B01:00"), 1);
        assert_eq!(find("published_from=9999-12-31"), 0);
        assert_eq!(find("published_to=0001-01-01"), 0);
        assert_eq!(find("published_from=2022-11-24T17:00:00+01:00"), 1);
    }

    fn several_languages_are_an_ordered_fallback(server) {
        let both = server.article(Article::new("Bonjour").lang("fr"));
        server.article(Article::new("Hello").of_work(server.work_of(both)));
        server.article(Article::new("Only English"));
        let find = |lang: &str| titles(&server.ok(&format!("/api/articles?sort=title&lang={lang}")));
        assert_eq!(find("fr"), ["Bonjour"]);
        assert_eq!(find("fr,en"), ["Bonjour", "Only English"]);
        assert_eq!(find("EN,fr"), ["Hello", "Only English"]);
        assert_eq!(titles(&server.ok("/api/articles")).len(), 3);
        let languages = server.ok("/api/articles");
        assert_eq!(languages.header("content-language"), "en, fr");
    }

    fn every_wrong_parameter_is_told_at_once(server) {
        let refused = server.get("/api/articles?limit=0&sort=best&langs=en&published_from=x&tag=&id=1&status=live&fields=titel&include=all&body=pdf");
        assert_eq!(refused.status, 400);
        let wrong = refused.wrong_parameters();
        for name in ["limit", "sort", "langs", "published_from", "tag", "id", "status", "fields", "include", "body"] {
            assert!(wrong.contains(&name.to_owned()), "{name} is not in {wrong:?}");
        }
        let json = refused.json();
        let unknown = json["errors"].as_array().unwrap().iter().find(|e| e["parameter"] == "langs").unwrap();
        assert!(unknown["detail"].as_str().unwrap().contains("lang is the nearest"));
        for query in ["q=", "sort=relevance", "limit=101", "limit=20&limit=20", "tag=%ff", "tag=a%00", "lang=en&lang=fr", "page=0"] {
            assert_eq!(server.get(&format!("/api/articles?{query}")).problem(), "invalid_parameter", "{query}");
        }
    }

    fn a_form_of_a_body_is_made_only_where_there_is_room_for_the_body(server) {
        let link = format!("<p>A <a href=\"https://a.example/{}\">link</a>.</p>", "x".repeat(140));
        for n in 0..3 {
            server.article(Article::new(&format!("Links {n}")).body(&link.repeat(1_700)));
        }
        let texts = server.ok("/api/articles?body=text&sort=title");
        assert_eq!(titles(&texts), ["Links 0"]);
        assert!(texts.text().len() < 100_000, "{}", texts.text().len());
        let next = texts.json()["links"]["next"].as_str().unwrap().to_owned();
        assert_eq!(titles(&server.ok(&next)), ["Links 1"]);
        assert_eq!(titles(&server.ok("/api/articles?body=html&sort=title")).len(), 3);
    }

    fn lists_leave_the_body_out_unless_it_is_asked_for(server) {
        server.article(Article::new("A"));
        let row = |query: &str| server.ok(&format!("/api/articles?{query}")).json()["data"][0].clone();
        assert!(row("").get("body").is_none());
        assert_eq!(row("include=body")["body"]["format"], "html");
        assert_eq!(row("body=text")["body"]["format"], "text");
        let keys = |row: serde_json::Value| row.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(row("fields=title,slug")), ["id", "lang", "slug", "title"]);
        assert_eq!(keys(row("fields=title&include=body")), ["id", "lang", "title", "body"]);
    }
}
