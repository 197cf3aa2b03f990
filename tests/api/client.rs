//! A plain HTTP/1.1 client that sends what it is told, well-formed or not, and hides nothing of the answer.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// A request under way of being put together.
pub(crate) struct Request {
    pub(crate) address: SocketAddr,
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// A request to a server, by a path or by its absolute address.
    pub(crate) fn to(address: SocketAddr, method: &str, target: &str) -> Self {
        let target = target
            .strip_prefix(&format!("http://{address}"))
            .unwrap_or(target);
        Self {
            address,
            method: method.to_owned(),
            target: target.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// Adds a header field.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a key.
    pub(crate) fn key(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Adds JSON content.
    pub(crate) fn json(self, content: &Value) -> Self {
        self.content("application/json", content.to_string())
    }

    /// Adds content of a type, instead of what it has.
    pub(crate) fn content(mut self, kind: &str, content: impl Into<Vec<u8>>) -> Self {
        self.body = content.into();
        self.headers
            .retain(|(name, _)| !["content-type", "content-length"].contains(&name.as_str()));
        let length = self.body.len().to_string();
        self.header("content-type", kind)
            .header("content-length", &length)
    }

    /// Names the version that a change starts from.
    pub(crate) fn if_match(self, tag: &str) -> Self {
        self.header("if-match", tag)
    }

    /// Sends it, and reads no more than the answer's status: for answers that have no end.
    pub(crate) fn status(self) -> u16 {
        let mut line = String::new();
        self.open().read_line(&mut line).unwrap();
        line[9..12].parse().unwrap()
    }

    /// Sends it on a connection of its own, to be read as the answer comes.
    pub(crate) fn open(self) -> BufReader<TcpStream> {
        let mut text = format!("{} {} HTTP/1.1\r\nhost: test\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            text += &format!("{name}: {value}\r\n");
        }
        text += "accept-encoding: gzip, br\r\n\r\n";
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        let mut reader = BufReader::new(stream);
        reader.fill_buf().unwrap();
        reader
    }

    /// Sends it on a connection of its own.
    pub(crate) fn send(self) -> Response {
        let target = format!("{} {}", self.method, self.target);
        self.try_send()
            .unwrap_or_else(|| panic!("{target}: no complete answer"))
    }

    /// Sends it; `None` where the connection fails, or breaks before the answer is complete.
    pub(crate) fn try_send(self) -> Option<Response> {
        let mut text = format!("{} {} HTTP/1.1\r\nhost: test\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            text += &format!("{name}: {value}\r\n");
        }
        text += "connection: close\r\n\r\n";
        let mut stream = TcpStream::connect(self.address).ok()?;
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        stream.write_all(text.as_bytes()).ok()?;
        // A server that refuses by the head alone may close before it has read the content.
        let _ = stream.write_all(&self.body);
        let mut bytes = Vec::new();
        let read = stream.read_to_end(&mut bytes);
        // A server that answers before it has read all content resets the connection behind the answer.
        read.ok().or_else(|| (!bytes.is_empty()).then_some(0))?;
        let response = Response::parse(&bytes)?;
        let promised: usize = response.header("content-length").parse().unwrap_or(0);
        let whole =
            self.method == "HEAD" || response.body.len() >= promised || response.status == 304;
        whole.then_some(response)
    }
}

/// Sends bytes as they are, and reads until the server closes the connection.
pub(crate) fn send_raw(address: SocketAddr, bytes: &[u8]) -> Response {
    exchange(address, bytes, false)
}

/// The same where nothing more can come: the client's side is closed.
pub(crate) fn send_and_end(address: SocketAddr, bytes: &[u8]) -> Response {
    exchange(address, bytes, true)
}

fn exchange(address: SocketAddr, bytes: &[u8], ends: bool) -> Response {
    let mut stream = TcpStream::connect(address).unwrap();
    let limit = Some(Duration::from_secs(20));
    stream.set_read_timeout(limit).unwrap();
    // A server that refuses by the start may close before it has read the rest.
    let _ = stream.write_all(bytes);
    if ends {
        stream.shutdown(Shutdown::Write).unwrap();
    }
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let start = String::from_utf8_lossy(bytes)
        .chars()
        .take(60)
        .collect::<String>();
    Response::parse(&answer).unwrap_or_else(|| panic!("{start:?}: no answer"))
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// An answer that is whole, or whose end the connection's end is.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|w| w == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&bytes[..end]).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        let headers = lines.map(|line| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_ascii_lowercase(), value.trim().to_owned())
        });
        Some(Self {
            status: status.parse().unwrap(),
            headers: headers.collect(),
            body: bytes[end + 4..].to_vec(),
        })
    }

    /// A header field's value; empty where it is absent.
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map_or("", |(_, value)| value)
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// The body as text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// One field of every row of a list.
    pub(crate) fn column(&self, name: &str) -> Vec<String> {
        let json = self.json();
        let rows = json["data"].as_array().expect("a list");
        rows.iter()
            .map(|row| row[name].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// The `code` of a problem, after checking that it is one.
    pub(crate) fn problem(&self) -> String {
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{self:?}"
        );
        let json = self.json();
        assert_eq!(json["status"], self.status);
        let code = json["code"].as_str().unwrap();
        assert!(
            json["type"]
                .as_str()
                .unwrap()
                .ends_with(&format!("/problems/{code}"))
        );
        assert_eq!(json["request_id"], self.header("x-request-id"));
        code.to_owned()
    }

    /// The parameters that a problem complains of.
    pub(crate) fn wrong_parameters(&self) -> Vec<String> {
        let json = self.json();
        let errors = json["errors"].as_array().cloned().unwrap_or_default();
        errors
            .iter()
            .map(|e| e["parameter"].as_str().unwrap().to_owned())
            .collect()
    }
}
