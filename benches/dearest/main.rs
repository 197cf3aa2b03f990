//! Searches for the dearest public request: random combinations of every parameter of every documented GET that needs no
//! key, then changes to the worst that were found and the pages behind them. Each is measured by the processor time that the
//! service spends on it (and the server's processes, on PostgreSQL), with the cache off. A stream is measured up to its
//! first second.
//!
//! `cargo bench --bench dearest -- 5000` makes so many requests on each database instead of 1,000, and
//! `-- 5000 30000` with so many articles. The random numbers are the same each time. Where `MASTHEAD_DEAREST_LIST` names a
//! file, the ten worst are written to it, with the database's name behind.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "each bench uses a part of it")]
mod support;

#[path = "../../tests/api/postgres.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod postgres;

#[path = "../publication/mod.rs"]
mod publication;

mod request;
mod service;
mod values;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use publication::Dice;
use request::{Operation, Request};
use service::{Outcome, Service};
use support::{begin, head, row};
use values::Values;

/// Number of the worst that are kept to be changed.
const KEPT: usize = 30;
/// Number of pages that are kept, of those that answers lead on to.
const PAGES: usize = 400;

fn main() {
    let mut numbers = std::env::args().filter_map(|word| word.parse::<usize>().ok());
    let requests = numbers.next().unwrap_or(1_000);
    let articles = numbers.next().unwrap_or(30_000);
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

fn measure(database: &str, url: &str, file: &Path, requests: usize) {
    let done = Command::new(env!("CARGO_BIN_EXE_masthead"))
        .args(["--database-url", url, "import"])
        .arg(file)
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(done.success(), "the import went wrong");
    let service = Service::start(url, file.parent().unwrap());
    service.publish_a_picture();
    let values = Values::gather(&service);
    let mut search = Search::new(&service, &values);
    for request in request::told(&search.operations, &values) {
        search.try_one(request);
    }
    for n in 0..requests {
        search.step(n);
    }
    search.weigh_again();
    search.print(database, requests);
}

/// The findings so far.
struct Search<'s> {
    service: &'s Service,
    values: &'s Values,
    operations: Vec<Operation>,
    dice: Dice,
    worst: Vec<(f64, Request)>,
    /// The worst of each operation, by its path.
    by_operation: BTreeMap<usize, (f64, Request)>,
    /// Pages that answers led on to.
    onward: Vec<Request>,
    statuses: BTreeMap<u16, usize>,
    answered: BTreeMap<usize, usize>,
}

impl<'s> Search<'s> {
    fn new(service: &'s Service, values: &'s Values) -> Self {
        Self {
            service,
            values,
            operations: request::operations(&service.json("/openapi.json")),
            dice: Dice::new(17),
            worst: Vec::new(),
            by_operation: BTreeMap::new(),
            onward: Vec::new(),
            statuses: BTreeMap::new(),
            answered: BTreeMap::new(),
        }
    }

    /// A new request, one of the worst with a change, or a page that an answer led on to.
    fn step(&mut self, n: usize) {
        let (dice, operations, values) = (&mut self.dice, &self.operations, self.values);
        let request = match n % 4 {
            1 | 2 if !self.worst.is_empty() => {
                let near = dice.below(self.worst.len());
                self.worst[near].1.changed(dice, operations, values)
            }
            3 if !self.onward.is_empty() => {
                let at = dice.below(self.onward.len());
                self.onward.swap_remove(at)
            }
            _ => Request::random(dice, operations, values),
        };
        self.try_one(request);
    }

    fn try_one(&mut self, request: Request) {
        let answer = cost(self.service, &request);
        *self.statuses.entry(answer.status).or_default() += 1;
        if answer.status == 200 {
            *self.answered.entry(request.operation).or_default() += 1;
        }
        if let Some(next) = answer.next {
            let page = request.onward(next);
            match self.onward.len() < PAGES {
                true => self.onward.push(page),
                false => self.onward[self.dice.below(PAGES)] = page,
            }
        }
        if self.worst.iter().any(|(_, other)| *other == request) {
            return;
        }
        let dearest = self.by_operation.get(&request.operation);
        if dearest.is_none_or(|(cost, _)| *cost < answer.cost) {
            let own = (answer.cost, request.clone());
            self.by_operation.insert(request.operation, own);
        }
        self.worst.push((answer.cost, request));
        self.worst.sort_by(|a, b| b.0.total_cmp(&a.0));
        self.worst.truncate(KEPT);
    }

    /// The least of some tries: what else the machine does makes a request dearer, never cheaper.
    fn weigh_again(&mut self) {
        let service = self.service;
        let all = self.worst.iter_mut().chain(self.by_operation.values_mut());
        for (least, request) in all {
            let tries = (0..4).map(|_| cost(service, request).cost);
            *least = tries.fold(*least, f64::min);
        }
        self.worst.sort_by(|a, b| b.0.total_cmp(&a.0));
    }

    fn print(&self, database: &str, requests: usize) {
        let statuses = &self.statuses;
        println!("\n### {database}: the ten worst of {requests} (by status: {statuses:?})\n");
        let columns = ["processor time, ms", "bytes of the address", "request"];
        head(&columns);
        for (cost, request) in self.worst.iter().take(10) {
            print_request(*cost, request);
        }
        println!("\n### {database}: the worst of each operation\n");
        head(&columns);
        let mut each: Vec<&(f64, Request)> = self.by_operation.values().collect();
        each.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (cost, request) in each {
            print_request(*cost, request);
        }
        let unanswered = (0..self.operations.len()).filter(|n| !self.answered.contains_key(n));
        for n in unanswered {
            println!(
                "\n**** NEVER ANSWERED BY 200: {} ****",
                self.operations[n].path
            );
        }
        if let Ok(path) = std::env::var("MASTHEAD_DEAREST_LIST") {
            let worst = self.worst.iter().take(10);
            let lines: Vec<String> = worst.map(|(_, request)| request.target()).collect();
            std::fs::write(format!("{path}.{database}"), lines.join("\n")).unwrap();
        }
    }
}

fn cost(service: &Service, request: &Request) -> Outcome {
    service.cost(&request.target(), request.headers())
}

fn print_request(cost: f64, request: &Request) {
    let target = request.target();
    let shown: String = target.chars().take(200).collect();
    let headers: String = request
        .headers()
        .iter()
        .map(|one| format!(" {one}"))
        .collect();
    row([
        format!("{cost:.1}"),
        target.len().to_string(),
        format!("`{shown}`{headers}"),
    ]);
}
