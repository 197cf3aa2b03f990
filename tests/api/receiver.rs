//! A receiver of webhooks that behaves as it is told: well, badly, or not at all.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::Value;

/// A receiver's treatment of a message.
#[derive(Debug, Clone)]
pub(crate) enum Behaviour {
    /// Answers with a status.
    Answer(u16),
    /// Answers 200 after a while.
    Slow(Duration),
    /// Sends on to another address.
    Redirect(String),
    /// Takes it and never answers.
    Hang,
    /// Takes it and closes the connection.
    Close,
    /// Answers 503 with this Retry-After.
    Later(String),
}

/// A message as it came.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Message {
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map_or("", |(_, value)| value)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Its subject.
    pub(crate) fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }
}

struct Shared {
    messages: Mutex<Vec<Message>>,
    script: Mutex<VecDeque<Behaviour>>,
    usual: Mutex<Behaviour>,
    stopping: AtomicBool,
    /// Its way of speaking TLS; it speaks plainly where there is nothing.
    tls: Option<Arc<ServerConfig>>,
}

/// A server on the loopback interface.
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

impl Receiver {
    /// Answers 204 to everything, on an address that the tests' settings allow.
    pub(crate) fn start() -> Self {
        Self::on("127.0.0.1:0".parse().unwrap())
    }

    /// Listens where it is told.
    pub(crate) fn on(address: SocketAddr) -> Self {
        Self::speaking(address, None)
    }

    /// Answers 204 to everything that comes over TLS.
    pub(crate) fn over_tls(tls: ServerConfig) -> Self {
        Self::speaking("127.0.0.1:0".parse().unwrap(), Some(Arc::new(tls)))
    }

    fn speaking(address: SocketAddr, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            messages: Mutex::default(),
            script: Mutex::default(),
            usual: Mutex::new(Behaviour::Answer(204)),
            stopping: AtomicBool::new(false),
            tls,
        });
        let own = Arc::clone(&shared);
        std::thread::spawn(move || accept(&listener, &own));
        Self { address, shared }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook?from=masthead", self.address)
    }

    /// Does these things first, one with each message.
    pub(crate) fn first(&self, script: &[Behaviour]) -> &Self {
        self.shared.script.lock().unwrap().extend(script.to_vec());
        self
    }

    /// Does this from now on.
    pub(crate) fn always(&self, usual: Behaviour) {
        self.shared.script.lock().unwrap().clear();
        *self.shared.usual.lock().unwrap() = usual;
    }

    /// Messages that came so far.
    pub(crate) fn messages(&self) -> Vec<Message> {
        self.shared.messages.lock().unwrap().clone()
    }

    /// Messages, once so many have come.
    pub(crate) fn wait_for(&self, count: usize) -> Vec<Message> {
        eventually(&format!("{count} messages"), || {
            self.messages().len() >= count
        });
        self.messages()
    }

    /// Messages, after time enough for more to come.
    pub(crate) fn settle(&self) -> Vec<Message> {
        std::thread::sleep(Duration::from_millis(900));
        self.messages()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        // The listener is closed when the thread sees the word.
        std::thread::sleep(Duration::from_millis(30));
    }
}

/// Waits until something is so.
pub(crate) fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(30), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    while !shared.stopping.load(Ordering::SeqCst) {
        match listener.accept() {
            Ok((stream, _)) => {
                let shared = Arc::clone(shared);
                std::thread::spawn(move || serve(stream, &shared));
            }
            Err(_) => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}

fn serve(stream: TcpStream, shared: &Shared) {
    stream.set_nonblocking(false).unwrap();
    match &shared.tls {
        Some(tls) => {
            let connection = ServerConnection::new(Arc::clone(tls)).unwrap();
            let mut stream = StreamOwned::new(connection, stream);
            answer(&mut stream, shared);
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
        None => answer(stream, shared),
    }
}

fn answer(mut stream: impl Read + Write, shared: &Shared) {
    let Some(message) = read(&mut stream) else {
        return;
    };
    let next = shared.script.lock().unwrap().pop_front();
    let behaviour = next.unwrap_or_else(|| shared.usual.lock().unwrap().clone());
    shared.messages.lock().unwrap().push(message);
    let answer = match behaviour {
        Behaviour::Answer(status) => {
            format!("HTTP/1.1 {status} X\r\ncontent-length: 4\r\n\r\nsaid")
        }
        Behaviour::Slow(pause) => {
            std::thread::sleep(pause);
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_owned()
        }
        Behaviour::Redirect(to) => {
            format!("HTTP/1.1 307 X\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n")
        }
        Behaviour::Later(when) => {
            format!("HTTP/1.1 503 X\r\nretry-after: {when}\r\ncontent-length: 0\r\n\r\n")
        }
        Behaviour::Close => return,
        Behaviour::Hang => {
            while !shared.stopping.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(20));
            }
            return;
        }
    };
    let answer = answer.replace("204 X\r\ncontent-length: 4\r\n\r\nsaid", "204 X\r\n\r\n");
    let _ = stream.write_all(answer.as_bytes());
}

fn read(stream: &mut impl Read) -> Option<Message> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 8_192];
    loop {
        let end = bytes.windows(4).position(|w| w == b"\r\n\r\n");
        if let Some(end) = end {
            let head = std::str::from_utf8(&bytes[..end]).unwrap();
            let lines = head.split("\r\n").skip(1);
            let headers: Vec<(String, String)> = lines
                .filter_map(|line| line.split_once(':'))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
                .collect();
            let length = headers.iter().find(|(name, _)| name == "content-length");
            let length: usize = length.map_or(0, |(_, value)| value.parse().unwrap());
            if bytes.len() >= end + 4 + length {
                let body = String::from_utf8(bytes[end + 4..].to_vec()).unwrap();
                return Some(Message { headers, body });
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
        }
    }
}
