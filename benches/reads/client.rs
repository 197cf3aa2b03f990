//! The client: requests on plain connections, and how many are answered in a second.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

const TURN: Duration = Duration::from_millis(150);
const CONNECTIONS: usize = 32;

pub(super) fn request(target: &str, fields: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nhost: bench\r\n{fields}\r\n")
}

/// Number of requests that were answered, and how many in a second, on connections that are kept: one request is under way
/// on each.
pub(super) fn rate(address: SocketAddr, request: &str) -> (u64, f64) {
    let mut streams: Vec<TcpStream> = (0..CONNECTIONS)
        .map(|_| TcpStream::connect(address).unwrap())
        .collect();
    let mut buffer = vec![0; 256 * 1024];
    let mut answered = CONNECTIONS as u64;
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
        answered += CONNECTIONS as u64;
    }
    let in_time = answered - CONNECTIONS as u64;
    (answered, in_time as f64 / began.elapsed().as_secs_f64())
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

pub(super) fn ask(address: SocketAddr, target: &str, fields: &str) -> String {
    let (text, status) = answer(address, target, fields);
    assert!(
        ["200", "304"].contains(&status.as_str()),
        "{target}: {text}"
    );
    text
}

pub(super) fn answer(address: SocketAddr, target: &str, fields: &str) -> (String, String) {
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

pub(super) fn header(answer: &str, name: &str) -> String {
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

pub(super) fn body_length(head: &str) -> usize {
    let value = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length").then_some(value)
    });
    value.map_or(0, |value| value.parse().unwrap())
}
