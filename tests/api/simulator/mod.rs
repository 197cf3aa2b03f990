//! Partners that copy by `/api/changes` while writers create, correct, move, unpublish and withdraw at random, that are
//! killed anywhere and come again with other filters, and the database is put back to an older backup: in the end each copy
//! is what its contract and its last filters let it read.
//!
//! `MASTHEAD_TEST_SEED` replaces the seeds of the tests.

mod runs;

use std::collections::{BTreeMap, BTreeSet};

use masthead::domain::access::Role;
use masthead::domain::article::Status;
use masthead::domain::id::Id;
use masthead::domain::time::Timestamp;
use masthead::service::{schedule, sections, sources};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::backups::{back_up, restored};
use super::builders::{Article, lang};
use super::client::Response;
use super::database::{Database, copy_of};
use super::harness::TestServer;

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

const LANGS: [&str; 3] = ["en", "fr", "zh"];

const SECTIONS: [&[&str]; 3] = [&["World"], &["World", "Asia"], &["Sport"]];

const SOURCES: [&str; 2] = ["Gazette", "Herald"];

/// A partner's disk: its copy and its cursor, stored at once.
#[derive(Clone, Default)]
struct Disk {
    cursor: Option<String>,
    seen: Option<i64>,
    copy: BTreeMap<String, i64>,
    /// Those of a copy that is told anew that were not told again yet.
    stale: BTreeSet<String>,
}

/// Filters with which copies are asked for: each of another kind, some within others.
const FILTERS: [&str; 9] = [
    "",
    "&lang=en",
    "&lang=fr,zh",
    "&section=world",
    "&section=world/asia,sport",
    "&source=herald",
    "&source=gazette,nobody&lang=en,fr",
    "&section=sport&source=gazette",
    "&section=world/asia",
];

struct Partner {
    /// Nothing for the public, which is no partner but may copy too.
    token: Option<(String, Id)>,
    filter: &'static str,
    disk: Disk,
    /// True if a backup was put back since it read last.
    is_behind: bool,
}

impl Partner {
    /// Reads a part, and stores what came of it unless it is killed before. Says whether more follows.
    fn read(&mut self, server: &TestServer, limit: usize, killed: bool) -> bool {
        let mut target = format!("/api/changes?limit={limit}{}", self.filter);
        if let Some(cursor) = &self.disk.cursor {
            target += &format!("&since={cursor}");
        }
        let answer = self.get(server, &target);
        if killed {
            return true;
        }
        let page = answer.json();
        if page["meta"]["reset"] == true {
            assert!(self.is_behind, "told anew without a reason: {page}");
            self.disk.stale = self.disk.copy.keys().cloned().collect();
        }
        for row in page["data"].as_array().unwrap() {
            let seq = row["seq"].as_i64();
            assert!(seq > self.disk.seen, "{:?} {page}", self.disk.seen);
            self.disk.seen = seq;
            self.apply(row);
        }
        self.disk.cursor = page["meta"]["next_cursor"].as_str().map(str::to_owned);
        self.is_behind = false;
        let has_more = page["meta"]["has_more"] == true;
        if !has_more {
            for id in std::mem::take(&mut self.disk.stale) {
                self.disk.copy.remove(&id);
            }
        }
        has_more
    }

    fn get(&self, server: &TestServer, target: &str) -> Response {
        let request = server.request("GET", target);
        let answer = match &self.token {
            Some((token, _)) => request.key(token).send(),
            None => request.send(),
        };
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer
    }

    fn apply(&mut self, row: &Value) {
        let id = row["id"].as_str().unwrap().to_owned();
        self.disk.stale.remove(&id);
        if row["op"] == "upsert" {
            assert_eq!(row["article"]["id"], row["id"]);
            assert_eq!(row["article"]["version"], row["version"]);
            assert_eq!(row["article"]["status"], "published");
            self.disk.copy.insert(id, row["version"].as_i64().unwrap());
        } else {
            assert!(
                row["article"].is_null() && row["reason"].is_string(),
                "{row}"
            );
            self.disk.copy.remove(&id);
        }
    }

    fn acknowledge(&self, server: &TestServer) {
        let (Some(cursor), Some((token, _))) = (&self.disk.cursor, &self.token) else {
            return;
        };
        let request = server.request("POST", "/api/changes/ack").key(token);
        let answer = request.json(&json!({"cursor": cursor})).send();
        let is_of_the_lost_time = self.is_behind && answer.status == 409;
        assert!(
            answer.status == 200 || is_of_the_lost_time,
            "{}",
            answer.text()
        );
    }

    /// The list of articles under the same contract and filters.
    fn readable(&self, server: &TestServer) -> BTreeMap<String, i64> {
        let mut found = BTreeMap::new();
        let mut target = format!("/api/articles?limit=100{}", self.filter);
        loop {
            let page = self.get(server, &target).json();
            for row in page["data"].as_array().unwrap() {
                found.insert(
                    row["id"].as_str().unwrap().to_owned(),
                    row["version"].as_i64().unwrap(),
                );
            }
            match page["links"]["next"].as_str() {
                Some(next) => target = next.to_owned(),
                None => return found,
            }
        }
    }
}

