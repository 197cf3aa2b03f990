//! Searches for the dearest public request: random combinations of every parameter of every documented GET, then changes
//! to the worst that were found. Each is measured by the processor time that the service spends on it (and the server's
//! processes, on PostgreSQL), with the cache off.
//!
//! `cargo bench --bench dearest -- 5000` makes so many requests on each database instead of 1,000, and
//! `-- 5000 30000` with so many articles. The random numbers are the same each time.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]

#[expect(dead_code, reason = "each bench uses a part of it")]
mod support;

#[path = "../tests/api/postgres.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod postgres;

mod publication;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use publication::Dice;
use support::{begin, head, row};

fn main() {
    let mut numbers = std::env::args().filter_map(|word| word.parse::<usize>().ok());
    let (requests, articles) = (
        numbers.next().unwrap_or(1_000),
        numbers.next().unwrap_or(30_000),
    );
    begin(&format!(
        "The dearest of {requests} public requests, on {articles} articles"
    ));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("articles.ndjson");
    publication::write(&file, articles).unwrap();
    let sqlite = format!("sqlite://{}/dearest.db", folder.path().display());
    measure("SQLite", &sqlite, &file, requests);
    match postgres::new_database() {
        Some(url) => measure("PostgreSQL", &url, &file, requests),
        None => println!("\n**** NOT MEASURED: PostgreSQL is not installed ****"),
    }
}

fn measure(database: &str, url: &str, file: &std::path::Path, requests: usize) {
    let done = Command::new(env!("CARGO_BIN_EXE_masthead"))
        .args(["--database-url", url, "import"])
        .arg(file)
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(done.success(), "the import went wrong");
    let service = Service::start(url);
    let operations = operations(&service);
    let values = Values::gather(&service);
    let mut dice = Dice::new(17);
    let mut worst: Vec<(f64, Request)> = Vec::new();
    let mut statuses: BTreeMap<u16, usize> = BTreeMap::new();
    for n in 0..requests {
        let request = if n % 2 == 1 && !worst.is_empty() {
            let near = dice.below(worst.len());
            worst[near].1.changed(&mut dice, &operations, &values)
        } else {
            Request::random(&mut dice, &operations, &values)
        };
        let (status, cost) = service.cost(&request);
        *statuses.entry(status).or_default() += 1;
        if worst.iter().any(|(_, other)| *other == request) {
            continue;
        }
        worst.push((cost, request));
        worst.sort_by(|a, b| b.0.total_cmp(&a.0));
        worst.truncate(30);
    }
    for (cost, request) in &mut worst {
        // The least of some tries: what else the machine does makes a request dearer, never cheaper.
        let tries = (0..4).map(|_| service.cost(request).1);
        *cost = tries.fold(*cost, f64::min);
    }
    worst.sort_by(|a, b| b.0.total_cmp(&a.0));
    println!("\n### {database}: the ten worst of {requests} (by status: {statuses:?})\n");
    head(&["processor time, ms", "bytes of the address", "request"]);
    for (cost, request) in worst.iter().take(10) {
        let target = request.target();
        let shown: String = target.chars().take(300).collect();
        row([
            format!("{cost:.1}"),
            target.len().to_string(),
            format!("`{shown}`"),
        ]);
    }
    if let Ok(path) = std::env::var("MASTHEAD_DEAREST_LIST") {
        let lines: Vec<String> = worst
            .iter()
            .take(10)
            .map(|(_, request)| request.target())
            .collect();
        std::fs::write(format!("{path}.{database}"), lines.join("\n")).unwrap();
    }
}

/// A running service, in a process of its own.
struct Service {
    process: Child,
    address: String,
    /// The name of its PostgreSQL database, which stands in the titles of the server's processes.
    database: Option<String>,
}

