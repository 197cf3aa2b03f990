//! After an older backup is put back, no number, cursor, tag or message id of the lost time passes for one of the new time.

use std::collections::BTreeSet;
use std::io::BufRead;
use std::thread::sleep;
use std::time::Duration;

use masthead::domain::access::{Limits, Role};
use masthead::domain::article::Status;
use masthead::domain::id::Id;
use masthead::domain::partner::Contract;
use serde_json::{Value, json};

use super::builders::Article;
use super::client::Request;
use super::database::{Database, copy_of};
use super::harness::TestServer;
use super::receiver::Receiver;
use super::webhooks::content;

/// A copy that is kept by the changes.
#[derive(Clone, Default)]
pub(crate) struct Copy {
    cursor: String,
    seq: i64,
    pub(crate) held: BTreeSet<String>,
    /// Those of a reset copy that were not told again yet.
    stale: BTreeSet<String>,
}

impl Copy {
    /// Follows to the end of the log; answers whether the copy was told anew.
    pub(crate) fn follow(&mut self, server: &TestServer, key: Option<&str>) -> bool {
        let mut reset = false;
        loop {
            let page = self.read(server, key, "limit=2");
            reset |= page["meta"]["reset"] == true;
            if page["meta"]["has_more"] == false {
                return reset;
            }
        }
    }

    /// Reads the next part.
    fn read(&mut self, server: &TestServer, key: Option<&str>, query: &str) -> Value {
        let since = match self.cursor.as_str() {
            "" => String::new(),
            cursor => format!("&since={cursor}"),
        };
        let request = server.request("GET", &format!("/api/changes?{query}{since}"));
        let answer = match key {
            Some(key) => request.key(key).send(),
            None => request.send(),
        };
        assert_eq!(answer.status, 200, "{}", answer.text());
        let page = answer.json();
        if page["meta"]["reset"] == true {
            self.stale = self.held.clone();
        }
        for row in page["data"].as_array().unwrap() {
            self.apply(row);
        }
        self.cursor = page["meta"]["next_cursor"].as_str().unwrap().to_owned();
        if page["meta"]["has_more"] == false {
            self.held = &self.held - &std::mem::take(&mut self.stale);
        }
        page
    }

    fn apply(&mut self, row: &Value) {
        let seq = row["seq"].as_i64().unwrap();
        assert!(seq > self.seq, "{seq} comes behind {}", self.seq);
        self.seq = seq;
        let id = row["id"].as_str().unwrap().to_owned();
        self.stale.remove(&id);
        if row["op"] == "upsert" {
            self.held.insert(id);
        } else {
            self.held.remove(&id);
        }
    }

    fn acknowledge(&self, server: &TestServer, key: &str) -> super::client::Response {
        let request = server.request("POST", "/api/changes/ack").key(key);
        request.json(&json!({"cursor": self.cursor})).send()
    }
}

/// The public articles.
pub(crate) fn shown(server: &TestServer) -> BTreeSet<String> {
    let page = server.ok("/api/articles?limit=100");
    page.column("id").into_iter().collect()
}

/// Moves the log of a server on by some entries that the public sees.
pub(crate) fn go_on(server: &TestServer, count: usize) -> Vec<Id> {
    let titles = (0..count).map(|n| format!("Later {n}"));
    titles
        .map(|title| server.article(Article::new(&title)))
        .collect()
}

