//! The versions of an article: listed, read, compared, restored.

use masthead::domain::access::{Limits, Role};
use masthead::domain::id::Id;
use serde_json::{Value, json};

use super::builders::{Article, lang};
use super::client::Response;
use super::harness::TestServer;

struct Desk<'s> {
    server: &'s TestServer,
    key: String,
    target: String,
}

impl<'s> Desk<'s> {
    /// An article of one version, written with a key of this role.
    fn with(server: &'s TestServer, role: Role, content: Value) -> Self {
        server.article(
            Article::new("First")
                .section(&["World"])
                .author("Ann Lee")
                .author("Bo Chu")
                .source("Gazette"),
        );
        let key = server.key(role);
        let made = server
            .request("POST", "/api/articles")
            .key(&key)
            .json(&content)
            .send();
        assert_eq!(made.status, 201, "{}", made.text());
        let target = format!(
            "/api/articles/{}",
            made.json()["data"]["id"].as_str().unwrap()
        );
        Self {
            server,
            key,
            target,
        }
    }

    fn get(&self, path: &str) -> Response {
        self.server
            .request("GET", &format!("{}{path}", self.target))
            .key(&self.key)
            .send()
    }

    fn data(&self, path: &str) -> Value {
        let response = self.get(path);
        assert_eq!(response.status, 200, "{path}: {}", response.text());
        response.json()["data"].clone()
    }

    fn patch(&self, content: &Value) -> Value {
        let request = self
            .server
            .request("PATCH", &self.target)
            .key(&self.key)
            .if_match("*");
        let response = request.json(content).send();
        assert_eq!(response.status, 200, "{}", response.text());
        response.json()["data"].clone()
    }

    fn post(&self, path: &str, content: &Value) -> Response {
        let target = format!("{}{path}", self.target);
        self.server
            .request("POST", &target)
            .key(&self.key)
            .json(content)
            .send()
    }
}

fn written() -> Value {
    json!({
        "lang": "en", "title": "The bridge opens at six", "slug": "bridge", "summary": "Short.",
        "body": {"format": "markdown", "content": "It opened at **six**.\n\nBring a coat.\n\nThe end."},
        "section": "world", "authors": ["ann-lee"], "source": "gazette", "tags": ["Bridges", "Roads"],
    })
}

/// Words with marks around what was taken out and put in.
fn marked(words: &Value) -> String {
    let mark = |piece: &Value| {
        let text = piece["text"].as_str().unwrap();
        match piece["op"].as_str().unwrap() {
            "removed" => format!("[-{text}-]"),
            "added" => format!("[+{text}+]"),
            _ => text.to_owned(),
        }
    };
    words.as_array().unwrap().iter().map(mark).collect()
}

