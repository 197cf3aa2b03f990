//! Feed tokens: a partner's feeds open by their address alone, cut to its contract, and nothing else does.

use masthead::config::FeedContent;
use masthead::domain::access::{Limits, Role};
use masthead::domain::id::Id;
use masthead::domain::partner::Contract;
use masthead::domain::time::Timestamp;
use masthead::service::keys;
use serde_json::{Value, json};

use super::builders::{Article, lang};
use super::client::Response;
use super::command;
use super::database::Database;
use super::harness::TestServer;

const FILES: [&str; 3] = ["rss.xml", "atom.xml", "feed.json"];

/// Makes a token of a key; answers its id and the token.
fn made(server: &TestServer, admin: &str, key: Id) -> (String, String) {
    let target = format!("/api/keys/{key}/feed-tokens");
    let response = server.request("POST", &target).key(admin).send();
    assert_eq!(response.status, 201, "{}", response.text());
    let data = &response.json()["data"];
    let word = |name: &str| data[name].as_str().unwrap().to_owned();
    (word("id"), word("token"))
}

fn read(server: &TestServer, path: &str, token: &str) -> Response {
    let mark = if path.contains('?') { '&' } else { '?' };
    server.get(&format!("{path}{mark}token={token}"))
}

/// The titles of JSON Feed's items, in their order.
fn titles(response: &Response) -> Vec<String> {
    assert_eq!(response.status, 200, "{}", response.text());
    let json = response.json();
    let items = json["items"].as_array().unwrap().iter();
    items
        .map(|item| item["title"].as_str().unwrap().to_owned())
        .collect()
}

fn section(server: &TestServer, path: &str) -> Id {
    let found = server.ok(&format!("/api/sections/{path}?lang=en")).json();
    Id::parse(found["data"]["id"].as_str().unwrap()).unwrap()
}