api_test! {
    fn a_takedown_after_a_backup_was_put_back_reaches_a_copy_that_was_ahead(server) {
        let told = server.article(Article::new("To be taken down"));
        server.article(Article::new("Stays"));
        let backup = copy_of(&server.database, "backup");
        go_on(server, 5);
        let mut copy = Copy::default();
        assert!(!copy.follow(server, None));
        assert_eq!(copy.held, shown(server));

        server.pass(60);
        let restored = server.on_copy(&backup);
        let mut early = copy.clone();
        assert!(early.follow(&restored, None), "the cursor is ahead of the log");
        assert_eq!(early.held, shown(&restored));

        restored.withdraw(told);
        go_on(&restored, 9);
        assert!(copy.follow(&restored, None), "the cursor's number came again");
        assert_eq!(copy.held, shown(&restored));
        assert!(!copy.held.contains(&told.to_string()));
        assert!(!copy.follow(&restored, None), "told anew once");
    }

    fn a_cursor_from_before_the_backup_goes_on_as_if_nothing_had_happened(server) {
        let one = server.article(Article::new("One"));
        let mut copy = Copy::default();
        copy.follow(server, None);
        let backup = copy_of(&server.database, "backup");
        go_on(server, 3);
        let restored = server.on_copy(&backup);
        restored.withdraw(one);
        go_on(&restored, 2);
        assert!(!copy.follow(&restored, None));
        assert_eq!(copy.held, shown(&restored));
    }

    fn a_takedown_that_was_passed_over_for_a_later_entry_that_is_lost_reaches_the_copy(server) {
        let told = server.article(Article::new("Taken down"));
        let other = server.article(Article::new("Other"));
        let mut copy = Copy::default();
        copy.follow(server, None);
        server.withdraw(told);
        server.change(other, |content| content.title = "Changed".to_owned());
        let backup = copy_of(&server.database, "backup");
        server.change(told, |content| {
            content.status = Status::Published;
            content.withdrawn = None;
        });
        let page = copy.read(server, None, "limit=1");
        assert_eq!((&page["data"][0]["id"], &page["meta"]["has_more"]), (&json!(other), &json!(true)), "{page}");
        let restored = server.on_copy(&backup);
        go_on(&restored, 1);
        assert!(copy.follow(&restored, None));
        assert!(!copy.held.contains(&told.to_string()));
        assert_eq!(copy.held, shown(&restored));
    }

    fn a_first_copy_that_passed_over_an_entry_for_a_later_one_that_is_lost_lacks_nothing(server) {
        let passed = server.article(Article::new("Passed over"));
        server.article(Article::new("Other"));
        let backup = copy_of(&server.database, "backup");
        server.change(passed, |content| content.title = "Changed".to_owned());
        for filter in ["limit=1", "limit=1&lang=en"] {
            let mut copy = Copy::default();
            copy.read(server, None, filter);
            let restored = server.on_copy(&copy_of(&backup, &format!("again-{}", filter.len())));
            go_on(&restored, 1);
            copy.follow(&restored, None);
            assert_eq!(copy.held, shown(&restored), "{filter}");
        }
    }

    fn a_cursor_of_another_database_begins_anew(server) {
        go_on(server, 3);
        let mut copy = Copy::default();
        copy.follow(server, None);
        let other = server.on_copy(&copy_of(&server.database, "other"));
        let restarted = server.on_copy(&server.database);
        go_on(&restarted, 2);
        go_on(&other, 2);
        copy.follow(&restarted, None);
        assert!(copy.follow(&other, None));
        assert_eq!(copy.held, shown(&other));
    }

    fn a_restart_and_a_second_node_change_no_history(server) {
        let mut copy = Copy::default();
        for _ in 0..3 {
            go_on(server, 2);
            assert!(!copy.follow(server, None));
            let node = server.beside();
            go_on(&node, 2);
            server.refresh();
            assert!(!copy.follow(server, None));
            assert!(!copy.follow(&node, None));
            assert_eq!(copy.held, shown(&node));
        }
    }

    fn an_acknowledgement_of_the_lost_time_is_refused_and_what_is_told_anew_can_be_acknowledged(server) {
        let (key, _) = server.partner(Limits::default(), Contract::default());
        let told = server.article(Article::new("To be taken down"));
        let backup = copy_of(&server.database, "backup");
        go_on(server, 6);
        let mut copy = Copy::default();
        copy.follow(server, Some(&key));
        server.pass(60);
        let restored = server.on_copy(&backup);
        restored.withdraw(told);
        go_on(&restored, 9);
        let refused = copy.acknowledge(&restored, &key);
        assert_eq!((refused.status, refused.json()["code"].as_str()), (409, Some("conflict")), "{}", refused.text());
        assert!(copy.follow(&restored, Some(&key)));
        assert_eq!(copy.held, shown(&restored));
        assert_eq!(copy.acknowledge(&restored, &key).status, 200);
        let editor = restored.key(Role::Editor);
        let reach = restored.request("GET", &format!("/api/articles/{told}/reach")).key(&editor).send().json();
        let row = &reach["data"]["partners"][0];
        assert!(row["tombstone"]["acknowledged_at"].is_string(), "{reach}");
    }

    fn a_stream_that_comes_again_with_a_cursor_of_the_lost_time_is_told_of_the_reset(server) {
        server.article(Article::new("One"));
        let backup = copy_of(&server.database, "backup");
        go_on(server, 3);
        let mut copy = Copy::default();
        copy.follow(server, None);
        let restored = server.on_copy(&backup);
        let request = Request::to(restored.address, "GET", "/api/changes/stream");
        let mut lines = request.header("last-event-id", &copy.cursor).open();
        let mut seen = Vec::new();
        while !seen.iter().any(|line: &String| line.starts_with("data: {\"seq\"")) {
            let mut line = String::new();
            assert!(lines.read_line(&mut line).unwrap() > 0, "{seen:?}");
            seen.push(line.trim().to_owned());
        }
        assert!(seen.contains(&"event: reset".to_owned()), "{seen:?}");
    }

    fn a_tag_of_a_lost_version_matches_no_version_of_the_same_number(server) {
        let id = server.article(Article::new("Draft one"));
        let key = server.key(Role::Editor);
        let backup = copy_of(&server.database, "backup");
        let target = format!("/api/articles/{id}");
        let title = |on: &TestServer, tag: &str, title: &str| {
            let request = on.request("PATCH", &target).key(&key).if_match(tag);
            request.json(&json!({"title": title})).send()
        };
        let kept = server.ok(&target).header("etag").to_owned();
        let lost = title(server, &kept, "Lost").header("etag").to_owned();
        assert!(lost.starts_with("\"v2-"), "{lost}");
        server.pass(60);
        let restored = server.on_copy(&backup);
        assert_eq!(title(&restored, &lost, "Over the lost one").status, 412);
        let second = title(&restored, &kept, "Another second version");
        assert_eq!(second.status, 200, "the version of the backup is the same");
        assert_eq!(title(&restored, &lost, "Over the lost one").status, 412, "another version 2");
        assert_eq!(title(&restored, "\"v2\"", "By its number").status, 200);
    }

    fn a_tag_of_a_lost_version_matches_none_that_was_stamped_while_the_clock_stood_behind_the_log(server) {
        let ahead = 8 * 3_600;
        server.pass(ahead);
        let id = server.article(Article::new("Draft one"));
        let key = server.key(Role::Editor);
        server.pass(-ahead);
        let backup = copy_of(&server.database, "backup");
        let target = format!("/api/articles/{id}");
        let title = |on: &TestServer, tag: &str, title: &str| {
            let request = on.request("PATCH", &target).key(&key).if_match(tag);
            request.json(&json!({"title": title})).send()
        };
        let kept = server.ok(&target).header("etag").to_owned();
        let lost = title(server, &kept, "Lost");
        assert_eq!(lost.status, 200, "{}", lost.text());
        let restored = server.on_copy(&backup);
        assert_eq!(title(&restored, &kept, "Another second version").status, 200);
        assert_eq!(title(&restored, lost.header("etag"), "Over the lost one").status, 412);
    }

    fn no_message_of_a_webhook_comes_again_under_the_id_of_a_lost_one(server) {
        let receiver = Receiver::start();
        server.webhook(content(&receiver));
        server.article(Article::new("Before"));
        receiver.wait_for(1);
        // Else the restored node rightly sends the first message once more.
        let mut database = Database::open(&server.database);
        while database.count("webhook_deliveries WHERE status = 'delivered'") < 1 || database.count("webhook_progress WHERE lease_until > 0") > 0 {
            sleep(Duration::from_millis(20));
        }
        let backup = copy_of(&server.database, "backup");
        go_on(server, 2);
        receiver.wait_for(3);
        server.pass(60);
        let restored = server.on_copy(&backup);
        go_on(&restored, 2);
        receiver.wait_for(5);
        let ids: Vec<String> = receiver.messages().iter().map(|message| message.header("webhook-id").to_owned()).collect();
        let distinct: BTreeSet<&String> = ids.iter().collect();
        assert!(distinct.len() >= 5, "{ids:?}");
    }
}
