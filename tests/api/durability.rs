//! Nothing that was acknowledged is lost: not by a kill, not by a full disk, not between a backup and what it was taken of.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::client::{Request, Response};
use super::command::run;
use super::consistency::assert_consistent;
use super::database::Database;
use super::harness::TestServer;
use super::media::{Form, photo};
use super::postgres;
use super::process::{Process, assert_partner_reads, new_key, new_partner};

const EDITION: &str = "{\"type\":\"edition\",\"lang\":\"en\"}\n";

/// A folder with an edition to write into, and a key.
fn prepare(database: &str, folder: &Path) -> String {
    std::fs::write(folder.join("edition.ndjson"), EDITION).unwrap();
    let import = ["import", "--format", "ndjson", "edition.ndjson"];
    let imported = run(database, folder, &import);
    assert_eq!(imported.code, Some(0), "{}", imported.err);
    new_key(database, folder, "editor")
}

/// Answers that a writer got: each article's version, and its content then.
pub(crate) type Acknowledged = Vec<(String, i64, String)>;

/// One who writes to a service for as long as it answers.
pub(crate) struct Writer<'t> {
    pub(crate) address: SocketAddr,
    pub(crate) key: &'t str,
    pub(crate) acknowledged: &'t Mutex<Acknowledged>,
}

impl Writer<'_> {
    /// Writes articles, and changes each one after, until the service is gone.
    pub(crate) fn write_until_it_ends(&self) {
        (0..).try_for_each(|n| self.write(n));
    }

    /// All kinds of writes of one article; `None` where the service is gone.
    fn write(&self, n: usize) -> Option<()> {
        let shade = u8::try_from(n % 256).unwrap();
        let form = Form::default().file(&photo(16, 16, shade));
        let uploaded = form.request(self.address, self.key).try_send()?;
        assert_eq!(uploaded.status, 201, "{}", uploaded.text());
        let medium = uploaded.json()["data"]["id"].clone();
        let title = format!("Article {n}");
        let content = json!({"lang": "en", "title": title, "tags": [format!("Tag {}", n % 7)],
            "media": [{"id": medium}], "status": "published"});
        let article = self.send("POST", "/api/articles", &content)?;
        let own = format!("/api/articles/{}", article["id"].as_str().unwrap());
        self.note(&article);
        let changed = json!({"title": format!("Changed {n}"), "slug": format!("changed-{}", article["slug"].as_str().unwrap()), "tags": ["Changed"]});
        self.note(&self.send("PATCH", &own, &changed)?);
        let notice = json!({"kind": "correction", "text": format!("Notice {n}")});
        self.note(&self.send("POST", &format!("{own}/notices"), &notice)?);
        match n % 3 {
            0 => self.note(&self.send("POST", &format!("{own}/unpublish"), &json!({}))?),
            1 => self.note(&self.send(
                "POST",
                &format!("{own}/withdraw"),
                &json!({"reason": "legal"}),
            )?),
            _ => self.note(&self.send("PATCH", &own, &json!({"media": []}))?),
        }
        Some(())
    }

    fn send(&self, method: &str, target: &str, content: &Value) -> Option<Value> {
        let request = Request::to(self.address, method, target);
        let response = request
            .key(self.key)
            .if_match("*")
            .json(content)
            .try_send()?;
        assert!(response.status < 300, "{target}: {}", response.text());
        Some(response.json()["data"].clone())
    }

    fn note(&self, article: &Value) {
        let text = |name: &str| article[name].as_str().unwrap().to_owned();
        let version = article["version"].as_i64().unwrap();
        let mut told = self.acknowledged.lock().unwrap();
        told.push((text("id"), version, text("title")));
    }
}

/// Every write that was acknowledged is there, or a later one of the same article.
pub(crate) fn assert_all_there(
    process: &Process,
    key: &str,
    acknowledged: &[(String, i64, String)],
) {
    for (id, version, title) in acknowledged {
        let response = process
            .request("GET", &format!("/api/articles/{id}"))
            .key(key)
            .send();
        assert_eq!(response.status, 200, "{id}: {}", response.text());
        let article = &response.json()["data"];
        let now = article["version"].as_i64().unwrap();
        assert!(
            now >= *version,
            "{id} is at {now}, and {version} was acknowledged"
        );
        if now == *version {
            assert_eq!(article["title"], *title);
        }
    }
}

