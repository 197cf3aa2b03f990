//! A host of pictures that behaves as it is told: well, badly, or not at all.

use std::collections::HashMap;
use std::io::{Cursor, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use image::{ImageFormat, Rgb, RgbImage};

/// Answer of a host at a path.
#[derive(Debug, Clone)]
pub(crate) enum Page {
    /// Bytes, with an ETag of them.
    Bytes(Vec<u8>),
    /// A status.
    Status(u16),
    /// Sends on to another address.
    Redirect(String),
    /// Never answers.
    Hang,
    /// Sends without an end.
    Endless,
    /// Breaks off in the middle.
    CutOff,
    /// Wants a pause of so many seconds, and then answers with bytes.
    Later(u32, Vec<u8>),
}

struct Shared {
    pages: Mutex<HashMap<String, Page>>,
    asked: Mutex<Vec<(String, Option<String>)>>,
    stopping: AtomicBool,
    pause: Duration,
}

/// A server on the loopback interface.
pub(crate) struct PictureHost {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

/// A picture whose bytes follow from its number.
pub(crate) fn png(number: u8, width: u32, height: u32) -> Vec<u8> {
    let picture = RgbImage::from_pixel(width, height, Rgb([number, 100, 7]));
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

impl PictureHost {
    pub(crate) fn start() -> Self {
        Self::with_pause(Duration::ZERO)
    }

    /// A host that takes its time for each answer.
    pub(crate) fn with_pause(pause: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            pages: Mutex::default(),
            asked: Mutex::default(),
            stopping: AtomicBool::new(false),
            pause,
        });
        let own = Arc::clone(&shared);
        std::thread::spawn(move || {
            while !own.stopping.load(Ordering::SeqCst) {
                match listener.accept() {
                    Ok((stream, _)) => {
                        let own = Arc::clone(&own);
                        std::thread::spawn(move || serve(stream, &own));
                    }
                    Err(_) => std::thread::sleep(Duration::from_millis(2)),
                }
            }
        });
        Self { address, shared }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn put(&self, path: &str, page: Page) {
        self.shared
            .pages
            .lock()
            .unwrap()
            .insert(path.to_owned(), page);
    }

    /// The paths that were asked for since the last look, each with its If-None-Match.
    pub(crate) fn asked(&self) -> Vec<(String, Option<String>)> {
        std::mem::take(&mut *self.shared.asked.lock().unwrap())
    }
}

impl Drop for PictureHost {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
    }
}

fn serve(mut stream: TcpStream, shared: &Shared) {
    stream.set_nonblocking(false).unwrap();
    let mut bytes = Vec::new();
    let mut buffer = [0; 4_096];
    loop {
        while !bytes.windows(4).any(|w| w == b"\r\n\r\n") {
            match stream.read(&mut buffer) {
                Ok(read) if read > 0 => bytes.extend_from_slice(&buffer[..read]),
                _ => return,
            }
        }
        let head = String::from_utf8(std::mem::take(&mut bytes)).unwrap();
        if !answer(&mut stream, &head, shared) {
            return;
        }
    }
}

/// Answers one request and says whether the connection stays.
#[expect(clippy::too_many_lines, reason = "one table of answers")]
fn answer(stream: &mut TcpStream, head: &str, shared: &Shared) -> bool {
    let path = head.split(' ').nth(1).unwrap().to_owned();
    let lines = head.split("\r\n");
    let condition = lines
        .filter_map(|line| line.split_once(": "))
        .find_map(|(name, value)| {
            name.eq_ignore_ascii_case("if-none-match")
                .then(|| value.to_owned())
        });
    shared
        .asked
        .lock()
        .unwrap()
        .push((path.clone(), condition.clone()));
    std::thread::sleep(shared.pause);
    let page = shared.pages.lock().unwrap().get(&path).cloned();
    let page = page.unwrap_or(Page::Status(404));
    let mut send = |bytes: &[u8]| stream.write_all(bytes).is_ok();
    match page {
        Page::Bytes(bytes) => {
            let etag = format!(
                "\"{}-{}\"",
                bytes.len(),
                bytes.iter().map(|b| u64::from(*b)).sum::<u64>()
            );
            if condition.as_deref() == Some(etag.as_str()) {
                return send(format!("HTTP/1.1 304 X\r\netag: {etag}\r\n\r\n").as_bytes());
            }
            let head = format!(
                "HTTP/1.1 200 X\r\netag: {etag}\r\ncontent-length: {}\r\n\r\n",
                bytes.len()
            );
            send(head.as_bytes()) && send(&bytes)
        }
        Page::Status(status) => {
            send(format!("HTTP/1.1 {status} X\r\ncontent-length: 2\r\n\r\nno").as_bytes())
        }
        Page::Redirect(to) => send(
            format!("HTTP/1.1 302 X\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n").as_bytes(),
        ),
        Page::Later(seconds, bytes) => {
            shared
                .pages
                .lock()
                .unwrap()
                .insert(path, Page::Bytes(bytes));
            send(
                format!("HTTP/1.1 429 X\r\nretry-after: {seconds}\r\ncontent-length: 0\r\n\r\n")
                    .as_bytes(),
            )
        }
        Page::Hang => {
            while !shared.stopping.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(20));
            }
            false
        }
        Page::Endless => {
            send(b"HTTP/1.1 200 X\r\n\r\n");
            while send(&[b'x'; 65_536]) && !shared.stopping.load(Ordering::SeqCst) {
                std::thread::yield_now();
            }
            false
        }
        Page::CutOff => {
            send(b"HTTP/1.1 200 X\r\ncontent-length: 5000\r\n\r\n\x89PNG");
            false
        }
    }
}
