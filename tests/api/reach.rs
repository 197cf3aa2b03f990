//! Proof of takedown: who took which version, who was told, who has acknowledged, and who still owes.

use masthead::domain::access::{Limits, Role};
use masthead::domain::article::{Notice, NoticeKind};
use masthead::domain::id::Id;
use masthead::domain::partner::Contract;
use serde_json::{Value, json};

use super::builders::{Article, lang};
use super::client::Response;
use super::harness::TestServer;

fn reach(server: &TestServer, editor: &str, id: Id) -> Value {
    let answer = server
        .request("GET", &format!("/api/articles/{id}/reach"))
        .key(editor)
        .send();
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("cache-control"), "private, no-store");
    answer.json()["data"].clone()
}

fn acknowledge(server: &TestServer, key: &str, cursor: &Value) -> Response {
    let request = server.request("POST", "/api/changes/ack").key(key);
    request.json(&json!({"cursor": cursor})).send()
}

/// Reads what has changed and answers the cursor behind it.
fn copy(server: &TestServer, key: &str, cursor: &Value) -> Value {
    let since = cursor
        .as_str()
        .map(|cursor| format!("?since={cursor}"))
        .unwrap_or_default();
    let answer = server
        .request("GET", &format!("/api/changes{since}"))
        .key(key)
        .send();
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["meta"]["next_cursor"].clone()
}

