//! The audit: who did what, when, with which key, and never a secret.

use masthead::domain::access::{Limits, Role};
use serde_json::{Value, json};

use super::client::Response;
use super::database::Database;
use super::harness::TestServer;

fn post(server: &TestServer, key: &str, target: &str, content: &Value) -> Response {
    server.request("POST", target).key(key).json(content).send()
}

fn audit(server: &TestServer, admin: &str, query: &str) -> Response {
    let target = format!("/api/audit{query}");
    let response = server.request("GET", &target).key(admin).send();
    assert_eq!(response.status, 200, "{query}: {}", response.text());
    response
}

api_test! {
fn every_deed_names_who_did_it_when_and_to_what(server) {
    server.edition("en", "UTC");
    let (admin, admin_id) = server.key_within(Role::Admin, Limits::default());
    let content = json!({"name": "Desk", "role": "editor"});
    let made = post(server, &admin, "/api/keys", &content);
    let data = made.json()["data"].clone();
    let (desk_id, desk) = (data["id"].as_str().unwrap(), data["key"].as_str().unwrap());
    server.pass(60);
    let article = post(server, desk, "/api/articles", &json!({"lang": "en", "title": "One"}));
    let article_id = article.json()["data"]["id"].as_str().unwrap().to_owned();
    let all = audit(server, &admin, "");
    let newest = &all.json()["data"][0];
    assert_eq!(newest["actor"], json!({"kind": "key", "id": desk_id, "name": "Desk"}));
    assert_eq!((&newest["operation"], &newest["kind"], &newest["resource"], &newest["version"]),
        (&json!("create_article"), &json!("article"), &json!(article_id), &json!(1)));
    assert_eq!((&newest["at"], &newest["request_id"]), (&json!("2025-06-01T12:01:00Z"), &json!(article.header("x-request-id"))));
    let before = &all.json()["data"][1];
    assert_eq!((&before["operation"], &before["detail"]["name"], &before["detail"]["role"]), (&json!("create_key"), &json!("Desk"), &json!("editor")));
    assert_eq!(before["actor"]["id"], json!(admin_id.to_string()));
    let oldest = &all.json()["data"][2];
    assert_eq!(oldest["actor"], json!({"kind": "operator", "id": null, "name": null}));
    for (query, operations) in [
        (format!("?key={desk_id}"), vec!["create_article"]),
        ("?actor=operator".to_owned(), vec!["create_key"]),
        ("?actor=key".to_owned(), vec!["create_article", "create_key"]),
        ("?operation=create_key&actor=key".to_owned(), vec!["create_key"]),
        ("?kind=article".to_owned(), vec!["create_article"]),
        (format!("?resource={article_id}"), vec!["create_article"]),
        ("?from=2025-06-01T12:01:00Z".to_owned(), vec!["create_article"]),
        ("?to=2025-06-01T12:00:59.999Z".to_owned(), vec!["create_key", "create_key"]),
        ("?from=2025-06-01&to=2025-06-01&limit=1".to_owned(), vec!["create_article"]),
        ("?to=2025-05-31".to_owned(), vec![]),
        ("?operation=nothing".to_owned(), vec![]),
        ("?key=0197283e-0000-7000-8000-000000000000".to_owned(), vec![]),
    ] {
        assert_eq!(audit(server, &admin, &query).column("operation"), operations, "{query}");
    }
    for wrong in ["?key=x", "?actor=me", "?from=yesterday", "?operation=", "?keys=x", "?limit=101", "?q=x"] {
        let target = format!("/api/audit{wrong}");
        assert_eq!(server.request("GET", &target).key(&admin).send().status, 400, "{wrong}");
    }
}

fn the_audit_pages_while_more_is_done(server) {
    let admin = server.key(Role::Admin);
    for n in 0..5 {
        post(server, &admin, "/api/keys", &json!({"name": format!("key {n}"), "role": "partner"}));
    }
    let mut next = Some("/api/audit?limit=2&count=exact".to_owned());
    let (mut seen, mut total) = (Vec::new(), None);
    while let Some(target) = next {
        let page = server.request("GET", &target).key(&admin).send().json();
        total = total.or(page["meta"]["total"].as_u64());
        seen.extend(page["data"].as_array().unwrap().iter().map(|d| d["id"].as_str().unwrap().to_owned()));
        next = page["links"]["next"].as_str().map(str::to_owned);
        post(server, &admin, "/api/keys", &json!({"name": "meanwhile", "role": "partner"}));
    }
    assert_eq!((seen.len(), total), (6, Some(6)));
    assert!(seen.is_sorted_by(|a, b| a > b));
    let other = audit(server, &admin, "?limit=1").json()["meta"]["next_cursor"].as_str().unwrap().to_owned();
    let target = format!("/api/audit?limit=1&kind=key&cursor={other}");
    assert_eq!(server.request("GET", &target).key(&admin).send().status, 400, "a cursor of other filters");
}

fn what_a_valid_key_was_refused_is_there_once_a_minute(server) {
    let admin = server.key(Role::Admin);
    let (author, id) = server.key_within(Role::Author, Limits::default());
    let refused = || {
        let answer = server.request("GET", "/api/keys?limit=5").key(&author).send();
        assert_eq!(answer.status, 403);
    };
    let lines = || {
        server.app.key_notes.write_due(&server.app.store).unwrap();
        // The service's own thread may be writing it at this moment.
        std::thread::sleep(std::time::Duration::from_millis(300));
        audit(server, &admin, &format!("?key={id}&kind=request")).json()["data"].as_array().unwrap().clone()
    };
    for _ in 0..20 {
        refused();
    }
    let first = lines();
    assert_eq!(first.len(), 1);
    assert_eq!((&first[0]["operation"], &first[0]["resource"]), (&json!("list_keys"), &json!("/api/keys")));
    assert_eq!(first[0]["detail"], json!({"outcome": "refused"}));
    server.pass(60);
    refused();
    assert_eq!(lines().len(), 2);
    assert_eq!(server.request("GET", "/api/keys").key("mh_abcdefgh_nonsense").send().status, 401);
    assert_eq!(lines().len(), 2, "strangers cannot write into it");
}

fn no_secret_is_in_it(server) {
    let admin = server.key(Role::Admin);
    let mut secrets = vec![admin.clone()];
    let mut show = |response: Response| {
        let data = response.json()["data"].clone();
        secrets.push(data["key"].as_str().unwrap().to_owned());
        data["id"].as_str().unwrap().to_owned()
    };
    let id = show(post(server, &admin, "/api/keys", &json!({"name": "x", "role": "editor"})));
    show(post(server, &admin, &format!("/api/keys/{id}/rotate"), &json!({})));
    let once = server.request("POST", "/api/keys").key(&admin).header("idempotency-key", "k");
    show(once.json(&json!({"name": "y", "role": "author"})).send());
    server.request("DELETE", &format!("/api/keys/{id}")).key(&admin).send();
    let mut stored = Database::open(&server.database);
    let rows = "actor || operation || kind || resource || COALESCE(request_id, '') || COALESCE(detail, '')";
    let whole = stored.texts(&format!("SELECT {rows} AS t FROM audit")).concat();
    let answers = audit(server, &admin, "?limit=100").text().to_owned();
    let kept = stored.texts("SELECT answer AS t FROM idempotent_answers").concat();
    let hashes = stored.texts("SELECT secret_hash AS t FROM api_keys UNION SELECT secret_hash FROM retired_secrets");
    assert!(hashes.len() >= 4 && whole.contains("rotate_key"));
    let secret_parts = secrets.iter().map(|token| token[12..].to_owned());
    for secret in secret_parts.chain(hashes) {
        for place in [&whole, &answers, &kept] {
            assert!(!place.contains(&secret));
        }
    }
}
}
