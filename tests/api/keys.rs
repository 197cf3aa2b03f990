//! Keys over HTTP and at the command line: made, shown once, changed, rotated, revoked.

use masthead::domain::access::{Limits, Role};
use serde_json::{Value, json};

use super::builders::Article;
use super::client::Response;
use super::command;
use super::database::Database;
use super::harness::TestServer;

fn post(server: &TestServer, key: &str, target: &str, content: &Value) -> Response {
    server.request("POST", target).key(key).json(content).send()
}

fn made(server: &TestServer, admin: &str, content: &Value) -> (String, String) {
    let response = post(server, admin, "/api/keys", content);
    assert_eq!(response.status, 201, "{}", response.text());
    let data = &response.json()["data"];
    let word = |name: &str| data[name].as_str().unwrap().to_owned();
    (word("id"), word("key"))
}

/// True if a token opens what only keys see.
fn opens(server: &TestServer, token: &str) -> bool {
    let answer = server
        .request("GET", "/api/articles?status=draft")
        .key(token)
        .send();
    assert!(matches!(answer.status, 200 | 401), "{}", answer.text());
    answer.status == 200
}

fn told(response: &Response) -> Vec<(String, String)> {
    assert_eq!(response.status, 422, "{}", response.text());
    let json = response.json();
    let errors = json["errors"].as_array().unwrap().iter();
    let word = |error: &Value, name: &str| error[name].as_str().unwrap().to_owned();
    errors
        .map(|e| (word(e, "pointer"), word(e, "code")))
        .collect()
}

fn read(server: &TestServer, admin: &str, id: &str) -> Value {
    let target = format!("/api/keys/{id}");
    let response = server.request("GET", &target).key(admin).send();
    assert_eq!(response.status, 200, "{}", response.text());
    response.json()["data"].clone()
}