api_test! {
    fn from_the_first_copy_to_the_proof_of_the_takedown(server) {
        let id = server.article(Article::new("One"));
        let editor = server.key(Role::Editor);
        let (first, _) = server.partner(Limits::default(), Contract::default());
        let (second, _) = server.partner(Limits::default(), Contract::default());
        server.partner(Limits::default(), Contract::default());
        assert_eq!(reach(server, &editor, id)["partners"], json!([]));
        let (mut one, two) = (copy(server, &first, &Value::Null), copy(server, &second, &Value::Null));
        let told = reach(server, &editor, id);
        assert_eq!((told["owing"].as_i64(), told["partners"].as_array().map(Vec::len)), (Some(2), Some(2)));
        assert_eq!(told["partners"][0]["taken"], json!({"version": 1, "at": "2025-06-01T12:00:00Z"}));
        assert_eq!(told["partners"][0]["owes"], "update");
        assert_eq!(acknowledge(server, &first, &one).json()["data"]["acknowledged"], 1);
        assert_eq!(acknowledge(server, &first, &one).json()["data"]["acknowledged"], 0);
        assert_eq!(acknowledge(server, &second, &two).json()["data"]["acknowledged"], 1);
        assert_eq!(reach(server, &editor, id)["owing"], 0);

        server.pass(60);
        let at = server.now();
        server.change(id, |content| content.details.notices.push(Notice { id: Id::new(at), kind: NoticeKind::Correction, text: "It was two.".to_owned(), at }));
        server.change(id, |content| content.title = "One, again".to_owned());
        let told = reach(server, &editor, id);
        assert_eq!((told["corrected_in"].as_i64(), told["owing"].as_i64()), (Some(2), Some(2)));
        assert_eq!(told["partners"][0]["correction"], json!({"version": 2, "delivered": false, "acknowledged": false}));
        one = copy(server, &first, &one);
        assert_eq!(reach(server, &editor, id)["partners"][0]["correction"], json!({"version": 2, "delivered": true, "acknowledged": false}));
        acknowledge(server, &first, &one);
        let told = reach(server, &editor, id);
        assert_eq!((&told["partners"][0]["owes"], told["partners"][1]["owes"].as_str()), (&Value::Null, Some("correction")));

        server.withdraw(id);
        server.pass(60);
        assert_eq!(reach(server, &editor, id)["partners"][0]["tombstone"], json!({"delivered_at": null, "acknowledged_at": null}));
        one = copy(server, &first, &one);
        server.pass(60);
        let later = copy(server, &first, &one);
        let told = reach(server, &editor, id);
        assert_eq!(told["partners"][0]["owes"], "tombstone", "going on with the cursor acknowledges nothing");
        assert_eq!(told["partners"][0]["tombstone"]["delivered_at"], "2025-06-01T12:02:00Z");
        assert_eq!(told["partners"][0]["last"]["reason"], "legal");
        acknowledge(server, &first, &later);
        let told = reach(server, &editor, id);
        assert_eq!(told["partners"][0]["tombstone"]["acknowledged_at"], "2025-06-01T12:03:00Z");
        assert_eq!((told["owing"].as_i64(), told["partners"][1]["owes"].as_str()), (Some(1), Some("tombstone")));
        assert_eq!(told["status"], "withdrawn");
    }

    fn an_acknowledgement_is_of_the_reader_s_own_filters(server) {
        let id = server.article(Article::new("One"));
        let editor = server.key(Role::Editor);
        let (key, _) = server.partner(Limits::default(), Contract::default());
        let of_english = server.request("GET", "/api/changes?lang=en").key(&key).send();
        let of_french = server.request("GET", "/api/changes?lang=fr").key(&key).send();
        assert_eq!(acknowledge(server, &key, &of_french.json()["meta"]["next_cursor"]).json()["data"]["acknowledged"], 0);
        assert_eq!(reach(server, &editor, id)["owing"], 1);
        assert_eq!(acknowledge(server, &key, &of_english.json()["meta"]["next_cursor"]).json()["data"]["acknowledged"], 1);
    }

    fn what_a_partner_s_own_filters_dropped_is_no_tombstone(server) {
        let id = server.article(Article::new("One"));
        let editor = server.key(Role::Editor);
        let (key, _) = server.partner(Limits::default(), Contract::default());
        let cursor = copy(server, &key, &Value::Null);
        acknowledge(server, &key, &cursor);
        let cursor = cursor.as_str().unwrap();
        let french = server.request("GET", &format!("/api/changes?lang=fr&since={cursor}")).key(&key).send().json();
        assert_eq!(french["data"][0]["reason"], "moved");
        acknowledge(server, &key, &french["meta"]["next_cursor"]);
        assert_eq!(reach(server, &editor, id)["partners"][0]["owes"], Value::Null);
        server.pass(60);
        server.withdraw(id);
        let told = &reach(server, &editor, id)["partners"][0];
        assert_eq!(told["tombstone"], json!({"delivered_at": null, "acknowledged_at": null}), "no proof of what was not told");
        assert_eq!((&told["owes"], &told["last"]["reason"]), (&Value::Null, &json!("moved")), "its copy is gone all the same");
    }

    fn what_left_a_partner_s_rights_is_owed_too(server) {
        let id = server.article(Article::new("One"));
        let editor = server.key(Role::Editor);
        let (key, partner) = server.partner(Limits::default(), Contract::default());
        let cursor = copy(server, &key, &Value::Null);
        acknowledge(server, &key, &cursor);
        let french = Limits { langs: vec![lang("fr")], ..Limits::default() };
        let (store, clock) = (&server.app.store, &server.app.clock);
        masthead::service::keys::change_rights(store, clock, partner, &french, Contract::default(), None).unwrap();
        assert_eq!(reach(server, &editor, id)["partners"][0]["owes"], "tombstone");
        let cursor = copy(server, &key, &cursor);
        acknowledge(server, &key, &cursor);
        assert_eq!(reach(server, &editor, id)["owing"], 0);
    }

    fn what_was_told_in_an_answer_that_got_lost_is_not_acknowledged_by_passing_its_place(server) {
        let id = server.article(Article::new("One"));
        let editor = server.key(Role::Editor);
        let (key, _) = server.partner(Limits::default(), Contract::default());
        let cursor = copy(server, &key, &Value::Null);
        acknowledge(server, &key, &cursor);
        server.withdraw(id);
        copy(server, &key, &cursor);
        let two = server.article(Article::new("Two"));
        server.change(id, |content| {
            content.status = masthead::domain::article::Status::Published;
            content.withdrawn = None;
        });
        server.withdraw(id);
        let target = format!("/api/changes?limit=1&since={}", cursor.as_str().unwrap());
        let page = server.request("GET", &target).key(&key).send().json();
        assert_eq!(page["data"][0]["id"], two.to_string());
        assert_eq!(acknowledge(server, &key, &page["meta"]["next_cursor"]).json()["data"]["acknowledged"], 1);
        assert_eq!(reach(server, &editor, id)["partners"][0]["owes"], "tombstone", "it still holds the article");
        let cursor = copy(server, &key, &page["meta"]["next_cursor"]);
        assert_eq!(acknowledge(server, &key, &cursor).json()["data"]["acknowledged"], 1);
        assert_eq!(reach(server, &editor, id)["owing"], 0);
    }

    fn a_partner_that_begins_anew_may_acknowledge_what_it_was_told_before(server) {
        let id = server.article(Article::new("One"));
        let editor = server.key(Role::Editor);
        let (key, _) = server.partner(Limits::default(), Contract::default());
        let cursor = copy(server, &key, &Value::Null);
        server.withdraw(id);
        copy(server, &key, &cursor);
        let anew = copy(server, &key, &Value::Null);
        assert_eq!(acknowledge(server, &key, &anew).json()["data"]["acknowledged"], 1);
        assert_eq!(reach(server, &editor, id)["owing"], 0);
    }

    fn rights_that_change_date_what_a_partner_reads_anew(server) {
        server.article(Article::new("One"));
        let (key, partner) = server.partner(Limits::default(), Contract::default());
        let dated = |target: &str| server.request("GET", target).key(&key).send().header("last-modified").to_owned();
        let targets = ["/api/changes", "/api/articles", "/api/articles/one", "/api/authors"];
        let before = targets.map(dated);
        server.pass(60);
        let contract = Contract { rights: Some("© Us".to_owned()), ..Contract::default() };
        let (store, clock) = (&server.app.store, &server.app.clock);
        masthead::service::keys::change_rights(store, clock, partner, &Limits::default(), contract, None).unwrap();
        for (target, before) in targets.iter().zip(before) {
            let request = server.request("GET", target).key(&key);
            let answer = request.header("if-modified-since", &before).send();
            assert_eq!(answer.status, 200, "{target} of {before}");
        }
    }

    fn only_editors_see_the_reach_and_only_keys_acknowledge(server) {
        let id = server.article(Article::new("One"));
        let target = format!("/api/articles/{id}/reach");
        assert_eq!(server.get(&target).problem(), "key_required");
        let (partner, _) = server.partner(Limits::default(), Contract::default());
        assert_eq!(server.request("GET", &target).key(&partner).send().problem(), "forbidden");
        assert_eq!(server.request("GET", &target).key(&server.key(Role::Author)).send().problem(), "forbidden");
        let admin = server.key(Role::Admin);
        assert_eq!(server.request("GET", "/api/articles/one/reach").key(&admin).send().status, 200);
        assert_eq!(server.request("GET", "/api/articles/no-such/reach").key(&admin).send().status, 404);
        assert_eq!(server.request("GET", &format!("{target}?x=1")).key(&admin).send().status, 400);
        let content = json!({"cursor": "x"});
        assert_eq!(server.request("POST", "/api/changes/ack").json(&content).send().problem(), "key_required");
        for content in [json!({"cursor": "x"}), json!({}), json!({"cursor": 7}), json!({"cursr": "x"}), json!({"cursor": null})] {
            let refused = server.request("POST", "/api/changes/ack").key(&partner).json(&content).send();
            assert_eq!((refused.status, refused.problem().as_str()), (422, "invalid_content"), "{content}");
        }
        assert_eq!(server.request("GET", "/api/changes/ack").key(&partner).send().status, 405);
    }

    fn a_head_gives_nothing_and_is_not_recorded(server) {
        let id = server.article(Article::new("One"));
        let (key, _) = server.partner(Limits::default(), Contract::default());
        assert_eq!(server.request("HEAD", "/api/changes").key(&key).send().status, 200);
        let editor = server.key(Role::Editor);
        assert_eq!(reach(server, &editor, id)["partners"], json!([]));
    }
}
