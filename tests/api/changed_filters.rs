//! A copy of the changes whose filters change: it ends with what the new ones hold, told once, wherever it was before.

use std::collections::BTreeMap;
use std::io::BufRead;

use masthead::domain::access::{Limits, Role};
use masthead::domain::id::Id;
use masthead::domain::partner::Contract;
use masthead::service::keys::change_rights;
use serde_json::{Value, json};

use super::builders::{Article, lang};
use super::harness::TestServer;

/// A copy, with all that it was told.
#[derive(Clone, Default)]
struct Copy {
    key: Option<String>,
    cursor: Option<String>,
    held: BTreeMap<String, i64>,
    seen: i64,
    more: bool,
}

impl Copy {
    fn of(key: &str) -> Self {
        Self {
            key: Some(key.to_owned()),
            ..Self::default()
        }
    }

    /// One part with these filters: operation, reason and title or id of each row.
    fn part(&mut self, server: &TestServer, filter: &str, limit: usize) -> Vec<String> {
        let since = self
            .cursor
            .as_ref()
            .map(|cursor| format!("&since={cursor}"));
        let target = format!(
            "/api/changes?limit={limit}{filter}{}",
            since.unwrap_or_default()
        );
        let request = server.request("GET", &target);
        let answer = match &self.key {
            Some(key) => request.key(key).send(),
            None => request.send(),
        };
        assert_eq!(answer.status, 200, "{}", answer.text());
        let page = answer.json();
        self.cursor = page["meta"]["next_cursor"].as_str().map(str::to_owned);
        assert!(
            self.cursor
                .as_ref()
                .is_some_and(|cursor| cursor.len() <= 4_096)
        );
        self.more = page["meta"]["has_more"] == true;
        page["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| self.apply(row))
            .collect()
    }

    fn apply(&mut self, row: &Value) -> String {
        let (seq, id) = (row["seq"].as_i64().unwrap(), row["id"].as_str().unwrap());
        assert!(seq > self.seen, "{seq} after {}", self.seen);
        self.seen = seq;
        if row["op"] == "delete" {
            self.held.remove(id);
            return format!("- {id} {}", row["reason"].as_str().unwrap());
        }
        self.held
            .insert(id.to_owned(), row["version"].as_i64().unwrap());
        format!("+ {id}")
    }

    /// All that there is with these filters, in parts of one.
    fn rest(&mut self, server: &TestServer, filter: &str) -> Vec<String> {
        let mut told = self.part(server, filter, 1);
        while self.more {
            told.extend(self.part(server, filter, 1));
        }
        told
    }

    fn holds(&self) -> Vec<&str> {
        self.held.keys().map(String::as_str).collect()
    }

    fn acknowledge(&self, server: &TestServer) -> i64 {
        let request = server.request("POST", "/api/changes/ack");
        let request = request.key(self.key.as_ref().unwrap());
        let answer = request.json(&json!({"cursor": self.cursor})).send();
        answer.json()["data"]["acknowledged"].as_i64().unwrap()
    }
}

fn put(id: Id) -> String {
    format!("+ {id}")
}

fn gone(id: Id, reason: &str) -> String {
    format!("- {id} {reason}")
}

/// Two articles of each section, in the order of the log.
fn furnish(server: &TestServer) -> [Id; 4] {
    let article = |title: &str, section: &str, source: &str| {
        server.article(Article::new(title).section(&[section]).source(source))
    };
    [
        article("One", "World", "Gazette"),
        article("Two", "Sport", "Gazette"),
        article("Three", "World", "Herald"),
        article("Four", "Sport", "Herald"),
    ]
}

fn move_to(server: &TestServer, id: Id, path: &str) {
    let section = server.section_at(path);
    server.change(id, |content| content.section = Some(section.id));
}

fn move_branch(server: &TestServer, path: &str, patch: &Value) {
    let target = format!("/api/sections/{path}?lang=en");
    let etag = server.ok(&target).header("etag").to_owned();
    let request = server
        .request("PATCH", &target)
        .key(&server.key(Role::Editor));
    let request = request.header("if-match", &etag);
    let answer = request.json(patch).send();
    assert_eq!(answer.status, 200, "{}", answer.text());
}

api_test! {
    fn narrower_filters_take_away_what_they_do_not_hold_and_nothing_comes_twice(server) {
        let [one, two, three, four] = furnish(server);
        let mut copy = Copy::default();
        assert_eq!(copy.rest(server, ""), [put(one), put(two), put(three), put(four)]);
        assert_eq!(copy.rest(server, "&section=world"), [gone(two, "moved"), gone(four, "moved")]);
        assert_eq!(copy.rest(server, "&section=world"), [""; 0]);
        server.withdraw(two);
        server.change(three, |content| content.title = "Three, again".to_owned());
        assert_eq!(copy.rest(server, "&section=world"), [put(three)]);
        assert_eq!(copy.holds(), [one.to_string(), three.to_string()]);
    }

    fn wider_filters_bring_what_the_copy_does_not_hold_and_no_more(server) {
        let [one, two, three, four] = furnish(server);
        let mut copy = Copy::default();
        assert_eq!(copy.rest(server, "&section=world"), [put(one), put(three)]);
        assert_eq!(copy.rest(server, ""), [put(two), put(four)]);
        assert_eq!(copy.rest(server, "&lang=fr,en"), [""; 0], "it holds the same");
        let five = server.article(Article::new("Five"));
        assert_eq!(copy.rest(server, ""), [put(five)]);
    }

    fn other_filters_swap_what_the_copy_holds_whatever_happened_between(server) {
        let [one, two, three, four] = furnish(server);
        let mut copy = Copy::default();
        copy.rest(server, "&section=world");
        server.withdraw(one);
        server.withdraw(two);
        move_to(server, three, "sport");
        let five = server.article(Article::new("Five").section(&["World"]));
        let told = copy.rest(server, "&section=sport&source=herald");
        let redundant = gone(five, "moved");
        assert_eq!(told, [put(four), gone(one, "legal"), put(three), redundant], "two was never told of");
        assert_eq!(copy.rest(server, "&source=gazette"), [gone(four, "moved"), gone(three, "moved")]);
        assert_eq!(copy.rest(server, "&section=world"), [put(five)]);
        server.unpublish(five);
        assert_eq!(copy.rest(server, "&section=sport"), [put(four), put(three), gone(five, "unpublished")]);
    }

    fn filters_may_change_anywhere_and_any_cursor_leads_to_the_same_copy(server) {
        let [one, two, three, four] = furnish(server);
        let mut copy = Copy::default();
        let mut stored = Vec::new();
        for (filter, write) in [("", 0), ("&section=sport", 1), ("&source=herald", 2), ("&section=world", 3), ("", 4), ("&source=gazette", 5)] {
            match write {
                1 => server.change(one, |content| content.title = "One, again".to_owned()),
                2 => move_to(server, two, "world"),
                3 => server.withdraw(four),
                4 => server.unpublish(three),
                5 => server.change(three, |content| content.status = masthead::domain::article::Status::Published),
                _ => {}
            }
            for _ in 0..2 {
                stored.push(copy.clone());
                copy.part(server, filter, 1);
            }
        }
        for mut copy in stored {
            for filter in ["&section=world", "&source=herald", "&source=herald", ""] {
                copy.part(server, filter, 1);
            }
            copy.rest(server, "&section=world&source=gazette");
            assert_eq!(copy.holds(), [one.to_string(), two.to_string()]);
            copy.rest(server, "&source=herald");
            assert_eq!(copy.holds(), [three.to_string()]);
        }
    }

    fn filters_too_long_for_a_cursor_lead_to_the_whole_once_more(server) {
        let [one, two, three, four] = furnish(server);
        let long = |own: &str| {
            let names: Vec<String> = (0..90).map(|n| format!("nobody-{n}-{}", "x".repeat(20))).collect();
            format!("&source={own},{}", names.join(","))
        };
        let mut copy = Copy::default();
        assert_eq!(copy.rest(server, &long("gazette")), [put(one), put(two)]);
        assert_eq!(copy.rest(server, &long("gazette")), [""; 0]);
        copy.rest(server, &long("herald"));
        assert_eq!(copy.holds(), [three.to_string(), four.to_string()]);
        server.withdraw(four);
        copy.rest(server, "&section=sport");
        assert_eq!(copy.holds(), [two.to_string()]);
    }

    fn a_branch_that_moves_takes_its_articles_out_of_every_copy_of_what_was_above_it(server) {
        let old = server.article(Article::new("One").section(&["World", "Events"]));
        let deep = server.article(Article::new("Two").section(&["World", "Events", "Forums"]));
        let stays = server.article(Article::new("Three").section(&["World"]));
        let (mut copy, mut late) = (Copy::default(), Copy::default());
        for copy in [&mut copy, &mut late] {
            assert_eq!(copy.rest(server, "&section=world"), [put(old), put(deep), put(stays)]);
        }
        move_branch(server, "world/events", &json!({"parent": null}));
        assert_eq!(copy.rest(server, "&section=world"), [gone(old, "moved"), gone(deep, "moved")]);
        assert_eq!(late.rest(server, "&section=world&lang=en"), [gone(old, "moved"), gone(deep, "moved")]);
        move_branch(server, "events", &json!({"parent": "world", "slug": "dates", "name": "Dates"}));
        assert_eq!(copy.rest(server, "&section=world"), [put(old), put(deep)]);
        move_branch(server, "world/dates/forums", &json!({"parent": null}));
        assert_eq!(copy.rest(server, "&section=world"), [gone(deep, "moved")]);
        assert_eq!(copy.holds(), [old.to_string(), stays.to_string()]);
    }

    fn a_stream_goes_on_with_other_filters_too(server) {
        let [_, two, _, four] = furnish(server);
        let mut copy = Copy::default();
        copy.rest(server, "");
        let stream = server.request("GET", "/api/changes/stream?section=world");
        let mut lines = stream.header("last-event-id", copy.cursor.as_ref().unwrap()).open();
        let (mut told, mut line) = (Vec::new(), String::new());
        while told.len() < 2 {
            line.clear();
            assert!(lines.read_line(&mut line).unwrap() > 0);
            if let Some(id) = line.strip_prefix("id: ") {
                copy.cursor = Some(id.trim().to_owned());
            } else if let Some(data) = line.strip_prefix("data: ") {
                told.push(copy.apply(&serde_json::from_str(data).unwrap()));
            }
        }
        assert_eq!(told, [gone(two, "moved"), gone(four, "moved")]);
        assert_eq!(copy.rest(server, "&section=world"), [""; 0]);
    }

    fn what_was_acknowledged_counts_across_a_change_of_filters_and_nothing_else_does(server) {
        let [one, two, three, four] = furnish(server);
        let editor = server.key(Role::Editor);
        let owed = |id: Id| {
            let answer = server.request("GET", &format!("/api/articles/{id}/reach")).key(&editor).send();
            answer.json()["data"]["partners"][0]["owes"].as_str().map(str::to_owned)
        };
        let (key, _) = server.partner(Limits::default(), Contract::default());
        let mut copy = Copy::of(&key);
        copy.rest(server, "");
        assert_eq!(copy.acknowledge(server), 4);
        server.withdraw(one);
        assert_eq!(copy.rest(server, ""), [gone(one, "legal")]);
        assert_eq!(owed(one).as_deref(), Some("tombstone"));
        assert_eq!(copy.part(server, "&section=world", 1), [gone(two, "moved")]);
        let early = copy.clone();
        assert_eq!(copy.part(server, "&section=world", 1), [gone(four, "moved")]);
        assert_eq!(early.acknowledge(server), 2, "the tombstone from before, and what went first");
        assert_eq!((owed(one), owed(two), owed(four).as_deref()), (None, None, Some("update")));
        server.withdraw(three);
        copy.rest(server, "&section=world");
        assert_eq!(early.acknowledge(server), 0);
        assert_eq!(owed(three).as_deref(), Some("tombstone"));
        assert_eq!(copy.acknowledge(server), 2);
        assert_eq!((owed(three), owed(four)), (None, None));
    }

    fn rights_and_filters_may_change_together(server) {
        let [one, two, three, four] = furnish(server);
        let french = server.article(Article::new("Cinq").lang("fr").section(&["World"]).source("Gazette"));
        let (key, partner) = server.partner(Limits { langs: vec![lang("en")], ..Limits::default() }, Contract::default());
        let change = |tag: &str| {
            let limits = Limits { langs: vec![lang(tag)], ..Limits::default() };
            let (store, clock) = (&server.app.store, &server.app.clock);
            assert!(change_rights(store, clock, partner, &limits, Contract::default(), None).unwrap());
        };
        let mut copy = Copy::of(&key);
        copy.rest(server, "");
        assert_eq!(copy.holds(), [one, two, three, four].map(|id| id.to_string()));
        change("fr");
        copy.part(server, "", 1);
        let mut swapped = copy.clone();
        swapped.part(server, "&source=gazette", 1);
        swapped.part(server, "&source=herald", 1);
        swapped.rest(server, "&source=gazette");
        assert_eq!(swapped.holds(), [french.to_string()]);
        copy.part(server, "&section=sport", 1);
        change("en");
        copy.part(server, "", 1);
        copy.rest(server, "&section=sport");
        assert_eq!(copy.holds(), [two, four].map(|id| id.to_string()));
        copy.rest(server, "");
        assert_eq!(copy.holds(), [one, two, three, four].map(|id| id.to_string()));
    }
}
