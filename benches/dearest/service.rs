//! The service under search, in a process of its own, and the processor time that it spends.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use serde_json::{Value, json};

/// A running service.
pub(crate) struct Service {
    process: Child,
    address: String,
    url: String,
    folder: PathBuf,
    server: Option<Server>,
}

/// The PostgreSQL server that it works with.
struct Server {
    /// The database's name, which stands in the titles of the server's processes.
    database: String,
    postmaster: u32,
}

/// The outcome of a request.
pub(crate) struct Outcome {
    pub(crate) status: u16,
    /// Processor time in milliseconds.
    pub(crate) cost: f64,
    /// The place that the answer leads on to.
    pub(crate) next: Option<(&'static str, String)>,
}

impl Service {
    pub(crate) fn start(url: &str, folder: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        drop(listener);
        let process = Command::new(env!("CARGO_BIN_EXE_masthead"))
            .args(["--database-url", url, "--bind", &address])
            .args(["--cache-megabytes", "0", "--log", "error"])
            .arg("--media-store")
            .arg(folder.join("media"))
            .arg("serve")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let service = Self {
            process,
            address,
            url: url.to_owned(),
            folder: folder.to_owned(),
            server: url.starts_with("postgres").then(|| Server::of(url)),
        };
        let until = Instant::now() + Duration::from_secs(60);
        while TcpStream::connect(&service.address).is_err() {
            assert!(Instant::now() < until, "the service does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        service
    }

    /// Sends a request, and reads to the end of the answer, or for a second where that has none.
    fn send(&self, method: &str, target: &str, headers: &[String], body: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let mut head = format!("{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
        for header in headers {
            head += &format!("{header}\r\n");
        }
        if !body.is_empty() {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let endless = target.contains("/stream");
        let patience = Duration::from_secs(if endless { 1 } else { 60 });
        let (began, mut bytes, mut part) = (Instant::now(), Vec::new(), [0; 65_536]);
        while let Some(rest) = patience.checked_sub(began.elapsed()) {
            let rest = rest.max(Duration::from_millis(1));
            stream.set_read_timeout(Some(rest)).unwrap();
            match stream.read(&mut part) {
                Ok(0) | Err(_) => break,
                Ok(count) => bytes.extend_from_slice(&part[..count]),
            }
        }
        bytes
    }

    /// An answer as JSON.
    pub(crate) fn json(&self, target: &str) -> Value {
        let accept = "Accept: application/json".to_owned();
        body_of(&self.send("GET", target, &[accept], b""))
    }

    /// The cost of a request. Nothing but the background's rounds runs beside it.
    pub(crate) fn cost(&self, target: &str, headers: &[String]) -> Outcome {
        let before = self.spent();
        let answer = self.send("GET", target, headers, b"");
        let cost = self.spent().since(&before) / 1e6;
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
        let head = String::from_utf8_lossy(&answer[..end.unwrap_or(0)]);
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok());
        Outcome {
            status: status.unwrap_or(0),
            cost,
            next: next_of(&String::from_utf8_lossy(&answer)),
        }
    }

    /// Processor time that was spent.
    fn spent(&self) -> Spent {
        // Costly reads have threads of their own, which end with them: the process is asked, not its threads.
        let mut spent = Spent {
            ticked: ticked(self.process.id(), OWN),
            ..Spent::default()
        };
        if let Some(server) = &self.server {
            server.add_to(&mut spent);
        }
        spent
    }

    /// Uploads a picture and lets an article show it, and waits for its renditions.
    pub(crate) fn publish_a_picture(&self) {
        let made = Command::new(env!("CARGO_BIN_EXE_masthead"))
            .args(["--database-url", &self.url, "key", "create"])
            .args(["--name", "bench", "--role", "editor"])
            .current_dir(&self.folder)
            .output()
            .unwrap();
        let key = String::from_utf8(made.stdout).unwrap();
        let key = format!("Authorization: Bearer {}", key.trim());
        let mut form =
            b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n"
                .to_vec();
        form.extend(picture());
        form.extend(b"\r\n--x--\r\n");
        let kind = "Content-Type: multipart/form-data; boundary=x".to_owned();
        let medium = body_of(&self.send("POST", "/api/media", &[key.clone(), kind], &form));
        let article = &self.json("/api/articles?limit=1")["data"][0];
        let own = format!("/api/articles/{}", article["id"].as_str().unwrap());
        let content = json!({"media": [{"id": medium["data"]["id"]}]}).to_string();
        let headers = [
            key,
            "If-Match: *".to_owned(),
            "Content-Type: application/json".to_owned(),
        ];
        self.send("PATCH", &own, &headers, content.as_bytes());
        let until = Instant::now() + Duration::from_secs(60);
        while self.pictures().is_empty() {
            assert!(Instant::now() < until, "the picture is never rendered");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// The names of the renditions of the picture.
    pub(crate) fn pictures(&self) -> Vec<String> {
        let list = self.json("/api/articles?limit=1&sort=-updated_at&include=media");
        let renditions = list["data"][0]["media"][0]["renditions"]
            .as_array()
            .cloned();
        let urls = renditions.unwrap_or_default();
        let names = urls.iter().filter_map(|one| one["url"].as_str());
        let names = names.filter_map(|url| url.rsplit('/').next());
        names.map(str::to_owned).collect()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It is of no use any more, whether it ends by this or has ended before.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn picture() -> Vec<u8> {
    let pixels = image::RgbImage::from_fn(2_400, 1_600, |x, y| {
        image::Rgb([(x % 251) as u8, (y % 241) as u8, 80])
    });
    let mut bytes = Cursor::new(Vec::new());
    pixels
        .write_to(&mut bytes, image::ImageFormat::Jpeg)
        .unwrap();
    bytes.into_inner()
}

fn body_of(answer: &[u8]) -> Value {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let body = &answer[end.map_or(0, |end| end + 4)..];
    serde_json::from_slice(body).unwrap_or(Value::Null)
}

/// The place that a page leads on to: a parameter of one of its links, and its value.
fn next_of(page: &str) -> Option<(&'static str, String)> {
    let place = |name: &'static str| {
        let (_, rest) = page.split_once(&format!("{name}="))?;
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'));
        Some((name, rest[..end?].to_owned())).filter(|(_, value)| value.len() > 8)
    };
    ["before", "cursor", "since"].into_iter().find_map(place)
}

impl Server {
    /// The server of a database that was just filled: its statistics are brought up to date, and then it does nothing by itself.
    fn of(url: &str) -> Self {
        let mut conn = PgConnection::establish(url).unwrap();
        conn.batch_execute("ANALYZE").unwrap();
        conn.batch_execute("ALTER SYSTEM SET autovacuum = off")
            .unwrap();
        conn.batch_execute("SELECT pg_reload_conf()").unwrap();
        let folder = url.split("host=").nth(1).unwrap();
        let told = std::fs::read_to_string(format!("{folder}/data/postmaster.pid")).unwrap();
        let database = url
            .split(['/', '?'])
            .rfind(|word| word.starts_with("test_"));
        Self {
            database: database.unwrap().to_owned(),
            postmaster: told.lines().next().unwrap().parse().unwrap(),
        }
    }

    /// Adds the processes that work for the database, those that helped and have ended too (by ticks of 10 ms).
    fn add_to(&self, spent: &mut Spent) {
        let works = |process: &std::fs::DirEntry| -> Option<u32> {
            let id = process.file_name().to_str()?.parse().ok()?;
            let title = std::fs::read_to_string(process.path().join("cmdline")).ok()?;
            let is_ours = title.contains(&self.database) || title.contains("parallel worker");
            (title.starts_with("postgres:") && is_ours).then_some(id)
        };
        let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        for process in processes.filter_map(|process| works(&process)) {
            spent.add(process);
        }
        spent.ticked += ticked(self.postmaster, OF_THE_ENDED);
    }
}

/// The place of a process's own time in its `stat`, and of that of the processes which it has waited for.
const OWN: usize = 11;
const OF_THE_ENDED: usize = 13;

/// Processor time of a process, for the user and in the system, in nanoseconds.
fn ticked(process: u32, place: usize) -> f64 {
    let told = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let fields = told.rsplit(") ").next().unwrap_or_default().split(' ');
    let ticks = fields.skip(place).take(2);
    ticks
        .filter_map(|field| field.parse::<f64>().ok())
        .sum::<f64>()
        * 1e7
}

/// Processor time by thread, in nanoseconds. A thread that ends takes its time along.
#[derive(Default)]
struct Spent {
    threads: BTreeMap<PathBuf, f64>,
    /// The system's figures, in ticks of 10 ms.
    ticked: f64,
}

impl Spent {
    fn add(&mut self, process: u32) {
        let threads = std::fs::read_dir(format!("/proc/{process}/task"));
        for thread in threads.into_iter().flatten().flatten() {
            let text = std::fs::read_to_string(thread.path().join("schedstat"));
            let time: Option<f64> = text
                .ok()
                .and_then(|text| text.split(' ').next()?.parse().ok());
            self.threads.extend(time.map(|time| (thread.path(), time)));
        }
    }

    fn since(&self, before: &Self) -> f64 {
        let own = self.threads.iter();
        let spent = own.map(|(thread, time)| time - before.threads.get(thread).unwrap_or(&0.0));
        spent.sum::<f64>() + self.ticked - before.ticked
    }
}
