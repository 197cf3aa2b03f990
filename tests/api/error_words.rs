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
