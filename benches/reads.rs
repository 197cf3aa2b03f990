//! How many reads a second the service answers, beside a bare actix server that sends the same bytes from memory.
//!
//! Client and servers share the machine, and every target gets its turn in each round: read the ratios.
//!
//! With `READS_BENCH_DATABASE`, an SQLite file, searches in it are measured and nothing else.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]

#[expect(dead_code, reason = "each bench uses a part of it")]
mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use actix_web::{App as Actix, HttpResponse, HttpServer, web};
use masthead::app::{self, App};
use masthead::config::Config;
use masthead::demo;
use masthead::domain::time::Clock;
use masthead::store::Store;

use support::{begin, head, median, row, thousands};

const ROUNDS: usize = 25;
const TURN: Duration = Duration::from_millis(150);
const CONNECTIONS: usize = 32;
const ARTICLE: &str = "/api/articles/silence-is-also-a-record";
const LIST: &str = "/api/articles?lang=fr,en&limit=20";
const SEARCH: &str = "/api/search?q=oil+prices&limit=10";

/// A request that is measured.
struct Subject {
    name: String,
    address: SocketAddr,
    request: String,
    bytes: usize,
    rates: Vec<f64>,
    /// The bare server's request of the same size, by its place.
    against: usize,
}

fn main() {
    begin("Reads");
    let folder = tempfile::tempdir().unwrap();
    if let Some(file) = std::env::var_os("READS_BENCH_DATABASE") {
        measure_searches(&format!("sqlite://{}", file.display()));
        std::process::exit(0);
    }
    let database = format!("sqlite://{}/reads.db", folder.path().display());
    demo::fill(&Store::open(&database).unwrap(), &Clock::System).unwrap();
    let cached = serve(&database, 64);
    let uncached = serve(&database, 0);
    let program = Program::start(&database);
    let bare = serve_bytes();
    let etag = header(&ask(cached, ARTICLE, ""), "etag");
    let mut subjects = Vec::new();
    let asked = [
        ("article from the cache", cached, ARTICLE, String::new()),
        (
            "article from the cache, br",
            cached,
            ARTICLE,
            "accept-encoding: br\r\n".to_owned(),
        ),
        (
            "article from the cache, 304",
            cached,
            ARTICLE,
            format!("if-none-match: {etag}\r\n"),
        ),
        ("list of 20 from the cache", cached, LIST, String::new()),
        (
            "article from the cache, the program with its log",
            program.address,
            ARTICLE,
            String::new(),
        ),
        (
            "article from the database",
            uncached,
            ARTICLE,
            String::new(),
        ),
        (
            "list of 20 from the database",
            uncached,
            LIST,
            String::new(),
        ),
    ];
    for (name, address, target, fields) in asked {
        add(&mut subjects, bare, name, address, target, &fields);
    }
    measure(&mut subjects);
    // The servers' threads run until the process ends.
    drop(program);
    std::process::exit(0);
}

/// The ten best of two words, from the cache and from the index.
fn measure_searches(database: &str) {
    let (cached, uncached, bare) = (serve(database, 64), serve(database, 0), serve_bytes());
    for address in [cached, uncached] {
        let began = Instant::now();
        while !answers(address, SEARCH) {
            assert!(began.elapsed() < Duration::from_secs(600), "no index comes");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
    let mut subjects = Vec::new();
    for (name, address) in [("search, from the cache", cached), ("search", uncached)] {
        add(&mut subjects, bare, name, address, SEARCH, "");
    }
    measure(&mut subjects);
}

fn measure(subjects: &mut [Subject]) {
    for _ in 0..ROUNDS {
        for subject in &mut *subjects {
            let rate = rate(subject.address, &subject.request);
            subject.rates.push(rate);
        }
    }
    tell(subjects);
}

/// Adds a request, and the bare server's of the same size.
fn add(
    subjects: &mut Vec<Subject>,
    bare: SocketAddr,
    name: &str,
    address: SocketAddr,
    target: &str,
    fields: &str,
) {
    let body = body_length(&ask(address, target, fields));
    let against = subjects.len();
    let bytes = format!("/{body}");
    for (name, address, target, fields) in [
        (format!("bare, {body} bytes"), bare, bytes.as_str(), ""),
        (name.to_owned(), address, target, fields),
    ] {
        subjects.push(Subject {
            name,
            address,
            request: request(target, fields),
            bytes: body,
            rates: Vec::new(),
            against,
        });
    }
}

fn tell(subjects: &[Subject]) {
    head(&["what", "bytes", "requests/s", "of the bare server"]);
    for subject in subjects {
        let bare = &subjects[subject.against].rates;
        if std::ptr::eq(bare, &raw const subject.rates) {
            continue;
        }
        let ratios = subject.rates.iter().zip(bare).map(|(own, bare)| own / bare);
        row([
            subject.name.clone(),
            thousands(subject.bytes as f64),
            thousands(median(subject.rates.clone())),
            format!("{:.2}", median(ratios.collect())),
        ]);
    }
}

/// The service in this process, without a log.
fn serve(database: &str, cache_megabytes: u32) -> SocketAddr {
    let mut config = Config::with_database(database);
    config.cache_megabytes = cache_megabytes;
    config.workers = 2;
    let store = Store::open(database).unwrap();
    run(move |listener, address| {
        let app = App::build(config, store, Clock::System, &address.to_string(), None).unwrap();
        app::server(&app, listener, None, false).unwrap()
    })
}

/// A server that knows nothing but to send as many bytes as its path says.
fn serve_bytes() -> SocketAddr {
    run(|listener, _| {
        let answer = |size: web::Path<usize>| {
            static BYTES: [u8; 200_000] = [b'x'; 200_000];
            let body = web::Bytes::from_static(&BYTES[..*size]);
            async move {
                HttpResponse::Ok()
                    .content_type("application/json")
                    .body(body)
            }
        };
        let service = move || Actix::new().route("/{size}", web::get().to(answer));
        let server = HttpServer::new(service).workers(2).disable_signals();
        server.listen(listener).unwrap().run()
    })
}

fn run(
    server: impl FnOnce(TcpListener, SocketAddr) -> actix_web::dev::Server + Send + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            server(listener, address).await.unwrap();
        });
    });
    address
}

