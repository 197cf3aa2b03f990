//! Dates still to come: whatever door an article comes by, it is scheduled, and nothing shows it before its date.

use masthead::domain::access::Role;
use masthead::domain::article::Status;
use masthead::service::schedule::release_due;
use serde_json::{Value, json};

use super::builders::Article;
use super::bulk::{bulk, statuses};
use super::harness::TestServer;

/// Ten seconds after the clock's start.
const SOON: &str = "2025-06-01T12:00:10Z";
const LATER: &str = "2025-06-01T12:00:20Z";

impl TestServer {
    fn written(&self, method: &str, target: &str, key: &str, content: &Value) -> Value {
        let request = self.request(method, target).key(key).if_match("*");
        let response = request.json(content).send();
        assert!(
            response.status < 300,
            "{method} {target}: {}",
            response.text()
        );
        response.json()["data"].clone()
    }

    fn at_desk(&self, key: &str, target: &str) -> Value {
        let response = self.request("GET", target).key(key).send();
        response.json()["data"].clone()
    }

    /// Lets time pass, and what is due go live.
    pub(crate) fn release(&self, seconds: i64) {
        self.pass(seconds);
        release_due(&self.app.store, &self.app.clock, &self.app.put_off).unwrap();
        self.refresh();
    }

    /// Every public place in which articles show holds as many of them.
    fn shows(&self, count: usize) {
        let total = &self.ok("/api/articles?lang=en&count=exact").json()["meta"]["total"];
        assert_eq!(*total, count);
        let entries = self.ok("/feeds/en/feed.json").json()["items"].clone();
        assert_eq!(entries.as_array().unwrap().len(), count);
        let copy = self.ok("/api/changes").json()["data"].clone();
        assert_eq!(copy.as_array().unwrap().len(), count);
        let tags = self.ok("/api/tags?include=article_count").json()["data"].clone();
        assert_eq!(tags.as_array().unwrap().len(), usize::from(count > 0));
    }
}

fn dated(title: &str, status: Option<&str>) -> Value {
    let mut content = json!({"lang": "en", "title": title, "published_at": SOON, "tags": ["Soon"]});
    if let Some(status) = status {
        content["status"] = json!(status);
    }
    content
}

fn is_planned(article: &Value, at: &str) {
    let found = (
        &article["status"],
        &article["publish_at"],
        &article["published_at"],
    );
    assert_eq!(found, (&json!("scheduled"), &json!(at), &json!(at)));
}

fn an_edition(server: &TestServer) -> String {
    server.article(Article::new("Draft").status(Status::Draft));
    server.key(Role::Editor)
}

