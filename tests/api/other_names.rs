//! References by a name in another language than that of the first name.

use masthead::domain::access::Role;
use serde_json::{Value, json};

use super::harness::TestServer;

fn lines(told: &[Value]) -> Vec<&str> {
    told.iter()
        .map(|line| line["code"].as_str().unwrap_or_default())
        .collect()
}

fn tags_of(server: &TestServer, key: &str, lang: &str, name: &str) -> Vec<String> {
    let content = json!({"lang": lang, "title": "t", "tags": [name]});
    let made = server
        .request("POST", "/api/articles")
        .key(key)
        .json(&content)
        .send();
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(made.json()["meta"]["warnings"], json!([]));
    let tags = made.json()["data"]["tags"].clone();
    tags.as_array()
        .unwrap()
        .iter()
        .map(|tag| tag["slug"].as_str().unwrap().to_owned())
        .collect()
}

api_test! {
    fn a_tag_is_found_by_its_name_in_another_language(server) {
        let key = server.key(Role::Admin);
        for lang in ["en", "fr", "zh"] {
            server.edition(lang, "UTC");
        }
        for tag in [
            json!({"name": "Public Health", "names": {"fr": "Santé publique", "zh": "公共卫生"}}),
            json!({"name": "Coin", "slug": "money", "names": {"fr": "Pièce"}}),
            json!({"name": "Room", "slug": "room", "names": {"de": "Pièce", "fr": "Chambre"}}),
            json!({"name": "House", "slug": "house", "names": {"fr": "Chambre haute", "en": "Chambre"}}),
            json!({"name": "Plain", "slug": "plain"}),
        ] {
            let made = server.request("POST", "/api/tags").key(&key).json(&tag).send();
            assert_eq!(made.status, 201, "{}", made.text());
        }
        for (lang, name, slug) in [
            ("fr", "Santé publique", "public-health"),
            ("fr", "Sante\u{301}  publique", "public-health"),
            ("en", "公共卫生", "public-health"),
            ("fr", "Pièce", "money"),
            ("fr", "Chambre", "room"),
            ("en", "Chambre", "house"),
            ("fr", "Plain", "plain"),
            ("fr", "Public Health", "public-health"),
            ("fr", "Santé", "santé"),
        ] {
            assert_eq!(tags_of(server, &key, lang, name), [slug], "{name} in {lang}");
        }
        let slugs = server.request("GET", "/api/tags?limit=100").key(&key).send().json();
        assert_eq!(slugs["data"].as_array().unwrap().len(), 6, "{slugs}");
    }

    fn an_import_finds_authors_sources_and_tags_by_their_other_names(server) {
        let named = |kind: &str, slug: &str, name: &str, names: Value| json!({"type": kind, "slug": slug, "name": name, "names": names});
        let article = |id: &str, lang: &str, fields: Value| {
            let mut record = json!({"id": id, "lang": lang, "title": id, "published_at": "2020-01-01", "body_markdown": "x"});
            record.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            record
        };
        let told = server.import(&[
            named("tag", "public-health", "Public Health", json!({"fr": "Santé publique"})),
            named("author", "wang-li", "Wang Li", json!({"zh": "王丽"})),
            named("author", "wang-li-2", "Wang Li of Harbin", json!({"ja": "王丽"})),
            named("source", "daily", "Daily", json!({"zh": "日报"})),
            article("1", "fr", json!({"tags": ["Santé publique"]})),
            article("2", "zh", json!({"authors": ["王丽"], "source": "日报", "contributors": [{"role": "translator", "name": "王丽"}]})),
            article("3", "ja", json!({"authors": ["王丽"]})),
            article("4", "en", json!({"authors": ["Wang Li", "Somebody"], "source": "Daily"})),
        ]);
        assert_eq!(lines(&told.lines), Vec::<&str>::new(), "{:?}", told.lines);
        let list = |path: &str| server.ok(path).json()["data"].as_array().unwrap().clone();
        let slugs = |path: &str| list(path).iter().map(|one| one["slug"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(slugs("/api/tags"), ["public-health"]);
        assert_eq!(slugs("/api/authors"), ["somebody", "wang-li", "wang-li-2"]);
        assert_eq!(slugs("/api/sources"), ["daily"]);
        let by = |lang: &str, field: &str| list(&format!("/api/articles?lang={lang}"))[0][field][0]["slug"].clone();
        assert_eq!((by("zh", "authors"), by("zh", "translators"), by("ja", "authors")), (json!("wang-li"), json!("wang-li"), json!("wang-li-2")));
    }
}