/// The program as it is shipped, its log going to a file.
struct Program {
    child: Child,
    address: SocketAddr,
}

impl Program {
    fn start(database: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_masthead"))
            .args(["--database-url", database, "--bind", "127.0.0.1:0", "serve"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let line = lines.find_map(|line| line.ok().filter(|line| line.contains("/api/articles")));
        let url = line.unwrap();
        let host = url.split("http://").nth(1).unwrap().split('/').next();
        let address = host.unwrap().parse().unwrap();
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn request(target: &str, fields: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nhost: bench\r\n{fields}\r\n")
}

/// Requests answered in a second, on connections that are kept: one request is under way on each.
fn rate(address: SocketAddr, request: &str) -> f64 {
    let mut streams: Vec<TcpStream> = (0..CONNECTIONS)
        .map(|_| TcpStream::connect(address).unwrap())
        .collect();
    let mut buffer = vec![0; 256 * 1024];
    let mut answered = 0_u32;
    let mut send = |streams: &mut Vec<TcpStream>| {
        for stream in streams.iter_mut() {
            stream.write_all(request.as_bytes()).unwrap();
        }
        for stream in streams.iter_mut() {
            receive(stream, &mut buffer);
        }
    };
    send(&mut streams);
    let began = Instant::now();
    while began.elapsed() < TURN {
        send(&mut streams);
        answered += CONNECTIONS as u32;
    }
    f64::from(answered) / began.elapsed().as_secs_f64()
}

/// Reads one answer; tells its length.
fn receive(stream: &mut TcpStream, buffer: &mut [u8]) -> usize {
    let mut filled = 0;
    loop {
        let count = stream.read(&mut buffer[filled..]).unwrap();
        assert!(count > 0, "the connection was closed");
        filled += count;
        let text = &buffer[..filled];
        if let Some(end) = text.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = std::str::from_utf8(&text[..end]).unwrap();
            if filled >= end + 4 + body_length(head) {
                return filled;
            }
        }
    }
}

fn answers(address: SocketAddr, target: &str) -> bool {
    answer(address, target, "").1 == "200"
}

fn ask(address: SocketAddr, target: &str, fields: &str) -> String {
    let (text, status) = answer(address, target, fields);
    assert!(
        ["200", "304"].contains(&status.as_str()),
        "{target}: {text}"
    );
    text
}

fn answer(address: SocketAddr, target: &str, fields: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .write_all(request(target, fields).as_bytes())
        .unwrap();
    let mut buffer = vec![0; 256 * 1024];
    let length = receive(&mut stream, &mut buffer);
    let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
    let status = text.split(' ').nth(1).unwrap_or_default().to_owned();
    (text, status)
}

fn header(answer: &str, name: &str) -> String {
    let line = answer.lines().find(|line| {
        line.split(':')
            .next()
            .is_some_and(|field| field.eq_ignore_ascii_case(name))
    });
    line.and_then(|line| line.split_once(": "))
        .unwrap()
        .1
        .to_owned()
}

fn body_length(head: &str) -> usize {
    let value = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length").then_some(value)
    });
    value.map_or(0, |value| value.parse().unwrap())
}