api_test! {
    fn an_import_tells_of_changes_and_notices_to_come_and_dates_them_now(server) {
        let record = json!({"id": "a", "lang": "en", "title": "A", "published_at": "2024-05-01", "updated": "2031-01-01",
            "body_html": "<p>x</p>", "notices": [{"kind": "correction", "text": "Two.", "at": "2030-01-01T00:00:00Z"}]});
        let first = server.import(std::slice::from_ref(&record));
        let told: Vec<_> = first.lines.iter().filter(|line| line["code"] == "date_to_come").map(|line| line["field"].clone()).collect();
        assert_eq!(told, ["/notices/0/at", "/updated"], "{:?}", first.lines);
        server.refresh();
        let article = server.ok("/api/articles?lang=en").json()["data"][0].clone();
        let now = json!("2025-06-01T12:00:00Z");
        assert_eq!((&article["updated_at"], &article["notices"][0]["at"]), (&now, &now));
        // The same again changes nothing.
        server.pass(60);
        server.import(&[record]);
        server.refresh();
        assert_eq!(server.ok("/api/articles?lang=en").json()["data"][0], article);
    }

fn a_date_to_come_schedules_by_every_write_and_nothing_shows_it_before(server) {
    let key = an_edition(server);
    is_planned(&server.written("POST", "/api/articles", &key, &dated("Posted", Some("published"))), SOON);
    is_planned(&server.written("POST", "/api/articles", &key, &dated("Silent", None)), SOON);
    for (method, status) in [("PUT", Some("published")), ("PUT", None), ("PATCH", Some("published")), ("PATCH", None)] {
        let title = format!("{method} {status:?}");
        let draft = server.written("POST", "/api/articles", &key, &json!({"lang": "en", "title": title}));
        let target = format!("/api/articles/{}", draft["id"].as_str().unwrap());
        is_planned(&server.written(method, &target, &key, &dated(&title, status)), SOON);
        // The same again changes nothing, and nothing goes live early.
        let again = server.written(method, &target, &key, &dated(&title, status));
        assert_eq!((&again["status"], &again["version"]), (&json!("scheduled"), &json!(2)));
    }
    let lines = [json!({"op": "create", "data": dated("In bulk", Some("published"))})];
    assert_eq!(statuses(&bulk(server, &key, None, &lines)), [201]);
    server.shows(0);
    server.release(11);
    server.shows(7);
    let published = server.ok("/api/articles?lang=en&count=exact").column("published_at");
    assert!(published.iter().all(|at| at == SOON), "{published:?}");
}

fn a_draft_that_says_so_keeps_its_date_and_is_scheduled_once_it_is_published(server) {
    let key = an_edition(server);
    let draft = server.written("POST", "/api/articles", &key, &dated("Planned", Some("draft")));
    assert_eq!((&draft["status"], &draft["published_at"]), (&json!("draft"), &json!(SOON)));
    let target = format!("/api/articles/{}", draft["id"].as_str().unwrap());
    let edited = server.written("PATCH", &target, &key, &json!({"subtitle": "Edited"}));
    assert_eq!(edited["status"], "draft", "an edit of something else plans nothing");
    is_planned(&server.written("POST", &format!("{target}/publish"), &key, &json!({})), SOON);
    let back = server.written("POST", &format!("{target}/unpublish"), &key, &json!({}));
    assert_eq!(back["status"], "draft");
    is_planned(&server.written("PATCH", &target, &key, &json!({"status": "scheduled"})), SOON);
    server.shows(0);
    // A step back in its text moves no date.
    server.written("POST", &format!("{target}/revisions/1/restore"), &key, &json!({}));
    is_planned(&server.at_desk(&key, &target), SOON);
    server.release(11);
    server.shows(1);
}

fn a_time_to_go_live_schedules_by_every_door_with_status_published_or_none(server) {
    let key = an_edition(server);
    let planned = |article: &Value| assert_eq!((&article["status"], &article["publish_at"]), (&json!("scheduled"), &json!(SOON)));
    for status in [None, Some("published"), Some("scheduled")] {
        let mut content = json!({"lang": "en", "title": "Planned", "publish_at": SOON});
        let mut patch = json!({"publish_at": SOON});
        if let Some(status) = status {
            content["status"] = json!(status);
            patch["status"] = json!(status);
        }
        planned(&server.written("POST", "/api/articles", &key, &content));
        let draft = || server.written("POST", "/api/articles", &key, &json!({"lang": "en", "title": "Draft"}));
        let target = format!("/api/articles/{}", draft()["id"].as_str().unwrap());
        planned(&server.written("PUT", &target, &key, &content));
        let target = format!("/api/articles/{}", draft()["id"].as_str().unwrap());
        planned(&server.written("PATCH", &target, &key, &patch));
    }
    let mut draft = json!({"lang": "en", "title": "Draft", "status": "draft", "publish_at": SOON});
    let post = |content: &Value| server.request("POST", "/api/articles").key(&key).json(content).send();
    assert_eq!(post(&draft).status, 422, "a draft has no time to go live");
    let codes = |response: &Value| response["meta"]["warnings"].as_array().unwrap().iter().map(|w| w["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    draft = json!({"lang": "en", "title": "Past", "publish_at": "2025-01-01T00:00:00Z"});
    let past = post(&draft).json();
    assert_eq!((&past["data"]["status"], codes(&past)), (&json!("draft"), vec!["publish_at_passed".to_owned()]));
    let turned = post(&json!({"lang": "en", "title": "Turned", "status": "published", "published_at": SOON})).json();
    assert_eq!((&turned["data"]["status"], codes(&turned)), (&json!("scheduled"), vec!["scheduled".to_owned()]));
    let target = format!("/api/articles/{}", turned["data"]["id"].as_str().unwrap());
    let freed = server.request("PATCH", &target).key(&key).if_match("*").json(&json!({"publish_at": null})).send().json();
    assert_eq!((&freed["data"]["status"], &freed["data"]["publish_at"]), (&json!("draft"), &Value::Null), "{freed}");
    assert_eq!(codes(&freed), ["unscheduled"]);
    server.shows(0);
}

fn a_plan_moves_by_either_of_its_times_and_ends_with_publish(server) {
    let key = an_edition(server);
    let article = server.written("POST", "/api/articles", &key, &dated("Moves", None));
    let target = format!("/api/articles/{}", article["id"].as_str().unwrap());
    is_planned(&server.written("PATCH", &target, &key, &json!({"published_at": LATER})), LATER);
    is_planned(&server.written("PATCH", &target, &key, &json!({"publish_at": SOON})), SOON);
    is_planned(&server.written("POST", &format!("{target}/publish"), &key, &json!({"publish_at": LATER})), LATER);
    let still = server.written("PATCH", &target, &key, &json!({"status": "published"}));
    is_planned(&still, LATER);
    let now = server.written("POST", &format!("{target}/publish"), &key, &json!({}));
    assert_eq!((&now["status"], &now["published_at"]), (&json!("published"), &json!("2025-06-01T12:00:00Z")));
    server.shows(1);
}

fn a_public_article_whose_date_moves_ahead_is_gone_until_then(server) {
    let key = an_edition(server);
    let id = server.article(Article::new("Public").tag("Soon"));
    let target = format!("/api/articles/{id}");
    let cursor = server.ok("/api/changes").json()["meta"]["next_cursor"].as_str().unwrap().to_owned();
    is_planned(&server.written("PATCH", &target, &key, &json!({"published_at": SOON})), SOON);
    assert_eq!(server.get(&target).status, 404);
    server.shows(0);
    let told = server.ok(&format!("/api/changes?since={cursor}")).json()["data"].clone();
    assert_eq!((&told[0]["op"], &told[0]["reason"]), (&json!("delete"), &json!("unpublished")));
    server.release(11);
    server.shows(1);
    assert_eq!(server.ok(&target).json()["data"]["published_at"], SOON);
}

fn every_door_tells_of_an_article_that_its_date_schedules(server) {
    let key = an_edition(server);
    let send = |method: &str, target: &str, content: &Value| server.request(method, target).key(&key).if_match("*").json(content).send().json();
    let told = |answer: &Value| {
        let warnings = answer["meta"]["warnings"].as_array().unwrap();
        warnings.iter().map(|w| (w["code"].as_str().unwrap().to_owned(), w["pointer"].as_str().unwrap().to_owned())).collect::<Vec<_>>()
    };
    let scheduled = |pointer: &str| vec![("scheduled".to_owned(), pointer.to_owned())];
    let public = || format!("/api/articles/{}", server.article(Article::new("Public")));
    assert_eq!(told(&send("POST", "/api/articles", &dated("Posted", None))), scheduled("/published_at"));
    assert_eq!(told(&send("PATCH", &public(), &json!({"published_at": SOON}))), scheduled("/published_at"));
    let target = public();
    assert_eq!(told(&send("PUT", &target, &dated("Put", None))), scheduled("/published_at"));
    // What changes neither state nor time, or asks for both, is told of nothing.
    assert_eq!(told(&send("PATCH", &target, &json!({"subtitle": "Edited"}))), []);
    assert_eq!(told(&send("PATCH", &target, &json!({"published_at": LATER}))), scheduled("/published_at"));
    assert_eq!(told(&send("PATCH", &target, &json!({"status": "scheduled", "publish_at": LATER}))), []);
    assert_eq!(told(&send("POST", "/api/articles", &json!({"lang": "en", "title": "Asked", "publish_at": SOON}))), []);
    assert_eq!(told(&send("POST", "/api/articles", &json!({"lang": "en", "title": "Later", "publish_at": SOON, "published_at": LATER}))), scheduled("/published_at"));
    let draft = send("POST", "/api/articles", &dated("Draft", Some("draft")));
    assert_eq!(told(&draft), []);
    let published = send("POST", &format!("/api/articles/{}/publish", draft["data"]["id"].as_str().unwrap()), &json!({}));
    assert_eq!((told(&published), &published["data"]["status"]), (scheduled(""), &json!("scheduled")));
    let lines = [json!({"op": "create", "data": dated("In bulk", None)}), json!({"op": "update", "if_match": "*", "id": public().rsplit('/').next(), "data": {"published_at": SOON}})];
    for result in bulk(server, &key, None, &lines) {
        assert_eq!(told(&result), scheduled("/published_at"), "{result}");
    }
}

fn an_article_that_waits_for_its_date_goes_live_when_the_date_is_put_right(server) {
    let key = an_edition(server);
    let send = |target: &str, content: &Value| server.request("PATCH", target).key(&key).if_match("*").json(content).send().json();
    let past = "2025-05-01T00:00:00Z";
    let state = |answer: &Value| (answer["data"]["status"].as_str().unwrap().to_owned(), answer["data"]["publish_at"].clone(), answer["data"]["published_at"].clone());
    let live = ("published".to_owned(), Value::Null, json!(past));
    // A public one that a wrong date took down, with an embargo too, and one that never was public.
    let wrong = format!("/api/articles/{}", server.article(Article::new("Wrong")));
    let held = format!("/api/articles/{}", server.article(Article::new("Held")));
    let fresh = server.written("POST", "/api/articles", &key, &dated("Fresh", None));
    let fresh = format!("/api/articles/{}", fresh["id"].as_str().unwrap());
    for target in [&wrong, &held] {
        is_planned(&send(target, &json!({"published_at": SOON}))["data"], SOON);
        assert_eq!(server.get(target).status, 404);
    }
    send(&held, &json!({"embargo_until": LATER}));
    for target in [&wrong, &held, &fresh] {
        let right = send(target, &json!({"published_at": past}));
        assert_eq!(state(&right), live, "{right}");
        assert_eq!(right["meta"]["warnings"][0]["code"], "published");
        assert_eq!(server.get(target).status, if target == &held { 404 } else { 200 });
    }
    // A time that was planned beside another date stays.
    let beside = server.written("POST", "/api/articles", &key, &json!({"lang": "en", "title": "Beside", "publish_at": SOON, "published_at": past}));
    let beside = format!("/api/articles/{}", beside["id"].as_str().unwrap());
    let moved = send(&beside, &json!({"published_at": "2025-04-01T00:00:00Z"}));
    assert_eq!((&moved["data"]["status"], &moved["data"]["publish_at"], &moved["meta"]["warnings"]), (&json!("scheduled"), &json!(SOON), &json!([])));
    // A time that is named with the date counts, and none takes the plan away.
    is_planned(&send(&wrong, &json!({"published_at": SOON}))["data"], SOON);
    let named = send(&wrong, &json!({"published_at": past, "publish_at": LATER}));
    assert_eq!(state(&named), ("scheduled".to_owned(), json!(LATER), json!(past)));
    is_planned(&send(&fresh, &json!({"published_at": SOON}))["data"], SOON);
    assert_eq!(state(&send(&fresh, &json!({"published_at": past, "publish_at": null}))), live);
    // PUT names what it keeps, and bulk is no other door.
    is_planned(&send(&fresh, &json!({"published_at": SOON}))["data"], SOON);
    let put = server.written("PUT", &fresh, &key, &json!({"lang": "en", "title": "Fresh", "published_at": past}));
    assert_eq!(put["status"], "published");
    is_planned(&send(&fresh, &json!({"published_at": SOON}))["data"], SOON);
    let line = json!({"op": "update", "if_match": "*", "id": fresh.rsplit('/').next(), "data": {"published_at": past}});
    assert_eq!(statuses(&bulk(server, &key, None, &[line])), [200]);
    assert_eq!(server.get(&fresh).status, 200);
}

fn an_author_cannot_plan_and_keeps_a_draft_with_a_date(server) {
    an_edition(server);
    let key = server.key(Role::Author);
    let post = |content: &Value| server.request("POST", "/api/articles").key(&key).json(content).send();
    assert_eq!(post(&dated("Theirs", None)).status, 403);
    assert_eq!(post(&dated("Theirs", Some("draft"))).status, 201);
    server.shows(0);
}

fn a_date_to_come_schedules_by_import_and_the_report_says_so(server) {
    let key = an_edition(server);
    let record = |id: &str, more: Value| {
        let mut record = json!({"id": id, "lang": "en", "title": id, "body_markdown": "Text.", "tags": ["Soon"]});
        record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        record
    };
    let records = [
        record("silent", json!({"published_at": SOON})),
        record("stated", json!({"published_at": SOON, "status": "published"})),
        record("planned", json!({"publish_at": SOON})),
        record("both", json!({"published_at": "2025-01-01", "publish_at": SOON})),
        record("scheduled", json!({"published_at": SOON, "status": "scheduled"})),
        record("day", json!({"published_at": "2025-06-02"})),
        record("past", json!({"published_at": "2025-05-31"})),
        record("withdrawn", json!({"published_at": SOON, "status": "withdrawn"})),
    ];
    let told = server.import(&records);
    let scheduled = |told: &super::imports::Told| told.lines.iter().filter(|line| line["code"] == "scheduled").map(|line| line["line"].as_u64().unwrap()).collect::<Vec<_>>();
    assert_eq!(scheduled(&told), [1, 2, 3, 4, 5, 6], "{:?}", told.lines);
    server.shows(1);
    assert_eq!(server.get("/api/articles/withdrawn").status, 404, "it never was public");
    for id in ["silent", "stated", "planned", "scheduled"] {
        is_planned(&server.at_desk(&key, &format!("/api/articles/{id}")), SOON);
    }
    let again = server.import(&records);
    assert_eq!(again.summary.kinds["article"].unchanged, records.len() as u64);
    // A record that changes elsewhere keeps its plan; one whose date changes follows it.
    let changed = [
        record("silent", json!({"published_at": SOON, "subtitle": "New"})),
        record("planned", json!({"publish_at": SOON, "subtitle": "New"})),
        record("stated", json!({"published_at": "2025-05-01"})),
    ];
    server.import(&changed);
    is_planned(&server.at_desk(&key, "/api/articles/silent"), SOON);
    is_planned(&server.at_desk(&key, "/api/articles/planned"), SOON);
    server.shows(2);
    server.import(&[record("silent", json!({"published_at": "2025-05-01", "subtitle": "New"}))]);
    server.shows(3);
    server.release(11);
    assert_eq!(server.ok("/api/articles?lang=en&count=exact").json()["meta"]["total"], 6);
}
}
