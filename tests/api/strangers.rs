//! Limits of what strangers take from everybody: a read ends with its request, an answer has a bound and a time to be taken in, and
//! places are shared.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use masthead::domain::access::Role;
use serde_json::json;
use socket2::{Domain, Socket, Type};

use super::builders::Article;
use super::client::Response;
use super::database::Database;
use super::harness::TestServer;

/// Makes every read of tags endless.
fn make_tags_endless(server: &TestServer) {
    let mut database = Database::open(&server.database);
    database.run("ALTER TABLE tags RENAME TO tags_kept");
    database.run(
        "CREATE VIEW tags AS SELECT k.* FROM tags_kept k WHERE (WITH RECURSIVE n(i) AS \
         (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT count(*) FROM n) > 0",
    );
}

/// A request that is on its way, and whose answer nobody reads.
fn ask(server: &TestServer, target: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).unwrap();
    let head = format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

/// The same from a client whose system takes in next to nothing before it reads.
fn ask_with_a_small_window(server: &TestServer, target: &str) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    socket.connect(&server.address.into()).unwrap();
    let mut stream = TcpStream::from(socket);
    let head = format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

/// Time that endless reads go on after their clients have hung up.
fn until_work_ends(server: &TestServer) -> Duration {
    // As many as there are connections for reads.
    let target = |n: usize| format!("/api/tags?limit={}", n + 1);
    let clients: Vec<TcpStream> = (0..8).map(|n| ask(server, &target(n))).collect();
    wait_until("all are read", || {
        server.app.reads.running() == clients.len()
    });
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(
        server.app.reads.running(),
        clients.len(),
        "they have no end"
    );
    let hung_up = Instant::now();
    drop(clients);
    wait_until("the reads end", || server.app.reads.running() == 0);
    hung_up.elapsed()
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(20), "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

api_test! {
    fn the_work_for_a_client_that_hangs_up_ends_within_200_ms(server) {
        server.article(Article::new("A").tag("Endless"));
        make_tags_endless(server);
        wait_until("the start's reads end", || server.app.reads.running() == 0);
        // The least of some rounds: what else the machine does makes an end later, never earlier.
        let least = (0..3).map(|_| until_work_ends(server)).min().unwrap();
        assert!(least < Duration::from_millis(200), "the work went on for {least:?}");
    }

    fn an_answer_under_way_is_sent_whole_to_a_client_that_closes_its_side(server) {
        let body = format!("<p>{}</p>", "A word and another one. ".repeat(2_000)).repeat(19);
        for n in 0..4 {
            server.article(Article::new(&format!("Long {n}")).body(&body));
        }
        let mut stream = ask_with_a_small_window(server, "/api/articles?limit=100&include=body");
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        // The answer has begun, and most of it waits for the client.
        let mut came = vec![0; 1_000];
        stream.read_exact(&mut came).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        stream.read_to_end(&mut came).unwrap();
        let answer = Response::parse(&came).unwrap();
        assert_eq!(answer.json()["data"].as_array().unwrap().len(), 4);
    }

    fn a_page_of_long_articles_ends_early_and_the_cursor_goes_on(server) {
        let paragraph = format!("<p>{}</p>", "A word and another one. ".repeat(2_000));
        let body = paragraph.repeat(19);
        let titles: Vec<String> = (0..5).map(|n| format!("Long {n}")).collect();
        for title in &titles {
            server.article(Article::new(title).body(&body));
        }
        let mut target = "/api/articles?limit=100&include=body&sort=title".to_owned();
        let mut found = Vec::new();
        for page in 0.. {
            let read = server.ok(&target);
            assert!(read.body.len() < 5_000_000, "{} bytes", read.body.len());
            found.extend(read.column("title"));
            let json = read.json();
            let next = json["links"]["next"].as_str().map(str::to_owned);
            assert_eq!(json["meta"]["has_more"], json!(next.is_some()));
            let Some(next) = next else {
                assert!(page > 0, "it came at once");
                break;
            };
            target = next;
        }
        assert_eq!(found, titles);
        let mut target = "/api/changes?limit=100&body=html".to_owned();
        let mut changed = 0;
        loop {
            let read = server.ok(&target);
            assert!(read.body.len() < 5_000_000, "{} bytes", read.body.len());
            let json = read.json();
            changed += json["data"].as_array().unwrap().len();
            match json["links"]["next"].as_str() {
                Some(next) => next.clone_into(&mut target),
                None => break,
            }
        }
        assert_eq!(changed, titles.len());
    }

    fn a_page_with_related_articles_ends_early_and_goes_on(server) {
        let all: Vec<Article> = (0..60).map(|n| Article::new(&format!("A {n:02}")).tag("One")).collect();
        server.articles(all);
        for place in ["", "&page=1"] {
            let first = server.ok(&format!("/api/articles?limit=100&include=related&fields=title&sort=title{place}"));
            let json = first.json();
            assert_eq!((first.column("title").len(), &json["meta"]["has_more"]), (50, &json!(true)));
            assert_eq!(json["data"][49]["related"].as_array().map(Vec::len), Some(5));
            let rest = server.ok(json["links"]["next"].as_str().unwrap());
            assert_eq!(rest.column("title"), (50..60).map(|n| format!("A {n:02}")).collect::<Vec<_>>());
        }
    }

    fn numbered_pages_of_costly_lists_end_at_a_thousand_rows_and_name_the_cursor(server) {
        let tags = (0..11).map(|n| format!("t-{n}")).collect::<Vec<_>>().join(",");
        for list in ["lang=fr,en".to_owned(), format!("tag={tags}")] {
            assert_eq!(server.get(&format!("/api/articles?{list}&limit=100&page=10")).status, 200, "{list}");
            let refused = server.get(&format!("/api/articles?{list}&limit=100&page=11"));
            assert_eq!((refused.status, refused.wrong_parameters()), (400, vec!["page".to_owned()]), "{list}");
            assert!(refused.text().contains("next_cursor"), "{}", refused.text());
        }
        for list in ["lang=fr", "tag=a,b,c,d,e,f,g,h,i,j"] {
            assert_eq!(server.get(&format!("/api/articles?{list}&limit=100&page=100")).status, 200, "{list}");
            assert_eq!(server.get(&format!("/api/articles?{list}&limit=100&page=101")).status, 400, "{list}");
        }
    }

    fn no_key_takes_every_place_for_bulks(server) {
        let (greedy, other) = (server.key(Role::Author), server.key(Role::Author));
        let open = |key: &str| {
            let mut stream = TcpStream::connect(server.address).unwrap();
            let head = format!("POST /api/bulk HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n");
            stream.write_all(head.as_bytes()).unwrap();
            stream
        };
        let held: Vec<TcpStream> = (0..2).map(|_| open(&greedy)).collect();
        wait_until("two bulks are open", || server.app.bulks.taken() == 2);
        let bulk = |key: &str| server.request("POST", "/api/bulk").key(key).content("application/x-ndjson", "").send();
        let refused = bulk(&greedy);
        assert_eq!((refused.status, refused.problem().as_str()), (429, "too_many_requests"));
        assert!(refused.header("retry-after").parse::<u64>().unwrap() > 0);
        assert_eq!(bulk(&other).status, 200);
        drop(held);
        wait_until("the places are given back", || server.app.bulks.taken() == 0);
        assert_eq!(bulk(&greedy).status, 200);
    }
}

#[test]
fn the_work_for_a_request_that_took_too_long_ends() {
    let server = TestServer::on_sqlite_with(|config| config.request_timeout_seconds = 1);
    server.article(Article::new("A").tag("Endless"));
    make_tags_endless(&server);
    let answers: Vec<_> = std::thread::scope(|scope| {
        let asked = (0..8).map(|n| {
            let target = format!("/api/tags?limit={}", n + 1);
            let server = &server;
            scope.spawn(move || server.get(&target).status)
        });
        let asked: Vec<_> = asked.collect();
        asked.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(answers, [503; 8]);
    wait_until("the reads end", || server.app.reads.running() == 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_client_that_does_not_read_is_closed_and_gives_its_memory_back() {
    let server = TestServer::on_sqlite_with(|config| config.send_timeout_seconds = 1);
    let body = format!("<p>{}</p>", "A word and another one. ".repeat(2_000)).repeat(19);
    for n in 0..4 {
        server.article(Article::new(&format!("Long {n}")).body(&body));
    }
    let clients: Vec<TcpStream> = (0..3)
        .map(|n| {
            let target = format!("/api/articles?include=body&limit={}", 4 + n);
            ask_with_a_small_window(&server, &target)
        })
        .collect();
    wait_until("answers are held", || {
        server.app.sending.taken() > 7_000_000
    });
    wait_until("answers are let go", || server.app.sending.taken() == 0);
    drop(clients);
}
