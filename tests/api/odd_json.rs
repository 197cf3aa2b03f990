//! JSON that its grammar allows and no value can hold, and names that come twice: told at their places.

use masthead::domain::access::Role;
use serde_json::json;

use super::bulk::unchunked;

/// Texts with a place that cannot be held, and the code and pointer that tell of it.
fn odd() -> [(String, &'static str, String); 4] {
    let deep = format!(
        "{{\"lang\": \"en\", \"title\": \"t\", \"rights\": {}1{}}}",
        "[".repeat(3_000),
        "]".repeat(3_000)
    );
    [
        (
            r#"{"lang": "en", "title": "t", "rights": {"x": [0, 1e400]}}"#.to_owned(),
            "out_of_range",
            "/rights/x/1".to_owned(),
        ),
        (
            r#"{"lang": "en", "title": -1E+999999999999999999999}"#.to_owned(),
            "out_of_range",
            "/title".to_owned(),
        ),
        (deep, "too_deep", format!("/rights{}", "/0".repeat(99))),
        (
            r#"{"lang": "en", "title": "t", "title": "u"}"#.to_owned(),
            "repeated",
            "/title".to_owned(),
        ),
    ]
}

api_test! {
    fn a_body_is_refused_at_the_place_that_cannot_be_held(server) {
        let key = server.key(Role::Admin);
        server.edition("en", "UTC");
        for (text, code, pointer) in odd() {
            let post = server.request("POST", "/api/articles").key(&key).content("application/json", text.clone()).send();
            let errors = post.json()["errors"].clone();
            assert_eq!((post.status, errors.as_array().map(Vec::len)), (422, Some(1)), "{text:.60}: {}", post.text());
            assert_eq!((&errors[0]["code"], &errors[0]["pointer"]), (&json!(code), &json!(pointer)), "{text:.60}");
            let line = format!("{{\"op\": \"create\", \"data\": {text}}}\n{{\"op\": \"create\", \"data\": {{\"lang\": \"en\", \"title\": \"After\"}}}}\n");
            let bulk = server.request("POST", "/api/bulk").key(&key).content("application/x-ndjson", line).send();
            let told: Vec<serde_json::Value> = unchunked(&bulk).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            assert_eq!((&told[0]["status"], &told[1]["status"]), (&json!(422), &json!(201)), "{text:.60}: {}", bulk.text());
            let own = told[0]["problem"]["errors"][0].clone();
            assert!(own["code"] == code && own["pointer"].as_str().unwrap().starts_with("/data/"), "{own}");
        }
        for text in ["{\"title\": 1e400,}", "{\"title\": \"\u{1}\"}", "{\"title\": 01}"] {
            let post = server.request("POST", "/api/articles").key(&key).content("application/json", text).send();
            assert_eq!(post.status, 400, "{text}: {}", post.text());
        }
    }

    fn a_record_goes_in_without_the_place_that_cannot_be_held(server) {
        let deep = format!("{}1{}", "[".repeat(3_000), "]".repeat(3_000));
        let lines = [
            r#"{"lang": "en", "title": "Vast", "published_at": "2024-05-01", "views": 1e400, "tags": ["a", 1e999]}"#.to_owned(),
            format!(r#"{{"lang": "en", "title": "Deep", "published_at": "2024-05-01", "x": {deep}}}"#),
            r#"{"lang": "en", "title": "First", "title": "Twice", "published_at": "2024-05-01"}"#.to_owned(),
            r#"{"lang": "en", "title": "Plain", "published_at": "2024-05-01"}"#.to_owned(),
        ];
        let told = server.import_bytes(lines.join("\n").as_bytes());
        assert_eq!(told.summary.refused(), 0, "{:?}", told.lines);
        let mut titles = server.ok("/api/articles").column("title");
        titles.sort();
        assert_eq!(titles, ["Deep", "Plain", "Twice", "Vast"]);
        let told_at = |line: u64, code: &str, field: &str| {
            let found = told.lines.iter().any(|one| one["line"] == line && one["code"] == code && one["field"] == field);
            assert!(found, "{line} {code} {field}: {:?}", told.lines);
        };
        told_at(1, "out_of_range", "/views");
        told_at(1, "out_of_range", "/tags/1");
        told_at(2, "too_deep", &format!("/x{}", "/0".repeat(99)));
        told_at(3, "repeated", "/title");
    }
}
