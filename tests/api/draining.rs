//! A stop that loses no request: the node says that it is not ready, goes on for a while, and another one takes over.

use std::io::BufRead;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::postgres;
use super::process::{Process, new_key};

/// The nodes that a proxy knows, the one that it sends to first.
type Nodes = Arc<Mutex<Vec<Arc<Process>>>>;

fn is_ready(node: &Process) -> bool {
    node.request("GET", "/health/ready")
        .try_send()
        .is_some_and(|answer| answer.status == 200)
}

/// Asks as a proxy does: of the first node that was ready at its last look, every 200 ms.
fn ask_again_and_again(nodes: &Nodes, ends: &AtomicBool, asked: &AtomicUsize) {
    let (mut looked, mut chosen) = (Instant::now() - Duration::from_secs(1), 0);
    while !ends.load(Ordering::SeqCst) {
        let known = nodes.lock().unwrap().clone();
        if looked.elapsed() > Duration::from_millis(200) {
            chosen = known
                .iter()
                .position(|node| is_ready(node))
                .expect("a node is ready");
            looked = Instant::now();
        }
        let answer = known[chosen.min(known.len() - 1)]
            .request("GET", "/api/articles?limit=1")
            .try_send();
        assert_eq!(
            answer.map(|answer| answer.status),
            Some(200),
            "a request is lost"
        );
        asked.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn a_rolling_restart_loses_no_request() {
    let Some(url) = postgres::new_database() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let start = || Arc::new(Process::start(&url, folder.path()));
    let (first, second) = (start(), start());
    let nodes: Nodes = Arc::new(Mutex::new(vec![Arc::clone(&first), Arc::clone(&second)]));
    let (ends, asked) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let client = std::thread::spawn({
        let (nodes, ends, asked) = (Arc::clone(&nodes), Arc::clone(&ends), Arc::clone(&asked));
        move || ask_again_and_again(&nodes, &ends, &asked)
    });
    std::thread::sleep(Duration::from_millis(500));
    let key = new_key(&url, folder.path(), "admin");
    first.terminate();
    std::thread::sleep(Duration::from_millis(300));
    let told = first.request("GET", "/health/ready").send();
    assert_eq!((told.status, told.problem().as_str()), (503, "unavailable"));
    let mut last = first.request("GET", "/api/keys").key(&key).open();
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        last.read_line(&mut head).unwrap();
    }
    let head = head.to_lowercase();
    assert!(
        head.starts_with("http/1.1 200") && head.contains("connection: close"),
        "{head}"
    );
    nodes.lock().unwrap().reverse();
    let third = start();
    *nodes.lock().unwrap() = vec![Arc::clone(&second), Arc::clone(&third)];
    second.terminate();
    std::thread::sleep(Duration::from_secs(3));
    assert!(
        second.request("GET", "/health/live").try_send().is_none(),
        "it has not stopped"
    );
    ends.store(true, Ordering::SeqCst);
    client.join().unwrap();
    assert!(asked.load(Ordering::SeqCst) > 20);
}