api_test! {
fn versions_are_listed_newest_first_with_what_each_changed(server) {
    let desk = Desk::with(server, Role::Editor, written());
    server.pass(60);
    desk.patch(&json!({"title": "The bridge opened at nine", "tags": ["Roads"]}));
    desk.post("/publish", &json!({}));
    let list = desk.get("/revisions");
    assert_eq!((list.status, list.header("cache-control")), (200, "private, no-store"));
    let rows = list.json()["data"].clone();
    let of = |name: &str| rows.as_array().unwrap().iter().map(|row| row[name].clone()).collect::<Vec<_>>();
    assert_eq!(of("version"), [3, 2, 1]);
    assert_eq!(of("status"), ["published", "draft", "draft"]);
    assert_eq!(of("title")[2], "The bridge opens at six");
    assert_eq!(of("changed"), [json!(["status", "published_at"]), json!(["title", "tags"]), json!([])]);
    assert_eq!(of("at")[1..], [json!("2025-06-01T12:01:00Z"), json!("2025-06-01T12:00:00Z")]);
    for actor in of("actor") {
        assert_eq!((&actor["kind"], &actor["name"]), (&json!("key"), &json!("test")));
        assert!(actor["id"].is_string());
    }
    let again = server.request("GET", &format!("{}/revisions", desk.target)).key(&desk.key);
    assert_eq!(again.header("if-none-match", list.header("etag")).send().status, 304);
}

fn editors_see_who_wrote_also_after_the_key_was_revoked(server) {
    let desk = Desk::with(server, Role::Editor, written());
    let (store, clock) = (&server.app.store, &server.app.clock);
    let token = masthead::service::keys::create_key(store, clock, "Night desk", Role::Editor, Limits::default(), None).unwrap();
    let night = store.read(|c| masthead::store::keys::authenticate(c, &token, clock.now())).unwrap().unwrap().key;
    let patched = server.request("PATCH", &desk.target).key(&token).if_match("*").json(&json!({"title": "Other"})).send();
    assert_eq!(patched.status, 200, "{}", patched.text());
    assert!(masthead::service::keys::revoke_key(store, clock, night).unwrap());
    let named = json!({"kind": "key", "id": night.to_string(), "name": "Night desk"});
    assert_eq!(desk.get("/revisions").json()["data"][0]["actor"], named);
    let diff = desk.data("/revisions/1/diff/2");
    assert_eq!((&diff["to"]["actor"], &diff["from"]["actor"]["name"]), (&named, &json!("test")));
    let imported = server.article(super::builders::Article::new("Imported"));
    let list = server.request("GET", &format!("/api/articles/{imported}/revisions")).key(&desk.key).send();
    assert_ne!(list.json()["data"][0]["actor"]["kind"], "key");
    assert_eq!(list.json()["data"][0]["actor"]["name"], Value::Null);
}

fn the_list_pages_by_cursor_to_its_end(server) {
    let desk = Desk::with(server, Role::Editor, written());
    for n in 2..=12 {
        desk.patch(&json!({"subtitle": format!("Subtitle {n}")}));
    }
    let (mut target, mut seen) = (format!("{}/revisions?limit=5&count=exact", desk.target), Vec::new());
    loop {
        let page = server.request("GET", &target).key(&desk.key).send();
        let json = page.json();
        assert_eq!(json["meta"]["total"], 12);
        for row in json["data"].as_array().unwrap() {
            let expected = if row["version"] == 1 { json!([]) } else { json!(["subtitle"]) };
            assert_eq!(row["changed"], expected, "{row}");
            seen.push(row["version"].as_i64().unwrap());
        }
        match json["links"]["next"].as_str() {
            Some(next) => target = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, (1..=12).rev().collect::<Vec<_>>());
    let second = desk.get("/revisions?limit=5&page=2").column("title").len();
    assert_eq!(second, 5);
    for bad in ["cursor=AAAA", "limit=0", "status=draft", "body=text"] {
        assert_eq!(desk.get(&format!("/revisions?{bad}")).status, 400, "{bad}");
    }
}

fn a_version_reads_as_the_article_was_with_today_s_names(server) {
    let desk = Desk::with(server, Role::Editor, written());
    desk.patch(&json!({"title": "Other", "body": {"format": "text", "content": "Gone."}, "authors": ["bo-chu"]}));
    desk.post("/publish", &json!({}));
    let first = desk.data("/revisions/1");
    assert_eq!((&first["version"], &first["title"], &first["status"]),
        (&json!(1), &json!("The bridge opens at six"), &json!("draft")));
    assert_eq!(first["authors"][0]["name"], "Ann Lee");
    assert_eq!(first["section"]["path"], "world");
    assert_eq!(first["source"]["name"], "Gazette");
    assert_eq!(first["tags"][1]["name"], "Roads");
    assert_eq!(first["breadcrumbs"][2]["name"], "The bridge opens at six");
    assert_eq!(first["body"]["content"], "<p>It opened at <strong>six</strong>.</p><p>Bring a coat.</p><p>The end.</p>");
    assert_eq!(first["links"]["self"], format!("{}/revisions/1", desk.target));
    assert_eq!(desk.data("/revisions/1?body=text")["body"]["content"], "It opened at six.\n\nBring a coat.\n\nThe end.");
    let cut = desk.data("/revisions/1?fields=title");
    assert_eq!(cut.as_object().unwrap().len(), 3, "{cut}");
    let read = desk.get("/revisions/1");
    let again = server.request("GET", &format!("{}/revisions/1", desk.target)).key(&desk.key);
    assert_eq!(again.header("if-none-match", read.header("etag")).send().status, 304);
    assert_eq!(read.header("cache-control"), "private, no-store");
    assert_eq!(read.header("surrogate-key"), "");
    for missing in ["0", "4", "-1", "x", "99999999999999999999"] {
        assert_eq!(desk.get(&format!("/revisions/{missing}")).status, 404, "{missing}");
    }
}

fn two_versions_are_compared_field_by_field_and_word_by_word(server) {
    let desk = Desk::with(server, Role::Editor, written());
    desk.patch(&json!({
        "title": "The bridge opened at nine", "summary": null, "authors": ["bo-chu", "ann-lee"], "tags": ["Roads", "Lamps"],
        "body": {"format": "markdown", "content": "It opened at **nine**.\n\nBring a coat."},
    }));
    let diff = desk.data("/revisions/1/diff/2");
    assert_eq!((&diff["from"]["version"], &diff["to"]["version"]), (&json!(1), &json!(2)));
    let changes = diff["changes"].as_array().unwrap();
    let of = |field: &str| {
        let found = changes.iter().find(|change| change["field"] == field);
        found.unwrap_or_else(|| panic!("{field} in {diff}"))
    };
    assert_eq!(changes.len(), 5, "{diff}");
    assert_eq!(marked(&of("title")["words"]), "The bridge [-opens-][+opened+] at [-six-][+nine+]");
    assert_eq!((&of("summary")["from"], &of("summary")["to"]), (&json!("Short."), &Value::Null));
    assert_eq!((&of("authors")["added"][0]["name"], &of("authors")["removed"]), (&json!("Bo Chu"), &json!([])));
    assert_eq!(of("tags")["removed"], json!([{"slug": "bridges", "name": "Bridges"}]));
    assert_eq!(of("tags")["added"][0]["slug"], "lamps");
    let body = of("body");
    assert_eq!(body["format"], "markdown");
    let lines = body["lines"].as_array().unwrap();
    assert_eq!(marked(&lines[0]["words"]), "It opened at **[-six-][+nine+]**.");
    assert_eq!(lines[2], json!({"op": "equal", "text": "Bring a coat."}));
    assert_eq!(lines.last().unwrap(), &json!({"op": "removed", "text": "The end."}));
    assert_eq!(desk.data("/revisions/2/diff/2")["changes"], json!([]));
    let back = desk.data("/revisions/2/diff/1");
    assert_eq!(back["changes"].as_array().unwrap().len(), 5, "either way round");
    let read = desk.get("/revisions/1/diff/2");
    let again = server.request("GET", &format!("{}/revisions/1/diff/2", desk.target)).key(&desk.key);
    assert_eq!(again.header("if-none-match", read.header("etag")).send().status, 304);
    assert_eq!(desk.get("/revisions/1/diff/9").status, 404);
    assert_eq!(desk.get("/revisions/1/diff/2?body=text").status, 400);
}

fn a_restored_version_is_a_new_one_and_the_article_s_life_goes_on(server) {
    let desk = Desk::with(server, Role::Editor, written());
    desk.patch(&json!({"title": "Other", "slug": "other", "authors": [], "body": {"format": "text", "content": "Gone."}}));
    desk.post("/publish", &json!({}));
    desk.patch(&json!({"notices": [{"kind": "correction", "text": "Six, not nine."}]}));
    let restored = desk.post("/revisions/1/restore", &json!({}));
    assert_eq!(restored.status, 200, "{}", restored.text());
    let article = &restored.json()["data"];
    assert_eq!((&article["version"], &article["title"]), (&json!(5), &json!("The bridge opens at six")));
    assert_eq!(article["authors"][0]["slug"], "ann-lee");
    assert_eq!((&article["status"], &article["slug"]), (&json!("published"), &json!("other")), "neither state nor slug go back");
    assert_eq!(article["notices"][0]["text"], "Six, not nine.", "a correction does not disappear");
    assert!(restored.header("etag").starts_with("\"v5-"));
    assert_eq!(server.ok(&desk.target).json()["data"]["title"], "The bridge opens at six", "the public sees it at once");
    assert_eq!(server.get("/api/articles/bridge").status, 404, "the public never knew that slug");
    assert_eq!(server.request("GET", "/api/articles/bridge").key(&desk.key).send().status, 308);
    let again = desk.post("/revisions/1/restore", &json!({}));
    assert_eq!(again.json()["data"]["version"], 5, "no change, no version");
    assert_eq!(desk.post("/revisions/77/restore", &json!({})).status, 404);
    assert_eq!(desk.post("/revisions/1/restore", &json!({"title": "x"})).status, 422);
    let none = server.request("POST", &format!("{}/revisions/2/restore", desk.target)).key(&desk.key);
    assert_eq!(none.send().json()["data"]["title"], "Other", "content is not needed");
}

fn a_restoration_minds_if_match_and_idempotency_key(server) {
    let desk = Desk::with(server, Role::Editor, written());
    desk.patch(&json!({"title": "Other"}));
    let restore = |tag: &str, token: &str| {
        let request = server.request("POST", &format!("{}/revisions/1/restore", desk.target)).key(&desk.key);
        request.if_match(tag).header("idempotency-key", token).json(&json!({})).send()
    };
    let late = restore("\"v1\"", "a");
    assert_eq!((late.status, late.header("etag")), (412, "\"v2\""));
    let done = restore("\"v2\"", "b");
    assert_eq!((done.status, &done.json()["data"]["version"]), (200, &json!(3)));
    desk.patch(&json!({"title": "Third"}));
    let again = restore("\"v2\"", "b");
    assert_eq!((again.text(), again.header("idempotency-replayed")), (done.text(), "true"));
    assert_eq!(desk.data("/revisions/4")["title"], "Third", "it was not done again");
}

fn what_a_version_refers_to_and_is_gone_is_named(server) {
    let desk = Desk::with(server, Role::Editor, written());
    desk.patch(&json!({"lang": "en", "section": null, "authors": [], "source": null, "tags": []}));
    // Whatever removes them: an id that nothing has is what is left in the version.
    let id = Id::parse(desk.target.rsplit('/').next().unwrap()).unwrap();
    server.app.store.write(|c| {
        let mut revision = masthead::store::revisions::find_revision(c, id, 1)?.unwrap();
        let mut content: Value = serde_json::from_str(&revision.snapshot).unwrap();
        for field in ["authors", "tags"] {
            content[field][0] = json!("018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b");
        }
        for field in ["section", "source"] {
            content[field] = json!("018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b");
        }
        revision.snapshot = content.to_string();
        masthead::store::revisions::save_revision(c, &revision)
    }).unwrap();
    let refused = desk.post("/revisions/1/restore", &json!({}));
    assert_eq!(refused.status, 422, "{}", refused.text());
    let json = refused.json();
    let places: Vec<&str> = json["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    assert_eq!(places, ["/section", "/source", "/authors/0", "/tags/0"]);
    assert!(refused.text().contains("018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b"));
    assert_eq!(desk.data("/revisions/1")["section"], Value::Null, "reading goes on without it");
    assert_eq!(desk.data("/revisions/1")["tags"].as_array().unwrap().len(), 1);
    assert_eq!(desk.get("/revisions/1/diff/2").status, 200);
}

fn a_version_names_a_merged_author_as_the_one_that_it_became(server) {
    let desk = Desk::with(server, Role::Editor, written());
    desk.patch(&json!({"authors": []}));
    let merged = server.request("POST", "/api/authors/ann-lee/merge").key(&desk.key).json(&json!({"into": "bo-chu"})).send();
    assert_eq!(merged.status, 200, "{}", merged.text());
    assert_eq!(desk.data("/revisions/1")["authors"][0]["slug"], "bo-chu");
    let restored = desk.post("/revisions/1/restore", &json!({}));
    assert_eq!((restored.status, &restored.json()["data"]["authors"][0]["slug"]), (200, &json!("bo-chu")), "{}", restored.text());
}

fn versions_are_for_those_who_may_work_on_the_article(server) {
    let desk = Desk::with(server, Role::Author, written());
    server.article(Article::new("Premier").lang("fr"));
    let other = server.key(Role::Author);
    let french = Limits { langs: vec![lang("fr")], ..Limits::default() };
    let (french, _) = server.key_within(Role::Editor, french);
    let statuses = |key: Option<&str>| {
        ["/revisions", "/revisions/1", "/revisions/1/diff/1"].map(|path| {
            let request = server.request("GET", &format!("{}{path}", desk.target));
            match key {
                Some(key) => request.key(key).send().status,
                None => request.send().status,
            }
        })
    };
    let (partner, editor) = (server.key(Role::Partner), server.key(Role::Editor));
    assert_eq!(statuses(None), [401; 3]);
    assert_eq!(statuses(Some("mh_wrong")), [401; 3]);
    assert_eq!(statuses(Some(&partner)), [403; 3]);
    assert_eq!(statuses(Some(&desk.key)), [200; 3]);
    assert_eq!(statuses(Some(&editor)), [200; 3]);
    assert_eq!(statuses(Some(&other)), [404; 3], "others' drafts do not exist for it");
    assert_eq!(statuses(Some(&french)), [404; 3]);
    let restore = |key: &str| {
        let request = server.request("POST", &format!("{}/revisions/1/restore", desk.target)).key(key);
        request.send().status
    };
    assert_eq!((restore(&other), restore(&partner), restore(&desk.key)), (404, 403, 200));
    let publish = server.request("POST", &format!("{}/publish", desk.target)).key(&editor).send();
    assert_eq!(publish.status, 200);
    assert_eq!(statuses(Some(&desk.key)), [403; 3], "what is published is the editors'");
    assert_eq!(statuses(Some(&french)), [403; 3], "everybody sees the article, but its versions are for its own desk");
    assert_eq!(restore(&desk.key), 403);
}
}
