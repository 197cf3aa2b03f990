//! Notices: those that the public has seen stay until they are taken away by name.

use masthead::domain::access::Role;
use masthead::domain::article::{NoticeKind, Status};
use masthead::domain::id::Id;
use masthead::domain::time::Timestamp;
use serde_json::{Value, json};

use super::builders::Article;
use super::bulk::{bulk, statuses};
use super::harness::{START, TestServer};
use super::taxonomy_writes::{changed, faults, send};

fn correction(text: &str) -> Value {
    json!({"kind": "correction", "text": text})
}

/// An editor at one article.
struct Desk<'s> {
    server: &'s TestServer,
    key: String,
    target: String,
}

impl<'s> Desk<'s> {
    fn with(server: &'s TestServer, article: Article) -> Self {
        let id = server.article(article);
        Self {
            server,
            key: server.key(Role::Editor),
            target: format!("/api/articles/{id}"),
        }
    }

    fn send(&self, method: &str, below: &str, content: &Value) -> super::client::Response {
        let target = format!("{}{below}", self.target);
        send(self.server, &self.key, method, &target, content)
    }

    fn notices(&self) -> Value {
        let read = self
            .server
            .request("GET", &self.target)
            .key(&self.key)
            .send();
        read.json()["data"]["notices"].clone()
    }

    /// Adds a notice and answers it.
    fn notice(&self, text: &str) -> Value {
        let made = self.send("POST", "/notices", &correction(text));
        assert_eq!(made.status, 201, "{}", made.text());
        let notices = made.json()["data"]["notices"].clone();
        notices.as_array().unwrap().last().unwrap().clone()
    }

    /// Expects a write to be refused for one notice.
    fn is_refused(&self, method: &str, below: &str, content: &Value, notice: &Value) {
        let refused = self.send(method, below, content);
        let detail = refused.json()["detail"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert_eq!(
            (refused.status, refused.problem().as_str()),
            (409, "conflict"),
            "{content}: {}",
            refused.text()
        );
        assert!(detail.contains(notice["id"].as_str().unwrap()), "{detail}");
    }
}

api_test! {
    fn a_notice_has_no_time_to_come(server) {
        let desk = Desk::with(server, Article::new("News"));
        let later = json!({"kind": "retraction", "text": "It does not stand.", "at": "2030-01-01T00:00:00Z"});
        let refused = desk.send("POST", "/notices", &later);
        assert_eq!((refused.status, faults(&refused)), (422, vec![("/at".to_owned(), "out_of_range".to_owned())]));
        let refused = desk.send("PATCH", "", &json!({"notices": [correction("It was two."), later]}));
        assert_eq!((refused.status, faults(&refused)), (422, vec![("/notices/1/at".to_owned(), "out_of_range".to_owned())]));
        assert_eq!(desk.notices(), json!([]));
    }

    fn a_notice_is_added_with_an_identity_and_a_time_and_makes_a_version(server) {
        let desk = Desk::with(server, Article::new("News"));
        let made = desk.send("POST", "/notices", &correction("It was two."));
        let data = made.json()["data"].clone();
        assert_eq!((made.status, made.header("location"), &data["version"]), (201, desk.target.as_str(), &json!(2)));
        let notice = &data["notices"][0];
        assert_eq!(notice.as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "kind", "text", "at"]);
        assert_eq!((&notice["text"], &notice["at"]), (&json!("It was two."), &json!("2025-06-01T12:00:00Z")));
        assert_eq!(server.ok(&desk.target).json()["data"]["notices"], data["notices"]);
        let read = server.request("GET", &desk.target).key(&desk.key).send();
        assert_eq!(read.header("etag"), made.header("etag"));
        let dated = desk.send("POST", "/notices", &json!({"kind": "retraction", "text": "It does not stand.", "at": "2024-01-02T03:04:05Z"}));
        assert_eq!(dated.json()["data"]["notices"][1]["at"], "2024-01-02T03:04:05Z");
        assert_eq!(server.request("POST", &format!("{}/notices", desk.target)).key(&desk.key).if_match("\"v1\"").json(&correction("x")).send().status, 412);
        for (bad, place, code) in [
            (json!({"text": "x"}), "/kind", "required"), (json!({"kind": "rant", "text": "x"}), "/kind", "unknown_word"), (json!({"kind": "correction"}), "/text", "required"),
            (json!({"kind": "correction", "text": "x", "id": desk.notices()[0]["id"]}), "/id", "unknown_field"), (json!({"kind": "correction", "text": "x", "at": "soon"}), "/at", "invalid_time"),
        ] {
            assert!(faults(&desk.send("POST", "/notices", &bad)).contains(&(place.to_owned(), code.to_owned())), "{bad}");
        }
        let gone = send(server, &desk.key, "POST", "/api/articles/nothing/notices", &correction("x"));
        assert_eq!(gone.status, 404);
    }