/// Number of kills that a database has to survive: `MASTHEAD_TEST_KILLS`, or fifty.
fn kills() -> u64 {
    let told = std::env::var("MASTHEAD_TEST_KILLS");
    told.map_or(50, |count| count.parse().expect("a number of kills"))
}

fn survive_kills(database: &str) {
    let folder = tempfile::tempdir().unwrap();
    let key = prepare(database, folder.path());
    let acknowledged = Mutex::new(Acknowledged::new());
    for n in 0..kills() {
        let process = Process::start(database, folder.path());
        let before = acknowledged.lock().unwrap().clone();
        assert_all_there(&process, &key, &before[before.len().saturating_sub(10)..]);
        std::thread::scope(|scope| {
            let writer = Writer {
                address: process.address,
                key: &key,
                acknowledged: &acknowledged,
            };
            scope.spawn(move || writer.write_until_it_ends());
            let until = Instant::now() + Duration::from_secs(20);
            while acknowledged.lock().unwrap().len() == before.len() {
                assert!(Instant::now() < until, "the writer does not write");
                std::thread::sleep(Duration::from_millis(5));
            }
            // Differs from round to round, so that the blow falls at any point of a write.
            std::thread::sleep(Duration::from_millis(n * 37 % 120));
            process.kill();
        });
        assert_consistent(database);
    }
    let acknowledged = acknowledged.into_inner().unwrap();
    eprintln!(
        "{} kills, {} writes acknowledged",
        kills(),
        acknowledged.len()
    );
    assert_all_there(
        &Process::start(database, folder.path()),
        &key,
        &acknowledged,
    );
}

#[test]
fn kills_lose_nothing_that_was_acknowledged_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    survive_kills(&format!("sqlite://{}/test.db", folder.path().display()));
}

#[test]
fn kills_lose_nothing_that_was_acknowledged_on_postgres() {
    if let Some(database) = postgres::new_database() {
        survive_kills(&database);
    }
}

/// A small disk of its own under a folder; `None` where this process may not mount one, which is told.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn of_megabytes(megabytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m");
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(folder.path())
            .output();
        if mount.is_ok_and(|done| done.status.success()) {
            return Some(Self(folder));
        }
        let required = std::env::var("MASTHEAD_REQUIRE_MOUNT").is_ok_and(|value| value == "1");
        assert!(
            !required,
            "MASTHEAD_REQUIRE_MOUNT=1, but no disk can be mounted"
        );
        eprintln!("\n**** NOT TESTED: a full disk, since only root may mount a small one ****\n");
        None
    }

    /// Kilobytes of each file on it, and of all.
    fn used(&self) -> String {
        let listed = Command::new("du").arg("-ak").arg(self.0.path()).output();
        listed.map_or_else(
            |error| error.to_string(),
            |listed| String::from_utf8_lossy(&listed.stdout).into_owned(),
        )
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: the server of the test may still be closing its files.
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).output();
    }
}

fn post(process: &Process, key: &str, size: usize) -> Response {
    let body = "word ".repeat(size / 5);
    let content = json!({"lang": "en", "title": "Large", "body": {"format": "text", "content": body}, "status": "published"});
    let request = process.request("POST", "/api/articles").key(key);
    request.json(&content).send()
}