api_test! {
fn a_key_is_shown_once_and_works_at_once(server) {
    let admin = server.key(Role::Admin);
    let response = post(server, &admin, "/api/keys", &json!({"name": " News desk ", "role": "editor"}));
    assert_eq!(response.status, 201, "{}", response.text());
    let data = response.json()["data"].clone();
    let (id, token) = (data["id"].as_str().unwrap(), data["key"].as_str().unwrap());
    assert_eq!(response.header("location"), format!("/api/keys/{id}"));
    assert_eq!(response.header("cache-control"), "private, no-store");
    assert_eq!((&data["name"], &data["role"], &data["state"]), (&json!("News desk"), &json!("editor"), &json!("valid")));
    assert!(token.starts_with(&format!("{}_", data["prefix"].as_str().unwrap())) && token.len() > 50);
    assert!(opens(server, token));
    let list = server.request("GET", "/api/keys").key(&admin).send();
    assert_eq!(list.column("id").last().unwrap(), id);
    let one = server.request("GET", &format!("/api/keys/{id}")).key(&admin).send();
    assert_eq!(one.header("etag"), one.header("etag"));
    assert!(one.header("etag").starts_with("\"v1-") && !one.header("last-modified").is_empty());
    for answer in [&list, &one] {
        assert_eq!(answer.header("cache-control"), "private, no-store");
        assert!(!answer.text().contains(token) && !answer.text().contains("\"key\""));
    }
    let mut stored = Database::open(&server.database);
    assert_eq!(stored.count(&format!("api_keys WHERE secret_hash LIKE '%{}%'", &token[12..])), 0);
}

fn limits_are_named_by_path_slug_or_id_and_must_exist(server) {
    server.article(Article::new("A").section(&["World", "Events"]).source("Norhaven Gazette"));
    server.article(Article::new("B").lang("fr").section(&["World"]));
    let admin = server.key(Role::Admin);
    let (id, _) = made(server, &admin, &json!({
        "name": "x", "role": "author", "langs": ["EN", "en"], "sections": ["world"], "sources": ["norhaven-gazette"],
        "expires_at": "2025-07-01T02:00:00+02:00",
    }));
    let key = read(server, &admin, &id);
    assert_eq!((&key["langs"], &key["expires_at"]), (&json!(["en"]), &json!("2025-07-01T00:00:00Z")));
    assert_eq!(key["sections"].as_array().unwrap().len(), 1, "the French section of that path is outside");
    let (id, _) = made(server, &admin, &json!({"name": "x", "role": "author", "sections": ["world"]}));
    assert_eq!(read(server, &admin, &id)["sections"].as_array().unwrap().len(), 2);
    let by_id = json!({"name": "y", "role": "author", "sections": key["sections"], "sources": key["sources"]});
    let (id, _) = made(server, &admin, &by_id);
    assert_eq!(read(server, &admin, &id)["sections"], key["sections"]);
    let wrong = post(server, &admin, "/api/keys", &json!({
        "name": "x", "role": "author", "langs": ["en", "de"], "sections": ["nowhere"], "sources": ["no-one"],
    }));
    let unknown = |pointer: &str| (pointer.to_owned(), "unknown".to_owned());
    assert_eq!(told(&wrong), [unknown("/langs/1"), unknown("/sections/0"), unknown("/sources/0")]);
}

fn what_is_wrong_with_a_new_key_is_told_at_once(server) {
    let admin = server.key(Role::Admin);
    for (content, faults) in [
        (json!({}), vec![("/name", "required"), ("/role", "required")]),
        (json!({"name": "  ", "role": "boss"}), vec![("/name", "required"), ("/role", "unknown_word")]),
        (json!({"name": "a", "role": "editor", "lang": "en"}), vec![("/lang", "unknown_field")]),
        (json!({"name": "a", "role": "editor", "langs": "en"}), vec![("/langs", "wrong_type")]),
        (json!({"name": "a", "role": "editor", "langs": ["e_n"]}), vec![("/langs/0", "invalid_language")]),
        (json!({"name": "a", "role": "editor", "expires_at": "soon"}), vec![("/expires_at", "invalid_time")]),
        (json!({"name": "a", "role": "editor", "expires_at": "2025-06-01T12:00:00Z"}), vec![("/expires_at", "past")]),
        (json!({"name": "a".repeat(301), "role": "editor"}), vec![("/name", "too_long")]),
        (json!({"name": "a", "role": "editor", "key": "mh_mine"}), vec![("/key", "unknown_field")]),
    ] {
        let faults: Vec<_> = faults.into_iter().map(|(p, c)| (p.to_owned(), c.to_owned())).collect();
        assert_eq!(told(&post(server, &admin, "/api/keys", &content)), faults, "{content}");
    }
    assert_eq!(server.request("POST", "/api/keys").key(&admin).content("text/plain", "x").send().status, 415);
    assert_eq!(server.request("POST", "/api/keys").key(&admin).content("application/json", "[").send().status, 400);
    assert_eq!(post(server, &admin, "/api/keys?x=1", &json!({"name": "a", "role": "editor"})).status, 400);
}

fn a_key_ends_when_it_says(server) {
    let admin = server.key(Role::Admin);
    let content = json!({"name": "short", "role": "editor", "expires_at": "2025-06-01T12:01:00Z"});
    let (id, token) = made(server, &admin, &content);
    server.pass(59);
    assert!(opens(server, &token));
    server.pass(1);
    assert!(!opens(server, &token));
    assert_eq!(read(server, &admin, &id)["state"], "expired");
    assert_eq!(post(server, &admin, &format!("/api/keys/{id}/rotate"), &json!({})).status, 409);
}

fn a_key_is_changed_from_the_version_that_was_read_but_keeps_its_role(server) {
    server.article(Article::new("A").section(&["World"]));
    let admin = server.key(Role::Admin);
    let content = json!({"name": "x", "role": "author", "sections": ["world"], "expires_at": "2025-07-01T00:00:00Z"});
    let (id, _) = made(server, &admin, &content);
    let patch = |tag: Option<&str>, content: &Value| {
        let request = server.request("PATCH", &format!("/api/keys/{id}")).key(&admin);
        let request = tag.into_iter().fold(request, |request, tag| request.if_match(tag));
        request.content("application/merge-patch+json", content.to_string()).send()
    };
    assert_eq!(patch(None, &json!({"name": "y"})).status, 428);
    let changed = patch(Some("\"v1\""), &json!({"name": "y", "expires_at": null}));
    assert_eq!(changed.status, 200, "{}", changed.text());
    let data = &changed.json()["data"];
    assert_eq!((&data["name"], &data["version"], &data["expires_at"]), (&json!("y"), &json!(2), &Value::Null));
    assert_eq!(data["sections"].as_array().unwrap().len(), 1, "what a patch does not name stays");
    assert!(changed.header("etag").starts_with("\"v2-"));
    assert_eq!(patch(Some("\"v1\""), &json!({"name": "z"})).status, 412);
    assert_eq!(patch(Some("*"), &json!({"sections": null})).json()["data"]["sections"], json!([]));
    assert_eq!(told(&patch(Some("*"), &json!({"role": "admin"}))), [("/role".to_owned(), "immutable".to_owned())]);
    assert_eq!(told(&patch(Some("*"), &json!({"name": null}))), [("/name".to_owned(), "required".to_owned())]);
    assert_eq!(patch(Some("*"), &json!({"name": "y"})).json()["data"]["version"], 3, "no change, no version");
    assert_eq!(server.request("DELETE", &format!("/api/keys/{id}")).key(&admin).send().status, 204);
    assert_eq!(patch(Some("*"), &json!({"name": "z"})).status, 409);
}

fn a_revoked_key_is_dead_on_every_node_at_once(server) {
    let admin = server.key(Role::Admin);
    let other = server.beside();
    let (id, token) = made(server, &admin, &json!({"name": "x", "role": "editor"}));
    assert!(opens(server, &token) && opens(&other, &token));
    let target = format!("/api/keys/{id}");
    let revoke = |tag: Option<&str>| {
        let request = server.request("DELETE", &target).key(&admin);
        tag.into_iter().fold(request, |request, tag| request.if_match(tag)).send().status
    };
    assert_eq!(revoke(Some("\"v7\"")), 412);
    assert_eq!(revoke(None), 204);
    assert!(!opens(server, &token) && !opens(&other, &token));
    assert_eq!(revoke(None), 204, "again is the same");
    let key = read(server, &admin, &id);
    assert_eq!((&key["state"], &key["revoked_at"], &key["version"]), (&json!("revoked"), &json!("2025-06-01T12:00:00Z"), &json!(2)));
    assert_eq!(post(server, &admin, &format!("{target}/rotate"), &json!({})).status, 409);
    for unknown in ["0197283e-0000-7000-8000-000000000000", "x", "00000000-0000-4000-8000-000000000000"] {
        let target = format!("/api/keys/{unknown}");
        assert_eq!(server.request("GET", &target).key(&admin).send().status, 404, "{unknown}");
        assert_eq!(server.request("DELETE", &target).key(&admin).send().status, 404, "{unknown}");
    }
}

fn the_last_admin_may_revoke_itself_and_the_command_line_is_the_way_back_in(server) {
    let (admin, id) = server.key_within(Role::Admin, Limits::default());
    assert_eq!(server.request("DELETE", &format!("/api/keys/{id}")).key(&admin).send().status, 204);
    assert_eq!(server.request("GET", "/api/keys").key(&admin).send().status, 401);
    let folder = tempfile::tempdir().unwrap();
    let created = command::run(&server.database, folder.path(), &["key", "create", "--name", "back", "--role", "admin"]);
    assert_eq!(created.code, Some(0), "{created:?}");
    let token = created.out.strip_suffix('\n').unwrap();
    assert!(token.starts_with("mh_") && !token.contains(char::is_whitespace));
    assert_eq!(server.request("GET", "/api/keys").key(token).send().status, 200);
}

fn a_rotated_key_works_with_both_secrets_until_the_overlap_ends(server) {
    let admin = server.key(Role::Admin);
    let (id, first) = made(server, &admin, &json!({"name": "x", "role": "editor"}));
    let rotate = |content: &Value| {
        let response = post(server, &admin, &format!("/api/keys/{id}/rotate"), content);
        assert_eq!(response.status, 200, "{}", response.text());
        assert_eq!(response.header("cache-control"), "private, no-store");
        response.json()["data"].clone()
    };
    let data = rotate(&json!({"overlap_seconds": 3600}));
    let second = data["key"].as_str().unwrap();
    assert_eq!((data["id"].as_str(), &data["version"]), (Some(id.as_str()), &json!(2)));
    assert_eq!(data["retiring"][0]["works_until"], "2025-06-01T13:00:00Z");
    assert!(first.starts_with(data["retiring"][0]["prefix"].as_str().unwrap()));
    assert!(opens(server, &first) && opens(server, second));
    server.pass(1_800);
    let third = rotate(&json!({}))["key"].as_str().unwrap().to_owned();
    assert!(opens(server, &first) && opens(server, second) && opens(server, &third));
    server.pass(1_800);
    assert!(!opens(server, &first), "a later rotation does not lengthen an older overlap");
    assert!(opens(server, second) && opens(server, &third));
    let fourth = rotate(&json!({"overlap_seconds": 0}))["key"].as_str().unwrap().to_owned();
    assert!(!opens(server, second) && !opens(server, &third), "an overlap of nothing ends them all");
    assert!(opens(server, &fourth));
    assert_eq!(read(server, &admin, &id)["retiring"], json!([]));
    for wrong in [json!({"overlap_seconds": -1}), json!({"overlap_seconds": 2_592_001}), json!({"overlap_seconds": "1"})] {
        let answer = post(server, &admin, &format!("/api/keys/{id}/rotate"), &wrong);
        assert_eq!(told(&answer), [("/overlap_seconds".to_owned(), "out_of_range".to_owned())]);
    }
    let stolen = rotate(&json!({}))["key"].as_str().unwrap().to_owned();
    assert_eq!(server.request("DELETE", &format!("/api/keys/{id}")).key(&admin).send().status, 204);
    assert!(!opens(server, &fourth) && !opens(server, &stolen), "revoking ends every secret");
}

fn a_repeated_request_shows_the_same_key_to_the_same_token_only(server) {
    let (admin, admin_id) = server.key_within(Role::Admin, Limits::default());
    let ask = |token: &str, name: &str| {
        let request = server.request("POST", "/api/keys").key(token).header("idempotency-key", "once");
        request.json(&json!({"name": name, "role": "editor"})).send()
    };
    let first = ask(&admin, "x");
    let again = ask(&admin, "x");
    assert_eq!((first.status, again.status, again.header("idempotency-replayed")), (201, 201, "true"));
    assert_eq!((first.text(), first.header("etag")), (again.text(), again.header("etag")));
    assert_eq!(ask(&admin, "y").problem(), "idempotency_key_reused");
    let token = first.json()["data"]["key"].as_str().unwrap().to_owned();
    let mut stored = Database::open(&server.database);
    let kept = stored.texts("SELECT answer AS t FROM idempotent_answers").concat();
    assert!(!kept.is_empty() && !kept.contains(&token) && !kept.contains("News"), "{kept}");
    assert_eq!(stored.count("api_keys"), 2);
    let rotated = post(server, &admin, &format!("/api/keys/{admin_id}/rotate"), &json!({}));
    let other = rotated.json()["data"]["key"].as_str().unwrap().to_owned();
    assert_eq!(ask(&other, "x").problem(), "conflict");
    assert_eq!(ask(&admin, "x").text(), first.text());
}

fn the_last_use_is_written_once_a_minute_at_most(server) {
    let admin = server.key(Role::Admin);
    let (id, token) = made(server, &admin, &json!({"name": "x", "role": "editor"}));
    assert_eq!(read(server, &admin, &id)["last_used_at"], Value::Null);
    let use_it = |seconds: i64| {
        server.pass(seconds);
        assert!(opens(server, &token));
        server.app.key_notes.write_due(&server.app.store).unwrap();
        // The service's own thread may be writing it at this moment.
        std::thread::sleep(std::time::Duration::from_millis(300));
        read(server, &admin, &id)["last_used_at"].clone()
    };
    assert_eq!(use_it(1), "2025-06-01T12:00:01Z");
    assert_eq!(use_it(30), "2025-06-01T12:00:01Z");
    assert_eq!(use_it(30), "2025-06-01T12:01:01Z");
    assert_eq!(read(server, &admin, &id)["version"], 1, "being used is no change");
}

fn a_partner_s_contract_is_written_with_its_key_and_changed_field_by_field(server) {
    let admin = server.key(Role::Admin);
    let contract = json!({"embargo_offset": 3600, "summary_only": true, "rights": " Ours ", "quota_per_day": 100});
    let (id, _) = made(server, &admin, &json!({"name": "The Daily", "role": "partner", "contract": contract}));
    let written = json!({"embargo_offset": 3600, "summary_only": true, "rights": "Ours", "quota_per_day": 100});
    assert_eq!(read(server, &admin, &id)["contract"], written);
    let patch = |id: &str, content: Value| {
        server.request("PATCH", &format!("/api/keys/{id}")).key(&admin).if_match("*").json(&content).send()
    };
    let changed = patch(&id, json!({"contract": {"quota_per_day": null, "rate_per_second": 5}}));
    assert_eq!(changed.json()["data"]["contract"],
        json!({"embargo_offset": 3600, "summary_only": true, "rights": "Ours", "rate_per_second": 5}));
    assert_eq!(patch(&id, json!({"contract": null})).json()["data"]["contract"], json!({}));
    let wrong = patch(&id, json!({"contract": {"embargo_offset": -1, "quota": 1}}));
    let faults = [("/contract/embargo_offset", "out_of_range"), ("/contract/quota", "unknown_field")];
    assert_eq!(told(&wrong), faults.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
    let (desk, _) = made(server, &admin, &json!({"name": "Desk", "role": "editor"}));
    assert_eq!(read(server, &admin, &desk)["contract"], Value::Null);
    let refused = patch(&desk, json!({"contract": {"summary_only": true}}));
    assert_eq!(told(&refused), [("/contract".to_owned(), "not_a_partner".to_owned())]);
}

fn the_list_of_keys_pages_like_every_list(server) {
    let admin = server.key(Role::Admin);
    for n in 0..4 {
        made(server, &admin, &json!({"name": format!("key {n}"), "role": "partner"}));
    }
    let get = |target: &str| server.request("GET", target).key(&admin).send();
    let first = get("/api/keys?limit=2&count=exact&fields=name");
    assert_eq!((&first.json()["meta"]["total"], first.column("name")), (&json!(5), vec!["test".to_owned(), "key 0".to_owned()]));
    let next = first.json()["links"]["next"].as_str().unwrap().to_owned();
    assert_eq!(get(&next).column("name"), ["key 1", "key 2"]);
    assert_eq!(get("/api/keys?page=3&limit=2").column("name"), ["key 3"]);
    assert_eq!(get("/api/keys?limit=0").status, 400);
    assert_eq!(get("/api/keys?role=admin").status, 400);
    let head = server.request("HEAD", "/api/keys").key(&admin).send();
    assert_eq!((head.status, head.body.len()), (200, 0));
}

fn keys_are_made_rotated_and_revoked_at_the_command_line(server) {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| command::run(&server.database, folder.path(), arguments);
    let created = run(&["key", "create", "--name", "desk", "--role", "editor", "--expires", "2999-01-01T00:00:00Z"]);
    assert_eq!(created.code, Some(0), "{created:?}");
    let first = created.out.trim_end().to_owned();
    let listed = run(&["key", "list"]).out;
    let id = listed.split('\t').next().unwrap().to_owned();
    assert!(listed.contains("\tuntil 2999-01-01T00:00:00Z\t"), "{listed}");
    let rotated = run(&["key", "rotate", &id, "--overlap", "0"]);
    let second = rotated.out.trim_end().to_owned();
    assert_eq!((rotated.code, rotated.out.lines().count()), (Some(0), 1));
    // The command line goes by the real clock, which the test's is behind.
    server.pass(2_000_000_000);
    assert!(!opens(server, &first) && opens(server, &second));
    for wrong in [
        &["key", "create", "--name", "x", "--role", "editor", "--expires", "2001-01-01T00:00:00Z"][..],
        &["key", "create", "--name", "x", "--role", "editor", "--expires", "soon"],
        &["key", "create", "--name", "x", "--role", "editor", "--section", "nowhere"],
        &["key", "rotate", "0197283e-0000-7000-8000-000000000000"],
        &["key", "rotate", &id, "--overlap", "-1"],
        &["key", "revoke", "x"],
    ] {
        let ended = run(wrong);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{wrong:?}: {ended:?}");
    }
    assert_eq!(run(&["key", "revoke", &id]).code, Some(0));
    assert!(!opens(server, &second));
    let admin = server.key(Role::Admin);
    let audit = server.request("GET", &format!("/api/audit?actor=operator&resource={id}")).key(&admin).send();
    assert_eq!(audit.column("operation"), ["delete_key", "rotate_key", "create_key"]);
}
}