api_test! {
fn a_token_is_shown_once_listed_and_revoked(server) {
    let admin = server.key(Role::Admin);
    let (_, key) = server.partner(Limits { langs: vec![lang("fr")], ..Limits::default() }, Contract::default());
    server.article(Article::new("Une").lang("fr"));
    let target = format!("/api/keys/{key}/feed-tokens");
    let post = || server.request("POST", &target).key(&admin).header("idempotency-key", "once").json(&json!({"name": " The Daily's reader "}));
    let response = post().send();
    assert_eq!(response.status, 201, "{}", response.text());
    let data = response.json()["data"].clone();
    let (id, token) = (data["id"].as_str().unwrap(), data["token"].as_str().unwrap());
    assert_eq!(response.header("location"), format!("{target}/{id}"));
    assert_eq!(response.header("cache-control"), "private, no-store");
    assert_eq!((&data["name"], &data["created_at"], &data["revoked_at"]), (&json!("The Daily's reader"), &json!("2025-06-01T12:00:00Z"), &Value::Null));
    assert!(token.starts_with(&format!("{}_", data["prefix"].as_str().unwrap())) && token.starts_with("mhf_") && token.len() > 50);
    let url = data["url_example"].as_str().unwrap();
    assert_eq!(url, format!("http://{}/feeds/fr/atom.xml?token={token}", server.address));
    assert_eq!(server.get(url.strip_prefix(&format!("http://{}", server.address)).unwrap()).status, 200);
    assert_eq!(post().send().json(), response.json(), "the same request is answered the same");
    let (second, _) = made(server, &admin, key);
    let list = server.request("GET", &target).key(&admin).send();
    assert_eq!(list.column("id"), [id, &second]);
    assert!(!list.text().contains(&token[13..]) && !list.text().contains("\"token\""));
    let page = server.request("GET", &format!("{target}?limit=1&count=exact")).key(&admin).send().json();
    assert_eq!((&page["meta"]["total"], &page["meta"]["has_more"]), (&json!(2), &json!(true)));
    let next = page["links"]["next"].as_str().unwrap();
    assert_eq!(server.request("GET", next).key(&admin).send().column("id"), [second.as_str()]);
    for _ in 0..2 {
        assert_eq!(server.request("DELETE", &format!("{target}/{id}")).key(&admin).send().status, 204);
    }
    let list = server.request("GET", &target).key(&admin).send().json();
    assert_eq!((&list["data"][0]["revoked_at"], &list["data"][1]["revoked_at"]), (&json!("2025-06-01T12:00:00Z"), &Value::Null));
    assert_eq!(read(server, "/feeds/fr/atom.xml", token).problem(), "invalid_key");
}

fn only_an_admin_makes_tokens_and_only_for_a_valid_partner(server) {
    let admin = server.key(Role::Admin);
    let (partner, key) = server.partner(Limits::default(), Contract::default());
    let target = format!("/api/keys/{key}/feed-tokens");
    let post = |target: &str| server.request("POST", target).key(&admin);
    for (method, path) in [("GET", target.clone()), ("POST", target.clone()), ("DELETE", format!("{target}/{key}"))] {
        assert_eq!(server.request(method, &path).send().problem(), "key_required");
        assert_eq!(server.request(method, &path).key(&partner).send().problem(), "forbidden");
        let (limited, _) = server.key_within(Role::Admin, Limits { langs: vec![lang("en")], ..Limits::default() });
        assert_eq!(server.request(method, &path).key(&limited).send().problem(), "forbidden");
    }
    let (_, editor) = server.key_within(Role::Editor, Limits::default());
    assert_eq!(post(&format!("/api/keys/{editor}/feed-tokens")).send().status, 409);
    for unknown in ["x", "0197283e-0000-7000-8000-000000000000"] {
        assert_eq!(post(&format!("/api/keys/{unknown}/feed-tokens")).send().status, 404);
        assert_eq!(server.request("GET", &format!("/api/keys/{unknown}/feed-tokens")).key(&admin).send().status, 404);
        assert_eq!(server.request("DELETE", &format!("{target}/{unknown}")).key(&admin).send().status, 404);
    }
    let (id, _) = made(server, &admin, key);
    let (_, other) = server.partner(Limits::default(), Contract::default());
    assert_eq!(server.request("DELETE", &format!("/api/keys/{other}/feed-tokens/{id}")).key(&admin).send().status, 404, "it is another key's");
    for wrong in [json!({"name": 1}), json!({"nam": "x"}), json!({"name": "x".repeat(301)})] {
        assert_eq!(post(&target).json(&wrong).send().status, 422, "{wrong}");
    }
    assert_eq!(post(&format!("{target}?x=1")).send().status, 400);
    for _ in 1..50 {
        made(server, &admin, key);
    }
    assert_eq!(post(&target).send().status, 409, "there is an end to them");
    assert_eq!(server.request("DELETE", &format!("{target}/{id}")).key(&admin).send().status, 204);
    made(server, &admin, key);
    assert!(keys::revoke_key(&server.app.store, &server.app.clock, key).unwrap());
    assert_eq!(post(&target).send().status, 409);
}

fn a_token_shows_what_its_key_may_see_and_links_go_on_with_it(server) {
    let admin = server.key(Role::Admin);
    server.article(Article::new("Old").section(&["World"]).author("Ann Lee").tag("ink").published_at("2025-01-01T00:00:00Z"));
    server.article(Article::new("New").section(&["World", "Asia"]).author("Ann Lee").tag("ink").published_at("2025-02-01T00:00:00Z"));
    server.article(Article::new("Elsewhere").section(&["Sport"]).author("Ann Lee").author("Bo Chu").tag("ink"));
    let now = server.now().to_string();
    server.article(Article::new("Young").section(&["World"]).published_at(&now));
    server.article(Article::new("Montré").lang("fr").section(&["Monde"]));
    let gone = server.article(Article::new("Gone").section(&["World"]));
    let gone_elsewhere = server.article(Article::new("Gone elsewhere").section(&["Sport"]));
    server.withdraw(gone);
    server.withdraw(gone_elsewhere);
    let world = section(server, "world");
    let contract = Contract { summary_only: true, embargo_offset: 3_600, rights: Some("© Norhaven. Licensed.".to_owned()), ..Contract::default() };
    let (partner, key) = server.partner(Limits { sections: vec![world], ..Limits::default() }, contract);
    let (_, token) = made(server, &admin, key);
    for below in ["", "sections/world/", "authors/ann-lee/", "tags/ink/"] {
        assert_eq!(titles(&read(server, &format!("/feeds/en/{below}feed.json"), &token)), ["New", "Old"], "{below}");
        for file in FILES {
            let path = format!("/feeds/en/{below}{file}");
            let (by_token, by_key) = (read(server, &path, &token), server.request("GET", &path).key(&partner).send());
            assert_eq!(by_token.text().replace(&format!("?token={token}"), ""), by_key.text(), "{path}: as the key in its header");
            assert!(!by_token.text().contains("The text of") && by_token.text().contains("© Norhaven. Licensed."), "{path}");
            assert_eq!(by_token.header("cache-control"), "private, no-store");
        }
    }
    assert_eq!(read(server, "/feeds/en/authors/bo-chu/rss.xml", &token).status, 404);
    let atom = read(server, "/feeds/en/atom.xml", &token);
    assert!(atom.text().contains(&format!("ref=\"urn:uuid:{gone}\"")) && !atom.text().contains(&gone_elsewhere.to_string()));
    assert!(atom.text().contains("rel=\"self\"") && atom.text().contains(&format!("/feeds/en/atom.xml?token={token}\"")));
    let first = read(server, "/feeds/en/feed.json?limit=1", &token);
    let next = first.json()["next_url"].as_str().unwrap().to_owned();
    assert!(next.ends_with(&format!("&token={token}")), "{next}");
    let next = server.get(next.strip_prefix(&format!("http://{}", server.address)).unwrap());
    assert_eq!((titles(&first), titles(&next)), (vec!["New".to_owned()], vec!["Old".to_owned()]));
    let path = format!("/feeds/en/rss.xml?token={token}");
    let again = server.request("GET", &path).header("if-none-match", server.ok(&path).header("etag")).send();
    assert_eq!((again.status, server.request("HEAD", &path).send().status), (304, 200));
    assert_eq!(titles(&server.ok("/feeds/en/feed.json")).len(), 4, "the public sees all that is public");
}

fn what_a_token_opens_is_kept_for_nobody_else(server) {
    let admin = server.key(Role::Admin);
    server.article(Article::new("One").section(&["World"]));
    server.article(Article::new("Two").section(&["Sport"]));
    let world = section(server, "world");
    let (_, key) = server.partner(Limits { sections: vec![world], ..Limits::default() }, Contract::default());
    let (id, token) = made(server, &admin, key);
    for _ in 0..2 {
        assert_eq!(titles(&read(server, "/feeds/en/feed.json", &token)), ["One"]);
        assert_eq!(titles(&server.ok("/feeds/en/feed.json")).len(), 2);
        assert_eq!(server.ok("/feeds/en/feed.json").text().matches("token").count(), 0);
    }
    assert_eq!(server.request("DELETE", &format!("/api/keys/{key}/feed-tokens/{id}")).key(&admin).send().status, 204);
    assert_eq!(read(server, "/feeds/en/feed.json", &token).status, 401, "no answer of before is given again");
    assert_eq!(server.beside().get(&format!("/feeds/en/feed.json?token={token}")).status, 401);
}

fn whatever_is_wrong_with_a_token_is_told_in_one_way(server) {
    let admin = server.key(Role::Admin);
    server.article(Article::new("One"));
    let (store, clock) = (&server.app.store, &server.app.clock);
    let (partner, revoked) = server.partner(Limits::default(), Contract::default());
    let (_, of_revoked) = made(server, &admin, revoked);
    let (_, expired) = server.partner(Limits::default(), Contract::default());
    let (_, of_expired) = made(server, &admin, expired);
    let (_, live) = server.partner(Limits::default(), Contract::default());
    let (gone, of_gone) = made(server, &admin, live);
    let (_, good) = made(server, &admin, live);
    let end = Timestamp::from_millis(server.now().millis() + 1_000);
    assert!(keys::change_rights(store, clock, expired, &Limits::default(), Contract::default(), Some(end)).unwrap());
    for token in [&of_revoked, &of_expired, &of_gone, &good] {
        assert_eq!(read(server, "/feeds/en/rss.xml", token).status, 200);
    }
    assert!(keys::revoke_key(store, clock, revoked).unwrap());
    assert_eq!(server.request("DELETE", &format!("/api/keys/{live}/feed-tokens/{gone}")).key(&admin).send().status, 204);
    server.pass(2);
    let altered = format!("{}{}", &good[..good.len() - 2], if good.ends_with("AA") { "BB" } else { "AA" });
    let wrong = [of_revoked, of_expired, of_gone, altered, partner, admin.clone(), "x".to_owned(), String::new(), "mhf_".to_owned(), "a".repeat(2_000), "mhf_%C3%A9%C3%A9%C3%A9%C3%A9_x".to_owned()];
    let mut details = Vec::new();
    for token in &wrong {
        let refused = read(server, "/feeds/en/rss.xml", token);
        assert_eq!((refused.status, refused.problem().as_str()), (401, "invalid_key"), "{token}");
        assert!(!refused.header("www-authenticate").is_empty());
        assert!(token.len() < 12 || !refused.text().contains(token.as_str()));
        details.push(refused.json()["detail"].as_str().unwrap().to_owned());
    }
    details.dedup();
    assert_eq!(details.len(), 1, "{details:?}");
    assert_eq!(read(server, "/feeds/en/rss.xml", &good).status, 200);
    let twice = read(server, &format!("/feeds/en/rss.xml?token={good}"), &good);
    assert_eq!((twice.status, twice.wrong_parameters()), (400, vec!["token".to_owned()]));
    let both = server.request("GET", &format!("/feeds/en/rss.xml?token={good}")).key(&admin).send();
    assert_eq!((both.status, both.wrong_parameters()), (400, vec!["token".to_owned()]));
    assert_eq!(read(server, "/feeds/en/rss.xml?page=2", &good).wrong_parameters(), ["page"]);
}

fn a_token_opens_feeds_and_nothing_else(server) {
    let admin = server.key(Role::Admin);
    let id = server.article(Article::new("One"));
    let (_, key) = server.partner(Limits::default(), Contract::default());
    let (_, token) = made(server, &admin, key);
    for path in ["/api/articles", &format!("/api/articles/{id}"), "/api/changes", "/sitemap.xml", "/sitemaps/en-1.xml", "/api/sections"] {
        assert_eq!(read(server, path, &token).status, 400, "{path}");
        assert_eq!(server.ok(path).status, 200);
    }
    for path in ["/api/articles", "/api/usage", "/feeds/en/rss.xml"] {
        assert_eq!(server.request("GET", path).key(&token).send().problem(), "invalid_key", "{path}: it is no key");
    }
}

fn what_is_read_by_a_token_counts_for_its_key(server) {
    let admin = server.key(Role::Admin);
    server.article(Article::new("One"));
    let (partner, key) = server.partner(Limits::default(), Contract { quota_per_day: Some(3), ..Contract::default() });
    let (_, token) = made(server, &admin, key);
    let first = read(server, "/feeds/en/rss.xml", &token);
    assert_eq!(first.header("ratelimit-policy"), "\"day\";q=3;w=86400");
    assert_eq!(server.request("GET", "/feeds/en/rss.xml").key(&partner).send().status, 200);
    assert_eq!(read(server, "/feeds/en/rss.xml", &token).status, 200);
    let refused = read(server, "/feeds/en/rss.xml", &token);
    assert_eq!((refused.status, refused.header("retry-after").is_empty()), (429, false));
    let usage = server.request("GET", &format!("/api/usage?key={key}")).key(&admin).send().json();
    assert_eq!(usage["data"][0]["requests"], 4, "{usage}");
}

fn secrets_are_stored_nowhere_and_deeds_are_in_the_audit(server) {
    let admin = server.key(Role::Admin);
    let (_, key) = server.partner(Limits::default(), Contract::default());
    let target = format!("/api/keys/{key}/feed-tokens");
    let response = server.request("POST", &target).key(&admin).header("idempotency-key", "k").json(&json!({"name": "x"})).send();
    let data = response.json()["data"].clone();
    let (id, token) = (data["id"].as_str().unwrap(), data["token"].as_str().unwrap());
    server.request("DELETE", &format!("{target}/{id}")).key(&admin).send();
    let audit = server.request("GET", &format!("/api/audit?kind=feed_token&resource={id}")).key(&admin).send();
    assert_eq!(audit.column("operation"), ["delete_feed_token", "create_feed_token"]);
    assert!(audit.text().contains(data["prefix"].as_str().unwrap()) && audit.text().contains(&key.to_string()));
    let mut stored = Database::open(&server.database);
    let rows = "COALESCE(name, '') || prefix || secret_hash";
    let mut places = stored.texts(&format!("SELECT {rows} AS t FROM feed_tokens"));
    places.extend(stored.texts("SELECT COALESCE(detail, '') || resource AS t FROM audit"));
    places.extend(stored.texts("SELECT answer AS t FROM idempotent_answers"));
    assert!(places.len() >= 4);
    assert!(places.iter().all(|place| !place.contains(&token[13..])));
    let hash = stored.texts("SELECT secret_hash AS t FROM feed_tokens").concat();
    assert!(!audit.text().contains(&hash) && !audit.text().contains(&token[13..]));
}

fn tokens_are_made_and_revoked_at_the_command_line(server) {
    let admin = server.key(Role::Admin);
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| command::run(&server.database, folder.path(), arguments);
    server.article(Article::new("One"));
    let (_, key) = server.partner(Limits::default(), Contract::default());
    let key = key.to_string();
    let made = run(&["key", "feed-token", &key, "--name", "reader"]);
    assert_eq!((made.code, made.out.lines().count()), (Some(0), 1), "{made:?}");
    let token = made.out.trim_end();
    assert_eq!(read(server, "/feeds/en/rss.xml", token).status, 200);
    let list = server.request("GET", &format!("/api/keys/{key}/feed-tokens")).key(&admin).send();
    assert_eq!(list.column("name"), ["reader"]);
    let id = list.column("id").concat();
    let (_, editor) = server.key_within(Role::Editor, Limits::default());
    for wrong in [&["key", "feed-token", "x"][..], &["key", "feed-token", &editor.to_string()], &["key", "feed-token", &id], &["key", "feed-token", &key, "--revoke", &key]] {
        let ended = run(wrong);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{wrong:?}: {ended:?}");
    }
    let revoked = run(&["key", "feed-token", &key, "--revoke", &id]);
    assert_eq!((revoked.code, revoked.out.as_str()), (Some(0), ""), "{revoked:?}");
    assert_eq!(read(server, "/feeds/en/rss.xml", token).status, 401);
}
}

#[test]
fn the_hub_learns_no_token_and_the_other_editions_keep_it() {
    let server = TestServer::on_sqlite_with(|config| {
        config.websub_hub = Some("https://hub.example.org/".to_owned());
        config.feed_content = FeedContent::Full;
    });
    let id = server.article(Article::new("One").section(&["World"]));
    server.article(Article::new("Un").lang("fr").of_work(server.work_of(id)));
    let admin = server.key(Role::Admin);
    let (_, key) = server.partner(Limits::default(), Contract::default());
    let (_, token) = made(&server, &admin, key);
    for file in FILES {
        let path = format!("/feeds/en/{file}");
        assert!(server.ok(&path).text().contains("hub.example.org"));
        let own = read(&server, &path, &token);
        assert!(!own.text().contains("hub.example.org") && own.text().contains("The text of"));
        assert!(own.headers.iter().all(|(name, _)| name != "link"));
    }
    let atom = read(&server, "/feeds/en/atom.xml", &token);
    let other = format!("/feeds/fr/atom.xml?token={token}\"");
    assert!(atom.text().contains(&other), "{}", atom.text());
}
