//! Preview links: what they open, for whom, how long, and who keeps nothing of it.

use masthead::domain::access::Role;
use masthead::domain::article::Status;
use masthead::service::keys;
use serde_json::{Value, json};

use super::builders::Article;
use super::client::Response;
use super::harness::TestServer;

fn post(server: &TestServer, key: &str, target: &str, content: &Value) -> Response {
    server.request("POST", target).key(key).json(content).send()
}

fn draft(server: &TestServer, key: &str) -> String {
    server.article(Article::new("First").section(&["World"]).tag("Bridges"));
    let content = json!({"lang": "en", "title": "A draft", "slug": "a-draft", "section": "world", "tags": ["Bridges"],
        "body": {"format": "text", "content": "Not yet.\n\nNot now."}});
    let made = post(server, key, "/api/articles", &content);
    assert_eq!(made.status, 201, "{}", made.text());
    format!(
        "/api/articles/{}",
        made.json()["data"]["id"].as_str().unwrap()
    )
}

fn link(server: &TestServer, key: &str, target: &str, content: &Value) -> Value {
    let made = post(server, key, &format!("{target}/preview"), content);
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()["data"].clone()
}

fn token(link: &Value) -> &str {
    link["token"].as_str().unwrap()
}

fn patch(server: &TestServer, key: &str, target: &str, content: &Value) {
    let request = server
        .request("PATCH", target)
        .key(key)
        .if_match("*")
        .json(content);
    assert_eq!(request.send().status, 200);
}

