//! Webhooks as administrators write and read them, and what partners' contracts make of them.

use masthead::domain::access::{Limits, Role};
use masthead::domain::id::Id;
use masthead::domain::webhook::Secret;
use serde_json::{Value, json};

use super::builders::{Article, lang};
use super::client::Response;
use super::harness::TestServer;
use super::receiver::{Behaviour, Receiver, eventually};

struct Admin<'s> {
    server: &'s TestServer,
    key: String,
}

impl Admin<'_> {
    fn of(server: &TestServer) -> Admin<'_> {
        Admin {
            server,
            key: server.key(Role::Admin),
        }
    }

    fn get(&self, path: &str) -> Response {
        self.server.request("GET", path).key(&self.key).send()
    }

    fn post(&self, path: &str, content: &Value) -> Response {
        let request = self.server.request("POST", path).key(&self.key);
        request.json(content).send()
    }

    fn patch(&self, path: &str, content: &Value) -> Response {
        let request = self.server.request("PATCH", path).key(&self.key);
        request.if_match("*").json(content).send()
    }

    /// A new webhook and its address.
    fn webhook(&self, content: &Value) -> (Value, String) {
        let made = self.post("/api/webhooks", content);
        assert_eq!(made.status, 201, "{}", made.text());
        let path = made.header("location").to_owned();
        (made.json()["data"].clone(), path)
    }

    fn deliveries(&self, path: &str) -> Vec<Value> {
        let found = self.get(&format!("{path}/deliveries"));
        found.json()["data"].as_array().unwrap().clone()
    }
}

fn to(receiver: &Receiver) -> Value {
    json!({"name": "Courier", "url": receiver.url()})
}