    fn no_write_drops_or_alters_a_notice_that_the_public_has_seen(server) {
        let desk = Desk::with(server, Article::new("News"));
        let first = desk.notice("It was two.");
        let second = desk.notice("It was three.");
        for notices in [json!([]), Value::Null, json!([second]), json!([correction("Another"), second])] {
            desk.is_refused("PATCH", "", &json!({"notices": notices}), &first);
            desk.is_refused("PUT", "", &json!({"lang": "en", "title": "News", "notices": notices}), &first);
        }
        let mut altered = first.clone();
        altered["text"] = json!("It was four.");
        desk.is_refused("PATCH", "", &json!({"notices": [altered, second]}), &first);
        let mut moved = first.clone();
        moved["at"] = json!("2024-01-01T00:00:00Z");
        desk.is_refused("PATCH", "", &json!({"notices": [moved, second]}), &first);
        desk.is_refused("PATCH", "", &json!({"status": "draft", "notices": []}), &first);
        assert_eq!(desk.notices(), json!([first, second]), "nothing of it was written");
        let line = format!("{}\n", json!({"op": "update", "id": desk.target.rsplit('/').next(), "if_match": "*", "data": {"notices": []}}));
        let bulk = server.request("POST", "/api/bulk").key(&desk.key).content("application/x-ndjson", line).send();
        assert!(bulk.text().contains("409") && bulk.text().contains(first["id"].as_str().unwrap()), "{}", bulk.text());
        for kept in [json!([second, first]), json!([correction("It was two."), {"id": second["id"], "kind": "correction", "text": "It was three."}])] {
            assert_eq!(desk.send("PATCH", "", &json!({"notices": kept})).status, 200, "{kept}");
        }
        let put = desk.send("PUT", "", &json!({"lang": "en", "title": "Other news"}));
        assert_eq!(put.json()["data"]["notices"].as_array().unwrap().len(), 2, "a replacement without notices keeps them");
        let restored = desk.send("POST", "/revisions/1/restore", &json!({}));
        assert_eq!((restored.status, restored.json()["data"]["notices"].as_array().unwrap().len()), (200, 2));
        let unknown = json!({"notices": [first, second, {"id": Id::new(server.now()).to_string(), "kind": "correction", "text": "x"}]});
        assert_eq!(faults(&desk.send("PATCH", "", &unknown)), [("/notices/2/id".to_owned(), "unknown_notice".to_owned())]);
    }

    fn a_notice_counts_as_seen_once_the_article_was_public_with_it(server) {
        let desk = Desk::with(server, Article::new("Draft").status(Status::Draft));
        let early = desk.notice("Before anybody saw it.");
        assert_eq!(desk.send("PATCH", "", &json!({"notices": []})).json()["data"]["notices"], json!([]));
        let kept = desk.notice("Before anybody saw it, again.");
        assert_ne!(kept["id"], early["id"]);
        desk.send("POST", "/publish", &json!({}));
        desk.is_refused("PATCH", "", &json!({"notices": []}), &kept);
        assert_eq!(desk.send("POST", "/unpublish", &json!({})).status, 200);
        let unseen = desk.notice("On the draft.");
        desk.is_refused("PATCH", "", &json!({"notices": [unseen]}), &kept);
        assert_eq!(desk.send("PATCH", "", &json!({"notices": [kept]})).json()["data"]["notices"], json!([kept]), "what nobody saw may go");
        assert_eq!(desk.send("POST", "/withdraw", &json!({"reason": "other"})).status, 200);
        desk.is_refused("PATCH", "", &json!({"notices": []}), &kept);
        let embargoed = Desk::with(server, Article::new("Later").embargo_until(Timestamp::from_millis(START + 60_000)));
        embargoed.notice("Under embargo.");
        assert_eq!(embargoed.send("PATCH", "", &json!({"notices": []})).status, 200);
    }

    fn deleting_is_the_one_way_and_stands_in_the_audit(server) {
        let desk = Desk::with(server, Article::new("News"));
        let (first, second) = (desk.notice("It was two."), desk.notice("It was three."));
        let place = format!("/notices/{}", first["id"].as_str().unwrap());
        let target = format!("{}{place}", desk.target);
        assert_eq!(server.request("DELETE", &target).key(&desk.key).send().status, 428);
        assert_eq!(server.request("DELETE", &target).key(&desk.key).if_match("\"v1\"").send().status, 412);
        let author = server.key(Role::Author);
        assert_eq!(server.request("DELETE", &target).key(&author).if_match("*").send().status, 403);
        assert_eq!(server.request("DELETE", &target).if_match("*").send().status, 401);
        assert_eq!(desk.send("DELETE", &place, &Value::Null).status, 204);
        assert_eq!(desk.notices(), json!([second]));
        assert_eq!(desk.send("DELETE", &place, &Value::Null).status, 404);
        assert_eq!(desk.send("DELETE", "/notices/x", &Value::Null).status, 404);
        let admin = server.key(Role::Admin);
        let audit = server.request("GET", "/api/audit?operation=delete_notice&kind=article").key(&admin).send().json();
        let entry = &audit["data"][0];
        assert_eq!((&entry["kind"], &entry["detail"]["notice"]), (&json!("article"), &first), "{audit}");
        assert_eq!(entry["version"], 4);
        let versions = server.request("GET", &format!("{}/revisions", desk.target)).key(&desk.key).send().json();
        assert_eq!(versions["data"][0]["changed"], json!(["notices"]));
    }

