//! Codes of no one language: no door makes an edition of one.

use masthead::domain::access::Role;
use serde_json::json;

use super::bulk::unchunked;
use super::command;

/// Special codes, and those of private use.
const CODES: [&str; 6] = ["und", "mul", "zxx", "mis", "qaa", "x-pirate"];

api_test! {
    fn no_write_makes_an_edition_of_no_language(server) {
        let key = server.key(Role::Admin);
        for code in CODES {
            let put = server.request("PUT", &format!("/api/editions/{code}")).key(&key).json(&json!({"name": "Nothing"})).send();
            let error = put.json()["errors"][0].clone();
            assert_eq!((put.status, &error["pointer"], &error["code"]), (422, &json!("/lang"), &json!("invalid_language")), "{code}: {}", put.text());
            let post = server.request("POST", "/api/articles").key(&key).json(&json!({"lang": code, "title": "t"})).send();
            let error = post.json()["errors"][0].clone();
            assert_eq!((post.status, &error["pointer"], &error["code"]), (422, &json!("/lang"), &json!("invalid_language")), "{code}: {}", post.text());
            let line = json!({"op": "replace", "type": "edition", "id": code, "data": {"name": "Nothing"}}).to_string();
            let bulk = server.request("POST", "/api/bulk").key(&key).content("application/x-ndjson", line).send();
            assert!(unchunked(&bulk).contains("\"status\":422"), "{code}: {}", bulk.text());
            assert_eq!(server.ok(&format!("/api/articles?lang={code}")).json()["data"], json!([]), "an unknown edition is an empty list");
        }
        assert_eq!(server.ok("/api/editions").column("lang"), Vec::<String>::new());
    }

    fn no_record_makes_an_edition_of_no_language(server) {
        let records: Vec<_> = CODES.iter().map(|code| json!({"lang": code, "title": code, "published_at": "2024-05-01"})).collect();
        // The language of the whole import stands in for one that is none.
        let told = server.import(&records);
        let odd = told.lines.iter().filter(|line| line["code"] == "invalid_language" && line["field"] == "/lang");
        assert_eq!((told.summary.refused(), odd.count()), (0, CODES.len()), "{:?}", told.lines);
        let told = server.import(&[json!({"type": "edition", "lang": "mul", "name": "Many"})]);
        assert_eq!(told.summary.refused(), 1, "{:?}", told.lines);
        assert_eq!(server.ok("/api/editions").column("lang"), ["en"]);
    }

    fn an_unknown_name_is_told_with_the_way_to_make_it(server) {
        let key = server.key(Role::Admin);
        server.edition("en", "UTC");
        let content = json!({"lang": "en", "title": "t", "authors": ["ann"], "source": "wire", "section": "a/b"});
        let post = server.request("POST", "/api/articles").key(&key).json(&content).send();
        let details: Vec<String> = post.json()["errors"].as_array().unwrap().iter().map(|error| error["detail"].as_str().unwrap().to_owned()).collect();
        assert_eq!(details, [
            "there is no author ann; POST /api/authors makes one", "there is no source wire; POST /api/sources makes one",
            "there is no section a/b in the edition en; POST /api/sections makes one",
        ]);
        let post = server.request("POST", "/api/articles").key(&key).json(&json!({"lang": "de", "title": "t"})).send();
        assert_eq!(post.json()["errors"][0]["detail"], "there is no edition de; PUT /api/editions/de makes it");
    }
}

#[test]
fn settings_and_flags_name_no_such_language() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}/a.db", folder.path().display());
    for arguments in [
        ["import", "--format", "ndjson", "--lang", "und", "-"],
        ["--default-lang", "mul", "key", "list", "--", ""],
    ] {
        let arguments: Vec<&str> = arguments
            .into_iter()
            .filter(|word| !word.is_empty() && *word != "--")
            .collect();
        let ended = command::run(&database, folder.path(), &arguments);
        assert_eq!(ended.code, Some(2), "{}", ended.err);
        assert!(
            ended.err.contains("the code of no one language"),
            "{}",
            ended.err
        );
    }
}