api_test! {
    fn only_an_administrator_sees_and_writes_webhooks(server) {
        let receiver = Receiver::start();
        let (webhook, path) = Admin::of(server).webhook(&to(&receiver));
        let delivery = format!("{path}/deliveries/{}", webhook["id"].as_str().unwrap());
        let operations = [
            ("GET", "/api/webhooks".to_owned()), ("POST", "/api/webhooks".to_owned()), ("GET", path.clone()), ("PATCH", path.clone()),
            ("DELETE", path.clone()), ("POST", format!("{path}/rotate")), ("POST", format!("{path}/test")),
            ("POST", format!("{path}/replay")), ("GET", format!("{path}/deliveries")), ("GET", delivery),
        ];
        for (method, path) in operations {
            let none = server.request(method, &path).if_match("*").json(&json!({})).send();
            assert_eq!((none.status, none.problem().as_str()), (401, "key_required"), "{method} {path}");
            for role in [Role::Partner, Role::Author, Role::Editor] {
                let key = server.key(role);
                let refused = server.request(method, &path).key(&key).if_match("*").json(&json!({})).send();
                assert_eq!((refused.status, refused.problem().as_str()), (403, "forbidden"), "{method} {path} {role:?}");
            }
        }
    }

    fn a_webhook_is_made_read_changed_and_deleted_and_its_secret_shown_once(server) {
        let (admin, receiver) = (Admin::of(server), Receiver::start());
        server.article(Article::new("News").section(&["World", "Events"]).source("Daily Wire"));
        let (made, path) = admin.webhook(&json!({
            "name": " Courier ", "url": receiver.url(), "events": ["article.published", "article.withdrawn", "article.published"],
            "langs": ["EN"], "sections": ["world"], "sources": ["daily-wire"], "include_article": true,
        }));
        assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
        assert_eq!((&made["name"], &made["langs"], &made["enabled"]), (&json!("Courier"), &json!(["en"]), &json!(true)));
        assert_eq!(made["events"], json!(["article.published", "article.withdrawn"]));
        assert_eq!((made["sections"].as_array().unwrap().len(), made["sources"].as_array().unwrap().len()), (1, 1));
        let read = admin.get(&path);
        assert_eq!(read.json()["data"].get("secret"), None);
        assert!(read.header("etag").starts_with("\"v1-"));
        assert_eq!(read.header("cache-control"), "private, no-store");
        assert!(!admin.get("/api/webhooks").text().contains("whsec_"));
        let patch = |tag: Option<&str>| {
            let request = server.request("PATCH", &path).key(&admin.key).json(&json!({"include_article": false, "langs": null}));
            tag.map_or_else(|| server.request("PATCH", &path).key(&admin.key).json(&json!({})).send(), |tag| request.if_match(tag).send())
        };
        assert_eq!(patch(None).status, 428);
        assert_eq!(patch(Some("\"v7\"")).status, 412);
        let changed = patch(Some(read.header("etag"))).json()["data"].clone();
        assert_eq!((&changed["version"], &changed["langs"], &changed["include_article"]), (&json!(2), &json!([]), &json!(false)));
        assert_eq!(changed["sections"], made["sections"]);
        let delete = |tag: &str| server.request("DELETE", &path).key(&admin.key).if_match(tag).send();
        assert_eq!(server.request("DELETE", &path).key(&admin.key).send().status, 428);
        assert_eq!(delete("\"v1\"").status, 412);
        assert_eq!(delete("\"v2\"").status, 204);
        assert_eq!(admin.get(&path).status, 404);
        assert_eq!(admin.get(&format!("{path}/deliveries")).status, 404);
        assert_eq!(admin.get("/api/webhooks/not-an-id").problem(), "not_found");
    }

    fn what_cannot_be_is_refused_by_its_place(server) {
        let admin = Admin::of(server);
        let (_, partner) = server.key_within(Role::Partner, Limits::default());
        let (_, editor) = server.key_within(Role::Editor, Limits::default());
        let good = || json!({"name": "Courier", "url": "https://partner.example/hook"});
        let with = |name: &str, value: Value| {
            let mut content = good();
            content[name] = value;
            content
        };
        let unknown = Id::new(server.now());
        for (content, pointer) in [
            (json!({"url": "https://partner.example/"}), "/name"), (json!({"name": "x"}), "/url"), (with("name", json!("a\u{1}")), "/name"),
            (with("name", json!("x".repeat(301))), "/name"), (with("url", json!("ftp://partner.example/")), "/url"),
            (with("url", json!("https://u:p@partner.example/")), "/url"), (with("url", json!("http://10.0.0.1/")), "/url"),
            (with("url", json!("http://169.254.169.254/latest")), "/url"), (with("url", json!("http://[::1]:80/")), "/url"),
            (with("url", json!("http://127.0.0.2/")), "/url"), (with("url", json!("http://2130706434/")), "/url"),
            (with("url", json!(7)), "/url"), (with("events", json!(["article.eaten"])), "/events/0"), (with("events", json!("test")), "/events"),
            (with("langs", json!(["xx-not a tag"])), "/langs/0"), (with("langs", json!(["de"])), "/langs/0"),
            (with("sections", json!(["nowhere"])), "/sections/0"), (with("sources", json!(["nobody"])), "/sources/0"),
            (with("include_article", json!("yes")), "/include_article"), (with("partner", json!("x")), "/partner"),
            (with("partner", json!(unknown)), "/partner"), (with("partner", json!(editor)), "/partner"), (with("secret", json!("mine")), "/secret"),
            (with("version", json!(3)), "/version"),
        ] {
            let refused = admin.post("/api/webhooks", &content);
            assert_eq!((refused.status, refused.problem().as_str()), (422, "invalid_content"), "{content}");
            assert_eq!(refused.json()["errors"][0]["pointer"], pointer, "{content}: {}", refused.text());
        }
        assert_eq!(admin.webhook(&with("partner", json!(partner))).0["partner"], json!(partner));
        let typed = server.request("POST", "/api/webhooks").key(&admin.key).content("text/plain", "{}").send();
        assert_eq!(typed.status, 415);
        assert_eq!(admin.post("/api/webhooks?x=1", &good()).status, 400);
        let wrong = server.request("PUT", "/api/webhooks").key(&admin.key).send();
        assert_eq!((wrong.status, wrong.header("allow")), (405, "GET, HEAD, OPTIONS, POST"));
    }

    fn a_post_that_is_sent_again_makes_one_webhook(server) {
        let (admin, receiver) = (Admin::of(server), Receiver::start());
        let make = || server.request("POST", "/api/webhooks").key(&admin.key).header("idempotency-key", "once").json(&to(&receiver)).send();
        let (first, second) = (make(), make());
        assert_eq!((first.status, second.status, &first.body), (201, 201, &second.body));
        assert_eq!(admin.get("/api/webhooks?count=exact").json()["meta"]["total"], 1);
    }

    fn a_test_is_sent_at_once_and_tells_what_came_of_it(server) {
        let (admin, receiver) = (Admin::of(server), Receiver::start());
        let (made, path) = admin.webhook(&json!({"name": "Courier", "url": receiver.url(), "enabled": false}));
        assert_eq!((&made["enabled"], &made["disabled_reason"]), (&json!(false), &json!("manual")));
        let sent = admin.post(&format!("{path}/test"), &json!({}));
        assert_eq!((sent.status, &sent.json()["data"]["status"]), (202, &json!("pending")));
        let message = receiver.wait_for(1).remove(0);
        assert_eq!(message.json(), json!({"type": "test", "timestamp": server.now(), "data": {}}));
        let secret = Secret::from_stored(made["secret"].as_str().unwrap().to_owned());
        let (id, seconds) = (message.header("webhook-id"), message.header("webhook-timestamp").parse().unwrap());
        assert_eq!(message.header("webhook-signature"), secret.sign(id, seconds, &message.body));
        let location = sent.header("location").to_owned();
        eventually("it is delivered", || admin.get(&location).json()["data"]["status"] == "delivered");
        assert_eq!(admin.get(&location).json()["data"]["message_id"], id);
        receiver.always(Behaviour::Answer(410));
        let failed = admin.post(&format!("{path}/test"), &json!({}));
        eventually("it has failed", || admin.get(failed.header("location")).json()["data"]["status"] == "failed");
        let shown = admin.get(failed.header("location")).json()["data"].clone();
        assert_eq!(shown["attempts"].as_array().unwrap().len(), 1);
        assert_eq!((&shown["attempts"][0]["status"], &shown["attempts"][0]["response"]), (&json!(410), &json!("said")));
        assert_eq!(admin.get(&path).json()["data"]["disabled_reason"], "manual");
        let on = admin.patch(&path, &json!({"enabled": true})).json()["data"].clone();
        assert_eq!((&on["enabled"], &on["disabled_reason"], &on["version"]), (&json!(true), &Value::Null, &json!(2)));
        assert_eq!(admin.post(&format!("{path}/test"), &json!({"x": 1})).status, 422);
    }

    fn the_log_tells_each_try_and_pages(server) {
        let (admin, receiver) = (Admin::of(server), Receiver::start());
        let (_, path) = admin.webhook(&to(&receiver));
        for n in 0..4 {
            server.article(Article::new(&format!("Article {n}")));
        }
        receiver.wait_for(4);
        receiver.first(&[Behaviour::Answer(500)]);
        receiver.always(Behaviour::Close);
        let id = server.article(Article::new("In vain"));
        eventually("a try", || admin.deliveries(&path).first().is_some_and(|d| d["attempts"][0].is_object() && d["status"] == "pending"));
        let newest = admin.deliveries(&path).remove(0);
        assert_eq!((&newest["article_id"], &newest["version"], &newest["event"]), (&json!(id), &json!(1), &json!("article.published")));
        assert!(newest["next_attempt_at"].is_string() && newest["attempts"][0]["duration_ms"].is_u64());
        assert_eq!(admin.get(&path).json()["data"]["next_attempt_at"], newest["next_attempt_at"]);
        server.pass(6);
        eventually("a second try", || admin.deliveries(&path)[0]["attempts"][1].is_object());
        let second = admin.deliveries(&path)[0]["attempts"][1].clone();
        assert_eq!(second["status"], Value::Null);
        assert!(!second["error"].as_str().unwrap().is_empty());
        let waiting = admin.get(&format!("{path}/deliveries?status=pending"));
        assert_eq!(waiting.json()["data"].as_array().unwrap().len(), 1);
        let mut next = format!("{path}/deliveries?limit=2");
        let mut seen = Vec::new();
        while !next.is_empty() {
            let page = admin.get(&next);
            seen.extend(page.column("id"));
            next = page.json()["links"]["next"].as_str().unwrap_or_default().to_owned();
        }
        assert_eq!(seen.len(), 5);
        assert!(seen.iter().rev().is_sorted());
        assert_eq!(admin.get(&format!("{path}/deliveries?status=lost")).problem(), "invalid_parameter");
        assert_eq!(admin.get(&format!("{path}/deliveries/{id}")).problem(), "not_found");
    }

    fn messages_are_sent_once_more_on_demand(server) {
        let (admin, receiver) = (Admin::of(server), Receiver::start());
        let (_, path) = admin.webhook(&to(&receiver));
        for n in 0..3 {
            server.article(Article::new(&format!("Article {n}")));
        }
        receiver.wait_for(3);
        eventually("all is done", || admin.deliveries(&path).iter().all(|d| d["status"] == "delivered"));
        let all = admin.deliveries(&path);
        let replay = format!("{path}/replay");
        let one = admin.post(&replay, &json!({"delivery": all[2]["id"]}));
        assert_eq!((one.status, one.json()), (202, json!({"data": {"queued": 1}})));
        assert_eq!(receiver.wait_for(4)[3].header("webhook-id"), all[2]["message_id"]);
        let range = admin.post(&replay, &json!({"from": all[2]["seq"], "to": all[0]["seq"]}));
        assert_eq!(range.json()["data"]["queued"], 3);
        receiver.wait_for(7);
        assert!(admin.deliveries(&path)[0]["replay"].as_bool().unwrap());
        let unknown = Id::new(server.now());
        for content in [json!({}), json!({"from": 1}), json!({"from": 2, "to": 1}), json!({"delivery": unknown}), json!({"from": 0, "to": 9}),
            json!({"delivery": all[0]["id"], "from": 1, "to": 2}), json!({"all": true})] {
            assert_eq!(admin.post(&replay, &content).status, 422, "{content}");
        }
    }

    fn a_new_secret_is_shown_once(server) {
        let (admin, receiver) = (Admin::of(server), Receiver::start());
        let (made, path) = admin.webhook(&to(&receiver));
        let rotated = admin.post(&format!("{path}/rotate"), &json!({})).json()["data"].clone();
        assert_ne!(rotated["secret"], made["secret"]);
        assert_eq!((&rotated["old_secret_until"], &rotated["version"]), (&json!("2025-06-02T12:00:00Z"), &json!(2)));
        server.article(Article::new("News"));
        assert_eq!(receiver.wait_for(1)[0].header("webhook-signature").split(' ').count(), 2);
        server.pass(86_400);
        assert_eq!(admin.get(&path).json()["data"]["old_secret_until"], Value::Null);
    }

    fn a_partner_s_webhook_is_cut_to_its_contract_and_counts_as_its_acknowledgement(server) {
        let (admin, receiver) = (Admin::of(server), Receiver::start());
        server.article(Article::new("Old").lang("fr"));
        let limits = Limits { langs: vec![lang("fr")], ..Limits::default() };
        let (_, partner) = server.key_within(Role::Partner, limits);
        let (_, path) = admin.webhook(&json!({"name": "Courrier", "url": receiver.url(), "partner": partner, "include_article": true}));
        server.article(Article::new("English only"));
        let id = server.article(Article::new("Nouvelle").lang("fr"));
        assert_eq!(receiver.wait_for(1)[0].json()["data"]["article"]["id"], json!(id));
        let held = || {
            let of = server.app.store.read(|c| masthead::store::deliveries::deliveries_of(c, id)).unwrap();
            of.into_iter().find(|delivery| delivery.key == partner)
        };
        eventually("it is acknowledged", || held().is_some_and(|d| d.acknowledged_at.is_some() && !d.gone));
        receiver.first(&[Behaviour::Answer(500)]);
        server.withdraw(id);
        receiver.wait_for(2);
        eventually("the tombstone is owing", || held().is_some_and(|d| d.gone && d.acknowledged_at.is_none()));
        server.pass(6);
        receiver.wait_for(3);
        eventually("the tombstone is acknowledged", || held().is_some_and(|d| d.gone && d.acknowledged_at.is_some()));
        assert!(receiver.settle().iter().all(|message| !message.body.contains("English")));
        let usage = admin.get(&format!("/api/usage?key={partner}")).json()["data"][0].clone();
        assert_eq!((&usage["requests"], &usage["articles"]), (&json!(0), &json!(1)));
        assert!(usage["bytes"].as_i64().unwrap() > 1_000);
        masthead::service::keys::revoke_key(&server.app.store, &server.app.clock, partner).unwrap();
        server.article(Article::new("Trop tard").lang("fr"));
        eventually("it is switched off", || admin.get(&path).json()["data"]["disabled_reason"] == "partner_ended");
        assert_eq!(receiver.settle().len(), 3);
    }
}
