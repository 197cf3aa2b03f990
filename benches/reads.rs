//! Reads that the service answers in a second, beside a bare actix server that sends the same head and the same bytes from
//! memory, and the processor time of each.
//!
//! The services are programs of their own, as they are shipped, with their logs going to a pipe. Client and servers share the
//! machine, and every target gets its turn in each round: read the ratios.
//!
//! With `READS_BENCH_DATABASE`, an SQLite file, searches in it are measured and nothing else.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]

#[path = "reads/client.rs"]
mod client;
#[expect(dead_code, reason = "each bench uses a part of it")]
#[path = "../tests/api/postgres.rs"]
mod postgres;
#[expect(dead_code, reason = "each bench uses a part of it")]
mod support;

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use actix_web::http::StatusCode;
use actix_web::{App as Actix, HttpResponse, HttpServer, web};
use masthead::demo;
use masthead::domain::time::Clock;
use masthead::store::Store;

use client::{answer, ask, body_length, header, rate, request};
use support::{begin, head, median, row, thousands};

const ROUNDS: usize = 25;
const ARTICLE: &str = "/api/articles/silence-is-also-a-record";
const LIST: &str = "/api/articles?lang=fr,en&limit=20";
const SEARCH: &str = "/api/search?q=oil+prices&limit=10";
/// Reads that no cache answers.
const COLD: [(&str, &str); 6] = [
    ("article", ARTICLE),
    ("list of 20", LIST),
    (
        "list of 20, two fields",
        "/api/articles?lang=fr,en&limit=20&fields=title,slug",
    ),
    ("related", "/api/articles/silence-is-also-a-record/related"),
    (
        "list of a section",
        "/api/articles?section=international&lang=en&limit=20",
    ),
    ("page of changes", "/api/changes?limit=20"),
];

/// An answer as the bare server sends it.
type Answer = (StatusCode, Vec<(String, String)>, web::Bytes);
/// The answers of the bare server, each by its number.
type Answers = Arc<RwLock<Vec<Answer>>>;

/// A request that is measured.
struct Subject {
    name: String,
    address: SocketAddr,
    /// The process that answers, and the number of its processor time's ticks during the turns.
    process: Option<u32>,
    ticks: u64,
    answered: u64,
    request: String,
    bytes: usize,
    rates: Vec<f64>,
    /// The bare server's request for the same answer, by its place.
    against: usize,
}

fn main() {
    begin("Reads");
    let (bare, answers) = serve_bare();
    let mut subjects = Subjects {
        all: Vec::new(),
        bare,
        answers,
    };
    if let Some(file) = std::env::var_os("READS_BENCH_DATABASE") {
        measure_searches(&mut subjects, &format!("sqlite://{}", file.display()));
        std::process::exit(0);
    }
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}/reads.db", folder.path().display());
    demo::fill(&Store::open(&database).unwrap(), &Clock::System).unwrap();
    let program = Program::start(&database, &[]);
    let etag = header(&ask(program.address, ARTICLE, ""), "etag");
    let hot = [
        ("article", ARTICLE, String::new()),
        ("article, br", ARTICLE, "accept-encoding: br\r\n".to_owned()),
        (
            "article, 304",
            ARTICLE,
            format!("if-none-match: {etag}\r\n"),
        ),
        ("list of 20", LIST, String::new()),
    ];
    for (name, target, fields) in hot {
        subjects.add(
            &format!("{name}, from the cache"),
            &program,
            target,
            &fields,
        );
    }
    let uncached = Program::start(&database, &["--cache-megabytes", "0"]);
    let bare_of_documents = ["--cache-megabytes", "0", "--documents-megabytes", "0"];
    let from_rows = Program::start(&database, &bare_of_documents);
    subjects.add_cold("SQLite", &uncached);
    for (name, target) in &COLD[..2] {
        subjects.add(
            &format!("{name}, SQLite, no document kept"),
            &from_rows,
            target,
            "",
        );
    }
    let postgres = postgres::new_database();
    let on_postgres = postgres.as_deref().map(|url| {
        demo::fill(&Store::open(url).unwrap(), &Clock::System).unwrap();
        Program::start(url, &["--cache-megabytes", "0"])
    });
    match &on_postgres {
        Some(program) => subjects.add_cold("PostgreSQL", program),
        None => println!("**** NOT MEASURED on PostgreSQL: it is not installed ****"),
    }
    subjects.measure();
    drop((program, uncached, from_rows, on_postgres));
    // The bare server's threads run until the process ends.
    std::process::exit(0);
}