    fn the_lines_of_a_bulk_add_and_delete_notices(server) {
        let desk = Desk::with(server, Article::new("News"));
        let id = desk.target.rsplit('/').next().unwrap();
        let told = bulk(server, &desk.key, None, &[json!({"op": "add_notice", "id": id, "data": correction("It was two.")}), json!({"op": "add_notice", "id": id, "data": {"kind": "rant"}}), json!({"op": "add_notice", "type": "tag", "id": id, "data": {}})]);
        assert_eq!(statuses(&told), [200, 422, 422], "{told:?}");
        let notice = desk.notices()[0]["id"].clone();
        let told = bulk(server, &desk.key, None, &[json!({"op": "delete_notice", "id": id, "data": {"id": notice}}), json!({"op": "delete_notice", "id": id, "if_match": "*", "data": {}}), json!({"op": "delete_notice", "id": id, "if_match": "*", "data": {"id": notice}})]);
        assert_eq!(statuses(&told), [428, 422, 200], "{told:?}");
        assert_eq!(desk.notices(), json!([]));
    }

    fn an_import_keeps_the_notices_that_the_public_has_seen(server) {
        let record = |title: &str, notices: Value| json!({"id": "x-1", "source": "Wire", "lang": "en", "title": title, "published_at": "2024-05-01", "body_html": "<p>x</p>", "notices": notices});
        let told = server.import(&[record("One", json!([correction("It was two.")]))]);
        assert_eq!(told.summary.refused(), 0, "{:?}", told.lines);
        let before = server.ok("/api/articles").json()["data"][0].clone();
        let told = server.import(&[record("Two", Value::Null)]);
        assert_eq!(told.lines.iter().filter(|line| line.to_string().contains("notice_kept")).count(), 1, "{:?}", told.lines);
        let after = server.ok("/api/articles").json()["data"][0].clone();
        assert_eq!((&after["title"], &after["notices"]), (&json!("Two"), &before["notices"]));
        let altered = json!([{"id": before["notices"][0]["id"], "kind": "correction", "text": "It was four."}, correction("Another.")]);
        server.import(&[record("Three", altered)]);
        let after = server.ok("/api/articles").json()["data"][0].clone();
        assert_eq!(after["notices"].as_array().unwrap().len(), 2);
        assert!(after["notices"].as_array().unwrap().contains(&before["notices"][0]), "{}", after["notices"]);
    }

    fn identities_and_what_was_seen_survive_export_and_import(server) {
        let desk = Desk::with(server, Article::new("News"));
        let notice = desk.notice("It was two.");
        desk.send("POST", "/unpublish", &json!({}));
        let exported = server.exported();
        let records: Vec<Value> = exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let other = TestServer::on_sqlite();
        let told = other.import(&records);
        assert_eq!(told.summary.refused(), 0, "{:?}", told.lines);
        assert_eq!(other.exported(), exported);
        let there = Desk { server: &other, key: other.key(Role::Editor), target: desk.target.clone() };
        assert_eq!(there.notices(), json!([notice]));
        there.is_refused("PATCH", "", &json!({"notices": []}), &notice);
    }

    fn notices_that_were_stored_without_an_identity_have_a_lasting_one(server) {
        let desk = Desk::with(server, Article::new("News"));
        server.write(|tx| -> Result<(), masthead::service::ServiceError> {
            use diesel::connection::SimpleConnection;
            let old = r#"UPDATE articles SET details = '{"notices":[{"kind":"correction","text":"Old.","at":"2024-01-02T00:00:00Z"}]}'"#;
            tx.conn().batch_execute(old).map_err(masthead::store::StoreError::from)?;
            Ok(())
        });
        let own = masthead::domain::article::Notice::derived_id(NoticeKind::Correction, "Old.", Timestamp::parse("2024-01-02T00:00:00Z").unwrap());
        assert_eq!(desk.notices()[0]["id"], own.to_string());
        Id::parse(&own.to_string()).unwrap();
        desk.is_refused("PATCH", "", &json!({"notices": []}), &json!({"id": own.to_string()}));
        let patched = changed(server, &desk.key, "PATCH", &desk.target, &json!({"title": "Other"}));
        assert_eq!(patched["notices"][0]["id"], own.to_string());
        assert_eq!(desk.send("DELETE", &format!("/notices/{own}"), &Value::Null).status, 204);
    }
}
