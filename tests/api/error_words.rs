//! The words of errors: each says what would be right, and names the nearest of what there is.

use masthead::domain::access::Role;
use serde_json::{Value, json};

use super::client::Request;
use super::harness::TestServer;

fn made(server: &TestServer, key: &str, path: &str, content: &Value) {
    let post = server.request("POST", path).key(key).json(content);
    assert_eq!(post.send().status, 201, "{content}");
}

/// The details of a refusal, by their places.
fn details(request: Request, status: u16) -> Vec<String> {
    let response = request.send();
    assert_eq!(response.status, status, "{}", response.text());
    let problem = response.json();
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    let told = errors.iter().map(|error| &error["detail"]);
    let told = told.map(|detail| detail.as_str().unwrap().to_owned());
    if errors.is_empty() {
        vec![problem["detail"].as_str().unwrap().to_owned()]
    } else {
        told.collect()
    }
}

api_test! {
    fn a_name_that_is_not_there_is_told_with_the_nearest(server) {
        let key = server.key(Role::Admin);
        server.edition("en", "UTC");
        made(server, &key, "/api/authors", &json!({"name": "Joost Müller-Ångström"}));
        made(server, &key, "/api/authors", &json!({"name": "Ørsted Bo"}));
        made(server, &key, "/api/sources", &json!({"name": "Le Monde d’été"}));
        made(server, &key, "/api/sections", &json!({"lang": "en", "name": "Society"}));
        let told = details(server.request("POST", "/api/articles").key(&key).json(&json!({
            "lang": "en", "title": "x", "authors": ["joost-muller-angstrom", "orsted-bo", "joost"],
            "editors": ["nobody-like-that"], "source": "le-monde-d-ete", "section": "scoiety",
        })), 422);
        let told = told.join("\n");
        for words in [
            "there is no author joost-muller-angstrom; joost-müller-ångström is the nearest; POST /api/authors makes one",
            "there is no author joost; joost-müller-ångström is the nearest",
            "there is no author nobody-like-that; POST /api/authors makes one",
            "there is no source le-monde-d-ete; le-monde-d-été is the nearest",
            "there is no section scoiety in the edition en; society is the nearest",
        ] {
            assert!(told.contains(words), "{words}\n{told}");
        }
        let limited = json!({"name": "x", "role": "partner", "sections": ["sociéty"]});
        let told = details(server.request("POST", "/api/keys").key(&key).json(&limited), 422);
        assert_eq!(told, ["there is no section sociéty; society is the nearest"]);
    }

    fn a_wrong_field_of_an_edition_is_told_with_what_is_right(server) {
        let key = server.key(Role::Admin);
        server.edition("en", "UTC");
        for (field, value, right) in [
            ("url_template", "https://example.org/{slugg}", "there is no placeholder {slugg} in url_template; there are {lang}, {section_path}, {slug}"),
            ("preview_url_template", "https://example.org/preview", "the address must hold {token}"),
            ("url_template", "https://example.org/{lang}", "must hold one of {slug}, {id}"),
            ("time_zone", "Europe/Pari", "Europe/Paris is the nearest"),
            ("time_zone", "paris", "Europe/Paris is the nearest"),
            ("time_zone", "nowhere at all", "such as Europe/Paris"),
            ("contact", "desk@example.org", "this must be an object such as {"),
        ] {
            let patch = server.request("PATCH", "/api/editions/en").key(&key).if_match("*");
            let told = details(patch.json(&json!({field: value})), 422);
            assert!(told[0].contains(right), "{told:?}");
        }
    }

    fn what_is_wrong_in_json_is_told_at_its_place_and_without_a_word_of_the_code(server) {
        let key = server.key(Role::Admin);
        server.edition("en", "UTC");
        let article = |content: Value| json!({"lang": "en", "title": "x", "body": {"format": "blocks", "content": content}});
        for (content, pointer, words) in [
            (json!([1]), "/body/content/0", "a block is an object such as {\"type\": \"paragraph\""),
            (json!([{"type": "paragraph", "content": []}, {"type": "paragraph", "content": [[]]}]), "/body/content/1/content/0", "a run of text is"),
            (json!([{"type": "heading", "level": 7, "content": []}]), "/body/content/0/level", "from 2 to 6"),
        ] {
            let answer = server.request("POST", "/api/articles").key(&key).json(&article(content)).send();
            let error = answer.json()["errors"][0].clone();
            assert_eq!((answer.status, &error["pointer"], &error["code"]), (422, &json!(pointer), &json!("invalid_blocks")));
            assert!(error["detail"].as_str().unwrap().contains(words), "{error}");
        }
        // Values of every kind, in every field of every write.
        let fields = ["lang", "title", "body", "authors", "tags", "credits", "rights", "notices", "media", "name", "names", "position", "contact",
            "navigation", "original", "status", "published_at", "section", "slug", "url", "events", "filter", "role", "sections", "limit", "kind", "parent"];
        let is_code = |word: &str| ["internally", "untagged", "struct", "tuple", "variant", "newtype", "i64", "u32", "u8", "f64", "enum", "expected", "unit"].contains(&word);
        for path in ["articles", "sections", "authors", "sources", "tags", "keys", "webhooks", "feed-tokens"] {
            for value in [json!(1), json!(-1.5), json!([1]), json!({"x": 1}), json!("x"), json!(true), json!([[1]]), json!([{"x": [1]}])] {
                let content: serde_json::Map<_, _> = fields.iter().map(|field| ((*field).to_owned(), value.clone())).collect();
                let answer = server.request("POST", &format!("/api/{path}")).key(&key).json(&Value::from(content)).send();
                let problem = answer.json();
                let told = format!("{} {}", problem["detail"], problem["errors"]);
                assert_eq!(told.split(|c: char| !c.is_alphanumeric()).find(|word| is_code(word)), None, "{path} {value}: {told}");
            }
        }
        for text in ["{\"title\": nul}", "{\"title\": [", "{title: 1}"] {
            let answer = server.request("POST", "/api/articles").key(&key).content("application/json", text).send();
            assert_eq!(answer.status, 400, "{text}");
            assert!(!answer.text().contains("ident") && !answer.text().contains("EOF"), "{}", answer.text());
        }
    }

    fn every_field_of_every_block_of_the_document_is_known_where_mistakes_are_told(server) {
        let key = server.key(Role::Admin);
        server.edition("en", "UTC");
        let document = server.ok("/openapi.json").json();
        let schema = |name: &str| document["components"]["schemas"][name].clone();
        let mistakes = |block: Value| {
            let body = json!({"format": "blocks", "content": [block]});
            let content = json!({"lang": "en", "title": "x", "body": body});
            let answer = server.request("POST", "/api/articles").key(&key).json(&content).send();
            answer.json()["errors"].as_array().unwrap().clone()
        };
        let kinds = schema("BlockWrite")["discriminator"]["mapping"].as_object().unwrap().clone();
        assert_eq!(kinds.len(), 10);
        for (kind, name) in kinds {
            let name = name.as_str().unwrap().rsplit('/').next().unwrap();
            let fields = schema(name)["properties"].as_object().unwrap().clone();
            for field in fields.keys().filter(|field| *field != "type") {
                let told = mistakes(json!({"type": kind, (field): {"wrong": 1}}));
                let pointer = format!("/body/content/0/{field}");
                let own = told.iter().find(|one| one["pointer"] == pointer.as_str());
                let detail = own.unwrap_or_else(|| panic!("{kind} {field}: {told:?}"))["detail"].as_str().unwrap();
                assert!(detail.starts_with("this must be"), "{kind} {field}: {detail}");
            }
        }
    }

    fn a_write_without_a_version_or_a_key_is_told_how(server) {
        let key = server.key(Role::Admin);
        server.edition("en", "UTC");
        let put = || server.request("PUT", "/api/editions/en").json(&json!({"name": "English"}));
        let told = details(put().key(&key), 428);
        assert!(told[0].contains("at version 1") && told[0].contains("\"v1\""), "{told:?}");
        let told = details(put(), 401);
        assert!(told[0].contains("Authorization: Bearer mh_"), "{told:?}");
        let told = details(server.request("DELETE", "/api/articles").key(&key), 405);
        assert!(told[0].contains("it takes GET, HEAD, OPTIONS, POST"), "{told:?}");
    }
}
