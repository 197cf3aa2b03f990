//! Reads from a streaming replica: no older than the bound, never older than the caller's own write, and from the primary
//! where the replica is behind or away.

use std::time::{Duration, Instant};

use masthead::domain::access::Role;
use serde_json::json;

use super::builders::Article;
use super::harness::TestServer;
use super::postgres::Cluster;
use super::receiver::eventually;

const BOUND: Duration = Duration::from_millis(800);

/// A node on a primary with one replica, whose own cache keeps nothing.
fn node(cluster: &Cluster) -> TestServer {
    let replica = cluster.url_of_standby("news").parse().unwrap();
    TestServer::on_database_with(&cluster.url("news"), |config| {
        config.cache_megabytes = 0;
        config.databases.replica_urls = vec![replica];
        config.databases.replica_lag_milliseconds = BOUND.as_millis() as u64;
    })
}

fn read_from_replicas(server: &TestServer, key: &str) -> u64 {
    let metrics = server.request("GET", "/metrics").key(key).send();
    let line = metrics
        .text()
        .lines()
        .find(|line| line.starts_with("masthead_replica_reads_total{result=\"read\"}"))
        .unwrap()
        .to_owned();
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table of cases, or one story")]
fn reads_come_from_a_replica_within_the_bound_and_go_on_without_it() {
    let Some(mut cluster) = Cluster::of_its_own() else {
        return;
    };
    cluster.sql(&["CREATE DATABASE news"]);
    drop(TestServer::on_database(&cluster.url("news")));
    cluster.add_standby();
    let (one, two) = (node(&cluster), node(&cluster));
    let key = one.key(Role::Admin);
    let title = |server: &TestServer, id: &str| {
        server.ok(&format!("/api/articles/{id}")).json()["data"]["title"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let id = one.article(Article::new("First")).to_string();
    eventually("the replica is read", || {
        assert_eq!(title(&one, &id), "First", "the node's own write");
        read_from_replicas(&one, &key) > 0
    });
    let at_replica = "SELECT pg_wal_replay_pause()";
    cluster.sql_on_standby("news", &[at_replica]);
    let path = format!("/api/articles/{id}");
    let written = one
        .request("PATCH", &path)
        .key(&key)
        .if_match("*")
        .json(&json!({"title": "Second"}))
        .send();
    assert_eq!(written.status, 200, "{}", written.text());
    let wrote = Instant::now();
    let seq = written.header("change-seq").to_owned();
    assert!(seq.parse::<i64>().unwrap() > 0);
    assert_eq!(title(&one, &id), "Second", "the node that wrote");
    assert_eq!(
        two.request("GET", &path).key(&key).send().json()["data"]["title"],
        "Second",
        "a key that may write"
    );
    let named = two.request("GET", &path).header("change-seq", &seq).send();
    assert_eq!(
        named.json()["data"]["title"],
        "Second",
        "whoever names the entry"
    );
    let mut old = 0;
    while wrote.elapsed() < BOUND * 2 {
        let asked = wrote.elapsed();
        match title(&two, &id).as_str() {
            "Second" => {}
            other => {
                assert_eq!(other, "First");
                assert!(asked < BOUND, "an answer is {asked:?} old");
                old += 1;
            }
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(old > 0, "the other node never read the replica");
    cluster.sql_on_standby("news", &["SELECT pg_wal_replay_resume()"]);
    let before = read_from_replicas(&two, &key);
    eventually("the replica is read again", || {
        assert_eq!(title(&two, &id), "Second");
        read_from_replicas(&two, &key) > before
    });
    cluster.sh("pg_ctl -D \"$D/data-b\" -w -m fast stop");
    for _ in 0..20 {
        let began = Instant::now();
        assert_eq!(title(&two, &id), "Second");
        assert!(
            began.elapsed() < Duration::from_secs(2),
            "a read waits for a replica that is away"
        );
    }
    cluster.sh("pg_ctl -D \"$D/data-b\" -w -l \"$D/log-b\" start");
    let before = read_from_replicas(&two, &key);
    eventually("a replica that is back is read", || {
        assert_eq!(title(&two, &id), "Second");
        read_from_replicas(&two, &key) > before
    });
    let frozen = std::thread::scope(|scope| {
        let _frozen = Frozen::new(&mut cluster);
        scope.spawn(|| two.request("GET", &path).send());
        std::thread::sleep(Duration::from_millis(400));
        for _ in 0..20 {
            let began = Instant::now();
            assert_eq!(title(&two, &id), "Second");
            assert!(
                began.elapsed() < Duration::from_secs(2),
                "a read waits for a replica that is frozen"
            );
        }
        read_from_replicas(&two, &key)
    });
    eventually("a replica that answers again is read", || {
        assert_eq!(title(&two, &id), "Second");
        read_from_replicas(&two, &key) > frozen
    });
}

/// A replica whose processes are stopped where they are; its connections stay open. They go on when it is dropped.
struct Frozen<'a>(&'a mut Cluster);

impl<'a> Frozen<'a> {
    fn new(cluster: &'a mut Cluster) -> Self {
        signal(cluster, "STOP");
        Self(cluster)
    }
}

impl Drop for Frozen<'_> {
    fn drop(&mut self) {
        signal(self.0, "CONT");
    }
}

fn signal(cluster: &mut Cluster, name: &str) {
    let main = "P=$(head -n 1 \"$D/data-b/postmaster.pid\")";
    cluster.sh(&format!("{main}; kill -{name} $P $(pgrep -P $P)"));
}