api_test! {
fn a_link_opens_a_draft_without_a_key_and_nobody_keeps_it(server) {
    let key = server.key(Role::Editor);
    let target = draft(server, &key);
    let made = post(server, &key, &format!("{target}/preview"), &json!({}));
    let link = made.json()["data"].clone();
    assert_eq!((made.status, made.header("cache-control")), (201, "private, no-store"));
    assert_eq!(link["url"], format!("http://{}{target}?preview={}", server.address, token(&link)));
    assert_eq!(made.header("location"), format!("{target}?preview={}", token(&link)));
    assert_eq!((&link["expires_at"], &link["version"]), (&json!("2025-06-01T13:00:00Z"), &Value::Null));
    assert_eq!(server.get(&target).status, 404, "the public knows of no draft");
    for _ in 0..2 {
        let shown = server.ok(&format!("{target}?preview={}", token(&link)));
        assert_eq!(shown.json()["data"]["title"], "A draft");
        assert_eq!(shown.header("cache-control"), "private, no-store");
        assert_eq!((shown.header("surrogate-key"), shown.header("cache-tag")), ("", ""));
        assert_eq!(shown.header("x-robots-tag"), "noindex");
        assert!(!shown.text().contains(token(&link)), "the token is in no link of the answer");
    }
    let shown = server.ok(&format!("{target}?preview={}", token(&link)));
    let again = server.request("GET", &format!("{target}?preview={}", token(&link)));
    assert_eq!(again.header("if-none-match", shown.header("etag")).send().status, 304);
    let head = server.request("HEAD", &format!("{target}?preview={}", token(&link))).send();
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(server.get(&target).status, 404);
}

fn a_link_shows_every_form_of_the_article(server) {
    let key = server.key(Role::Editor);
    let target = draft(server, &key);
    let link = link(server, &key, &target, &json!({}));
    let shown = |more: &str| server.ok(&format!("{target}?preview={}{more}", token(&link))).json()["data"].clone();
    assert_eq!(shown("&body=text")["body"]["content"], "Not yet.\n\nNot now.");
    assert_eq!(shown("&body=blocks")["body"]["content"][0]["type"], "paragraph");
    assert_eq!(shown("&fields=title"), json!({"id": shown("")["id"], "lang": "en", "title": "A draft"}));
    assert_eq!(shown("&lang=en")["title"], "A draft");
    assert_eq!(shown("&include=related")["related"][0]["title"], "First");
    assert_eq!(shown("")["section"]["path"], "world");
    let by_slug = server.ok(&format!("/api/articles/a-draft?preview={}", token(&link)));
    assert_eq!(by_slug.json()["data"]["title"], "A draft");
    assert_eq!(server.get(&format!("{target}?preview={}&lang=fr", token(&link))).status, 404);
    assert_eq!(server.get(&format!("{target}?preview={}&body=pdf", token(&link))).status, 400);
}

fn a_link_is_of_the_latest_version_or_of_one(server) {
    let key = server.key(Role::Editor);
    let target = draft(server, &key);
    let latest = link(server, &key, &target, &json!({}));
    let first = link(server, &key, &target, &json!({"version": 1, "expires_in": 7_200}));
    assert_eq!((&first["version"], &first["expires_at"]), (&json!(1), &json!("2025-06-01T14:00:00Z")));
    patch(server, &key, &target, &json!({"title": "Second thoughts"}));
    let title = |link: &Value| {
        let shown = server.ok(&format!("{target}?preview={}", token(link))).json();
        (shown["data"]["version"].clone(), shown["data"]["title"].clone())
    };
    assert_eq!(title(&latest), (json!(2), json!("Second thoughts")));
    assert_eq!(title(&first), (json!(1), json!("A draft")));
    post(server, &key, &format!("{target}/publish"), &json!({}));
    assert_eq!(title(&latest).0, 3, "what is published meanwhile is still shown");
    assert_eq!(title(&first), (json!(1), json!("A draft")));
    for (content, place) in [
        (json!({"version": 9}), "/version"),
        (json!({"version": 0}), "/version"),
        (json!({"expires_in": 0}), "/expires_in"),
        (json!({"expires_in": 30 * 24 * 3600 + 1}), "/expires_in"),
        (json!({"expires_in": "soon"}), "/expires_in"),
        (json!({"until": 5}), "/until"),
    ] {
        let refused = post(server, &key, &format!("{target}/preview"), &content);
        assert_eq!((refused.status, &refused.json()["errors"][0]["pointer"]), (422, &json!(place)), "{content}");
    }
}

fn a_link_ends_with_its_time_with_its_key_and_with_the_article(server) {
    let (key, id) = server.key_within(Role::Editor, Default::default());
    let target = draft(server, &key);
    let opens = |link: &Value| server.get(&format!("{target}?preview={}", token(link))).status;
    let short = link(server, &key, &target, &json!({"expires_in": 60}));
    let long = link(server, &key, &target, &json!({}));
    server.pass(59);
    assert_eq!((opens(&short), opens(&long)), (200, 200));
    server.pass(1);
    assert_eq!((opens(&short), opens(&long)), (404, 200));
    keys::revoke_key(&server.app.store, &server.app.clock, id).unwrap();
    assert_eq!(opens(&long), 404, "the key that made it was revoked");
    let key = server.key(Role::Editor);
    let link = link(server, &key, &target, &json!({}));
    post(server, &key, &format!("{target}/publish"), &json!({}));
    post(server, &key, &format!("{target}/withdraw"), &json!({"reason": "legal", "note": "a letter came"}));
    let gone = server.get(&format!("{target}?preview={}", token(&link)));
    assert_eq!((gone.status, &gone.json()["reason"]), (410, &json!("legal")), "taken down for everybody");
    assert!(!gone.text().contains("letter"));
    assert_eq!(post(server, &key, &format!("{target}/preview"), &json!({})).status, 409);
}

fn a_link_that_does_not_open_tells_nothing_of_the_article(server) {
    let key = server.key(Role::Editor);
    let target = draft(server, &key);
    let other = server.article(Article::new("Other draft").status(Status::Draft));
    let public = server.article(Article::new("Public"));
    let link = link(server, &key, &target, &json!({}));
    let token = token(&link);
    let altered = |at: usize| {
        let mut bytes = token.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    };
    let nowhere = server.get(&format!("/api/articles/018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b?preview={token}"));
    let told = |response: &Response| (response.status, response.problem(), response.json()["detail"].clone());
    for target in [
        format!("{target}?preview={}", altered(0)),
        format!("{target}?preview={}", altered(50)),
        format!("{target}?preview={}", altered(100)),
        format!("{target}?preview={}", &token[..token.len() - 2]),
        format!("{target}?preview={token}AA"),
        format!("{target}?preview="),
        format!("{target}?preview=%E4%B8%AD"),
        format!("/api/articles/{other}?preview={token}"),
        format!("/api/articles/{public}?preview={token}"),
        format!("/api/articles/first?preview={token}"),
    ] {
        let response = server.get(&target);
        assert_eq!(told(&response), told(&nowhere), "{target}");
        assert_eq!(response.header("cache-control"), "no-store");
    }
    let twice = server.get(&format!("{target}?preview={token}&preview={token}"));
    assert_eq!(twice.status, 400);
    for elsewhere in ["/api/articles", "/api/resolve", "/api/articles/first/related"] {
        assert_eq!(server.get(&format!("{elsewhere}?preview={token}")).status, 400, "{elsewhere}");
    }
    assert_eq!(server.get(&format!("{target}/revisions?preview={token}")).status, 401);
    let key = server.request("GET", &format!("{target}?preview={}", altered(0))).key(&key).send();
    assert_eq!(key.status, 404, "a link is judged alone, whatever key comes with it");
}

fn links_are_made_by_those_who_may_work_on_the_article(server) {
    let (own, other) = (server.key(Role::Author), server.key(Role::Author));
    let target = draft(server, &own);
    let make = |key: &str| post(server, key, &format!("{target}/preview"), &json!({})).status;
    let (partner, editor) = (server.key(Role::Partner), server.key(Role::Editor));
    assert_eq!((make(&own), make(&other), make(&partner), make(&editor)), (201, 404, 403, 201));
    assert_eq!(server.request("POST", &format!("{target}/preview")).send().status, 401);
    let own_link = link(server, &own, &target, &json!({}));
    post(server, &editor, &format!("{target}/publish"), &json!({}));
    assert_eq!(make(&own), 403, "what is published is the editors'");
    assert_eq!(server.get(&format!("{target}?preview={}", token(&own_link))).status, 200);
}

fn the_same_request_for_a_link_gives_the_same_link(server) {
    let key = server.key(Role::Editor);
    let target = draft(server, &key);
    let make = || {
        let request = server.request("POST", &format!("{target}/preview")).key(&key);
        request.header("idempotency-key", "once").json(&json!({})).send()
    };
    let first = make();
    server.pass(5);
    assert_eq!(first.json()["data"], make().json()["data"]);
}

fn a_link_hides_what_the_public_is_not_told(server) {
    let key = server.key(Role::Editor);
    let target = draft(server, &key);
    let id = target.rsplit('/').next().unwrap().to_owned();
    let hidden = json!({"lang": "fr", "title": "Caché", "translation_of": id});
    server.article(Article::new("Premier").lang("fr"));
    assert_eq!(post(server, &key, "/api/articles", &hidden).status, 201);
    let link = link(server, &key, &target, &json!({}));
    let shown = server.ok(&format!("{target}?preview={}", token(&link)));
    assert_eq!(shown.json()["data"]["translations"], json!([]), "a draft of a translation stays hidden");
    assert!(shown.json()["data"].get("extra").is_none());
}
}