/// Everything that writers do, at random.
struct Desk {
    articles: Vec<Id>,
    written: usize,
    /// A section that now and then moves below another, or away from there, with what is in it.
    branch: Id,
    editor: String,
    dice: Dice,
}

impl Desk {
    fn of(server: &TestServer, seed: u64) -> Self {
        let path = ["World".to_owned(), "Desk".to_owned()];
        let branch = server.write(|tx| sections::ensure_section(tx, &lang("en"), &path));
        Self {
            articles: Vec::new(),
            written: 0,
            branch: branch.unwrap().id,
            editor: server.key(Role::Editor),
            dice: Dice(!seed),
        }
    }

    /// After a backup was put back, articles that were written later are not there.
    fn forget_the_lost(&mut self, server: &TestServer) {
        let there = Database::open(&server.database).texts("SELECT id AS t FROM articles");
        self.articles.retain(|id| there.contains(&id.to_string()));
    }

    fn move_branch(&mut self, server: &TestServer) {
        let parent = [None, Some("world"), Some("sport")][self.dice.roll(3)];
        let request = server.request("PATCH", &format!("/api/sections/{}", self.branch));
        let request = request.key(&self.editor).if_match("*");
        let answer = request.json(&json!({"parent": parent})).send();
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    fn write(&mut self, server: &TestServer, dice: &mut Dice) {
        server.pass(i64::try_from(dice.roll(900)).unwrap());
        schedule::pass_offsets(&server.app.store, &server.app.clock).unwrap();
        if self.dice.roll(9) == 0 {
            self.move_branch(server);
        }
        if self.articles.len() < 8 || dice.roll(4) == 0 {
            return self.create(server, dice);
        }
        let id = self.articles[dice.roll(self.articles.len())];
        let number = dice.roll(1_000);
        match dice.roll(7) {
            0 => server.change(id, |content| content.title = format!("Corrected {number}")),
            1 => self.move_to(server, dice, id),
            2 => server.unpublish(id),
            3 => server.change(id, |content| {
                content.status = Status::Published;
                content.withdrawn = None;
            }),
            4 => server.withdraw(id),
            5 => {
                let later = Timestamp::from_millis(server.now().millis() + 1_000_000);
                server.change(id, |content| content.published_at = Some(later));
            }
            _ => self.give_to(server, dice, id),
        }
    }

    fn create(&mut self, server: &TestServer, dice: &mut Dice) {
        self.written += 1;
        let at = server.now().to_string();
        let tag = LANGS[dice.roll(3)];
        let article = Article::new(&format!("Story {}", self.written))
            .lang(tag)
            .section(SECTIONS[dice.roll(3)])
            .source(SOURCES[dice.roll(2)])
            .published_at(&at);
        let status = [Status::Published, Status::Published, Status::Draft][dice.roll(3)];
        let id = server.article(article.status(status));
        if tag == "en" && self.dice.roll(3) == 0 {
            server.change(id, |content| content.section = Some(self.branch));
        }
        self.articles.push(id);
    }

    fn move_to(&self, server: &TestServer, dice: &mut Dice, id: Id) {
        let path = SECTIONS[dice.roll(3)].iter().map(|step| (*step).to_owned());
        let path: Vec<String> = path.collect();
        let tag = server.language_of(id);
        let section = server.write(|tx| sections::ensure_section(tx, &lang(&tag), &path));
        server.change(id, |content| {
            content.section = section.map(|section| section.id)
        });
    }

    fn give_to(&self, server: &TestServer, dice: &mut Dice, id: Id) {
        let name = SOURCES[dice.roll(2)];
        let source = server.write(|tx| sources::ensure_source(tx, name));
        server.change(id, |content| content.source = Some(source));
    }
}

/// The service, and the backups of its database.
struct Publication<'s> {
    first: &'s TestServer,
    restored: Option<TestServer>,
    backups: Vec<String>,
    folder: TempDir,
    restores: usize,
    dice: Dice,
}

impl<'s> Publication<'s> {
    fn of(first: &'s TestServer, seed: u64) -> Self {
        Self {
            first,
            restored: None,
            backups: Vec::new(),
            folder: tempfile::tempdir().unwrap(),
            restores: 0,
            dice: Dice(seed.rotate_left(17) ^ 5),
        }
    }

    fn server(&self) -> &TestServer {
        self.restored.as_ref().unwrap_or(self.first)
    }

    /// Now and then makes a backup, or puts one back that was made before; answers whether it did the latter.
    fn pass(&mut self) -> bool {
        if self.dice.roll(30) == 0 {
            let name = format!("backup-{}", self.backups.len());
            self.backups.push(copy_of(&self.server().database, &name));
        }
        if self.backups.is_empty() || self.dice.roll(40) > 0 {
            return false;
        }
        let recent = self.dice.roll(self.backups.len().min(3));
        let backup = &self.backups[self.backups.len() - 1 - recent];
        self.restores += 1;
        let name = format!("restored-{}", self.restores);
        // Made into a file now, since most are never put back.
        let copy = back_up(
            backup,
            self.folder.path(),
            &format!("copy-{}", self.restores),
        );
        let url = restored(self.folder.path(), &copy, &self.first.database, &name);
        self.restored = Some(self.first.on_copy(&url));
        true
    }
}