/// The ten best of two words, from the cache and from the index.
fn measure_searches(subjects: &mut Subjects, database: &str) {
    let programs = [
        ("search, from the cache", Program::start(database, &[])),
        (
            "search",
            Program::start(database, &["--cache-megabytes", "0"]),
        ),
    ];
    for (name, program) in &programs {
        let began = Instant::now();
        while answer(program.address, SEARCH, "").1 != "200" {
            assert!(began.elapsed() < Duration::from_secs(600), "no index comes");
            std::thread::sleep(Duration::from_millis(100));
        }
        subjects.add(name, program, SEARCH, "");
    }
    subjects.measure();
}

/// All that is measured, each request behind that of the bare server for the same answer.
struct Subjects {
    all: Vec<Subject>,
    bare: SocketAddr,
    answers: Answers,
}

impl Subjects {
    fn add_cold(&mut self, database: &str, program: &Program) {
        for (name, target) in COLD {
            self.add(&format!("{name}, {database}"), program, target, "");
        }
    }

    fn add(&mut self, name: &str, program: &Program, target: &str, fields: &str) {
        let said = ask(program.address, target, fields);
        let (lines, _) = said.split_once("\r\n\r\n").unwrap();
        let status = StatusCode::from_bytes(&lines.as_bytes()[9..12]).unwrap();
        // The server makes these itself.
        let own = ["content-length", "date", "connection", "transfer-encoding"];
        let sent = lines
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "));
        let sent = sent.filter(|(name, _)| !own.contains(&&*name.to_lowercase()));
        let sent = sent.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let bytes = body_length(lines);
        let body = web::Bytes::from(vec![b'x'; bytes]);
        let mut answers = self.answers.write().unwrap();
        answers.push((status, sent.collect(), body));
        let path = format!("/{}", answers.len() - 1);
        let against = self.all.len();
        let of_bare = (format!("bare {name}"), self.bare, None, path.as_str(), "");
        let own = (
            name.to_owned(),
            program.address,
            Some(program.child.id()),
            target,
            fields,
        );
        for (name, address, process, target, fields) in [of_bare, own] {
            self.all.push(Subject {
                name,
                address,
                process,
                ticks: 0,
                answered: 0,
                request: request(target, fields),
                bytes,
                rates: Vec::new(),
                against,
            });
        }
    }

    fn measure(&mut self) {
        for _ in 0..ROUNDS {
            for subject in &mut self.all {
                let before = subject.process.map_or(0, ticks_of);
                let (answered, rate) = rate(subject.address, &subject.request);
                subject.ticks += subject.process.map_or(0, ticks_of) - before;
                subject.answered += answered;
                subject.rates.push(rate);
            }
        }
        self.tell();
    }

    fn tell(&self) {
        head(&[
            "what",
            "bytes",
            "requests/s",
            "of the bare server",
            "processor time, µs",
        ]);
        for subject in self.all.iter().filter(|subject| subject.process.is_some()) {
            let bare = &self.all[subject.against].rates;
            let ratios = subject.rates.iter().zip(bare).map(|(own, bare)| own / bare);
            row([
                subject.name.clone(),
                thousands(subject.bytes as f64),
                thousands(median(subject.rates.clone())),
                format!("{:.2}", median(ratios.collect())),
                thousands(subject.ticks as f64 * 10_000.0 / subject.answered as f64),
            ]);
        }
    }
}

/// Processor time of a process so far, in hundredths of a second.
fn ticks_of(process: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace();
    fields
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<u64>().ok())
        .sum()
}

/// A server that knows nothing but to send the answer that its path names.
fn serve_bare() -> (SocketAddr, Answers) {
    let answers = Answers::default();
    let known = Arc::clone(&answers);
    let address = run(move |listener, _| {
        let send = |number: web::Path<usize>, answers: web::Data<RwLock<Vec<Answer>>>| async move {
            let answers = answers.read().unwrap();
            let (status, fields, body) = &answers[*number];
            let mut response = HttpResponse::build(*status);
            for (name, value) in fields {
                response.append_header((name.as_str(), value.as_str()));
            }
            response.body(body.clone())
        };
        let known = web::Data::from(known);
        let service = move || {
            Actix::new()
                .app_data(known.clone())
                .route("/{number}", web::get().to(send))
        };
        let server = HttpServer::new(service).workers(2).disable_signals();
        server.listen(listener).unwrap().run()
    });
    (address, answers)
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
    fn start(database: &str, settings: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_masthead"))
            .args([
                "--database-url",
                database,
                "--bind",
                "127.0.0.1:0",
                "--workers",
                "2",
            ])
            .args(settings)
            .arg("serve")
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