#[test]
fn a_full_disk_stops_writes_with_a_problem_and_harms_nothing() {
    let Some(disk) = SmallDisk::of_megabytes(20) else {
        return;
    };
    let folder = disk.0.path();
    let database = format!("sqlite://{}/test.db", folder.display());
    let key = prepare(&database, folder);
    let partner = new_partner(&database, folder);
    // Room for the search index too, which takes what it finds.
    let balloon = folder.join("balloon");
    std::fs::write(&balloon, vec![0; 12 * 1024 * 1024]).unwrap();
    let process = Process::start(&database, folder);
    let mut written = 0;
    let refused = loop {
        let response = post(&process, &key, 150_000);
        if response.status != 201 {
            break response;
        }
        written += 1;
        assert!(written < 500, "the disk is never full");
    };
    assert!(matches!(refused.status, 503 | 507), "{}", refused.text());
    assert_eq!(refused.header("content-type"), "application/problem+json");
    let list = process.request("GET", "/api/articles?count=exact").send();
    assert_eq!(list.json()["meta"]["total"], written, "reading goes on");
    assert_partner_reads(&process, &partner);
    // Not even what is small has room.
    while post(&process, &key, 1).status == 201 {}
    assert_partner_reads(&process, &partner);
    std::fs::remove_file(&balloon).unwrap();
    let again = post(&process, &key, 1_000);
    assert_eq!(
        again.status,
        201,
        "it works again when there is room: {}",
        again.text()
    );
    let mut told = Database::open(&database);
    let began = Instant::now();
    while told.number("SELECT COALESCE(sum(used), 0) AS n FROM quota_use") == 0 {
        let late = began.elapsed() > Duration::from_secs(60);
        assert!(
            !late,
            "what was read meanwhile is never counted: {}",
            disk.used()
        );
        std::thread::sleep(Duration::from_millis(100));
    }
    drop(process);
    assert_consistent(&database);
}

#[test]
fn a_backup_taken_while_writers_work_holds_every_write_acknowledged_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}/test.db", folder.path().display());
    let key = prepare(&database, folder.path());
    let process = Process::start(&database, folder.path());
    let acknowledged = Mutex::new(Acknowledged::new());
    let stopped = AtomicBool::new(false);
    let mut copies = Vec::new();
    std::thread::scope(|scope| {
        let (told, stopped) = (&acknowledged, &stopped);
        let writer = Writer {
            address: process.address,
            key: &key,
            acknowledged: told,
        };
        scope.spawn(move || {
            writer.write_until_it_ends();
            stopped.store(true, Ordering::SeqCst);
        });
        let began = Instant::now();
        while told.lock().unwrap().is_empty() {
            assert!(began.elapsed() < Duration::from_secs(20), "no writes");
            std::thread::sleep(Duration::from_millis(5));
        }
        for n in 0..3 {
            std::thread::sleep(Duration::from_millis(300));
            let before = told.lock().unwrap().clone();
            let path = folder.path().join(format!("copy-{n}.db"));
            let done = run(
                &database,
                folder.path(),
                &["backup", &path.to_string_lossy()],
            );
            assert_eq!(done.code, Some(0), "{}", done.err);
            assert!(
                !stopped.load(Ordering::SeqCst),
                "the writer went on meanwhile"
            );
            copies.push((format!("sqlite://{}", path.display()), before));
        }
        process.kill();
    });
    for (copy, before) in copies {
        assert_consistent(&copy);
        assert!(!before.is_empty());
        let served = Process::start(&copy, folder.path());
        assert_all_there(&served, &key, &before);
        assert_eq!(
            post(&served, &key, 100).status,
            201,
            "the copy is a service of its own"
        );
    }
}

#[test]
fn two_nodes_publish_what_is_scheduled_once() {
    let Some(database) = postgres::new_database() else {
        return;
    };
    let one = TestServer::on_database(&database);
    let two = TestServer::on_database(&database);
    let id = one.scheduled("Once", 5);
    for server in [&one, &two] {
        server.pass(6);
    }
    let release = |server: &TestServer| {
        masthead::service::schedule::release_due(
            &server.app.store,
            &server.app.clock,
            &server.app.put_off,
        )
        .unwrap()
    };
    let released: usize = std::thread::scope(|scope| {
        let each = [&one, &two].map(|server| scope.spawn(move || release(server)));
        each.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert!(
        released <= 1,
        "the background threads may have been quicker, but never twice"
    );
    two.refresh();
    assert_eq!(
        two.ok(&format!("/api/articles/{id}")).json()["data"]["version"],
        3
    );
    drop((one, two));
    assert_consistent(&database);
}