impl Service {
    fn start(url: &str) -> Self {
        let address = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .to_string();
        let process = Command::new(env!("CARGO_BIN_EXE_masthead"))
            .args([
                "--database-url",
                url,
                "--bind",
                &address,
                "--cache-megabytes",
                "0",
            ])
            .args(["--log-level", "error", "serve"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let name = url
            .split(['/', '?'])
            .rfind(|word| word.starts_with("test_"));
        let service = Self {
            process,
            address,
            database: url
                .starts_with("postgres")
                .then(|| name.unwrap_or("masthead").to_owned()),
        };
        let until = Instant::now() + Duration::from_secs(60);
        while TcpStream::connect(&service.address).is_err() {
            assert!(Instant::now() < until, "the service does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        service
    }

    fn get(&self, target: &str, accept: &str) -> (u16, Vec<u8>) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "GET {target} HTTP/1.1\r\nHost: x\r\nAccept: {accept}\r\nConnection: close\r\n\r\n"
        );
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let text = String::from_utf8_lossy(&bytes[..bytes.len().min(16)]).into_owned();
        let status = text.split(' ').nth(1).and_then(|word| word.parse().ok());
        (status.unwrap_or(0), bytes)
    }

    fn json(&self, target: &str) -> Value {
        let (_, bytes) = self.get(target, "application/json");
        let at = bytes
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .unwrap_or(0)
            + 4;
        let body = &bytes[at..];
        // A long answer may come in chunks, whose sizes stand between.
        serde_json::from_slice(body).unwrap_or(Value::Null)
    }

    /// The status of a request, and its processor time in milliseconds.
    fn cost(&self, request: &Request) -> (u16, f64) {
        let before = self.spent();
        let (status, _) = self.get(&request.target(), "*/*");
        (status, (self.spent() - before) / 1e6)
    }

    /// The processor time that the service has spent, in nanoseconds.
    fn spent(&self) -> f64 {
        let mut spent = of_process(self.process.id());
        if let Some(database) = &self.database {
            spent += backends(database).into_iter().map(of_process).sum::<f64>();
        }
        spent
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It is of no use any more, whether it ends by this or has ended before.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn of_process(process: u32) -> f64 {
    let tasks = std::fs::read_dir(format!("/proc/{process}/task"))
        .into_iter()
        .flatten();
    let of_task = |task: std::fs::DirEntry| -> Option<f64> {
        let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse().ok()
    };
    tasks.flatten().filter_map(of_task).sum()
}

/// The server's processes that work for one database.
fn backends(database: &str) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let works = |process: &std::fs::DirEntry| -> Option<u32> {
        let id = process.file_name().to_str()?.parse().ok()?;
        let title = std::fs::read_to_string(process.path().join("cmdline")).ok()?;
        (title.starts_with("postgres:") && title.contains(database)).then_some(id)
    };
    processes.filter_map(|process| works(&process)).collect()
}

/// A documented GET: its path, and what its parameters take.
struct Operation {
    path: String,
    parameters: Vec<Value>,
}

fn operations(service: &Service) -> Vec<Operation> {
    let document = service.json("/openapi.json");
    let paths = document["paths"].as_object().cloned().unwrap_or_default();
    let reads = paths
        .into_iter()
        .filter(|(path, item)| !item["get"].is_null() && !path.contains("stream"));
    let operations: Vec<Operation> = reads
        .map(|(path, item)| Operation {
            parameters: item["get"]["parameters"]
                .as_array()
                .cloned()
                .unwrap_or_default(),
            path,
        })
        .collect();
    assert!(!operations.is_empty(), "the document does not read");
    operations
}

/// Values for parameters, as the service itself names them.
struct Values(BTreeMap<&'static str, Vec<String>>);

impl Values {
    fn gather(service: &Service) -> Self {
        let all = |path: &str, pointer: &str| -> Vec<String> {
            let mut found = Vec::new();
            let mut target = format!("{path}?limit=100");
            for _ in 0..12 {
                let page = service.json(&target);
                let rows = page["data"].as_array().cloned().unwrap_or_default();
                found.extend(
                    rows.iter()
                        .filter_map(|row| Some(row.pointer(pointer)?.as_str()?.to_owned())),
                );
                let Some(next) = page["links"]["next"].as_str() else {
                    break;
                };
                target = next.to_owned();
            }
            found
        };
        let mut sections = all("/api/sections", "/path");
        sections.extend(all("/api/sections", "/id").into_iter().step_by(3));
        let mut values = BTreeMap::new();
        values.insert("lang", all("/api/editions", "/lang"));
        values.insert("section", sections);
        values.insert("author", all("/api/authors", "/slug"));
        values.insert("source", all("/api/sources", "/slug"));
        values.insert("tag", all("/api/tags", "/slug"));
        values.insert("id", all("/api/articles", "/id"));
        values.insert("url", all("/api/articles", "/url"));
        for (name, some) in &values {
            assert!(!some.is_empty(), "no values for {name}");
        }
        Self(values)
    }

    /// Some of the values of a parameter.
    fn some(&self, dice: &mut Dice, name: &str) -> Option<String> {
        let name = match name {
            "editor" | "translator" | "slug" => "author",
            "path" => "section",
            other => other,
        };
        let pool = self.0.get(name)?;
        let count = [1, 1, 2, 5, 12, 20, 50, 100][dice.below(8)].min(pool.len());
        let from = dice.below(pool.len());
        let step = 1 + dice.below(3);
        let picked = (0..count).map(|n| &pool[(from + n * step) % pool.len()]);
        let text = picked
            .map(|value| encode(value))
            .collect::<Vec<_>>()
            .join(",");
        Some(text)
    }
}

fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

#[derive(Clone, PartialEq)]
struct Request {
    operation: usize,
    path: String,
    query: Vec<(String, String)>,
}

impl Request {
    fn random(dice: &mut Dice, operations: &[Operation], values: &Values) -> Self {
        // Lists of articles have the most parameters: every second request is one.
        let list = operations
            .iter()
            .position(|one| one.path == "/api/articles");
        let operation = match list {
            Some(list) if dice.below(2) == 0 => list,
            _ => dice.below(operations.len()),
        };
        let asked = &operations[operation];
        let mut path = asked.path.clone();
        for parameter in &asked.parameters {
            let name = parameter["name"].as_str().unwrap_or_default();
            if parameter["in"] == "path" {
                let value = values
                    .some(dice, name)
                    .unwrap_or_else(|| value_of(dice, parameter));
                let one = value.split(',').next().unwrap_or_default().to_owned();
                path = path.replace(&format!("{{{name}}}"), &one);
            }
        }
        let mut request = Self {
            operation,
            path,
            query: Vec::new(),
        };
        for _ in 0..dice.below(7) {
            request.add(dice, operations, values);
        }
        request
    }

    /// The same request with a parameter more, fewer or other.
    fn changed(&self, dice: &mut Dice, operations: &[Operation], values: &Values) -> Self {
        let mut other = self.clone();
        if !other.query.is_empty() && dice.below(3) > 0 {
            let at = dice.below(other.query.len());
            other.query.remove(at);
        }
        for _ in 0..=dice.below(2) {
            other.add(dice, operations, values);
        }
        other
    }

    fn add(&mut self, dice: &mut Dice, operations: &[Operation], values: &Values) {
        let parameters = &operations[self.operation].parameters;
        let named: Vec<&Value> = parameters
            .iter()
            .filter(|one| one["in"] == "query")
            .collect();
        if named.is_empty() {
            return;
        }
        let parameter = named[dice.below(named.len())];
        let name = parameter["name"].as_str().unwrap_or_default().to_owned();
        let repeats = matches!(name.as_str(), "tag" | "author" | "editor" | "translator");
        if !(repeats && dice.below(3) == 0) {
            self.query.retain(|(other, _)| *other != name);
        }
        let excluded = match name.as_str() {
            "page" => "cursor",
            "cursor" => "page",
            _ => "",
        };
        self.query.retain(|(other, _)| other != excluded);
        let value = values
            .some(dice, &name)
            .unwrap_or_else(|| value_of(dice, parameter));
        self.query.push((name, value));
    }

    fn target(&self) -> String {
        let pairs: Vec<String> = self
            .query
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if pairs.is_empty() {
            return self.path.clone();
        }
        format!("{}?{}", self.path, pairs.join("&"))
    }
}

/// A value by the parameter's schema: of its enumeration, within its bounds, or its example.
fn value_of(dice: &mut Dice, parameter: &Value) -> String {
    let schema = &parameter["schema"];
    let words = [&schema["enum"], &schema["items"]["enum"]]
        .into_iter()
        .find_map(Value::as_array);
    if let Some(words) = words {
        let count = if schema["items"].is_null() {
            1
        } else {
            1 + dice.below(words.len())
        };
        let from = dice.below(words.len());
        let picked = (0..count).filter_map(|n| words[(from + n) % words.len()].as_str());
        return picked.collect::<Vec<_>>().join(",");
    }
    let name = parameter["name"].as_str().unwrap_or_default();
    if name.ends_with("_from") || name.ends_with("_to") {
        return format!("20{:02}-{:02}-01", 16 + dice.below(10), 1 + dice.below(12));
    }
    match schema["maximum"].as_u64() {
        Some(most) => {
            let most = usize::try_from(most).unwrap_or(usize::MAX);
            [
                1,
                most,
                most / 2,
                most / 10,
                most / 100,
                1 + dice.below(most),
            ][dice.below(6)]
            .max(1)
            .to_string()
        }
        None => match &parameter["example"] {
            Value::String(text) => encode(text),
            Value::Null => "true".to_owned(),
            other => other.to_string(),
        },
    }
}
